/*
 * What was changed in the text of a policy, statement by statement: the order of statements means nothing, so that one
 * that moved did not change. Within a statement line by line (longest common subsequence). The command.
 */
#include "cmd/policy.h"

#include <stdlib.h>
#include <string.h>

#include "policy/statements.h"

/* Beyond this many comparisons a statement is shown as it was and as it is. */
#define MOST_CELLS ((size_t)4 << 20)

struct statement {
	char key[SK_STATEMENT_KEY];
	struct sk_slice text;
	size_t at; /* its place in the policy */
};

struct text_lines {
	struct sk_slice *v;
	size_t n;
};

static int by_key(const void *a, const void *b)
{
	const struct statement *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static int by_place(const void *a, const void *b)
{
	const struct line_change *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* All statements as text, sorted by what they are called; NULL when memory is out. */
static struct statement *statements_of(struct sk_arena *arena, const struct sk_policy *p, size_t *n)
{
	struct sk_buf text = SK_BUF(SK_POLICY_BYTES * 4);
	struct sk_statements all;
	struct statement *v = NULL;

	if (sk_policy_statements(arena, p, &all) == 0)
		v = sk_arena_array(arena, all.n, sizeof(*v));
	for (size_t i = 0; v && i < all.n; i++) {
		sk_buf_reset(&text);
		sk_entry_format(all.v[i], &text);
		sk_statement_key(all.v[i], v[i].key);
		v[i].text = sk_slice(sk_arena_dup(arena, text.p, text.len), text.len);
		v[i].at = i;
	}
	bool failed = text.err || sk_arena_failed(arena);
	sk_buf_free(&text);
	if (v == NULL || failed)
		return NULL;
	*n = all.n;
	qsort(v, all.n, sizeof(*v), by_key);
	return v;
}

/* --- line by line --- */

static struct text_lines lines_of(struct sk_arena *arena, struct sk_slice text)
{
	struct text_lines l = {.n = 0};

	for (size_t i = 0; i < text.n; i++)
		l.n += text.p[i] == '\n';
	l.v = sk_arena_array(arena, l.n, sizeof(*l.v));
	for (size_t i = 0, k = 0; l.v && k < l.n; k++) {
		size_t n = 0;
		while (text.p[i + n] != '\n')
			n++;
		l.v[k] = sk_slice_sub(text, i, n);
		i += n + 1;
	}
	return l;
}

static void put(struct line_change *c, char sign, struct sk_slice line)
{
	sk_buf_putc(&c->text, (uint8_t)sign);
	sk_buf_put_slice(&c->text, line);
	sk_buf_putc(&c->text, '\n');
}

static void put_all(struct line_change *c, char sign, const struct text_lines *l)
{
	for (size_t i = 0; i < l->n; i++)
		put(c, sign, l->v[i]);
}

/* best[i][k]: lines that what is left of both from i and k on has in common. */
static void compare(
    struct line_change *c, const struct text_lines *a, const struct text_lines *b, unsigned *best)
{
	size_t w = b->n + 1, i, k;

	for (i = a->n; i-- > 0;)
		for (k = b->n; k-- > 0;) {
			unsigned down = best[(i + 1) * w + k], right = best[i * w + k + 1];
			best[i * w + k] = sk_slice_eq(a->v[i], b->v[k])
					      ? best[(i + 1) * w + k + 1] + 1
					  : down > right ? down
							 : right;
		}
	for (i = k = 0; i < a->n && k < b->n;) {
		if (sk_slice_eq(a->v[i], b->v[k]))
			put(c, ' ', a->v[i++]), k++;
		else if (best[(i + 1) * w + k] >= best[i * w + k + 1])
			put(c, '-', a->v[i++]);
		else
			put(c, '+', b->v[k++]);
	}
	for (; i < a->n; i++)
		put(c, '-', a->v[i]);
	for (; k < b->n; k++)
		put(c, '+', b->v[k]);
}

static void compare_texts(
    struct sk_arena *arena, struct line_change *c, struct sk_slice old, struct sk_slice new)
{
	struct text_lines a = lines_of(arena, old), b = lines_of(arena, new);
	size_t cells = (a.n + 1) * (b.n + 1);
	unsigned *best = cells <= MOST_CELLS ? calloc(cells, sizeof(*best)) : NULL;

	if (sk_arena_failed(arena)) {
		free(best);
		return;
	}
	if (best) {
		compare(c, &a, &b, best);
	} else {
		put_all(c, '-', &a);
		put_all(c, '+', &b);
	}
	free(best);
}

/* --- statement by statement --- */

static void add(struct sk_arena *arena, struct line_changes *all, const struct statement *old,
    const struct statement *new)
{
	struct line_change *v =
	    sk_arena_grow(arena, all->v, &all->cap, all->n + 1, sizeof(struct line_change));
	static const struct statement nothing = {.key = ""};
	const struct statement *a = old ? old : &nothing, *b = new ? new : &nothing;

	if (v == NULL)
		return;
	all->v = v;
	v = &v[all->n++];
	*v = (struct line_change){
	    .what = old ? a->key : b->key, .added = old == NULL, .removed = new == NULL};
	/* In the order of the old text, and behind all of it what is new. */
	v->at = old ? a->at : SIZE_MAX / 2 + b->at;
	v->text = SK_BUF(SK_POLICY_BYTES * 8);
	compare_texts(arena, v, a->text, b->text);
}

int cli_policy_lines(struct sk_arena *arena, const struct sk_policy *old,
    const struct sk_policy *new, struct line_changes *all)
{
	size_t na = 0, nb = 0, i = 0, k = 0;
	const struct statement *a = statements_of(arena, old, &na);
	const struct statement *b = statements_of(arena, new, &nb);

	if (a == NULL || b == NULL)
		return -1;
	while (i < na || k < nb) {
		int order = i == na ? 1 : k == nb ? -1 : strcmp(a[i].key, b[k].key);
		if (order < 0)
			add(arena, all, &a[i++], NULL);
		else if (order > 0)
			add(arena, all, NULL, &b[k++]);
		else if (!sk_slice_eq(a[i++].text, b[k++].text))
			add(arena, all, &a[i - 1], &b[k - 1]);
	}
	qsort(all->v, all->n, sizeof(*all->v), by_place);
	return sk_arena_failed(arena) ? -1 : 0;
}

void cli_policy_lines_free(struct line_changes *all)
{
	for (size_t i = 0; i < all->n; i++)
		sk_buf_free(&all->v[i].text);
}
