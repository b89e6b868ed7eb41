/*
 * The independent verifier of ledgers (doc/ledger.md): reads a ledger, a receipt or checkpoints, believes nothing, and names what is
 * wrong. Shares no code with src/ledger and no library: hashes and signatures are nettle's. Used by sekisho-ledgerverify.
 */
#ifndef SK_LEDGERVERIFY_LV_H
#define SK_LEDGERVERIFY_LV_H

#include <stdbool.h>

#include "base/buf.h"

#define SK_LV_HASH 32
#define SK_LV_KEYS 16
#define SK_LV_NAME 128
#define SK_LV_FINDINGS 64
#define SK_LV_NOTE_BYTES ((size_t)128 << 10)
#define SK_LV_ENTRY_BYTES 16384
#define SK_LV_PERSONAL 12288
/* A full bundle of the longest entries, and then one entry too many. */
#define SK_LV_FILE_BYTES ((size_t)8 << 20)
#define SK_LV_RECEIPT_BYTES ((size_t)1 << 20)
#define SK_LV_SIZE_MAX ((uint64_t)1 << 40)
#define SK_LV_CHECKPOINTS 16
#define SK_LV_ASSERTIONS 16
#define SK_LV_TEXT 201 /* a name of a member or a class, and a NUL */

struct sk_lv_hash {
	uint8_t b[SK_LV_HASH];
};

/* --- hash.c --- */
struct sk_lv_hash sk_lv_hash(struct sk_slice bytes);
struct sk_lv_hash sk_lv_leaf(struct sk_slice entry);
struct sk_lv_hash sk_lv_node(const struct sk_lv_hash *left, const struct sk_lv_hash *right);
bool sk_lv_same(const struct sk_lv_hash *a, const struct sk_lv_hash *b);
bool sk_lv_signed(const uint8_t key[32], struct sk_slice text, const uint8_t signature[64]);
struct sk_lv_hash sk_lv_commitment(struct sk_slice salt, struct sk_slice value);
/* Strict: standard alphabet, padded, no spare bits. 0 or SK_EFORMAT. */
int sk_lv_base64(struct sk_slice text, struct sk_buf *out);
bool sk_lv_hex(struct sk_slice text, uint8_t *out, size_t n);
bool sk_lv_number(struct sk_slice text, uint64_t most, uint64_t *out);
/* Cut the next line off; false: there is none, or it has no end. */
bool sk_lv_line(struct sk_slice *rest, struct sk_slice *line);

/* --- note.c --- */
struct sk_lv_key {
	char name[SK_LV_NAME];
	uint8_t id[4], type, key[32]; /* type 1 signs as a log, 4 as a witness */
};
/* A verifier key (signed-note): 0, SK_EFORMAT, SK_EUNSUPPORTED. */
int sk_lv_key_read(struct sk_slice text, struct sk_lv_key *k);

struct sk_lv_checkpoint {
	struct sk_slice note, text, origin; /* borrowed */
	uint64_t size;
	struct sk_lv_hash root;
};
int sk_lv_checkpoint_read(struct sk_slice note, struct sk_lv_checkpoint *c);

enum sk_lv_signature { SK_LV_NOT_SIGNED, SK_LV_SIGNED, SK_LV_FORGED, SK_LV_OTHER_KEY };
/* Whether a key signed it. OTHER_KEY: its name did, with another key. *time: of a witness. */
enum sk_lv_signature sk_lv_checkpoint_signed(
    const struct sk_lv_checkpoint *c, const struct sk_lv_key *k, uint64_t *time);

/* --- entry.c --- */
struct sk_lv_entry {
	struct sk_slice text;
	uint64_t outbox;
};
/* The grammar of an entry; SK_EFORMAT. */
int sk_lv_entry_read(struct sk_slice text, struct sk_lv_entry *e);
/* Byte by byte: less than 0, 0 or more. */
int sk_lv_order(struct sk_slice a, struct sk_slice b);
/* The value of a field; empty when it has none of that name. */
struct sk_slice sk_lv_entry_field(const struct sk_lv_entry *e, const char *name);

/* --- tree.c --- */
struct sk_lv_tree { /* its complete subtrees, the largest first */
	uint64_t size;
	unsigned n;
	struct {
		uint64_t count;
		struct sk_lv_hash h;
	} part[64];
};
/* full(user, level, index, hash): the index-th subtree of 256^level entries is complete. */
typedef void (*sk_lv_full)(void *user, unsigned level, uint64_t index, const struct sk_lv_hash *h);
void sk_lv_tree_add(struct sk_lv_tree *t, struct sk_lv_hash leaf, sk_lv_full full, void *user);
struct sk_lv_hash sk_lv_tree_root(const struct sk_lv_tree *t);
/* The root that an audit path leads to, from the leaf up; false: it has not the right length. */
bool sk_lv_path_root(struct sk_lv_hash leaf, uint64_t index, uint64_t size,
    const struct sk_lv_hash *path, size_t n, struct sk_lv_hash *root);

/* --- report.c --- */
enum sk_lv_code {
#define SK_LV_FINDING(id, word, weight, text) SK_LV_##id,
#include "ledgerverify/finding.def"
#undef SK_LV_FINDING
	SK_LV_CODES
};
enum sk_lv_weight { SK_LV_WRONG, SK_LV_UNKNOWN };

const char *sk_lv_code_word(enum sk_lv_code c);
const char *sk_lv_code_text(enum sk_lv_code c); /* a message id */
enum sk_lv_weight sk_lv_code_weight(enum sk_lv_code c);

struct sk_lv_finding {
	enum sk_lv_code code;
	char where[160];            /* a file, a witness, a field; may be empty */
	bool has_index, has_second; /* entries: the one meant, and up to which */
	uint64_t index, second;
};

struct sk_lv_witnessed {
	bool any;
	uint64_t time, size; /* of its newest cosignature that fits */
};

/* A decision that a passkey signed, verified (doc/passkey.md). */
struct sk_lv_assertion {
	char member[SK_LV_TEXT], class[SK_LV_TEXT]; /* class: empty when there is none */
	bool allow;
	char hold[16], party[256];
	struct sk_lv_hash policy, key; /* key: hash of the public key */
};

struct sk_lv_report {
	struct sk_lv_finding v[SK_LV_FINDINGS];
	size_t n;
	uint64_t more;       /* findings beyond the table */
	uint64_t size, read; /* entries of the checkpoint; that were looked at */
	uint64_t index;      /* of the entry that a receipt is of */
	char origin[SK_LV_NAME];
	struct sk_lv_hash root;
	bool has_root;
	struct sk_lv_witnessed witness[SK_LV_KEYS]; /* as in the trust */
	struct sk_lv_assertion assertion[SK_LV_ASSERTIONS];
	size_t assertions; /* that fit, of a receipt */
};

void sk_lv_tell(struct sk_lv_report *r, enum sk_lv_code code, const char *where);
void sk_lv_tell_at(struct sk_lv_report *r, enum sk_lv_code code, const char *where, uint64_t index);
void sk_lv_tell_range(struct sk_lv_report *r, enum sk_lv_code code, const char *where,
    uint64_t index, uint64_t second);
/* WRONG if anything is, else UNKNOWN if anything is, else −1. */
int sk_lv_report_worst(const struct sk_lv_report *r);

/* --- what is believed --- */
struct sk_lv_trust {
	struct sk_lv_key log[SK_LV_KEYS], witness[SK_LV_KEYS];
	size_t logs, witnesses;
	unsigned quorum;       /* witnesses that must have cosigned, at most all of them */
	const char *origin;    /* or NULL: that of a key of the log */
	uint64_t now, max_age; /* seconds; max_age 0: not asked */
	bool included;         /* believe the keys that a receipt or a ledger brings along */
};

/* --- folder.c --- */
/* Read a file of a ledger: 0, SK_EIO when it is not there, SK_ELIMIT. */
typedef int (*sk_lv_get)(void *user, const char *path, size_t max, struct sk_buf *out);

struct sk_lv_given { /* a checkpoint that somebody else was shown */
	const char *name;
	struct sk_slice note;
};

/* A whole ledger; also against what others were shown. SK_ENOMEM, or 0 and the report. */
int sk_lv_folder(sk_lv_get get, void *user, const struct sk_lv_trust *t,
    const struct sk_lv_given *given, size_t n, struct sk_lv_report *r);

/* --- passkey.c --- */
enum sk_lv_alg { SK_LV_ES256, SK_LV_EDDSA };
/* Whether `signature` (ES256: in DER) is of these bytes. */
bool sk_lv_passkey_signed(
    enum sk_lv_alg alg, struct sk_slice key, struct sk_slice bytes, struct sk_slice signature);

/* --- assertion.c --- */
/* What passkeys signed about the transfer of an entry: into the report, what fits and what does not. */
void sk_lv_assertions(struct sk_slice text, const struct sk_lv_entry *e, struct sk_lv_report *r);

/* --- receipt.c --- */
#define SK_LV_OPENINGS 16
/* What a receipt shows of personal fields, as it was logged. Values lie in `bytes`, which the caller frees. */
struct sk_lv_openings {
	struct sk_buf bytes;
	size_t n;
	struct {
		char name[64];
		size_t at, n;
	} v[SK_LV_OPENINGS];
};
/* The value of a field; p is NULL when it is not shown. Borrows. */
struct sk_slice sk_lv_opened(const struct sk_lv_openings *o, const char *name);

/* A receipt. `entry` and `openings` (each may be NULL) take its entry and what it shows. SK_ENOMEM, or 0 and the report. */
int sk_lv_receipt(struct sk_slice receipt, const struct sk_lv_trust *t, struct sk_lv_report *r,
    struct sk_buf *entry, struct sk_lv_openings *openings);

/* --- given.c --- */
/* Checkpoints alone, against each other. */
int sk_lv_checkpoints(
    const struct sk_lv_trust *t, const struct sk_lv_given *given, size_t n, struct sk_lv_report *r);
/* A checkpoint's origin and signatures; true when it is one of the log's. Cosignatures go into `seen`, one a witness. */
bool sk_lv_judge(const struct sk_lv_trust *t, const struct sk_lv_checkpoint *c, const char *where,
    struct sk_lv_report *r, struct sk_lv_witnessed *seen);
/* Of two cosignatures the newer one. */
void sk_lv_keep_newest(struct sk_lv_report *r, const struct sk_lv_witnessed *seen);
/* Quorum and age, once all cosignatures are known. */
void sk_lv_judge_witnesses(const struct sk_lv_trust *t, struct sk_lv_report *r);
/* Take over the keys that were brought along where that is wanted; tells when nobody vouches for any. */
void sk_lv_trust_with(const struct sk_lv_trust *t, struct sk_slice log_keys,
    struct sk_slice witness_keys, struct sk_lv_report *r, struct sk_lv_trust *out);

#endif
