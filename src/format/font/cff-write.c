/*
 * Writes the model as the one CFF font set that doc/profiles/font.md describes, and draws the glyphs of a font
 * that was read. Cleaner's jail.
 */
#include "format/font/dict.h"

/* Path segments and operators of one font: Noto Sans CJK, 65,535 glyphs, has 7 million; ten times that, and
 * for small fonts in proportion to their size so that nested subroutines cannot take all time. */
#define WORK_FLOOR 2000000U
#define WORK_RATIO 64U
#define WORK_MAX 80000000U

int sk_cff_glyphs_init(struct sk_arena *arena, struct sk_cff_glyphs *g, uint32_t n, size_t input)
{
	uint64_t work = WORK_FLOOR + (uint64_t)input * WORK_RATIO;

	*g = (struct sk_cff_glyphs){.data = SK_BUF(SK_LIMIT_FONT_BYTES)};
	g->budget = work < WORK_MAX ? work : WORK_MAX;
	g->ends = sk_arena_array(arena, n, sizeof(g->ends[0]));
	g->hashes = sk_arena_array(arena, n, sizeof(g->hashes[0]));
	return g->ends && g->hashes ? 0 : SK_ENOMEM;
}

int sk_cff_glyph_done(struct sk_cff_glyphs *g, uint32_t i, struct sk_pen *pen, int err,
    const struct sk_cff_fd *fd, sk_fixed width)
{
	size_t start = i ? g->ends[i - 1] : 0;
	bool write = pen->out != NULL;

	if (err == 0)
		err = sk_pen_end(pen);
	if (err == 0 && g->data.len - start > UINT16_MAX)
		err = SK_EFORMAT;
	if (err && err != SK_EFORMAT)
		return err;
	g->drawn += !err;
	if (err) { /* readers draw nothing for such a glyph either */
		g->broken++;
		g->data.len = start;
		sk_pen_start(pen, write ? &g->data : NULL, &g->budget);
		sk_pen_width(pen, width, fd->nominal, fd->standard);
		if (pen->err || sk_pen_end(pen))
			return g->data.err ? g->data.err : SK_EFORMAT;
	}
	g->ends[i] = (uint32_t)g->data.len;
	g->hashes[i] = pen->hash;
	return 0;
}

int sk_cff_draw(const struct sk_cff *f, struct sk_cff_glyphs *g, bool write)
{
	for (uint32_t i = 0; i < f->nglyphs; i++) {
		const struct sk_cff_fd *fd = &f->fds[f->cid ? f->fdselect[i] : 0];
		struct sk_type2_font font = {f, fd, &g->budget};
		struct sk_pen pen;
		sk_fixed width;
		sk_pen_start(&pen, write ? &g->data : NULL, &g->budget);
		int err = sk_type2_draw(&font, sk_index_get(&f->chars, i), &pen, &width);
		err = sk_cff_glyph_done(g, i, &pen, err, fd, width);
		if (err)
			return err;
	}
	return 0;
}

/* ---- writing ---- */

static unsigned offset_size(size_t last)
{
	return last > 0xffffff ? 4 : last > 0xffff ? 3 : last > 0xff ? 2 : 1;
}

static void put_sized(struct sk_buf *out, size_t v, unsigned size)
{
	while (size--)
		(void)sk_buf_putc(out, (uint8_t)(v >> (8 * size)));
}

static void put_index_of_slices(struct sk_buf *out, const struct sk_slice *v, size_t n)
{
	size_t total = 1;

	(void)sk_buf_put_u16be(out, (uint16_t)n);
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++)
		total += v[i].n;
	unsigned size = offset_size(total);
	(void)sk_buf_putc(out, (uint8_t)size);
	size_t at = 1;
	put_sized(out, at, size);
	for (size_t i = 0; i < n; i++)
		put_sized(out, at += v[i].n, size);
	for (size_t i = 0; i < n; i++)
		(void)sk_buf_put_slice(out, v[i]);
}

static void put_charstrings(struct sk_buf *out, const struct sk_cff_glyphs *g, uint32_t n)
{
	unsigned size = offset_size(g->data.len + 1);

	(void)sk_buf_put_u16be(out, (uint16_t)n);
	(void)sk_buf_putc(out, (uint8_t)size);
	put_sized(out, 1, size);
	for (uint32_t i = 0; i < n; i++)
		put_sized(out, g->ends[i] + (size_t)1, size);
	(void)sk_buf_put(out, g->data.p, g->data.len);
}

static uint32_t range_end(const uint16_t *v, uint32_t g, uint32_t n)
{
	while (g + 1 < n && v[g + 1] == v[g] + 1)
		g++;
	return g + 1;
}

static void put_charset(struct sk_buf *out, const struct sk_cff *f)
{
	uint32_t ranges = 0, n = f->nglyphs;

	for (uint32_t g = 1; g < n; g = range_end(f->charset, g, n))
		ranges++;
	bool by_range = ranges * 4 < (n - 1) * 2;
	(void)sk_buf_putc(out, by_range ? 2 : 0);
	for (uint32_t g = 1; g < n;) {
		uint32_t next = by_range ? range_end(f->charset, g, n) : g + 1;
		(void)sk_buf_put_u16be(out, f->charset[g]);
		if (by_range)
			(void)sk_buf_put_u16be(out, (uint16_t)(next - g - 1));
		g = next;
	}
}

static void put_encoding(struct sk_buf *out, const struct sk_cff *f)
{
	(void)sk_buf_putc(out, f->nsups ? 0x80 : 0);
	(void)sk_buf_putc(out, (uint8_t)f->ncodes);
	(void)sk_buf_put(out, f->codes, f->ncodes);
	if (f->nsups)
		(void)sk_buf_putc(out, (uint8_t)f->nsups);
	for (unsigned i = 0; i < f->nsups; i++) {
		(void)sk_buf_putc(out, f->sups[i].code);
		(void)sk_buf_put_u16be(out, f->sups[i].sid);
	}
}

static void put_fdselect(struct sk_buf *out, const struct sk_cff *f)
{
	uint32_t ranges = 0;

	for (uint32_t g = 0; g < f->nglyphs; g++)
		ranges += g == 0 || f->fdselect[g] != f->fdselect[g - 1];
	(void)sk_buf_putc(out, 3);
	(void)sk_buf_put_u16be(out, (uint16_t)ranges);
	for (uint32_t g = 0; g < f->nglyphs; g++) {
		if (g && f->fdselect[g] == f->fdselect[g - 1])
			continue;
		(void)sk_buf_put_u16be(out, (uint16_t)g);
		(void)sk_buf_putc(out, f->fdselect[g]);
	}
	(void)sk_buf_put_u16be(out, (uint16_t)f->nglyphs);
}

static void put_matrix(struct sk_buf *out, const struct sk_font_matrix *m)
{
	if (!m->present)
		return;
	for (unsigned i = 0; i < 6; i++)
		sk_dict_put_number(out, m->v[i]);
	sk_dict_put_op(out, SK_DICT_ESC | 7);
}

static void put_private(struct sk_buf *out, const struct sk_cff_fd *fd)
{
	sk_dict_put_int(out, fd->standard);
	sk_dict_put_op(out, 20);
	sk_dict_put_int(out, fd->nominal);
	sk_dict_put_op(out, 21);
}

/* Where the parts of the file stand; known once all are written behind a Top DICT of known size. */
struct places {
	uint32_t charset, encoding, fdselect, chars, fdarray;
	uint32_t *private_at, *private_size;
};

static void put_offset_op(struct sk_buf *out, uint32_t at, unsigned op)
{
	sk_dict_put_offset(out, at);
	sk_dict_put_op(out, op);
}

static void put_private_op(struct sk_buf *out, const struct places *p, unsigned i)
{
	sk_dict_put_offset(out, p->private_size[i]);
	put_offset_op(out, p->private_at[i], 18);
}

static void put_cid_count(struct sk_buf *out, const struct sk_cff *f)
{
	int32_t count = 0;

	for (uint32_t g = 0; g < f->nglyphs; g++)
		count = f->charset[g] >= count ? f->charset[g] + 1 : count;
	sk_dict_put_int(out, count);
	sk_dict_put_op(out, SK_DICT_ESC | 34);
}

static void put_top(struct sk_buf *out, const struct sk_cff *f, const struct places *p)
{
	if (f->cid) {
		sk_dict_put_int(out, SK_CFF_NSTRINGS);
		sk_dict_put_int(out, SK_CFF_NSTRINGS + 1);
		sk_dict_put_int(out, 0);
		sk_dict_put_op(out, SK_DICT_ESC | 30);
	}
	for (unsigned i = 0; i < 4 && f->has_bbox; i++)
		sk_dict_put_int(out, f->bbox[i]);
	if (f->has_bbox)
		sk_dict_put_op(out, 5);
	put_matrix(out, &f->matrix);
	if (f->cid)
		put_cid_count(out, f);
	if (f->charset_kind == 3) {
		put_offset_op(out, p->charset, 15);
	} else if (f->charset_kind) {
		sk_dict_put_int(out, f->charset_kind);
		sk_dict_put_op(out, 15);
	}
	if (!f->cid && f->encoding_kind == 2) {
		put_offset_op(out, p->encoding, 16);
	} else if (!f->cid && f->encoding_kind) {
		sk_dict_put_int(out, 1);
		sk_dict_put_op(out, 16);
	}
	put_offset_op(out, p->chars, 17);
	if (f->cid) {
		put_offset_op(out, p->fdarray, SK_DICT_ESC | 36);
		put_offset_op(out, p->fdselect, SK_DICT_ESC | 37);
	} else {
		put_private_op(out, p, 0);
	}
}

/* The Font DICT INDEX; its Private DICTs follow it at `at`. */
static void put_fdarray(struct sk_buf *out, const struct sk_cff *f, const struct places *p)
{
	struct sk_buf data = SK_BUF(SK_LIMIT_FONT_BYTES);
	uint32_t ends[256];

	for (unsigned i = 0; i < f->nfds; i++) {
		put_matrix(&data, &f->fds[i].matrix);
		put_private_op(&data, p, i);
		ends[i] = (uint32_t)data.len;
	}
	put_charstrings(out, &(struct sk_cff_glyphs){.data = data, .ends = ends}, f->nfds);
	if (data.err)
		out->err = data.err;
	sk_buf_free(&data);
}

/* Everything, with the places known so far; a second pass has them all. */
static void put_file(
    struct sk_buf *out, const struct sk_cff *f, const struct sk_cff_glyphs *g, struct places *p)
{
	static const struct sk_slice font_name[] = {SK_SLICE_LIT("F")};
	static const struct sk_slice ros[] = {SK_SLICE_LIT("Adobe"), SK_SLICE_LIT("Identity")};
	struct sk_buf top = SK_BUF(4096);

	(void)sk_buf_put(out, "\1\0\4\4", 4);
	put_index_of_slices(out, font_name, 1);
	put_top(&top, f, p);
	put_index_of_slices(out, &(struct sk_slice){top.p, top.len}, 1);
	if (top.err)
		out->err = top.err;
	sk_buf_free(&top);
	put_index_of_slices(out, f->cid ? ros : f->names, f->cid ? 2 : f->nnames);
	(void)sk_buf_put_u16be(out, 0);
	p->charset = (uint32_t)out->len;
	if (f->charset_kind == 3)
		put_charset(out, f);
	p->encoding = (uint32_t)out->len;
	if (!f->cid && f->encoding_kind == 2)
		put_encoding(out, f);
	p->fdselect = (uint32_t)out->len;
	if (f->cid)
		put_fdselect(out, f);
	p->chars = (uint32_t)out->len;
	put_charstrings(out, g, f->nglyphs);
	p->fdarray = (uint32_t)out->len;
	if (f->cid)
		put_fdarray(out, f, p);
	for (unsigned i = 0; i < f->nfds; i++) {
		p->private_at[i] = (uint32_t)out->len;
		put_private(out, &f->fds[i]);
		p->private_size[i] = (uint32_t)out->len - p->private_at[i];
	}
}

int sk_cff_write(const struct sk_cff *f, const struct sk_cff_glyphs *g, struct sk_buf *out)
{
	uint32_t at[256] = {0}, size[256] = {0};
	struct places p = {.private_at = at, .private_size = size};
	size_t start = out->len, len = 0;

	/* Offsets have one width, so the second pass puts everything where the first one did. */
	for (int pass = 0; pass < 2 && !out->err; pass++) {
		out->len = start;
		put_file(out, f, g, &p);
		if (pass == 1 && out->len - start != len)
			return SK_EINTERNAL;
		len = out->len - start;
	}
	return out->err;
}

/* The written font, read again, must draw the same. */
static int compare(const struct sk_cff *f, const struct sk_cff_glyphs *g, struct sk_slice out)
{
	struct sk_cff again;
	struct sk_cff_glyphs h;
	int r = sk_cff_read(f->arena, out, &again);

	if (r == 0)
		r = sk_cff_glyphs_init(f->arena, &h, again.nglyphs, out.n);
	if (r == 0)
		r = sk_cff_draw(&again, &h, false);
	if (r)
		return r;
	if (again.nglyphs != f->nglyphs || h.broken)
		return SK_EFORMAT;
	return memcmp(h.hashes, g->hashes, f->nglyphs * sizeof(h.hashes[0])) ? SK_EFORMAT : 0;
}

int sk_cff_finish(const struct sk_cff *f, struct sk_cff_glyphs *g, struct sk_buf *out)
{
	/* A few broken glyphs are in many fonts; a font of which a quarter is broken was not understood. */
	if (g->broken > 2 + g->drawn / 3)
		return SK_EFORMAT;
	int r = sk_cff_write(f, g, out);
	return r ? r : compare(f, g, sk_buf_slice(out));
}

int sk_cff_make_cid(struct sk_cff *f)
{
	f->fdselect = sk_arena_array(f->arena, f->nglyphs, 1);
	if (f->fdselect == NULL)
		return SK_ENOMEM;
	for (uint32_t g = 0; g < f->nglyphs; g++)
		f->charset[g] = (uint16_t)g;
	f->charset_kind = 3;
	f->cid = true;
	return 0;
}

int sk_cff_rebuild(struct sk_arena *arena, struct sk_slice in, bool cid, struct sk_buf *out)
{
	struct sk_cff f;
	struct sk_cff_glyphs g;
	int r = sk_cff_read(arena, in, &f);

	if (r == 0 && f.cid && !cid)
		return SK_EFORMAT;
	if (r == 0)
		r = sk_cff_glyphs_init(arena, &g, f.nglyphs, in.n);
	if (r)
		return r;
	r = sk_cff_draw(&f, &g, true);
	if (r == 0 && cid && !f.cid)
		r = sk_cff_make_cid(&f);
	if (r == 0)
		r = sk_cff_finish(&f, &g, out);
	sk_buf_free(&g.data);
	return r;
}
