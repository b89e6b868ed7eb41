/*
 * Where the tests of the store work: a folder that goes with them, and a PostgreSQL of their own, started as a user
 * without rights on a socket in that folder. Tests and the bench only.
 */
#ifndef SK_STORE_TEST_PLACE_H
#define SK_STORE_TEST_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "store/db.h"

struct place {
	char dir[64];
	pid_t server; /* 0: none runs */
	unsigned files;
};

/* A new folder, in `below` or, NULL, the system's for temporary files. All fail the test when they cannot. */
void place_make(struct place *p, const char *below);
/* Stops the server and removes the folder. */
void place_remove(struct place *p);

/* The first call makes the cluster. Ready when it returns. */
void place_start_server(struct place *p);
/* How: SIGINT ends sessions, SIGQUIT ends it as a crash does, SIGKILL kills all of its processes. */
void place_stop_server(struct place *p, int signal);

/* An empty database: a new file, or the server's with nothing in it. */
void place_database(struct place *p, bool postgres, char *where, size_t n);
void place_second_database(struct place *p, bool postgres, char *where, size_t n);
/* One command to the server that cannot be in a transaction. */
void place_tell(const struct place *p, const char *sql);
/* Opens it, failing the test when that fails. */
struct sk_db *place_open(const char *where);
/* A folder in it that is not there yet. */
void place_path(struct place *p, const char *name, char *path, size_t n);
void place_remove_tree(const char *path);

#endif
