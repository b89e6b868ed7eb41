/* Fuzz target: what clamd may answer, and what a scanner may say. Only one answer is clean. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "scan/clamd.h"
#include "scan/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read is written as the same bytes again. */
static void as_message(struct sk_slice in)
{
	struct sk_buf b = SK_BUF(SK_SCAN_DONE_BYTES);
	struct sk_scan_done d;

	if (sk_scan_get_done(in, &d) == 0 &&
	    (sk_scan_put_done(&d, &b) || !sk_slice_eq(in, sk_buf_slice(&b))))
		abort();
	sk_buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_clamd_result s = {0};

	sk_clamd_read_version((const char *)data, size, &s);
	sk_clamd_read_verdict((const char *)data, size, &s);
	if (s.verdict == SK_CLAMD_CLEAN && (size != 11 || memcmp(data, "stream: OK", 11) != 0))
		abort();
	if (!sk_utf8_valid(sk_slice_str(s.text)) || !sk_utf8_valid(sk_slice_str(s.engine)))
		abort();
	as_message(sk_slice(data, size));
	return 0;
}
