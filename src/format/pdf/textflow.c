/*
 * A page's lines as plain text. The renderer ends a line at every wide gap and gives each character of vertical
 * writing a line of its own where the font is not made for it: what stands in one row is joined by tab stops,
 * as the cells of a table are, and what stands in one column, character below character, becomes one line.
 * Cleaner's jail.
 */
#include "format/pdf/flatten.h"

#include <math.h>

#include "base/utf8.h"

/* In parts of the font's size. */
static const float SAME = 0.4F; /* places that are meant to be the same */
static const float PITCH =
    1.12F; /* from one character to the one below; lines of text are further apart */
static const float SPACE = 0.15F, TAB = 0.8F; /* gaps in a row */
enum { CJK = 0x2E80, SHORT = 3 }; /* first code point of CJK scripts; digits set across a column */

static unsigned characters(struct sk_slice s, uint32_t *first)
{
	unsigned n = 0;
	size_t at = 0;
	int32_t c = sk_utf8_next(s, &at);

	for (size_t i = 0; i < s.n; i++)
		n += (s.p[i] & 0xC0) != 0x80;
	*first = c < 0 ? 0 : (uint32_t)c;
	return n;
}

/* One character of a script that is written from top to bottom too. */
static bool upright(const struct sk_text_line *l)
{
	uint32_t c;

	return characters(l->text, &c) == 1 && c >= CJK;
}

static bool below(const struct sk_text_line *a, const struct sk_text_line *b)
{
	float size = fmaxf(a->size, b->size), dx = a->x + a->width / 2 - b->x - b->width / 2;
	float dy = b->y - a->y;
	uint32_t c;

	if (fabsf(dx) > size * SAME)
		return false;
	if (upright(a) && upright(b))
		return dy > size * SAME && dy < size * PITCH;
	/* digits or a few letters across the column: their box says little about where they stand */
	return characters(a->text, &c) <= SHORT && characters(b->text, &c) <= SHORT &&
	       (upright(a) || upright(b)) && fabsf(dy) < 2 * size;
}

/* Two characters of a column, one below the other. */
static bool pair(const struct sk_page_text *t, size_t i)
{
	return i + 1 < t->nlines && upright(&t->lines[i]) && upright(&t->lines[i + 1]) &&
	       below(&t->lines[i], &t->lines[i + 1]);
}

/* How many lines from i on are one column: 1 when they are none. Digits may stand at its head. */
static size_t column(const struct sk_page_text *t, size_t i)
{
	size_t n = 1;

	if (!pair(t, i) && !(pair(t, i + 1) && below(&t->lines[i], &t->lines[i + 1])))
		return 1;
	while (i + n < t->nlines && below(&t->lines[i + n - 1], &t->lines[i + n]))
		n++;
	return n;
}

/* What to put between two lines. */
static const char *between(const struct sk_text_line *a, const struct sk_text_line *b)
{
	float size = fmaxf(a->size, b->size), gap = b->x - a->x - a->width;
	float top = fabsf(a->y - b->y), bottom = fabsf(a->y + a->height - b->y - b->height);
	bool tall = a->height > 3.5F * a->size || b->height > 3.5F * b->size;

	if (tall || gap < -SAME * size || fminf(top, bottom) > SAME * size)
		return "\n";
	return gap > TAB * size ? "\t" : gap > SPACE * size ? " " : "";
}

static void put_line(struct sk_slice s, struct sk_buf *out)
{
	for (size_t k = 0; k < s.n; k++)
		(void)sk_buf_putc(out, s.p[k] == '\n' || s.p[k] == '\r' ? ' ' : s.p[k]);
}

void sk_pdf_put_text(const struct sk_page_text *t, struct sk_buf *out)
{
	for (size_t i = 0; i < t->nlines;) {
		size_t n = column(t, i);
		for (size_t k = 0; k < n; k++)
			put_line(t->lines[i + k].text, out);
		i += n;
		bool alone = n > 1 || i >= t->nlines;
		(void)sk_buf_puts(out, alone ? "\n" : between(&t->lines[i - 1], &t->lines[i]));
	}
}
