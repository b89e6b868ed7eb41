/* The service `print` of sk_services, made of the service `convert` and the PDF family. Cleaner's jail. */
#ifndef SK_CLEAN_PRINT_H
#define SK_CLEAN_PRINT_H

#include "format/handler.h"

int sk_clean_print(
    struct sk_job *job, struct sk_slice document, enum sk_filetype type, struct sk_output *out);

#endif
