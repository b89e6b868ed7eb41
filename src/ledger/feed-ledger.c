/*
 * Makes and feeds ledgers for tests and the bench; not installed. The scribe does it for a post.
 *   feed-ledger create DIR KEY ORIGIN          an empty ledger; KEY is written if it is not there
 *   feed-ledger append DIR KEY FIRST N BATCH   entries of a transfer; says entries, seconds, checkpoints
 *   feed-ledger say DIR KEY ID FILE            one entry of the fields in a file, a line each
 *   feed-ledger erase DIR KEY INDEX            salts and values of an entry
 *   feed-ledger cosign DIR KEY STATE WKEY NAME a cosignature of a witness whose state lies in STATE
 *   feed-ledger prove DIR N                    N receipts all over the log; says the mean and the worst time
 *   feed-ledger find DIR KIND MEMBER           looks through all of it ("-": whatever kind, whoever); says how many there are, and the time
 *   feed-ledger sync DIR N                     what the disk can: N times 4 kB written and synced
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "ledger/files.h"
#include "ledger/ledger.h"
#include "ledger/search.h"
#include "ledger/witness.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int folder(const char *path)
{
	if (mkdir(path, 0700) && errno != EEXIST)
		return -1;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The key of a file, or a new one of that name, written there. */
static int key_of(
    const char *path, const char *name, enum sk_note_type type, struct sk_note_signer *k)
{
	struct sk_buf b = SK_BUF(1000);

	if (sk_file_read(AT_FDCWD, path, 900, &b) == 0) {
		int rc = sk_note_signer_parse(sk_buf_slice(&b), k);
		sk_buf_free(&b);
		return rc;
	}
	int rc = name ? sk_note_signer_new(k, name, type) : SK_EARG;
	if (rc == 0)
		rc = sk_note_signer_write(k, &b);
	sk_autoclose int fd = rc ? -1 : open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (rc == 0)
		rc = fd < 0 ? SK_EIO : sk_write_all(fd, b.p, b.len);
	sk_buf_free(&b);
	return rc;
}

static int create(int dir, char **arg)
{
	struct sk_note_signer k;

	int rc = key_of(arg[1], arg[2], SK_NOTE_ED25519, &k);
	return rc ? rc : sk_ledger_create(dir, &k, (uint64_t)time(NULL));
}

struct texts {
	char outbox[24], transfer[40], hash[72], person[40], time[24];
};

static void make(struct sk_leaf *e, struct texts *t, uint64_t id)
{
	snprintf(t->outbox, sizeof(t->outbox), "%llu", (unsigned long long)id);
	snprintf(t->transfer, sizeof(t->transfer), "%032llx", (unsigned long long)(id / 4));
	snprintf(t->hash, sizeof(t->hash), "%064llx", (unsigned long long)id * 0x9E3779B97F4A7C15U);
	snprintf(t->person, sizeof(t->person), "shokuin%03u@example.jp", (unsigned)(id % 700));
	snprintf(t->time, sizeof(t->time), "%llu", (unsigned long long)(1764000000000U + id));
	*e = (struct sk_leaf){{{NULL, 0}}};
	e->field[SK_ENTRY_KIND] = SK_SLICE_LIT("transfer");
	e->field[SK_ENTRY_EVENT] = SK_SLICE_LIT("cleaned");
	e->field[SK_ENTRY_FROM] = SK_SLICE_LIT("cleaning");
	e->field[SK_ENTRY_TO] = SK_SLICE_LIT("cleaned");
	e->field[SK_ENTRY_ZONE] = SK_SLICE_LIT("internet");
	e->field[SK_ENTRY_OUTBOX] = sk_slice_str(t->outbox);
	e->field[SK_ENTRY_TIME] = sk_slice_str(t->time);
	e->field[SK_ENTRY_TRANSFER] = sk_slice_str(t->transfer);
	e->field[SK_ENTRY_HASH_OUT] = sk_slice_str(t->hash);
	e->field[SK_ENTRY_REMOVED] = SK_SLICE_LIT("ooxml.macro=1,pdf.javascript=3");
	e->field[SK_ENTRY_PERSONAL_REQUESTER] = sk_slice_str(t->person);
}

static int append_all(struct sk_ledger *l, uint64_t first, uint64_t n, uint64_t batch)
{
	static struct sk_leaf e[SK_LEDGER_BATCH];
	static struct texts t[SK_LEDGER_BATCH];
	static uint64_t index[SK_LEDGER_BATCH];
	uint64_t done = 0, checkpoints = 0;
	int rc = 0;

	double start = now();
	for (; done < n && rc == 0; checkpoints++) {
		uint64_t now_n = n - done < batch ? n - done : batch;
		for (uint64_t i = 0; i < now_n; i++)
			make(&e[i], &t[i], first + done + i);
		rc = sk_ledger_append(l, e, now_n, (uint64_t)time(NULL), index);
		done += now_n;
	}
	printf("%llu %.6f %llu\n", (unsigned long long)done, now() - start,
	    (unsigned long long)checkpoints);
	return rc;
}

static int append(int dir, char **arg)
{
	static const struct sk_ledger_params alone;
	struct sk_note_signer k;
	struct sk_ledger *l = NULL;
	uint64_t batch = strtoull(arg[4], NULL, 10);

	int rc = key_of(arg[1], NULL, SK_NOTE_ED25519, &k);
	if (rc == 0)
		rc = batch == 0 || batch > SK_LEDGER_BATCH ? SK_EARG
							   : sk_ledger_open(dir, &k, &alone, &l);
	if (rc == 0)
		rc = append_all(l, strtoull(arg[2], NULL, 10), strtoull(arg[3], NULL, 10), batch);
	sk_ledger_free(l);
	return rc;
}

/* One entry of the fields in a file: lines of a name and a value; what is not said is as in the others. */
static int say_all(struct sk_ledger *l, struct sk_slice text, uint64_t id)
{
	struct sk_slice line;
	struct sk_leaf e;
	struct texts t = {.outbox = ""};
	uint64_t index;

	make(&e, &t, id);
	while (sk_line_take(&text, &line) == 0) {
		size_t at = sk_slice_find(line, 0, SK_SLICE_LIT(" "));
		enum sk_entry_field f = sk_entry_field_find(sk_slice_sub(line, 0, at));
		if (f == SK_ENTRY_FIELDS || at == SIZE_MAX)
			return SK_EFORMAT;
		e.field[f] = sk_slice_sub(line, at + 1, SIZE_MAX);
	}
	return sk_ledger_append(l, &e, 1, (uint64_t)time(NULL), &index);
}

static int say(int dir, char **arg)
{
	static const struct sk_ledger_params alone;
	struct sk_buf text = SK_BUF(1 << 20);
	struct sk_note_signer k;
	struct sk_ledger *l = NULL;

	int rc = key_of(arg[1], NULL, SK_NOTE_ED25519, &k);
	if (rc == 0)
		rc = sk_ledger_open(dir, &k, &alone, &l);
	if (rc == 0)
		rc = sk_file_read(AT_FDCWD, arg[3], 1 << 20, &text);
	if (rc == 0)
		rc = say_all(l, sk_buf_slice(&text), strtoull(arg[2], NULL, 10));
	sk_ledger_free(l);
	sk_buf_free(&text);
	return rc;
}

static int erase(int dir, char **arg)
{
	static const struct sk_ledger_params alone;
	struct sk_note_signer k;
	struct sk_ledger *l = NULL;

	int rc = key_of(arg[1], NULL, SK_NOTE_ED25519, &k);
	if (rc == 0)
		rc = sk_ledger_open(dir, &k, &alone, &l);
	if (rc == 0)
		rc = sk_ledger_erase(l, strtoull(arg[2], NULL, 10), SK_ENTRY_FIELDS);
	sk_ledger_free(l);
	return rc;
}

static int ask(void *user, size_t i, struct sk_buf *note)
{
	const struct sk_witness *w = user;
	int status = sk_witness_last(w, sk_slice_str(w->log->name), note);

	return status == 200 || status == 404 ? 0 : SK_EIO;
}

static int cosign_with(struct sk_ledger *l, struct sk_witness *w)
{
	struct sk_buf q = SK_BUF(SK_NOTE_BYTES), a = SK_BUF(SK_NOTE_BYTES);
	uint64_t at = (uint64_t)time(NULL);

	int status = 0, rc = sk_ledger_confirm(l, ask, w, at);
	if (rc == 0)
		rc = sk_ledger_request(l, 0, &q);
	if (rc == 0)
		status = sk_witness_add(w, sk_buf_slice(&q), at, &a);
	if (rc == 0)
		rc = sk_ledger_answer(l, 0, sk_buf_slice(&q), status, sk_buf_slice(&a), at);
	sk_buf_free(&q);
	sk_buf_free(&a);
	return rc;
}

static int cosign(int dir, char **arg)
{
	struct sk_note_signer k, wk;
	struct sk_ledger *l = NULL;
	sk_autoclose int state = folder(arg[2]);
	struct sk_witness w = {state, &wk, &k.pub, 1};
	struct sk_ledger_params p = {.witness = &wk.pub, .witnesses = 1, .tolerate = 60};

	int rc = key_of(arg[1], NULL, SK_NOTE_ED25519, &k);
	if (rc == 0)
		rc = key_of(arg[3], arg[4], SK_NOTE_COSIGNATURE, &wk);
	if (rc == 0)
		rc = sk_ledger_open(dir, &k, &p, &l);
	if (rc == 0)
		rc = cosign_with(l, &w);
	if (rc == 0) {
		struct sk_buf b = SK_BUF(1000);
		sk_note_key_write(&wk.pub, &b);
		fwrite(b.p, 1, b.len, stdout);
		sk_buf_free(&b);
	}
	sk_ledger_free(l);
	return rc;
}

static int prove(int dir, char **arg)
{
	uint64_t n = strtoull(arg[1], NULL, 10), x = 88172645463325252U;
	double worst = 0, start = now();
	int rc = 0;

	for (uint64_t i = 0; i < n && rc == 0; i++) {
		struct sk_ledger *l = NULL; /* as the command does: nothing is in memory yet */
		struct sk_buf b = SK_BUF(1 << 20);
		double t = now();
		rc = sk_ledger_read(dir, &l);
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		if (rc == 0)
			rc = sk_ledger_receipt(l, x % sk_ledger_size(l), false, &b);
		sk_ledger_free(l);
		sk_buf_free(&b);
		worst = now() - t > worst ? now() - t : worst;
	}
	printf("%.6f %.6f\n", (now() - start) / (double)n, worst);
	return rc;
}

static int count(void *user, uint64_t index, struct sk_slice text, const struct sk_leaf *e)
{
	++*(uint64_t *)user;
	return 0;
}

static struct sk_slice wanted(const char *arg)
{
	const struct sk_slice none = {0};

	return strcmp(arg, "-") == 0 ? none : sk_slice_str(arg);
}

static int find(int dir, char **arg)
{
	struct sk_ledger_wanted w = {.before = UINT64_MAX,
	    .until = UINT64_MAX,
	    .kind = wanted(arg[1]),
	    .member = wanted(arg[2]),
	    .look = UINT64_MAX,
	    .most = UINT64_MAX};
	struct sk_ledger *l = NULL;
	uint64_t n = 0, next;
	int rc = sk_ledger_read(dir, &l);
	double t = now();

	if (rc == 0)
		rc = sk_ledger_search(l, &w, count, &n, &next);
	if (rc == 0)
		printf("entries %llu\nseconds %.6f\n", (unsigned long long)n, now() - t);
	sk_ledger_free(l);
	return rc;
}

static int sync_disk(int dir, char **arg)
{
	static uint8_t page[4096] = {1};
	uint64_t n = strtoull(arg[1], NULL, 10);
	sk_autoclose int fd = openat(dir, "sync", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int rc = fd < 0 ? SK_EIO : 0;

	double start = now();
	for (uint64_t i = 0; i < n && rc == 0; i++)
		rc = sk_write_all(fd, page, sizeof(page)) || fsync(fd) ? SK_EIO : 0;
	printf("%.6f\n", (now() - start) / (double)n);
	unlinkat(dir, "sync", 0);
	return rc;
}

static const struct {
	const char *name;
	int args;
	int (*run)(int dir, char **arg);
} verbs[] = {{"create", 3, create}, {"append", 5, append}, {"say", 4, say}, {"erase", 3, erase},
    {"cosign", 5, cosign}, {"prove", 2, prove}, {"find", 3, find}, {"sync", 2, sync_disk}};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc > 2 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0 || argc != verbs[i].args + 2)
			continue;
		sk_autoclose int dir = folder(argv[2]);
		int rc = dir < 0 ? SK_EIO : verbs[i].run(dir, argv + 2);
		if (rc)
			fprintf(stderr, "feed-ledger: %s\n", sk_strerror(rc));
		return rc ? 1 : 0;
	}
	fprintf(stderr, "feed-ledger: see the head of its source\n");
	return 2;
}
