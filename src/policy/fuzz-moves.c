/*
 * Fuzz target: any bytes as changes of the organisation. What is taken makes a text that can be read, in which nothing but
 * members has changed.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "policy/diag.h"
#include "policy/moves.h"

static const char text[] =
    "sekisho policy 1\n"
    "city \"市\" { code \"000000\"; timezone \"Asia/Tokyo\"; adopted 2005-04-01 }\n"
    "zone lgwan { name \"b\"; networks 10.2.0.0/16 }\n"
    "zone internet { name \"c\"; networks 10.3.0.0/16 }\n"
    "protect lgwan > internet\n"
    "role boss { name \"a\"; may approve }\nrole staff { name \"a\" }\n"
    "department d \"d\"\ndepartment e \"e\" in d\n"
    "member cho { name \"a\"; department d; role boss; deputy ichi }\n"
    "member ichi { name \"a\"; department d; role staff; until 2026-03-31 }\n"
    "member ichi { name \"a\"; department e; role staff; from 2026-04-01 }\n";

static const struct sk_policy *load(struct sk_arena *arena, struct sk_slice s, int *status)
{
	struct sk_diags diags = {.arena = arena};
	const struct sk_policy *p = NULL;

	*status = sk_policy_load(arena, &diags, "p", s, NULL, NULL, 20544, &p);
	for (size_t i = 0; i < diags.n; i++) /* only what a name means may be wrong */
		if (sk_diag_severity(diags.v[i].code) == SK_DIAG_ERROR &&
		    diags.v[i].code != SK_DIAG_UNKNOWN)
			abort();
	return p;
}

static void apply(
    struct sk_arena *arena, const struct sk_policy *p, const struct sk_move *v, size_t n)
{
	struct sk_buf out = SK_BUF(SK_POLICY_BYTES);
	struct sk_move_fault fault;
	int status;

	if (sk_moves_apply(arena, p, p->sources[0], v, n, &out, &fault) == 0) {
		struct sk_slice copy = sk_slice(sk_arena_dup(arena, out.p, out.len), out.len);
		const struct sk_policy *q = copy.p ? load(arena, copy, &status) : NULL;
		if (q && (q->list[SK_KIND_DEPARTMENT].n != 2 || q->list[SK_KIND_ROLE].n != 2))
			abort();
	}
	sk_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_arena *arena = sk_arena_new((size_t)256 << 20);
	struct sk_move_fault fault;
	struct sk_move *v = NULL;
	size_t n = 0;
	int status;

	const struct sk_policy *p = load(arena, SK_SLICE_LIT(text), &status);
	if (p == NULL)
		abort();
	if (sk_moves_read(arena, sk_slice(data, size), &v, &n, &fault) == 0)
		apply(arena, p, v, n);
	sk_arena_free(arena);
	return 0;
}
