/* Inside the image family: icons and cursors, which become a PNG when they are cleaned. Cleaner's jail. doc/profiles/image.md. */
#ifndef SK_FORMAT_IMAGE_ICO_H
#define SK_FORMAT_IMAGE_ICO_H

#include "format/image/pic.h"

/* Whether it begins with the directory of an icon or cursor that fits into the file. */
bool sk_ico_is(struct sk_slice in);
/* The largest picture as a PNG: out->bytes and out->type. As sk_image_clean(). */
int sk_ico_convert(struct sk_job *job, struct sk_slice in, struct sk_output *out);

#endif
