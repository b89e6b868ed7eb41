/* One value of a declaration. Cleaner's jail. */
#ifndef SK_FORMAT_CSS_VALUE_H
#define SK_FORMAT_CSS_VALUE_H

#include "format/css/css.h"
#include "format/css/lex.h"

/*
 * Read tokens to the end of the declaration, `;` or `}` (which stays the current token), and append what they say to out. 0,
 * SK_EREFUSED where something in it is not allowed for these kinds (nothing is appended then), or another error.
 */
int sk_css_put_value(
    struct sk_css *css, struct sk_css_lexer *l, unsigned kinds, struct sk_buf *out);

/* The number that is the current token, with its unit. SK_EREFUSED: not a known one. */
int sk_css_put_measure(const struct sk_css_lexer *l, struct sk_buf *out);

/* Read on to the end of the declaration. */
void sk_css_skip(struct sk_css_lexer *l);

/* A name as the output has it: letters, digits, `-`, `_` and allowed characters beyond ASCII. */
bool sk_css_is_name(struct sk_slice s);
/* A string in apostrophes. */
int sk_css_put_string(struct sk_slice s, struct sk_buf *out);

#endif
