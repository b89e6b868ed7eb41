/* Backups that are made beside a writer, and what their restoring proves, on both back ends. */
#include "store/backup.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "store/test-write.h"
#include "store/test-both.h"
#include "store/transfer.h"

/* A store: database, blobs, keys. */
struct whole {
	char where[256], folder[128], keys[128];
	struct sk_db *db;
	struct sk_blobs *blobs;
};

static struct sk_master *master;
static char master_path[128];
static struct whole store;

static struct sk_blobs_options options_of(const struct whole *w)
{
	return (struct sk_blobs_options){
	    .folder = w->folder, .keys = w->keys, .master = master, .spare = 1};
}

static void name_places(struct whole *w, bool second)
{
	if (second)
		place_second_database(&place, postgres, w->where, sizeof(w->where));
	else
		place_database(&place, postgres, w->where, sizeof(w->where));
	place_path(&place, "blobs", w->folder, sizeof(w->folder));
	place_path(&place, "keys", w->keys, sizeof(w->keys));
}

static void open_whole(struct whole *w)
{
	struct sk_blobs_options o = options_of(w);

	w->db = place_open(w->where);
	assert_int_equal(sk_db_migrate(w->db, "store"), 0);
	assert_int_equal(sk_blobs_open(&o, &w->blobs), 0);
}

static void close_whole(struct whole *w)
{
	sk_db_close(w->db);
	sk_blobs_close(w->blobs);
	w->db = NULL;
	w->blobs = NULL;
}

static int setup(void **state)
{
	place_path(&place, "master", master_path, sizeof(master_path));
	assert_int_equal(sk_master_create(master_path), 0);
	assert_int_equal(sk_master_load(master_path, &master), 0);
	name_places(&store, false);
	open_whole(&store);
	return 0;
}

static int teardown(void **state)
{
	close_whole(&store);
	sk_master_free(master);
	return 0;
}

static struct sk_blob blob(struct whole *w, enum sk_blob_kind kind, const char *text, int *pin)
{
	struct sk_blob_writer *writer = NULL;
	struct sk_blob b;

	assert_int_equal(sk_blob_begin(w->blobs, kind, 0, &writer), 0);
	assert_int_equal(write_blob(writer, text, strlen(text)), 0);
	assert_int_equal(sk_blob_end(writer, &b, pin), 0);
	return b;
}

static int insert(struct sk_db *db, void *arg)
{
	return sk_transfer_insert(db, arg);
}

static struct sk_blob add(struct whole *w, unsigned i)
{
	struct sk_transfer t;
	char text[64];
	int pins[2];

	sk_transfer_init(&t);
	t.owner = t.route = t.zone_from = t.zone_to = "x";
	snprintf(text, sizeof(text), "content of number %u", i);
	struct sk_blob output = blob(w, SK_BLOB_OUTPUT, text, &pins[0]),
		       original = blob(w, SK_BLOB_ORIGINAL, text, &pins[1]);
	t.output = sk_slice(output.sha256, 32);
	t.original = original.name;
	t.original_hash = sk_slice(original.sha256, 32);
	assert_int_equal(sk_db_transact(w->db, SK_DB_WRITE, insert, &t), 0);
	close(pins[0]);
	close(pins[1]);
	return original;
}

struct writer {
	struct whole w;
	pthread_t thread;
	volatile bool stop;
	unsigned made;
};

static void *write_on(void *arg)
{
	struct writer *w = arg;

	open_whole(&w->w);
	while (!w->stop)
		add(&w->w, 1000 + w->made++);
	close_whole(&w->w);
	return NULL;
}

static int agrees(void *arg, struct sk_db *db)
{
	return *(int *)arg;
}

static char *latest_keys(const char *folder, int64_t at, char *path, size_t n)
{
	snprintf(path, n, "%s/keys-%lld", folder, (long long)at);
	return path;
}

/* Made while transfers go on arriving: whole, and what it refers to is in it. */
static void test_round(void **state)
{
	struct writer writer = {.w = store};
	struct sk_backup_report report;
	char to[128], keys[128], path[256];
	struct whole again;
	int verdict = 0;

	for (unsigned i = 0; i < 5; i++)
		add(&store, i);
	place_path(&place, "backup", to, sizeof(to));
	place_path(&place, "keysets", keys, sizeof(keys));
	assert_int_equal(mkdir(keys, 0700), 0);
	assert_int_equal(pthread_create(&writer.thread, NULL, write_on, &writer), 0);
	while (writer.made < 3)
		usleep(1000);
	int rc = sk_backup(store.db, store.blobs, to, NULL, &report);
	if (rc)
		fail_msg("%d: %s", rc, report.why);
	writer.stop = true;
	pthread_join(writer.thread, NULL);
	assert_true(report.transfers >= 7);
	assert_int_equal(report.missing, 0);
	assert_int_equal(report.blobs, 2 * report.transfers);
	assert_int_equal(
	    sk_backup(store.db, store.blobs, to, NULL, &(struct sk_backup_report){0}), SK_EEXIST);
	assert_int_equal(sk_backup_keys(store.blobs, keys, NULL, 1000, 500), 0);

	name_places(&again, true);
	struct sk_restore what = {.from = to,
	    .database = again.where,
	    .blobs = options_of(&again),
	    .keys = latest_keys(keys, 1000, path, sizeof(path)),
	    .ledger = agrees,
	    .arg = &verdict};
	struct sk_backup_report proved;
	rc = sk_restore(&what, &proved);
	if (rc)
		fail_msg("%d: %s", rc, proved.why);
	assert_int_equal(proved.transfers, report.transfers);
	assert_int_equal(proved.blobs, report.blobs);
	assert_int_equal(proved.bytes > 0, 1);
	assert_int_equal(proved.missing + proved.unreadable, 0);
	assert_true(proved.ms >= 0);
	/* Not over what is there, and the restored store works. */
	assert_int_equal(sk_restore(&what, &proved), SK_EEXIST);
	open_whole(&again);
	add(&again, 9999);
	close_whole(&again);
}

static void flip(const char *path, off_t at)
{
	uint8_t byte = 0;

	sk_autoclose int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
}

static void refused(const char *from, const char *word)
{
	struct sk_backup_report report;
	struct whole again;

	name_places(&again, true);
	struct sk_restore what = {
	    .from = from, .database = again.where, .blobs = options_of(&again)};
	assert_int_equal(sk_restore(&what, &report), SK_EFORMAT);
	if (!strstr(report.why, word))
		fail_msg("%s", report.why);
}

/* A byte of any file of the backup that is not what it was; a list that is cut. */
static void test_damaged(void **state)
{
	struct sk_backup_report report;
	struct sk_blob original;
	char to[128], path[300];

	for (unsigned i = 0; i < 3; i++)
		original = add(&store, i);
	place_path(&place, "backup", to, sizeof(to));
	assert_int_equal(sk_backup(store.db, store.blobs, to, NULL, &report), 0);
	snprintf(path, sizeof(path), "%s/original/%.2s/%s", to, original.name, original.name);
	flip(path, 40);
	refused(to, original.name);
	flip(path, 40);
	char away[300];
	snprintf(away, sizeof(away), "%s/away", to);
	assert_int_equal(rename(path, away), 0);
	refused(to, original.name);
	assert_int_equal(rename(away, path), 0);
	snprintf(path, sizeof(path), "%s/store.%s", to, postgres ? "dump" : "sqlite");
	flip(path, 3000);
	refused(to, postgres ? "store.dump" : "store.sqlite");
	flip(path, 3000);
	snprintf(path, sizeof(path), "%s/list", to);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size - 6), 0);
	refused(to, "list");
}

static unsigned entries_beginning(const char *prefix)
{
	unsigned n = 0;
	DIR *d = opendir(place.dir);

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		n += strncmp(e->d_name, prefix, strlen(prefix)) == 0;
	closedir(d);
	return n;
}

/* A store that is damaged is not backed up as if it were whole; half a backup does not stay; what is missing is counted. */
static void test_damaged_store(void **state)
{
	struct sk_backup_report report;
	char to[128], path[300], name[SK_BLOB_NAME];

	struct sk_blob original = add(&store, 1);
	sk_blob_name(original.sha256, name);
	snprintf(path, sizeof(path), "%s/output/%.2s/%s", store.folder, name, name);
	flip(path, 3);
	place_path(&place, "whole", to, sizeof(to));
	assert_int_equal(sk_backup(store.db, store.blobs, to, NULL, &report), SK_EFORMAT);
	assert_non_null(strstr(report.why, name));
	assert_int_equal(entries_beginning(strrchr(to, '/') + 1), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(sk_backup(store.db, store.blobs, to, NULL, &report), 0);
	assert_int_equal(report.missing, 1);
	assert_int_equal(entries_beginning(strrchr(to, '/') + 1), 1);
}

/* The ledger has a word, too. */
static void test_ledger(void **state)
{
	struct sk_backup_report report;
	struct whole again;
	char to[128];
	int verdict = SK_EFORMAT;

	add(&store, 1);
	place_path(&place, "backup", to, sizeof(to));
	assert_int_equal(sk_backup(store.db, store.blobs, to, NULL, &report), 0);
	name_places(&again, true);
	struct sk_restore what = {.from = to,
	    .database = again.where,
	    .blobs = options_of(&again),
	    .ledger = agrees,
	    .arg = &verdict};
	assert_int_equal(sk_restore(&what, &report), SK_EFORMAT);
	assert_non_null(strstr(report.why, "ledger"));
	assert_int_equal(report.unreadable, 1);
}

/*
 * An original that has expired since the backup was made: the backup still holds its row and its encrypted bytes, and
 * nobody can read them, because its key was erased and the copies of the keys are not kept as long.
 */
static void test_expired(void **state)
{
	struct sk_backup_report report;
	struct whole again;
	char to[128], keys[128], old[256], new[256];
	const int64_t day = 86400, keep = 30 * day;

	struct sk_blob expired = add(&store, 1), alive = add(&store, 2);
	place_path(&place, "backup", to, sizeof(to));
	place_path(&place, "keysets", keys, sizeof(keys));
	assert_int_equal(mkdir(keys, 0700), 0);
	assert_int_equal(sk_backup_keys(store.blobs, keys, NULL, 100 * day, 0), SK_EARG);
	assert_int_equal(sk_backup(store.db, store.blobs, to, NULL, &report), 0);
	assert_int_equal(sk_backup_keys(store.blobs, keys, NULL, 100 * day, keep), 0);
	assert_int_equal(access(latest_keys(keys, 100 * day, old, sizeof(old)), F_OK), 0);

	assert_int_equal(sk_blob_erase(store.blobs, expired.name), 0);
	assert_int_equal(sk_backup_keys(store.blobs, keys, NULL, 130 * day, keep), 0);
	assert_int_equal(access(old, F_OK), -1);

	name_places(&again, true);
	struct sk_restore what = {.from = to,
	    .database = again.where,
	    .blobs = options_of(&again),
	    .keys = latest_keys(keys, 130 * day, new, sizeof(new))};
	int rc = sk_restore(&what, &report);
	if (rc)
		fail_msg("%d: %s", rc, report.why);
	assert_int_equal(report.unreadable, 1);
	assert_int_equal(report.missing, 0);
	open_whole(&again);
	assert_int_equal(sk_transfer_refers(again.db, SK_BLOB_ORIGINAL, expired.name), 1);
	assert_int_equal(
	    sk_blob_copy(again.blobs, SK_BLOB_ORIGINAL, expired.name, -1), SK_ENOENTRY);
	assert_non_null(strstr(sk_blobs_why(again.blobs), "erased"));
	assert_int_equal(sk_blob_copy(again.blobs, SK_BLOB_ORIGINAL, alive.name, -1), 0);
	close_whole(&again);
}

static int write_word(void *arg, int fd)
{
	return arg ? sk_write_all(fd, arg, strlen(arg)) : SK_EIO;
}

static bool is_there(const char *folder, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return access(path, F_OK) == 0;
}

/* What lies beside the keys is kept as long as they are, and half of it has no name. */
static void test_beside_keys(void **state)
{
	struct sk_backup_more more = {"openings", write_word, (char[]){"opened"}};
	const int64_t day = 86400;
	char keys[128];

	place_path(&place, "keysets", keys, sizeof(keys));
	assert_int_equal(mkdir(keys, 0700), 0);
	assert_int_equal(sk_backup_keys(store.blobs, keys, &more, 100 * day, 30 * day), 0);
	assert_true(is_there(keys, "keys-8640000") && is_there(keys, "openings-8640000"));
	more.arg = NULL;
	assert_int_equal(sk_backup_keys(store.blobs, keys, &more, 129 * day, 30 * day), SK_EIO);
	assert_false(is_there(keys, "openings-11145600") || is_there(keys, "openings.part"));
	assert_true(is_there(keys, "openings-8640000"));
	more.arg = (char[]){"opened"};
	assert_int_equal(sk_backup_keys(store.blobs, keys, &more, 130 * day, 30 * day), 0);
	assert_false(is_there(keys, "keys-8640000") || is_there(keys, "openings-8640000"));
	assert_true(is_there(keys, "openings-11232000"));
}

static const struct CMUnitTest tests[] = {T(test_round), T(test_damaged), T(test_damaged_store),
    T(test_ledger), T(test_expired), T(test_beside_keys)};

MAIN_ON_BOTH("backups", IN_MEMORY, tests, tests)
