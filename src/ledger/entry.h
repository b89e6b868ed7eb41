/*
 * One entry of the ledger in its one form (doc/ledger.md, section 2): a first line, then a line a field, names ascending,
 * values of closed types. The scribe's process and the command.
 */
#ifndef SK_LEDGER_ENTRY_H
#define SK_LEDGER_ENTRY_H

#include "base/buf.h"
#include "ledger/tree.h"

/* All removal codes of a bad workbook take 3 kB; a bundle's length prefix has 16 bits. */
#define SK_ENTRY_BYTES ((size_t)16384)
/* A value behind a commitment: a name of a file, an address, a remark; the longest is a request with all of its votes. */
#define SK_ENTRY_PERSONAL ((size_t)12288)
#define SK_SALT_BYTES 32
/* Numbers of the outbox reach this far: 10^12 at 1,500 a second are 21 years. */
#define SK_OUTBOX_MAX ((uint64_t)1 << 40)

#define SK_KIND_SUCCESSOR "ledger.successor"

enum sk_entry_field {
#define SK_ENTRY_FIELD(id, name, type) SK_ENTRY_##id,
#include "ledger/field.def"
#undef SK_ENTRY_FIELD
	SK_ENTRY_FIELDS
};

enum sk_entry_field_type {
	SK_ENTRY_TYPE_WORD, /* letters, digits, . _ - : no more than nine digits in a row, at most 64 bytes */
	SK_ENTRY_TYPE_ID,       /* 32 hexadecimal digits: a random number */
	SK_ENTRY_TYPE_HASH,     /* 64 hexadecimal digits */
	SK_ENTRY_TYPE_COUNT,    /* decimal, at most 10 digits */
	SK_ENTRY_TYPE_INDEX,    /* decimal, at most SK_OUTBOX_MAX */
	SK_ENTRY_TYPE_TIME,     /* milliseconds since 1970, 13 digits */
	SK_ENTRY_TYPE_COUNTS,   /* word=count, with commas between, ascending */
	SK_ENTRY_TYPE_ORIGIN,   /* of a log: visible ASCII without + */
	SK_ENTRY_TYPE_PERSONAL, /* given in clear, in the entry as the hash of salt and value */
};

const char *sk_entry_field_name(enum sk_entry_field f);
enum sk_entry_field_type sk_entry_field_type(enum sk_entry_field f);
/* SK_ENTRY_FIELDS: there is none of that name. */
enum sk_entry_field sk_entry_field_find(struct sk_slice name);

/* Whether an entry takes this value in this field; of a personal one, as it is given. */
bool sk_entry_takes(enum sk_entry_field f, struct sk_slice value);

/* What somebody wants to say: NULL p means not said. A personal field holds its value, of at most SK_ENTRY_PERSONAL. */
struct sk_leaf {
	struct sk_slice field[SK_ENTRY_FIELDS];
};

/* Commitments are made with salt[f], of each personal field that is said. 0; SK_EARG: a value is not of its type, or kind, outbox or time are missing. */
int sk_entry_write(
    const struct sk_leaf *e, uint8_t salt[SK_ENTRY_FIELDS][SK_SALT_BYTES], struct sk_buf *out);
/* The same with personal fields as they stand in an entry. Borrows. SK_EFORMAT: not in the one form. */
int sk_entry_parse(struct sk_slice text, struct sk_leaf *e);
uint64_t sk_entry_outbox(const struct sk_leaf *parsed);

/* SHA-256(salt ‖ value) */
struct sk_hash sk_commit(const uint8_t salt[SK_SALT_BYTES], struct sk_slice value);

#endif
