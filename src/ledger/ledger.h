/*
 * The ledger: a transparency log as files (c2sp.org/tlog-tiles, tlog-checkpoint), doc/ledger.md. One process writes, the
 * scribe; any number read. An entry that sk_ledger_append() acknowledged is durable, signed, and there once.
 *
 * A folder holds: checkpoint · tile/<L>/<N>[.p/<W>] · tile/entries/<N>[.p/<W>] · openings/<N>: salts and values behind
 * commitments, apart so that they can be kept elsewhere and erased · outbox.index: derived, rebuilt when it does not fit ·
 * key.pub · witness.pub: their keys · created · witness/<id>: how much each witness last signed, and when it was last reached ·
 * witnessed: the newest checkpoint that bears cosignatures · restored: there until every witness was asked · lock.
 */
#ifndef SK_LEDGER_LEDGER_H
#define SK_LEDGER_LEDGER_H

#include "ledger/entry.h"
#include "ledger/note.h"

/* Entries of one append: one checkpoint and some sixty syncs serve them all. */
#define SK_LEDGER_BATCH 4096
#define SK_LEDGER_WITNESSES 16

struct sk_ledger;

struct sk_ledger_params {
	const struct sk_note_key *witness; /* borrowed for the ledger's life */
	size_t witnesses;
	uint64_t tolerate; /* seconds that a witness may be out of reach; 0: none */
	void (*step)(void *user, const char *what); /* tests: before each step to the disk */
	void *user;
};

/* Whether a ledger signs, and why not. */
enum sk_ledger_state {
	SK_LEDGER_SIGNS,
	SK_LEDGER_UNASKED, /* its witnesses have not been asked since it was opened */
	SK_LEDGER_BEHIND, /* a witness saw more entries than there are: recover them, or open a successor */
	SK_LEDGER_FORKED, /* a witness saw other entries than there are */
	SK_LEDGER_ALONE,  /* a witness has been out of reach for too long */
	SK_LEDGER_READS,  /* opened without its key */
};

/* An empty ledger in an empty folder: its key, its first checkpoint. `now` in seconds. SK_EREFUSED: there is one already. */
int sk_ledger_create(int dir, const struct sk_note_signer *key, uint64_t now);

/* To write. SK_EREFUSED: another process does, or the checkpoint is not of this key; SK_EFORMAT: it is damaged at its edge. */
int sk_ledger_open(int dir, const struct sk_note_signer *key, const struct sk_ledger_params *params,
    struct sk_ledger **out);
/* To read, as of the checkpoint of now. The key of the log is that of key.pub: trust in it comes from elsewhere. */
int sk_ledger_read(int dir, struct sk_ledger **out);
void sk_ledger_free(struct sk_ledger *l);

uint64_t sk_ledger_size(const struct sk_ledger *l);
struct sk_hash sk_ledger_root(const struct sk_ledger *l);
const struct sk_note_key *sk_ledger_key(const struct sk_ledger *l);
struct sk_slice sk_ledger_checkpoint(
    const struct sk_ledger *l); /* the note; borrowed until the next append */
enum sk_ledger_state sk_ledger_state(const struct sk_ledger *l, uint64_t now);

/*
 * Append n entries in one durable step, and give the index of each. An outbox number that is there already (or twice in the
 * batch) gives its old index when the entry is the same, SK_EREFUSED when it is another one. SK_EREFUSED also: it does not
 * sign now. On a failure nothing was acknowledged and all may be tried again.
 */
int sk_ledger_append(
    struct sk_ledger *l, const struct sk_leaf *e, size_t n, uint64_t now, uint64_t *index);

/* The bytes of an entry, appended. SK_EARG: not so many. SK_EIO, SK_EFORMAT: its bundle is not there or damaged. */
int sk_ledger_entry(struct sk_ledger *l, uint64_t index, struct sk_buf *out);
/* The index of an outbox number; SK_EARG: not there. Writers only. */
int sk_ledger_find(struct sk_ledger *l, uint64_t outbox, uint64_t *index);

/* Proofs in the tree of the first `size` entries. */
int sk_ledger_inclusion(struct sk_ledger *l, uint64_t index, uint64_t size, struct sk_proof *out);
int sk_ledger_consistency(struct sk_ledger *l, uint64_t from, uint64_t size, struct sk_proof *out);
int sk_ledger_root_at(struct sk_ledger *l, uint64_t size, struct sk_hash *root);

/* --- openings.c --- */
struct sk_opening {
	uint8_t salt[SK_SALT_BYTES];
	struct sk_buf value;
};
enum sk_opening_state { SK_OPENING_LIVE, SK_OPENING_ERASED, SK_OPENING_NONE, SK_OPENING_WRONG };

/*
 * What stands behind the commitment of a field. LIVE fills o, whose value the caller frees; WRONG: what is kept does not fit the
 * commitment (`committed`: its 64 digits).
 */
enum sk_opening_state sk_ledger_opening(struct sk_ledger *l, uint64_t index, enum sk_entry_field f,
    struct sk_slice committed, struct sk_opening *o);
/* Overwrite salt and value of a field, or of all of an entry (SK_ENTRY_FIELDS), durably. Proofs stay as they are. */
int sk_ledger_erase(struct sk_ledger *l, uint64_t index, enum sk_entry_field f);

/* What is live behind the commitments of an entry and fits them, fields ascending. */
void sk_ledger_opened(struct sk_ledger *l, uint64_t index, const struct sk_leaf *e,
    void (*take)(void *user, enum sk_entry_field f, struct sk_slice salt, struct sk_slice value),
    void *user);

/* --- receipt.c --- */
/*
 * A receipt of an entry: c2sp.org/tlog-proof with entry, keys and, if they are to be shown, openings (doc/ledger.md,
 * section 5). Under the newest checkpoint with cosignatures that holds the entry, else under the newest.
 */
int sk_ledger_receipt(struct sk_ledger *l, uint64_t index, bool openings, struct sk_buf *out);

/* --- walk.c --- */
struct sk_walk {
	uint64_t entries; /* that were looked at */
	char path[96];    /* what is wrong: "" for the checkpoint */
	uint64_t index;   /* the entry meant, UINT64_MAX for none */
};
/* Read all of it and compute its root again. SK_EFORMAT and `w` say where it does not fit. */
int sk_ledger_walk(struct sk_ledger *l, struct sk_walk *w);

/* --- confirm.c: the witnesses of a ledger --- */
/* Ask witness i for its last checkpoint of this origin: 0 and the note, empty when it knows none; SK_EIO: not reached. */
typedef int (*sk_witness_ask)(void *user, size_t i, struct sk_buf *note);
/* After every opening and then from time to time. 0: the state follows what they said. */
int sk_ledger_confirm(struct sk_ledger *l, sk_witness_ask ask, void *user, uint64_t now);

/* The body of add-checkpoint (c2sp.org/tlog-witness) for witness i, which saw `old` entries. */
int sk_ledger_request(struct sk_ledger *l, size_t i, struct sk_buf *out);
/*
 * What it answered to that request: an HTTP status and the body. Cosignatures are kept and shown with receipts. SK_EREFUSED: it
 * refused; it may be asked again, with what it said of its size.
 */
int sk_ledger_answer(struct sk_ledger *l, size_t i, struct sk_slice request, int status,
    struct sk_slice body, uint64_t now);

/* A folder brought back from a backup: it signs nothing until every witness was reached. */
int sk_ledger_mark_restored(int dir);

/* The newest checkpoint that a witness showed beyond what is here; empty when there is none. Borrowed. */
struct sk_slice sk_ledger_ahead(const struct sk_ledger *l);
/* Bring back what is missing: `get` reads the files of a copy by their paths. All of it is checked against the checkpoint. */
typedef int (*sk_copy_get)(void *user, const char *path, struct sk_buf *out);
int sk_ledger_recover(struct sk_ledger *l, struct sk_slice note, sk_copy_get get, void *user);

/* Who opens a successor: two persons in two roles. */
struct sk_opener {
	const char *role;
	struct sk_slice person;
};
/*
 * A new ledger of another origin, in an empty folder, whose first entry names the checkpoint that the old one ended with (its
 * key verifies it) and both openers. SK_EREFUSED: same person or role twice, or the same origin.
 */
int sk_ledger_succeed(int dir, const struct sk_note_signer *key, struct sk_slice old_note,
    const struct sk_note_key *old_key, const struct sk_opener opener[2], uint64_t now);

#endif
