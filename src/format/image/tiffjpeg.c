/*
 * Pages of TIFF whose strips or tiles are JPEG streams: they stay JPEG. Cleaner's jail. TIFF Technical
 * Note 2 (compression 7).
 */
#include "format/image/jpegcodec.h"
#include "format/image/tiff.h"

#include <tiffio.h>

/* The bytes of strip or tile i, as they lie in the file. */
static struct sk_slice piece_bytes(const struct sk_pic *p, TIFF *tif, uint32_t i)
{
	uint64_t at = TIFFGetStrileOffset(tif, i), n = TIFFGetStrileByteCount(tif, i);

	if (at > p->in.n || n > p->in.n - at)
		return sk_slice(p->in.p, 0);
	return sk_slice_sub(p->in, (size_t)at, (size_t)n);
}

/* Strips and tiles alike: how large one is, and how many stand beside each other. */
static bool piece_size(TIFF *tif, const struct sk_tiff_page *page, uint32_t *wide, uint32_t *high)
{
	*wide = page->width;
	*high = page->height;
	if (TIFFIsTiled(tif))
		return TIFFGetField(tif, TIFFTAG_TILEWIDTH, wide) &&
		       TIFFGetField(tif, TIFFTAG_TILELENGTH, high) && *wide && *high;
	TIFFGetFieldDefaulted(tif, TIFFTAG_ROWSPERSTRIP, high);
	if (*high > page->height)
		*high = page->height;
	return *high > 0;
}

static int pieces(const struct sk_pic *p, TIFF *tif, const struct sk_tiff_page *page,
    struct sk_arena *a, struct sk_jpeg_page *out)
{
	uint32_t wide, high;

	if (!piece_size(tif, page, &wide, &high))
		return SK_EFORMAT;
	uint32_t across = page->width / wide + (page->width % wide > 0),
		 down = page->height / high + (page->height % high > 0);
	/* Each takes more than a byte. */
	uint32_t all = TIFFIsTiled(tif) ? TIFFNumberOfTiles(tif) : TIFFNumberOfStrips(tif);
	if ((uint64_t)across * down > p->in.n || all != across * down)
		return SK_EFORMAT;
	struct sk_jpeg_piece *piece = sk_arena_array(a, (size_t)across * down, sizeof(*piece));
	if (piece == NULL)
		return SK_ENOMEM;
	for (uint32_t i = 0; i < across * down; i++)
		piece[i] = (struct sk_jpeg_piece){
		    piece_bytes(p, tif, i), i % across * wide, i / across * high, wide, high};
	out->piece = piece;
	out->n = (size_t)across * down;
	return 0;
}

static bool colour_space(const struct sk_tiff_page *page, J_COLOR_SPACE *out)
{
	static const J_COLOR_SPACE spaces[7] = {
	    JCS_GRAYSCALE, JCS_GRAYSCALE, JCS_RGB, JCS_UNKNOWN, JCS_UNKNOWN, JCS_CMYK, JCS_YCbCr};

	*out = page->photometric < 7 ? spaces[page->photometric] : JCS_UNKNOWN;
	return *out != JCS_UNKNOWN;
}

int sk_tiff_jpeg(const struct sk_pic *p, TIFF *tif, struct sk_tiff_page *page)
{
	struct sk_jpeg_page jpeg = {.width = page->width, .height = page->height};
	struct sk_arena *a = sk_arena_new(p->job->limits->memory);
	void *tables = NULL;
	uint32_t n = 0;

	int rc = a == NULL ? SK_ENOMEM
		 : colour_space(page, &jpeg.space) && page->width <= JPEG_MAX_DIMENSION &&
			 page->height <= JPEG_MAX_DIMENSION
		     ? pieces(p, tif, page, a, &jpeg)
		     : SK_EFORMAT;
	if (rc == 0 && TIFFGetField(tif, TIFFTAG_JPEGTABLES, &n, &tables) && tables)
		jpeg.tables = sk_slice(tables, n);
	if (rc == 0) {
		page->jpeg = SK_BUF(p->out->max);
		rc = sk_jpeg_join(p, &jpeg, page->sampling, &page->jpeg);
	}
	sk_arena_free(a);
	return rc;
}
