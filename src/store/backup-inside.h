/* What backup and restore share. Only backup*.c and restore.c look in here. */
#ifndef SK_STORE_BACKUP_INSIDE_H
#define SK_STORE_BACKUP_INSIDE_H

#include "store/backup.h"

#define SK_KEY_LINE (32 + SK_WRAPPED) /* name and wrapped key in a copy of the keys */

int sk_backup_fail(struct sk_backup_report *r, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Calls `each` for the blobs of every transfer; counts the transfers. */
typedef int sk_reference(void *arg, enum sk_blob_kind kind, const char *name, struct sk_slice hash);
int sk_backup_references(
    struct sk_db *db, sk_reference *each, void *arg, struct sk_backup_report *r);

/* Copies a file and says its hash and size; not synced. */
int sk_backup_copy(int from, int to, uint8_t sha256[32], uint64_t *size);

/* Runs a program of PostgreSQL to its end; what it said last goes into the report. */
int sk_backup_run(char *const argv[], struct sk_backup_report *r);
/* What libpq and its programs take, of what sk_db_open() takes. */
const char *sk_backup_conninfo(const char *where);

#endif
