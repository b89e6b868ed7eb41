/*
 * Form fields and other annotations that do not stay: what they show becomes part of the page. Where a
 * text field has a value but no appearance, a plain line of text is drawn. Cleaner's jail.
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

/* The value in WinAnsi as far as that goes; false when nothing is left. */
static bool plain_text(const struct sk_pdf_val *v, struct sk_buf *out)
{
	bool wide = v->n >= 2 && v->s[0] == 0xfe && v->s[1] == 0xff;

	for (uint32_t i = wide ? 2 : 0; i + wide < v->n; i += wide ? 2 : 1) {
		unsigned c = wide ? (unsigned)(v->s[i] << 8 | v->s[i + 1]) : v->s[i];
		if (c >= ' ' && c < 256 && (c < 127 || c > 160))
			sk_buf_putc(out, (uint8_t)c);
		else if (c == '\n' || c == '\r')
			sk_buf_putc(out, ' ');
		else
			return false;
	}
	return out->len > 0 && out->err == 0;
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

	if (x->helvetica)
		return x->helvetica;
	sk_pdf_put(x, &v, "Type", sk_pdf_vname("Font"));
	sk_pdf_put(x, &v, "Subtype", sk_pdf_vname("Type1"));
	sk_pdf_put(x, &v, "BaseFont", sk_pdf_vname("Helvetica"));
	sk_pdf_put(x, &v, "Encoding", sk_pdf_vname("WinAnsiEncoding"));
	return x->helvetica = sk_pdf_new(x, v);
}

static void draw_value(struct sk_pdf *x, const struct sk_pdf_val *v, const double rect[4],
    struct sk_pdf_resources *r, struct sk_buf *content)
{
	const struct sk_pdf_val *type = inherited(x, v, "FT"), *value = inherited(x, v, "V");
	struct sk_buf text = SK_BUF(65535);
	double h = fabs(rect[3] - rect[1]);

	if (value == NULL || value->kind != SK_PDF_STRING ||
	    !(sk_pdf_is(type, "Tx") || sk_pdf_is(type, "Ch")) || !plain_text(value, &text)) {
		sk_buf_free(&text);
		return;
	}
	struct sk_pdf_out *font = helvetica(x);
	double size = font_size(x, inherited(x, v, "DA"), h);
	double at[2] = {fmin(rect[0], rect[2]) + 2,
	    fmin(rect[1], rect[3]) + fmax((h - size) / 2, 0) + size * 0.2};
	if (font) {
		sk_buf_printf(content, "q\nBT\n/R%u ",
		    sk_pdf_resource_add(x, r, SK_PDF_RES_FONT, sk_pdf_vout(font)));
		put_numbers(content, &size, 1);
		sk_buf_puts(content, "Tf\n");
		put_numbers(content, at, 2);
		sk_buf_puts(content, "Td\n");
		sk_pdf_print_string(content, sk_buf_slice(&text));
		sk_buf_puts(content, "Tj\nET\nQ\n");
	}
	sk_buf_free(&text);
}

void sk_pdf_widget(struct sk_pdf *x, const struct sk_pdf_val *annot, struct sk_pdf_resources *r,
    struct sk_buf *content)
{
	struct sk_pdf_in *in = sk_pdf_appearance(x, annot);
	double rect[4];

	if (!sk_pdf_numbers(x, sk_pdf_get(x, annot, "Rect"), rect, 4) || rect[0] == rect[2] ||
	    rect[1] == rect[3])
		return;
	if (in == NULL || !draw_form(x, in, rect, r, content))
		draw_value(x, annot, rect, r, content);
}
