/*
 * PNG and APNG cleaned: the rows that were read are compressed anew. The filters of a row stay as the source
 * chose them, which keeps the size and makes a second cleaning identical; interlaced pictures are written
 * without interlacing, with filters of our choice. Cleaner's jail. ISO/IEC 15948; APNG 1.0.
 */
#include "format/image/png.h"

#include <stdlib.h>

#include <libdeflate.h>

#define SIGNATURE SK_SLICE_LIT("\x89PNG\r\n\x1a\n")

static void clear_padding(struct sk_png_rows *r)
{
	unsigned used = r->width * r->bits % 8;

	for (uint32_t y = 0; used && y < r->height; y++)
		r->data[y * (r->row + 1) + r->row] &= (uint8_t)(0xFF00 >> used);
}

static unsigned index_at(const struct sk_png_rows *r, const uint8_t *row, uint32_t x)
{
	if (r->bits == 8)
		return row[x];
	size_t bit = (size_t)x * r->bits;
	return (unsigned)row[bit / 8] >> (8 - r->bits - bit % 8) & ((1U << r->bits) - 1);
}

static unsigned max_index(const struct sk_png_rows *r)
{
	unsigned most = 0;

	for (uint32_t y = 0; y < r->height; y++) {
		const uint8_t *row = r->data + y * (r->row + 1) + 1;
		for (uint32_t x = 0; x < r->width; x++) {
			unsigned v = index_at(r, row, x);
			if (v > most)
				most = v;
		}
	}
	return most;
}

static bool any_filter(const struct sk_png_rows *r)
{
	for (uint32_t y = 0; y < r->height; y++)
		if (r->data[y * (r->row + 1)])
			return true;
	return false;
}

static bool padding_clear(const struct sk_png_rows *r)
{
	unsigned used = r->width * r->bits % 8;

	for (uint32_t y = 0; used && y < r->height; y++)
		if (r->data[y * (r->row + 1) + r->row] & (0xFF >> used))
			return false;
	return true;
}

/*
 * Small samples are looked at pixel by pixel: spare bits cleared, the palette grown to the largest
 * index. The filters of the source stay unless a spare bit had to be cleared.
 */
static int settle_small(const struct sk_pic *p, struct sk_png *m, struct sk_png_rows *r)
{
	struct sk_png_rows plain = *r;
	bool filtered = any_filter(r);
	size_t n = (size_t)r->height * (r->row + 1);

	if (filtered) {
		plain.data = sk_pic_alloc(p, n);
		if (plain.data == NULL)
			return sk_pic_nomem(p);
		memcpy(plain.data, r->data, n);
		if (!sk_png_undo_filters(&plain)) {
			free(plain.data);
			return SK_EFORMAT;
		}
	}
	bool clear = padding_clear(&plain);
	if (!clear)
		clear_padding(&plain);
	unsigned need = m->type == 3 ? max_index(&plain) + 1 : 0;
	if (need > m->entries)
		m->entries = need;
	if (filtered) {
		free(clear ? plain.data : r->data);
		r->data = clear ? r->data : plain.data;
	}
	return 0;
}

static bool filters_known(const struct sk_png_rows *r)
{
	for (uint32_t y = 0; y < r->height; y++)
		if (r->data[y * (r->row + 1)] > 4)
			return false;
	return true;
}

/* Bring the rows of a source into the form they are written in. */
static int settle(const struct sk_pic *p, struct sk_png *m, struct sk_png_rows *r)
{
	if (m->type == 3 || m->depth < 8)
		return settle_small(p, m, r);
	if (m->interlaced) {
		sk_png_choose_filters(r);
		return 0;
	}
	if (filters_known(r))
		return 0;
	return SK_EFORMAT;
}

static int put_header(const struct sk_pic *p, const struct sk_png *m)
{
	uint8_t head[13] = {(uint8_t)(m->width >> 24), (uint8_t)(m->width >> 16),
	    (uint8_t)(m->width >> 8), (uint8_t)m->width, (uint8_t)(m->height >> 24),
	    (uint8_t)(m->height >> 16), (uint8_t)(m->height >> 8), (uint8_t)m->height,
	    (uint8_t)m->depth, (uint8_t)m->type, 0, 0, 0};

	sk_buf_put_slice(p->out, SIGNATURE);
	return sk_png_chunk(p->out, "IHDR", sk_slice(head, 13));
}

static int put_profile(const struct sk_pic *p, const struct sk_png *m)
{
	static const uint8_t head[5] = {'R', 'G', 'B'}; /* name, method */
	uint8_t icc[SK_ICC_BYTES], z[SK_ICC_BYTES + 64];
	struct libdeflate_compressor *c = libdeflate_alloc_compressor(6);

	if (c == NULL)
		return SK_ENOMEM;
	memcpy(z, head, sizeof(head));
	size_t n =
	    libdeflate_zlib_compress(c, icc, sk_icc_write(&m->icc, icc), z + 5, sizeof(z) - 5);
	libdeflate_free_compressor(c);
	return sk_png_chunk(p->out, "iCCP", sk_slice(z, n + 5));
}

static int put_colour(const struct sk_pic *p, const struct sk_png *m)
{
	bool rgb = m->type == 2 || m->type == 3 || m->type == 6;

	if (m->has_icc && m->icc.kind == SK_ICC_MATRIX && rgb)
		return put_profile(p, m);
	if (m->srgb || (m->has_icc && m->icc.kind == SK_ICC_SRGB))
		return sk_png_chunk(p->out, "sRGB", sk_slice("", 1));
	if (m->has_gamma)
		sk_png_chunk(p->out, "gAMA", sk_slice(m->gamma, 4));
	if (m->has_chroma)
		sk_png_chunk(p->out, "cHRM", sk_slice(m->chroma, 32));
	return p->out->err;
}

static void copy_pixel(const uint8_t *from, size_t x, uint8_t *to, size_t at, unsigned bits)
{
	if (bits >= 8) {
		memcpy(to + at * (bits / 8), from + x * (bits / 8), bits / 8);
		return;
	}
	unsigned v = (unsigned)from[x * bits / 8] >> (8 - bits - x * bits % 8) & ((1U << bits) - 1);
	to[at * bits / 8] |= (uint8_t)(v << (8 - bits - at * bits % 8));
}

static void turn_rows(const struct sk_png_rows *from, struct sk_png_rows *to, unsigned o)
{
	bool flip_x = o == 2 || o == 3 || o == 7 || o == 8,
	     flip_y = o == 3 || o == 4 || o == 6 || o == 7;

	for (uint32_t y = 0; y < from->height; y++)
		for (uint32_t x = 0; x < from->width; x++) {
			uint32_t fx = flip_x ? from->width - 1 - x : x,
				 fy = flip_y ? from->height - 1 - y : y;
			size_t row = o >= 5 ? fx : fy, at = o >= 5 ? fy : fx;
			copy_pixel(from->data + y * (from->row + 1) + 1, x,
			    to->data + row * (to->row + 1) + 1, at, from->bits);
		}
}

/* Apply the orientation of the eXIf chunk, which does not stay. Only to a still picture: frames would move. */
static int turn(const struct sk_pic *p, struct sk_png *m, struct sk_png_rows *r)
{
	bool swap = m->orientation >= 5;
	struct sk_png_rows to = {.width = swap ? r->height : r->width,
	    .height = swap ? r->width : r->height,
	    .bits = r->bits};

	if (m->orientation <= 1 || m->nframes)
		return 0;
	if (!sk_png_undo_filters(r))
		return SK_EFORMAT;
	to.row = sk_png_row_bytes(to.width, to.bits);
	to.data = sk_pic_alloc(p, (uint64_t)to.height * (to.row + 1));
	if (to.data == NULL)
		return sk_pic_nomem(p);
	turn_rows(r, &to, m->orientation);
	free(r->data);
	*r = to;
	m->width = to.width;
	m->height = to.height;
	for (unsigned i = 0; swap && i < 4; i++) {
		uint8_t x = m->phys[i];
		m->phys[i] = m->phys[4 + i];
		m->phys[4 + i] = x;
	}
	if (m->type != 3 && m->depth >= 8)
		sk_png_choose_filters(r);
	return 0;
}

/* Everything between the header and the pixels. */
static int put_front(const struct sk_pic *p, struct sk_png *m)
{
	put_header(p, m);
	int rc = put_colour(p, m);
	if (m->type == 3)
		sk_png_chunk(p->out, "PLTE", sk_slice(m->palette, (size_t)m->entries * 3));
	while (
	    m->type == 3 && m->ntrans && (m->ntrans > m->entries || m->trans[m->ntrans - 1] == 255))
		m->ntrans--;
	if (m->has_trans && m->ntrans)
		sk_png_chunk(p->out, "tRNS", sk_slice(m->trans, m->ntrans));
	if (m->has_phys)
		sk_png_chunk(p->out, "pHYs", sk_slice(m->phys, 9));
	return rc ? rc : p->out->err;
}

static int put_control(const struct sk_pic *p, const struct sk_png_frame *f, uint32_t sequence)
{
	struct sk_buf b = SK_BUF(64);

	sk_buf_put_u32be(&b, sequence);
	sk_buf_put_u32be(&b, f->width);
	sk_buf_put_u32be(&b, f->height);
	sk_buf_put_u32be(&b, f->x);
	sk_buf_put_u32be(&b, f->y);
	sk_buf_put(&b, f->rest, 6);
	int rc = b.err ? b.err : sk_png_chunk(p->out, "fcTL", sk_buf_slice(&b));
	sk_buf_free(&b);
	return rc;
}

/* One frame behind the picture. */
static int put_frame(
    const struct sk_pic *p, struct sk_png *m, const struct sk_png_frame *f, uint32_t *sequence)
{
	struct sk_png_rows r = {.width = f->width, .height = f->height};
	unsigned entries = m->entries;
	uint8_t head[4];

	int rc = sk_job_pixels(p->job, f->width, f->height);
	if (rc == 0)
		rc = sk_png_read_rows(p, m, f->first, f->count, &r);
	if (rc == 0)
		rc = settle(p, m, &r);
	if (rc == 0 && m->entries != entries)
		rc = SK_EFORMAT; /* the palette is written already */
	if (rc == 0)
		rc = put_control(p, f, (*sequence)++);
	uint32_t s = (*sequence)++;
	for (unsigned i = 0; i < 4; i++)
		head[i] = (uint8_t)(s >> (24 - i * 8));
	if (rc == 0)
		rc = sk_png_rows_chunk(p->out, "fdAT", sk_slice(head, 4), &r);
	free(r.data);
	return rc;
}

static int put_all(const struct sk_pic *p, struct sk_png *m, struct sk_png_rows *r)
{
	uint8_t control[8] = {0, 0, (uint8_t)(m->nframes >> 8), (uint8_t)m->nframes,
	    (uint8_t)(m->plays >> 24), (uint8_t)(m->plays >> 16), (uint8_t)(m->plays >> 8),
	    (uint8_t)m->plays};
	uint32_t sequence = 0;
	size_t next = 0;

	int rc = put_front(p, m);
	if (rc == 0 && m->nframes)
		rc = sk_png_chunk(p->out, "acTL", sk_slice(control, 8));
	if (rc == 0 && m->nframes && m->frames[0].is_picture)
		rc = put_control(p, &m->frames[next++], sequence++);
	if (rc == 0)
		rc = sk_png_rows_chunk(p->out, "IDAT", sk_slice(NULL, 0), r);
	free(r->data);
	r->data = NULL;
	for (; rc == 0 && next < m->nframes; next++)
		rc = put_frame(p, m, &m->frames[next], &sequence);
	return rc ? rc : sk_png_chunk(p->out, "IEND", sk_slice(NULL, 0));
}

static void report(const struct sk_pic *p, const struct sk_png *m)
{
	sk_pic_removed(p, SK_IMAGE_METADATA, m->metadata, "chunks");
	sk_pic_removed(p, SK_IMAGE_UNKNOWN_PART, m->unknown, "chunks");
	sk_pic_removed(p, SK_GENERIC_TRAILING, m->end < p->in.n, "after the picture");
	if (m->has_icc)
		sk_icc_report(p, &m->icc);
	if (!m->ended)
		sk_pic_removed(p, SK_IMAGE_DAMAGED, 1, "end of the file");
}

static int clean(const struct sk_pic *p, struct sk_png *m)
{
	int rc = sk_png_read(p, m);
	struct sk_png_rows r = {.width = m->width, .height = m->height};

	if (rc == 0)
		rc = sk_png_read_rows(p, m, 0, m->nidat, &r);
	if (rc == 0)
		rc = settle(p, m, &r);
	if (rc == 0)
		rc = turn(p, m, &r);
	if (rc == 0)
		rc = put_all(p, m, &r);
	free(r.data);
	return rc;
}

int sk_png_clean(const struct sk_pic *p)
{
	struct sk_png m = {0};
	size_t start = p->out->len;

	int rc = clean(p, &m);
	if (rc == SK_EFORMAT && m.animated) {
		/* As readers do: a broken animation is a still picture. */
		m = (struct sk_png){.still = true};
		p->out->len = start;
		rc = clean(p, &m);
		if (rc == 0)
			sk_pic_removed(p, SK_IMAGE_DAMAGED, 1, "animation");
		m.unknown = 0;
	}
	if (rc == 0)
		report(p, &m);
	return rc;
}

/* One pixel of any kind as RGBA. */
static void pixel(const struct sk_png *m, const uint8_t *row, uint32_t x, uint8_t out[4])
{
	unsigned bits = m->depth * m->channels, wide = m->depth == 16 ? 2 : 1;
	const uint8_t *s = row + (size_t)x * bits / 8;

	out[3] = 255;
	if (m->depth < 8 || m->type == 3) {
		unsigned mask = (1U << m->depth) - 1;
		unsigned v = (unsigned)s[0] >> (8 - m->depth - x * m->depth % 8) & mask;
		for (unsigned i = 0; i < 3; i++)
			out[i] = m->type == 3 ? m->palette[v * 3 + i] : (uint8_t)(v * 255 / mask);
		if (m->type == 3 && v < m->ntrans)
			out[3] = m->trans[v];
		else if (m->type == 0 && m->has_trans && m->trans[1] == v)
			out[3] = 0;
		return;
	}
	for (unsigned i = 0; i < 3; i++)
		out[i] = s[m->channels < 3 ? 0 : i * wide];
	if (m->channels == 2 || m->channels == 4)
		out[3] = s[(m->channels - 1) * wide];
	else if (m->has_trans) {
		bool same = true;
		for (unsigned i = 0; i < m->channels; i++)
			same = same && s[i * wide + wide - 1] == m->trans[i * 2 + 1] &&
			       (wide == 1 || s[i * wide] == m->trans[i * 2]);
		out[3] = same ? 0 : 255;
	}
}

/* Pixels of 8 bits a channel out of rows, to `to`, which may be where the rows begin when a pixel takes no more room there. */
static void write_pixels(
    const struct sk_png *m, const struct sk_png_rows *r, unsigned channels, uint8_t *to)
{
	for (uint32_t y = 0; y < m->height; y++)
		for (uint32_t x = 0; x < m->width; x++) {
			uint8_t rgba[4];
			pixel(m, r->data + y * (r->row + 1) + 1, x, rgba);
			memcpy(to + ((size_t)y * m->width + x) * channels, rgba, channels);
		}
}

/* Rows of 16 bits a channel become what is wanted in their own place, so that both are never there together. */
static int narrow(const struct sk_png *m, struct sk_png_rows *r, unsigned channels)
{
	size_t n = (size_t)m->width * m->height * channels;

	write_pixels(m, r, channels, r->data);
	uint8_t *less = realloc(r->data, n);
	if (less)
		r->data = less;
	return less ? 0 : SK_ENOMEM;
}

int sk_png_decode(const struct sk_pic *p, struct sk_pixmap *out)
{
	struct sk_png m = {.still = true};

	int rc = sk_png_read(p, &m);
	struct sk_png_rows r = {.width = m.width, .height = m.height};
	if (rc == 0)
		rc = sk_png_read_rows(p, &m, 0, m.nidat, &r);
	if (rc == 0 && !m.interlaced && !sk_png_undo_filters(&r))
		rc = SK_EFORMAT;
	bool alpha = m.has_trans || m.channels == 2 || m.channels == 4;
	unsigned channels = alpha ? 4 : m.type == 0 ? 1 : 3;
	size_t n = (size_t)m.width * m.height;
	bool wide = rc == 0 && r.row > (size_t)m.width * channels;
	uint8_t *data = NULL;
	if (wide)
		rc = narrow(&m, &r, channels);
	if (rc == 0 && (data = sk_arena_array(p->job->arena, n, channels)) == NULL)
		rc = SK_ENOMEM;
	if (rc == 0 && wide)
		memcpy(data, r.data, n * channels);
	else if (rc == 0)
		write_pixels(&m, &r, channels, data);
	free(r.data);
	if (rc == 0)
		*out = (struct sk_pixmap){m.width, m.height, channels, data};
	return rc;
}
