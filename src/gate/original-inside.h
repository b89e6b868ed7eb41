/* What original.c and original-collect.c share. Only src/gate. */
#ifndef SK_GATE_ORIGINAL_INSIDE_H
#define SK_GATE_ORIGINAL_INSIDE_H

#include "gate/original.h"

#define SK_REQUESTS_MOST 64 /* for one original */

/* A request and the transfer whose original it is about. SK_ENOENTRY. */
int sk_request_load(struct sk_gate *g, struct sk_arena *a, const char *id, struct sk_original *o,
    struct sk_transfer *t);
/* Of the transfer only what is known of its original: when it came, by which route, what the scanner said. */
int sk_request_question(struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t,
    const struct sk_original *o, struct sk_recorded *r);
/* Whether it is released, collected or not. */
bool sk_request_is_out(const struct sk_original *o);
/* A step of the table, saved and told; SK_EREFUSED: the table has none. And what is told alone: `original.WORD`. */
int sk_request_happen(struct sk_gate *g, const struct sk_transfer *t, struct sk_original *o,
    const struct sk_step_of *step);
int sk_request_tell(struct sk_gate *g, const struct sk_transfer *t, const struct sk_original *o,
    const char *word, const struct sk_step_of *step);

#endif
