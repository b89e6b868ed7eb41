/*
 * A cleaned TIFF (TIFF 6.0): pages one behind the other, each a directory, its long values and its
 * strips, without gaps; tags, types and values as doc/profiles/image.md lists them. Verifier's
 * jail.
 */
#include "verify/image/g4.h"
#include "verify/image/image.h"

enum type { SHORT = 3, LONG = 4, RATIONAL = 5, UNDEFINED = 7 };

enum tag {
	WIDTH,
	HEIGHT,
	BITS,
	COMPRESSION,
	PHOTOMETRIC,
	OFFSETS,
	ORIENTATION,
	SAMPLES,
	ROWS_PER_STRIP,
	LENGTHS,
	X_RESOLUTION,
	Y_RESOLUTION,
	PLANAR,
	UNIT,
	PREDICTOR,
	PALETTE,
	EXTRA,
	FORMAT,
	SUBSAMPLING,
	ICC,
	TAGS
};

static const struct {
	uint16_t number, type;
} tags[TAGS] = {
    [WIDTH] = {256, LONG},
    [HEIGHT] = {257, LONG},
    [BITS] = {258, SHORT},
    [COMPRESSION] = {259, SHORT},
    [PHOTOMETRIC] = {262, SHORT},
    [OFFSETS] = {273, LONG},
    [ORIENTATION] = {274, SHORT},
    [SAMPLES] = {277, SHORT},
    [ROWS_PER_STRIP] = {278, LONG},
    [LENGTHS] = {279, LONG},
    [X_RESOLUTION] = {282, RATIONAL},
    [Y_RESOLUTION] = {283, RATIONAL},
    [PLANAR] = {284, SHORT},
    [UNIT] = {296, SHORT},
    [PREDICTOR] = {317, SHORT},
    [PALETTE] = {320, SHORT},
    [EXTRA] = {338, SHORT},
    [FORMAT] = {339, SHORT},
    [SUBSAMPLING] = {530, SHORT},
    [ICC] = {34675, UNDEFINED},
};

/* A tag of a page: how many values, and their bytes. */
struct value {
	bool there;
	uint32_t n;
	struct sk_slice s;
};

struct tiff {
	struct sk_check *c;
	struct sk_reader r;
	struct value tag[TAGS];
	uint32_t next; /* offset of the next page */
	uint32_t w, h, bits, samples, photometric, colours, compression;
	uint64_t row; /* bytes of a row */
};

static int fault(struct tiff *d, const char *what)
{
	return sk_fail(d->c, d->r.pos, "TIFF: %s", what);
}

static int tag_fault(struct tiff *d, enum tag t, const char *what)
{
	return sk_fail(d->c, d->r.pos, "TIFF tag %u: %s", tags[t].number, what);
}

/* Value i of a SHORT or LONG tag; 0 when there is none. */
static uint32_t number(const struct tiff *d, enum tag t, uint32_t i)
{
	unsigned size = tags[t].type == SHORT ? 2 : 4;

	if (!d->tag[t].there)
		return 0;
	struct sk_reader r = sk_reader(sk_slice_sub(d->tag[t].s, (size_t)i * size, size));

	return size == 2 ? sk_read_u16le(&r) : sk_read_u32le(&r);
}

static bool zeros(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i])
			return false;
	return true;
}

/* n bytes at the place that an offset must name, filled to an even length. */
static int block(struct tiff *d, uint32_t offset, size_t n, struct sk_slice *out)
{
	if (offset != d->r.pos)
		return fault(d, "offset leaves a gap or overlaps");
	*out = sk_read_slice(&d->r, n);
	if ((n & 1 && sk_read_u8(&d->r)) || d->r.bad)
		return fault(d, "data is cut off or not filled with 0");
	return 0;
}

/* The values of an entry: in its four bytes, or behind the directory. */
static int entry_value(struct tiff *d, enum tag t, uint32_t n, struct sk_slice field)
{
	static const uint8_t size[] = {[SHORT] = 2, [LONG] = 4, [RATIONAL] = 8, [UNDEFINED] = 1};
	uint64_t bytes = (uint64_t)n * size[tags[t].type];
	struct sk_reader r = sk_reader(field);

	d->tag[t].there = true;
	d->tag[t].n = n;
	if (n == 0 || bytes > sk_read_left(&d->r))
		return tag_fault(d, t, "number of values");
	if (bytes > 4)
		return block(d, sk_read_u32le(&r), (size_t)bytes, &d->tag[t].s);
	d->tag[t].s = sk_slice_sub(field, 0, (size_t)bytes);
	return zeros(sk_slice_sub(field, (size_t)bytes, 4))
		   ? 0
		   : tag_fault(d, t, "is not filled with 0");
}

/* The directory at the position, which then stands behind the long values. */
static int directory(struct tiff *d)
{
	unsigned n = sk_read_u16le(&d->r), t = 0;
	struct sk_reader e = sk_reader(sk_read_slice(&d->r, (size_t)n * 12));

	d->next = sk_read_u32le(&d->r);
	memset(d->tag, 0, sizeof(d->tag));
	if (d->r.bad)
		return fault(d, "directory is cut off");
	for (unsigned i = 0; i < n; i++) {
		unsigned tag = sk_read_u16le(&e), type = sk_read_u16le(&e);
		uint32_t count = sk_read_u32le(&e);
		struct sk_slice field = sk_read_slice(&e, 4);
		while (t < TAGS && tags[t].number < tag)
			t++;
		if (t == TAGS || tags[t].number != tag || tags[t].type != type)
			return sk_fail(d->c, d->r.pos, "TIFF tag %u of type %u is not allowed here",
			    tag, type);
		int rc = entry_value(d, (enum tag)t, count, field);
		if (rc)
			return rc;
		t++;
	}
	return 0;
}

/* Each tag is there and has as many values as it must. */
static int check_counts(struct tiff *d, uint32_t strips)
{
	uint32_t want[TAGS];

	for (unsigned t = 0; t < TAGS; t++)
		want[t] = d->tag[t].there; /* one, unless it is listed below */
	want[BITS] = d->samples;
	want[OFFSETS] = want[LENGTHS] = strips;
	want[WIDTH] = want[HEIGHT] = want[COMPRESSION] = want[PHOTOMETRIC] = want[SAMPLES] =
	    want[PLANAR] = 1;
	want[ROWS_PER_STRIP] = 1;
	want[UNIT] = want[X_RESOLUTION] = want[Y_RESOLUTION] = d->tag[X_RESOLUTION].there;
	want[PREDICTOR] =
	    (d->bits == 8 || d->bits == 16) && d->photometric != 3 && d->compression != 7;
	want[SUBSAMPLING] = d->photometric == 6 ? 2 : 0;
	want[PALETTE] = d->photometric == 3 ? 768 : 0;
	want[EXTRA] = d->samples > d->colours;
	want[FORMAT] = d->tag[FORMAT].there ? d->samples : 0;
	want[ICC] = d->tag[ICC].there ? d->tag[ICC].n : 0;
	for (unsigned t = 0; t < TAGS; t++)
		if (d->tag[t].n != want[t])
			return tag_fault(d, (enum tag)t,
			    "missing, not allowed, or with another number of values");
	return 0;
}

/* Size, depth and colours, which decide what else there must be. */
static int check_kind(struct tiff *d)
{
	static const uint8_t colours[9] = {1, 1, 3, 1, 0, 4, 3, 0, 3};

	d->w = number(d, WIDTH, 0);
	d->h = number(d, HEIGHT, 0);
	d->bits = number(d, BITS, 0);
	d->samples = number(d, SAMPLES, 0);
	d->photometric = number(d, PHOTOMETRIC, 0);
	d->compression = number(d, COMPRESSION, 0);
	d->colours = d->photometric > 8 ? 0 : colours[d->photometric];
	if (!d->tag[PHOTOMETRIC].there || d->colours == 0)
		return tag_fault(d, PHOTOMETRIC, "value");
	if (d->samples != d->colours && d->samples != d->colours + 1)
		return tag_fault(d, SAMPLES, "value");
	if (d->bits != 1 && d->bits != 8 && d->bits != 16 && d->bits != 32)
		return tag_fault(d, BITS, "value");
	if ((d->bits == 1 && (d->samples != 1 || d->photometric != 0)) ||
	    (d->photometric == 3 && d->bits != 8))
		return tag_fault(d, BITS, "does not fit the colours");
	d->row = ((uint64_t)d->w * d->bits * d->samples + 7) / 8;
	return sk_vimg_size(d->c, d->r.pos, d->w, d->h);
}

/* The value of a tag that may be absent is in a range. */
static bool in_range(const struct tiff *d, enum tag t, uint32_t min, uint32_t max)
{
	for (uint32_t i = 0; i < d->tag[t].n; i++)
		if (number(d, t, i) < min || number(d, t, i) > max ||
		    number(d, t, i) != number(d, t, 0))
			return false;
	return true;
}

static bool may_be_jpeg(const struct tiff *d)
{
	return d->bits == 8 && d->samples == d->colours && d->photometric != 3 &&
	       d->photometric != 8 && !d->tag[FORMAT].there;
}

static int check_values(struct tiff *d)
{
	static const struct {
		uint8_t tag, min, max;
	} ranges[] = {{BITS, 1, 32}, {ORIENTATION, 2, 8}, {PLANAR, 1, 1}, {UNIT, 1, 3},
	    {PREDICTOR, 2, 2}, {EXTRA, 0, 2}, {FORMAT, 2, 3}};

	for (unsigned i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (!in_range(d, (enum tag)ranges[i].tag, ranges[i].min, ranges[i].max))
			return tag_fault(d, (enum tag)ranges[i].tag, "value");
	if (d->compression == 7 ? !may_be_jpeg(d)
				: d->compression != 8 && (d->bits != 1 || d->compression != 4))
		return tag_fault(d, COMPRESSION, "value");
	if (d->photometric == 6 && d->compression != 7)
		return tag_fault(d, PHOTOMETRIC, "value");
	if (d->tag[FORMAT].there && number(d, FORMAT, 0) == 3 && d->bits != 32)
		return tag_fault(d, FORMAT, "value");
	for (unsigned t = X_RESOLUTION; d->tag[UNIT].there && t <= Y_RESOLUTION; t++) {
		struct sk_reader r = sk_reader(d->tag[t].s);
		if (sk_read_u32le(&r) == 0 || sk_read_u32le(&r) == 0)
			return tag_fault(d, (enum tag)t, "value");
	}
	if (d->tag[ICC].there && d->photometric != 2 && d->photometric != 6)
		return tag_fault(d, ICC, "does not fit the colours");
	return d->tag[ICC].there ? sk_vimg_profile(d->c, d->r.pos, d->tag[ICC].s) : 0;
}

/* The bits behind the last pixel of a row are 0. */
static int bilevel_row(struct sk_check *c, void *ctx, uint8_t *row)
{
	const struct tiff *d = ctx;
	unsigned used = d->w % 8;

	if (used && row[d->row - 1] & 0xFF >> used)
		return sk_fail(c, d->r.pos, "TIFF: bits behind the end of a row");
	return 0;
}

static int strips(struct tiff *d, uint32_t n, uint32_t rows_a_strip)
{
	struct sk_g4 *g = NULL;
	uint32_t left = d->h;
	int rc = 0;

	if (d->compression == 4 && (g = sk_g4_new(d->c, d->w)) == NULL)
		return SK_ENOMEM;
	for (uint32_t i = 0; rc == 0 && i < n; i++) {
		uint32_t rows = left < rows_a_strip ? left : rows_a_strip;
		struct sk_vimg_rows want = {
		    (size_t)d->row, rows, d->bits == 1 ? bilevel_row : NULL, d};
		uint64_t at = d->r.pos;
		struct sk_slice s;
		rc = block(d, number(d, OFFSETS, i), number(d, LENGTHS, i), &s);
		if (rc == 0)
			rc = g ? sk_g4_check(g, at, s, rows) : sk_vimg_inflate(d->c, at, s, &want);
		left -= rows;
	}
	return rc;
}

/* The page as one JPEG stream, which the tags describe. */
static int jpeg_strip(struct tiff *d)
{
	struct sk_vimg_jpeg j = {0};
	uint64_t at = d->r.pos;
	struct sk_slice s;
	int rc = block(d, number(d, OFFSETS, 0), number(d, LENGTHS, 0), &s);

	d->c->pixels_left += (uint64_t)d->w * d->h; /* the stream counts them once more */
	if (rc == 0)
		rc = sk_vimg_jpeg_in_tiff(d->c, at, s, &j);
	if (rc)
		return rc;
	if (j.width != d->w || j.height != d->h)
		return tag_fault(d, WIDTH, "is not that of the JPEG stream");
	if (!j.even || j.photometric != (d->photometric ? d->photometric : 1))
		return tag_fault(d, PHOTOMETRIC, "does not fit the JPEG stream");
	if (d->photometric == 6 &&
	    (number(d, SUBSAMPLING, 0) != j.across || number(d, SUBSAMPLING, 1) != j.down ||
		j.across == 3 || j.down == 3))
		return tag_fault(d, SUBSAMPLING, "value");
	return 0;
}

static int page(void *ctx)
{
	struct tiff *d = ctx;
	int rc = directory(d);

	if (rc || (rc = check_kind(d)))
		return rc;
	uint32_t rows = (uint32_t)(1048576 / d->row);
	rows = d->compression == 7 ? d->h : rows < 1 ? 1 : rows > d->h ? d->h : rows;
	uint32_t n = (d->h + rows - 1) / rows;
	if ((rc = check_counts(d, n)) || (rc = check_values(d)))
		return rc;
	if (number(d, ROWS_PER_STRIP, 0) != rows)
		return tag_fault(d, ROWS_PER_STRIP, "value");
	return d->compression == 7 ? jpeg_strip(d) : strips(d, n, rows);
}

int sk_verify_tiff(struct sk_check *c, struct sk_slice in)
{
	struct tiff d = {.c = c, .r = sk_reader(in)};
	unsigned pages = 0;
	int rc = 0;

	if (!sk_slice_eq(sk_read_slice(&d.r, 8), SK_SLICE_LIT("II\x2A\0\x08\0\0\0")))
		return fault(&d, "file header");
	do {
		if (++pages > SK_LIMIT_FRAMES)
			return fault(&d, "too many pages");
		rc = sk_vimg_apart(c, page, &d);
		if (rc == 0 && d.next && d.next != d.r.pos)
			rc = fault(&d, "the next page does not stand behind this one");
	} while (rc == 0 && d.next);
	if (rc)
		return rc;
	return sk_read_at_end(&d.r) ? 0 : fault(&d, "bytes after the last page");
}
