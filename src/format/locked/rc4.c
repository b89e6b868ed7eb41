/* Keys of old Office files. Cleaner's jail. */
#include "format/locked/rc4.h"

#include <nettle/md5.h>

#include "base/utf8.h"
#include "container/crypt.h"

#define ALG_RC4 0x6801U
#define ALG_SHA1 0x8004U
#define FLAG_CRYPTOAPI 0x04U
#define SHORT_BYTES 5U
#define XOR_LONGEST 15U

static int read_api(struct sk_job *job, struct sk_reader *r, struct sk_rc4 *k)
{
	sk_read_skip(r, 4);
	uint32_t size = sk_read_u32le(r);
	struct sk_reader h = sk_reader(sk_read_slice(r, size));
	uint32_t flags = sk_read_u32le(&h);
	sk_read_skip(&h, 4);
	uint32_t cipher = sk_read_u32le(&h), hash = sk_read_u32le(&h), bits = sk_read_u32le(&h);
	uint32_t salt = sk_read_u32le(r);
	k->salt = sk_read_slice(r, 16);
	k->verifier = sk_read_slice(r, 16);
	uint32_t hash_size = sk_read_u32le(r);
	k->verifier_hash = sk_read_slice(r, SHA1_DIGEST_SIZE);
	if (r->bad || h.bad || salt != 16 || hash_size != SHA1_DIGEST_SIZE)
		return SK_EFORMAT;
	/* Zero stands for RC4, SHA-1, 40 bits. */
	if (!(flags & FLAG_CRYPTOAPI) || (cipher && cipher != ALG_RC4) ||
	    (hash && hash != ALG_SHA1))
		return sk_locked_unknown(job, "its algorithms");
	k->api = true;
	k->key_bytes = bits ? bits / 8 : SHORT_BYTES;
	return k->key_bytes >= SHORT_BYTES && k->key_bytes <= 16 && bits % 8 == 0 ? 0 : SK_EFORMAT;
}

int sk_rc4_read(struct sk_job *job, struct sk_slice header, struct sk_rc4 *k)
{
	struct sk_reader r = sk_reader(header);
	uint16_t major = sk_read_u16le(&r), minor = sk_read_u16le(&r);

	*k = (struct sk_rc4){0};
	if (major >= 2 && major <= 4 && minor == 2)
		return read_api(job, &r, k);
	if (!r.bad && (major != 1 || minor != 1))
		return sk_locked_unknown(job, "its version");
	k->salt = sk_read_slice(&r, 16);
	k->verifier = sk_read_slice(&r, 16);
	k->verifier_hash = sk_read_slice(&r, MD5_DIGEST_SIZE);
	return r.bad ? SK_EFORMAT : 0;
}

static void md5_of(struct sk_slice a, struct sk_slice b, unsigned times, uint8_t *to)
{
	struct md5_ctx c;

	md5_init(&c);
	for (unsigned i = 0; i < times; i++) {
		md5_update(&c, a.n, a.p);
		md5_update(&c, b.n, b.p);
	}
	md5_digest(&c, MD5_DIGEST_SIZE, to);
	explicit_bzero(&c, sizeof(c));
}

static void sha1_of(struct sk_slice a, struct sk_slice b, uint8_t *to)
{
	struct sha1_ctx c;

	sha1_init(&c);
	sha1_update(&c, a.n, a.p);
	sha1_update(&c, b.n, b.p);
	sha1_digest(&c, SHA1_DIGEST_SIZE, to);
	explicit_bzero(&c, sizeof(c));
}

static void set_block_key(struct sk_rc4_stream *s)
{
	const struct sk_rc4 *k = s->key;
	uint8_t number[4], key[SHA1_DIGEST_SIZE];

	for (unsigned i = 0; i < 4; i++)
		number[i] = (uint8_t)(s->number >> (8 * i));
	if (k->api) {
		sha1_of(sk_slice(k->base, SHA1_DIGEST_SIZE), sk_slice(number, 4), key);
		if (k->key_bytes == SHORT_BYTES)
			memset(key + SHORT_BYTES, 0, 16 - SHORT_BYTES);
	} else {
		md5_of(sk_slice(k->base, SHORT_BYTES), sk_slice(number, 4), 1, key);
	}
	arcfour_set_key(&s->c, k->api && k->key_bytes > SHORT_BYTES ? k->key_bytes : 16, key);
	explicit_bzero(key, sizeof(key));
	s->number++;
	s->left = s->block ? s->block : SIZE_MAX;
}

void sk_rc4_begin(struct sk_rc4_stream *s, const struct sk_rc4 *k, size_t block, uint32_t number)
{
	*s = (struct sk_rc4_stream){.key = k, .block = block, .number = number};
	set_block_key(s);
}

void sk_rc4_next(struct sk_rc4_stream *s, uint8_t *p, size_t n)
{
	uint8_t nothing[256] = {0};

	while (n) {
		if (s->left == 0)
			set_block_key(s);
		size_t part = n < s->left ? n : s->left;
		if (p == NULL && part > sizeof(nothing))
			part = sizeof(nothing);
		arcfour_crypt(&s->c, part, p ? p : nothing, p ? p : nothing);
		p = p ? p + part : NULL;
		n -= part;
		s->left -= part;
	}
}

/* The verifier is 16 bytes, its hash lies behind it under the same key. */
static bool verifies(const struct sk_rc4 *k)
{
	uint8_t verifier[16], want[SHA1_DIGEST_SIZE], got[SHA1_DIGEST_SIZE];
	struct sk_rc4_stream s;

	memcpy(verifier, k->verifier.p, sizeof(verifier));
	memcpy(want, k->verifier_hash.p, k->verifier_hash.n);
	sk_rc4_begin(&s, k, 0, 0);
	sk_rc4_next(&s, verifier, sizeof(verifier));
	sk_rc4_next(&s, want, k->verifier_hash.n);
	if (k->api)
		sha1_of(sk_slice(verifier, sizeof(verifier)), sk_slice("", 0), got);
	else
		md5_of(sk_slice(verifier, sizeof(verifier)), sk_slice("", 0), 1, got);
	return sk_crypt_same(got, want, k->verifier_hash.n);
}

int sk_rc4_try(struct sk_job *job, void *ctx, const char *password)
{
	struct sk_rc4 *k = ctx;
	struct sk_slice text;
	int rc = sk_job_rounds(job, 1);

	if (rc == 0)
		rc = sk_password_utf16(job->arena, password, &text);
	if (rc)
		return rc == SK_EFORMAT ? SK_EREFUSED : rc;
	if (k->api) {
		sha1_of(k->salt, text, k->base);
	} else {
		uint8_t h[MD5_DIGEST_SIZE];
		md5_of(text, sk_slice("", 0), 1, h);
		md5_of(sk_slice(h, SHORT_BYTES), k->salt, 16, k->base);
		explicit_bzero(h, sizeof(h));
	}
	return verifies(k) ? 0 : SK_EREFUSED;
}

/* --- obfuscation: tables of 2.3.7.2 --- */

static const uint8_t fill[XOR_LONGEST] = {
    0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0x00, 0xBE, 0x0F, 0x00, 0xBF, 0x0F, 0x00};

static const uint16_t first_code[XOR_LONGEST] = {0xE1F0, 0x1D0F, 0xCC9C, 0x84C0, 0x110C, 0x0E10,
    0xF1CE, 0x313E, 0x1872, 0xE139, 0xD40F, 0x84F9, 0x280C, 0xA96A, 0x4EC3};

/* One for each of the seven bits of a character, the last character of the longest password last. */
static const uint16_t matrix[XOR_LONGEST * 7] = {0xAEFC, 0x4DD9, 0x9BB2, 0x2745, 0x4E8A, 0x9D14,
    0x2A09, 0x7B61, 0xF6C2, 0xFDA5, 0xEB6B, 0xC6F7, 0x9DCF, 0x2BBF, 0x4563, 0x8AC6, 0x05AD, 0x0B5A,
    0x16B4, 0x2D68, 0x5AD0, 0x0375, 0x06EA, 0x0DD4, 0x1BA8, 0x3750, 0x6EA0, 0xDD40, 0xD849, 0xA0B3,
    0x5147, 0xA28E, 0x553D, 0xAA7A, 0x44D5, 0x6F45, 0xDE8A, 0xAD35, 0x4A4B, 0x9496, 0x390D, 0x721A,
    0xEB23, 0xC667, 0x9CEF, 0x29FF, 0x53FE, 0xA7FC, 0x5FD9, 0x47D3, 0x8FA6, 0x0F6D, 0x1EDA, 0x3DB4,
    0x7B68, 0xF6D0, 0xB861, 0x60E3, 0xC1C6, 0x93AD, 0x377B, 0x6EF6, 0xDDEC, 0x45A0, 0x8B40, 0x06A1,
    0x0D42, 0x1A84, 0x3508, 0x6A10, 0xAA51, 0x4483, 0x8906, 0x022D, 0x045A, 0x08B4, 0x1168, 0x76B4,
    0xED68, 0xCAF1, 0x85C3, 0x1BA7, 0x374E, 0x6E9C, 0x3730, 0x6E60, 0xDCC0, 0xA9A1, 0x4363, 0x86C6,
    0x1DAD, 0x3331, 0x6662, 0xCCC4, 0x89A9, 0x0373, 0x06E6, 0x0DCC, 0x1021, 0x2042, 0x4084, 0x8108,
    0x1231, 0x2462, 0x48C4};

/* 2.3.7.1: from the last character to the first, then the length. */
static uint16_t xor_verifier(struct sk_slice pw)
{
	uint32_t v = 0;

	for (size_t i = pw.n + 1; i-- > 0;) {
		uint32_t byte = i ? pw.p[i - 1] : (uint32_t)pw.n;
		v = ((v >> 14 & 1) | (v << 1 & 0x7FFF)) ^ byte;
	}
	return (uint16_t)(v ^ 0xCE4B);
}

static uint16_t xor_key(struct sk_slice pw)
{
	uint16_t key = first_code[pw.n - 1];
	size_t at = sizeof(matrix) / sizeof(matrix[0]);

	for (size_t i = pw.n; i-- > 0;)
		for (unsigned bit = 7; bit-- > 0;)
			if (at--, pw.p[i] >> bit & 1)
				key ^= matrix[at];
	return key;
}

/* The password and what it is filled up with, under the two bytes of the key by turns, each turned right by one. */
static void xor_pad(struct sk_slice pw, uint16_t key, uint8_t pad[16])
{
	for (size_t i = 0; i < 16; i++) {
		uint8_t b = i < pw.n ? pw.p[i] : fill[i - pw.n];
		b ^= (uint8_t)(i & 1 ? key >> 8 : key);
		pad[i] = (uint8_t)(b >> 1 | b << 7);
	}
}

static bool xor_fits(struct sk_xor *x, struct sk_slice pw)
{
	pw = sk_slice_sub(pw, 0, XOR_LONGEST);
	if (pw.n == 0 || xor_verifier(pw) != x->verifier || xor_key(pw) != x->key)
		return false;
	xor_pad(pw, x->key, x->pad);
	return true;
}

/* Of each character the low byte, or the high one where the low one is zero (2.3.7.4). */
static struct sk_slice low_bytes(struct sk_arena *a, struct sk_slice utf16)
{
	uint8_t *p = sk_arena_alloc(a, utf16.n / 2);

	for (size_t i = 0; p && i < utf16.n / 2; i++)
		p[i] = utf16.p[2 * i] ? utf16.p[2 * i] : utf16.p[2 * i + 1];
	return sk_slice(p, p ? utf16.n / 2 : 0);
}

int sk_xor_try(struct sk_job *job, void *ctx, const char *password)
{
	struct sk_slice forms[SK_PASSWORD_FORMS], wide;
	struct sk_xor *x = ctx;
	unsigned n = sk_password_bytes(job->arena, password, forms);

	for (unsigned i = 0; i < n; i++)
		if (xor_fits(x, forms[i]))
			return 0;
	if (sk_password_utf16(job->arena, password, &wide) == 0 &&
	    xor_fits(x, low_bytes(job->arena, wide)))
		return 0;
	return n ? SK_EREFUSED : SK_ENOMEM;
}

/* --- streams --- */

int sk_locked_stream(struct sk_cfb *c, const char *name, uint32_t *entry, uint8_t **p, size_t *n)
{
	struct sk_slice s = sk_slice("", 0);
	int rc = 0;

	*entry = sk_cfb_find(c, SK_CFB_ROOT, name);
	if (*entry != SK_CFB_NONE)
		rc = sk_cfb_read(c, *entry, c->in.n, &s);
	if (rc)
		return rc;
	/* sk_cfb_read() has made a copy of its own. */
	*p = (uint8_t *)(uintptr_t)s.p;
	*n = s.n;
	return 0;
}

int sk_locked_copy(struct sk_cfb *c, uint8_t **copy)
{
	*copy = sk_arena_dup(c->arena, c->in.p, c->in.n);
	return *copy ? 0 : SK_ENOMEM;
}
