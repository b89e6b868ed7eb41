/*
 * Rebuilds one embedded font: what it is by its bytes, then the rebuild for that kind. Cleaner's jail.
 */
#include "format/font/font.h"
#include "format/font/internal.h"

/* Memory besides the result: tables per glyph and decoded charstrings, in proportion to the input. */
#define ARENA_FLOOR ((size_t)16 << 20)
#define ARENA_RATIO 8

/* Bare CFF: major version 1, a header of at least 4 bytes, an offset size. Some producers put a few bytes in front,
 * which readers of PDF pass over. */
static bool find_cff(struct sk_slice *in)
{
	for (size_t at = 0; at < 16 && at + 4 < in->n; at++) {
		const uint8_t *p = in->p + at;
		if (p[0] == 1 && p[1] <= 1 && p[2] >= 4 && p[3] >= 1 && p[3] <= 4) {
			*in = sk_slice_sub(*in, at, in->n);
			return true;
		}
	}
	return false;
}

static bool is_sfnt(struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);

	switch (sk_read_u32be(&r)) {
	case 0x00010000:
	case 0x00020000:
	case SK_TAG('t', 'r', 'u', 'e'):
	case SK_TAG('t', 't', 'c', 'f'):
	case SK_TAG('O', 'T', 'T', 'O'):
		return true;
	default:
		return false;
	}
}

/* PostScript: "%!" after white space, or the first segment of a PFB file. */
static bool is_type1(struct sk_slice in)
{
	size_t at = 0;

	while (at < in.n && at < 16 && (in.p[at] <= ' '))
		at++;
	return (in.n > 1 && in.p[0] == 0x80 && in.p[1] == 1) ||
	       (at + 1 < in.n && in.p[at] == '%' && in.p[at + 1] == '!');
}

static int rebuild_sfnt(struct sk_arena *a, struct sk_slice in, struct sk_font_out *out)
{
	struct sk_sfnt s;
	int r = sk_sfnt_read(in, &s);

	if (r)
		return r;
	struct sk_slice cff = sk_sfnt_get(&s, SK_TAG('C', 'F', 'F', ' '));
	if (cff.p) {
		out->kind = SK_FONT_CFF;
		return sk_cff_rebuild(a, cff, out->cid, &out->bytes);
	}
	out->kind = SK_FONT_TRUETYPE;
	return sk_truetype_rebuild(a, &s, &out->bytes);
}

int sk_font_rebuild(
    struct sk_job *job, enum sk_font_kind kind, struct sk_slice in, struct sk_font_out *out)
{
	int r = SK_EFORMAT;

	(void)job;
	(void)kind;
	if (in.n > SK_LIMIT_FONT_BYTES)
		return SK_EFORMAT;
	struct sk_arena *a = sk_arena_new(ARENA_FLOOR + in.n * ARENA_RATIO);
	if (a == NULL)
		return SK_ENOMEM;
	if (is_sfnt(in)) {
		r = rebuild_sfnt(a, in, out);
	} else if (is_type1(in)) {
		out->kind = SK_FONT_CFF;
		r = sk_type1_rebuild(a, in, out->cid, &out->bytes);
	} else if (find_cff(&in)) {
		out->kind = SK_FONT_CFF;
		r = sk_cff_rebuild(a, in, out->cid, &out->bytes);
	}
	sk_arena_free(a);
	if (r)
		sk_buf_reset(&out->bytes);
	/* A font that costs more than its size justifies is no honest one: its pages are flattened. */
	return r == SK_ELIMIT ? SK_EFORMAT : r;
}
