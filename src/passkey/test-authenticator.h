/* For tests: an authenticator in software, which signs with nettle whatever it is told to. */
#ifndef SK_PASSKEY_TEST_AUTHENTICATOR_H
#define SK_PASSKEY_TEST_AUTHENTICATOR_H

#include <nettle/bignum.h>
#include <nettle/dsa.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/ecdsa.h>
#include <nettle/eddsa.h>
#include <nettle/sha2.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "passkey/passkey.h"

struct authenticator {
	enum sk_passkey_alg alg;
	uint8_t secret[32], key[64];
	uint32_t counter;
	uint8_t flags;
	const char *type, *origin, *id, *tail; /* tail: of clientDataJSON behind the origin */
	/* of the last answer */
	uint8_t data[64], sig[80];
	char client[1200];
	size_t ndata, nsig;
};

/* The same numbers every time: only tests sign with this. */
static inline void authenticator_numbers(void *ctx, size_t n, uint8_t *p)
{
	static uint32_t v = 1;

	for (size_t i = 0; i < n; i++) {
		v = v * 1664525 + 1013904223;
		p[i] = (uint8_t)(v >> 24);
	}
}

static inline void authenticator_point(struct authenticator *a)
{
	struct ecc_point p;
	struct ecc_scalar s;
	mpz_t x, y;

	ecc_point_init(&p, nettle_get_secp_256r1());
	ecc_scalar_init(&s, nettle_get_secp_256r1());
	nettle_mpz_init_set_str_256_u(x, 32, a->secret);
	mpz_init(y);
	ecc_scalar_set(&s, x);
	ecc_point_mul_g(&p, &s);
	ecc_point_get(&p, x, y);
	nettle_mpz_get_str_256(32, a->key, x);
	nettle_mpz_get_str_256(32, a->key + 32, y);
	mpz_clear(x);
	mpz_clear(y);
	ecc_point_clear(&p);
	ecc_scalar_clear(&s);
}

static inline void authenticator_new(struct authenticator *a, enum sk_passkey_alg alg, uint8_t seed)
{
	*a = (struct authenticator){.alg = alg,
	    .secret = {seed, 7},
	    .counter = 1,
	    .flags = 0x05,
	    .type = "webauthn.get",
	    .origin = "https://portal.city.example",
	    .id = "city.example",
	    .tail = ",\"crossOrigin\":false}"};
	if (alg == SK_PASSKEY_ES256)
		authenticator_point(a);
	else
		ed25519_sha512_public_key(a->key, a->secret);
}

static inline struct sk_passkey_key authenticator_key(const struct authenticator *a)
{
	struct sk_passkey_key key = {.alg = a->alg};

	memcpy(key.point, a->key, sizeof(key.point));
	return key;
}

/* The key as an account keeps it. */
static inline size_t authenticator_cose(const struct authenticator *a, uint8_t cose[77])
{
	static const uint8_t es256[] = {0xA5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 0x20},
			     y[] = {0x22, 0x58, 0x20},
			     eddsa[] = {0xA4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 0x20};

	memcpy(cose, a->alg == SK_PASSKEY_ES256 ? es256 : eddsa, 10);
	memcpy(cose + 10, a->key, 32);
	if (a->alg == SK_PASSKEY_EDDSA)
		return 42;
	memcpy(cose + 42, y, 3);
	memcpy(cose + 45, a->key + 32, 32);
	return 77;
}

static inline size_t authenticator_integer(uint8_t *to, const mpz_t v)
{
	size_t n = nettle_mpz_sizeinbase_256_s(v);

	to[0] = 2;
	to[1] = (uint8_t)n;
	nettle_mpz_get_str_256(n, to + 2, v);
	return n + 2;
}

static inline void authenticator_es256(struct authenticator *a, const uint8_t digest[32])
{
	struct dsa_signature s;
	struct ecc_scalar key;
	mpz_t x;

	dsa_signature_init(&s);
	ecc_scalar_init(&key, nettle_get_secp_256r1());
	nettle_mpz_init_set_str_256_u(x, 32, a->secret);
	ecc_scalar_set(&key, x);
	ecdsa_sign(&key, NULL, authenticator_numbers, 32, digest, &s);
	a->nsig = 2 + authenticator_integer(a->sig + 2, s.r);
	a->nsig += authenticator_integer(a->sig + a->nsig, s.s);
	a->sig[0] = 0x30;
	a->sig[1] = (uint8_t)(a->nsig - 2);
	mpz_clear(x);
	ecc_scalar_clear(&key);
	dsa_signature_clear(&s);
}

static inline void authenticator_sign(struct authenticator *a)
{
	uint8_t both[64 + 32], digest[32];
	struct sha256_ctx h;

	memcpy(both, a->data, a->ndata);
	sha256_init(&h);
	sha256_update(&h, strlen(a->client), (const uint8_t *)a->client);
	sha256_digest(&h, 32, both + a->ndata);
	if (a->alg == SK_PASSKEY_EDDSA) {
		ed25519_sha512_sign(a->key, a->secret, a->ndata + 32, both, a->sig);
		a->nsig = 64;
		return;
	}
	sha256_init(&h);
	sha256_update(&h, a->ndata + 32, both);
	sha256_digest(&h, 32, digest);
	authenticator_es256(a, digest);
}

static inline struct sk_passkey_answer authenticator_answer(
    struct authenticator *a, const uint8_t challenge[32])
{
	char text[48];
	struct sha256_ctx h;

	sodium_bin2base64(
	    text, sizeof(text), challenge, 32, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	snprintf(a->client, sizeof(a->client),
	    "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s", a->type, text, a->origin,
	    a->tail);
	sha256_init(&h);
	sha256_update(&h, strlen(a->id), (const uint8_t *)a->id);
	sha256_digest(&h, 32, a->data);
	a->data[32] = a->flags;
	for (int i = 0; i < 4; i++)
		a->data[33 + i] = (uint8_t)(a->counter >> (24 - 8 * i));
	a->ndata = 37;
	authenticator_sign(a);
	return (struct sk_passkey_answer){sk_slice(a->data, a->ndata),
	    sk_slice(a->client, strlen(a->client)), sk_slice(a->sig, a->nsig)};
}

#endif
