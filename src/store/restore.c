/* Restoring a backup, which proves it. Runs in the command that restores, beside no gate. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "store/backup-inside.h"
#include "store/blob-inside.h"
#include "store/db-backend.h"
#include "store/session.h"

struct restore {
	const struct sk_restore *what;
	struct sk_backup_report *report;
	struct sk_blobs *blobs;
	struct sk_db *db;
	int dir;
	bool database; /* it was in the list */
};

static int failed(struct restore *r, const char *what)
{
	int e = errno;
	bool full = e == ENOSPC || e == EDQUOT || e == EFBIG;

	return sk_backup_fail(
	    r->report, full ? SK_ENOSPACE : SK_EIO, "%s: %s", what, strerrordesc_np(e));
}

static int wrong(struct restore *r, const char *name)
{
	return sk_backup_fail(r->report, SK_EFORMAT, "%s: is not what was backed up", name);
}

static int open_listed(struct restore *r, const char *name)
{
	return openat(r->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

static bool same(const char *hex, uint64_t want, const uint8_t sha256[32], uint64_t size)
{
	char got[SK_BLOB_NAME];

	sk_blob_name(sha256, got);
	return want == size && strcmp(hex, got) == 0;
}

/* A blob from the backup under the name it had, if its bytes are those of the list. */
static int restore_blob(
    struct restore *r, const char *name, enum sk_place place, const char *hex, uint64_t want)
{
	const char *blob = strrchr(name, '/') + 1;
	char fresh[33], path[72];
	uint8_t sha256[32];
	uint64_t size = 0;

	if (!sk_blob_path(place, blob, path) || strcmp(path, strchr(name, '/') + 1) != 0)
		return wrong(r, "list");
	sk_autoclose int in = open_listed(r, name);
	if (in < 0)
		return errno == ENOENT ? wrong(r, name) : failed(r, name);
	sk_autoclose int out = sk_blob_fresh(r->blobs, place, fresh);
	if (out < 0)
		return failed(r, name);
	int rc = sk_backup_copy(in, out, sha256, &size);
	if (rc == 0)
		rc = same(hex, want, sha256, size) ? sk_blob_publish(r->blobs, fresh, place, blob)
						   : wrong(r, name);
	else
		sk_backup_fail(r->report, rc, "%s: not copied", name);
	if (rc)
		unlinkat(r->blobs->fresh, fresh, 0);
	r->report->blobs += rc == 0;
	r->report->bytes += rc == 0 ? size : 0;
	return rc;
}

static int restore_sqlite(struct restore *r, int in, const char *hex, uint64_t want)
{
	const char *path = r->what->database + 7;
	uint8_t sha256[32];
	uint64_t size = 0;

	sk_autoclose int out = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return errno == EEXIST
			   ? sk_backup_fail(r->report, SK_EEXIST, "%s is there already", path)
			   : failed(r, path);
	int rc = sk_backup_copy(in, out, sha256, &size);
	if (rc == 0 && !same(hex, want, sha256, size))
		rc = wrong(r, "store.sqlite");
	if (rc == 0 && fsync(out))
		rc = failed(r, path);
	if (rc)
		unlink(path);
	return rc;
}

/* Nothing may be there that the backup would mix with. */
static int empty_database(struct restore *r)
{
	char why[512] = "";
	struct sk_db *db = NULL;
	struct sk_rows found;

	int rc = sk_db_open(r->what->database, NULL, why, sizeof(why), &db);
	if (rc)
		return sk_backup_fail(r->report, rc, "%s", why);
	rc = sk_db_query(db,
	    "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()",
	    SK_NO_BINDS, &found);
	if (rc == 0 && sk_rows_int(&found, 0, 0) > 0)
		rc = sk_backup_fail(r->report, SK_EEXIST, "the database has tables already");
	else if (rc)
		sk_backup_fail(r->report, rc, "%s", sk_db_why(db));
	if (rc == 0 || rc == SK_EEXIST)
		sk_rows_free(&found);
	sk_db_close(db);
	return rc;
}

static int restore_pgsql(struct restore *r, int in, const char *hex, uint64_t want)
{
	char file[4200], database[2048];
	uint8_t sha256[32];
	uint64_t size = 0;
	char *const argv[] = {(char[]){"pg_restore"}, (char[]){"--no-owner"},
	    (char[]){"--no-password"}, (char[]){"--exit-on-error"},
	    (char[]){"--single-transaction"}, (char[]){"--schema=public"}, database, file, NULL};

	int rc = sk_backup_copy(in, -1, sha256, &size);
	if (rc || !same(hex, want, sha256, size))
		return rc ? rc : wrong(r, "store.dump");
	rc = empty_database(r);
	if (rc)
		return rc;
	snprintf(database, sizeof(database), "--dbname=%s", sk_backup_conninfo(r->what->database));
	snprintf(file, sizeof(file), "%s/store.dump", r->what->from);
	return sk_backup_run(argv, r->report);
}

static int restore_database(struct restore *r, const char *name, const char *hex, uint64_t size)
{
	bool sqlite = strncmp(r->what->database, "sqlite:", 7) == 0;

	if (sqlite != (strcmp(name, "store.sqlite") == 0))
		return sk_backup_fail(
		    r->report, SK_EARG, "the backup is of another kind of database");
	sk_autoclose int in = open_listed(r, name);
	if (in < 0)
		return errno == ENOENT ? wrong(r, name) : failed(r, name);
	r->database = true;
	return sqlite ? restore_sqlite(r, in, hex, size) : restore_pgsql(r, in, hex, size);
}

/* What somebody else takes from the backup. */
static int prove_file(struct restore *r, const char *name, const char *hex, uint64_t want)
{
	uint8_t sha256[32];
	uint64_t size = 0;

	sk_autoclose int in = open_listed(r, name);
	if (in < 0 || sk_backup_copy(in, -1, sha256, &size))
		return errno == ENOENT ? wrong(r, name) : failed(r, name);
	return same(hex, want, sha256, size) ? 0 : wrong(r, name);
}

/* "HASH SIZE NAME"; 1 for the last line. */
static int restore_line(struct restore *r, char *line)
{
	char *size = strchr(line, ' '), *name = size ? strchr(size + 1, ' ') : NULL;

	line[strcspn(line, "\n")] = 0;
	if (strncmp(line, "end ", 4) == 0)
		return strtoull(line + 4, NULL, 10) == r->report->blobs ? 1 : wrong(r, "list");
	if (name == NULL || size - line != 64)
		return wrong(r, "list");
	*size++ = 0;
	*name++ = 0;
	uint64_t bytes = strtoull(size, NULL, 10);
	if (strcmp(name, "store.sqlite") == 0 || strcmp(name, "store.dump") == 0)
		return restore_database(r, name, line, bytes);
	if (strcmp(name, "ledger.tar") == 0)
		return prove_file(r, name, line, bytes);
	if (strncmp(name, "output/", 7) == 0)
		return restore_blob(r, name, SK_PLACE_OUTPUT, line, bytes);
	if (strncmp(name, "original/", 9) == 0)
		return restore_blob(r, name, SK_PLACE_ORIGINAL, line, bytes);
	return wrong(r, "list");
}

static int restore_list(struct restore *r)
{
	char line[256];
	int rc = 0, fd = open_listed(r, "list");
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");

	if (f == NULL)
		return failed(r, "list");
	while (rc == 0 && fgets(line, sizeof(line), f))
		rc = restore_line(r, line);
	fclose(f);
	if (rc == 1)
		return r->database ? 0 : wrong(r, "list");
	return rc ? rc : wrong(r, "list"); /* its end is missing */
}

static int restore_key(struct restore *r, const uint8_t *p)
{
	char name[33], fresh[33];

	memcpy(name, p, 32);
	name[32] = 0;
	sk_autoclose int fd = sk_blob_fresh(r->blobs, SK_PLACE_KEY, fresh);
	if (fd < 0 || sk_write_all(fd, p + 32, SK_WRAPPED))
		return failed(r, "keys");
	int rc = sk_blob_publish(r->blobs, fresh, SK_PLACE_KEY, name);
	if (rc)
		unlinkat(r->blobs->fresh_key, fresh, 0);
	return rc == SK_EEXIST ? 0 : rc; /* one that is there is newer */
}

static int restore_keys(struct restore *r)
{
	uint8_t line[SK_KEY_LINE];
	int rc = 0;
	FILE *f = fopen(r->what->keys, "re");

	if (f == NULL)
		return failed(r, "keys");
	size_t n;
	while (rc == 0 && (n = fread(line, 1, sizeof(line), f)) == sizeof(line))
		rc = restore_key(r, line);
	if (rc == 0 && n)
		rc = wrong(r, "keys");
	fclose(f);
	return rc;
}

/* An original is read to its end, and its content must be what arrived. */
static int prove_original(struct restore *r, const char *name, struct sk_slice hash)
{
	uint8_t sha256[32];
	uint64_t size = 0;

	sk_autoclose int fd = sk_memfd("original");
	if (fd < 0)
		return failed(r, name);
	int rc = sk_blob_copy(r->blobs, SK_BLOB_ORIGINAL, name, fd);
	if (rc == SK_ENOENTRY || rc == SK_EUNSUPPORTED) {
		r->report->unreadable++;
		return 0;
	}
	if (rc)
		return sk_backup_fail(r->report, rc, "%s", sk_blobs_why(r->blobs));
	if (lseek(fd, 0, SEEK_SET) || sk_backup_copy(fd, -1, sha256, &size))
		return failed(r, name);
	return hash.n == 32 && memcmp(hash.p, sha256, 32) != 0 ? wrong(r, name) : 0;
}

static int prove(void *arg, enum sk_blob_kind kind, const char *name, struct sk_slice hash)
{
	struct restore *r = arg;
	enum sk_place place = kind == SK_BLOB_OUTPUT ? SK_PLACE_OUTPUT : SK_PLACE_ORIGINAL;
	char path[72];

	if (!sk_blob_path(place, name, path) || faccessat(r->blobs->dirs[place], path, F_OK, 0)) {
		r->report->missing++;
		return 0;
	}
	if (kind == SK_BLOB_ORIGINAL)
		return prove_original(r, name, hash);
	int rc = sk_blob_copy(r->blobs, kind, name, -1);
	return rc ? sk_backup_fail(r->report, rc, "%s", sk_blobs_why(r->blobs)) : 0;
}

/* All at once: a restore that is cut off is begun anew. */
static int sync_all(struct restore *r)
{
	return syncfs(r->blobs->fresh) || syncfs(r->blobs->fresh_key) ? failed(r, "sync") : 0;
}

static int end_sessions(struct sk_db *db, void *arg)
{
	(void)arg;
	return sk_session_end_everybody(db);
}

static int prove_database(struct restore *r)
{
	struct sk_db_options o = {.check = true};
	char why[512] = "";

	int rc = sk_db_open(r->what->database, &o, why, sizeof(why), &r->db);
	if (rc)
		return sk_backup_fail(r->report, rc, "%s", why);
	rc = sk_db_migrate(r->db, "store");
	if (rc)
		return sk_backup_fail(r->report, rc, "%s", sk_db_why(r->db));
	rc = sk_db_transact(r->db, SK_DB_WRITE, end_sessions, NULL);
	if (rc)
		return sk_backup_fail(r->report, rc, "%s", sk_db_why(r->db));
	rc = sk_backup_references(r->db, prove, r, r->report);
	if (rc == 0 && r->what->ledger && (rc = r->what->ledger(r->what->arg, r->db)))
		sk_backup_fail(r->report, rc, "the ledger does not agree");
	return rc;
}

static int any(void *arg, const char *name)
{
	return SK_EEXIST;
}

static int run(struct restore *r)
{
	if (sk_blobs_walk(r->blobs, SK_BLOB_OUTPUT, any, NULL) ||
	    sk_blobs_walk(r->blobs, SK_BLOB_ORIGINAL, any, NULL))
		return sk_backup_fail(r->report, SK_EEXIST, "there are blobs already");
	int rc = restore_list(r);
	if (rc == 0 && r->what->keys)
		rc = restore_keys(r);
	if (rc == 0)
		rc = sync_all(r);
	return rc ? rc : prove_database(r);
}

int sk_restore(const struct sk_restore *what, struct sk_backup_report *report)
{
	struct restore r = {.what = what, .report = report, .dir = -1};
	int64_t start = sk_db_ticks();

	*report = (struct sk_backup_report){0};
	r.dir = open(what->from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r.dir < 0)
		return failed(&r, what->from);
	int rc = sk_blobs_open(&what->blobs, &r.blobs);
	if (rc)
		sk_backup_fail(report, rc, "the folders of blobs cannot be used");
	else
		rc = run(&r);
	sk_db_close(r.db);
	sk_blobs_close(r.blobs);
	sk_close(&r.dir);
	report->ms = sk_db_ticks() - start;
	return rc;
}
