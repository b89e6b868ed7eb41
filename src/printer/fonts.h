/*
 * The two faces of Noto Sans CJK JP that paper is printed with: found by fontconfig when the printer begins, then held in memory, so
 * that it needs no file any more when it reads what others wrote. The printer.
 */
#ifndef SK_PRINTER_FONTS_H
#define SK_PRINTER_FONTS_H

#include <cairo.h>

#include "base/slice.h"

enum { SK_FONT_PLAIN, SK_FONT_BOLD, SK_FONTS };

struct sk_fonts {
	struct sk_slice file[SK_FONTS]; /* mapped */
	cairo_font_face_t *face[SK_FONTS];
	void *library; /* FT_Library */
	void *ft[SK_FONTS];
};

/* SK_ENOENTRY: no face with Japanese signs is there. */
int sk_fonts_open(struct sk_fonts *f);
void sk_fonts_close(struct sk_fonts *f);

#endif
