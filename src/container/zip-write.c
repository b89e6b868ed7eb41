/*
 * The zip writer: one form only. Every field is fixed but name, CRC, sizes and place; sizes stand
 * in the local header, so no data descriptor is needed (APPNOTE 4.3.7, 4.3.12, 4.3.16). Cleaner's
 * jail.
 */
#include "container/zip.h"

#include <libdeflate.h>
#include <stdlib.h>

#define VERSION_20 20U   /* deflate, folders */
#define DOS_DATE 0x0021U /* 1980-01-01, the earliest that the format knows */
#define FLAG_UTF8 0x0800U
#define DOS_DIRECTORY 0x10U

struct sk_zip_writer {
	struct sk_buf *out;
	struct sk_buf directory;
	struct libdeflate_compressor *compressor;
	int level;
	unsigned count;
};

struct entry {
	struct sk_slice name;
	uint16_t flags, method;
	uint32_t crc, packed, size, at;
};

struct sk_zip_writer *sk_zip_writer_new(struct sk_buf *out)
{
	struct sk_zip_writer *w = calloc(1, sizeof(*w));

	if (w) {
		w->out = out;
		w->directory = SK_BUF(out->max);
	}
	return w;
}

void sk_zip_writer_free(struct sk_zip_writer *w)
{
	if (w == NULL)
		return;
	sk_buf_free(&w->directory);
	if (w->compressor)
		libdeflate_free_compressor(w->compressor);
	free(w);
}

static bool is_ascii(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return false;
	return true;
}

/* The fields that local header and directory share, from "version needed" to "extra field length".
 */
static void put_common(struct sk_buf *b, const struct entry *e)
{
	sk_buf_put_u16le(b, VERSION_20);
	sk_buf_put_u16le(b, e->flags);
	sk_buf_put_u16le(b, e->method);
	sk_buf_put_u16le(b, 0);
	sk_buf_put_u16le(b, DOS_DATE);
	sk_buf_put_u32le(b, e->crc);
	sk_buf_put_u32le(b, e->packed);
	sk_buf_put_u32le(b, e->size);
	sk_buf_put_u16le(b, (uint16_t)e->name.n);
	sk_buf_put_u16le(b, 0);
}

static void put_local(struct sk_buf *b, const struct entry *e)
{
	sk_buf_put(b, "PK\3\4", 4);
	put_common(b, e);
	sk_buf_put_slice(b, e->name);
}

static void put_central(struct sk_buf *b, const struct entry *e)
{
	sk_buf_put(b, "PK\1\2", 4);
	sk_buf_put_u16le(b, VERSION_20);
	put_common(b, e);
	sk_buf_put_u16le(b, 0); /* comment */
	sk_buf_put_u16le(b, 0); /* disk */
	sk_buf_put_u16le(b, 0); /* internal attributes */
	sk_buf_put_u32le(b, e->name.p[e->name.n - 1] == '/' ? DOS_DIRECTORY : 0);
	sk_buf_put_u32le(b, e->at);
	sk_buf_put_slice(b, e->name);
}

static int use_level(struct sk_zip_writer *w, int level)
{
	if (w->compressor && w->level == level)
		return 0;
	if (w->compressor)
		libdeflate_free_compressor(w->compressor);
	w->compressor = libdeflate_alloc_compressor(level);
	w->level = level;
	return w->compressor ? 0 : SK_ENOMEM;
}

/* Deflate behind what is written, when that takes less room than the data itself. 0: it does not.
 */
static size_t deflate_smaller(struct sk_zip_writer *w, struct sk_slice data)
{
	struct sk_buf *b = w->out;
	size_t n =
	    libdeflate_deflate_compress(w->compressor, data.p, data.n, b->p + b->len, data.n - 1);

	b->len += n;
	return n;
}

int sk_zip_writer_add(struct sk_zip_writer *w, const char *name, struct sk_slice data, int level)
{
	struct entry e = {.name = sk_slice_str(name), .at = (uint32_t)w->out->len};
	size_t head = w->out->len, body = head + 30 + e.name.n;

	if (e.name.n == 0 || e.name.n > 0xFFFF || level < 0 || level > 12)
		return SK_EARG;
	/* Larger than limits.h allows: the format's wide fields are never needed. */
	if (w->count >= 0xFFFE || data.n >= UINT32_MAX || body >= UINT32_MAX - data.n)
		return SK_ELIMIT;
	e.flags = is_ascii(e.name) ? 0 : FLAG_UTF8;
	e.crc = libdeflate_crc32(0, data.p, data.n);
	e.size = e.packed = (uint32_t)data.n;
	put_local(w->out, &e);
	if (sk_buf_reserve(w->out, data.n) || (level > 0 && use_level(w, level)))
		return w->out->err ? w->out->err : SK_ENOMEM;
	size_t packed = level > 0 && data.n > 1 ? deflate_smaller(w, data) : 0;
	if (packed) {
		/* The header is written again, now that the method and the packed size are known.
		 */
		e.method = 8;
		e.packed = (uint32_t)packed;
		w->out->len = head;
		put_local(w->out, &e);
		w->out->len = body + packed;
	} else {
		sk_buf_put_slice(w->out, data);
	}
	put_central(&w->directory, &e);
	w->count++;
	return w->out->err ? w->out->err : w->directory.err;
}

int sk_zip_writer_add_packed(
    struct sk_zip_writer *w, const char *name, const struct sk_zip_packed *packed)
{
	struct entry e = {.name = sk_slice_str(name),
	    .at = (uint32_t)w->out->len,
	    .method = packed->method,
	    .crc = packed->crc,
	    .packed = (uint32_t)packed->bytes.n,
	    .size = packed->size};

	if (e.name.n == 0 || e.name.n > 0xFFFF)
		return SK_EARG;
	if (w->count >= 0xFFFE || w->out->len + 30 + e.name.n >= UINT32_MAX - packed->bytes.n)
		return SK_ELIMIT;
	e.flags = is_ascii(e.name) ? 0 : FLAG_UTF8;
	put_local(w->out, &e);
	sk_buf_put_slice(w->out, packed->bytes);
	put_central(&w->directory, &e);
	w->count++;
	return w->out->err ? w->out->err : w->directory.err;
}

int sk_zip_writer_end(struct sk_zip_writer *w)
{
	struct sk_buf *b = w->out;
	size_t at = b->len;

	if (at >= UINT32_MAX || w->directory.len >= UINT32_MAX)
		return SK_ELIMIT;
	sk_buf_put_slice(b, sk_buf_slice(&w->directory));
	sk_buf_put(b, "PK\5\6", 4);
	sk_buf_put_u16le(b, 0);
	sk_buf_put_u16le(b, 0);
	sk_buf_put_u16le(b, (uint16_t)w->count);
	sk_buf_put_u16le(b, (uint16_t)w->count);
	sk_buf_put_u32le(b, (uint32_t)w->directory.len);
	sk_buf_put_u32le(b, (uint32_t)at);
	sk_buf_put_u16le(b, 0);
	return b->err ? b->err : w->directory.err;
}
