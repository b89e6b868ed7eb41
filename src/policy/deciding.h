/* What the parts of a decision share. Any process that asks the policy. */
#ifndef SK_POLICY_DECIDING_H
#define SK_POLICY_DECIDING_H

#include "policy/decide.h"

struct sk_deciding {
	const struct sk_policy *p;
	const struct sk_query *q;
	int64_t now;
	int32_t day;
	const struct sk_zone *from, *to, *origin; /* origin: `from` when nothing else is said */
	const struct sk_route *r;
	const struct sk_member *who; /* NULL: not known, or no member */
	struct sk_decision *d;
};

/* Each adds a reason; a and b may be NULL. What is permitted is told only when nothing stands against it. */
void sk_deny(struct sk_deciding *g, enum sk_why why, const struct sk_entry *where, const char *a,
    const char *b);
void sk_hold(struct sk_deciding *g, enum sk_hold hold, enum sk_why why,
    const struct sk_entry *where, const char *a, const char *b);
void sk_permit(struct sk_deciding *g, enum sk_why why, const struct sk_entry *where, const char *a);
/* Hold until a fact is known. */
void sk_await(
    struct sk_deciding *g, enum sk_hold hold, enum sk_fact fact, const struct sk_entry *where);

/* The line that said it, or the heading of the route when it is a default. */
const struct sk_entry *sk_line(const struct sk_deciding *g, const struct sk_entry *said);
/* A time of the request that can be counted with: not negative, not after now. */
bool sk_time_known(const struct sk_deciding *g, int64_t time);
bool sk_type_in(const struct sk_types *types, enum sk_filetype type);

/* The zone of that name; when there is none the reason is added. */
const struct sk_zone *sk_decide_zone(struct sk_deciding *g, const char *name, enum sk_fact fact);
void sk_decide_span(struct sk_deciding *g, const struct sk_named *s, const struct sk_guard *guard);
/* From which terminal to which port. */
void sk_decide_guard(struct sk_deciding *g, const struct sk_named *s, const struct sk_guard *guard);
void sk_decide_flow(struct sk_deciding *g);
void sk_decide_denials(struct sk_deciding *g);
void sk_decide_requester(struct sk_deciding *g);
void sk_decide_object(struct sk_deciding *g);
void sk_decide_results(struct sk_deciding *g);
void sk_decide_scan(struct sk_deciding *g);
void sk_decide_approval(struct sk_deciding *g);
/* Whether somebody who may lifted a hold on what was found. */
void sk_decide_lift(struct sk_deciding *g, enum sk_hold hold, enum sk_why why,
    const struct sk_entry *where, const char *a);
void sk_decide_original(struct sk_deciding *g);

#endif
