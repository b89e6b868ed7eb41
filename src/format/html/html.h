/* Web pages, alone and as the body of mails (doc/profiles/html.md). Cleaner's jail. */
#ifndef SK_FORMAT_HTML_HTML_H
#define SK_FORMAT_HTML_HTML_H

#include "format/job.h"
#include "format/text/charset.h"

/* Where a page came from. Zeroes but `charset` are a page of its own. */
struct sk_html_place {
	enum sk_charset charset; /* as the mail says; SK_CS_COUNT: it says none */
	/*
	 * What to write for a picture that is no data: one (`cid:…`, a Content-Location): appends the place to out, letters, digits and
	 * `+/=:;,._@%$!*~#-` only. SK_EREFUSED: it is left out. Other errors end the job. NULL: all are left out.
	 */
	int (*picture)(void *ctx, struct sk_slice url, struct sk_buf *out);
	/* The style sheet that a link element names, as UTF-8. SK_EREFUSED: it is not at hand. NULL: none is. */
	int (*sheet)(void *ctx, struct sk_slice url, struct sk_slice *css);
	/* The place that a link means, appended to out and then judged as any other. NULL: as it is written. */
	int (*link)(void *ctx, struct sk_slice url, struct sk_buf *out);
	/* Where the page is written that a frame would show: appends `#` and an id, as a link. SK_EREFUSED: nowhere. NULL: none is. */
	int (*frame)(void *ctx, struct sk_slice url, struct sk_buf *out);
	void *ctx;
	const char *
	    scope; /* id of the element around one page among several (sk_html_pieces()), NULL: none */
	bool body; /* of a mail: its title is not part of its text */
};

/* The page rebuilt, as UTF-8. 0, SK_EREFUSED after sk_job_refuse(), or another error. */
int sk_html_clean(
    struct sk_job *job, const struct sk_html_place *place, struct sk_slice in, struct sk_buf *out);

/* A page in pieces, for several in one: all as they are written, the title only text. */
struct sk_html_pieces {
	struct sk_buf root, title, sheets, body,
	    content; /* root, body: attributes of html, and of a div */
};

/*
 * The page rebuilt, to be put in a div with the attributes `body` in another one whose id is the place's scope; its rules hold there
 * only. As sk_html_clean() otherwise.
 */
int sk_html_pieces(struct sk_job *job, const struct sk_html_place *place, struct sk_slice in,
    struct sk_html_pieces *out);
void sk_html_pieces_init(struct sk_html_pieces *p, size_t max);
void sk_html_pieces_free(struct sk_html_pieces *p);

/*
 * The page as people would write it in a plain mail: tables by TAB, lists, addresses of links in brackets, quoted parts behind "> ".
 * UTF-8 with LF; the characters are those of cleaned text. As sk_html_clean() otherwise; what goes is reported as there.
 */
int sk_html_text(
    struct sk_job *job, const struct sk_html_place *place, struct sk_slice in, struct sk_buf *out);

/* What pages become, alone or several in one file. */
enum sk_filetype sk_html_out_type(enum sk_filetype type, enum sk_method method);

#endif
