/*
 * What the families of office documents share: which addresses and functions may stand, and
 * method flatten through LibreOffice's print. Cleaner's jail.
 */
#ifndef SK_FORMAT_OFFICE_OFFICE_H
#define SK_FORMAT_OFFICE_OFFICE_H

#include "format/handler.h"

/* Not too long, without controls, quotation marks, brackets, backslashes and spaces at its end. */
bool sk_office_plain_link(const char *target);
/* The same, and http, https or mailto. */
bool sk_office_address_ok(const char *target);

#define SK_FUNCTION_CHARS 255 /* of a name that could be a function: Excel's own limit */

/*
 * A name as programs compare it: capitals, full-width forms as plain ones, other characters beyond ASCII as '?'.
 * False when there are odd characters in it.
 */
bool sk_function_plain(const char *s, size_t n, char out[SK_FUNCTION_CHARS + 1]);
/* Of a plain name: loads, runs, sends or reaches outside when called; when its bare name is handed on. */
bool sk_function_forbidden(const char *plain);
bool sk_function_forbidden_bare(const char *plain);
/* One that came after 2007 and only computes; these alone may have a dot in their name. */
bool sk_function_later(const char *plain);

/* A byte of a name or a number. */
bool sk_formula_is_name(unsigned char c);
/* Past blanks; past what begins with a quotation mark at s, two of which stand for one in it: NULL when it has no end. */
const char *sk_formula_past_blanks(const char *s);
const char *sk_formula_past_quoted(const char *s, char quote);

#define SK_FORMULA_LINK 8200 /* bytes of an address that could stay, and more */

/* The literal that the first argument of HYPERLINK is; *more: it only begins with one. False: it is none. */
bool sk_formula_link(const char *args, char link[SK_FORMULA_LINK], bool *more);

/*
 * The first argument of INDIRECT, behind the parenthesis: a text that is written there and names another file is not;
 * one that is put together elsewhere cannot be known.
 */
bool sk_function_indirect_ok(const char *args);

/* Rebuild by the family's own rules, have LibreOffice print that, and draw the print. */
int sk_office_flatten(struct sk_job *job, const struct sk_handler *family, enum sk_filetype type,
    struct sk_slice in, struct sk_output *out);

#endif
