/*
 * What the policy says to a request: a total, deterministic, pure function of (policy, request, clock). Nothing in it
 * waits, allocates or fails. Any process that asks.
 *
 * PASS < HOLD < DENY, and the answer is the greatest of all that applies: a further deny, refuse or require can only
 * make it greater. One function serves every step of an object's way, since a fact that is not known yet holds and
 * says what it waits for: before cleaning, after it, at the approval, and at the receiver's, who decides once more by
 * his own policy.
 */
#ifndef SK_POLICY_DECIDE_H
#define SK_POLICY_DECIDE_H

#include "policy/query.h"

enum sk_why {
#define SK_WHY(id, code, text) SK_WHY_##id,
#include "policy/decide.def"
#undef SK_WHY
	SK_WHYS
};

/* What may be awaited; the words are those of a request's fields. */
enum sk_fact {
	SK_FACT_NONE,
#define SK_FACT(id, word, text) SK_FACT_##id,
#include "policy/decide.def"
#undef SK_FACT
	SK_FACTS
};

struct sk_reason {
	enum sk_why why;
	enum sk_effect effect;
	enum sk_hold hold;            /* when the effect is to hold */
	enum sk_fact fact;            /* what is awaited, or SK_FACT_NONE */
	const struct sk_entry *where; /* the line that decided; never NULL */
	char a[100], b[100]; /* {1} and {2} of the sentence; for a fact its text stands for {1} */
};

#define SK_DECISION_REASONS 64
#define SK_DECISION_APPROVERS 32

struct sk_approver {
	const struct sk_member *member;
	int64_t after; /* not before; SK_UNKNOWN while the time of receipt is not known */
};

/* What a route demands of whoever carries it out. */
struct sk_duties {
	const struct sk_route *route; /* NULL: none is in force */
	const struct sk_flow *flow;
	int method, attached_method; /* enum sk_step to do next, or that did it; -1: none */
	bool notice;                 /* a note stands for what could not be made harmless */
	bool scan, search, ocr;      /* for viruses; for leaks; of what is unreadable */
	int64_t password_until, keep_until, expire_at; /* or SK_UNKNOWN */
	bool approve, bulk;          /* bulk: one word may be for this and others */
	bool passkey;                /* whoever says yes signs it */
	unsigned persons, approvals; /* how many are needed, and are there */
	struct sk_approver approvers[SK_DECISION_APPROVERS];
	size_t napprovers;
};

struct sk_decision {
	enum sk_effect effect;
	struct sk_reason reasons[SK_DECISION_REASONS]; /* at least one has this effect */
	size_t nreasons;
	uint32_t awaits; /* bits of enum sk_fact */
	unsigned holds;  /* bits of enum sk_hold */
	struct sk_duties duties;
};

/* Decide at a time (seconds since 1970). */
void sk_decide(
    const struct sk_policy *p, const struct sk_query *q, int64_t now, struct sk_decision *d);

/* Stable codes, and English sentences (gettext message ids). */
const char *sk_why_name(enum sk_why why);
const char *sk_why_text(enum sk_why why);
const char *sk_fact_name(enum sk_fact fact);
const char *sk_fact_text(enum sk_fact fact);
extern const char *const sk_effect_words[];

/* The day in Japan, which has one time zone and no summer time. */
int32_t sk_day_of(int64_t time);

#endif
