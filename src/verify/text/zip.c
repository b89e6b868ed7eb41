/*
 * The zip reader of the verifier (APPNOTE 6.3: 4.3.7 local header, 4.3.12 directory, 4.3.16 end record) and the
 * names that may stand in one. Every byte is accounted for by reading forward from the first. Verifier's jail.
 */
#include "verify/text/zip.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/utf8.h"
#include "verify/text/chars.h"

#define LOCAL_SIG 0x04034b50
#define CENTRAL_SIG 0x02014b50
#define END_SIG 0x06054b50
#define FLAG_UTF8 0x0800
#define VERSION 20       /* 2.0, MS-DOS: deflate and folders, no host attributes */
#define DATE_1980 0x0021 /* 1980-01-01 */
#define FOLDER 0x10      /* MS-DOS attribute */
#define MAX_NAME 1024    /* bytes of a path: what archives with deep folders need */
#define MIN_RECORDS 78   /* bytes of a member's two headers, one-byte names */

static uint8_t fold(uint8_t ch)
{
	return ch >= 'A' && ch <= 'Z' ? ch | 0x20 : ch;
}

/* What a local header and a directory entry must say alike. */
struct common {
	uint16_t version, flags, method, time, date;
	uint32_t crc, packed, size;
	uint16_t name_len, extra_len;
};

static struct common read_common(struct sk_reader *r)
{
	struct common h = {0};

	h.version = sk_read_u16le(r);
	h.flags = sk_read_u16le(r);
	h.method = sk_read_u16le(r);
	h.time = sk_read_u16le(r);
	h.date = sk_read_u16le(r);
	h.crc = sk_read_u32le(r);
	h.packed = sk_read_u32le(r);
	h.size = sk_read_u32le(r);
	h.name_len = sk_read_u16le(r);
	h.extra_len = sk_read_u16le(r);
	return h;
}

static int check_common(struct sk_check *c, const struct common *h, size_t at)
{
	if (h->version != VERSION)
		return sk_fail(c, at, "zip: version needed is %u", h->version);
	if (h->flags & ~FLAG_UTF8)
		return sk_fail(c, at, "zip: flags %04x", h->flags);
	if (h->method != 0 && h->method != 8)
		return sk_fail(c, at, "zip: method %u", h->method);
	if (h->time != 0 || h->date != DATE_1980)
		return sk_fail(c, at, "zip: time is not 1980-01-01 00:00");
	if (h->extra_len)
		return sk_fail(c, at, "zip: extra field");
	if (h->packed == UINT32_MAX || h->size == UINT32_MAX || h->size > SK_LIMIT_MEMBER)
		return sk_fail(c, at, "zip: member is larger than allowed");
	if (h->method == 0 && h->packed != h->size)
		return sk_fail(c, at, "zip: stored member has two sizes");
	return 0;
}

/* The stem of a component: to the first dot, spaces before it left out, A–Z as a–z. Empty when long. */
static size_t stem(struct sk_slice part, char out[8])
{
	size_t n = 0;

	while (n < part.n && part.p[n] != '.')
		n++;
	while (n && part.p[n - 1] == ' ')
		n--;
	if (n > 7)
		return 0;
	for (size_t i = 0; i < n; i++)
		out[i] = (char)fold(part.p[i]);
	return n;
}

/* Windows reserves these as devices, whatever the extension. */
static bool device_name(struct sk_slice part)
{
	static const char *const names[] = {
	    "con", "prn", "aux", "nul", "conin$", "conout$", "clock$"};
	char low[8];
	size_t n = stem(part, low);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (n == strlen(names[i]) && memcmp(low, names[i], n) == 0)
			return true;
	if (n < 4 || (memcmp(low, "com", 3) != 0 && memcmp(low, "lpt", 3) != 0))
		return false;
	if (n == 4)
		return low[3] >= '0' && low[3] <= '9';
	/* the superscripts one, two and three */
	return n == 5 && low[3] == '\xc2' &&
	       (low[4] == '\xb9' || low[4] == '\xb2' || low[4] == '\xb3');
}

/* One name between slashes. */
static bool safe_part(struct sk_slice part)
{
	if (part.n == 0 || part.n > SK_LIMIT_NAME)
		return false;
	if (part.p[part.n - 1] == '.' || part.p[part.n - 1] == ' ' || part.p[0] == ' ')
		return false;
	for (size_t i = 0; i < part.n; i++)
		if (part.p[i] < 0x20 || strchr("\\:*?\"<>|", part.p[i]))
			return false;
	return !device_name(part);
}

int sk_vz_check_part(struct sk_check *c, struct sk_slice part, uint64_t at)
{
	if (!safe_part(part))
		return sk_fail(c, at, "zip: unsafe name");
	return sk_vt_check_name(c, part, at);
}

static bool is_ascii(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return false;
	return true;
}

static int check_name(struct sk_check *c, struct sk_slice name, uint16_t flags, size_t at)
{
	if (name.n == 0 || name.n > MAX_NAME)
		return sk_fail(c, at, "zip: name has %zu bytes", name.n);
	if (is_ascii(name) == !!(flags & FLAG_UTF8))
		return sk_fail(c, at, "zip: UTF-8 flag does not fit the name");
	struct sk_slice path = sk_slice_sub(name, 0, name.n - (name.p[name.n - 1] == '/'));
	for (size_t from = 0, i = 0; i <= path.n; i++) {
		if (i < path.n && path.p[i] != '/')
			continue;
		struct sk_slice part = sk_slice_sub(path, from, i - from);
		int rc = sk_vz_check_part(c, part, at);
		if (rc)
			return rc;
		from = i + 1;
	}
	return 0;
}

static int read_local(struct sk_check *c, struct sk_reader *r, struct sk_vz_member *m)
{
	size_t at = r->pos;

	sk_read_skip(r, 4);
	struct common h = read_common(r);
	m->name = sk_read_slice(r, h.name_len);
	if (r->bad)
		return sk_fail(c, at, "zip: truncated local header");
	int rc = check_common(c, &h, at);
	if (rc == 0)
		rc = check_name(c, m->name, h.flags, at);
	if (rc)
		return rc;
	m->data = sk_read_slice(r, h.packed);
	if (r->bad)
		return sk_fail(c, at, "zip: member runs past the end");
	m->crc = h.crc;
	m->size = h.size;
	m->at = (uint32_t)at;
	m->deflated = h.method == 8;
	m->folder = m->name.p[m->name.n - 1] == '/';
	if (m->folder && (h.method || h.size || h.crc))
		return sk_fail(c, at, "zip: folder with data");
	if (m->deflated && h.packed >= h.size)
		return sk_fail(c, at, "zip: deflated although that is not smaller");
	return 0;
}

/* A directory entry must repeat its local header, and add nothing. */
static int read_central(
    struct sk_check *c, struct sk_reader *r, const struct sk_vz_member *m, struct sk_slice in)
{
	size_t at = r->pos;

	if (sk_read_u32le(r) != CENTRAL_SIG)
		return sk_fail(c, at, "zip: directory entry expected");
	uint16_t made = sk_read_u16le(r);
	size_t head = r->pos;
	struct common h = read_common(r);
	uint16_t comment = sk_read_u16le(r), disk = sk_read_u16le(r), internal = sk_read_u16le(r);
	uint32_t external = sk_read_u32le(r), local = sk_read_u32le(r);
	struct sk_slice name = sk_read_slice(r, h.name_len);

	if (r->bad)
		return sk_fail(c, at, "zip: truncated directory");
	if (made != VERSION)
		return sk_fail(c, at, "zip: made by version or system %04x", made);
	if (comment || disk || internal || external != (m->folder ? FOLDER : 0U))
		return sk_fail(c, at, "zip: comment, disk number or attributes");
	if (local != m->at)
		return sk_fail(c, at, "zip: directory names another offset");
	if (!sk_slice_eq(name, m->name) || memcmp(in.p + head, in.p + m->at + 4, 26) != 0)
		return sk_fail(c, at, "zip: directory and local header differ");
	return 0;
}

static int read_end(struct sk_check *c, struct sk_reader *r, const struct sk_vz *zip, size_t dir)
{
	size_t at = r->pos;

	if (sk_read_u32le(r) != END_SIG)
		return sk_fail(c, at, "zip: end record expected");
	uint16_t disk = sk_read_u16le(r), dir_disk = sk_read_u16le(r);
	uint16_t here = sk_read_u16le(r), all = sk_read_u16le(r);
	uint32_t size = sk_read_u32le(r), offset = sk_read_u32le(r);
	uint16_t comment = sk_read_u16le(r);

	if (r->bad)
		return sk_fail(c, at, "zip: truncated end record");
	if (disk || dir_disk || here != zip->count || all != zip->count)
		return sk_fail(c, at, "zip: end record counts wrong");
	if (size != at - dir || offset != dir)
		return sk_fail(c, at, "zip: end record places the directory wrong");
	if (comment)
		return sk_fail(c, at, "zip: comment");
	if (!sk_read_at_end(r))
		return sk_fail(c, r->pos, "zip: bytes after the end record");
	return 0;
}

/* --- unique names, capitals read as small letters, a folder without its last slash --- */

static struct sk_slice bare(struct sk_slice name)
{
	return sk_slice_sub(name, 0, name.n && name.p[name.n - 1] == '/' ? name.n - 1 : name.n);
}

/* The next code point of a name (which is UTF-8) as a small letter (doc/profiles/archive.md, Names). */
static uint32_t next_small(struct sk_slice name, size_t *pos)
{
	uint32_t cp = (uint32_t)sk_utf8_next(name, pos);

	if (cp < 0x80)
		return fold((uint8_t)cp);
	if (cp >= 0x400 && cp < 0x410)
		return cp + 0x50;
	bool latin = cp >= 0xc0 && cp <= 0xde && cp != 0xd7;
	bool greek = cp >= 0x391 && cp <= 0x3ab && cp != 0x3a2;
	bool cyrillic = cp >= 0x410 && cp < 0x430;
	bool wide = cp >= 0xff21 && cp <= 0xff3a;
	return latin || greek || cyrillic || wide ? cp + 0x20 : cp;
}

static uint32_t hash_next(uint32_t h, struct sk_slice name, size_t *pos)
{
	return (h ^ next_small(name, pos)) * 16777619U;
}

static size_t slot_of(uint32_t h, size_t mask)
{
	return (h ^ h >> 15) & mask;
}

static bool folded_eq(struct sk_slice a, struct sk_slice b)
{
	size_t i = 0, k = 0;

	while (i < a.n && k < b.n)
		if (next_small(a, &i) != next_small(b, &k))
			return false;
	return i == a.n && k == b.n;
}

/* Put a name into the table of seen ones; false when it is there already. */
static bool add_unique(const struct sk_vz *zip, uint32_t *slots, size_t mask, size_t i)
{
	struct sk_slice name = bare(zip->members[i].name);
	uint32_t h = 0;

	for (size_t j = 0; j < name.n;)
		h = hash_next(h, name, &j);
	for (size_t at = slot_of(h, mask);; at = (at + 1) & mask) {
		if (slots[at] == 0) {
			slots[at] = (uint32_t)i + 1;
			return true;
		}
		if (folded_eq(bare(zip->members[slots[at] - 1].name), name))
			return false;
	}
}

/* Is there a file of that name? */
static bool is_file(
    const struct sk_vz *zip, const uint32_t *slots, size_t mask, struct sk_slice name, uint32_t h)
{
	for (size_t at = slot_of(h, mask); slots[at]; at = (at + 1) & mask) {
		const struct sk_vz_member *m = &zip->members[slots[at] - 1];
		if (!m->folder && folded_eq(m->name, name))
			return true;
	}
	return false;
}

/* Is a folder on the way to this member a file as well? */
static bool parent_is_file(
    const struct sk_vz *zip, const uint32_t *slots, size_t mask, struct sk_slice name)
{
	uint32_t h = 0;

	for (size_t i = 0; i + 1 < name.n;) {
		if (name.p[i] == '/' && is_file(zip, slots, mask, sk_slice_sub(name, 0, i), h))
			return true;
		h = hash_next(h, name, &i);
	}
	return false;
}

static int check_unique(struct sk_check *c, const struct sk_vz *zip)
{
	size_t size = 16;

	while (size < zip->count * 2)
		size *= 2;
	uint32_t *slots = sk_arena_array(c->arena, size, sizeof(*slots));
	if (slots == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < zip->count; i++)
		if (!add_unique(zip, slots, size - 1, i))
			return sk_fail(c, zip->members[i].at, "zip: two members have one name");
	for (size_t i = 0; i < zip->count; i++)
		if (parent_is_file(zip, slots, size - 1, zip->members[i].name))
			return sk_fail(
			    c, zip->members[i].at, "zip: a folder has the name of a file");
	return 0;
}

static uint32_t peek_sig(const struct sk_reader *r)
{
	struct sk_reader ahead = *r;
	return sk_read_u32le(&ahead);
}

int sk_vz_read(struct sk_check *c, struct sk_slice in, struct sk_vz *zip)
{
	struct sk_reader r = sk_reader(in);
	size_t cap = in.n / MIN_RECORDS + 1, dir;
	struct sk_vz got = {0};
	int rc = 0;

	if (in.n > SK_LIMIT_OUTPUT)
		return sk_fail(c, 0, "zip: larger than allowed");
	cap = cap > SK_LIMIT_MEMBERS ? SK_LIMIT_MEMBERS : cap;
	got.members = sk_arena_array(c->arena, cap, sizeof(*got.members));
	if (got.members == NULL)
		return SK_ENOMEM;
	while (rc == 0 && peek_sig(&r) == LOCAL_SIG) {
		if (got.count == cap)
			return sk_fail(c, r.pos, "zip: more members than allowed");
		rc = read_local(c, &r, &got.members[got.count++]);
	}
	dir = r.pos;
	for (size_t i = 0; rc == 0 && i < got.count; i++)
		rc = read_central(c, &r, &got.members[i], in);
	if (rc == 0)
		rc = read_end(c, &r, &got, dir);
	if (rc == 0)
		rc = check_unique(c, &got);
	if (rc == 0)
		*zip = got;
	return rc;
}

/* --- unpacking --- */

void sk_vz_space_free(struct sk_vz_space *space)
{
	free(space->p);
	*space = (struct sk_vz_space){0};
}

static int reserve(struct sk_vz_space *space, size_t n)
{
	if (n <= space->cap)
		return 0;
	sk_vz_space_free(space);
	space->p = malloc(n);
	if (space->p == NULL)
		return SK_ENOMEM;
	space->cap = n;
	return 0;
}

static int inflate_member(
    struct sk_check *c, const struct sk_vz_member *m, struct sk_vz_space *space)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)m->data.p, .avail_in = (uInt)m->data.n};
	int rc = reserve(space, (size_t)m->size + 1);

	if (rc)
		return rc;
	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return SK_ENOMEM;
	z.next_out = space->p;
	z.avail_out =
	    (uInt)(m->size + 1); /* one more, to notice a stream that is longer than it says */
	int done = inflate(&z, Z_FINISH);
	size_t out = m->size + 1 - (size_t)z.avail_out, left = z.avail_in;
	inflateEnd(&z);
	if (done == Z_MEM_ERROR)
		return SK_ENOMEM;
	if (done != Z_STREAM_END || out != m->size)
		return sk_fail(
		    c, m->at, "zip: compressed data is broken or not of the stated size");
	if (left)
		return sk_fail(c, m->at, "zip: bytes after the end of compressed data");
	return 0;
}

int sk_vz_unpack(struct sk_check *c, const struct sk_vz_member *m, struct sk_vz_space *space,
    struct sk_slice *out)
{
	struct sk_slice got = m->data;

	if (m->size > c->inflate_left)
		return sk_fail(c, m->at, "zip: unpacks to more than allowed");
	if (m->deflated) {
		int rc = inflate_member(c, m, space);
		if (rc)
			return rc;
		got = sk_slice(space->p, m->size);
		c->inflate_left -= m->size;
	}
	if (crc32(crc32(0, NULL, 0), got.p, (uInt)got.n) != m->crc)
		return sk_fail(c, m->at, "zip: checksum is wrong");
	*out = got;
	return 0;
}

bool sk_vz_has_ext(struct sk_slice name, const char *ext)
{
	size_t n = strlen(ext);

	if (name.n <= n + 1 || name.p[name.n - n - 1] != '.')
		return false;
	for (size_t i = 0; i < n; i++)
		if (fold(name.p[name.n - n + i]) != (uint8_t)ext[i])
			return false;
	return true;
}
