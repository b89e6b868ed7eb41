/*
 * Rebuilds a TrueType font (ISO/IEC 14496-22): reads head, hhea, hmtx, maxp and writes them with the rebuilt
 * glyf, loca, cmap and post into a new sfnt. Profile: doc/profiles/font.md. Cleaner's jail.
 */
#include "format/font/internal.h"

int sk_sfnt_read(struct sk_slice in, struct sk_sfnt *s)
{
	struct sk_reader r = sk_reader(in);

	s->n = 0;
	if (sk_read_u32be(&r) == SK_TAG('t', 't', 'c', 'f')) {
		sk_read_seek(&r, 12);
		sk_read_seek(&r, sk_read_u32be(&r));
		sk_read_skip(&r, 4);
	}
	unsigned n = sk_read_u16be(&r);
	sk_read_skip(&r, 6);
	while (n-- && sk_read_left(&r) >= 16) {
		uint32_t tag = sk_read_u32be(&r);
		sk_read_skip(&r, 4);
		uint32_t at = sk_read_u32be(&r), len = sk_read_u32be(&r);
		if (at >= in.n || sk_sfnt_get(s, tag).p || s->n == SK_SFNT_TABLES)
			continue;
		/* A table that ends early is judged by whoever reads it. */
		s->tables[s->n++] = (struct sk_sfnt_table){tag, sk_slice_sub(in, at, len)};
	}
	return s->n ? 0 : SK_EFORMAT;
}

struct sk_slice sk_sfnt_get(const struct sk_sfnt *s, uint32_t tag)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->tables[i].tag == tag)
			return s->tables[i].data;
	}
	return (struct sk_slice){0};
}

struct metrics {
	uint32_t nglyphs, nlong;
	uint16_t *advance;
	uint16_t *bearing; /* signed numbers, kept as they are */
	uint16_t widest;
};

/* Short tables are in use: the last advance counts on, missing bearings are 0. */
static int read_metrics(struct sk_arena *a, struct sk_slice hmtx, uint32_t nlong, struct metrics *m)
{
	struct sk_reader r = sk_reader(hmtx);

	m->advance = sk_arena_array(a, m->nglyphs, sizeof(m->advance[0]));
	m->bearing = sk_arena_array(a, m->nglyphs, sizeof(m->bearing[0]));
	if (m->advance == NULL || m->bearing == NULL)
		return SK_ENOMEM;
	for (uint32_t g = 0; g < m->nglyphs; g++) {
		bool whole = sk_read_left(&r) >= 4;
		if (g < nlong && whole)
			m->advance[g] = sk_read_u16be(&r);
		else
			m->advance[g] = g ? m->advance[g - 1] : 0;
		if ((g < nlong && whole) || (g >= nlong && sk_read_left(&r) >= 2))
			m->bearing[g] = sk_read_u16be(&r);
		if (m->advance[g] > m->widest)
			m->widest = m->advance[g];
	}
	m->nlong = m->nglyphs;
	while (m->nlong > 1 && m->advance[m->nlong - 1] == m->advance[m->nlong - 2])
		m->nlong--;
	return 0;
}

static void write_hmtx(const struct metrics *m, struct sk_buf *out)
{
	for (uint32_t g = 0; g < m->nglyphs; g++) {
		if (g < m->nlong)
			(void)sk_buf_put_u16be(out, m->advance[g]);
		(void)sk_buf_put_u16be(out, m->bearing[g]);
	}
}

static void write_hhea(struct sk_slice hhea, const struct metrics *m, struct sk_buf *out)
{
	struct sk_slice lines = sk_slice_sub(hhea, 4, 6); /* ascender, descender, lineGap */

	(void)sk_buf_put_u32be(out, 0x00010000);
	(void)sk_buf_put_slice(out, lines);
	(void)sk_buf_put_u16be(out, m->widest);
	(void)sk_buf_fill(out, 0, 6);
	(void)sk_buf_put_u16be(out, 1); /* upright caret */
	(void)sk_buf_fill(out, 0, 14);
	(void)sk_buf_put_u16be(out, (uint16_t)m->nlong);
}

static int write_head(struct sk_slice head, bool long_loca, struct sk_buf *out)
{
	struct sk_reader r = sk_reader(head);

	sk_read_seek(&r, 16);
	uint16_t flags = sk_read_u16be(&r), units = sk_read_u16be(&r);
	sk_read_seek(&r, 36);
	struct sk_slice box = sk_read_slice(&r, 8);
	uint16_t style = sk_read_u16be(&r);
	if (r.bad || units == 0 || units > 32767)
		return SK_EFORMAT;
	(void)sk_buf_put_u32be(out, 0x00010000);
	(void)sk_buf_put_u32be(out, 0x00010000);
	(void)sk_buf_put_u32be(out, 0); /* checkSumAdjustment, set at the end */
	(void)sk_buf_put_u32be(out, 0x5f0f3cf5);
	(void)sk_buf_put_u16be(out, flags & 0x000b);
	(void)sk_buf_put_u16be(out, units);
	(void)sk_buf_fill(out, 0, 16); /* dates */
	(void)sk_buf_put_slice(out, box);
	(void)sk_buf_put_u16be(out, style & 3);
	(void)sk_buf_put_u16be(out, 8);
	(void)sk_buf_put_u16be(out, 2);
	(void)sk_buf_put_u16be(out, long_loca);
	return sk_buf_put_u16be(out, 0);
}

static void write_maxp(const struct sk_glyf *g, struct sk_buf *out)
{
	(void)sk_buf_put_u32be(out, 0x00010000);
	(void)sk_buf_put_u16be(out, (uint16_t)g->nglyphs);
	(void)sk_buf_put_u16be(out, (uint16_t)g->points);
	(void)sk_buf_put_u16be(out, (uint16_t)g->contours);
	(void)sk_buf_put_u16be(out, (uint16_t)g->composite_points);
	(void)sk_buf_put_u16be(out, (uint16_t)g->composite_contours);
	(void)sk_buf_put_u16be(out, 1); /* zones; none has room for instructions to use */
	(void)sk_buf_fill(out, 0, 12);
	(void)sk_buf_put_u16be(out, (uint16_t)g->components);
	(void)sk_buf_put_u16be(out, (uint16_t)g->depth);
}

static void write_loca(const struct sk_glyf *g, bool long_loca, struct sk_buf *out)
{
	for (uint32_t i = 0; i <= g->nglyphs; i++) {
		uint32_t at = i ? g->ends[i - 1] : 0;
		if (long_loca)
			(void)sk_buf_put_u32be(out, at);
		else
			(void)sk_buf_put_u16be(out, (uint16_t)(at / 2));
	}
}

/* ---- the file ---- */

enum { CMAP, GLYF, HEAD, HHEA, HMTX, LOCA, MAXP, POST, TABLES };

static const uint32_t tags[TABLES] = {SK_TAG('c', 'm', 'a', 'p'), SK_TAG('g', 'l', 'y', 'f'),
    SK_TAG('h', 'e', 'a', 'd'), SK_TAG('h', 'h', 'e', 'a'), SK_TAG('h', 'm', 't', 'x'),
    SK_TAG('l', 'o', 'c', 'a'), SK_TAG('m', 'a', 'x', 'p'), SK_TAG('p', 'o', 's', 't')};

static uint32_t checksum(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 3 < n; i += 4)
		sum += (uint32_t)p[i] << 24 | (uint32_t)p[i + 1] << 16 | (uint32_t)p[i + 2] << 8 |
		       p[i + 3];
	return sum;
}

static void put_u32_at(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

static void write_offset_table(unsigned n, struct sk_buf *out)
{
	unsigned log = 0;

	while (2U << log <= n)
		log++;
	(void)sk_buf_put_u32be(out, 0x00010000);
	(void)sk_buf_put_u16be(out, (uint16_t)n);
	(void)sk_buf_put_u16be(out, (uint16_t)(16U << log));
	(void)sk_buf_put_u16be(out, (uint16_t)log);
	(void)sk_buf_put_u16be(out, (uint16_t)(16 * n - (16U << log)));
}

static int write_file(struct sk_buf *tables, struct sk_buf *out)
{
	unsigned n = tables[CMAP].len ? TABLES : TABLES - 1, i;
	size_t start = out->len, head = 0;

	write_offset_table(n, out);
	(void)sk_buf_fill(out, 0, (size_t)16 * n);
	unsigned row = 0;
	for (i = tables[CMAP].len ? CMAP : GLYF; i < TABLES; i++, row++) {
		size_t at = out->len, len = tables[i].len;
		(void)sk_buf_put(out, tables[i].p, len);
		if (len % 4)
			(void)sk_buf_fill(out, 0, 4 - len % 4);
		if (tables[i].err || out->err)
			return tables[i].err ? tables[i].err : out->err;
		if (i == HEAD)
			head = at;
		uint8_t *entry = out->p + start + 12 + (size_t)16 * row;
		put_u32_at(entry, tags[i]);
		put_u32_at(entry + 4, checksum(out->p + at, out->len - at));
		put_u32_at(entry + 8, (uint32_t)(at - start));
		put_u32_at(entry + 12, (uint32_t)len);
	}
	put_u32_at(out->p + head + 8, 0xb1b0afba - checksum(out->p + start, out->len - start));
	return 0;
}

static int rebuild_tables(struct sk_arena *a, const struct sk_sfnt *s, struct sk_buf *t)
{
	struct sk_slice head = sk_sfnt_get(s, tags[HEAD]), hhea = sk_sfnt_get(s, tags[HHEA]);
	struct sk_slice hmtx = sk_sfnt_get(s, tags[HMTX]), maxp = sk_sfnt_get(s, tags[MAXP]);
	struct sk_glyf g = {.glyf = sk_sfnt_get(s, tags[GLYF]), .loca = sk_sfnt_get(s, tags[LOCA])};

	if (head.n < 54 || hhea.n < 36 || hmtx.p == NULL || maxp.n < 6 || g.loca.p == NULL)
		return SK_EFORMAT;
	g.long_loca = head.p[50] || head.p[51];
	g.nglyphs = (uint32_t)maxp.p[4] << 8 | maxp.p[5];
	if (g.nglyphs == 0)
		return SK_EFORMAT;
	struct metrics m = {.nglyphs = g.nglyphs};
	int r = read_metrics(a, hmtx, (uint32_t)hhea.p[34] << 8 | hhea.p[35], &m);
	if (r == 0)
		r = sk_glyf_rebuild(a, &g, &t[GLYF]);
	if (r == 0)
		r = sk_cmap_rebuild(a, sk_sfnt_get(s, tags[CMAP]), g.nglyphs, &t[CMAP]);
	if (r == 0)
		r = sk_post_rebuild(a, sk_sfnt_get(s, tags[POST]), g.nglyphs, &t[POST]);
	bool long_loca = t[GLYF].len > 131070;
	if (r == 0)
		r = write_head(head, long_loca, &t[HEAD]);
	write_hhea(hhea, &m, &t[HHEA]);
	write_hmtx(&m, &t[HMTX]);
	write_maxp(&g, &t[MAXP]);
	if (r == 0)
		write_loca(&g, long_loca, &t[LOCA]);
	return r;
}

int sk_truetype_rebuild(struct sk_arena *arena, const struct sk_sfnt *s, struct sk_buf *out)
{
	struct sk_buf tables[TABLES];

	for (unsigned i = 0; i < TABLES; i++)
		tables[i] = SK_BUF(SK_LIMIT_FONT_BYTES);
	int r = sk_tricky(s) ? SK_EFORMAT : rebuild_tables(arena, s, tables);
	if (r == 0)
		r = write_file(tables, out);
	for (unsigned i = 0; i < TABLES; i++)
		sk_buf_free(&tables[i]);
	return r;
}
