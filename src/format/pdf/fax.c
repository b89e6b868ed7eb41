/*
 * Fax data (ITU-T T.4 and T.6; ISO 32000-1, 7.4.6) to rows of bits: one- and two-dimensional and mixed
 * coding, with or without end-of-line codes, rows on byte boundaries or not. Broken rows are read as readers
 * do, whatever DamagedRowsBeforeError says: with end-of-line codes the row above stands for them, without
 * the rest of the picture stays white. Cleaner's jail.
 */
#include "format/pdf/pdf.h"

#include "format/image/g4.h"

enum { LOOK = 13, BAD = -1, EOL_ZEROS = 11, RTC = 6 };

struct fax {
	struct sk_slice in;
	uint64_t bit, end; /* position and length in bits */
	int64_t k;         /* below 0: T.6; 0: T.4; above: T.4 with two-dimensional rows */
	bool align, eol, damaged;
	uint32_t columns;
	uint32_t *ref,
	    *cur; /* where rows change colour, ended by `columns` thrice; even ones to black */
	size_t ncur;
	uint16_t *codes[2]; /* by the next 13 bits: length << 8 | number of the code, or 0 */
};

/* --- bits and codes --- */

/* The next n bits, at most 24; zeros behind the end. */
static uint32_t look(const struct fax *f, unsigned n)
{
	uint64_t at = f->bit / 8;
	uint32_t v = 0;

	for (unsigned i = 0; i < 4; i++)
		v = v << 8 | (at + i < f->in.n ? f->in.p[at + i] : 0U);
	return v << (f->bit % 8) >> (32 - n);
}

static void fill_codes(uint16_t *to, const struct sk_fax_code *codes, unsigned n, unsigned first)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned free = LOOK - codes[i].length;
		for (unsigned k = 0; k < 1U << free; k++)
			to[((unsigned)codes[i].bits << free) + k] =
			    (uint16_t)(codes[i].length << 8 | (first + i));
	}
}

static bool make_codes(struct sk_pdf *x, struct fax *f)
{
	for (int colour = 0; colour < 2; colour++) {
		uint16_t *to = sk_arena_array(x->tmp, 1 << LOOK, sizeof(*to));
		if (to == NULL)
			return sk_pdf_fatal(x, SK_ENOMEM);
		fill_codes(to, colour ? sk_fax_black : sk_fax_white, SK_FAX_CODES, 0);
		fill_codes(to, sk_fax_long, SK_FAX_LONG, SK_FAX_CODES);
		f->codes[colour] = to;
	}
	return true;
}

/* Length of a run of one colour, or BAD. */
static int64_t read_run(struct fax *f, bool black)
{
	int64_t n = 0;

	for (;;) {
		unsigned e = f->codes[black][look(f, LOOK)], code = e & 0xff;
		if (e == 0 || f->bit >= f->end || n > f->columns)
			return BAD;
		f->bit += e >> 8;
		if (code < 64)
			return n + code;
		n += code < SK_FAX_CODES ? (code - 63) * 64 : 1792 + (code - SK_FAX_CODES) * 64;
	}
}

/* --- rows --- */

/* The colour changes here; where it has just changed, that was a run of nothing. */
static void change(struct fax *f, int64_t at)
{
	if (at >= f->columns)
		return;
	if (f->ncur && f->cur[f->ncur - 1] == at)
		f->ncur--;
	else
		f->cur[f->ncur++] = (uint32_t)at;
}

static bool read_1d(struct fax *f)
{
	bool black = false;

	for (int64_t a0 = 0; a0 < f->columns; black = !black) {
		int64_t run = read_run(f, black);
		if (run == BAD)
			return false;
		a0 += run;
		change(f, a0);
	}
	return true;
}

/* Modes of table 1 of T.6: how far a1 is from b1, or these. */
enum { PASS = 10, HORIZONTAL };

static int read_mode(struct fax *f)
{
	static const struct {
		uint8_t bits, length;
		int8_t mode;
	} modes[] = {{1, 1, 0}, {3, 3, 1}, {2, 3, -1}, {1, 3, HORIZONTAL}, {1, 4, PASS}, {3, 6, 2},
	    {2, 6, -2}, {3, 7, 3}, {2, 7, -3}};
	uint32_t v = look(f, 7);

	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		if (v >> (7 - modes[i].length) != modes[i].bits)
			continue;
		f->bit += modes[i].length;
		return f->bit <= f->end ? modes[i].mode : INT8_MIN;
	}
	return INT8_MIN;
}

static bool read_horizontal(struct fax *f, bool black, int64_t *a0)
{
	int64_t first = read_run(f, black), second = first == BAD ? BAD : read_run(f, !black);

	if (second == BAD)
		return false;
	*a0 = *a0 < 0 ? 0 : *a0;
	change(f, *a0 + first);
	change(f, *a0 + first + second);
	*a0 += first + second;
	return true;
}

static bool read_2d(struct fax *f)
{
	int64_t a0 = -1;
	bool black = false;

	for (size_t r = 0; a0 < f->columns;) {
		/* b1: the first change above that is right of a0 and to the other colour */
		while (r > 0 && f->ref[r - 1] > a0)
			r--;
		while (f->ref[r] < f->columns && (f->ref[r] <= a0 || (r & 1) != black))
			r++;
		int mode = read_mode(f);
		int64_t b1 = f->ref[r], b2 = b1 < f->columns ? f->ref[r + 1] : b1;
		if (mode == PASS) {
			a0 = b2;
		} else if (mode == HORIZONTAL) {
			if (!read_horizontal(f, black, &a0))
				return false;
		} else {
			if (mode == INT8_MIN || b1 + mode < 0 || b1 + mode < a0)
				return false;
			a0 = b1 + mode;
			change(f, a0);
			black = !black;
		}
	}
	return true;
}

/* End-of-line codes that stand here, fill bits included: how many; what follows them is next. */
static unsigned skip_eols(struct fax *f)
{
	unsigned n = 0;

	while (n < RTC) {
		uint64_t at = f->bit, zeros = 0;
		for (; f->bit < f->end && look(f, 1) == 0; f->bit++)
			zeros++;
		if (zeros < EOL_ZEROS || f->bit >= f->end) {
			f->bit = at;
			break;
		}
		f->bit++;
		n++;
		if (f->k > 0 && n < RTC &&
		    look(f, 13) == 1U + (1U << 12)) /* the tag of a RTC's EOL */
			f->bit++;
	}
	return n;
}

/* To the next end-of-line code; false: there is none. */
static bool resync(struct fax *f)
{
	uint64_t zeros = 0;

	for (; f->bit < f->end; f->bit++) {
		if (look(f, 1) && zeros >= EOL_ZEROS) {
			f->bit -= zeros;
			return true;
		}
		zeros = look(f, 1) ? 0 : zeros + 1;
	}
	return false;
}

static void end_row(struct fax *f)
{
	uint32_t *swap = f->ref;

	f->cur[f->ncur] = f->cur[f->ncur + 1] = f->cur[f->ncur + 2] = f->columns;
	f->ref = f->cur;
	f->cur = swap;
}

static void to_byte(struct fax *f)
{
	f->bit = (f->bit + 7) / 8 * 8;
}

/* The next row becomes f->ref; false: there is none. */
static bool read_row(struct fax *f)
{
	if (f->align && !f->eol) /* else the fill bits belong to the end-of-line code */
		to_byte(f);
	unsigned eols = skip_eols(f);
	f->eol |= eols > 0;
	if (eols > 1 || (eols && f->k < 0) || f->bit >= f->end) /* the end of the block */
		return false;
	if (f->align && eols == 0)
		to_byte(f);
	bool flat = f->k == 0;
	if (f->k > 0) {
		flat = look(f, 1) == 1;
		f->bit++;
	}
	f->ncur = 0;
	if (flat ? read_1d(f) : read_2d(f)) {
		end_row(f);
		return true;
	}
	f->damaged = true;
	return f->k >= 0 && f->eol && resync(f);
}

/* --- the picture --- */

static void set_bits(uint8_t *row, uint32_t from, uint32_t to)
{
	for (; from < to && from % 8; from++)
		row[from / 8] |= (uint8_t)(0x80U >> from % 8);
	memset(row + from / 8, 0xff, (to - from) / 8);
	for (from += (to - from) / 8 * 8; from < to; from++)
		row[from / 8] |= (uint8_t)(0x80U >> from % 8);
}

static void draw_row(const struct fax *f, uint8_t *row)
{
	for (size_t i = 0; f->ref[i] < f->columns; i += 2)
		set_bits(row, f->ref[i], f->ref[i + 1]);
}

static bool truth(struct sk_pdf *x, const struct sk_pdf_val *parms, const char *key)
{
	const struct sk_pdf_val *v = sk_pdf_get_kind(x, parms, key, SK_PDF_BOOL);

	return v && v->i;
}

static bool start(
    struct sk_pdf *x, struct fax *f, struct sk_slice in, const struct sk_pdf_val *parms)
{
	int64_t columns = sk_pdf_int(x, parms, "Columns", 1728);

	*f = (struct fax){.in = in,
	    .end = (uint64_t)in.n * 8,
	    .k = sk_pdf_int(x, parms, "K", 0),
	    .align = truth(x, parms, "EncodedByteAlign"),
	    .eol = truth(x, parms, "EndOfLine")};
	if (columns < 1 || columns > SK_LIMIT_SIDE)
		return false;
	f->columns = (uint32_t)columns;
	f->ref = sk_arena_array(x->tmp, f->columns + 4, sizeof(*f->ref));
	f->cur = sk_arena_array(x->tmp, f->columns + 4, sizeof(*f->cur));
	if (f->ref == NULL || f->cur == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	f->ref[0] = f->ref[1] = f->ref[2] = f->columns;
	return make_codes(x, f);
}

/*
 * The filter gives rows of `Columns`, the image reads rows of its Width out of these bytes: where the two
 * differ by whole bytes, rows do not begin where rows begin.
 */
bool sk_pdf_ccitt(struct sk_pdf *x, struct sk_slice in, const struct sk_pdf_val *parms, uint32_t w,
    uint32_t h, struct sk_slice *bits)
{
	struct fax f;

	if (!start(x, &f, in, parms))
		return false;
	size_t row = (f.columns + 7U) / 8, need = (w + 7U) / 8 * (size_t)h;
	size_t rows = (need + row - 1) / row;
	int64_t said = sk_pdf_int(x, parms, "Rows", 0);
	const struct sk_pdf_val *block = sk_pdf_get_kind(x, parms, "EndOfBlock", SK_PDF_BOOL);
	if (block && !block->i && said > 0 && (uint64_t)said < rows)
		rows = (size_t)said;
	uint8_t *out = sk_arena_array(x->tmp, need / row + 1, row);
	if (out == NULL)
		return sk_pdf_fatal(x, SK_ENOMEM);
	for (size_t y = 0; y < rows && read_row(&f); y++)
		draw_row(&f, out + y * row);
	if (f.damaged)
		sk_pdf_removed(x, SK_PDF_DAMAGED);
	for (size_t i = 0; truth(x, parms, "BlackIs1") && i < need; i++)
		out[i] = (uint8_t)~out[i];
	*bits = sk_slice(out, need);
	return true;
}
