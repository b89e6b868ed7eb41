/* What a page may hold: elements and where they may stand, attributes and what they may say (doc/profiles/html.md, 3 and 4). Pure. */
#ifndef SK_FORMAT_HTML_RULES_H
#define SK_FORMAT_HTML_RULES_H

#include <gumbo.h>

#include "base/codes.h"
#include "base/slice.h"

/* What becomes of an element. */
enum sk_html_fate {
	SK_HF_UNWRAP, /* what is in it stays */
	SK_HF_KEEP,
	SK_HF_DROP,  /* with all that is in it */
	SK_HF_FIELD, /* of a form: becomes what it shows */
};

/* Where an element stands, as far as a parser cares: bits that hold for what is inside of an open element. */
enum {
	SK_HC_P = 1,      /* a paragraph is open, which a block would end */
	SK_HC_A = 2,      /* a link is */
	SK_HC_LI = 4,     /* an item is, which the next one would end */
	SK_HC_DD = 8,     /* the same for dt and dd */
	SK_HC_H = 0x10,   /* the parent is a heading */
	SK_HC_END = 0x20, /* the parent is one that rt and rp would end */
	SK_HC_ALL = 0x3F,
};

/* What may stand directly in an element. */
enum sk_html_inside {
	SK_HI_FLOW, /* text and all but parts of tables */
	SK_HI_TABLE,
	SK_HI_GROUP, /* rows */
	SK_HI_ROW,   /* cells */
	SK_HI_COLUMNS,
	SK_HI_NONE, /* no end tag */
};

struct sk_html_rule {
	const char *name;  /* as it is written */
	uint8_t fate;      /* enum sk_html_fate */
	uint8_t inside;    /* enum sk_html_inside */
	uint8_t bans;      /* SK_HC_…: where it must not stand */
	uint8_t clears;    /* what no longer holds inside of it */
	uint8_t sets;      /* what does */
	uint8_t part;      /* a part of tables: 1 + enum sk_html_inside of its parent */
	enum sk_code told; /* with what code it is reported, SK_CODE_NONE: not */
	const char *as;    /* what stands in its place where it is banned, NULL: nothing */
	const char *style; /* what it looks like, where it is written under another name */
};

/* The rule of an element of HTML; never NULL. */
const struct sk_html_rule *sk_html_rule(const GumboElement *e);

enum sk_html_value {
	SK_HV_NONE, /* not on the list */
	SK_HV_TEXT,
	SK_HV_NAME,  /* no white space: id, name, usemap without its # */
	SK_HV_CLASS, /* names with one space between them */
	SK_HV_LANG,
	SK_HV_NUMBER, /* 12, -3 */
	SK_HV_LENGTH, /* 12, 12.5, 50% */
	SK_HV_COLOUR,
	SK_HV_WORD,
	SK_HV_COORDS,
	SK_HV_STYLE,
	SK_HV_LINK,
	SK_HV_PICTURE,
	SK_HV_EVENT, /* on…: not on the list either */
	SK_HV_REMOTE /* loads: not on the list either */
};

/* What the attribute of that name says on that element. *name: as it is written. */
enum sk_html_value sk_html_attribute(const char *element, const char *attribute, const char **name);

#endif
