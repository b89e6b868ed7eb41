/* References inside a drawing: no circles, and a bound on what they draw (profile, section 6). Verifier's jail. */
#include "verify/svg/svg.h"

#include <stdlib.h>

#define NOTHING UINT32_MAX

enum { FRESH, GOING, KNOWN };

int sk_vs_add_item(struct sk_vs_graph *g, const struct sk_vs_item *item)
{
	struct sk_vs_item *list =
	    sk_arena_grow(g->c->arena, g->items, &g->citems, g->nitems + 1, sizeof(*list));

	if (list == NULL)
		return SK_ENOMEM;
	g->items = list;
	list[g->nitems] = *item;
	list[g->nitems].first = (uint32_t)g->nrefs;
	if (g->nitems)
		list[g->nitems].before = list[g->nitems - 1].before + list[g->nitems - 1].weight;
	g->nitems++;
	return 0;
}

static int add(struct sk_vs_graph *g, uint32_t from, struct sk_slice name)
{
	struct sk_vs_ref *list =
	    sk_arena_grow(g->c->arena, g->refs, &g->crefs, g->nrefs + 1, sizeof(*list));

	if (list == NULL)
		return SK_ENOMEM;
	g->refs = list;
	list[g->nrefs++] = (struct sk_vs_ref){from, NOTHING, name};
	return 0;
}

int sk_vs_add_ref(struct sk_vs_graph *g, struct sk_slice name)
{
	return add(g, (uint32_t)g->nitems - 1, name);
}

int sk_vs_add_urls(struct sk_vs_graph *g, struct sk_slice value)
{
	int rc = 0;

	for (size_t at = 0; rc == 0;) {
		at = sk_slice_find(value, at, SK_SLICE_LIT("url(#"));
		size_t end = at == SIZE_MAX ? at : sk_slice_find(value, at, SK_SLICE_LIT(")"));
		if (end == SIZE_MAX)
			return 0;
		/* The value lives no longer than its event. */
		uint8_t *copy = sk_arena_dup(g->c->arena, value.p + at + 5, end - at - 5);
		rc = copy ? sk_vs_add_ref(g, sk_slice(copy, end - at - 5)) : SK_ENOMEM;
		at = end;
	}
	return rc;
}

int sk_vs_add_sheet(struct sk_vs_graph *g, struct sk_slice css)
{
	struct sk_slice *list =
	    sk_arena_grow(g->c->arena, g->sheets, &g->csheets, g->nsheets + 1, sizeof(*list));
	uint8_t *copy = sk_arena_dup(g->c->arena, css.p, css.n);

	if (list == NULL || copy == NULL)
		return SK_ENOMEM;
	g->sheets = list;
	list[g->nsheets++] = sk_slice(copy, css.n);
	return 0;
}

/* Whether the part of a compound selector that begins with its kind fits; a pseudo-class fits anything. */
static bool part_fits(struct sk_slice part, const struct sk_vs_item *it)
{
	struct sk_slice name = sk_slice_sub(part, 1, part.n);

	if (part.p[0] == '#')
		return sk_slice_eq(name, it->id);
	if (part.p[0] != '.')
		return part.p[0] == '*' || sk_slice_eq(part, it->name);
	for (size_t at = 0, end; at < it->class.n; at = end + 1) {
		for (end = at; end < it->class.n && it->class.p[end] > ' ';)
			end++;
		if (end > at && sk_slice_eq(sk_slice_sub(it->class, at, end - at), name))
			return true;
	}
	return false;
}

static bool selects(struct sk_slice sel, const struct sk_vs_item *it)
{
	size_t from = sel.n;

	while (from && memchr(" >+~", sel.p[from - 1], 4) == NULL)
		from--;
	while (from < sel.n && sel.p[from] != ':') {
		size_t to = from + 1;
		while (to < sel.n && memchr(".#:", sel.p[to], 3) == NULL)
			to++;
		if (!part_fits(sk_slice_sub(sel, from, to - from), it))
			return false;
		from = to;
	}
	return true;
}

static bool any_selects(struct sk_slice list, const struct sk_vs_item *it)
{
	for (size_t at = 0, end; at < list.n; at = end + 1) {
		for (end = at; end < list.n && list.p[end] != ',';)
			end++;
		size_t n = end - at;
		while (n && list.p[at + n - 1] == ' ')
			n--;
		if (n && selects(sk_slice_sub(list, at, n), it))
			return true;
	}
	return false;
}

/* One rule of a sheet that refers to something. */
struct rule {
	struct sk_slice selectors, block;
};

static int collect_rules(struct sk_vs_graph *g, struct rule **rules, size_t *n)
{
	size_t cap = 0;

	for (size_t k = 0; k < g->nsheets; k++) {
		struct sk_slice css = g->sheets[k];
		for (size_t at = 0; at < css.n;) {
			size_t open = sk_slice_find(css, at, SK_SLICE_LIT("{"));
			size_t close = sk_slice_find(css, open, SK_SLICE_LIT("}"));
			struct sk_slice block = sk_slice_sub(css, open, close - open);
			struct rule one = {sk_slice_sub(css, at, open - at), block};
			at = close + 2;
			if (sk_slice_find(block, 0, SK_SLICE_LIT("url(#")) == SIZE_MAX)
				continue;
			*rules = sk_arena_grow(g->c->arena, *rules, &cap, *n + 1, sizeof(one));
			if (*rules == NULL)
				return SK_ENOMEM;
			(*rules)[(*n)++] = one;
		}
	}
	return 0;
}

static int by_source(const void *a, const void *b)
{
	const struct sk_vs_ref *x = a, *y = b;
	return (x->from > y->from) - (x->from < y->from);
}

/* What sheets add to the elements that they apply to; then the references lie in the order of elements again. */
static int apply_sheets(struct sk_vs_graph *g)
{
	struct rule *rules = NULL;
	size_t n = 0;
	int rc = collect_rules(g, &rules, &n);

	if (rc || n == 0)
		return rc;
	if (n > SK_LIMIT_SVG_DRAWN / g->nitems)
		return sk_fail(g->c, 0, "SVG: more styles than allowed");
	for (size_t i = 0; i < g->nitems; i++)
		for (size_t k = 0; rc == 0 && k < n; k++) {
			size_t before = g->nrefs;
			if (any_selects(rules[k].selectors, &g->items[i]))
				rc = sk_vs_add_urls(g, rules[k].block);
			for (; before < g->nrefs; before++)
				g->refs[before].from = (uint32_t)i;
		}
	if (g->nrefs)
		qsort(g->refs, g->nrefs, sizeof(*g->refs), by_source);
	for (size_t i = 0, at = 0; i < g->nitems; i++) {
		while (at < g->nrefs && g->refs[at].from < i)
			at++;
		g->items[i].first = (uint32_t)at;
	}
	return rc;
}

struct name {
	struct sk_slice id;
	uint32_t item;
};

static int compare(struct sk_slice a, struct sk_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

static int by_id(const void *a, const void *b)
{
	const struct name *x = a, *y = b;
	int c = compare(x->id, y->id);

	return c ? c : (x->item > y->item) - (x->item < y->item);
}

/* Names to elements: of several of one name the first. */
static int resolve(struct sk_vs_graph *g)
{
	struct name *names = sk_arena_array(g->c->arena, g->nitems, sizeof(*names));
	size_t n = 0;

	if (names == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < g->nitems; i++)
		if (g->items[i].id.n)
			names[n++] = (struct name){g->items[i].id, (uint32_t)i};
	qsort(names, n, sizeof(*names), by_id);
	for (size_t k = 0; k < g->nrefs; k++) {
		size_t low = 0, high = n;
		while (low < high) {
			size_t mid = (low + high) / 2;
			if (compare(names[mid].id, g->refs[k].name) < 0)
				low = mid + 1;
			else
				high = mid;
		}
		if (low < n && sk_slice_eq(names[low].id, g->refs[k].name))
			g->refs[k].to = names[low].item;
	}
	return 0;
}

/* Everything in an element, and everything that is referred to from there. */
static int measure(struct sk_vs_graph *g, uint32_t i, unsigned depth)
{
	struct sk_vs_item *it = &g->items[i], *last = &g->items[it->end - 1];
	int rc = 0;

	if (it->state == GOING)
		return sk_fail(g->c, 0, "SVG: references in a circle");
	if (it->state == KNOWN)
		return 0;
	if (depth > SK_LIMIT_SVG_REFERENCES)
		return sk_fail(g->c, 0, "SVG: references to references");
	it->state = GOING;
	it->cost = last->before + last->weight - it->before;
	for (size_t k = it->first; rc == 0 && k < g->nrefs && g->refs[k].from < it->end; k++) {
		if (g->refs[k].to == NOTHING)
			continue;
		struct sk_vs_item *to = &g->items[g->refs[k].to];
		rc = measure(g, g->refs[k].to, depth + 1);
		it->cost += to->cost;
		if (to->chain >= it->chain)
			it->chain = to->chain + 1;
		if (rc == 0 &&
		    (it->cost > SK_LIMIT_SVG_DRAWN || it->chain > SK_LIMIT_SVG_REFERENCES))
			rc = sk_fail(g->c, 0, "SVG: references draw more than allowed");
	}
	it->state = KNOWN;
	return rc;
}

int sk_vs_judge(struct sk_vs_graph *g)
{
	int rc = apply_sheets(g);

	if (rc == 0)
		rc = resolve(g);
	return rc ? rc : measure(g, 0, 0);
}
