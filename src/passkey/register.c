/* Passkeys that are registered, and answers as front ends hand them on: passkey.h. The gate. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "passkey/inside.h"

#define PRESENT_AND_VERIFIED 0x05
#define HAS_KEY 0x40
#define HAS_EXTENSIONS 0x80
#define ALLOWED 0xDD /* and those of backups */
#define CREDENTIAL_MOST 1023
#define CHALLENGE_TEXT 43 /* of 32 bytes in base64url */

/* --- COSE_Key --- */

/* What stands before the bytes of a key (RFC 9052, section 7; CTAP2 canonical CBOR). */
static const uint8_t es256_head[] = {0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20},
		     es256_middle[] = {0x22, 0x58, 0x20},
		     eddsa_head[] = {0xA4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20};

static bool take(struct sk_slice *in, const uint8_t *head, size_t n)
{
	if (!sk_slice_starts(*in, sk_slice(head, n)))
		return false;
	*in = sk_slice_sub(*in, n, SIZE_MAX);
	return true;
}

/* x and y stand apart; the key's bytes are put together in its own place. */
static bool take_es256(struct sk_slice *in, struct sk_passkey_key *key)
{
	struct sk_slice x = sk_slice_sub(*in, 0, 32);

	*in = sk_slice_sub(*in, 32, SIZE_MAX);
	if (x.n != 32 || !take(in, es256_middle, sizeof(es256_middle)) || in->n < 32)
		return false;
	memcpy(key->point, x.p, 32);
	memcpy(key->point + 32, in->p, 32);
	*in = sk_slice_sub(*in, 32, SIZE_MAX);
	return true;
}

int sk_passkey_cose(struct sk_slice cose, struct sk_passkey_key *key, struct sk_slice *rest)
{
	struct sk_passkey_key found = {.counter = 0};

	if (take(&cose, es256_head, sizeof(es256_head))) {
		found.alg = SK_PASSKEY_ES256;
		if (!take_es256(&cose, &found))
			return SK_EFORMAT;
	} else if (take(&cose, eddsa_head, sizeof(eddsa_head)) && cose.n >= 32) {
		found.alg = SK_PASSKEY_EDDSA;
		memcpy(found.point, cose.p, 32);
		cose = sk_slice_sub(cose, 32, SIZE_MAX);
	} else {
		return SK_EFORMAT;
	}
	if (rest == NULL && cose.n)
		return SK_EFORMAT;
	if (rest)
		*rest = cose;
	*key = found;
	return 0;
}

/* --- registering --- */

static enum sk_passkey_why judge_data(
    struct sk_slice data, const char *id, struct sk_passkey_new *made)
{
	uint8_t want[crypto_hash_sha256_BYTES];
	struct sk_reader r = sk_reader(data);
	struct sk_passkey_key key;
	struct sk_slice rest;

	crypto_hash_sha256(want, (const uint8_t *)id, strlen(id));
	struct sk_slice party = sk_read_slice(&r, sizeof(want));
	unsigned flags = sk_read_u8(&r);
	made->counter = sk_read_u32be(&r);
	(void)sk_read_slice(&r, 16); /* its model, which nobody has attested */
	size_t n = sk_read_u16be(&r);
	made->credential = sk_read_slice(&r, n);
	if (r.bad || n == 0 || n > CREDENTIAL_MOST || !(flags & HAS_KEY) || (flags & ~ALLOWED))
		return SK_PASSKEY_FORM;
	if (memcmp(party.p, want, sizeof(want)) != 0)
		return SK_PASSKEY_PARTY;
	if ((flags & PRESENT_AND_VERIFIED) != PRESENT_AND_VERIFIED)
		return SK_PASSKEY_PRESENCE;
	made->cose = sk_slice_sub(data, r.pos, SIZE_MAX);
	if (sk_passkey_cose(made->cose, &key, &rest) || (rest.n > 0) != !!(flags & HAS_EXTENSIONS))
		return SK_PASSKEY_FORM;
	made->cose.n -= rest.n;
	return SK_PASSKEY_GOOD;
}

int sk_passkey_register(const struct sk_passkey_party *party,
    const struct sk_passkey_answer *answer, const uint8_t challenge[SK_PASSKEY_CHALLENGE],
    struct sk_passkey_new *made, enum sk_passkey_why *why)
{
	struct sk_passkey_new found;

	*why = sk_passkey_client(answer->client, "create", party->origin, challenge);
	if (*why == SK_PASSKEY_GOOD)
		*why = judge_data(answer->authenticator, party->id, &found);
	if (*why != SK_PASSKEY_GOOD)
		return SK_EREFUSED;
	*made = found;
	return 0;
}

/* --- answers as they are handed on --- */

static bool take_line(struct sk_slice *text, struct sk_buf *bytes, size_t *at, size_t *n)
{
	uint8_t raw[6144]; /* an attestation has certificates in it */
	size_t end = sk_slice_find(*text, 0, SK_SLICE_LIT("\n"));
	struct sk_slice line = sk_slice_sub(*text, 0, end);

	*text = sk_slice_sub(*text, line.n + 1, SIZE_MAX);
	if (sodium_base642bin(raw, sizeof(raw), (const char *)line.p, line.n, NULL, n, NULL,
		sodium_base64_VARIANT_URLSAFE_NO_PADDING))
		return false;
	*at = bytes->len;
	return *n > 0 && sk_buf_put(bytes, raw, *n) == 0;
}

static bool take_lines(
    struct sk_slice text, struct sk_buf *bytes, int lines, size_t at[4], size_t n[4])
{
	for (int i = 0; i < lines; i++)
		if (!take_line(&text, bytes, &at[i], &n[i]))
			return false;
	return text.n == 0;
}

int sk_passkey_answer_read(struct sk_slice text, struct sk_buf *bytes, struct sk_slice *credential,
    struct sk_passkey_answer *answer)
{
	size_t at[4], n[4];

	if (!take_lines(text, bytes, 4, at, n))
		return SK_EFORMAT;
	*credential = sk_slice(bytes->p + at[0], n[0]);
	answer->authenticator = sk_slice(bytes->p + at[1], n[1]);
	answer->client = sk_slice(bytes->p + at[2], n[2]);
	answer->signature = sk_slice(bytes->p + at[3], n[3]);
	return 0;
}

static int lines_in(struct sk_slice text)
{
	int n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	return n;
}

int sk_passkey_creation_read(struct sk_slice text, struct sk_buf *bytes,
    struct sk_passkey_answer *answer, struct sk_slice *object)
{
	int lines = lines_in(text);
	size_t at[4] = {0}, n[4] = {0};

	if (lines < 2 || lines > 3 || !take_lines(text, bytes, lines, at, n))
		return SK_EFORMAT;
	*object = sk_slice(bytes->p + at[2], n[2]);
	*answer = (struct sk_passkey_answer){.authenticator = sk_slice(bytes->p + at[0], n[0]),
	    .client = sk_slice(bytes->p + at[1], n[1])};
	return 0;
}

/* --- parties --- */

int sk_passkey_challenge_of(
    struct sk_slice client, const char *type, uint8_t challenge[SK_PASSKEY_CHALLENGE])
{
	uint8_t raw[SK_PASSKEY_CHALLENGE];
	char head[64];
	size_t n = 0;

	snprintf(head, sizeof(head), "{\"type\":\"webauthn.%s\",\"challenge\":\"", type);
	if (!sk_slice_starts(client, sk_slice_str(head)))
		return SK_EFORMAT;
	struct sk_slice text = sk_slice_sub(client, strlen(head), CHALLENGE_TEXT);
	if (text.n != CHALLENGE_TEXT ||
	    sodium_base642bin(raw, sizeof(raw), (const char *)text.p, text.n, NULL, &n, NULL,
		sodium_base64_VARIANT_URLSAFE_NO_PADDING) ||
	    n != sizeof(raw))
		return SK_EFORMAT;
	memcpy(challenge, raw, sizeof(raw));
	return 0;
}

int sk_passkey_party_of(const char *origin, char host[254], struct sk_passkey_party *party)
{
	static const char scheme[] = "https://";

	if (origin == NULL || strncmp(origin, scheme, strlen(scheme)) != 0)
		return SK_EARG;
	size_t n = strcspn(origin + strlen(scheme), ":/");
	if (n == 0 || n > 253)
		return SK_EARG;
	memcpy(host, origin + strlen(scheme), n);
	host[n] = 0;
	*party = (struct sk_passkey_party){.id = host, .origin = origin};
	return 0;
}
