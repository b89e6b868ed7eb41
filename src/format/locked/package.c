/*
 * Encrypted packages of Office ([MS-OFFCRYPTO] 2.3.4): a compound file of two streams, EncryptionInfo and EncryptedPackage. Standard
 * encryption is AES in ECB mode with a key of 50,000 rounds of SHA-1; agile encryption says in XML what it uses, and its HMAC over
 * the encrypted package is checked before anything is deciphered. Cleaner's jail.
 */
#include <expat.h>
#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/cfb.h>
#include <nettle/hmac.h>
#include <nettle/nettle-meta.h>
#include <stdlib.h>

#include "container/crypt.h"
#include "format/locked/locked.h"

#define INFO_MAX ((size_t)1 << 20)
#define STANDARD_ROUNDS 50000U
#define SEGMENT 4096U
#define MAX_HASH 64U
#define MAX_KEY 32U
#define MAX_BLOCK 64U

/* What a <keyData> or an <encryptedKey> says (2.3.4.10). */
struct key_data {
	uint32_t salt_size, block, key_bytes, hash_size, rounds;
	const struct nettle_hash *hash;
	bool aes, cbc, cfb;
	struct sk_slice salt, input, value, key; /* verifier's input and hash, the package's key */
	struct sk_slice mac_key, mac;            /* of <dataIntegrity> */
	unsigned seen;
};

struct package {
	struct sk_slice body; /* EncryptedPackage behind its size */
	uint64_t size;
	bool agile;
	struct key_data data, password; /* standard: `password` alone */
	struct sk_slice verifier, verifier_hash;
	struct sk_slice *plain;
};

/* --- ciphers --- */

union aes {
	struct aes128_ctx k128;
	struct aes192_ctx k192;
	struct aes256_ctx k256;
};

struct cipher {
	union aes c;
	nettle_cipher_func *encrypt, *decrypt;
};

static void no_cipher(const void *ctx, size_t n, uint8_t *to, const uint8_t *from)
{
}

static void cipher_key(struct cipher *x, size_t bytes, const uint8_t *key, bool backwards)
{
	x->encrypt = x->decrypt = no_cipher;
	if (bytes == 16) {
		(backwards ? aes128_set_decrypt_key : aes128_set_encrypt_key)(&x->c.k128, key);
		x->encrypt = (nettle_cipher_func *)aes128_encrypt;
		x->decrypt = (nettle_cipher_func *)aes128_decrypt;
	} else if (bytes == 24) {
		(backwards ? aes192_set_decrypt_key : aes192_set_encrypt_key)(&x->c.k192, key);
		x->encrypt = (nettle_cipher_func *)aes192_encrypt;
		x->decrypt = (nettle_cipher_func *)aes192_decrypt;
	} else if (bytes == 32) {
		(backwards ? aes256_set_decrypt_key : aes256_set_encrypt_key)(&x->c.k256, key);
		x->encrypt = (nettle_cipher_func *)aes256_encrypt;
		x->decrypt = (nettle_cipher_func *)aes256_decrypt;
	}
}

/* Whole blocks in the mode of the file. */
static void decipher(const struct key_data *k, const uint8_t *key, const uint8_t iv[AES_BLOCK_SIZE],
    struct sk_slice in, uint8_t *to)
{
	uint8_t chain[AES_BLOCK_SIZE];
	struct cipher x;

	memcpy(chain, iv, sizeof(chain));
	cipher_key(&x, k->key_bytes, key, k->cbc);
	if (k->cbc)
		cbc_decrypt(&x.c, x.decrypt, AES_BLOCK_SIZE, chain, in.n, to, in.p);
	else
		cfb_decrypt(&x.c, x.encrypt, AES_BLOCK_SIZE, chain, in.n, to, in.p);
	explicit_bzero(&x, sizeof(x));
}

static void hash_two(const struct nettle_hash *h, struct sk_slice a, struct sk_slice b, uint8_t *to)
{
	union {
		struct sha1_ctx sha1;
		struct sha256_ctx sha256;
		struct sha512_ctx sha512;
	} c;

	h->init(&c);
	h->update(&c, a.n, a.p);
	h->update(&c, b.n, b.p);
	h->digest(&c, h->digest_size, to);
	explicit_bzero(&c, sizeof(c));
}

/* H(round, H(...H(salt, password))): the number before the hash, little-endian (2.3.4.7, 2.3.4.11). */
static int hash_password(
    struct sk_job *job, const struct key_data *k, const char *password, uint8_t *h)
{
	uint8_t step[4 + MAX_HASH];
	struct sk_slice text;
	int rc = sk_job_rounds(job, k->rounds);

	if (rc == 0)
		rc = sk_password_utf16(job->arena, password, &text);
	if (rc)
		return rc == SK_EFORMAT ? SK_EREFUSED : rc;
	hash_two(k->hash, k->salt, text, step + 4);
	for (uint32_t i = 0; i < k->rounds; i++) {
		for (unsigned b = 0; b < 4; b++)
			step[b] = (uint8_t)(i >> (8 * b));
		hash_two(k->hash, sk_slice(step, 4 + k->hash_size), sk_slice("", 0), step + 4);
	}
	memcpy(h, step + 4, k->hash_size);
	explicit_bzero(step, sizeof(step));
	return 0;
}

/* --- agile encryption (2.3.4.10 to 2.3.4.15) --- */

/* H(password hash, what the key is for), filled up with 0x36 or cut to the length of the key. */
static void block_key(
    const struct key_data *k, const uint8_t *hash, const char block[8], uint8_t *key)
{
	uint8_t h[MAX_HASH];

	hash_two(k->hash, sk_slice(hash, k->hash_size), sk_slice(block, 8), h);
	memset(key, 0x36, MAX_KEY);
	memcpy(key, h, k->hash_size < MAX_KEY ? k->hash_size : MAX_KEY);
	explicit_bzero(h, sizeof(h));
}

/* The salt as the first block of the chain, filled up with 0x36 or cut. */
static void salt_as_iv(const struct key_data *k, uint8_t iv[AES_BLOCK_SIZE])
{
	memset(iv, 0x36, AES_BLOCK_SIZE);
	memcpy(iv, k->salt.p, k->salt.n < AES_BLOCK_SIZE ? k->salt.n : AES_BLOCK_SIZE);
}

/* One of the three values under the password. */
static void open_value(const struct key_data *k, const uint8_t *hash, const char block[8],
    struct sk_slice in, uint8_t to[MAX_BLOCK])
{
	uint8_t key[MAX_KEY], iv[AES_BLOCK_SIZE];

	block_key(k, hash, block, key);
	salt_as_iv(k, iv);
	decipher(k, key, iv, in, to);
	explicit_bzero(key, sizeof(key));
}

/* The chain of something numbered, or named, in the package begins with H(salt, its number). */
static void numbered_iv(
    const struct key_data *k, struct sk_slice number, uint8_t iv[AES_BLOCK_SIZE])
{
	uint8_t h[MAX_HASH];

	memset(iv, 0x36, AES_BLOCK_SIZE);
	hash_two(k->hash, k->salt, number, h);
	memcpy(iv, h, AES_BLOCK_SIZE);
}

/* 2.3.4.14: the HMAC is over the whole stream, its size included. */
static bool is_whole(const struct package *p, const uint8_t *key)
{
	const struct key_data *d = &p->data;
	uint8_t iv[AES_BLOCK_SIZE], mac_key[MAX_BLOCK], mac[MAX_BLOCK], sum[MAX_HASH];
	struct sk_slice stream = sk_slice(p->body.p - 8, p->body.n + 8);
	union {
		struct hmac_sha1_ctx sha1;
		struct hmac_sha256_ctx sha256;
		struct hmac_sha512_ctx sha512;
	} h;

	numbered_iv(d, SK_SLICE_LIT("\x5f\xb2\xad\x01\x0c\xb9\xe1\xf6"), iv);
	decipher(d, key, iv, d->mac_key, mac_key);
	numbered_iv(d, SK_SLICE_LIT("\xa0\x67\x7f\x02\xb2\x2c\x84\x33"), iv);
	decipher(d, key, iv, d->mac, mac);
	size_t n = d->hash_size;
	if (d->hash == &nettle_sha1) {
		hmac_sha1_set_key(&h.sha1, n, mac_key);
		hmac_sha1_update(&h.sha1, stream.n, stream.p);
		hmac_sha1_digest(&h.sha1, n, sum);
	} else if (d->hash == &nettle_sha256) {
		hmac_sha256_set_key(&h.sha256, n, mac_key);
		hmac_sha256_update(&h.sha256, stream.n, stream.p);
		hmac_sha256_digest(&h.sha256, n, sum);
	} else if (d->hash == &nettle_sha384) {
		hmac_sha384_set_key(&h.sha512, n, mac_key);
		hmac_sha384_update(&h.sha512, stream.n, stream.p);
		hmac_sha384_digest(&h.sha512, n, sum);
	} else {
		hmac_sha512_set_key(&h.sha512, n, mac_key);
		hmac_sha512_update(&h.sha512, stream.n, stream.p);
		hmac_sha512_digest(&h.sha512, n, sum);
	}
	return sk_crypt_same(sum, mac, n);
}

/* Segments of 4,096 bytes, each with a chain of its own; the last one is filled up to whole blocks. */
static int open_segments(struct sk_job *job, struct package *p, const uint8_t *key)
{
	uint8_t *to = sk_arena_alloc(job->arena, p->body.n);
	uint8_t number[4], iv[AES_BLOCK_SIZE];
	struct sk_slice body = sk_slice_sub(p->body, 0, p->body.n & ~(size_t)(AES_BLOCK_SIZE - 1));

	if (to == NULL)
		return SK_ENOMEM;
	for (size_t at = 0; at < body.n; at += SEGMENT) {
		for (unsigned b = 0; b < 4; b++)
			number[b] = (uint8_t)(at / SEGMENT >> (8 * b));
		numbered_iv(&p->data, sk_slice(number, 4), iv);
		decipher(&p->data, key, iv, sk_slice_sub(body, at, SEGMENT), to + at);
	}
	if (p->size > body.n)
		return SK_EFORMAT;
	*p->plain = sk_slice(to, (size_t)p->size);
	return 0;
}

static int try_agile(struct sk_job *job, void *ctx, const char *password)
{
	struct package *p = ctx;
	const struct key_data *k = &p->password;
	uint8_t hash[MAX_HASH], input[MAX_BLOCK], want[MAX_BLOCK], got[MAX_HASH], key[MAX_BLOCK];
	int rc = hash_password(job, k, password, hash);

	if (rc)
		return rc;
	open_value(k, hash, "\xfe\xa7\xd2\x76\x3b\x4b\x9e\x79", k->input, input);
	open_value(k, hash, "\xd7\xaa\x0f\x6d\x30\x61\x34\x4e", k->value, want);
	hash_two(k->hash, sk_slice(input, k->salt_size), sk_slice("", 0), got);
	if (!sk_crypt_same(got, want, k->hash_size))
		return SK_EREFUSED;
	open_value(k, hash, "\x14\x6e\x0b\xe7\xab\xac\xd0\xd6", k->key, key);
	if (!is_whole(p, key))
		return sk_job_refuse(job, SK_REASON_DAMAGED,
		    "the encrypted document was changed after it was saved");
	rc = open_segments(job, p, key);
	explicit_bzero(hash, sizeof(hash));
	explicit_bzero(key, sizeof(key));
	return rc;
}

/* --- the XML of agile encryption --- */

static const struct nettle_hash *hash_of(const char *name)
{
	static const struct {
		const char *name;
		const struct nettle_hash *hash;
	} known[] = {{"SHA1", &nettle_sha1}, {"SHA-1", &nettle_sha1}, {"SHA256", &nettle_sha256},
	    {"SHA-256", &nettle_sha256}, {"SHA384", &nettle_sha384}, {"SHA-384", &nettle_sha384},
	    {"SHA512", &nettle_sha512}, {"SHA-512", &nettle_sha512}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i].name) == 0)
			return known[i].hash;
	return NULL;
}

static uint32_t number(const char *text)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	return *text < '0' || *text > '9' || *end || v > UINT32_MAX ? UINT32_MAX : (uint32_t)v;
}

static void set_number(struct key_data *k, const char *name, const char *value)
{
	if (strcmp(name, "saltSize") == 0)
		k->salt_size = number(value);
	else if (strcmp(name, "blockSize") == 0)
		k->block = number(value);
	else if (strcmp(name, "keyBits") == 0)
		k->key_bytes = number(value) / 8;
	else if (strcmp(name, "hashSize") == 0)
		k->hash_size = number(value);
	else if (strcmp(name, "spinCount") == 0)
		k->rounds = number(value);
	else if (strcmp(name, "hashAlgorithm") == 0)
		k->hash = hash_of(value);
	else if (strcmp(name, "cipherAlgorithm") == 0)
		k->aes = strcmp(value, "AES") == 0;
	else if (strcmp(name, "cipherChaining") == 0) {
		k->cbc = strcmp(value, "ChainingModeCBC") == 0;
		k->cfb = strcmp(value, "ChainingModeCFB") == 0;
	}
}

static void set_bytes(struct sk_arena *a, struct key_data *k, const char *name, const char *value)
{
	static const struct {
		const char *name;
		size_t at;
	} known[] = {{"saltValue", offsetof(struct key_data, salt)},
	    {"encryptedVerifierHashInput", offsetof(struct key_data, input)},
	    {"encryptedVerifierHashValue", offsetof(struct key_data, value)},
	    {"encryptedKeyValue", offsetof(struct key_data, key)},
	    {"encryptedHmacKey", offsetof(struct key_data, mac_key)},
	    {"encryptedHmacValue", offsetof(struct key_data, mac)}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i].name) == 0)
			*(struct sk_slice *)(void *)((uint8_t *)k + known[i].at) =
			    sk_locked_base64(a, value);
}

struct reading {
	struct sk_arena *arena;
	struct package *p;
	XML_Parser parser;
};

#define AGILE "http://schemas.microsoft.com/office/2006/encryption"
#define AGILE_PASSWORD "http://schemas.microsoft.com/office/2006/keyEncryptor/password"

static void XMLCALL start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct reading *r = user;
	struct key_data *k = NULL;

	if (strcmp(name, AGILE "\nkeyData") == 0 || strcmp(name, AGILE "\ndataIntegrity") == 0)
		k = &r->p->data;
	else if (strcmp(name, AGILE_PASSWORD "\nencryptedKey") == 0)
		k = &r->p->password;
	if (k == NULL)
		return;
	k->seen++;
	for (; atts[0]; atts += 2) {
		set_number(k, atts[0], atts[1]);
		set_bytes(r->arena, k, atts[0], atts[1]);
	}
}

static void XMLCALL no_doctype(
    void *user, const XML_Char *a, const XML_Char *b, const XML_Char *c, int internal)
{
	struct reading *r = user;
	XML_StopParser(r->parser, XML_FALSE);
}

/* What this program can do, and where every length is what the algorithms give. */
static bool is_known(const struct key_data *k)
{
	return k->hash && k->hash_size == k->hash->digest_size && k->aes && (k->cbc || k->cfb) &&
	       k->block == AES_BLOCK_SIZE &&
	       (k->key_bytes == 16 || k->key_bytes == 24 || k->key_bytes == 32);
}

static bool is_value(struct sk_slice s, size_t least)
{
	return s.n >= least && s.n <= MAX_BLOCK && s.n % AES_BLOCK_SIZE == 0;
}

static bool is_complete(const struct package *p)
{
	const struct key_data *k = &p->password, *d = &p->data;

	return k->seen == 1 && d->seen == 2 && k->salt.n == k->salt_size &&
	       d->salt.n == d->salt_size && k->salt_size >= 1 && k->salt_size <= MAX_BLOCK &&
	       d->salt_size >= 1 && is_value(k->input, k->salt_size) &&
	       is_value(k->value, k->hash_size) && is_value(k->key, d->key_bytes) &&
	       is_value(d->mac_key, d->hash_size) && is_value(d->mac, d->hash_size);
}

static int read_agile(struct sk_job *job, struct sk_slice xml, struct package *p)
{
	struct reading r = {job->arena, p, XML_ParserCreateNS(NULL, '\n')};

	if (r.parser == NULL)
		return SK_ENOMEM;
	XML_SetUserData(r.parser, &r);
	XML_SetStartElementHandler(r.parser, start);
	XML_SetStartDoctypeDeclHandler(r.parser, no_doctype);
	bool good = XML_Parse(r.parser, (const char *)xml.p, (int)xml.n, 1) == XML_STATUS_OK;
	XML_ParserFree(r.parser);
	if (sk_arena_failed(job->arena))
		return SK_ENOMEM;
	if (good && p->password.seen == 0)
		return sk_locked_unknown(job, "without a password");
	if (good && (!is_known(&p->password) || !is_known(&p->data)))
		return sk_locked_unknown(job, "its algorithms");
	return good && is_complete(p) ? 0 : SK_EFORMAT;
}

/* --- standard encryption (2.3.4.5 to 2.3.4.9) --- */

#define FLAG_CRYPTOAPI 0x04U
#define FLAG_AES 0x20U
#define ALG_AES_128 0x660EU
#define ALG_SHA1 0x8004U

static int read_standard(struct sk_job *job, struct sk_reader *r, struct package *p)
{
	struct key_data *k = &p->password;

	sk_read_skip(r, 4); /* the flags stand in the header again */
	uint32_t header_size = sk_read_u32le(r);
	struct sk_reader h = sk_reader(sk_read_slice(r, header_size));
	uint32_t flags = sk_read_u32le(&h);
	sk_read_skip(&h, 4);
	uint32_t cipher = sk_read_u32le(&h), hash = sk_read_u32le(&h), bits = sk_read_u32le(&h);
	k->salt_size = sk_read_u32le(r);
	k->salt = sk_read_slice(r, 16);
	p->verifier = sk_read_slice(r, 16);
	uint32_t hash_size = sk_read_u32le(r);
	p->verifier_hash = sk_read_slice(r, 32);
	if (r->bad || h.bad)
		return SK_EFORMAT;
	if (!(flags & FLAG_CRYPTOAPI) || !(flags & FLAG_AES) || cipher < ALG_AES_128 ||
	    cipher > ALG_AES_128 + 2 || (hash && hash != ALG_SHA1))
		return sk_locked_unknown(job, "its algorithms");
	k->hash = &nettle_sha1;
	k->hash_size = SHA1_DIGEST_SIZE;
	k->rounds = STANDARD_ROUNDS;
	k->key_bytes = 16 + 8 * (cipher - ALG_AES_128);
	return k->salt_size == 16 && hash_size == SHA1_DIGEST_SIZE && bits == 8 * k->key_bytes
		   ? 0
		   : SK_EFORMAT;
}

/* 2.3.4.7: the key is cut from two hashes of the last one, with 0x36 and 0x5C. */
static void standard_key(const struct key_data *k, const uint8_t *hash, uint8_t key[2 * MAX_KEY])
{
	uint8_t last[SHA1_DIGEST_SIZE], pad[64];

	hash_two(k->hash, sk_slice(hash, k->hash_size), SK_SLICE_LIT("\0\0\0\0"), last);
	for (unsigned half = 0; half < 2; half++) {
		memset(pad, half ? 0x5C : 0x36, sizeof(pad));
		for (size_t i = 0; i < sizeof(last); i++)
			pad[i] ^= last[i];
		hash_two(k->hash, sk_slice(pad, sizeof(pad)), sk_slice("", 0),
		    key + (size_t)half * SHA1_DIGEST_SIZE);
	}
	explicit_bzero(last, sizeof(last));
	explicit_bzero(pad, sizeof(pad));
}

static int open_standard(struct sk_job *job, struct package *p, const struct cipher *x)
{
	size_t n = p->body.n & ~(size_t)(AES_BLOCK_SIZE - 1);
	uint8_t *to = sk_arena_alloc(job->arena, n);

	if (to == NULL)
		return SK_ENOMEM;
	x->decrypt(&x->c, n, to, p->body.p);
	if (p->size > n)
		return SK_EFORMAT;
	*p->plain = sk_slice(to, (size_t)p->size);
	return 0;
}

static int try_standard(struct sk_job *job, void *ctx, const char *password)
{
	struct package *p = ctx;
	uint8_t hash[MAX_HASH], key[2 * MAX_KEY], input[16], want[32], got[MAX_HASH];
	struct cipher x;
	int rc = hash_password(job, &p->password, password, hash);

	if (rc)
		return rc;
	standard_key(&p->password, hash, key);
	cipher_key(&x, p->password.key_bytes, key, true);
	x.decrypt(&x.c, sizeof(input), input, p->verifier.p);
	x.decrypt(&x.c, sizeof(want), want, p->verifier_hash.p);
	hash_two(&nettle_sha1, sk_slice(input, sizeof(input)), sk_slice("", 0), got);
	rc = sk_crypt_same(got, want, SHA1_DIGEST_SIZE) ? open_standard(job, p, &x) : SK_EREFUSED;
	explicit_bzero(hash, sizeof(hash));
	explicit_bzero(key, sizeof(key));
	explicit_bzero(&x, sizeof(x));
	return rc;
}

/* --- both --- */

static int read_info(struct sk_job *job, struct sk_slice info, struct package *p)
{
	struct sk_reader r = sk_reader(info);
	uint16_t major = sk_read_u16le(&r), minor = sk_read_u16le(&r);

	if (major == 4 && minor == 4) {
		sk_read_skip(&r, 4);
		p->agile = true;
		return r.bad ? SK_EFORMAT : read_agile(job, sk_read_slice(&r, sk_read_left(&r)), p);
	}
	if (minor == 2 && major >= 2 && major <= 4)
		return read_standard(job, &r, p);
	return sk_locked_unknown(job, minor == 3 ? "an extension" : "its version");
}

static int read_streams(
    struct sk_job *job, struct sk_slice in, struct sk_slice *info, struct package *p)
{
	struct sk_slice stream;
	struct sk_cfb c;
	int rc = sk_cfb_open(job->arena, in, &c);

	if (rc == 0)
		rc =
		    sk_cfb_read(&c, sk_cfb_find(&c, SK_CFB_ROOT, "EncryptionInfo"), INFO_MAX, info);
	if (rc == 0)
		rc = sk_cfb_read(
		    &c, sk_cfb_find(&c, SK_CFB_ROOT, "EncryptedPackage"), in.n, &stream);
	if (rc)
		return rc;
	struct sk_reader r = sk_reader(stream);
	p->size = sk_read_u64le(&r);
	p->body = sk_read_slice(&r, sk_read_left(&r));
	return r.bad ? SK_EFORMAT : 0;
}

int sk_locked_package(struct sk_job *job, struct sk_slice in, struct sk_slice *plain)
{
	struct package p = {.plain = plain};
	struct sk_slice info;
	int rc = read_streams(job, in, &info, &p);

	if (rc == 0)
		rc = read_info(job, info, &p);
	if (rc)
		return rc;
	return sk_locked_try(job, true, p.agile ? try_agile : try_standard, &p);
}
