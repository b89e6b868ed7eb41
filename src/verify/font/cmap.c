/*
 * The sfnt tables that name glyphs: cmap (formats 0, 4, 6, 12) and post, in the one form of the
 * profile. Verifier's jail.
 */
#include "verify/font/font.h"

enum { MAX_RECORDS = 16, NO_CODE = 0xffff };

struct cmap {
	struct sk_check *c;
	struct sk_slice all;
	struct sk_reader r; /* inside one subtable: limited by its length */
	uint32_t nglyphs;
	size_t start; /* of the subtable */
};

static int fault(struct cmap *m, const char *what)
{
	return sk_fail(m->c, m->r.pos, "cmap: %s", what);
}

/* 256 codes; some glyph is there, or the table is all 0. */
static int format_0(struct cmap *m)
{
	for (int i = 0; i < 256; i++)
		if (sk_read_u8(&m->r) >= m->nglyphs)
			return fault(m, "glyph does not exist");
	return 0;
}

/* A run of codes; not one that format 0 could hold. */
static int format_6(struct cmap *m)
{
	uint32_t first = sk_read_u16be(&m->r), n = sk_read_u16be(&m->r), glyph = 0;
	bool small = first + n <= 256;

	if (n == 0 || first + n > 65536)
		return fault(m, "format 6 has a wrong range");
	for (uint32_t i = 0; i < n; i++) {
		glyph = sk_read_u16be(&m->r);
		if (glyph >= m->nglyphs)
			return fault(m, "glyph does not exist");
		if (i == 0 && glyph == 0)
			return fault(m, "format 6 starts with no glyph");
		small &= glyph < 256;
	}
	if (glyph == 0)
		return fault(m, "format 6 ends with no glyph");
	return small ? fault(m, "format 6 where format 0 is enough") : 0;
}

static int format_12(struct cmap *m)
{
	uint32_t n = sk_read_u32be(&m->r), before = 0, next_glyph = 0;

	if (n > sk_read_left(&m->r) / 12)
		return fault(m, "format 12 is cut off");
	for (uint32_t i = 0; i < n; i++) {
		uint32_t first = sk_read_u32be(&m->r), last = sk_read_u32be(&m->r);
		uint32_t glyph = sk_read_u32be(&m->r);
		if ((i && first <= before) || last < first || last > 0x10ffff)
			return fault(m, "format 12 groups do not rise");
		if (glyph == 0 || glyph >= m->nglyphs || last - first >= m->nglyphs - glyph)
			return fault(m, "glyph does not exist");
		if (i && first == before + 1 && glyph == next_glyph)
			return fault(m, "format 12 groups could be one");
		before = last;
		next_glyph = glyph + (last - first) + 1;
	}
	return 0;
}

/* The four arrays of format 4, and where its glyph array goes on. */
struct segments {
	struct sk_slice end, start, delta, range;
	unsigned n;
	uint32_t used; /* entries of the glyph array so far */
};

static uint16_t word(struct sk_slice s, uint32_t i)
{
	return (uint16_t)(s.p[2 * i] << 8 | s.p[2 * i + 1]);
}

static int segment_glyphs(struct cmap *m, struct segments *s, unsigned i)
{
	uint32_t n = (uint32_t)word(s->end, i) - word(s->start, i) + 1;

	if (word(s->delta, i) != 0 || word(s->range, i) != 2 * (s->n - i) + 2 * s->used)
		return fault(m, "format 4 segment does not use the next glyphs");
	for (s->used += n; n; n--)
		if (sk_read_u16be(&m->r) >= m->nglyphs)
			return fault(m, "glyph does not exist");
	return m->r.bad ? fault(m, "format 4 is cut off") : 0;
}

static int segment(struct cmap *m, struct segments *s, unsigned i)
{
	uint16_t first = word(s->start, i), last = word(s->end, i), delta = word(s->delta, i);

	if (last < first || (i && first <= word(s->end, i - 1)))
		return fault(m, "format 4 segments do not rise");
	if (i == s->n - 1) {
		bool closing = first == NO_CODE && last == NO_CODE && delta == 1;
		return closing && word(s->range, i) == 0 ? 0
							 : fault(m, "format 4 has no last segment");
	}
	if (word(s->range, i))
		return segment_glyphs(m, s, i);
	uint16_t glyph = (uint16_t)(first + delta), top = (uint16_t)(last + delta);
	if (glyph == 0 || top < glyph || top >= m->nglyphs)
		return fault(m, "glyph does not exist");
	return 0;
}

static int format_4(struct cmap *m)
{
	struct segments s = {.n = sk_read_u16be(&m->r)};
	unsigned log = 0;
	int rc = 0;

	uint16_t range = sk_read_u16be(&m->r), selector = sk_read_u16be(&m->r);
	uint16_t shift = sk_read_u16be(&m->r);
	if (s.n == 0 || s.n % 2)
		return fault(m, "format 4 has a wrong number of segments");
	s.n /= 2;
	while (2U << log <= s.n)
		log++;
	if (range != 2U << log || selector != log || shift != 2 * s.n - range)
		return fault(m, "format 4 has wrong header numbers");
	s.end = sk_read_slice(&m->r, 2 * (size_t)s.n);
	uint16_t pad = sk_read_u16be(&m->r);
	s.start = sk_read_slice(&m->r, 2 * (size_t)s.n);
	s.delta = sk_read_slice(&m->r, 2 * (size_t)s.n);
	s.range = sk_read_slice(&m->r, 2 * (size_t)s.n);
	if (m->r.bad || pad)
		return fault(m, "format 4 is cut off or its padding is not 0");
	for (unsigned i = 0; rc == 0 && i < s.n; i++)
		rc = segment(m, &s, i);
	return rc;
}

/* A subtable at the reader's position: format, length, language, content, and not a byte more. */
static int subtable(struct cmap *m, uint16_t platform, uint16_t encoding)
{
	bool wide = (platform == 0 && (encoding == 4 || encoding == 6)) ||
		    (platform == 3 && encoding == 10);
	uint16_t format = sk_read_u16be(&m->r);
	int rc;

	if (platform == 1 ? format != 0 && format != 6 : format != (wide ? 12 : 4))
		return fault(m, "format is not the one for its platform");
	if (format == 12)
		sk_read_skip(&m->r, 2);
	size_t length = format == 12 ? sk_read_u32be(&m->r) : sk_read_u16be(&m->r);
	uint32_t language = format == 12 ? sk_read_u32be(&m->r) : sk_read_u16be(&m->r);
	if (m->r.bad || length > m->all.n - m->start || language)
		return fault(m, "subtable has a wrong length or language");
	if (format == 12 && (m->all.p[m->start + 2] || m->all.p[m->start + 3]))
		return fault(m, "reserved field is not 0");
	m->r.s.n = m->start + length;
	if (format == 0)
		rc = format_0(m);
	else if (format == 4)
		rc = format_4(m);
	else
		rc = format == 6 ? format_6(m) : format_12(m);
	if (rc == 0 && !sk_read_at_end(&m->r))
		rc = fault(m, "subtable is longer or shorter than its content");
	return rc;
}

/* The subtables met so far. */
struct known {
	uint32_t at[MAX_RECORDS];
	struct sk_slice bytes[MAX_RECORDS];
	unsigned n;
};

/* The subtable of one record: shared with an earlier one, or the next in the file. */
static int record(
    struct cmap *m, struct known *k, uint16_t platform, uint16_t encoding, uint32_t at)
{
	size_t next = k->n ? k->at[k->n - 1] + k->bytes[k->n - 1].n : m->r.pos;

	for (unsigned i = 0; i < k->n; i++) {
		if (k->at[i] != at)
			continue;
		m->r = sk_reader(m->all);
		m->start = at;
		sk_read_seek(&m->r, at);
		return subtable(m, platform, encoding);
	}
	if (at != next)
		return fault(m, "subtable does not stand behind the one before");
	m->r = sk_reader(m->all);
	m->start = at;
	sk_read_seek(&m->r, at);
	int rc = subtable(m, platform, encoding);
	if (rc)
		return rc;
	struct sk_slice s = sk_slice_sub(m->all, at, m->r.pos - at);
	for (unsigned i = 0; i < k->n; i++)
		if (sk_slice_eq(s, k->bytes[i]))
			return fault(m, "equal subtables are not shared");
	k->at[k->n] = at;
	k->bytes[k->n++] = s;
	return 0;
}

int sk_vf_cmap(struct sk_check *c, struct sk_slice in, uint32_t nglyphs)
{
	struct cmap m = {.c = c, .all = in, .r = sk_reader(in), .nglyphs = nglyphs};
	struct sk_reader head = sk_reader(in);
	uint16_t version = sk_read_u16be(&head), n = sk_read_u16be(&head);
	struct known k = {.n = 0};
	int before = -1, rc = 0;

	if (version || n == 0 || n > MAX_RECORDS)
		return fault(&m, "wrong version or number of records");
	sk_read_seek(&m.r, 4 + 8 * (size_t)n);
	for (unsigned i = 0; rc == 0 && i < n; i++) {
		uint16_t platform = sk_read_u16be(&head), encoding = sk_read_u16be(&head);
		uint32_t at = sk_read_u32be(&head);
		int key = platform << 16 | encoding;
		if (head.bad || platform == 2 || platform > 3 || encoding > 10 || key <= before)
			return fault(&m, "record is not allowed or not in order");
		before = key;
		rc = record(&m, &k, platform, encoding, at);
	}
	if (rc == 0 && k.at[k.n - 1] + k.bytes[k.n - 1].n != in.n)
		rc = fault(&m, "bytes after the last subtable");
	return rc;
}

bool sk_vf_glyph_name(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x21 || s.p[i] > 0x7e || strchr("()<>[]{}/%", s.p[i]))
			return false;
	return s.n >= 1 && s.n <= 63;
}

static int post_names(struct sk_check *c, struct sk_reader *r, uint32_t nglyphs)
{
	uint32_t names = 0;

	if (sk_read_u16be(r) != nglyphs)
		return sk_fail(c, r->pos, "post: wrong number of glyphs");
	for (uint32_t i = 0; i < nglyphs; i++) {
		uint32_t index = sk_read_u16be(r);
		if (index > 258 + names)
			return sk_fail(c, r->pos, "post: names are not numbered by first use");
		names += index == 258 + names;
	}
	for (; names; names--) {
		struct sk_slice s = sk_read_slice(r, sk_read_u8(r));
		if (!sk_vf_glyph_name(s))
			return sk_fail(c, r->pos, "post: not a glyph name");
	}
	return 0;
}

int sk_vf_post(struct sk_check *c, struct sk_slice in, uint32_t nglyphs)
{
	struct sk_reader r = sk_reader(in);
	uint32_t version = sk_read_u32be(&r);
	int rc = 0;

	for (int i = 0; i < 7; i++)
		if (sk_read_u32be(&r) != 0)
			return sk_fail(c, r.pos, "post: header field is not 0");
	if (version == 0x20000)
		rc = post_names(c, &r, nglyphs);
	else if (version != 0x30000 && !(version == 0x10000 && nglyphs == 258))
		rc = sk_fail(c, 0, "post: version is not allowed");
	if (rc == 0 && !sk_read_at_end(&r))
		rc = sk_fail(c, r.pos, "post: bytes missing or too many");
	return rc;
}
