/*
 * Style sheets by positive list (doc/profiles/html.md, section 5; CSS Syntax Level 3): what is known is written anew in one plain
 * form, what is not is left out and counted. Cleaner's jail.
 */
#ifndef SK_FORMAT_CSS_CSS_H
#define SK_FORMAT_CSS_CSS_H

#include "format/job.h"

struct sk_css {
	/*
	 * What to write for a picture that a url() names: appends a place such as `data:image/png;base64,…` to out
	 * and returns 0, or SK_EREFUSED where the declaration has to go (`url` is decoded and never empty). Other errors end the
	 * job. NULL: no pictures.
	 */
	int (*picture)(void *ctx, struct sk_slice url, struct sk_buf *out);
	void *ctx;
	/* Id of an element in which alone the rules of sheets hold: it stands for html, a div in it for body. NULL: everywhere. */
	const char *scope;
	/* Counted here, reported by the caller. */
	uint32_t dropped; /* declarations, rules and selectors that are not known */
	uint32_t
	    remote; /* what would be loaded: @import, @font-face, url() that picture() did not take */
	struct sk_buf tmp;
};

/* An empty counter; picture and ctx may be set. Free with sk_css_free(). */
void sk_css_init(struct sk_css *css);
void sk_css_free(struct sk_css *css);

/*
 * The declarations of a style attribute, as `name:value;name:value` without quotation marks or `<` in them, appended to
 * out; nothing where none is known. `in` is UTF-8 of the characters of cleaned text. 0, out's error, or that of picture().
 */
int sk_css_declarations(struct sk_css *css, struct sk_slice in, struct sk_buf *out);

/* A whole style sheet, each rule a line. */
int sk_css_sheet(struct sk_css *css, struct sk_slice in, struct sk_buf *out);

#endif
