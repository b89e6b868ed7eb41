/*
 * Reading a member piece by piece, so that a large one never stands in memory whole (APPNOTE 4.4.5, RFC 1951).
 * Cleaner's jail.
 */
#include <stdlib.h>
#include <zlib.h>

#include "container/zip.h"

struct sk_zip_reader {
	const struct sk_zip_member *m;
	z_stream z;
	size_t stored; /* bytes taken of a stored member */
	uint64_t got;
	uint32_t crc;
	bool ended;
};

struct sk_zip_reader *sk_zip_reader_new(const struct sk_zip_member *m)
{
	struct sk_zip_reader *r = calloc(1, sizeof(*r));

	if (r == NULL || m->method != 8 || m->encrypted) {
		if (r)
			r->m = m;
		return r;
	}
	r->m = m;
	r->z.next_in = (Bytef *)(uintptr_t)m->data.p;
	r->z.avail_in = (uInt)m->data.n;
	if (inflateInit2(&r->z, -MAX_WBITS) == Z_OK)
		return r;
	free(r);
	return NULL;
}

void sk_zip_reader_free(struct sk_zip_reader *r)
{
	if (r && r->z.state)
		inflateEnd(&r->z);
	free(r);
}

static int take_stored(struct sk_zip_reader *r, uint8_t *to, size_t n, size_t *got)
{
	struct sk_slice part = sk_slice_sub(r->m->data, r->stored, n);

	if (part.n)
		memcpy(to, part.p, part.n);
	r->stored += part.n;
	r->ended = r->stored == r->m->data.n;
	*got = part.n;
	return 0;
}

static int take_deflated(struct sk_zip_reader *r, uint8_t *to, size_t n, size_t *got)
{
	r->z.next_out = to;
	r->z.avail_out = (uInt)n;
	int rc = inflate(&r->z, Z_NO_FLUSH);
	*got = n - r->z.avail_out;
	if (rc == Z_STREAM_END) {
		r->ended = true;
		return r->z.avail_in ? SK_EFORMAT : 0;
	}
	if (rc == Z_MEM_ERROR)
		return SK_ENOMEM;
	return rc == Z_OK && r->z.avail_out == 0 ? 0 : SK_EFORMAT;
}

int sk_zip_reader_next(struct sk_zip_reader *r, uint8_t *to, size_t n, size_t *got)
{
	*got = 0;
	if (r->m->encrypted || (r->m->method != 0 && r->m->method != 8))
		return SK_EUNSUPPORTED;
	if (r->ended || n == 0)
		return 0;
	int rc = (r->m->method ? take_deflated : take_stored)(r, to, n, got);
	if (rc)
		return rc;
	r->got += *got;
	r->crc = (uint32_t)crc32(r->crc, to, (uInt)*got);
	if (r->got > r->m->size)
		return SK_EFORMAT;
	return r->ended && (r->got != r->m->size || r->crc != r->m->crc) ? SK_EFORMAT : 0;
}
