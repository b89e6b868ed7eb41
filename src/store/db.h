/*
 * A database, the same to its caller whether SQLite or PostgreSQL 15 stands behind it. Only the process that decides
 * (the gate) opens one. A handle is one connection and belongs to one thread.
 *
 * SQL is written once, with parameters $1, $2 … and a few words in braces that each back end puts its own in place of:
 *   {now}     the database's clock, milliseconds since 1970    {skip}    FOR UPDATE SKIP LOCKED, where there is such
 *   {int}     64-bit integer column      {bytes}   byte string column      {id}      integer primary key
 *   {strict}  what makes a table keep its types      {loose}   room in its pages for changes in place
 *   {next}    the number of a new job    {lite}, {pg}  the rest of the line is for this back end alone
 * Every statement is prepared once and kept. Values are never written into SQL.
 */
#ifndef SK_STORE_DB_H
#define SK_STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

struct sk_db;

enum sk_value_kind { SK_VALUE_NULL, SK_VALUE_INT, SK_VALUE_TEXT, SK_VALUE_BYTES };

struct sk_value {
	enum sk_value_kind kind;
	int64_t i;
	struct sk_slice s; /* of text (UTF-8, no NUL inside) and bytes; borrowed */
};

static inline struct sk_value sk_null(void)
{
	return (struct sk_value){.kind = SK_VALUE_NULL};
}

static inline struct sk_value sk_int(int64_t i)
{
	return (struct sk_value){.kind = SK_VALUE_INT, .i = i};
}

/* NULL is NULL. */
static inline struct sk_value sk_text(const char *s)
{
	if (s == NULL)
		return sk_null();
	return (struct sk_value){.kind = SK_VALUE_TEXT, .s = sk_slice_str(s)};
}

/* No bytes with a NULL pointer are NULL. */
static inline struct sk_value sk_bytes(const void *p, size_t n)
{
	return (struct sk_value){.kind = p ? SK_VALUE_BYTES : SK_VALUE_NULL, .s = {p, n}};
}

/* The values of $1, $2 …, in order. */
struct sk_binds {
	const struct sk_value *v;
	size_t n;
};

#define SK_BINDS(...) \
	((struct sk_binds){(const struct sk_value[]){__VA_ARGS__}, \
	    sizeof((const struct sk_value[]){__VA_ARGS__}) / sizeof(struct sk_value)})
#define SK_NO_BINDS ((struct sk_binds){NULL, 0})

/*
 * What a statement gave, whole. Columns are read by what they must be: reading one that is NULL (as a number), of
 * another type or not there gives 0 or nothing and sets `bad`, so that a caller may check once at the end.
 */
struct sk_rows {
	size_t rows, columns;
	int64_t changes; /* rows that the statement changed */
	bool bad;
	struct sk_value *v; /* rows × columns */
	struct sk_buf bytes;
	void *owner;
	void (*drop)(void *owner);
};

bool sk_rows_null(const struct sk_rows *r, size_t row, size_t column);
int64_t sk_rows_int(struct sk_rows *r, size_t row, size_t column);
/* Both borrow from the result; NULL gives {NULL, 0}. Text is followed by a NUL. */
struct sk_slice sk_rows_text(struct sk_rows *r, size_t row, size_t column);
struct sk_slice sk_rows_bytes(struct sk_rows *r, size_t row, size_t column);
/* Frees; a zeroed one is fine, and so is one freed before. */
void sk_rows_free(struct sk_rows *r);

/* 0 stands for the default of limits.h, in every field. */
struct sk_db_options {
	unsigned
	    wait_ms; /* for a lock that another holds, and for all repetitions of one transaction */
	unsigned statement_ms; /* one statement */
	unsigned idle_ms;      /* a transaction in which nothing happens: ended by the server */
	unsigned connect_ms;   /* for a server that is away */
	bool check;            /* look through the whole database before it is used (SQLite) */
};

/*
 * Opens "sqlite:FILE" (made when it is not there) or "postgresql:CONNINFO" ("postgresql://…" too). *why* of a failure
 * is put into `why` (size n), without values. A server that does not sync its log is refused (SK_EUNSUPPORTED), a
 * damaged file too (SK_EFORMAT). Close with sk_db_close().
 */
int sk_db_open(const char *where, const struct sk_db_options *options, char *why, size_t n,
    struct sk_db **out);
void sk_db_close(struct sk_db *db);
/* "sqlite" or "postgresql". */
const char *sk_db_kind(const struct sk_db *db);
/* What it was opened with; borrowed. */
const char *sk_db_where(const struct sk_db *db);

/* Which statement failed last, where it stands and why, for the log of the administrator. Holds no values. */
const char *sk_db_why(const struct sk_db *db);

enum sk_db_mode {
	SK_DB_NONE,
	SK_DB_READ,  /* one picture of the whole, changes nothing */
	SK_DB_WRITE, /* as if nobody else were at work (SERIALIZABLE) */
	SK_DB_QUEUE, /* for claims of jobs: sees what others have committed (READ COMMITTED) */
};

/*
 * Runs `work` in one transaction and commits it; its failure takes all back and is returned. When others were in the
 * way, or the server went away before the commit, all of it is done again, so `work` must not have effects elsewhere.
 * SK_EBUSY when that took longer than wait_ms, SK_EIO when the server stayed away. A commit whose answer was lost is
 * looked up at the server: 0 means committed, always. A transaction in a transaction is refused (SK_EARG).
 */
typedef int sk_db_work(struct sk_db *db, void *arg);
int sk_db_transact(struct sk_db *db, enum sk_db_mode mode, sk_db_work *work, void *arg);
enum sk_db_mode sk_db_in(const struct sk_db *db);
/* Of this run of a transaction that writes, no other has it: what was read in it stays so until its end. 0 elsewhere. */
uint64_t sk_db_run_number(const struct sk_db *db);

/*
 * One statement. Outside a transaction only SELECT; a change there is refused (SK_EARG). SK_EEXIST for a row that is
 * there already or that others refer to, SK_ENOSPACE for a full disk, SK_EFORMAT for a value that a constraint refuses, SK_EBUSY
 * for others in the way (sk_db_transact() handles it: return it). After a failure the transaction can only end.
 */
#define SK_DB_TEXT_(x) #x
#define SK_DB_TEXT(x) SK_DB_TEXT_(x)
#define sk_db_query(db, sql, binds, result) \
	sk_db_run(db, __FILE__ ":" SK_DB_TEXT(__LINE__), sql, binds, result)
int sk_db_run(struct sk_db *db, const char *place, const char *sql, struct sk_binds binds,
    struct sk_rows *out);

/* The same for statements that give no rows; *changes may be NULL. */
#define sk_db_exec(db, sql, binds, changes) \
	sk_db_change(db, __FILE__ ":" SK_DB_TEXT(__LINE__), sql, binds, changes)
int sk_db_change(
    struct sk_db *db, const char *place, const char *sql, struct sk_binds binds, int64_t *changes);

/*
 * The same, in a transaction, for a change of `rows` rows that nobody waits for: it reaches the server with the next
 * statement that gives rows, or with the commit. When it fails or changes another number of rows, the transaction is done
 * again with every statement waited for: so each failure is returned where it belongs, at the latest in the second run
 * (SK_ECHANGED for another number of rows). Until then `work` goes on as if it had succeeded.
 */
#define SK_ANY_ROWS INT64_C(-1)
#define sk_db_post(db, sql, binds, rows) \
	sk_db_change_later(db, __FILE__ ":" SK_DB_TEXT(__LINE__), sql, binds, rows)
int sk_db_change_later(
    struct sk_db *db, const char *place, const char *sql, struct sk_binds binds, int64_t rows);
/* Whether what is posted is not waited for: what needs an answer only to be sure may be posted. */
bool sk_db_posts(const struct sk_db *db);

/*
 * The database's clock in milliseconds since 1970, the only one that decides what is over. A transaction asks for it once
 * and counts on.
 */
int sk_db_now(struct sk_db *db, int64_t *ms);

/* Looks through the whole database: pages, indexes, references (SQLite); that all tables can be read (PostgreSQL). */
int sk_db_check(struct sk_db *db);

/*
 * Brings the tables of `component` ("store", "queue") up to what this program knows, each step in one transaction.
 * A database that is newer than the program is refused (SK_EUNSUPPORTED) and left as it is.
 */
int sk_db_migrate(struct sk_db *db, const char *component);
/* The version of the component's tables; 0 when there are none. */
int sk_db_version(struct sk_db *db, const char *component, int64_t *version);

#endif
