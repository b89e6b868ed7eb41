/* The streams of 一太郎 that can be checked (doc/profiles/ichitaro.md, sections 3 to 5). Verifier's jail. */
#include "verify/ichitaro/ichitaro.h"

#define BLOCK 256U

static uint32_t be32(struct sk_slice s, size_t at)
{
	struct sk_reader r = sk_reader(s);

	sk_read_seek(&r, at);
	return sk_read_u32be(&r);
}

/* Blocks of the streams in order, the filling behind each zero. */
static int directory(struct sk_check *c, struct sk_slice in, uint32_t streams, uint32_t blocks)
{
	struct sk_reader r = sk_reader(in);
	uint32_t next = 0;

	sk_read_seek(&r, 20 + (size_t)blocks * BLOCK);
	for (uint32_t i = 0; i < streams; i++) {
		uint32_t index = sk_read_u32be(&r), zero = sk_read_u32be(&r),
			 bytes = sk_read_u32be(&r);
		uint32_t n = sk_read_u32be(&r), again = sk_read_u32be(&r);
		if (r.bad || index != i || zero || n != again ||
		    n != (bytes + (uint64_t)BLOCK - 1) / BLOCK || n > blocks - next)
			return sk_fail(c, r.pos, "store of text in another form");
		for (uint32_t k = 0; k < n; k++)
			if (sk_read_u32be(&r) != next + k)
				return sk_fail(c, r.pos, "block of text at another place");
		for (size_t k = bytes; k < (size_t)n * BLOCK; k++)
			if (in.p[20 + (size_t)next * BLOCK + k])
				return sk_fail(
				    c, 20 + (size_t)next * BLOCK + k, "bytes behind the text");
		next += n;
	}
	if (next != blocks || sk_read_u32be(&r) != 0 || !sk_read_at_end(&r))
		return sk_fail(c, r.pos, "store of text in another form");
	return 0;
}

/* Bytes of each stream, which the directory was checked to hold; their sum without the first. */
static uint64_t read_bytes(struct sk_slice in, uint32_t streams, uint32_t blocks, uint32_t *bytes)
{
	size_t at = 20 + (size_t)blocks * BLOCK;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < streams; i++) {
		bytes[i] = be32(in, at + 8);
		sum += i ? bytes[i] : 0;
		at += 20 + (size_t)be32(in, at + 12) * 4;
	}
	return sum;
}

/* A piece is the beginning of a stream; all of them together are no more than there is. */
static int pieces(
    struct sk_check *c, struct sk_slice head, uint32_t streams, const uint32_t *bytes, uint64_t sum)
{
	uint32_t n = be32(head, 8);

	if (head.n < 12 || (uint64_t)n * 8 + 12 > head.n)
		return sk_fail(c, 20, "pieces of text in another form");
	for (uint32_t i = 0; i < n; i++) {
		uint64_t size = (uint64_t)be32(head, 12 + (size_t)i * 8) * 2;
		uint32_t stream = be32(head, 16 + (size_t)i * 8);
		if (stream == 0 || stream >= streams || size > bytes[stream] || size > sum)
			return sk_fail(c, 20, "piece of text that is not there");
		sum -= size;
	}
	return 0;
}

int vi_store(struct sk_check *c, struct sk_slice in)
{
	uint32_t streams = be32(in, 8), blocks = be32(in, 16);

	if (in.n < 44 || !sk_slice_starts(in, SK_SLICE_LIT("SsmgV.01")) || streams == 0 ||
	    streams > 4096 || be32(in, 12) != BLOCK || (uint64_t)blocks * BLOCK + 20 > in.n)
		return sk_fail(c, 0, "store of text in another form");
	int rc = directory(c, in, streams, blocks);
	if (rc)
		return rc;
	uint32_t *bytes = sk_arena_array(c->arena, streams, sizeof(*bytes));
	if (bytes == NULL)
		return SK_ENOMEM;
	uint64_t sum = read_bytes(in, streams, blocks, bytes);
	struct sk_slice head = sk_slice_sub(in, 20, bytes[0]);
	if (sk_slice_starts(head, SK_SLICE_LIT("QLSTV.01")))
		return pieces(c, head, streams, bytes, sum);
	if (!sk_slice_starts(head, SK_SLICE_LIT("TextV.01")) || head.n < 12 ||
	    (uint64_t)be32(head, 8) * 2 + 12 > head.n)
		return sk_fail(c, 20, "text in another form");
	return 0;
}

/* The entry of this name in a storage. */
static const struct vi_entry *find(const struct vi_file *f, uint32_t storage, const char *name)
{
	for (uint32_t i = 1; i < f->n; i++)
		if (f->entries[i].parent == storage && strcmp(f->entries[i].name, name) == 0)
			return &f->entries[i];
	return NULL;
}

static int segment(
    struct sk_check *c, const struct vi_file *f, uint32_t storage, struct sk_slice e, size_t at)
{
	char name[33] = {0};
	unsigned n = 0;

	for (; n < 32 && (e.p[2 * n] || e.p[2 * n + 1]); n++) {
		if (e.p[2 * n + 1])
			return sk_fail(c, at, "name of a segment in another form");
		name[n] = (char)e.p[2 * n];
	}
	for (unsigned k = n; k < 32; k++)
		if (e.p[2 * k] || e.p[2 * k + 1])
			return sk_fail(c, at, "bytes behind the name of a segment");
	const struct vi_entry *child = find(f, storage, name);
	struct sk_reader r = sk_reader(e);
	sk_read_seek(&r, 64);
	uint32_t zero = sk_read_u32le(&r), size = sk_read_u32le(&r);
	if (child == NULL || zero || size != (child->storage ? 0 : child->data.n))
		return sk_fail(c, at, "segment that is not there, or of another size");
	return 0;
}

int vi_segments(struct sk_check *c, const struct vi_file *f, uint32_t storage, struct sk_slice in)
{
	struct sk_reader r = sk_reader(in);

	sk_read_seek(&r, 14);
	size_t first = sk_read_u16le(&r), size = sk_read_u16le(&r), count = sk_read_u16le(&r);
	if (r.bad || !sk_slice_starts(in, sk_slice("VDA_DOC", 8)) || first < 20 || first > 512 ||
	    size < 76 || size > 256 || first + size * count != in.n)
		return sk_fail(c, 0, "list of segments in another form");
	for (size_t i = 0; i < count; i++) {
		int rc = segment(
		    c, f, storage, sk_slice_sub(in, first + i * size, size), first + i * size);
		for (size_t k = 0; k < i && rc == 0; k++)
			if (memcmp(in.p + first + i * size, in.p + first + k * size, 64) == 0)
				rc = sk_fail(c, first + i * size, "segment twice");
		if (rc)
			return rc;
	}
	return 0;
}

int vi_no_file(struct sk_check *c, const char *name, struct sk_slice in)
{
	static const struct sk_slice heads[] = {SK_SLICE_LIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
	    SK_SLICE_LIT("PK\3\4"), SK_SLICE_LIT("%PDF-"), SK_SLICE_LIT("{\\rt"),
	    SK_SLICE_LIT("METAFILE"), SK_SLICE_LIT("Rar!\x1A\7"),
	    SK_SLICE_LIT("7z\xBC\xAF\x27\x1C"), SK_SLICE_LIT("MSCF\0\0\0\0"),
	    SK_SLICE_LIT("\x7F"
			 "ELF"),
	    SK_SLICE_LIT("\x89PNG\r\n"), SK_SLICE_LIT("\xFF\xD8\xFF\xE0"),
	    SK_SLICE_LIT("\xFF\xD8\xFF\xE1"), SK_SLICE_LIT("This program "), SK_SLICE_LIT("-lh5-"),
	    SK_SLICE_LIT("<script")};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (sk_slice_find(in, 0, heads[i]) != SIZE_MAX)
			return sk_fail(c, 0, "a file inside %s", name);
	return in.n > 1 && in.p[0] == 'M' && in.p[1] == 'Z' ? sk_fail(c, 0, "a program in %s", name)
							    : 0;
}
