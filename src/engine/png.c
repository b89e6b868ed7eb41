/* A PNG of one chunk of pixels: png.h. Caller's process. */
#include "engine/png.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/err.h"
#include "base/fd.h"

#define SUB 1 /* each byte is said as the difference to that of the pixel before (section 9.2) */

static void put_u32(uint8_t to[4], uint32_t n)
{
	to[0] = (uint8_t)(n >> 24);
	to[1] = (uint8_t)(n >> 16);
	to[2] = (uint8_t)(n >> 8);
	to[3] = (uint8_t)n;
}

/* Length, type, data, check sum (section 5.3). */
static int put_chunk(int fd, const char type[4], struct sk_slice data)
{
	uint8_t head[8], tail[4];
	uLong sum = crc32(0, (const Bytef *)type, 4);

	put_u32(head, (uint32_t)data.n);
	memcpy(head + 4, type, 4);
	if (data.n)
		sum = crc32_z(sum, data.p, data.n);
	put_u32(tail, (uint32_t)sum);
	if (sk_write_all(fd, head, sizeof(head)) || (data.n && sk_write_all(fd, data.p, data.n)))
		return SK_EIO;
	return sk_write_all(fd, tail, sizeof(tail)) ? SK_EIO : 0;
}

static void filter(uint8_t *to, const uint8_t *row, size_t n)
{
	to[0] = SUB;
	for (size_t i = 0; i < n; i++)
		to[1 + i] = (uint8_t)(row[i] - (i < 3 ? 0 : row[i - 3]));
}

/* All rows, filtered and compressed. */
static int squeeze(uint32_t height, size_t stride, struct sk_slice rgb, uint8_t **out, uLongf *n)
{
	uint8_t *rows = malloc((stride + 1) * height);
	int rc;

	*n = compressBound((uLong)((stride + 1) * height));
	*out = rows ? malloc(*n) : NULL;
	for (uint32_t y = 0; *out && y < height; y++)
		filter(rows + (stride + 1) * y, rgb.p + stride * y, stride);
	rc = *out && compress2(*out, n, rows, (uLong)((stride + 1) * height), 6) == Z_OK
		 ? 0
		 : SK_ENOMEM;
	free(rows);
	return rc;
}

int sk_png_write(int fd, uint32_t width, uint32_t height, struct sk_slice rgb)
{
	static const uint8_t signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
	uint8_t head[13] = {[8] = 8, [9] = 2}, *data = NULL; /* 8 bits, RGB */
	uLongf n = 0;

	if (width == 0 || height == 0 || rgb.n / 3 / width != height ||
	    (uint64_t)width * height * 3 != rgb.n || rgb.n > UINT32_MAX / 2)
		return SK_EARG;
	put_u32(head, width);
	put_u32(head + 4, height);
	int rc = squeeze(height, (size_t)width * 3, rgb, &data, &n);
	if (rc == 0 && sk_write_all(fd, signature, sizeof(signature)))
		rc = SK_EIO;
	if (rc == 0)
		rc = put_chunk(fd, "IHDR", sk_slice(head, sizeof(head)));
	if (rc == 0)
		rc = put_chunk(fd, "IDAT", sk_slice(data, n));
	if (rc == 0)
		rc = put_chunk(fd, "IEND", sk_slice("", 0));
	free(data);
	return rc;
}
