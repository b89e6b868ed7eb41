/* The steps by which tables came to be what they are, the same for both back ends. Only migrate.c looks in here. */
#ifndef SK_STORE_MIGRATIONS_H
#define SK_STORE_MIGRATIONS_H

#include <stddef.h>

/* Steps are never changed once they were released: a new one is added behind them. */
struct sk_migration {
	const char *component;
	const char *sql; /* in the words of db.h */
};

extern const struct sk_migration sk_migrations[];
extern const size_t sk_migrations_count;

#endif
