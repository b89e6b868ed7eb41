/* Fuzz target: a report as it comes out of a jail. What is read, written and read again is the same. */
#include <stdlib.h>
#include <string.h>

#include "base/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report r, again;
	struct sk_buf one = SK_BUF(SK_LIMIT_REPORT_BYTES), two = SK_BUF(SK_LIMIT_REPORT_BYTES);

	if (sk_report_decode(sk_slice(data, size), &r))
		return 0;
	if (sk_report_holds_type(&r, SK_FT_UNKNOWN) || r.nremoved > SK_LIMIT_REPORT_ENTRIES)
		abort();
	if (sk_report_encode(&r, &one) || sk_report_decode(sk_buf_slice(&one), &again) ||
	    sk_report_encode(&again, &two) || !sk_slice_eq(sk_buf_slice(&one), sk_buf_slice(&two)))
		abort();
	sk_report_holds_file(&r, UINT32_MAX, &again);
	sk_report_merge(&r, &again, "a.zip");
	sk_buf_free(&one);
	sk_buf_free(&two);
	return 0;
}
