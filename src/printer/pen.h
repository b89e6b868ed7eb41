/* Text on pages, from the top down. Only src/printer looks in here. */
#ifndef SK_PRINTER_PEN_H
#define SK_PRINTER_PEN_H

#include <cairo.h>

#include "base/buf.h"
#include "printer/fonts.h"

#define SK_PAGE_WIDTH 595.28 /* points: A4 */
#define SK_PAGE_HEIGHT 841.89
#define SK_PAGE_EDGE 48.0

struct sk_pen {
	cairo_t *c;
	cairo_surface_t *surface;
	const struct sk_fonts *fonts;
	double y;
	unsigned page;
	char foot[160]; /* stands below each page */
};

int sk_pen_open(struct sk_pen *p, const struct sk_fonts *fonts, struct sk_buf *out);
/* All that was drawn is in `out`. */
int sk_pen_close(struct sk_pen *p);
/* So much fits below, or a new page begins. */
void sk_pen_need(struct sk_pen *p, double height);
/* One line with its base at y; nothing moves. */
void sk_pen_at(struct sk_pen *p, int font, double size, double x, double y, const char *text);
/* As many lines as it takes from x to x + width; the first has its base at y. Returns the number of lines; draws unless `dry`. */
unsigned sk_pen_wrap(struct sk_pen *p, int font, double size, double x, double y, double width,
    const char *text, bool dry);
void sk_pen_rule(struct sk_pen *p);
/* A QR code of these bytes, its sides so long, with its quiet zone. */
int sk_pen_code(struct sk_pen *p, struct sk_slice bytes, double x, double y, double side);

#endif
