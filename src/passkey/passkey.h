/*
 * Decisions signed with a passkey (WebAuthn): what is to be signed, whether it was, and how it is kept (doc/passkey.md). The
 * gate, and the front end that asks for a signature. src/ledgerverify checks the same with code of its own.
 */
#ifndef SK_PASSKEY_PASSKEY_H
#define SK_PASSKEY_PASSKEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define SK_PASSKEY_CHALLENGE 32
#define SK_PASSKEY_NAME 200    /* bytes of a name of a member or a class */
#define SK_PASSKEY_CLIENT 1024 /* of clientDataJSON */
#define SK_PASSKEY_MOST 16     /* assertions of one entry */

/* Algorithms by their numbers in COSE. */
enum sk_passkey_alg { SK_PASSKEY_ES256 = -7, SK_PASSKEY_EDDSA = -8 };

/* What somebody decides. */
struct sk_passkey_asked {
	const char *transfer;           /* 32 hexadecimal digits */
	const uint8_t *output, *policy; /* 32 bytes each */
	const char *class;              /* confidentiality; NULL: none */
	bool allow;
	const char *hold;       /* "approval", "leak" or "original" */
	const uint8_t *request; /* of "original" alone: SHA-256 of the request's number, 32 bytes */
};

/* SHA-256 of it. SK_EARG: something is not said or of another form. */
int sk_passkey_challenge(
    const struct sk_passkey_asked *asked, uint8_t challenge[SK_PASSKEY_CHALLENGE]);

/* Who asks: the id of the party and the origin of its portal. */
struct sk_passkey_party {
	const char *id, *origin;
};

struct sk_passkey_key {
	enum sk_passkey_alg alg;
	uint8_t point[64]; /* ES256: x and y; EdDSA: the first 32 */
	uint32_t counter;  /* of the last assertion */
};
/* SHA-256 of the public key, as the ledger and sekisho-ledgerverify(1) name it. */
void sk_passkey_hash(const struct sk_passkey_key *key, uint8_t hash[32]);

/* As the browser gives it. */
struct sk_passkey_answer {
	struct sk_slice authenticator, client, signature;
};

/* Why an assertion is not taken. */
enum sk_passkey_why {
	SK_PASSKEY_GOOD,
	SK_PASSKEY_FORM,      /* not in the form of doc/passkey.md, or a key that is none */
	SK_PASSKEY_PARTY,     /* of another party, or from another origin */
	SK_PASSKEY_OTHER,     /* something else was signed */
	SK_PASSKEY_PRESENCE,  /* nobody was there, or was not verified */
	SK_PASSKEY_SIGNATURE, /* it does not fit the key */
	SK_PASSKEY_COUNTER, /* the counter has not grown: the key was copied, or this was used before */
	SK_PASSKEY_ATTESTATION, /* none of a maker that is wanted */
	SK_PASSKEY_WHYS
};
/* A stable word for the ledger and the interfaces. */
const char *sk_passkey_why_word(enum sk_passkey_why why);

/* 0 and the new counter. SK_EREFUSED and why; SK_ENOMEM. */
int sk_passkey_verify(const struct sk_passkey_party *party, const struct sk_passkey_key *key,
    const struct sk_passkey_answer *answer, const uint8_t challenge[SK_PASSKEY_CHALLENGE],
    uint32_t *counter, enum sk_passkey_why *why);

/*
 * A public key as an authenticator gives it and accounts keep it: COSE_Key in the one order of CTAP2, of the two algorithms alone.
 * Borrows; SK_EFORMAT. *rest, unless NULL, is what stands behind it; else nothing may.
 */
int sk_passkey_cose(struct sk_slice cose, struct sk_passkey_key *key, struct sk_slice *rest);

/*
 * An answer as front ends hand it on (doc/passkey.md, section 4): lines of base64url. `bytes` takes what the slices borrow.
 * SK_EFORMAT.
 */
int sk_passkey_answer_read(struct sk_slice text, struct sk_buf *bytes, struct sk_slice *credential,
    struct sk_passkey_answer *answer);

/* The same of a registration: two lines, `authenticator` and `client`; or three, then the last is attestationObject, else empty. */
int sk_passkey_creation_read(struct sk_slice text, struct sk_buf *bytes,
    struct sk_passkey_answer *answer, struct sk_slice *object);

/* Which challenge clientDataJSON of this type ("get", "create") says that it answers. SK_EFORMAT. */
int sk_passkey_challenge_of(
    struct sk_slice client, const char *type, uint8_t challenge[SK_PASSKEY_CHALLENGE]);

/* The party of a portal: its origin, and its host as id. `host` keeps it. SK_EARG: no origin of that form. */
int sk_passkey_party_of(const char *origin, char host[254], struct sk_passkey_party *party);

/* A passkey that is registered: what an account keeps of it. */
struct sk_passkey_new {
	struct sk_slice credential, cose; /* borrowed from the answer */
	uint32_t counter;
};
/*
 * Judge the answer to a registration with this challenge: its `authenticator` (no signature; no attestation is asked for or
 * believed). 0; SK_EREFUSED and why.
 */
int sk_passkey_register(const struct sk_passkey_party *party,
    const struct sk_passkey_answer *answer, const uint8_t challenge[SK_PASSKEY_CHALLENGE],
    struct sk_passkey_new *made, enum sk_passkey_why *why);

/*
 * A verified one as it is kept with an approval and logged: text without an end of line, appended. Several stand in one field
 * with `;` between them. SK_EARG: a name is too long.
 */
int sk_passkey_write(const struct sk_passkey_asked *asked, const char *member,
    const struct sk_passkey_party *party, const struct sk_passkey_key *key,
    const struct sk_passkey_answer *answer, struct sk_buf *out);

#endif
