/*
 * The header holds code that uses string functions we ban; this file alone is built without the ban. The
 * preloading interface is marked unstable; Debian 12's version is the one we build with. Converter's jail.
 */
#define LOK_USE_UNSTABLE_API
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <LibreOfficeKit/LibreOfficeKitInit.h>

#include "convert/lok.h"

#include <stdlib.h>
#include <time.h>

int sk_lok_preload(const char *program, const char *profile_url)
{
	return lok_preinit(program, profile_url);
}

/* "unipoll": the thread that calls does all the work, and no other one is there that a fork would lose. */
LibreOfficeKit *sk_lok_start(const char *program, const char *profile_url)
{
	return setenv("SAL_LOK_OPTIONS", "unipoll", 1) ? NULL : lok_init_2(program, profile_url);
}

/* Also called in the midst of a conversion that waits for a worker of its own: only a short sleep then. */
static int idle(void *data, int timeout_us)
{
	static const struct timespec moment = {0, 1000000};
	void (**begin)(void) = data, (*first)(void) = *begin;

	*begin = NULL;
	if (first == NULL) {
		nanosleep(&moment, NULL);
		return 0;
	}
	first();
	return -1;
}

static void wake(void *data)
{
}

void sk_lok_run(LibreOfficeKit *office, void (*begin)(void))
{
	office->pClass->runLoop(office, idle, wake, &begin);
}
