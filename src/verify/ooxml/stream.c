/* Large parts in pieces (stream.h; RFC 1951, APPNOTE 4.4.7). Verifier's jail. */
#include "verify/ooxml/stream.h"

#include <stdlib.h>

#define DECLARATION 64 /* bytes, or more than it has */
#define PIECE ((size_t)256 << 10)

int sk_oo_stream_open(struct sk_oo_stream *s, struct sk_check *c, const struct sk_vz_member *m)
{
	*s = (struct sk_oo_stream){.c = c, .m = m};
	if (m->size > c->inflate_left)
		return sk_fail(c, m->at, "zip: unpacks to more than allowed");
	c->inflate_left -= m->size;
	s->z.next_in = (Bytef *)(uintptr_t)m->data.p;
	s->z.avail_in = (uInt)m->data.n;
	if (inflateInit2(&s->z, -MAX_WBITS) != Z_OK)
		return SK_ENOMEM;
	s->open = true;
	return 0;
}

void sk_oo_stream_close(struct sk_oo_stream *s)
{
	if (s->open)
		inflateEnd(&s->z);
	free(s->p);
	*s = (struct sk_oo_stream){0};
}

static int broken(const struct sk_oo_stream *s)
{
	return sk_fail(s->c, s->m->at, "zip: compressed data is broken or not of the stated size");
}

static int check_end(const struct sk_oo_stream *s)
{
	if (s->z.avail_in)
		return sk_fail(s->c, s->m->at, "zip: bytes after the end of compressed data");
	if (s->total != s->m->size)
		return broken(s);
	if (s->crc != s->m->crc)
		return sk_fail(s->c, s->m->at, "zip: checksum is wrong");
	return 0;
}

/* Unpack `n` more bytes, or what there is. */
static int fill(struct sk_oo_stream *s, size_t n)
{
	if (s->cap - s->len < n) {
		uint8_t *p = realloc(s->p, s->len + n);
		if (p == NULL)
			return SK_ENOMEM;
		s->p = p;
		s->cap = s->len + n;
	}
	s->z.next_out = s->p + s->len;
	s->z.avail_out = (uInt)n;
	int rc = inflate(&s->z, Z_NO_FLUSH);
	size_t got = n - s->z.avail_out;
	if (rc == Z_MEM_ERROR)
		return SK_ENOMEM;
	if (rc != Z_STREAM_END && (rc != Z_OK || s->z.avail_out))
		return broken(s);
	s->crc = (uint32_t)crc32(s->crc, s->p + s->len, (uInt)got);
	s->len += got;
	s->total += got;
	s->ended = rc == Z_STREAM_END;
	if (s->total > s->m->size)
		return broken(s);
	return s->ended ? check_end(s) : 0;
}

/* Behind the last '>' at or after `from`; 0 when there is none. */
static size_t cut_point(const struct sk_oo_stream *s, size_t from)
{
	const uint8_t *last = s->len > from ? memrchr(s->p + from, '>', s->len - from) : NULL;
	return last ? (size_t)(last - s->p) + 1 : 0;
}

int sk_oo_stream_next(struct sk_oo_stream *s, struct sk_slice *piece)
{
	size_t end = 0, from = 0, want = PIECE;

	s->len -= s->given;
	if (s->len)
		memmove(s->p, s->p + s->given, s->len);
	s->given = 0;
	for (; end == 0 && !s->ended; want *= 2) {
		from = s->len;
		int rc = fill(s, want);
		if (rc)
			return rc;
		/* The first piece holds more than the declaration, which ends in '>', too. */
		if (s->total == s->len && from < DECLARATION)
			from = DECLARATION;
		end = cut_point(s, from);
	}
	/* At the end all is given: bytes behind the last tag are for the reader to find. */
	s->given = s->ended ? s->len : end;
	*piece = sk_slice(s->p, s->given);
	return 0;
}
