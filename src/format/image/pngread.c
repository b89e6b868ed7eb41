/*
 * Reading PNG and APNG: chunks into a model, compressed data into rows. Cleaner's jail. ISO/IEC 15948;
 * APNG 1.0.
 */
#include "format/image/png.h"

#include <stdlib.h>

#include <libdeflate.h>
#include <zlib.h>

#define SIGNATURE SK_SLICE_LIT("\x89PNG\r\n\x1a\n")
#define PROFILE_MAX ((size_t)2 << 20) /* of a decompressed iCCP: display profiles have a few KB */

static unsigned channels_of(unsigned type)
{
	static const unsigned channels[7] = {1, 0, 3, 1, 2, 0, 4};
	return type <= 6 ? channels[type] : 0;
}

static bool legal_depth(unsigned type, unsigned depth)
{
	if (channels_of(type) == 0)
		return false;
	if (depth == 8 || (depth == 16 && type != 3))
		return true;
	return (depth == 1 || depth == 2 || depth == 4) && (type == 0 || type == 3);
}

static int read_header(struct sk_png *m, struct sk_slice data)
{
	struct sk_reader r = sk_reader(data);

	m->width = sk_read_u32be(&r);
	m->height = sk_read_u32be(&r);
	m->depth = sk_read_u8(&r);
	m->type = sk_read_u8(&r);
	unsigned compression = sk_read_u8(&r), filter = sk_read_u8(&r), interlace = sk_read_u8(&r);
	if (r.bad || !legal_depth(m->type, m->depth) || compression || filter || interlace > 1)
		return SK_EFORMAT;
	m->channels = channels_of(m->type);
	m->interlaced = interlace;
	return m->width && m->height ? 0 : SK_EFORMAT;
}

static void read_palette(struct sk_png *m, struct sk_slice data)
{
	if (m->type != 3) {
		m->unknown +=
		    m->type != 2 && m->type != 6; /* a suggestion for old screens says nothing */
		return;
	}
	m->entries = (unsigned)(data.n / 3 > 256 ? 256 : data.n / 3);
	memcpy(m->palette, data.p, (size_t)m->entries * 3);
}

static void read_trans(struct sk_png *m, struct sk_slice data)
{
	unsigned want = m->type == 0 ? 2 : 6, mask = (1U << m->depth) - 1;

	if (m->type == 3) {
		m->ntrans = (unsigned)(data.n > 256 ? 256 : data.n);
		memcpy(m->trans, data.p, m->ntrans);
		m->has_trans = true;
	} else if ((m->type == 0 || m->type == 2) && data.n >= want) {
		for (unsigned i = 0; i < want; i += 2) {
			unsigned v = ((unsigned)data.p[i] << 8 | data.p[i + 1]) & mask;
			m->trans[i] = (uint8_t)(v >> 8);
			m->trans[i + 1] = (uint8_t)v;
		}
		m->ntrans = want;
		m->has_trans = true;
	} else {
		m->unknown++;
	}
}

static uint32_t u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void read_phys(struct sk_png *m, struct sk_slice data)
{
	bool good = data.n == 9 && data.p[8] <= 1;

	for (unsigned i = 0; good && i < 8; i += 4)
		good = u32(data.p + i) >= 1 && u32(data.p + i) <= 1000000;
	if (good && !m->has_phys)
		memcpy(m->phys, data.p, 9);
	m->has_phys = m->has_phys || good;
	m->metadata += !good;
}

static void read_chroma(struct sk_png *m, struct sk_slice data)
{
	bool good = data.n == 32;

	for (unsigned i = 0; good && i < 32; i += 4)
		good = u32(data.p + i) <= 100000;
	if (good)
		memcpy(m->chroma, data.p, 32);
	m->has_chroma = good;
	m->metadata += !good;
}

static void read_gamma(struct sk_png *m, struct sk_slice data)
{
	bool good = data.n == 4 && u32(data.p) >= 1 && u32(data.p) <= 1000000;

	if (good)
		memcpy(m->gamma, data.p, 4);
	m->has_gamma = good;
	m->metadata += !good;
}

static void read_profile(struct sk_png *m, struct sk_slice data)
{
	size_t name = sk_slice_find(data, 0, SK_SLICE_LIT("\0")), got = 0;
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	uint8_t *icc = malloc(PROFILE_MAX);

	if (name < 80 && data.n >= name + 2 && d && icc && !m->has_icc) {
		if (libdeflate_zlib_decompress(
			d, data.p + name + 2, data.n - name - 2, icc, PROFILE_MAX, &got) == 0)
			m->icc = sk_icc_read(sk_slice(icc, got));
		m->icc.canonical =
		    m->icc.canonical && sk_slice_is(sk_slice_sub(data, 0, name), "RGB");
	}
	m->has_icc = true;
	free(icc);
	if (d)
		libdeflate_free_decompressor(d);
}

static int add_piece(struct sk_png *m, struct sk_slice data)
{
	struct sk_slice *p =
	    sk_arena_grow(m->arena, m->pieces, &m->cap, m->npieces + 1, sizeof(*p));

	if (p == NULL)
		return SK_ENOMEM;
	m->pieces = p;
	p[m->npieces++] = data;
	return 0;
}

static int read_frame(const struct sk_pic *p, struct sk_png *m, struct sk_slice data)
{
	struct sk_reader r = sk_reader(data);
	struct sk_png_frame f = {.is_picture = m->npieces == 0};

	if (m->nframes >= SK_LIMIT_FRAMES)
		return sk_job_refuse(
		    p->job, SK_REASON_LIMIT_PAGES, "more than %d frames", SK_LIMIT_FRAMES);
	sk_read_u32be(&r);
	f.width = sk_read_u32be(&r);
	f.height = sk_read_u32be(&r);
	f.x = sk_read_u32be(&r);
	f.y = sk_read_u32be(&r);
	struct sk_slice rest = sk_read_slice(&r, 6);
	if (r.bad || f.width == 0 || f.height == 0 || f.width > m->width || f.height > m->height ||
	    f.x > m->width - f.width || f.y > m->height - f.height || rest.p[4] > 2 ||
	    rest.p[5] > 1)
		return SK_EFORMAT;
	if (f.is_picture && (f.width != m->width || f.height != m->height || m->nframes))
		return SK_EFORMAT;
	memcpy(f.rest, rest.p, 6);
	f.first = m->npieces;
	struct sk_png_frame *all =
	    sk_arena_grow(m->arena, m->frames, &m->frame_cap, m->nframes + 1, sizeof(f));
	if (all == NULL)
		return SK_ENOMEM;
	m->frames = all;
	all[m->nframes++] = f;
	return 0;
}

static int read_data(struct sk_png *m, bool of_frame, struct sk_slice data)
{
	struct sk_png_frame *f = m->nframes ? &m->frames[m->nframes - 1] : NULL;

	if (!of_frame) {
		if (m->npieces != m->nidat)
			return SK_EFORMAT; /* IDAT behind a frame */
		m->nidat++;
		return add_piece(m, data);
	}
	if (f == NULL || f->is_picture || data.n < 4 || m->nidat == 0)
		return SK_EFORMAT;
	f->count++;
	return add_piece(m, sk_slice_sub(data, 4, data.n));
}

static bool is_text(struct sk_slice type)
{
	static const char *const names[] = {"tEXt", "zTXt", "iTXt", "tIME", "eXIf", "hIST", "sBIT",
	    "bKGD", "sPLT", "oFFs", "sCAL", "pCAL", "cICP", "mDCV", "cLLI"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (sk_slice_is(type, names[i]))
			return true;
	return false;
}

static void read_other(struct sk_png *m, struct sk_slice type, struct sk_slice data)
{
	if (sk_slice_is(type, "sRGB"))
		m->srgb = true;
	else if (sk_slice_is(type, "gAMA"))
		read_gamma(m, data);
	else if (sk_slice_is(type, "cHRM"))
		read_chroma(m, data);
	else if (sk_slice_is(type, "pHYs"))
		read_phys(m, data);
	else if (sk_slice_is(type, "iCCP"))
		read_profile(m, data);
	else if (is_text(type))
		m->metadata++;
	else
		m->unknown++;
	if (sk_slice_is(type, "eXIf"))
		m->orientation = sk_exif_read(data).orientation;
}

static int read_chunk(
    const struct sk_pic *p, struct sk_png *m, struct sk_slice type, struct sk_slice data)
{
	if (m->width == 0)
		return sk_slice_is(type, "IHDR") ? read_header(m, data) : SK_EFORMAT;
	if (sk_slice_is(type, "IDAT"))
		return read_data(m, false, data);
	if (sk_slice_is(type, "fdAT") && m->animated)
		return read_data(m, true, data);
	if (sk_slice_is(type, "fcTL") && m->animated)
		return read_frame(p, m, data);
	if (sk_slice_is(type, "acTL") && data.n == 8 && m->npieces == 0 && !m->still) {
		if (m->animated)
			return SK_EFORMAT;
		m->animated = true;
		m->declared = u32(data.p);
		m->plays = u32(data.p + 4) & 0x7FFFFFFF;
	} else if (sk_slice_is(type, "PLTE") && m->npieces == 0) {
		read_palette(m, data);
	} else if (sk_slice_is(type, "tRNS") && m->npieces == 0) {
		read_trans(m, data);
	} else if (sk_slice_is(type, "IEND")) {
		m->ended = true;
	} else {
		read_other(m, type, data);
	}
	return 0;
}

/* All chunks up to IEND; a file that ends early keeps what it has. */
int sk_png_read(const struct sk_pic *p, struct sk_png *m)
{
	struct sk_reader r = sk_reader(p->in);

	m->arena = p->job->arena;
	m->orientation = 1;
	sk_read_skip(&r, 8);
	while (!m->ended && sk_read_left(&r) >= 8) {
		uint32_t n = sk_read_u32be(&r);
		struct sk_slice type = sk_read_slice(&r, 4);
		if (n > sk_read_left(&r))
			n = (uint32_t)sk_read_left(&r);
		struct sk_slice data = sk_read_slice(&r, n);
		int rc = read_chunk(p, m, type, data);
		if (rc)
			return rc;
		sk_read_skip(&r, sk_read_left(&r) < 4 ? sk_read_left(&r) : 4);
	}
	m->end = r.pos;
	if (m->nidat == 0 || (m->type == 3 && m->entries == 0))
		return SK_EFORMAT;
	if (m->animated && (m->declared == 0 || m->declared > INT32_MAX || m->nframes == 0))
		return SK_EFORMAT;
	if (m->animated && m->nframes > m->declared) {
		m->unknown += (uint32_t)(m->nframes - m->declared);
		m->nframes = m->declared;
	}
	return sk_job_pixels(p->job, m->width, m->height);
}

bool sk_png_structure(struct sk_slice in)
{
	struct sk_slice head = sk_slice_sub(in, 16, 13);
	struct sk_png m = {0};

	return sk_slice_starts(in, SIGNATURE) && sk_slice_is(sk_slice_sub(in, 12, 4), "IHDR") &&
	       read_header(&m, head) == 0;
}

/* One zlib stream in one piece; joined when it comes in several. */
static int join(
    const struct sk_png *m, size_t first, size_t count, struct sk_buf *store, struct sk_slice *out)
{
	if (count == 1) {
		*out = m->pieces[first];
		return 0;
	}
	for (size_t i = 0; i < count; i++)
		sk_buf_put_slice(store, m->pieces[first + i]);
	*out = sk_buf_slice(store);
	return store->err;
}

/* The slow way, for streams with too much or too little in them: what can be had, up to `n` bytes.
 */
static size_t inflate_some(struct sk_slice z, uint8_t *out, size_t n)
{
	z_stream s = {0};

	if (inflateInit(&s) != Z_OK)
		return 0;
	size_t fed = 0, got = 0;
	int rc = Z_OK;
	while (rc == Z_OK && got < n) {
		size_t in_n = z.n - fed > (1U << 30) ? (1U << 30) : z.n - fed;
		size_t out_n = n - got > (1U << 30) ? (1U << 30) : n - got;
		s.next_in = (Bytef *)(uintptr_t)(z.p + fed);
		s.avail_in = (uInt)in_n;
		s.next_out = out + got;
		s.avail_out = (uInt)out_n;
		rc = inflate(&s, Z_NO_FLUSH);
		if (in_n == s.avail_in && out_n == s.avail_out)
			break;
		fed += in_n - s.avail_in;
		got += out_n - s.avail_out;
	}
	inflateEnd(&s);
	return got;
}

enum found { WHOLE, TOO_MUCH, BROKEN };

/* Exactly n bytes into out. BROKEN leaves zeros where nothing could be had; fails when that is all.
 */
static int inflate_exactly(struct sk_slice z, uint8_t *out, size_t n, enum found *how)
{
	size_t used, got;
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();

	if (d == NULL || out == NULL) {
		libdeflate_free_decompressor(d);
		return SK_ENOMEM;
	}
	enum libdeflate_result r = libdeflate_zlib_decompress_ex(d, z.p, z.n, out, n, &used, &got);
	libdeflate_free_decompressor(d);
	*how = WHOLE;
	if (r == LIBDEFLATE_SUCCESS && got == n) {
		*how = used == z.n ? WHOLE : TOO_MUCH;
		return 0;
	}
	got = inflate_some(z, out, n);
	*how = got == n ? TOO_MUCH : BROKEN;
	if (got < n)
		memset(out + got, 0, n - got);
	return got ? 0 : SK_EFORMAT;
}

size_t sk_png_row_bytes(uint64_t width, unsigned bits)
{
	return (size_t)((width * bits + 7) / 8);
}

static const uint8_t adam7[7][4] = {/* x, y, step x, step y */
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2},
    {0, 1, 1, 2}};

static struct sk_png_rows pass_shape(const struct sk_png_rows *whole, unsigned pass)
{
	const uint8_t *a = adam7[pass];
	struct sk_png_rows r = {.bits = whole->bits};

	if (whole->width > a[0] && whole->height > a[1]) {
		r.width = (whole->width - a[0] + a[2] - 1) / a[2];
		r.height = (whole->height - a[1] + a[3] - 1) / a[3];
	}
	r.row = sk_png_row_bytes(r.width, r.bits);
	return r;
}

/* Put the pixels of one pass where they belong. */
static void spread(const struct sk_png_rows *from, unsigned pass, struct sk_png_rows *to)
{
	const uint8_t *a = adam7[pass];
	size_t bytes = from->bits / 8;

	for (uint32_t y = 0; y < from->height; y++) {
		const uint8_t *src = from->data + y * (from->row + 1) + 1;
		uint8_t *dst = to->data + (y * (size_t)a[3] + a[1]) * (to->row + 1) + 1;
		for (uint32_t x = 0; x < from->width; x++) {
			size_t at = x * (size_t)a[2] + a[0];
			if (bytes) {
				memcpy(dst + at * bytes, src + x * bytes, bytes);
				continue;
			}
			unsigned bits = from->bits, mask = (1U << bits) - 1;
			unsigned v =
			    (unsigned)src[x * bits / 8] >> (8 - bits - x * bits % 8) & mask;
			dst[at * bits / 8] |= (uint8_t)(v << (8 - bits - at * bits % 8));
		}
	}
}

static int read_interlaced(
    const struct sk_pic *p, struct sk_slice z, struct sk_png_rows *r, enum found *how)
{
	size_t total = 0;

	for (unsigned i = 0; i < 7; i++) {
		struct sk_png_rows s = pass_shape(r, i);
		total += s.width ? s.height * (s.row + 1) : 0;
	}
	uint8_t *all = sk_pic_alloc(p, total);
	if (all == NULL)
		return sk_pic_nomem(p);
	int rc = inflate_exactly(z, all, total, how);
	for (unsigned i = 0, at = 0; i < 7 && rc == 0; i++) {
		struct sk_png_rows s = pass_shape(r, i);
		if (s.width == 0)
			continue;
		s.data = all + at;
		at += s.height * (s.row + 1);
		if (!sk_png_undo_filters(&s))
			rc = SK_EFORMAT;
		else
			spread(&s, i, r);
	}
	free(all);
	return rc;
}

/* The rows of one picture or frame, filtered as in the source, or unfiltered when it was
 * interlaced. */
int sk_png_read_rows(
    const struct sk_pic *p, struct sk_png *m, size_t first, size_t count, struct sk_png_rows *r)
{
	struct sk_buf store = SK_BUF(p->in.n + 1);
	struct sk_slice z;
	enum found how = WHOLE;

	r->bits = m->depth * m->channels;
	r->row = sk_png_row_bytes(r->width, r->bits);
	r->data = NULL;
	r->source = 0;
	for (size_t i = 0; i < count; i++)
		r->source += m->pieces[first + i].n;
	uint64_t total = (uint64_t)r->height * (r->row + 1);
	int rc = count ? join(m, first, count, &store, &z) : SK_EFORMAT;
	if (store.len)
		sk_job_set_aside(p->job, p->in);
	/* Deflate reaches 1:1032 at most; what claims more is refused before any memory is taken.
	 */
	if (rc == 0 && total / 1040 > z.n)
		rc = SK_EFORMAT;
	if (rc == 0 && (r->data = sk_pic_alloc(p, total)) == NULL)
		rc = sk_pic_nomem(p);
	if (rc == 0 && m->interlaced)
		rc = read_interlaced(p, z, r, &how);
	else if (rc == 0)
		rc = inflate_exactly(z, r->data, (size_t)total, &how);
	sk_buf_free(&store);
	sk_job_set_aside(p->job, p->in);
	if (rc == 0 && how == TOO_MUCH)
		sk_pic_removed(p, SK_GENERIC_HIDDEN, 1, "picture data");
	else if (rc == 0 && how == BROKEN)
		sk_pic_removed(p, SK_IMAGE_DAMAGED, 1, "picture data");
	return rc;
}
