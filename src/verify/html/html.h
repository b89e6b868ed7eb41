/* What the files of this checker share (doc/profiles/html.md). Verifier's jail. */
#ifndef SK_VERIFY_HTML_HTML_H
#define SK_VERIFY_HTML_HTML_H

#include "verify/verify.h"

/* What an element is, as far as parsers care. */
enum {
	SK_VH_BLOCK = 1, /* not where a paragraph is open */
	SK_VH_VOID = 2,  /* has no end tag */
	SK_VH_PARAGRAPH = 4,
	SK_VH_LINK = 8,
	SK_VH_ITEM = 0x10, /* of a list */
	SK_VH_TERM = 0x20, /* dt or dd */
	SK_VH_HEADING = 0x40,
	SK_VH_RUBY = 0x80,     /* part of a ruby */
	SK_VH_ENDS = 0x100,    /* one that parts of a ruby would end */
	SK_VH_SPECIAL = 0x200, /* ends the look for items that are open */
	SK_VH_SCOPE = 0x400,   /* opens a scope of its own, in which nothing is open */
};

#define SK_VH_NAME 16 /* room for a name, with zeros behind it */

/* How an element may be used. */
struct sk_vh_element {
	char name[SK_VH_NAME];
	uint16_t is; /* SK_VH_… */
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
