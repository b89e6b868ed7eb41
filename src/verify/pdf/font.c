/*
 * Font dictionaries (ISO 32000-1, 9.6 to 9.8): simple fonts, Type 3, composite fonts and what they carry. The
 * font programs themselves go to the font verifier. Verifier's jail.
 */
#include "verify/pdf/pdf.h"

enum { MAX_GLYPHMAP = 131072 };

#define ENCODINGS "StandardEncoding MacRomanEncoding MacExpertEncoding WinAnsiEncoding"

/* A code, then names for it and those that follow; again and again. */
static int differences(struct sk_pv *p, const struct sk_pv_val *v)
{
	int64_t code = -1;

	if (v->kind != SK_PV_VARRAY)
		return sk_pv_fail(p, "Differences is not an array");
	for (uint32_t i = 0; i < v->n; i++) {
		const struct sk_pv_val *e = &v->kids[i];
		if (e->kind == SK_PV_VINT && e->i >= 0 && e->i <= 255)
			code = e->i;
		else if (e->kind != SK_PV_VNAME || code < 0 || code++ > 255)
			return sk_pv_fail(p, "Differences is not codes with names behind them");
	}
	return 0;
}

static int encoding_dict(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("Encoding"), MUST},
	    {K("BaseEncoding"), NAMED(ENCODINGS)},
	    {K("Differences"), CALL(differences)},
	    {0},
	};

	return sk_pv_dict(p, v, rules, "encoding");
}

static int encoding(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule named = {K("Encoding"), NAMED(ENCODINGS)};

	return v->kind == SK_PV_VNAME ? sk_pv_is_listed(p, v, &named) : encoding_dict(p, v);
}

/* All three keys or none; one width for each code. */
static int widths(struct sk_pv *p, const struct sk_pv_val *v)
{
	const struct sk_pv_val *first = sk_pv_get(v, "FirstChar"), *last = sk_pv_get(v, "LastChar");
	const struct sk_pv_val *w = sk_pv_get(v, "Widths");

	if (first == NULL && last == NULL && w == NULL)
		return 0;
	if (first && last && w && last->i - first->i + 1 == (int64_t)w->n)
		return 0;
	return sk_pv_fail(p, "Widths do not fit FirstChar and LastChar");
}

static int simple(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("Font"), MUST},
	    {K("Subtype"), NAMED("Type1 MMType1 TrueType"), MUST},
	    {K("BaseFont"), NAME, MUST},
	    {K("FirstChar"), INT(0, 255)},
	    {K("LastChar"), INT(0, 255)},
	    {K("Widths"), NUMS(1, 256)},
	    {K("FontDescriptor"), REF(SK_PV_DESCRIPTOR)},
	    {K("Encoding"), CALL(encoding)},
	    {K("ToUnicode"), REF(SK_PV_TOUNICODE)},
	    {0},
	};
	int rc = sk_pv_dict(p, v, rules, "font");

	return rc ? rc : widths(p, v);
}

static int dictionary(struct sk_pv *p, const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VDICT ? 0 : sk_pv_fail(p, "a dictionary is missing");
}

/* All glyphs share the resources, which are numbered through them in their order. */
static int glyphs(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule stream[] = {STREAMKEYS, {0}};
	const struct sk_pv_val *procs = sk_pv_get(v, "CharProcs");
	struct sk_pv_resources res;
	uint32_t from = p->cur;
	int rc = sk_pv_resources_open(p, sk_pv_get(v, "Resources"), &res);

	for (uint32_t i = 0; rc == 0 && i < procs->n; i++) {
		const struct sk_pv_val *proc = &procs->kids[2 * i + 1];
		if (proc->kind != SK_PV_VREF || p->objs[proc->i].data == NULL)
			return sk_pv_fail(p, "glyph is not a stream");
		rc = sk_pv_claim(p, (uint32_t)proc->i, SK_PV_CONTENTS, NULL);
		p->cur = (uint32_t)proc->i;
		if (rc == 0)
			rc = sk_pv_dict(p, p->objs[proc->i].val, stream, "glyph");
		if (rc == 0)
			rc = sk_pv_content(p, p->cur, &res, true);
		p->cur = from;
	}
	return rc ? rc : sk_pv_resources_close(p, &res);
}

static int type3(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("Font"), MUST},
	    {K("Subtype"), NAMED("Type3"), MUST},
	    {K("FontBBox"), NUMS(4, 4), MUST},
	    {K("FontMatrix"), NUMS(6, 6), MUST},
	    {K("CharProcs"), CALL(dictionary), MUST},
	    {K("Encoding"), CALL(encoding_dict), MUST},
	    {K("FirstChar"), INT(0, 255), MUST},
	    {K("LastChar"), INT(0, 255), MUST},
	    {K("Widths"), NUMS(1, 256), MUST},
	    {K("Resources"), CALL(dictionary), MUST},
	    {K("ToUnicode"), REF(SK_PV_TOUNICODE)},
	    {K("FontDescriptor"), REF(SK_PV_DESCRIPTOR)},
	    {0},
	};
	int rc = sk_pv_dict(p, v, rules, "Type 3 font");

	if (rc == 0)
		rc = widths(p, v);
	return rc ? rc : glyphs(p, v);
}

static int cid_encoding(struct sk_pv *p, const struct sk_pv_val *v)
{
	if (v->kind == SK_PV_VREF)
		return sk_pv_want(p, v, SK_PV_CMAP);
	return sk_pv_is_cmap_name(v) ? 0 : sk_pv_fail(p, "Encoding is not the name of a CMap");
}

static int descendants(struct sk_pv *p, const struct sk_pv_val *v)
{
	if (v->kind != SK_PV_VARRAY || v->n != 1)
		return sk_pv_fail(p, "DescendantFonts is not one font");
	return sk_pv_want(p, &v->kids[0], SK_PV_CIDFONT);
}

static int to_unicode(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule named = {K("ToUnicode"), NAMED("Identity-H Identity-V")};

	return v->kind == SK_PV_VREF ? sk_pv_want(p, v, SK_PV_TOUNICODE)
				     : sk_pv_is_listed(p, v, &named);
}

static int type0(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("Font"), MUST},
	    {K("Subtype"), NAMED("Type0"), MUST},
	    {K("BaseFont"), NAME, MUST},
	    {K("Encoding"), CALL(cid_encoding), MUST},
	    {K("DescendantFonts"), CALL(descendants), MUST},
	    {K("ToUnicode"), CALL(to_unicode)},
	    {0},
	};

	return sk_pv_dict(p, v, rules, "composite font");
}

int sk_pv_font(struct sk_pv *p, const struct sk_pv_val *v)
{
	const struct sk_pv_val *kind = sk_pv_get(v, "Subtype");

	if (sk_pv_is(kind, "Type0"))
		return type0(p, v);
	return sk_pv_is(kind, "Type3") ? type3(p, v) : simple(p, v);
}

int sk_pv_cidsysteminfo(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Registry"), STRING, MUST},
	    {K("Ordering"), STRING, MUST},
	    {K("Supplement"), ANYINT, MUST},
	    {0},
	};

	return sk_pv_dict(p, v, rules, "CIDSystemInfo");
}

/* `i [n …]` or `i i n …`, again and again; `each` numbers for a character. */
static int cid_metrics(struct sk_pv *p, const struct sk_pv_val *v, uint32_t each)
{
	static const struct sk_pv_rule any = {K("W"), ANYNUMS};
	int rc = v->kind == SK_PV_VARRAY ? 0 : sk_pv_fail(p, "widths are not an array");

	for (uint32_t i = 0; rc == 0 && i < v->n;) {
		const struct sk_pv_val *e = &v->kids[i];
		uint32_t left = v->n - i;
		if (e->kind != SK_PV_VINT || left < 2)
			return sk_pv_fail(p, "widths do not start with a character");
		if (e[1].kind == SK_PV_VARRAY) {
			rc = e[1].n % each ? sk_pv_fail(p, "widths are not complete")
					   : sk_pv_is_nums(p, &e[1], &any);
			i += 2;
			continue;
		}
		if (e[1].kind != SK_PV_VINT || left < 2 + each)
			return sk_pv_fail(p, "widths are not complete");
		for (uint32_t k = 0; k < each; k++)
			if (!sk_pv_number(&e[2 + k]))
				return sk_pv_fail(p, "width is not a number");
		i += 2 + each;
	}
	return rc;
}

static int cid_w(struct sk_pv *p, const struct sk_pv_val *v)
{
	return cid_metrics(p, v, 1);
}

static int cid_w2(struct sk_pv *p, const struct sk_pv_val *v)
{
	return cid_metrics(p, v, 3);
}

static int glyph_map(struct sk_pv *p, const struct sk_pv_val *v)
{
	return sk_pv_is(v, "Identity") ? 0 : sk_pv_want(p, v, SK_PV_GLYPHMAP);
}

#define CIDFONT(kind) \
	{K("Type"), NAMED("Font"), MUST}, {K("Subtype"), NAMED(kind), MUST}, \
	    {K("BaseFont"), NAME, MUST}, {K("CIDSystemInfo"), CALL(sk_pv_cidsysteminfo), MUST}, \
	    {K("FontDescriptor"), REF(SK_PV_DESCRIPTOR), MUST}, {K("DW"), NUM}, \
	    {K("W"), CALL(cid_w)}, {K("DW2"), NUMS(2, 2)}, \
	{ \
		K("W2"), CALL(cid_w2) \
	}

int sk_pv_cidfont(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule cff[] = {CIDFONT("CIDFontType0"), {0}};
	static const struct sk_pv_rule truetype[] = {
	    CIDFONT("CIDFontType2"), {K("CIDToGIDMap"), CALL(glyph_map)}, {0}};

	return sk_pv_dict(
	    p, v, sk_pv_is(sk_pv_get(v, "Subtype"), "CIDFontType2") ? truetype : cff, "CID font");
}

int sk_pv_glyphmap(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {STREAMKEYS, {0}};
	int rc = sk_pv_dict(p, v, rules, "CIDToGIDMap");

	if (rc == 0)
		rc = sk_pv_inflate(p, p->cur, &p->scratch);
	if (rc == 0 && (p->scratch.len % 2 || p->scratch.len > MAX_GLYPHMAP))
		rc = sk_pv_fail(p, "CIDToGIDMap has a wrong length");
	return rc;
}

/* A font program: its dictionary says its kind, its bytes must be of it. */
static int font_file(
    struct sk_pv *p, const struct sk_pv_val *v, const struct sk_pv_rule *rules, bool truetype)
{
	uint32_t from = p->cur;
	bool fresh;

	if (v->kind != SK_PV_VREF || p->objs[v->i].data == NULL)
		return sk_pv_fail(p, "font program is not a stream");
	int rc = sk_pv_claim(p, (uint32_t)v->i, SK_PV_FONTFILE, &fresh);
	if (rc || (!fresh && p->objs[v->i].note == truetype))
		return rc;
	p->cur = (uint32_t)v->i;
	p->objs[v->i].note = truetype;
	const struct sk_pv_val *dict = p->objs[v->i].val;
	rc = sk_pv_dict(p, dict, rules, "font program");
	if (rc == 0)
		rc = sk_pv_inflate(p, p->cur, &p->scratch);
	if (rc == 0 && truetype && (size_t)sk_pv_get(dict, "Length1")->i != p->scratch.len)
		rc = sk_pv_fail(p, "Length1 is wrong");
	if (rc == 0) {
		bool cid = sk_pv_is(sk_pv_get(dict, "Subtype"), "CIDFontType0C");
		rc = sk_verify_font(p->c,
		    truetype ? "FontFile2"
		    : cid    ? "CIDFontType0C"
			     : "Type1C",
		    sk_buf_slice(&p->scratch));
	}
	p->cur = from;
	return rc;
}

static int font_file2(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    STREAMKEYS, {K("Length1"), INT(1, 2147483647), MUST}, {0}};

	return font_file(p, v, rules, true);
}

static int font_file3(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    STREAMKEYS, {K("Subtype"), NAMED("Type1C CIDFontType0C"), MUST}, {0}};

	return font_file(p, v, rules, false);
}

int sk_pv_descriptor(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    {K("Type"), NAMED("FontDescriptor"), MUST},
	    {K("FontName"), NAME, MUST},
	    {K("Flags"), ANYINT, MUST},
	    {K("FontFamily"), STRING},
	    {K("FontStretch"),
		NAMED("UltraCondensed ExtraCondensed Condensed SemiCondensed Normal SemiExpanded "
		      "Expanded ExtraExpanded UltraExpanded")},
	    {K("FontWeight"), NUM},
	    {K("ItalicAngle"), NUM},
	    {K("Ascent"), NUM},
	    {K("Descent"), NUM},
	    {K("Leading"), NUM},
	    {K("CapHeight"), NUM},
	    {K("XHeight"), NUM},
	    {K("StemV"), NUM},
	    {K("StemH"), NUM},
	    {K("AvgWidth"), NUM},
	    {K("MaxWidth"), NUM},
	    {K("MissingWidth"), NUM},
	    {K("FontBBox"), NUMS(4, 4)},
	    {K("FontFile2"), CALL(font_file2)},
	    {K("FontFile3"), CALL(font_file3)},
	    {0},
	};
	int rc = sk_pv_dict(p, v, rules, "font descriptor");

	if (rc == 0 && sk_pv_get(v, "FontFile2") && sk_pv_get(v, "FontFile3"))
		rc = sk_pv_fail(p, "font descriptor with two font programs");
	return rc;
}
