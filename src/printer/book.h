/*
 * A list as a workbook (ECMA-376, part 1, section 18): one sheet, whose rows come one after the other. No cell holds a formula or a link: texts are inline
 * strings, whatever they begin with. The printer.
 */
#ifndef SK_PRINTER_BOOK_H
#define SK_PRINTER_BOOK_H

#include <jansson.h>

#include "base/buf.h"

#define SK_BOOK_COLUMNS 24

enum sk_book_kind { SK_BOOK_TEXT, SK_BOOK_WORD, SK_BOOK_TIME, SK_BOOK_NUMBER };

struct sk_book_column {
	const char *member, *title; /* of a row; as the head shows it */
	enum sk_book_kind
	    kind;     /* WORD: shown as `say` says; TIME: ms since 1970, shown in Japan's time */
	double width; /* of so many digits */
};

struct sk_book;

/* The columns are borrowed; at most SK_BOOK_COLUMNS. `say` turns a stable word into one that is shown. NULL: no memory. */
struct sk_book *sk_book_new(
    const struct sk_book_column *columns, size_t n, const char *(*say)(const char *word));
/* What an object has of the columns; the rest stays empty. SK_ENOMEM, SK_ELIMIT: it is larger than a sheet or a document may be. */
int sk_book_row(struct sk_book *b, const json_t *row);
/* Appends the document. `note`: a line below the rows; NULL: none. */
int sk_book_end(struct sk_book *b, const char *note, struct sk_buf *out);
void sk_book_free(struct sk_book *b);

#endif
