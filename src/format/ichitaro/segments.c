/*
 * \4JSRV_SegmentInformation lists what lies in its storage, with sizes; a file where they differ is not opened. "VDA_DOC", 0;
 * at 14, 16 and 18 where entries begin, the size of one, their number; an entry is a name in 64 bytes of UTF-16, 0, size,
 * kind, more. Little-endian. And: what no stream may hold. Cleaner's jail.
 */
#include "base/err.h"
#include "base/utf8.h"
#include "format/ichitaro/ichitaro.h"

#define NAME_BYTES 64U
#define FIRST_MAX 512U
#define ENTRY_MIN 76U
#define ENTRY_MAX 256U

static const struct ich_child *child_of(
    struct sk_slice name, const struct ich_child *children, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		if (sk_slice_is(name, children[i].name))
			return &children[i];
	return NULL;
}

/* Zero-ended UTF-16; what follows the end does not count. */
static void read_name(struct sk_slice entry, struct sk_buf *out)
{
	struct sk_reader r = sk_reader(sk_slice_sub(entry, 0, NAME_BYTES));

	for (unsigned c; (c = sk_read_u16le(&r)) != 0;)
		(void)sk_utf8_put(out, c);
}

/* Name and size anew; what the other fields mean is not known, and nothing in them leads anywhere. */
static void put_entry(
    struct sk_slice entry, const char *name, const struct ich_child *c, struct sk_buf *out)
{
	struct sk_slice s = sk_slice_str(name);
	size_t end = out->len + NAME_BYTES;

	for (size_t at = 0; at < s.n;)
		sk_buf_put_u16le(out, (uint16_t)sk_utf8_next(s, &at));
	sk_buf_fill(out, 0, end - out->len);
	sk_buf_put_u32le(out, 0);
	sk_buf_put_u32le(out, c->storage ? 0 : c->size);
	sk_buf_put_slice(out, sk_slice_sub(entry, NAME_BYTES + 8, entry.n));
}

static void put_entries(struct sk_slice in, size_t first, size_t size, unsigned count,
    const struct ich_child *children, uint32_t n, bool *seen, struct sk_buf *out)
{
	for (unsigned i = 0; i < count; i++) {
		struct sk_slice e = sk_slice_sub(in, first + i * size, size);
		struct sk_buf name = SK_BUF(256);
		read_name(e, &name);
		const struct ich_child *c = child_of(sk_buf_slice(&name), children, n);
		if (c && !seen[c - children]) {
			seen[c - children] = true;
			put_entry(e, c->name, c, out);
		}
		sk_buf_free(&name);
	}
}

int ich_segments(struct sk_arena *arena, struct sk_slice in, const struct ich_child *children,
    uint32_t n, struct sk_slice *out)
{
	struct sk_reader r = sk_reader(in);
	struct sk_buf b = SK_BUF(in.n + 16);
	bool *seen = sk_arena_array(arena, n + 1, sizeof(*seen));

	sk_read_seek(&r, 14);
	unsigned first = sk_read_u16le(&r), size = sk_read_u16le(&r), count = sk_read_u16le(&r);
	if (seen == NULL)
		return SK_ENOMEM;
	if (r.bad || !sk_slice_starts(in, sk_slice("VDA_DOC", 8)) || first < 20 ||
	    first > FIRST_MAX || size < ENTRY_MIN || size > ENTRY_MAX ||
	    first + (size_t)size * count > in.n)
		return SK_EFORMAT;
	sk_buf_put_slice(&b, sk_slice_sub(in, 0, first));
	put_entries(in, first, size, count, children, n, seen, &b);
	count = (unsigned)((b.len - first) / size);
	uint8_t *copy = b.err ? NULL : sk_arena_dup(arena, b.p, b.len);
	size_t len = b.len;
	sk_buf_free(&b);
	if (copy == NULL)
		return SK_ENOMEM;
	copy[18] = (uint8_t)count;
	copy[19] = (uint8_t)(count >> 8);
	*out = sk_slice(copy, len);
	return 0;
}

bool ich_holds_file(struct sk_slice in)
{
	static const struct sk_slice begins[] = {SK_SLICE_LIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
	    SK_SLICE_LIT("PK\3\4"), SK_SLICE_LIT("%PDF-"), SK_SLICE_LIT("{\\rt"),
	    SK_SLICE_LIT("METAFILE"), SK_SLICE_LIT("Rar!\x1A\7"),
	    SK_SLICE_LIT("7z\xBC\xAF\x27\x1C"), SK_SLICE_LIT("MSCF\0\0\0\0"),
	    SK_SLICE_LIT("\x7F"
			 "ELF"),
	    SK_SLICE_LIT("\x89PNG\r\n"), SK_SLICE_LIT("\xFF\xD8\xFF\xE0"),
	    SK_SLICE_LIT("\xFF\xD8\xFF\xE1"), SK_SLICE_LIT("This program "), SK_SLICE_LIT("-lh5-"),
	    SK_SLICE_LIT("<script")};

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (sk_slice_find(in, 0, begins[i]) != SIZE_MAX)
			return true;
	return in.n > 1 && in.p[0] == 'M' && in.p[1] == 'Z';
}
