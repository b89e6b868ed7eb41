/* What prints.c and the pump share; only they, asks-receipt.c and gather.c look in here. */
#ifndef SK_DESK_PRINTS_H
#define SK_DESK_PRINTS_H

#include "desk/asks.h"
#include "desk/pump.h"

/*
 * Have a receipt printed: answered later, with a descriptor (SK_ASKED_LATER); else told why not. `what` becomes its own; the entry that proves it:
 * `index` in our ledger, SK_NONE: `number` in the outbox; 0: there is none.
 */
int sk_prints_receipt(struct sk_asked *q, json_t *what, int64_t index, int64_t number);
/* Have a workbook made of rows (an object a line), as `how` says: both become its own. As above; `run` of the question follows before it is handed over. */
int sk_prints_book(struct sk_asked *q, json_t *how, int rows);
/* Whether there is room, and a printer; told when not. */
int sk_prints_ready(struct sk_asked *q);
/* The scribe has written a proof, or has not: SK_EFORMAT as of any message. */
int sk_prints_proved(struct sk_desk *d, struct sk_message *m);
void sk_prints_lost_scribe(struct sk_desk *d);

#endif
