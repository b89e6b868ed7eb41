/* Rows of transfers by a condition. Only transfer.c and listed.c look in here. */
#ifndef SK_STORE_TRANSFER_INSIDE_H
#define SK_STORE_TRANSFER_INSIDE_H

#include "store/transfer.h"

/* With it, whether there are rows of other tables to be read; %s stands for the columns. */
#define SK_TRANSFER_SELECT \
	"SELECT %sid, version, received, changed, erased," \
	" (SELECT count(*) FROM approval WHERE approval.transfer = transfer.id)," \
	" (SELECT count(*) FROM sealed WHERE sealed.transfer = transfer.id) FROM transfer "

int sk_transfer_rows(struct sk_db *db, struct sk_arena *a, const char *format,
    struct sk_binds binds, struct sk_transfer **out, size_t *n);

#endif
