/* Signatures of passkeys: ECDSA on P-256 and Ed25519, of nettle (doc/passkey.md). sekisho-ledgerverify and the gate. */
#include <gmp.h>
#include <nettle/bignum.h>
#include <nettle/dsa.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecc.h>
#include <nettle/ecdsa.h>

#include "ledgerverify/lv.h"

#define INTEGER 0x02
#define SEQUENCE 0x30

/* One INTEGER of DER, positive, in as few bytes as it goes, of at most 33. */
static bool der_integer(struct sk_reader *r, mpz_t to)
{
	if (sk_read_u8(r) != INTEGER)
		return false;
	size_t n = sk_read_u8(r);
	struct sk_slice v = sk_read_slice(r, n);
	if (r->bad || n == 0 || n > 33 || (v.p[0] & 0x80))
		return false;
	if (v.p[0] == 0 && n > 1 && !(v.p[1] & 0x80))
		return false;
	nettle_mpz_set_str_256_u(to, n, v.p);
	return true;
}

/* SEQUENCE { r, s } and nothing behind it. */
static bool der_signature(struct sk_slice der, struct dsa_signature *to)
{
	struct sk_reader r = sk_reader(der);

	return sk_read_u8(&r) == SEQUENCE && sk_read_u8(&r) == der.n - 2 && der.n <= 72 &&
	       der_integer(&r, to->r) && der_integer(&r, to->s) && sk_read_at_end(&r);
}

/* x and y; a point that is not on the curve is none. */
static bool point(struct sk_slice key, struct ecc_point *to)
{
	mpz_t x, y;

	nettle_mpz_init_set_str_256_u(x, 32, key.p);
	nettle_mpz_init_set_str_256_u(y, 32, key.p + 32);
	bool good = ecc_point_set(to, x, y) == 1;
	mpz_clear(x);
	mpz_clear(y);
	return good;
}

static bool es256(struct sk_slice key, struct sk_slice bytes, struct sk_slice signature)
{
	struct sk_lv_hash h = sk_lv_hash(bytes);
	struct dsa_signature s;
	struct ecc_point p;

	ecc_point_init(&p, nettle_get_secp_256r1());
	dsa_signature_init(&s);
	bool good = point(key, &p) && der_signature(signature, &s) &&
		    ecdsa_verify(&p, SK_LV_HASH, h.b, &s) == 1;
	dsa_signature_clear(&s);
	ecc_point_clear(&p);
	return good;
}

bool sk_lv_passkey_signed(
    enum sk_lv_alg alg, struct sk_slice key, struct sk_slice bytes, struct sk_slice signature)
{
	if (alg == SK_LV_EDDSA)
		return key.n == 32 && signature.n == 64 && sk_lv_signed(key.p, bytes, signature.p);
	return key.n == 64 && es256(key, bytes, signature);
}
