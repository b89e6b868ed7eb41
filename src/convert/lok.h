/* The inline loader of LibreOfficeKit as two functions, so that its header stays in one file. Converter's jail. */
#ifndef SK_CONVERT_LOK_H
#define SK_CONVERT_LOK_H

#include <LibreOfficeKit/LibreOfficeKit.h>

/* Load all libraries; in the zygote. 0 or not. */
int sk_lok_preload(const char *program, const char *profile_url);
/* Start; in a job. NULL when it does not. */
LibreOfficeKit *sk_lok_start(const char *program, const char *profile_url);

#endif
