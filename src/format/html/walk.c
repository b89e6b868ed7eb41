/* A way through the tree, with a stack of its own. Cleaner's jail. */
#include "format/html/page.h"

#define SKIP UINT32_MAX

int sk_html_walk_begin(struct sk_html_walk *w, struct sk_job *job, const GumboNode *root)
{
	w->at = sk_arena_array(job->arena, SK_LIMIT_HTML_DEPTH + 1, sizeof(*w->at));
	if (w->at == NULL)
		return SK_ENOMEM;
	w->at[0].node = root;
	w->at[0].next = 0;
	w->depth = 1;
	return 0;
}

static const GumboVector *children(const GumboNode *n)
{
	static const GumboVector none = {NULL, 0, 0};

	return n->type == GUMBO_NODE_ELEMENT || n->type == GUMBO_NODE_TEMPLATE
		   ? &n->v.element.children
		   : &none;
}

const GumboNode *sk_html_walk_next(struct sk_html_walk *w, struct sk_job *job, bool *leave, int *rc)
{
	if (w->depth == 0)
		return NULL;
	const GumboNode *top = w->at[w->depth - 1].node;
	unsigned next = w->at[w->depth - 1].next;
	if (next >= children(top)->length) {
		w->depth--;
		*leave = true;
		return top;
	}
	const GumboNode *child = children(top)->data[next];
	w->at[w->depth - 1].next++;
	*leave = false;
	if (w->depth > SK_LIMIT_HTML_DEPTH) {
		*rc = sk_job_refuse(job, SK_REASON_LIMIT_NESTING, "%s", "HTML elements");
		return NULL;
	}
	w->at[w->depth].node = child;
	w->at[w->depth].next = 0;
	w->depth++;
	return child;
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
