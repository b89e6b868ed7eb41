/*
 * What lists of transfers are looked through by: one narrow row for each, with its text as it is looked for. Full rows are read for
 * those of one page alone. In the caller's transaction; only reading needs none. The gate.
 */
#ifndef SK_STORE_LISTED_H
#define SK_STORE_LISTED_H

#include "base/buf.h"
#include "store/transfer.h"

#define SK_SEARCH_KEY 4096 /* bytes of what is looked through */

/*
 * As it is looked for: without the difference of upper and lower case, of full and half width, of composed and other signs
 * (Unicode NFKC casefold). Only such keys are normalised, never what is shown. SK_EFORMAT: no UTF-8. Appends.
 */
int sk_search_key(const char *text, struct sk_buf *out);

/* Puts its row there, or brings it up to date; department: whose transfer it is, NULL: nobody knows. */
int sk_listed_put(struct sk_db *db, const struct sk_transfer *t, const char *department);
/* Its class is another one. */
int sk_listed_class(struct sk_db *db, const struct sk_transfer *t);
/* What is known about people. */
int sk_listed_forget(struct sk_db *db, const char *id);

/* Of whom, and what it must be; a text that is NULL is not asked about. */
struct sk_listed {
	const char *person;     /* who sent it or for whom it is */
	const char *department; /* otherwise: of this one; neither: all */
	const char *text;       /* part of its name, of who sent it or whom it is for */
	const char *route, *class;
	const char *zone;      /* on one of its sides */
	const char *from, *to; /* zones */
	int64_t since, until;  /* received, ms; 0, INT64_MAX: whenever */
	int64_t state;         /* -1: any */
	int64_t before_received;
	const char *before_id; /* the last of the page before; NULL: from the newest */
	size_t most;
};
/* The newest first. Texts lie in the arena. */
int sk_listed_find(struct sk_db *db, struct sk_arena *a, const struct sk_listed *what,
    struct sk_transfer **out, size_t *n);

#endif
