/* Colour spaces (ISO 32000-1, 8.6), copied from their parameters. Cleaner's jail. */
#include "format/pdf/pdf.h"

enum { MAX_COLORANTS = 32 };

struct sk_pdf_val sk_pdf_device(unsigned n)
{
	return sk_pdf_vname(n == 1 ? "DeviceGray" : n == 3 ? "DeviceRGB" : "DeviceCMYK");
}

unsigned sk_pdf_components(const struct sk_pdf_val *cs)
{
	while (cs->kind == SK_PDF_OUT)
		cs = &cs->out->val;
	const struct sk_pdf_val *name = cs->kind == SK_PDF_ARRAY && cs->n ? &cs->v[0] : cs;
	if (sk_pdf_is(name, "DeviceGray") || sk_pdf_is(name, "CalGray") ||
	    sk_pdf_is(name, "Indexed") || sk_pdf_is(name, "Separation"))
		return 1;
	if (sk_pdf_is(name, "DeviceRGB") || sk_pdf_is(name, "CalRGB") || sk_pdf_is(name, "Lab"))
		return 3;
	if (sk_pdf_is(name, "DeviceCMYK"))
		return 4;
	if (sk_pdf_is(name, "DeviceN") && cs->n > 1)
		return cs->v[1].n;
	if (sk_pdf_is(name, "ICCBased") && cs->n > 1)
		return cs->v[1].out->note;
	return 0;
}

static bool family_is(const struct sk_pdf_val *cs, const char *name)
{
	while (cs->kind == SK_PDF_OUT)
		cs = &cs->out->val;
	return sk_pdf_is(cs->kind == SK_PDF_ARRAY && cs->n ? &cs->v[0] : cs, name);
}

static const struct sk_pdf_rule calgray_rules[] = {
    {"WhitePoint", SK_PDF_R_NUMS, true, 3, 3},
    {"BlackPoint", SK_PDF_R_NUMS, .min = 3, .max = 3},
    {"Gamma", SK_PDF_R_NUM},
    {NULL},
};

static const struct sk_pdf_rule calrgb_rules[] = {
    {"WhitePoint", SK_PDF_R_NUMS, true, 3, 3},
    {"BlackPoint", SK_PDF_R_NUMS, .min = 3, .max = 3},
    {"Gamma", SK_PDF_R_NUMS, .min = 3, .max = 3},
    {"Matrix", SK_PDF_R_NUMS, .min = 9, .max = 9},
    {NULL},
};

static const struct sk_pdf_rule lab_rules[] = {
    {"WhitePoint", SK_PDF_R_NUMS, true, 3, 3},
    {"BlackPoint", SK_PDF_R_NUMS, .min = 3, .max = 3},
    {"Range", SK_PDF_R_NUMS, .min = 4, .max = 4},
    {NULL},
};

static bool calibrated(struct sk_pdf *x, const struct sk_pdf_val *v,
    const struct sk_pdf_rule *rules, struct sk_pdf_val *out)
{
	struct sk_pdf_val d = sk_pdf_vdict();

	if (!sk_pdf_dict(x, sk_pdf_at(x, v, 1), rules, &d))
		return false;
	sk_pdf_push(x, out, d);
	return true;
}

/* A profile that cannot be kept gives way to the Device space of as many components. */
static bool icc(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	struct sk_pdf_val p;
	const struct sk_pdf_val *dict = sk_pdf_at(x, v, 1);
	int64_t n = sk_pdf_int(x, dict, "N", 0);

	if (v->n > 1 && sk_pdf_role(x, &v->v[1], SK_PDF_ROLE_ICC, &p)) {
		sk_pdf_push(x, out, p);
		return true;
	}
	if (x->rc || (n != 1 && n != 3 && n != 4))
		return false;
	sk_pdf_removed(x, SK_IMAGE_PROFILE);
	*out = sk_pdf_device((unsigned)n);
	return true;
}

bool sk_pdf_lookup(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	struct sk_slice s;

	if (in == NULL || !sk_pdf_plain(x, in, &s))
		return false;
	/* cut or padded by the colour space that asks for it: x->lookup bytes */
	s = sk_pdf_fit(x, s, x->lookup);
	o->val = sk_pdf_vdict();
	o->note = x->lookup;
	return s.p && sk_pdf_pack(x, o, s);
}

static bool lookup_string(
    struct sk_pdf *x, const struct sk_pdf_val *v, uint32_t n, struct sk_pdf_val *out)
{
	uint8_t *p = sk_arena_alloc(x->arena, n);

	if (p == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	memcpy(p, v->s, v->n < n ? v->n : n);
	if (v->n < n)
		sk_pdf_removed(x, SK_PDF_DAMAGED);
	*out = (struct sk_pdf_val){.kind = SK_PDF_STRING, .n = n, .s = p};
	return true;
}

static bool indexed(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	struct sk_pdf_val base, table;
	const struct sk_pdf_val *hival = sk_pdf_at(x, v, 2), *t = sk_pdf_at(x, v, 3);
	double d;

	if (v->n < 4 || !sk_pdf_role(x, &v->v[1], SK_PDF_ROLE_COLOURSPACE, &base) ||
	    family_is(&base, "Indexed") || sk_pdf_components(&base) == 0 || t == NULL)
		return false;
	if (!sk_pdf_number(hival, &d) || d < 0 || d > 255)
		return false;
	x->lookup = ((uint32_t)d + 1) * sk_pdf_components(&base);
	if (t->kind == SK_PDF_STRING) {
		if (!lookup_string(x, t, x->lookup, &table))
			return false;
	} else if (!sk_pdf_role(x, &v->v[3], SK_PDF_ROLE_LOOKUP, &table) ||
		   table.out->note != x->lookup) {
		return false;
	}
	sk_pdf_push(x, out, base);
	sk_pdf_push(x, out, sk_pdf_vint((int64_t)d));
	sk_pdf_push(x, out, table);
	return true;
}

static bool alternate_and_tint(
    struct sk_pdf *x, const struct sk_pdf_val *v, unsigned inputs, struct sk_pdf_val *out)
{
	struct sk_pdf_val alternate, tint;

	if (v->n < 4 || !sk_pdf_role(x, &v->v[2], SK_PDF_ROLE_COLOURSPACE, &alternate) ||
	    family_is(&alternate, "Indexed") || family_is(&alternate, "Separation") ||
	    family_is(&alternate, "DeviceN") || sk_pdf_components(&alternate) == 0)
		return false;
	if (!sk_pdf_role(x, &v->v[3], SK_PDF_ROLE_FUNCTION, &tint) ||
	    !sk_pdf_function_fits(&tint, inputs, sk_pdf_components(&alternate)))
		return false;
	sk_pdf_push(x, out, alternate);
	sk_pdf_push(x, out, tint);
	return true;
}

static bool separation(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *name = sk_pdf_at(x, v, 1);

	if (!sk_pdf_free_name(name))
		return false;
	sk_pdf_push(x, out, *name);
	return alternate_and_tint(x, v, 1, out);
}

static bool device_n(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *names = sk_pdf_at(x, v, 1);
	struct sk_pdf_val list = sk_pdf_varray();

	if (names == NULL || names->kind != SK_PDF_ARRAY || names->n < 1 ||
	    names->n > MAX_COLORANTS)
		return false;
	for (uint32_t i = 0; i < names->n; i++) {
		const struct sk_pdf_val *n = sk_pdf_at(x, names, i);
		if (!sk_pdf_free_name(n))
			return false;
		sk_pdf_push(x, &list, *n);
	}
	sk_pdf_push(x, out, list);
	return alternate_and_tint(x, v, list.n, out);
}

static bool pattern(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	struct sk_pdf_val base;

	if (v->n < 2 || !sk_pdf_role(x, &v->v[1], SK_PDF_ROLE_COLOURSPACE, &base) ||
	    sk_pdf_components(&base) == 0) {
		*out = sk_pdf_vname("Pattern");
		return true;
	}
	sk_pdf_push(x, out, base);
	return true;
}

static bool family(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *name = sk_pdf_at(x, v, 0);

	*out = sk_pdf_varray();
	if (name == NULL || name->kind != SK_PDF_NAME)
		return false;
	if (sk_pdf_listed(name, "DeviceGray DeviceRGB DeviceCMYK G RGB CMYK")) {
		*out = sk_pdf_is(name, "G") || sk_pdf_is(name, "DeviceGray")    ? sk_pdf_device(1)
		       : sk_pdf_is(name, "RGB") || sk_pdf_is(name, "DeviceRGB") ? sk_pdf_device(3)
										: sk_pdf_device(4);
		return true;
	}
	sk_pdf_push(x, out, sk_pdf_is(name, "I") ? sk_pdf_vname("Indexed") : *name);
	if (sk_pdf_is(name, "CalGray"))
		return calibrated(x, v, calgray_rules, out);
	if (sk_pdf_is(name, "CalRGB"))
		return calibrated(x, v, calrgb_rules, out);
	if (sk_pdf_is(name, "Lab"))
		return calibrated(x, v, lab_rules, out);
	if (sk_pdf_is(name, "ICCBased"))
		return icc(x, v, out);
	if (sk_pdf_is(name, "Indexed") || sk_pdf_is(name, "I"))
		return indexed(x, v, out);
	if (sk_pdf_is(name, "Separation"))
		return separation(x, v, out);
	if (sk_pdf_is(name, "DeviceN"))
		return device_n(x, v, out);
	return sk_pdf_is(name, "Pattern") && pattern(x, v, out);
}

bool sk_pdf_colourspace(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	if (v->kind == SK_PDF_ARRAY)
		return family(x, v, &o->val);
	if (v->kind != SK_PDF_NAME ||
	    !sk_pdf_listed(v, "DeviceGray DeviceRGB DeviceCMYK Pattern G RGB CMYK"))
		return false;
	o->val = sk_pdf_is(v, "G")      ? sk_pdf_device(1)
		 : sk_pdf_is(v, "RGB")  ? sk_pdf_device(3)
		 : sk_pdf_is(v, "CMYK") ? sk_pdf_device(4)
					: *v;
	return true;
}
