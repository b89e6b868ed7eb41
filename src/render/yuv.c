/*
 * From planes to RGB: ITU-T H.273, 8.3. Chroma is repeated, not smoothed: a JPEG of the same sampling then averages it
 * back to what it was. Renderer's jail.
 */
#include "render/yuv.h"

#include <stdlib.h>

#define ONE 65536 /* of fixed-point factors */

struct factors {
	int32_t y, rv, gu, gv, bu; /* rows of the matrix, times ONE */
	int32_t y0, c0;            /* what black and grey are, in samples of 8 bits */
};

/* Kr and Kb of a matrix, times 10,000; BT.601 where nothing is said. */
static void weights(unsigned matrix, double *kr, double *kb)
{
	*kr = 0.299;
	*kb = 0.114;
	if (matrix == 1) {
		*kr = 0.2126;
		*kb = 0.0722;
	} else if (matrix == 4) {
		*kr = 0.30;
		*kb = 0.11;
	} else if (matrix == 7) {
		*kr = 0.212;
		*kb = 0.087;
	} else if (matrix == 9 || matrix == 10) {
		*kr = 0.2627;
		*kb = 0.0593;
	}
}

static struct factors factors_of(const struct sk_planes *p)
{
	double kr, kb, ys = p->full_range ? 1 : 255.0 / 219, cs = p->full_range ? 1 : 255.0 / 224;

	weights(p->matrix, &kr, &kb);
	double kg = 1 - kr - kb;
	return (struct factors){
	    .y = (int32_t)(ONE * ys),
	    .rv = (int32_t)(ONE * 2 * (1 - kr) * cs),
	    .gu = (int32_t)(ONE * -2 * kb * (1 - kb) / kg * cs),
	    .gv = (int32_t)(ONE * -2 * kr * (1 - kr) / kg * cs),
	    .bu = (int32_t)(ONE * 2 * (1 - kb) * cs),
	    .y0 = p->full_range ? 0 : 16,
	    .c0 = 128,
	};
}

static uint8_t clamp(int64_t v)
{
	v = (v + ONE / 2) >> 16;
	return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* A sample in steps of 8 bits, with the rest behind the point: four more bits. */
static int32_t sample(const struct sk_planes *p, unsigned plane, uint32_t x, uint32_t y)
{
	const uint8_t *row = p->data[plane] + p->stride[plane] * y;
	unsigned bits = plane ? p->bits2 : p->bits;

	if (bits <= 8)
		return (int32_t)row[x] << (12 - bits);
	int32_t v = row[2 * (size_t)x] | row[2 * (size_t)x + 1] << 8;
	return bits <= 12 ? v << (12 - bits) : v >> (bits - 12);
}

static void put_grey(const struct sk_planes *p, uint8_t *out, uint32_t y)
{
	struct factors f = factors_of(p);

	for (uint32_t x = 0; x < p->width; x++)
		out[x] = clamp((int64_t)f.y * (sample(p, 0, x, y) - f.y0 * 16) / 16);
}

/* Matrix 0: the planes are green, blue, red. */
static void put_direct(const struct sk_planes *p, uint8_t *out, uint32_t y)
{
	struct factors f = factors_of(p);

	for (uint32_t x = 0; x < p->width; x++, out += 3)
		for (unsigned c = 0; c < 3; c++)
			out[(c + 1) % 3] =
			    clamp((int64_t)f.y * (sample(p, c, x, y) - f.y0 * 16) / 16);
}

static void put_colour(const struct sk_planes *p, uint8_t *out, uint32_t y)
{
	struct factors f = factors_of(p);

	for (uint32_t x = 0; x < p->width; x++, out += 3) {
		uint32_t cx = x >> p->across, cy = y >> p->down;
		int64_t l = (int64_t)f.y * (sample(p, 0, x, y) - f.y0 * 16);
		int32_t u = sample(p, 1, cx < p->width2 ? cx : p->width2 - 1,
				cy < p->height2 ? cy : p->height2 - 1) -
			    f.c0 * 16;
		int32_t v = sample(p, 2, cx < p->width2 ? cx : p->width2 - 1,
				cy < p->height2 ? cy : p->height2 - 1) -
			    f.c0 * 16;
		out[0] = clamp((l + (int64_t)f.rv * v) / 16);
		out[1] = clamp((l + (int64_t)f.gu * u + (int64_t)f.gv * v) / 16);
		out[2] = clamp((l + (int64_t)f.bu * u) / 16);
	}
}

static bool is_sane(const struct sk_planes *p)
{
	if (p->width == 0 || p->height == 0 || p->bits < 1 || p->bits > 16 || p->data[0] == NULL)
		return false;
	if (p->planes == 1)
		return true;
	return p->width2 && p->height2 && p->data[1] && p->data[2] && p->bits2 >= 1 &&
	       p->bits2 <= 16 && (p->matrix != 0 || (p->across == 0 && p->down == 0));
}

int sk_planes_convert(const struct sk_planes *p, bool grey, struct sk_pixmap *out)
{
	bool one = grey || p->planes == 1;

	if (!is_sane(p))
		return SK_EFORMAT;
	struct sk_pixmap o = {p->width, p->height, one ? 1 : 3, NULL};
	size_t row = (size_t)o.width * o.channels;
	o.data = malloc(row * o.height);
	if (o.data == NULL)
		return SK_ENOMEM;
	for (uint32_t y = 0; y < o.height; y++) {
		if (one)
			put_grey(p, o.data + row * y, y);
		else if (p->matrix == 0)
			put_direct(p, o.data + row * y, y);
		else
			put_colour(p, o.data + row * y, y);
	}
	*out = o;
	return 0;
}
