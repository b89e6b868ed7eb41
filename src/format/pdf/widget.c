/*
 * Form fields and other annotations that do not stay: what they show becomes part of the page. Where a
 * text field has a value but no appearance, or asks for a new one, plain lines of text are drawn. Cleaner's jail.
 * ISO 32000-1, 12.5.5 and 12.7.3.
 */
#include "format/pdf/pdf.h"

#include <math.h>

/* The matrix that maps the appearance's box, turned by its own matrix, onto the annotation's rectangle. */
static bool placement(
    struct sk_pdf *x, const struct sk_pdf_val *form, const double rect[4], double out[4])
{
	double b[4], m[6] = {1, 0, 0, 1, 0, 0}, lo[2] = {HUGE_VAL, HUGE_VAL},
		     hi[2] = {-HUGE_VAL, -HUGE_VAL};

	if (!sk_pdf_numbers(x, sk_pdf_get(x, form, "BBox"), b, 4))
		return false;
	sk_pdf_numbers(x, sk_pdf_get(x, form, "Matrix"), m, 6);
	for (int i = 0; i < 4; i++) {
		double px = b[i & 1 ? 2 : 0], py = b[i & 2 ? 3 : 1];
		double p[2] = {m[0] * px + m[2] * py + m[4], m[1] * px + m[3] * py + m[5]};
		for (int k = 0; k < 2; k++) {
			lo[k] = fmin(lo[k], p[k]);
			hi[k] = fmax(hi[k], p[k]);
		}
	}
	for (int k = 0; k < 2; k++) {
		double from = hi[k] - lo[k], to = fabs(rect[k + 2] - rect[k]);
		out[k] = from > 0 ? to / from : 1;
		out[k + 2] = fmin(rect[k], rect[k + 2]) - lo[k] * out[k];
	}
	return isfinite(out[0]) && isfinite(out[1]) && isfinite(out[2]) && isfinite(out[3]);
}

static void put_numbers(struct sk_buf *b, const double *d, int n)
{
	for (int i = 0; i < n; i++) {
		sk_pdf_print_real(b, d[i]);
		sk_buf_putc(b, ' ');
	}
}

static bool draw_form(struct sk_pdf *x, struct sk_pdf_in *in, const double rect[4],
    struct sk_pdf_resources *r, struct sk_buf *content)
{
	struct sk_pdf_val ref = {.kind = SK_PDF_REF, .i = in->num}, form;
	double s[4];

	x->in_field = true;
	bool good =
	    placement(x, &in->val, rect, s) && sk_pdf_role(x, &ref, SK_PDF_ROLE_FORM, &form);
	x->in_field = false;
	if (!good)
		return false;
	uint32_t index = sk_pdf_resource_add(x, r, SK_PDF_RES_XOBJECT, form);
	double m[6] = {s[0], 0, 0, s[1], s[2], s[3]};
	sk_pdf_called(r, SK_PDF_RES_XOBJECT, index, s[0] * s[1]);
	sk_buf_puts(content, "q\n");
	put_numbers(content, m, 6);
	sk_buf_printf(content, "cm\n/R%u Do\nQ\n", index);
	return true;
}

/* A key of the field or of one above it. */
static const struct sk_pdf_val *inherited(
    struct sk_pdf *x, const struct sk_pdf_val *v, const char *key)
{
	for (int i = 0; v && i < 16; i++) {
		const struct sk_pdf_val *own = sk_pdf_get(x, v, key);
		if (own)
			return own;
		v = sk_pdf_get_kind(x, v, "Parent", SK_PDF_DICT);
	}
	return NULL;
}

/* A text string as UTF-16BE; line ends become line feeds, other controls go. */
static void wide_text(const struct sk_pdf_val *v, struct sk_buf *out)
{
	bool wide = v->n >= 2 && v->s[0] == 0xfe && v->s[1] == 0xff;

	for (uint32_t i = wide ? 2 : 0; i + wide < v->n; i += wide ? 2 : 1) {
		unsigned c = wide ? (unsigned)(v->s[i] << 8 | v->s[i + 1]) : v->s[i];
		if (c == '\r')
			c = '\n';
		if (c >= ' ' || c == '\n')
			sk_buf_put_u16be(out, (uint16_t)c);
	}
}

/* Does WinAnsi have all of it? */
static bool is_latin(const struct sk_buf *b)
{
	for (size_t i = 0; i + 1 < b->len; i += 2)
		if (b->p[i] || (b->p[i + 1] > 126 && b->p[i + 1] < 161))
			return false;
	return true;
}

static double font_size(struct sk_pdf *x, const struct sk_pdf_val *da, double height)
{
	struct sk_pdf_lex l;
	struct sk_pdf_val v = {0};
	double size = 0, last = 0;

	if (da && da->kind == SK_PDF_STRING) {
		sk_pdf_lex_init(&l, sk_slice(da->s, da->n));
		while (sk_pdf_next(&l) != SK_PDF_T_END) {
			if (l.kind == SK_PDF_T_WORD && sk_slice_is(l.text, "Tf"))
				size = last;
			else if ((l.kind == SK_PDF_T_INT || l.kind == SK_PDF_T_REAL) &&
				 sk_pdf_parse(x, &l, &v))
				sk_pdf_number(&v, &last);
		}
	}
	if (size <= 0 || size > 300)
		size = fmin(12, height * 0.7);
	return size;
}

static struct sk_pdf_out *helvetica(struct sk_pdf *x)
{
	struct sk_pdf_val v = sk_pdf_vdict();

	sk_pdf_put(x, &v, "Type", sk_pdf_vname("Font"));
	sk_pdf_put(x, &v, "Subtype", sk_pdf_vname("Type1"));
	sk_pdf_put(x, &v, "BaseFont", sk_pdf_vname("Helvetica"));
	sk_pdf_put(x, &v, "Encoding", sk_pdf_vname("WinAnsiEncoding"));
	return sk_pdf_new(x, v);
}

static struct sk_pdf_val string_of(const char *s)
{
	return (struct sk_pdf_val){
	    .kind = SK_PDF_STRING, .n = (uint32_t)strlen(s), .s = (const uint8_t *)s};
}

static struct sk_pdf_val gothic_widths(struct sk_pdf *x)
{
	static const int numbers[] = {1, 94, 500, 231, 632, 500}; /* Latin and half-width forms */
	struct sk_pdf_val w = sk_pdf_varray();

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sk_pdf_push(x, &w, sk_pdf_vint(numbers[i]));
	return w;
}

/* A Japanese font that readers have of their own; its codes are UTF-16. */
static struct sk_pdf_out *gothic(struct sk_pdf *x)
{
	struct sk_pdf_val v = sk_pdf_vdict(), cid = sk_pdf_vdict(), d = sk_pdf_vdict();
	struct sk_pdf_val system = sk_pdf_vdict(), list = sk_pdf_varray();

	sk_pdf_put(x, &d, "Type", sk_pdf_vname("FontDescriptor"));
	sk_pdf_put(x, &d, "FontName", sk_pdf_vname("HeiseiKakuGo-W5"));
	sk_pdf_put(x, &d, "Flags", sk_pdf_vint(4));
	struct sk_pdf_out *descriptor = sk_pdf_new(x, d);
	sk_pdf_put(x, &system, "Registry", string_of("Adobe"));
	sk_pdf_put(x, &system, "Ordering", string_of("Japan1"));
	sk_pdf_put(x, &system, "Supplement", sk_pdf_vint(4));
	sk_pdf_put(x, &cid, "Type", sk_pdf_vname("Font"));
	sk_pdf_put(x, &cid, "Subtype", sk_pdf_vname("CIDFontType0"));
	sk_pdf_put(x, &cid, "BaseFont", sk_pdf_vname("HeiseiKakuGo-W5"));
	sk_pdf_put(x, &cid, "CIDSystemInfo", system);
	sk_pdf_put(x, &cid, "W", gothic_widths(x));
	sk_pdf_put(x, &cid, "FontDescriptor", sk_pdf_vout(descriptor));
	struct sk_pdf_out *descendant = sk_pdf_new(x, cid);
	sk_pdf_push(x, &list, sk_pdf_vout(descendant));
	sk_pdf_put(x, &v, "Type", sk_pdf_vname("Font"));
	sk_pdf_put(x, &v, "Subtype", sk_pdf_vname("Type0"));
	sk_pdf_put(x, &v, "BaseFont", sk_pdf_vname("HeiseiKakuGo-W5-UniJIS-UTF16-H"));
	sk_pdf_put(x, &v, "Encoding", sk_pdf_vname("UniJIS-UTF16-H"));
	sk_pdf_put(x, &v, "DescendantFonts", list);
	return descriptor && descendant ? sk_pdf_new(x, v) : NULL;
}

/* One line as a string operand: UTF-16, or its low bytes where Latin is enough. */
static void put_line(struct sk_buf *content, struct sk_slice line, bool latin)
{
	struct sk_buf b = SK_BUF(65536);

	for (size_t i = 0; latin && i + 1 < line.n; i += 2)
		sk_buf_putc(&b, line.p[i + 1]);
	sk_pdf_print_string(content, latin ? sk_buf_slice(&b) : line);
	sk_buf_puts(content, "Tj\n");
	sk_buf_free(&b);
}

/*
 * Lines from the top of the rectangle down; a single one in its middle. Those that it does not hold are there
 * too, outside of the clipping path: they are the field's text, which a reader of the form could scroll to.
 */
static void put_lines(const struct sk_buf *text, const double rect[4], double size, bool latin,
    struct sk_buf *content)
{
	double low = fmin(rect[1], rect[3]), h = fabs(rect[3] - rect[1]), step = -size * 1.2;
	struct sk_slice all = sk_buf_slice(text);
	bool several = false;

	for (size_t i = 0; i + 1 < all.n; i += 2)
		several |= all.p[i] == 0 && all.p[i + 1] == '\n';
	double at[2] = {fmin(rect[0], rect[2]) + 2,
	    several ? low + h - size : low + fmax((h - size) / 2, 0) + size * 0.2};
	put_numbers(content, at, 2);
	sk_buf_puts(content, "Td\n");
	for (size_t from = 0, i = 0; i <= all.n; i += 2) {
		bool end = i + 1 >= all.n;
		if (!end && (all.p[i] || all.p[i + 1] != '\n'))
			continue;
		put_line(content, sk_slice_sub(all, from, i - from), latin);
		from = i + 2;
		if (!end) {
			double move[2] = {0, step};
			put_numbers(content, move, 2);
			sk_buf_puts(content, "Td\n");
		}
	}
}

/* What the field shows: its value, or the choices of a list. */
static void shown_text(struct sk_pdf *x, const struct sk_pdf_val *v, struct sk_buf *text)
{
	enum { COMBO = 1 << 17, MAX_CHOICES = 200 };
	const struct sk_pdf_val *type = inherited(x, v, "FT"), *value = inherited(x, v, "V");
	const struct sk_pdf_val *opt = inherited(x, v, "Opt"), *flags = inherited(x, v, "Ff");
	bool combo = flags && flags->kind == SK_PDF_INT && (flags->i & COMBO);

	if (sk_pdf_is(type, "Ch") && !combo && opt && opt->kind == SK_PDF_ARRAY) {
		for (uint32_t i = 0; i < opt->n && i < MAX_CHOICES; i++) {
			const struct sk_pdf_val *o = sk_pdf_at(x, opt, i);
			if (o && o->kind == SK_PDF_ARRAY)
				o = sk_pdf_at(x, o, 1);
			if (text->len)
				sk_buf_put_u16be(text, '\n');
			if (o && o->kind == SK_PDF_STRING)
				wide_text(o, text);
		}
	} else if ((sk_pdf_is(type, "Tx") || sk_pdf_is(type, "Ch")) && value &&
		   value->kind == SK_PDF_STRING) {
		wide_text(value, text);
	}
}

static void clip(const double rect[4], struct sk_buf *content)
{
	double box[4] = {fmin(rect[0], rect[2]), fmin(rect[1], rect[3]), fabs(rect[2] - rect[0]),
	    fabs(rect[3] - rect[1])};

	put_numbers(content, box, 4);
	sk_buf_puts(content, "re\nW\nn\n");
}

static bool draw_value(struct sk_pdf *x, const struct sk_pdf_val *v, const double rect[4],
    struct sk_pdf_resources *r, struct sk_buf *content)
{
	struct sk_buf text = SK_BUF(65534);

	shown_text(x, v, &text);
	if (text.len == 0 || text.err) {
		sk_buf_free(&text);
		return false;
	}
	bool latin = is_latin(&text);
	struct sk_pdf_out **font = latin ? &x->helvetica : &x->gothic;
	if (*font == NULL)
		*font = latin ? helvetica(x) : gothic(x);
	double size = font_size(x, inherited(x, v, "DA"), fabs(rect[3] - rect[1]));
	if (*font) {
		sk_buf_puts(content, "q\n");
		clip(rect, content);
		sk_buf_printf(content, "BT\n/R%u ",
		    sk_pdf_resource_add(x, r, SK_PDF_RES_FONT, sk_pdf_vout(*font)));
		put_numbers(content, &size, 1);
		sk_buf_puts(content, "Tf\n");
		put_lines(&text, rect, size, latin, content);
		sk_buf_puts(content, "ET\nQ\n");
	}
	sk_buf_free(&text);
	return true;
}

void sk_pdf_widget(struct sk_pdf *x, const struct sk_pdf_val *annot, struct sk_pdf_resources *r,
    struct sk_buf *content)
{
	struct sk_pdf_in *in = sk_pdf_appearance(x, annot);
	double rect[4];

	if (!sk_pdf_numbers(x, sk_pdf_get(x, annot, "Rect"), rect, 4) || rect[0] == rect[2] ||
	    rect[1] == rect[3])
		return;
	x->widget_resources = inherited(x, annot, "DR");
	if (x->need_appearances && draw_value(x, annot, rect, r, content))
		return;
	if (in == NULL || !draw_form(x, in, rect, r, content))
		draw_value(x, annot, rect, r, content);
}
