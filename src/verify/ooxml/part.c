/*
 * Walks through the XML of a part: namespaces, names, attributes, where text may stand (doc/profiles/ooxml.md,
 * section 4; ISO/IEC 29500-3 for mc:). Values are looked at in special.c and fields.c. Verifier's jail.
 */
#include "verify/ooxml/part.h"

#include "verify/ooxml/value.h"
#include "names-ids.h"

static const struct sk_slice nothing = {(const uint8_t *)"", 0};

int sk_oo_walk_fail(const struct sk_oo_walk *w, const char *what, struct sk_slice name)
{
	return sk_oo_fail(w->k->c, w->part->member->name, sk_vx_at(w->x), what, name);
}

static void use(struct sk_oo_walk *w, unsigned space)
{
	if (space < SK_OO_NO_SPACE)
		w->used |= UINT64_C(1) << space;
}

static bool is_declaration(struct sk_slice name)
{
	return sk_slice_starts(name, SK_SLICE_LIT("xmlns")) && (name.n == 5 || name.p[5] == ':');
}

/* Declarations stand first, in the order of the list; n tells how many there are. */
static int read_declarations(struct sk_oo_walk *w, size_t *n)
{
	int last = -1;
	size_t i = 0;

	for (; i < w->x->nattrs && is_declaration(w->x->attrs[i].name); i++) {
		int space = sk_oo_space(w->x->attrs[i].name, w->x->attrs[i].value);
		if (space < 0)
			return sk_oo_walk_fail(
			    w, "namespace that is not listed", w->x->attrs[i].value);
		if (space <= last)
			return sk_oo_walk_fail(
			    w, "namespaces are not in order", w->x->attrs[i].value);
		w->declared |= UINT64_C(1) << space;
		last = space;
	}
	*n = i;
	return 0;
}

/* mc:Ignorable: exactly those declared prefixes that a program may ignore; the root itself it may not. */
static int read_ignorable(struct sk_oo_walk *w, size_t *n)
{
	const unsigned root = w->open[0].space;
	struct sk_slice value = nothing;
	size_t at = 0;

	if (*n < w->x->nattrs && sk_slice_is(w->x->attrs[*n].name, "mc:Ignorable")) {
		value = w->x->attrs[(*n)++].value;
		int mc = sk_oo_space_by_prefix(SK_SLICE_LIT("mc"));
		if (value.n == 0 || !(w->declared >> mc & 1))
			return sk_oo_walk_fail(w, "mc:Ignorable without need", nothing);
		use(w, (unsigned)mc);
	}
	for (unsigned i = 0; i < sk_oo_space_count(); i++) {
		if (!(w->declared >> i & 1) || !sk_oo_space_ignorable((int)i) || i == root)
			continue;
		struct sk_slice prefix = sk_slice_str(sk_oo_space_prefix((int)i));
		at += at != 0;
		if (!sk_slice_starts(sk_slice_sub(value, at, value.n), prefix))
			return sk_oo_walk_fail(w, "mc:Ignorable does not name", prefix);
		at += prefix.n;
		if (at < value.n && value.p[at] != ' ')
			return sk_oo_walk_fail(w, "mc:Ignorable does not name", prefix);
	}
	return at == value.n ? 0 : sk_oo_walk_fail(w, "mc:Ignorable names too many", value);
}

static int read_attribute(
    struct sk_oo_walk *w, const struct sk_oo_name *e, const struct sk_vx_attr *a)
{
	struct sk_oo_attr attr;

	if (!sk_oo_attribute(e->id, a->name, a->hash, &attr))
		return sk_oo_walk_fail(w, "attribute that is not listed", a->name);
	use(w, attr.space);
	if (attr.kind == SK_OO_RELATION)
		return sk_oo_special_relation(w, e, a);
	if (attr.kind == SK_OO_FORMULA)
		return sk_oo_special_formula(w, a->value);
	if (attr.kind != SK_OO_TEXT && !sk_oo_fits(attr.kind, a->value))
		return sk_oo_walk_fail(w, "value of an attribute", a->name);
	return 0;
}

/* mc:AlternateContent holds choices, then perhaps a fallback; nothing else is of mc. */
static int enter_alternative(struct sk_oo_walk *w, const struct sk_oo_name *e, bool inside)
{
	unsigned d = w->x->depth - 1;
	bool fallback = e->id == ON_mc_Fallback, choice = e->id == ON_mc_Choice;

	if (e->id == ON_mc_AlternateContent)
		w->choices[d] = 0;
	if (inside != (fallback || choice))
		return sk_oo_walk_fail(w, "element that must not stand here", w->x->name);
	if (!inside)
		return 0;
	uint8_t *seen = &w->choices[d - 1];
	if (*seen & 2 || (fallback && *seen == 0))
		return sk_oo_walk_fail(w, "alternatives are not in order", nothing);
	*seen |= fallback ? 2 : 1;
	w->fields_at[d] = (uint8_t)w->fields.depth;
	w->floor_at[d] = (uint8_t)w->fields.floor;
	w->fields.floor = w->fields.depth;
	return 0;
}

static int leave(struct sk_oo_walk *w)
{
	unsigned d = w->x->depth; /* of the element that ends, from 0 */
	const struct sk_oo_name *e = &w->open[d];

	if (e->id == ON_mc_AlternateContent && w->choices[d] == 0)
		return sk_oo_walk_fail(w, "alternatives without a choice", nothing);
	if (e->id == ON_w_txbxContent)
		return sk_oo_fields_box_end(w);
	if (e->id != ON_mc_Choice && e->id != ON_mc_Fallback)
		return 0;
	if (w->fields.depth != w->fields_at[d])
		return sk_oo_walk_fail(w, "alternative leaves a field open", nothing);
	w->fields.floor = w->floor_at[d];
	return 0;
}

static int enter(struct sk_oo_walk *w)
{
	const struct sk_vx *x = w->x;
	struct sk_oo_name e;
	size_t i = 0;
	int rc = 0;

	if (!sk_oo_element(x->name, x->hash, &e))
		return sk_oo_walk_fail(w, "element that is not listed", x->name);
	w->open[x->depth - 1] = e;
	use(w, e.space);
	if (x->depth == 1) {
		if (!sk_slice_is(x->name, sk_oo_kind_root(w->part->kind)))
			return sk_oo_walk_fail(w, "root element", x->name);
		rc = read_declarations(w, &i);
		if (rc == 0)
			rc = read_ignorable(w, &i);
	} else {
		const struct sk_oo_name *parent = &w->open[x->depth - 2];
		if (e.id == w->open[0].id)
			return sk_oo_walk_fail(w, "root element in itself", x->name);
		if (parent->text)
			return sk_oo_walk_fail(w, "element among text", x->name);
		if (e.special || parent->special)
			rc = enter_alternative(w, &e, parent->id == ON_mc_AlternateContent);
	}
	for (; rc == 0 && i < x->nattrs; i++)
		rc = read_attribute(w, &e, &x->attrs[i]);
	return rc ? rc : sk_oo_special_start(w, &e);
}

static int text(struct sk_oo_walk *w)
{
	const struct sk_oo_name *e = &w->open[w->x->depth - 1];

	if (!e->text)
		return sk_oo_walk_fail(w, "text where none may stand", nothing);
	return e->special ? sk_oo_special_text(w, e->id) : 0;
}

/* Go on with the next piece. Names of open elements are taken from the list: those of the old piece are gone. */
static int refill(struct sk_oo_walk *w)
{
	struct sk_vx *x = w->x;
	struct sk_slice piece;
	uint64_t at = sk_vx_at(x);
	int rc = sk_oo_stream_next(w->more, &piece);

	if (rc == 0)
		rc = sk_vx_check_chars(w->k->c, piece);
	if (rc)
		return rc;
	for (unsigned i = 0; i < x->depth; i++)
		x->open[i] = sk_oo_element_name(w->open[i].id);
	if (piece.n && piece.p[piece.n - 1] != '>')
		return sk_oo_walk_fail(w, "something after the root element", nothing);
	x->p = x->start = piece.p;
	x->end = piece.p + piece.n;
	x->base = at;
	return 0;
}

static int next(struct sk_oo_walk *w)
{
	while (w->more && w->x->p == w->x->end && !w->more->ended) {
		int rc = refill(w);
		if (rc)
			return rc;
	}
	return sk_vx_next(w->x);
}

static int walk(struct sk_oo_walk *w)
{
	int ev, rc = 0;

	while (rc == 0 && (ev = next(w)) != SK_VX_DONE) {
		if (ev < 0)
			return ev;
		rc = ev == SK_VX_START ? enter(w) : ev == SK_VX_TEXT ? text(w) : leave(w);
	}
	if (rc == 0)
		rc = sk_oo_fields_end(w);
	if (rc)
		return rc;
	uint64_t xml = UINT64_C(1) << sk_oo_space_by_prefix(SK_SLICE_LIT("xml"));
	if ((w->used & ~xml) != w->declared)
		return sk_oo_walk_fail(w, "namespaces declared and used differ", nothing);
	return 0;
}

int sk_oo_check_part(
    struct sk_oo_pkg *k, struct sk_oo_part *part, struct sk_slice bytes, struct sk_oo_stream *more)
{
	struct sk_oo_walk *w = sk_arena_alloc(k->c->arena, sizeof(*w));
	int rc = sk_vx_check_chars(k->c, bytes);

	if (w == NULL)
		return SK_ENOMEM;
	w->k = k;
	w->part = part;
	w->x = k->xml;
	w->more = more;
	w->graphic = -1;
	w->fields.all = w->fields.live = SK_BUF(SK_LIMIT_OUTPUT);
	if (rc == 0)
		rc = sk_vx_begin(w->x, k->c, bytes, SK_SLICE_LIT(SK_VX_DECL_STANDALONE));
	if (rc == 0)
		rc = walk(w);
	sk_buf_free(&w->fields.all);
	sk_buf_free(&w->fields.live);
	return rc;
}
