/* The part of `sekisho restore` that knows the store: restore.h. The command. */
#include <stdio.h>

#include "base/err.h"
#include "cmd/restore.h"
#include "store/backup.h"
#include "store/outbox.h"

#define LINKS 64 /* more than there can be */

/*
 * What the restored store says next has other numbers than what the ledger holds already, and its letters other ones than
 * those that other posts have heard: they go on at the time of the restore in milliseconds, which no letter has come to.
 */
static int skip(struct sk_db *db, void *arg)
{
	int64_t now = 0;
	int rc = sk_outbox_skip(db, SK_CHANNEL_LEDGER, *(const int64_t *)arg);

	if (rc == 0)
		rc = sk_db_now(db, &now);
	for (int i = 0; rc == 0 && i < LINKS; i++)
		rc = sk_outbox_skip(db, (enum sk_outbox_channel)(SK_CHANNEL_LINK + i), now);
	return rc;
}

/* Nothing that the store knows to be in the ledger is missing there. (A ledger that is lost, or a successor, says of none.) */
static int compare(struct sk_db *db, int64_t last)
{
	struct sk_rows r;
	int rc = sk_db_query(db, "SELECT done FROM outbox_channel WHERE channel = $1",
	    SK_BINDS(sk_int(SK_CHANNEL_LEDGER)), &r);

	if (rc)
		return rc;
	if (r.rows && last > 0 && sk_rows_int(&r, 0, 0) > last)
		rc = SK_EFORMAT;
	sk_rows_free(&r);
	return rc;
}

static int fit_others(void *arg, struct sk_db *db)
{
	int rc = compare(db, *(const int64_t *)arg);

	if (rc)
		return rc;
	return sk_db_transact(db, SK_DB_WRITE, skip, arg);
}

int restore_store(const struct restore_asked *what, struct restore_told *told)
{
	struct sk_master *master = NULL;
	int64_t last = what->last;
	struct sk_restore restore = {.from = what->from,
	    .database = what->database,
	    .blobs = {.folder = what->folder, .keys = what->keys},
	    .keys = what->keys_from,
	    .ledger = fit_others,
	    .arg = &last};
	struct sk_backup_report report = {0};
	int rc = sk_master_load(what->master, &master);

	if (rc) {
		snprintf(told->why, sizeof(told->why), "%s: cannot be read", what->master);
		return rc;
	}
	restore.blobs.master = master;
	rc = sk_restore(&restore, &report);
	sk_master_free(master);
	*told = (struct restore_told){report.ms, report.transfers, report.blobs, report.bytes,
	    report.missing, report.unreadable, ""};
	snprintf(told->why, sizeof(told->why), "%s", report.why);
	return rc;
}
