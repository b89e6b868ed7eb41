/*
 * Shadings, patterns, forms and graphics states (ISO 32000-1, 8.7, 8.10, 8.4.5). Cleaner's jail.
 */
#include "format/pdf/pdf.h"

enum {
	MAX_CONTENT_DEPTH = 28, /* forms in patterns in glyphs …; readers stop at about the same */
	MAX_MESH = 64 << 20,
};

/* --- shadings --- */

/* One function, or as many as there are colour components. */
static bool functions(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	struct sk_pdf_val f;

	*out = sk_pdf_varray();
	if (in->kind != SK_PDF_ARRAY || in->n < 1 || in->n > 32)
		return false;
	for (uint32_t i = 0; i < in->n; i++) {
		if (!sk_pdf_role(x, &in->v[i], SK_PDF_ROLE_FUNCTION, &f))
			return false;
		sk_pdf_push(x, out, f);
	}
	return true;
}

static bool two_bools(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	*out = sk_pdf_varray();
	for (uint32_t i = 0; i < 2; i++) {
		const struct sk_pdf_val *v = sk_pdf_at(x, in, i);
		if (v == NULL || v->kind != SK_PDF_BOOL)
			return false;
		sk_pdf_push(x, out, *v);
	}
	return true;
}

#define COMMON \
	{"ShadingType", SK_PDF_R_INT, true, 1, 7}, \
	    {"ColorSpace", SK_PDF_R_ROLE, true, SK_PDF_ROLE_COLOURSPACE}, \
	    {"Background", SK_PDF_R_NUMS, .min = 1, .max = 32}, \
	    {"BBox", SK_PDF_R_NUMS, .min = 4, .max = 4}, \
	{ \
		"AntiAlias", SK_PDF_R_BOOL \
	}

/* `Function` is built apart: it may be an array or stand alone. */
static const struct sk_pdf_rule function_rules[] = {COMMON,
    {"Domain", SK_PDF_R_NUMS, .min = 4, .max = 4}, {"Matrix", SK_PDF_R_NUMS, .min = 6, .max = 6},
    {"Function", SK_PDF_R_ROLE, true, SK_PDF_ROLE_FUNCTION}, {NULL}};

static const struct sk_pdf_rule axial_rules[] = {COMMON, {"Coords", SK_PDF_R_NUMS, true, 4, 4},
    {"Domain", SK_PDF_R_NUMS, .min = 2, .max = 2},
    {"Function", SK_PDF_R_ROLE, true, SK_PDF_ROLE_FUNCTION},
    {"Extend", SK_PDF_R_FN, .fn = two_bools}, {NULL}};

static const struct sk_pdf_rule radial_rules[] = {COMMON, {"Coords", SK_PDF_R_NUMS, true, 6, 6},
    {"Domain", SK_PDF_R_NUMS, .min = 2, .max = 2},
    {"Function", SK_PDF_R_ROLE, true, SK_PDF_ROLE_FUNCTION},
    {"Extend", SK_PDF_R_FN, .fn = two_bools}, {NULL}};

#define MESH \
	COMMON, {"BitsPerCoordinate", SK_PDF_R_INT, true, 1, 32}, \
	    {"BitsPerComponent", SK_PDF_R_INT, true, 1, 16}, \
	    {"Decode", SK_PDF_R_NUMS, true, 6, 68}, \
	{ \
		"Function", SK_PDF_R_ROLE, .min = SK_PDF_ROLE_FUNCTION \
	}

static const struct sk_pdf_rule mesh_rules[] = {
    MESH, {"BitsPerFlag", SK_PDF_R_INT, true, 2, 8}, {NULL}};

static const struct sk_pdf_rule lattice_rules[] = {
    MESH, {"VerticesPerRow", SK_PDF_R_INT, true, 2, INT32_MAX}, {NULL}};

static const struct sk_pdf_rule *const shading_rules[8] = {NULL, function_rules, axial_rules,
    radial_rules, mesh_rules, lattice_rules, mesh_rules, mesh_rules};

/* The rule of `Function` where the input has an array. */
static bool with_array(struct sk_pdf *x, const struct sk_pdf_val *v,
    const struct sk_pdf_rule *rules, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *f = sk_pdf_get(x, v, "Function");
	struct sk_pdf_rule copy[16];
	size_t n = 0;

	if (f == NULL || f->kind != SK_PDF_ARRAY)
		return sk_pdf_dict(x, v, rules, out);
	for (; rules[n].key; n++) {
		copy[n] = rules[n];
		if (sk_slice_is(sk_slice_str(copy[n].key), "Function")) {
			copy[n].type = SK_PDF_R_FN;
			copy[n].fn = functions;
		}
	}
	copy[n] = rules[n];
	return sk_pdf_dict(x, v, copy, out);
}

static bool good_bits(const struct sk_pdf_val *d, const char *key, const char *list)
{
	const struct sk_pdf_val *v = sk_pdf_raw(d, key);
	char text[16];

	if (v == NULL)
		return true;
	int n = snprintf(text, sizeof(text), "%lld", (long long)v->i);
	struct sk_pdf_val name = {
	    .kind = SK_PDF_NAME, .n = (uint32_t)n, .s = (const uint8_t *)text};
	return sk_pdf_listed(&name, list);
}

bool sk_pdf_shading(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	int64_t type = sk_pdf_int(x, v, "ShadingType", 0);
	struct sk_slice s;

	if (v->kind != SK_PDF_DICT || type < 1 || type > 7 || (type >= 4) != (in && in->stream))
		return false;
	o->val = sk_pdf_vdict();
	if (!with_array(x, v, shading_rules[type], &o->val) ||
	    sk_pdf_components(sk_pdf_raw(&o->val, "ColorSpace")) == 0)
		return false;
	if (type < 4)
		return true;
	return good_bits(&o->val, "BitsPerCoordinate", "1 2 4 8 12 16 24 32") &&
	       good_bits(&o->val, "BitsPerComponent", "1 2 4 8 12 16") &&
	       good_bits(&o->val, "BitsPerFlag", "2 4 8") && sk_pdf_plain(x, in, &s) &&
	       s.n <= MAX_MESH && sk_pdf_pack(x, o, s);
}

/* --- content in a box: forms and tiling patterns --- */

static const struct sk_pdf_rule group_rules[] = {
    {"S", SK_PDF_R_NAMES, true, .arg = "Transparency"},
    {"CS", SK_PDF_R_ROLE, .min = SK_PDF_ROLE_COLOURSPACE},
    {"I", SK_PDF_R_BOOL},
    {"K", SK_PDF_R_BOOL},
    {NULL},
};

bool sk_pdf_build_group(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	*out = sk_pdf_vdict();
	sk_pdf_put(x, out, "Type", sk_pdf_vname("Group"));
	if (!sk_pdf_dict(x, in, group_rules, out))
		return false;
	const struct sk_pdf_val *cs = sk_pdf_raw(out, "CS");
	return cs == NULL || sk_pdf_components(cs) > 0;
}

/* Filtered content of `in` becomes the data of o; its resources go into o's dictionary. */
static bool pack_content(struct sk_pdf *x, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	const struct sk_pdf_val *dict = sk_pdf_get_kind(x, &in->val, "Resources", SK_PDF_DICT);
	struct sk_buf b = SK_BUF(SK_LIMIT_MEMBER);
	struct sk_pdf_resources r;
	struct sk_slice s;

	if (sk_pdf_raw(&in->val, "F")) {
		sk_pdf_removed(x, SK_PDF_EXTERNAL);
		return false;
	}
	if (x->content_depth >= MAX_CONTENT_DEPTH || !sk_pdf_plain(x, in, &s))
		return false;
	x->content_depth++;
	sk_pdf_resources_init(x, &r, dict ? dict : x->page_resources);
	bool good = sk_pdf_content(x, s, &r, SK_PDF_STREAM, &b);
	x->content_depth--;
	if (good) {
		sk_pdf_put(x, &o->val, "Resources", sk_pdf_resources_out(x, &r));
		o->load = sk_pdf_load(x, &r, sk_pdf_raw(&o->val, "BBox"));
	}
	good = good && sk_pdf_pack(x, o, sk_buf_slice(&b));
	sk_buf_free(&b);
	return good;
}

static const struct sk_pdf_rule form_rules[] = {
    {"BBox", SK_PDF_R_NUMS, true, 4, 4},
    {"Matrix", SK_PDF_R_NUMS, .min = 6, .max = 6},
    {"Group", SK_PDF_R_FN, .fn = sk_pdf_build_group},
    {"OC", SK_PDF_R_LAYER},
    {"StructParent", SK_PDF_R_INT, .max = INT32_MAX},
    {"StructParents", SK_PDF_R_INT, .max = INT32_MAX},
    {NULL},
};

bool sk_pdf_form(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	if (in == NULL || !in->stream)
		return false;
	o->val = sk_pdf_vdict();
	sk_pdf_put(x, &o->val, "Type", sk_pdf_vname("XObject"));
	sk_pdf_put(x, &o->val, "Subtype", sk_pdf_vname("Form"));
	return sk_pdf_dict(x, v, form_rules, &o->val) && pack_content(x, in, o);
}

bool sk_pdf_xobject(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	const struct sk_pdf_val *s = sk_pdf_get(x, v, "Subtype");

	if (in == NULL || !in->stream)
		return false;
	if (sk_pdf_is(s, "Image"))
		return sk_pdf_image(x, v, in, o);
	if (sk_pdf_is(s, "Form"))
		return sk_pdf_form(x, v, in, o);
	return false;
}

static const struct sk_pdf_rule tiling_rules[] = {
    {"PatternType", SK_PDF_R_INT, true, 1, 1},
    {"PaintType", SK_PDF_R_INT, true, 1, 2},
    {"TilingType", SK_PDF_R_INT, true, 1, 3},
    {"BBox", SK_PDF_R_NUMS, true, 4, 4},
    {"XStep", SK_PDF_R_NUM, true},
    {"YStep", SK_PDF_R_NUM, true},
    {"Matrix", SK_PDF_R_NUMS, .min = 6, .max = 6},
    {NULL},
};

static const struct sk_pdf_rule shading_pattern_rules[] = {
    {"PatternType", SK_PDF_R_INT, true, 2, 2},
    {"Shading", SK_PDF_R_ROLE, true, SK_PDF_ROLE_SHADING},
    {"Matrix", SK_PDF_R_NUMS, .min = 6, .max = 6},
    {"ExtGState", SK_PDF_R_ROLE, .min = SK_PDF_ROLE_EXTGSTATE},
    {NULL},
};

static bool is_zero(const struct sk_pdf_val *v)
{
	double d = 0;

	return !sk_pdf_number(v, &d) || d == 0;
}

bool sk_pdf_pattern(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	o->val = sk_pdf_vdict();
	sk_pdf_put(x, &o->val, "Type", sk_pdf_vname("Pattern"));
	if (in == NULL || !in->stream)
		return sk_pdf_dict(x, v, shading_pattern_rules, &o->val);
	return sk_pdf_dict(x, v, tiling_rules, &o->val) && !is_zero(sk_pdf_raw(&o->val, "XStep")) &&
	       !is_zero(sk_pdf_raw(&o->val, "YStep")) && pack_content(x, in, o);
}

/* --- graphics states --- */

static const char modes[] =
    "Normal Compatible Multiply Screen Overlay Darken Lighten ColorDodge ColorBurn "
    "HardLight SoftLight Difference Exclusion Hue Saturation Color Luminosity";

/* A name, or the first that is known of several. */
static bool blend_mode(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	uint32_t n = in->kind == SK_PDF_ARRAY ? in->n : 1;

	for (uint32_t i = 0; i < n && i < 32; i++) {
		const struct sk_pdf_val *v = in->kind == SK_PDF_ARRAY ? sk_pdf_at(x, in, i) : in;
		if (v && v->kind == SK_PDF_NAME && sk_pdf_listed(v, modes)) {
			*out = *v;
			return true;
		}
	}
	return false;
}

static bool dash(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *list = sk_pdf_at(x, in, 0), *phase = sk_pdf_at(x, in, 1);
	struct sk_pdf_val v;
	double d;

	if (list == NULL || !sk_pdf_build_numbers(x, list, &v) || !sk_pdf_number(phase, &d))
		return false;
	*out = sk_pdf_varray();
	sk_pdf_push(x, out, v);
	sk_pdf_push(x, out, *phase);
	return true;
}

static bool font(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	struct sk_pdf_val f;
	double d;

	if (in->kind != SK_PDF_ARRAY || in->n < 2 || !sk_pdf_number(sk_pdf_at(x, in, 1), &d) ||
	    !sk_pdf_role(x, &in->v[0], SK_PDF_ROLE_FONT, &f))
		return false;
	*out = sk_pdf_varray();
	sk_pdf_push(x, out, f);
	sk_pdf_push(x, out, *sk_pdf_at(x, in, 1));
	return true;
}

static bool transfer_identity(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	*out = *in;
	return sk_pdf_is(in, "Identity");
}

static const struct sk_pdf_rule mask_rules[] = {
    {"S", SK_PDF_R_NAMES, true, .arg = "Alpha Luminosity"},
    {"G", SK_PDF_R_ROLE, true, SK_PDF_ROLE_FORM},
    {"BC", SK_PDF_R_NUMS, .min = 1, .max = 32},
    {"TR", SK_PDF_R_ROLE, .min = SK_PDF_ROLE_FUNCTION},
    {NULL},
};

static const struct sk_pdf_rule mask_identity_rules[] = {
    {"S", SK_PDF_R_NAMES, true, .arg = "Alpha Luminosity"},
    {"G", SK_PDF_R_ROLE, true, SK_PDF_ROLE_FORM},
    {"BC", SK_PDF_R_NUMS, .min = 1, .max = 32},
    {"TR", SK_PDF_R_FN, .fn = transfer_identity},
    {NULL},
};

static bool soft_mask(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *tr = sk_pdf_get(x, in, "TR");

	if (sk_pdf_is(in, "None")) {
		*out = *in;
		return true;
	}
	*out = sk_pdf_vdict();
	sk_pdf_put(x, out, "Type", sk_pdf_vname("Mask"));
	return sk_pdf_dict(
	    x, in, tr && tr->kind == SK_PDF_NAME ? mask_identity_rules : mask_rules, out);
}

static const struct sk_pdf_rule gstate_rules[] = {
    {"LW", SK_PDF_R_NUM},
    {"LC", SK_PDF_R_INT, .max = 2},
    {"LJ", SK_PDF_R_INT, .max = 2},
    {"ML", SK_PDF_R_NUM},
    {"D", SK_PDF_R_FN, .fn = dash},
    {"RI", SK_PDF_R_NAMES,
	.arg = "AbsoluteColorimetric RelativeColorimetric Saturation Perceptual"},
    {"OP", SK_PDF_R_BOOL},
    {"op", SK_PDF_R_BOOL},
    {"OPM", SK_PDF_R_INT, .max = 1},
    {"Font", SK_PDF_R_FN, .fn = font},
    {"FL", SK_PDF_R_NUM},
    {"SM", SK_PDF_R_NUM},
    {"SA", SK_PDF_R_BOOL},
    {"BM", SK_PDF_R_FN, .fn = blend_mode},
    {"SMask", SK_PDF_R_FN, .fn = soft_mask},
    {"CA", SK_PDF_R_NUM},
    {"ca", SK_PDF_R_NUM},
    {"AIS", SK_PDF_R_BOOL},
    {"TK", SK_PDF_R_BOOL},
    {NULL},
};

bool sk_pdf_extgstate(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	o->val = sk_pdf_vdict();
	sk_pdf_put(x, &o->val, "Type", sk_pdf_vname("ExtGState"));
	return sk_pdf_dict(x, v, gstate_rules, &o->val);
}
