/* Statements by their names: index.h. Any process that reads a policy. */
#include "policy/index.h"

#include <stdlib.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
	const struct sk_named *x = *(struct sk_named *const *)a, *y = *(struct sk_named *const *)b;
	int order = strcmp(x->name, y->name);

	if (order)
		return order;
	return (x->where > y->where) - (x->where < y->where);
}

struct sk_index *sk_index_new(struct sk_arena *arena, const struct sk_list *list)
{
	struct sk_index *index = sk_arena_alloc(arena, sizeof(*index));

	if (index == NULL)
		return NULL;
	index->n = list->n;
	index->v = sk_arena_dup(arena, list->v, list->n * sizeof(*list->v));
	if (index->v == NULL)
		return NULL;
	qsort(index->v, index->n, sizeof(struct sk_named *), by_name);
	return index;
}

void *sk_index_find(const struct sk_index *index, const char *name)
{
	size_t from = 0, to = index ? index->n : 0;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (strcmp(index->v[middle]->name, name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return index && from < index->n && strcmp(index->v[from]->name, name) == 0 ? index->v[from]
										   : NULL;
}
