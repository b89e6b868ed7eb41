/*
 * Fuzz target: the first byte chooses type and method; what comes out passes the checker and comes out again, unchanged and
 * unreported.
 */
#include "format/test-run.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report claims;
	struct tr_run t = {&sk_cad_handler, .name = "x"};

	if (size < 1)
		return 0;
	struct sk_slice in = sk_slice(data + 1, size - 1);
	t.type = sk_cad_handler.types[(data[0] & 0x7F) % 3];
	t.text = data[0] & 0x80;
	sk_report_clear(&claims);
	sk_cad_handler.probe(in, "x", &claims);
	tr_fuzz(&t, in, sk_verify, t.text ? &sk_text_handler : &sk_cad_handler);
	return 0;
}
