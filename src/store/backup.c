/* Making backups of a store at work. Runs in the gate. */
#include "store/backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "base/err.h"
#include "base/fd.h"
#include "store/backup-inside.h"
#include "store/blob-inside.h"
#include "store/db-backend.h"

struct backup {
	struct sk_db *db;
	struct sk_blobs *blobs;
	struct sk_backup_report *report;
	char part[4096]; /* the folder under its temporary name */
	int dir, list;
};

static int system_failed(struct backup *b, const char *what)
{
	int e = errno;
	bool full = e == ENOSPC || e == EDQUOT || e == EFBIG;

	return sk_backup_fail(
	    b->report, full ? SK_ENOSPACE : SK_EIO, "%s: %s", what, strerrordesc_np(e));
}

/* One line of the list: hash, size, name. */
static int enlist(struct backup *b, const uint8_t sha256[32], uint64_t size, const char *name)
{
	char hex[SK_BLOB_NAME];

	sk_blob_name(sha256, hex);
	b->report->blobs++;
	b->report->bytes += size;
	return dprintf(b->list, "%s %" PRIu64 " %s\n", hex, size, name) < 0
		   ? system_failed(b, "list")
		   : 0;
}

/* A blob as it lies there; the same blob of two transfers is copied once. */
static int copy_blob(void *arg, enum sk_blob_kind kind, const char *name, struct sk_slice hash)
{
	struct backup *b = arg;
	enum sk_place place = kind == SK_BLOB_OUTPUT ? SK_PLACE_OUTPUT : SK_PLACE_ORIGINAL;
	char path[72], to[96];
	uint8_t sha256[32];
	uint64_t size = 0;

	if (!sk_blob_path(place, name, path))
		return sk_backup_fail(b->report, SK_EFORMAT, "no name of a blob");
	snprintf(to, sizeof(to), "%s/%s", kind == SK_BLOB_OUTPUT ? "output" : "original", path);
	sk_autoclose int in =
	    openat(b->blobs->dirs[place], path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (in < 0 && errno == ENOENT) {
		b->report->missing++;
		return 0;
	}
	sk_autoclose int out =
	    in < 0 ? -1 : openat(b->dir, to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return in >= 0 && errno == EEXIST ? 0 : system_failed(b, name);
	int rc = sk_backup_copy(in, out, sha256, &size);
	if (rc)
		return sk_backup_fail(b->report, rc, "%s: not copied", name);
	if (kind == SK_BLOB_OUTPUT && memcmp(sha256, hash.p, 32) != 0)
		return sk_backup_fail(
		    b->report, SK_EFORMAT, "output %s: its bytes are damaged", name);
	return enlist(b, sha256, size, to);
}

/* The database's own file goes into the list, too, so that a restore proves it. */
static int enlist_database(struct backup *b, const char *name)
{
	uint8_t sha256[32];
	uint64_t size = 0;

	sk_autoclose int fd = openat(b->dir, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || sk_backup_copy(fd, -1, sha256, &size) || fsync(fd))
		return system_failed(b, name);
	int rc = enlist(b, sha256, size, name);
	b->report->blobs--;
	return rc;
}

/* SQLite: its online copy, page by page, beside whoever writes (https://sqlite.org/backup.html). */
static int copy_pages(struct backup *b, sqlite3 *to)
{
	sqlite3_backup *copy = sqlite3_backup_init(to, "main", sk_sqlite_handle(b->db), "main");
	int code = SQLITE_OK;

	if (copy == NULL)
		return sk_backup_fail(b->report, SK_EIO, "%s", sqlite3_errmsg(to));
	for (unsigned tries = 0;
	     (code = sqlite3_backup_step(copy, -1)) == SQLITE_BUSY && tries < 1000; tries++)
		sk_db_pause(tries);
	sqlite3_backup_finish(copy);
	if (code == SQLITE_DONE)
		return 0;
	return sk_backup_fail(
	    b->report, code == SQLITE_FULL ? SK_ENOSPACE : SK_EIO, "%s", sqlite3_errstr(code));
}

static int copy_sqlite(struct backup *b)
{
	char path[4200], why[512] = "";
	sqlite3 *to = NULL;
	struct sk_db *copy = NULL;

	snprintf(path, sizeof(path), "sqlite:%s/store.sqlite", b->part);
	sk_autoclose int made =
	    openat(b->dir, "store.sqlite", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (made < 0 || sqlite3_open_v2(path + 7, &to, SQLITE_OPEN_READWRITE, NULL)) {
		sqlite3_close(to);
		return system_failed(b, "store.sqlite");
	}
	int rc = copy_pages(b, to);
	sqlite3_close(to);
	if (rc)
		return rc;
	/* What is to be copied is what the copy refers to. */
	rc = sk_db_open(path, NULL, why, sizeof(why), &copy);
	if (rc)
		return sk_backup_fail(b->report, rc, "%s", why);
	rc = sk_backup_references(copy, copy_blob, b, b->report);
	sk_db_close(copy);
	return rc ? rc
		  : enlist_database(
			b, "store.sqlite"); /* last: looking at it has changed its head */
}

static int dump(struct backup *b, const char *snapshot)
{
	char file[4200], with[160], database[2048];
	char *const argv[] = {(char[]){"pg_dump"}, (char[]){"--format=custom"},
	    (char[]){"--no-owner"}, (char[]){"--no-password"}, with, file, database, NULL};

	snprintf(with, sizeof(with), "--snapshot=%s", snapshot);
	snprintf(file, sizeof(file), "--file=%s/store.dump", b->part);
	snprintf(database, sizeof(database), "--dbname=%s", sk_backup_conninfo(sk_db_where(b->db)));
	int rc = sk_backup_run(argv, b->report);
	return rc ? rc : enlist_database(b, "store.dump");
}

/* PostgreSQL: pg_dump sees what this transaction sees, and the blobs are those that it refers to. */
static int copy_pgsql(struct sk_db *db, void *arg)
{
	struct backup *b = arg;
	struct sk_rows r;
	char snapshot[100];

	int rc =
	    sk_db_exec(db, "SET LOCAL idle_in_transaction_session_timeout = 0", SK_NO_BINDS, NULL);
	if (rc == 0)
		rc = sk_db_query(db, "SELECT pg_export_snapshot()", SK_NO_BINDS, &r);
	if (rc)
		return sk_backup_fail(b->report, rc, "%s", sk_db_why(db));
	struct sk_slice s = sk_rows_text(&r, 0, 0);
	snprintf(snapshot, sizeof(snapshot), "%.*s", (int)s.n, (const char *)s.p);
	sk_rows_free(&r);
	rc = dump(b, snapshot);
	rc = rc ? rc : sk_backup_references(db, copy_blob, b, b->report);
	return rc == SK_EBUSY ? SK_EIO
			      : rc; /* once: what is in the folder already would be in the way */
}

static int make_folders(struct backup *b)
{
	static const char *const PLACES[] = {"output", "original"};
	char sub[32];

	for (size_t p = 0; p < 2; p++) {
		if (mkdirat(b->dir, PLACES[p], 0700))
			return system_failed(b, PLACES[p]);
		for (unsigned i = 0; i < 256; i++) {
			snprintf(sub, sizeof(sub), "%s/%02x", PLACES[p], i);
			if (mkdirat(b->dir, sub, 0700))
				return system_failed(b, sub);
		}
	}
	b->list = openat(b->dir, "list", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return b->list < 0 ? system_failed(b, "list") : 0;
}

/* The last line tells that the list is whole. All is on disk before the folder gets its name. */
static int finish(struct backup *b, const char *to)
{
	if (dprintf(b->list, "end %" PRIu64 "\n", b->report->blobs) < 0 || fsync(b->list) ||
	    syncfs(b->dir))
		return system_failed(b, "list");
	if (renameat2(AT_FDCWD, b->part, AT_FDCWD, to, RENAME_NOREPLACE))
		return errno == EEXIST
			   ? sk_backup_fail(b->report, SK_EEXIST, "%s is there already", to)
			   : system_failed(b, to);
	return syncfs(b->dir) ? system_failed(b, to) : 0;
}

/* In the list, but no blob. */
static int add(struct backup *b, const struct sk_backup_more *more)
{
	int fd = openat(b->dir, more->name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int rc = fd < 0 ? system_failed(b, more->name) : more->make(more->arg, fd);

	sk_close(&fd);
	if (rc && b->report->why[0] == '\0')
		sk_backup_fail(b->report, rc, "%s: not made", more->name);
	return rc ? rc : enlist_database(b, more->name);
}

static int make(struct backup *b, const struct sk_backup_more *more, const char *to)
{
	int rc = make_folders(b);

	if (rc == 0 && sk_sqlite_handle(b->db))
		rc = copy_sqlite(b);
	else if (rc == 0)
		rc = sk_db_transact(b->db, SK_DB_READ, copy_pgsql, b);
	if (rc == 0 && more)
		rc = add(b, more);
	return rc ? rc : finish(b, to);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

int sk_backup(struct sk_db *store, struct sk_blobs *blobs, const char *to,
    const struct sk_backup_more *more, struct sk_backup_report *report)
{
	struct backup b = {.db = store, .blobs = blobs, .report = report, .dir = -1, .list = -1};
	int64_t start = sk_db_ticks();

	*report = (struct sk_backup_report){0};
	if (snprintf(b.part, sizeof(b.part), "%s.part-%d", to, (int)getpid()) >=
	    (int)sizeof(b.part))
		return SK_EARG;
	if (access(to, F_OK) == 0)
		return sk_backup_fail(report, SK_EEXIST, "%s is there already", to);
	sk_autoclose int hold = sk_blobs_hold(blobs);
	if (hold < 0 || mkdir(b.part, 0700) ||
	    (b.dir = open(b.part, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return system_failed(&b, to);
	int rc = make(&b, more, to);
	sk_close(&b.list);
	sk_close(&b.dir);
	if (rc) /* half a backup would only fill the disk that may be full */
		nftw(b.part, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	report->ms = sk_db_ticks() - start;
	return rc;
}

struct keys {
	struct sk_blobs *blobs;
	FILE *out;
};

static int copy_key(void *arg, const char *name)
{
	struct keys *k = arg;
	uint8_t wrapped[SK_WRAPPED];
	char path[72];

	if (!sk_blob_path(SK_PLACE_KEY, name, path))
		return 0;
	sk_autoclose int fd =
	    openat(k->blobs->dirs[SK_PLACE_KEY], path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0 || sk_read_all(fd, wrapped, sizeof(wrapped))) /* erased, now or before */
		return 0;
	return fwrite(name, 32, 1, k->out) == 1 && fwrite(wrapped, sizeof(wrapped), 1, k->out) == 1
		   ? 0
		   : SK_EIO;
}

/* Copies that are older than is allowed. A name that is none of ours is left alone. */
static int prune(int dir, const char *what, int64_t before)
{
	struct dirent **names = NULL;
	size_t prefix = strlen(what);
	int n = scandirat(dir, ".", &names, NULL, NULL);

	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		char *end = NULL;
		if (strncmp(name, what, prefix) == 0 && name[prefix] == '-' &&
		    strtoll(name + prefix + 1, &end, 10) <= before && *end == 0)
			unlinkat(dir, name, 0);
		free(names[i]);
	}
	free(names);
	return n < 0 || fsync(dir) ? SK_EIO : 0;
}

static int write_keys(void *arg, int fd)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	struct keys k = {.blobs = arg, .out = own < 0 ? NULL : fdopen(own, "w")};

	if (k.out == NULL) {
		sk_close(&own);
		return SK_EIO;
	}
	int rc = sk_blobs_walk(k.blobs, SK_BLOB_ORIGINAL, copy_key, &k);
	if (rc == 0 && fflush(k.out))
		rc = errno == ENOSPC ? SK_ENOSPACE : SK_EIO;
	return fclose(k.out) && rc == 0 ? SK_EIO : rc;
}

/* WHAT-SECONDS, which has this name when all of it is on disk. */
static int put_copy(int dir, int64_t now, const struct sk_backup_more *what)
{
	char name[64], part[64];

	snprintf(name, sizeof(name), "%s-%" PRId64, what->name, now);
	snprintf(part, sizeof(part), "%s.part", what->name);
	sk_autoclose int fd = openat(dir, part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return SK_EIO;
	int rc = what->make(what->arg, fd);
	if (rc == 0 && (fsync(fd) || renameat(dir, part, dir, name) || fsync(dir)))
		rc = errno == ENOSPC ? SK_ENOSPACE : SK_EIO;
	if (rc)
		unlinkat(dir, part, 0);
	return rc;
}

int sk_backup_keys(struct sk_blobs *blobs, const char *folder, const struct sk_backup_more *more,
    int64_t now, int64_t keep_s)
{
	const struct sk_backup_more keys = {"keys", write_keys, blobs};

	if (keep_s <= 0 || now <= 0)
		return SK_EARG;
	sk_autoclose int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = dir < 0 ? SK_EIO : put_copy(dir, now, &keys);

	if (rc == 0 && more)
		rc = put_copy(dir, now, more);
	if (rc == 0)
		rc = prune(dir, keys.name, now - keep_s);
	return rc || more == NULL ? rc : prune(dir, more->name, now - keep_s);
}
