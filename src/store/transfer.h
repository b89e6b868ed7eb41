/*
 * The rows of transfers, what happened to them and who approved them. What a state, an event or a decision means is the
 * gate's: here they are small numbers. All of these run in the caller's transaction; only reading needs none.
 */
#ifndef SK_STORE_TRANSFER_H
#define SK_STORE_TRANSFER_H

#include "base/arena.h"
#include "store/blob.h"
#include "store/db.h"

#define SK_TRANSFER_ID 33   /* 32 hexadecimal digits, random; NUL */
#define SK_NONE (INT64_MIN) /* a number that is not said */

/* Text that is NULL and bytes with a NULL pointer are not said. Times are milliseconds of the database's clock. */
struct sk_transfer {
	char id[SK_TRANSFER_ID];
	int64_t version;                   /* raised by each save */
	int64_t received, changed, erased; /* set by the store */
	int64_t approvals, sealed;         /* rows about it, when it was read */
	/* transfer.def */
	int64_t state, holds, integrity, availability, original_size, output_size, expires,
	    keep_until, released, downloads, downloads_most, reminders, leaf, remind,
	    announced, /* 1: told to the post of its recipient before it is offered (gate/waits.h) */
	    handed;    /* how often its bytes began to leave */
	const char *owner, *route, *zone_from, *zone_to, *class, *sender_proof, *claimed, *found,
	    *output_type, *original, *method, *cleaner, *removed,
	    *brought_from; /* the zone in which it began, of what came here */
	const char *requester, *requester_name, *recipient, *file_name, *reason;
	const char
	    *facts; /* one line of JSON (policy/recorded.h): what the policy is asked about it */
	struct sk_slice policy, original_hash, output,
	    brought; /* the output of what came here; it stays when the bytes are gone */
};

/* Nothing said but state, holds, downloads and reminders, which are 0; a new id. */
void sk_transfer_init(struct sk_transfer *t);

/* Sets version to 1 and the times. Owner, route and zones must be said (SK_EFORMAT). */
int sk_transfer_insert(struct sk_db *db, struct sk_transfer *t);

/*
 * Writes all columns if the row still has the version that was read, and raises it; SK_ECHANGED when it has not, now or when
 * the transaction ends (sk_db_post): `t` belongs to this one run of it.
 */
int sk_transfer_save(struct sk_db *db, struct sk_transfer *t);

/* SK_ENOENTRY when there is none. Its text lies in the arena. */
int sk_transfer_load(struct sk_db *db, struct sk_arena *a, const char *id, struct sk_transfer *out);

/* The oldest of a state after (received, id): the last of one page opens the next. For a requester unless NULL. */
struct sk_transfer_page {
	int64_t state;
	const char *requester;
	int64_t after_received;
	const char *after_id; /* NULL: from the beginning */
	size_t most;
	int64_t
	    holds; /* held for one of these (bits of enum sk_held); 0: whatever they are held for */
};
int sk_transfer_list(struct sk_db *db, struct sk_arena *a, const struct sk_transfer_page *page,
    struct sk_transfer **out, size_t *n);

/* The newest of a state before (received, id); for a person who sent it or for whom it is, unless NULL. */
struct sk_transfer_latest {
	int64_t state; /* of a person: -1 for all of them */
	const char *person;
	int64_t before_received;
	const char *before_id; /* NULL: from the newest */
	size_t most;
};
int sk_transfer_latest(struct sk_db *db, struct sk_arena *a, const struct sk_transfer_latest *what,
    struct sk_transfer **out, size_t *n);

/* Those whose date has come by the database's clock, the earliest first. What is done clears or moves the date. */
enum sk_due { SK_DUE_EXPIRES, SK_DUE_KEEP, SK_DUE_REMIND };
int sk_transfer_due(struct sk_db *db, struct sk_arena *a, enum sk_due what, size_t most,
    struct sk_transfer **out, size_t *n);

/* The latest one that brought exactly these bytes into a zone; SK_ENOENTRY. */
int sk_transfer_brought(struct sk_db *db, struct sk_arena *a, struct sk_slice output,
    const char *zone, struct sk_transfer *out);

/* How many there are in a state. */
int sk_transfer_count(struct sk_db *db, int64_t state, int64_t *n);

/* Erases what is known about people: in the row, its history and its approvals. Raises the version. */
int sk_transfer_forget(struct sk_db *db, const char *id);

/* Whether a transfer refers to this blob, or to the file of which it shows a page: 1, 0 or a failure. For sk_blobs_sweep(). */
int sk_transfer_refers(struct sk_db *db, enum sk_blob_kind kind, const char *name);
/* The same with the database as `arg`. */
int sk_transfer_wants(void *db, enum sk_blob_kind kind, const char *name);

struct sk_history {
	int64_t at, event, state_from, state_to, actor;
	const char *person, *note; /* NULL when not said; note: a word, no content */
};
int sk_history_add(struct sk_db *db, const char *transfer, const struct sk_history *h);
int sk_history_list(
    struct sk_db *db, struct sk_arena *a, const char *transfer, struct sk_history **out, size_t *n);

struct sk_approval_row {
	int64_t at, decision;
	struct sk_slice output; /* the hash that was approved */
	const char *person, *method;
	struct sk_slice proof;  /* what a passkey signed; nothing for others */
	int64_t hold;           /* which of the reasons it is about */
	struct sk_slice policy; /* hash of the policy that was in force */
	const char *comment;
	bool
	    closed; /* the person's account is: then his word counts no more; only of what is listed */
};
/* Counts it in the row, too. */
int sk_approval_add(struct sk_db *db, struct sk_transfer *t, const struct sk_approval_row *a);
int sk_approval_list(struct sk_db *db, struct sk_arena *a, const char *transfer,
    struct sk_approval_row **out, size_t *n);

#endif
