/*
 * Requests as they are written down: one JSON object, or options of a command, with the same fields. A field that is
 * missing, null or "unknown" is not known; a field that no request has is a fault, since what it meant would be lost.
 * sekisho-policy(5) lists the fields. Any process that records requests or reads them back.
 */
#ifndef SK_POLICY_RECORDED_H
#define SK_POLICY_RECORDED_H

#include "policy/query.h"

struct sk_recorded {
	struct sk_query request;
	int64_t time; /* of the decision; SK_UNKNOWN: not said */
	int protocol; /* 0 not known, 1 tcp, 2 udp: request.udp as a word */
};

/* What is wrong with it: an English sentence (gettext message id), and the field, or "". */
struct sk_fault {
	const char *why;
	char field[64];
};

/* Bytes of one request, and of one text in it. */
#define SK_RECORDED_BYTES ((size_t)64 << 10)
#define SK_RECORDED_TEXT 200

void sk_recorded_init(struct sk_recorded *r);

/*
 * Set a field from text ("size", "3M"; '-' may stand for '_'). Lists take several with commas between them, a vote
 * member=NAME,hold=approval,allow=yes,at=TIME. 0, SK_EFORMAT or SK_ENOMEM. Texts are copied into the arena.
 */
int sk_recorded_set(struct sk_arena *arena, struct sk_recorded *r, const char *field,
    const char *value, struct sk_fault *fault);

/*
 * Read the JSON object that begins `json`, others may follow; *used tells where it ended. 0, SK_EFORMAT or SK_ENOMEM.
 */
int sk_recorded_read(struct sk_arena *arena, struct sk_slice json, struct sk_recorded *r,
    size_t *used, struct sk_fault *fault);

/* Append it as one line of JSON without its end of line: what is known, in the order of the manual. */
int sk_recorded_write(const struct sk_recorded *r, struct sk_buf *out);

/* Where something that is not known would stand in the way, take it as it should be; never approvals or passwords. */
void sk_recorded_assume(struct sk_recorded *r, int64_t now);

/* For readers and writers: the fields, ended by one without a name. */
enum sk_field_kind {
	SK_FIELD_TEXT,
	SK_FIELD_WORD,     /* one of words; `none` when it is not known */
	SK_FIELD_NUMBER,   /* whole, not negative */
	SK_FIELD_SIZE,     /* the same, with K, M or G */
	SK_FIELD_DURATION, /* seconds, or "3 hours" */
	SK_FIELD_TIME,
	SK_FIELD_TYPE,
	SK_FIELD_TYPES,
	SK_FIELD_NET,
	SK_FIELD_MAC,
	SK_FIELD_OBJECTS
};

struct sk_field {
	const char *name;
	enum sk_field_kind kind;
	size_t offset;
	const char *const *words;
	int none;
	const struct sk_objects *objects;
};

/* A list of objects of one kind: where they stand in the struct, how many there are and may be. */
struct sk_objects {
	const struct sk_field *fields;
	size_t offset, count, size, most;
	const char *form; /* of one as an option: a message id */
};

extern const struct sk_field sk_recorded_fields[];

/* Set one field of a struct that the table describes. */
int sk_field_set(struct sk_arena *arena, const struct sk_field *f, void *target, const char *value,
    struct sk_fault *fault);
const struct sk_field *sk_field_find(const struct sk_field *fields, const char *name);
/* The same value as text, false when it is not known; not for lists. */
bool sk_field_text(const struct sk_field *f, const void *target, char *text, size_t size);
/* A new one at the end of a list, of which nothing is known; NULL: there is no room. It is there when it is counted. */
void *sk_objects_next(const struct sk_objects *o, void *target);
size_t *sk_objects_count(const struct sk_objects *o, void *target);
/* Both forms of the protocol are the same again. */
void sk_recorded_settle(struct sk_recorded *r);

#endif
