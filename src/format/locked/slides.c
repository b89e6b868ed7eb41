/*
 * Protected PowerPoint files ([MS-PPT] 2.3.7): the current edit names an object that says how; every object of the persist directory is
 * encrypted with its own number as that of the block, and each field of the pictures' stream begins anew with block 0. Cleaner's jail.
 */
#include "format/locked/rc4.h"

#define HEADER 8U
#define USER_EDIT 0x0FF5U
#define DIRECTORY 0x1772U
#define CRYPT_SESSION 0x2F14U
#define TOKEN_ENCRYPTED 0xF3D1C4DFU
#define TOKEN_PLAIN 0xE391C05FU
#define EDITS_MAX 4096
#define IDS (1U << 20)
#define FBSE 0xF007U

struct slides {
	struct sk_job *job;
	struct sk_cfb *c;
	struct sk_rc4 rc4;
	uint8_t *doc; /* the stream, being decrypted */
	size_t n;
	uint64_t
	    left; /* bytes that may still be decrypted: objects do not overlap in honest files */
	uint8_t *seen;    /* a bit for each number of an object */
	uint32_t session; /* number of the object that says how */
	uint8_t *copy;
};

struct record {
	uint16_t instance, kind;
	uint32_t size;
};

struct edit {
	uint32_t before, directory, session;
	bool has_session;
};

static struct record header_at(const uint8_t *p, size_t n, size_t at)
{
	struct sk_reader r = sk_reader(sk_slice(p, n));

	sk_read_seek(&r, at);
	uint16_t first = sk_read_u16le(&r), kind = sk_read_u16le(&r);
	uint32_t size = sk_read_u32le(&r);
	struct record h = {first >> 4, kind, size};
	if (r.bad)
		h = (struct record){0};
	return h;
}

static bool read_edit(const struct slides *x, uint32_t at, struct edit *e)
{
	struct record h = header_at(x->doc, x->n, at);
	struct sk_reader r = sk_reader(sk_slice(x->doc, x->n));

	if (h.kind != USER_EDIT || h.size < 28)
		return false;
	sk_read_seek(&r, (size_t)at + HEADER + 8);
	e->before = sk_read_u32le(&r);
	e->directory = sk_read_u32le(&r);
	sk_read_skip(&r, 12);
	e->has_session = h.size >= 32;
	e->session = e->has_session ? sk_read_u32le(&r) : 0;
	return !r.bad;
}

/* Call `each` for the objects of a directory. */
static int walk(struct slides *x, uint32_t at,
    int (*each)(struct slides *x, uint32_t id, uint32_t offset, void *ctx), void *ctx)
{
	struct record h = header_at(x->doc, x->n, at);
	int rc = 0;

	if (h.kind != DIRECTORY)
		return SK_EFORMAT;
	struct sk_reader r =
	    sk_reader(sk_slice_sub(sk_slice(x->doc, x->n), (size_t)at + HEADER, h.size));
	while (rc == 0 && sk_read_left(&r) >= 4) {
		uint32_t head = sk_read_u32le(&r), id = head & (IDS - 1), n = head >> 20;
		for (; n && rc == 0 && sk_read_left(&r) >= 4; n--, id++)
			rc = each(x, id & (IDS - 1), sk_read_u32le(&r), ctx);
	}
	return rc;
}

static int note_session(struct slides *x, uint32_t id, uint32_t offset, void *ctx)
{
	if (id == x->session)
		*(uint32_t *)ctx = offset;
	return 0;
}

static int open_object(struct slides *x, uint32_t id, uint32_t at, void *ctx)
{
	struct sk_rc4_stream s;

	if (x->seen[id / 8] >> (id & 7) & 1 || at >= x->n || x->n - at < HEADER || id == x->session)
		return 0;
	x->seen[id / 8] |= (uint8_t)(1U << (id & 7));
	struct record h = header_at(x->doc, x->n, at);
	if (h.kind == USER_EDIT || h.kind == DIRECTORY)
		return 0; /* these stay plain */
	sk_rc4_begin(&s, &x->rc4, 0, id);
	sk_rc4_next(&s, x->doc + at, HEADER);
	size_t body = header_at(x->doc, x->n, at).size, room = x->n - at - HEADER;
	if (body > room)
		body = room;
	if (body + HEADER > x->left)
		return SK_EFORMAT;
	x->left -= body + HEADER;
	sk_rc4_next(&s, x->doc + at + HEADER, body);
	explicit_bzero(&s, sizeof(s));
	return 0;
}

/* From the newest edit back to the first: the newest place of an object counts. */
static int open_edits(struct slides *x, uint32_t at)
{
	struct edit e;
	int rc = 0;

	for (int i = 0; i < EDITS_MAX && at && rc == 0 && read_edit(x, at, &e); i++) {
		rc = walk(x, e.directory, open_object, NULL);
		if (e.has_session) /* no object has this number */
			memset(x->doc + at + HEADER + 28, 0, 4);
		at = e.before < at ? e.before : 0;
	}
	return rc;
}

/* --- pictures ([MS-ODRAW] 2.2.23 and others) --- */

static size_t field(struct slides *x, uint8_t *p, size_t n, size_t at, size_t size)
{
	struct sk_rc4_stream s;

	if (at > n || size > n - at)
		size = at > n ? 0 : n - at;
	sk_rc4_begin(&s, &x->rc4, 0, 0);
	sk_rc4_next(&s, p + at, size);
	return at + size;
}

/* Instances that say that a second checksum follows the first. */
static bool has_two_sums(uint16_t instance)
{
	static const uint16_t two[] = {0x217, 0x3D5, 0x46B, 0x543, 0x6E1, 0x6E3, 0x6E5, 0x7A9};

	for (size_t i = 0; i < sizeof(two) / sizeof(two[0]); i++)
		if (two[i] == instance)
			return true;
	return false;
}

/* An entry of the picture store in front of a picture: eleven fields and a name. */
static size_t open_entry(struct slides *x, uint8_t *p, size_t n, size_t at)
{
	static const uint8_t fields[] = {1, 1, 16, 2, 4, 4, 4, 1, 1, 1, 1};
	size_t name_at = at + 33;

	for (size_t i = 0; i < sizeof(fields); i++)
		at = field(x, p, n, at, fields[i]);
	return name_at < n && p[name_at] ? field(x, p, n, at, p[name_at]) : at;
}

static void open_blip(
    struct slides *x, uint8_t *p, size_t n, size_t at, struct record h, size_t end)
{
	bool metafile = h.kind >= 0xF01A && h.kind <= 0xF01C;

	for (int i = has_two_sums(h.instance) ? 2 : 1; i; i--)
		at = field(x, p, n, at, 16);
	at = field(x, p, n, at, metafile ? 34 : 1);
	if (at < end)
		field(x, p, n, at, end - at);
}

static void open_pictures(struct slides *x, uint8_t *p, size_t n)
{
	for (size_t at = 0; at < n && n - at >= HEADER;) {
		size_t body = field(x, p, n, at, HEADER);
		struct record h = header_at(p, n, at);
		size_t end = h.size < n - body ? body + h.size : n;
		if (h.kind == FBSE) {
			body = open_entry(x, p, n, body);
			if (body < end) {
				size_t inner = body;
				body = field(x, p, n, inner, HEADER);
				h = header_at(p, n, inner);
			}
		}
		if (body < end)
			open_blip(x, p, n, body, h, end);
		at = end;
	}
}

/* --- all of it --- */

static int find_session(struct slides *x, const struct edit *e)
{
	uint32_t at = UINT32_MAX;
	int rc = walk(x, e->directory, note_session, &at);

	if (rc)
		return rc;
	struct record h = header_at(x->doc, x->n, at);
	if (h.kind != CRYPT_SESSION)
		return SK_EFORMAT;
	struct sk_slice all = sk_slice(x->doc, x->n);
	rc = sk_rc4_read(x->job, sk_slice_sub(all, (size_t)at + HEADER, h.size), &x->rc4);
	if (rc == 0 && !x->rc4.api)
		rc = SK_EFORMAT;
	return rc ? rc : sk_locked_try(x->job, true, sk_rc4_try, &x->rc4);
}

static int open_document(struct slides *x, uint32_t entry, uint32_t edit_at)
{
	/* Keys refer to bytes of the stream that are not touched: the session's object is left out. */
	int rc = open_edits(x, edit_at);
	uint32_t pictures;
	uint8_t *p;
	size_t n;

	if (rc == 0)
		rc = sk_cfb_patch(x->c, entry, sk_slice(x->doc, x->n), x->copy);
	if (rc == 0)
		rc = sk_locked_stream(x->c, "Pictures", &pictures, &p, &n);
	if (rc || pictures == SK_CFB_NONE)
		return rc;
	open_pictures(x, p, n);
	return sk_cfb_patch(x->c, pictures, sk_slice(p, n), x->copy);
}

/*
 * Properties stay encrypted and go; but LibreOffice takes a file with the stream that they lie in for encrypted, so it gets
 * another name of the same length.
 */
static void rename_summary(struct slides *x)
{
	uint32_t entry = sk_cfb_find(x->c, SK_CFB_ROOT, "EncryptedSummary");
	size_t at = entry == SK_CFB_NONE ? SIZE_MAX : sk_cfb_entry_at(x->c, entry);

	if (at != SIZE_MAX)
		x->copy[at + 2 * (sizeof("EncryptedSummary") - 2)] = 'z';
}

static void put_u32(uint8_t *p, uint32_t v)
{
	for (unsigned i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

int sk_locked_slides(struct sk_job *job, struct sk_cfb *c, struct sk_slice *plain)
{
	struct slides x = {.job = job, .c = c};
	struct edit e = {0};
	uint32_t user, entry;
	uint8_t *p;
	size_t n;

	/* What cannot be read is the converter's to tell. */
	if (sk_locked_stream(c, "Current User", &user, &p, &n) || user == SK_CFB_NONE || n < 20 ||
	    sk_locked_stream(c, "PowerPoint Document", &entry, &x.doc, &x.n) ||
	    entry == SK_CFB_NONE)
		return 0;
	struct sk_reader r = sk_reader(sk_slice(p, n));
	sk_read_skip(&r, 12);
	bool told = sk_read_u32le(&r) == TOKEN_ENCRYPTED;
	uint32_t edit_at = sk_read_u32le(&r);
	bool found = read_edit(&x, edit_at, &e) && e.has_session;
	if (!told && (!found || e.session == 0))
		return 0;
	x.session = e.session;
	x.left = 4 * (uint64_t)x.n;
	x.seen = sk_arena_alloc(job->arena, IDS / 8);
	int rc = x.seen == NULL ? SK_ENOMEM : found ? find_session(&x, &e) : SK_EFORMAT;
	if (rc == 0)
		rc = sk_locked_copy(c, &x.copy);
	if (rc == 0)
		rc = open_document(&x, entry, edit_at);
	put_u32(p + 12, TOKEN_PLAIN);
	if (rc == 0)
		rc = sk_cfb_patch(c, user, sk_slice(p, n), x.copy);
	if (rc == 0) {
		rename_summary(&x);
		*plain = sk_slice(x.copy, c->in.n);
	}
	explicit_bzero(&x.rc4, sizeof(x.rc4));
	return rc;
}
