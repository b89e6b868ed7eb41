/*
 * A page written anew from its tree (doc/profiles/html.md, sections 2 and 3): head, then the elements of the list, each
 * only where a parser leaves it where it stands. Cleaner's jail.
 */
#include "format/html/page.h"

#include <strings.h>

#define FRAME_SIGN "\xE2\x96\xBC" /* ▼ */
#define LINK_ROOM 256             /* of a place inside the page */

struct writer {
	struct sk_html_page *p;
	struct sk_html_walk walk;
	struct sk_html_open *open; /* beside the way through the tree */
};

/* --- head --- */

void sk_html_put_root(struct sk_html_page *p, const GumboElement *e)
{
	static const char *const kept[] = {"lang", "dir"};
	const GumboElement one = {.attributes = {NULL, 0, 0}};

	for (size_t i = 0; i < 2; i++) {
		const GumboAttribute *a = sk_html_get(e, kept[i]);
		void *data = (void *)(uintptr_t)a;
		GumboElement only = one;
		only.attributes = (GumboVector){&data, 1, 1};
		if (a)
			sk_html_put_attributes(p, &only, "html", NULL);
	}
}

static void put_head(struct sk_html_page *p, const struct sk_html_tree *tree)
{
	struct sk_buf title = SK_BUF(p->out->max), sheets = SK_BUF(p->out->max);

	sk_html_gather_head(p, tree, &title, &sheets);
	sk_buf_puts(p->out, "<!DOCTYPE html>\n<html");
	sk_html_put_root(p, &tree->root->v.element);
	sk_buf_puts(p->out, "><head><meta charset=\"utf-8\">");
	if (title.len) {
		sk_html_put_markup(p, "<title>");
		sk_html_put_text(p, sk_buf_slice(&title));
		sk_html_put_markup(p, "</title>");
	}
	if (sheets.len) {
		sk_buf_puts(p->out, "<style>\n");
		sk_buf_put_slice(p->out, sk_buf_slice(&sheets));
		sk_buf_puts(p->out, "</style>");
	}
	sk_buf_puts(p->out, "</head>");
	if (p->rc == 0)
		p->rc = title.err ? title.err : sheets.err;
	sk_buf_free(&title);
	sk_buf_free(&sheets);
}

/* --- body --- */

/* Whether a paragraph holds what would end it: it is written as a div then. */
static bool holds_block(const GumboNode *n, unsigned depth)
{
	for (unsigned i = 0; i < n->v.element.children.length; i++) {
		const GumboNode *c = n->v.element.children.data[i];
		if (c->type != GUMBO_NODE_ELEMENT)
			continue;
		const struct sk_html_rule *r = sk_html_rule(&c->v.element);
		if (r->fate == SK_HF_KEEP && (r->bans & SK_HC_P))
			return true;
		if (r->fate != SK_HF_DROP && !r->part && depth < SK_LIMIT_HTML_DEPTH &&
		    holds_block(c, depth + 1))
			return true;
	}
	return false;
}

static const char *fitting_name(
    const GumboNode *n, const struct sk_html_rule *r, const struct sk_html_open *in)
{
	if (r->part)
		return r->part == in->inside + 1 ? r->name : NULL;
	if (in->inside != SK_HI_FLOW)
		return NULL;
	if (in->context & r->bans & SK_HC_P)
		return NULL;
	if (in->context & r->bans)
		return r->as;
	if (n->v.element.tag == GUMBO_TAG_P && holds_block(n, 0))
		return "div";
	return r->name;
}

/* Under another name it is an element of that name: a div or a span. */
static uint8_t context_of(const struct sk_html_rule *r, const char *name, uint8_t outer)
{
	if (name == r->name || strcmp(name, r->name) == 0)
		return (uint8_t)((outer & ~r->clears) | r->sets);
	return (uint8_t)(outer & ~(SK_HC_H | SK_HC_END));
}

static void open_element(struct writer *w, const GumboNode *n, const struct sk_html_rule *r)
{
	struct sk_html_page *p = w->p;
	struct sk_html_open *in = &w->open[w->walk.depth - 2], *here = in + 1;
	const char *name = r->fate == SK_HF_KEEP ? fitting_name(n, r, in) : NULL;

	*here = (struct sk_html_open){NULL, in->inside, in->context};
	if (name == NULL)
		return;
	sk_html_put_markup(p, "<");
	sk_buf_puts(p->out, name);
	sk_html_put_attributes(p, &n->v.element, name, name == r->name ? r->style : NULL);
	sk_buf_putc(p->out, '>');
	if (name[0] == 'p' && strcmp(name, "pre") == 0)
		p->pre = p->out->len;
	if (r->inside == SK_HI_NONE) {
		sk_html_walk_skip(&w->walk);
		return;
	}
	here->name = name;
	here->inside = r->inside;
	here->context = context_of(r, name, in->context);
}

/* In place of a frame, the way to the page that it shows. A link in a link would end it. */
static void put_frame(struct writer *w, const GumboElement *e)
{
	struct sk_html_page *p = w->p;
	const struct sk_html_open *in = &w->open[w->walk.depth - 2];
	const GumboAttribute *title = sk_html_get(e, "title");
	struct sk_buf place = SK_BUF(LINK_ROOM);

	if (in->inside == SK_HI_FLOW && !(in->context & SK_HC_A) &&
	    sk_html_frame(p, e, &place) == 0) {
		sk_html_put_markup(p, "<a href=\"");
		sk_buf_put_slice(p->out, sk_buf_slice(&place));
		sk_buf_puts(p->out, "\">");
		sk_html_put_text(p, SK_SLICE_LIT(FRAME_SIGN));
		if (title && title->value[0]) {
			sk_html_put_text(p, SK_SLICE_LIT(" "));
			sk_html_put_text(p, sk_slice_str(title->value));
		}
		sk_html_put_markup(p, "</a>");
	}
	sk_buf_free(&place);
}

static void enter_element(struct writer *w, const GumboNode *n)
{
	const struct sk_html_rule *r = sk_html_rule(&n->v.element);
	struct sk_html_page *p = w->p;
	bool flow = w->open[w->walk.depth - 2].inside == SK_HI_FLOW;

	sk_html_tell_element(p, &n->v.element);
	w->open[w->walk.depth - 1] = (struct sk_html_open){NULL, SK_HI_FLOW, 0};
	if (r->fate == SK_HF_FIELD && flow)
		sk_html_put_field(p, &n->v.element);
	if (n->v.element.tag == GUMBO_TAG_IFRAME)
		put_frame(w, &n->v.element);
	if (r->fate == SK_HF_FIELD || r->fate == SK_HF_DROP)
		sk_html_walk_skip(&w->walk);
	else
		open_element(w, n, r);
}

static bool is_blank(const char *s)
{
	while (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\r' || *s == '\f')
		s++;
	return *s == 0;
}

static void put_node(struct writer *w, const GumboNode *n)
{
	struct sk_html_page *p = w->p;
	uint8_t inside = w->open[w->walk.depth - 2].inside;

	switch (n->type) {
	case GUMBO_NODE_ELEMENT:
	case GUMBO_NODE_TEMPLATE:
		return enter_element(w, n);
	case GUMBO_NODE_COMMENT:
		return sk_html_tell(p, SK_HTML_COMMENT, "HTML");
	case GUMBO_NODE_TEXT:
	case GUMBO_NODE_WHITESPACE:
	case GUMBO_NODE_CDATA:
		if (inside == SK_HI_FLOW || is_blank(n->v.text.text))
			sk_html_put_text(p, sk_slice_str(n->v.text.text));
		else
			sk_html_tell(p, SK_HTML_UNKNOWN, "table");
		return;
	default:
		return;
	}
}

static int put_children(struct writer *w, const GumboNode *root)
{
	struct sk_html_page *p = w->p;
	const GumboNode *n;
	bool leave;

	w->open = sk_arena_array(p->job->arena, SK_LIMIT_HTML_DEPTH + 2, sizeof(*w->open));
	if (w->open == NULL)
		return SK_ENOMEM;
	w->open[0] = (struct sk_html_open){NULL, SK_HI_FLOW, 0};
	if (p->rc == 0)
		p->rc = sk_html_walk_begin(&w->walk, p->job, root);
	while (p->rc == 0 && (n = sk_html_walk_next(&w->walk, p->job, &leave, &p->rc)) != NULL) {
		if (!leave) {
			put_node(w, n);
		} else if (w->walk.depth && n->type == GUMBO_NODE_ELEMENT &&
			   w->open[w->walk.depth].name) {
			sk_html_put_markup(p, "</");
			sk_buf_puts(p->out, w->open[w->walk.depth].name);
			sk_buf_putc(p->out, '>');
		}
		if (p->out->err && p->rc == 0)
			p->rc = p->out->err;
	}
	return p->rc;
}

int sk_html_put_inside(struct sk_html_page *p, const GumboNode *n)
{
	struct writer w = {.p = p};

	return n ? put_children(&w, n) : p->rc;
}

int sk_html_read_page(struct sk_job *job, const struct sk_html_place *place, struct sk_slice in,
    sk_html_writer *write, void *to)
{
	struct sk_buf buf = SK_BUF(job->limits->output);
	struct sk_html_page *page = sk_arena_alloc(job->arena, sizeof(*page));
	struct sk_html_tree tree = {0};
	struct sk_slice text;

	if (page == NULL)
		return SK_ENOMEM;
	int rc = sk_html_decode(job, place, in, &buf, &text);
	if (rc == 0)
		rc = sk_html_parse(job, text, &tree);
	if (rc == 0) {
		sk_html_page_init(page, job, place);
		rc = write(page, &tree, to);
		sk_html_report(page);
		sk_html_page_free(page);
	}
	sk_html_tree_free(&tree);
	sk_buf_free(&buf);
	return rc;
}

static int put_page(struct sk_html_page *p, const struct sk_html_tree *tree, void *out)
{
	const GumboNode *body = sk_html_child(tree->root, GUMBO_TAG_BODY);

	p->out = out;
	put_head(p, tree);
	sk_html_tell_outside(p, tree);
	if (body == NULL)
		sk_html_tell(p, SK_HTML_FRAME, "frameset");
	sk_buf_puts(p->out, "<body");
	if (body)
		sk_html_put_attributes(p, &body->v.element, "body", NULL);
	sk_buf_putc(p->out, '>');
	int rc = sk_html_put_inside(p, body);
	sk_html_put_markup(p, "</body></html>");
	return rc ? rc : p->out->err;
}

int sk_html_clean(
    struct sk_job *job, const struct sk_html_place *place, struct sk_slice in, struct sk_buf *out)
{
	return sk_html_read_page(job, place, in, put_page, out);
}
