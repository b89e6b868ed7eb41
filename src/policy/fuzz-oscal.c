/*
 * Fuzz target: any bytes as a catalog, or as a catalog and a profile with a zero byte between them. What is imported is
 * text of a policy in its canonical form; when it checks, its export gives the same text and the same bytes again.
 */
#include <stdlib.h>
#include <string.h>

#include "policy/oscal.h"

static void must_be_canonical(struct sk_arena *arena, struct sk_slice text)
{
	struct sk_buf out = SK_BUF(SK_POLICY_BYTES * 4);
	struct sk_diags diags = {.arena = arena};
	struct sk_source *source = NULL;

	if (sk_policy_read(arena, &diags, "p", text, &source) || sk_policy_format(source, &out) ||
	    !sk_slice_eq(text, sk_buf_slice(&out)))
		abort();
	sk_buf_free(&out);
}

static void export(const struct sk_policy *p, struct sk_buf out[2])
{
	if (sk_oscal_catalog(p, &out[0]) || sk_oscal_profile(p, &out[1]))
		abort();
}

static const struct sk_policy *load(struct sk_arena *arena, struct sk_slice text)
{
	struct sk_diags diags = {.arena = arena};
	const struct sk_policy *p = NULL;

	sk_policy_load(arena, &diags, "p", text, NULL, NULL, 20544, &p);
	return p;
}

/* Out and in again, twice: the text settles at once, the bytes with it. */
static void must_come_back(struct sk_arena *arena, const struct sk_policy *p)
{
	struct sk_buf one[2] = {SK_BUF(64 << 20), SK_BUF(64 << 20)};
	struct sk_buf two[2] = {SK_BUF(64 << 20), SK_BUF(64 << 20)};
	struct sk_buf text = SK_BUF(SK_POLICY_BYTES * 4);
	struct sk_fault fault;
	bool whole = false;

	export(p, one);
	struct sk_slice documents[2] = {sk_buf_slice(&one[0]), sk_buf_slice(&one[1])};
	if (sk_oscal_import(arena, documents, 2, &text, &whole, &fault) || !whole)
		abort();
	const struct sk_policy *again = load(arena, sk_buf_slice(&text));
	if (again == NULL)
		abort();
	export(again, two);
	for (int i = 0; i < 2; i++) {
		if (!sk_slice_eq(sk_buf_slice(&one[i]), sk_buf_slice(&two[i])))
			abort();
		sk_buf_free(&one[i]);
		sk_buf_free(&two[i]);
	}
	sk_buf_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_arena *arena = sk_arena_new((size_t)512 << 20);
	const uint8_t *zero = size ? memchr(data, 0, size) : NULL;
	size_t n = zero ? (size_t)(zero - data) : size;
	struct sk_slice documents[2] = {sk_slice(data, n), sk_slice(data + n, 0)};
	struct sk_buf text = SK_BUF(SK_POLICY_BYTES * 4);
	struct sk_fault fault;
	bool whole = false;

	if (zero)
		documents[1] = sk_slice(zero + 1, size - n - 1);
	if (sk_oscal_import(arena, documents, zero ? 2 : 1, &text, &whole, &fault) == 0) {
		must_be_canonical(arena, sk_buf_slice(&text));
		const struct sk_policy *p = load(arena, sk_buf_slice(&text));
		if (p)
			must_come_back(arena, p);
	}
	sk_buf_free(&text);
	sk_arena_free(arena);
	return 0;
}
