/* Small fonts with all that a rebuild must understand or drop. Test programs only. */
#ifndef SK_FORMAT_FONT_SAMPLE_H
#define SK_FORMAT_FONT_SAMPLE_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * TrueType: .notdef, a square with instructions, an empty glyph, a composite of the square; cmap (1,0) and (3,0); post 2;
 * fpgm, name and a table of unknown purpose, each with the word SECRET in it.
 */
struct sample_glyf {
	const char *square; /* bytes of glyph 1 instead of the usual; NULL */
	size_t square_n;
	unsigned component; /* what glyph 3 is made of; 0: the square */
	bool bare;          /* without cmap and post */
};
void sample_truetype(const struct sample_glyf *how, struct sk_buf *out);

/* Bare CFF: .notdef, A, a name of its own; hints, subroutines, flex; `glyph` replaces the charstring of A. */
void sample_cff(struct sk_slice glyph, struct sk_buf *out);
/* The same with these local subroutines. */
void sample_cff_subrs(
    struct sk_slice glyph, const struct sk_slice *subrs, unsigned n, struct sk_buf *out);

/* Type 1, binary or hexadecimal: .notdef, A, B, Aacute (seac); flex, hint replacement, div. */
void sample_type1(bool hex, struct sk_slice a, struct sk_buf *out);

#endif
