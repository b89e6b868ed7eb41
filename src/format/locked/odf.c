/*
 * Encrypted OpenDocument packages (ODF 1.2 part 3, 3.4 and 4): the manifest says for each member how it is encrypted. What comes out is
 * the same package with plain members and a manifest without <encryption-data>. Cleaner's jail.
 */
#include <expat.h>
#include <nettle/aes.h>
#include <nettle/blowfish.h>
#include <nettle/cbc.h>
#include <nettle/cfb.h>
#include <nettle/pbkdf2.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <zlib.h>

#include "container/crypt.h"
#include "container/zip.h"
#include "format/locked/locked.h"

#define MANIFEST "META-INF/manifest.xml"
#define MANIFEST_MAX ((size_t)16 << 20)
#define NS "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\n"
#define CHECKED 1024U /* bytes that the checksum is over */
#define LEVEL 6

enum digest { DIGEST_NONE, DIGEST_SHA1, DIGEST_SHA256 };
enum algorithm { CIPHER_NONE, CIPHER_BLOWFISH, CIPHER_AES_CBC };

struct entry {
	struct sk_slice path;
	uint64_t size; /* plain */
	bool encrypted, known;
	enum digest start, check; /* of the password; of the first bytes */
	enum algorithm cipher;
	uint32_t rounds, key_bytes;
	struct sk_slice sum, iv, salt;
};

struct manifest {
	struct sk_job *job;
	struct sk_slice xml;
	XML_Parser parser;
	struct entry *v;
	size_t n, cap;
	size_t depth, in_data; /* in_data: depth of the <encryption-data> we are in */
	struct sk_buf plain;   /* the manifest without it */
	size_t copied;
	int rc;
};

struct odf {
	struct sk_zip zip;
	struct manifest m;
	struct sk_slice password;
};

/* --- the manifest --- */

static const char *attribute(const XML_Char **atts, const char *name)
{
	for (; atts[0]; atts += 2)
		if (strcmp(atts[0], name) == 0)
			return atts[1];
	return "";
}

static uint32_t number(const char *text, uint32_t otherwise)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	return *text < '0' || *text > '9' || *end || v > UINT32_MAX ? otherwise : (uint32_t)v;
}

static bool ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), t = strlen(tail);
	return n >= t && strcmp(s + n - t, tail) == 0;
}

/* Old short names and the URIs that replaced them. */
static enum digest digest_of(const char *name)
{
	if (strcmp(name, "SHA1") == 0 || strcmp(name, "SHA1/1K") == 0 || ends_with(name, "#sha1") ||
	    ends_with(name, "#sha1-1k"))
		return DIGEST_SHA1;
	return ends_with(name, "#sha256") || ends_with(name, "#sha256-1k") ? DIGEST_SHA256
									   : DIGEST_NONE;
}

static struct entry *add_entry(struct manifest *m, const XML_Char **atts)
{
	if (m->n == SK_LIMIT_MEMBERS)
		return NULL;
	m->v = sk_arena_grow(m->job->arena, m->v, &m->cap, m->n + 1, sizeof(*m->v));
	if (m->v == NULL)
		return NULL;
	struct entry *e = &m->v[m->n++];
	const char *path = attribute(atts, NS "full-path");
	char *end;
	*e = (struct entry){.start = DIGEST_SHA1, .key_bytes = 16};
	e->path = sk_slice(sk_arena_dup(m->job->arena, path, strlen(path)), strlen(path));
	e->size = strtoull(attribute(atts, NS "size"), &end, 10);
	return e;
}

static void read_algorithm(struct sk_arena *a, struct entry *e, const XML_Char **atts)
{
	const char *name = attribute(atts, NS "algorithm-name");

	if (strcmp(name, "Blowfish CFB") == 0 || ends_with(name, "#blowfish"))
		e->cipher = CIPHER_BLOWFISH;
	else if (ends_with(name, "#aes128-cbc") || ends_with(name, "#aes192-cbc") ||
		 ends_with(name, "#aes256-cbc"))
		e->cipher = CIPHER_AES_CBC;
	e->iv = sk_locked_base64(a, attribute(atts, NS "initialisation-vector"));
}

static void read_derivation(struct sk_arena *a, struct entry *e, const XML_Char **atts)
{
	const char *name = attribute(atts, NS "key-derivation-name");

	e->known = strcmp(name, "PBKDF2") == 0 || ends_with(name, "#pbkdf2");
	e->rounds = number(attribute(atts, NS "iteration-count"), 0);
	e->key_bytes = number(attribute(atts, NS "key-size"), 16);
	e->salt = sk_locked_base64(a, attribute(atts, NS "salt"));
}

static void read_encryption(struct manifest *m, const char *name, const XML_Char **atts)
{
	struct sk_arena *a = m->job->arena;
	struct entry *e = &m->v[m->n - 1];

	if (strcmp(name, NS "encryption-data") == 0) {
		e->encrypted = true;
		e->check = digest_of(attribute(atts, NS "checksum-type"));
		e->sum = sk_locked_base64(a, attribute(atts, NS "checksum"));
	} else if (strcmp(name, NS "algorithm") == 0) {
		read_algorithm(a, e, atts);
	} else if (strcmp(name, NS "key-derivation") == 0) {
		read_derivation(a, e, atts);
	} else if (strcmp(name, NS "start-key-generation") == 0) {
		e->start = digest_of(attribute(atts, NS "start-key-generation-name"));
	}
}

static size_t here(const struct manifest *m)
{
	XML_Index at = XML_GetCurrentByteIndex(m->parser);
	return at < 0 || (size_t)at > m->xml.n ? m->xml.n : (size_t)at;
}

static void copy_until(struct manifest *m, size_t at)
{
	if (at > m->copied)
		sk_buf_put_slice(&m->plain, sk_slice_sub(m->xml, m->copied, at - m->copied));
	m->copied = at;
}

static void XMLCALL start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct manifest *m = user;

	m->depth++;
	if (strcmp(name, NS "file-entry") == 0 && add_entry(m, atts) == NULL) {
		m->rc = sk_arena_failed(m->job->arena) ? SK_ENOMEM : SK_EFORMAT;
		XML_StopParser(m->parser, XML_FALSE);
		return;
	}
	if (m->in_data == 0 && strcmp(name, NS "encryption-data") == 0 && m->n) {
		m->in_data = m->depth;
		copy_until(m, here(m));
	}
	if (m->in_data)
		read_encryption(m, name, atts);
}

static void XMLCALL end(void *user, const XML_Char *name)
{
	struct manifest *m = user;

	if (m->in_data == m->depth && m->in_data) {
		m->in_data = 0;
		m->copied = here(m) + (size_t)XML_GetCurrentByteCount(m->parser);
	}
	m->depth--;
}

/* Manifests of OpenOffice name an external one that nobody reads; one with declarations of its own is not read at all. */
static void XMLCALL doctype(
    void *user, const XML_Char *a, const XML_Char *b, const XML_Char *c, int internal)
{
	struct manifest *m = user;

	if (internal)
		XML_StopParser(m->parser, XML_FALSE);
}

/* SK_EFORMAT: not to be read, which is the family's to tell. */
static int read_manifest(struct manifest *m)
{
	m->parser = XML_ParserCreateNS(NULL, '\n');
	if (m->parser == NULL)
		return SK_ENOMEM;
	XML_SetUserData(m->parser, m);
	XML_SetElementHandler(m->parser, start, end);
	XML_SetStartDoctypeDeclHandler(m->parser, doctype);
	bool good = XML_Parse(m->parser, (const char *)m->xml.p, (int)m->xml.n, 1) == XML_STATUS_OK;
	XML_ParserFree(m->parser);
	copy_until(m, m->xml.n);
	if (sk_arena_failed(m->job->arena))
		return SK_ENOMEM;
	return m->rc ? m->rc : good ? m->plain.err : SK_EFORMAT;
}

static const struct entry *entry_of(const struct manifest *m, struct sk_slice path)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->v[i].encrypted && sk_slice_eq(m->v[i].path, path))
			return &m->v[i];
	return NULL;
}

/* --- one member --- */

static size_t digest(enum digest d, struct sk_slice in, uint8_t to[SHA256_DIGEST_SIZE])
{
	struct sha1_ctx s1;
	struct sha256_ctx s2;

	if (d == DIGEST_SHA1) {
		sha1_init(&s1);
		sha1_update(&s1, in.n, in.p);
		sha1_digest(&s1, SHA1_DIGEST_SIZE, to);
		return SHA1_DIGEST_SIZE;
	}
	sha256_init(&s2);
	sha256_update(&s2, in.n, in.p);
	sha256_digest(&s2, SHA256_DIGEST_SIZE, to);
	return SHA256_DIGEST_SIZE;
}

static bool is_known(const struct entry *e)
{
	bool aes = e->cipher == CIPHER_AES_CBC && e->iv.n == AES_BLOCK_SIZE &&
		   (e->key_bytes == 16 || e->key_bytes == 24 || e->key_bytes == 32);
	bool old = e->cipher == CIPHER_BLOWFISH && e->iv.n == BLOWFISH_BLOCK_SIZE &&
		   e->key_bytes >= BLOWFISH_MIN_KEY_SIZE && e->key_bytes <= 32;

	return e->known && e->start && e->check && e->rounds && e->salt.n && (aes || old);
}

static int derive(
    struct sk_job *job, const struct entry *e, struct sk_slice password, uint8_t key[32])
{
	uint8_t first[SHA256_DIGEST_SIZE];
	uint32_t blocks = (e->key_bytes + SHA1_DIGEST_SIZE - 1) / SHA1_DIGEST_SIZE;
	int rc = sk_job_rounds(job, (uint64_t)e->rounds * blocks);

	if (rc)
		return rc;
	size_t n = digest(e->start, password, first);
	pbkdf2_hmac_sha1(n, first, e->rounds, e->salt.n, e->salt.p, e->key_bytes, key);
	explicit_bzero(first, sizeof(first));
	return 0;
}

static void decipher(const struct entry *e, const uint8_t *key, struct sk_slice in, uint8_t *to)
{
	uint8_t chain[AES_BLOCK_SIZE];
	union {
		struct blowfish_ctx old;
		struct aes128_ctx a128;
		struct aes192_ctx a192;
		struct aes256_ctx a256;
	} c;

	memcpy(chain, e->iv.p, e->iv.n);
	if (e->cipher == CIPHER_BLOWFISH) {
		blowfish_set_key(&c.old, e->key_bytes, key);
		cfb_decrypt(&c.old, (nettle_cipher_func *)blowfish_encrypt, BLOWFISH_BLOCK_SIZE,
		    chain, in.n, to, in.p);
	} else if (e->key_bytes == 16) {
		aes128_set_decrypt_key(&c.a128, key);
		cbc_decrypt(&c.a128, (nettle_cipher_func *)aes128_decrypt, AES_BLOCK_SIZE, chain,
		    in.n, to, in.p);
	} else if (e->key_bytes == 24) {
		aes192_set_decrypt_key(&c.a192, key);
		cbc_decrypt(&c.a192, (nettle_cipher_func *)aes192_decrypt, AES_BLOCK_SIZE, chain,
		    in.n, to, in.p);
	} else {
		aes256_set_decrypt_key(&c.a256, key);
		cbc_decrypt(&c.a256, (nettle_cipher_func *)aes256_decrypt, AES_BLOCK_SIZE, chain,
		    in.n, to, in.p);
	}
	explicit_bzero(&c, sizeof(c));
}

/* The deflated bytes. SK_EREFUSED: another password. The last byte of AES tells how much was filled up. */
static int open_bytes(struct sk_job *job, struct sk_arena *a, const struct entry *e,
    struct sk_slice in, struct sk_slice password, struct sk_slice *out)
{
	uint8_t key[32], sum[SHA256_DIGEST_SIZE];
	int rc = derive(job, e, password, key);

	if (rc)
		return rc;
	if (e->cipher == CIPHER_AES_CBC && (in.n == 0 || in.n % AES_BLOCK_SIZE))
		return SK_EFORMAT;
	uint8_t *to = sk_arena_alloc(a, in.n);
	if (to == NULL)
		return SK_ENOMEM;
	decipher(e, key, in, to);
	explicit_bzero(key, sizeof(key));
	size_t n = in.n, fill = e->cipher == CIPHER_AES_CBC ? to[in.n - 1] : 0;
	if (fill > AES_BLOCK_SIZE || (e->cipher == CIPHER_AES_CBC && fill == 0))
		return SK_EREFUSED;
	*out = sk_slice(to, n - fill);
	size_t got = digest(e->check, sk_slice_sub(*out, 0, CHECKED), sum);
	return e->sum.n == got && sk_crypt_same(sum, e->sum.p, got) ? 0 : SK_EREFUSED;
}

/* Encrypted members are stored in the zip; below the protection they are deflated. */
static int inflate_all(struct sk_arena *a, struct sk_slice in, uint64_t size, struct sk_slice *out)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n};
	uint8_t *to = sk_arena_alloc(a, (size_t)size + 1);

	if (to == NULL || inflateInit2(&z, -MAX_WBITS) != Z_OK)
		return SK_ENOMEM;
	z.next_out = to;
	z.avail_out = (uInt)size + 1;
	int rc = inflate(&z, Z_FINISH);
	bool good = rc == Z_STREAM_END && z.total_out == size;
	inflateEnd(&z);
	*out = sk_slice(to, (size_t)size);
	return good ? 0 : SK_EFORMAT;
}

static int open_member(struct sk_job *job, struct sk_arena *a, const struct entry *e,
    const struct sk_zip_member *m, struct sk_slice password, struct sk_slice *out)
{
	struct sk_slice stored, packed;
	int rc = sk_zip_unpack(a, m, sk_job_expand_left(job), &stored);

	if (rc == 0)
		rc = open_bytes(job, a, e, stored, password, &packed);
	if (rc == 0 && e->size > SK_LIMIT_MEMBER)
		rc = sk_job_refuse(job, SK_REASON_LIMIT_SIZE, "a member of an encrypted document");
	if (rc == 0)
		rc = sk_job_expand(job, e->size);
	return rc ? rc : inflate_all(a, packed, e->size, out);
}

/* --- the package --- */

static const struct sk_zip_member *find(const struct sk_zip *zip, const char *name)
{
	for (size_t i = 0; i < zip->count; i++)
		if (sk_slice_is(zip->members[i].raw_name, name))
			return &zip->members[i];
	return NULL;
}

static int copy_member(
    struct sk_job *job, struct odf *o, const struct sk_zip_member *m, struct sk_zip_writer *w)
{
	const struct entry *e = entry_of(&o->m, m->raw_name);
	struct sk_arena *a = sk_arena_new(job->limits->memory);
	char *name = a ? sk_arena_str(a, m->raw_name) : NULL;
	struct sk_slice data;
	int rc = name ? 0 : SK_ENOMEM;

	if (rc == 0 && e)
		rc = open_member(job, a, e, m, o->password, &data);
	else if (rc == 0 && strcmp(name, MANIFEST) == 0)
		data = sk_buf_slice(&o->m.plain);
	else if (rc == 0)
		rc = sk_zip_unpack(a, m, sk_job_expand_left(job), &data);
	if (rc == SK_EREFUSED && job->report->reason == SK_CODE_NONE)
		rc = SK_EFORMAT; /* the password fitted others */
	if (rc == 0)
		rc = sk_zip_writer_add(w, name, data, strcmp(name, "mimetype") == 0 ? 0 : LEVEL);
	sk_arena_free(a);
	return rc;
}

static int write_plain(struct sk_job *job, struct odf *o, struct sk_slice *plain)
{
	struct sk_buf out = SK_BUF(sk_job_expand_left(job) + MANIFEST_MAX);
	struct sk_zip_writer *w = sk_zip_writer_new(&out);
	int rc = w ? 0 : SK_ENOMEM;

	for (size_t i = 0; i < o->zip.count && rc == 0; i++)
		if (!o->zip.members[i].directory)
			rc = copy_member(job, o, &o->zip.members[i], w);
	if (rc == 0)
		rc = sk_zip_writer_end(w);
	sk_zip_writer_free(w);
	uint8_t *p = rc ? NULL : sk_arena_dup(job->arena, out.p, out.len);
	*plain = sk_slice(p, out.len);
	sk_buf_free(&out);
	return rc ? rc : p ? 0 : SK_ENOMEM;
}

/* The smallest encrypted member tells whether it is the password. */
static const struct sk_zip_member *cheapest(const struct odf *o, const struct entry **e)
{
	const struct sk_zip_member *best = NULL;

	for (size_t i = 0; i < o->zip.count; i++) {
		const struct sk_zip_member *m = &o->zip.members[i];
		const struct entry *one = entry_of(&o->m, m->raw_name);
		if (one && (best == NULL || m->size < best->size)) {
			best = m;
			*e = one;
		}
	}
	return best;
}

static int attempt(struct sk_job *job, void *ctx, const char *password)
{
	struct odf *o = ctx;
	struct sk_slice forms[SK_PASSWORD_FORMS], stored, packed;
	unsigned n = sk_password_bytes(job->arena, password, forms);
	const struct entry *e = NULL;
	const struct sk_zip_member *m = cheapest(o, &e);
	int rc = n ? sk_zip_unpack(job->arena, m, sk_job_expand_left(job), &stored) : SK_ENOMEM;

	if (rc)
		return rc;
	rc = SK_EREFUSED;
	for (unsigned i = 0; i < n && rc == SK_EREFUSED && job->report->reason == SK_CODE_NONE;
	     i++) {
		o->password = forms[i];
		rc = open_bytes(job, job->arena, e, stored, forms[i], &packed);
	}
	return rc;
}

/* Whether it is encrypted at all; then everything in it has to be known. */
static int look(struct sk_job *job, const struct odf *o, bool *locked)
{
	for (size_t i = 0; i < o->m.n; i++)
		*locked = *locked || o->m.v[i].encrypted;
	if (!*locked)
		return 0;
	const struct entry *e = NULL;
	if (cheapest(o, &e) == NULL)
		return sk_locked_unknown(job, "its members");
	for (size_t i = 0; i < o->m.n; i++)
		if (o->m.v[i].encrypted && !is_known(&o->m.v[i]))
			return sk_locked_unknown(job, "its algorithms");
	return 0;
}

static int open_package(struct sk_job *job, struct odf *o, struct sk_slice *plain)
{
	bool locked = false;
	int rc = read_manifest(&o->m);

	if (rc)
		return rc == SK_ENOMEM ? rc : 0;
	rc = look(job, o, &locked);
	if (rc == 0 && locked)
		rc = sk_locked_try(job, false, attempt, o);
	return rc == 0 && locked ? write_plain(job, o, plain) : rc;
}

int sk_locked_odf(struct sk_job *job, struct sk_slice in, struct sk_slice *plain)
{
	struct odf o = {.m = {.job = job, .plain = SK_BUF(MANIFEST_MAX)}};

	/* What cannot be read is the family's to tell. */
	if (sk_zip_read(job->arena, in, job->limits->members, &o.zip, NULL))
		return 0;
	const struct sk_zip_member *m = find(&o.zip, MANIFEST);
	if (m == NULL || m->encrypted || sk_zip_unpack(job->arena, m, MANIFEST_MAX, &o.m.xml))
		return 0;
	int rc = open_package(job, &o, plain);
	sk_buf_free(&o.m.plain);
	return rc;
}
