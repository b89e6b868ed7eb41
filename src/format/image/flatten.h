/* Method flatten of the image family, for its handler. Cleaner's jail. */
#ifndef SK_FORMAT_IMAGE_FLATTEN_H
#define SK_FORMAT_IMAGE_FLATTEN_H

#include "format/handler.h"

/* As sk_handler's flatten. */
int sk_image_flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out);

#endif
