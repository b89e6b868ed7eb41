/* Fuzz target of the verifiers of txt, csv, tsv, json and xml; the first byte tells the type. */
#include "verify/text/testzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum sk_filetype types[] = {
	    SK_FT_TXT, SK_FT_CSV, SK_FT_TSV, SK_FT_JSON, SK_FT_XML};
	struct sk_check c = tz_check();

	if (size) {
		int rc = sk_verify_text(&c, types[data[0] % 5], sk_slice(data + 1, size - 1));
		if (rc == SK_EFORMAT && c.fault.what[0] == '\0')
			abort(); /* a refusal without a reason */
	}
	sk_arena_free(c.arena);
	return 0;
}
