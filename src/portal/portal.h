/*
 * sekisho-portal: a role of a post. What staff open in their browser: HTTPS in the post's own zone, the built pages from memory, and asks that are
 * relayed to the gate with the token of the browser's session. It decides nothing, and has no store, no master key, no file system. Its pieces:
 * server.c (process, daemon), lines.c (connections), visit.c (one request), relay.c (asks and the gate), and what there is to be asked for:
 * visit-ask.c, visit-upload.c, visit-download.c, visit-document.c, visit-built.c. doc/portal.md
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
#include "portal/uploads.h"
#include "post/child.h"

#define SK_PORTAL_API "/api/v1/"
#define SK_PORTAL_ASKS 128       /* that wait for the gate, of all */
#define SK_PORTAL_TOLD 128       /* besides, that nobody waits for */
#define SK_PORTAL_ASKS_OF_ONE 16 /* of one session, or of one address where there is none */
#define SK_PORTAL_PATIENCE_S 75

struct sk_visit;
struct sk_stream;

/* An ask that the gate has not answered yet. */
struct sk_relayed {
	uint32_t serial;        /* 0: free */
	struct sk_visit *visit; /* NULL: who asked is gone */
	uint8_t key[SK_LIMIT_KEY];
};

/* How long somebody may take, ms. */
struct sk_portal_times {
	int64_t idle; /* until a request is there, from the connection's start or the last answer */
	int64_t ask;  /* until the body of an ask is */
	int64_t give; /* until an answer, or a piece of bytes, has been taken */
};

struct sk_portal {
	struct sk_portal_times times;
	struct sk_child child;
	struct MHD_Daemon *daemon;
	int listen;
	struct sk_buf key, crt; /* PEM */
	char origin[300];
	struct sk_assets *assets;
	struct sk_limits *limits;
	struct sk_lines lines;
	struct sk_relayed relayed[SK_PORTAL_ASKS + SK_PORTAL_TOLD];
	uint32_t serial;
	unsigned long visits;
	struct sk_uploads uploads;
	struct sk_stream *streams; /* of notices */
	size_t nstreams;
	int64_t beaten; /* when all of them were shown to be alive */
	int64_t ending; /* since when; 0: it does not */
};

/* One request while it lasts. */
struct sk_visit {
	struct sk_portal *portal;
	struct MHD_Connection *c;
	struct sk_line *line;
	const struct sk_page *page;
	unsigned long number; /* never that of another */
	struct sk_front_terminal who;
	uint8_t key[SK_LIMIT_KEY]; /* whom it is charged to */
	struct sk_buf body;
	bool headed;                /* its heads were taken: the body may come */
	uint64_t moved;             /* bytes since its connection was told to be at work */
	struct sk_relayed *relayed; /* it waits for the gate */
	bool answered;              /* the gate's own bytes stand in `body` */
	struct sk_portal_answer answer;
	struct sk_bytes handed; /* with the descriptor, when the gate handed out bytes */
	int fd;
	/* of some pages */
	const char *word; /* of an ask */
	bool anybody;     /* who needs no session for it */
	char id[SK_PORTAL_ID + 1];
	uint64_t sheet;           /* number of a page that is looked at, or of an entry */
	uint64_t from, length;    /* of a piece of an upload */
	int wrong;                /* why it could not be taken; 0 */
	struct sk_buf kept;       /* a send, while the gate is asked for its upload */
	struct sk_stream *stream; /* of notices; NULL: none */
	uint32_t serial;          /* of its last ask */
	bool english;             /* a document's name is */
	const char *done;         /* the ask by which the gate learns how it ended; NULL: none */
};

/*
 * What is there. `head` is called when the heads are read, and again when the gate has answered, until it sets v->headed; `more` for pieces of the
 * body; `end` behind it, and again when the gate has answered. NULL: nothing is to be done; no body is taken.
 */
struct sk_page {
	const char *method, *path;
	const char
	    *tail;  /* behind an id; NULL: none. path and tail are all of it, unless `below` */
	bool below; /* whatever begins with the path */
	bool id;
	bool sheet; /* behind the id, a page of it as a picture (request.h) */
	bool own;   /* nothing but a page of this portal may have it sent; else it may only read */
	enum MHD_Result (*head)(struct sk_visit *v, const char *url);
	bool (*more)(struct sk_visit *v, struct sk_slice data);
	enum MHD_Result (*end)(struct sk_visit *v, const char *url);
};
extern const struct sk_page sk_pages_event[], sk_pages_ask[], sk_pages_upload[],
    sk_pages_download[], sk_pages_document[], sk_pages_built[]; /* each ends with method NULL */

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
/* Give what the gate answered. */
enum MHD_Result sk_visit_answer(struct sk_visit *v);
/* Give an object of our own. */
enum MHD_Result sk_visit_say(struct sk_visit *v, unsigned status, const char *name,
    const char *value, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
enum MHD_Result sk_visit_no_such(struct sk_visit *v, const char *url);
/* Bytes of it moved: its connection is not cut. */
void sk_visit_moved(struct sk_visit *v, uint64_t n);
/* Ask the gate for the sake of this visit; refused where that cannot be. */
enum MHD_Result sk_visit_ask(struct sk_visit *v, struct sk_slice json);
/* The length that the head says, at most `most`; false: answered. */
bool sk_visit_length(struct sk_visit *v, uint64_t most, uint64_t *n, enum MHD_Result *rc);

/* --- visit-download.c --- */
/* Give what was handed out, as a file of this type; `disposition`: the value of that head, NULL: it is shown where it stands. */
enum MHD_Result sk_visit_file(struct sk_visit *v, const char *type, const char *disposition);

/* --- heads.c --- */
/* Before the server is started. False: the library has no such call. */
bool sk_heads_ready(void);
/* Queue an answer with the heads that all have; `r` stays the caller's. */
enum MHD_Result sk_heads_queue(struct MHD_Connection *c, unsigned status, struct MHD_Response *r);
/* An object of the gate, or in its form: copied. NULL: no memory. */
struct MHD_Response *sk_heads_object(struct sk_slice body);

/* --- relay.c --- */
/* Send an ask: the visit is suspended until the gate answers. SK_FRONT_WHY_NONE: so it is; else why it is not. */
enum sk_front_why sk_relay_ask(struct sk_visit *v, struct sk_slice json);
/* Nobody waits for it any more. */
void sk_relay_forget(struct sk_visit *v);
/* Tell the gate something whose answer nobody waits for. */
void sk_relay_tell(struct sk_portal *p, const struct sk_front_terminal *who, struct sk_slice json);
int sk_relay_answer(void *ctx, struct sk_message *m); /* of the gate: sk_permit */
int sk_relay_handed(void *ctx, struct sk_message *m);
void sk_relay_lost(struct sk_portal *p); /* the gate went away: all are told */
bool sk_relay_waits(const struct sk_portal *p);
/* Whether the visit's session or address may ask one more. */
bool sk_relay_allowed(struct sk_visit *v);

/* --- visit-event.c --- */
int sk_events_notice(void *ctx, struct sk_message *m); /* of the gate: sk_permit */
int sk_events_ended(void *ctx, struct sk_message *m);
void sk_events_tick(struct sk_portal *p, int64_t now);
void sk_events_end(struct sk_portal *p); /* another gate: browsers begin anew */
void sk_events_leave(struct sk_visit *v);

/* --- server.c --- */
/* The role; returns the exit status of its program. */
int sk_portal(void);

#endif
