/* Decisions signed with a passkey: passkey.h. Signatures are libfido2's, hashes libsodium's. The gate. */
#include "passkey/inside.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <sodium.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/utf8.h"

#define AUTHENTICATOR 37
#define FLAGS 32
#define PRESENT 0x01
#define VERIFIED 0x04
#define ALLOWED 0x1D /* and those of backups */
#define DIGITS 32
#define BASE64_MOST 2048

static const char *const words[SK_PASSKEY_WHYS] = {"passkey.good", "passkey.form", "passkey.party",
    "passkey.other", "passkey.presence", "passkey.signature", "passkey.counter",
    "passkey.attestation"};

const char *sk_passkey_why_word(enum sk_passkey_why why)
{
	return words[why];
}

/* --- what is signed --- */

static bool is_name(const char *s)
{
	struct sk_slice v = sk_slice_str(s);

	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < 0x20 || v.p[i] == 0x7F)
			return false;
	return v.n > 0 && v.n <= SK_PASSKEY_NAME && sk_utf8_valid(v);
}

static bool is_hold(const char *s)
{
	return strcmp(s, "approval") == 0 || strcmp(s, "leak") == 0 || strcmp(s, "original") == 0;
}

static bool is_asked(const struct sk_passkey_asked *a)
{
	uint8_t raw[16];

	return a->transfer && sk_hex_parse(sk_slice_str(a->transfer), raw, sizeof(raw)) == 0 &&
	       a->output && a->policy && a->hold && is_hold(a->hold) &&
	       (strcmp(a->hold, "original") == 0) == (a->request != NULL) &&
	       (a->class == NULL || is_name(a->class));
}

int sk_passkey_challenge(
    const struct sk_passkey_asked *asked, uint8_t challenge[SK_PASSKEY_CHALLENGE])
{
	struct sk_buf b = SK_BUF(1024);

	if (!is_asked(asked))
		return SK_EARG;
	sk_buf_printf(&b, "sekisho-approval 1\n%s\n", asked->transfer);
	sk_hex_write(sk_slice(asked->output, 32), &b);
	sk_buf_printf(&b, "\n%s\n%s %s\n", asked->class ? asked->class : "",
	    asked->allow ? "allow" : "deny", asked->hold);
	sk_hex_write(sk_slice(asked->policy, 32), &b);
	if (asked->request) {
		sk_buf_putc(&b, '\n');
		sk_hex_write(sk_slice(asked->request, 32), &b);
	}
	int rc = sk_buf_putc(&b, '\n');
	if (rc == 0)
		crypto_hash_sha256(challenge, b.p, b.len);
	sk_buf_free(&b);
	return rc;
}

/* --- the form of an answer --- */

static bool skip(struct sk_slice *rest, const char *text)
{
	struct sk_slice t = sk_slice_str(text);

	if (!sk_slice_starts(*rest, t))
		return false;
	*rest = sk_slice_sub(*rest, t.n, SIZE_MAX);
	return true;
}

/* Behind the origin: nothing but what the specification allows. */
static bool ends(struct sk_slice rest)
{
	if (sk_slice_is(rest, "\"}"))
		return true;
	return skip(&rest, "\",\"crossOrigin\":false") &&
	       (sk_slice_is(rest, "}") ||
		   (rest.n > 2 && rest.p[0] == ',' && rest.p[rest.n - 1] == '}'));
}

enum sk_passkey_why sk_passkey_client(struct sk_slice client, const char *type, const char *origin,
    const uint8_t challenge[SK_PASSKEY_CHALLENGE])
{
	char text[48];

	sodium_bin2base64(text, sizeof(text), challenge, SK_PASSKEY_CHALLENGE,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	if (client.n > SK_PASSKEY_CLIENT || !skip(&client, "{\"type\":\"webauthn.") ||
	    !skip(&client, type) || !skip(&client, "\",\"challenge\":\""))
		return SK_PASSKEY_FORM;
	if (!skip(&client, text) || !skip(&client, "\",\"origin\":\""))
		return SK_PASSKEY_OTHER;
	if (!skip(&client, origin) || client.n == 0 || client.p[0] != '"')
		return SK_PASSKEY_PARTY;
	return ends(client) ? SK_PASSKEY_GOOD : SK_PASSKEY_FORM;
}

static enum sk_passkey_why judge_authenticator(struct sk_slice data, const char *id)
{
	uint8_t want[crypto_hash_sha256_BYTES];

	if (data.n != AUTHENTICATOR || (data.p[FLAGS] & ~ALLOWED))
		return SK_PASSKEY_FORM;
	crypto_hash_sha256(want, (const uint8_t *)id, strlen(id));
	if (memcmp(data.p, want, sizeof(want)) != 0)
		return SK_PASSKEY_PARTY;
	return (data.p[FLAGS] & PRESENT) && (data.p[FLAGS] & VERIFIED) ? SK_PASSKEY_GOOD
								       : SK_PASSKEY_PRESENCE;
}

/* --- signatures --- */

static bool has_alg(const struct sk_passkey_key *key)
{
	return key->alg == SK_PASSKEY_ES256 || key->alg == SK_PASSKEY_EDDSA;
}

static struct sk_slice bytes_of(const struct sk_passkey_key *key)
{
	return sk_slice(key->point, key->alg == SK_PASSKEY_ES256 ? 64 : 32);
}

void sk_passkey_hash(const struct sk_passkey_key *key, uint8_t hash[32])
{
	struct sk_slice bytes = bytes_of(key);

	crypto_hash_sha256(hash, bytes.p, bytes.n);
}

static fido_assert_t *load(const char *id, const struct sk_passkey_answer *a)
{
	fido_assert_t *v = fido_assert_new();

	if (v && (fido_assert_set_rp(v, id) || fido_assert_set_count(v, 1) ||
		     fido_assert_set_clientdata(v, a->client.p, a->client.n) ||
		     fido_assert_set_authdata_raw(v, 0, a->authenticator.p, a->authenticator.n) ||
		     fido_assert_set_sig(v, 0, a->signature.p, a->signature.n) ||
		     fido_assert_set_up(v, FIDO_OPT_TRUE) || fido_assert_set_uv(v, FIDO_OPT_TRUE)))
		fido_assert_free(&v);
	return v;
}

static bool fits_es256(fido_assert_t *v, struct sk_slice key)
{
	es256_pk_t *pk = es256_pk_new();
	bool fits = pk && es256_pk_from_ptr(pk, key.p, key.n) == FIDO_OK &&
		    fido_assert_verify(v, 0, COSE_ES256, pk) == FIDO_OK;

	es256_pk_free(&pk);
	return fits;
}

static bool fits_eddsa(fido_assert_t *v, struct sk_slice key)
{
	eddsa_pk_t *pk = eddsa_pk_new();
	bool fits = pk && eddsa_pk_from_ptr(pk, key.p, key.n) == FIDO_OK &&
		    fido_assert_verify(v, 0, COSE_EDDSA, pk) == FIDO_OK;

	eddsa_pk_free(&pk);
	return fits;
}

/* What libfido2 cannot load it cannot verify either. */
static enum sk_passkey_why judge_signature(const char *id, const struct sk_passkey_key *key,
    const struct sk_passkey_answer *answer, uint32_t *counter)
{
	if (!has_alg(key) || answer->signature.n == 0)
		return SK_PASSKEY_FORM;
	fido_assert_t *v = load(id, answer);
	bool fits = v && (key->alg == SK_PASSKEY_ES256 ? fits_es256(v, bytes_of(key))
						       : fits_eddsa(v, bytes_of(key)));
	*counter = v ? fido_assert_sigcount(v, 0) : 0;
	fido_assert_free(&v);
	return fits ? SK_PASSKEY_GOOD : SK_PASSKEY_SIGNATURE;
}

int sk_passkey_verify(const struct sk_passkey_party *party, const struct sk_passkey_key *key,
    const struct sk_passkey_answer *answer, const uint8_t challenge[SK_PASSKEY_CHALLENGE],
    uint32_t *counter, enum sk_passkey_why *why)
{
	uint32_t now = 0;
	enum sk_passkey_why w = sk_passkey_client(answer->client, "get", party->origin, challenge);

	if (w == SK_PASSKEY_GOOD)
		w = judge_authenticator(answer->authenticator, party->id);
	if (w == SK_PASSKEY_GOOD)
		w = judge_signature(party->id, key, answer, &now);
	if (w == SK_PASSKEY_GOOD && (now || key->counter) && now <= key->counter)
		w = SK_PASSKEY_COUNTER;
	*why = w;
	if (w != SK_PASSKEY_GOOD)
		return SK_EREFUSED;
	*counter = now;
	return 0;
}

/* --- as it is kept --- */

static void put_base64(struct sk_slice bytes, struct sk_buf *out)
{
	char text[BASE64_MOST];

	if (sodium_base64_ENCODED_LEN(bytes.n, sodium_base64_VARIANT_ORIGINAL) > sizeof(text)) {
		out->err = SK_ELIMIT;
		return;
	}
	sodium_bin2base64(text, sizeof(text), bytes.p, bytes.n, sodium_base64_VARIANT_ORIGINAL);
	sk_buf_printf(out, " %s", text);
}

int sk_passkey_write(const struct sk_passkey_asked *asked, const char *member,
    const struct sk_passkey_party *party, const struct sk_passkey_key *key,
    const struct sk_passkey_answer *answer, struct sk_buf *out)
{
	if (!is_asked(asked) || !is_name(member) || !has_alg(key))
		return SK_EARG;
	sk_buf_printf(out, "passkey1 %s", key->alg == SK_PASSKEY_ES256 ? "es256" : "eddsa");
	put_base64(sk_slice_str(member), out);
	sk_buf_printf(out, " %s %s ", asked->allow ? "allow" : "deny", asked->hold);
	sk_hex_write(sk_slice(asked->policy, 32), out);
	if (asked->class)
		put_base64(sk_slice_str(asked->class), out);
	else
		sk_buf_puts(out, " -");
	sk_buf_printf(out, " %s", party->id);
	put_base64(bytes_of(key), out);
	put_base64(answer->authenticator, out);
	put_base64(answer->client, out);
	put_base64(answer->signature, out);
	return out->err;
}
