/* Fuzz target: up to the first NUL a list of words, then a text. Findings lie inside the text and are counted right. */
#include <stdlib.h>
#include <string.h>

#include "leak/leak.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct sk_leaks *leaks, size_t size)
{
	uint64_t count = 0;

	for (int kind = 0; kind < SK_FIND_KINDS; kind++)
		for (int trust = 0; trust < SK_TRUSTS; trust++)
			count += leaks->count[kind][trust];
	if (count < leaks->n)
		abort();
	for (size_t i = 0; i < leaks->n; i++)
		if (leaks->v[i].line > size + 1 || leaks->v[i].column > size + 1 ||
		    leaks->v[i].kind >= SK_FIND_KINDS || leaks->v[i].trust >= SK_TRUSTS)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[SK_FIND_KEY];
	struct sk_arena *arena = sk_arena_new((size_t)256 << 20);
	const uint8_t *end = size ? memchr(data, 0, size) : NULL;
	size_t n = end ? (size_t)(end - data) : 0;
	struct sk_slice text = end ? sk_slice(end + 1, size - n - 1) : sk_slice(data, size);
	const struct sk_words *words = NULL;
	struct sk_leaks leaks;
	uint32_t line;

	if (arena == NULL)
		return 0;
	if (n)
		sk_words_load(arena, sk_slice(data, n), &words, &line);
	if (sk_leak_scan(arena, text, words, key, &leaks) == 0)
		check(&leaks, text.n);
	sk_arena_free(arena);
	return 0;
}
