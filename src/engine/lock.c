/*
 * The zip of members under AES-256: extra field 0x9901 of seven bytes, version 2, in which the CRC is zero; salt, check, data in counter
 * mode (little-endian, from 1), ten bytes of HMAC-SHA1; keys by PBKDF2-HMAC-SHA1 of 1,000 rounds, with a salt of its own for each member.
 * Reader and writer of this project share no code here. Caller's process.
 */
#include "engine/lock.h"

#include <string.h>
#include <sys/random.h>

#include <nettle/aes.h>
#include <nettle/hmac.h>
#include <nettle/pbkdf2.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

#define SALT 16U
#define CHECK 2U
#define MAC 10U
#define OVERHEAD (SALT + CHECK + MAC)
#define EXTRA 11U
#define ROUNDS 1000U
#define VERSION_AES 51U
#define VERSION_20 20U
#define DOS_DATE 0x0021U
#define DOS_DIRECTORY 0x10U
#define FLAG_ENCRYPTED 1U
#define FLAG_UTF8 0x0800U
#define METHOD_AES 99U

struct writing {
	const struct sk_lock *l;
	struct sk_buf directory;
	uint64_t at;
	uint32_t count;
	int rc;
};

struct member {
	struct sk_slice name, data;
	uint16_t method;
	uint32_t size;
};

struct keys {
	uint8_t salt[SALT], check[CHECK];
	struct aes256_ctx cipher;
	struct hmac_sha1_ctx mac;
};

static void put(struct writing *w, const void *p, size_t n)
{
	if (w->rc == 0)
		w->rc = w->l->put(w->l->ctx, p, n);
	w->at += n;
}

static int make_keys(const char *password, struct keys *k)
{
	uint8_t derived[2 * AES256_KEY_SIZE + CHECK];

	if (getrandom(k->salt, sizeof(k->salt), 0) != sizeof(k->salt))
		return SK_EIO;
	pbkdf2_hmac_sha1(strlen(password), (const uint8_t *)password, ROUNDS, sizeof(k->salt),
	    k->salt, sizeof(derived), derived);
	aes256_set_encrypt_key(&k->cipher, derived);
	hmac_sha1_set_key(&k->mac, AES256_KEY_SIZE, derived + AES256_KEY_SIZE);
	memcpy(k->check, derived + 2 * AES256_KEY_SIZE, CHECK);
	explicit_bzero(derived, sizeof(derived));
	return 0;
}

static bool is_ascii(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80)
			return false;
	return true;
}

static bool is_folder(const struct member *m)
{
	return m->name.p[m->name.n - 1] == '/';
}

/* From "version needed" to the length of the extra field, the same in both headers. */
static void put_common(struct sk_buf *b, const struct member *m)
{
	bool folder = is_folder(m);

	sk_buf_put_u16le(b, folder ? VERSION_20 : VERSION_AES);
	sk_buf_put_u16le(b, (folder ? 0 : FLAG_ENCRYPTED) | (is_ascii(m->name) ? 0 : FLAG_UTF8));
	sk_buf_put_u16le(b, folder ? 0 : METHOD_AES);
	sk_buf_put_u16le(b, 0);
	sk_buf_put_u16le(b, DOS_DATE);
	sk_buf_put_u32le(b, 0); /* CRC */
	sk_buf_put_u32le(b, folder ? 0 : (uint32_t)(m->data.n + OVERHEAD));
	sk_buf_put_u32le(b, folder ? 0 : m->size);
	sk_buf_put_u16le(b, (uint16_t)m->name.n);
	sk_buf_put_u16le(b, folder ? 0 : EXTRA);
}

static void put_extra(struct sk_buf *b, const struct member *m)
{
	if (is_folder(m))
		return;
	sk_buf_put_u16le(b, 0x9901);
	sk_buf_put_u16le(b, EXTRA - 4);
	sk_buf_put_u16le(b, 2);
	sk_buf_put(b, "AE\3", 3); /* 256 bits */
	sk_buf_put_u16le(b, m->method);
}

static void put_headers(struct writing *w, const struct member *m)
{
	struct sk_buf local = SK_BUF(30 + 0xFFFF + EXTRA), *d = &w->directory;

	sk_buf_put(&local, "PK\3\4", 4);
	put_common(&local, m);
	sk_buf_put_slice(&local, m->name);
	put_extra(&local, m);
	sk_buf_put(d, "PK\1\2", 4);
	sk_buf_put_u16le(d, is_folder(m) ? VERSION_20 : VERSION_AES);
	put_common(d, m);
	sk_buf_put_u16le(d, 0); /* comment */
	sk_buf_put_u16le(d, 0); /* disk */
	sk_buf_put_u16le(d, 0); /* internal attributes */
	sk_buf_put_u32le(d, is_folder(m) ? DOS_DIRECTORY : 0);
	sk_buf_put_u32le(d, (uint32_t)w->at);
	sk_buf_put_slice(d, m->name);
	put_extra(d, m);
	if (w->rc == 0)
		w->rc = local.err ? local.err : d->err;
	put(w, local.p, local.len);
	sk_buf_free(&local);
}

static void put_encrypted(struct writing *w, struct keys *k, struct sk_slice data)
{
	static _Thread_local uint8_t block[1 << 16];
	uint8_t pad[AES_BLOCK_SIZE];
	uint64_t counter = 0;

	for (size_t at = 0; at < data.n; at += sizeof(block)) {
		struct sk_slice part = sk_slice_sub(data, at, sizeof(block));
		for (size_t i = 0; i < part.n; i++) {
			if (i % sizeof(pad) == 0) {
				counter++;
				memset(pad, 0, sizeof(pad));
				for (unsigned b = 0; b < 8; b++)
					pad[b] = (uint8_t)(counter >> (8 * b));
				aes256_encrypt(&k->cipher, sizeof(pad), pad, pad);
			}
			block[i] = part.p[i] ^ pad[i % sizeof(pad)];
		}
		hmac_sha1_update(&k->mac, part.n, block);
		put(w, block, part.n);
	}
}

static void put_member(struct writing *w, const struct member *m)
{
	struct keys k;
	uint8_t mac[MAC];

	put_headers(w, m);
	w->count++;
	if (w->rc || is_folder(m) || (w->rc = make_keys(w->l->password, &k)))
		return;
	put(w, k.salt, sizeof(k.salt));
	put(w, k.check, sizeof(k.check));
	put_encrypted(w, &k, m->data);
	hmac_sha1_digest(&k.mac, sizeof(mac), mac);
	put(w, mac, sizeof(mac));
	explicit_bzero(&k, sizeof(k));
}

/* As the verifier passes them (doc/profiles/archive.md): sizes in the local headers, one member right behind the other. */
static bool next_member(struct sk_reader *r, struct member *m)
{
	if (sk_read_peek(r, 2) != 3)
		return false;
	sk_read_skip(r, 8);
	m->method = sk_read_u16le(r);
	sk_read_skip(r, 8);
	uint32_t packed = sk_read_u32le(r);
	m->size = sk_read_u32le(r);
	uint16_t name = sk_read_u16le(r), extra = sk_read_u16le(r);
	m->name = sk_read_slice(r, name);
	sk_read_skip(r, extra);
	m->data = sk_read_slice(r, packed);
	if (m->name.n == 0)
		r->bad = true;
	return !r->bad;
}

static void put_all(struct writing *w, enum sk_filetype type, struct sk_slice plain)
{
	struct member m = {
	    .name = sk_slice_str(w->l->name), .data = plain, .size = (uint32_t)plain.n};
	struct sk_reader r = sk_reader(plain);

	if (type != SK_FT_ZIP) {
		put_member(w, &m);
		return;
	}
	while (w->rc == 0 && next_member(&r, &m))
		put_member(w, &m);
	/* It ends where the directory begins. */
	if (w->rc == 0 && (r.bad || (sk_read_peek(&r, 2) != 1 && sk_read_peek(&r, 2) != 5)))
		w->rc = SK_EFORMAT;
}

static void put_end(struct writing *w)
{
	uint32_t at = (uint32_t)w->at, n = (uint32_t)w->directory.len;
	struct sk_buf end = SK_BUF(64);

	put(w, w->directory.p, w->directory.len);
	sk_buf_put(&end, "PK\5\6\0\0\0", 8);
	sk_buf_put_u16le(&end, (uint16_t)w->count);
	sk_buf_put_u16le(&end, (uint16_t)w->count);
	sk_buf_put_u32le(&end, n);
	sk_buf_put_u32le(&end, at);
	sk_buf_put_u16le(&end, 0);
	put(w, end.p, end.len);
	sk_buf_free(&end);
}

int sk_lock_write(const struct sk_lock *l, enum sk_filetype type, struct sk_slice plain)
{
	struct writing w = {.l = l, .directory = SK_BUF((size_t)SK_LIMIT_MEMBERS * 1024 + 1)};

	put_all(&w, type, plain);
	if (w.rc == 0 && w.at >= UINT32_MAX)
		w.rc = SK_ELIMIT;
	if (w.rc == 0)
		put_end(&w);
	sk_buf_free(&w.directory);
	return w.rc;
}
