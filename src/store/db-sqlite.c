/*
 * SQLite behind db.h: one file, write-ahead log, every commit synced. https://sqlite.org/lang.html, /pragma.html.
 * Runs in the gate.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "store/db-backend.h"

struct sqlite {
	struct sk_db db;
	sqlite3 *handle;
	int64_t until; /* of the running statement */
};

static const struct sk_word words[] = {
    {"now", "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"},
    {"id", "INTEGER PRIMARY KEY AUTOINCREMENT"},
    {"int", "INTEGER"},
    {"bytes", "BLOB"},
    {"strict", "STRICT"},
    {"skip", ""},
    {"next", "(SELECT id FROM job_next)"},
    {"loose", ""},
    {"lite", ""},
    {"pg", "-- "},
    {NULL, NULL},
};

static struct sqlite *of(struct sk_db *db)
{
	return (struct sqlite *)db;
}

static int status_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return SK_EBUSY;
	case SQLITE_FULL:
		return SK_ENOSPACE;
	case SQLITE_NOMEM:
		return SK_ENOMEM;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return SK_EFORMAT;
	case SQLITE_CONSTRAINT:
		return code == SQLITE_CONSTRAINT_PRIMARYKEY || code == SQLITE_CONSTRAINT_UNIQUE ||
			       code == SQLITE_CONSTRAINT_FOREIGNKEY ||
			       code == SQLITE_CONSTRAINT_ROWID
			   ? SK_EEXIST
			   : SK_EFORMAT;
	case SQLITE_INTERRUPT:
		return SK_ELIMIT;
	case SQLITE_ERROR:
	case SQLITE_MISUSE:
	case SQLITE_RANGE:
	case SQLITE_MISMATCH:
		return SK_EINTERNAL;
	default:
		return SK_EIO;
	}
}

/* What the system said about the last failed write to the file, or to its log. */
static int write_errno(sqlite3 *h)
{
	sqlite3_file *log = NULL;
	int e = 0;

	if (sqlite3_file_control(h, "main", SQLITE_FCNTL_LAST_ERRNO, &e) == SQLITE_OK && e)
		return e;
	if (sqlite3_file_control(h, "main", SQLITE_FCNTL_JOURNAL_POINTER, (void *)&log) ==
		SQLITE_OK &&
	    log && log->pMethods)
		log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &e);
	return e;
}

static int failed(struct sk_db *db)
{
	sqlite3 *h = of(db)->handle;
	int code = sqlite3_extended_errcode(h);
	int status = status_of(code);

	/* A limit on the size of files and a full quota come as a failed write. */
	if ((code & 0xff) == SQLITE_IOERR) {
		int e = write_errno(h);
		if (e == EFBIG || e == EDQUOT || e == ENOSPC)
			status = SK_ENOSPACE;
	}
	return sk_db_fail(db, status, "%s (%d)", sqlite3_errmsg(h), code);
}

/* Another connection is writing: commits are short, so the first pauses are. */
static int wait_for_lock(void *arg, int tries)
{
	struct sqlite *q = arg;

	if (sk_db_ticks() >= q->until)
		return 0;
	sk_db_pause((unsigned)tries);
	return 1;
}

static int out_of_time(void *arg)
{
	const struct sqlite *q = arg;

	return sk_db_ticks() >= q->until;
}

static void start_clock(struct sk_db *db, unsigned ms)
{
	of(db)->until = sk_db_ticks() + ms;
}

static int plain(struct sk_db *db, const char *sql)
{
	start_clock(db, db->options.wait_ms);
	return sqlite3_exec(of(db)->handle, sql, NULL, NULL, NULL) ? failed(db) : 0;
}

/* secure_delete: what is erased is overwritten, names of people among it. */
static const char SETTINGS[] =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON;"
    "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000";

/* Nobody else reads it: SQLite itself would go by the umask. Its log gets the rights of the file. */
static void make_private(const char *where)
{
	int fd = open(where, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	sk_close(&fd);
}

static int open_(const char *where, struct sk_db *db)
{
	struct sqlite *q = of(db);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX |
		    SQLITE_OPEN_EXRESCODE;

	make_private(where);
	if (sqlite3_open_v2(where, &q->handle, flags, NULL)) {
		if (q->handle == NULL)
			return SK_ENOMEM;
		return failed(db);
	}
	sqlite3_db_config(q->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_busy_handler(q->handle, wait_for_lock, q);
	sqlite3_progress_handler(q->handle, 20000, out_of_time, q);
	int rc = plain(db, SETTINGS);
	for (unsigned tries = 0; rc == SK_EBUSY && tries < 8;
	     tries++) { /* the change to WAL does not wait */
		sk_db_pause(tries);
		rc = plain(db, SETTINGS);
	}
	return rc;
}

static void close_(struct sk_db *db)
{
	sqlite3_close(of(db)->handle);
}

static int begin(struct sk_db *db, enum sk_db_mode mode)
{
	return plain(db, mode == SK_DB_READ ? "BEGIN" : "BEGIN IMMEDIATE");
}

static void rollback(struct sk_db *db)
{
	if (!sqlite3_get_autocommit(of(db)->handle))
		(void)sqlite3_exec(of(db)->handle, "ROLLBACK", NULL, NULL, NULL);
}

static int commit(struct sk_db *db, enum sk_db_mode mode)
{
	int rc = plain(db, "COMMIT");

	if (rc)
		rollback(db);
	return rc;
}

static int prepare(struct sk_db *db, struct sk_statement *s)
{
	sqlite3_stmt *h = NULL;

	if (s->handle)
		return 0;
	if (sqlite3_prepare_v3(of(db)->handle, s->text, -1, SQLITE_PREPARE_PERSISTENT, &h, NULL))
		return failed(db);
	if (h == NULL)
		return sk_db_fail(db, SK_EINTERNAL, "an empty statement");
	s->handle = h;
	return 0;
}

static int bind_one(sqlite3_stmt *h, int at, const struct sk_value *v)
{
	switch (v->kind) {
	case SK_VALUE_INT:
		return sqlite3_bind_int64(h, at, v->i);
	case SK_VALUE_TEXT:
		return sqlite3_bind_text64(
		    h, at, (const char *)v->s.p, v->s.n, SQLITE_STATIC, SQLITE_UTF8);
	case SK_VALUE_BYTES:
		return sqlite3_bind_blob64(
		    h, at, v->s.n ? (const void *)v->s.p : "", v->s.n, SQLITE_STATIC);
	default:
		return sqlite3_bind_null(h, at);
	}
}

/* $1 is a name to SQLite: numbers come in the order in which names are seen. */
static int bind(struct sk_db *db, sqlite3_stmt *h, struct sk_binds binds)
{
	if (binds.n != (size_t)sqlite3_bind_parameter_count(h))
		return sk_db_fail(db, SK_EINTERNAL, "%zu values for %d places", binds.n,
		    sqlite3_bind_parameter_count(h));
	for (size_t i = 0; i < binds.n; i++) {
		char name[24];
		snprintf(name, sizeof(name), "$%zu", i + 1);
		int at = sqlite3_bind_parameter_index(h, name);
		if (at == 0)
			return sk_db_fail(db, SK_EINTERNAL, "no place %s", name);
		if (bind_one(h, at, &binds.v[i]))
			return failed(db);
	}
	return 0;
}

/* The bytes move while they grow: until the end a value holds its offset. */
static int keep_bytes(struct sk_rows *out, struct sk_value *v, const void *p, size_t n)
{
	v->s = (struct sk_slice){(const uint8_t *)(uintptr_t)out->bytes.len, n};
	if (n)
		sk_buf_put(&out->bytes, p, n);
	return sk_buf_putc(&out->bytes, 0);
}

static int keep(struct sk_rows *out, sqlite3_stmt *h, int column, struct sk_value *v)
{
	switch (sqlite3_column_type(h, column)) {
	case SQLITE_INTEGER:
		*v = sk_int(sqlite3_column_int64(h, column));
		return 0;
	case SQLITE_TEXT:
		v->kind = SK_VALUE_TEXT;
		return keep_bytes(out, v, sqlite3_column_text(h, column),
		    (size_t)sqlite3_column_bytes(h, column));
	case SQLITE_BLOB:
		v->kind = SK_VALUE_BYTES;
		return keep_bytes(out, v, sqlite3_column_blob(h, column),
		    (size_t)sqlite3_column_bytes(h, column));
	case SQLITE_NULL:
		*v = sk_null();
		return 0;
	default:
		return SK_EINTERNAL; /* no table of ours has numbers with fractions */
	}
}

static int keep_row(struct sk_rows *out, sqlite3_stmt *h, size_t *room)
{
	if (out->rows == *room) {
		size_t more = *room ? *room * 2 : 4;
		struct sk_value *v = reallocarray(out->v, more * out->columns, sizeof(*v));
		if (v == NULL)
			return SK_ENOMEM;
		out->v = v;
		*room = more;
	}
	for (size_t c = 0; c < out->columns; c++) {
		int rc = keep(out, h, (int)c, &out->v[out->rows * out->columns + c]);
		if (rc)
			return rc;
	}
	out->rows++;
	return 0;
}

static void settle_bytes(struct sk_rows *out)
{
	for (size_t i = 0; i < out->rows * out->columns; i++)
		if (out->v[i].kind == SK_VALUE_TEXT || out->v[i].kind == SK_VALUE_BYTES)
			out->v[i].s.p = out->bytes.p + (uintptr_t)out->v[i].s.p;
}

static int step(struct sk_db *db, sqlite3_stmt *h, struct sk_rows *out)
{
	size_t room = 0;
	int code, rc = 0;

	out->columns = (size_t)sqlite3_column_count(h);
	while ((code = sqlite3_step(h)) == SQLITE_ROW)
		if ((rc = keep_row(out, h, &room)))
			return sk_db_fail(
			    db, rc, "a result that is too large or of no type of ours");
	if (code != SQLITE_DONE)
		return failed(db);
	out->changes =
	    sqlite3_column_count(h) ? (int64_t)out->rows : sqlite3_changes64(of(db)->handle);
	settle_bytes(out);
	return 0;
}

static int run(struct sk_db *db, struct sk_statement *s, struct sk_binds binds, struct sk_rows *out)
{
	start_clock(db, db->options.statement_ms);
	int rc = prepare(db, s);
	if (rc == 0)
		rc = bind(db, s->handle, binds);
	if (rc == 0)
		rc = step(db, s->handle, out);
	if (s->handle) {
		sqlite3_reset(s->handle);
		sqlite3_clear_bindings(s->handle);
	}
	return rc;
}

static int script(struct sk_db *db, const char *text)
{
	start_clock(db, db->options.statement_ms);
	return sqlite3_exec(of(db)->handle, text, NULL, NULL, NULL) ? failed(db) : 0;
}

static void forget(struct sk_db *db, struct sk_statement *s)
{
	sqlite3_finalize(s->handle);
	s->handle = NULL;
}

/* One PRAGMA that gives no row, or the word "ok", when all is well. */
static int look(struct sk_db *db, const char *sql)
{
	sqlite3_stmt *h = NULL;
	int rc = 0;

	of(db)->until = INT64_MAX; /* it takes as long as the file is large */
	if (sqlite3_prepare_v2(of(db)->handle, sql, -1, &h, NULL))
		return failed(db);
	int code = sqlite3_step(h);
	const char *said = code == SQLITE_ROW ? (const char *)sqlite3_column_text(h, 0) : "ok";
	if (code != SQLITE_ROW && code != SQLITE_DONE)
		rc = failed(db);
	else if (said == NULL || strcmp(said, "ok") != 0)
		rc = sk_db_fail(db, SK_EFORMAT, "the database is damaged: %s", said ? said : sql);
	sqlite3_finalize(h);
	return rc;
}

static int check(struct sk_db *db)
{
	int rc = look(db, "PRAGMA integrity_check(1)");

	return rc ? rc : look(db, "PRAGMA foreign_key_check");
}

const struct sk_backend sk_sqlite = {
    .kind = "sqlite",
    .words = words,
    .open = open_,
    .close = close_,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .run = run,
    .script = script,
    .forget = forget,
    .check = check,
    .size = sizeof(struct sqlite),
};

struct sqlite3 *sk_sqlite_handle(struct sk_db *db)
{
	return db->backend == &sk_sqlite ? of(db)->handle : NULL;
}
