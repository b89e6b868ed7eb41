/*
 * TrueType files (ISO/IEC 14496-22): the table directory, and the tables of fixed size. Verifier's
 * jail.
 */
#include "verify/font/font.h"

enum table { CMAP, GLYF, HEAD, HHEA, HMTX, LOCA, MAXP, POST, TABLES };

static const char tags[TABLES][5] = {
    "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "post"};

enum {
	HEAD_ADJUSTMENT = 8, /* where head holds checkSumAdjustment */
	HEAD_FLAGS = 0x000b,
	MAC_STYLE = 0x0003,
};
#define MAGIC 0x5f0f3cf5U
#define WHOLE_FILE 0xb1b0afbaU

struct font {
	struct sk_check *c;
	struct sk_slice in, t[TABLES];
	uint32_t nglyphs;
	bool long_loca;
};

static int fault(struct font *f, enum table t, const char *what)
{
	return sk_fail(f->c, (uint64_t)(f->t[t].p - f->in.p), "%s: %s", tags[t], what);
}

static uint32_t checksum(struct sk_slice s)
{
	struct sk_reader r = sk_reader(s);
	uint32_t sum = 0;

	while (sk_read_left(&r) >= 4)
		sum += sk_read_u32be(&r);
	for (unsigned shift = 24; sk_read_left(&r); shift -= 8)
		sum += (uint32_t)sk_read_u8(&r) << shift;
	return sum;
}

/* Which table a tag names, or TABLES. */
static unsigned by_tag(struct sk_slice tag)
{
	unsigned t = 0;

	while (t < TABLES && !sk_slice_is(tag, tags[t]))
		t++;
	return t;
}

/* One directory entry: the next table in order, right behind the last one, its checksum right. */
static int entry(struct font *f, struct sk_reader *r, unsigned *least, size_t *at)
{
	unsigned t = by_tag(sk_read_slice(r, 4));
	uint32_t sum = sk_read_u32be(r), offset = sk_read_u32be(r), length = sk_read_u32be(r);

	if (r->bad || t == TABLES || t < *least)
		return sk_fail(f->c, r->pos, "table is not allowed or not in order");
	if (offset != *at || length > f->in.n - offset)
		return sk_fail(
		    f->c, r->pos, "table %s does not stand behind the one before", tags[t]);
	f->t[t] = sk_slice_sub(f->in, offset, length);
	uint32_t own = checksum(f->t[t]);
	if (t == HEAD && length >= HEAD_ADJUSTMENT + 4)
		own -= checksum(sk_slice_sub(f->t[t], HEAD_ADJUSTMENT, 4));
	if (own != sum)
		return fault(f, t, "checksum is wrong");
	for (*at += length; *at % 4; ++*at)
		if (*at >= f->in.n || f->in.p[*at])
			return sk_fail(f->c, *at, "padding is missing or not zero");
	*least = t + 1;
	return 0;
}

static int directory(struct font *f)
{
	struct sk_reader r = sk_reader(f->in);
	uint32_t version = sk_read_u32be(&r);
	uint16_t n = sk_read_u16be(&r), range = sk_read_u16be(&r), selector = sk_read_u16be(&r);
	uint16_t shift = sk_read_u16be(&r);
	unsigned least = 0, log = 0;
	size_t at = 12 + 16 * (size_t)n;
	int rc = 0;

	if (version != 0x10000 || n < TABLES - 1 || n > TABLES || at > f->in.n)
		return sk_fail(f->c, 0, "wrong version or number of tables");
	while (2U << log <= n)
		log++;
	if (range != 16U << log || selector != log || shift != 16U * n - range)
		return sk_fail(f->c, 6, "directory has wrong header numbers");
	for (unsigned i = 0; rc == 0 && i < n; i++)
		rc = entry(f, &r, &least, &at);
	if (rc == 0 && n == TABLES - 1 && f->t[CMAP].p)
		rc = sk_fail(f->c, 0, "a table is missing");
	if (rc == 0 && at != f->in.n)
		rc = sk_fail(f->c, at, "bytes after the last table");
	if (rc == 0 && checksum(f->in) != WHOLE_FILE)
		rc = sk_fail(f->c, 0, "checksum of the file is wrong");
	return rc;
}

static int head(struct font *f)
{
	struct sk_reader r = sk_reader(f->t[HEAD]);

	uint32_t version = sk_read_u32be(&r), revision = sk_read_u32be(&r);
	if (version != 0x10000 || revision != 0x10000)
		return fault(f, HEAD, "wrong version");
	sk_read_skip(&r, 4);
	if (sk_read_u32be(&r) != MAGIC || (sk_read_u16be(&r) & ~HEAD_FLAGS))
		return fault(f, HEAD, "wrong magic number or flags");
	uint16_t units = sk_read_u16be(&r);
	if (units == 0 || units > 32767 || sk_read_u64be(&r) || sk_read_u64be(&r))
		return fault(f, HEAD, "wrong units, or a date");
	sk_read_skip(&r, 8);
	uint16_t style = sk_read_u16be(&r), ppem = sk_read_u16be(&r), hint = sk_read_u16be(&r);
	uint16_t loca = sk_read_u16be(&r), data = sk_read_u16be(&r);
	if ((style & ~MAC_STYLE) || ppem != 8 || hint != 2 || loca > 1 || data)
		return fault(f, HEAD, "field is not what the profile says");
	f->long_loca = loca;
	return sk_read_at_end(&r) ? 0 : fault(f, HEAD, "wrong length");
}

/* Advances: how many are long, and the largest. */
static int hmtx(struct font *f, uint32_t longs, uint32_t *widest)
{
	struct sk_reader r = sk_reader(f->t[HMTX]);
	uint32_t before = 0, advance = 0;

	if (f->t[HMTX].n != 4 * (size_t)longs + 2 * ((size_t)f->nglyphs - longs))
		return fault(f, HMTX, "wrong length");
	for (uint32_t i = 0; i < longs; i++) {
		before = advance;
		advance = sk_read_u16be(&r);
		*widest = advance > *widest ? advance : *widest;
		sk_read_skip(&r, 2);
	}
	return longs > 1 && before == advance ? fault(f, HMTX, "longer than it needs to be") : 0;
}

static int hhea(struct font *f)
{
	static const uint16_t fixed[] = {0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0};
	struct sk_reader r = sk_reader(f->t[HHEA]);
	uint32_t widest = 0;

	if (sk_read_u32be(&r) != 0x10000)
		return fault(f, HHEA, "wrong version");
	sk_read_skip(&r, 6);
	uint16_t stated = sk_read_u16be(&r);
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (sk_read_u16be(&r) != fixed[i])
			return fault(f, HHEA, "field is not what the profile says");
	uint32_t longs = sk_read_u16be(&r);
	if (!sk_read_at_end(&r) || longs == 0 || longs > f->nglyphs)
		return fault(f, HHEA, "wrong length or number of metrics");
	int rc = hmtx(f, longs, &widest);
	if (rc == 0 && widest != stated)
		rc = fault(f, HHEA, "largest advance is wrong");
	return rc;
}

/* maxp states the very numbers that the outlines come to. */
static int maxp(struct font *f, const struct sk_vf_glyf *g)
{
	const uint32_t want[] = {g->points, g->contours, g->composite_points, g->composite_contours,
	    1, 0, 0, 0, 0, 0, 0, g->elements, g->depth};
	struct sk_reader r = sk_reader(f->t[MAXP]);

	sk_read_skip(&r, 6);
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		if (sk_read_u16be(&r) != want[i])
			return fault(f, MAXP, "number is not that of the outlines");
	return sk_read_at_end(&r) ? 0 : fault(f, MAXP, "wrong length");
}

static int glyphs(struct font *f)
{
	struct sk_vf_glyf g = {.loca = f->t[LOCA], .glyf = f->t[GLYF], .long_loca = f->long_loca};

	g.nglyphs = f->nglyphs;
	int rc = sk_vf_glyf(f->c, &g);
	return rc ? rc : maxp(f, &g);
}

int sk_vf_sfnt(struct sk_check *c, struct sk_slice in)
{
	struct font f = {.c = c, .in = in};
	int rc = directory(&f);

	if (rc == 0)
		rc = head(&f);
	if (rc)
		return rc;
	struct sk_reader r = sk_reader(f.t[MAXP]);
	if (sk_read_u32be(&r) != 0x10000)
		return fault(&f, MAXP, "wrong version");
	f.nglyphs = sk_read_u16be(&r);
	if (f.nglyphs == 0)
		return fault(&f, MAXP, "no glyphs");
	rc = hhea(&f);
	if (rc == 0)
		rc = glyphs(&f);
	if (rc == 0 && f.t[CMAP].p)
		rc = sk_vf_cmap(c, f.t[CMAP], f.nglyphs);
	return rc ? rc : sk_vf_post(c, f.t[POST], f.nglyphs);
}
