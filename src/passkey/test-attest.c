/* Tests of attestations, by a maker of authenticators with certificates of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <time.h>

#include "base/err.h"
#include "passkey/attest.h"
#include "passkey/test-authenticator.h"

static const struct sk_passkey_party party = {"city.example", "https://portal.city.example"};
static const char client[] =
    "{\"type\":\"webauthn.create\",\"challenge\":\"AAAA\",\"origin\":\"https://portal.city.example\"}";

/* Somebody with a key and a certificate. */
struct maker {
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
	uint8_t der[2048];
	size_t nder;
};

static struct maker root, other, leaf, late, false_ca, tpm, stranger;
static char anchors[4096];
static uint8_t data[256], object[4096];
static size_t ndata, nobject;

/* `by`: NULL: itself. Good for so many days from now. */
static void make_of(struct maker *m, gnutls_pk_algorithm_t kind, unsigned bits, const char *name,
    const struct maker *by, bool ca, int days)
{
	gnutls_datum_t der;
	uint8_t serial = 1;
	time_t now = time(NULL);
	char dn[128];

	assert_int_equal(gnutls_x509_privkey_init(&m->key), 0);
	assert_int_equal(gnutls_x509_privkey_generate(m->key, kind, bits, 0), 0);
	assert_int_equal(gnutls_x509_crt_init(&m->crt), 0);
	snprintf(dn, sizeof(dn), "CN=%s,OU=Authenticator Attestation,O=maker,C=JP", name);
	gnutls_x509_crt_set_dn(m->crt, dn, NULL);
	gnutls_x509_crt_set_version(m->crt, 3);
	gnutls_x509_crt_set_key(m->crt, m->key);
	gnutls_x509_crt_set_serial(m->crt, &serial, 1);
	gnutls_x509_crt_set_activation_time(m->crt, now - 5 * 86400);
	gnutls_x509_crt_set_expiration_time(m->crt, now + days * 86400);
	gnutls_x509_crt_set_basic_constraints(m->crt, ca, -1);
	assert_int_equal(gnutls_x509_crt_sign2(m->crt, by ? by->crt : m->crt, by ? by->key : m->key,
			     GNUTLS_DIG_SHA256, 0),
	    0);
	assert_int_equal(gnutls_x509_crt_export2(m->crt, GNUTLS_X509_FMT_DER, &der), 0);
	m->nder = der.size;
	memcpy(m->der, der.data, der.size);
	gnutls_free(der.data);
}

static void make(struct maker *m, const char *name, const struct maker *by, bool ca, int days)
{
	make_of(m, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), name, by, ca,
	    days);
}

static void put_anchors(const struct maker *m)
{
	size_t n = sizeof(anchors) - 1;

	memset(anchors, 0, sizeof(anchors));
	assert_int_equal(gnutls_x509_crt_export(m->crt, GNUTLS_X509_FMT_PEM, anchors, &n), 0);
}

static int begin(void **state)
{
	make(&root, "root", NULL, true, 30);
	make(&other, "other", NULL, true, 30);
	make(&leaf, "key", &root, false, 30);
	make(&late, "key", &root, false, -1);
	make(&false_ca, "key", &leaf, false, 30);
	make_of(&tpm, GNUTLS_PK_RSA, 2048, "tpm", &root, false, 30);
	make_of(&stranger, GNUTLS_PK_RSA, 2048, "tpm", &root, false, 30);
	return 0;
}

static int end(void **state)
{
	struct maker *all[] = {&root, &other, &leaf, &late, &false_ca, &tpm, &stranger};

	for (size_t i = 0; i < 7; i++) {
		gnutls_x509_crt_deinit(all[i]->crt);
		gnutls_x509_privkey_deinit(all[i]->key);
	}
	return 0;
}

/* --- objects --- */

static void put_data(uint8_t seed)
{
	struct authenticator auth;

	authenticator_new(&auth, SK_PASSKEY_ES256, seed);
	memset(data, 0, sizeof(data));
	crypto_hash_sha256(data, (const uint8_t *)party.id, strlen(party.id));
	data[32] = 0x45;
	data[54] = 16;
	memset(data + 55, 'c', 16);
	ndata = 71 + authenticator_cose(&auth, data + 71);
}

static void put(const void *p, size_t n)
{
	assert_true(nobject + n <= sizeof(object));
	memcpy(object + nobject, p, n);
	nobject += n;
}

static void put_head(uint8_t major, size_t n)
{
	const uint8_t head[] = {(uint8_t)(major | 0x19), (uint8_t)(n >> 8), (uint8_t)n};

	if (n < 24)
		put((uint8_t[]){(uint8_t)(major | n)}, 1);
	else if (n < 256)
		put((uint8_t[]){(uint8_t)(major | 0x18), (uint8_t)n}, 2);
	else
		put(head, 3);
}

static void put_bytes(const void *p, size_t n)
{
	put_head(0x40, n);
	put(p, n);
}

static void put_text(const char *s)
{
	put_head(0x60, strlen(s));
	put(s, strlen(s));
}

/* What the maker's key says of these bytes. */
static void put_signature_by(
    const struct maker *by, gnutls_digest_algorithm_t digest, const void *p, size_t n)
{
	gnutls_datum_t both = {(unsigned char *)(uintptr_t)p, (unsigned)n}, sig;
	gnutls_privkey_t key;

	assert_int_equal(gnutls_privkey_init(&key), 0);
	assert_int_equal(gnutls_privkey_import_x509(key, by->key, 0), 0);
	assert_int_equal(gnutls_privkey_sign_data(key, digest, 0, &both, &sig), 0);
	put_bytes(sig.data, sig.size);
	gnutls_free(sig.data);
	gnutls_privkey_deinit(key);
}

static void put_signature(const struct maker *by, const void *p, size_t n)
{
	put_signature_by(by, GNUTLS_DIG_SHA256, p, n);
}

static void put_chain(const struct maker *crt)
{
	put_text("x5c");
	put("\x81", 1);
	put_bytes(crt->der, crt->nder);
}

static void put_end(void)
{
	put_text("authData");
	put_bytes(data, ndata);
}

static void put_packed(const struct maker *by, const struct maker *crt)
{
	uint8_t both[sizeof(data) + 32];

	memcpy(both, data, ndata);
	crypto_hash_sha256(both + ndata, (const uint8_t *)client, strlen(client));
	put("\xA3", 1);
	put_text("fmt");
	put_text("packed");
	put_text("attStmt");
	put("\xA3", 1);
	put_text("alg");
	put("\x26", 1);
	put_text("sig");
	put_signature(by, both, ndata + 32);
	put_chain(crt);
	put_end();
}

/* FIDO U2F Raw Message Formats: 0, party, client, credential, key as a point. */
static void put_u2f(const struct maker *by, const struct maker *crt)
{
	uint8_t m[256] = {0};
	size_t n = 1 + 32 + 32 + 16;

	memcpy(m + 1, data, 32);
	crypto_hash_sha256(m + 33, (const uint8_t *)client, strlen(client));
	memcpy(m + 65, data + 55, 16);
	m[n++] = 4;
	memcpy(m + n, data + 71 + 10, 32);
	memcpy(m + n + 32, data + 71 + 45, 32);
	put("\xA3", 1);
	put_text("fmt");
	put_text("fido-u2f");
	put_text("attStmt");
	put("\xA2", 1);
	put_text("sig");
	put_signature(by, m, n + 64);
	put_chain(crt);
	put_end();
}

/* --- a TPM: TPM 2.0 Part 2, 10.12.8 (TPMS_ATTEST), 12.2.4 (TPMT_PUBLIC); WebAuthn, section 8.3 --- */

struct area {
	uint8_t b[256];
	size_t n;
};

static void area_put(struct area *a, const void *p, size_t n)
{
	memcpy(a->b + a->n, p, n);
	a->n += n;
}

static void area_u16(struct area *a, unsigned v)
{
	area_put(a, (uint8_t[]){(uint8_t)(v >> 8), (uint8_t)v}, 2);
}

static void area_u32(struct area *a, uint32_t v)
{
	area_u16(a, v >> 16);
	area_u16(a, v & 0xFFFF);
}

/* TPM2B_NAME: the algorithm, and the hash. */
static void area_name(struct area *a, const void *p, size_t n)
{
	uint8_t hash[32];

	crypto_hash_sha256(hash, p, n);
	area_u16(a, 34);
	area_u16(a, 0x000B);
	area_put(a, hash, 32);
}

/* The passkey as the TPM holds it: its own, never to leave, for signing. */
static void put_public(struct area *a)
{
	static const uint8_t policy[32] = {1};

	area_u16(a, 0x0023); /* ECC */
	area_u16(a, 0x000B); /* SHA-256 */
	area_u32(a, 0x00040072);
	area_u16(a, 32);
	area_put(a, policy, 32);
	area_u16(a, 0x0010); /* no symmetric algorithm, no scheme */
	area_u16(a, 0x0010);
	area_u16(a, 0x0003); /* P-256 */
	area_u16(a, 0x0010); /* no derivation */
	area_u16(a, 32);
	area_put(a, data + 71 + 10, 32);
	area_u16(a, 32);
	area_put(a, data + 71 + 45, 32);
}

/* TPM2_Certify() of it, about this creation. */
static void put_certified(struct area *a, const struct area *public)
{
	static const uint8_t clock[17] = {[16] = 1}, firmware[8] = {0};
	uint8_t both[sizeof(data) + 32], sha1[20];

	memcpy(both, data, ndata);
	crypto_hash_sha256(both + ndata, (const uint8_t *)client, strlen(client));
	assert_int_equal(gnutls_hash_fast(GNUTLS_DIG_SHA1, both, ndata + 32, sha1), 0);
	area_u32(a, 0xFF544347);
	area_u16(a, 0x8017);
	area_name(a, "signer", 6);
	area_u16(a, 20);
	area_put(a, sha1, 20);
	area_put(a, clock, sizeof(clock));
	area_put(a, firmware, sizeof(firmware));
	area_name(a, public->b, public->n);
	area_name(a, "qualified", 9);
}

static void put_tpm(const struct maker *by, const struct maker *crt, const struct area *certified,
    const struct area *public)
{
	nobject = 0;
	put("\xA3", 1);
	put_text("fmt");
	put_text("tpm");
	put_text("attStmt");
	put("\xA6", 1);
	put_text("alg");
	put("\x39\xFF\xFE", 3); /* RS1 */
	put_text("sig");
	put_signature_by(by, GNUTLS_DIG_SHA1, certified->b, certified->n);
	put_text("ver");
	put_text("2.0");
	put_chain(crt);
	put_text("pubArea");
	put_bytes(public->b, public->n);
	put_text("certInfo");
	put_bytes(certified->b, certified->n);
	put_end();
}

/* Where these bytes stand in the object. */
static size_t at_of(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i + n <= nobject; i++)
		if (memcmp(object + i, p, n) == 0)
			return i;
	fail_msg("they do not stand in it");
	return 0;
}

static int judged(void)
{
	const struct sk_passkey_answer a = {
	    .authenticator = sk_slice(data, ndata), .client = sk_slice_str(client)};

	return sk_passkey_attested(&party, &a, sk_slice(object, nobject), sk_slice_str(anchors));
}

static int packed(const struct maker *by, const struct maker *crt)
{
	nobject = 0;
	put_packed(by, crt);
	return judged();
}

static int setup(void **state)
{
	put_data(1);
	put_anchors(&root);
	return 0;
}

static void test_formats(void **state)
{
	assert_int_equal(packed(&leaf, &leaf), 0);
	nobject = 0;
	put_u2f(&leaf, &leaf);
	assert_int_equal(judged(), 0);
}

/* What a TPM certified is the key that is to be added, about this creation, by a TPM of a known maker. */
static void test_tpm(void **state)
{
	struct area public = {0}, certified = {0}, wrong;

	put_public(&public);
	put_certified(&certified, &public);
	put_tpm(&tpm, &tpm, &certified, &public);
	assert_int_equal(judged(), 0);
	/* the maker is not one of ours; the signature is another's */
	put_anchors(&other);
	assert_int_equal(judged(), SK_EREFUSED);
	put_anchors(&root);
	put_tpm(&stranger, &tpm, &certified, &public);
	assert_int_equal(judged(), SK_EREFUSED);
	/* each byte of what was certified, and of the key */
	for (size_t i = 0; i < certified.n; i++) {
		wrong = certified;
		wrong.b[i] ^= 1;
		put_tpm(&tpm, &tpm, &certified, &public);
		memcpy(object + at_of(certified.b, certified.n), wrong.b, wrong.n);
		assert_int_equal(judged(), SK_EREFUSED);
	}
	for (size_t i = 0; i < public.n; i++) {
		wrong = public;
		wrong.b[i] ^= 1;
		put_tpm(&tpm, &tpm, &certified, &wrong);
		assert_int_equal(judged(), SK_EREFUSED);
	}
	/* a key of the TPM that is not the one that is to be added */
	public.b[public.n - 1] ^= 1;
	certified.n = 0;
	put_certified(&certified, &public);
	put_tpm(&tpm, &tpm, &certified, &public);
	assert_int_equal(judged(), SK_EREFUSED);
	/* another creation */
	public.n = certified.n = 0;
	put_public(&public);
	put_certified(&certified, &public);
	put_tpm(&tpm, &tpm, &certified, &public);
	assert_int_equal(judged(), 0);
	put_data(3);
	assert_int_equal(judged(), SK_EREFUSED);
}

/* Of another maker; too old; by a certificate that may issue none; signed by somebody else than the certificate says. */
static void test_chains(void **state)
{
	put_anchors(&other);
	assert_int_equal(packed(&leaf, &leaf), SK_EREFUSED);
	put_anchors(&root);
	assert_int_equal(packed(&late, &late), SK_EREFUSED);
	assert_int_equal(packed(&false_ca, &false_ca), SK_EREFUSED);
	assert_int_equal(packed(&other, &leaf), SK_EREFUSED);
	assert_int_equal(packed(&leaf, &leaf), 0);
	anchors[0] = '\0';
	assert_int_equal(judged(), SK_EFORMAT);
}

/* None, one that signs itself, one that nobody knows. */
static void test_nothing(void **state)
{
	static const char *const formats[] = {"none", "packed", "android-key", "apple", ""};

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		nobject = 0;
		put("\xA3", 1);
		put_text("fmt");
		put_text(formats[i]);
		put_text("attStmt");
		put("\xA0", 1);
		put_end();
		assert_int_equal(judged(), SK_EREFUSED);
	}
}

/* A statement that says more than it holds, has no end, or is nested: nobody makes room for it. */
static void test_lengths(void **state)
{
	static const struct sk_slice bad[] = {SK_SLICE_LIT("\xA1\x63x5c\x9A\x7F\xFF\xFF\xFF"),
	    SK_SLICE_LIT("\xBA\x7F\xFF\xFF\xFF"), SK_SLICE_LIT("\xA1\x63x5c\x5A\x7F\xFF\xFF\xFF"),
	    SK_SLICE_LIT("\xA1\x63x5c\x9F\x41x\xFF"),
	    SK_SLICE_LIT("\xA1\x63x5c\x81\x81\x81\x81\x81\x80"),
	    SK_SLICE_LIT("\xA1\x63x5c\xC1\x01"), SK_SLICE_LIT("\xA2\x63x5c\x80"),
	    SK_SLICE_LIT("\xA0\xA0")};

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		nobject = 0;
		put("\xA3", 1);
		put_text("fmt");
		put_text("packed");
		put_text("attStmt");
		put(bad[i].p, bad[i].n);
		put_end();
		assert_int_equal(judged(), SK_EREFUSED);
	}
}

/* It is about these bytes; and each byte that is cut off is missed. */
static void test_bytes(void **state)
{
	assert_int_equal(packed(&leaf, &leaf), 0);
	put_data(2);
	assert_int_equal(judged(), SK_EREFUSED);
	put_data(1);
	assert_int_equal(judged(), 0);
	size_t all = nobject;
	for (nobject = 0; nobject < all; nobject++)
		assert_int_equal(judged(), SK_EREFUSED);
	object[all - 1] ^= 1;
	assert_int_equal(judged(), SK_EREFUSED);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup(f, setup)
	const struct CMUnitTest tests[] = {T(test_formats), T(test_tpm), T(test_chains),
	    T(test_nothing), T(test_lengths), T(test_bytes)};

	return cmocka_run_group_tests(tests, begin, end);
}
