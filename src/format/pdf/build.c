/*
 * Dictionaries by table, and objects by role. A table lists the keys that may be kept and what their
 * values may be; everything else goes, and is counted. Cleaner's jail.
 */
#include "format/pdf/pdf.h"

#include <math.h>

/* Builders in builders: page, resources, form, pattern, shading, function … in honest files below 40. */
enum { MAX_DEPTH = 120 };

bool sk_pdf_listed(const struct sk_pdf_val *name, const char *names)
{
	size_t n = name->n;

	for (const char *p = names; *p;) {
		const char *end = strchrnul(p, ' ');
		if ((size_t)(end - p) == n && memcmp(p, name->s, n) == 0)
			return true;
		p = *end ? end + 1 : end;
	}
	return false;
}

bool sk_pdf_free_name(const struct sk_pdf_val *v)
{
	return v && v->kind == SK_PDF_NAME && v->n >= 1 && v->n <= 127 &&
	       memchr(v->s, 0, v->n) == NULL;
}

static bool number(const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	if (v == NULL || (v->kind != SK_PDF_INT && v->kind != SK_PDF_REAL))
		return false;
	*out = *v;
	return true;
}

bool sk_pdf_build_numbers(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	struct sk_pdf_val v;

	if (in->kind != SK_PDF_ARRAY)
		return false;
	*out = sk_pdf_varray();
	for (uint32_t i = 0; i < in->n; i++) {
		if (!number(sk_pdf_at(x, in, i), &v))
			return false;
		sk_pdf_push(x, out, v);
	}
	return x->rc == 0;
}

/* Corners in order: lower left, upper right. */
bool sk_pdf_build_rect(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	double d[4];

	if (!sk_pdf_numbers(x, in, d, 4))
		return false;
	*out = sk_pdf_varray();
	for (uint32_t i = 0; i < 4; i++) {
		bool lower = i < 2;
		uint32_t k = i % 2;
		uint32_t from = (d[k] <= d[k + 2]) == lower ? k : k + 2;
		sk_pdf_push(x, out, *sk_pdf_at(x, in, from));
	}
	return x->rc == 0;
}

static bool string(const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	if (in->kind != SK_PDF_STRING || in->n > 65535)
		return false;
	*out = *in;
	return true;
}

static bool integer(
    const struct sk_pdf_val *in, const struct sk_pdf_rule *r, struct sk_pdf_val *out)
{
	double d;

	if (!sk_pdf_number(in, &d) || floor(d) != d || d < r->min || d > r->max)
		return false;
	*out = sk_pdf_vint((int64_t)d);
	return true;
}

static bool numbers(struct sk_pdf *x, const struct sk_pdf_val *in, const struct sk_pdf_rule *r,
    struct sk_pdf_val *out)
{
	if (in->kind != SK_PDF_ARRAY || in->n < (uint32_t)r->min ||
	    !sk_pdf_build_numbers(x, in, out))
		return false;
	if (out->n > (uint32_t)r->max)
		out->n = (uint32_t)r->max;
	return true;
}

bool sk_pdf_value(struct sk_pdf *x, const struct sk_pdf_val *raw, const struct sk_pdf_rule *r,
    struct sk_pdf_val *out)
{
	const struct sk_pdf_val *in = sk_pdf_resolve(x, raw, NULL);

	if (in == NULL)
		return false;
	switch ((enum sk_pdf_rule_type)r->type) {
	case SK_PDF_R_BOOL:
		*out = *in;
		return in->kind == SK_PDF_BOOL;
	case SK_PDF_R_INT:
		return integer(in, r, out);
	case SK_PDF_R_NUM:
		return number(in, out);
	case SK_PDF_R_NAMES:
		*out = *in;
		return in->kind == SK_PDF_NAME && sk_pdf_listed(in, r->arg);
	case SK_PDF_R_NAME:
		*out = *in;
		return sk_pdf_free_name(in);
	case SK_PDF_R_STRING:
		return string(in, out);
	case SK_PDF_R_RECT:
		return sk_pdf_build_rect(x, in, out);
	case SK_PDF_R_NUMS:
		return numbers(x, in, r, out);
	case SK_PDF_R_ROLE:
		return sk_pdf_role(x, raw, (enum sk_pdf_role)r->min, out);
	case SK_PDF_R_LAYER:
		return sk_pdf_layer(x, raw, out);
	case SK_PDF_R_FN:
		return r->fn(x, in, out);
	}
	return false;
}

static bool has_rule(const struct sk_pdf_rule *rules, const struct sk_pdf_val *key)
{
	for (const struct sk_pdf_rule *r = rules; r->key; r++)
		if (sk_slice_is(sk_slice(key->s, key->n), r->key))
			return true;
	return false;
}

bool sk_pdf_dict(struct sk_pdf *x, const struct sk_pdf_val *in, const struct sk_pdf_rule *rules,
    struct sk_pdf_val *out)
{
	if (in == NULL || in->kind != SK_PDF_DICT)
		return false;
	for (const struct sk_pdf_rule *r = rules; r->key; r++) {
		const struct sk_pdf_val *raw = sk_pdf_raw(in, r->key);
		struct sk_pdf_val v = {0};
		if (raw && sk_pdf_value(x, raw, r, &v))
			sk_pdf_put(x, out, r->key, v);
		else if (r->needed)
			return false;
		else if (raw && r->type != SK_PDF_R_LAYER && sk_pdf_resolve(x, raw, NULL))
			sk_pdf_unknown(x, raw - 1, raw);
	}
	for (uint32_t i = 0; i < in->n; i++)
		if (!has_rule(rules, &in->v[2 * i]))
			sk_pdf_unknown(x, &in->v[2 * i], &in->v[2 * i + 1]);
	return x->rc == 0;
}

/* --- roles --- */

/* Direct in the output when it was in the input; the others always become objects. */
static bool may_be_direct(enum sk_pdf_role r)
{
	return r == SK_PDF_ROLE_COLOURSPACE || r == SK_PDF_ROLE_FUNCTION ||
	       r == SK_PDF_ROLE_SHADING || r == SK_PDF_ROLE_PATTERN || r == SK_PDF_ROLE_EXTGSTATE;
}

static sk_pdf_role_fn *const builders[SK_PDF_ROLE_COUNT] = {
    [SK_PDF_ROLE_XOBJECT] = sk_pdf_xobject,
    [SK_PDF_ROLE_FORM] = sk_pdf_form,
    [SK_PDF_ROLE_IMAGE] = sk_pdf_image,
    [SK_PDF_ROLE_SMASK] = sk_pdf_smask,
    [SK_PDF_ROLE_MASK] = sk_pdf_mask,
    [SK_PDF_ROLE_COLOURSPACE] = sk_pdf_colourspace,
    [SK_PDF_ROLE_ICC] = sk_pdf_icc,
    [SK_PDF_ROLE_LOOKUP] = sk_pdf_lookup,
    [SK_PDF_ROLE_FUNCTION] = sk_pdf_function,
    [SK_PDF_ROLE_SHADING] = sk_pdf_shading,
    [SK_PDF_ROLE_PATTERN] = sk_pdf_pattern,
    [SK_PDF_ROLE_EXTGSTATE] = sk_pdf_extgstate,
    [SK_PDF_ROLE_FONT] = sk_pdf_font,
    [SK_PDF_ROLE_CIDFONT] = sk_pdf_cidfont,
    [SK_PDF_ROLE_DESCRIPTOR] = sk_pdf_descriptor,
    [SK_PDF_ROLE_CIDTOGID] = sk_pdf_cidtogid,
    [SK_PDF_ROLE_ENCODING_CMAP] = sk_pdf_encoding_cmap,
    [SK_PDF_ROLE_TOUNICODE] = sk_pdf_tounicode,
    [SK_PDF_ROLE_OCG] = sk_pdf_ocg,
    [SK_PDF_ROLE_ANNOTATION] = sk_pdf_annotation,
};

/* Things that show text: a font in them that could not be rebuilt concerns every page that uses them. */
static bool shows_text(enum sk_pdf_role r)
{
	return r == SK_PDF_ROLE_FONT || r == SK_PDF_ROLE_CIDFONT || r == SK_PDF_ROLE_FORM ||
	       r == SK_PDF_ROLE_XOBJECT || r == SK_PDF_ROLE_PATTERN || r == SK_PDF_ROLE_EXTGSTATE ||
	       r == SK_PDF_ROLE_ANNOTATION;
}

static bool run_watched(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	bool was = x->bad_font;

	if (!shows_text((enum sk_pdf_role)o->role))
		return builders[o->role](x, v, in, o);
	x->bad_font = false;
	bool good = builders[o->role](x, v, in, o);
	o->note = x->bad_font;
	x->bad_font = was;
	return good;
}

static bool run(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	struct sk_arena *was = x->tmp;
	bool good = false;

	if (x->depth >= MAX_DEPTH) {
		sk_pdf_removed(x, SK_PDF_DAMAGED);
		return false;
	}
	x->depth++;
	if (in && in->stream)
		was = sk_pdf_scratch(x);
	if (x->rc == 0)
		good = run_watched(x, v, in, o);
	sk_pdf_scratch_end(x, was);
	x->depth--;
	return good && x->rc == 0;
}

static struct sk_pdf_out *known(const struct sk_pdf_in *in, enum sk_pdf_role role)
{
	struct sk_pdf_out *o = in ? in->outs : NULL;

	while (o && o->role != role)
		o = o->next;
	return o;
}

bool sk_pdf_role(
    struct sk_pdf *x, const struct sk_pdf_val *raw, enum sk_pdf_role role, struct sk_pdf_val *out)
{
	struct sk_pdf_in *in = NULL;
	const struct sk_pdf_val *v = sk_pdf_resolve(x, raw, &in);

	if (v == NULL)
		return false;
	struct sk_pdf_out *o = known(in, role);
	if (o == NULL) {
		o = sk_pdf_new(x, (struct sk_pdf_val){0});
		if (o == NULL)
			return false;
		o->role = (uint8_t)role;
		o->state = SK_PDF_BUILDING;
		if (in) {
			o->next = in->outs;
			in->outs = o;
		}
		o->state = run(x, v, in, o) ? SK_PDF_BUILT : SK_PDF_FAILED;
	}
	if (o->state != SK_PDF_BUILT)
		return false;
	x->bad_font |= shows_text(role) && o->note;
	/* names (DeviceRGB) stand where they are used */
	bool direct =
	    may_be_direct(role) && o->data == NULL && (in == NULL || o->val.kind == SK_PDF_NAME);
	*out = direct ? o->val : sk_pdf_vout(o);
	return true;
}
