/* Fuzz target of the verifier of calendars and contacts; the first byte tells the type. */
#include "verify/text/testzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size)
		tz_fuzz(sk_verify_calendar, data[0] & 1 ? SK_FT_VCF : SK_FT_ICS,
		    sk_slice(data + 1, size - 1));
	return 0;
}
