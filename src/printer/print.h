/*
 * What a gate asks of its printer, and what it gets back: bodies of messages (ipc/channel.h), with the serial of the question. The gate
 * says what is to stand there as JSON; the printer alone lays out documents, into an empty file that came along. Both sides read
 * what the other wrote as if it were hostile. Gate and printer.
 */
#ifndef SK_PRINTER_PRINT_H
#define SK_PRINTER_PRINT_H

#include "base/buf.h"

enum sk_print_kind {
	/* gate → printer: an object (doc/printer.md); two descriptors: the ledger's receipt (nothing in it: there is none), an empty file */
	SK_PRINT_RECEIPT = 1,
	/* gate → printer: which list and how (doc/printer.md); two descriptors: its rows, an object a line; an empty file */
	SK_PRINT_BOOK,
	/* printer → gate */
	SK_PRINT_DONE, /* what stands in the file now; size 0: it could not be made, and why */
};

#define SK_PRINTS_AT_ONCE 16                /* under way of one gate */
#define SK_PRINT_BYTES ((uint64_t)64 << 20) /* of one document */
#define SK_PRINT_ROWS ((uint64_t)96 << 20)  /* bytes of the rows of a list */
#define SK_PRINT_TEXT 200
#define SK_PRINT_DONE_MOST (8 + 32 + SK_PRINT_TEXT)

struct sk_print_done {
	uint64_t size;
	uint8_t sha256[32];
	char text[SK_PRINT_TEXT + 1]; /* size 0: English, for those who look after the post */
};

int sk_print_put_done(const struct sk_print_done *d, struct sk_buf *out);
/* SK_EFORMAT on anything unexpected. */
int sk_print_get_done(struct sk_slice in, struct sk_print_done *d);

#endif
