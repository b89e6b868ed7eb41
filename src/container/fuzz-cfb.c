/* Fuzz target: a compound file's directory and all its streams. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "container/cfb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_entry(struct sk_cfb *c, uint32_t i)
{
	const struct sk_cfb_entry *e = &c->entries[i];
	struct sk_slice out;

	if (memchr(e->name, '\0', sizeof(e->name)) == NULL ||
	    (e->parent != SK_CFB_NONE && e->parent >= c->n))
		abort();
	if (e->parent != SK_CFB_NONE && sk_cfb_find(c, e->parent, e->name) > i)
		abort();
	if (sk_cfb_read(c, i, 1 << 16, &out) == 0 && out.n > 1 << 16)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_arena *arena = sk_arena_new((size_t)64 << 20);
	struct sk_cfb c;

	if (arena == NULL)
		return 0;
	if (sk_cfb_open(arena, sk_slice(data, size), &c) == 0)
		for (uint32_t i = 0; i < c.n && i < 256; i++)
			check_entry(&c, i);
	sk_arena_free(arena);
	return 0;
}
