/* Fuzz target: what a gate asks of its login role, and what that may say. */
#include <stdlib.h>

#include "login/login.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read is written as the same bytes again. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_slice in = sk_slice(data, size);
	struct sk_buf b = SK_BUF(SK_SECRET_ASK_MOST);
	struct sk_secret_ask a;
	struct sk_secret_done d;

	if (sk_secret_get_ask(in, &a) == 0 &&
	    (sk_secret_put_ask(&a, &b) || !sk_slice_eq(in, sk_buf_slice(&b))))
		abort();
	sk_buf_free(&b);
	b = (struct sk_buf)SK_BUF(SK_SECRET_DONE_MOST);
	if (sk_secret_get_done(in, &d) == 0 &&
	    (sk_secret_put_done(&d, &b) || !sk_slice_eq(in, sk_buf_slice(&b))))
		abort();
	sk_buf_free(&b);
	return 0;
}
