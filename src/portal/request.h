/*
 * What stands at the head of a request, read strictly: cookies, where it comes from, which coding of a body it takes, where an upload goes on.
 * Pure functions of texts; hostile input is the normal case. The portal.
 */
#ifndef SK_PORTAL_REQUEST_H
#define SK_PORTAL_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define SK_PORTAL_SESSION "__Host-sekisho"
#define SK_PORTAL_DEVICE "__Host-sekisho-device"
#define SK_PORTAL_MARK "X-Sekisho" /* no page of another site can have a browser send it */
#define SK_PORTAL_TOKEN 32         /* bytes of what a cookie holds */

/*
 * The token in the cookie of that name. False, and it is all zero: there is none, more than one, or it is no token. `cookies` is the value of
 * the head; NULL: it has none (RFC 6265, section 4.2.1).
 */
bool sk_request_cookie(const char *cookies, const char *name, uint8_t token[SK_PORTAL_TOKEN]);

/* What tells whether a page of this portal asked; NULL: not said. */
struct sk_request_from {
	const char *host, *origin, *mark, *site; /* site: Sec-Fetch-Site */
};

/* The request is meant for this portal: its host, with a port that is not the usual one. */
bool sk_request_is_ours(const struct sk_request_from *f, const char *origin);
/* One that may change something: nothing but a page of this portal can have it sent. */
bool sk_request_is_own(const struct sk_request_from *f, const char *origin);
/* One that only reads: no page of another site had it sent, as far as the browser says. */
bool sk_request_may_read(const struct sk_request_from *f);

enum sk_coding { SK_CODING_NONE, SK_CODING_GZIP, SK_CODING_BROTLI, SK_CODINGS };

/* Bits (1 << enum sk_coding) of the codings that are taken, SK_CODING_NONE always: RFC 9110, section 12.5.3. */
unsigned sk_request_codings(const char *accept_encoding);

/* A whole number without signs and leading zeros, at most 18 digits. */
bool sk_request_number(const char *text, uint64_t *n);

/* The rest of a path behind `head`, up to `tail`, when it is 32 lower-case hexadecimal digits; `id` gets them and a NUL. */
#define SK_PORTAL_ID 32
bool sk_request_id(const char *path, const char *head, const char *tail, char id[SK_PORTAL_ID + 1]);

/* The same for a page as a picture: "/pages/NUMBER.png" stands behind the digits. */
bool sk_request_sheet(
    const char *path, const char *head, char id[SK_PORTAL_ID + 1], uint64_t *number);

/* `If-None-Match` names this tag, or any (RFC 9110, section 13.1.2). `tag` with its quotation marks. */
bool sk_request_has(const char *if_none_match, const char *tag);

#endif
