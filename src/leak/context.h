/* What stands beside a number: the words before and behind it, and the head of its column. Jailed processes. */
#ifndef SK_LEAK_CONTEXT_H
#define SK_LEAK_CONTEXT_H

#include <stdbool.h>

#include "base/slice.h"

#define SK_CONTEXT_BEFORE 160 /* bytes that are looked at: about 50 characters of Japanese */
#define SK_CONTEXT_CELLS 256  /* columns that are told apart; those behind share the last */

enum sk_speaks { SK_SPEAKS_MYNUMBER = 1, SK_SPEAKS_CORPORATE = 2, SK_SPEAKS_OTHER = 4 };

struct sk_context {
	uint8_t text[512];              /* the last folded characters, UTF-8 */
	size_t len, cell_at;            /* where the present cell begins in it */
	bool blank;                     /* nothing but spaces on this line up to here */
	bool wordy;                     /* there are letters in the present cell */
	uint8_t head[SK_CONTEXT_CELLS]; /* what the head of each column says */
};

void sk_context_put(struct sk_context *c, int32_t cp);
/* The present cell of the line ends; `cell` is its place. */
void sk_context_cell(struct sk_context *c, unsigned cell);
/* The present line ends. An empty one ends a table. */
void sk_context_line(struct sk_context *c, unsigned cell);

/* What stands before, as long as it can matter: bytes of folded UTF-8, borrowed until the next put. */
struct sk_slice sk_context_before(const struct sk_context *c);
/* What words speak for (of enum sk_speaks): folded ones; the first of what follows and is not folded yet. */
unsigned sk_context_speaks(struct sk_slice folded);
unsigned sk_context_behind(struct sk_slice text);
/* Whether it ends with the T of a registration number of an invoice (T and 13 digits, public). */
bool sk_context_invoice(struct sk_slice before);

#endif
