/*
 * Who said that he is away, and until when: his deputies decide for him then. Nothing is said of the past, neither by a new
 * one nor by ending one, so that no decision becomes another one afterwards. In the caller's transaction; only reading needs
 * none. The gate.
 */
#ifndef SK_STORE_ABSENCE_H
#define SK_STORE_ABSENCE_H

#include "base/arena.h"
#include "store/db.h"

struct sk_absence {
	int64_t number;       /* set by the store */
	const char *member;   /* name in the policy */
	int64_t begins, ends; /* ms; away from the first until before the second */
	int64_t said;         /* ms, set by the store */
	const char *said_by;  /* member; NULL: root */
};

/* As long as this at most, and as many that have not ended or were said within a day. */
#define SK_ABSENCE_MOST_MS ((int64_t)366 * 24 * 3600 * 1000)
#define SK_ABSENCES_OF_ONE 20

/* Begins now at the earliest. SK_EARG: it ends before it begins, or lasts too long; SK_ELIMIT: he has said enough. */
int sk_absence_add(struct sk_db *db, const struct sk_absence *a);
/* SK_ENOENTRY. Texts lie in the arena. */
int sk_absence_load(
    struct sk_db *db, struct sk_arena *arena, int64_t number, struct sk_absence *out);
/* It ends now, or is gone when it has not begun. SK_ENOENTRY: there is none, or it has ended. */
int sk_absence_end(struct sk_db *db, int64_t number);
/* What has not ended at `time` (ms), of one member or (NULL) of all, by when it begins; at most `most`. */
int sk_absence_list(struct sk_db *db, struct sk_arena *arena, const char *member, int64_t time,
    size_t most, struct sk_absence **out, size_t *n);
/*
 * Of these members (",a,b,"), what began at `until` at the latest and had not ended at `since` (ms), by when it began; at most `most`.
 */
int sk_absence_among(struct sk_db *db, struct sk_arena *arena, const char *members, int64_t since,
    int64_t until, size_t most, struct sk_absence **out, size_t *n);
/* Those that ended before `time` are forgotten. */
int sk_absence_forget(struct sk_db *db, int64_t time);

#endif
