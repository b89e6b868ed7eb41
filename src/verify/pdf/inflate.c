/*
 * Unpacks the streams of a PDF with zlib, all through one decompressor. A stream ends with its checksum and
 * holds nothing behind it. Verifier's jail.
 */
#include <zlib.h>

#include "verify/pdf/pdf.h"

enum { CHUNK = 32 << 10 };

static int broken(struct sk_pv *p)
{
	return sk_pv_fail(p, "compressed data is broken, cut off or followed by other bytes");
}

static int start(struct sk_pv *p, struct sk_slice data)
{
	if (inflateReset(p->z) != Z_OK)
		return SK_EINTERNAL;
	p->z->next_in = (Bytef *)(uintptr_t)data.p;
	p->z->avail_in = (uInt)data.n;
	return 0;
}

/* Take what was unpacked from the budget of the whole check. */
static int spend(struct sk_pv *p, size_t n)
{
	if (n > p->c->inflate_left)
		return sk_pv_fail(p, "unpacks to more than is allowed");
	p->c->inflate_left -= n;
	return 0;
}

int sk_pv_inflate(struct sk_pv *p, uint32_t num, struct sk_buf *out)
{
	struct sk_slice data = sk_pv_data(p, num);
	int zrc = Z_OK, rc = start(p, data);

	sk_buf_reset(out);
	while (rc == 0 && zrc != Z_STREAM_END) {
		size_t want = out->len == 0 && data.n * 4 > CHUNK ? data.n * 4 : CHUNK;
		if (sk_buf_reserve(out, want))
			return out->err == SK_ENOMEM ? SK_ENOMEM
						     : sk_pv_fail(p, "unpacks to too much");
		size_t room = out->cap - out->len;
		room = room > UINT32_MAX ? UINT32_MAX : room;
		p->z->next_out = out->p + out->len;
		p->z->avail_out = (uInt)room;
		zrc = inflate(p->z, Z_NO_FLUSH);
		if (zrc != Z_OK && zrc != Z_STREAM_END)
			return broken(p);
		size_t n = room - p->z->avail_out;
		out->len += n;
		rc = spend(p, n);
	}
	return rc == 0 && p->z->avail_in ? broken(p) : rc;
}

/* The bytes that say how each row is predicted, in n more bytes of rows that are `row` long. */
static bool good_tags(const uint8_t *chunk, size_t n, uint64_t *seen, uint64_t row)
{
	uint64_t first = *seen % row ? row - *seen % row : 0;

	*seen += n;
	for (; first < n; first += row)
		if (chunk[first] > 4)
			return false;
	return true;
}

int sk_pv_inflate_rows(
    struct sk_pv *p, struct sk_slice data, uint64_t rows, uint64_t row, bool tagged)
{
	uint64_t seen = 0, step = row + tagged, all = rows * step;
	int zrc = Z_OK, rc = start(p, data);

	sk_buf_reset(&p->scratch);
	if (sk_buf_reserve(&p->scratch, CHUNK))
		return SK_ENOMEM;
	while (rc == 0 && zrc != Z_STREAM_END) {
		p->z->next_out = p->scratch.p;
		p->z->avail_out = CHUNK;
		zrc = inflate(p->z, Z_NO_FLUSH);
		if (zrc != Z_OK && zrc != Z_STREAM_END)
			return broken(p);
		size_t n = CHUNK - p->z->avail_out;
		if (n > all - seen)
			return sk_pv_fail(p, "picture data is longer than the picture");
		if (!tagged)
			seen += n;
		else if (!good_tags(p->scratch.p, n, &seen, step))
			return sk_pv_fail(p, "row of a picture has an unknown predictor");
		rc = spend(p, n);
	}
	if (rc == 0 && seen != all)
		return sk_pv_fail(p, "picture data is shorter than the picture");
	return rc == 0 && p->z->avail_in ? broken(p) : rc;
}
