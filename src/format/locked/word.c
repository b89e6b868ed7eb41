/*
 * Protected Word files ([MS-DOC] 2.2.6): flags and key in the first 68 bytes of the main stream, which stay plain; the main stream, the
 * table stream and Data are encrypted in blocks of 512 bytes. Word 6 and 95 have the main stream alone and know obfuscation only.
 * Cleaner's jail.
 */
#include "format/locked/rc4.h"

#define BLOCK 512U
#define FIB_PLAIN 68U
#define FIB_PLAIN_95 52U
#define FIB_8 0x00C1U   /* nFib of Word 97; smaller before it */
#define ENCRYPTED 0x01U /* of the second byte of flags */
#define TABLE_1 0x02U
#define OBFUSCATED 0x80U

struct word {
	struct sk_job *job;
	struct sk_cfb *c;
	struct sk_rc4 rc4;
	struct sk_xor xor ;
	bool by_xor;
	uint8_t *copy;
};

static void undo_xor(const struct sk_xor *x, uint8_t *p, size_t from, size_t n)
{
	for (size_t i = from; i < n; i++) {
		uint8_t b = p[i] ^ x->pad[i & 15];
		/* Zero, and what would become zero, stays. */
		if (p[i] && b)
			p[i] = b;
	}
}

static int open_stream(struct word *w, const char *name, size_t plain)
{
	struct sk_rc4_stream s;
	uint32_t entry;
	uint8_t *p;
	size_t n;
	int rc = sk_locked_stream(w->c, name, &entry, &p, &n);

	if (rc || n <= plain)
		return rc;
	if (w->by_xor) {
		undo_xor(&w->xor, p, plain, n);
	} else {
		sk_rc4_begin(&s, &w->rc4, BLOCK, 0);
		sk_rc4_next(&s, NULL, plain);
		sk_rc4_next(&s, p + plain, n - plain);
		explicit_bzero(&s, sizeof(s));
	}
	if (strcmp(name, "WordDocument") == 0) {
		p[11] &= (uint8_t) ~(ENCRYPTED | OBFUSCATED);
		memset(p + 14, 0, 4);
	}
	return sk_cfb_patch(w->c, entry, sk_slice(p, n), w->copy);
}

static int open_streams(struct word *w, const char *table, bool old)
{
	int rc = open_stream(w, "WordDocument", old ? FIB_PLAIN_95 : FIB_PLAIN);

	if (rc == 0 && !old)
		rc = open_stream(w, table, 0);
	if (rc == 0 && !old)
		rc = open_stream(w, "Data", 0);
	return rc;
}

static int read_key(struct word *w, const char *table, uint32_t key)
{
	uint32_t entry = sk_cfb_find(w->c, SK_CFB_ROOT, table);
	struct sk_slice header;

	if (w->by_xor) {
		w->xor.verifier = (uint16_t)key;
		w->xor.key = (uint16_t)(key >> 16);
		return sk_locked_try(w->job, true, sk_xor_try, &w->xor);
	}
	int rc = sk_cfb_read(w->c, entry, key, &header);
	if (rc == 0)
		rc = sk_rc4_read(w->job, header, &w->rc4);
	return rc ? rc : sk_locked_try(w->job, true, sk_rc4_try, &w->rc4);
}

int sk_locked_word(struct sk_job *job, struct sk_cfb *c, struct sk_slice *plain)
{
	struct word w = {.job = job, .c = c};
	struct sk_slice fib;

	/* What cannot be read is the converter's to tell. */
	if (sk_cfb_read(c, sk_cfb_find(c, SK_CFB_ROOT, "WordDocument"), FIB_PLAIN, &fib))
		return 0;
	struct sk_reader r = sk_reader(fib);
	sk_read_skip(&r, 2);
	bool old = sk_read_u16le(&r) < FIB_8;
	sk_read_skip(&r, 7);
	uint8_t flags = sk_read_u8(&r);
	sk_read_skip(&r, 2);
	uint32_t key = sk_read_u32le(&r);
	if (r.bad || !(flags & ENCRYPTED))
		return 0;
	const char *table = flags & TABLE_1 ? "1Table" : "0Table";
	w.by_xor = old || flags & OBFUSCATED;
	int rc = read_key(&w, table, key);
	if (rc == 0)
		rc = sk_locked_copy(c, &w.copy);
	if (rc == 0)
		rc = open_streams(&w, table, old);
	if (rc == 0)
		*plain = sk_slice(w.copy, c->in.n);
	explicit_bzero(&w, sizeof(w));
	return rc;
}
