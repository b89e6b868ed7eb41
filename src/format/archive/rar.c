/*
 * A walk over the headers of a RAR. libarchive reads the members, but says neither that those of a RAR 5 are encrypted nor
 * that a stored one is not what its CRC says, and passes over comments and streams. RAR 5.0 archive format (rarlab.com/technote.htm);
 * of RAR 4 "RAR archive file format" in its UnRAR. Cleaner's jail.
 */
#include "format/archive/rar.h"

#include <zlib.h>

#define SIGNATURE_5 SK_SLICE_LIT("Rar!\x1A\x07\x01")
#define HAS_EXTRA 1U
#define HAS_DATA 2U
#define HEAD_FILE 2U
#define HEAD_SERVICE 3U
#define HEAD_END 5U
#define EXTRA_CRYPT 1U
#define EXTRA_REDIRECTION 5U
#define FILE_TIME 2U
#define FILE_CRC 4U

#define OLD_FILE 0x74
#define OLD_COMMENT 0x75
#define OLD_SERVICE 0x7A
#define OLD_END 0x7B
#define OLD_HAS_DATA 0x8000U
#define OLD_LARGE 0x100U

bool sk_rar_is_5(struct sk_slice in)
{
	return sk_slice_starts(in, SIGNATURE_5);
}

/* RAR 5.0 archive format, "Variable length integer". */
uint64_t sk_rar_vint(struct sk_reader *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 63; shift += 7) {
		uint8_t byte = sk_read_u8(r);
		v |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80)
			return v;
	}
	return v;
}

/* Recovery records and the list for quick opening belong to the archive itself. */
static void count_service(struct sk_rar *rar, struct sk_slice name)
{
	if (sk_slice_is(name, "CMT"))
		rar->comments++;
	else if (sk_slice_is(name, "STM"))
		rar->streams++;
	else if (!sk_slice_is(name, "RR") && !sk_slice_is(name, "QO"))
		rar->others++;
}

/* Whether the extra area has a record of this type. */
static bool has_record(struct sk_slice extra, uint64_t type)
{
	struct sk_reader r = sk_reader(extra);

	while (sk_read_left(&r)) {
		uint64_t size = sk_rar_vint(&r);
		struct sk_reader record =
		    sk_reader(sk_read_slice(&r, size < SIZE_MAX ? (size_t)size : SIZE_MAX));
		if (r.bad)
			return false;
		if (sk_rar_vint(&record) == type)
			return true;
	}
	return false;
}

/* The head of a block: its fields, and where the next one begins. */
struct block {
	struct sk_reader fields;
	uint64_t type, flags;
	struct sk_slice extra, data;
};

static bool next_block(struct sk_reader *r, struct block *b)
{
	sk_read_skip(r, 4);
	uint64_t size = sk_rar_vint(r);
	if (r->bad || size > sk_read_left(r))
		return false;
	struct sk_slice all = sk_read_slice(r, (size_t)size);
	b->fields = sk_reader(all);
	b->type = sk_rar_vint(&b->fields);
	b->flags = sk_rar_vint(&b->fields);
	uint64_t extra = b->flags & HAS_EXTRA ? sk_rar_vint(&b->fields) : 0;
	uint64_t data = b->flags & HAS_DATA ? sk_rar_vint(&b->fields) : 0;
	if (b->fields.bad || extra > all.n || data > sk_read_left(r))
		return false;
	b->extra = sk_slice_sub(all, all.n - (size_t)extra, (size_t)extra);
	b->data = sk_read_slice(r, (size_t)data);
	return true;
}

/* A file or a service: flags, sizes, times, CRC, packing, system, name. */
static struct sk_rar_member read_member(struct block *b)
{
	struct sk_rar_member m = {.locked = has_record(b->extra, EXTRA_CRYPT),
	    .link = has_record(b->extra, EXTRA_REDIRECTION)};
	struct sk_reader *r = &b->fields;
	uint64_t flags = sk_rar_vint(r), size = sk_rar_vint(r);

	(void)sk_rar_vint(r);
	if (flags & FILE_TIME)
		sk_read_skip(r, 4);
	m.summed = flags & FILE_CRC;
	m.crc = m.summed ? sk_read_u32le(r) : 0;
	(void)sk_rar_vint(r);
	(void)sk_rar_vint(r);
	uint64_t n = sk_rar_vint(r);
	m.name = sk_read_slice(r, n < SIZE_MAX ? (size_t)n : SIZE_MAX);
	/* Writers for tests set the record and leave the data plain, which their sum proves. */
	if (m.locked && m.summed && size == b->data.n && crc32_z(0, b->data.p, b->data.n) == m.crc)
		m.locked = false;
	return m;
}

static int read_new(struct sk_arena *a, struct sk_slice in, struct sk_rar *rar)
{
	struct sk_reader r = sk_reader(in);
	struct block b;
	size_t cap = 0;

	sk_read_seek(&r, SIGNATURE_5.n + 1);
	while (next_block(&r, &b) && b.type != HEAD_END) {
		if (b.type != HEAD_FILE && b.type != HEAD_SERVICE)
			continue;
		struct sk_rar_member m = read_member(&b);
		if (b.type == HEAD_SERVICE) {
			count_service(rar, m.name);
			continue;
		}
		rar->v = sk_arena_grow(a, rar->v, &cap, rar->n + 1, sizeof(*rar->v));
		if (rar->v == NULL)
			return SK_ENOMEM;
		rar->v[rar->n++] = m;
	}
	rar->trailing = !r.bad && b.type == HEAD_END && sk_read_left(&r);
	return 0;
}

/* The name of a service of RAR 4, whose header is that of a file: behind sizes, system, CRC, time, version and method. */
static struct sk_slice old_name(struct sk_slice head, bool large)
{
	struct sk_reader r = sk_reader(head);

	sk_read_seek(&r, 7 + 19);
	uint16_t n = sk_read_u16le(&r);
	sk_read_skip(&r, large ? 4 + 8 : 4);
	return sk_read_slice(&r, n);
}

/* One block; false where there is none. *type: of it. */
static bool old_block(struct sk_reader *r, struct sk_rar *rar, uint8_t *type)
{
	size_t at = r->pos;

	sk_read_skip(r, 2);
	*type = sk_read_u8(r);
	uint16_t flags = sk_read_u16le(r), size = sk_read_u16le(r);
	bool large = flags & OLD_LARGE, file = *type == OLD_FILE || *type == OLD_SERVICE;
	uint64_t data = flags & OLD_HAS_DATA || file ? sk_read_u32le(r) : 0;
	if (r->bad || size < 7)
		return false;
	struct sk_reader high = *r;
	sk_read_seek(&high, at + 7 + 25);
	if (file && large)
		data |= (uint64_t)sk_read_u32le(&high) << 32;
	if (*type == OLD_SERVICE)
		count_service(rar, old_name(sk_slice_sub(r->s, at, size), large));
	rar->comments += *type == OLD_COMMENT;
	sk_read_seek(r, at + size);
	if (r->bad || data > sk_read_left(r))
		return false;
	sk_read_skip(r, (size_t)data);
	return true;
}

static void read_old(struct sk_slice in, struct sk_rar *rar)
{
	struct sk_reader r = sk_reader(in);
	uint8_t type = 0;

	sk_read_seek(&r, SIGNATURE_5.n);
	while (type != OLD_END && old_block(&r, rar, &type))
		continue;
	rar->trailing = type == OLD_END && !r.bad && sk_read_left(&r);
}

int sk_rar_read(struct sk_arena *a, struct sk_slice in, struct sk_rar *out)
{
	*out = (struct sk_rar){0};
	if (sk_rar_is_5(in))
		return read_new(a, in, out);
	read_old(in, out);
	return 0;
}
