/* Fuzz target: what is read as a message of gate or link role is written as the same bytes again. */
#include <stdlib.h>

#include "link/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(struct sk_slice in, int status, struct sk_buf *b)
{
	if (status || !sk_slice_eq(in, sk_buf_slice(b)))
		abort();
	sk_buf_reset(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_slice in = sk_slice(data, size);
	struct sk_buf b = SK_BUF((size_t)1 << 20);
	struct sk_link_object object;
	struct sk_link_got got;
	struct sk_link_status status;
	char id[SK_LETTER_ID + 1];
	uint64_t number;

	if (sk_link_get_number(in, &number) == 0)
		same(in, sk_link_put_number(number, &b), &b);
	if (sk_link_get_id(in, id) == 0)
		same(in, sk_link_put_id(id, &b), &b);
	if (sk_link_get_object(in, &object) == 0)
		same(in, sk_link_put_object(&object, &b), &b);
	if (sk_link_get_got(in, &got) == 0)
		same(in, sk_link_put_got(&got, &b), &b);
	if (sk_link_get_status(in, &status) == 0)
		same(in, sk_link_put_status(&status, &b), &b);
	sk_buf_free(&b);
	return 0;
}
