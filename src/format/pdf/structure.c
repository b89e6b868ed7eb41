/* Logical structure (ISO 32000-1, 14.7): the tree that makes a document readable aloud. Cleaner's jail. */
#include "format/pdf/pdf.h"

enum { MAX_LEVELS = 200 };

static const char attribute_keys[] =
    "Placement WritingMode BorderStyle TextAlign BlockAlign InlineAlign TextDecorationType RubyAlign "
    "RubyPosition TBorderStyle ListNumbering Scope Role checked GlyphOrientationVertical LineHeight Width "
    "Height BackgroundColor BorderColor BorderThickness Padding Color SpaceBefore SpaceAfter StartIndent "
    "EndIndent TextIndent BBox BaselineShift TextDecorationColor TextDecorationThickness ColumnCount "
    "ColumnGap ColumnWidths TPadding RowSpan ColSpan Headers Summary Desc";

static bool scalar(const struct sk_pdf_val *v)
{
	double d;

	return v && (sk_pdf_number(v, &d) || sk_pdf_free_name(v) ||
			(v->kind == SK_PDF_STRING && v->n <= 65535));
}

static bool attribute_value(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	*out = in ? *in : (struct sk_pdf_val){0};
	if (in == NULL || in->kind != SK_PDF_ARRAY)
		return scalar(in);
	*out = sk_pdf_varray();
	for (uint32_t i = 0; i < in->n; i++) {
		const struct sk_pdf_val *v = sk_pdf_at(x, in, i);
		if (v && !scalar(v))
			return false;
		sk_pdf_push(x, out, v ? *v : (struct sk_pdf_val){0});
	}
	return true;
}

static bool attribute(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *owner = sk_pdf_get_kind(x, in, "O", SK_PDF_NAME);
	struct sk_pdf_val v;

	if (in == NULL || in->kind != SK_PDF_DICT || owner == NULL ||
	    !sk_pdf_listed(owner, "Layout List Table PrintField"))
		return false;
	*out = sk_pdf_vdict();
	sk_pdf_put(x, out, "O", *owner);
	for (uint32_t i = 0; i < in->n; i++) {
		const struct sk_pdf_val *k = &in->v[2 * i];
		if (sk_pdf_is(k, "O"))
			continue;
		if (sk_pdf_listed(k, attribute_keys) &&
		    attribute_value(x, sk_pdf_resolve(x, k + 1, NULL), &v))
			sk_pdf_put_name(x, out, *k, v);
		else
			sk_pdf_unknown(x, k, k + 1);
	}
	return x->rc == 0;
}

/* One attribute, or an array of them with revision numbers between. */
static bool attributes(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	struct sk_pdf_val v;

	if (in->kind == SK_PDF_DICT)
		return attribute(x, in, out);
	*out = sk_pdf_varray();
	for (uint32_t i = 0; in->kind == SK_PDF_ARRAY && i < in->n; i++)
		if (attribute(x, sk_pdf_at(x, in, i), &v))
			sk_pdf_push(x, out, v);
	return out->n > 0;
}

static bool classes(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	*out = *in;
	if (in->kind == SK_PDF_NAME)
		return sk_pdf_free_name(in);
	*out = sk_pdf_varray();
	for (uint32_t i = 0; in->kind == SK_PDF_ARRAY && i < in->n; i++) {
		const struct sk_pdf_val *v = sk_pdf_at(x, in, i);
		if (sk_pdf_free_name(v))
			sk_pdf_push(x, out, *v);
	}
	return out->n > 0;
}

static const struct sk_pdf_rule element_rules[] = {
    {"S", SK_PDF_R_NAME, true},
    {"A", SK_PDF_R_FN, .fn = attributes},
    {"C", SK_PDF_R_FN, .fn = classes},
    {"R", SK_PDF_R_INT, .max = INT32_MAX},
    {"T", SK_PDF_R_STRING},
    {"Lang", SK_PDF_R_STRING},
    {"Alt", SK_PDF_R_STRING},
    {"E", SK_PDF_R_STRING},
    {"ActualText", SK_PDF_R_STRING},
    {"ID", SK_PDF_R_STRING},
    {NULL},
};

/* --- kids --- */

static struct sk_pdf_out *element(
    struct sk_pdf *x, const struct sk_pdf_val *raw, struct sk_pdf_out *parent, unsigned depth);

static void put_page(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	struct sk_pdf_in *in = NULL;

	if (sk_pdf_resolve(x, sk_pdf_raw(v, "Pg"), &in) && in && in->page)
		sk_pdf_put(x, out, "Pg", sk_pdf_vout(in->page));
}

/* What an OBJR refers to, if it is still there. */
static struct sk_pdf_out *referred(struct sk_pdf *x, const struct sk_pdf_val *v)
{
	struct sk_pdf_in *in = NULL;

	sk_pdf_resolve(x, sk_pdf_raw(v, "Obj"), &in);
	for (struct sk_pdf_out *o = in ? in->outs : NULL; o; o = o->next)
		if ((o->role == SK_PDF_ROLE_ANNOTATION || o->role == SK_PDF_ROLE_XOBJECT) &&
		    o->state == SK_PDF_BUILT)
			return o;
	return NULL;
}

static bool content_kid(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	int64_t mcid = sk_pdf_int(x, v, "MCID", -1);

	*out = sk_pdf_vdict();
	if (sk_pdf_is(sk_pdf_get(x, v, "Type"), "MCR")) {
		if (mcid < 0 || mcid > INT32_MAX)
			return false;
		sk_pdf_put(x, out, "Type", sk_pdf_vname("MCR"));
		put_page(x, v, out);
		sk_pdf_put(x, out, "MCID", sk_pdf_vint(mcid));
		return true;
	}
	struct sk_pdf_out *o = referred(x, v);
	if (o == NULL)
		return false;
	sk_pdf_put(x, out, "Type", sk_pdf_vname("OBJR"));
	put_page(x, v, out);
	sk_pdf_put(x, out, "Obj", sk_pdf_vout(o));
	return true;
}

static void kid(struct sk_pdf *x, const struct sk_pdf_val *raw, struct sk_pdf_out *parent,
    unsigned depth, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *v = sk_pdf_resolve(x, raw, NULL);
	struct sk_pdf_val d;

	if (v && v->kind == SK_PDF_INT && v->i >= 0 && v->i <= INT32_MAX && depth > 0) {
		sk_pdf_push(x, out, *v);
	} else if (v && v->kind == SK_PDF_DICT) {
		const struct sk_pdf_val *type = sk_pdf_get_kind(x, v, "Type", SK_PDF_NAME);
		if (type && sk_pdf_listed(type, "MCR OBJR")) {
			if (depth > 0 && content_kid(x, v, &d))
				sk_pdf_push(x, out, d);
			return;
		}
		struct sk_pdf_out *o = element(x, raw, parent, depth + 1);
		if (o)
			sk_pdf_push(x, out, sk_pdf_vout(o));
	}
}

static void put_kids(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_out *o, unsigned depth)
{
	const struct sk_pdf_val *raw = sk_pdf_raw(v, "K"), *k = sk_pdf_resolve(x, raw, NULL);
	struct sk_pdf_val list = sk_pdf_varray();

	for (uint32_t i = 0; k && k->kind == SK_PDF_ARRAY && i < k->n && x->rc == 0; i++)
		kid(x, &k->v[i], o, depth, &list);
	if (k && k->kind != SK_PDF_ARRAY)
		kid(x, raw, o, depth, &list);
	if (list.n)
		sk_pdf_put(x, &o->val, "K", list);
}

static struct sk_pdf_out *element(
    struct sk_pdf *x, const struct sk_pdf_val *raw, struct sk_pdf_out *parent, unsigned depth)
{
	struct sk_pdf_in *in = NULL;
	const struct sk_pdf_val *v = sk_pdf_resolve(x, raw, &in);

	if (depth > MAX_LEVELS || (in && in->element) || !sk_pdf_free_name(sk_pdf_get(x, v, "S")))
		return NULL;
	struct sk_pdf_out *o = sk_pdf_new(x, sk_pdf_vdict());
	if (o == NULL)
		return NULL;
	if (in)
		in->element = o;
	x->rest.kind = SK_PDF_DICT;
	x->rest.n = 0;
	for (uint32_t i = 0; i < v->n; i++)
		if (!sk_pdf_listed(&v->v[2 * i], "Type P Pg K AF"))
			sk_pdf_put_name(x, &x->rest, v->v[2 * i], v->v[2 * i + 1]);
	sk_pdf_reserve(x, &o->val, 4 + x->rest.n); /* there may be a hundred thousand of these */
	sk_pdf_put(x, &o->val, "Type", sk_pdf_vname("StructElem"));
	sk_pdf_put(x, &o->val, "P", sk_pdf_vout(parent));
	sk_pdf_dict(x, &x->rest, element_rules, &o->val);
	put_page(x, v, &o->val);
	put_kids(x, v, o, depth);
	return o;
}

/* --- the root --- */

static bool element_ref(struct sk_pdf *x, const struct sk_pdf_val *raw, struct sk_pdf_val *out)
{
	struct sk_pdf_in *in = NULL;

	sk_pdf_resolve(x, raw, &in);
	*out = in && in->element ? sk_pdf_vout(in->element) : (struct sk_pdf_val){0};
	return in && in->element;
}

struct parents {
	struct sk_pdf_val nums;
	int64_t last;
};

static void add_parent(
    struct sk_pdf *x, const struct sk_pdf_val *key, const struct sk_pdf_val *raw, void *ctx)
{
	const struct sk_pdf_val *v = sk_pdf_resolve(x, raw, NULL);
	struct sk_pdf_val list = sk_pdf_varray(), one;
	struct parents *p = ctx;

	if (key->kind != SK_PDF_INT || key->i <= p->last || key->i > INT32_MAX || v == NULL)
		return;
	if (v->kind == SK_PDF_ARRAY) {
		for (uint32_t i = 0; i < v->n; i++) {
			element_ref(x, &v->v[i], &one);
			sk_pdf_push(x, &list, one);
		}
		struct sk_pdf_out *o = sk_pdf_new(x, list);
		if (o == NULL)
			return;
		one = sk_pdf_vout(o);
	} else if (!element_ref(x, raw, &one)) {
		return;
	}
	p->last = key->i;
	sk_pdf_push(x, &p->nums, *key);
	sk_pdf_push(x, &p->nums, one);
}

static void put_parents(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	struct parents p = {sk_pdf_varray(), -1};
	struct sk_pdf_val d = sk_pdf_vdict();

	if (sk_pdf_raw(v, "ParentTree"))
		sk_pdf_tree(x, sk_pdf_raw(v, "ParentTree"), "Nums", add_parent, &p);
	if (p.nums.n == 0)
		return;
	sk_pdf_put(x, &d, "Nums", p.nums);
	struct sk_pdf_out *o = sk_pdf_new(x, d);
	if (o)
		sk_pdf_put(x, out, "ParentTree", sk_pdf_vout(o));
	sk_pdf_put(x, out, "ParentTreeNextKey", sk_pdf_vint(p.last + 1));
}

static void put_maps(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *roles = sk_pdf_get_kind(x, v, "RoleMap", SK_PDF_DICT);
	const struct sk_pdf_val *map = sk_pdf_get_kind(x, v, "ClassMap", SK_PDF_DICT);
	struct sk_pdf_val d = sk_pdf_vdict(), c = sk_pdf_vdict(), one;

	for (uint32_t i = 0; roles && i < roles->n; i++) {
		const struct sk_pdf_val *to = sk_pdf_resolve(x, &roles->v[2 * i + 1], NULL);
		if (sk_pdf_free_name(&roles->v[2 * i]) && sk_pdf_free_name(to))
			sk_pdf_put_name(x, &d, roles->v[2 * i], *to);
	}
	for (uint32_t i = 0; map && i < map->n; i++) {
		const struct sk_pdf_val *a = sk_pdf_resolve(x, &map->v[2 * i + 1], NULL);
		if (sk_pdf_free_name(&map->v[2 * i]) && a && attributes(x, a, &one))
			sk_pdf_put_name(x, &c, map->v[2 * i], one);
	}
	if (d.n)
		sk_pdf_put(x, out, "RoleMap", d);
	if (c.n)
		sk_pdf_put(x, out, "ClassMap", c);
}

void sk_pdf_build_structure(
    struct sk_pdf *x, const struct sk_pdf_val *root, struct sk_pdf_val *catalog)
{
	const struct sk_pdf_val *v = sk_pdf_get_kind(x, root, "StructTreeRoot", SK_PDF_DICT);
	struct sk_pdf_out *o = v ? sk_pdf_new(x, sk_pdf_vdict()) : NULL;

	if (o == NULL)
		return;
	snprintf(x->where, sizeof(x->where), "structure");
	sk_pdf_put(x, &o->val, "Type", sk_pdf_vname("StructTreeRoot"));
	put_kids(x, v, o, 0);
	put_parents(x, v, &o->val);
	put_maps(x, v, &o->val);
	x->where[0] = 0;
	sk_pdf_put(x, catalog, "StructTreeRoot", sk_pdf_vout(o));
}
