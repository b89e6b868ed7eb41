/*
 * How fast the store works, every commit and every blob synced, beside the limit of the disk's own sync.
 * store FOLDER SECONDS: one line a figure, "name value". The PostgreSQL is one of its own, in FOLDER.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "store/blob.h"
#include "store/queue.h"
#include "store/test-place.h"
#include "store/test-write.h"

#define HOUR 3600000
#define WAITING 100000
#define AT_ONCE 20

static struct place place;
static double seconds;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(int rc, const char *what)
{
	if (rc == 0)
		return;
	fprintf(stderr, "%s: %d\n", what, rc);
	exit(1);
}

static void say(const char *name, double value)
{
	printf("%s %.3f\n", name, value);
	fflush(stdout);
}

static void disk(void)
{
	static const char page[4096];
	char path[160];
	unsigned n = 0;
	double end = now() + seconds;

	place_path(&place, "disk", path, sizeof(path));
	sk_autoclose int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	for (; now() < end; n++)
		must(pwrite(fd, page, sizeof(page), 0) != sizeof(page) || fdatasync(fd),
		    "fdatasync");
	say("sync", n / seconds);
}

static double blobs_of(struct sk_blobs *b, enum sk_blob_kind kind, unsigned at_once)
{
	static unsigned page[1024]; /* each blob is another */
	unsigned n = 0;

	for (double end = now() + seconds; now() < end; n += at_once) {
		struct sk_blob_writer *w[AT_ONCE];
		struct sk_blob blob[AT_ONCE];
		int pins[AT_ONCE];
		for (unsigned i = 0; i < at_once; i++) {
			page[0]++;
			must(sk_blob_begin(b, kind, 0, &w[i]), "blob");
			must(write_blob(w[i], page, sizeof(page)), "blob");
		}
		must(sk_blob_end_all(w, at_once, blob, pins), "blob");
		for (unsigned i = 0; i < at_once; i++)
			close(pins[i]);
	}
	return n / seconds;
}

static void blobs(void)
{
	char folder[160], keys[160], key[160];
	struct sk_master *master = NULL;
	struct sk_blobs *b = NULL;

	place_path(&place, "blobs", folder, sizeof(folder));
	place_path(&place, "keys", keys, sizeof(keys));
	place_path(&place, "master", key, sizeof(key));
	must(sk_master_create(key), "master");
	must(sk_master_load(key, &master), "master");
	struct sk_blobs_options o = {.folder = folder, .keys = keys, .master = master, .spare = 1};
	must(sk_blobs_open(&o, &b), "blobs");
	say("outputs", blobs_of(b, SK_BLOB_OUTPUT, 1));
	say("originals", blobs_of(b, SK_BLOB_ORIGINAL, 1));
	say("outputs-20", blobs_of(b, SK_BLOB_OUTPUT, AT_ONCE));
	say("originals-20", blobs_of(b, SK_BLOB_ORIGINAL, AT_ONCE));
	sk_blobs_close(b);
	sk_master_free(master);
}

static int put(struct sk_db *db, void *arg)
{
	int rc = 0;

	for (unsigned i = 0; i < *(unsigned *)arg && rc == 0; i++)
		rc = sk_queue_put(db, 1, "0123456789abcdef0123456789abcdef", sk_slice(NULL, 0), 0);
	return rc;
}

/* Put, claim and finish `batch` jobs a time, until the time is over: how many jobs. */
static unsigned cycles(const char *where, unsigned batch)
{
	struct sk_db *db = place_open(where);
	struct sk_queue *q = NULL;
	struct sk_job *jobs = NULL;
	unsigned n = 0;
	size_t got = 0;

	must(sk_queue_open(db, &q), "queue");
	for (double end = now() + seconds; now() < end; n += (unsigned)got) {
		struct sk_arena *a = sk_arena_new(8 << 20);
		must(sk_db_transact(db, SK_DB_QUEUE, put, &batch), "put");
		must(sk_queue_claim(q, a, 1, "w", HOUR, batch, &jobs, &got), "claim");
		must(sk_queue_done(q, jobs, got), "done");
		sk_arena_free(a);
	}
	sk_queue_close(q);
	sk_db_close(db);
	return n;
}

static double of_many(const char *where, unsigned batch, unsigned clients)
{
	unsigned n, sum = 0;
	int pipes[2];

	must(pipe(pipes), "pipe");
	fflush(NULL);
	for (unsigned i = 0; i < clients; i++)
		if (fork() == 0) {
			n = cycles(where, batch);
			_exit(write(pipes[1], &n, sizeof(n)) != sizeof(n));
		}
	close(pipes[1]);
	while (read(pipes[0], &n, sizeof(n)) == sizeof(n))
		sum += n;
	close(pipes[0]);
	while (wait(NULL) > 0 && clients-- > 1)
		continue;
	return sum / seconds;
}

/* A long queue: seconds of its first and its last tenth. */
static void drain(const char *kind, const char *where)
{
	struct sk_db *db = place_open(where);
	struct sk_queue *q = NULL;
	struct sk_job *jobs = NULL;
	unsigned batch = 1000;
	size_t got = 0, n = 0;
	double start, first = 0, last = 0;
	char name[40];

	for (unsigned i = 0; i < WAITING; i += batch)
		must(sk_db_transact(db, SK_DB_QUEUE, put, &batch), "put");
	must(sk_queue_open(db, &q), "queue");
	start = now();
	while (n < WAITING) {
		struct sk_arena *a = sk_arena_new(8 << 20);
		double t = now();
		must(sk_queue_claim(q, a, 1, "w", HOUR, 50, &jobs, &got), "claim");
		must(sk_queue_done(q, jobs, got), "done");
		t = now() - t;
		first += n < WAITING / 10 ? t : 0;
		last += n >= WAITING - WAITING / 10 ? t : 0;
		n += got;
		sk_arena_free(a);
	}
	snprintf(name, sizeof(name), "%s-drain", kind);
	say(name, WAITING / (now() - start));
	snprintf(name, sizeof(name), "%s-drain-ratio", kind);
	say(name, last / first);
	sk_queue_close(q);
	sk_db_close(db);
}

static void jobs_of(const char *kind, bool postgres)
{
	static const struct {
		unsigned batch, clients;
	} ROWS[] = {{1, 1}, {20, 1}, {1, 8}, {20, 8}};
	char where[256], name[60];

	place_database(&place, postgres, where, sizeof(where));
	struct sk_db *db = place_open(where);
	must(sk_db_migrate(db, "queue"), "tables");
	sk_db_close(db);
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(*ROWS); i++) {
		snprintf(name, sizeof(name), "%s-jobs-%u-%u", kind, ROWS[i].batch, ROWS[i].clients);
		say(name, of_many(where, ROWS[i].batch, ROWS[i].clients));
	}
	drain(kind, where);
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	seconds = strtod(argv[2], NULL);
	place_make(&place, argv[1]);
	disk();
	blobs();
	jobs_of("sqlite", false);
	place_start_server(&place);
	jobs_of("postgresql", true);
	place_remove(&place);
	return 0;
}
