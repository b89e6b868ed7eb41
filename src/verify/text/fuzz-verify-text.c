/* Fuzz target of the verifiers of txt, csv, tsv, json and xml; the first byte tells the type. */
#include "verify/text/testzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum sk_filetype types[] = {
	    SK_FT_TXT, SK_FT_CSV, SK_FT_TSV, SK_FT_JSON, SK_FT_XML};

	if (size)
		tz_fuzz(sk_verify_text, types[data[0] % 5], sk_slice(data + 1, size - 1));
	return 0;
}
