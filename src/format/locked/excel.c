/*
 * Protected Excel files ([MS-XLS] 2.2.10): the record FilePass near the beginning of the workbook stream says how; the contents of all
 * records but a few are encrypted, their headers are not but count. Pivot tables keep records of the same kind in streams of their own.
 * Cleaner's jail.
 */
#include "format/locked/rc4.h"

#define BLOCK 1024U
#define LOOK 4096U
#define RECORDS_MAX 64

#define FILE_PASS 0x002FU
#define BOUND_SHEET 0x0085U
#define BOF_8 0x0809U

struct excel {
	struct sk_job *job;
	struct sk_cfb *c;
	struct sk_rc4 rc4;
	struct sk_xor xor ;
	bool by_xor;
	uint8_t *copy;
};

/* BOF of all versions, FilePass, UsrExcl, FileLock, InterfaceHdr, RRDInfo, RRDHead. */
static bool is_plain(uint16_t record)
{
	static const uint16_t list[] = {
	    0x0009, 0x0209, 0x0409, BOF_8, FILE_PASS, 0x0194, 0x0195, 0x00E1, 0x0196, 0x0138};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i] == record)
			return true;
	return false;
}

static void undo(
    struct excel *x, struct sk_rc4_stream *s, uint8_t *p, size_t at, size_t n, size_t record)
{
	if (!x->by_xor) {
		sk_rc4_next(s, p + at, n);
		return;
	}
	for (size_t i = at; i < at + n; i++) {
		uint8_t b = p[i] ^ x->xor.pad[(i + record) & 15];
		p[i] = (uint8_t)(b << 3 | b >> 5);
	}
}

static uint16_t u16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

/* Header by header, each record's length as it is stored; what is cut off at the end ends with the stream. */
static void undo_records(struct excel *x, uint8_t *p, size_t size)
{
	struct sk_rc4_stream s;

	sk_rc4_begin(&s, &x->rc4, BLOCK, 0);
	for (size_t at = 0; at + 4 <= size;) {
		uint16_t kind = u16(p + at);
		size_t n = u16(p + at + 2), keep = 0;
		at += 4;
		if (n > size - at)
			n = size - at;
		if (is_plain(kind))
			keep = n;
		else if (kind == BOUND_SHEET)
			keep = n < 4 ? n : 4; /* where the sheet stands */
		if (!x->by_xor)
			sk_rc4_next(&s, NULL, 4 + keep);
		undo(x, &s, p, at + keep, n - keep, n);
		if (kind == FILE_PASS)
			memset(p + at - 4, 0, 2), memset(p + at, 0, n);
		at += n;
	}
	explicit_bzero(&s, sizeof(s));
}

static int open_stream(struct excel *x, uint32_t entry)
{
	struct sk_slice s;
	int rc = sk_cfb_read(x->c, entry, x->c->in.n, &s);

	if (rc)
		return rc;
	undo_records(x, (uint8_t *)(uintptr_t)s.p, s.n); /* the copy that the reader made */
	return sk_cfb_patch(x->c, entry, s, x->copy);
}

static int open_pivots(struct excel *x)
{
	uint32_t storage = sk_cfb_find(x->c, SK_CFB_ROOT, "_SX_DB_CUR");
	int rc = 0;

	for (uint32_t i = 1; storage != SK_CFB_NONE && i < x->c->n && rc == 0; i++)
		if (x->c->entries[i].parent == storage && x->c->entries[i].kind == 2)
			rc = open_stream(x, i);
	return rc;
}

/* FilePass, or empty. The record is one of the first; before Excel 97 it holds the key alone. */
static struct sk_slice find_pass(struct sk_slice book, bool *old)
{
	struct sk_reader r = sk_reader(book);

	for (int i = 0; i < RECORDS_MAX && sk_read_left(&r) >= 4; i++) {
		uint16_t kind = sk_read_u16le(&r), n = sk_read_u16le(&r);
		struct sk_slice body = sk_read_slice(&r, n);
		struct sk_reader b = sk_reader(body);
		if (i == 0)
			*old = kind != BOF_8 || sk_read_u16le(&b) != 0x0600;
		if (kind == FILE_PASS && !r.bad)
			return body;
	}
	return sk_slice("", 0);
}

static int read_key(struct excel *x, struct sk_slice pass, bool old)
{
	struct sk_reader r = sk_reader(pass);
	uint16_t kind = old ? 0 : sk_read_u16le(&r);
	int rc = 0;

	x->by_xor = kind == 0;
	if (x->by_xor) {
		x->xor.key = sk_read_u16le(&r);
		x->xor.verifier = sk_read_u16le(&r);
		if (r.bad)
			return SK_EFORMAT;
		return sk_locked_try(x->job, true, sk_xor_try, &x->xor);
	}
	if (kind != 1)
		return sk_locked_unknown(x->job, "its kind");
	rc = sk_rc4_read(x->job, sk_read_slice(&r, sk_read_left(&r)), &x->rc4);
	return rc ? rc : sk_locked_try(x->job, true, sk_rc4_try, &x->rc4);
}

int sk_locked_excel(struct sk_job *job, struct sk_cfb *c, struct sk_slice *plain)
{
	struct excel x = {.job = job, .c = c};
	uint32_t book = sk_cfb_find(c, SK_CFB_ROOT, "Workbook");
	struct sk_slice head;
	bool old = false;

	if (book == SK_CFB_NONE)
		book = sk_cfb_find(c, SK_CFB_ROOT, "Book");
	if (sk_cfb_read(c, book, LOOK, &head))
		return 0; /* the converter's to tell */
	struct sk_slice pass = find_pass(head, &old);
	if (pass.n == 0)
		return 0;
	int rc = read_key(&x, pass, old);
	if (rc == 0)
		rc = sk_locked_copy(c, &x.copy);
	if (rc == 0)
		rc = open_stream(&x, book);
	if (rc == 0)
		rc = open_pivots(&x);
	if (rc == 0)
		*plain = sk_slice(x.copy, c->in.n);
	explicit_bzero(&x, sizeof(x));
	return rc;
}
