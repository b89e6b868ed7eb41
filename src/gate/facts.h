/*
 * What is known about a transfer, as the policy is asked about it: the row's facts, and the votes about the output that it
 * has now. Only src/gate looks in here, and tests.
 */
#ifndef SK_GATE_FACTS_H
#define SK_GATE_FACTS_H

#include "gate/transfer.h"
#include "policy/decide.h"
#include "policy/recorded.h"

/* All of it; votes count when they are about the row's output (invariant 8), unless the account of who gave them is closed by now. SK_EFORMAT: the row's facts cannot be read. */
int sk_gate_facts(
    struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t, struct sk_recorded *r);
/* Put them into the row, without votes; it is not saved. The text lies in the arena. */
int sk_gate_note(struct sk_arena *a, struct sk_transfer *t, const struct sk_recorded *r);
/* Ask the policy of now; without one everything is denied. No vote is from the future: the clock of a transaction stands. */
void sk_gate_decide(const struct sk_gate *g, struct sk_recorded *r, struct sk_decision *d);
/* Both, and the row's `policy` becomes that of the decision. */
int sk_gate_ask(struct sk_gate *g, struct sk_arena *a, struct sk_transfer *t, struct sk_recorded *r,
    struct sk_decision *d);

/* The first reason for what was decided: its stable word. */
const char *sk_gate_why(const struct sk_decision *d);
/* The first for this hold; NULL when there is none. */
const char *sk_gate_why_held(const struct sk_decision *d, enum sk_held held);
/* The first fact that nobody will ever tell, or SK_FACT_NONE. */
enum sk_fact sk_gate_missing(const struct sk_decision *d);
/* Bits of enum sk_held for what a decision waits for. */
uint32_t sk_gate_holds(const struct sk_decision *d);

/* A file goes to a member of the organisation, or to who sent it; whom a mail goes to is none of the policy's. */
bool sk_gate_reaches(const struct sk_gate *g, const struct sk_query *q, const char *recipient);
/* What the search found, as an entry counts it: kinds and numbers; NULL when that is nothing. */
#define SK_GATE_FOUND 128
const char *sk_gate_found(const struct sk_query *q, char text[SK_GATE_FOUND]);
/* After a refusal nothing may have been written: what is refused behind a write is our own defect. */
int sk_gate_firm(int status);

#endif
