/*
 * The text of a policy as a tree of entries, before anything is known about words. An entry is one line: tokens, and
 * perhaps a block of entries in braces. ';' ends an entry like the end of a line does; a line that ends with ',' or '>'
 * goes on. Comments stay with the entry they stand above or behind, so that the text can be written again.
 */
#ifndef SK_POLICY_TREE_H
#define SK_POLICY_TREE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

struct sk_diags;

enum sk_token_kind { SK_TOK_WORD, SK_TOK_STRING, SK_TOK_SIGN };

struct sk_token {
	enum sk_token_kind kind;
	uint32_t line;        /* from 1 */
	struct sk_slice text; /* as it stands in the source */
	const char *value;    /* a string without its marks; else the text; NUL-terminated */
};

struct sk_entry {
	const struct sk_source *source;
	struct sk_token *tokens; /* at least one */
	size_t ntokens;
	struct sk_entry **entries; /* of the block */
	size_t nentries;
	bool block;
	bool gap;               /* an empty line stood above it */
	struct sk_slice *above; /* comments, with their '#'; an empty one is an empty line */
	size_t nabove;
	struct sk_slice behind; /* comment on its line, or behind its '{' */
	struct sk_slice *last;  /* comments before its '}' */
	size_t nlast;
};

struct sk_source {
	const char *name; /* as people know it */
	struct sk_slice text;
	struct sk_entry root; /* tokens: the first line; entries: the statements */
};

/* Bytes of one file, entries of one policy, tokens of one entry, bytes of one token: a city of 5,000 staff has about
 * 40,000 entries. Blocks in blocks: the language needs one. */
#define SK_POLICY_BYTES ((size_t)16 << 20)
#define SK_POLICY_ENTRIES 400000
#define SK_POLICY_TOKENS 2000
#define SK_POLICY_TOKEN_BYTES 4000
#define SK_POLICY_DEPTH 4

/*
 * Read `text` (which must live as long as the arena) as a file of that name. What is wrong goes to d, and reading goes
 * on with the next line; SK_EFORMAT when there was an error, SK_ENOMEM. *source is set unless memory is out.
 */
int sk_policy_read(struct sk_arena *arena, struct sk_diags *d, const char *name,
    struct sk_slice text, struct sk_source **source);

/* The canonical text: one entry a line, a tab a level, comments kept, dates as written. 0 or the buffer's error. */
int sk_policy_format(const struct sk_source *source, struct sk_buf *out);
/* That of one statement, with its comments. */
int sk_entry_format(const struct sk_entry *e, struct sk_buf *out);

#endif
