/*
 * Pages of cleaned files as pictures, which are blobs of their own: they are wanted as long as a transfer refers to the file that they
 * show (sk_transfer_refers()). In the caller's transaction; only reading needs none. The gate.
 */
#ifndef SK_STORE_SHEET_H
#define SK_STORE_SHEET_H

#include "base/arena.h"
#include "store/db.h"

struct sk_sheet {
	struct sk_slice output; /* hash of the file */
	int64_t
	    number; /* of the page, from 1; 0: all of them in a PDF, of which the others are drawn */
	int64_t pages;     /* of the file */
	uint8_t image[32]; /* hash of the picture, or of that PDF */
	int64_t size;      /* of it, bytes */
};

/* In place of what was there. */
int sk_sheet_put(struct sk_db *db, const struct sk_sheet *s);
/* By output and number; SK_ENOENTRY. */
int sk_sheet_load(struct sk_db *db, struct sk_sheet *s);
/* Those of files that no transfer refers to any more are forgotten. */
int sk_sheet_forget(struct sk_db *db);

#endif
