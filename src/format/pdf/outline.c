/* Destinations, outlines, page labels, and the trees that hold names (ISO 32000-1, 12.3, 12.4, 7.9.6). Cleaner's jail. */
#include "format/pdf/pdf.h"

#include <stdlib.h>

enum { MAX_TREE = 32, MAX_OUTLINE = 100, MAX_NAMED = 100000 };

/* --- trees --- */

static void tree(struct sk_pdf *x, const struct sk_pdf_val *raw, const char *leaf,
    sk_pdf_tree_fn *fn, void *ctx, unsigned depth)
{
	struct sk_pdf_in *in = NULL;
	const struct sk_pdf_val *v = sk_pdf_resolve(x, raw, &in);

	if (v == NULL || v->kind != SK_PDF_DICT || depth > MAX_TREE || (in && in->visited))
		return;
	const struct sk_pdf_val *leaves = sk_pdf_get_kind(x, v, leaf, SK_PDF_ARRAY);
	const struct sk_pdf_val *kids = sk_pdf_get_kind(x, v, "Kids", SK_PDF_ARRAY);
	if (in) /* once only: nodes that share their kids could make a walk without end */
		in->visited = true;
	for (uint32_t i = 0; leaves && i + 1 < leaves->n && x->rc == 0; i += 2) {
		const struct sk_pdf_val *key = sk_pdf_at(x, leaves, i);
		if (key)
			fn(x, key, &leaves->v[i + 1], ctx);
	}
	for (uint32_t i = 0; kids && i < kids->n && x->rc == 0; i++)
		tree(x, &kids->v[i], leaf, fn, ctx, depth + 1);
}

void sk_pdf_tree(struct sk_pdf *x, const struct sk_pdf_val *root, const char *leaf,
    sk_pdf_tree_fn *fn, void *ctx)
{
	tree(x, root, leaf, fn, ctx, 0);
}

/* --- destinations --- */

static int compare_names(struct sk_slice a, struct sk_slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : a.n < b.n ? -1 : a.n > b.n;
}

static int compare(const void *a, const void *b)
{
	const struct sk_pdf_named *p = a, *q = b;

	return compare_names(p->name, q->name);
}

static void add_named(
    struct sk_pdf *x, const struct sk_pdf_val *key, const struct sk_pdf_val *v, void *ctx)
{
	if ((key->kind != SK_PDF_STRING && key->kind != SK_PDF_NAME) || x->ndests >= MAX_NAMED)
		return;
	struct sk_pdf_named *p =
	    sk_arena_grow(x->arena, x->dests, &x->capdests, x->ndests + 1, sizeof(*p));
	if (p == NULL) {
		sk_pdf_fatal(x, SK_ENOMEM);
		return;
	}
	x->dests = p;
	p[x->ndests++] = (struct sk_pdf_named){sk_slice(key->s, key->n), v};
}

void sk_pdf_read_dests(struct sk_pdf *x, const struct sk_pdf_val *root)
{
	const struct sk_pdf_val *old = sk_pdf_get_kind(x, root, "Dests", SK_PDF_DICT);
	const struct sk_pdf_val *names = sk_pdf_get_kind(x, root, "Names", SK_PDF_DICT);

	for (uint32_t i = 0; old && i < old->n; i++)
		add_named(x, &old->v[2 * i], &old->v[2 * i + 1], NULL);
	if (names && sk_pdf_raw(names, "Dests"))
		sk_pdf_tree(x, sk_pdf_raw(names, "Dests"), "Names", add_named, NULL);
	if (x->ndests)
		qsort(x->dests, x->ndests, sizeof(*x->dests), compare);
}

static const struct sk_pdf_val *find_named(struct sk_pdf *x, const struct sk_pdf_val *name)
{
	struct sk_pdf_named key = {sk_slice(name->s, name->n), NULL};
	const struct sk_pdf_named *p =
	    x->ndests ? bsearch(&key, x->dests, x->ndests, sizeof(*x->dests), compare) : NULL;

	return p ? sk_pdf_resolve(x, p->val, NULL) : NULL;
}

static struct sk_pdf_out *page_of(struct sk_pdf *x, const struct sk_pdf_val *raw)
{
	struct sk_pdf_in *in = NULL;
	const struct sk_pdf_val *v = sk_pdf_resolve(x, raw, &in);

	if (v && v->kind == SK_PDF_INT && v->i >= 0 && (uint64_t)v->i < x->npages)
		return x->pages[v->i].out;
	return in ? in->page : NULL;
}

static const struct {
	const char *name;
	uint32_t n; /* numbers behind it */
	bool null;  /* each may be null */
} fits[] = {{"XYZ", 3, true}, {"Fit", 0, true}, {"FitH", 1, true}, {"FitV", 1, true},
    {"FitR", 4, false}, {"FitB", 0, true}, {"FitBH", 1, true}, {"FitBV", 1, true}};

static bool put_fit(struct sk_pdf *x, const struct sk_pdf_val *in, size_t k, struct sk_pdf_val *out)
{
	sk_pdf_push(x, out, sk_pdf_vname(fits[k].name));
	for (uint32_t i = 0; i < fits[k].n; i++) {
		const struct sk_pdf_val *v = sk_pdf_at(x, in, 2 + i);
		double d;
		if (!sk_pdf_number(v, &d)) {
			if (!fits[k].null)
				return false;
			sk_pdf_push(x, out, (struct sk_pdf_val){0});
		} else {
			sk_pdf_push(x, out, *v);
		}
	}
	return true;
}

static bool explicit_dest(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	struct sk_pdf_out *page = in->n ? page_of(x, &in->v[0]) : NULL;
	const struct sk_pdf_val *fit = sk_pdf_at(x, in, 1);

	if (page == NULL)
		return false;
	*out = sk_pdf_varray();
	sk_pdf_push(x, out, sk_pdf_vout(page));
	for (size_t k = 0; k < sizeof(fits) / sizeof(*fits); k++)
		if (sk_pdf_is(fit, fits[k].name) && put_fit(x, in, k, out))
			return true;
	*out = sk_pdf_varray();
	sk_pdf_push(x, out, sk_pdf_vout(page));
	sk_pdf_push(x, out, sk_pdf_vname("Fit"));
	return true;
}

bool sk_pdf_build_dest(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	in = sk_pdf_resolve(x, in, NULL);
	if (in && (in->kind == SK_PDF_NAME || in->kind == SK_PDF_STRING))
		in = find_named(x, in);
	if (in && in->kind == SK_PDF_DICT)
		in = sk_pdf_get(x, in, "D");
	return in && in->kind == SK_PDF_ARRAY && explicit_dest(x, in, out);
}

void sk_pdf_build_dests(struct sk_pdf *x, const struct sk_pdf_val *root, struct sk_pdf_val *catalog)
{
	struct sk_pdf_val all = sk_pdf_vdict(), d;

	for (size_t i = 0; i < x->ndests && x->rc == 0; i++) {
		struct sk_slice n = x->dests[i].name;
		struct sk_pdf_val key = {.kind = SK_PDF_NAME, .n = (uint32_t)n.n, .s = n.p};
		if (i && sk_slice_eq(n, x->dests[i - 1].name))
			continue;
		if (n.n <= 127 && sk_pdf_free_name(&key) &&
		    sk_pdf_build_dest(x, x->dests[i].val, &d))
			sk_pdf_put_name(x, &all, key, d);
	}
	if (all.n)
		sk_pdf_put(x, catalog, "Dests", all);
}

/* --- actions that may stay --- */

static size_t scheme(struct sk_slice s)
{
	static const char *const good[] = {"http://", "https://", "mailto:"};

	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(good[i]);
		if (s.n > n && strncasecmp((const char *)s.p, good[i], n) == 0)
			return n;
	}
	return 0;
}

/*
 * Fields of a mailto: address that stay (RFC 6068): what the reader sees in the mail. Others attach files in some mail
 * programs, or send copies that nobody sees.
 */
static void fit_mail(struct sk_pdf *x, struct sk_buf *b)
{
	static const char *const good[] = {"subject=", "body=", "cc="};
	const uint8_t *q = memchr(b->p, '?', b->len);
	size_t to = q ? (size_t)(q - b->p) : b->len;

	for (size_t at = to, end; at < b->len; at = end) {
		struct sk_slice s = sk_slice_sub(sk_buf_slice(b), at + 1, b->len);
		const uint8_t *amp = s.n ? memchr(s.p, '&', s.n) : NULL;
		bool kept = false;
		end = at + 1 + (amp ? (size_t)(amp - s.p) : s.n);
		for (size_t i = 0; i < 3; i++)
			kept = kept ||
			       (s.n >= strlen(good[i]) &&
				   strncasecmp((const char *)s.p, good[i], strlen(good[i])) == 0);
		if (!kept) {
			sk_pdf_removed(x, SK_PDF_LINK);
			continue;
		}
		uint8_t before = q == b->p + to ? '?' : '&';
		memmove(b->p + to, b->p + at, end - at);
		b->p[to] = before;
		to += end - at;
		q = NULL;
	}
	b->len = to;
}

/* Printable ASCII; anything else is written as %xx, as browsers do. */
bool sk_pdf_build_uri(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	struct sk_buf b = SK_BUF(2084);

	if (in->kind != SK_PDF_STRING)
		return false;
	struct sk_slice s = sk_slice(in->s, in->n);
	while (s.n && sk_pdf_space(*s.p))
		s = sk_slice_sub(s, 1, s.n);
	while (s.n && sk_pdf_space(s.p[s.n - 1]))
		s.n--;
	size_t n = scheme(s);
	for (size_t i = 0; n && i < s.n; i++) {
		uint8_t c = s.p[i];
		if (i < n)
			sk_buf_putc(&b, c >= 'A' && c <= 'Z' ? c | 0x20 : c);
		else if (c <= ' ' || c >= 127 || strchr("\"<>\\", c))
			sk_buf_printf(&b, "%%%02X", c);
		else
			sk_buf_putc(&b, c);
	}
	if (n == strlen("mailto:") && b.err == 0)
		fit_mail(x, &b);
	bool good = n && b.err == 0 && b.len <= 2083;
	if (good) {
		struct sk_pdf_val v = {.kind = SK_PDF_STRING, .n = (uint32_t)b.len};
		v.s = sk_arena_dup(x->arena, b.p, b.len);
		*out = sk_pdf_vdict();
		sk_pdf_put(x, out, "S", sk_pdf_vname("URI"));
		sk_pdf_put(x, out, "URI", v);
		good = v.s != NULL;
	}
	sk_buf_free(&b);
	return good;
}

bool sk_pdf_put_action(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *dest = sk_pdf_raw(in, "Dest"),
				*a = sk_pdf_get_kind(x, in, "A", SK_PDF_DICT);
	const struct sk_pdf_val *s = sk_pdf_get(x, a, "S"), *uri = sk_pdf_get(x, a, "URI");
	struct sk_pdf_val v;

	if (a && sk_pdf_raw(a, "Next"))
		sk_pdf_action_removed(x, sk_pdf_raw(a, "Next"));
	if (sk_pdf_is(s, "GoTo") && sk_pdf_raw(a, "D"))
		dest = sk_pdf_raw(a, "D");
	else if (a && sk_pdf_is(s, "URI") && uri && sk_pdf_build_uri(x, uri, &v)) {
		sk_pdf_put(x, out, "A", v);
		return true;
	} else if (a) {
		struct sk_pdf_val only = sk_pdf_vdict();
		if (s)
			sk_pdf_put(x, &only, "S", *s);
		sk_pdf_action_removed(x, &only);
		return false;
	}
	if (dest && sk_pdf_build_dest(x, dest, &v)) {
		sk_pdf_put(x, out, "Dest", v);
		return true;
	}
	sk_pdf_removed(x, SK_PDF_LINK);
	return false;
}

/* --- outlines --- */

static const struct sk_pdf_rule item_rules[] = {
    {"Title", SK_PDF_R_STRING, true},
    {"C", SK_PDF_R_NUMS, .min = 3, .max = 3},
    {"F", SK_PDF_R_INT, .max = 3},
    {NULL},
};

static int64_t children(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_out *parent, unsigned depth);

static void put_item(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_out *o,
    unsigned depth, int64_t *shown)
{
	struct sk_pdf_val val;

	for (const struct sk_pdf_rule *r = item_rules; r->key; r++) {
		const struct sk_pdf_val *raw = sk_pdf_raw(v, r->key);
		if (raw && sk_pdf_value(x, raw, r, &val))
			sk_pdf_put(x, &o->val, r->key, val);
		else if (r->needed)
			sk_pdf_put(x, &o->val, r->key,
			    (struct sk_pdf_val){.kind = SK_PDF_STRING, .s = (const uint8_t *)""});
	}
	if (sk_pdf_raw(v, "A") || sk_pdf_raw(v, "Dest"))
		sk_pdf_put_action(x, v, &o->val);
	int64_t below = depth < MAX_OUTLINE ? children(x, v, o, depth + 1) : 0;
	if (below) {
		bool open = sk_pdf_int(x, v, "Count", -1) > 0;
		sk_pdf_put(x, &o->val, "Count", sk_pdf_vint(open ? below : -below));
		*shown += open ? below : 0;
	}
	for (uint32_t i = 0; i < v->n; i++)
		if (!sk_pdf_listed(
			&v->v[2 * i], "Title C F A Dest First Last Next Prev Parent Count SE"))
			sk_pdf_unknown(x, &v->v[2 * i], &v->v[2 * i + 1]);
}

/* The chain below a node; how many items are seen when it is open. */
static int64_t children(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_out *parent, unsigned depth)
{
	const struct sk_pdf_val *raw = sk_pdf_raw(v, "First");
	struct sk_pdf_out *first = NULL, *prev = NULL;
	int64_t shown = 0;

	while (raw && x->rc == 0) {
		struct sk_pdf_in *in = NULL;
		const struct sk_pdf_val *item = sk_pdf_resolve(x, raw, &in);
		if (item == NULL || in == NULL || item->kind != SK_PDF_DICT || in->item)
			break;
		struct sk_pdf_out *o = sk_pdf_new(x, sk_pdf_vdict());
		if (o == NULL)
			return 0;
		in->item = o;
		shown++;
		sk_pdf_put(x, &o->val, "Parent", sk_pdf_vout(parent));
		if (prev) {
			sk_pdf_put(x, &o->val, "Prev", sk_pdf_vout(prev));
			sk_pdf_put(x, &prev->val, "Next", sk_pdf_vout(o));
		} else {
			first = o;
		}
		put_item(x, item, o, depth, &shown);
		prev = o;
		raw = sk_pdf_raw(item, "Next");
	}
	if (first) {
		sk_pdf_put(x, &parent->val, "First", sk_pdf_vout(first));
		sk_pdf_put(x, &parent->val, "Last", sk_pdf_vout(prev));
	}
	return shown;
}

void sk_pdf_build_outlines(
    struct sk_pdf *x, const struct sk_pdf_val *root, struct sk_pdf_val *catalog)
{
	const struct sk_pdf_val *v = sk_pdf_get_kind(x, root, "Outlines", SK_PDF_DICT);
	struct sk_pdf_out *o = v ? sk_pdf_new(x, sk_pdf_vdict()) : NULL;

	if (o == NULL)
		return;
	snprintf(x->where, sizeof(x->where), "outline");
	sk_pdf_put(x, &o->val, "Type", sk_pdf_vname("Outlines"));
	int64_t n = children(x, v, o, 1);
	x->where[0] = 0;
	if (n == 0)
		return;
	sk_pdf_put(x, &o->val, "Count", sk_pdf_vint(n));
	sk_pdf_put(x, catalog, "Outlines", sk_pdf_vout(o));
}

/* --- page labels --- */

static const struct sk_pdf_rule label_rules[] = {
    {"S", SK_PDF_R_NAMES, .arg = "D R r A a"},
    {"P", SK_PDF_R_STRING},
    {"St", SK_PDF_R_INT, .min = 1, .max = INT32_MAX},
    {NULL},
};

struct labels {
	struct sk_pdf_val nums;
	int64_t last;
};

static void add_label(
    struct sk_pdf *x, const struct sk_pdf_val *key, const struct sk_pdf_val *v, void *ctx)
{
	struct labels *l = ctx;
	struct sk_pdf_val d = sk_pdf_vdict();

	v = sk_pdf_resolve(x, v, NULL);
	if (key->kind != SK_PDF_INT || key->i <= l->last || !sk_pdf_dict(x, v, label_rules, &d))
		return;
	l->last = key->i;
	sk_pdf_push(x, &l->nums, *key);
	sk_pdf_push(x, &l->nums, d);
}

void sk_pdf_build_labels(
    struct sk_pdf *x, const struct sk_pdf_val *root, struct sk_pdf_val *catalog)
{
	struct labels l = {sk_pdf_varray(), -1};
	struct sk_pdf_val d = sk_pdf_vdict();

	if (sk_pdf_raw(root, "PageLabels"))
		sk_pdf_tree(x, sk_pdf_raw(root, "PageLabels"), "Nums", add_label, &l);
	if (l.nums.n == 0)
		return;
	sk_pdf_put(x, &d, "Nums", l.nums);
	sk_pdf_put(x, catalog, "PageLabels", d);
}
