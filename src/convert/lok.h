/* The inline loader of LibreOfficeKit as two functions, so that its header stays in one file. Converter's jail. */
#ifndef SK_CONVERT_LOK_H
#define SK_CONVERT_LOK_H

#include <LibreOfficeKit/LibreOfficeKit.h>

/* Load all libraries; in the zygote. 0 or not. */
int sk_lok_preload(const char *program, const char *profile_url);
/* Start, without threads of its own. NULL when it does not. */
LibreOfficeKit *sk_lok_start(const char *program, const char *profile_url);
/* Run its loop, which calls begin() once when there is nothing to do, and ends when that returns. */
void sk_lok_run(LibreOfficeKit *office, void (*begin)(void));

#endif
