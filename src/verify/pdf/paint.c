/*
 * Graphics states, patterns and shadings (ISO 32000-1, 8.4.5, 8.7). Verifier's jail.
 */
#include "verify/pdf/pdf.h"

enum { MAX_FUNCTIONS = 32 };
#define MAX_MESH ((size_t)64 << 20)
#define INTENTS "AbsoluteColorimetric RelativeColorimetric Saturation Perceptual"
#define BLENDS \
	"Normal Compatible Multiply Screen Overlay Darken Lighten ColorDodge ColorBurn HardLight " \
	"SoftLight Difference Exclusion Hue Saturation Color Luminosity"

static int dash(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule any = {K("D"), ANYNUMS};

	if (v->kind != SK_PV_VARRAY || v->n != 2 || !sk_pv_number(&v->kids[1]))
		return sk_pv_fail(p, "dash pattern is not an array and a phase");
	return sk_pv_is_nums(p, &v->kids[0], &any);
}

static int font(struct sk_pv *p, const struct sk_pv_val *v)
{
	if (v->kind != SK_PV_VARRAY || v->n != 2 || !sk_pv_number(&v->kids[1]))
		return sk_pv_fail(p, "Font is not a font and a size");
	return sk_pv_want(p, &v->kids[0], SK_PV_FONT);
}

static int group_form(struct sk_pv *p, const struct sk_pv_val *v)
{
	int rc = sk_pv_want(p, v, SK_PV_XOBJECT);

	if (rc == 0 && !sk_pv_is(sk_pv_get(p->objs[v->i].val, "Subtype"), "Form"))
		rc = sk_pv_fail(p, "G is not a form");
	return rc;
}

static int transfer(struct sk_pv *p, const struct sk_pv_val *v)
{
	return sk_pv_is(v, "Identity") ? 0 : sk_pv_any_function(p, v);
}

static int soft_mask(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("Mask"), MUST},
	    {K("S"), NAMED("Alpha Luminosity"), MUST},
	    {K("G"), CALL(group_form), MUST},
	    {K("BC"), NUMS(1, 32)},
	    {K("TR"), CALL(transfer)},
	    {0},
	};

	return sk_pv_is(v, "None") ? 0 : sk_pv_dict(p, v, rules, "soft mask");
}

int sk_pv_gstate(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("ExtGState"), MUST},
	    {K("LW"), NUM},
	    {K("ML"), NUM},
	    {K("FL"), NUM},
	    {K("SM"), NUM},
	    {K("LC"), INT(0, 2)},
	    {K("LJ"), INT(0, 2)},
	    {K("D"), CALL(dash)},
	    {K("RI"), NAMED(INTENTS)},
	    {K("OP"), BOOL},
	    {K("op"), BOOL},
	    {K("SA"), BOOL},
	    {K("AIS"), BOOL},
	    {K("TK"), BOOL},
	    {K("OPM"), INT(0, 1)},
	    {K("Font"), CALL(font)},
	    {K("CA"), NUM},
	    {K("ca"), NUM},
	    {K("BM"), NAMED(BLENDS)},
	    {K("SMask"), CALL(soft_mask)},
	    {0},
	};

	return sk_pv_dict(p, v, rules, "graphics state");
}

/* One function, or a list of them. */
static int functions(struct sk_pv *p, const struct sk_pv_val *v)
{
	int rc = 0;

	if (v->kind != SK_PV_VARRAY)
		return sk_pv_any_function(p, v);
	if (v->n == 0 || v->n > MAX_FUNCTIONS)
		return sk_pv_fail(p, "shading with too few or too many functions");
	for (uint32_t i = 0; rc == 0 && i < v->n; i++)
		rc = sk_pv_any_function(p, &v->kids[i]);
	return rc;
}

static int extend(struct sk_pv *p, const struct sk_pv_val *v)
{
	if (v->kind == SK_PV_VARRAY && v->n == 2 && v->kids[0].kind == SK_PV_VBOOL &&
	    v->kids[1].kind == SK_PV_VBOOL)
		return 0;
	return sk_pv_fail(p, "Extend is not two booleans");
}

static int bits(struct sk_pv *p, const struct sk_pv_val *v)
{
	const uint64_t good =
	    UINT64_C(1) << 32 | 1 << 24 | 1 << 16 | 1 << 12 | 1 << 8 | 1 << 4 | 1 << 2 | 1 << 1;

	if (v->kind == SK_PV_VINT && v->i >= 1 && v->i <= 32 && (good >> v->i & 1))
		return 0;
	return sk_pv_fail(p, "number of bits is not allowed");
}

static int component_bits(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VINT && v->i > 16 ? sk_pv_fail(p, "number of bits is not allowed")
						  : bits(p, v);
}

static int flag_bits(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VINT && (v->i == 2 || v->i == 4 || v->i == 8)
		   ? 0
		   : sk_pv_fail(p, "BitsPerFlag is not 2, 4 or 8");
}

#define SHADING \
	{K("ShadingType"), INT(1, 7), MUST}, {K("ColorSpace"), CALL(sk_pv_plain_space), MUST}, \
	    {K("Background"), NUMS(1, 32)}, {K("BBox"), NUMS(4, 4)}, \
	{ \
		K("AntiAlias"), BOOL \
	}
#define MESH \
	STREAMKEYS, SHADING, {K("BitsPerCoordinate"), CALL(bits), MUST}, \
	    {K("BitsPerComponent"), CALL(component_bits), MUST}, {K("Decode"), NUMS(6, 68), MUST}, \
	{ \
		K("Function"), CALL(functions) \
	}

static const struct sk_pv_rule by_function[] = {SHADING, {K("Domain"), NUMS(4, 4)},
    {K("Matrix"), NUMS(6, 6)}, {K("Function"), CALL(functions), MUST}, {0}};
static const struct sk_pv_rule axial[] = {SHADING, {K("Coords"), NUMS(4, 4), MUST},
    {K("Domain"), NUMS(2, 2)}, {K("Function"), CALL(functions), MUST}, {K("Extend"), CALL(extend)},
    {0}};
static const struct sk_pv_rule radial[] = {SHADING, {K("Coords"), NUMS(6, 6), MUST},
    {K("Domain"), NUMS(2, 2)}, {K("Function"), CALL(functions), MUST}, {K("Extend"), CALL(extend)},
    {0}};
static const struct sk_pv_rule mesh[] = {MESH, {K("BitsPerFlag"), CALL(flag_bits), MUST}, {0}};
static const struct sk_pv_rule lattice[] = {
    MESH, {K("VerticesPerRow"), INT(2, 2147483647), MUST}, {0}};

int sk_pv_shading(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule *const rules[] = {
	    by_function, axial, radial, mesh, lattice, mesh, mesh};
	const struct sk_pv_val *type = sk_pv_get(v, "ShadingType");
	bool stream = p->objs[p->cur].val == v && p->objs[p->cur].data;

	if (type == NULL || type->kind != SK_PV_VINT || type->i < 1 || type->i > 7)
		return sk_pv_fail(p, "shading of an unknown type");
	if (stream != (type->i >= 4))
		return sk_pv_fail(p, "shading is not what its type asks for");
	int rc = sk_pv_dict(p, v, rules[type->i - 1], "shading");
	if (rc || !stream)
		return rc;
	rc = sk_pv_inflate(p, p->cur, &p->scratch);
	return rc == 0 && p->scratch.len > MAX_MESH ? sk_pv_fail(p, "shading data is too long")
						    : rc;
}

/* A reference, or the thing itself. */
static int ref_or(struct sk_pv *p, const struct sk_pv_val *v, enum sk_pv_type type,
    int (*check)(struct sk_pv *p, const struct sk_pv_val *v))
{
	return v->kind == SK_PV_VREF ? sk_pv_want(p, v, type) : check(p, v);
}

static int pattern_shading(struct sk_pv *p, const struct sk_pv_val *v)
{
	return ref_or(p, v, SK_PV_SHADING, sk_pv_shading);
}

static int pattern_gstate(struct sk_pv *p, const struct sk_pv_val *v)
{
	return ref_or(p, v, SK_PV_GSTATE, sk_pv_gstate);
}

static int later(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VDICT ? 0 : sk_pv_fail(p, "Resources is not a dictionary");
}

static int not_zero(struct sk_pv *p, const struct sk_pv_val *v)
{
	return sk_pv_number(v) && sk_pv_num(v) != 0 ? 0 : sk_pv_fail(p, "step of a pattern is 0");
}

static int tiling(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    STREAMKEYS,
	    {K("Type"), NAMED("Pattern"), MUST},
	    {K("PatternType"), INT(1, 1), MUST},
	    {K("PaintType"), INT(1, 2), MUST},
	    {K("TilingType"), INT(1, 3), MUST},
	    {K("BBox"), NUMS(4, 4), MUST},
	    {K("XStep"), CALL(not_zero), MUST},
	    {K("YStep"), CALL(not_zero), MUST},
	    {K("Resources"), CALL(later), MUST},
	    {K("Matrix"), NUMS(6, 6)},
	    {0},
	};
	int rc = sk_pv_dict(p, v, rules, "tiling pattern");

	return rc ? rc : sk_pv_content_of(p, p->cur, v);
}

int sk_pv_pattern(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("Pattern"), MUST},
	    {K("PatternType"), INT(2, 2), MUST},
	    {K("Shading"), CALL(pattern_shading), MUST},
	    {K("Matrix"), NUMS(6, 6)},
	    {K("ExtGState"), CALL(pattern_gstate)},
	    {0},
	};

	if (p->objs[p->cur].val == v && p->objs[p->cur].data)
		return tiling(p, v);
	return sk_pv_dict(p, v, rules, "shading pattern");
}
