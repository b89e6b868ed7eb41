/*
 * Orientation, resolution and colour profile: the three facts about a picture that survive
 * cleaning, read from the source and written from their values. Cleaner's jail. CIPA DC-008 (Exif),
 * ICC.1:2010.
 */
#include "format/image/pic.h"

#include <math.h>

#define EXIF_ENTRIES 512 /* cameras write below 30 */
#define ICC_TAGS 128     /* of a profile; display profiles have below 30 */
#define D50_X 0xF6D6
#define D50_Y 0x10000
#define D50_Z 0xD32D

struct tiff_block {
	struct sk_slice s;
	bool little;
};

static uint32_t number(const struct tiff_block *t, size_t at, unsigned bytes)
{
	struct sk_reader r = sk_reader(t->s);

	sk_read_seek(&r, at);
	if (bytes == 2)
		return t->little ? sk_read_u16le(&r) : sk_read_u16be(&r);
	return t->little ? sk_read_u32le(&r) : sk_read_u32be(&r);
}

/* A rational as a whole number; 0 when it makes no sense as a resolution. */
static unsigned resolution(const struct tiff_block *t, size_t at)
{
	uint32_t num = number(t, at, 4), den = number(t, at + 4, 4);

	if (den == 0 || num / den > 65535)
		return 0;
	return (unsigned)((num + (uint64_t)den / 2) / den);
}

struct sk_exif sk_exif_read(struct sk_slice in)
{
	struct sk_exif e = {.orientation = 1};
	struct tiff_block t = {in, in.n > 1 && in.p[0] == 'I'};
	uint32_t ifd = number(&t, 4, 4), unit = 2;
	unsigned n = number(&t, ifd, 2);
	uint8_t own[SK_EXIF_BYTES];

	for (unsigned i = 0; i < n && i < EXIF_ENTRIES; i++) {
		size_t at = (size_t)ifd + 2 + (size_t)i * 12;
		unsigned tag = number(&t, at, 2);
		uint32_t value = number(&t, at + 8, number(&t, at + 2, 2) == 3 ? 2 : 4);
		if (tag == 0x112 && value >= 1 && value <= 8)
			e.orientation = value;
		else if (tag == 0x11A)
			e.dpi_x = resolution(&t, value);
		else if (tag == 0x11B)
			e.dpi_y = resolution(&t, value);
		else if (tag == 0x128)
			unit = value;
	}
	if (unit == 3) {
		e.dpi_x = (e.dpi_x * 254 + 50) / 100;
		e.dpi_y = (e.dpi_y * 254 + 50) / 100;
	}
	if (e.dpi_x == 0 || e.dpi_y == 0 || e.dpi_x > 65535 || e.dpi_y > 65535)
		e.dpi_x = e.dpi_y = 0;
	sk_exif_write(e.orientation, own);
	e.canonical = sk_slice_eq(in, sk_slice(own, sizeof(own)));
	return e;
}

void sk_exif_write(unsigned orientation, uint8_t out[SK_EXIF_BYTES])
{
	static const uint8_t block[SK_EXIF_BYTES] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12,
	    0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};

	memcpy(out, block, sizeof(block));
	out[19] = (uint8_t)orientation;
}

static int32_t fixed(struct sk_slice s, size_t at)
{
	struct sk_reader r = sk_reader(s);

	sk_read_seek(&r, at);
	return (int32_t)sk_read_u32be(&r);
}

/* The data of a tag, empty when absent. */
static struct sk_slice icc_tag(struct sk_slice icc, const char *sig)
{
	struct sk_reader r = sk_reader(icc);

	sk_read_seek(&r, 128);
	uint32_t n = sk_read_u32be(&r);
	for (uint32_t i = 0; i < n && i < ICC_TAGS && !r.bad; i++) {
		struct sk_slice name = sk_read_slice(&r, 4);
		uint32_t at = sk_read_u32be(&r), size = sk_read_u32be(&r);
		if (sk_slice_is(name, sig))
			return sk_slice_sub(icc, at, size);
	}
	return sk_slice(icc.p, 0);
}

/* The value of a 'curv' or 'para' curve at x in 0..1; negative when the curve is of another kind.
 */
static double curve_at(struct sk_slice c, double x)
{
	struct sk_reader r = sk_reader(c);
	struct sk_slice kind = sk_read_slice(&r, 4);
	double p[7] = {1, 1, 0, 1, 0, 0, 0};

	sk_read_skip(&r, 4);
	if (sk_slice_is(kind, "curv")) {
		uint32_t n = sk_read_u32be(&r);
		if (n == 0 || r.bad)
			return r.bad ? -1 : x;
		if (n == 1)
			return pow(x, sk_read_u16be(&r) / 256.0);
		uint32_t i = (uint32_t)(x * (n - 1));
		if (i >= n - 1)
			i = n - 2;
		sk_read_skip(&r, (size_t)i * 2);
		double a = sk_read_u16be(&r), b = sk_read_u16be(&r);
		return r.bad ? -1 : (a + (b - a) * (x * (n - 1) - i)) / 65535;
	}
	static const unsigned counts[5] = {1, 3, 4, 5, 7};
	unsigned type = sk_read_u16be(&r);
	sk_read_skip(&r, 2);
	if (!sk_slice_is(kind, "para") || type > 4)
		return -1;
	for (unsigned i = 0; i < counts[type]; i++)
		p[i] = (int32_t)sk_read_u32be(&r) / 65536.0;
	if (r.bad)
		return -1;
	if (type == 0)
		return pow(x, p[0]);
	if (type < 3)
		return p[1] * x + p[2] >= 0 ? pow(p[1] * x + p[2], p[0]) + (type == 2 ? p[3] : 0)
					    : 0;
	return x >= p[4] ? pow(p[1] * x + p[2], p[0]) + p[5] : p[3] * x + p[6];
}

static double srgb_curve(double x)
{
	return x <= 0.04045 ? x / 12.92 : pow((x + 0.055) / 1.055, 2.4);
}

/* The gamma of a curve in steps of 1/256 as s15Fixed16, 0 for the sRGB curve, -1 when it is
 * neither. */
static int32_t curve_kind(struct sk_slice c)
{
	double off_srgb = 0, off_gamma = 0, mid = curve_at(c, 0.5);

	if (!(mid > 0.05 && mid < 0.8))
		return -1;
	int32_t gamma = (int32_t)lround(log(mid) / log(0.5) * 256);
	for (unsigned i = 0; i <= 64; i++) {
		double x = i / 64.0, y = curve_at(c, x);
		if (!(y >= -0.01 && y < 1.01))
			return -1;
		off_srgb = fmax(off_srgb, fabs(y - srgb_curve(x)));
		off_gamma = fmax(off_gamma, fabs(y - pow(x, gamma / 256.0)));
	}
	if (off_srgb < 0.004)
		return 0;
	return off_gamma < 0.01 && gamma >= 128 && gamma <= 1024 ? gamma * 256 : -1;
}

/* The three colorants, rounded; false when they are absent or do not add up to the white of D50. */
static bool colorants(struct sk_slice in, int32_t xyz[9])
{
	static const char *const names[3] = {"rXYZ", "gXYZ", "bXYZ"};
	static const int32_t white[3] = {D50_X, D50_Y, D50_Z};

	for (unsigned i = 0; i < 9; i++) {
		struct sk_slice t = icc_tag(in, names[i / 3]);
		int32_t v = fixed(t, 8 + (i % 3) * 4);
		if (t.n < 20 || v < -0x7FF0 || v > 0x1FFF0)
			return false;
		xyz[i] = (int32_t)(((uint32_t)(v + 0x10000) + 8) & ~15U) - 0x10000;
	}
	for (unsigned i = 0; i < 3; i++)
		if (labs((long)xyz[i] + xyz[i + 3] + xyz[i + 6] - white[i]) > 0x0CCC)
			return false;
	return true;
}

static bool is_srgb(const struct sk_icc *icc)
{
	static const double srgb[9] = {
	    0.4361, 0.2225, 0.0139, 0.3851, 0.7169, 0.0971, 0.1431, 0.0606, 0.7141};

	for (unsigned i = 0; i < 9; i++)
		if (fabs(icc->xyz[i] / 65536.0 - srgb[i]) > 0.005)
			return false;
	return icc->gamma == 0;
}

struct sk_icc sk_icc_read(struct sk_slice in)
{
	struct sk_icc icc = {.kind = SK_ICC_UNKNOWN};
	struct sk_slice red = icc_tag(in, "rTRC"), green = icc_tag(in, "gTRC"),
			blue = icc_tag(in, "bTRC");
	uint8_t own[SK_ICC_BYTES];

	if (!sk_slice_is(sk_slice_sub(in, 16, 8), "RGB XYZ ") || icc_tag(in, "A2B0").n)
		return icc;
	icc.gamma = curve_kind(red);
	if (icc.gamma < 0 || curve_kind(green) != icc.gamma || curve_kind(blue) != icc.gamma)
		return icc;
	if (!colorants(in, icc.xyz))
		return icc;
	icc.kind = is_srgb(&icc) ? SK_ICC_SRGB : SK_ICC_MATRIX;
	icc.canonical =
	    icc.kind == SK_ICC_MATRIX && sk_slice_eq(in, sk_slice(own, sk_icc_write(&icc, own)));
	return icc;
}

static uint8_t *put32(uint8_t *p, uint32_t v)
{
	*p++ = (uint8_t)(v >> 24);
	*p++ = (uint8_t)(v >> 16);
	*p++ = (uint8_t)(v >> 8);
	*p++ = (uint8_t)v;
	return p;
}

static uint8_t *put_text(uint8_t *p, const char *text)
{
	static const uint8_t head[] = "mluc\0\0\0\0\0\0\0\1\0\0\0\14enUS\0\0\0\6\0\0\0\34";

	memcpy(p, head, 28);
	p += 28;
	for (unsigned i = 0; i < 3; i++) {
		*p++ = 0;
		*p++ = (uint8_t)text[i];
	}
	*p++ = 0;
	*p++ = 0;
	return p;
}

static uint8_t *put_xyz(uint8_t *p, int32_t x, int32_t y, int32_t z)
{
	static const uint8_t head[8] = {'X', 'Y', 'Z', ' '};

	memcpy(p, head, sizeof(head));
	p = put32(p + 8, (uint32_t)x);
	p = put32(p, (uint32_t)y);
	return put32(p, (uint32_t)z);
}

static uint8_t *put_header(uint8_t *p, uint32_t size)
{
	static const uint8_t head[] = "\0\0\0\0\4\x20\0\0mntrRGB XYZ \x07\xd0\0\1\0\1\0\0\0\0\0\0"
				      "acsp";

	memset(p, 0, 128);
	put32(p, size);
	memcpy(p + 4, head, sizeof(head) - 1);
	put32(put32(put32(p + 68, D50_X), D50_Y), D50_Z);
	return p + 128;
}

size_t sk_icc_write(const struct sk_icc *icc, uint8_t out[SK_ICC_BYTES])
{
	static const char tags[] = "desccprtwtptrXYZgXYZbXYZrTRCgTRCbTRC";
	static const uint16_t places[9] = {240, 276, 312, 332, 352, 372, 392, 392, 392};
	static const uint8_t para[12] = {'p', 'a', 'r', 'a'};
	static const uint32_t srgb[5] = {0x26666, 0xF2A7, 0x0D59, 0x13D0, 0x0A5B};
	uint32_t curve = icc->gamma ? 16 : 32;
	uint8_t *p = put_header(out, 392 + curve);

	p = put32(p, 9);
	for (unsigned i = 0; i < 9; i++) {
		memcpy(p, tags + (size_t)i * 4, 4);
		p = put32(p + 4, places[i]);
		p = put32(p, i < 2 ? 34 : i < 6 ? 20 : curve);
	}
	p = put_text(p, "RGB");
	p = put_text(p, "CC0");
	p = put_xyz(p, D50_X, D50_Y, D50_Z);
	for (unsigned i = 0; i < 9; i += 3)
		p = put_xyz(p, icc->xyz[i], icc->xyz[i + 1], icc->xyz[i + 2]);
	memcpy(p, para, sizeof(para));
	p[9] = icc->gamma ? 0 : 3;
	p += 12;
	if (icc->gamma)
		p = put32(p, (uint32_t)icc->gamma);
	else
		for (unsigned i = 0; i < 5; i++)
			p = put32(p, srgb[i]);
	return (size_t)(p - out);
}

void sk_icc_report(const struct sk_pic *p, const struct sk_icc *icc)
{
	if (icc->kind == SK_ICC_UNKNOWN)
		sk_pic_removed(p, SK_IMAGE_PROFILE, 1, "colour profile");
	else if (!icc->canonical)
		sk_pic_removed(p, SK_IMAGE_METADATA, 1, "details of the colour profile");
}
