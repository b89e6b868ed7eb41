/*
 * A cleaned JPEG: the markers in the order and with the values of doc/profiles/image.md (ITU-T
 * T.81, JFIF 1.01), each scan decoded by jpegscan.c. Verifier's jail.
 */
#include "verify/image/image.h"
#include "verify/image/jpegscan.h"

/* The kind that the component ids tell. */
enum model { GREY, YCC, RGB, CMYK, YCCK };

static const struct {
	uint8_t n, id[4];
} models[] = {
    [GREY] = {1, {1}},
    [YCC] = {3, {1, 2, 3}},
    [RGB] = {3, {'R', 'G', 'B'}},
    [CMYK] = {4, {'C', 'M', 'Y', 'K'}},
    [YCCK] = {4, {1, 2, 3, 4}},
};

/* Where the stream stands: a TIFF says itself what the markers before the tables say elsewhere. */
enum place { ALONE, IN_PDF, IN_TIFF };

struct jpeg {
	struct sk_check *c;
	struct sk_reader r;
	enum place place;
	bool jfif, icc;
	int adobe; /* transform, or -1 */
	bool has_dqt[4], wide_dqt[4];
	unsigned sof;
	enum model model;
	uint32_t w, h;
	struct sk_jpeg *j;
};

struct step {
	int comp; /* -1: all */
	uint8_t ss, se, ah, al;
};

static int marker_fault(struct jpeg *d, unsigned marker, const char *what)
{
	return sk_fail(d->c, d->r.pos, "JPEG marker FF%02X: %s", marker, what);
}

/* The marker at the position, or -1. */
static int peek_marker(const struct jpeg *d)
{
	return sk_read_peek(&d->r, 0) == 0xFF ? sk_read_peek(&d->r, 1) : -1;
}

/* The content of the marker segment at the position. */
static int segment(struct jpeg *d, struct sk_reader *body)
{
	unsigned marker = (unsigned)peek_marker(d);

	sk_read_skip(&d->r, 2);
	unsigned n = sk_read_u16be(&d->r);
	if (n < 2)
		return marker_fault(d, marker, "length too small");
	*body = sk_reader(sk_read_slice(&d->r, n - 2));
	return d->r.bad ? marker_fault(d, marker, "segment is cut off") : 0;
}

static int app0(struct jpeg *d)
{
	struct sk_reader b;
	int rc = segment(d, &b);

	if (rc)
		return rc;
	struct sk_slice head = sk_read_slice(&b, 7);
	unsigned units = sk_read_u8(&b), x = sk_read_u16be(&b), y = sk_read_u16be(&b);
	unsigned thumb = sk_read_u16be(&b);
	if (!sk_slice_eq(head, SK_SLICE_LIT("JFIF\0\1\1")) || units > 2 || x == 0 || y == 0 ||
	    thumb || !sk_read_at_end(&b))
		return marker_fault(d, 0xE0, "not the JFIF header allowed");
	d->jfif = true;
	return 0;
}

static int app14(struct jpeg *d)
{
	struct sk_reader b;
	int rc = segment(d, &b);

	if (rc)
		return rc;
	struct sk_slice head = sk_read_slice(&b, 11);
	d->adobe = sk_read_u8(&b);
	if (!sk_slice_eq(head, SK_SLICE_LIT("Adobe\0\x64\0\0\0\0")) || d->adobe > 2 ||
	    !sk_read_at_end(&b))
		return marker_fault(d, 0xEE, "not the Adobe marker allowed");
	return 0;
}

/* Exif that says nothing but the orientation. */
static int app1(struct jpeg *d)
{
	struct sk_reader b;
	int rc = segment(d, &b);

	if (rc)
		return rc;
	struct sk_slice head = sk_read_slice(&b, 24);
	unsigned orientation = sk_read_u16be(&b);
	if (!sk_slice_eq(
		head, SK_SLICE_LIT("Exif\0\0MM\0\x2A\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1")) ||
	    orientation < 2 || orientation > 8 || sk_read_u16be(&b) || sk_read_u32be(&b) ||
	    !sk_read_at_end(&b))
		return marker_fault(d, 0xE1, "not the orientation block");
	return 0;
}

static int app2(struct jpeg *d)
{
	struct sk_reader b;
	int rc = segment(d, &b);

	if (rc)
		return rc;
	if (!sk_slice_eq(sk_read_slice(&b, 14), SK_SLICE_LIT("ICC_PROFILE\0\1\1")))
		return marker_fault(d, 0xE2, "not a colour profile");
	d->icc = true;
	return sk_vimg_profile(d->c, d->r.pos - b.s.n + 14, sk_read_slice(&b, sk_read_left(&b)));
}

static int dqt(struct jpeg *d)
{
	struct sk_reader b;
	int rc = segment(d, &b);

	if (rc)
		return rc;
	unsigned id = sk_read_u8(&b), wide = id >> 4;
	id &= 15;
	if (wide > 1 || id > 3 || d->has_dqt[id])
		return marker_fault(d, 0xDB, "no such table, or again");
	for (unsigned i = 0; i < 64; i++)
		if ((wide ? sk_read_u16be(&b) : sk_read_u8(&b)) == 0)
			return marker_fault(d, 0xDB, "entry of zero");
	if (!sk_read_at_end(&b))
		return marker_fault(d, 0xDB, "wrong length");
	d->has_dqt[id] = true;
	d->wide_dqt[id] = wide;
	return 0;
}

static int sof_component(struct jpeg *d, struct sk_reader *b, struct sk_jpeg_component *comp)
{
	comp->id = sk_read_u8(b);
	unsigned hv = sk_read_u8(b);
	comp->tq = sk_read_u8(b);
	comp->h = (uint8_t)(hv >> 4);
	comp->v = hv & 15;
	if (comp->h < 1 || comp->h > 4 || comp->v < 1 || comp->v > 4)
		return marker_fault(d, d->sof, "sampling factor");
	if (comp->tq > 3 || !d->has_dqt[comp->tq])
		return marker_fault(d, d->sof, "quantisation table is missing");
	return 0;
}

static int find_model(struct jpeg *d)
{
	for (unsigned m = 0; m < sizeof(models) / sizeof(models[0]); m++) {
		unsigned i = 0;
		while (i < d->j->n && models[m].n == d->j->n && models[m].id[i] == d->j->comp[i].id)
			i++;
		if (i == d->j->n) {
			d->model = (enum model)m;
			return 0;
		}
	}
	return marker_fault(d, d->sof, "component numbers");
}

static int sof(struct jpeg *d)
{
	struct sk_reader b;
	uint64_t at = d->r.pos;
	int rc;

	d->sof = (unsigned)peek_marker(d);
	if ((rc = segment(d, &b)))
		return rc;
	unsigned precision = sk_read_u8(&b);
	d->h = sk_read_u16be(&b);
	d->w = sk_read_u16be(&b);
	d->j->n = sk_read_u8(&b);
	d->j->progressive = d->sof == 0xC2;
	if (b.bad || precision != 8 || (d->j->n != 1 && d->j->n != 3 && d->j->n != 4))
		return marker_fault(d, d->sof, "precision or number of components");
	if ((rc = sk_vimg_size(d->c, at, d->w, d->h)))
		return rc;
	for (unsigned i = 0; i < d->j->n; i++)
		if ((rc = sof_component(d, &b, &d->j->comp[i])))
			return rc;
	if (!sk_read_at_end(&b))
		return marker_fault(d, d->sof, "wrong length");
	return find_model(d);
}

/* Which markers go with the colour model. */
static int check_model(struct jpeg *d)
{
	static const int transform[] = {[GREY] = -1, [YCC] = -1, [RGB] = 0, [CMYK] = 0, [YCCK] = 2};
	bool ok = d->adobe == transform[d->model], in_pdf = d->place == IN_PDF;

	if (d->place == IN_TIFF)
		return 0;
	if (d->model == CMYK || (d->model == RGB && in_pdf))
		ok = ok || d->adobe == -1;
	if (d->model == YCC && in_pdf)
		ok = ok || d->adobe == 1;
	if (!ok)
		return marker_fault(d, 0xEE, "does not fit the components");
	bool jfif = d->model == GREY || d->model == YCC;
	if (d->jfif != jfif && !(in_pdf && jfif))
		return marker_fault(d, 0xE0, "does not fit the components");
	if (d->icc && d->j->n != 3)
		return marker_fault(d, 0xE2, "does not fit the components");
	return 0;
}

static int check_tables_used(struct jpeg *d)
{
	for (unsigned t = 0; t < 4; t++) {
		bool used = !d->has_dqt[t];
		for (unsigned i = 0; i < d->j->n; i++)
			used = used || d->j->comp[i].tq == t;
		if (!used)
			return marker_fault(d, 0xDB, "table is not used");
		if (d->wide_dqt[t] && d->sof == 0xC0)
			return marker_fault(d, 0xDB, "16-bit table in a baseline picture");
	}
	return 0;
}

static uint32_t div_up(uint64_t a, uint64_t b)
{
	return (uint32_t)((a + b - 1) / b);
}

/* Blocks of the components, and room for the marks of a progressive picture. */
static int lay_out(struct jpeg *d)
{
	struct sk_jpeg *j = d->j;
	unsigned h = 1, v = 1, blocks = 0;

	for (unsigned i = 0; i < j->n; i++) {
		h = j->comp[i].h > h ? j->comp[i].h : h;
		v = j->comp[i].v > v ? j->comp[i].v : v;
		blocks += (unsigned)j->comp[i].h * j->comp[i].v;
	}
	if (j->n > 1 && blocks > 10)
		return marker_fault(d, d->sof, "more than ten blocks a unit");
	j->mcu_wide = div_up(d->w, 8 * h);
	j->mcu_high = div_up(d->h, 8 * v);
	for (unsigned i = 0; i < j->n; i++) {
		struct sk_jpeg_component *comp = &j->comp[i];
		comp->wide = div_up(div_up((uint64_t)d->w * comp->h, h), 8);
		comp->high = div_up(div_up((uint64_t)d->h * comp->v, v), 8);
		if (!j->progressive)
			continue;
		comp->nonzero = sk_arena_array(d->c->arena, (size_t)comp->wide * comp->high, 8);
		if (comp->nonzero == NULL)
			return SK_ENOMEM;
	}
	return 0;
}

static int dht(struct jpeg *d)
{
	struct sk_reader b;
	uint64_t at = d->r.pos;
	int rc = segment(d, &b);
	bool listed[256] = {false};

	if (rc)
		return rc;
	unsigned id = sk_read_u8(&b), n = 0;
	if ((id & 15) > (d->sof == 0xC0 ? 1 : 3) || id > 0x13)
		return marker_fault(d, 0xC4, "no such table");
	struct sk_jpeg_table *t = id >> 4 ? &d->j->ac[id & 15] : &d->j->dc[id & 15];
	if (t->set)
		return marker_fault(d, 0xC4, "table twice before a scan");
	for (unsigned len = 1; len <= 16; len++)
		n += t->count[len] = sk_read_u8(&b);
	if (b.bad || n == 0 || n > 256 || n != sk_read_left(&b))
		return marker_fault(d, 0xC4, "wrong length");
	for (unsigned i = 0; i < n; i++) {
		t->val[i] = sk_read_u8(&b);
		if (listed[t->val[i]])
			return marker_fault(d, 0xC4, "symbol twice");
		listed[t->val[i]] = true;
	}
	t->n = n;
	t->set = true;
	t->used = false;
	t->at = at;
	return 0;
}

/* A table that the scan names: defined for it, or number 0 where it needs none. */
static int scan_table(
    struct jpeg *d, struct sk_jpeg_table *of, unsigned id, bool needed, struct sk_jpeg_table **out)
{
	*out = NULL;
	if (!needed)
		return id ? marker_fault(d, 0xDA, "names a table it does not need") : 0;
	if (id > 3 || !of[id].set)
		return marker_fault(d, 0xDA, "Huffman table is missing");
	of[id].used = true;
	*out = &of[id];
	return 0;
}

static int scan_components(
    struct jpeg *d, struct sk_reader *b, const struct step *step, struct sk_jpeg_scan *s)
{
	bool dc = step->ss == 0 && step->ah == 0, ac = step->se > 0;

	s->n = step->comp < 0 ? d->j->n : 1;
	if (sk_read_u8(b) != s->n)
		return marker_fault(d, 0xDA, "components of the scan");
	for (unsigned i = 0; i < s->n; i++) {
		unsigned id = sk_read_u8(b), tables = sk_read_u8(b);
		s->comp[i] = step->comp < 0 ? i : (unsigned)step->comp;
		if (id != d->j->comp[s->comp[i]].id)
			return marker_fault(d, 0xDA, "components of the scan");
		int rc = scan_table(d, d->j->dc, tables >> 4, dc, &s->dc[i]);
		if (rc == 0)
			rc = scan_table(d, d->j->ac, tables & 15, ac, &s->ac[i]);
		if (rc)
			return rc;
	}
	return 0;
}

/* Length of the entropy-coded data at the position: up to a marker. */
static size_t data_length(const struct jpeg *d)
{
	struct sk_slice s = d->r.s;

	for (size_t at = d->r.pos; at < s.n; at += 2) {
		const uint8_t *ff = memchr(s.p + at, 0xFF, s.n - at);
		if (ff == NULL)
			break;
		at = (size_t)(ff - s.p);
		if (at + 1 < s.n && s.p[at + 1] != 0)
			return at - d->r.pos;
	}
	return s.n - d->r.pos;
}

/* Tables used by the scan are for it alone. */
static int retire_tables(struct jpeg *d)
{
	for (unsigned i = 0; i < 8; i++) {
		struct sk_jpeg_table *t = i < 4 ? &d->j->dc[i] : &d->j->ac[i - 4];
		if (t->set && !t->used)
			return sk_fail(d->c, t->at, "Huffman table is not used by its scan");
		t->set = false;
	}
	return 0;
}

static int scan(struct jpeg *d, const struct step *step)
{
	struct sk_jpeg_scan s = {.ss = step->ss, .se = step->se, .ah = step->ah, .al = step->al};
	struct sk_reader b;
	int rc = 0;

	while (rc == 0 && peek_marker(d) == 0xC4)
		rc = dht(d);
	if (rc == 0 && peek_marker(d) != 0xDA)
		rc = sk_fail(d->c, d->r.pos, "JPEG: a scan is missing");
	if (rc || (rc = segment(d, &b)) || (rc = scan_components(d, &b, step, &s)))
		return rc;
	unsigned ss = sk_read_u8(&b), se = sk_read_u8(&b), a = sk_read_u8(&b);
	if (!sk_read_at_end(&b) || ss != s.ss || se != s.se || a != (s.ah << 4 | s.al))
		return marker_fault(d, 0xDA, "not the scan expected here");
	s.at = d->r.pos;
	rc = sk_jpeg_scan_check(d->c, d->j, &s, sk_read_slice(&d->r, data_length(d)));
	return rc ? rc : retire_tables(d);
}

/* The scans of a progressive picture of three YCbCr components, and of any other. */
static int progressive(struct jpeg *d)
{
	static const struct step ycc[] = {{-1, 0, 0, 0, 1}, {0, 1, 5, 0, 2}, {2, 1, 63, 0, 1},
	    {1, 1, 63, 0, 1}, {0, 6, 63, 0, 2}, {0, 1, 63, 2, 1}, {-1, 0, 0, 1, 0},
	    {2, 1, 63, 1, 0}, {1, 1, 63, 1, 0}, {0, 1, 63, 1, 0}};
	static const struct step other[] = {{-1, 0, 0, 0, 1}, {0, 1, 5, 0, 2}, {0, 6, 63, 0, 2},
	    {0, 1, 63, 2, 1}, {-1, 0, 0, 1, 0}, {0, 1, 63, 1, 0}};
	int rc = 0;

	if (d->model == YCC) {
		for (unsigned i = 0; rc == 0 && i < sizeof(ycc) / sizeof(ycc[0]); i++)
			rc = scan(d, &ycc[i]);
		return rc;
	}
	for (unsigned i = 0; rc == 0 && i < sizeof(other) / sizeof(other[0]); i++) {
		struct step s = other[i];
		for (unsigned k = 0; rc == 0 && k < (s.comp < 0 ? 1 : d->j->n); k++) {
			struct step one = {s.comp < 0 ? -1 : (int)k, s.ss, s.se, s.ah, s.al};
			rc = scan(d, &one);
		}
	}
	return rc;
}

static int scans(struct jpeg *d)
{
	static const struct step all = {-1, 0, 63, 0, 0};
	bool more = d->sof != 0xC1;

	if (d->j->progressive)
		return progressive(d);
	int rc = scan(d, &all);
	if (rc)
		return rc;
	for (unsigned i = 0; i < 4; i++)
		more = more || d->wide_dqt[i] || (i > 1 && (d->j->dc[i].n || d->j->ac[i].n));
	return more ? 0 : marker_fault(d, 0xC1, "used where baseline is enough");
}

static int headers(struct jpeg *d)
{
	int rc = 0;

	if (sk_read_u16be(&d->r) != 0xFFD8)
		return sk_fail(d->c, 0, "JPEG does not start with SOI");
	if (peek_marker(d) == 0xE0 && d->place != IN_TIFF)
		rc = app0(d);
	if (rc == 0 && peek_marker(d) == 0xEE && d->place != IN_TIFF)
		rc = app14(d);
	if (rc == 0 && peek_marker(d) == 0xE1 && d->place == ALONE)
		rc = app1(d);
	if (rc == 0 && peek_marker(d) == 0xE2 && d->place == ALONE)
		rc = app2(d);
	while (rc == 0 && peek_marker(d) == 0xDB)
		rc = dqt(d);
	if (rc)
		return rc;
	int marker = peek_marker(d);
	if (marker < 0xC0 || marker > (d->place == IN_TIFF ? 0xC1 : 0xC2))
		return sk_fail(
		    d->c, d->r.pos, "JPEG: marker FF%02X is not allowed here", marker & 255);
	if ((rc = sof(d)) || (rc = check_model(d)) || (rc = check_tables_used(d)))
		return rc;
	return lay_out(d);
}

static int check_jpeg(void *ctx)
{
	struct jpeg *d = ctx;

	d->j = sk_arena_alloc(d->c->arena, sizeof(*d->j));
	if (d->j == NULL)
		return SK_ENOMEM;
	int rc = headers(d);
	if (rc == 0)
		rc = scans(d);
	if (rc)
		return rc;
	if (sk_read_u16be(&d->r) != 0xFFD9)
		return sk_fail(d->c, d->r.pos, "JPEG: no EOI after the last scan");
	if (!sk_read_at_end(&d->r))
		return sk_fail(d->c, d->r.pos, "JPEG: bytes after EOI");
	return 0;
}

int sk_verify_jpeg(struct sk_check *c, struct sk_slice in)
{
	struct jpeg d = {.c = c, .r = sk_reader(in), .adobe = -1};

	return sk_vimg_apart(c, check_jpeg, &d);
}

int sk_verify_jpeg_in_pdf(
    struct sk_check *c, struct sk_slice in, uint32_t *width, uint32_t *height, unsigned *channels)
{
	struct jpeg d = {.c = c, .r = sk_reader(in), .adobe = -1, .place = IN_PDF};
	int rc = sk_vimg_apart(c, check_jpeg, &d);

	if (rc == 0) {
		*width = d.w;
		*height = d.h;
		*channels = models[d.model].n;
	}
	return rc;
}

/* What the tags of a page must say about its samples. */
static void describe(const struct jpeg *d, const struct sk_jpeg *j, struct sk_vimg_jpeg *out)
{
	static const uint8_t photometric[] = {[GREY] = 1, [YCC] = 6, [RGB] = 2, [CMYK] = 5};
	unsigned from = d->model == YCC;

	*out = (struct sk_vimg_jpeg){.width = d->w,
	    .height = d->h,
	    .photometric = d->model == YCCK ? 0 : photometric[d->model],
	    .across = j->comp[0].h,
	    .down = j->comp[0].v,
	    .even = true};
	for (unsigned i = from; i < j->n; i++)
		out->even = out->even && j->comp[i].h == 1 && j->comp[i].v == 1;
}

struct in_tiff {
	struct jpeg d;
	struct sk_vimg_jpeg *out;
};

static int check_in_tiff(void *ctx)
{
	struct in_tiff *t = ctx;
	int rc = check_jpeg(&t->d);

	if (rc == 0)
		describe(&t->d, t->d.j, t->out);
	return rc;
}

int sk_vimg_jpeg_in_tiff(
    struct sk_check *c, uint64_t at, struct sk_slice in, struct sk_vimg_jpeg *out)
{
	struct in_tiff t = {{.c = c, .r = sk_reader(in), .adobe = -1, .place = IN_TIFF}, out};
	int rc = sk_vimg_apart(c, check_in_tiff, &t);

	if (rc == SK_EFORMAT)
		c->fault.offset += at;
	return rc;
}
