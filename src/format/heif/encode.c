/*
 * Pixels to JPEG or PNG. The source's profile is put beside them as cameras do, and the image family's cleaner then
 * makes of both what it always makes. Cleaner's jail.
 */
#include "format/heif/heif.h"
#include "format/image/image.h"
#include "format/image/pic.h"

#include <zlib.h>

#define QUALITY 92
#define JPEG_SIDE 65500 /* libjpeg's own limit */
#define APP2_BYTES \
	65519U /* of a profile in one segment: 65,535 less length and name (ICC.1:2010, B.4) */

/* Corners of colour spaces, adapted to D50, times 65,536 in steps of 16 as profiles are written: Display P3 (EG 432-1), BT.2020. */
static const struct {
	unsigned primaries; /* H.273, 8.1 */
	int32_t xyz[9];
} spaces[] = {
    {12, {33760, 15808, -64, 19136, 45360, 2752, 10304, 4368, 51392}},
    {9, {44144, 18288, -128, 10864, 44256, 1968, 8192, 2992, 52224}},
};

size_t sk_heif_profile(unsigned primaries, uint8_t *icc)
{
	for (size_t i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++) {
		struct sk_icc p = {.kind = SK_ICC_MATRIX};
		if (spaces[i].primaries != primaries)
			continue;
		memcpy(p.xyz, spaces[i].xyz, sizeof(p.xyz));
		return sk_icc_write(&p, icc);
	}
	return 0;
}

/* Behind the start of the image. */
static void put_segments(struct sk_buf *out, struct sk_slice icc)
{
	size_t n = (icc.n + APP2_BYTES - 1) / APP2_BYTES;

	for (size_t i = 0; i < n && n < 256; i++) {
		struct sk_slice part = sk_slice_sub(icc, i * APP2_BYTES, APP2_BYTES);
		sk_buf_put_u16be(out, 0xFFE2);
		sk_buf_put_u16be(out, (uint16_t)(part.n + 16));
		sk_buf_put(out, "ICC_PROFILE", 12);
		sk_buf_putc(out, (uint8_t)(i + 1));
		sk_buf_putc(out, (uint8_t)n);
		sk_buf_put_slice(out, part);
	}
}

static int jpeg(const struct sk_pixmap *p, struct sk_slice icc, struct sk_buf *out)
{
	struct sk_buf plain = SK_BUF(out->max);
	int rc = sk_jpeg_encode(p, QUALITY, 0, &plain);

	if (rc == 0) {
		sk_buf_put(out, plain.p, 2);
		put_segments(out, icc);
		rc = sk_buf_put_slice(out, sk_slice_sub(sk_buf_slice(&plain), 2, plain.len));
	}
	sk_buf_free(&plain);
	return rc;
}

/* iCCP (PNG, 11.3.3.3): a name, the method, the profile packed. */
static int put_iccp(struct sk_buf *out, struct sk_slice icc)
{
	uLongf n = compressBound((uLong)icc.n);
	struct sk_buf body = SK_BUF(n + 64);

	sk_buf_put(&body, "iCCPicc\0", 9);
	int rc = sk_buf_reserve(&body, n);
	if (rc == 0 && compress(body.p + body.len, &n, icc.p, (uLong)icc.n) != Z_OK)
		rc = SK_ENOMEM;
	if (rc == 0) {
		body.len += n;
		sk_buf_put_u32be(out, (uint32_t)(body.len - 4));
		sk_buf_put_slice(out, sk_buf_slice(&body));
		rc = sk_buf_put_u32be(out, (uint32_t)crc32(0, body.p, (uInt)body.len));
	}
	sk_buf_free(&body);
	return rc;
}

#define PNG_HEAD 33 /* signature and IHDR */

static int png(const struct sk_pixmap *p, struct sk_slice icc, struct sk_buf *out)
{
	struct sk_buf plain = SK_BUF(out->max);
	int rc = sk_png_encode(p, 0, &plain);

	if (rc == 0)
		rc = sk_buf_put_slice(out, sk_slice_sub(sk_buf_slice(&plain), 0, PNG_HEAD));
	if (rc == 0 && icc.n)
		rc = put_iccp(out, icc);
	if (rc == 0)
		rc = sk_buf_put_slice(out, sk_slice_sub(sk_buf_slice(&plain), PNG_HEAD, plain.len));
	sk_buf_free(&plain);
	return rc;
}

int sk_heif_encode(
    struct sk_job *job, const struct sk_pixmap *p, struct sk_slice icc, struct sk_output *out)
{
	bool as_png = p->channels == 4 || p->width > JPEG_SIDE || p->height > JPEG_SIDE;
	struct sk_buf raw = SK_BUF(out->bytes.max);

	if (p->channels == 1)
		icc.n = 0; /* it describes colours */
	int rc = as_png ? png(p, icc, &raw) : jpeg(p, icc, &raw);
	out->type = as_png ? SK_FT_PNG : SK_FT_JPEG;
	if (rc == 0)
		rc = sk_image_clean(job, out->type, sk_buf_slice(&raw), NULL, &out->bytes);
	sk_buf_free(&raw);
	return rc;
}
