/*
 * TIFF: every page is decoded by libtiff from memory and written anew. Samples stay what they are
 * where the profile knows them; everything else becomes RGBA. Cleaner's jail. TIFF 6.0, BigTIFF.
 */
#include "format/image/tiff.h"

#include <stdlib.h>

#include <tiffio.h>

struct source {
	const struct sk_pic *p;
	uint64_t pos;
	TIFF *tif;
	bool damaged;
	bool keep; /* pixels go to the job's arena */
};

static tmsize_t do_read(thandle_t h, void *buf, tmsize_t n)
{
	struct source *s = h;
	struct sk_slice got = sk_slice_sub(s->p->in, (size_t)s->pos, n > 0 ? (size_t)n : 0);

	if (got.n)
		memcpy(buf, got.p, got.n);
	s->pos += got.n;
	return (tmsize_t)got.n;
}

static tmsize_t do_write(thandle_t h, void *buf, tmsize_t n)
{
	(void)h;
	(void)buf;
	(void)n;
	return -1;
}

static toff_t do_seek(thandle_t h, toff_t off, int whence)
{
	struct source *s = h;

	s->pos = whence == SEEK_SET ? off : whence == SEEK_CUR ? s->pos + off : s->p->in.n + off;
	return s->pos;
}

static int do_close(thandle_t h)
{
	(void)h;
	return 0;
}

static toff_t do_size(thandle_t h)
{
	return ((struct source *)h)->p->in.n;
}

static int be_quiet(TIFF *tif, void *user, const char *module, const char *fmt, va_list ap)
{
	(void)tif;
	(void)user;
	(void)module;
	(void)fmt;
	(void)ap;
	return 1;
}

static int open_tiff(const struct sk_pic *p, struct source *s)
{
	TIFFOpenOptions *o = TIFFOpenOptionsAlloc();

	*s = (struct source){.p = p};
	if (o == NULL)
		return SK_ENOMEM;
	TIFFOpenOptionsSetErrorHandlerExtR(o, be_quiet, NULL);
	TIFFOpenOptionsSetWarningHandlerExtR(o, be_quiet, NULL);
	size_t most = p->job->limits->memory;
	TIFFOpenOptionsSetMaxSingleMemAlloc(
	    o, most > (SIZE_MAX >> 1) ? (tmsize_t)(SIZE_MAX >> 1) : (tmsize_t)most);
	s->tif = TIFFClientOpenExt(
	    "memory", "rm", s, do_read, do_write, do_seek, do_close, do_size, NULL, NULL, o);
	TIFFOpenOptionsFree(o);
	return s->tif ? 0 : SK_EFORMAT;
}

bool sk_tiff_structure(struct sk_slice in)
{
	struct sk_tiff_survey s = {0};
	struct sk_reader r = sk_reader(in);
	bool little = in.n && in.p[0] == 'I';

	sk_read_skip(&r, 2);
	bool big = (little ? sk_read_u16le(&r) : sk_read_u16be(&r)) == 43;
	if (big)
		sk_read_skip(&r, 4);
	uint64_t at = big      ? (little ? sk_read_u64le(&r) : sk_read_u64be(&r))
		      : little ? sk_read_u32le(&r)
			       : sk_read_u32be(&r);
	if (r.bad || at < 8)
		return false;
	sk_tiff_survey(in, at, &s);
	return s.end > 0;
}

/* Tags of libtiff as one page of the profile; what does not fit is left for RGBA. */
struct page {
	struct sk_tiff_page out;
	unsigned bits, samples, photometric, planar, compression;
	bool tiled;
};

static unsigned colours(unsigned photometric)
{
	switch (photometric) {
	case PHOTOMETRIC_RGB:
	case PHOTOMETRIC_CIELAB:
		return 3;
	case PHOTOMETRIC_SEPARATED:
		return 4;
	default:
		return 1;
	}
}

/* A resolution as a small rational; none when it makes no sense. */
static void rational(float v, uint32_t out[2])
{
	out[0] = out[1] = 0;
	if (!(v >= 0.001f && v < 1000000.0f))
		return;
	uint64_t thousandths = (uint64_t)((double)v * 1000 + 0.5);
	out[0] = (uint32_t)thousandths;
	out[1] = 1000;
	while (out[0] % 10 == 0 && out[1] > 1) {
		out[0] /= 10;
		out[1] /= 10;
	}
}

static void read_tags(struct source *s, struct page *g)
{
	uint16_t v = 0, *kinds = NULL;
	float x = 0, y = 0;
	void *icc = NULL;
	uint32_t n = 0;

	TIFFGetFieldDefaulted(s->tif, TIFFTAG_ORIENTATION, &v);
	g->out.orientation = v >= 1 && v <= 8 ? v : 1;
	g->out.unit =
	    TIFFGetFieldDefaulted(s->tif, TIFFTAG_RESOLUTIONUNIT, &v) && v >= 1 && v <= 3 ? v : 2;
	if (TIFFGetField(s->tif, TIFFTAG_XRESOLUTION, &x) &&
	    TIFFGetField(s->tif, TIFFTAG_YRESOLUTION, &y)) {
		rational(x, g->out.xres);
		rational(y, g->out.yres);
	}
	g->out.format = TIFFGetFieldDefaulted(s->tif, TIFFTAG_SAMPLEFORMAT, &v) ? v : 1;
	/* Readers show signed bytes as plain ones, and not all of them know the tag. */
	if (g->out.format == SAMPLEFORMAT_VOID ||
	    (g->bits == 8 && g->out.format == SAMPLEFORMAT_INT))
		g->out.format = 1;
	g->out.extra = 3;
	v = 0;
	if (TIFFGetField(s->tif, TIFFTAG_EXTRASAMPLES, &v, &kinds) && v > 0 && kinds)
		g->out.extra = kinds[0] <= 2 ? kinds[0] : 0;
	if (TIFFGetField(s->tif, TIFFTAG_ICCPROFILE, &n, &icc) && icc && n) {
		g->out.icc = sk_icc_read(sk_slice(icc, n));
		sk_icc_report(s->p, &g->out.icc);
	}
}

static void read_shape(struct source *s, struct page *g)
{
	uint16_t v = 0;

	*g = (struct page){0};
	TIFFGetField(s->tif, TIFFTAG_IMAGEWIDTH, &g->out.width);
	TIFFGetField(s->tif, TIFFTAG_IMAGELENGTH, &g->out.height);
	g->bits = TIFFGetFieldDefaulted(s->tif, TIFFTAG_BITSPERSAMPLE, &v) ? v : 1;
	g->samples = TIFFGetFieldDefaulted(s->tif, TIFFTAG_SAMPLESPERPIXEL, &v) ? v : 1;
	g->planar = TIFFGetFieldDefaulted(s->tif, TIFFTAG_PLANARCONFIG, &v) ? v : 1;
	g->compression = TIFFGetFieldDefaulted(s->tif, TIFFTAG_COMPRESSION, &v) ? v : 1;
	g->photometric = TIFFGetField(s->tif, TIFFTAG_PHOTOMETRIC, &v) ? v
			 : g->samples >= 3                             ? 2
								       : 0;
	g->tiled = TIFFIsTiled(s->tif);
	g->out.fax =
	    g->compression == COMPRESSION_CCITTRLE || g->compression == COMPRESSION_CCITTRLEW ||
	    g->compression == COMPRESSION_CCITTFAX3 || g->compression == COMPRESSION_CCITTFAX4;
	if (g->compression == COMPRESSION_JPEG && g->photometric == PHOTOMETRIC_YCBCR &&
	    g->planar == PLANARCONFIG_CONTIG) {
		TIFFSetField(s->tif, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
		g->photometric = PHOTOMETRIC_RGB;
	}
}

/* Whether the samples can stay what they are. */
static bool native(struct source *s, const struct page *g)
{
	uint16_t ink = INKSET_CMYK;
	unsigned need = colours(g->photometric);

	if (g->compression == COMPRESSION_OJPEG || g->samples < need || g->samples > 64)
		return false;
	if (g->out.format < 1 || g->out.format > 3 || (g->out.format == 3 && g->bits != 32))
		return false;
	switch (g->photometric) {
	case PHOTOMETRIC_MINISWHITE:
	case PHOTOMETRIC_MINISBLACK:
		if (g->samples == 1 && (g->bits == 1 || g->bits == 2 || g->bits == 4))
			return g->out.format == 1;
		break;
	case PHOTOMETRIC_PALETTE:
		return g->samples == 1 && g->bits <= 8 && (g->bits & (g->bits - 1)) == 0 &&
		       g->out.format == 1;
	case PHOTOMETRIC_SEPARATED:
		TIFFGetFieldDefaulted(s->tif, TIFFTAG_INKSET, &ink);
		if (ink != INKSET_CMYK)
			return false;
		break;
	case PHOTOMETRIC_RGB:
	case PHOTOMETRIC_CIELAB:
		break;
	default:
		return false;
	}
	if (g->bits > 8 && g->bits < 16)
		return g->out.format == 1 &&
		       (g->planar == PLANARCONFIG_CONTIG || g->samples == 1) && !g->tiled;
	return g->bits == 8 || g->bits == 16 || g->bits == 32;
}

/* Where the samples of one strip or tile go. */
struct block {
	uint32_t x, y, width, height; /* the part inside the page */
	size_t row;                   /* bytes of a row in the block */
	unsigned plane;
};

static void place(const struct page *g, const struct block *b, const uint8_t *from, size_t got,
    uint8_t *to, size_t to_row)
{
	unsigned bytes = g->bits % 8 ? 0 : g->bits / 8, n = g->samples;

	for (uint32_t y = 0; y < b->height && (y + 1) * b->row <= got; y++) {
		const uint8_t *src = from + y * b->row;
		uint8_t *dst = to + (b->y + (size_t)y) * to_row;
		if (bytes == 0) {
			size_t at = (size_t)b->x * n * g->bits / 8,
			       len = ((size_t)b->width * n * g->bits + 7) / 8;
			memcpy(dst + at, src, len < to_row - at ? len : to_row - at);
		} else if (g->planar == PLANARCONFIG_CONTIG || n == 1) {
			memcpy(dst + (size_t)b->x * n * bytes, src, (size_t)b->width * n * bytes);
		} else {
			dst += ((size_t)b->x * n + b->plane) * bytes;
			for (uint32_t x = 0; x < b->width; x++)
				memcpy(dst + (size_t)x * n * bytes, src + (size_t)x * bytes, bytes);
		}
	}
}

static int read_tiles(
    struct source *s, struct page *g, uint8_t *to, size_t to_row, uint8_t *store, tmsize_t size)
{
	uint32_t tw = 0, th = 0, good = 0;

	TIFFGetField(s->tif, TIFFTAG_TILEWIDTH, &tw);
	TIFFGetField(s->tif, TIFFTAG_TILELENGTH, &th);
	if (tw == 0 || th == 0)
		return SK_EFORMAT;
	unsigned planes = g->planar == PLANARCONFIG_SEPARATE ? g->samples : 1;
	size_t row = (size_t)TIFFTileRowSize64(s->tif);
	for (unsigned plane = 0; plane < planes; plane++)
		for (uint32_t y = 0; y < g->out.height; y += th)
			for (uint32_t x = 0; x < g->out.width; x += tw) {
				struct block b = {x, y,
				    g->out.width - x < tw ? g->out.width - x : tw,
				    g->out.height - y < th ? g->out.height - y : th, row, plane};
				tmsize_t got =
				    TIFFReadTile(s->tif, store, x, y, 0, (uint16_t)plane);
				if (got < 0) {
					s->damaged = true;
					continue;
				}
				good++;
				place(g, &b, store, (size_t)size, to, to_row);
			}
	return good ? 0 : SK_EFORMAT;
}

static int read_strips(
    struct source *s, struct page *g, uint8_t *to, size_t to_row, uint8_t *store, tmsize_t size)
{
	uint32_t rows = g->out.height, good = 0, n = TIFFNumberOfStrips(s->tif);

	TIFFGetFieldDefaulted(s->tif, TIFFTAG_ROWSPERSTRIP, &rows);
	if (rows == 0)
		return SK_EFORMAT;
	if (rows > g->out.height)
		rows = g->out.height;
	uint32_t per_plane = (g->out.height + rows - 1) / rows;
	size_t row = (size_t)TIFFScanlineSize64(s->tif);
	unsigned planes = g->planar == PLANARCONFIG_SEPARATE ? g->samples : 1;
	for (uint32_t i = 0; i < n && i / per_plane < planes; i++) {
		uint32_t y = i % per_plane * rows;
		struct block b = {0, y, g->out.width,
		    g->out.height - y < rows ? g->out.height - y : rows, row, i / per_plane};
		memset(store, 0, (size_t)size);
		tmsize_t got = TIFFReadEncodedStrip(s->tif, i, store, size);
		/* A strip that breaks off has its first rows all the same. */
		if (got < 0)
			s->damaged = true;
		else
			good++;
		place(g, &b, store, got < 0 ? (size_t)size : (size_t)got, to, to_row);
	}
	return good ? 0 : SK_EFORMAT;
}

/* All samples of the page as libtiff gives them, planes interleaved. */
static int read_samples(struct source *s, struct page *g, uint8_t **out, size_t *out_row)
{
	size_t row = ((size_t)g->out.width * g->samples * g->bits + 7) / 8;
	tmsize_t size = g->tiled ? TIFFTileSize(s->tif) : TIFFStripSize(s->tif);
	uint64_t total = (uint64_t)row * g->out.height;

	/* No compression of pixels reaches 1:4096; bilevel ones may have a bit for a whole row. */
	if (size <= 0 || (g->bits > 1 ? total / 4096 > s->p->in.n : g->out.height / 8 > s->p->in.n))
		return SK_EFORMAT;
	if ((uint64_t)size > total * 4 + 1048576)
		return SK_EFORMAT;
	uint8_t *to = sk_pic_alloc(s->p, total),
		*store = to ? sk_pic_alloc(s->p, (uint64_t)size) : NULL;
	int rc = store ? 0 : sk_pic_nomem(s->p);
	if (rc == 0)
		rc = g->tiled ? read_tiles(s, g, to, row, store, size)
			      : read_strips(s, g, to, row, store, size);
	free(store);
	if (rc) {
		free(to);
		return rc;
	}
	*out = to;
	*out_row = row;
	return 0;
}

/* Samples of 1, 2 or 4 bits as bytes; grey ones are spread over the whole range. */
static int widen(
    const struct sk_pic *p, struct page *g, const uint8_t *from, size_t from_row, bool grey)
{
	unsigned mask = (1U << g->bits) - 1;
	uint8_t *to = sk_pic_alloc(p, (uint64_t)g->out.width * g->out.height);

	if (to == NULL)
		return sk_pic_nomem(p);
	for (uint32_t y = 0; y < g->out.height; y++)
		for (uint32_t x = 0; x < g->out.width; x++) {
			unsigned v = from[y * from_row + (size_t)x * g->bits / 8] >>
					 (8 - g->bits - x * g->bits % 8) &
				     mask;
			to[(size_t)y * g->out.width + x] = (uint8_t)(grey ? v * 255 / mask : v);
		}
	g->out.data = to;
	g->out.row = g->out.width;
	g->out.bits = 8;
	return 0;
}

/* Samples of 9 to 15 bits, packed, as 16 bits over the whole range. */
static int widen_deep(const struct sk_pic *p, struct page *g, const uint8_t *from, size_t from_row)
{
	size_t n = (size_t)g->out.width * g->samples;
	uint8_t *to = sk_pic_alloc(p, (uint64_t)n * 2 * g->out.height);
	unsigned bits = g->bits;

	if (to == NULL)
		return sk_pic_nomem(p);
	for (uint32_t y = 0; y < g->out.height; y++) {
		const uint8_t *s = from + y * from_row;
		uint32_t acc = 0;
		unsigned have = 0;
		for (size_t i = 0; i < n; i++) {
			for (; have < bits; have += 8)
				acc = acc << 8 | *s++;
			unsigned v = acc >> (have - bits) & ((1U << bits) - 1);
			have -= bits;
			uint16_t wide = (uint16_t)(v << (16 - bits) | v >> (2 * bits - 16));
			memcpy(to + (y * n + i) * 2, &wide, 2);
		}
	}
	g->out.data = to;
	g->out.row = n * 2;
	g->bits = g->out.bits = 16;
	return 0;
}

/* Leave out samples behind the first extra one. */
static void narrow(struct page *g)
{
	size_t bytes = g->bits / 8, n = (size_t)g->out.width * g->out.height;

	if (g->samples == g->out.samples)
		return;
	for (size_t i = 0; i < n; i++)
		memmove(g->out.data + i * g->out.samples * bytes,
		    g->out.data + i * g->samples * bytes, g->out.samples * bytes);
	g->out.row = (size_t)g->out.width * g->out.samples * bytes;
}

static int read_colours(struct source *s, struct page *g)
{
	uint16_t *c[3] = {NULL, NULL, NULL};
	unsigned n = 1U << g->bits;

	if (!TIFFGetField(s->tif, TIFFTAG_COLORMAP, &c[0], &c[1], &c[2]) || !c[0] || !c[1] || !c[2])
		return SK_EFORMAT;
	g->out.palette = sk_arena_array(s->p->job->arena, 768, sizeof(uint16_t));
	if (g->out.palette == NULL)
		return SK_ENOMEM;
	for (unsigned i = 0; i < 3; i++)
		memcpy(g->out.palette + (size_t)i * 256, c[i], n * sizeof(uint16_t));
	return 0;
}

/* Group 4 codes long runs of zeros best, so zero is made white; spare bits are cleared. */
static void settle_bilevel(struct sk_tiff_page *o)
{
	for (size_t i = 0; o->photometric == PHOTOMETRIC_MINISBLACK && i < o->height * o->row; i++)
		o->data[i] = (uint8_t)~o->data[i];
	o->photometric = PHOTOMETRIC_MINISWHITE;
	unsigned used = o->width % 8;

	for (uint32_t y = 0; used && y < o->height; y++)
		o->data[(y + 1) * o->row - 1] &= (uint8_t)(0xFF00 >> used);
}

static int read_native(struct source *s, struct page *g)
{
	uint8_t *data = NULL;
	size_t row = 0;
	unsigned need = colours(g->photometric);

	g->out.photometric = g->photometric;
	g->out.bits = g->bits;
	g->out.samples = g->samples > need ? need + 1 : need;
	if (g->out.samples == need)
		g->out.extra = 3;
	else if (g->out.extra == 3)
		g->out.extra = 0;
	int rc = g->photometric == PHOTOMETRIC_PALETTE ? read_colours(s, g) : 0;
	if (rc == 0)
		rc = read_samples(s, g, &data, &row);
	if (rc || data == NULL)
		return rc ? rc : SK_ENOMEM;
	g->out.data = data;
	g->out.row = row;
	if (g->bits < 8 && (g->bits != 1 || g->photometric == PHOTOMETRIC_PALETTE)) {
		rc = widen(s->p, g, data, row, g->photometric != PHOTOMETRIC_PALETTE);
		free(data);
		if (rc)
			g->out.data = NULL;
		return rc;
	}
	if (g->bits > 8 && g->bits < 16) {
		g->out.data = NULL;
		rc = widen_deep(s->p, g, data, row);
		free(data);
		if (rc || g->out.data == NULL)
			return rc ? rc : SK_ENOMEM;
	}
	if (g->bits == 1)
		settle_bilevel(&g->out);
	else
		narrow(g);
	return 0;
}

/* By libtiff's own conversion: 8-bit RGBA, rows as stored. */
static int read_rgba(struct source *s, struct page *g)
{
	uint64_t n = (uint64_t)g->out.width * g->out.height;
	char why[1024];

	/* A blank fax page takes one bit a row; no other coding packs honest pictures 1:4096. */
	if ((!g->out.fax && n / 4096 > s->p->in.n) || !TIFFRGBAImageOK(s->tif, why))
		return SK_EFORMAT;
	/* Pixels that are the result stay in the arena. */
	uint32_t *raster =
	    s->keep ? sk_arena_array(s->p->job->arena, (size_t)n, 4) : sk_pic_alloc(s->p, n * 4);
	if (raster == NULL)
		return s->keep ? SK_ENOMEM : sk_pic_nomem(s->p);
	if (!TIFFReadRGBAImageOriented(
		s->tif, g->out.width, g->out.height, raster, (int)g->out.orientation, 1)) {
		if (!s->keep)
			free(raster);
		return SK_EFORMAT;
	}
	uint8_t *to = (uint8_t *)raster;
	unsigned keep = g->out.extra < 3 ? 4 : 3;
	for (uint64_t i = 0; i < n; i++) {
		uint32_t v = raster[i];
		uint8_t rgba[4] = {TIFFGetR(v), TIFFGetG(v), TIFFGetB(v), TIFFGetA(v)};
		memcpy(to + i * keep, rgba, keep);
	}
	g->out.bits = 8;
	g->out.samples = keep;
	g->out.photometric = PHOTOMETRIC_RGB;
	g->out.format = 1;
	g->out.extra = keep == 4 ? 1 : 3; /* libtiff multiplies by alpha */
	g->out.row = (size_t)g->out.width * keep;
	g->out.data = to;
	return 0;
}

/* A page of JPEG strips or tiles, which stay JPEG; SK_EFORMAT when they cannot. */
static int read_jpeg(struct source *s, struct page *g)
{
	uint16_t photometric = 0;

	if (g->compression != COMPRESSION_JPEG || g->bits != 8 ||
	    (g->planar != PLANARCONFIG_CONTIG && g->samples > 1) ||
	    g->samples != colours(g->photometric) || g->out.format != 1 ||
	    !TIFFGetField(s->tif, TIFFTAG_PHOTOMETRIC, &photometric))
		return SK_EFORMAT;
	g->out.bits = 8;
	g->out.samples = g->samples;
	g->out.photometric = photometric;
	g->out.extra = 3;
	return sk_tiff_jpeg(s->p, s->tif, &g->out);
}

static int read_page(struct source *s, struct page *g)
{
	read_shape(s, g);
	read_tags(s, g);
	int rc = sk_job_pixels(s->p->job, g->out.width, g->out.height);
	if (rc == 0)
		rc = read_jpeg(s, g);
	if (rc != SK_EFORMAT)
		return rc;
	return native(s, g) ? read_native(s, g) : read_rgba(s, g);
}

static int put_pages(struct source *s, struct sk_tiff_survey *survey)
{
	struct sk_tiff_writer w;
	unsigned pages = 0;

	int rc = sk_tiff_start(&w, s->p->out);
	while (rc == 0) {
		struct page g;
		if (pages++ >= SK_LIMIT_FRAMES)
			return sk_job_refuse(s->p->job, SK_REASON_LIMIT_PAGES, "more than %d pages",
			    SK_LIMIT_FRAMES);
		sk_tiff_survey(s->p->in, TIFFCurrentDirOffset(s->tif), survey);
		rc = read_page(s, &g);
		sk_job_set_aside(s->p->job, s->p->in);
		if (rc == 0)
			rc = sk_tiff_put_page(&w, &g.out);
		if (rc == 0 && s->p->where == NULL)
			sk_report_pages(s->p->job->report, 1);
		free(g.out.data);
		sk_buf_free(&g.out.jpeg);
		if (rc == 0 && !TIFFReadDirectory(s->tif))
			break;
	}
	return rc;
}

/* Nothing, or zeros up to the boundary that a writer aligns pages to. */
static bool is_filling(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i])
			return false;
	return s.n < 16;
}

int sk_tiff_clean(const struct sk_pic *p)
{
	struct source s;
	struct sk_tiff_survey survey = {.arena = p->job->arena};

	int rc = open_tiff(p, &s);
	if (rc)
		return rc;
	rc = put_pages(&s, &survey);
	TIFFClose(s.tif);
	if (rc)
		return rc;
	sk_pic_removed(p, SK_IMAGE_METADATA, survey.metadata, "tags");
	sk_pic_removed(p, SK_IMAGE_THUMBNAIL, survey.thumbnails, "tags");
	sk_pic_removed(p, SK_IMAGE_DAMAGED, s.damaged, "picture data");
	sk_pic_removed(p, SK_GENERIC_HIDDEN, sk_tiff_gaps(p->in, &survey), "between the parts");
	sk_pic_removed(p, SK_GENERIC_TRAILING,
	    !is_filling(sk_slice_sub(p->in, survey.end, p->in.n)), "after the pages");
	return 0;
}

int sk_tiff_decode(const struct sk_pic *p, struct sk_pixmap *out)
{
	return sk_tiff_decode_page(p, 0, out);
}

int sk_tiff_decode_page(const struct sk_pic *p, uint32_t page, struct sk_pixmap *out)
{
	struct source s;
	struct page g = {0};

	int rc = open_tiff(p, &s);
	if (rc)
		return rc;
	if (page && !TIFFSetDirectory(s.tif, page)) {
		TIFFClose(s.tif);
		return SK_EARG;
	}
	read_shape(&s, &g);
	g.out.orientation = ORIENTATION_TOPLEFT;
	g.out.extra = 0;
	rc = sk_job_pixels(p->job, g.out.width, g.out.height);
	s.keep = true;
	if (rc == 0)
		rc = read_rgba(&s, &g);
	TIFFClose(s.tif);
	if (rc == 0)
		*out = (struct sk_pixmap){g.out.width, g.out.height, 4, g.out.data};
	return rc;
}
