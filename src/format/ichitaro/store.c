/*
 * SsmgV.01: "SsmgV.01", number of streams, size of a block, number of blocks, the blocks; then for each stream its index, 0,
 * bytes, number of blocks twice, their numbers; then 0. Big-endian. Cleaner's jail.
 */
#include "format/ichitaro/ichitaro.h"

#include "base/err.h"

#define STREAMS_MAX 4096U
#define BLOCK 256U
#define BYTES_MAX ((uint64_t)256 << 20)

static uint32_t u32(struct sk_slice s, size_t at)
{
	struct sk_reader r = sk_reader(s);

	sk_read_seek(&r, at);
	return sk_read_u32be(&r);
}

/* Put a stream together; each block belongs to one stream, once. */
static int gather(struct sk_arena *arena, struct sk_reader *r, struct sk_slice blocks,
    uint8_t *used, struct ich_store *s)
{
	uint32_t index = sk_read_u32be(r), zero = sk_read_u32be(r), bytes = sk_read_u32be(r);
	uint32_t n = sk_read_u32be(r), again = sk_read_u32be(r), all = (uint32_t)(blocks.n / BLOCK);

	if (r->bad || index >= s->n || zero || n != again || n > all ||
	    n != (bytes + (uint64_t)BLOCK - 1) / BLOCK || s->streams[index].p)
		return SK_EFORMAT;
	uint8_t *p = sk_arena_alloc(arena, (size_t)n * BLOCK + 1);
	if (p == NULL)
		return SK_ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t id = sk_read_u32be(r);
		if (r->bad || id >= all || used[id])
			return SK_EFORMAT;
		used[id] = 1;
		memcpy(p + (size_t)i * BLOCK, sk_slice_sub(blocks, (size_t)id * BLOCK, BLOCK).p,
		    BLOCK);
	}
	s->streams[index] = sk_slice(p, bytes);
	return 0;
}

int ich_store_read(struct sk_arena *arena, struct sk_slice in, struct ich_store *s)
{
	uint32_t n = u32(in, 8), size = u32(in, 12), blocks = u32(in, 16);
	struct sk_reader r = sk_reader(in);

	if (!sk_slice_starts(in, SK_SLICE_LIT("SsmgV.01")) || n == 0 || n > STREAMS_MAX ||
	    size != BLOCK || (uint64_t)blocks * BLOCK + 20 > in.n || in.n > BYTES_MAX)
		return SK_EFORMAT;
	*s = (struct ich_store){.streams = sk_arena_array(arena, n, sizeof(*s->streams)), .n = n};
	uint8_t *used = sk_arena_alloc(arena, blocks + 1);
	if (s->streams == NULL || used == NULL)
		return SK_ENOMEM;
	sk_read_seek(&r, 20 + (size_t)blocks * BLOCK);
	for (uint32_t i = 0; i < n; i++) {
		int rc = gather(arena, &r, sk_slice_sub(in, 20, (size_t)blocks * BLOCK), used, s);
		if (rc)
			return rc;
	}
	return sk_read_u32be(&r) == 0 && sk_read_at_end(&r) ? 0 : SK_EFORMAT;
}

static uint32_t blocks_of(struct sk_slice s)
{
	return (uint32_t)((s.n + BLOCK - 1) / BLOCK);
}

int ich_store_write(const struct ich_store *s, struct sk_buf *out)
{
	uint32_t blocks = 0, next = 0;

	for (uint32_t i = 0; i < s->n; i++)
		blocks += blocks_of(s->streams[i]);
	sk_buf_puts(out, "SsmgV.01");
	sk_buf_put_u32be(out, s->n);
	sk_buf_put_u32be(out, BLOCK);
	sk_buf_put_u32be(out, blocks);
	for (uint32_t i = 0; i < s->n; i++) {
		sk_buf_put_slice(out, s->streams[i]);
		sk_buf_fill(out, 0, (size_t)blocks_of(s->streams[i]) * BLOCK - s->streams[i].n);
	}
	for (uint32_t i = 0; i < s->n; i++) {
		uint32_t n = blocks_of(s->streams[i]);
		sk_buf_put_u32be(out, i);
		sk_buf_put_u32be(out, 0);
		sk_buf_put_u32be(out, (uint32_t)s->streams[i].n);
		sk_buf_put_u32be(out, n);
		sk_buf_put_u32be(out, n);
		for (uint32_t k = 0; k < n; k++)
			sk_buf_put_u32be(out, next++);
	}
	return sk_buf_put_u32be(out, 0);
}

/* "TextV.01", number of units, units, what formats them. */
static int single(struct sk_slice s, struct sk_slice *units)
{
	uint64_t n = (uint64_t)u32(s, 8) * 2;

	if (n + 12 > s.n)
		return SK_EFORMAT;
	*units = sk_slice_sub(s, 12, (size_t)n);
	return 0;
}

/* "QLSTV.01", number of pieces, for each its units and its stream. */
static int listed(struct sk_arena *arena, const struct ich_store *s, struct sk_slice *units)
{
	struct sk_slice head = s->streams[0];
	uint32_t n = u32(head, 8);
	size_t most = 1;

	if ((uint64_t)n * 8 + 12 > head.n)
		return SK_EFORMAT;
	for (uint32_t i = 1; i < s->n; i++)
		most += s->streams[i].n;
	struct sk_buf all = SK_BUF(most);
	for (uint32_t i = 0; i < n && !all.err; i++) {
		uint64_t bytes = (uint64_t)u32(head, 12 + (size_t)i * 8) * 2;
		uint32_t stream = u32(head, 16 + (size_t)i * 8);
		if (stream == 0 || stream >= s->n || bytes > s->streams[stream].n ||
		    bytes > most - 1 - all.len) {
			sk_buf_free(&all);
			return SK_EFORMAT;
		}
		sk_buf_put(&all, s->streams[stream].p, (size_t)bytes);
	}
	void *copy = all.err ? NULL : sk_arena_dup(arena, all.p, all.len);
	*units = sk_slice(copy, all.len);
	sk_buf_free(&all);
	return copy ? 0 : SK_ENOMEM;
}

int ich_store_text(struct sk_arena *arena, const struct ich_store *s, struct sk_slice *units)
{
	struct sk_slice head = s->streams[0];

	if (sk_slice_starts(head, SK_SLICE_LIT("TextV.01")))
		return single(head, units);
	if (sk_slice_starts(head, SK_SLICE_LIT("QLSTV.01")))
		return listed(arena, s, units);
	return SK_EFORMAT;
}
