/*
 * The manifest of a transfer that another post offers: the receipt of that post's ledger entry "transfer.offer", with its
 * openings (doc/ledger.md, section 5). It is read by the code of src/ledgerverify alone, which shares nothing with what wrote
 * it. The gate.
 *
 * The entry must say: transfer, route, from, to, hash.in, hash.out, hash.policy, size.out, type.out, auth (a word of `login`:
 * the weakest by which an approval was given; none: nobody approved), personal.requester and personal.request: what the
 * policy was asked, votes included, with from, to, route and requester. It may say: class, expires, size.in, type.claimed,
 * type.found, method, cleaner, removed, found, personal.recipient, personal.file, personal.assertion (doc/passkey.md). What is
 * said twice must be the same.
 */
#ifndef SK_GATE_MANIFEST_H
#define SK_GATE_MANIFEST_H

#include "base/arena.h"
#include "ledgerverify/lv.h"
#include "policy/recorded.h"

#define SK_MANIFEST_BYTES ((size_t)48 << 10)
/* Seconds by which the clocks of two posts may differ. */
#define SK_MANIFEST_CLOCKS 3600

/* Which logs are believed, and who speaks to whom. All of it must be said. */
struct sk_manifest_keys {
	struct sk_lv_trust trust; /* what sk_manifest_keys_read() reads */
	const char *from, *to;    /* zones: of the other post, of this one; borrowed */
	int64_t now;              /* seconds */
};

/*
 * The pinned keys of the other post's ledger, and our own witness key or nothing: vkey lines. A cosignature of ours that is
 * there must be right; that it is there is not demanded. SK_EFORMAT: a line is no such key, or the ledger has none.
 */
int sk_manifest_keys_read(
    struct sk_slice log, struct sk_slice witness, struct sk_manifest_keys *keys);

/* Room for one word that names what does not fit: such as the field `reason` of an entry takes it. */
#define SK_MANIFEST_WHY 65

/*
 * What it says; text lies in the arena, NULL where nothing is said. route, from, to and class are those of the recorded
 * request: an entry's clear fields hold words of ASCII only, and a name that is none stands there by its place (transfer.h),
 * so that for such a name the clear field is only checked to begin with "route-", "zone-" or "confidentiality-".
 */
struct sk_manifest {
	char id[33];
	uint64_t index; /* of the entry in its log */
	uint64_t size;  /* entries of the checkpoint that proves it */
	const char *origin;
	const char *route, *from, *to;
	uint8_t hash_in[32], hash_out[32], hash_policy[32];
	uint8_t hash[32];           /* of the manifest itself */
	uint64_t size_in, size_out; /* size_in: 0 when it is not said */
	const char *type;           /* stable name of what came out */
	const char *class;          /* confidentiality */
	const char *auth, *method, *cleaner;
	const char *removed, *found; /* word=count, with commas between */
	int64_t time,
	    expires; /* milliseconds since 1970; expires: SK_UNKNOWN when it is not said */
	const char *requester, *recipient, *file;
	const char *assertion; /* what passkeys signed, verified */
	bool cosigned;         /* the checkpoint bears a cosignature of ours */
	/* What the policy was asked, votes included; what only this post can know (verified, released, downloads) is not known. */
	struct sk_recorded request;
};

/*
 * Signature of the pinned log, inclusion, openings, the kind of the entry, and that clear fields and recorded request say the
 * same. 0; SK_EREFUSED: `why` names the first deviation: a finding of sekisho-ledgerverify(1), manifest.kind,
 * manifest.missing.FIELD, manifest.malformed.FIELD, manifest.differs.FIELD, manifest.from, manifest.to, manifest.clock,
 * manifest.expired, manifest.original, manifest.uncleaned, manifest.auth, manifest.passkey (a vote that none signed), manifest.keys (no key or no zone is said); SK_EFORMAT: it
 * is no receipt, or too long (manifest.size); SK_ENOMEM. That a transfer was offered before is for the caller to see.
 */
int sk_manifest_check(struct sk_slice receipt, const struct sk_manifest_keys *keys,
    struct sk_arena *a, struct sk_manifest *m, char why[SK_MANIFEST_WHY]);

/*
 * The receipt with which a giver tells that a transfer waits for a password, before it is offered: the same of an entry "transfer.hold" with
 * decision "password", which says nothing of what came out or of approvals (hash.out, size.out, type.out, auth).
 */
int sk_manifest_waits(struct sk_slice receipt, const struct sk_manifest_keys *keys,
    struct sk_arena *a, struct sk_manifest *m, char why[SK_MANIFEST_WHY]);

/*
 * The receipt with which a receiver tells how a transfer ended: proved by the pinned log, of this transfer, of the kind
 * transfer.EVENT. Returns as sk_manifest_check(). Of `keys` from is the zone of the other post, too.
 */
int sk_manifest_end(struct sk_slice receipt, const struct sk_manifest_keys *keys, const char *id,
    const char *event, char why[SK_MANIFEST_WHY]);

/*
 * Whether the manifest of an offer will not be too long: bytes of what its entry says in clear, and of what stands behind
 * commitments. Rather no than a manifest that nobody takes.
 */
bool sk_manifest_fits(size_t clear, size_t shown);

/* What a giver may say of persons: UTF-8, not empty, no control characters; of the name of a file: no path, either, and at most 255 bytes. */
bool sk_manifest_text_fits(struct sk_slice s);
bool sk_manifest_name_fits(struct sk_slice s);

#endif
