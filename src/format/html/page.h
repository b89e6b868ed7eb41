/* What the files of this folder share while a page is written. Cleaner's jail. */
#ifndef SK_FORMAT_HTML_PAGE_H
#define SK_FORMAT_HTML_PAGE_H

#include "format/css/css.h"
#include "format/html/html.h"
#include "format/html/rules.h"
#include "format/html/tree.h"
#include "format/text/filter.h"

/* An element that is open in the output. */
struct sk_html_open {
	const char *name; /* NULL: it is not written itself */
	uint8_t inside;   /* enum sk_html_inside */
	uint8_t context;  /* SK_HC_… */
};

struct sk_html_page {
	struct sk_job *job;
	const struct sk_html_place *place;
	struct sk_buf *out;
	struct sk_buf tmp, value; /* scratch */
	struct sk_buf
	    run;    /* text that is not written yet: what has a tag on neither side is one text */
	size_t pre; /* where the last <pre> ended: a line end there is taken away by parsers */
	struct sk_css css;
	struct sk_text_counts counts;
	uint32_t told[SK_CODE_COUNT]; /* what went, by its code */
	const char *where[SK_CODE_COUNT];
	bool text; /* method text: no markup */
	int rc;
};

/* The page's text as UTF-8 (in `buf`, or in place), by its mark, its mail, its own words, or what it looks like. */
int sk_html_decode(struct sk_job *job, const struct sk_html_place *place, struct sk_slice in,
    struct sk_buf *buf, struct sk_slice *text);

/* Writes what is read from a page, with p->out set to where; 0 or an error that ends the page. */
typedef int sk_html_writer(struct sk_html_page *p, const struct sk_html_tree *tree, void *to);

/* Decode and parse a page, have it written, report what went. As sk_html_clean(). */
int sk_html_read_page(struct sk_job *job, const struct sk_html_place *place, struct sk_slice in,
    sk_html_writer *write, void *to);

void sk_html_page_init(
    struct sk_html_page *p, struct sk_job *job, const struct sk_html_place *place);
void sk_html_page_free(struct sk_html_page *p);
/* Count what went; `where`: a name that outlives the page. */
void sk_html_tell(struct sk_html_page *p, enum sk_code code, const char *where);
/* Tell the job all that was counted. */
void sk_html_report(struct sk_html_page *p);

/* Text, which is written when the next tag is: its characters are looked at as one, its signs become references. */
void sk_html_put_text(struct sk_html_page *p, struct sk_slice s);
/* A piece of markup, behind all text so far. */
void sk_html_put_markup(struct sk_html_page *p, const char *s);
/* The attributes of an element that is written as `name`. */
void sk_html_put_attributes(
    struct sk_html_page *p, const GumboElement *e, const char *name, const char *style);

/* A link's place in its plain form, appended to out. SK_EREFUSED: not one that may stay. */
int sk_html_put_link(struct sk_slice url, struct sk_buf *out);

/* The attributes of the root that stay. */
void sk_html_put_root(struct sk_html_page *p, const GumboElement *e);
/* What stands in an element, or nothing where there is none. */
int sk_html_put_inside(struct sk_html_page *p, const GumboNode *n);
/* The place of the page that a frame shows, where it is kept: SK_EREFUSED where not. */
int sk_html_frame(struct sk_html_page *p, const GumboElement *e, struct sk_buf *out);
/* The sheet that a link element names: SK_EREFUSED where it is none, or not at hand. */
int sk_html_sheet(struct sk_html_page *p, const GumboElement *e, struct sk_slice *css);

/* Tell what a thing that goes is; the elements of a head. */
void sk_html_tell_element(struct sk_html_page *p, const GumboElement *e);
void sk_html_tell_outside(struct sk_html_page *p, const struct sk_html_tree *tree);
/* The text directly in an element. */
void sk_html_gather(const GumboElement *e, struct sk_buf *out);
/* The title of the page and all its style sheets, each as it will be written. */
void sk_html_gather_head(struct sk_html_page *p, const struct sk_html_tree *tree,
    struct sk_buf *title, struct sk_buf *sheets);
const GumboNode *sk_html_child(const GumboNode *n, GumboTag tag);

/* What a field of a form shows, instead of it. */
void sk_html_put_field(struct sk_html_page *p, const GumboElement *e);

/* A way through the tree without recursion: the elements that are open, from the outside in. */
struct sk_html_walk {
	struct {
		const GumboNode *node;
		const GumboVector *in; /* NULL: it is no element */
		unsigned next;
	} * at;
	unsigned depth, most;
};

int sk_html_walk_begin(struct sk_html_walk *w, struct sk_job *job, const GumboNode *root);
/*
 * The next node in document order: *leave is false where it is come to, true where all in an element was seen. NULL at the end.
 * SK_EREFUSED in *rc where the page is nested too deeply.
 */
const GumboNode *sk_html_walk_next(
    struct sk_html_walk *w, struct sk_job *job, bool *leave, int *rc);
/* Do not go into the element that was just come to; it is left at once. */
void sk_html_walk_skip(struct sk_html_walk *w);

const GumboAttribute *sk_html_get(const GumboElement *e, const char *name);

#endif
