/* What the files of this checker share (doc/profiles/html.md). Verifier's jail. */
#ifndef SK_VERIFY_HTML_HTML_H
#define SK_VERIFY_HTML_HTML_H

#include "verify/verify.h"

/* How an element may be used: letters, see lists.c. */
struct sk_vh_element {
	char name[12];
	const char *is; /* what it is: b block, v void, and so on */
	char in,
	    of; /* what stands in it, and in what it stands: f flow, t table, g group of rows, r row, c columns */
};

/* NULL: no such element. */
const struct sk_vh_element *sk_vh_element(struct sk_slice name);

/* What the value of an attribute is, as a letter, 0: the element has none of that name. *number: its place in the list. */
char sk_vh_attribute(struct sk_slice element, struct sk_slice name, unsigned *number);

/* Check the decoded value of an attribute of that kind, but those of styles and pictures. */
int sk_vh_value(struct sk_check *c, char kind, struct sk_slice v, uint64_t at);

/* Check the place of a picture: `data:`, or, in a mail, `cid:` (ctx: const bool *, whether it is one). As sk_vcss_picture. */
int sk_vh_picture(struct sk_check *c, void *ctx, struct sk_slice place, uint64_t at);

#endif
