/* Rows of a list that is too long for one answer: a page in each turn of the gate, so that nobody else waits for it. Only gather.c and asks-export.c look in here. */
#ifndef SK_DESK_GATHER_H
#define SK_DESK_GATHER_H

#include "desk/asks.h"

/* Of one list; what is beyond is told to be there (doc/printer.md). */
#define SK_GATHER_ROWS 50000
#define SK_GATHERINGS 8 /* at once; of one member: 1 */

/*
 * Begin to gather what the question (as `list`) finds, and have a workbook made of it: answered later (SK_ASKED_LATER), `run` of the question comes
 * before. Else told why not. How many there were stands in q->rows, and whether there are more in q->cut, then.
 */
int sk_gather_list(struct sk_asked *q);

#endif
