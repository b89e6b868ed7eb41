/* Fuzz target: what is read as a job, as its end, or about a page, is written as the same bytes again. */
#include <stdlib.h>

#include "jobs/work.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_work_job job;
	static struct sk_work_done done;
	static struct sk_work_page page;
	static struct sk_work_paged paged;
	struct sk_work_progress progress;
	struct sk_slice in = sk_slice(data, size);
	struct sk_buf b = SK_BUF((size_t)1 << 20);

	if (sk_work_get_done(in, &done) == 0) {
		sk_work_put_done(&done, &b);
		if (!sk_slice_eq(in, sk_buf_slice(&b)))
			abort();
	}
	sk_buf_reset(&b);
	/* the same password given twice is kept once: shorter, never longer */
	if (sk_work_get_job(in, &job) == 0 && (sk_work_put_job(&job, &b) || b.len > size))
		abort();
	sk_buf_reset(&b);
	if (sk_work_get_page(in, &page) == 0 &&
	    (sk_work_put_page(&page, &b) || !sk_slice_eq(in, sk_buf_slice(&b))))
		abort();
	sk_buf_reset(&b);
	if (sk_work_get_paged(in, &paged) == 0 &&
	    (sk_work_put_paged(&paged, &b) || !sk_slice_eq(in, sk_buf_slice(&b))))
		abort();
	sk_buf_reset(&b);
	if (sk_work_get_progress(in, &progress) == 0 &&
	    (sk_work_put_progress(&progress, &b) || !sk_slice_eq(in, sk_buf_slice(&b))))
		abort();
	sk_buf_free(&b);
	return 0;
}
