/*
 * What a post keeps about the other posts, and which policies it took. All but reading in the caller's transaction.
 */
#ifndef SK_STORE_PEER_H
#define SK_STORE_PEER_H

#include "base/arena.h"
#include "store/db.h"

/* A link to the post of another zone. Its number says which channel of the outbox its letters go through. */
struct sk_link_row {
	const char *zone;
	int64_t number; /* from 0 on */
	int64_t heard;  /* the last letter of the other post that was taken; 0: none */
};

/* The link to a zone, with the next free number when it is new. */
int sk_link_add(struct sk_db *db, struct sk_arena *a, const char *zone, struct sk_link_row *out);
/* SK_ENOENTRY: there is none. */
int sk_link_find(struct sk_db *db, struct sk_arena *a, const char *zone, struct sk_link_row *out);
int sk_link_list(struct sk_db *db, struct sk_arena *a, struct sk_link_row **out, size_t *n);
/* A letter of the other post is taken. SK_ECHANGED: it, or a later one, was taken before. SK_ENOENTRY. */
int sk_link_hear(struct sk_db *db, const char *zone, int64_t number);

/* One file of a policy, the first is the policy itself, the others it includes by these names. */
struct sk_policy_text {
	const char *name;
	struct sk_slice text;
};

/* Remember a policy that is good and in force now; one that is there already becomes the latest, and the latest keeps its date. */
int sk_policy_keep(
    struct sk_db *db, const uint8_t hash[32], const struct sk_policy_text *v, size_t n);
/*
 * Those in whose place another came so many ms ago, or before, and that no transfer whose people are known, no vote about one, and no
 * proposal names: the whole organisation of that time stands in them.
 */
int sk_policy_forget(struct sk_db *db, int64_t ms);
/* The files of a policy; `hash` NULL: of the latest. SK_ENOENTRY. */
int sk_policy_kept(struct sk_db *db, struct sk_arena *a, const uint8_t *hash,
    struct sk_policy_text **out, size_t *n);

/* Passwords for a transfer, each sealed for a worker (box of libsodium): nobody else can read them. */
int sk_sealed_add(struct sk_db *db, const char *transfer, struct sk_slice box);
int sk_sealed_list(
    struct sk_db *db, struct sk_arena *a, const char *transfer, struct sk_slice **out, size_t *n);
int sk_sealed_forget(struct sk_db *db, const char *transfer);

#endif
