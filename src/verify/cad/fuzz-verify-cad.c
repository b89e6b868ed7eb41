/* Fuzz target of the verifier of drawings; the first byte tells the type. */
#include "verify/text/testzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum sk_filetype types[] = {SK_FT_STEP, SK_FT_SFC, SK_FT_DXF};

	if (size)
		tz_fuzz(sk_verify_cad, types[data[0] % 3], sk_slice(data + 1, size - 1));
	return 0;
}
