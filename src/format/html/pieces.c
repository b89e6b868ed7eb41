/* A page in pieces, for families whose files hold several pages that become one (doc/profiles/mhtml.md). Cleaner's jail. */
#include "format/html/page.h"

void sk_html_pieces_init(struct sk_html_pieces *p, size_t max)
{
	*p = (struct sk_html_pieces){
	    SK_BUF(max), SK_BUF(max), SK_BUF(max), SK_BUF(max), SK_BUF(max)};
}

void sk_html_pieces_free(struct sk_html_pieces *p)
{
	sk_buf_free(&p->root);
	sk_buf_free(&p->title);
	sk_buf_free(&p->sheets);
	sk_buf_free(&p->body);
	sk_buf_free(&p->content);
}

/* A page of frames shows what these name: where that is kept elsewhere nothing is lost. */
static void tell_frames(struct sk_html_page *p, const GumboNode *frameset)
{
	struct sk_html_walk walk;
	const GumboNode *n;
	bool leave;

	p->rc = p->rc ? p->rc : sk_html_walk_begin(&walk, p->job, frameset);
	while (p->rc == 0 && (n = sk_html_walk_next(&walk, p->job, &leave, &p->rc)) != NULL)
		if (!leave && n->type == GUMBO_NODE_ELEMENT)
			sk_html_tell_element(p, &n->v.element);
}

static void put_head(
    struct sk_html_page *p, const struct sk_html_tree *tree, struct sk_html_pieces *out)
{
	struct sk_buf title = SK_BUF(out->title.max);

	sk_html_gather_head(p, tree, &title, &out->sheets);
	p->out = &out->title;
	sk_html_put_text(p, sk_buf_slice(&title));
	sk_html_put_markup(p, "");
	p->out = &out->root;
	sk_html_put_root(p, &tree->root->v.element);
	sk_html_tell_outside(p, tree);
	if (p->rc == 0)
		p->rc = title.err;
	sk_buf_free(&title);
}

static int put_all(struct sk_html_page *p, const struct sk_html_tree *tree, void *to)
{
	struct sk_html_pieces *out = to;
	const GumboNode *body = sk_html_child(tree->root, GUMBO_TAG_BODY),
			*frames = sk_html_child(tree->root, GUMBO_TAG_FRAMESET);

	p->out = &out->content;
	p->pre = SIZE_MAX; /* nothing stands before the first text */
	put_head(p, tree, out);
	p->out = &out->body;
	if (body)
		sk_html_put_attributes(p, &body->v.element, "div", NULL);
	else if (frames)
		tell_frames(p, frames);
	p->out = &out->content;
	int rc = p->rc ? p->rc : sk_html_put_inside(p, body);
	sk_html_put_markup(p, "");
	int errors[] = {rc, p->rc, out->root.err, out->title.err, out->sheets.err, out->body.err,
	    out->content.err};
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i])
			return errors[i];
	return 0;
}

int sk_html_pieces(struct sk_job *job, const struct sk_html_place *place, struct sk_slice in,
    struct sk_html_pieces *out)
{
	return sk_html_read_page(job, place, in, put_all, out);
}
