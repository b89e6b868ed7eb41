/* Fuzz target: what clamd may answer. Only one answer is clean. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "scan/clamd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_clamd_result s = {0};

	sk_clamd_read_version((const char *)data, size, &s);
	sk_clamd_read_verdict((const char *)data, size, &s);
	if (s.verdict == SK_CLAMD_CLEAN && (size != 11 || memcmp(data, "stream: OK", 11) != 0))
		abort();
	if (!sk_utf8_valid(sk_slice_str(s.text)) || !sk_utf8_valid(sk_slice_str(s.engine)))
		abort();
	return 0;
}
