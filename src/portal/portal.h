/*
 * sekisho-portal: a role of a post. What staff open in their browser: HTTPS in the post's own zone, the built pages from memory, and asks that are
 * relayed to the gate with the token of the browser's session. It decides nothing, and has no store, no master key, no file system. Its pieces:
 * server.c (process, daemon), lines.c (connections), visit.c (one request), relay.c (asks and the gate), assets.c (pages). doc/portal.md
 *
 * Its things (post/child.h):
 *   settings    the post's configuration: the origin
 *   own.key     PEM of the private key for browsers
 *   own.crt     PEM of its certificates, its own first
 *   listen      the listening TCP socket
 *   assets      the folder of built pages
 */
#ifndef SK_PORTAL_PORTAL_H
#define SK_PORTAL_PORTAL_H

#include <microhttpd.h>

#include "front/front.h"
#include "portal/answer.h"
#include "portal/assets.h"
#include "portal/limit.h"
#include "portal/lines.h"
#include "post/child.h"

#define SK_PORTAL_API "/api/v1/"
#define SK_PORTAL_ASKS 128       /* that wait for the gate, of all */
#define SK_PORTAL_ASKS_OF_ONE 16 /* of one session, or of one address where there is none */
#define SK_PORTAL_ASK_MS 30000   /* until an ask is there as a whole */
#define SK_PORTAL_GIVE_MS 120000 /* until an answer has been taken */

struct sk_visit;

/* An ask that the gate has not answered yet. */
struct sk_relayed {
	uint32_t serial;        /* 0: free */
	struct sk_visit *visit; /* NULL: who asked is gone */
	uint8_t key[SK_LIMIT_KEY];
};

struct sk_portal {
	struct sk_child child;
	struct MHD_Daemon *daemon;
	int listen;
	struct sk_buf key, crt; /* PEM */
	char origin[300];
	struct sk_assets *assets;
	struct sk_limits *limits;
	struct sk_lines lines;
	struct sk_relayed relayed[SK_PORTAL_ASKS];
	uint32_t serial;
	bool gate;      /* it is there */
	int64_t ending; /* since when; 0: it does not */
};

struct sk_page;

/* One request while it lasts. */
struct sk_visit {
	struct sk_portal *portal;
	struct MHD_Connection *c;
	struct sk_line *line;
	const struct sk_page *page;
	const char *word; /* of an ask */
	struct sk_front_terminal who;
	uint8_t key[SK_LIMIT_KEY]; /* whom it is charged to */
	struct sk_buf body;
	struct sk_relayed *relayed; /* it waits for the gate */
	bool answered;
	struct sk_portal_answer answer;
};

/* --- visit.c: MHD's callbacks; `ctx` is the portal --- */
enum MHD_Result sk_portal_visit(void *ctx, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *size, void **visit);
void sk_portal_leave(
    void *ctx, struct MHD_Connection *c, void **visit, enum MHD_RequestTerminationCode how);
/* A head of the request; NULL: it has none, or more than one. */
const char *sk_visit_head(const struct sk_visit *v, const char *name);
/* Answer with these bytes (taken over; NULL: no memory), with the heads that all answers have. */
enum MHD_Result sk_visit_give(struct sk_visit *v, unsigned status, struct MHD_Response *r);
/* Refuse in the form of the gate's refusals. */
enum MHD_Result sk_visit_refuse(struct sk_visit *v, enum sk_front_why why, const char *field);
/* Give what stands in v->answer; `from_gate`: the bytes where that has none of its own. */
enum MHD_Result sk_visit_answer(struct sk_visit *v, struct sk_slice from_gate);

/* --- relay.c --- */
/* Send an ask: the visit is suspended until the gate answers. SK_FRONT_WHY_NONE: so it is; else why it is not. */
enum sk_front_why sk_relay_ask(struct sk_visit *v, struct sk_slice json);
/* Nobody waits for it any more. */
void sk_relay_forget(struct sk_visit *v);
int sk_relay_answer(void *ctx, struct sk_message *m); /* of the gate: sk_permit */
void sk_relay_lost(struct sk_portal *p);              /* the gate went away: all are told */
bool sk_relay_waits(const struct sk_portal *p);
/* Whether the visit's session or address may ask one more. */
bool sk_relay_allowed(struct sk_visit *v);

/* --- server.c --- */
/* The role; returns the exit status of its program. */
int sk_portal(void);

#endif
