/* A cleaned drawing: the lists, the values, the references (doc/profiles/svg.md). Verifier's jail. */
#include "verify/svg/svg.h"

#include "verify/text/chars.h"

#define SVG_SPACE "http://www.w3.org/2000/svg"
#define LINK_SPACE "http://www.w3.org/1999/xlink"

static const uint32_t controls = SK_VT_CTL('\t') | SK_VT_CTL('\n') | SK_VT_CTL('\r');

struct drawing {
	struct sk_vx *x;
	struct sk_buf scratch;
	struct sk_vs_graph graph;
	enum sk_vs_part part[SK_LIMIT_XML_DEPTH + 1]; /* of the open elements */
	uint32_t item[SK_LIMIT_XML_DEPTH + 1];
	bool links, linked; /* xlink is declared, and used */
};

static int bad(struct drawing *d, const char *what, struct sk_slice name)
{
	return sk_fail(d->x->c, sk_vx_at(d->x), "SVG: %s %.*s", what,
	    (int)(name.n < 60 ? name.n : 60), (const char *)name.p);
}

static int check_href(struct drawing *d, enum sk_vs_part part, struct sk_slice v)
{
	bool picture = part == SK_VS_PICTURE || part == SK_VS_FILTER_PICTURE;

	if (!d->links)
		return bad(d, "undeclared", SK_SLICE_LIT("xlink"));
	d->linked = true;
	if (sk_vs_fragment(v)) {
		uint8_t *copy = sk_arena_dup(d->x->c->arena, v.p + 1, v.n - 1);
		if (part == SK_VS_ANCHOR)
			return 0;
		return copy ? sk_vs_add_ref(&d->graph, sk_slice(copy, v.n - 1)) : SK_ENOMEM;
	}
	if (part == SK_VS_ANCHOR && sk_vs_web(v))
		return 0;
	return picture ? sk_vs_picture(d->x->c, sk_vx_at(d->x), v)
		       : bad(d, "reference that is not allowed", SK_SLICE_LIT(""));
}

static int check_value(struct drawing *d, struct sk_slice name, struct sk_slice v)
{
	bool ok = true;

	switch (sk_vs_attribute(name)) {
	case SK_VS_NO:
		return bad(d, "attribute", name);
	case SK_VS_ANY:
		return 0;
	case SK_VS_VALUE:
		ok = sk_vs_value(v);
		break;
	case SK_VS_DECLARATIONS:
		ok = sk_vs_declarations(v);
		break;
	case SK_VS_UP_TO_16:
		ok = sk_vs_numbers(v, 16);
		break;
	case SK_VS_UP_TO_1000:
		ok = sk_vs_numbers(v, 1000);
		break;
	}
	return ok ? sk_vs_add_urls(&d->graph, v) : bad(d, "value of", name);
}

static int decoded(struct drawing *d, struct sk_slice raw, struct sk_slice *v)
{
	int rc = sk_vx_decode(raw, &d->scratch, v);
	return rc ? rc : sk_vt_check(d->x->c, *v, sk_vx_at(d->x), controls);
}

/* The declarations of namespaces: two, at the root, in front. */
static int check_spaces(struct drawing *d, size_t *first)
{
	const struct sk_vx_attr *a = d->x->attrs;
	size_t n = d->x->nattrs;

	if (n == 0 || !sk_slice_is(a[0].name, "xmlns") || !sk_slice_is(a[0].value, SVG_SPACE))
		return bad(d, "namespace of", d->x->name);
	d->links =
	    n > 1 && sk_slice_is(a[1].name, "xmlns:xlink") && sk_slice_is(a[1].value, LINK_SPACE);
	*first = d->links ? 2 : 1;
	return sk_slice_is(d->x->name, "svg") ? 0 : bad(d, "root", d->x->name);
}

/* A word list of the element, to be matched with sheets. */
static int keep_words(struct drawing *d, const char *name, struct sk_slice *out)
{
	const struct sk_slice *raw = sk_vx_attr(d->x, name);
	struct sk_slice v;

	if (raw == NULL)
		return 0;
	int rc = sk_vx_decode(*raw, &d->scratch, &v);
	if (rc)
		return rc;
	uint8_t *copy = sk_arena_dup(d->x->c->arena, v.p, v.n);
	*out = sk_slice(copy, v.n);
	return copy ? 0 : SK_ENOMEM;
}

static int add_element(struct drawing *d, enum sk_vs_part part)
{
	struct sk_vs_item item = {.name = d->x->name, .weight = 1};
	int rc = keep_words(d, "id", &item.id);

	if (part == SK_VS_FILTER || part == SK_VS_FILTER_PICTURE)
		item.weight = 100;
	else if (part == SK_VS_PICTURE)
		item.weight = 10;
	if (rc == 0)
		rc = keep_words(d, "class", &item.class);
	d->item[d->x->depth] = (uint32_t)d->graph.nitems;
	return rc ? rc : sk_vs_add_item(&d->graph, &item);
}

static int check_start(struct drawing *d)
{
	struct sk_vx *x = d->x;
	enum sk_vs_part part = sk_vs_element(x->name);
	size_t i = 0;

	if (part == SK_VS_UNKNOWN)
		return bad(d, "element", x->name);
	if (x->elements > SK_LIMIT_SVG_ELEMENTS)
		return bad(d, "more than allowed", SK_SLICE_LIT("elements"));
	d->part[x->depth] = part;
	int rc = x->elements == 1 ? check_spaces(d, &i) : 0;
	if (rc == 0)
		rc = add_element(d, part);
	for (; rc == 0 && i < x->nattrs; i++) {
		struct sk_slice v;
		rc = decoded(d, x->attrs[i].value, &v);
		if (rc == 0)
			rc = sk_slice_is(x->attrs[i].name, "xlink:href")
				 ? check_href(d, part, v)
				 : check_value(d, x->attrs[i].name, v);
	}
	return rc;
}

static bool blank(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r')
			return false;
	return true;
}

static int check_text(struct drawing *d)
{
	struct sk_slice text;
	enum sk_vs_part part = d->part[d->x->depth];
	int rc = decoded(d, d->x->text, &text);

	if (rc || part == SK_VS_WORDS || part == SK_VS_ANCHOR)
		return rc;
	if (part != SK_VS_SHEET)
		return blank(text) ? 0 : bad(d, "characters that nothing shows", SK_SLICE_LIT(""));
	if (!sk_vs_sheet(text))
		return bad(d, "style sheet", SK_SLICE_LIT(""));
	return sk_vs_add_sheet(&d->graph, text);
}

static int walk(struct drawing *d)
{
	int ev, rc = 0;

	while (rc == 0 && (ev = sk_vx_next(d->x)) != SK_VX_DONE) {
		if (ev < 0)
			return ev;
		if (ev == SK_VX_START)
			rc = check_start(d);
		else if (ev == SK_VX_TEXT)
			rc = check_text(d);
		else
			d->graph.items[d->item[d->x->depth + 1]].end = (uint32_t)d->graph.nitems;
	}
	if (rc == 0 && d->links != d->linked)
		rc = bad(d, "declared but not used:", SK_SLICE_LIT("xlink"));
	return rc ? rc : sk_vs_judge(&d->graph);
}

int sk_verify_svg(struct sk_check *c, struct sk_slice in)
{
	struct drawing *d = sk_arena_alloc(c->arena, sizeof(*d));

	if (d == NULL || (d->x = sk_arena_alloc(c->arena, sizeof(*d->x))) == NULL)
		return SK_ENOMEM;
	d->graph.c = c;
	d->scratch = SK_BUF(SK_LIMIT_SVG_VALUE);
	if (in.n == 0 || in.p[in.n - 1] != '\n')
		return sk_fail(c, 0, "SVG: no line end behind the root element");
	int rc = sk_vx_begin(d->x, c, sk_slice_sub(in, 0, in.n - 1), SK_SLICE_LIT(SK_VX_DECL));
	d->x->value_max = SK_LIMIT_SVG_VALUE + SK_LIMIT_SVG_VALUE / 2;
	if (rc == 0)
		rc = walk(d);
	sk_buf_free(&d->scratch);
	return rc;
}
