/* The tree of a page: what of the library is seen by the rest. Cleaner's jail. */
#ifndef SK_FORMAT_HTML_TREE_H
#define SK_FORMAT_HTML_TREE_H

#include <gumbo.h>

#include "format/job.h"

struct sk_html_memory;

struct sk_html_tree {
	struct sk_html_memory *memory;
	const GumboNode *document, *root;
};

/* Parse `in` (UTF-8, it must outlive the tree). 0, SK_EREFUSED after sk_job_refuse(), or SK_ENOMEM. Free with sk_html_tree_free(). */
int sk_html_parse(struct sk_job *job, struct sk_slice in, struct sk_html_tree *tree);
void sk_html_tree_free(struct sk_html_tree *tree);

/* A look at the tags alone: refuses what would take the parser far longer than an honest page of that size. */
int sk_html_scan(struct sk_job *job, struct sk_slice in);

#endif
