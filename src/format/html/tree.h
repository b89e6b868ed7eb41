/* The tree of a page: what of the library is seen by the rest. Cleaner's jail. */
#ifndef SK_FORMAT_HTML_TREE_H
#define SK_FORMAT_HTML_TREE_H

#include <gumbo.h>

#include "format/job.h"

struct sk_html_memory;

struct sk_html_tree {
	struct sk_html_memory *memory;
	const GumboNode *document, *root;
	size_t
	    heads; /* how many elements may be titles, sheets or links: not fewer than there are */
};

/* Parse `in` (UTF-8, it must outlive the tree). 0, SK_EREFUSED after sk_job_refuse(), or SK_ENOMEM. Free with sk_html_tree_free(). */
int sk_html_parse(struct sk_job *job, struct sk_slice in, struct sk_html_tree *tree);
void sk_html_tree_free(struct sk_html_tree *tree);

/* A look at the tags alone: refuses what would take the parser far longer than an honest page of that size. */
int sk_html_scan(struct sk_job *job, struct sk_slice in);

/*
 * How often something in a page looks like the start tag of a title, a sheet or a link. The parser makes one element of one tag, and none
 * of these without one, so that nobody has to look further when that many were met.
 */
size_t sk_html_heads(struct sk_slice in);

#endif
