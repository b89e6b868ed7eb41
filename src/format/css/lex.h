/* Tokens of a style sheet (CSS Syntax Level 3, section 4). Cleaner's jail. */
#ifndef SK_FORMAT_CSS_LEX_H
#define SK_FORMAT_CSS_LEX_H

#include "base/buf.h"

enum sk_css_token {
	SK_CT_END,
	SK_CT_SPACE,
	SK_CT_IDENT,
	SK_CT_FUNCTION, /* text: the name, the bracket is read */
	SK_CT_AT,       /* text: the name behind the @ */
	SK_CT_HASH,
	SK_CT_STRING,
	SK_CT_URL,
	SK_CT_NUMBER, /* text: the number, unit: what follows it ("", "%" or a unit) */
	SK_CT_DELIM,  /* delim: the byte, brackets too */
	SK_CT_BAD,    /* a string or url() that is broken */
};

struct sk_css_lexer {
	struct sk_slice in;
	size_t at;
	struct sk_buf scratch; /* the text of the token, where it had escapes */
	enum sk_css_token type;
	struct sk_slice text, unit;
	uint8_t delim;
	uint32_t comments;
};

void sk_css_lex_init(struct sk_css_lexer *l, struct sk_slice in);
void sk_css_lex_free(struct sk_css_lexer *l);

/* Read the next token; text lives until the next call. */
void sk_css_next(struct sk_css_lexer *l);
/* The same, spaces skipped. */
void sk_css_next_word(struct sk_css_lexer *l);

static inline bool sk_css_is_delim(const struct sk_css_lexer *l, uint8_t b)
{
	return l->type == SK_CT_DELIM && l->delim == b;
}

#endif
