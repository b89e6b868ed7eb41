/*
 * Fuzz target: the first byte chooses the type; what comes out passes the checker and comes out again, unchanged and
 * unreported.
 */
#include "format/test-run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report claims;
	struct tr_run t = {&sk_text_handler, .name = "x"};

	if (size < 1)
		return 0;
	struct sk_slice in = sk_slice(data + 1, size - 1);
	t.type = sk_text_handler.types[data[0] % 5];
	t.text = data[0] & 0x80;
	sk_report_clear(&claims);
	sk_text_handler.probe(in, "x.csv", &claims);
	tr_fuzz(&t, in, sk_verify, &sk_text_handler);
	return 0;
}
