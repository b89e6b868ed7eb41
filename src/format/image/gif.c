/*
 * GIF: every frame is decoded and encoded again; loop count, delays, disposal, transparency and the
 * rectangles of the frames stay. Read and written here rather than by giflib, one frame in memory
 * at a time. Cleaner's jail. GIF89a specification.
 */
#include "format/image/lzw.h"
#include "format/image/pic.h"

#include <stdlib.h>

struct table {
	unsigned size; /* colours, 0: none */
	uint8_t rgb[768];
};

struct gif {
	struct sk_reader r;
	uint32_t width, height;
	unsigned background;
	struct table global;
	bool has_control, has_loop, wrote_loop;
	uint8_t control[4]; /* packed, delay, transparent index */
	unsigned loop;
	size_t frames;
	uint32_t metadata, unknown, damaged, hidden;
	bool ended;
};

struct frame {
	uint32_t left, top, width, height;
	bool interlaced;
	struct table local;
	unsigned code_size;
	uint8_t *pixels;
};

static void read_table(struct sk_reader *r, unsigned bits, struct table *t)
{
	struct sk_slice s = sk_read_slice(r, (size_t)3 << bits);

	if (s.n == 0)
		return;
	t->size = 1U << bits;
	memcpy(t->rgb, s.p, s.n);
}

static int read_screen(struct gif *g)
{
	sk_read_skip(&g->r, 6);
	g->width = sk_read_u16le(&g->r);
	g->height = sk_read_u16le(&g->r);
	unsigned packed = sk_read_u8(&g->r);
	g->background = sk_read_u8(&g->r);
	sk_read_u8(&g->r);
	if (packed & 0x80)
		read_table(&g->r, (packed & 7) + 1, &g->global);
	return g->r.bad ? SK_EFORMAT : 0;
}

/* Join sub-blocks up to their end; a missing end keeps what is there. */
static void read_blocks(struct gif *g, struct sk_buf *out)
{
	size_t n;

	while ((n = sk_read_u8(&g->r)) > 0) {
		if (n > sk_read_left(&g->r)) {
			n = sk_read_left(&g->r);
			g->damaged++;
		}
		struct sk_slice s = sk_read_slice(&g->r, n);
		if (out)
			sk_buf_put_slice(out, s);
	}
}

static void read_control(struct gif *g)
{
	struct sk_reader at = g->r;
	unsigned n = sk_read_u8(&at);
	struct sk_slice s = sk_read_slice(&at, 4);

	if (n == 4 && s.n == 4) {
		g->has_control = true;
		unsigned disposal = s.p[0] >> 2 & 7;
		g->control[0] = (uint8_t)((disposal > 3 ? 0 : disposal) << 2 | (s.p[0] & 1));
		g->control[1] = s.p[1];
		g->control[2] = s.p[2];
		g->control[3] = s.p[0] & 1 ? s.p[3] : 0;
	} else {
		g->damaged++;
	}
	read_blocks(g, NULL);
}

static void read_application(struct gif *g)
{
	struct sk_reader at = g->r;
	unsigned n = sk_read_u8(&at);
	struct sk_slice name = sk_read_slice(&at, 11);
	unsigned size = sk_read_u8(&at), kind = sk_read_u8(&at), loop = sk_read_u16le(&at);

	if (n == 11 && (sk_slice_is(name, "NETSCAPE2.0") || sk_slice_is(name, "ANIMEXTS1.0")) &&
	    size == 3 && kind == 1 && !at.bad) {
		g->has_loop = true;
		g->loop = loop;
	} else {
		g->metadata++;
	}
	read_blocks(g, NULL);
}

static void read_extension(struct gif *g)
{
	switch (sk_read_u8(&g->r)) {
	case 0xF9:
		read_control(g);
		break;
	case 0xFF:
		read_application(g);
		break;
	case 0xFE:
		g->metadata++;
		read_blocks(g, NULL);
		break;
	default:
		g->unknown++;
		read_blocks(g, NULL);
	}
}

static void deinterlace(const struct frame *f, uint8_t *to)
{
	static const uint8_t first[4] = {0, 4, 2, 1}, step[4] = {8, 8, 4, 2};
	size_t from = 0;

	for (unsigned pass = 0; pass < 4; pass++)
		for (uint32_t y = first[pass]; y < f->height; y += step[pass], from += f->width)
			memcpy(to + (size_t)y * f->width, f->pixels + from, f->width);
}

static int decode_frame(const struct sk_pic *p, struct gif *g, struct frame *f)
{
	struct sk_buf codes = SK_BUF(p->in.n + 1);
	size_t n = (size_t)f->width * f->height;
	bool extra;

	read_blocks(g, &codes);
	if (codes.err) {
		sk_buf_free(&codes);
		return codes.err;
	}
	/* A code of 12 bits stands for 4,096 pixels at most. */
	bool bomb = n / 4096 > codes.len + 64;
	f->pixels = bomb ? NULL : sk_pic_alloc(p, n);
	if (f->pixels == NULL) {
		sk_buf_free(&codes);
		return bomb ? SK_EFORMAT : sk_pic_nomem(p);
	}
	size_t got = sk_lzw_decode(sk_buf_slice(&codes), f->code_size, f->pixels, n, &extra);
	sk_buf_free(&codes);
	g->damaged += got < n;
	g->hidden += extra;
	if (!f->interlaced)
		return 0;
	uint8_t *straight = sk_pic_alloc(p, n);
	if (straight == NULL)
		return sk_pic_nomem(p);
	deinterlace(f, straight);
	free(f->pixels);
	f->pixels = straight;
	return 0;
}

/* The descriptor of a frame and its pixels; width 0 when it shows nothing and is to be skipped. */
static int read_frame(const struct sk_pic *p, struct gif *g, struct frame *f)
{
	*f = (struct frame){0};
	f->left = sk_read_u16le(&g->r);
	f->top = sk_read_u16le(&g->r);
	f->width = sk_read_u16le(&g->r);
	f->height = sk_read_u16le(&g->r);
	unsigned packed = sk_read_u8(&g->r);
	f->interlaced = packed & 0x40;
	if (packed & 0x80)
		read_table(&g->r, (packed & 7) + 1, &f->local);
	f->code_size = sk_read_u8(&g->r);
	if (g->r.bad || f->width == 0 || f->height == 0 || f->code_size < 1 || f->code_size > 8 ||
	    f->left + f->width > SK_LIMIT_SIDE || f->top + f->height > SK_LIMIT_SIDE) {
		read_blocks(g, NULL);
		g->damaged++;
		f->width = 0;
		return 0;
	}
	if (g->frames >= SK_LIMIT_FRAMES)
		return sk_job_refuse(
		    p->job, SK_REASON_LIMIT_PAGES, "more than %d frames", SK_LIMIT_FRAMES);
	int rc = sk_job_pixels(p->job, f->width, f->height);
	return rc ? rc : decode_frame(p, g, f);
}

/* The next frame: 0, or 1 at the end of the file. */
static int next_frame(const struct sk_pic *p, struct gif *g, struct frame *f)
{
	while (sk_read_left(&g->r)) {
		unsigned tag = sk_read_u8(&g->r);
		if (tag == 0x3B) {
			g->ended = true;
			return 1;
		}
		if (tag == 0x21) {
			read_extension(g);
		} else if (tag == 0x2C) {
			int rc = read_frame(p, g, f);
			if (rc || f->width)
				return rc;
		} else if (tag != 0) {
			g->hidden++;
			return 1;
		}
	}
	return 1;
}

static unsigned bits_of(unsigned size)
{
	unsigned bits = 1;

	while (1U << bits < size)
		bits++;
	return bits;
}

static unsigned max_pixel(const struct frame *f)
{
	unsigned most = 0;

	for (size_t i = 0; i < (size_t)f->width * f->height; i++)
		if (f->pixels[i] > most)
			most = f->pixels[i];
	return most;
}

/*
 * The table this frame is written with. One that is too small for its pixels is grown with black;
 * where there is none at all, readers show shades of grey.
 */
static const struct table *settle_table(const struct gif *g, struct frame *f)
{
	const struct table *t = f->local.size ? &f->local : &g->global;
	unsigned need = max_pixel(f) + 1;

	if (t->size >= need)
		return t;
	if (t->size == 0) {
		for (unsigned i = 0; i < 768; i++)
			f->local.rgb[i] = (uint8_t)(i / 3);
		f->local.size = 256;
		return &f->local;
	}
	struct table grown = *t;
	grown.size = 1U << bits_of(need);
	f->local = grown;
	return &f->local;
}

static void put_screen(const struct sk_pic *p, const struct gif *g)
{
	unsigned bits = g->global.size ? bits_of(g->global.size) : 1;

	sk_buf_puts(p->out, "GIF89a");
	sk_buf_put_u16le(p->out, (uint16_t)g->width);
	sk_buf_put_u16le(p->out, (uint16_t)g->height);
	sk_buf_putc(p->out, (uint8_t)((g->global.size ? 0x80 : 0) | 0x70 | (bits - 1)));
	sk_buf_putc(p->out, (uint8_t)(g->background < g->global.size ? g->background : 0));
	sk_buf_putc(p->out, 0);
	sk_buf_put(p->out, g->global.rgb, (size_t)g->global.size * 3);
}

static void put_loop(const struct sk_pic *p, struct gif *g)
{
	sk_buf_put(p->out, "\x21\xff\x0bNETSCAPE2.0\3\1", 16);
	sk_buf_put_u16le(p->out, (uint16_t)g->loop);
	sk_buf_putc(p->out, 0);
}

static int put_frame(const struct sk_pic *p, struct gif *g, struct frame *f)
{
	const struct table *t = settle_table(g, f);
	unsigned bits = bits_of(t->size);

	if (g->has_control) {
		sk_buf_put(p->out, "\x21\xf9\4", 3);
		sk_buf_put(p->out, g->control, 4);
		sk_buf_putc(p->out, 0);
	}
	g->has_control = false;
	sk_buf_putc(p->out, 0x2C);
	sk_buf_put_u16le(p->out, (uint16_t)f->left);
	sk_buf_put_u16le(p->out, (uint16_t)f->top);
	sk_buf_put_u16le(p->out, (uint16_t)f->width);
	sk_buf_put_u16le(p->out, (uint16_t)f->height);
	sk_buf_putc(p->out, (uint8_t)(f->local.size ? 0x80 | (bits - 1) : 0));
	sk_buf_put(p->out, f->local.rgb, (size_t)f->local.size * 3);
	unsigned code_size = bits < 2 ? 2 : bits;
	sk_buf_putc(p->out, (uint8_t)code_size);
	return sk_lzw_encode(f->pixels, (size_t)f->width * f->height, code_size, p->out);
}

static int start(const struct sk_pic *p, struct gif *g)
{
	*g = (struct gif){.r = sk_reader(p->in)};
	int rc = read_screen(g);
	if (rc == 0 && (g->width == 0 || g->height == 0))
		rc = SK_EFORMAT;
	if (rc == 0 && (uint64_t)g->width * g->height > p->job->limits->pixels)
		rc = sk_job_pixels(p->job, g->width, g->height);
	return rc;
}

/* The loop count may stand behind frames; it is written before the first, so it is looked for
 * first. */
static void find_loop(struct gif *g)
{
	struct gif look = *g;

	while (sk_read_left(&look.r)) {
		unsigned tag = sk_read_u8(&look.r);
		if (tag == 0x21) {
			read_extension(&look);
		} else if (tag == 0x2C) {
			sk_read_skip(&look.r, 8);
			unsigned packed = sk_read_u8(&look.r);
			sk_read_skip(&look.r, packed & 0x80 ? (size_t)6 << (packed & 7) : 0);
			sk_read_skip(&look.r, 1);
			read_blocks(&look, NULL);
		} else if (tag != 0) {
			break;
		}
	}
	g->has_loop = look.has_loop;
	g->loop = look.loop;
}

static void report(const struct sk_pic *p, const struct gif *g)
{
	sk_pic_removed(p, SK_IMAGE_METADATA, g->metadata, "extensions");
	sk_pic_removed(p, SK_IMAGE_UNKNOWN_PART, g->unknown, "extensions");
	sk_pic_removed(p, SK_IMAGE_DAMAGED, g->damaged + !g->ended, "frames");
	sk_pic_removed(p, SK_GENERIC_HIDDEN, g->hidden, "frames");
	sk_pic_removed(
	    p, SK_GENERIC_TRAILING, g->ended && sk_read_left(&g->r) > 0, "after the picture");
}

int sk_gif_clean(const struct sk_pic *p)
{
	struct gif *g = calloc(1, sizeof(*g));
	struct frame *f = calloc(1, sizeof(*f));
	int rc = g && f ? start(p, g) : SK_ENOMEM;

	if (rc == 0) {
		find_loop(g);
		put_screen(p, g);
		if (g->has_loop)
			put_loop(p, g);
	}
	while (rc == 0 && (rc = next_frame(p, g, f)) == 0) {
		rc = put_frame(p, g, f);
		free(f->pixels);
		f->pixels = NULL;
		g->frames++;
	}
	if (f)
		free(f->pixels);
	if (rc == 1)
		rc = g->frames ? sk_buf_putc(p->out, 0x3B) : SK_EFORMAT;
	if (rc == 0)
		report(p, g);
	free(g);
	free(f);
	return rc;
}

bool sk_gif_structure(struct sk_slice in)
{
	struct gif g = {.r = sk_reader(in)};

	if (!sk_slice_starts(in, SK_SLICE_LIT("GIF87a")) &&
	    !sk_slice_starts(in, SK_SLICE_LIT("GIF89a")))
		return false;
	if (read_screen(&g) || g.width == 0)
		return false;
	int tag = sk_read_peek(&g.r, 0);
	return tag == 0x2C || tag == 0x21;
}

/* The first frame on the logical screen, transparent where it does not reach. */
static int paint(
    const struct sk_pic *p, const struct gif *g, struct frame *f, struct sk_pixmap *out)
{
	const struct table *t = settle_table(g, f);
	bool clear = g->has_control && (g->control[0] & 1);

	int rc = sk_job_pixels(p->job, g->width, g->height);
	uint8_t *data = rc ? NULL : sk_arena_array(p->job->arena, (size_t)g->width * g->height, 4);
	if (data == NULL)
		return rc ? rc : SK_ENOMEM;
	for (uint32_t y = 0; y < f->height && y + f->top < g->height; y++)
		for (uint32_t x = 0; x < f->width && x + f->left < g->width; x++) {
			uint8_t *to = data + (((size_t)y + f->top) * g->width + x + f->left) * 4;
			unsigned v = f->pixels[(size_t)y * f->width + x];
			memcpy(to, t->rgb + (size_t)v * 3, 3);
			to[3] = clear && v == g->control[3] ? 0 : 255;
		}
	*out = (struct sk_pixmap){g->width, g->height, 4, data};
	return 0;
}

int sk_gif_decode(const struct sk_pic *p, struct sk_pixmap *out)
{
	struct gif *g = calloc(1, sizeof(*g));
	struct frame *f = calloc(1, sizeof(*f));
	int rc = g && f ? start(p, g) : SK_ENOMEM;

	if (rc == 0)
		rc = next_frame(p, g, f);
	if (rc == 0)
		rc = paint(p, g, f, out);
	if (f)
		free(f->pixels);
	free(g);
	free(f);
	return rc == 1 ? SK_EFORMAT : rc;
}
