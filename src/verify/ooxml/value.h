/* Rules for values in Office documents (doc/profiles/ooxml.md, sections 4 to 9). Verifier's jail. */
#ifndef SK_VERIFY_OOXML_VALUE_H
#define SK_VERIFY_OOXML_VALUE_H

#include "verify/ooxml/names.h"

/* The bytes of a token, a list or base64. */
bool sk_oo_fits(enum sk_oo_class kind, struct sk_slice value);

/* A link target that may stand in a document: web address, mail address, or a place inside. */
bool sk_oo_link(struct sk_slice target);

/* ppaction:// values: 0 forbidden, 1 harmless, 2 harmless and leads to a slide. */
int sk_oo_action(struct sk_slice action);

/* A VML style value that loads and runs nothing. */
bool sk_oo_style(struct sk_slice style);

/* A formula that calculates from this workbook only; else *why names the rule. */
bool sk_oo_formula(struct sk_slice formula, const char **why);

/* The name of a defined name that does not run by itself. */
bool sk_oo_defined_name(struct sk_slice name);

/*
 * A field instruction of Word that only shows something; else *why names the rule. `own`: bytes in front of what
 * something else contributes (a field, text, a tracked change), or SIZE_MAX. `pieces`: quotes may open and close
 * otherwise, since some of its text is tracked.
 */
bool sk_oo_instruction(struct sk_slice text, size_t own, bool pieces, const char **why);

/* A place in the document itself: what may follow "#". */
bool sk_oo_place(struct sk_slice place);

#endif
