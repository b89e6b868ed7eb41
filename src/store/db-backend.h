/* What a back end is to db.c. Only db*.c and backup look in here. */
#ifndef SK_STORE_DB_BACKEND_H
#define SK_STORE_DB_BACKEND_H

#include "store/db.h"

#define SK_DB_STATEMENTS \
	512 /* places for prepared ones kept for a connection: the program has about a hundred and fifty */

struct sk_statement {
	char *sql;  /* as the caller wrote it */
	char *text; /* in the dialect of the back end */
	void *handle;
	unsigned number;
	uint64_t life; /* of the connection it was prepared on */
};

struct sk_db {
	const struct sk_backend *backend;
	char *where;
	struct sk_db_options options;
	enum sk_db_mode mode;
	bool failed; /* the transaction can only be taken back */
	bool lost;   /* the connection went away */
	bool waits;  /* what is posted is waited for */
	bool missed; /* what was posted failed, and nobody was told */
	bool clock;  /* the transaction has asked for the time */
	int64_t clock_ms, clock_at;
	uint64_t runs;     /* of transactions, so far */
	uint64_t ring_run; /* in which the queue was asked for the table that is filled */
	unsigned ring_part;
	uint64_t
	    channels; /* of the outbox, to which the transaction has put something: a bit each */
	char why[512];
	const char *place, *doing; /* for messages */
	struct sk_statement *kept[SK_DB_STATEMENTS];
	size_t count;
};

struct sk_word {
	const char *word, *text;
};

struct sk_backend {
	const char *kind;
	const struct sk_word *words; /* ends with NULL */
	int (*open)(const char *where, struct sk_db *db);
	void (*close)(struct sk_db *db);
	int (*begin)(struct sk_db *db, enum sk_db_mode mode);
	/* 0 only when it is certain that it is committed; SK_EBUSY when it is certain that it is not. */
	int (*commit)(struct sk_db *db, enum sk_db_mode mode);
	void (*rollback)(struct sk_db *db);
	int (*run)(
	    struct sk_db *db, struct sk_statement *s, struct sk_binds binds, struct sk_rows *out);
	/* The same, without waiting for what it says; NULL where waiting costs nothing. Its failure sets `missed`. */
	int (*post)(struct sk_db *db, struct sk_statement *s, struct sk_binds binds, int64_t rows);
	/* Several statements without values, inside a transaction: steps of migrations. */
	int (*script)(struct sk_db *db, const char *text);
	void (*forget)(struct sk_db *db, struct sk_statement *s);
	int (*check)(struct sk_db *db);
	size_t size; /* of its own struct, which begins with struct sk_db */
};

extern const struct sk_backend sk_sqlite, sk_pgsql;

/* The handle of SQLite behind it, for copies while it is at work; NULL for another back end. */
struct sqlite3;
struct sqlite3 *sk_sqlite_handle(struct sk_db *db);

/* Remember why, with statement and place; returns `status`. */
int sk_db_fail(struct sk_db *db, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* SQL in the dialect of the back end; NULL when memory is out or a word is not known. Free it. */
char *sk_db_dialect(const struct sk_backend *backend, const char *sql);
/* Milliseconds of a clock that only goes forward, and a pause that grows with the number of tries. */
int64_t sk_db_ticks(void);
void sk_db_pause(unsigned tries);
/* Inside a transaction: take the migrations' lock (PostgreSQL). */
int sk_db_script(struct sk_db *db, const char *place, const char *sql);

#endif
