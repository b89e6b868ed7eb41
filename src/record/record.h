/*
 * What a gate asks of its scribe, and what it gets back: bodies of messages (ipc/channel.h). The scribe alone has the
 * ledger's key; the gate alone decides what is said. Both read what the other wrote as if it were hostile. Numbers are
 * little-endian.
 */
#ifndef SK_RECORD_RECORD_H
#define SK_RECORD_RECORD_H

#include "ledger/entry.h"
#include "ledger/ledger.h"

enum sk_record_kind {
	/* gate → scribe; each is answered by a message of the same serial */
	SK_RECORD_APPEND = 1, /* entries */
	SK_RECORD_RECEIPT,    /* index, openings; one descriptor: an empty file */
	SK_RECORD_ERASE,      /* index, field or all */
	SK_RECORD_FORGET, /* number of the outbox, as index: what is behind all commitments of that entry; one that is not there is fine */
	SK_RECORD_REQUEST, /* number of a witness; one descriptor: an empty file, for the body of add-checkpoint */
	SK_RECORD_ANSWER, /* number of a witness, HTTP status; two descriptors: the request, the answer's body */
	SK_RECORD_SAW, /* number of a witness, whether it was reached; one descriptor: the last checkpoint it knows */
	SK_RECORD_COSIGN, /* as the witness of the other post; two descriptors: the request, an empty file */
	SK_RECORD_LAST, /* as the witness: number of the log; one descriptor: an empty file, for the last checkpoint signed */
	SK_RECORD_COPY, /* openings; one descriptor: an empty file, for an archive of the ledger, or of what is behind its commitments (ledger/copy.h); made beside all else */
	SK_RECORD_PROVE, /* number of the outbox, as index, openings; one descriptor: an empty file, for the receipt of that entry */
	SK_RECORD_FIND, /* what is looked for; one descriptor: a file to which what is found is appended, in the form that is asked for */
	/* scribe → gate */
	SK_RECORD_APPENDED, /* status, indexes */
	SK_RECORD_DONE, /* status, number: of an HTTP status, of entries or openings copied, or 0 */
	SK_RECORD_STATE, /* unasked: after each change of what the ledger is */
	SK_RECORD_FOUND, /* status, how many, where to go on */
};

/* Entries of one message; more go in the next one. */
#define SK_RECORD_BATCH 256

struct sk_record_entries {
	size_t n;
	struct sk_leaf v[SK_RECORD_BATCH];
};

/* SK_ELIMIT: they do not go into one message (max bytes of `out`). */
int sk_record_put_entries(const struct sk_leaf *v, size_t n, struct sk_buf *out);
/* Borrows from `in`. SK_EFORMAT. That values are of their types is for the ledger to see. */
int sk_record_get_entries(struct sk_slice in, struct sk_record_entries *e);

struct sk_record_appended {
	int32_t status; /* SK_E*, 0 when all are durable */
	size_t n;       /* of indexes; 0 unless status is 0 */
	uint64_t index[SK_RECORD_BATCH];
};

int sk_record_put_appended(const struct sk_record_appended *a, struct sk_buf *out);
int sk_record_get_appended(struct sk_slice in, struct sk_record_appended *a);

/* What the other messages hold, by their kind. */
struct sk_record_ask {
	uint64_t index; /* RECEIPT, ERASE; FORGET: number of the outbox */
	uint8_t field;  /* ERASE: enum sk_entry_field, SK_ENTRY_FIELDS: all */
	uint8_t
	    openings; /* RECEIPT: 1 with what stands behind commitments; COPY: 1 of that alone; SAW: 1 it was reached */
	uint16_t witness; /* REQUEST, ANSWER, SAW; LAST: of the log, as the scribe was given them */
	uint16_t http;    /* ANSWER */
};

#define SK_RECORD_ASK_BYTES 14

int sk_record_put_ask(const struct sk_record_ask *a, struct sk_buf *out);
int sk_record_get_ask(struct sk_slice in, struct sk_record_ask *a);

struct sk_record_done {
	int32_t status;
	uint32_t number;
};

#define SK_RECORD_DONE_BYTES 8

int sk_record_put_done(const struct sk_record_done *d, struct sk_buf *out);
int sk_record_get_done(struct sk_slice in, struct sk_record_done *d);

/* What the ledger is now. */
struct sk_record_state {
	uint8_t state; /* enum sk_ledger_state */
	uint64_t size;
	struct sk_hash root;
};

#define SK_RECORD_STATE_BYTES 41

int sk_record_put_state(const struct sk_record_state *s, struct sk_buf *out);
int sk_record_get_state(struct sk_slice in, struct sk_record_state *s);

/* Forms of what is found. */
enum sk_record_form {
	SK_RECORD_ROWS,     /* sk_record_put_row() */
	SK_RECORD_RECEIPTS, /* files of an archive (ledger/copy.h) without its end: N.receipt, of the index in ten digits at least */
};
#define SK_RECORD_FINDS 4096    /* at most of one message */
#define SK_RECORD_LOOKS 65536   /* entries that are passed for one message */
#define SK_RECORD_FIND_TEXT 200 /* bytes of each text */
#define SK_RECORD_FIND_LEAST (4 * 8 + 2 * 4 + 2 + 3 * 2)
#define SK_RECORD_FIND_BYTES (SK_RECORD_FIND_LEAST + 3 * SK_RECORD_FIND_TEXT)

/* As struct sk_ledger_wanted; texts borrow. */
struct sk_record_find {
	uint64_t first, before, since, until;
	uint32_t look, most; /* at least 1 */
	uint8_t form, openings;
	struct sk_slice kind, transfer, member; /* n 0: not asked about */
};
int sk_record_put_find(const struct sk_record_find *f, struct sk_buf *out);
int sk_record_get_find(struct sk_slice in, struct sk_record_find *f);

struct sk_record_found {
	int32_t status;
	uint32_t n;    /* found */
	uint64_t next; /* where to go on: `before` of the next one; `first`: all of it was seen */
};
#define SK_RECORD_FOUND_BYTES 16
int sk_record_put_found(const struct sk_record_found *f, struct sk_buf *out);
int sk_record_get_found(struct sk_slice in, struct sk_record_found *f);

/* An entry as it stands in the ledger, and what is opened of it. */
struct sk_record_row {
	uint64_t index;
	struct sk_slice text;                    /* borrowed */
	struct sk_slice opened[SK_ENTRY_FIELDS]; /* p NULL: it is not */
};
/* Appends. SK_ELIMIT. */
int sk_record_put_row(const struct sk_record_row *row, struct sk_buf *out);
/* The next of them; *at goes on. SK_EFORMAT; SK_ENOENTRY: there is none any more. */
int sk_record_get_row(struct sk_slice in, size_t *at, struct sk_record_row *row);

#endif
