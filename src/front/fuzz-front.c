/* Fuzz target: an ask that is read can be written, and what is written is read as the same bytes again. */
#include <stdlib.h>

#include "front/front.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void again(const struct sk_buf *first, struct sk_arena *arena)
{
	struct sk_buf second = SK_BUF((size_t)1 << 20);
	struct sk_front_fault fault;
	struct sk_front_ask a;

	if (sk_front_read(sk_buf_slice(first), arena, &a, &fault) == 0 &&
	    (sk_front_write(&a, &second, &fault) ||
		!sk_slice_eq(sk_buf_slice(first), sk_buf_slice(&second))))
		abort();
	sk_buf_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_arena *arena = sk_arena_new((size_t)4 << 20);
	struct sk_buf first = SK_BUF((size_t)1 << 20);
	struct sk_front_fault fault;
	struct sk_front_ask a;

	if (arena && sk_front_read(sk_slice(data, size), arena, &a, &fault) == 0) {
		if (sk_front_write(&a, &first, &fault))
			abort();
		again(&first, arena);
	}
	sk_buf_free(&first);
	sk_arena_free(arena);
	return 0;
}
