/*
 * Inside the SVG family: a drawing as a tree of what is on the list (doc/profiles/svg.md), filtered while it is
 * read; references are judged when all of it is known. Cleaner's jail.
 */
#ifndef SK_FORMAT_SVG_SVG_H
#define SK_FORMAT_SVG_SVG_H

#include "format/handler.h"
#include "format/text/filter.h"

#define SK_SVG_URI "http://www.w3.org/2000/svg"
#define SK_SVG_XLINK "http://www.w3.org/1999/xlink"

/* What an element may do beyond holding others. */
enum {
	SK_SVG_TEXT = 1,   /* its own characters mean something */
	SK_SVG_LINK = 2,   /* leads to another place when clicked */
	SK_SVG_IMAGE = 4,  /* shows a picture */
	SK_SVG_USE = 8,    /* is nothing without what it refers to */
	SK_SVG_FILTER = 16 /* computes every pixel anew */
};

struct sk_svg_element {
	const char *name;
	unsigned kind;
};

/* How the value of an attribute is judged. */
enum sk_svg_rule {
	SK_SVG_NONE,  /* not on the list */
	SK_SVG_VALUE, /* section 4 */
	SK_SVG_WORDS, /* any text: names, languages */
	SK_SVG_STYLE, /* declarations */
	SK_SVG_FEW,   /* numbers up to 16: each multiplies work */
	SK_SVG_RADIUS /* numbers up to 1,000 */
};

struct sk_svg_attr {
	const char *name; /* as it is written */
	struct sk_slice value;
	struct sk_svg_attr *next;
};

/* An element, or, without a name, characters. */
struct sk_svg_node {
	const struct sk_svg_element *element;
	struct sk_slice text;
	struct sk_svg_attr *attrs;
	struct sk_svg_node *parent, *first, *last, *next;
};

struct sk_svg {
	struct sk_job *job;
	struct sk_svg_node *root;
	uint32_t elements, pictures;
	unsigned long line; /* of the source, for reports */
	struct sk_text_counts counts;
	uint32_t references;
};

void sk_svg_removed(struct sk_svg *s, enum sk_code code);

/* names.c: the lists. NULL or SK_SVG_NONE: not on them. */
const struct sk_svg_element *sk_svg_element(const char *name);
enum sk_svg_rule sk_svg_attribute(const char *name);
bool sk_svg_property(const char *name);
/* Whether a function may stand in a value; url is none of these. */
bool sk_svg_function(struct sk_slice name);

/* value.c: append the value as it is written; false when it is not allowed (out is then as before). */
bool sk_svg_put_value(struct sk_slice in, struct sk_buf *out);
bool sk_svg_small_numbers(struct sk_slice in, unsigned max);
/* A reference inside the drawing: '#' and a name. */
bool sk_svg_is_fragment(struct sk_slice in);

/* css.c: append what is allowed of declarations, or of a style sheet; the rest is told. */
void sk_svg_put_declarations(struct sk_svg *s, struct sk_slice in, struct sk_buf *out);
void sk_svg_put_sheet(struct sk_svg *s, struct sk_slice in, struct sk_buf *out);

/* picture.c: a picture in a data: address, cleaned, as such an address in the arena. False: it goes. 0 or SK_E*. */
int sk_svg_picture(struct sk_svg *s, struct sk_slice in, struct sk_slice *out, bool *kept);

/* read.c: the tree of a drawing in UTF-8. */
int sk_svg_read(struct sk_svg *s, struct sk_slice in);

/* refs.c: references that go round in circles are cut; refuses what draws too much. */
int sk_svg_check_references(struct sk_svg *s);

/* write.c */
int sk_svg_write(const struct sk_svg *s, struct sk_buf *out);
int sk_svg_write_text(const struct sk_svg *s, struct sk_buf *out);

/* unpack.c: svgz. The bytes lie in the arena. */
bool sk_svg_is_packed(struct sk_slice in);
int sk_svg_unpack(struct sk_job *job, struct sk_slice in, struct sk_slice *out);

#endif
