/* Fuzz target: a configuration is read, or refused with a reason; what is read answers every question. */
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "post/places.h"
#include "post/settings.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct sk_settings *s)
{
	static const char *const always[] = {
	    "zone", "policy", "state", "store", "workers", "control", "users"};
	struct sk_settings_link link;
	uint64_t workers = sk_settings_number(s, "workers", 0);
	size_t links = 0;

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (sk_settings_get(s, always[i]) == NULL)
			abort();
	while (sk_settings_link(s, links, &link))
		links++;
	if (links > SK_POST_LINKS || workers < 1 || workers > SK_POST_WORKERS)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static int fd = -1;
	struct sk_settings *s = NULL;
	char why[160] = "";

	if (fd < 0)
		fd = sk_memfd("settings");
	if (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET) || sk_write_all(fd, data, size))
		return 0;
	if (sk_settings_read(fd, &s, why, sizeof(why)) == 0)
		ask(s);
	else if (*why == '\0' || s)
		abort();
	sk_settings_free(s);
	return 0;
}
