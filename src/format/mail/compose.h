/* Writing of parts (doc/profiles/mail.md, sections 3 and 4). Cleaner's jail. */
#ifndef SK_FORMAT_MAIL_COMPOSE_H
#define SK_FORMAT_MAIL_COMPOSE_H

#include "format/mail/mail.h"

/* Why a part is missing: a reason, or sentences of our own. */
struct sk_note {
	enum sk_code code;
	const char *japanese, *english;
};

/* What a part turned out to be. */
struct sk_written {
	bool text, note, empty;
};

/* Parts that are written and not yet joined. */
struct sk_parts {
	struct sk_buf **each;
	size_t n, cap, max;
};

/* A new empty part at the end; NULL when memory is out. It stays at its place until the parts are freed. */
struct sk_buf *sk_parts_next(struct sk_parts *p);
void sk_parts_drop(struct sk_parts *p, size_t i);
void sk_parts_free(struct sk_parts *p);
/* Join them as "mixed", "alternative" or "related"; one part stands for itself, none is an empty text. */
int sk_parts_write(const struct sk_parts *p, const char *kind, struct sk_buf *out);

/* A part of text: `kind` is text/plain (lines end with CR LF) or text/html. */
int sk_put_text(const char *kind, struct sk_slice text, struct sk_buf *out);
/* A file. `id`: of a picture that a page shows; empty: an attachment. */
int sk_put_file(enum sk_filetype type, const char *name, struct sk_slice id, struct sk_slice data,
    struct sk_buf *out);
/* A mail in a mail; `name` may be NULL. */
int sk_put_nested(const char *name, struct sk_slice mail, struct sk_buf *out);
/* A note in place of a file of that name. */
int sk_put_note(
    struct sk_mail *m, const char *name, const struct sk_note *note, struct sk_buf *out);

#endif
