/* Fuzz target: any text is read; what is read is written in a form that reads and is written the same again. */
#include <stdlib.h>

#include "policy/policy.h"

static bool canonical(struct sk_arena *arena, struct sk_slice in, struct sk_buf *out)
{
	struct sk_diags diags = {.arena = arena};
	struct sk_source *source = NULL;

	return sk_policy_read(arena, &diags, "policy", in, &source) == 0 &&
	       sk_policy_format(source, out) == 0;
}

static void show_all(const struct sk_diags *diags)
{
	char text[300];
	size_t column, cells;

	for (size_t i = 0; i < diags->n; i++) {
		struct sk_buf line = SK_BUF(1 << 20);
		sk_diag_fill(text, sizeof(text), sk_diag_text(diags->v[i].code), diags->v[i].a,
		    diags->v[i].b);
		if (diags->v[i].line)
			sk_diag_show(&diags->v[i], &line, &column, &cells);
		sk_buf_free(&line);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_arena *arena = sk_arena_new((size_t)256 << 20);
	struct sk_buf one = SK_BUF(16 << 20), two = SK_BUF(16 << 20);
	struct sk_diags diags = {.arena = arena};
	const struct sk_policy *policy = NULL;

	if (arena == NULL)
		return 0;
	if (canonical(arena, sk_slice(data, size), &one))
		if (!canonical(arena, sk_buf_slice(&one), &two) ||
		    !sk_slice_eq(sk_buf_slice(&one), sk_buf_slice(&two)))
			abort();
	sk_policy_load(arena, &diags, "policy", sk_slice(data, size), NULL, NULL, 20544, &policy);
	show_all(&diags);
	sk_buf_free(&one);
	sk_buf_free(&two);
	sk_arena_free(arena);
	return 0;
}
