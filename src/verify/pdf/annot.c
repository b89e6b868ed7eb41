/*
 * Annotations (ISO 32000-1, 12.5): kinds on the list only, each with its own keys and the common ones.
 * Verifier's jail.
 */
#include "verify/pdf/pdf.h"

enum { FLAGS = 4 | 8 | 16 | 64 | 128 | 512 };

static int flags(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VINT && v->i >= 0 && !(v->i & ~FLAGS)
		   ? 0
		   : sk_pv_fail(p, "annotation flag is not allowed");
}

static int colour(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule any = {K("C"), NUMS(0, 4)};
	int rc = sk_pv_is_nums(p, v, &any);

	return rc == 0 && v->n == 2 ? sk_pv_fail(p, "colour has two numbers") : rc;
}

static int border(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule dash = {K("Border"), ANYNUMS};
	bool good = v->kind == SK_PV_VARRAY && (v->n == 3 || v->n == 4);

	for (uint32_t i = 0; good && i < 3; i++)
		good = sk_pv_number(&v->kids[i]);
	if (!good)
		return sk_pv_fail(p, "Border is not three numbers and a dash pattern");
	return v->n == 4 ? sk_pv_is_nums(p, &v->kids[3], &dash) : 0;
}

static int border_style(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("W"), NUM},
	    {K("S"), NAMED("S D B I U")},
	    {K("D"), ANYNUMS},
	    {0},
	};

	return sk_pv_dict(p, v, rules, "border style");
}

static int form(struct sk_pv *p, const struct sk_pv_val *v)
{
	int rc = sk_pv_want(p, v, SK_PV_XOBJECT);

	if (rc == 0 && !sk_pv_is(sk_pv_get(p->objs[v->i].val, "Subtype"), "Form"))
		rc = sk_pv_fail(p, "appearance is not a form");
	return rc;
}

static int appearance(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {{K("N"), CALL(form), MUST}, {0}};

	return sk_pv_dict(p, v, rules, "appearance dictionary");
}

#define LINE_ENDS \
	"Square Circle Diamond OpenArrow ClosedArrow None Butt ROpenArrow RClosedArrow Slash"

static int line_ends(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule end = {K("LE"), NAMED(LINE_ENDS)};
	int rc = 0;

	if (v->kind != SK_PV_VARRAY)
		return sk_pv_is_listed(p, v, &end);
	if (v->n != 2)
		return sk_pv_fail(p, "LE does not have two names");
	for (uint32_t i = 0; rc == 0 && i < 2; i++)
		rc = sk_pv_is_listed(p, &v->kids[i], &end);
	return rc;
}

static int quads(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule any = {K("QuadPoints"), ANYNUMS};
	int rc = sk_pv_is_nums(p, v, &any);

	return rc == 0 && v->n % 8 ? sk_pv_fail(p, "QuadPoints are not a multiple of eight") : rc;
}

static int callout(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule any = {K("CL"), NUMS(4, 6)};
	int rc = sk_pv_is_nums(p, v, &any);

	return rc == 0 && v->n == 5 ? sk_pv_fail(p, "CL has five numbers") : rc;
}

static int ink(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule any = {K("InkList"), ANYNUMS};
	int rc = 0;

	if (v->kind != SK_PV_VARRAY)
		return sk_pv_fail(p, "InkList is not an array");
	for (uint32_t i = 0; rc == 0 && i < v->n; i++)
		rc = sk_pv_is_nums(p, &v->kids[i], &any);
	return rc;
}

static int kind_name(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VNAME ? 0 : sk_pv_fail(p, "annotation without a kind");
}

#define COMMON \
	{K("Type"), NAMED("Annot"), MUST}, {K("Subtype"), CALL(kind_name), MUST}, \
	    {K("Rect"), RECT, MUST}, {K("F"), CALL(flags)}, {K("Contents"), STRING}, \
	    {K("C"), CALL(colour)}, {K("Border"), CALL(border)}, {K("BS"), CALL(border_style)}, \
	    {K("CA"), NUMIN(0, 1)}, {K("ca"), NUMIN(0, 1)}, {K("AP"), CALL(appearance)}, \
	    {K("StructParent"), INT(0, 2147483647)}, {K("Lang"), STRING}, \
	{ \
		K("OC"), REF(SK_PV_OCG) \
	}

#define TEXT_ICONS \
	"Comment Key Note Help NewParagraph Paragraph Insert Check Circle Cross Star RightArrow " \
	"RightPointer UpArrow UpLeftArrow"

static const struct sk_pv_rule link_rules[] = {COMMON, {K("Dest"), CALL(sk_pv_dest)},
    {K("A"), CALL(sk_pv_uri_action)}, {K("H"), NAMED("N I O P")}, {K("QuadPoints"), CALL(quads)},
    {0}};
static const struct sk_pv_rule text_rules[] = {
    COMMON, {K("Name"), NAMED(TEXT_ICONS)}, {K("Open"), BOOL}, {0}};
static const struct sk_pv_rule free_text_rules[] = {COMMON,
    {K("DA"), CALL(sk_pv_default_appearance)}, {K("Q"), INT(0, 2)}, {K("RD"), NUMS(4, 4)},
    {K("CL"), CALL(callout)}, {K("LE"), CALL(line_ends)}, {0}};
static const struct sk_pv_rule line_rules[] = {COMMON, {K("L"), NUMS(4, 4)},
    {K("LE"), CALL(line_ends)}, {K("IC"), CALL(colour)}, {K("LL"), NUM}, {K("LLE"), NUM},
    {K("LLO"), NUM}, {K("Cap"), BOOL}, {K("CP"), NAMED("Inline Top")}, {0}};
static const struct sk_pv_rule shape_rules[] = {
    COMMON, {K("IC"), CALL(colour)}, {K("RD"), NUMS(4, 4)}, {0}};
static const struct sk_pv_rule poly_rules[] = {
    COMMON, {K("Vertices"), ANYNUMS}, {K("LE"), CALL(line_ends)}, {K("IC"), CALL(colour)}, {0}};
static const struct sk_pv_rule markup_rules[] = {COMMON, {K("QuadPoints"), CALL(quads)}, {0}};
static const struct sk_pv_rule stamp_rules[] = {COMMON, {K("Name"), NAME}, {0}};
static const struct sk_pv_rule caret_rules[] = {
    COMMON, {K("RD"), NUMS(4, 4)}, {K("Sy"), NAMED("P None")}, {0}};
static const struct sk_pv_rule ink_rules[] = {COMMON, {K("InkList"), CALL(ink)}, {0}};
static const struct sk_pv_rule plain_rules[] = {COMMON, {0}};

static const struct {
	const char *name;
	const struct sk_pv_rule *rules;
} kinds[] = {
    {"Link", link_rules},
    {"Text", text_rules},
    {"FreeText", free_text_rules},
    {"Line", line_rules},
    {"Square", shape_rules},
    {"Circle", shape_rules},
    {"Polygon", poly_rules},
    {"PolyLine", poly_rules},
    {"Highlight", markup_rules},
    {"Underline", markup_rules},
    {"Squiggly", markup_rules},
    {"StrikeOut", markup_rules},
    {"Stamp", stamp_rules},
    {"Caret", caret_rules},
    {"Ink", ink_rules},
    {"Watermark", plain_rules},
};

int sk_pv_annot(struct sk_pv *p, const struct sk_pv_val *v)
{
	const struct sk_pv_val *kind = sk_pv_get(v, "Subtype");
	bool dest = sk_pv_get(v, "Dest"), action = sk_pv_get(v, "A");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!sk_pv_is(kind, kinds[i].name))
			continue;
		if (kinds[i].rules == link_rules && dest == action)
			return sk_pv_fail(p, "link does not have one of Dest and A");
		return sk_pv_dict(p, v, kinds[i].rules, "annotation");
	}
	return sk_pv_fail(p, "annotation of a kind that is not allowed");
}
