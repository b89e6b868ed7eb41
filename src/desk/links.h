/* What the files of the links share. Only link*.c and witness.c look in here. */
#ifndef SK_DESK_LINKS_H
#define SK_DESK_LINKS_H

#include "desk/desk.h"
#include "desk/pace.h"
#include "gate/letters.h"
#include "gate/manifest.h"
#include "link/letter.h"
#include "link/link.h"
#include "store/outbox.h"
#include "store/peer.h"

/* Bytes that are to cross, in the order in which that was agreed. */
struct sk_parcel {
	struct sk_parcel *next;
	struct sk_link_object object;
	bool said;                 /* the role knows of it */
	bool here;                 /* its bytes are on their way into the store */
	struct sk_blob_writer *to; /* what is being brought; NULL: not yet, or it is given */
};

struct sk_parcels {
	struct sk_parcel *first, **last;
	size_t said;
	uint64_t bytes; /* of those */
};

/* The way to one other post. */
struct sk_way {
	struct sk_desk *desk;
	struct sk_settings_link to;
	const char *zone; /* of the other post */
	size_t place;
	int64_t channel; /* of the outbox, for its letters */
	bool here;
	uint64_t handed; /* letters up to here are with the role */
	uint64_t taken;  /* the last letter of the other post that is under way here */
	size_t pending;  /* how many of its letters are */
	struct sk_pace pace;
	uint64_t hear;    /* kept up to here, and to be told that at hear_at; 0: told */
	int64_t hear_at;  /* sk_now_ms */
	int64_t replayed; /* not before is one more replay recorded: sk_now_ms */
	uint32_t epoch;   /* of the role */
	size_t ahead;
	int64_t look;
	struct sk_parcels fetch, give;
	struct sk_link_status status;
	struct sk_manifest_keys keys;
	/* witnesses of each other */
	uint64_t shown;            /* entries of ours that it was shown */
	int64_t shown_at;          /* not before, the next time */
	int request;               /* under way to it; -1: none */
	int cosigned, last;        /* what our scribe makes for it; -1: nothing */
	struct sk_buf seen;        /* the last of our checkpoints that it says it signed */
	bool seen_said, seen_came; /* it says so; it answered, whatever it says */
	int64_t recorded_at;       /* not before: sk_now_ms */
	uint8_t told[32];          /* the policy of ours that it knows */
	uint8_t policy[32];        /* of the other post, as it said */
	bool policy_said;
};

struct sk_links {
	size_t n;
	struct sk_way way[SK_POST_LINKS];
};

/* Pinned keys of the other post. */
int sk_way_keys(struct sk_way *w);
struct sk_way *sk_way_to(struct sk_desk *d, const char *zone);

/* --- path.c --- */
/*
 * source, mac, port and protocol of the connection that what goes to that post goes over: this machine, by its first address in its zone, and
 * the port of the link. What a route says of these is about it. What this machine does not have stays unknown.
 */
void sk_way_path(const struct sk_way *w, struct sk_query *q);
/*
 * The same of what the other post gives, as far as this post sees it, in place of what that one says: port and protocol are those of the
 * link; source is the address to which this post connects, where it lies in the other's zone. Else source, and mac always, stay its word.
 */
void sk_way_seen(const struct sk_way *w, struct sk_query *q);

/* --- link-parcel.c --- */
void sk_parcels_clear(struct sk_parcels *q);
/* One more, unless it is there. */
void sk_way_fetch(struct sk_way *w, const struct sk_transfer *t);
void sk_way_give(struct sk_way *w, const struct sk_transfer *t);
void sk_way_drop(struct sk_way *w, const char *id);
/* After a restart of either: all that is under way. */
int sk_way_load(struct sk_way *w);
/* Say what the role may know by now. */
void sk_way_say_parcels(struct sk_way *w);
int sk_way_got(struct sk_way *w, struct sk_message *m);
int sk_way_spoilt(struct sk_way *w, struct sk_message *m);

/* --- link-letter.c --- */
/* --- link-record.c --- */
/* An entry of the ledger about a link: words, each NULL when not said. */
struct sk_way_event {
	const char *kind, *transfer, *message, *reason;
};
/* In a transaction. */
int sk_way_record(struct sk_gate *g, const struct sk_way *w, const struct sk_way_event *what);
/* Somebody who is not the other post, or what is not the protocol: at most once a minute. */
void sk_way_record_state(struct sk_way *w);

/* --- link-out.c --- */
/* One more letter for the other post; its body is copied. */
void sk_way_write(struct sk_way *w, const struct sk_letter *l);
/* The other post shows people which policy is in force here. */
void sk_way_tell_policy(struct sk_way *w);

/* --- witness.c --- */
void sk_witness_tick(struct sk_desk *d);
int64_t sk_witness_due(const struct sk_desk *d);
void sk_witness_letter(struct sk_way *w, const struct sk_letter *l);
/* A letter of the other post; `last` of its batch. */
/* The role may tell the other post that letters up to here are kept: now, or when its pace allows. */
void sk_way_heard(struct sk_way *w, uint64_t number);
int sk_way_take(struct sk_way *w, const struct sk_carried *c, bool last);

#endif
