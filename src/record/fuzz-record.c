/* Fuzz target: what is read of the talk between gate and scribe is written as the same bytes again. */
#include <stdlib.h>

#include "record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(struct sk_slice in, struct sk_buf *b)
{
	if (!b->err && !sk_slice_eq(in, sk_buf_slice(b)))
		abort();
	sk_buf_reset(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_record_entries e;
	static struct sk_record_appended a;
	struct sk_record_ask ask;
	struct sk_record_find find;
	struct sk_record_found found;
	struct sk_record_row row;
	size_t at = 0;
	struct sk_record_done done;
	struct sk_record_state state;
	struct sk_slice in = sk_slice(data, size);
	struct sk_buf b = SK_BUF((size_t)1 << 20);

	if (sk_record_get_entries(in, &e) == 0 && sk_record_put_entries(e.v, e.n, &b) == 0)
		same(in, &b);
	sk_buf_reset(&b);
	if (sk_record_get_appended(in, &a) == 0 && sk_record_put_appended(&a, &b) == 0)
		same(in, &b);
	if (sk_record_get_ask(in, &ask) == 0 && sk_record_put_ask(&ask, &b) == 0)
		same(in, &b);
	if (sk_record_get_done(in, &done) == 0 && sk_record_put_done(&done, &b) == 0)
		same(in, &b);
	if (sk_record_get_state(in, &state) == 0 && sk_record_put_state(&state, &b) == 0)
		same(in, &b);
	if (sk_record_get_find(in, &find) == 0 && sk_record_put_find(&find, &b) == 0)
		same(in, &b);
	if (sk_record_get_found(in, &found) == 0 && sk_record_put_found(&found, &b) == 0)
		same(in, &b);
	while (sk_record_get_row(in, &at, &row) == 0 && sk_record_put_row(&row, &b) == 0)
		;
	same(sk_slice(data, at), &b);
	sk_buf_free(&b);
	return 0;
}
