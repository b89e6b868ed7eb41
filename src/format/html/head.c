/* The head of a page: its title, its style sheets, and what else stands there and goes. Cleaner's jail. */
#include <strings.h>

#include "format/html/page.h"

static bool is_sheet(const GumboElement *e)
{
	const GumboAttribute *type = sk_html_get(e, "type");

	return type == NULL || type->value[0] == 0 || strcasecmp(type->value, "text/css") == 0;
}

void sk_html_gather(const GumboElement *e, struct sk_buf *out)
{
	for (unsigned i = 0; i < e->children.length; i++) {
		const GumboNode *n = e->children.data[i];
		if (n->type == GUMBO_NODE_TEXT || n->type == GUMBO_NODE_WHITESPACE)
			sk_buf_puts(out, n->v.text.text);
	}
}

int sk_html_frame(struct sk_html_page *p, const GumboElement *e, struct sk_buf *out)
{
	const GumboAttribute *src = sk_html_get(e, "src");

	if (p->place->frame == NULL || src == NULL || src->value[0] == 0)
		return SK_EREFUSED;
	return p->place->frame(p->place->ctx, sk_slice_str(src->value), out);
}

/* One that holds from the beginning, not one that readers could choose. */
int sk_html_sheet(struct sk_html_page *p, const GumboElement *e, struct sk_slice *css)
{
	const GumboAttribute *rel = sk_html_get(e, "rel"), *href = sk_html_get(e, "href");

	if (p->place->sheet == NULL || e->tag != GUMBO_TAG_LINK || rel == NULL || href == NULL ||
	    strcasecmp(rel->value, "stylesheet") != 0 || !is_sheet(e))
		return SK_EREFUSED;
	return p->place->sheet(p->place->ctx, sk_slice_str(href->value), css);
}

/* One style sheet; what its element says of the media goes around its rules. */
static void put_sheet(
    struct sk_html_page *p, const GumboElement *e, struct sk_slice linked, struct sk_buf *sheets)
{
	const GumboAttribute *media = sk_html_get(e, "media");
	struct sk_buf css = SK_BUF(p->out->max), clean = SK_BUF(p->out->max);

	if (media && media->value[0] && strcasecmp(media->value, "all") != 0)
		sk_buf_printf(&css, "@media %s{", media->value);
	bool wrapped = css.len > 0;
	sk_html_gather(e, &css);
	sk_buf_put_slice(&css, linked);
	if (wrapped)
		sk_buf_putc(&css, '}');
	int rc = css.err ? css.err : sk_text_filter(sk_buf_slice(&css), &clean, &p->counts);
	if (rc == 0)
		rc = sk_css_sheet(&p->css, sk_buf_slice(&clean), sheets);
	if (rc && p->rc == 0)
		p->rc = rc;
	sk_buf_free(&css);
	sk_buf_free(&clean);
}

/* White space in a title is one space, and none at its ends. */
static void put_title(struct sk_html_page *p, const GumboElement *e, struct sk_buf *out)
{
	struct sk_buf all = SK_BUF(out->max), raw = SK_BUF(out->max);
	bool owed = false;

	sk_html_gather(e, &all);
	(void)sk_text_filter(sk_buf_slice(&all), &raw, &p->counts);
	for (size_t i = 0; i < raw.len; i++) {
		bool space = raw.p[i] == ' ' || (raw.p[i] >= 9 && raw.p[i] <= 13);
		if (!space && owed && out->len)
			sk_buf_putc(out, ' ');
		if (!space)
			sk_buf_putc(out, raw.p[i]);
		owed = space;
	}
	if (out->err == 0)
		out->err = all.err ? all.err : raw.err;
	sk_buf_free(&all);
	sk_buf_free(&raw);
}

static bool is_head(GumboTag tag)
{
	return tag == GUMBO_TAG_STYLE || tag == GUMBO_TAG_TITLE || tag == GUMBO_TAG_LINK;
}

/* Wherever they stand, but in most pages the head has them all. */
void sk_html_gather_head(struct sk_html_page *p, const struct sk_html_tree *tree,
    struct sk_buf *title, struct sk_buf *sheets)
{
	size_t left = tree->heads;
	struct sk_html_walk walk;
	const GumboNode *n;
	bool leave, titled = false;

	p->rc = sk_html_walk_begin(&walk, p->job, tree->root);
	while (p->rc == 0 && left > 0 &&
	       (n = sk_html_walk_next(&walk, p->job, &leave, &p->rc)) != NULL) {
		if (leave || n->type != GUMBO_NODE_ELEMENT)
			continue;
		const GumboElement *e = &n->v.element;
		struct sk_slice linked = {0};
		left -= is_head(e->tag);
		if (e->tag_namespace != GUMBO_NAMESPACE_HTML) {
			sk_html_walk_skip(&walk);
		} else if (e->tag == GUMBO_TAG_STYLE) {
			if (is_sheet(e))
				put_sheet(p, e, linked, sheets);
			else
				sk_html_tell(p, SK_HTML_UNKNOWN, "style");
		} else if (e->tag == GUMBO_TAG_TITLE && !titled) {
			put_title(p, e, title);
			titled = true;
		} else if (sk_html_sheet(p, e, &linked) == 0) {
			put_sheet(p, e, linked, sheets);
		} else if (sk_html_rule(e)->fate == SK_HF_DROP) {
			sk_html_walk_skip(&walk);
		}
	}
}

const GumboNode *sk_html_child(const GumboNode *n, GumboTag tag)
{
	for (unsigned i = 0; i < n->v.element.children.length; i++) {
		const GumboNode *c = n->v.element.children.data[i];
		if (c->type == GUMBO_NODE_ELEMENT && c->v.element.tag == tag)
			return c;
	}
	return NULL;
}

/* What names the character set is not lost: the page has its own. */
static enum sk_code told_of_meta(const GumboElement *e)
{
	const GumboAttribute *equiv = sk_html_get(e, "http-equiv");

	if (sk_html_get(e, "charset") || (equiv && strcasecmp(equiv->value, "content-type") == 0))
		return SK_CODE_NONE;
	return equiv && strcasecmp(equiv->value, "refresh") == 0 ? SK_HTML_REFRESH
								 : SK_HTML_METADATA;
}

/* What is written at another place of the file that the page came in. */
static bool is_at_hand(struct sk_html_page *p, const GumboElement *e)
{
	struct sk_buf place = SK_BUF(SK_LIMIT_XML_VALUE);
	struct sk_slice css;
	bool frame = e->tag == GUMBO_TAG_IFRAME || e->tag == GUMBO_TAG_FRAME;
	bool kept = (frame && sk_html_frame(p, e, &place) == 0) ||
		    (e->tag == GUMBO_TAG_FRAMESET && p->place->frame) ||
		    (e->tag == GUMBO_TAG_LINK && sk_html_sheet(p, e, &css) == 0);

	sk_buf_free(&place);
	return kept;
}

void sk_html_tell_element(struct sk_html_page *p, const GumboElement *e)
{
	enum sk_code code = sk_html_rule(e)->told;

	if (code == SK_CODE_NONE || ((p->place->sheet || p->place->frame) && is_at_hand(p, e)))
		return;
	if (e->tag == GUMBO_TAG_META)
		code = told_of_meta(e);
	const char *where = gumbo_normalized_tagname(e->tag);
	if (code)
		sk_html_tell(p, code, where[0] ? where : "element");
}

static void tell_children(struct sk_html_page *p, const GumboVector *in, bool elements)
{
	for (unsigned i = 0; i < in->length; i++) {
		const GumboNode *n = in->data[i];
		if (n->type == GUMBO_NODE_COMMENT)
			sk_html_tell(p, SK_HTML_COMMENT, "HTML");
		else if (elements &&
			 (n->type == GUMBO_NODE_ELEMENT || n->type == GUMBO_NODE_TEMPLATE))
			sk_html_tell_element(p, &n->v.element);
	}
}

void sk_html_tell_outside(struct sk_html_page *p, const struct sk_html_tree *tree)
{
	const GumboElement *root = &tree->root->v.element;
	const GumboNode *head = sk_html_child(tree->root, GUMBO_TAG_HEAD);

	tell_children(p, &tree->document->v.document.children, false);
	tell_children(p, &root->children, false);
	if (head)
		tell_children(p, &head->v.element.children, true);
	for (unsigned i = 0; i < root->attributes.length; i++) {
		const GumboAttribute *a = root->attributes.data[i];
		if (strcmp(a->name, "lang") != 0 && strcmp(a->name, "dir") != 0)
			sk_html_tell(p, SK_HTML_UNKNOWN, "html");
	}
}
