/* The side of the link that connects. Its pieces: client.c (process, loop), request.c (one request with libcurl), talk.c (letters), carry.c (objects). */
#ifndef SK_CROSSING_CLIENT_H
#define SK_CROSSING_CLIENT_H

#include <curl/curl.h>

#include "crossing/end.h"

#define SK_CLIENT_SOCKETS 16
#define SK_CLIENT_CARRIES 4 /* objects at once; letters have connections of their own */

struct sk_client;

/* One request, which lasts until its answer is there or fails, and is then used again. */
struct sk_request {
	struct sk_client *client;
	CURL *easy;
	struct curl_slist *heads;
	char error[CURL_ERROR_SIZE];
	bool busy;
	bool mistrusted;       /* the other end is not the other post */
	struct sk_buf out, in; /* bodies of letters */
	uint64_t heard;        /* what it tells the other post */
	bool patient;
	bool batch; /* it has letters */
	int64_t since;
	/* objects */
	char id[SK_LETTER_ID + 1];
	bool fetch;
	unsigned long number; /* of this attempt: the object's writer */
	uint64_t at;          /* where reading goes on; what the answer says is there */
	bool ranged; /* the answer says which bytes it brings, and they are the ones asked for */
	int status;  /* why we cut it */
	/* The answer is there (http: its status), or not (0). */
	void (*done)(struct sk_request *r, long http, CURLcode code);
};

struct sk_client {
	struct sk_end end; /* first: the operations' context */
	CURLM *multi;
	char base[96]; /* https://ADDRESS:PORT */
	uint16_t port;
	char pinned[SK_PINS_MOST * 64];
	char key_path[32], crt_path[32]; /* of anonymous files */
	int key_fd, crt_fd;
	struct {
		curl_socket_t fd;
		short events;
	} socket[SK_CLIENT_SOCKETS];
	size_t nsockets;
	int64_t due; /* libcurl's */
	struct sk_request poll, push, carry[SK_CLIENT_CARRIES];
	/* letters */
	bool met;        /* it answered since the gate began */
	uint64_t theirs; /* how far ours have come there */
	uint64_t told;   /* what we have told it to have heard */
	int64_t poll_due, push_due;
	unsigned failures; /* of letters, in a row */
	unsigned long attempts;
};

/* --- request.c --- */
/* Method and url; the caller sets the rest, then starts. False: it cannot now. */
bool sk_request_prepare(struct sk_request *r, const char *path);
void sk_request_head(struct sk_request *r, const char *head);
bool sk_request_start(struct sk_request *r);
void sk_request_stop(struct sk_request *r);
/* Those that are done are told so. */
void sk_requests_finish(struct sk_client *c);
/* In `begin`: libcurl, the address, the key in files without a name. */
int sk_requests_open(struct sk_client *c);
void sk_requests_close(struct sk_client *c);
/* What a failure without an answer says about the link. */
enum sk_link_state sk_request_failure(const struct sk_request *r, CURLcode code);

/* --- talk.c --- */
void sk_talk_done(struct sk_request *r, long http, CURLcode code);
void sk_talk(struct sk_client *c, int64_t now);
int64_t sk_talk_due(const struct sk_client *c);
/* The link failed, or gave an answer that is none. */
void sk_talk_failed(struct sk_client *c, enum sk_link_state state, const char *text);

/* --- carry.c --- */
void sk_carry_done(struct sk_request *r, long http, CURLcode code);
void sk_carry(struct sk_client *c, int64_t now);
int64_t sk_carry_due(const struct sk_client *c);

/* Milliseconds to wait after so many failures. */
int64_t sk_client_pause(unsigned failures, int64_t first, int64_t most);

#endif
