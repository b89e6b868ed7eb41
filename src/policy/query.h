/*
 * What is asked of the policy: who wants what carried from where to where, and what is known of it so far. Every fact
 * may be unknown, and an unknown fact never lets anything pass (decide.h). Any process that asks.
 */
#ifndef SK_POLICY_QUERY_H
#define SK_POLICY_QUERY_H

#include "policy/policy.h"

/* The first three are those of enum sk_carry. */
enum sk_ask { SK_ASK_FILE, SK_ASK_MAIL, SK_ASK_SCREEN, SK_ASK_FLOW, SK_ASKS };
enum sk_known { SK_NOT_KNOWN, SK_NO, SK_YES };
enum sk_scan { SK_SCAN_UNKNOWN, SK_SCAN_CLEAN, SK_SCAN_FOUND, SK_SCAN_FAILED, SK_SCANS };
enum sk_clip { SK_CLIP_NONE, SK_CLIP_IN, SK_CLIP_OUT, SK_CLIPS };

/* Why something waits for somebody or something. */
enum sk_hold {
	SK_HOLD_NONE,
	SK_HOLD_FACT, /* it is not known yet; the next step of its way tells */
	SK_HOLD_PASSWORD,
	SK_HOLD_APPROVAL,
	SK_HOLD_CLASS,
	SK_HOLD_LEAK,
	SK_HOLD_SCAN,
	SK_HOLD_SPACE,
	SK_HOLD_ORIGINAL,
	SK_HOLDS
};

extern const char *const sk_ask_words[],
    *const sk_known_words[], *const sk_scan_words[], *const sk_clip_words[], *const sk_hold_words[];

/* Not known, for numbers and times. Times are seconds since 1970 of the years until 9999. */
#define SK_UNKNOWN ((int64_t)-1)
#define SK_TIME_MOST INT64_C(253402268399) /* to the end of 9999 in Japan */

/* What one person decided about one of the holds (approval, leak, original). */
struct sk_vote {
	const char *member; /* his name in the policy */
	int hold;           /* enum sk_hold */
	enum sk_known allow, passkey;
	int64_t at;
};

/* A member who said that he is away, from one moment until another: his deputies decide for him at once. */
struct sk_away {
	const char *member;
	int64_t from, until;
};

#define SK_QUERY_AWAY 32
#define SK_QUERY_VOTES 32
#define SK_QUERY_TYPES 64

struct sk_query {
	/* what is asked; names are those of the policy, NULL: not said */
	int ask; /* enum sk_ask, or -1 */
	const char *from, *to;
	const char *host;       /* of a flow that leaves the zones */
	const char *route;      /* or flow, when several could be meant */
	const char *origin;     /* zone where it first came in, when that is not `from` */
	enum sk_known original; /* the original itself, in the zone where it lies */
	enum sk_clip clipboard; /* of a screen */
	/* who, and from which terminal */
	const char *requester;
	int login; /* enum sk_login, or -1 */
	struct sk_net source, destination;
	bool has_source, has_destination, has_mac;
	struct sk_mac mac;
	int64_t port;
	enum sk_known udp;
	/* the object */
	enum sk_filetype claimed, found; /* SK_FT_UNKNOWN: not known */
	enum sk_filetype contains[SK_QUERY_TYPES];
	size_t ncontains; /* of its members: all of them, once `members` is known */
	const char *classes[SK_DIMENSIONS];
	int64_t size, depth, members, pages;
	enum sk_known encrypted, opened; /* with the password of the recipient */
	/* what became of it: of each method whether it made it harmless */
	enum sk_known cleaned[SK_STEP_NOTICE], attached_cleaned[SK_STEP_NOTICE];
	int64_t attached; /* files attached to a mail */
	enum sk_known verified;
	int64_t leaks[SK_LEAKS]; /* how many were found */
	int64_t unreadable;      /* pages and pictures without text */
	enum sk_known ocr;       /* was done, `unreadable` is what it left */
	enum sk_scan scan;
	int64_t signatures; /* their age in seconds when it was scanned */
	enum sk_known space;
	/* when, and how often */
	int64_t received, released, downloads;
	struct sk_away away[SK_QUERY_AWAY];
	size_t naway;
	struct sk_vote votes[SK_QUERY_VOTES];
	size_t nvotes;
};

/* Nothing is known. */
void sk_query_init(struct sk_query *q);

#endif
