/*
 * The header holds code that uses string functions we ban; this file alone is built without the ban. The
 * preloading interface is marked unstable; Debian 12's version is the one we build with. Converter's jail.
 */
#define LOK_USE_UNSTABLE_API
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <LibreOfficeKit/LibreOfficeKitInit.h>

#include "convert/lok.h"

int sk_lok_preload(const char *program, const char *profile_url)
{
	return lok_preinit(program, profile_url);
}

LibreOfficeKit *sk_lok_start(const char *program, const char *profile_url)
{
	return lok_init_2(program, profile_url);
}
