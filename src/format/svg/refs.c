/*
 * What a drawing refers to inside itself is drawn again each time: use, patterns, masks, filters (SVG 2, 5.6, 13.3,
 * 14). Circles are cut, and what would be drawn is counted as if each reference were a copy. Cleaner's jail.
 */
#include "format/svg/svg.h"

#include <stdlib.h>

#define NONE UINT32_MAX
#define CLASS_BYTES 16 /* of a class attribute cost as much as an element */

struct item {
	struct sk_svg_node *node;
	uint32_t end, first_edge; /* of what lies inside it, itself too */
	uint64_t before;          /* weight of all items in front */
	uint64_t cost;
	unsigned chain; /* longest chain of references from here */
	enum { NEW, OPEN, DONE } state;
};

/* A reference; `attr` is what says so, NULL: a style sheet. */
struct edge {
	uint32_t from, to;
	struct sk_svg_attr *attr;
};

struct id {
	struct sk_slice name;
	uint32_t item;
};

/* A rule of a sheet that refers to something: what it applies to. Empty: anything. */
struct rule {
	struct sk_slice type, class, id, to;
};

struct graph {
	struct sk_svg *s;
	struct item *items;
	struct edge *edges;
	struct id *ids;
	struct rule *rules;
	size_t nitems, nedges, nids, nrules, cap_items, cap_edges, cap_ids, cap_rules;
	size_t classes; /* bytes of all class attributes: each rule looks through them */
	bool nomem;
};

/* Room for one more; a failure is told at the end. */
static bool grow(struct graph *g, void *list, size_t *cap, size_t n, size_t size)
{
	void *p = sk_arena_grow(g->s->job->arena, *(void **)list, cap, n + 1, size);

	if (p)
		*(void **)list = p;
	else
		g->nomem = true;
	return p != NULL;
}

static struct sk_slice value_of(const struct sk_svg_node *n, const char *name)
{
	for (const struct sk_svg_attr *a = n->attrs; a; a = a->next)
		if (strcmp(a->name, name) == 0)
			return a->value;
	return (struct sk_slice){0};
}

/* The name in the next url(#name) at or behind *at; empty when there is none. */
static struct sk_slice next_url(struct sk_slice s, size_t *at)
{
	size_t from = sk_slice_find(s, *at, SK_SLICE_LIT("url(#"));
	size_t to = from == SIZE_MAX ? from : sk_slice_find(s, from, SK_SLICE_LIT(")"));

	if (to == SIZE_MAX)
		return (struct sk_slice){0};
	*at = to;
	return sk_slice_sub(s, from + 5, to - from - 5);
}

/* The last compound of a selector: what the rule applies to. */
static struct rule parse_selector(struct sk_slice sel, struct sk_slice to)
{
	struct rule r = {.to = to};
	size_t start = sel.n, end;

	while (start && !strchr(" >+~", sel.p[start - 1]))
		start--;
	for (size_t at = start; at < sel.n; at = end) {
		for (end = at + 1; end < sel.n && !strchr(".#:", sel.p[end]);)
			end++;
		struct sk_slice name = sk_slice_sub(sel, at + 1, end - at - 1);
		if (sel.p[at] == ':')
			break; /* applies at most to what stands in front */
		if (sel.p[at] == '.')
			r.class = name;
		else if (sel.p[at] == '#')
			r.id = name;
		else if (sel.p[at] != '*')
			r.type = sk_slice_sub(sel, at, end - at);
	}
	return r;
}

static void add_rules(struct graph *g, struct sk_slice selectors, struct sk_slice to)
{
	for (size_t at = 0, end; at < selectors.n; at = end + 1) {
		for (end = at; end < selectors.n && selectors.p[end] != ',';)
			end++;
		struct sk_slice one = sk_slice_sub(selectors, at, end - at);
		while (one.n && one.p[one.n - 1] == ' ')
			one.n--;
		if (grow(g, &g->rules, &g->cap_rules, g->nrules, sizeof(*g->rules)))
			g->rules[g->nrules++] = parse_selector(one, to);
	}
}

/* A sheet as css.c wrote it. */
static void add_sheet(struct graph *g, struct sk_slice css)
{
	for (size_t at = 0, open; at < css.n;) {
		open = sk_slice_find(css, at, SK_SLICE_LIT("{"));
		size_t close =
		    open == SIZE_MAX ? open : sk_slice_find(css, open, SK_SLICE_LIT("}\n"));
		if (close == SIZE_MAX)
			return;
		struct sk_slice block = sk_slice_sub(css, open, close - open), to;
		for (size_t in = 0; (to = next_url(block, &in)).n;)
			add_rules(g, sk_slice_sub(css, at, open - at), to);
		at = close + 2;
	}
}

static uint64_t weight(const struct sk_svg_node *n)
{
	if (n->element->kind & SK_SVG_FILTER)
		return 100;
	return n->element->kind & SK_SVG_IMAGE ? 10 : 1;
}

static void add_item(struct graph *g, struct sk_svg_node *n, uint64_t *before)
{
	struct sk_slice name = value_of(n, "id");

	g->classes += value_of(n, "class").n;
	if (!grow(g, &g->items, &g->cap_items, g->nitems, sizeof(*g->items)))
		return;
	g->items[g->nitems] = (struct item){.node = n, .before = *before};
	*before += weight(n);
	if (name.n && grow(g, &g->ids, &g->cap_ids, g->nids, sizeof(*g->ids)))
		g->ids[g->nids++] = (struct id){name, (uint32_t)g->nitems};
	g->nitems++;
	if (strcmp(n->element->name, "style") == 0)
		for (struct sk_svg_node *t = n->first; t; t = t->next)
			if (t->element == NULL)
				add_sheet(g, t->text);
}

/* All elements in the order of the file, each with the place behind its last one. */
static void collect(struct graph *g)
{
	uint32_t open[SK_LIMIT_XML_DEPTH + 1];
	unsigned depth = 0;
	uint64_t before = 0;

	for (struct sk_svg_node *n = g->s->root; n && !g->nomem;) {
		if (n->element) {
			open[depth] = (uint32_t)g->nitems;
			add_item(g, n, &before);
			if (n->first) {
				depth++;
				n = n->first;
				continue;
			}
			if (!g->nomem)
				g->items[open[depth]].end = (uint32_t)g->nitems;
		}
		for (; n && n->next == NULL; n = n->parent)
			if (n->parent && !g->nomem)
				g->items[open[--depth]].end = (uint32_t)g->nitems;
		n = n ? n->next : NULL;
	}
}

static int by_id(const void *a, const void *b)
{
	const struct id *x = a, *y = b;
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
	int c = n ? memcmp(x->name.p, y->name.p, n) : 0;

	if (c == 0)
		c = (x->name.n > y->name.n) - (x->name.n < y->name.n);
	return c ? c : (x->item > y->item) - (x->item < y->item);
}

/* The first element of that name, or NONE. */
static uint32_t find(const struct graph *g, struct sk_slice name)
{
	struct id key = {name, 0};
	size_t lo = 0, hi = g->nids;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (by_id(&g->ids[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < g->nids && sk_slice_eq(g->ids[lo].name, name) ? g->ids[lo].item : NONE;
}

static void add_edge(struct graph *g, uint32_t from, struct sk_slice name, struct sk_svg_attr *attr)
{
	uint32_t to = find(g, name);

	if (to != NONE && grow(g, &g->edges, &g->cap_edges, g->nedges, sizeof(*g->edges)))
		g->edges[g->nedges++] = (struct edge){from, to, attr};
}

static bool has_word(struct sk_slice list, struct sk_slice word)
{
	size_t at = sk_slice_find(list, 0, word);

	for (; at != SIZE_MAX; at = sk_slice_find(list, at + 1, word)) {
		size_t end = at + word.n;
		if ((at == 0 || list.p[at - 1] <= ' ') && (end == list.n || list.p[end] <= ' '))
			return true;
	}
	return false;
}

static bool applies(const struct rule *r, const struct sk_svg_node *n)
{
	return (r->type.n == 0 || sk_slice_is(r->type, n->element->name)) &&
	       (r->class.n == 0 || has_word(value_of(n, "class"), r->class)) &&
	       (r->id.n == 0 || sk_slice_eq(value_of(n, "id"), r->id));
}

static void connect(struct graph *g, uint32_t i)
{
	struct sk_svg_node *n = g->items[i].node;
	struct sk_slice name;

	g->items[i].first_edge = (uint32_t)g->nedges;
	for (struct sk_svg_attr *a = n->attrs; a; a = a->next) {
		bool href = strcmp(a->name, "xlink:href") == 0;
		if (href && a->value.p[0] == '#' && !(n->element->kind & SK_SVG_LINK))
			add_edge(g, i, sk_slice_sub(a->value, 1, a->value.n), a);
		for (size_t at = 0; !href && (name = next_url(a->value, &at)).n;)
			add_edge(g, i, name, a);
	}
	for (size_t k = 0; k < g->nrules; k++)
		if (applies(&g->rules[k], n))
			add_edge(g, i, g->rules[k].to, NULL);
}

/* Take back what closes a circle. A style sheet cannot be cut: what it means depends on all of it. */
static int cut(struct graph *g, struct edge *e)
{
	struct sk_svg_node *n = g->items[e->from].node;
	struct sk_svg_attr **at = &n->attrs;

	if (e->attr == NULL)
		return sk_job_refuse(g->s->job, SK_REASON_LIMIT_OBJECTS, "a style in a circle");
	while (*at && *at != e->attr)
		at = &(*at)->next;
	if (*at) {
		*at = e->attr->next;
		g->s->references -= strcmp(e->attr->name, "xlink:href") == 0;
		sk_job_removed(
		    g->s->job, SK_SVG_CIRCLE, 1, "%s %s", n->element->name, e->attr->name);
	}
	e->to = NONE;
	return 0;
}

static bool is_cut(const struct graph *g, const struct edge *e)
{
	const struct sk_svg_attr *a = g->items[e->from].node->attrs;

	while (a && e->attr && a != e->attr)
		a = a->next;
	return e->to == NONE || (e->attr && a == NULL);
}

static int visit(struct graph *g, uint32_t i, unsigned depth)
{
	struct item *it = &g->items[i];
	uint64_t last =
	    it->end < g->nitems ? g->items[it->end].before : g->items[g->nitems - 1].before + 1;
	int rc = 0;

	if (depth > SK_LIMIT_SVG_REFERENCES)
		return sk_job_refuse(g->s->job, SK_REASON_LIMIT_NESTING, "references");
	it->state = OPEN;
	it->cost = last - it->before;
	for (size_t k = it->first_edge; rc == 0 && k < g->nedges && g->edges[k].from < it->end;
	     k++) {
		struct edge *e = &g->edges[k];
		if (is_cut(g, e))
			continue;
		struct item *to = &g->items[e->to];
		if (to->state == NEW)
			rc = visit(g, e->to, depth + 1);
		else if (to->state == OPEN)
			rc = cut(g, e);
		if (rc || to->state != DONE)
			continue;
		it->cost += to->cost;
		it->chain = to->chain + 1 > it->chain ? to->chain + 1 : it->chain;
		if (it->cost > SK_LIMIT_SVG_DRAWN)
			rc = sk_job_refuse(g->s->job, SK_REASON_LIMIT_PAINTINGS, "references");
	}
	it->state = DONE;
	if (rc == 0 && it->chain > SK_LIMIT_SVG_REFERENCES)
		rc = sk_job_refuse(g->s->job, SK_REASON_LIMIT_NESTING, "references");
	return rc;
}

int sk_svg_check_references(struct sk_svg *s)
{
	struct graph g = {.s = s};

	collect(&g);
	if (g.nids)
		qsort(g.ids, g.nids, sizeof(*g.ids), by_id);
	if (g.nitems && g.nrules > SK_LIMIT_SVG_DRAWN / (g.nitems + g.classes / CLASS_BYTES))
		return sk_job_refuse(s->job, SK_REASON_LIMIT_OBJECTS, "styles");
	for (uint32_t i = 0; i < g.nitems && !g.nomem; i++)
		connect(&g, i);
	return g.nomem ? SK_ENOMEM : visit(&g, 0, 0);
}
