/*
 * Functions of spreadsheets: which load, run, send or reach outside, and which only compute (doc/profiles/ooxml.md,
 * section 7; odf.md, section 6). Verifier's jail.
 */
#ifndef SK_VERIFY_TEXT_FUNCTION_H
#define SK_VERIFY_TEXT_FUNCTION_H

#include "verify/verify.h"

#define SK_VF_NAME 255 /* bytes of a name that could be a function: Excel allows 255 characters */

/* Letters as they count: A-Z large, full-width forms as plain ones. False: something in it hides. */
bool sk_vf_plain(struct sk_slice raw, char out[SK_VF_NAME + 1]);

/* Of a plain name: must not be called; must not even be handed on; came after 2007 and may have dots in its name. */
bool sk_vf_forbidden(const char *plain);
bool sk_vf_never_bare(const char *plain);
bool sk_vf_later(const char *plain);

/* A byte of a name or a number; from `at` past blanks; past what is quoted there: SIZE_MAX when it has no end. */
bool sk_vf_name_byte(uint8_t b);
size_t sk_vf_past_blanks(struct sk_slice f, size_t at);
size_t sk_vf_past_quoted(struct sk_slice f, size_t at);

/* The first argument of INDIRECT, and what follows it: no text of its own names another file. */
bool sk_vf_indirect(struct sk_slice f);

#endif
