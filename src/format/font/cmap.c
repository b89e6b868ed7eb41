/*
 * Rebuilds cmap (ISO/IEC 14496-22): subtables of formats 0, 4, 6, 10 and 12 are read into runs of codes and written
 * in the one form doc/profiles/font.md gives each. A subtable that is broken is left out. Cleaner's jail.
 */
#include "format/font/internal.h"

#define SUBTABLES 16
#define CODE_MAX 0x10ffff
/* Codes looked at in one format 4 table: each code once, and as much again for tables that overlap. */
#define STEPS (4U * 65536)

/* count codes from `code` on show the glyphs from `glyph` on. */
struct run {
	uint32_t code, count, glyph;
};

struct runs {
	struct sk_arena *arena;
	uint32_t nglyphs;
	struct run *v;
	size_t n, cap;
};

struct subtable {
	uint16_t platform, encoding;
	uint32_t from, at; /* place in the input; in the output, relative to the table */
	struct runs runs;
};

/* Append one code; codes come in rising order. Codes of no glyph are left out. */
static int add(struct runs *m, uint32_t code, uint32_t glyph)
{
	if (glyph == 0 || glyph >= m->nglyphs)
		return 0;
	if (m->n) {
		struct run *last = &m->v[m->n - 1];
		if (last->code + last->count == code && last->glyph + last->count == glyph) {
			last->count++;
			return 0;
		}
	}
	m->v = sk_arena_grow(m->arena, m->v, &m->cap, m->n + 1, sizeof(m->v[0]));
	if (m->v == NULL)
		return SK_ENOMEM;
	m->v[m->n++] = (struct run){code, 1, glyph};
	return 0;
}

/* ---- reading ---- */

static int read_bytes(struct sk_reader *r, struct runs *m)
{
	int err = 0;

	sk_read_skip(r, 4);
	for (uint32_t c = 0; c < 256 && err == 0; c++)
		err = add(m, c, sk_read_u8(r));
	return err ? err : r->bad ? SK_EFORMAT : 0;
}

static int read_trimmed(struct sk_reader *r, struct runs *m, bool wide)
{
	sk_read_skip(r, wide ? 10 : 4);
	uint32_t first = wide ? sk_read_u32be(r) : sk_read_u16be(r);
	uint32_t n = wide ? sk_read_u32be(r) : sk_read_u16be(r);
	int err = 0;

	if (r->bad || first > CODE_MAX)
		return SK_EFORMAT;
	/* A count past the end of the table is in use; what is there counts. */
	while (n-- && sk_read_left(r) >= 2 && first <= CODE_MAX && err == 0)
		err = add(m, first++, sk_read_u16be(r));
	return err;
}

static int read_groups(struct sk_reader *r, struct runs *m)
{
	uint32_t next = 0;

	sk_read_skip(r, 10);
	uint32_t n = sk_read_u32be(r);
	while (n-- && sk_read_left(r) >= 12) {
		uint32_t start = sk_read_u32be(r), end = sk_read_u32be(r), glyph = sk_read_u32be(r);
		if (start < next || end < start || end > CODE_MAX || glyph >= m->nglyphs)
			continue;
		next = end + 1;
		if (glyph == 0) {
			start++;
			glyph++;
		}
		uint32_t count = end + 1 - start, most = m->nglyphs - glyph;
		count = count < most ? count : most;
		if (count == 0 || add(m, start, glyph))
			continue;
		m->v[m->n - 1].count += count - 1;
	}
	return sk_arena_failed(m->arena) ? SK_ENOMEM : 0;
}

struct segments {
	struct sk_slice end, start, delta, offset; /* 16-bit columns; glyphs follow the last */
	struct sk_slice tail;                      /* from the offsets to the end of the table */
	uint32_t n;
};

static uint16_t at16(struct sk_slice s, size_t i)
{
	return i * 2 + 2 <= s.n ? (uint16_t)(s.p[i * 2] << 8 | s.p[i * 2 + 1]) : 0;
}

static uint16_t segment_glyph(const struct segments *s, uint32_t i, uint32_t code)
{
	uint16_t offset = at16(s->offset, i), delta = at16(s->delta, i);

	if (offset == 0xffff)
		return 0; /* some fonts mark a segment of no glyphs so */
	if (offset == 0)
		return (uint16_t)(code + delta);
	uint16_t g = at16(s->tail, i + offset / 2 + (code - at16(s->start, i)));
	return g ? (uint16_t)(g + delta) : 0;
}

/* Segments are asked in their order, and the first that holds a code decides. */
static int fill(const struct segments *s, uint16_t *glyphs, uint8_t *seen)
{
	uint32_t steps = 0;

	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t start = at16(s->start, i), end = at16(s->end, i);
		for (uint32_t c = start; c <= end; c++) {
			if (++steps > STEPS)
				return SK_EFORMAT;
			if (seen[c])
				continue;
			seen[c] = 1;
			glyphs[c] = segment_glyph(s, i, c);
		}
	}
	return 0;
}

/* Most tables have rising segments and need no table of all codes. */
static int read_rising(const struct segments *s, struct runs *m)
{
	int err = 0;

	for (uint32_t i = 0; i < s->n && err == 0; i++) {
		uint32_t start = at16(s->start, i), end = at16(s->end, i);
		for (uint32_t c = start; c <= end && c < 0xffff && err == 0; c++)
			err = add(m, c, segment_glyph(s, i, c));
	}
	return err;
}

static bool rising(const struct segments *s)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < s->n; i++) {
		if (at16(s->start, i) < next || at16(s->end, i) < at16(s->start, i))
			return false;
		next = at16(s->end, i) + 1U;
	}
	return true;
}

static int read_segments(struct sk_reader *r, struct runs *m)
{
	struct segments s;

	sk_read_skip(r, 4); /* length, which is wrong in many fonts, and language */
	s.n = sk_read_u16be(r) / 2;
	sk_read_skip(r, 6);
	s.end = sk_read_slice(r, (size_t)s.n * 2);
	sk_read_skip(r, 2);
	s.start = sk_read_slice(r, (size_t)s.n * 2);
	s.delta = sk_read_slice(r, (size_t)s.n * 2);
	s.tail = sk_slice_sub(r->s, r->pos, r->s.n);
	s.offset = sk_read_slice(r, (size_t)s.n * 2);
	if (r->bad)
		return SK_EFORMAT;
	if (rising(&s))
		return read_rising(&s, m);
	uint16_t *glyphs = sk_arena_array(m->arena, 65536, sizeof(*glyphs));
	uint8_t *seen = sk_arena_alloc(m->arena, 65536);
	if (glyphs == NULL || seen == NULL)
		return SK_ENOMEM;
	int err = fill(&s, glyphs, seen);
	for (uint32_t c = 0; c < 0xffff && err == 0; c++)
		err = add(m, c, glyphs[c]);
	return err;
}

static int read_subtable(struct sk_slice in, struct runs *m)
{
	struct sk_reader r = sk_reader(in);

	switch (sk_read_u16be(&r)) {
	case 0:
		return read_bytes(&r, m);
	case 4:
		return read_segments(&r, m);
	case 6:
		return read_trimmed(&r, m, false);
	case 10:
		return read_trimmed(&r, m, true);
	case 12:
		return read_groups(&r, m);
	default:
		return SK_EFORMAT;
	}
}

/* ---- writing ---- */

/* Runs below a limit; those that cross it are cut. */
static void cut(struct runs *m, uint32_t limit)
{
	while (m->n && m->v[m->n - 1].code >= limit)
		m->n--;
	if (m->n) {
		struct run *last = &m->v[m->n - 1];
		if (last->code + last->count > limit)
			last->count = limit - last->code;
	}
}

static uint32_t last_code(const struct runs *m)
{
	return m->n ? m->v[m->n - 1].code + m->v[m->n - 1].count - 1 : 0;
}

static bool fits_bytes(const struct runs *m)
{
	for (size_t i = 0; i < m->n; i++) {
		if (m->v[i].glyph + m->v[i].count > 256)
			return false;
	}
	return last_code(m) < 256;
}

static void write_bytes(const struct runs *m, struct sk_buf *out)
{
	uint8_t glyphs[256] = {0};

	for (size_t i = 0; i < m->n; i++) {
		for (uint32_t k = 0; k < m->v[i].count; k++)
			glyphs[m->v[i].code + k] = (uint8_t)(m->v[i].glyph + k);
	}
	(void)sk_buf_put(out, "\0\0\1\6\0\0", 6);
	(void)sk_buf_put(out, glyphs, sizeof(glyphs));
}

static void write_trimmed(const struct runs *m, struct sk_buf *out)
{
	uint32_t code = m->v[0].code, n = last_code(m) + 1 - code;

	(void)sk_buf_put_u16be(out, 6);
	(void)sk_buf_put_u16be(out, (uint16_t)(10 + 2 * n));
	(void)sk_buf_put_u16be(out, 0);
	(void)sk_buf_put_u16be(out, (uint16_t)code);
	(void)sk_buf_put_u16be(out, (uint16_t)n);
	for (size_t i = 0; i < m->n; i++) {
		(void)sk_buf_fill(out, 0, (size_t)(m->v[i].code - code) * 2);
		for (uint32_t k = 0; k < m->v[i].count; k++)
			(void)sk_buf_put_u16be(out, (uint16_t)(m->v[i].glyph + k));
		code = m->v[i].code + m->v[i].count;
	}
}

static void write_groups(const struct runs *m, struct sk_buf *out)
{
	(void)sk_buf_put_u32be(out, 12U << 16);
	(void)sk_buf_put_u32be(out, (uint32_t)(16 + 12 * m->n));
	(void)sk_buf_put_u32be(out, 0);
	(void)sk_buf_put_u32be(out, (uint32_t)m->n);
	for (size_t i = 0; i < m->n; i++) {
		(void)sk_buf_put_u32be(out, m->v[i].code);
		(void)sk_buf_put_u32be(out, m->v[i].code + m->v[i].count - 1);
		(void)sk_buf_put_u32be(out, m->v[i].glyph);
	}
}

/* One segment of format 4: runs from..to (without gaps between codes) with a glyph array, or one by delta. */
struct segment {
	size_t from, to;
	bool array;
};

/* Neighbouring runs share one segment with a glyph array when that is shorter. */
static size_t make_segments(const struct runs *m, struct segment *s)
{
	size_t n = 0;

	for (size_t i = 0, j; i < m->n; i = j) {
		uint32_t codes = m->v[i].count;
		for (j = i + 1; j < m->n && m->v[j].code == m->v[j - 1].code + m->v[j - 1].count;
		     j++)
			codes += m->v[j].count;
		if (8 + 2 * (size_t)codes < 8 * (j - i)) {
			s[n++] = (struct segment){i, j, true};
			continue;
		}
		for (size_t k = i; k < j; k++)
			s[n++] = (struct segment){k, k + 1, false};
	}
	return n;
}

static uint32_t segment_end(const struct runs *m, const struct segment *s)
{
	return m->v[s->to - 1].code + m->v[s->to - 1].count - 1;
}

static void write_columns(
    const struct runs *m, const struct segment *s, size_t n, struct sk_buf *out)
{
	for (size_t i = 0; i < n; i++)
		(void)sk_buf_put_u16be(out, (uint16_t)segment_end(m, &s[i]));
	(void)sk_buf_put_u16be(out, 0xffff);
	(void)sk_buf_put_u16be(out, 0);
	for (size_t i = 0; i < n; i++)
		(void)sk_buf_put_u16be(out, (uint16_t)m->v[s[i].from].code);
	(void)sk_buf_put_u16be(out, 0xffff);
	for (size_t i = 0; i < n; i++) {
		const struct run *r = &m->v[s[i].from];
		(void)sk_buf_put_u16be(out, (uint16_t)(s[i].array ? 0 : r->glyph - r->code));
	}
	(void)sk_buf_put_u16be(out, 1);
	size_t glyphs = 0;
	for (size_t i = 0; i < n; i++) {
		size_t offset = s[i].array ? 2 * (n + 1 - i + glyphs) : 0;
		(void)sk_buf_put_u16be(out, (uint16_t)offset);
		if (s[i].array)
			glyphs += segment_end(m, &s[i]) + 1 - m->v[s[i].from].code;
	}
	(void)sk_buf_put_u16be(out, 0);
}

static void write_arrays(
    const struct runs *m, const struct segment *s, size_t n, struct sk_buf *out)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = s[i].from; k < s[i].to && s[i].array; k++) {
			for (uint32_t c = 0; c < m->v[k].count; c++)
				(void)sk_buf_put_u16be(out, (uint16_t)(m->v[k].glyph + c));
		}
	}
}

static int write_segments(const struct runs *m, struct sk_buf *out)
{
	struct segment *s = sk_arena_array(m->arena, m->n, sizeof(*s));
	unsigned log = 0;

	if (s == NULL)
		return SK_ENOMEM;
	size_t n = make_segments(m, s), all = n + 1, len = 16 + 8 * all;
	for (size_t i = 0; i < n; i++)
		len += s[i].array ? 2 * (segment_end(m, &s[i]) + 1 - m->v[s[i].from].code) : 0;
	if (len > 65535)
		return SK_EFORMAT;
	while (2U << log <= all)
		log++;
	(void)sk_buf_put_u16be(out, 4);
	(void)sk_buf_put_u16be(out, (uint16_t)len);
	(void)sk_buf_put_u16be(out, 0);
	(void)sk_buf_put_u16be(out, (uint16_t)(2 * all));
	(void)sk_buf_put_u16be(out, (uint16_t)(2U << log));
	(void)sk_buf_put_u16be(out, (uint16_t)log);
	(void)sk_buf_put_u16be(out, (uint16_t)(2 * all - (2U << log)));
	write_columns(m, s, n, out);
	write_arrays(m, s, n, out);
	return out->err;
}

static bool is_wide(const struct subtable *t)
{
	return (t->platform == 0 && (t->encoding == 4 || t->encoding == 6)) ||
	       (t->platform == 3 && t->encoding == 10);
}

static int write_subtable(struct subtable *t, struct sk_buf *out)
{
	if (is_wide(t)) {
		write_groups(&t->runs, out);
	} else if (t->platform == 1) {
		cut(&t->runs, 0x10000);
		if (fits_bytes(&t->runs))
			write_bytes(&t->runs, out);
		else if (10 + 2 * (size_t)(last_code(&t->runs) + 1 - t->runs.v[0].code) > 65535)
			return SK_EFORMAT;
		else
			write_trimmed(&t->runs, out);
	} else {
		cut(&t->runs, 0xffff);
		return write_segments(&t->runs, out);
	}
	return out->err;
}

/* ---- the table ---- */

static bool wanted(const struct subtable *t, const struct subtable *have, unsigned n)
{
	if ((t->platform != 0 && t->platform != 1 && t->platform != 3) || t->encoding > 10)
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (have[i].platform == t->platform && have[i].encoding == t->encoding)
			return false;
	}
	return true;
}

static void insert(struct subtable *v, unsigned n, struct subtable t)
{
	while (n && (v[n - 1].platform > t.platform ||
			(v[n - 1].platform == t.platform && v[n - 1].encoding > t.encoding))) {
		v[n] = v[n - 1];
		n--;
	}
	v[n] = t;
}

static unsigned read_records(struct sk_slice in, struct subtable *v)
{
	struct sk_reader r = sk_reader(in);
	unsigned kept = 0;

	sk_read_skip(&r, 2);
	for (unsigned n = sk_read_u16be(&r); n && kept < SUBTABLES && sk_read_left(&r) >= 8; n--) {
		struct subtable t = {.platform = sk_read_u16be(&r)};
		t.encoding = sk_read_u16be(&r);
		t.from = sk_read_u32be(&r);
		if (t.from < in.n && wanted(&t, v, kept))
			insert(v, kept++, t);
	}
	return kept;
}

/* Records are written in front once it is known which subtables remain. */
static void write_table(
    const struct subtable *v, unsigned n, struct sk_slice body, struct sk_buf *out)
{
	(void)sk_buf_put_u16be(out, 0);
	(void)sk_buf_put_u16be(out, (uint16_t)n);
	for (unsigned i = 0; i < n; i++) {
		(void)sk_buf_put_u16be(out, v[i].platform);
		(void)sk_buf_put_u16be(out, v[i].encoding);
		(void)sk_buf_put_u32be(out, 4 + 8 * n + v[i].at);
	}
	(void)sk_buf_put_slice(out, body);
}

/* Put the subtable's bytes into the body, or use those of one that has the same. */
static int place(struct subtable *v, unsigned n, struct sk_buf *body)
{
	size_t start = body->len;
	struct subtable *t = &v[n];
	int err = write_subtable(t, body);

	if (err == SK_EFORMAT)
		body->len = start;
	if (err)
		return err;
	t->at = (uint32_t)start;
	struct sk_slice all = sk_buf_slice(body), mine = sk_slice_sub(all, start, all.n);
	for (unsigned i = 0; i < n; i++) {
		if (sk_slice_eq(sk_slice_sub(all, v[i].at, mine.n), mine) && v[i].at < start) {
			t->at = v[i].at;
			body->len = start;
			break;
		}
	}
	return 0;
}

int sk_cmap_rebuild(
    struct sk_arena *arena, struct sk_slice in, uint32_t nglyphs, struct sk_buf *out)
{
	struct subtable v[SUBTABLES];
	struct sk_buf body = SK_BUF(SK_LIMIT_FONT_BYTES);
	unsigned n = read_records(in, v), kept = 0;
	int err = 0;

	for (unsigned i = 0; i < n && (err == 0 || err == SK_EFORMAT); i++) {
		struct subtable t = v[i];
		t.runs = (struct runs){.arena = arena, .nglyphs = nglyphs};
		err = read_subtable(sk_slice_sub(in, t.from, in.n), &t.runs);
		v[kept] = t;
		if (err == 0)
			err = place(v, kept, &body);
		kept += err == 0;
	}
	if (kept && (err == 0 || err == SK_EFORMAT))
		write_table(v, kept, sk_buf_slice(&body), out);
	sk_buf_free(&body);
	return err && err != SK_EFORMAT ? err : out->err;
}
