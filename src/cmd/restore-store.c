/* The part of `sekisho restore` that knows the store: restore.h. The command. */
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
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

#define PAGE 1000

/* Entries about people whom the store has not forgotten. */
static int write_numbers(struct sk_db *db, int fd, size_t *n)
{
	int64_t last = INT64_MIN, number[PAGE];
	int rc = 0;

	for (size_t got = PAGE; got == PAGE && rc == 0;) {
		struct sk_rows r;
		rc = sk_db_query(db,
		    "SELECT number FROM logged WHERE erase = 0 AND number > $1 ORDER BY number LIMIT 1000",
		    SK_BINDS(sk_int(last)), &r);
		if (rc)
			return rc;
		got = r.rows;
		for (size_t i = 0; i < got; i++)
			last = number[i] = sk_rows_int(&r, i, 0);
		rc = r.bad ? SK_EFORMAT : 0;
		sk_rows_free(&r);
		if (rc == 0 && sk_write_all(fd, number, got * sizeof(*number)))
			rc = SK_EIO;
		*n += got;
	}
	return rc;
}

static int write_known(struct sk_db *db, int fd)
{
	struct restore_known head = {.done = 0};
	struct sk_rows r;
	int rc = sk_db_query(db, "SELECT done FROM outbox_channel WHERE channel = $1",
	    SK_BINDS(sk_int(SK_CHANNEL_LEDGER)), &r);

	if (rc)
		return rc;
	head.done = r.rows ? sk_rows_int(&r, 0, 0) : 0;
	sk_rows_free(&r);
	if (lseek(fd, sizeof(head), SEEK_SET) < 0)
		return SK_EIO;
	rc = write_numbers(db, fd, &head.n);
	return rc || pwrite(fd, &head, sizeof(head), 0) == (ssize_t)sizeof(head) ? rc : SK_EIO;
}

struct fitting {
	int64_t last; /* number of the last thing that stands in the ledger */
	int known;
};

static int fit_others(void *arg, struct sk_db *db)
{
	struct fitting *f = arg;
	int rc = compare(db, f->last);

	if (rc == 0) /* before `done` is moved on */
		rc = write_known(db, f->known);
	return rc ? rc : sk_db_transact(db, SK_DB_WRITE, skip, &f->last);
}

int restore_store(const struct restore_asked *what, int known, struct restore_told *told)
{
	struct sk_master *master = NULL;
	struct fitting fitting = {what->last, known};
	struct sk_restore restore = {.from = what->from,
	    .database = what->database,
	    .blobs = {.folder = what->folder, .keys = what->keys},
	    .keys = what->keys_from,
	    .ledger = fit_others,
	    .arg = &fitting};
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
