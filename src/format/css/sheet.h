/* Rules of a style sheet. Cleaner's jail. */
#ifndef SK_FORMAT_CSS_SHEET_H
#define SK_FORMAT_CSS_SHEET_H

#include "format/css/css.h"
#include "format/css/lex.h"

/* The rules from the current token on, to the end or, inside another one (depth), to its `}`. 0 or an error. */
int sk_css_put_rules(
    struct sk_css *css, struct sk_css_lexer *l, unsigned depth, struct sk_buf *out);

/* The declarations from the current token on, to the end or to `}`, which stays the current token. 0 or an error. */
int sk_css_put_block(struct sk_css *css, struct sk_css_lexer *l, struct sk_buf *out);

/*
 * The selectors from the current token on, to `{` or the end, joined by commas; those that are not known are left out and counted. 0 or an
 * error; nothing is appended where none is known.
 */
int sk_css_put_selectors(struct sk_css *css, struct sk_css_lexer *l, struct sk_buf *out);

/* What a @media asks for, up to `{`; SK_EREFUSED where it is not known. */
int sk_css_put_media(struct sk_css_lexer *l, struct sk_buf *out);

#endif
