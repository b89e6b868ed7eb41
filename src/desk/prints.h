/* What prints.c and the pump share; only they and asks-receipt.c look in here. */
#ifndef SK_DESK_PRINTS_H
#define SK_DESK_PRINTS_H

#include "desk/asks.h"
#include "desk/pump.h"

/*
 * Have a receipt printed: answered later, with a descriptor (SK_ASKED_LATER); else told why not. `what` becomes its own; the entry that proves it:
 * `index` in our ledger, SK_NONE: `number` in the outbox; 0: there is none.
 */
int sk_prints_receipt(struct sk_asked *q, json_t *what, int64_t index, int64_t number);
/* The scribe has written a proof, or has not: SK_EFORMAT as of any message. */
int sk_prints_proved(struct sk_desk *d, struct sk_message *m);
void sk_prints_lost_scribe(struct sk_desk *d);

#endif
