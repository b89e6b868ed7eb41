/*
 * The old cipher: three 32-bit keys, 12 bytes before the data, the last of which must be the upper byte of the CRC, or of
 * the time where the CRC comes later (APPNOTE 6.1). AES: extra field 0x9901 (version, "AE", strength, method), then salt, two
 * bytes to check the password, the data in counter mode with a counter that is little-endian and starts at 1, and ten bytes
 * of HMAC-SHA1 over the encrypted data; keys by PBKDF2-HMAC-SHA1 of 1,000 rounds. AE-2 has no CRC. Cleaner's jail.
 */
#include "container/zip-crypt.h"

#include <nettle/aes.h>
#include <nettle/hmac.h>
#include <nettle/pbkdf2.h>
#include <zlib.h>

#include "container/crypt.h"

#define OLD_HEADER 12U
#define AES_ROUNDS 1000U
#define AES_CHECK 2U
#define AES_MAC 10U
#define METHOD_AES 99

#define FLAG_ENCRYPTED 0x0001U
#define FLAG_DESCRIPTOR 0x0008U
#define FLAG_STRONG 0x0040U
#define FLAG_MASKED 0x2000U

struct aes_field {
	uint16_t version;
	uint8_t strength; /* 1, 2, 3: 128, 192, 256 bits */
	uint16_t method;
};

static bool read_field(const struct sk_zip_member *m, struct aes_field *f)
{
	struct sk_reader r = sk_reader(m->aes);

	f->version = sk_read_u16le(&r);
	struct sk_slice vendor = sk_read_slice(&r, 2);
	f->strength = sk_read_u8(&r);
	f->method = sk_read_u16le(&r);
	return !r.bad && (f->version == 1 || f->version == 2) && sk_slice_is(vendor, "AE") &&
	       f->strength >= 1 && f->strength <= 3;
}

static size_t key_bytes(const struct aes_field *f)
{
	return 8 + 8 * (size_t)f->strength;
}

static size_t salt_bytes(const struct aes_field *f)
{
	return key_bytes(f) / 2;
}

size_t sk_zip_crypt_overhead(const struct sk_zip_member *m)
{
	struct aes_field f;

	if (m->flags & (FLAG_STRONG | FLAG_MASKED) || !(m->flags & FLAG_ENCRYPTED))
		return SIZE_MAX;
	if (m->method != METHOD_AES)
		return OLD_HEADER;
	return read_field(m, &f) ? salt_bytes(&f) + AES_CHECK + AES_MAC : SIZE_MAX;
}

uint16_t sk_zip_crypt_method(const struct sk_zip_member *m)
{
	struct aes_field f;

	return m->method == METHOD_AES && read_field(m, &f) ? f.method : m->method;
}

/* The key for cipher and authentication, and the check: so many blocks of SHA-1. */
static size_t derived_bytes(const struct aes_field *f)
{
	return 2 * key_bytes(f) + AES_CHECK;
}

uint32_t sk_zip_crypt_rounds(const struct sk_zip_member *m)
{
	struct aes_field f;

	if (m->method != METHOD_AES || !read_field(m, &f))
		return 1;
	return AES_ROUNDS *
	       (uint32_t)((derived_bytes(&f) + SHA1_DIGEST_SIZE - 1) / SHA1_DIGEST_SIZE);
}

/* --- the old cipher --- */

static void old_update(uint32_t k[3], uint8_t byte)
{
	const z_crc_t *table = get_crc_table();

	k[0] = (uint32_t)table[(k[0] ^ byte) & 0xFF] ^ k[0] >> 8;
	k[1] = (k[1] + (k[0] & 0xFF)) * 134775813U + 1;
	k[2] = (uint32_t)table[(k[2] ^ k[1] >> 24) & 0xFF] ^ k[2] >> 8;
}

static uint8_t old_decrypt(uint32_t k[3], uint8_t byte)
{
	uint32_t t = (k[2] | 2) & 0xFFFF;

	byte ^= (uint8_t)((t * (t ^ 1)) >> 8);
	old_update(k, byte);
	return byte;
}

static int open_old(struct sk_arena *a, const struct sk_zip_member *m, struct sk_slice password,
    struct sk_zip_member *plain)
{
	uint32_t k[3] = {0x12345678, 0x23456789, 0x34567890};
	uint8_t last = 0;

	if (m->data.n < OLD_HEADER)
		return SK_EFORMAT;
	for (size_t i = 0; i < password.n; i++)
		old_update(k, password.p[i]);
	for (size_t i = 0; i < OLD_HEADER; i++)
		last = old_decrypt(k, m->data.p[i]);
	bool fits = last == m->crc >> 24 || (m->flags & FLAG_DESCRIPTOR && last == m->time >> 8);
	struct sk_slice body = sk_slice_sub(m->data, OLD_HEADER, m->data.n);
	uint8_t *p = fits ? sk_arena_alloc(a, body.n) : NULL;
	if (p == NULL)
		return fits ? SK_ENOMEM : SK_EREFUSED;
	for (size_t i = 0; i < body.n; i++)
		p[i] = old_decrypt(k, body.p[i]);
	plain->data = sk_slice(p, body.n);
	return 0;
}

/* --- AES --- */

union aes {
	struct aes128_ctx k128;
	struct aes192_ctx k192;
	struct aes256_ctx k256;
};

static void aes_key(union aes *c, unsigned strength, const uint8_t *key)
{
	if (strength == 1)
		aes128_set_encrypt_key(&c->k128, key);
	else if (strength == 2)
		aes192_set_encrypt_key(&c->k192, key);
	else
		aes256_set_encrypt_key(&c->k256, key);
}

static void aes_block(
    const union aes *c, unsigned strength, size_t n, uint8_t *to, const uint8_t *from)
{
	if (strength == 1)
		aes128_encrypt(&c->k128, n, to, from);
	else if (strength == 2)
		aes192_encrypt(&c->k192, n, to, from);
	else
		aes256_encrypt(&c->k256, n, to, from);
}

static void counter_mode(const union aes *c, unsigned strength, struct sk_slice in, uint8_t *to)
{
	uint8_t pad[16 * AES_BLOCK_SIZE];
	uint64_t counter = 1;

	for (size_t at = 0; at < in.n; at += sizeof(pad)) {
		memset(pad, 0, sizeof(pad));
		for (size_t b = 0; b < sizeof(pad); b += AES_BLOCK_SIZE, counter++)
			for (unsigned i = 0; i < 8; i++)
				pad[b + i] = (uint8_t)(counter >> (8 * i));
		aes_block(c, strength, sizeof(pad), pad, pad);
		struct sk_slice part = sk_slice_sub(in, at, sizeof(pad));
		for (size_t i = 0; i < part.n; i++)
			to[at + i] = part.p[i] ^ pad[i];
	}
}

static bool is_authentic(struct sk_slice body, struct sk_slice mac, const uint8_t *key, size_t n)
{
	struct hmac_sha1_ctx h;
	uint8_t sum[AES_MAC];

	hmac_sha1_set_key(&h, n, key);
	hmac_sha1_update(&h, body.n, body.p);
	hmac_sha1_digest(&h, sizeof(sum), sum);
	explicit_bzero(&h, sizeof(h));
	return sk_crypt_same(sum, mac.p, sizeof(sum));
}

static int open_aes(struct sk_arena *a, const struct sk_zip_member *m, const struct aes_field *f,
    struct sk_slice password, struct sk_zip_member *plain)
{
	size_t key = key_bytes(f), salt = salt_bytes(f), over = salt + AES_CHECK + AES_MAC;
	uint8_t keys[2 * 32 + AES_CHECK];
	union aes c;

	if (m->data.n < over)
		return SK_EFORMAT;
	struct sk_slice body = sk_slice_sub(m->data, salt + AES_CHECK, m->data.n - over);
	pbkdf2_hmac_sha1(
	    password.n, password.p, AES_ROUNDS, salt, m->data.p, derived_bytes(f), keys);
	int rc = sk_crypt_same(keys + 2 * key, m->data.p + salt, AES_CHECK) ? 0 : SK_EREFUSED;
	if (rc == 0 && !is_authentic(body, sk_slice_sub(m->data, m->data.n - AES_MAC, AES_MAC),
			   keys + key, key))
		rc = SK_EFORMAT;
	uint8_t *p = rc ? NULL : sk_arena_alloc(a, body.n);
	if (p) {
		aes_key(&c, f->strength, keys);
		counter_mode(&c, f->strength, body, p);
		explicit_bzero(&c, sizeof(c));
		plain->data = sk_slice(p, body.n);
	}
	explicit_bzero(keys, sizeof(keys));
	return rc ? rc : p ? 0 : SK_ENOMEM;
}

int sk_zip_decrypt(struct sk_arena *a, const struct sk_zip_member *m, struct sk_slice password,
    struct sk_zip_member *plain)
{
	struct aes_field f = {0};

	if (sk_zip_crypt_overhead(m) == SIZE_MAX)
		return SK_EUNSUPPORTED;
	bool aes = m->method == METHOD_AES && read_field(m, &f);
	struct sk_zip_member open = *m;
	int rc = aes ? open_aes(a, m, &f, password, &open) : open_old(a, m, password, &open);
	if (rc)
		return rc;
	open.encrypted = false;
	open.flags = 0;
	open.method = sk_zip_crypt_method(m);
	open.packed_size = open.data.n;
	open.no_crc = aes && f.version == 2;
	*plain = open;
	return 0;
}
