/*
 * Functions (ISO 32000-1, 7.10): re-serialised from their parameters; PostScript calculator functions from
 * their tokens. Cleaner's jail.
 */
#include "format/pdf/pdf.h"

enum {
	MAX_INPUTS = 32,
	MAX_BRACES = 32,
	MAX_STITCHED = 1024,
	MAX_SAMPLES =
	    64
	    << 20, /* bytes: a table of 33 steps for four inputs and four outputs has 4.7 million */
};

/* What o->note holds: inputs and outputs. */
static uint32_t shape(uint32_t in, uint32_t out)
{
	return in << 16 | out;
}

bool sk_pdf_function_fits(const struct sk_pdf_val *f, unsigned inputs, unsigned outputs)
{
	uint32_t note = 0;

	while (f->kind == SK_PDF_OUT) {
		note = f->out->note;
		f = &f->out->val;
	}
	if (note == 0) { /* a direct one: type 2 or 3 */
		const struct sk_pdf_val *c0 = sk_pdf_raw(f, "C0"), *fs = sk_pdf_raw(f, "Functions");
		if (fs)
			return inputs == 1 && sk_pdf_function_fits(&fs->v[0], 1, outputs);
		if (c0 == NULL)
			c0 = sk_pdf_raw(f, "C1");
		return inputs == 1 && outputs == (c0 ? c0->n : 1);
	}
	return note == shape(inputs, outputs);
}

static const struct sk_pdf_rule sampled_rules[] = {
    {"FunctionType", SK_PDF_R_INT, true, 0, 0},
    {"Domain", SK_PDF_R_NUMS, true, 2, 2 * MAX_INPUTS},
    {"Range", SK_PDF_R_NUMS, true, 2, 2 * MAX_INPUTS},
    {"Size", SK_PDF_R_NUMS, true, 1, MAX_INPUTS},
    {"BitsPerSample", SK_PDF_R_INT, true, 1, 32},
    {"Order", SK_PDF_R_INT, .min = 1, .max = 3},
    {"Encode", SK_PDF_R_NUMS, .min = 2, .max = 2 * MAX_INPUTS},
    {"Decode", SK_PDF_R_NUMS, .min = 2, .max = 2 * MAX_INPUTS},
    {NULL},
};

static const struct sk_pdf_rule exponential_rules[] = {
    {"FunctionType", SK_PDF_R_INT, true, 2, 2},
    {"Domain", SK_PDF_R_NUMS, true, 2, 2},
    {"Range", SK_PDF_R_NUMS, .min = 2, .max = 2 * MAX_INPUTS},
    {"C0", SK_PDF_R_NUMS, .min = 1, .max = MAX_INPUTS},
    {"C1", SK_PDF_R_NUMS, .min = 1, .max = MAX_INPUTS},
    {"N", SK_PDF_R_NUM, true},
    {NULL},
};

static const struct sk_pdf_rule calculator_rules[] = {
    {"FunctionType", SK_PDF_R_INT, true, 4, 4},
    {"Domain", SK_PDF_R_NUMS, true, 2, 2 * MAX_INPUTS},
    {"Range", SK_PDF_R_NUMS, true, 2, 2 * MAX_INPUTS},
    {NULL},
};

static uint32_t length(const struct sk_pdf_val *d, const char *key)
{
	const struct sk_pdf_val *v = sk_pdf_raw(d, key);

	return v ? v->n : 0;
}

/* Domain and Range in pairs, and the others as long as they ask for. */
static bool pairs_fit(const struct sk_pdf_val *d)
{
	uint32_t in = length(d, "Domain"), out = length(d, "Range"), n;

	if (in % 2 || out % 2)
		return false;
	n = length(d, "Encode");
	if (n && n != in)
		return false;
	n = length(d, "Decode");
	return n == 0 || n == out;
}

static bool sample_bytes(const struct sk_pdf_val *d, uint64_t *bytes)
{
	const struct sk_pdf_val *size = sk_pdf_raw(d, "Size");
	uint64_t n = (uint64_t)sk_pdf_raw(d, "BitsPerSample")->i * (length(d, "Range") / 2);

	if (size->n != length(d, "Domain") / 2)
		return false;
	for (uint32_t i = 0; i < size->n; i++) {
		if (size->v[i].kind != SK_PDF_INT || size->v[i].i < 1 || size->v[i].i > 65535)
			return false;
		n *= (uint64_t)size->v[i].i;
		if (n > (uint64_t)MAX_SAMPLES * 8)
			return false;
	}
	*bytes = (n + 7) / 8;
	return true;
}

static bool good_depth(int64_t bits)
{
	return bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 12 || bits == 16 ||
	       bits == 24 || bits == 32;
}

static bool sampled(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	struct sk_slice s;
	uint64_t n = 0;

	if (in == NULL || !sk_pdf_dict(x, v, sampled_rules, &o->val) || !pairs_fit(&o->val) ||
	    !good_depth(sk_pdf_raw(&o->val, "BitsPerSample")->i) || !sample_bytes(&o->val, &n))
		return false;
	const struct sk_pdf_val *order = sk_pdf_raw(&o->val, "Order");
	if ((order && order->i == 2) || !sk_pdf_plain(x, in, &s))
		return false;
	s = sk_pdf_fit(x, s, n);
	o->note = shape(length(&o->val, "Domain") / 2, length(&o->val, "Range") / 2);
	return s.p && sk_pdf_pack(x, o, s);
}

static bool exponential(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_out *o)
{
	if (!sk_pdf_dict(x, v, exponential_rules, &o->val))
		return false;
	uint32_t c0 = length(&o->val, "C0"), c1 = length(&o->val, "C1");
	if ((c0 && c1 && c0 != c1) || (!c0 && c1 > 1) || (!c1 && c0 > 1))
		return false;
	uint32_t n = c0 ? c0 : c1 ? c1 : 1, range = length(&o->val, "Range");
	if (range && range != 2 * n)
		return false;
	o->note = shape(1, n);
	return true;
}

/* --- stitching --- */

static uint32_t outputs_of(const struct sk_pdf_val *f)
{
	for (uint32_t n = 1; n <= MAX_INPUTS; n++)
		if (sk_pdf_function_fits(f, 1, n))
			return n;
	return 0;
}

static bool parts(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	struct sk_pdf_val f;
	uint32_t n = 0;

	*out = sk_pdf_varray();
	if (in->kind != SK_PDF_ARRAY || in->n < 1 || in->n > MAX_STITCHED)
		return false;
	for (uint32_t i = 0; i < in->n; i++) {
		if (!sk_pdf_role(x, &in->v[i], SK_PDF_ROLE_FUNCTION, &f))
			return false;
		n = i == 0 ? outputs_of(&f) : n;
		if (n == 0 || !sk_pdf_function_fits(&f, 1, n))
			return false;
		sk_pdf_push(x, out, f);
	}
	return true;
}

static const struct sk_pdf_rule stitching_rules[] = {
    {"FunctionType", SK_PDF_R_INT, true, 3, 3},
    {"Domain", SK_PDF_R_NUMS, true, 2, 2},
    {"Range", SK_PDF_R_NUMS, .min = 2, .max = 2 * MAX_INPUTS},
    {"Functions", SK_PDF_R_FN, true, .fn = parts},
    {"Bounds", SK_PDF_R_NUMS, true, 0, MAX_STITCHED},
    {"Encode", SK_PDF_R_NUMS, true, 2, 2 * MAX_STITCHED},
    {NULL},
};

static bool stitching(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_out *o)
{
	if (x->function_depth >= 8)
		return false;
	x->function_depth++;
	bool good = sk_pdf_dict(x, v, stitching_rules, &o->val);
	x->function_depth--;
	if (!good)
		return false;
	const struct sk_pdf_val *f = sk_pdf_raw(&o->val, "Functions");
	struct sk_pdf_val *bounds = (struct sk_pdf_val *)(uintptr_t)sk_pdf_raw(&o->val, "Bounds");
	struct sk_pdf_val *encode = (struct sk_pdf_val *)(uintptr_t)sk_pdf_raw(&o->val, "Encode");
	if (bounds->n + 1 < f->n || encode->n < 2 * f->n)
		return false;
	bounds->n = f->n - 1;
	encode->n = 2 * f->n;
	uint32_t n = outputs_of(&f->v[0]), range = length(&o->val, "Range");
	o->note = shape(1, n);
	return range == 0 || range == 2 * n;
}

/* --- PostScript calculator --- */

static const char operators[] =
    "abs add atan ceiling cos cvi cvr div exp floor idiv ln log mod mul neg round sin sqrt sub truncate and "
    "bitshift eq false ge gt le lt ne not or true xor copy dup exch index pop roll";

static bool calculator_token(struct sk_pdf_lex *l, struct sk_buf *b)
{
	char text[SK_PDF_NUMBER];
	bool integer;

	if (b->len)
		sk_buf_putc(b, ' ');
	if (l->kind == SK_PDF_T_INT || l->kind == SK_PDF_T_REAL)
		return sk_buf_put(b, text, sk_pdf_canonical(l->text, text, &integer)) == 0;
	struct sk_pdf_val w = {.kind = SK_PDF_NAME, .n = (uint32_t)l->text.n, .s = l->text.p};
	return l->kind == SK_PDF_T_WORD && w.n && sk_pdf_listed(&w, operators) &&
	       sk_buf_put(b, l->text.p, l->text.n) == 0;
}

static bool group(struct sk_pdf_lex *l, struct sk_buf *b, unsigned depth);

/* One group before `if`, two before `ifelse`; the lexer stands on the first one's brace. */
static bool condition(struct sk_pdf_lex *l, struct sk_buf *b, unsigned depth)
{
	const char *word = "if";

	if (!group(l, b, depth + 1))
		return false;
	if (sk_pdf_next(l) == SK_PDF_T_BRACE) {
		word = "ifelse";
		if (!group(l, b, depth + 1))
			return false;
		sk_pdf_next(l);
	}
	if (l->kind != SK_PDF_T_WORD || !sk_slice_is(l->text, word))
		return false;
	sk_buf_putc(b, ' ');
	return sk_buf_puts(b, word) == 0;
}

/* From an opening brace to its closing one. */
static bool group(struct sk_pdf_lex *l, struct sk_buf *b, unsigned depth)
{
	if (depth > MAX_BRACES)
		return false;
	sk_buf_puts(b, b->len ? " {" : "{");
	for (;;) {
		switch (sk_pdf_next(l)) {
		case SK_PDF_T_BRACEEND:
			return sk_buf_puts(b, " }") == 0;
		case SK_PDF_T_BRACE:
			if (!condition(l, b, depth))
				return false;
			break;
		default:
			if (!calculator_token(l, b))
				return false;
			break;
		}
	}
}

static bool calculator_text(struct sk_slice in, struct sk_buf *b)
{
	struct sk_pdf_lex l;

	sk_pdf_lex_init(&l, in);
	return sk_pdf_next(&l) == SK_PDF_T_BRACE && group(&l, b, 1);
}

static bool calculator(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	struct sk_buf b = SK_BUF(1 << 20);
	struct sk_slice s;

	if (in == NULL || !sk_pdf_dict(x, v, calculator_rules, &o->val) || !pairs_fit(&o->val) ||
	    !sk_pdf_plain(x, in, &s))
		return false;
	o->note = shape(length(&o->val, "Domain") / 2, length(&o->val, "Range") / 2);
	bool good = calculator_text(s, &b) && sk_pdf_pack(x, o, sk_buf_slice(&b));
	sk_buf_free(&b);
	return good;
}

bool sk_pdf_function(
    struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_pdf_in *in, struct sk_pdf_out *o)
{
	if (v->kind != SK_PDF_DICT)
		return false;
	o->val = sk_pdf_vdict();
	switch (sk_pdf_int(x, v, "FunctionType", -1)) {
	case 0:
		return in && in->stream && sampled(x, v, in, o);
	case 2:
		return exponential(x, v, o);
	case 3:
		return stitching(x, v, o);
	case 4:
		return in && in->stream && calculator(x, v, in, o);
	default:
		return false;
	}
}
