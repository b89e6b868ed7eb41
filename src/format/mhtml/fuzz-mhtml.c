/*
 * Fuzz target: the page that comes out of several is one that the family of pages leaves as it is, unreported, and the checker takes
 * it; their text is one. The first byte chooses the method. No picture passes: their families have fuzzers of their own.
 */
#include "format/test-run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tr_run t = {&sk_mhtml_handler, SK_FT_MHTML, .name = "x.mht"};

	if (size < 1)
		return 0;
	t.text = data[0] & 1;
	tr_fuzz(&t, sk_slice(data + 1, size - 1), sk_verify, t.text ? NULL : &sk_html_handler);
	return 0;
}
