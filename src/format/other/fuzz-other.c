/* Fuzz target: all probes that need no library; the first byte chooses the name. */
#include <stdlib.h>

#include "format/handler.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"", "a.txt", "a.xml", "a.json", "a.csv", "a.eml",
	    "a.svg", "a.html", "desktop.ini", "x.xdw", "a/b.js"};
	static struct sk_report report;

	if (size == 0)
		return 0;
	const char *name = names[data[0] % (sizeof(names) / sizeof(names[0]))];
	struct sk_slice in = sk_slice(data + 1, size - 1);
	report = (struct sk_report){0};
	sk_other_handler.probe(in, name, &report);
	sk_archive_handler.probe(in, name, &report);
	sk_text_handler.probe(in, name, &report);
	for (uint32_t i = 0; i < report.nclaims; i++)
		if (report.claims[i].offset > in.n || report.claims[i].type >= SK_FT_COUNT)
			abort();
	return 0;
}
