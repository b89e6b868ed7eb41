/*
 * Fuzz target: what comes out of a page comes out again, unchanged and unreported, and the checker takes it; its text is
 * one. The first byte chooses the method. No picture passes: their families have fuzzers of their own.
 */
#include "format/test-run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tr_run t = {&sk_html_handler, SK_FT_HTML, .name = "x.html"};

	if (size < 1)
		return 0;
	t.text = data[0] & 1;
	tr_fuzz(&t, sk_slice(data + 1, size - 1), sk_verify, t.text ? NULL : &sk_html_handler);
	return 0;
}
