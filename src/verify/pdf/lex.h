/*
 * Tokens of PDF syntax as the profile has it (doc/profiles/pdf.md, section 2): each thing has one spelling,
 * and white space is one space where two tokens would run together. Verifier's jail.
 */
#ifndef SK_VERIFY_PDF_LEX_H
#define SK_VERIFY_PDF_LEX_H

#include "base/slice.h"

enum sk_pv_token {
	SK_PV_END,
	SK_PV_BAD, /* not a token of the profile */
	SK_PV_INT,
	SK_PV_REAL,
	SK_PV_NAME,   /* text: without the slash, escapes as written */
	SK_PV_STRING, /* text: between the parentheses, escapes as written */
	SK_PV_HEX,    /* text: between the angle brackets, lower case digits */
	SK_PV_WORD,
	SK_PV_OPEN,    /* [ */
	SK_PV_CLOSE,   /* ] */
	SK_PV_DICT,    /* << */
	SK_PV_DICTEND, /* >> */
};

struct sk_pv_lex {
	const uint8_t *start, *p, *end;
	enum sk_pv_token kind;
	bool regular;        /* the token before ended with a regular character */
	const uint8_t *text; /* of the token */
	uint32_t n;
	int64_t i; /* INT */
	double r;  /* INT and REAL */
};

void sk_pv_lex_init(struct sk_pv_lex *l, struct sk_slice in);

/* The next token. */
enum sk_pv_token sk_pv_next(struct sk_pv_lex *l);

/* The byte `ch` itself, which ends what stood before it. false: something else is there. */
bool sk_pv_skip(struct sk_pv_lex *l, uint8_t ch);

/* Is the token this word? */
bool sk_pv_word(const struct sk_pv_lex *l, const char *word);

/* Offset of the position from the start. */
static inline uint64_t sk_pv_at(const struct sk_pv_lex *l)
{
	return (uint64_t)(l->p - l->start);
}

/*
 * The bytes of a string or name token; at most `max` of them into `out` unless NULL. Their whole number.
 */
size_t sk_pv_unescape(enum sk_pv_token kind, struct sk_slice text, uint8_t *out, size_t max);

#endif
