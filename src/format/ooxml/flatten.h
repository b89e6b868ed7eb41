/* Method flatten of the Office family, for its handler: as sk_handler's. Cleaner's jail. */
#ifndef SK_FORMAT_OOXML_FLATTEN_H
#define SK_FORMAT_OOXML_FLATTEN_H

#include "format/handler.h"

int sk_ooxml_flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out);

#endif
