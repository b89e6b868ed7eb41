/* Method flatten of the image family, for its handler. Cleaner's jail. */
#ifndef SK_FORMAT_IMAGE_FLATTEN_H
#define SK_FORMAT_IMAGE_FLATTEN_H

#include "format/handler.h"

/* How many pictures of an animation its first one is followed by; `in` is a cleaned file. */
uint32_t sk_image_left_out(enum sk_filetype type, struct sk_slice in);

/* As sk_handler's flatten. */
int sk_image_flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out);

#endif
