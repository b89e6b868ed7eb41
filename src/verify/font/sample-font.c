/* The sample fonts of sample-font.h. Test programs only. */
#include "verify/font/sample-font.h"

static void set(struct sample_part *t, const void *bytes, size_t n)
{
	memset(t, 0, sizeof(*t));
	memcpy(t->p, bytes, n);
	t->n = n;
}

#define SET(t, bytes) set(t, bytes, sizeof(bytes) - 1)

static uint8_t *put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return p + 2;
}

static uint8_t *put32(uint8_t *p, uint32_t v)
{
	return put16(put16(p, v >> 16), v);
}

static void sample_cmap(struct sample_part *t)
{
	static const char start[] = "\0\0\0\2" /* two records */
				    "\0\1\0\0\0\0\0\x14"
				    "\0\3\0\1\0\0\1\x1a"
				    "\0\0\1\6\0\0";
	static const char format_4[] = "\0\4\0\x2c\0\0\0\6\0\4\0\1\0\2"
				       "\0\x42\0\x51\xff\xff\0\0\0\x41\0\x50\xff\xff"
				       "\xff\xc0\0\0\0\1\0\0\0\4\0\0\0\3\0\0";

	SET(t, start);
	t->p[20 + 6 + 65] = 1;
	t->p[20 + 6 + 66] = 2;
	memcpy(t->p + 282, format_4, sizeof(format_4) - 1);
	t->n = 282 + sizeof(format_4) - 1;
}

/* Glyph 0 is empty, 1 a triangle, 2 a zigzag with four equal flags, 3 both together. */
void sample_sfnt(struct sample_sfnt *f)
{
	memset(f, 0, sizeof(*f));
	sample_cmap(&f->t[S_CMAP]);
	SET(&f->t[S_GLYF], "\0\1\0\0\0\0\0\xc8\1\x2c\0\2\0\0\x33\x13\x23\x64\x64\xc8\1\x2c"
			   "\0\1\0\0\0\0\0\x28\0\x28\0\3\0\0\x3f\3\n\n\n\n\n\n\n\n"
			   "\xff\xff\0\0\0\0\0\xc8\1\x2c\0\x22\0\1\0\0\0\2\0\2\5\5");
	SET(&f->t[S_HEAD], "\0\1\0\0\0\1\0\0\0\0\0\0\x5f\x0f\x3c\xf5\0\3\3\xe8"
			   "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			   "\0\0\0\0\0\xc8\1\x2c\0\1\0\x08\0\2\0\0\0\0");
	SET(&f->t[S_HHEA], "\0\1\0\0\3\x20\xff\x38\0\0\2\x58\0\0\0\0\0\0\0\1\0\0\0\0"
			   "\0\0\0\0\0\0\0\0\0\0\0\2");
	SET(&f->t[S_HMTX], "\1\xf4\0\0\2\x58\0\0\0\0\0\0");
	SET(&f->t[S_LOCA], "\0\0\0\0\0\x0b\0\x17\0\x22");
	SET(&f->t[S_MAXP], "\0\1\0\0\0\4\0\4\0\1\0\7\0\2\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\2\0\1");
	SET(&f->t[S_POST], "\0\2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
			   "\0\4\0\0\1\2\1\3\0\x24\5alpha\4beta");
}

/* A composite of 256 times one glyph. */
static uint8_t *many(uint8_t *p, unsigned glyph)
{
	p = put16(p, 0xffff) + 8;
	for (int i = 0; i < 256; i++)
		p = put16(put16(put16(p, i < 255 ? 0x22 : 2), glyph), 0);
	return p;
}

void sample_sfnt_bomb(struct sample_sfnt *f)
{
	sample_sfnt(f);
	struct sample_part *t = &f->t[S_GLYF];
	memset(t, 0, sizeof(*t));
	uint8_t *one = many(t->p, 0);
	uint8_t *two = many(one, 1);
	t->n = (size_t)(two - t->p);
	uint8_t *loca = put16(f->t[S_LOCA].p + 2, 0);
	loca = put16(loca, (uint32_t)(one - t->p) / 2);
	put16(put16(loca, (uint32_t)t->n / 2), (uint32_t)t->n / 2);
}

static uint32_t sum(const uint8_t *p, size_t n)
{
	uint32_t s = 0;

	for (size_t i = 0; i < n; i++)
		s += (uint32_t)p[i] << (24 - 8 * (i % 4));
	return s;
}

static size_t add_table(
    struct sample_sfnt *f, uint8_t **entry, const char *tag, const uint8_t *p, size_t n)
{
	size_t at = f->n;

	memcpy(f->out + at, p, n);
	memset(f->out + at + n, 0, 4);
	f->n = (at + n + 3) & ~(size_t)3;
	memcpy(*entry, tag, 4);
	*entry = put32(put32(put32(*entry + 4, sum(p, n)), (uint32_t)at), (uint32_t)n);
	return at;
}

void sample_sfnt_build(struct sample_sfnt *f)
{
	static const char tags[S_TABLES][5] = {
	    "cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "post"};
	uint32_t n = (f->extra != NULL) + 0U, log = 0;
	size_t head = 0;

	for (int i = 0; i < S_TABLES; i++)
		n += f->t[i].n > 0;
	while (2U << log <= n)
		log++;
	uint8_t *p = put16(put32(f->out, 0x10000), n);
	p = put16(put16(put16(p, 16U << log), log), 16 * n - (16U << log));
	f->n = 12 + 16 * n;
	bool added = f->extra == NULL;
	for (int i = 0; i <= S_TABLES; i++) {
		if (!added && (i == S_TABLES || strcmp(f->extra, tags[i]) < 0)) {
			add_table(f, &p, f->extra, (const uint8_t *)"\0\0\0\1", 4);
			added = true;
		}
		if (i == S_TABLES || f->t[i].n == 0)
			continue;
		size_t at = add_table(f, &p, tags[i], f->t[i].p, f->t[i].n);
		head = i == S_HEAD ? at : head;
	}
	put32(f->out + head + 8, 0xb1b0afbaU - sum(f->out, f->n));
}

void sample_cff(struct sample_cff *f, bool cid)
{
	static const char glyph[] = "\xf8\xec\x8b\x8b\x15\xef\x8b\x8b\xef\x05\x0e";

	memset(f, 0, sizeof(*f));
	f->cid = cid;
	SET(&f->part[C_HEADER], "\1\0\4\4");
	SET(&f->part[C_NAME], "F");
	if (cid) {
		SET(&f->part[C_TOP], "\xf8\x1b\xf8\x1c\x8b\x0c\x1e");
		SET(&f->part[C_STRINGS], "AdobeIdentity");
		SET(&f->part[C_CHARSET], "\0\0\x0a\0\x14");
		SET(&f->part[C_SELECT], "\3\0\2\0\0\0\0\1\1\0\3");
	} else {
		SET(&f->part[C_TOP], "\x1e\xa0\x01\xff\x8b\x8b\x1e\xa0\x01\xff\x8b\x8b\x0c\x07");
		SET(&f->part[C_STRINGS], "foo");
		SET(&f->part[C_CHARSET], "\0\0\x22\1\x87");
		SET(&f->part[C_ENCODING], "\0\2\x41\x42");
	}
	SET(&f->part[C_PRIVATE], "\xf8\x88\x14\x8b\x15");
	memcpy(f->glyph, glyph, sizeof(glyph) - 1);
	f->glyph_n = sizeof(glyph) - 1;
}

/* An INDEX of up to three entries; all are small. */
static uint8_t *put_index(uint8_t *p, unsigned n, const size_t *len, const uint8_t *data)
{
	size_t at = 1, all = 0;

	p = put16(p, n);
	if (n == 0)
		return p;
	*p++ = 1;
	*p++ = 1;
	for (unsigned i = 0; i < n; i++) {
		at += len[i];
		all += len[i];
		*p++ = (uint8_t)at;
	}
	memcpy(p, data, all);
	return p + all;
}

static uint8_t *put_part(uint8_t *p, const struct sample_part *part)
{
	memcpy(p, part->p, part->n);
	return p + part->n;
}

static uint8_t *put_offset(uint8_t *p, size_t v, uint16_t op)
{
	*p++ = 29;
	p = put32(p, (uint32_t)v);
	if (op > 255)
		*p++ = 12;
	*p++ = (uint8_t)op;
	return p;
}

struct places {
	size_t charset, encoding, select, glyphs, fonts, private;
};

/* The Top DICT with the places as far as they are known; its length does not depend on them. */
static size_t put_top(struct sample_cff *f, uint8_t *out, const struct places *at)
{
	uint8_t *p = put_part(out, &f->part[C_TOP]);

	if (f->cid) {
		*p++ = 21 + 139;
		*p++ = 12;
		*p++ = 34;
	}
	p = put_offset(p, at->charset, 15);
	if (!f->cid)
		p = put_offset(p, at->encoding, 16);
	p = put_offset(p, at->glyphs, 17);
	if (f->cid) {
		p = put_offset(p, at->fonts, 0x0c24);
		return (size_t)(put_offset(p, at->select, 0x0c25) - out);
	}
	*p++ = 29;
	p = put32(p, (uint32_t)f->part[C_PRIVATE].n);
	return (size_t)(put_offset(p, at->private, 18) - out);
}

static uint8_t *put_glyphs(struct sample_cff *f, uint8_t *p)
{
	uint8_t all[128];
	const size_t len[3] = {1, f->glyph_n, 1};

	all[0] = 14;
	memcpy(all + 1, f->glyph, f->glyph_n);
	all[1 + f->glyph_n] = 14;
	return put_index(p, 3, len, all);
}

/* Two Font DICTs, and the Private DICT of each. */
static uint8_t *put_fonts(struct sample_cff *f, uint8_t *p)
{
	size_t one = f->part[C_FONT].n + 11, n = f->part[C_PRIVATE].n;
	const size_t len[2] = {one, one};
	size_t start = (size_t)(p - f->out) + 6 + 2 * one;
	uint8_t both[256], *q = both;

	for (int i = 0; i < 2; i++) {
		q = put_part(q, &f->part[C_FONT]);
		*q++ = 29;
		q = put32(q, (uint32_t)n);
		q = put_offset(q, start + (size_t)i * n, 18);
	}
	p = put_index(p, 2, len, both);
	return put_part(put_part(p, &f->part[C_PRIVATE]), &f->part[C_PRIVATE]);
}

static void put_all(struct sample_cff *f, struct places *at)
{
	uint8_t top[256];
	const size_t strings[2] = {f->cid ? 5 : f->part[C_STRINGS].n, 8}, one = f->part[C_NAME].n;
	const size_t ntop = put_top(f, top, at), sub = 1;
	uint8_t *p = put_part(f->out, &f->part[C_HEADER]);

	p = put_index(p, 1, &one, f->part[C_NAME].p);
	p = put_index(p, 1, &ntop, top);
	p = put_index(p, f->cid ? 2 : 1, strings, f->part[C_STRINGS].p);
	p = put_index(p, f->global, &sub, (const uint8_t *)"\x0b");
	at->charset = (size_t)(p - f->out);
	p = put_part(p, &f->part[C_CHARSET]);
	at->encoding = (size_t)(p - f->out);
	p = put_part(p, &f->part[C_ENCODING]);
	at->select = (size_t)(p - f->out);
	p = put_part(p, &f->part[C_SELECT]) + f->gap;
	at->glyphs = (size_t)(p - f->out);
	p = put_glyphs(f, p);
	at->fonts = at->private = (size_t)(p - f->out);
	p = f->cid ? put_fonts(f, p) : put_part(p, &f->part[C_PRIVATE]);
	f->n = (size_t)(p - f->out);
}

void sample_cff_build(struct sample_cff *f)
{
	struct places at = {0};

	put_all(f, &at);
	put_all(f, &at);
}
