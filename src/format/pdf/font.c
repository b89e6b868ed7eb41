/*
 * Font dictionaries (ISO 32000-1, 9.6 to 9.8). The programs inside go through the font family; one that
 * cannot be rebuilt marks the page at hand. Cleaner's jail.
 */
#include "format/pdf/pdf.h"

#include "format/font/font.h"

enum { MAX_CIDTOGID = 131072, MAX_WIDTHS = 65536 * 3, MAX_CONTENT_DEPTH = 28 };

static const char stretches[] =
    "UltraCondensed ExtraCondensed Condensed SemiCondensed Normal SemiExpanded "
    "Expanded ExtraExpanded UltraExpanded";

static const struct sk_pdf_rule descriptor_rules[] = {
    {"FontFamily", SK_PDF_R_STRING},
    {"FontStretch", SK_PDF_R_NAMES, .arg = stretches},
    {"FontWeight", SK_PDF_R_NUM},
    {"FontBBox", SK_PDF_R_NUMS, .min = 4, .max = 4},
    {"ItalicAngle", SK_PDF_R_NUM},
    {"Ascent", SK_PDF_R_NUM},
    {"Descent", SK_PDF_R_NUM},
    {"Leading", SK_PDF_R_NUM},
    {"CapHeight", SK_PDF_R_NUM},
    {"XHeight", SK_PDF_R_NUM},
    {"StemV", SK_PDF_R_NUM},
    {"StemH", SK_PDF_R_NUM},
    {"AvgWidth", SK_PDF_R_NUM},
    {"MaxWidth", SK_PDF_R_NUM},
    {"MissingWidth", SK_PDF_R_NUM},
    {NULL},
};

/* The program `key` of a descriptor, as it was believed to be. */
static struct sk_pdf_in *program(
    struct sk_pdf *x, const struct sk_pdf_val *v, enum sk_font_kind *kind)
{
	static const struct {
		const char *key;
		enum sk_font_kind kind;
	} keys[] = {{"FontFile2", SK_FONT_TRUETYPE}, {"FontFile3", SK_FONT_CFF},
	    {"FontFile", SK_FONT_TYPE1}};

	for (size_t i = 0; i < 3; i++) {
		struct sk_pdf_in *in = NULL;
		const struct sk_pdf_val *raw = sk_pdf_raw(v, keys[i].key);
		const struct sk_pdf_val *d = sk_pdf_resolve(x, raw, &in);
		if (d && in && in->stream) {
			*kind = keys[i].kind;
			if (sk_pdf_is(sk_pdf_get(x, d, "Subtype"), "OpenType"))
				*kind = SK_FONT_OPENTYPE;
			return in;
		}
	}
	return NULL;
}

/* The rebuilt program as a stream; NULL when it cannot be. */
static struct sk_pdf_out *rebuild(
    struct sk_pdf *x, struct sk_pdf_in *in, enum sk_font_kind kind, bool cid)
{
	struct sk_font_out font = {.bytes = SK_BUF(x->job->limits->output), .cid = cid};
	struct sk_arena *keep = x->job->arena, *was = sk_pdf_scratch(x);
	struct sk_pdf_out *o = NULL;
	struct sk_slice s;
	int rc = SK_EFORMAT;

	if (x->rc == 0 && sk_pdf_plain(x, in, &s) && s.n) {
		x->job->arena = x->tmp;
		rc = sk_font_rebuild(x->job, kind, s, &font);
		x->job->arena = keep;
	}
	if (rc && rc != SK_EFORMAT && rc != SK_EUNSUPPORTED)
		sk_pdf_fatal(x, rc);
	if (rc == 0)
		o = sk_pdf_new(x, sk_pdf_vdict());
	if (o) {
		bool truetype = font.kind == SK_FONT_TRUETYPE;
		if (truetype)
			sk_pdf_put(x, &o->val, "Length1", sk_pdf_vint((int64_t)font.bytes.len));
		else
			sk_pdf_put(
			    x, &o->val, "Subtype", sk_pdf_vname(cid ? "CIDFontType0C" : "Type1C"));
		o->note = truetype;
		sk_pdf_pack(x, o, sk_buf_slice(&font.bytes));
	}
	sk_buf_free(&font.bytes);
	sk_pdf_scratch_end(x, was);
	return x->rc ? NULL : o;
}

static void put_program(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_out *o, bool cid)
{
	enum sk_font_kind kind = SK_FONT_TRUETYPE;
	struct sk_pdf_in *in = program(x, v, &kind);

	if (in == NULL)
		return;
	if (in->program == NULL && !in->busy) {
		in->busy = true; /* tried once */
		in->program = rebuild(x, in, kind, cid);
	}
	if (in->program)
		sk_pdf_put(x, &o->val, in->program->note ? "FontFile2" : "FontFile3",
		    sk_pdf_vout(in->program));
	else
		o->note = 1; /* its pages must become pictures */
}

static bool unhandled(const struct sk_pdf_val *key)
{
	return !sk_pdf_listed(key, "FontName Flags FontFile FontFile2 FontFile3");
}

bool sk_pdf_descriptor(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	const struct sk_pdf_val *name = sk_pdf_get(x, v, "FontName");
	struct sk_pdf_val rest = sk_pdf_vdict();

	if (v->kind != SK_PDF_DICT)
		return false;
	for (uint32_t i = 0; i < v->n; i++)
		if (unhandled(&v->v[2 * i]))
			sk_pdf_put_name(x, &rest, v->v[2 * i], v->v[2 * i + 1]);
	o->val = sk_pdf_vdict();
	sk_pdf_put(x, &o->val, "Type", sk_pdf_vname("FontDescriptor"));
	sk_pdf_put(x, &o->val, "FontName", sk_pdf_free_name(name) ? *name : sk_pdf_vname("F"));
	sk_pdf_put(x, &o->val, "Flags", sk_pdf_vint(sk_pdf_int(x, v, "Flags", 4) & 0x7fffffff));
	if (!sk_pdf_dict(x, &rest, descriptor_rules, &o->val))
		return false;
	put_program(x, v, o, x->cid);
	return x->rc == 0;
}

static void put_descriptor(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out, bool cid)
{
	const struct sk_pdf_val *raw = sk_pdf_raw(v, "FontDescriptor");
	struct sk_pdf_val d;

	x->cid = cid;
	if (raw == NULL || !sk_pdf_role(x, raw, SK_PDF_ROLE_DESCRIPTOR, &d))
		return;
	x->bad_font |= d.out->note != 0;
	sk_pdf_put(x, out, "FontDescriptor", d);
}

static void put_base_font(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *name = sk_pdf_get(x, v, "BaseFont");

	if (!sk_pdf_free_name(name))
		name = sk_pdf_get(x, sk_pdf_get(x, v, "FontDescriptor"), "FontName");
	sk_pdf_put(x, out, "BaseFont", sk_pdf_free_name(name) ? *name : sk_pdf_vname("F"));
}

static void put_tounicode(
    struct sk_pdf *x, const struct sk_pdf_val *v, bool cid, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *raw = sk_pdf_raw(v, "ToUnicode"),
				*t = sk_pdf_resolve(x, raw, NULL);
	struct sk_pdf_val u;

	if (t && t->kind == SK_PDF_NAME) {
		if (cid && sk_pdf_listed(t, "Identity-H Identity-V"))
			sk_pdf_put(x, out, "ToUnicode", *t);
	} else if (raw && sk_pdf_role(x, raw, SK_PDF_ROLE_TOUNICODE, &u)) {
		sk_pdf_put(x, out, "ToUnicode", u);
	}
}

/* FirstChar, LastChar and Widths fit each other, or none is kept. */
static bool put_widths(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *w = sk_pdf_get_kind(x, v, "Widths", SK_PDF_ARRAY);
	int64_t first = sk_pdf_int(x, v, "FirstChar", -1);
	struct sk_pdf_val list = sk_pdf_varray();

	if (w == NULL || first < 0 || first > 255 || w->n == 0)
		return false;
	int64_t last = sk_pdf_int(x, v, "LastChar", first + w->n - 1);
	last = last > 255 || last < first ? 255 : last;
	for (int64_t i = 0; i <= last - first; i++) {
		const struct sk_pdf_val *n = i < w->n ? sk_pdf_at(x, w, (uint32_t)i) : NULL;
		double d;
		sk_pdf_push(x, &list, sk_pdf_number(n, &d) ? *n : sk_pdf_vint(0));
	}
	sk_pdf_put(x, out, "FirstChar", sk_pdf_vint(first));
	sk_pdf_put(x, out, "LastChar", sk_pdf_vint(last));
	sk_pdf_put(x, out, "Widths", list);
	return true;
}

/* --- encodings of simple fonts --- */

static const char base_encodings[] =
    "StandardEncoding MacRomanEncoding MacExpertEncoding WinAnsiEncoding";

static bool differences(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	int64_t code = 0;

	*out = sk_pdf_varray();
	if (in->kind != SK_PDF_ARRAY)
		return false;
	for (uint32_t i = 0; i < in->n; i++) {
		const struct sk_pdf_val *v = sk_pdf_at(x, in, i);
		double d;
		if (sk_pdf_number(v, &d)) {
			code = d < 0 || d > 255 ? 256 : (int64_t)d;
			if (code < 256)
				sk_pdf_push(x, out, sk_pdf_vint(code));
		} else if (v && v->kind == SK_PDF_NAME && code < 256) {
			if (out->n == 0)
				sk_pdf_push(x, out, sk_pdf_vint(0));
			sk_pdf_push(x, out, sk_pdf_free_name(v) ? *v : sk_pdf_vname(".notdef"));
			code++;
		}
	}
	return out->n > 0;
}

static const struct sk_pdf_rule encoding_rules[] = {
    {"BaseEncoding", SK_PDF_R_NAMES, .arg = base_encodings},
    {"Differences", SK_PDF_R_FN, .fn = differences},
    {NULL},
};

static bool put_encoding(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *e = sk_pdf_get(x, v, "Encoding");
	struct sk_pdf_val d = sk_pdf_vdict();

	if (e && e->kind == SK_PDF_NAME && sk_pdf_listed(e, base_encodings)) {
		sk_pdf_put(x, out, "Encoding", *e);
		return false;
	}
	if (e == NULL || e->kind != SK_PDF_DICT)
		return false;
	sk_pdf_put(x, &d, "Type", sk_pdf_vname("Encoding"));
	if (!sk_pdf_dict(x, e, encoding_rules, &d))
		return false;
	sk_pdf_put(x, out, "Encoding", d);
	return true;
}

static void report_rest(struct sk_pdf *x, const struct sk_pdf_val *v, const char *handled)
{
	for (uint32_t i = 0; i < v->n; i++)
		if (!sk_pdf_listed(&v->v[2 * i], handled))
			sk_pdf_unknown(x, &v->v[2 * i], &v->v[2 * i + 1]);
}

static bool simple(
    struct sk_pdf *x, const struct sk_pdf_val *v, const char *subtype, struct sk_pdf_out *o)
{
	sk_pdf_put(x, &o->val, "Subtype", sk_pdf_vname(subtype));
	put_base_font(x, v, &o->val);
	put_widths(x, v, &o->val);
	put_descriptor(x, v, &o->val, false);
	put_encoding(x, v, &o->val);
	put_tounicode(x, v, false, &o->val);
	report_rest(x, v, "BaseFont FirstChar LastChar Widths FontDescriptor Encoding ToUnicode");
	return x->rc == 0;
}

/* --- Type 3 --- */

static struct sk_pdf_out *glyph(struct sk_pdf *x, struct sk_pdf_in *in, struct sk_pdf_resources *r)
{
	struct sk_arena *was = sk_pdf_scratch(x);
	struct sk_buf b = SK_BUF(SK_LIMIT_MEMBER);
	struct sk_pdf_out *o = NULL;
	struct sk_slice s;

	if (x->rc == 0 && sk_pdf_plain(x, in, &s) && sk_pdf_content(x, s, r, SK_PDF_GLYPH, &b))
		o = sk_pdf_new(x, sk_pdf_vdict());
	if (o)
		sk_pdf_pack(x, o, sk_buf_slice(&b));
	sk_buf_free(&b);
	sk_pdf_scratch_end(x, was);
	return x->rc ? NULL : o;
}

static void glyphs(struct sk_pdf *x, const struct sk_pdf_val *procs, struct sk_pdf_resources *r,
    struct sk_pdf_val *out)
{
	for (uint32_t i = 0; i < procs->n && x->rc == 0; i++) {
		struct sk_pdf_in *in = NULL;
		struct sk_pdf_out *o = NULL;
		if (sk_pdf_resolve(x, &procs->v[2 * i + 1], &in) && in && in->stream && !in->busy &&
		    sk_pdf_free_name(&procs->v[2 * i])) {
			in->busy = true; /* a glyph that shows itself ends here */
			o = glyph(x, in, r);
			in->busy = false;
		}
		if (o)
			sk_pdf_put_name(x, out, procs->v[2 * i], sk_pdf_vout(o));
		else
			sk_pdf_removed(x, SK_PDF_DAMAGED);
	}
}

static const struct sk_pdf_rule type3_rules[] = {
    {"FontBBox", SK_PDF_R_NUMS, true, 4, 4},
    {"FontMatrix", SK_PDF_R_NUMS, true, 6, 6},
    {NULL},
};

static bool type3(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_out *o)
{
	const struct sk_pdf_val *procs = sk_pdf_get_kind(x, v, "CharProcs", SK_PDF_DICT);
	const struct sk_pdf_val *dict = sk_pdf_get_kind(x, v, "Resources", SK_PDF_DICT);
	struct sk_pdf_val list = sk_pdf_vdict(), d;
	struct sk_pdf_resources r;

	if (procs == NULL || x->content_depth >= MAX_CONTENT_DEPTH)
		return false;
	sk_pdf_put(x, &o->val, "Subtype", sk_pdf_vname("Type3"));
	for (const struct sk_pdf_rule *t = type3_rules; t->key; t++) {
		const struct sk_pdf_val *raw = sk_pdf_raw(v, t->key);
		if (raw == NULL || !sk_pdf_value(x, raw, t, &d))
			return false;
		sk_pdf_put(x, &o->val, t->key, d);
	}
	if (!put_widths(x, v, &o->val) || !put_encoding(x, v, &o->val))
		return false;
	x->content_depth++;
	sk_pdf_resources_init(x, &r, dict ? dict : x->page_resources);
	glyphs(x, procs, &r, &list);
	x->content_depth--;
	o->load = sk_pdf_load(x, &r, NULL);
	sk_pdf_put(x, &o->val, "CharProcs", list);
	sk_pdf_put(x, &o->val, "Resources", sk_pdf_resources_out(x, &r));
	put_tounicode(x, v, false, &o->val);
	put_descriptor(x, v, &o->val, false);
	report_rest(x, v,
	    "FontBBox FontMatrix CharProcs Encoding FirstChar LastChar Widths ToUnicode FontDescriptor");
	return x->rc == 0;
}

/* --- composite fonts --- */

static bool put_cmap(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *raw = sk_pdf_raw(v, "Encoding"), *e = sk_pdf_resolve(x, raw, NULL);
	struct sk_pdf_val m;

	if (e && e->kind == SK_PDF_NAME) {
		sk_pdf_put(
		    x, out, "Encoding", sk_pdf_cmap_known(e) ? *e : sk_pdf_vname("Identity-H"));
		return true;
	}
	if (raw == NULL || !sk_pdf_role(x, raw, SK_PDF_ROLE_ENCODING_CMAP, &m))
		return false;
	sk_pdf_put(x, out, "Encoding", m);
	return true;
}

static bool composite(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_out *o)
{
	const struct sk_pdf_val *list = sk_pdf_get(x, v, "DescendantFonts");
	struct sk_pdf_val d, array = sk_pdf_varray();

	if (list == NULL)
		return false;
	if (list->kind != SK_PDF_ARRAY) /* readers take the font itself too */
		list = sk_pdf_raw(v, "DescendantFonts");
	else if (list->n)
		list = &list->v[0];
	if (!sk_pdf_role(x, list, SK_PDF_ROLE_CIDFONT, &d))
		return false;
	sk_pdf_push(x, &array, d);
	sk_pdf_put(x, &o->val, "Subtype", sk_pdf_vname("Type0"));
	put_base_font(x, v, &o->val);
	if (!put_cmap(x, v, &o->val))
		return false;
	sk_pdf_put(x, &o->val, "DescendantFonts", array);
	put_tounicode(x, v, true, &o->val);
	report_rest(x, v, "BaseFont Encoding DescendantFonts ToUnicode FontDescriptor");
	return x->rc == 0;
}

static const struct sk_pdf_rule system_rules[] = {
    {"Registry", SK_PDF_R_STRING, true},
    {"Ordering", SK_PDF_R_STRING, true},
    {"Supplement", SK_PDF_R_INT, true, 0, 1000},
    {NULL},
};

bool sk_pdf_build_system_info(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	*out = sk_pdf_vdict();
	return sk_pdf_dict(x, in, system_rules, out);
}

/* W (step 1) and W2 (step 3): `c [n …]` and `first last n …`; what breaks the form ends the list. */
static bool cid_widths(
    struct sk_pdf *x, const struct sk_pdf_val *in, uint32_t step, struct sk_pdf_val *out)
{
	*out = sk_pdf_varray();
	for (uint32_t i = 0; in->kind == SK_PDF_ARRAY && i + 1 < in->n && out->n < MAX_WIDTHS;) {
		const struct sk_pdf_val *c = sk_pdf_at(x, in, i), *next = sk_pdf_at(x, in, i + 1);
		struct sk_pdf_val list;
		double d, e;
		if (!sk_pdf_number(c, &d) || d < 0 || d > 65535 || next == NULL)
			break;
		if (next->kind == SK_PDF_ARRAY) {
			if (!sk_pdf_build_numbers(x, next, &list))
				break;
			list.n -= list.n % step;
			sk_pdf_push(x, out, sk_pdf_vint((int64_t)d));
			sk_pdf_push(x, out, list);
			i += 2;
			continue;
		}
		if (!sk_pdf_number(next, &e) || e < d || e > 65535 || i + 2 + step > in->n)
			break;
		for (uint32_t k = 0; k < step; k++)
			if (!sk_pdf_number(sk_pdf_at(x, in, i + 2 + k), &(double){0}))
				return out->n > 0;
		sk_pdf_push(x, out, sk_pdf_vint((int64_t)d));
		sk_pdf_push(x, out, sk_pdf_vint((int64_t)e));
		for (uint32_t k = 0; k < step; k++)
			sk_pdf_push(x, out, *sk_pdf_at(x, in, i + 2 + k));
		i += 2 + step;
	}
	return out->n > 0;
}

static bool widths(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	return cid_widths(x, in, 1, out);
}

static bool vertical(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	return cid_widths(x, in, 3, out);
}

static const struct sk_pdf_rule cidfont_rules[] = {
    {"DW", SK_PDF_R_NUM},
    {"W", SK_PDF_R_FN, .fn = widths},
    {"DW2", SK_PDF_R_NUMS, .min = 2, .max = 2},
    {"W2", SK_PDF_R_FN, .fn = vertical},
    {NULL},
};

bool sk_pdf_cidtogid(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	struct sk_slice s;

	if (in == NULL || !sk_pdf_plain(x, in, &s))
		return false;
	s.n = (s.n > MAX_CIDTOGID ? MAX_CIDTOGID : s.n) & ~(size_t)1;
	o->val = sk_pdf_vdict();
	return sk_pdf_pack(x, o, s);
}

static void put_gid_map(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *raw = sk_pdf_raw(v, "CIDToGIDMap"),
				*m = sk_pdf_resolve(x, raw, NULL);
	struct sk_pdf_val r;

	if (sk_pdf_is(m, "Identity"))
		sk_pdf_put(x, out, "CIDToGIDMap", *m);
	else if (m && m->kind == SK_PDF_DICT && sk_pdf_role(x, raw, SK_PDF_ROLE_CIDTOGID, &r))
		sk_pdf_put(x, out, "CIDToGIDMap", r);
}

static struct sk_pdf_val text_val(const char *s)
{
	return (struct sk_pdf_val){
	    .kind = SK_PDF_STRING, .n = (uint32_t)strlen(s), .s = (const uint8_t *)s};
}

/* What a damaged font does not say: plain glyph numbers. */
struct sk_pdf_val sk_pdf_identity_info(struct sk_pdf *x)
{
	struct sk_pdf_val v = sk_pdf_vdict();

	sk_pdf_put(x, &v, "Registry", text_val("Adobe"));
	sk_pdf_put(x, &v, "Ordering", text_val("Identity"));
	sk_pdf_put(x, &v, "Supplement", sk_pdf_vint(0));
	return v;
}

static void put_system_info(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *in = sk_pdf_get(x, v, "CIDSystemInfo");
	struct sk_pdf_val info;

	if (in == NULL || !sk_pdf_build_system_info(x, in, &info))
		info = sk_pdf_identity_info(x);
	sk_pdf_put(x, out, "CIDSystemInfo", info);
}

static void put_plain_descriptor(struct sk_pdf *x, struct sk_pdf_val *out)
{
	struct sk_pdf_val v = sk_pdf_vdict();

	sk_pdf_put(x, &v, "Type", sk_pdf_vname("FontDescriptor"));
	sk_pdf_put(x, &v, "FontName", *sk_pdf_raw(out, "BaseFont"));
	sk_pdf_put(x, &v, "Flags", sk_pdf_vint(4));
	struct sk_pdf_out *o = sk_pdf_new(x, v);
	if (o)
		sk_pdf_put(x, out, "FontDescriptor", sk_pdf_vout(o));
	sk_pdf_removed(x, SK_PDF_DAMAGED);
}

bool sk_pdf_cidfont(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	const struct sk_pdf_val *s = sk_pdf_get(x, v, "Subtype");
	bool type2 = sk_pdf_is(s, "CIDFontType2");
	struct sk_pdf_val rest = sk_pdf_vdict();

	if (v->kind != SK_PDF_DICT || (!type2 && !sk_pdf_is(s, "CIDFontType0")))
		return false;
	for (uint32_t i = 0; i < v->n; i++)
		if (!sk_pdf_listed(
			&v->v[2 * i], "BaseFont CIDSystemInfo FontDescriptor CIDToGIDMap"))
			sk_pdf_put_name(x, &rest, v->v[2 * i], v->v[2 * i + 1]);
	o->val = sk_pdf_vdict();
	sk_pdf_put(x, &o->val, "Type", sk_pdf_vname("Font"));
	sk_pdf_put(x, &o->val, "Subtype", *s);
	put_base_font(x, v, &o->val);
	put_system_info(x, v, &o->val);
	if (!sk_pdf_dict(x, &rest, cidfont_rules, &o->val))
		return false;
	put_descriptor(x, v, &o->val, true);
	if (sk_pdf_raw(&o->val, "FontDescriptor") == NULL && x->rc == 0)
		put_plain_descriptor(x, &o->val);
	if (type2)
		put_gid_map(x, v, &o->val);
	return x->rc == 0;
}

bool sk_pdf_font(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	const struct sk_pdf_val *s = sk_pdf_get(x, v, "Subtype");

	if (v->kind != SK_PDF_DICT)
		return false;
	o->val = sk_pdf_vdict();
	sk_pdf_put(x, &o->val, "Type", sk_pdf_vname("Font"));
	if (sk_pdf_is(s, "Type0"))
		return composite(x, v, o);
	if (sk_pdf_is(s, "Type3"))
		return type3(x, v, o);
	if (sk_pdf_is(s, "TrueType") || sk_pdf_is(s, "MMType1"))
		return simple(x, v, sk_pdf_is(s, "TrueType") ? "TrueType" : "MMType1", o);
	return simple(x, v, "Type1", o);
}
