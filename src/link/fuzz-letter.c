/* Fuzz target: a letter that is read is written as the same bytes again; so is a batch. The first byte is the kind. */
#include <stdlib.h>

#include "base/err.h"
#include "link/letter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void one_letter(uint8_t kind, struct sk_slice in)
{
	struct sk_letter l;
	struct sk_buf b = SK_BUF((size_t)1 << 20);

	if (sk_letter_get(kind, in, &l) == 0 &&
	    (sk_letter_put(&l, &b) || !sk_slice_eq(in, sk_buf_slice(&b))))
		abort();
	sk_buf_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_letters l;
	struct sk_slice in = sk_slice(data, size);
	struct sk_buf b = SK_BUF((size_t)1 << 20);

	if (sk_letters_get(in, &l) == 0) {
		for (size_t i = 0; i < l.n; i++) {
			if (sk_letters_put(&l.v[i], &b))
				abort();
			one_letter(l.v[i].kind, l.v[i].body);
		}
		if (!sk_slice_eq(in, sk_buf_slice(&b)))
			abort();
	}
	sk_buf_free(&b);
	if (size)
		one_letter(data[0], sk_slice(data + 1, size - 1));
	return 0;
}
