/* What somebody was denied, for the ledger: doc/ledger.md, ask.refused. The gate. */
#ifndef SK_DESK_REFUSALS_H
#define SK_DESK_REFUSALS_H

#include "desk/asks.h"

int sk_refusals_open(struct sk_desk *d);
void sk_refusals_close(struct sk_desk *d);
/*
 * The question is about to be answered: where that is a denial, an entry of the ledger follows, with no word of what it was about but the
 * number of a transfer that exists. The same one of the same person comes once a minute at most.
 */
void sk_refusals_note(struct sk_asked *q);
/* A part of it was denied (asks-decide.c): about a transfer of this number. */
void sk_refusals_tell(struct sk_asked *q, enum sk_front_why why, const char *transfer);

#endif
