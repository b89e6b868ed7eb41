/* What the files of sekisho-control share. Only control*.c look in here. */
#ifndef SK_CMD_CONTROL_H
#define SK_CMD_CONTROL_H

#include "front/front.h"
#include "post/child.h"

#define CONTROL_CLIENTS 256
#define CONTROL_ASKS 128 /* that are under way, of all */

struct client {
	struct sk_channel ch; /* sock -1: free */
	uint32_t user;
	unsigned state, asks;
	uint64_t number; /* of the connection, never used twice */
	int64_t since;   /* it last said something */
};

/* How far an ask is. */
enum step {
	STEP_FREE,
	STEP_ASKED, /* its answer is the client's */
	/* bytes that are brought */
	STEP_WAITS, /* for others of its user */
	STEP_BEGUN, /* an upload is asked for */
	STEP_BRINGS,
	STEP_SENT,
	/* bytes that are handed out */
	STEP_GETS,
	STEP_PASSES,
	STEP_LEFT, /* all of them have: that is told */
	STEP_LAST, /* its client was told; the gate hears how it ended */
};

struct asked {
	enum step step;
	uint32_t serial; /* of ours to the gate, of the last question; 0: none is open */
	uint32_t theirs; /* of the client */
	uint64_t number; /* of the connection */
	uint32_t user;
	struct sk_buf ask;     /* about bytes: as it came */
	struct sk_buf answer;  /* that came with them */
	struct sk_bytes bytes; /* what lies behind `blob` */
	char upload[33];
	int file, blob; /* the client's, the gate's; -1 */
	struct sk_sealing *sealing;
	struct sk_unsealing *unsealing;
	uint64_t at; /* bytes of the file that are through */
};

struct control {
	struct sk_child child;
	int listener;
	struct client client[CONTROL_CLIENTS], *now;
	struct asked asked[CONTROL_ASKS];
	uint32_t serial;
	uint64_t connections;
	int64_t ending; /* since when; 0: it does not */
};

/* --- control.c --- */
struct client *control_client(struct control *c, uint64_t number);
/* Where its client is still there, and was not told yet. */
void control_tell(struct control *c, struct asked *a, struct sk_slice answer);
void control_tell_why(struct control *c, struct asked *a, enum sk_front_why why);
/* The same, and the ask is over. */
void control_settle(struct control *c, struct asked *a, struct sk_slice answer);
void control_refuse(struct control *c, struct asked *a, enum sk_front_why why);
/* Ask the gate, for this ask's user. False: there is none. */
bool control_ask(struct control *c, struct asked *a, struct sk_slice json);

/* --- control-bytes.c: asks about bytes --- */
/* It begins: READ or WRITE. `file` is the ask's from now on. */
void control_begin(
    struct control *c, struct asked *a, enum sk_front_file kind, struct sk_slice json, int file);
/* An answer of the gate to one of its questions. False: it answers what was not asked. */
bool control_answered(struct control *c, struct asked *a, struct sk_slice answer);
bool control_handed(struct control *c, struct asked *a, struct sk_slice body, int *fd);
/* There is another gate: what the one before was asked goes on where it can; `answer`: what is said where it cannot. */
void control_lost(struct control *c, struct asked *a, struct sk_slice answer);
/* Some of the bytes that are under way; whether any are. */
void control_move(struct control *c);
bool control_moves(const struct control *c);
/* What it held is let go. */
void control_free(struct asked *a);

#endif
