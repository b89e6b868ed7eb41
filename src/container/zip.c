/*
 * The zip reader (APPNOTE 6.3.10: 4.3 structure, 4.5 extra fields). The central directory decides
 * what is in an archive; whatever another reader could understand differently is refused. Cleaner's
 * jail.
 */
#include "container/zip.h"

#include <stdlib.h>

#include <libdeflate.h>

#define LOCAL_SIG 0x04034B50U
#define CENTRAL_SIG 0x02014B50U
#define END_SIG 0x06054B50U
#define END64_SIG 0x06064B50U
#define LOCATOR_SIG 0x07064B50U
#define DESCRIPTOR_SIG 0x08074B50U

#define LOCAL_BYTES 30U
#define CENTRAL_BYTES 46U
#define END_BYTES 22U
#define END64_BYTES 56U
#define LOCATOR_BYTES 20U
#define COMMENT_MAX 65535U

#define FLAG_ENCRYPTED 0x0001U
#define FLAG_DESCRIPTOR 0x0008U
#define FLAG_STRONG 0x0040U
#define FLAG_UTF8 0x0800U
#define FLAG_MASKED 0x2000U
/* Flags that change how the bytes are read; the others (level, UTF-8) may differ in the local
 * header. */
#define FLAGS_OF_DATA (FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED)

#define METHOD_STORED 0
#define METHOD_DEFLATE 8
#define METHOD_AES 99

#define DOS_DIRECTORY 0x10U
#define UNIX_TYPE 0170000U
#define UNIX_REGULAR 0100000U
#define UNIX_DIRECTORY 0040000U
#define UNIX_LINK 0120000U

/* Deflate cannot do better than 258 bytes from 2 bits. */
#define DEFLATE_RATIO_MAX 1032U

/* Where a local header starts, and where the last byte of its member ends. */
struct span {
	size_t start, end;
	uint32_t member;
};

struct reading {
	struct sk_arena *arena;
	struct sk_slice in;
	struct sk_zip *zip;
	const char **why;
	size_t end_at;     /* of the end record */
	size_t records_at; /* of the first end record, the zip64 one when there is one */
	uint64_t count, directory_size, directory_offset;
	size_t directory_at, base; /* base: what is added to every offset of the archive */
	bool masked; /* the end record says that the directory is encrypted (APPNOTE 7.3.4) */
	struct span *spans;
};

static int bad(struct reading *z, const char *why)
{
	*z->why = why;
	return SK_EFORMAT;
}

static uint32_t u32_at(struct sk_slice in, size_t at)
{
	struct sk_reader r = sk_reader(in);
	sk_read_seek(&r, at);
	return sk_read_u32le(&r);
}

/* The last end record in reach of the longest comment. */
static int find_end(struct reading *z)
{
	size_t from = z->in.n > END_BYTES + COMMENT_MAX ? z->in.n - END_BYTES - COMMENT_MAX : 0;
	struct sk_slice tail = sk_slice_sub(z->in, from, z->in.n - from);
	size_t at = sk_slice_rfind(tail, tail.n, SK_SLICE_LIT("PK\5\6"));

	if (at == SIZE_MAX)
		return bad(z, "no end record");
	z->end_at = from + at;
	if (z->in.n - z->end_at < END_BYTES)
		return bad(z, "the end record is cut off");
	return 0;
}

/* The zip64 end record, when its locator stands before the end record. */
static int read_end64(struct reading *z, bool wanted)
{
	struct sk_reader r = sk_reader(z->in);

	z->records_at = z->end_at;
	if (z->end_at < LOCATOR_BYTES || u32_at(z->in, z->end_at - LOCATOR_BYTES) != LOCATOR_SIG)
		return wanted ? bad(z, "the zip64 end record is missing") : 0;
	sk_read_seek(&r, z->end_at - LOCATOR_BYTES + 4);
	uint32_t disk = sk_read_u32le(&r);
	uint64_t at = sk_read_u64le(&r);
	uint32_t disks = sk_read_u32le(&r);
	if (disk != 0 || disks > 1)
		return bad(z, "a part of a split archive");
	if (at > z->end_at || u32_at(z->in, (size_t)at) != END64_SIG)
		at = z->end_at < LOCATOR_BYTES + END64_BYTES
			 ? SIZE_MAX
			 : z->end_at - LOCATOR_BYTES - END64_BYTES;
	sk_read_seek(&r, (size_t)at);
	if (sk_read_u32le(&r) != END64_SIG)
		return bad(z, "the zip64 end record is missing");
	uint64_t size = sk_read_u64le(&r);
	z->masked = size > END64_BYTES - 12;
	if (r.bad || size < END64_BYTES - 12 || size != z->end_at - LOCATOR_BYTES - at - 12)
		return bad(z, "the zip64 end record has a wrong size");
	sk_read_skip(&r, 4);
	uint32_t this_disk = sk_read_u32le(&r), start_disk = sk_read_u32le(&r);
	uint64_t here = sk_read_u64le(&r), count = sk_read_u64le(&r);
	uint64_t bytes = sk_read_u64le(&r), offset = sk_read_u64le(&r);
	if (this_disk || start_disk || here != count)
		return bad(z, "a part of a split archive");
	if ((z->count != 0xFFFF && z->count != count) ||
	    (z->directory_size != UINT32_MAX && z->directory_size != bytes) ||
	    (z->directory_offset != UINT32_MAX && z->directory_offset != offset))
		return bad(z, "the two end records disagree");
	z->records_at = (size_t)at;
	z->count = count;
	z->directory_size = bytes;
	z->directory_offset = offset;
	return 0;
}

static int read_end(struct reading *z)
{
	struct sk_reader r = sk_reader(z->in);

	sk_read_seek(&r, z->end_at + 4);
	uint16_t disk = sk_read_u16le(&r), start_disk = sk_read_u16le(&r), here = sk_read_u16le(&r);
	z->count = sk_read_u16le(&r);
	z->directory_size = sk_read_u32le(&r);
	z->directory_offset = sk_read_u32le(&r);
	uint16_t comment = sk_read_u16le(&r);
	if (comment > sk_read_left(&r))
		return bad(z, "the archive comment is cut off");
	z->zip->notes.comment = comment > 0;
	z->zip->notes.trailing = comment < sk_read_left(&r);
	bool split = (disk != 0 && disk != 0xFFFF) || (start_disk != 0 && start_disk != 0xFFFF) ||
		     here != z->count;
	int rc = read_end64(z, z->count == 0xFFFF || z->directory_size == UINT32_MAX ||
				   z->directory_offset == UINT32_MAX);
	/* An encrypted directory leaves half of these fields out. */
	return split && !z->masked ? bad(z, "a part of a split archive") : rc;
}

static bool directory_fits(const struct reading *z, uint64_t at)
{
	if (at > z->records_at || z->directory_size > z->records_at - at)
		return false;
	return z->count == 0 ? z->directory_size == 0 : u32_at(z->in, (size_t)at) == CENTRAL_SIG;
}

/*
 * Offsets count from the start of the file, or from behind a stub that was put before the archive;
 * where both readings find a directory, nobody can say which one another reader takes.
 */
static int find_directory(struct reading *z)
{
	uint64_t shifted = z->records_at - z->directory_size;
	bool plain = directory_fits(z, z->directory_offset);

	if (z->directory_size > z->records_at)
		return bad(z, "the directory is larger than the file");
	if (plain && z->count && shifted != z->directory_offset && directory_fits(z, shifted))
		return bad(z, "two directories");
	if (!plain && z->masked) {
		*z->why = "the directory is encrypted";
		return SK_EUNSUPPORTED;
	}
	if (!plain && (shifted < z->directory_offset || !directory_fits(z, shifted)))
		return bad(z, "the directory is not where the end record says");
	z->directory_at = (size_t)(plain ? z->directory_offset : shifted);
	z->base = (size_t)(z->directory_at - z->directory_offset);
	/* Every entry takes 46 bytes at least: a count that cannot be true allocates nothing. */
	if (z->count > z->directory_size / CENTRAL_BYTES)
		return bad(z, "the directory is too small for its number of members");
	return 0;
}

/* Take one 64-bit value of the zip64 field for each value that the header could not hold. */
static bool widen(struct sk_reader *field, uint64_t *value)
{
	if (*value == UINT32_MAX)
		*value = sk_read_u64le(field);
	return !field->bad;
}

/* The extra field of that number, empty when there is none. *ok: the list is well formed. */
static struct sk_slice find_extra(struct sk_slice extra, uint16_t id, bool *ok)
{
	struct sk_reader r = sk_reader(extra);
	struct sk_slice found = {extra.p, 0};

	/* Padding shorter than a header is left by zipalign and others. */
	while (sk_read_left(&r) >= 4) {
		uint16_t kind = sk_read_u16le(&r), n = sk_read_u16le(&r);
		struct sk_slice body = sk_read_slice(&r, n);
		if (kind == id && !r.bad && found.n == 0)
			found = body;
	}
	*ok = !r.bad;
	return found;
}

/* APPNOTE 4.6.9: the name in UTF-8, valid only while the stored name is the one it was made for. */
static struct sk_slice unicode_path(struct sk_slice extra, struct sk_slice raw)
{
	bool ok;
	struct sk_slice field = find_extra(extra, 0x7075, &ok);
	struct sk_reader r = sk_reader(field);

	if (field.n < 6 || sk_read_u8(&r) != 1 ||
	    sk_read_u32le(&r) != libdeflate_crc32(0, raw.p, raw.n))
		return (struct sk_slice){raw.p, 0};
	return sk_read_slice(&r, sk_read_left(&r));
}

static void describe(struct sk_zip_member *m)
{
	uint32_t type = m->external >> 16 & UNIX_TYPE;

	m->utf8 = m->flags & FLAG_UTF8;
	m->encrypted = (m->flags & FLAGS_OF_DATA) || m->method == METHOD_AES;
	m->directory = m->raw_name.p[m->raw_name.n - 1] == '/' ||
		       (m->size == 0 && ((m->external & DOS_DIRECTORY) || type == UNIX_DIRECTORY));
	m->symlink = type != 0 && type != UNIX_REGULAR && type != UNIX_DIRECTORY;
	m->device = m->symlink && type != UNIX_LINK;
}

static int read_central(
    struct reading *z, struct sk_reader *r, struct sk_zip_member *m, uint64_t *local)
{
	bool ok;

	if (sk_read_u32le(r) != CENTRAL_SIG)
		return bad(z, "an entry of the directory has no signature");
	uint16_t made_by = sk_read_u16le(r);
	sk_read_skip(r, 2);
	m->host = made_by >> 8;
	m->flags = sk_read_u16le(r);
	m->method = sk_read_u16le(r);
	m->time = sk_read_u16le(r);
	sk_read_skip(r, 2);
	m->crc = sk_read_u32le(r);
	m->packed_size = sk_read_u32le(r);
	m->size = sk_read_u32le(r);
	uint16_t name = sk_read_u16le(r), extra = sk_read_u16le(r), comment = sk_read_u16le(r);
	uint16_t disk = sk_read_u16le(r);
	sk_read_skip(r, 2);
	m->external = sk_read_u32le(r);
	*local = sk_read_u32le(r);
	m->raw_name = sk_read_slice(r, name);
	struct sk_slice fields = sk_read_slice(r, extra);
	sk_read_skip(r, comment);
	if (r->bad)
		return bad(z, "an entry of the directory is cut off");
	if (name == 0)
		return bad(z, "a member without a name");
	if (disk != 0 && disk != 0xFFFF)
		return bad(z, "a part of a split archive");
	struct sk_reader wide = sk_reader(find_extra(fields, 1, &ok));
	if (!ok)
		return bad(z, "an extra field is cut off");
	if (!widen(&wide, &m->size) || !widen(&wide, &m->packed_size) || !widen(&wide, local))
		return bad(z, "a zip64 field is too short");
	m->unicode_name = unicode_path(fields, m->raw_name);
	m->aes = find_extra(fields, 0x9901, &ok);
	z->zip->notes.extra_fields += extra > 0;
	z->zip->notes.member_comments += comment > 0;
	describe(m);
	return 0;
}

/*
 * The bytes of the data descriptor behind the data: with or without its signature, sizes of 4 or 8
 * bytes (APPNOTE 4.3.9). 0 when none of the four forms fits.
 */
static size_t descriptor_bytes(struct sk_slice in, size_t at, const struct sk_zip_member *m)
{
	for (unsigned form = 0; form < 4; form++) {
		bool marked = form < 2, wide = form & 1;
		struct sk_reader r = sk_reader(in);
		sk_read_seek(&r, at);
		if (marked && sk_read_u32le(&r) != DESCRIPTOR_SIG)
			continue;
		uint32_t crc = sk_read_u32le(&r);
		uint64_t packed = wide ? sk_read_u64le(&r) : sk_read_u32le(&r);
		uint64_t size = wide ? sk_read_u64le(&r) : sk_read_u32le(&r);
		/* Behind a signature the sizes are proof enough: some writers leave a wrong CRC here. */
		if (!r.bad && (crc == m->crc || marked) && packed == m->packed_size &&
		    size == m->size)
			return r.pos - at;
	}
	return 0;
}

/*
 * Whether sizes and CRC of the local header are those of the directory. What a descriptor tells later may
 * be missing here one by one: writers disagree on which of the three they know (APPNOTE 4.4.4 bit 3).
 */
static bool same_sizes(struct sk_reader *wide, bool later, uint32_t crc, uint64_t packed,
    uint64_t size, const struct sk_zip_member *m)
{
	if (later)
		return (packed == 0 || packed == UINT32_MAX || packed == m->packed_size) &&
		       (size == 0 || size == UINT32_MAX || size == m->size) &&
		       (crc == 0 || crc == m->crc);
	if (wide->s.n && (!widen(wide, &size) || !widen(wide, &packed)))
		return false;
	return packed == m->packed_size && size == m->size && crc == m->crc;
}

static int read_local(struct reading *z, struct sk_zip_member *m, uint64_t at, struct span *span)
{
	struct sk_reader r = sk_reader(z->in);
	bool ok;

	if (at > z->directory_at - z->base)
		return bad(z, "a local header lies behind the directory");
	span->start = (size_t)at + z->base;
	sk_read_seek(&r, span->start);
	if (sk_read_u32le(&r) != LOCAL_SIG)
		return bad(z, "a local header is missing");
	sk_read_skip(&r, 2);
	uint16_t flags = sk_read_u16le(&r), method = sk_read_u16le(&r);
	sk_read_skip(&r, 4);
	uint32_t crc = sk_read_u32le(&r), packed = sk_read_u32le(&r), size = sk_read_u32le(&r);
	uint16_t name = sk_read_u16le(&r), extra = sk_read_u16le(&r);
	struct sk_slice local_name = sk_read_slice(&r, name);
	struct sk_slice fields = sk_read_slice(&r, extra);
	if (r.bad || !sk_slice_eq(local_name, m->raw_name))
		return bad(z, "a local header has another name");
	if (method != m->method || ((flags ^ m->flags) & FLAGS_OF_DATA))
		return bad(z, "a local header has another method");
	struct sk_reader wide = sk_reader(find_extra(fields, 1, &ok));
	bool later = flags & FLAG_DESCRIPTOR;
	if (!ok || !same_sizes(&wide, later, crc, packed, size, m))
		return bad(z, "a local header has other sizes");
	if (r.pos > z->directory_at || m->packed_size > z->directory_at - r.pos)
		return bad(z, "a member reaches into the directory");
	m->data = sk_read_slice(&r, (size_t)m->packed_size);
	z->zip->notes.extra_fields += extra > 0;
	span->end = r.pos;
	if (later)
		span->end += descriptor_bytes(z->in, r.pos, m);
	if (later && span->end == r.pos && m->packed_size && packed != m->packed_size)
		return bad(z, "a data descriptor disagrees with the directory");
	return 0;
}

static int read_members(struct reading *z)
{
	struct sk_reader r =
	    sk_reader(sk_slice_sub(z->in, z->directory_at, (size_t)z->directory_size));
	struct sk_zip *zip = z->zip;

	zip->members = sk_arena_array(z->arena, (size_t)z->count, sizeof(*zip->members));
	z->spans = sk_arena_array(z->arena, (size_t)z->count, sizeof(*z->spans));
	if (zip->members == NULL || z->spans == NULL)
		return SK_ENOMEM;
	zip->count = (size_t)z->count;
	for (size_t i = 0; i < zip->count; i++) {
		uint64_t local;
		int rc = read_central(z, &r, &zip->members[i], &local);
		if (rc == 0)
			rc = read_local(z, &zip->members[i], local, &z->spans[i]);
		if (rc)
			return rc;
		z->spans[i].member = (uint32_t)i;
	}
	if (!sk_read_at_end(&r))
		return bad(z, "the directory is longer than its members");
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct span *x = a, *y = b;
	return (x->start > y->start) - (x->start < y->start);
}

/* Bytes nobody covers, from `from` to `to`: hidden; in front of the first member: leading. */
static int note_gap(struct reading *z, size_t from, size_t to, bool first)
{
	if (from == to)
		return 0;
	if (sk_slice_find(sk_slice_sub(z->in, from, to - from), 0, SK_SLICE_LIT("PK\5\6")) !=
	    SIZE_MAX)
		return bad(z, "more than one end record");
	if (first)
		z->zip->notes.leading = true;
	else if (z->zip->notes.hidden < UINT32_MAX - 1)
		z->zip->notes.hidden +=
		    to - from > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)(to - from);
	return 0;
}

/* Every byte belongs to one thing at most: members do not overlap each other or the directory. */
static int check_layout(struct reading *z)
{
	size_t at = 0, directory_end = z->directory_at + (size_t)z->directory_size;

	qsort(z->spans, z->zip->count, sizeof(*z->spans), by_start);
	for (size_t i = 0; i < z->zip->count; i++) {
		const struct span *s = &z->spans[i];
		if (s->start < at)
			return bad(z, "two members overlap");
		if (note_gap(z, at, s->start, i == 0))
			return SK_EFORMAT;
		at = s->end;
	}
	if (at > z->directory_at)
		return bad(z, "a member reaches into the directory");
	if (note_gap(z, at, z->directory_at, z->zip->count == 0))
		return SK_EFORMAT;
	return note_gap(z, directory_end, z->records_at, false);
}

static int by_name(const void *a, const void *b)
{
	struct sk_slice x = (*(const struct sk_zip_member *const *)a)->raw_name;
	struct sk_slice y = (*(const struct sk_zip_member *const *)b)->raw_name;
	int c = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);
	return c ? c : (x.n > y.n) - (x.n < y.n);
}

static int check_names(struct reading *z)
{
	size_t n = z->zip->count;
	const struct sk_zip_member **order = sk_arena_array(z->arena, n, sizeof(*order));

	if (order == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < n; i++)
		order[i] = &z->zip->members[i];
	qsort(order, n, sizeof(*order), by_name);
	for (size_t i = 1; i < n; i++)
		if (sk_slice_eq(order[i - 1]->raw_name, order[i]->raw_name))
			return bad(z, "two members have one name");
	return 0;
}

int sk_zip_read(struct sk_arena *a, struct sk_slice in, size_t max_members, struct sk_zip *zip,
    const char **why)
{
	const char *ignored;
	struct sk_zip result = {0};
	struct reading z = {.arena = a, .in = in, .zip = &result, .why = why ? why : &ignored};
	int rc = find_end(&z);

	if (rc == 0)
		rc = read_end(&z);
	if (rc == 0)
		rc = find_directory(&z);
	if (rc == 0 && z.count > max_members) {
		*z.why = "too many members";
		rc = SK_ELIMIT;
	}
	if (rc == 0)
		rc = read_members(&z);
	if (rc == 0)
		rc = check_layout(&z);
	if (rc == 0)
		rc = check_names(&z);
	if (rc == 0)
		*zip = result;
	return rc;
}

static int inflate_whole(const struct sk_zip_member *m, uint8_t *to, size_t size)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	size_t used = 0, got = 0;

	if (d == NULL)
		return SK_ENOMEM;
	enum libdeflate_result rc =
	    libdeflate_deflate_decompress_ex(d, m->data.p, m->data.n, to, size, &used, &got);
	libdeflate_free_decompressor(d);
	return rc == LIBDEFLATE_SUCCESS && used == m->data.n && got == size ? 0 : SK_EFORMAT;
}

int sk_zip_unpack(
    struct sk_arena *a, const struct sk_zip_member *m, size_t max, struct sk_slice *out)
{
	struct sk_slice bytes = m->data;

	if (m->encrypted || (m->method != METHOD_STORED && m->method != METHOD_DEFLATE))
		return SK_EUNSUPPORTED;
	if (m->size > max)
		return SK_ELIMIT;
	if (m->method == METHOD_STORED ? m->size != m->data.n
				       : m->size / DEFLATE_RATIO_MAX > m->data.n)
		return SK_EFORMAT;
	if (m->method == METHOD_DEFLATE) {
		uint8_t *to = sk_arena_alloc(a, (size_t)m->size);
		if (to == NULL)
			return SK_ENOMEM;
		int rc = inflate_whole(m, to, (size_t)m->size);
		if (rc)
			return rc;
		bytes = sk_slice(to, (size_t)m->size);
	}
	if (!m->no_crc && libdeflate_crc32(0, bytes.p, bytes.n) != m->crc)
		return SK_EFORMAT;
	*out = bytes;
	return 0;
}
