/* All statements of a policy: statements.h. Any process that reads a policy. */
#include "policy/statements.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

static void add(struct sk_arena *arena, struct sk_statements *all, const struct sk_entry *e)
{
	const struct sk_entry **v = sk_arena_grow(arena, all->v, &all->cap, all->n + 1, sizeof(*v));

	if (v == NULL)
		return;
	all->v = v;
	v[all->n++] = e;
}

static const struct sk_source *source_of(const struct sk_policy *p, const char *name)
{
	for (size_t i = 1; i < p->nsources; i++)
		if (strcmp(p->sources[i]->name, name) == 0)
			return p->sources[i];
	return NULL;
}

/* A policy that was read includes no file twice, so that this ends. */
static void add_all(struct sk_arena *arena, const struct sk_policy *p, const struct sk_source *s,
    struct sk_statements *all)
{
	for (size_t i = 0; i < s->root.nentries; i++) {
		const struct sk_entry *e = s->root.entries[i];
		const struct sk_source *included =
		    e->ntokens == 2 && strcmp(e->tokens[0].value, "include") == 0
			? source_of(p, e->tokens[1].value)
			: NULL;
		if (included)
			add_all(arena, p, included, all);
		else
			add(arena, all, e);
	}
}

int sk_policy_statements(
    struct sk_arena *arena, const struct sk_policy *p, struct sk_statements *all)
{
	*all = (struct sk_statements){.n = 0};
	add_all(arena, p, p->sources[0], all);
	return sk_arena_failed(arena) ? SK_ENOMEM : 0;
}

void sk_statement_key(const struct sk_entry *e, char key[SK_STATEMENT_KEY])
{
	const char *word = e->tokens[0].value;
	bool alone = strcmp(word, "city") == 0 || strcmp(word, "protect") == 0;
	char text[SK_STATEMENT_KEY];

	snprintf(text, sizeof(text), "%s%s%s", word, alone || e->ntokens < 2 ? "" : " ",
	    alone || e->ntokens < 2 ? "" : e->tokens[1].value);
	sk_utf8_display(key, SK_STATEMENT_KEY, sk_slice_str(text));
}
