/*
 * Tokens of PDF syntax (ISO 32000-1, 7.2 and 7.3), lenient as readers are. For objects, content streams,
 * CMaps and calculator functions. Cleaner's jail.
 */
#ifndef SK_FORMAT_PDF_LEX_H
#define SK_FORMAT_PDF_LEX_H

#include "base/buf.h"

enum sk_pdf_token {
	SK_PDF_T_END,
	SK_PDF_T_INT,
	SK_PDF_T_REAL,
	SK_PDF_T_NAME,   /* text: without the slash, as written */
	SK_PDF_T_STRING, /* text: between the parentheses, as written */
	SK_PDF_T_HEX,    /* text: between the angle brackets */
	SK_PDF_T_WORD,
	SK_PDF_T_OPEN,
	SK_PDF_T_CLOSE,
	SK_PDF_T_DICT,
	SK_PDF_T_DICTEND,
	SK_PDF_T_BRACE,
	SK_PDF_T_BRACEEND,
};

struct sk_pdf_lex {
	const uint8_t *start, *p, *end;
	enum sk_pdf_token kind;
	struct sk_slice text;
};

static inline void sk_pdf_lex_init(struct sk_pdf_lex *l, struct sk_slice in)
{
	*l = (struct sk_pdf_lex){.start = in.p, .p = in.p, .end = in.p + in.n};
}

enum sk_pdf_token sk_pdf_next(struct sk_pdf_lex *l);

bool sk_pdf_space(uint8_t c);
bool sk_pdf_regular(uint8_t c); /* neither white space nor a delimiter */

/* The canonical spelling of a number token, at most SK_PDF_NUMBER bytes: how many, and whether it is an
 * integer. */
#define SK_PDF_NUMBER 24
size_t sk_pdf_canonical(struct sk_slice token, char out[SK_PDF_NUMBER], bool *integer);

/* The bytes that a name, string or hex token stands for. Returns their number; out has room for text.n. */
size_t sk_pdf_unescape(enum sk_pdf_token kind, struct sk_slice text, uint8_t *out);

#endif
