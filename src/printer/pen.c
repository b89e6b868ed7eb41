/* Drawing: pen.h. */
#include "printer/pen.h"

#include <cairo-pdf.h>
#include <math.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

#define LEADING 1.45
#define QUIET 4 /* modules around a QR code: ISO/IEC 18004 */

static cairo_status_t put(void *ctx, const unsigned char *p, unsigned n)
{
	return sk_buf_put(ctx, p, n) ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

int sk_pen_open(struct sk_pen *p, const struct sk_fonts *fonts, struct sk_buf *out)
{
	*p = (struct sk_pen){.fonts = fonts, .y = SK_PAGE_EDGE, .page = 1};
	p->surface = cairo_pdf_surface_create_for_stream(put, out, SK_PAGE_WIDTH, SK_PAGE_HEIGHT);
	p->c = cairo_create(p->surface);
	return cairo_status(p->c) ? SK_ENOMEM : 0;
}

static void end_page(struct sk_pen *p)
{
	char text[sizeof(p->foot) + 16];

	snprintf(text, sizeof(text), "%s  -  %u", p->foot, p->page);
	sk_pen_at(p, SK_FONT_PLAIN, 7, SK_PAGE_EDGE, SK_PAGE_HEIGHT - 28, text);
	cairo_show_page(p->c);
}

int sk_pen_close(struct sk_pen *p)
{
	cairo_status_t status;

	end_page(p);
	cairo_surface_finish(p->surface);
	status = cairo_status(p->c);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(p->surface);
	cairo_destroy(p->c);
	cairo_surface_destroy(p->surface);
	return status == CAIRO_STATUS_SUCCESS       ? 0
	       : status == CAIRO_STATUS_WRITE_ERROR ? SK_ELIMIT
						    : SK_ENOMEM;
}

void sk_pen_need(struct sk_pen *p, double height)
{
	if (p->y + height <= SK_PAGE_HEIGHT - SK_PAGE_EDGE)
		return;
	end_page(p);
	p->page++;
	p->y = SK_PAGE_EDGE;
}

static void set_font(struct sk_pen *p, int font, double size)
{
	cairo_set_font_face(p->c, p->fonts->face[font]);
	cairo_set_font_size(p->c, size);
	cairo_set_source_rgb(p->c, 0, 0, 0);
}

void sk_pen_at(struct sk_pen *p, int font, double size, double x, double y, const char *text)
{
	set_font(p, font, size);
	cairo_move_to(p->c, x, y);
	cairo_show_text(p->c, text);
}

static double width_of(struct sk_pen *p, const char *text)
{
	cairo_text_extents_t e;

	cairo_text_extents(p->c, text, &e);
	return e.x_advance;
}

/* Lines break between any two signs: Japanese, hashes and file names have few spaces. */
unsigned sk_pen_wrap(struct sk_pen *p, int font, double size, double x, double y, double width,
    const char *text, bool dry)
{
	struct sk_slice s = sk_slice_str(text);
	char line[1024], sign[8];
	size_t at = 0, n = 0;
	unsigned lines = 1;
	double w = 0;

	set_font(p, font, size);
	while (at < s.n) {
		size_t from = at;
		if (sk_utf8_next(s, &at) < 0)
			break;
		snprintf(sign, sizeof(sign), "%.*s", (int)(at - from), text + from);
		double more = width_of(p, sign);
		if (n && (w + more > width || n + sizeof(sign) > sizeof(line))) {
			line[n] = '\0';
			if (!dry)
				sk_pen_at(p, font, size, x, y + (lines - 1) * size * LEADING, line);
			lines++;
			n = 0;
			w = 0;
		}
		memcpy(line + n, sign, at - from);
		n += at - from;
		w += more;
	}
	line[n] = '\0';
	if (!dry)
		sk_pen_at(p, font, size, x, y + (lines - 1) * size * LEADING, line);
	return lines;
}

void sk_pen_rule(struct sk_pen *p)
{
	cairo_set_line_width(p->c, 0.5);
	cairo_move_to(p->c, SK_PAGE_EDGE, p->y);
	cairo_line_to(p->c, SK_PAGE_WIDTH - SK_PAGE_EDGE, p->y);
	cairo_stroke(p->c);
}

int sk_pen_code(struct sk_pen *p, struct sk_slice bytes, double x, double y, double side)
{
	QRcode *q = QRcode_encodeData((int)bytes.n, bytes.p, 0, QR_ECLEVEL_M);

	if (q == NULL)
		return SK_ENOMEM;
	double module = side / (q->width + 2 * QUIET);
	cairo_set_source_rgb(p->c, 0, 0, 0);
	for (int row = 0; row < q->width; row++)
		for (int col = 0; col < q->width; col++)
			if (q->data[row * q->width + col] & 1)
				cairo_rectangle(p->c, x + (col + QUIET) * module,
				    y + (row + QUIET) * module, module, module);
	cairo_fill(p->c);
	QRcode_free(q);
	return 0;
}
