/*
 * Processes that are killed in the middle of their work, a server that crashes, a disk that is full: what was acknowledged
 * is there, whole, and done once. SEKISHO_TEST_LONG: more rounds.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "store/outbox.h"
#include "store/queue.h"
#include "store/test-both.h"
#include "store/test-write.h"
#include "store/transfer.h"

#define WORKERS 2
#define LEASE_MS 30
#define DONE 77 /* the event of a finished job */
#define KIND 1

static char where[256], folder[128], keys[128], master_path[128];
static struct sk_master *master;

static int setup(void **state)
{
	place_path(&place, "blobs", folder, sizeof(folder));
	place_path(&place, "keys", keys, sizeof(keys));
	place_path(&place, "master", master_path, sizeof(master_path));
	assert_int_equal(sk_master_create(master_path), 0);
	assert_int_equal(sk_master_load(master_path, &master), 0);
	sk_db_close(open_store(where));
	return 0;
}

static int teardown(void **state)
{
	sk_master_free(master);
	return 0;
}

static struct sk_blobs *open_blobs(void)
{
	struct sk_blobs_options o = {.folder = folder, .keys = keys, .master = master, .spare = 1};
	struct sk_blobs *b = NULL;

	return sk_blobs_open(&o, &b) ? NULL : b;
}

static int put_blob(
    struct sk_blobs *b, enum sk_blob_kind kind, unsigned seed, struct sk_blob *out, int *pin)
{
	struct sk_blob_writer *w = NULL;
	char text[500 * 64];
	size_t n = 0;

	int rc = sk_blob_begin(b, kind, 0, &w);
	if (rc)
		return rc;
	for (unsigned i = 0; i < 500; i++)
		n += (size_t)snprintf(text + n, 64, "line %u of object %u\n", i, seed);
	rc = write_blob(w, text, n);
	if (rc == 0)
		return sk_blob_end(w, out, pin);
	sk_blob_drop(w);
	return rc;
}

/* One transaction: the transfer, its job and what is to be told. */
static int arrive(struct sk_db *db, void *arg)
{
	struct sk_transfer *t = arg;
	int rc = sk_transfer_insert(db, t);

	if (rc == 0)
		rc = sk_queue_put(db, KIND, t->id, sk_slice(NULL, 0), 0);
	return rc ? rc : sk_outbox_put(db, SK_CHANNEL_LEDGER, 1, sk_slice_str(t->id));
}

static int receive(struct sk_db *db, struct sk_blobs *b, unsigned seed, int ack)
{
	struct sk_transfer t;
	struct sk_blob output, original;
	int pins[2] = {-1, -1};

	sk_transfer_init(&t);
	t.owner = t.route = t.zone_from = t.zone_to = "x";
	int rc = put_blob(b, SK_BLOB_OUTPUT, seed, &output, &pins[0]);
	if (rc == 0)
		rc = put_blob(b, SK_BLOB_ORIGINAL, seed, &original, &pins[1]);
	t.output = sk_slice(output.sha256, 32);
	t.original = original.name;
	if (rc == 0)
		rc = sk_db_transact(db, SK_DB_WRITE, arrive, &t);
	if (rc == 0 && write(ack, t.id, sizeof(t.id)) != sizeof(t.id))
		rc = SK_EIO;
	sk_close(&pins[0]);
	sk_close(&pins[1]);
	return rc;
}

/* The end of a job and its record in one transaction. */
static int complete(struct sk_db *db, void *arg)
{
	const struct sk_job *job = arg;
	struct sk_history h = {.event = DONE};
	int rc = sk_job_finish(db, job);

	return rc ? rc : sk_history_add(db, job->name, &h);
}

static int work_off(struct sk_db *db, struct sk_queue *q)
{
	struct sk_arena *a = sk_arena_new(1 << 20);
	struct sk_job *jobs = NULL;
	size_t n = 0;

	int rc = sk_queue_claim(q, a, KIND, "w", LEASE_MS, 2, &jobs, &n);
	for (size_t i = 0; i < n && rc == 0; i++) {
		rc = sk_db_transact(db, SK_DB_QUEUE, complete, &jobs[i]);
		if (rc == SK_ECHANGED) /* the lease was over */
			rc = 0;
	}
	sk_arena_free(a);
	return rc;
}

static int worker(unsigned seed, int ack)
{
	struct sk_db *db = place_open(where);
	struct sk_blobs *b = open_blobs();
	struct sk_queue *q = NULL;
	bool turned = false;

	if (b == NULL || sk_queue_open(db, &q))
		return 1;
	for (unsigned i = 0;; i++) {
		int rc = receive(db, b, seed * 100000 + i, ack);
		if (rc == 0)
			rc = work_off(db, q);
		if (rc == 0 && i % 5 == 4)
			rc = sk_queue_rotate(q, 0, &turned);
		if (rc) {
			fprintf(stderr, "worker: %d %s %s\n", rc, sk_db_why(db), sk_blobs_why(b));
			return 1;
		}
	}
}

struct acked {
	char (*id)[SK_TRANSFER_ID];
	size_t n;
};

static void keep_ack(struct acked *a, const char *id)
{
	a->id = realloc(a->id, (a->n + 1) * sizeof(*a->id));
	assert_non_null(a->id);
	memcpy(a->id[a->n++], id, SK_TRANSFER_ID);
}

/* Some acknowledgements, then the end: of the workers, or, between them, of the server. */
static void round_of(unsigned seed, struct acked *acked)
{
	char id[SK_TRANSFER_ID];
	pid_t pids[WORKERS];
	int pipes[2], status;

	assert_int_equal(pipe(pipes), 0);
	fflush(NULL);
	for (unsigned w = 0; w < WORKERS; w++) {
		pids[w] = fork();
		if (pids[w] == 0)
			_exit(worker(seed * WORKERS + w, pipes[1]));
	}
	close(pipes[1]);
	unsigned enough = 1 + (seed * 1664525 + 1013904223) % 11;
	for (unsigned i = 0; i < enough; i++) {
		assert_int_equal(read(pipes[0], id, sizeof(id)), sizeof(id));
		keep_ack(acked, id);
		if (postgres && seed % 4 == 3 && i == 0) {
			place_stop_server(&place, SIGQUIT);
			place_start_server(&place);
		}
	}
	for (unsigned w = 0; w < WORKERS; w++) {
		kill(pids[w], SIGKILL);
		assert_int_equal(waitpid(pids[w], &status, 0), pids[w]);
		assert_true(WIFSIGNALED(status)); /* none had given up */
	}
	while (read(pipes[0], id, sizeof(id)) == sizeof(id))
		keep_ack(acked, id);
	close(pipes[0]);
}

static int proves(void *arg, const char *name)
{
	int rc = sk_blob_copy(arg, SK_BLOB_OUTPUT, name, -1);

	if (rc)
		fprintf(stderr, "%s\n", sk_blobs_why(arg));
	return rc;
}

static int64_t number(struct sk_db *db, const char *sql)
{
	struct sk_rows r;

	assert_int_equal(sk_db_query(db, sql, SK_NO_BINDS, &r), 0);
	int64_t n = sk_rows_int(&r, 0, 0);
	sk_rows_free(&r);
	return n;
}

static void check_acked(struct sk_db *db, struct sk_blobs *b, const struct acked *acked)
{
	struct sk_arena *a = sk_arena_new(64 << 20);
	char name[SK_BLOB_NAME];

	for (size_t i = 0; i < acked->n; i++) {
		struct sk_transfer t;
		assert_int_equal(sk_transfer_load(db, a, acked->id[i], &t), 0);
		sk_blob_name(t.output.p, name);
		assert_int_equal(sk_blob_copy(b, SK_BLOB_OUTPUT, name, -1), 0);
		assert_int_equal(sk_blob_copy(b, SK_BLOB_ORIGINAL, t.original, -1), 0);
	}
	sk_arena_free(a);
}

/* What is left is worked off; each job was finished once or, tried too often, is set aside. */
static void check_jobs(struct sk_db *db)
{
	struct sk_queue *q = NULL;
	struct sk_queue_counts c;

	assert_int_equal(sk_queue_open(db, &q), 0);
	do {
		assert_int_equal(work_off(db, q), 0);
		assert_int_equal(sk_queue_counts(q, &c), 0);
	} while (c.ready + c.running);
	int64_t transfers = number(db, "SELECT count(*) FROM transfer");
	assert_int_equal(
	    number(db, "SELECT count(*) FROM history WHERE event = 77") + c.dead, transfers);
	assert_int_equal(
	    number(db, "SELECT count(DISTINCT transfer) FROM history WHERE event = 77") + c.dead,
	    transfers);
	sk_queue_close(q);
}

/* Each transfer is told once, under numbers without gaps. */
static void check_outbox(struct sk_db *db)
{
	int64_t transfers = number(db, "SELECT count(*) FROM transfer"), told = 0;
	struct sk_outbox_rows rows;

	for (;;) {
		assert_int_equal(sk_outbox_read(db, SK_CHANNEL_LEDGER, 50, &rows), 0);
		size_t n = rows.n;
		for (size_t i = 0; i < n; i++)
			assert_int_equal(rows.row[i].number, ++told);
		sk_outbox_rows_free(&rows);
		if (n == 0)
			break;
		assert_int_equal(sk_outbox_done(db, SK_CHANNEL_LEDGER, told), 0);
	}
	assert_int_equal(told, transfers);
}

static int64_t files;

static int count_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	files += type == FTW_F;
	return 0;
}

static int64_t files_below(const char *path)
{
	files = 0;
	assert_int_equal(nftw(path, count_file, 16, FTW_PHYS), 0);
	return files;
}

static void check_sweep(struct sk_db *db, struct sk_blobs *b)
{
	struct sk_sweep s = {.wanted = sk_transfer_wants, .arg = db, .age_s = 1};

	sleep(2); /* a second older than the youngest */
	assert_int_equal(sk_blobs_sweep(b, &s), 0);
	assert_int_equal(s.young + s.held, 0);
	int64_t wanted = number(db, "SELECT count(DISTINCT output) FROM transfer") +
			 number(db, "SELECT count(DISTINCT original) FROM transfer");
	assert_int_equal(s.kept, wanted);
	/* no key but those of originals that are wanted, and nothing half written */
	assert_int_equal(
	    files_below(keys), number(db, "SELECT count(DISTINCT original) FROM transfer"));
	assert_int_equal(files_below(folder), wanted + 2); /* two locks */
}

static void test_killed(void **state)
{
	struct acked acked = {0};
	unsigned rounds = getenv("SEKISHO_TEST_LONG") && *getenv("SEKISHO_TEST_LONG") ? 200 : 12;

	for (unsigned i = 0; i < rounds; i++)
		round_of(i, &acked);
	struct sk_db *db = place_open(where);
	struct sk_blobs *b = open_blobs();
	assert_non_null(b);
	assert_int_equal(sk_db_check(db), 0);
	assert_true(acked.n >= rounds);
	check_acked(db, b, &acked);
	assert_int_equal(sk_blobs_walk(b, SK_BLOB_OUTPUT, proves, b), 0);
	check_jobs(db);
	check_outbox(db);
	check_sweep(db, b);
	check_acked(db, b, &acked);
	sk_blobs_close(b);
	sk_db_close(db);
	free(acked.id);
}

static int put_large(struct sk_db *db, void *arg)
{
	static uint8_t body[8000];

	for (size_t i = 0; i < sizeof(body); i++) /* PostgreSQL compresses what repeats itself */
		body[i] = (uint8_t)(i * i >> 3 ^ *(unsigned *)arg * 31 ^ i * 7 >> (i & 7));
	return sk_outbox_put(db, SK_CHANNEL_LEDGER, 1, sk_slice(body, sizeof(body)));
}

/* Until the disk is full; how many rows were acknowledged. */
static int fill_up(struct sk_db *db, unsigned most, int *rc)
{
	unsigned n = 0;

	while (n < most && (*rc = sk_db_transact(db, SK_DB_WRITE, put_large, &n)) == 0)
		n++;
	return (int)n;
}

static int fill_limited(int out)
{
	struct rlimit limit = {1000000, 1000000};
	int rc = 0;

	struct sk_db *db = place_open(where);
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit))
		return 1;
	int n = fill_up(db, 1000, &rc);
	if (rc != SK_ENOSPACE)
		fprintf(stderr, "after %d: %d %s\n", n, rc, sk_db_why(db));
	return rc == SK_ENOSPACE && write(out, &n, sizeof(n)) == sizeof(n) ? 0 : 2;
}

/* SQLite, in a process whose files may not grow: told as such, and what was acknowledged is there. */
static void test_full_sqlite(void **state)
{
	int pipes[2], n = 0, status = 1;

	assert_int_equal(pipe(pipes), 0);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(fill_limited(pipes[1]));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(read(pipes[0], &n, sizeof(n)), sizeof(n));
	close(pipes[0]);
	close(pipes[1]);
	assert_true(n > 10);
	struct sk_db *db = place_open(where);
	assert_int_equal(sk_db_check(db), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM outbox"), n);
	unsigned seed = 1;
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_large, &seed), 0);
	sk_db_close(db);
}

static int run_sql(struct sk_db *db, void *arg)
{
	return sk_db_exec(db, arg, SK_NO_BINDS, NULL);
}

/* PostgreSQL, with the table on a small file system of its own. */
static void fill_pgsql(const char *full)
{
	char sql[256];
	struct stat st;
	int rc = 0;

	snprintf(sql, sizeof(sql), "%s/pg", place.dir);
	assert_int_equal(stat(sql, &st), 0);
	assert_int_equal(chown(full, st.st_uid, st.st_gid), 0);
	snprintf(sql, sizeof(sql), "CREATE TABLESPACE small LOCATION '%s'", full);
	place_tell(&place, sql);
	struct sk_db *db = place_open(where);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, run_sql,
			     (char[]){"ALTER TABLE outbox SET TABLESPACE small"}),
	    0);
	int n = fill_up(db, 5000, &rc);
	assert_int_equal(rc, SK_ENOSPACE);
	assert_true(n > 10);
	assert_int_equal(number(db, "SELECT count(*) FROM outbox"), n);
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, run_sql,
			     (char[]){"ALTER TABLE outbox SET TABLESPACE pg_default"}),
	    0);
	unsigned seed = 1;
	assert_int_equal(sk_db_transact(db, SK_DB_WRITE, put_large, &seed), 0);
	sk_db_close(db);
}

static void test_full_pgsql(void **state)
{
	char full[128];

	place_path(&place, "full", full, sizeof(full));
	assert_int_equal(mkdir(full, 0700), 0);
	place_stop_server(
	    &place, SIGINT); /* it is to see what only this process and its children see */
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", full, "tmpfs", MS_NODEV | MS_NOSUID | MS_NOEXEC, "size=4m")) {
		print_message("no privilege to mount a small file system (%s)\n", strerror(errno));
		skip();
	}
	place_start_server(&place);
	fill_pgsql(full);
	place_stop_server(&place, SIGQUIT);
	assert_int_equal(umount2(full, MNT_DETACH), 0);
}

static const struct CMUnitTest sqlite[] = {T(test_killed), T(test_full_sqlite)};
static const struct CMUnitTest pgsql[] = {T(test_killed), T(test_full_pgsql)};

MAIN_ON_BOTH("crashes", IN_MEMORY, sqlite, pgsql)
