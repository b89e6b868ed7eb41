/* Rendered pages and their text, as they travel between jails. Every process. */
#ifndef SK_BASE_PAGE_H
#define SK_BASE_PAGE_H

#include "base/slice.h"

/* 8-bit pixels, rows top to bottom without padding: 1 (grey), 3 (RGB) or 4 (RGBA, not premultiplied). */
struct sk_pixmap {
	uint32_t width, height;
	unsigned channels;
	uint8_t
	    *data; /* width × height × channels bytes; who owns it says the function that made it */
};

/* One line of text on a page: its box in points from the upper left corner, UTF-8. */
struct sk_text_line {
	float x, y, width, height, size; /* size: font size in points */
	struct sk_slice text;
};

struct sk_page_text {
	float width, height; /* of the page in points, rotation applied */
	size_t nlines;
	struct sk_text_line *lines; /* reading order */
};

#endif
