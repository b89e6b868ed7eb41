/* A way through the tree, with a stack of its own. Cleaner's jail. */
#include "format/html/page.h"

#define SKIP (UINT32_MAX - 1) /* one more is still a number */

static void push(struct sk_html_walk *w, const GumboNode *n)
{
	bool element = n->type == GUMBO_NODE_ELEMENT || n->type == GUMBO_NODE_TEMPLATE;

	w->at[w->depth].node = n;
	w->at[w->depth].in = element ? &n->v.element.children : NULL;
	w->at[w->depth].next = 0;
	w->depth++;
}

int sk_html_walk_begin(struct sk_html_walk *w, struct sk_job *job, const GumboNode *root)
{
	w->at = sk_arena_array(job->arena, SK_LIMIT_HTML_DEPTH + 1, sizeof(*w->at));
	if (w->at == NULL)
		return SK_ENOMEM;
	w->depth = 0;
	/* A page is as deep as it is from its root, however far in a walk begins. */
	w->most = SK_LIMIT_HTML_DEPTH - (root->parent->type == GUMBO_NODE_ELEMENT);
	push(w, root);
	return 0;
}

const GumboNode *sk_html_walk_next(struct sk_html_walk *w, struct sk_job *job, bool *leave, int *rc)
{
	if (w->depth && w->at[w->depth - 1].in == NULL)
		w->depth--;
	if (w->depth == 0)
		return NULL;
	const GumboVector *in = w->at[w->depth - 1].in;
	unsigned next = w->at[w->depth - 1].next++;
	*leave = next >= in->length;
	if (*leave)
		return w->at[--w->depth].node;
	if (w->depth > w->most) {
		*rc = sk_job_refuse(job, SK_REASON_LIMIT_NESTING, "%s", "HTML elements");
		return NULL;
	}
	push(w, in->data[next]);
	return w->at[w->depth - 1].node;
}

void sk_html_walk_skip(struct sk_html_walk *w)
{
	w->at[w->depth - 1].next = SKIP;
}

const GumboAttribute *sk_html_get(const GumboElement *e, const char *name)
{
	for (unsigned i = 0; i < e->attributes.length; i++) {
		const GumboAttribute *a = e->attributes.data[i];
		if (strcmp(a->name, name) == 0)
			return a;
	}
	return NULL;
}
