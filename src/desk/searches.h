/* Searches in the ledger that are under way. Only searches.c, asks-ledger.c and the pump look in here. */
#ifndef SK_DESK_SEARCHES_H
#define SK_DESK_SEARCHES_H

#include "desk/asks.h"
#include "desk/pump.h"
#include "record/record.h"

/* What becomes of what is found. */
enum sk_search_as {
	SK_SEARCH_LIST,     /* a page of an answer */
	SK_SEARCH_BOOK,     /* a workbook; `run` of the question follows */
	SK_SEARCH_RECEIPTS, /* an archive of receipts; the same */
	SK_SEARCH_PROOF,    /* the receipt of one entry: `number` */
};

#define SK_SEARCHES 8 /* at once; of one member: 2 */
#define SK_SEARCH_BOOK_ROWS 20000
#define SK_SEARCH_RECEIPTS_MOST 2000

/* Answered later (SK_ASKED_LATER), or told why not. What is looked for stands in `f`, whose texts are the question's; q->rows and q->cut are filled. */
int sk_searches_begin(struct sk_asked *q, enum sk_search_as as, const struct sk_record_find *f);
/* The scribe answers: SK_EFORMAT as of any message. */
int sk_searches_found(void *ctx, struct sk_message *m);
int sk_searches_proved(struct sk_desk *d, struct sk_message *m);
void sk_searches_lost_scribe(struct sk_desk *d);

/* --- asks-ledger.c --- */
/* An entry as answers and workbooks have it; NULL: no memory, or the scribe wrote no entry. */
json_t *sk_show_entry(const struct sk_asked *q, const struct sk_record_row *row);
json_t *sk_show_entry_row(const struct sk_record_row *row);

#endif
