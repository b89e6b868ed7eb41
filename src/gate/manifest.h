/*
 * The manifest of a transfer that another post offers: the receipt of that post's ledger entry "transfer.offer", with its
 * openings. It is read by the code of src/ledgerverify alone, which shares nothing with what wrote it. The gate.
 */
#ifndef SK_GATE_MANIFEST_H
#define SK_GATE_MANIFEST_H

#include "base/arena.h"
#include "policy/recorded.h"

/* Which logs are believed: vkey lines, as they were pinned. Borrowed. */
struct sk_manifest_keys {
	const char *log; /* of the other post's ledger */
	const char *
	    witness; /* of this post: when it cosigned, the cosignature must be right; NULL: not looked at */
};

#define SK_MANIFEST_WHY 256

/*
 * What it says; text lies in the arena, NULL where nothing is said. route, from, to and class are those of the recorded
 * request: an entry's clear fields hold words of ASCII only, and a name that is none stands there by its place (transfer.h),
 * so that for such a name the clear field is only checked to begin with "route-", "zone-" or "confidentiality-".
 */
struct sk_manifest {
	char id[33];
	uint64_t index; /* of the entry in its log */
	const char *origin;
	const char *route, *from, *to;
	uint8_t hash_in[32], hash_out[32], hash_policy[32];
	uint64_t size_in, size_out;
	const char *type;  /* stable name of what came out */
	const char *class; /* confidentiality */
	int64_t time,
	    expires; /* milliseconds since 1970; expires: SK_UNKNOWN when it is not said */
	const char *requester, *recipient, *file;
	struct sk_recorded request; /* what the policy was asked, votes included */
};

/*
 * Signature of the pinned log, inclusion, openings, the kind of the entry, and that clear fields and recorded request say the
 * same. 0; SK_EREFUSED: `why` names the first deviation, in English; SK_EFORMAT: it is no receipt; SK_ENOMEM.
 */
int sk_manifest_check(struct sk_slice receipt, const struct sk_manifest_keys *keys,
    struct sk_arena *a, struct sk_manifest *m, char why[SK_MANIFEST_WHY]);

#endif
