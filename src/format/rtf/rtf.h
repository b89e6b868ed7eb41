/*
 * RTF (Rich Text Format Specification 1.9.1): tokens, the tree of groups with its text decoded, and the writer of
 * what doc/profiles/rtf.md allows. Cleaner's jail.
 */
#ifndef SK_FORMAT_RTF_RTF_H
#define SK_FORMAT_RTF_RTF_H

#include "format/job.h"

/* --- tokens --- */
enum rtf_token_kind {
	RTF_END,
	RTF_OPEN,
	RTF_CLOSE,
	RTF_WORD,
	RTF_SYMBOL,
	RTF_HEX,
	RTF_BYTES,
	RTF_BIN
};

struct rtf_token {
	enum rtf_token_kind kind;
	struct sk_slice s; /* letters of a word; plain bytes; data of \bin */
	bool numbered;     /* a word with a number */
	int64_t number;    /* of a word, held within +-2^40; byte of \'hh; character of a symbol */
};

/* The next token; never fails: what makes no sense is passed over and counted in *odd. */
struct rtf_token rtf_next(struct sk_reader *r, uint32_t *odd);

/* --- code pages --- */
#define RTF_CP_SYMBOL 2 /* bytes are glyph numbers of a font of signs */

/* The code page of a \fcharset, 0: the document's own. */
unsigned rtf_codepage_of_charset(int64_t charset);
/* Whether the reader knows it. */
bool rtf_codepage_known(int64_t cp);
/* How many bytes the character that begins so has (1 to 4). */
unsigned rtf_codepage_length(unsigned cp, uint8_t first);
/* Append the character as UTF-8. False when there is none. */
bool rtf_codepage_put(unsigned cp, struct sk_slice bytes, struct sk_buf *out);

/* --- the tree --- */
enum rtf_kind { RTF_NODE_GROUP, RTF_NODE_WORD, RTF_NODE_SYMBOL, RTF_NODE_TEXT, RTF_NODE_BIN };

struct rtf_node {
	enum rtf_kind kind;
	bool star;     /* group: begins with \* */
	bool drawn;    /* group: a form of a picture or shape that is kept stands in it */
	bool twin;     /* group: such a form stands before it in the same group */
	bool numbered; /* word, or the group's first one */
	int64_t number;
	const char *name; /* word; group: the destination's word, NULL for a plain group */
	struct sk_slice
	    s; /* text: UTF-8, may hold code points below 20 that were \'hh; data of \bin */
	struct rtf_node *first, *last, *next, *parent;
};

struct rtf_doc {
	struct sk_job *job;
	struct rtf_node *root;
	unsigned codepage;    /* \ansicpg, or what \ansi, \mac, \pc, \pca stand for */
	int32_t default_font; /* \deff; -1 when there is none */
	uint32_t odd;         /* bytes that make no sense */
	uint32_t unclosed;    /* groups the end of the file closes */
	uint32_t unreadable;  /* characters that no code page has */
	bool leading, trailing;
};

/* Read all of it. 0, SK_EFORMAT when it does not begin as RTF, SK_EREFUSED, SK_ENOMEM. */
int rtf_read(struct sk_job *job, struct sk_slice in, struct rtf_doc *doc);

/* --- lists (words.c, dests.c) --- */
enum rtf_word_kind { RTF_FLAG, RTF_SHORT, RTF_LENGTH, RTF_LONG };

/* The listed word of that name, or NULL; its number's range in *kind. */
const char *rtf_word(struct sk_slice name, enum rtf_word_kind *kind);
/* Whether the number, if there is one, is in that range. */
bool rtf_number_ok(enum rtf_word_kind kind, const struct rtf_node *n);

/* What may stand in a group: its class. Plain groups have that of the group they stand in. */
enum rtf_class {
	RTF_C_ROOT = 1 << 0,
	RTF_C_BODY = 1 << 1, /* what is printed */
	RTF_C_STYLES = 1 << 2,
	RTF_C_TEXT = 1 << 3, /* text and words, no destination */
	RTF_C_WORDS = 1 << 4,
	RTF_C_LISTS = 1 << 5,
	RTF_C_LIST = 1 << 6,
	RTF_C_LEVEL = 1 << 7,
	RTF_C_OVERRIDES = 1 << 8,
	RTF_C_OVERRIDE = 1 << 9,
	RTF_C_LFO = 1 << 10,
	RTF_C_PGPS = 1 << 11,
	RTF_C_SHAPE = 1 << 12,
	RTF_C_INST = 1 << 13,
	RTF_C_FIELD = 1 << 14,
	RTF_C_FORM = 1 << 15,
	RTF_C_PN = 1 << 16,
	RTF_C_MATH = 1 << 17,
	RTF_C_DRAWING = 1 << 18,
	RTF_C_NOTE = 1 << 19,
	RTF_C_PICTURES = 1 << 20,
	RTF_C_INSTRUCTION = 1 << 21,
	RTF_C_NAMES = 1 << 22, /* groups of text, as in the table of authors */
};

/* How a destination is treated. */
enum rtf_act {
	RTF_KEEP,    /* by its class */
	RTF_DROP,    /* with a report */
	RTF_QUIET,   /* another form of what is kept, or a check sum: goes untold */
	RTF_INSIDE,  /* its content takes its place */
	RTF_SPECIAL, /* a function of its own writes it */
};

struct rtf_dest {
	const char *name;
	enum rtf_act act;
	bool star;          /* written with \* */
	unsigned in;        /* classes it may stand in */
	enum rtf_class cls; /* its own */
	enum sk_code code;  /* of its removal */
};

/* NULL when it is not known. */
const struct rtf_dest *rtf_dest(struct sk_slice name);

/* --- writing --- */
struct rtf_out {
	struct sk_job *job;
	struct rtf_doc *doc;
	struct sk_buf *b;
	bool word;      /* a control word was written, and nothing behind it yet */
	bool plain;     /* method text */
	unsigned fonts; /* entries of font tables */
	unsigned depth;
	uint32_t controls, invalid, words, hidden, picture;
	struct sk_buf *notes; /* method text: footnotes and comments so far */
	bool deleted;         /* method text */
};

void rtf_put_open(struct rtf_out *o);
void rtf_put_close(struct rtf_out *o);
void rtf_put_word(struct rtf_out *o, const char *name);
void rtf_put_number(struct rtf_out *o, const char *name, int64_t number);
/* One character, escaped where it has to be. */
void rtf_put_char(struct rtf_out *o, uint32_t cp);
/* UTF-8; what is no character is counted and left out. */
void rtf_put_plain_text(struct rtf_out *o, struct sk_slice s);
void rtf_put_text(struct rtf_out *o, const char *s);
void rtf_put_line(struct rtf_out *o);
/* \name or \*\name of a group just opened. */
void rtf_put_dest(struct rtf_out *o, const struct rtf_dest *d);

/* The content of a group of that class, without its braces. 0 or SK_E*. */
int rtf_put_content(struct rtf_out *o, const struct rtf_node *group, enum rtf_class cls);
/* A group without a destination, and one with, by its class. */
int rtf_put_plain(struct rtf_out *o, const struct rtf_node *group, enum rtf_class in);
int rtf_put_kept(struct rtf_out *o, const struct rtf_node *group, const struct rtf_dest *d);
int rtf_put_group(struct rtf_out *o, const struct rtf_node *group, enum rtf_class in);
/* Groups with a grammar of their own (tables.c, field.c, picture.c, shape.c). */
int rtf_put_fonts(struct rtf_out *o, const struct rtf_node *group);
int rtf_put_colours(struct rtf_out *o, const struct rtf_node *group);
int rtf_put_list(struct rtf_out *o, const struct rtf_node *group, const struct rtf_dest *d);
int rtf_put_field(struct rtf_out *o, const struct rtf_node *group);
int rtf_put_picture(struct rtf_out *o, const struct rtf_node *group);
int rtf_put_property(struct rtf_out *o, const struct rtf_node *group);

/* A child group of that destination behind `after` (NULL: from the first), or NULL. */
const struct rtf_node *rtf_child(
    const struct rtf_node *group, const struct rtf_node *after, const char *name);
/* All text below a group, that of other destinations left out, as UTF-8. */
void rtf_gather(const struct rtf_node *group, struct sk_buf *out);

/* Method text: the words of the document. */
int rtf_text(struct rtf_doc *doc, struct sk_buf *out);

#endif
