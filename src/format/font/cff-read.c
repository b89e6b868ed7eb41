/*
 * Reads a CFF font set (Adobe TN 5176) into the model. Takes what readers in use take: the
 * first font only, INDEX elements with broken offsets as empty, tables that end early where a rule for the
 * rest exists. Cleaner's jail.
 */
#include "format/font/dict.h"

struct top {
	uint32_t charset, encoding, chars, private_size, private_at, fdarray, fdselect;
};

static uint32_t read_offset(struct sk_slice s, unsigned size, uint32_t i)
{
	uint32_t v = 0;

	for (unsigned k = 0; k < size; k++)
		v = v << 8 | s.p[(size_t)i * size + k];
	return v;
}

struct sk_slice sk_index_get(const struct sk_index *x, uint32_t i)
{
	if (i >= x->count)
		return (struct sk_slice){x->data.p, 0};
	uint32_t a = read_offset(x->offsets, x->off_size, i);
	uint32_t b = read_offset(x->offsets, x->off_size, i + 1);
	if (a == 0 || b <= a)
		return (struct sk_slice){x->data.p, 0};
	return sk_slice_sub(x->data, a - 1, b - a);
}

/* An INDEX at the reader's position; its data may end early, its offsets must be whole. */
static int read_index(struct sk_reader *r, struct sk_index *x)
{
	*x = (struct sk_index){.data = {r->s.p, 0}};
	x->count = sk_read_u16be(r);
	if (r->bad)
		return SK_EFORMAT;
	if (x->count == 0)
		return 0;
	x->off_size = sk_read_u8(r);
	if (x->off_size < 1 || x->off_size > 4)
		return SK_EFORMAT;
	x->offsets = sk_read_slice(r, (size_t)(x->count + 1) * x->off_size);
	if (r->bad)
		return SK_EFORMAT;
	uint32_t last = read_offset(x->offsets, x->off_size, x->count);
	if (last == 0)
		return SK_EFORMAT;
	x->data = sk_slice_sub(r->s, r->pos, last - 1);
	sk_read_skip(r, x->data.n);
	return 0;
}

static int index_at(struct sk_slice in, uint32_t at, struct sk_index *x)
{
	struct sk_reader r = sk_reader(in);

	sk_read_seek(&r, at);
	return read_index(&r, x);
}

static int16_t clamp16(int32_t v)
{
	return v > INT16_MAX ? INT16_MAX : v < INT16_MIN ? INT16_MIN : (int16_t)v;
}

static int read_matrix(const struct sk_dict *d, struct sk_font_matrix *m)
{
	if (d->n != 6)
		return 0; /* readers ignore a matrix of another size */
	for (unsigned i = 0; i < 6; i++) {
		m->v[i] = d->v[i].pico;
		if (m->v[i] >= 1000 * SK_PICO || m->v[i] <= -1000 * SK_PICO)
			return SK_EFORMAT;
	}
	m->present = true;
	return 0;
}

static uint32_t last_offset(const struct sk_dict *d)
{
	return d->n && d->v[d->n - 1].i > 0 ? (uint32_t)d->v[d->n - 1].i : 0;
}

static int top_operator(const struct sk_dict *d, struct sk_cff *f, struct top *t)
{
	switch (d->op) {
	case 5:
		f->has_bbox = d->n == 4;
		for (unsigned i = 0; i < 4 && d->n == 4; i++)
			f->bbox[i] = clamp16(d->v[i].i);
		return 0;
	case 15:
		t->charset = last_offset(d);
		return 0;
	case 16:
		t->encoding = last_offset(d);
		return 0;
	case 17:
		t->chars = last_offset(d);
		return 0;
	case 18:
		t->private_at = last_offset(d);
		t->private_size = d->n > 1 && d->v[d->n - 2].i > 0 ? (uint32_t)d->v[d->n - 2].i : 0;
		return 0;
	case SK_DICT_ESC | 6: /* CharstringType: only Type 2 is in use */
		return d->n && d->v[d->n - 1].i != 2 ? SK_EFORMAT : 0;
	case SK_DICT_ESC | 7:
		return read_matrix(d, &f->matrix);
	case SK_DICT_ESC | 30:
		f->cid = true;
		return 0;
	case SK_DICT_ESC | 36:
		t->fdarray = last_offset(d);
		return 0;
	case SK_DICT_ESC | 37:
		t->fdselect = last_offset(d);
		return 0;
	default:
		return 0;
	}
}

static int read_top(struct sk_slice s, struct sk_cff *f, struct top *t)
{
	struct sk_dict d = {.r = sk_reader(s)};
	int r;

	while ((r = sk_dict_next(&d)) > 0) {
		r = top_operator(&d, f, t);
		if (r)
			return r;
	}
	return r;
}

static sk_fixed fixed_of(int64_t pico)
{
	const int64_t most = 32767 * SK_PICO;

	pico = pico > most ? most : pico < -most ? -most : pico;
	return pico / SK_PICO * 65536 + pico % SK_PICO * 65536 / SK_PICO;
}

static int read_private(struct sk_slice in, uint32_t at, uint32_t size, struct sk_cff_fd *fd)
{
	struct sk_dict d = {.r = sk_reader(sk_slice_sub(in, at, size))};
	uint32_t subrs = 0;
	int r;

	fd->subrs.data.p = in.p;
	if (at > in.n || size > in.n - at)
		return SK_EFORMAT;
	while ((r = sk_dict_next(&d)) > 0) {
		if (d.n == 0)
			continue;
		if (d.op == 19)
			subrs = last_offset(&d);
		else if (d.op == 20)
			fd->read_default = fixed_of(d.v[d.n - 1].pico);
		else if (d.op == 21)
			fd->read_nominal = fixed_of(d.v[d.n - 1].pico);
	}
	if (r)
		return r;
	fd->standard = (int)(fd->read_default >> 16);
	fd->nominal = (int)(fd->read_nominal >> 16);
	return subrs && subrs < in.n - at ? index_at(in, at + subrs, &fd->subrs) : 0;
}

static int read_fd(struct sk_slice in, struct sk_slice s, struct sk_cff_fd *fd)
{
	struct sk_dict d = {.r = sk_reader(s)};
	struct top t = {0};
	struct sk_cff ignored = {0};
	int r;

	while ((r = sk_dict_next(&d)) > 0) {
		if (d.op == 18)
			r = top_operator(&d, &ignored, &t);
		else if (d.op == (SK_DICT_ESC | 7))
			r = read_matrix(&d, &fd->matrix);
		if (r < 0)
			return r;
	}
	return r ? r : read_private(in, t.private_at, t.private_size, fd);
}

static int read_fds(struct sk_slice in, struct sk_cff *f, const struct top *t)
{
	struct sk_index x = {.count = 1};
	int r = 0;

	if (f->cid)
		r = index_at(in, t->fdarray, &x);
	if (r || x.count < 1 || x.count > 256)
		return SK_EFORMAT;
	f->nfds = x.count;
	f->fds = sk_arena_array(f->arena, x.count, sizeof(f->fds[0]));
	if (f->fds == NULL)
		return SK_ENOMEM;
	if (!f->cid)
		return read_private(in, t->private_at, t->private_size, &f->fds[0]);
	for (unsigned i = 0; i < f->nfds && r == 0; i++)
		r = read_fd(in, sk_index_get(&x, i), &f->fds[i]);
	return r;
}

static int read_fdselect(struct sk_slice in, uint32_t at, struct sk_cff *f)
{
	struct sk_reader r = sk_reader(in);
	uint8_t *fd = f->fdselect = sk_arena_array(f->arena, f->nglyphs, 1);

	if (fd == NULL)
		return SK_ENOMEM;
	if (at == 0)
		return 0;
	sk_read_seek(&r, at);
	uint8_t format = sk_read_u8(&r);
	if (format == 0) {
		struct sk_slice s = sk_read_slice(&r, f->nglyphs);
		if (r.bad)
			return SK_EFORMAT;
		memcpy(fd, s.p, s.n);
	} else if (format == 3) {
		uint32_t n = sk_read_u16be(&r), first = sk_read_u16be(&r);
		while (n-- && !r.bad) {
			uint8_t v = sk_read_u8(&r);
			uint32_t next = sk_read_u16be(&r);
			for (; first < next && first < f->nglyphs; first++)
				fd[first] = v;
			first = next;
		}
	} else {
		return SK_EFORMAT;
	}
	for (uint32_t i = 0; i < f->nglyphs; i++) {
		if (fd[i] >= f->nfds)
			return SK_EFORMAT;
	}
	return r.bad ? SK_EFORMAT : 0;
}

static int read_charset(struct sk_slice in, uint32_t at, struct sk_cff *f)
{
	static const uint32_t most[] = {229, 166, 87};
	uint32_t g = 1, n = f->nglyphs;
	struct sk_reader r = sk_reader(in);

	f->charset = sk_arena_array(f->arena, n, sizeof(f->charset[0]));
	if (f->charset == NULL)
		return SK_ENOMEM;
	f->charset_kind = 3;
	if (at <= 2) {
		if (!f->cid && n > most[at])
			return SK_EFORMAT;
		if (!f->cid && at)
			f->charset_kind = (int)at;
		for (; g < n; g++)
			f->charset[g] = (uint16_t)(f->charset_kind == 3 ? g : 0);
		return 0;
	}
	sk_read_seek(&r, at);
	uint8_t format = sk_read_u8(&r);
	if (r.bad || format > 2)
		return SK_EFORMAT;
	while (g < n && !r.bad) {
		uint32_t first = sk_read_u16be(&r), left = 0;
		if (format)
			left = format == 1 ? sk_read_u8(&r) : sk_read_u16be(&r);
		for (; !r.bad && left < 65536 && g < n; left--)
			f->charset[g++] = (uint16_t)first++;
	}
	return r.bad ? SK_EFORMAT : 0;
}

static void add_code(struct sk_cff *f, unsigned code)
{
	if (f->ncodes < 255 && f->ncodes + 1 < f->nglyphs)
		f->codes[f->ncodes++] = (uint8_t)code;
}

static int read_encoding(struct sk_slice in, uint32_t at, struct sk_cff *f)
{
	struct sk_reader r = sk_reader(in);

	f->encoding_kind = at < 2 ? (int)at : 2;
	if (at < 2)
		return 0;
	sk_read_seek(&r, at);
	uint8_t format = sk_read_u8(&r);
	unsigned n = sk_read_u8(&r);
	while (n-- && !r.bad) {
		unsigned code = sk_read_u8(&r), left = 0;
		if (format & 0x7f)
			left = sk_read_u8(&r);
		for (unsigned i = 0; i <= left && code + i < 256; i++)
			add_code(f, code + i);
	}
	n = format & 0x80 ? sk_read_u8(&r) : 0;
	while (n-- && !r.bad) {
		struct sk_cff_sup s = {.code = sk_read_u8(&r)};
		s.sid = sk_read_u16be(&r);
		f->sups[f->nsups++] = s;
	}
	return r.bad ? SK_EFORMAT : 0;
}

/* What a supplement names must be a glyph, and its string must be among the written ones. */
static void renumber_sups(struct sk_cff *f, const uint16_t *map)
{
	unsigned kept = 0;

	for (unsigned i = 0; i < f->nsups; i++) {
		uint16_t sid = map[f->sups[i].sid];
		if (sid == UINT16_MAX)
			continue;
		f->sups[kept] = (struct sk_cff_sup){f->sups[i].code, sid};
		kept++;
	}
	f->nsups = kept;
}

static struct sk_slice safe_name(struct sk_arena *a, struct sk_slice name, uint32_t glyph)
{
	if (sk_glyph_name_ok(name))
		return name;
	char *s = sk_arena_printf(a, ".g%u", (unsigned)glyph);
	return s ? sk_slice_str(s) : (struct sk_slice){0};
}

/* Give the string ids of the charset new numbers in order of their first use. */
static int renumber(struct sk_cff *f, const struct sk_index *strings)
{
	uint16_t *map = sk_arena_array(f->arena, 65536, sizeof(*map));

	f->names = sk_arena_array(f->arena, f->nglyphs, sizeof(f->names[0]));
	if (map == NULL || f->names == NULL)
		return SK_ENOMEM;
	memset(map, 0xff, 65536 * sizeof(*map));
	for (uint32_t g = 0; g < f->nglyphs; g++) {
		uint16_t *to = &map[f->charset[g]];
		if (f->charset[g] < SK_CFF_NSTRINGS) {
			*to = f->charset[g];
		} else if (*to == UINT16_MAX) {
			struct sk_slice old =
			    sk_index_get(strings, f->charset[g] - SK_CFF_NSTRINGS);
			if (f->nnames + SK_CFF_NSTRINGS >= UINT16_MAX - 1)
				return SK_EFORMAT;
			f->names[f->nnames] = safe_name(f->arena, old, g);
			*to = (uint16_t)(SK_CFF_NSTRINGS + f->nnames++);
		}
		f->charset[g] = *to;
	}
	renumber_sups(f, map);
	return sk_arena_failed(f->arena) ? SK_ENOMEM : 0;
}

/* A charset that lists ISOAdobe is that charset. */
static void name_charset(struct sk_cff *f)
{
	uint32_t g = 0;

	if (f->charset_kind != 3 || f->nglyphs > 229)
		return;
	while (g < f->nglyphs && f->charset[g] == g)
		g++;
	if (g == f->nglyphs)
		f->charset_kind = 0;
}

static int read_tables(
    struct sk_slice in, struct sk_cff *f, const struct top *t, const struct sk_index *strings)
{
	int r = read_fds(in, f, t);

	if (r == 0)
		r = read_charset(in, t->charset, f);
	if (r == 0 && f->cid)
		return read_fdselect(in, t->fdselect, f);
	if (r == 0)
		r = read_encoding(in, t->encoding, f);
	if (r == 0 && f->charset_kind == 3)
		r = renumber(f, strings);
	else
		f->nsups = 0;
	name_charset(f);
	return r;
}

int sk_cff_read(struct sk_arena *arena, struct sk_slice in, struct sk_cff *f)
{
	struct sk_index names, tops, strings;
	struct sk_reader r = sk_reader(in);
	struct top t = {0};

	memset(f, 0, sizeof(*f));
	f->arena = arena;
	if (sk_read_u8(&r) != 1)
		return SK_EFORMAT;
	sk_read_skip(&r, 1);
	sk_read_seek(&r, sk_read_u8(&r));
	if (read_index(&r, &names) || read_index(&r, &tops) || read_index(&r, &strings) ||
	    read_index(&r, &f->gsubrs) || tops.count < 1)
		return SK_EFORMAT;
	int err = read_top(sk_index_get(&tops, 0), f, &t);
	if (err || t.chars == 0 || index_at(in, t.chars, &f->chars) || f->chars.count < 1)
		return SK_EFORMAT;
	f->nglyphs = f->chars.count;
	return read_tables(in, f, &t, &strings);
}
