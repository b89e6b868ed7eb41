/* Tests of the ledger as files: appending, once each, reading back, erasing, damage, crashes at every step, witnesses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "ledger/copy.h"
#include "ledger/files.h"
#include "ledger/ledger.h"
#include "ledger/search.h"
#include "ledger/witness.h"

#define ORIGIN "city.example/lgwan"
#define NOW 1764000000

static char top[64];
static int dir;
static struct sk_note_signer key, cosigner[2];
static const struct sk_ledger_params alone;

/* --- what every test needs --- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int folder(const char *name)
{
	if (mkdirat(dir, name, 0700) && errno != EEXIST)
		return -1;
	return openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int setup(void **state)
{
	uint8_t seed[32] = {1};

	/* Killing loses nothing that was written: memory will do, and is not slow when others use the disk. */
	bool memory = access("/dev/shm", W_OK) == 0;
	snprintf(top, sizeof(top), "%s/sekisho-ledger-XXXXXX", memory ? "/dev/shm" : "/tmp");
	if (mkdtemp(top) == NULL || sk_note_signer_seed(&key, ORIGIN, SK_NOTE_ED25519, seed))
		return -1;
	for (uint8_t i = 0; i < 2; i++) {
		seed[0] = (uint8_t)(2 + i);
		if (sk_note_signer_seed(
			&cosigner[i], i ? "w.example/2" : "w.example/1", SK_NOTE_COSIGNATURE, seed))
			return -1;
	}
	dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0;
}

static int teardown(void **state)
{
	close(dir);
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

struct made { /* an entry and what it points at */
	struct sk_leaf e;
	char outbox[24], size[24], name[32];
};

static void make(struct made *m, uint64_t id)
{
	*m = (struct made){0};
	snprintf(m->outbox, sizeof(m->outbox), "%llu", (unsigned long long)id);
	snprintf(m->size, sizeof(m->size), "%llu", (unsigned long long)(id * 7));
	snprintf(m->name, sizeof(m->name), "file %llu.docx", (unsigned long long)id);
	m->e.field[SK_ENTRY_KIND] = SK_SLICE_LIT("transfer.received");
	m->e.field[SK_ENTRY_OUTBOX] = sk_slice_str(m->outbox);
	m->e.field[SK_ENTRY_TIME] = SK_SLICE_LIT("1764000000000");
	m->e.field[SK_ENTRY_SIZE_IN] = sk_slice_str(m->size);
	m->e.field[SK_ENTRY_PERSONAL_FILE] = sk_slice_str(m->name);
}

/* Append the ids from … to − 1 in one batch. */
static int append(struct sk_ledger *l, uint64_t from, uint64_t to, uint64_t *index)
{
	size_t n = to - from;
	struct made *m = calloc(n, sizeof(*m));
	struct sk_leaf *e = calloc(n, sizeof(*e));

	for (size_t i = 0; i < n; i++) {
		make(&m[i], from + i);
		e[i] = m[i].e;
	}
	int rc = sk_ledger_append(l, e, n, NOW, index);
	free(m);
	free(e);
	return rc;
}

static struct sk_ledger *open_it(int d, const struct sk_ledger_params *p)
{
	struct sk_ledger *l = NULL;

	assert_int_equal(sk_ledger_open(d, &key, p, &l), 0);
	return l;
}

static struct sk_ledger *fresh(void)
{
	assert_int_equal(sk_ledger_create(dir, &key, NOW), 0);
	return open_it(dir, &alone);
}

static uint64_t outbox_at(struct sk_ledger *l, uint64_t index)
{
	struct sk_buf b = SK_BUF(SK_ENTRY_BYTES);
	struct sk_leaf e;

	assert_int_equal(sk_ledger_entry(l, index, &b), 0);
	assert_int_equal(sk_entry_parse(sk_buf_slice(&b), &e), 0);
	uint64_t id = sk_entry_outbox(&e);
	sk_buf_free(&b);
	return id;
}

/* Whole, and each of its entries there once. */
static void assert_whole(int d, uint64_t size)
{
	struct sk_ledger *l = NULL;
	struct sk_walk w;
	uint8_t *seen = calloc(size + 2, 1);

	assert_int_equal(sk_ledger_read(d, &l), 0);
	assert_int_equal(sk_ledger_size(l), size);
	assert_int_equal(sk_ledger_walk(l, &w), 0);
	assert_int_equal(w.entries, size);
	for (uint64_t i = 0; i < size; i++) {
		uint64_t id = outbox_at(l, i);
		assert_true(id >= 1 && id <= size);
		assert_int_equal(seen[id], 0);
		seen[id] = 1;
	}
	free(seen);
	sk_ledger_free(l);
}

/* --- tests --- */

static void test_paths(void **state)
{
	char path[SK_PATH_BYTES];

	sk_tile_path(path, 0, 1234067, SK_TILE_WIDTH);
	assert_string_equal(path, "tile/0/x001/x234/067");
	sk_tile_path(path, 2, 0, 17);
	assert_string_equal(path, "tile/2/000.p/17");
	sk_bundle_path(path, 999, 1);
	assert_string_equal(path, "tile/entries/999.p/1");
	sk_bundle_path(path, 1000, SK_TILE_WIDTH);
	assert_string_equal(path, "tile/entries/x001/000");
}

/* The example of the text: 70,000 entries are 273 full tiles, 112 · 1 full, 17 · 1. */
static void test_seventy_thousand(void **state)
{
	struct sk_ledger *l = fresh();
	uint64_t *index = calloc(SK_LEDGER_BATCH, sizeof(*index));

	for (uint64_t i = 1; i <= 70000; i += 4000)
		assert_int_equal(append(l, i, i + 4000 < 70001 ? i + 4000 : 70001, index), 0);
	assert_int_equal(sk_ledger_size(l), 70000);
	sk_ledger_free(l);
	assert_int_equal(faccessat(dir, "tile/0/272", F_OK, 0), 0);
	assert_int_equal(faccessat(dir, "tile/0/273.p/112", F_OK, 0), 0);
	assert_int_equal(faccessat(dir, "tile/1/000", F_OK, 0), 0);
	assert_int_equal(faccessat(dir, "tile/1/001.p/17", F_OK, 0), 0);
	assert_int_equal(faccessat(dir, "tile/2/000.p/1", F_OK, 0), 0);
	assert_int_not_equal(faccessat(dir, "tile/0/100.p", F_OK, 0), 0);
	free(index);
	assert_whole(dir, 70000);
}

static void test_growing_one_by_one(void **state)
{
	struct sk_ledger *l = fresh();
	uint64_t index = 0;

	assert_whole(dir, 0);
	for (uint64_t i = 1; i <= 520; i++) {
		assert_int_equal(append(l, i, i + 1, &index), 0);
		assert_int_equal(index, i - 1);
		if (i % 100 == 0) { /* what is on the disk is enough to go on */
			sk_ledger_free(l);
			l = open_it(dir, &alone);
		}
	}
	sk_ledger_free(l);
	assert_whole(dir, 520);
}

static void test_once_each(void **state)
{
	struct sk_ledger *l = fresh();
	uint64_t index[300], again[300];
	struct made m;

	assert_int_equal(append(l, 1, 301, index), 0);
	assert_int_equal(append(l, 1, 301, again), 0);
	assert_memory_equal(index, again, sizeof(index));
	assert_int_equal(append(l, 299, 304, again), 0); /* two old ones, three new ones */
	assert_int_equal(again[0], 298);
	assert_int_equal(again[4], 302);
	make(&m, 5);
	m.e.field[SK_ENTRY_SIZE_IN] = SK_SLICE_LIT("36");
	assert_int_equal(sk_ledger_append(l, &m.e, 1, NOW, again), SK_EREFUSED);
	make(&m, 5);
	m.e.field[SK_ENTRY_PERSONAL_FILE] = SK_SLICE_LIT("another");
	assert_int_equal(sk_ledger_append(l, &m.e, 1, NOW, again), SK_EREFUSED);
	sk_ledger_free(l);
	unlinkat(dir, "outbox.index", 0); /* it is derived */
	l = open_it(dir, &alone);
	assert_int_equal(append(l, 1, 301, again), 0);
	assert_memory_equal(index, again, sizeof(index));
	sk_ledger_free(l);
	assert_whole(dir, 303);
}

static void test_twice_in_a_batch(void **state)
{
	struct sk_ledger *l = fresh();
	struct made m[3];
	struct sk_leaf e[3];
	uint64_t index[3];

	for (int i = 0; i < 3; i++) {
		make(&m[i], i == 1 ? 2 : 1);
		e[i] = m[i].e;
	}
	assert_int_equal(sk_ledger_append(l, e, 3, NOW, index), 0);
	assert_int_equal(index[0], 0);
	assert_int_equal(index[1], 1);
	assert_int_equal(index[2], 0);
	make(&m[0], 3);
	make(&m[1], 3);
	m[1].e.field[SK_ENTRY_SIZE_IN] = SK_SLICE_LIT("1");
	e[0] = m[0].e;
	e[1] = m[1].e;
	assert_int_equal(sk_ledger_append(l, e, 2, NOW, index), SK_EREFUSED);
	assert_int_equal(append(l, 3, 4, index), 0); /* a refused batch leaves nothing */
	sk_ledger_free(l);
	assert_whole(dir, 3);
}

/* An index of another ledger, or of a later state of this one, misleads nobody. */
static void test_a_foreign_index(void **state)
{
	struct sk_ledger *l = fresh();
	uint64_t index[50];
	uint8_t lie[8] = {17};

	assert_int_equal(append(l, 1, 41, index), 0);
	sk_ledger_free(l);
	int fd = openat(dir, "outbox.index", O_RDWR | O_CLOEXEC);
	assert_int_equal(pwrite(fd, lie, 8, 64 + 8 * 41), 8); /* a number that came later */
	close(fd);
	l = open_it(dir, &alone);
	assert_int_equal(append(l, 41, 42, index), 0);
	assert_int_equal(index[0], 40);
	sk_ledger_free(l);
	fd = openat(dir, "outbox.index", O_RDWR | O_CLOEXEC);
	assert_int_equal(pwrite(fd, lie, 1, 30), 1); /* its head is of another tree */
	close(fd);
	l = open_it(dir, &alone);
	assert_int_equal(append(l, 1, 42, index), 0);
	sk_ledger_free(l);
	assert_whole(dir, 41);
}

static void test_only_one_writes(void **state)
{
	struct sk_ledger *l = fresh(), *other = NULL;
	struct sk_note_signer wrong = key;

	assert_int_equal(sk_ledger_open(dir, &key, &alone, &other), SK_EREFUSED);
	assert_int_equal(sk_ledger_create(dir, &key, NOW), SK_EREFUSED);
	sk_ledger_free(l);
	wrong.pub.key[4] ^= 1;
	assert_int_equal(sk_ledger_open(dir, &wrong, &alone, &other), SK_EREFUSED);
}

/* A disk that takes no more: nothing is acknowledged, and when it takes more again the same batch is appended once. */
static void test_full_disk(void **state)
{
	struct sk_ledger *l = fresh();
	struct rlimit was, small = {3000, RLIM_INFINITY};
	uint64_t index[300];

	assert_int_equal(append(l, 1, 20, index), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	small.rlim_max = was.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	int rc = append(l, 20, 320, index);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(rc, SK_EIO);
	assert_int_equal(sk_ledger_size(l), 19);
	assert_int_equal(append(l, 20, 320, index), 0);
	assert_int_equal(index[0], 19);
	sk_ledger_free(l);
	assert_whole(dir, 319);
}

/* --- personal fields --- */

static enum sk_opening_state opening(struct sk_ledger *l, uint64_t index, struct sk_opening *o)
{
	struct sk_buf b = SK_BUF(SK_ENTRY_BYTES);
	struct sk_leaf e;

	assert_int_equal(sk_ledger_entry(l, index, &b), 0);
	assert_int_equal(sk_entry_parse(sk_buf_slice(&b), &e), 0);
	enum sk_opening_state s =
	    sk_ledger_opening(l, index, SK_ENTRY_PERSONAL_FILE, e.field[SK_ENTRY_PERSONAL_FILE], o);
	sk_buf_free(&b);
	return s;
}

static void test_erasing_keeps_every_proof(void **state)
{
	struct sk_ledger *l = fresh();
	uint64_t index[600];
	struct sk_opening o;
	struct sk_buf b = SK_BUF(1 << 20);

	assert_int_equal(append(l, 1, 601, index), 0);
	assert_int_equal(opening(l, 300, &o), SK_OPENING_LIVE);
	assert_true(sk_slice_is(sk_buf_slice(&o.value), "file 301.docx"));
	sk_buf_free(&o.value);
	assert_int_equal(sk_ledger_erase(l, 300, SK_ENTRY_FIELDS), 0);
	assert_int_equal(opening(l, 300, &o), SK_OPENING_ERASED);
	assert_int_equal(opening(l, 301, &o), SK_OPENING_LIVE);
	sk_buf_free(&o.value);
	assert_int_equal(sk_file_read(dir, "openings/001", 1 << 20, &b), 0);
	assert_int_equal(
	    sk_slice_find(sk_buf_slice(&b), 0, SK_SLICE_LIT("file 301.docx")), SIZE_MAX);
	assert_int_equal(append(l, 301, 302, index), 0); /* its number still gives its index */
	assert_int_equal(index[0], 300);
	sk_buf_free(&b);
	sk_ledger_free(l);
	assert_whole(dir, 600);
}

static void flip(const char *path, off_t at)
{
	uint8_t c;
	int fd = openat(dir, path, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	if (at < 0)
		at += lseek(fd, 0, SEEK_END);
	assert_int_equal(pread(fd, &c, 1, at), 1);
	c ^= 1;
	assert_int_equal(pwrite(fd, &c, 1, at), 1);
	close(fd);
}

static void test_walk_finds_damage(void **state)
{
	struct sk_ledger *l = fresh();
	uint64_t index[700];
	struct sk_opening o;
	struct sk_walk w;

	assert_int_equal(append(l, 1, 701, index), 0);
	sk_ledger_free(l);
	flip("tile/entries/001", -3);
	assert_int_equal(sk_ledger_read(dir, &l), 0);
	assert_int_equal(sk_ledger_walk(l, &w), SK_EFORMAT);
	assert_int_equal(w.index, 511);
	sk_ledger_free(l);
	flip("tile/entries/001", -3);
	flip("tile/0/000", 32 * 9);
	assert_int_equal(sk_ledger_read(dir, &l), 0);
	assert_int_equal(sk_ledger_walk(l, &w), SK_EFORMAT);
	assert_string_equal(w.path, "tile/0/000");
	sk_ledger_free(l);
	flip("tile/0/000", 32 * 9);
	flip("openings/000", -1);
	assert_int_equal(sk_ledger_read(dir, &l), 0);
	assert_int_equal(sk_ledger_walk(l, &w), 0);
	assert_int_equal(opening(l, 255, &o), SK_OPENING_WRONG);
	sk_ledger_free(l);
}

static void test_damage_at_the_edge_stops_the_writer(void **state)
{
	static const char *const files[] = {
	    "checkpoint", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44"};
	struct sk_ledger *l = fresh();
	uint64_t index[300];

	assert_int_equal(append(l, 1, 301, index), 0);
	sk_ledger_free(l);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		flip(files[i], 20);
		assert_int_not_equal(sk_ledger_open(dir, &key, &alone, &l), 0);
		flip(files[i], 20);
	}
	sk_ledger_free(open_it(dir, &alone));
}

/* --- crashes --- */

struct fuse {
	unsigned left;
};

static void burn(void *user, const char *what)
{
	struct fuse *f = user;

	if (f->left-- == 0)
		kill(getpid(), SIGKILL);
}

#define BATCHES 5
static const uint64_t batch_end[BATCHES + 1] = {1, 4, 250, 262, 770, 772};

/* In a child that is killed before its n-th step: append all batches, saying after each through the pipe that it is done. */
static void child(unsigned steps, int pipe)
{
	struct fuse f = {steps};
	struct sk_ledger_params p = {.step = burn, .user = &f};
	struct sk_ledger *l = NULL;
	uint64_t index[600];

	if (sk_ledger_open(dir, &key, &p, &l))
		_exit(2);
	for (unsigned i = 0; i < BATCHES; i++)
		if (append(l, batch_end[i], batch_end[i + 1], index) ||
		    write(pipe, &i, sizeof(i)) != sizeof(i))
			_exit(3);
	_exit(0);
}

/* How many batches were acknowledged before the child ended; *killed: it did not get through. */
static unsigned run_child(unsigned steps, bool *killed)
{
	int fds[2], status;
	unsigned done = 0, last;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid_t pid = fork();
	if (pid == 0)
		child(steps, fds[1]);
	close(fds[1]);
	while (read(fds[0], &last, sizeof(last)) == sizeof(last))
		done = last + 1;
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	*killed = WIFSIGNALED(status);
	assert_true(*killed || WEXITSTATUS(status) == 0);
	return done;
}

static void test_killed_at_every_step(void **state)
{
	bool killed = true;
	unsigned steps = 0;

	for (; killed; steps++) {
		uint64_t index[600];
		teardown(NULL);
		assert_int_equal(setup(NULL), 0);
		assert_int_equal(sk_ledger_create(dir, &key, NOW), 0);
		unsigned done = run_child(steps, &killed);
		struct sk_ledger *l = open_it(dir, &alone);
		assert_true(
		    sk_ledger_size(l) >= batch_end[done] - 1); /* nothing acknowledged is lost */
		for (unsigned i = 0; i < BATCHES; i++)         /* the gate sends all again */
			assert_int_equal(append(l, batch_end[i], batch_end[i + 1], index), 0);
		sk_ledger_free(l);
		assert_whole(dir, batch_end[BATCHES] - 1);
	}
	assert_true(steps > 100);
}

/* A second crash while making up for the first one. */
static void test_killed_twice(void **state)
{
	for (unsigned steps = 3; steps < 120; steps += 7) {
		bool killed;
		uint64_t index[600];
		teardown(NULL);
		assert_int_equal(setup(NULL), 0);
		assert_int_equal(sk_ledger_create(dir, &key, NOW), 0);
		run_child(steps, &killed);
		run_child(steps / 2, &killed);
		struct sk_ledger *l = open_it(dir, &alone);
		for (unsigned i = 0; i < BATCHES; i++)
			assert_int_equal(append(l, batch_end[i], batch_end[i + 1], index), 0);
		struct sk_opening o;
		assert_int_equal(opening(l, 500, &o), SK_OPENING_LIVE);
		sk_buf_free(&o.value);
		sk_ledger_free(l);
		assert_whole(dir, batch_end[BATCHES] - 1);
	}
}

struct trace {
	char step
	    [400]; /* first letters: write, sync, rename, sync-folder (F), openings, drop, index */
	size_t n;
};

static void note_step(void *user, const char *what)
{
	struct trace *t = user;

	assert_true(t->n < sizeof(t->step) - 1);
	t->step[t->n++] = strcmp(what, "sync-folder") == 0 ? 'F' : what[0];
}

/* What a crash of the machine may take away is what was not synced: the checkpoint comes when all else is. */
static void test_the_checkpoint_comes_last(void **state)
{
	struct trace t = {.n = 0};
	struct sk_ledger_params p = {.step = note_step, .user = &t};
	uint64_t index[400];

	assert_int_equal(sk_ledger_create(dir, &key, NOW), 0);
	struct sk_ledger *l = open_it(dir, &p);
	for (uint64_t i = 1; i < 401; i += 100) {
		t = (struct trace){.n = 0};
		assert_int_equal(append(l, i, i + 100, index), 0);
		char *last = strrchr(t.step, 'w'), *rename = strrchr(t.step, 'r');
		assert_true(last > t.step && last[-1] == 'F'); /* all before it is in its folders */
		assert_true(strncmp(last, "wsrF", 4) == 0 && rename == last + 2);
		assert_true(strchr(t.step, 'o') < last); /* openings, too */
		assert_null(strpbrk(last + 4, "wsrFo")); /* behind it nothing that matters */
		for (const char *s = strchr(t.step, 'w'); s && s < last; s = strchr(s + 1, 'w'))
			assert_true(strncmp(s, "wsr", 3) == 0);
	}
	sk_ledger_free(l);
}

/* --- witnesses --- */

struct pair { /* two witnesses of one log */
	struct sk_witness w[2];
	struct sk_note_key pub[2];
	bool gone[2];
};

static struct pair pair;

static struct sk_ledger_params with_witnesses(uint64_t tolerate)
{
	for (int i = 0; i < 2; i++) {
		pair.w[i] = (struct sk_witness){folder(i ? "w2" : "w1"), &cosigner[i], &key.pub, 1};
		pair.pub[i] = cosigner[i].pub;
		pair.gone[i] = false;
	}
	return (struct sk_ledger_params){.witness = pair.pub, .witnesses = 2, .tolerate = tolerate};
}

static void close_witnesses(void)
{
	close(pair.w[0].dir);
	close(pair.w[1].dir);
}

static int ask(void *user, size_t i, struct sk_buf *out)
{
	if (pair.gone[i])
		return SK_EIO;
	int status = sk_witness_last(&pair.w[i], SK_SLICE_LIT(ORIGIN), out);
	return status == 200 || status == 404 ? 0 : SK_EIO;
}

static int cosign(struct sk_ledger *l, size_t i)
{
	struct sk_buf q = SK_BUF(1 << 20), a = SK_BUF(1 << 20);

	int rc = sk_ledger_request(l, i, &q);
	int status = rc ? 0 : sk_witness_add(&pair.w[i], sk_buf_slice(&q), NOW + 5, &a);
	if (rc == 0)
		rc = sk_ledger_answer(l, i, sk_buf_slice(&q), status, sk_buf_slice(&a), NOW + 6);
	sk_buf_free(&q);
	sk_buf_free(&a);
	return rc;
}

static void test_witnesses_cosign(void **state)
{
	struct sk_ledger_params p = with_witnesses(60);
	uint64_t index[300];
	struct sk_note n;
	struct sk_buf b = SK_BUF(1 << 20);

	assert_int_equal(sk_ledger_create(dir, &key, NOW), 0);
	struct sk_ledger *l = open_it(dir, &p);
	assert_int_equal(append(l, 1, 2, index), SK_EREFUSED); /* nobody was asked yet */
	assert_int_equal(sk_ledger_confirm(l, ask, NULL, NOW), 0);
	assert_int_equal(append(l, 1, 301, index), 0);
	assert_int_equal(cosign(l, 0), 0);
	assert_int_equal(cosign(l, 1), 0);
	assert_int_equal(append(l, 301, 310, index), 0);
	assert_int_equal(cosign(l, 1), 0);
	assert_int_equal(cosign(l, 0), 0); /* from 300 to 309, both on one note */
	assert_int_equal(sk_file_read(dir, "witnessed", 1 << 20, &b), 0);
	assert_int_equal(sk_note_parse(sk_buf_slice(&b), &n), 0);
	assert_int_equal(n.n, 3);
	assert_int_equal(sk_note_verify(&n, &pair.pub[0], NULL), 1);
	assert_int_equal(sk_note_verify(&n, &pair.pub[1], NULL), 1);
	sk_buf_reset(&b);
	assert_int_equal(sk_ledger_receipt(l, 77, true, &b), 0);
	sk_buf_free(&b);
	sk_ledger_free(l);
	close_witnesses();
}

static int add(const char *head, struct sk_slice checkpoint, struct sk_buf *answer)
{
	struct sk_buf b = SK_BUF(1 << 20);

	sk_buf_reset(answer);
	sk_buf_puts(&b, head);
	sk_buf_put_slice(&b, checkpoint);
	int status = sk_witness_add(&pair.w[0], sk_buf_slice(&b), NOW, answer);
	sk_buf_free(&b);
	return status;
}

static void test_witness_statuses(void **state)
{
	struct sk_buf a = SK_BUF(1 << 20);
	struct sk_ledger_params p = with_witnesses(60);
	uint64_t index[30];
	struct sk_note_signer wrong;
	uint8_t seed[32] = {9};

	assert_int_equal(sk_ledger_create(dir, &key, NOW), 0);
	struct sk_ledger *l = open_it(dir, &p);
	assert_int_equal(sk_ledger_confirm(l, ask, NULL, NOW), 0);
	assert_int_equal(append(l, 1, 11, index), 0);
	struct sk_slice ten = sk_ledger_checkpoint(l);
	assert_int_equal(add("", ten, &a), 400);
	assert_int_equal(add("old 00\n\n", ten, &a), 400);
	assert_int_equal(add("old 11\n\n", ten, &a), 400);
	assert_int_equal(add("old 3\n\n", ten, &a), 409);
	assert_true(sk_slice_is(sk_buf_slice(&a), "0\n"));
	assert_int_equal(add("old 0\nAAAA\n\n", ten, &a), 400);
	assert_int_equal(
	    add("old 0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n", ten, &a), 422);
	assert_int_equal(add("old 0\n\n", ten, &a), 200);
	assert_int_equal(add("old 0\n\n", ten, &a), 409);
	assert_true(sk_slice_is(sk_buf_slice(&a), "10\n"));
	assert_int_equal(add("old 10\n\n", ten, &a), 200); /* the same again, newly timed */
	assert_int_equal(append(l, 11, 21, index), 0);
	assert_int_equal(add("old 10\n\n", sk_ledger_checkpoint(l), &a), 422);
	assert_int_equal(sk_note_signer_seed(&wrong, ORIGIN, SK_NOTE_ED25519, seed), 0);
	pair.w[0].log = &wrong.pub;
	assert_int_equal(add("old 10\n\n", sk_ledger_checkpoint(l), &a), 403);
	pair.w[0].log = &cosigner[0].pub;
	assert_int_equal(add("old 10\n\n", sk_ledger_checkpoint(l), &a), 404);
	sk_ledger_free(l);
	sk_buf_free(&a);
	close_witnesses();
}

/* A witness out of reach is tolerated for as long as the policy says, and not at all after a restore. */
static void test_silent_witnesses(void **state)
{
	struct sk_ledger_params p = with_witnesses(60);
	uint64_t index[3];

	assert_int_equal(sk_ledger_create(dir, &key, NOW), 0);
	struct sk_ledger *l = open_it(dir, &p);
	pair.gone[1] = true;
	assert_int_equal(sk_ledger_confirm(l, ask, NULL, NOW + 10), 0);
	assert_int_equal(sk_ledger_state(l, NOW + 59), SK_LEDGER_SIGNS);
	assert_int_equal(sk_ledger_state(l, NOW + 60), SK_LEDGER_ALONE);
	assert_int_equal(append(l, 1, 2, index), 0);
	sk_ledger_free(l);
	assert_int_equal(sk_ledger_mark_restored(dir), 0);
	l = open_it(dir, &p);
	assert_int_equal(sk_ledger_confirm(l, ask, NULL, NOW + 20), 0);
	assert_int_equal(sk_ledger_state(l, NOW + 21), SK_LEDGER_UNASKED);
	pair.gone[1] = false;
	assert_int_equal(sk_ledger_confirm(l, ask, NULL, NOW + 30), 0);
	assert_int_equal(sk_ledger_state(l, NOW + 1000), SK_LEDGER_SIGNS);
	pair.gone[0] = true;
	assert_int_equal(sk_ledger_confirm(l, ask, NULL, NOW + 89), 0);
	assert_int_equal(sk_ledger_state(l, NOW + 89), SK_LEDGER_SIGNS);
	assert_int_equal(sk_ledger_state(l, NOW + 91), SK_LEDGER_ALONE);
	sk_ledger_free(l);
	p.tolerate = 0;
	l = open_it(dir, &p);
	assert_int_equal(sk_ledger_confirm(l, ask, NULL, NOW + 30), 0);
	assert_int_equal(sk_ledger_state(l, NOW + 30), SK_LEDGER_ALONE);
	sk_ledger_free(l);
	close_witnesses();
}

static int copy_get(void *user, const char *path, struct sk_buf *out)
{
	return sk_file_read(*(int *)user, path, SK_FILE_BYTES, out);
}

/* Two copies of a ledger of 100 entries: one grows to 400 and is cosigned, the other is what a backup brought back. */
static void grow_apart(struct sk_ledger_params *p, int *full, int *old)
{
	uint64_t index[400];
	char command[300];

	*full = folder("full");
	assert_int_equal(sk_ledger_create(*full, &key, NOW), 0);
	struct sk_ledger *l = open_it(*full, p);
	assert_int_equal(sk_ledger_confirm(l, ask, NULL, NOW), 0);
	assert_int_equal(append(l, 1, 101, index), 0);
	snprintf(command, sizeof(command), "%s/full", top);
	pid_t pid = fork();
	if (pid == 0) {
		char to[200];
		snprintf(to, sizeof(to), "%s/old", top);
		execl("/bin/cp", "cp", "-a", command, to, (char *)NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	*old = folder("old");
	assert_int_equal(append(l, 101, 401, index), 0);
	assert_int_equal(cosign(l, 0), 0);
	assert_int_equal(cosign(l, 1), 0);
	sk_ledger_free(l);
}

static void test_restored_ledger_recovers(void **state)
{
	struct sk_ledger_params p = with_witnesses(60);
	int full, old;
	uint64_t index[400];

	grow_apart(&p, &full, &old);
	struct sk_ledger *l = open_it(old, &p);
	assert_int_equal(sk_ledger_confirm(l, ask, NULL, NOW), 0);
	assert_int_equal(sk_ledger_state(l, NOW), SK_LEDGER_BEHIND);
	assert_int_equal(append(l, 101, 102, index), SK_EREFUSED);
	/* that it is behind it knows already: nobody would ask once more */
	assert_int_equal(
	    sk_ledger_answer(l, 0, sk_slice("", 0), 409, SK_SLICE_LIT("400\n"), NOW), SK_EREFUSED);
	assert_int_equal(sk_ledger_state(l, NOW), SK_LEDGER_BEHIND);
	struct sk_buf note = SK_BUF(SK_NOTE_BYTES);
	assert_int_equal(sk_buf_put_slice(&note, sk_ledger_ahead(l)), 0);
	assert_int_equal(sk_ledger_recover(l, sk_buf_slice(&note), copy_get, &full), 0);
	assert_int_equal(append(l, 101, 102, index), SK_EREFUSED); /* asked again first */
	assert_int_equal(sk_ledger_confirm(l, ask, NULL, NOW), 0);
	assert_int_equal(append(l, 1, 401, index), 0); /* all of them are there already */
	assert_int_equal(index[399], 399);
	assert_int_equal(sk_ledger_size(l), 400);
	sk_ledger_free(l);
	assert_whole(old, 400);
	sk_buf_free(&note);
	close(full);
	close(old);
	close_witnesses();
}

static void test_recovery_believes_no_copy(void **state)
{
	struct sk_ledger_params p = with_witnesses(60);
	int full, old;

	grow_apart(&p, &full, &old);
	struct sk_ledger *l = open_it(old, &p);
	assert_int_equal(sk_ledger_confirm(l, ask, NULL, NOW), 0);
	struct sk_buf note = SK_BUF(SK_NOTE_BYTES);
	assert_int_equal(sk_buf_put_slice(&note, sk_ledger_ahead(l)), 0);
	flip("full/tile/entries/000", 20000);
	assert_int_not_equal(sk_ledger_recover(l, sk_buf_slice(&note), copy_get, &full), 0);
	assert_int_equal(sk_ledger_size(l), 100);
	sk_ledger_free(l);
	assert_whole(old, 100);
	sk_buf_free(&note);
	close(full);
	close(old);
	close_witnesses();
}

/* --- copies in one file --- */

static struct sk_ledger_archive archive_of(int folder, uint64_t want)
{
	struct sk_ledger_archive a = {.at = 0};
	uint64_t entries = 0;
	sk_autoclose int fd = sk_memfd("copy");

	assert_int_equal(sk_ledger_copy(folder, fd, &entries), 0);
	assert_int_equal(entries, want);
	assert_int_equal(sk_map(fd, &a.bytes), 0);
	return a;
}

static int archived_get(void *user, const char *path, struct sk_buf *out)
{
	struct sk_slice file;
	int rc = sk_ledger_archived(user, path, &file);

	return rc ? rc : sk_buf_put_slice(out, file);
}

static void test_a_ledger_from_one_file(void **state)
{
	struct sk_ledger_params p = with_witnesses(60);
	int full, old;

	grow_apart(&p, &full, &old);
	struct sk_ledger_archive a = archive_of(full, 400);
	struct sk_slice note;
	assert_int_equal(sk_ledger_archived(&a, "tile/entries/000", &note), 0);
	assert_int_equal(sk_ledger_archived(&a, "tile/entries/001.p/144", &note), 0);
	assert_int_equal(sk_ledger_archived(&a, "openings/0", &note), SK_ENOENTRY);
	assert_int_equal(sk_ledger_archived(&a, "checkpoint", &note), 0);
	struct sk_ledger *l = open_it(old, &alone);
	assert_int_equal(sk_ledger_recover(l, note, archived_get, &a), 0);
	sk_ledger_free(l);
	assert_whole(old, 400);
	sk_unmap(&a.bytes);
	close(full);
	close(old);
	close_witnesses();
}

/* What is cut off, or another byte, is no archive or no such file; nothing is read beyond it. */
static void test_archives_that_are_none(void **state)
{
	struct sk_ledger_params p = with_witnesses(60);
	int full, old;
	struct sk_slice file;

	grow_apart(&p, &full, &old);
	struct sk_ledger_archive a = archive_of(full, 400), cut = a;
	for (cut.bytes.n = 0; cut.bytes.n < 1024; cut.bytes.n++) {
		cut.at = 0;
		assert_int_equal(sk_ledger_archived(&cut, "key.pub", &file), SK_EFORMAT);
	}
	uint8_t *other = malloc(a.bytes.n);
	memcpy(other, a.bytes.p, a.bytes.n);
	for (size_t i = 0; i < 512;
	     i += i == 154 ? 2 : 1) { /* 155: behind the sum, means nothing */
		struct sk_ledger_archive bad = {.bytes = sk_slice(other, a.bytes.n)};
		other[i] ^= 0x11;
		assert_int_not_equal(sk_ledger_archived(&bad, "checkpoint", &file), 0);
		other[i] ^= 0x11;
	}
	free(other);
	sk_unmap(&a.bytes);
	close(full);
	close(old);
	close_witnesses();
}

static void test_a_fork_is_not_signed(void **state)
{
	struct sk_ledger_params p = with_witnesses(60);
	int full, old;
	uint64_t index[400];

	grow_apart(&p, &full, &old);
	struct sk_ledger *l = open_it(old, &alone); /* somebody lets it sign without asking */
	assert_int_equal(append(l, 501, 901, index), 0);
	sk_ledger_free(l);
	l = open_it(old, &p);
	assert_int_equal(sk_ledger_confirm(l, ask, NULL, NOW), 0);
	assert_int_equal(sk_ledger_state(l, NOW), SK_LEDGER_FORKED);
	assert_int_equal(append(l, 901, 902, index), SK_EREFUSED);
	assert_int_equal(cosign(l, 0), SK_EREFUSED); /* nor is it cosigned */
	sk_ledger_free(l);
	close(full);
	close(old);
	close_witnesses();
}

static void test_successor(void **state)
{
	struct sk_opener two[2] = {{"administrator", SK_SLICE_LIT("a@example.jp")},
	    {"head", SK_SLICE_LIT("b@example.jp")}};
	struct sk_opener bad[2] = {two[0], {"head", SK_SLICE_LIT("a@example.jp")}};
	struct sk_note_signer next;
	struct sk_ledger *l = fresh();
	uint8_t seed[32] = {8};
	uint64_t index[50];
	struct sk_buf b = SK_BUF(SK_ENTRY_BYTES);
	struct sk_leaf e;
	int d = folder("next");

	assert_int_equal(append(l, 1, 51, index), 0);
	struct sk_slice note = sk_ledger_checkpoint(l);
	assert_int_equal(sk_note_signer_seed(&next, ORIGIN "/2", SK_NOTE_ED25519, seed), 0);
	assert_int_equal(sk_ledger_succeed(d, &next, note, &key.pub, bad, NOW), SK_EREFUSED);
	assert_int_equal(sk_ledger_succeed(d, &key, note, &key.pub, two, NOW), SK_EREFUSED);
	assert_int_equal(sk_ledger_succeed(d, &next, note, &next.pub, two, NOW), SK_EREFUSED);
	assert_int_equal(sk_ledger_succeed(d, &next, note, &key.pub, two, NOW), 0);
	assert_int_equal(sk_ledger_succeed(d, &next, note, &key.pub, two, NOW), SK_EREFUSED);
	sk_ledger_free(l);
	assert_int_equal(sk_ledger_open(d, &next, &alone, &l), 0);
	assert_int_equal(sk_ledger_entry(l, 0, &b), 0);
	assert_int_equal(sk_entry_parse(sk_buf_slice(&b), &e), 0);
	assert_true(sk_slice_is(e.field[SK_ENTRY_PREVIOUS_ORIGIN], ORIGIN));
	assert_true(sk_slice_is(e.field[SK_ENTRY_PREVIOUS_SIZE], "50"));
	assert_int_equal(append(l, 1, 51, index), 0);
	assert_int_equal(index[0], 1);
	sk_ledger_free(l);
	sk_buf_free(&b);
	close(d);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* --- what is behind commitments, apart --- */

static struct sk_slice copy_openings(int folder, uint64_t want)
{
	sk_autoclose int fd = sk_memfd("openings");
	struct sk_slice bytes;
	uint64_t live = 0;

	assert_int_equal(sk_ledger_copy_openings(folder, fd, &live), 0);
	assert_int_equal(live, want);
	assert_int_equal(sk_map(fd, &bytes), 0);
	return bytes;
}

static bool keep_most(void *user, const struct sk_leaf *e)
{
	return sk_entry_outbox(e) != *(const uint64_t *)user;
}

/* A ledger of 300 entries that was lost, from its copy, which has no openings. */
static struct sk_ledger *recovered(const char *name, int full)
{
	struct sk_ledger_archive a = archive_of(full, 300);
	struct sk_slice note;
	int to = folder(name);

	assert_int_equal(sk_ledger_create(to, &key, NOW), 0);
	struct sk_ledger *l = open_it(to, &alone);
	assert_int_equal(sk_ledger_archived(&a, "checkpoint", &note), 0);
	assert_int_equal(sk_ledger_recover(l, note, archived_get, &a), 0);
	sk_unmap(&a.bytes);
	return l;
}

static enum sk_opening_state state_at(struct sk_ledger *l, uint64_t index, const char *value)
{
	struct sk_opening o = {.value = SK_BUF(1)};
	enum sk_opening_state s = opening(l, index, &o);

	if (s == SK_OPENING_LIVE)
		assert_true(sk_slice_is(sk_buf_slice(&o.value), value));
	sk_buf_free(&o.value);
	return s;
}

/*
 * What was not erased comes back; what was before the copy, what has been since (here, or as the store knows), and what is not what was
 * logged, does not.
 */
static void test_openings_come_back(void **state)
{
	uint64_t index[300], forgotten = 8;
	struct sk_openings_back back;
	struct sk_ledger *l = fresh();

	assert_int_equal(append(l, 1, 301, index), 0);
	assert_int_equal(sk_ledger_erase(l, 2, SK_ENTRY_FIELDS), 0);
	struct sk_ledger_archive a = {.bytes = copy_openings(dir, 299)};
	assert_true(sk_slice_find(a.bytes, 0, SK_SLICE_LIT("file 2.docx")) != SIZE_MAX);
	assert_true(sk_slice_find(a.bytes, 0, SK_SLICE_LIT("file 3.docx")) == SIZE_MAX);

	struct sk_ledger *again = recovered("again", dir);
	assert_int_equal(state_at(again, 5, ""), SK_OPENING_NONE);
	assert_int_equal(sk_ledger_restore_openings(again, &a, keep_most, &forgotten, &back), 0);
	assert_int_equal(back.live, 298);
	assert_int_equal(back.erased, 2);
	assert_int_equal(state_at(again, 5, "file 6.docx"), SK_OPENING_LIVE);
	assert_int_equal(state_at(again, 299, "file 300.docx"), SK_OPENING_LIVE);
	assert_int_equal(state_at(again, 2, ""), SK_OPENING_ERASED);
	assert_int_equal(state_at(again, 7, ""), SK_OPENING_ERASED);
	/* what is erased there now stays so, whatever a copy has */
	assert_int_equal(sk_ledger_erase(again, 9, SK_ENTRY_FIELDS), 0);
	forgotten = 0;
	assert_int_equal(sk_ledger_restore_openings(again, &a, keep_most, &forgotten, &back), 0);
	assert_int_equal(back.live + back.erased, 0);
	assert_int_equal(state_at(again, 9, ""), SK_OPENING_ERASED);
	assert_int_equal(state_at(again, 7, ""), SK_OPENING_ERASED);
	sk_ledger_free(again);

	/* another's value is none */
	uint8_t *bad = malloc(a.bytes.n);
	memcpy(bad, a.bytes.p, a.bytes.n);
	bad[sk_slice_find(a.bytes, 0, SK_SLICE_LIT("file 6.docx"))] ^= 1;
	struct sk_ledger_archive b = {.bytes = sk_slice(bad, a.bytes.n)};
	again = recovered("third", dir);
	assert_int_equal(sk_ledger_restore_openings(again, &b, keep_most, &forgotten, &back), 0);
	assert_int_equal(back.erased, 2);
	assert_int_equal(state_at(again, 5, ""), SK_OPENING_ERASED);
	assert_int_equal(state_at(again, 6, "file 7.docx"), SK_OPENING_LIVE);
	/* cut off, it is none, and nothing of the bundle is changed by it */
	b.bytes.n = 700;
	b.at = 0;
	assert_int_equal(
	    sk_ledger_restore_openings(again, &b, keep_most, &forgotten, &back), SK_EFORMAT);
	assert_int_equal(state_at(again, 6, "file 7.docx"), SK_OPENING_LIVE);
	sk_ledger_free(again);
	free(bad);
	sk_unmap(&a.bytes);
	sk_ledger_free(l);
	assert_whole(dir, 300);
}

/* Of a bundle whose entries are all erased a copy has nothing. */
static void test_nothing_to_copy(void **state)
{
	uint64_t index[260];
	struct sk_ledger *l = fresh();

	assert_int_equal(append(l, 1, 261, index), 0);
	for (uint64_t i = 0; i < 256; i++)
		assert_int_equal(sk_ledger_erase(l, i, SK_ENTRY_FIELDS), 0);
	struct sk_ledger_archive a = {.bytes = copy_openings(dir, 4)};
	struct sk_slice file;
	assert_int_equal(sk_ledger_archived(&a, "openings/000", &file), SK_ENOENTRY);
	assert_int_equal(sk_ledger_archived(&a, "openings/001", &file), 0);
	sk_unmap(&a.bytes);
	sk_ledger_free(l);
}

/* --- searches --- */

struct seen {
	uint64_t index[8];
	size_t n;
};

static int see(void *user, uint64_t index, struct sk_slice text, const struct sk_leaf *e)
{
	struct seen *s = user;

	assert_true(s->n < 8);
	assert_non_null(e->field[SK_ENTRY_KIND].p);
	s->index[s->n++] = index;
	return 0;
}

static const struct sk_ledger_wanted anything = {
    .before = UINT64_MAX, .until = UINT64_MAX, .look = UINT64_MAX, .most = 8};

static void find(struct sk_ledger *l, struct sk_ledger_wanted w, struct seen *s, uint64_t next)
{
	uint64_t got;

	*s = (struct seen){.n = 0};
	assert_int_equal(sk_ledger_search(l, &w, see, s, &got), 0);
	assert_int_equal(got, next);
}

/* One entry with this kind, of this transfer and time, about somebody. */
static void append_one(struct sk_ledger *l, uint64_t id, const char *kind, const char *transfer,
    const char *time, const char *member)
{
	struct made m;
	uint64_t index;

	make(&m, id);
	m.e.field[SK_ENTRY_KIND] = sk_slice_str(kind);
	m.e.field[SK_ENTRY_TRANSFER] = sk_slice_str(transfer);
	m.e.field[SK_ENTRY_TIME] = sk_slice_str(time);
	m.e.field[SK_ENTRY_PERSONAL_ACTOR] = sk_slice_str(member);
	assert_int_equal(sk_ledger_append(l, &m.e, 1, NOW, &index), 0);
}

static void test_search(void **state)
{
	static const char one[] = "00000000000000000000000000000001";
	static uint64_t index[600];
	struct sk_ledger *l = fresh();
	struct sk_ledger_wanted w = anything;
	struct seen s;

	assert_int_equal(append(l, 1, 601, index), 0);
	append_one(l, 601, "transfer.hold", one, "1764000000001", "ichi");
	append_one(l, 602, "login", one, "1764000000002", "ni");
	append_one(l, 603, "transfers", one, "1764000000003", "file 7.docx");
	/* a page, and the one behind it */
	w.most = 2;
	find(l, w, &s, 601);
	assert_true(s.n == 2 && s.index[0] == 602 && s.index[1] == 601);
	w.before = 601;
	find(l, w, &s, 599);
	assert_true(s.n == 2 && s.index[0] == 600 && s.index[1] == 599);
	/* by what stands there */
	w = anything;
	w.transfer = sk_slice_str(one);
	find(l, w, &s, 0);
	assert_int_equal(s.n, 3);
	w.kind = SK_SLICE_LIT("transfer");
	find(l, w, &s, 0);
	assert_true(s.n == 1 && s.index[0] == 600); /* "transfers" is another kind */
	w = anything;
	w.since = 1764000000002;
	w.until = 1764000000002;
	find(l, w, &s, 0);
	assert_true(s.n == 1 && s.index[0] == 601);
	w = anything;
	w.first = 600;
	w.before = 601;
	find(l, w, &s, 600);
	assert_true(s.n == 1 && s.index[0] == 600);
	/* a page that only looks */
	w = anything;
	w.kind = SK_SLICE_LIT("nothing");
	w.look = 300;
	find(l, w, &s, 303);
	assert_int_equal(s.n, 0);
	/* by who stands behind a commitment; a name of a file is nobody, and who was erased is not found any more */
	w = anything;
	w.member = SK_SLICE_LIT("ichi");
	find(l, w, &s, 0);
	assert_true(s.n == 1 && s.index[0] == 600);
	assert_int_equal(sk_ledger_erase(l, 600, SK_ENTRY_FIELDS), 0);
	find(l, w, &s, 0);
	assert_int_equal(s.n, 0);
	w.member = SK_SLICE_LIT("file 7.docx");
	find(l, w, &s, 0);
	assert_true(s.n == 1 && s.index[0] == 602);
	sk_ledger_free(l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_paths),
	    T(test_seventy_thousand),
	    T(test_growing_one_by_one),
	    T(test_once_each),
	    T(test_twice_in_a_batch),
	    T(test_a_foreign_index),
	    T(test_only_one_writes),
	    T(test_full_disk),
	    T(test_erasing_keeps_every_proof),
	    T(test_walk_finds_damage),
	    T(test_damage_at_the_edge_stops_the_writer),
	    T(test_killed_at_every_step),
	    T(test_killed_twice),
	    T(test_the_checkpoint_comes_last),
	    T(test_witnesses_cosign),
	    T(test_witness_statuses),
	    T(test_silent_witnesses),
	    T(test_restored_ledger_recovers),
	    T(test_recovery_believes_no_copy),
	    T(test_openings_come_back),
	    T(test_nothing_to_copy),
	    T(test_a_ledger_from_one_file),
	    T(test_archives_that_are_none),
	    T(test_a_fork_is_not_signed),
	    T(test_successor),
	    T(test_search),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
