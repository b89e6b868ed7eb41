/* What both back ends share: dialects, statements that are kept, transactions that are repeated. Runs in the gate. */
#include "store/db.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/err.h"
#include "base/limits.h"
#include "store/db-backend.h"

int sk_db_fail(struct sk_db *db, int status, const char *fmt, ...)
{
	char said[320];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);
	const char *file = db->place ? strrchr(db->place, '/') : NULL;
	if (db->place)
		snprintf(db->why, sizeof(db->why), "%s: %.120s: %s", file ? file + 1 : db->place,
		    db->doing ? db->doing : "", said);
	else
		snprintf(db->why, sizeof(db->why), "%s", said);
	if (db->mode != SK_DB_NONE)
		db->failed = true;
	return status;
}

int64_t sk_db_ticks(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The first tries follow quickly, since commits take less than a millisecond; later ones leave the others alone. */
void sk_db_pause(unsigned tries)
{
	long us = 200L << (tries < 8 ? tries : 8);
	struct timespec t = {0, us * 1000};

	nanosleep(&t, NULL);
}

static const char *meaning(const struct sk_backend *backend, struct sk_slice word)
{
	for (const struct sk_word *w = backend->words; w->word; w++)
		if (sk_slice_is(word, w->word))
			return w->text;
	return NULL;
}

/* Puts the back end's words in place of those in braces. */
char *sk_db_dialect(const struct sk_backend *backend, const char *sql)
{
	struct sk_buf b = SK_BUF(1U << 20);

	for (const char *p = sql; *p;) {
		size_t n = strcspn(p, "{");
		sk_buf_put(&b, p, n);
		p += n;
		if (*p == '\0')
			break;
		size_t w = strcspn(p, "}");
		const char *text = meaning(backend, sk_slice(p + 1, w - 1));
		if (text == NULL || p[w] == '\0')
			b.err = b.err ? b.err : SK_EINTERNAL;
		else
			sk_buf_puts(&b, text);
		p += p[w] ? w + 1 : w;
	}
	sk_buf_putc(&b, 0);
	if (b.err)
		sk_buf_free(&b);
	return (char *)b.p;
}

static void statement_free(struct sk_db *db, struct sk_statement *s)
{
	if (s == NULL)
		return;
	if (s->handle)
		db->backend->forget(db, s);
	free(s->sql);
	free(s->text);
	free(s);
}

static void forget_all(struct sk_db *db)
{
	for (size_t i = 0; i < SK_DB_STATEMENTS; i++) {
		statement_free(db, db->kept[i]);
		db->kept[i] = NULL;
	}
	db->count = 0;
}

static size_t hash(const char *s)
{
	size_t h = 1469598103934665603ULL;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211ULL;
	return h;
}

static struct sk_statement *statement_new(struct sk_db *db, const char *sql)
{
	static const struct sk_statement none;
	struct sk_statement *s = malloc(sizeof(*s));

	if (s == NULL)
		return NULL;
	*s = none;
	s->sql = strdup(sql);
	s->text = sk_db_dialect(db->backend, sql);
	if (s->sql && s->text)
		return s;
	statement_free(db, s);
	return NULL;
}

/* The statement of this text, kept since it was used first. */
static struct sk_statement *statement(struct sk_db *db, const char *sql)
{
	if (db->count > SK_DB_STATEMENTS / 2) /* a place must stay free, and chains short */
		forget_all(db);
	size_t i = hash(sql) % SK_DB_STATEMENTS;
	while (db->kept[i] && strcmp(db->kept[i]->sql, sql) != 0)
		i = (i + 1) % SK_DB_STATEMENTS;
	if (db->kept[i] == NULL && (db->kept[i] = statement_new(db, sql)))
		db->count++;
	return db->kept[i];
}

static const struct sk_backend *backend_of(const char **where)
{
	if (strncmp(*where, "sqlite:", 7) == 0) {
		*where += 7;
		return &sk_sqlite;
	}
	if (strncmp(*where, "postgresql://", 13) == 0)
		return &sk_pgsql;
	if (strncmp(*where, "postgresql:", 11) == 0) {
		*where += 11;
		return &sk_pgsql;
	}
	return NULL;
}

static unsigned or_default(unsigned v, unsigned def)
{
	return v ? v : def;
}

static struct sk_db *handle_new(
    const struct sk_backend *backend, const char *where, const struct sk_db_options *o)
{
	struct sk_db *db = calloc(1, backend->size);

	if (db == NULL)
		return NULL;
	db->backend = backend;
	db->where = strdup(where);
	db->options = (struct sk_db_options){
	    .wait_ms = or_default(o->wait_ms, SK_LIMIT_STORE_WAIT_MS),
	    .statement_ms = or_default(o->statement_ms, SK_LIMIT_STORE_STATEMENT_MS),
	    .idle_ms = or_default(o->idle_ms, SK_LIMIT_STORE_IDLE_MS),
	    .connect_ms = or_default(o->connect_ms, SK_LIMIT_STORE_CONNECT_MS),
	    .check = o->check,
	};
	if (db->where)
		return db;
	free(db);
	return NULL;
}

int sk_db_open(
    const char *where, const struct sk_db_options *options, char *why, size_t n, struct sk_db **out)
{
	const char *rest = where;
	const struct sk_backend *backend = backend_of(&rest);
	static const struct sk_db_options defaults;

	if (backend == NULL) {
		snprintf(why, n, "a database is sqlite:FILE or postgresql:CONNINFO");
		return SK_EARG;
	}
	struct sk_db *db = handle_new(backend, where, options ? options : &defaults);
	if (db == NULL)
		return SK_ENOMEM;
	int rc = backend->open(rest, db);
	if (rc == 0 && db->options.check)
		rc = sk_db_check(db);
	if (rc) {
		snprintf(why, n, "%s", db->why);
		sk_db_close(db);
		return rc;
	}
	*out = db;
	return 0;
}

void sk_db_close(struct sk_db *db)
{
	if (db == NULL)
		return;
	forget_all(db);
	db->backend->close(db);
	free(db->where);
	free(db);
}

const char *sk_db_kind(const struct sk_db *db)
{
	return db->backend->kind;
}

const char *sk_db_where(const struct sk_db *db)
{
	return db->where;
}

const char *sk_db_why(const struct sk_db *db)
{
	return db->why;
}

enum sk_db_mode sk_db_in(const struct sk_db *db)
{
	return db->mode;
}

/* One try. What failed is taken back before anything else happens. */
static int attempt(struct sk_db *db, enum sk_db_mode mode, sk_db_work *work, void *arg)
{
	db->failed = db->lost = db->missed = db->clock = false;
	db->runs++;
	db->channels = 0;
	db->place = NULL;
	int rc = db->backend->begin(db, mode);
	if (rc)
		return db->lost ? SK_EBUSY : rc;
	db->mode = mode;
	rc = work(db, arg);
	if (rc == 0 && db->failed) /* a failure that the work passed over */
		rc = SK_EINTERNAL;
	db->mode = SK_DB_NONE;
	db->doing = "COMMIT";
	if (rc == 0)
		return db->backend->commit(db, mode);
	db->backend->rollback(db);
	return db->lost ? SK_EBUSY : rc;
}

int sk_db_transact(struct sk_db *db, enum sk_db_mode mode, sk_db_work *work, void *arg)
{
	if (db->mode != SK_DB_NONE || mode == SK_DB_NONE) {
		db->place = NULL;
		return sk_db_fail(db, SK_EARG, "a transaction inside a transaction");
	}
	int64_t end = sk_db_ticks() + db->options.wait_ms;
	db->waits = db->backend->post == NULL;
	for (unsigned tries = 0;; tries++) {
		int rc = attempt(db, mode, work, arg);
		if (rc && db->missed && !db->waits) {
			db->waits = true;
			continue;
		}
		if (rc != SK_EBUSY || sk_db_ticks() >= end)
			return rc;
		sk_db_pause(tries);
	}
}

/* Reads alone need no transaction; a change outside one would be committed without being able to tell. */
static bool reads(const char *sql)
{
	return strncasecmp(sql, "SELECT", 6) == 0;
}

/* The statement, when it may be run now. */
static int look_up(struct sk_db *db, const char *place, const char *sql, struct sk_statement **out)
{
	db->place = place;
	db->doing = sql;
	if (db->mode == SK_DB_NONE && !reads(sql))
		return sk_db_fail(db, SK_EARG, "a change outside a transaction");
	if (db->failed && db->mode != SK_DB_NONE)
		return sk_db_fail(db, SK_EARG, "the transaction has failed before");
	*out = statement(db, sql);
	if (*out == NULL)
		return sk_db_fail(db, SK_ENOMEM, "no memory, or a word in braces that is none");
	return 0;
}

int sk_db_run(struct sk_db *db, const char *place, const char *sql, struct sk_binds binds,
    struct sk_rows *out)
{
	static const struct sk_rows none = {.bytes = {.max = SK_LIMIT_STORE_RESULT}};
	struct sk_rows r = none;
	struct sk_statement *s;

	int rc = look_up(db, place, sql, &s);
	if (rc == 0)
		rc = db->backend->run(db, s, binds, &r);
	if (rc) {
		sk_rows_free(&r);
		return rc;
	}
	*out = r;
	return 0;
}

int sk_db_change(
    struct sk_db *db, const char *place, const char *sql, struct sk_binds binds, int64_t *changes)
{
	struct sk_rows r;
	int rc = sk_db_run(db, place, sql, binds, &r);

	if (rc)
		return rc;
	if (changes)
		*changes = r.changes;
	sk_rows_free(&r);
	return 0;
}

uint64_t sk_db_run_number(const struct sk_db *db)
{
	return db->mode == SK_DB_WRITE ? db->runs : 0;
}

bool sk_db_posts(const struct sk_db *db)
{
	return !db->waits && db->mode != SK_DB_NONE;
}

int sk_db_change_later(
    struct sk_db *db, const char *place, const char *sql, struct sk_binds binds, int64_t rows)
{
	struct sk_statement *s;
	int64_t n = 0;
	int rc;

	if (sk_db_posts(db)) {
		rc = look_up(db, place, sql, &s);
		return rc ? rc : db->backend->post(db, s, binds, rows);
	}
	rc = sk_db_change(db, place, sql, binds, &n);
	return rc ? rc : rows == SK_ANY_ROWS || n == rows ? 0 : SK_ECHANGED;
}

int sk_db_script(struct sk_db *db, const char *place, const char *sql)
{
	char *text = sk_db_dialect(db->backend, sql);

	db->place = place;
	db->doing = sql;
	if (text == NULL)
		return sk_db_fail(db, SK_ENOMEM, "no memory, or a word in braces that is none");
	int rc = db->backend->script(db, text);
	free(text);
	return rc;
}

static int ask_now(struct sk_db *db, int64_t *ms)
{
	struct sk_rows r;
	int rc = sk_db_query(db, "SELECT {now}", SK_NO_BINDS, &r);

	if (rc)
		return rc;
	*ms = sk_rows_int(&r, 0, 0);
	rc = r.bad ? SK_EINTERNAL : 0;
	sk_rows_free(&r);
	return rc;
}

int sk_db_now(struct sk_db *db, int64_t *ms)
{
	if (db->mode == SK_DB_NONE)
		return ask_now(db, ms);
	int rc = db->clock ? 0 : ask_now(db, &db->clock_ms);
	if (rc)
		return rc;
	if (!db->clock)
		db->clock_at = sk_db_ticks();
	db->clock = true;
	*ms = db->clock_ms + sk_db_ticks() - db->clock_at;
	return 0;
}

int sk_db_check(struct sk_db *db)
{
	db->place = NULL;
	return db->backend->check(db);
}

static const struct sk_value *value(const struct sk_rows *r, size_t row, size_t column)
{
	return row < r->rows && column < r->columns ? &r->v[row * r->columns + column] : NULL;
}

bool sk_rows_null(const struct sk_rows *r, size_t row, size_t column)
{
	const struct sk_value *v = value(r, row, column);

	return v == NULL || v->kind == SK_VALUE_NULL;
}

int64_t sk_rows_int(struct sk_rows *r, size_t row, size_t column)
{
	const struct sk_value *v = value(r, row, column);

	if (v && v->kind == SK_VALUE_INT)
		return v->i;
	r->bad = true;
	return 0;
}

static struct sk_slice of_kind(
    struct sk_rows *r, size_t row, size_t column, enum sk_value_kind kind)
{
	const struct sk_value *v = value(r, row, column);

	if (v && v->kind == kind)
		return v->s;
	if (v == NULL || v->kind != SK_VALUE_NULL)
		r->bad = true;
	return sk_slice(NULL, 0);
}

struct sk_slice sk_rows_text(struct sk_rows *r, size_t row, size_t column)
{
	return of_kind(r, row, column, SK_VALUE_TEXT);
}

struct sk_slice sk_rows_bytes(struct sk_rows *r, size_t row, size_t column)
{
	return of_kind(r, row, column, SK_VALUE_BYTES);
}

void sk_rows_free(struct sk_rows *r)
{
	free(r->v);
	r->v = NULL;
	sk_buf_free(&r->bytes);
	if (r->drop)
		r->drop(r->owner);
	r->owner = NULL;
	r->drop = NULL;
	r->rows = r->columns = 0;
}
