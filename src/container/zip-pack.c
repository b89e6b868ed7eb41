/*
 * Deflating a member ahead of its turn, piece by piece: every SEGMENT bytes are compressed by themselves (libdeflate
 * sees its input whole) and the streams are joined as RFC 1951 allows: the mark of the last block is taken off, and
 * an empty stored block (3.2.4) leads to the next byte. What comes out depends on the data alone, not on how it
 * arrived. Cleaner's jail.
 */
#include <libdeflate.h>
#include <stdlib.h>
#include <zlib.h>

#include "container/zip.h"

#define SEGMENT \
	((size_t)4 << 20) /* larger than nearly every part; a new start costs 32 KiB of history */

struct sk_zip_packer {
	struct libdeflate_compressor *compressor;
	uint8_t *segment;
	size_t n;
	struct sk_buf out;
	uint64_t size;
	uint32_t crc;
	bool joined; /* a segment was compressed before this one */
};

struct sk_zip_packer *sk_zip_packer_new(int level)
{
	struct sk_zip_packer *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->out = SK_BUF(UINT32_MAX - 1);
	p->compressor = libdeflate_alloc_compressor(level);
	if (p->compressor)
		return p;
	free(p);
	return NULL;
}

void sk_zip_packer_free(struct sk_zip_packer *p)
{
	if (p == NULL)
		return;
	if (p->compressor)
		libdeflate_free_compressor(p->compressor);
	sk_buf_free(&p->out);
	free(p->segment);
	free(p);
}

/* The bit at which the last block of a deflate stream begins, and the bits of its last byte that are not used. */
static int find_last_block(struct sk_slice s, uint64_t *bit, unsigned *unused)
{
	uint8_t scratch[1 << 16];
	z_stream z = {.next_in = (Bytef *)(uintptr_t)s.p, .avail_in = (uInt)s.n};
	int rc = inflateInit2(&z, -MAX_WBITS);

	*bit = 0;
	if (rc != Z_OK)
		return SK_ENOMEM;
	while (rc == Z_OK) {
		z.next_out = scratch;
		z.avail_out = sizeof(scratch);
		rc = inflate(&z, Z_BLOCK);
		/* data_type: 128 behind the end of a block, 64 in the last one, and the bits left over. */
		if (rc == Z_OK && (z.data_type & 192) == 128)
			*bit = (uint64_t)z.total_in * 8 - (uint64_t)(z.data_type & 7);
		if (rc == Z_OK && (z.data_type & 192) == 192)
			*unused = (unsigned)z.data_type & 7;
	}
	inflateEnd(&z);
	return rc == Z_STREAM_END ? 0 : SK_EINTERNAL;
}

/* Make the stream that begins at `from` one that goes on. */
static int open_end(struct sk_buf *b, size_t from)
{
	uint64_t bit;
	unsigned unused = 0;
	int rc = find_last_block(sk_slice(b->p + from, b->len - from), &bit, &unused);

	if (rc)
		return rc;
	b->p[from + bit / 8] &= (uint8_t) ~(1U << bit % 8);
	/* Three bits 0 begin the empty block: not the last, stored. */
	if (unused < 3)
		sk_buf_putc(b, 0);
	return sk_buf_put(b, "\0\0\xFF\xFF", 4);
}

static int squeeze(struct sk_zip_packer *p, struct sk_slice in, size_t room)
{
	struct sk_buf *b = &p->out;

	if (sk_buf_reserve(b, room + 8))
		return b->err;
	size_t n = libdeflate_deflate_compress(p->compressor, in.p, in.n, b->p + b->len, room);
	b->len += n;
	return n ? 0 : SK_ELIMIT;
}

static int flush(struct sk_zip_packer *p)
{
	size_t from = p->out.len;
	struct sk_slice in = sk_slice(p->segment, p->n);
	int rc = squeeze(p, in, libdeflate_deflate_compress_bound(p->compressor, in.n));

	p->n = 0;
	p->joined = true;
	return rc ? rc : open_end(&p->out, from);
}

int sk_zip_packer_put(struct sk_zip_packer *p, struct sk_slice data)
{
	if (p->segment == NULL)
		p->segment = malloc(SEGMENT);
	if (p->segment == NULL)
		return SK_ENOMEM;
	p->crc = libdeflate_crc32(p->crc, data.p, data.n);
	p->size += data.n;
	if (p->size >= UINT32_MAX)
		return SK_ELIMIT;
	for (size_t at = 0; at < data.n;) {
		int rc = p->n == SEGMENT ? flush(p) : 0;
		if (rc)
			return rc;
		struct sk_slice piece = sk_slice_sub(data, at, SEGMENT - p->n);
		memcpy(p->segment + p->n, piece.p, piece.n);
		p->n += piece.n;
		at += piece.n;
	}
	return 0;
}

void sk_zip_packer_reset(struct sk_zip_packer *p)
{
	p->out.len = p->n = 0;
	p->size = p->crc = 0;
	p->joined = false;
}

/* The last segment, or all of it: what does not get smaller is stored. */
static int finish(
    struct sk_zip_packer *p, struct sk_arena *a, struct sk_slice last, struct sk_zip_packed *out)
{
	size_t bound = libdeflate_deflate_compress_bound(p->compressor, last.n);
	int rc =
	    last.n < 2 && !p->joined ? SK_ELIMIT : squeeze(p, last, p->joined ? bound : last.n - 1);

	if (rc && (rc != SK_ELIMIT || p->joined))
		return rc;
	/* Of what was joined the data are no longer at hand. */
	if (rc == 0 && p->out.len >= p->size)
		return SK_ELIMIT;
	struct sk_slice bytes = rc ? last : sk_buf_slice(&p->out);
	*out = (struct sk_zip_packed){.bytes = sk_slice(sk_arena_dup(a, bytes.p, bytes.n), bytes.n),
	    .method = rc ? 0 : 8,
	    .crc = p->crc,
	    .size = (uint32_t)p->size};
	sk_zip_packer_reset(p);
	return out->bytes.p ? 0 : SK_ENOMEM;
}

int sk_zip_packer_end(struct sk_zip_packer *p, struct sk_arena *a, struct sk_zip_packed *out)
{
	return finish(p, a, sk_slice(p->segment, p->n), out);
}

int sk_zip_pack(
    struct sk_zip_packer *p, struct sk_arena *a, struct sk_slice data, struct sk_zip_packed *out)
{
	if (data.n > SEGMENT) {
		int rc = sk_zip_packer_put(p, data);
		return rc ? rc : sk_zip_packer_end(p, a, out);
	}
	p->crc = libdeflate_crc32(0, data.p, data.n);
	p->size = data.n;
	return finish(p, a, data, out);
}

int sk_zip_store(struct sk_slice data, struct sk_zip_packed *out)
{
	if (data.n >= UINT32_MAX)
		return SK_ELIMIT;
	*out =
	    (struct sk_zip_packed){data, 0, libdeflate_crc32(0, data.p, data.n), (uint32_t)data.n};
	return 0;
}
