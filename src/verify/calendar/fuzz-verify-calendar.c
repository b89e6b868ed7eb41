/* Fuzz target of the verifier of calendars and contacts; the first byte tells the type. */
#include "verify/text/testzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_check c = tz_check();

	if (size) {
		int rc = sk_verify_calendar(
		    &c, data[0] & 1 ? SK_FT_VCF : SK_FT_ICS, sk_slice(data + 1, size - 1));
		if (rc == SK_EFORMAT && c.fault.what[0] == '\0')
			abort(); /* a refusal without a reason */
	}
	sk_arena_free(c.arena);
	return 0;
}
