/*
 * Turns a Type 1 font that was read into the CFF model: glyphs in the order of their codes, names as
 * string ids, the encoding as codes of glyphs. Cleaner's jail.
 */
#include "format/font/internal.h"

struct order {
	const struct sk_type1 *t;
	struct sk_cff *f;
	long *glyph;     /* source glyph of each written glyph; -1: none, an empty .notdef */
	uint16_t *place; /* 1 + written glyph of each source glyph; 0: not yet */
	uint32_t n;
};

static void add_glyph(struct order *o, long g)
{
	if (g >= 0)
		o->place[g] = (uint16_t)(o->n + 1);
	o->glyph[o->n++] = g;
}

/* .notdef, then glyphs that have a code in the order of their first one, then the others. */
static void order_glyphs(struct order *o, const long *by_code)
{
	struct sk_cff *f = o->f;

	add_glyph(o, sk_type1_find(o->t, sk_slice_str(".notdef")));
	for (unsigned c = 0; c < 256 && f->encoding_kind == 2; c++) {
		long g = by_code[c];
		if (g < 0 || o->place[g] || f->ncodes == 255)
			continue;
		add_glyph(o, g);
		f->codes[f->ncodes++] = (uint8_t)c;
	}
	for (size_t g = 0; g < o->t->nglyphs; g++) {
		if (!o->place[g])
			add_glyph(o, (long)g);
	}
}

/* Which glyph each code shows; a hash would be faster, but most fonts have less than 256 glyphs. */
static void resolve_codes(const struct sk_type1 *t, long *by_code)
{
	for (unsigned c = 0; c < 256; c++)
		by_code[c] = t->encoding[c].n ? sk_type1_find(t, t->encoding[c]) : -1;
}

/* Further codes of a glyph become supplements. */
static void add_supplements(struct order *o, const long *by_code)
{
	struct sk_cff *f = o->f;

	for (unsigned c = 0; c < 256 && f->encoding_kind == 2; c++) {
		long g = by_code[c];
		if (g < 0 || o->place[g] < 2)
			continue;
		unsigned at = o->place[g] - 2U;
		if (at < f->ncodes && f->codes[at] == c)
			continue;
		if (f->nsups < 255)
			f->sups[f->nsups++] = (struct sk_cff_sup){(uint8_t)c, f->charset[at + 1]};
	}
}

static int name_glyphs(struct order *o)
{
	struct sk_cff *f = o->f;
	bool plain = o->n <= 229;

	f->charset = sk_arena_array(f->arena, o->n, sizeof(f->charset[0]));
	f->names = sk_arena_array(f->arena, o->n, sizeof(f->names[0]));
	if (f->charset == NULL || f->names == NULL)
		return SK_ENOMEM;
	for (uint32_t g = 1; g < o->n; g++) {
		struct sk_slice name = o->t->names[o->glyph[g]];
		int sid = sk_sid_find(o->t->sids, name);
		if (sid < 0) {
			if (!sk_glyph_name_ok(name)) {
				char *s = sk_arena_printf(f->arena, ".g%u", (unsigned)g);
				if (s == NULL)
					return SK_ENOMEM;
				name = sk_slice_str(s);
			}
			if (f->nnames + SK_CFF_NSTRINGS >= UINT16_MAX)
				return SK_EFORMAT;
			f->names[f->nnames] = name;
			sid = (int)(SK_CFF_NSTRINGS + f->nnames++);
		}
		f->charset[g] = (uint16_t)sid;
		plain = plain && (uint32_t)sid == g;
	}
	f->charset_kind = plain ? 0 : 3;
	return 0;
}

static int make_model(struct sk_type1 *t, struct sk_cff *f, struct order *o)
{
	long by_code[256];

	struct sk_sid_index *sids = sk_arena_alloc(f->arena, sizeof(*sids));
	f->fds = sk_arena_array(f->arena, 1, sizeof(f->fds[0]));
	o->glyph = sk_arena_array(f->arena, t->nglyphs + 1, sizeof(o->glyph[0]));
	o->place = sk_arena_array(f->arena, t->nglyphs, sizeof(o->place[0]));
	if (sids == NULL || f->fds == NULL || o->glyph == NULL || o->place == NULL)
		return SK_ENOMEM;
	sk_sid_index(sids);
	t->sids = sids;
	f->nfds = 1;
	f->matrix = t->matrix;
	f->has_bbox = t->has_bbox;
	memcpy(f->bbox, t->bbox, sizeof(f->bbox));
	f->encoding_kind = t->standard_encoding ? 0 : 2;
	resolve_codes(t, by_code);
	order_glyphs(o, by_code);
	f->nglyphs = o->n;
	int r = name_glyphs(o);
	if (r == 0)
		add_supplements(o, by_code);
	return r;
}

static int draw(const struct sk_type1 *t, const struct sk_cff *f, const struct order *o,
    struct sk_cff_glyphs *g)
{
	int r = 0;

	for (uint32_t i = 0; i < f->nglyphs && r == 0; i++) {
		struct sk_pen pen;
		sk_fixed width = 0;
		int err = 0;
		sk_pen_start(&pen, &g->data, &g->budget);
		if (o->glyph[i] >= 0)
			err = sk_type1_draw(t, t->codes[o->glyph[i]], &pen, &width);
		else
			sk_pen_width(&pen, 0, 0, 0);
		r = sk_cff_glyph_done(g, i, &pen, err, &f->fds[0], width);
	}
	return r;
}

int sk_type1_rebuild(struct sk_arena *arena, struct sk_slice in, bool cid, struct sk_buf *out)
{
	struct sk_type1 t;
	struct sk_cff f = {.arena = arena};
	struct sk_cff_glyphs g;
	struct order o = {.t = &t, .f = &f};
	int r = sk_type1_read(arena, in, &t);

	if (r == 0)
		r = make_model(&t, &f, &o);
	if (r == 0)
		r = sk_cff_glyphs_init(arena, &g, f.nglyphs, in.n);
	if (r)
		return r;
	t.budget = &g.budget;
	r = draw(&t, &f, &o, &g);
	if (r == 0 && cid)
		r = sk_cff_make_cid(&f);
	if (r == 0)
		r = sk_cff_finish(&f, &g, out);
	sk_buf_free(&g.data);
	return r;
}
