/* Inside the checker of drawings (doc/profiles/svg.md). Verifier's jail. */
#ifndef SK_VERIFY_SVG_SVG_H
#define SK_VERIFY_SVG_SVG_H

#include "verify/text/xml.h"
#include "verify/verify.h"

/* What an element is for. */
enum sk_vs_part {
	SK_VS_UNKNOWN,
	SK_VS_PLAIN,
	SK_VS_WORDS,         /* holds characters */
	SK_VS_ANCHOR,        /* a */
	SK_VS_SHEET,         /* style */
	SK_VS_PICTURE,       /* image */
	SK_VS_FILTER,        /* a filter primitive */
	SK_VS_FILTER_PICTURE /* feImage */
};

enum sk_vs_rule {
	SK_VS_NO,
	SK_VS_ANY,
	SK_VS_VALUE,
	SK_VS_DECLARATIONS,
	SK_VS_UP_TO_16,
	SK_VS_UP_TO_1000
};

/* lists.c */
enum sk_vs_part sk_vs_element(struct sk_slice name);
enum sk_vs_rule sk_vs_attribute(struct sk_slice name);
bool sk_vs_property(struct sk_slice name);
bool sk_vs_function(struct sk_slice name);

/* value.c: decoded values. */
bool sk_vs_value(struct sk_slice v);
bool sk_vs_declarations(struct sk_slice v);
bool sk_vs_numbers(struct sk_slice v, unsigned max);
bool sk_vs_fragment(struct sk_slice v);
bool sk_vs_web(struct sk_slice v);
bool sk_vs_sheet(struct sk_slice css);

/* picture.c */
int sk_vs_picture(struct sk_check *c, uint64_t at, struct sk_slice v);

/* An element of the drawing, for the count of what it draws. */
struct sk_vs_item {
	struct sk_slice name, id, class;
	uint32_t end;   /* number of the element behind its last one */
	uint32_t first; /* of its references */
	uint32_t weight;
	uint64_t before, cost;
	uint32_t chain;
	uint8_t state;
};

struct sk_vs_ref {
	uint32_t from, to;
	struct sk_slice name;
};

struct sk_vs_graph {
	struct sk_check *c;
	struct sk_vs_item *items;
	struct sk_vs_ref *refs;
	size_t nitems, nrefs, citems, crefs;
	struct sk_slice *sheets;
	size_t nsheets, csheets;
};

/* graph.c: collect while reading, judge at the end. 0 or SK_E*. */
int sk_vs_add_item(struct sk_vs_graph *g, const struct sk_vs_item *item);
int sk_vs_add_ref(struct sk_vs_graph *g, struct sk_slice name);
int sk_vs_add_sheet(struct sk_vs_graph *g, struct sk_slice css);
/* Each url(#name) of a value that is allowed. */
int sk_vs_add_urls(struct sk_vs_graph *g, struct sk_slice value);
int sk_vs_judge(struct sk_vs_graph *g);

#endif
