/*
 * The engine proper: identify, choose the handler, run the method, nest. Cleaner's jail; also in process
 * by unit tests and fuzzers. Pure: bytes in, bytes and a report out.
 */
#ifndef SK_CLEAN_CLEAN_H
#define SK_CLEAN_CLEAN_H

#include "format/handler.h"

struct sk_clean_request {
	struct sk_slice in;
	bool mapped;                          /* `in` is a mapping of the file, to be read only */
	const char *name;                     /* display name, a hint for text types; never NULL */
	const struct sk_passwords *passwords; /* or NULL */
	enum sk_method method;
	const struct sk_services
	    *services; /* render_page and page_text (may be NULL inside); or NULL */
};

/* Load tables of all handlers, once per process, before the jail closes. 0 or SK_E*. */
int sk_clean_init(void);

/*
 * Clean one file. report is emptied first. 0: out holds the cleaned bytes (free with sk_buf_free).
 * SK_EREFUSED: report->reason says why and out is empty. Other statuses never leave this function: they
 * become reasons.
 */
int sk_clean(const struct sk_clean_request *req, struct sk_report *report, struct sk_output *out);

/* Every status but success becomes a refusal with a reason, if there is none yet. 0 or SK_EREFUSED. */
int sk_settle(struct sk_report *r, int status);

/*
 * Decide what a file is. All claims go to the report; report->type is set. SK_EREFUSED for empty, unknown,
 * polyglot, or a type that is never passed.
 */
int sk_identify(struct sk_slice in, const char *name, struct sk_report *report);

/* The handler that cleans this type, or NULL. */
const struct sk_handler *sk_handler_for(enum sk_filetype type);

#endif
