/*
 * Inside the image family: kinds of pictures that become another when they are cleaned. Cleaner's jail.
 * What comes of each: doc/profiles/image.md.
 */
#ifndef SK_FORMAT_IMAGE_CONVERT_H
#define SK_FORMAT_IMAGE_CONVERT_H

#include "format/image/pic.h"

/* Whether this is a type that sk_image_convert() takes. */
bool sk_image_converts(enum sk_filetype type);

/* Clean a picture into another type: out->bytes and out->type. As sk_image_clean(). */
int sk_image_convert(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out);

/* An icon or cursor whose directory names at least one picture. */
bool sk_ico_structure(struct sk_slice in);
int sk_ico_to_png(const struct sk_pic *p);

#endif
