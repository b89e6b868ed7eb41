/* Annotations (ISO 32000-1, 12.5): a list of kinds, each with its keys. Cleaner's jail. */
#include "format/pdf/pdf.h"

enum { HIDDEN = 2, NO_VIEW = 32, KEPT_FLAGS = 4 | 8 | 16 | 64 | 128 | 512, MAX_LIST = 20000 };

/* --- values --- */

static bool colour(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	return sk_pdf_build_numbers(x, in, out) &&
	       (out->n == 0 || out->n == 1 || out->n == 3 || out->n == 4);
}

static bool border(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	const struct sk_pdf_val *dash = sk_pdf_at(x, in, 3);
	struct sk_pdf_val list;
	double d[3];

	if (!sk_pdf_numbers(x, in, d, 3))
		return false;
	*out = sk_pdf_varray();
	for (uint32_t i = 0; i < 3; i++)
		sk_pdf_push(x, out, *sk_pdf_at(x, in, i));
	if (dash && sk_pdf_build_numbers(x, dash, &list))
		sk_pdf_push(x, out, list);
	return true;
}

static const struct sk_pdf_rule style_rules[] = {
    {"W", SK_PDF_R_NUM},
    {"S", SK_PDF_R_NAMES, .arg = "S D B I U"},
    {"D", SK_PDF_R_NUMS, .max = 32},
    {NULL},
};

static bool style(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	*out = sk_pdf_vdict();
	return sk_pdf_dict(x, in, style_rules, out);
}

static bool unit(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	double d;

	*out = *in;
	return sk_pdf_number(in, &d) && d >= 0 && d <= 1;
}

static bool flags(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	*out = sk_pdf_vint(in->kind == SK_PDF_INT ? in->i & KEPT_FLAGS : 0);
	return in->kind == SK_PDF_INT;
}

static bool quads(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	if (!sk_pdf_build_numbers(x, in, out))
		return false;
	out->n -= out->n % 8;
	return out->n > 0;
}

static bool vertices(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	return sk_pdf_build_numbers(x, in, out) && out->n > 0;
}

static bool ink(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	struct sk_pdf_val list;

	*out = sk_pdf_varray();
	for (uint32_t i = 0; in->kind == SK_PDF_ARRAY && i < in->n; i++) {
		const struct sk_pdf_val *v = sk_pdf_at(x, in, i);
		if (v == NULL || !sk_pdf_build_numbers(x, v, &list))
			return false;
		sk_pdf_push(x, out, list);
	}
	return out->n > 0;
}

static const char endings[] =
    "Square Circle Diamond OpenArrow ClosedArrow None Butt ROpenArrow RClosedArrow Slash";

static bool line_ends(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	*out = *in;
	if (in->kind == SK_PDF_NAME)
		return sk_pdf_listed(in, endings);
	*out = sk_pdf_varray();
	for (uint32_t i = 0; i < 2; i++) {
		const struct sk_pdf_val *v = sk_pdf_at(x, in, i);
		bool good = v && v->kind == SK_PDF_NAME && sk_pdf_listed(v, endings);
		sk_pdf_push(x, out, good ? *v : sk_pdf_vname("None"));
	}
	return in->kind == SK_PDF_ARRAY;
}

static bool callout(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	return sk_pdf_build_numbers(x, in, out) && (out->n == 4 || out->n == 6);
}

/* Colour and font size of a text, from the few operators that say them. */
static bool default_appearance(
    struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	struct sk_buf b = SK_BUF(4096);
	struct sk_pdf_lex l;
	char args[4][SK_PDF_NUMBER + 1];
	unsigned n = 0;
	bool integer;

	if (in->kind != SK_PDF_STRING)
		return false;
	sk_pdf_lex_init(&l, sk_slice(in->s, in->n));
	while (sk_pdf_next(&l) != SK_PDF_T_END) {
		if ((l.kind == SK_PDF_T_INT || l.kind == SK_PDF_T_REAL) && n < 4) {
			args[n][sk_pdf_canonical(l.text, args[n], &integer)] = 0;
			n++;
			continue;
		}
		if (l.kind != SK_PDF_T_WORD)
			continue;
		bool font = sk_slice_is(l.text, "Tf") && n == 1;
		bool tint = ((sk_slice_is(l.text, "g") || sk_slice_is(l.text, "G")) && n == 1) ||
			    ((sk_slice_is(l.text, "rg") || sk_slice_is(l.text, "RG")) && n == 3) ||
			    ((sk_slice_is(l.text, "k") || sk_slice_is(l.text, "K")) && n == 4);
		if (font || tint) {
			if (b.len)
				sk_buf_putc(&b, ' ');
			if (font)
				sk_buf_puts(&b, "/Helv ");
			for (unsigned i = 0; i < n; i++)
				sk_buf_printf(&b, "%s ", args[i]);
			sk_buf_put_slice(&b, l.text);
		}
		n = 0;
	}
	*out = (struct sk_pdf_val){.kind = SK_PDF_STRING, .n = (uint32_t)b.len};
	out->s = sk_arena_dup(x->arena, b.p, b.len);
	sk_buf_free(&b);
	return out->s && out->n > 0;
}

/* --- kinds --- */

static const struct sk_pdf_rule common_rules[] = {
    {"Rect", SK_PDF_R_RECT, true},
    {"F", SK_PDF_R_FN, .fn = flags},
    {"Contents", SK_PDF_R_STRING},
    {"C", SK_PDF_R_FN, .fn = colour},
    {"Border", SK_PDF_R_FN, .fn = border},
    {"BS", SK_PDF_R_FN, .fn = style},
    {"CA", SK_PDF_R_FN, .fn = unit},
    {"ca", SK_PDF_R_FN, .fn = unit},
    {"StructParent", SK_PDF_R_INT, .max = INT32_MAX},
    {"Lang", SK_PDF_R_STRING},
    {"OC", SK_PDF_R_LAYER},
    {NULL},
};

static const struct sk_pdf_rule link_rules[] = {
    {"H", SK_PDF_R_NAMES, .arg = "N I O P"},
    {"QuadPoints", SK_PDF_R_FN, .fn = quads},
    {NULL},
};

static const struct sk_pdf_rule text_rules[] = {
    {"Name", SK_PDF_R_NAMES,
	.arg = "Comment Key Note Help NewParagraph Paragraph Insert Check Circle Cross Star "
	       "RightArrow RightPointer UpArrow UpLeftArrow"},
    {"Open", SK_PDF_R_BOOL},
    {NULL},
};

static const struct sk_pdf_rule freetext_rules[] = {
    {"DA", SK_PDF_R_FN, .fn = default_appearance},
    {"Q", SK_PDF_R_INT, .max = 2},
    {"RD", SK_PDF_R_NUMS, .min = 4, .max = 4},
    {"CL", SK_PDF_R_FN, .fn = callout},
    {"LE", SK_PDF_R_FN, .fn = line_ends},
    {NULL},
};

static const struct sk_pdf_rule line_rules[] = {
    {"L", SK_PDF_R_NUMS, .min = 4, .max = 4},
    {"LE", SK_PDF_R_FN, .fn = line_ends},
    {"IC", SK_PDF_R_FN, .fn = colour},
    {"LL", SK_PDF_R_NUM},
    {"LLE", SK_PDF_R_NUM},
    {"LLO", SK_PDF_R_NUM},
    {"Cap", SK_PDF_R_BOOL},
    {"CP", SK_PDF_R_NAMES, .arg = "Inline Top"},
    {NULL},
};

static const struct sk_pdf_rule shape_rules[] = {
    {"IC", SK_PDF_R_FN, .fn = colour},
    {"RD", SK_PDF_R_NUMS, .min = 4, .max = 4},
    {NULL},
};

static const struct sk_pdf_rule polygon_rules[] = {
    {"Vertices", SK_PDF_R_FN, .fn = vertices},
    {"LE", SK_PDF_R_FN, .fn = line_ends},
    {"IC", SK_PDF_R_FN, .fn = colour},
    {NULL},
};

static const struct sk_pdf_rule markup_rules[] = {{"QuadPoints", SK_PDF_R_FN, .fn = quads}, {NULL}};
static const struct sk_pdf_rule stamp_rules[] = {{"Name", SK_PDF_R_NAME}, {NULL}};
static const struct sk_pdf_rule ink_rules[] = {{"InkList", SK_PDF_R_FN, .fn = ink}, {NULL}};
static const struct sk_pdf_rule no_rules[] = {{NULL}};

static const struct sk_pdf_rule caret_rules[] = {
    {"RD", SK_PDF_R_NUMS, .min = 4, .max = 4},
    {"Sy", SK_PDF_R_NAMES, .arg = "P None"},
    {NULL},
};

static const struct {
	const char *subtype;
	const struct sk_pdf_rule *rules;
} kinds[] = {
    {"Link", link_rules},
    {"Text", text_rules},
    {"FreeText", freetext_rules},
    {"Line", line_rules},
    {"Square", shape_rules},
    {"Circle", shape_rules},
    {"Polygon", polygon_rules},
    {"PolyLine", polygon_rules},
    {"Highlight", markup_rules},
    {"Underline", markup_rules},
    {"Squiggly", markup_rules},
    {"StrikeOut", markup_rules},
    {"Stamp", stamp_rules},
    {"Caret", caret_rules},
    {"Ink", ink_rules},
    {"Watermark", no_rules},
};

static const struct sk_pdf_rule *rules_of(const struct sk_pdf_val *subtype)
{
	for (size_t i = 0; subtype && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (sk_pdf_is(subtype, kinds[i].subtype))
			return kinds[i].rules;
	return NULL;
}

struct sk_pdf_in *sk_pdf_appearance(struct sk_pdf *x, const struct sk_pdf_val *annot)
{
	const struct sk_pdf_val *ap = sk_pdf_get_kind(x, annot, "AP", SK_PDF_DICT);
	const struct sk_pdf_val *as = sk_pdf_get_kind(x, annot, "AS", SK_PDF_NAME);
	struct sk_pdf_in *in = NULL;
	const struct sk_pdf_val *n = sk_pdf_resolve(x, sk_pdf_raw(ap, "N"), &in);

	if (n && in && in->stream)
		return in;
	const struct sk_pdf_val *state = as ? sk_pdf_find(x, n, sk_slice(as->s, as->n)) : NULL;
	sk_pdf_resolve(x, state, &in);
	return in && in->stream ? in : NULL;
}

static void put_appearance(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_val *out)
{
	struct sk_pdf_in *in = sk_pdf_appearance(x, v);
	struct sk_pdf_val ref = {.kind = SK_PDF_REF}, form, ap = sk_pdf_vdict();

	if (in == NULL)
		return;
	ref.i = in->num;
	if (!sk_pdf_role(x, &ref, SK_PDF_ROLE_FORM, &form))
		return;
	sk_pdf_put(x, &ap, "N", form);
	sk_pdf_put(x, out, "AP", ap);
}

/* The keys of one table only; what both do not know is counted once, by the caller. */
static bool put_keys(struct sk_pdf *x, const struct sk_pdf_val *v, const struct sk_pdf_rule *rules,
    struct sk_pdf_val *out)
{
	for (const struct sk_pdf_rule *r = rules; r->key; r++) {
		const struct sk_pdf_val *raw = sk_pdf_raw(v, r->key);
		struct sk_pdf_val one;
		if (raw && sk_pdf_value(x, raw, r, &one))
			sk_pdf_put(x, out, r->key, one);
		else if (r->needed)
			return false;
		else if (raw && r->type != SK_PDF_R_LAYER)
			sk_pdf_unknown(x, raw - 1, raw);
	}
	return x->rc == 0;
}

static bool has_rule(const struct sk_pdf_rule *rules, const struct sk_pdf_val *key)
{
	for (; rules->key; rules++)
		if (sk_slice_is(sk_slice(key->s, key->n), rules->key))
			return true;
	return false;
}

bool sk_pdf_annotation(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	const struct sk_pdf_val *s = sk_pdf_get(x, v, "Subtype");
	const struct sk_pdf_rule *rules = rules_of(s);
	bool link = sk_pdf_is(s, "Link");

	if (rules == NULL)
		return false;
	o->val = sk_pdf_vdict();
	sk_pdf_put(x, &o->val, "Type", sk_pdf_vname("Annot"));
	sk_pdf_put(x, &o->val, "Subtype", *s);
	if (link && !sk_pdf_put_action(x, v, &o->val))
		return false;
	if (!put_keys(x, v, common_rules, &o->val) || !put_keys(x, v, rules, &o->val))
		return false;
	put_appearance(x, v, &o->val);
	for (uint32_t i = 0; i < v->n; i++) {
		const struct sk_pdf_val *k = &v->v[2 * i];
		bool done = link && (sk_pdf_is(k, "A") || sk_pdf_is(k, "Dest"));
		if (!done && !has_rule(common_rules, k) && !has_rule(rules, k))
			sk_pdf_unknown(x, k, k + 1);
	}
	return x->rc == 0;
}

/* --- the list of a page --- */

static void report_dropped(struct sk_pdf *x, const struct sk_pdf_val *v, const struct sk_pdf_val *s)
{
	if (sk_pdf_is(s, "FileAttachment"))
		sk_pdf_removed(x, SK_PDF_EMBEDDED);
	else if (s && s->kind == SK_PDF_NAME && sk_pdf_listed(s, "Sound Movie Screen 3D RichMedia"))
		sk_pdf_removed(x, SK_PDF_MEDIA);
	else
		sk_pdf_removed(x, sk_pdf_is(s, "Widget") ? SK_PDF_FORM : SK_PDF_ANNOTATION);
	static const char *const keys[] = {"A", "AA", "PA"};
	for (size_t i = 0; i < 3; i++)
		if (sk_pdf_raw(v, keys[i]))
			sk_pdf_unknown(x, sk_pdf_raw(v, keys[i]) - 1, sk_pdf_raw(v, keys[i]));
	const struct sk_pdf_val *value = sk_pdf_get(x, v, "V");
	if (sk_pdf_is(sk_pdf_get(x, v, "FT"), "Sig") && value)
		sk_pdf_removed(x, SK_PDF_SIGNATURE);
}

static bool invisible(struct sk_pdf *x, const struct sk_pdf_val *v)
{
	const struct sk_pdf_val *oc = sk_pdf_raw(v, "OC");

	if (sk_pdf_int(x, v, "F", 0) & (HIDDEN | NO_VIEW))
		return true;
	return oc && sk_pdf_hidden(x, oc);
}

static void one(struct sk_pdf *x, const struct sk_pdf_val *raw, struct sk_pdf_val *out,
    struct sk_pdf_resources *r, struct sk_buf *content)
{
	struct sk_pdf_val a;
	const struct sk_pdf_val *v = sk_pdf_resolve(x, raw, NULL), *s = sk_pdf_get(x, v, "Subtype");

	if (v == NULL || v->kind != SK_PDF_DICT)
		return;
	if (sk_pdf_is(s,
		"Popup")) { /* the window of a note, whose text it shows: its own is shown nowhere */
		if (sk_pdf_raw(v, "Contents"))
			sk_pdf_removed(x, SK_PDF_ANNOTATION);
		return;
	}
	if (invisible(x, v)) {
		report_dropped(x, v, s);
	} else if (rules_of(s) == NULL) {
		report_dropped(x, v, s);
		sk_pdf_widget(x, v, r, content);
	} else if (sk_pdf_role(x, raw, SK_PDF_ROLE_ANNOTATION, &a)) {
		sk_pdf_push(x, out, a);
	} else if (!sk_pdf_is(s, "Link") && x->rc == 0) {
		sk_pdf_removed(x, SK_PDF_ANNOTATION);
	}
}

void sk_pdf_build_annotations(struct sk_pdf *x, const struct sk_pdf_val *page,
    struct sk_pdf_val *out, struct sk_pdf_resources *r, struct sk_buf *content)
{
	const struct sk_pdf_val *list = sk_pdf_get_kind(x, page, "Annots", SK_PDF_ARRAY);

	for (uint32_t i = 0; list && i < list->n && x->rc == 0; i++) {
		if (i >= MAX_LIST) {
			sk_pdf_removed(x, SK_PDF_ANNOTATION);
			return;
		}
		one(x, &list->v[i], out, r, content);
	}
}
