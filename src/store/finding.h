/*
 * Where the leak check found something in a transfer's cleaned bytes: a text of the gate, never the number or word itself. In
 * the caller's transaction; only reading needs none. The gate.
 */
#ifndef SK_STORE_FINDING_H
#define SK_STORE_FINDING_H

#include "base/arena.h"
#include "store/db.h"

/* In place of what was there. */
int sk_finding_set(struct sk_db *db, const char *transfer, const char *places);
/* *places: NULL when there is nothing. */
int sk_finding_load(
    struct sk_db *db, struct sk_arena *a, const char *transfer, const char **places);
int sk_finding_forget(struct sk_db *db, const char *transfer);

#endif
