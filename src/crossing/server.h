/* The side of the link that is connected to. Its pieces: server.c (process, connections), answers.c (what is asked). */
#ifndef SK_CROSSING_SERVER_H
#define SK_CROSSING_SERVER_H

#include <microhttpd.h>

#include "crossing/end.h"
#include "crossing/guests.h"

struct sk_visit;

struct sk_server {
	struct sk_end end; /* first: the operations' context */
	struct MHD_Daemon *daemon;
	int listen;
	struct sk_visit *poll; /* the request whose answer is held back; one at most */
	int64_t poll_due;
	int64_t asked;     /* when the other post asked last; milliseconds */
	uint64_t promised; /* as the other post was told last: its letters came up to here */
	unsigned long visits;
	struct sk_guests guests; /* called by their session */
	bool refused; /* somebody with a key that is not pinned was here since the link was up */
};

/* The other end of a connection: it is the other post. */
bool sk_server_trusts(struct sk_server *s, gnutls_session_t session);

/* MHD's callbacks; `ctx` is the server. */
enum MHD_Result sk_server_visit(void *ctx, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *size, void **visit);
void sk_server_leave(
    void *ctx, struct MHD_Connection *c, void **visit, enum MHD_RequestTerminationCode how);

/* The answer that is held back can be given, or waited long enough. */
void sk_server_wake(struct sk_server *s);
bool sk_server_has_news(const struct sk_server *s);

#endif
