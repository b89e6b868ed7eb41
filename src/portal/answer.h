/*
 * Asks as they come over HTTP, and the gate's answers as they go back: what is taken out of them, what is added, by which status. The portal.
 */
#ifndef SK_PORTAL_ANSWER_H
#define SK_PORTAL_ANSWER_H

#include "base/buf.h"
#include "front/front.h"

/*
 * The ask of this word with the members of the JSON object in `body` (empty: none), as the gate reads it; checked by the table of asks. SK_EFORMAT
 * with *fault, SK_ENOMEM, SK_ELIMIT.
 */
int sk_portal_ask(
    const char *word, struct sk_slice body, struct sk_buf *out, struct sk_front_fault *fault);

#define SK_PORTAL_TOKEN_TEXT 65

/* An answer of the gate. Initialize `text` with SK_BUF; it stays empty where the gate's own bytes are to go out unchanged. */
struct sk_portal_answer {
	unsigned status; /* of HTTP */
	struct sk_buf text;
	char session[SK_PORTAL_TOKEN_TEXT]; /* a new token for the cookie, in digits; "": none */
	char device[SK_PORTAL_TOKEN_TEXT];
};

/* Tokens go out of the answer, the sentence of a refusal into it. SK_EFORMAT: it is no answer. SK_ENOMEM. */
int sk_portal_answer(struct sk_slice from_gate, struct sk_portal_answer *a);
/* A refusal of our own, in the same form. `field` may be NULL. */
int sk_portal_refusal(enum sk_front_why why, const char *field, struct sk_portal_answer *a);

/* The ask that begins an upload, from what a browser says of it: its size, and a name, which counts when it is sent. As sk_portal_ask(). */
int sk_portal_begin(struct sk_slice body, struct sk_buf *out, struct sk_front_fault *fault);
/* A text in an answer, or in an object of it (NULL: in the answer itself). False: it is not there, or does not fit. */
bool sk_portal_text(
    struct sk_slice json, const char *object, const char *name, char *to, size_t size);
/* The value of Content-Disposition (RFC 6266) for what an answer is about; `otherwise`: its name where it says none. SK_ENOMEM, SK_ELIMIT. */
int sk_portal_disposition(struct sk_slice json, const char *otherwise, struct sk_buf *out);
/* The same for a name: any bytes. */
int sk_portal_attachment(const char *name, struct sk_buf *out);

#define SK_PORTAL_QUERY 8192

/* An ask whose members stand in an address. */
struct sk_portal_query {
	struct sk_front_ask ask; /* its texts lie in `text` */
	char text[SK_PORTAL_QUERY];
	size_t used, n;
	struct sk_slice said[24]; /* names, borrowed */
	int rc;                   /* 0; SK_EFORMAT: with `fault` */
	struct sk_front_fault fault;
};
void sk_portal_query(struct sk_portal_query *q, enum sk_front_what what);
/*
 * One of them; each may stand there once, a flag as "true". The value as it stands there, with signs by their bytes (%XX; RFC 3986, section 2.1). The name is borrowed, and a NUL
 * follows it. Returns q->rc, which stays.
 */
int sk_portal_query_put(struct sk_portal_query *q, struct sk_slice name, struct sk_slice value);

/* All of them were put in: the ask, as the gate reads it. As q->rc; SK_ENOMEM, SK_ELIMIT. */
int sk_portal_query_end(struct sk_portal_query *q, struct sk_buf *out);

/* A word and an object, in one line each: nothing else stands in what a browser reads as lines. *word: how long it is. */
bool sk_portal_notice(struct sk_slice body, size_t *word);

/* A sentence with {1} filled in. */
int sk_portal_sentence(const char *text, const char *field, struct sk_buf *out);

#endif
