/*
 * Optional content (ISO 32000-1, 8.11): which layers the document shows when it is opened. Those stay as
 * layers; what the others hold is gone. Cleaner's jail.
 */
#include "format/pdf/pdf.h"

/* Levels, and steps of all expressions and lists together: arrays may stand in others more than once. */
enum { MAX_ORDER = 10, MAX_EXPRESSION = 16, MAX_STEPS = 2000000 };

static bool step(struct sk_pdf *x, uint32_t n)
{
	x->steps += n;
	if (x->steps > MAX_STEPS)
		sk_pdf_fatal(
		    x, sk_job_refuse(x->job, SK_REASON_LIMIT_OBJECTS, "layers without end"));
	return x->rc == 0;
}

static void set_all(struct sk_pdf *x, const struct sk_pdf_val *list, uint8_t state, bool new_ones)
{
	for (uint32_t i = 0; list && list->kind == SK_PDF_ARRAY && i < list->n; i++) {
		struct sk_pdf_in *in = NULL;
		const struct sk_pdf_val *v = sk_pdf_resolve(x, &list->v[i], &in);
		if (v && in && v->kind == SK_PDF_DICT && (new_ones || in->layer))
			in->layer = state;
	}
}

void sk_pdf_read_layers(struct sk_pdf *x, const struct sk_pdf_val *root)
{
	const struct sk_pdf_val *p = sk_pdf_get_kind(x, root, "OCProperties", SK_PDF_DICT);
	const struct sk_pdf_val *d = sk_pdf_get_kind(x, p, "D", SK_PDF_DICT);
	bool off = sk_pdf_is(sk_pdf_get(x, d, "BaseState"), "OFF");

	set_all(x, sk_pdf_get(x, p, "OCGs"), off ? SK_PDF_LAYER_HIDDEN : SK_PDF_LAYER_SHOWN, true);
	set_all(x, sk_pdf_get(x, d, "ON"), SK_PDF_LAYER_SHOWN, false);
	set_all(x, sk_pdf_get(x, d, "OFF"), SK_PDF_LAYER_HIDDEN, false);
}

static bool shown(struct sk_pdf *x, const struct sk_pdf_val *raw)
{
	struct sk_pdf_in *in = NULL;

	sk_pdf_resolve(x, raw, &in);
	return in == NULL || in->layer != SK_PDF_LAYER_HIDDEN;
}

/* A visibility expression. */
static bool evaluate(struct sk_pdf *x, const struct sk_pdf_val *raw, unsigned depth)
{
	const struct sk_pdf_val *v = sk_pdf_resolve(x, raw, NULL), *op;

	if (v == NULL || v->kind != SK_PDF_ARRAY)
		return shown(x, raw);
	op = sk_pdf_at(x, v, 0);
	if (depth > MAX_EXPRESSION || v->n < 2 || !step(x, v->n))
		return true;
	if (sk_pdf_is(op, "Not"))
		return !evaluate(x, &v->v[1], depth + 1);
	bool any = sk_pdf_is(op, "Or");
	for (uint32_t i = 1; i < v->n; i++)
		if (evaluate(x, &v->v[i], depth + 1) == any)
			return any;
	return !any;
}

static bool membership(struct sk_pdf *x, const struct sk_pdf_val *v)
{
	const struct sk_pdf_val *raw = sk_pdf_raw(v, "OCGs"), *list = sk_pdf_resolve(x, raw, NULL);
	const struct sk_pdf_val *p = sk_pdf_get(x, v, "P");
	uint32_t n = list && list->kind == SK_PDF_ARRAY ? list->n : 1, on = 0, all = 0;

	if (sk_pdf_raw(v, "VE"))
		return evaluate(x, sk_pdf_raw(v, "VE"), 0);
	for (uint32_t i = 0; list && i < n && step(x, 1); i++) {
		const struct sk_pdf_val *one = list->kind == SK_PDF_ARRAY ? &list->v[i] : raw;
		if (sk_pdf_resolve(x, one, NULL) == NULL)
			continue;
		all++;
		on += shown(x, one);
	}
	if (all == 0)
		return true;
	if (sk_pdf_is(p, "AllOn"))
		return on == all;
	if (sk_pdf_is(p, "AnyOff"))
		return on < all;
	if (sk_pdf_is(p, "AllOff"))
		return on == 0;
	return on > 0;
}

bool sk_pdf_hidden(struct sk_pdf *x, const struct sk_pdf_val *oc)
{
	const struct sk_pdf_val *v = sk_pdf_resolve(x, oc, NULL);

	if (sk_pdf_is(sk_pdf_get(x, v, "Type"), "OCMD"))
		return !membership(x, v);
	return !shown(x, oc);
}

bool sk_pdf_layer(struct sk_pdf *x, const struct sk_pdf_val *oc, struct sk_pdf_val *out)
{
	struct sk_pdf_in *in = NULL;
	const struct sk_pdf_val *v = sk_pdf_resolve(x, oc, &in);

	if (sk_pdf_is(sk_pdf_get(x, v, "Type"), "OCMD")) {
		const struct sk_pdf_val *raw = sk_pdf_raw(v, "OCGs"),
					*list = sk_pdf_resolve(x, raw, NULL);
		const struct sk_pdf_val *p = sk_pdf_get_kind(x, v, "P", SK_PDF_NAME);
		if (sk_pdf_raw(v, "VE") || (p && !sk_pdf_listed(p, "AllOn AnyOn")))
			return false;
		if (list && list->kind == SK_PDF_ARRAY)
			raw = list->n == 1 ? &list->v[0] : NULL;
		if (raw == NULL)
			return false;
		oc = raw;
		v = sk_pdf_resolve(x, oc, &in);
	}
	if (v == NULL || in == NULL || in->layer != SK_PDF_LAYER_SHOWN)
		return false;
	return sk_pdf_role(x, oc, SK_PDF_ROLE_OCG, out);
}

bool sk_pdf_ocg(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	const struct sk_pdf_val *name = sk_pdf_get_kind(x, v, "Name", SK_PDF_STRING);

	o->val = sk_pdf_vdict();
	sk_pdf_put(x, &o->val, "Type", sk_pdf_vname("OCG"));
	if (name && name->n <= 65535)
		sk_pdf_put(x, &o->val, "Name", *name);
	else
		sk_pdf_put(x, &o->val, "Name",
		    (struct sk_pdf_val){
			.kind = SK_PDF_STRING, .n = 5, .s = (const uint8_t *)"Layer"});
	return x->rc == 0;
}

static bool order(
    struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out, unsigned depth)
{
	struct sk_pdf_val v;

	*out = sk_pdf_varray();
	if (depth > MAX_ORDER || in->kind != SK_PDF_ARRAY || !step(x, in->n))
		return false;
	for (uint32_t i = 0; i < in->n; i++) {
		const struct sk_pdf_val *one = sk_pdf_at(x, in, i);
		if (one && one->kind == SK_PDF_STRING && one->n <= 65535)
			sk_pdf_push(x, out, *one);
		else if (one && one->kind == SK_PDF_ARRAY && order(x, one, &v, depth + 1))
			sk_pdf_push(x, out, v);
		else if (one && one->kind == SK_PDF_DICT && sk_pdf_layer(x, &in->v[i], &v))
			sk_pdf_push(x, out, v);
	}
	return out->n > 0;
}

void sk_pdf_build_layers(
    struct sk_pdf *x, const struct sk_pdf_val *root, struct sk_pdf_val *catalog)
{
	const struct sk_pdf_val *p = sk_pdf_get_kind(x, root, "OCProperties", SK_PDF_DICT);
	const struct sk_pdf_val *all = sk_pdf_get_kind(x, p, "OCGs", SK_PDF_ARRAY);
	const struct sk_pdf_val *list =
	    sk_pdf_get(x, sk_pdf_get_kind(x, p, "D", SK_PDF_DICT), "Order");
	struct sk_pdf_val ocgs = sk_pdf_varray(), d = sk_pdf_vdict(), out = sk_pdf_vdict(), v;

	for (uint32_t i = 0; all && i < all->n && x->rc == 0; i++) {
		struct sk_pdf_in *in = NULL;
		sk_pdf_resolve(x, &all->v[i], &in);
		if (in == NULL || in->busy || !sk_pdf_layer(x, &all->v[i], &v))
			continue;
		in->busy = true; /* once */
		sk_pdf_push(x, &ocgs, v);
	}
	if (ocgs.n == 0)
		return;
	if (list && order(x, list, &v, 1))
		sk_pdf_put(x, &d, "Order", v);
	sk_pdf_put(x, &out, "OCGs", ocgs);
	sk_pdf_put(x, &out, "D", d);
	sk_pdf_put(x, catalog, "OCProperties", out);
}
