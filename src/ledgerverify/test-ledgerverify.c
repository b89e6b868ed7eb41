/*
 * Tests of the independent verifier: it accepts what the ledger writes, of every size, and names each thing that an attacker
 * with the disk, with a key of his own, or with the key of the log can do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "ledger/files.h"
#include "ledger/ledger.h"
#include "ledger/witness.h"
#include "ledgerverify/lv.h"

#define ORIGIN "city.example/lgwan"
#define NOW 1764000000
#define ENTRIES 700 /* two full bundles and one of 188 */

static char top[64];
static int dir; /* the ledger */
static struct sk_note_signer key, thief, cosigner[2];
static struct sk_lv_trust trust;
static struct sk_lv_report report;

/* --- what every test needs --- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static void believe(struct sk_lv_key *k, const struct sk_note_signer *s)
{
	struct sk_buf b = SK_BUF(1000);

	sk_note_key_write(&s->pub, &b);
	assert_int_equal(sk_lv_key_read(sk_slice_sub(sk_buf_slice(&b), 0, b.len - 1), k), 0);
	sk_buf_free(&b);
}

static int folder(const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	assert_true(mkdir(path, 0700) == 0 || errno == EEXIST);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int setup(void **state)
{
	uint8_t seed[32] = {1};

	snprintf(top, sizeof(top), "%s/sekisho-verify-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(top) == NULL || sk_note_signer_seed(&key, ORIGIN, SK_NOTE_ED25519, seed))
		return -1;
	seed[0] = 2;
	sk_note_signer_seed(&thief, ORIGIN, SK_NOTE_ED25519, seed);
	for (uint8_t i = 0; i < 2; i++) {
		seed[0] = (uint8_t)(3 + i);
		sk_note_signer_seed(
		    &cosigner[i], i ? "w.example/2" : "w.example/1", SK_NOTE_COSIGNATURE, seed);
	}
	trust = (struct sk_lv_trust){.now = NOW + 100, .logs = 1};
	believe(&trust.log[0], &key);
	believe(&trust.witness[0], &cosigner[0]);
	believe(&trust.witness[1], &cosigner[1]);
	dir = folder("l");
	return dir < 0;
}

static int teardown(void **state)
{
	close(dir);
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Append entries with the outbox numbers from … to − 1; `mark` makes another history of them. */
static void grow(struct sk_ledger *l, uint64_t from, uint64_t to, const char *mark, uint64_t *index)
{
	static char text[4096][24];
	static struct sk_leaf e[4096];

	for (uint64_t id = from; id < to; id++) {
		struct sk_leaf *v = &e[id - from];
		snprintf(text[id - from], sizeof(text[0]), "%llu", (unsigned long long)id);
		*v = (struct sk_leaf){{{NULL, 0}}};
		v->field[SK_ENTRY_KIND] = SK_SLICE_LIT("transfer.received");
		v->field[SK_ENTRY_OUTBOX] = sk_slice_str(text[id - from]);
		v->field[SK_ENTRY_TIME] = SK_SLICE_LIT("1764000000000");
		v->field[SK_ENTRY_ZONE] = sk_slice_str(mark);
		if (id % 50 == 0)
			v->field[SK_ENTRY_PERSONAL_FILE] = SK_SLICE_LIT("a letter.docx");
	}
	assert_int_equal(sk_ledger_append(l, e, to - from, NOW, index), 0);
}

static const struct sk_ledger_params alone;

static struct sk_ledger *open_at(int d, const struct sk_note_signer *k)
{
	struct sk_ledger *l = NULL;

	assert_int_equal(sk_ledger_open(d, k, &alone, &l), 0);
	return l;
}

static void make(int d, const struct sk_note_signer *k, uint64_t n, const char *mark)
{
	static uint64_t index[4096];

	assert_int_equal(sk_ledger_create(d, k, NOW), 0);
	struct sk_ledger *l = open_at(d, k);
	for (uint64_t i = 1; i <= n; i += 4096)
		grow(l, i, i + 4096 <= n ? i + 4096 : n + 1, mark, index);
	sk_ledger_free(l);
}

static int get(void *user, const char *path, size_t max, struct sk_buf *out)
{
	return sk_file_read(*(int *)user, path, max, out);
}

static void verify(void)
{
	assert_int_equal(sk_lv_folder(get, &dir, &trust, NULL, 0, &report), 0);
}

static void show(void)
{
	for (size_t i = 0; i < report.n; i++)
		print_message("    %s %s %llu-%llu\n", sk_lv_code_word(report.v[i].code),
		    report.v[i].where, (unsigned long long)report.v[i].index,
		    (unsigned long long)report.v[i].second);
}

static void assert_good(void)
{
	verify();
	if (report.n)
		show();
	assert_int_equal(report.n, 0);
}

/* One finding, and it is this. */
static void assert_only(enum sk_lv_code code, const char *where, uint64_t index)
{
	if (report.n != 1 || report.v[0].code != code)
		show();
	assert_int_equal(report.n, 1);
	assert_string_equal(sk_lv_code_word(report.v[0].code), sk_lv_code_word(code));
	assert_string_equal(report.v[0].where, where);
	assert_int_equal(report.v[0].index, index);
}

static void change(const char *path, size_t cut_at, size_t cut, struct sk_slice put)
{
	struct sk_buf b = SK_BUF(SK_FILE_BYTES), out = SK_BUF(SK_FILE_BYTES);
	struct sk_files f = {.dir = dir};

	assert_int_equal(sk_file_read(dir, path, SK_FILE_BYTES, &b), 0);
	struct sk_slice in = sk_buf_slice(&b);
	sk_buf_put_slice(&out, sk_slice_sub(in, 0, cut_at));
	sk_buf_put_slice(&out, put);
	sk_buf_put_slice(&out, sk_slice_sub(in, cut_at + cut, SIZE_MAX));
	assert_int_equal(sk_files_put(&f, path, sk_buf_slice(&out)), 0);
	sk_buf_free(&b);
	sk_buf_free(&out);
}

static void flip(const char *path, size_t at)
{
	struct sk_buf b = SK_BUF(SK_FILE_BYTES);

	assert_int_equal(sk_file_read(dir, path, SK_FILE_BYTES, &b), 0);
	uint8_t c = b.p[at] ^ 1;
	change(path, at, 1, sk_slice(&c, 1));
	sk_buf_free(&b);
}

/* Where an entry lies in its bundle's file, with its length. */
static size_t entry_at(const char *path, unsigned slot, size_t *n)
{
	struct sk_buf b = SK_BUF(SK_FILE_BYTES);

	assert_int_equal(sk_file_read(dir, path, SK_FILE_BYTES, &b), 0);
	struct sk_reader r = sk_reader(sk_buf_slice(&b));
	for (unsigned i = 0; i < slot; i++)
		sk_read_skip(&r, sk_read_u16be(&r));
	size_t at = r.pos;
	*n = sk_read_u16be(&r) + 2U;
	sk_buf_free(&b);
	return at;
}

/* --- what is good --- */

static void test_every_size(void **state)
{
	assert_int_equal(sk_ledger_create(dir, &key, NOW), 0);
	struct sk_ledger *l = open_at(dir, &key);
	assert_good();
	for (uint64_t i = 1; i <= 1000; i++) {
		uint64_t index;
		grow(l, i, i + 1, "lgwan", &index);
		if (i < 20 || i % 13 == 0 || i % 256 < 3 || i % 256 > 253)
			assert_good();
	}
	assert_int_equal(report.size, 1000 - 1000 % 13);
	sk_ledger_free(l);
}

static void test_around_65536(void **state)
{
	uint64_t index[3];

	make(dir, &key, 65535, "lgwan");
	struct sk_ledger *l = open_at(dir, &key);
	for (uint64_t i = 65536; i <= 65538; i++) {
		assert_good();
		assert_int_equal(report.read, i - 1);
		grow(l, i, i + 1, "lgwan", index);
	}
	sk_ledger_free(l);
	assert_good();
	flip("tile/1/000", 32 * 77 + 3);
	verify();
	assert_only(SK_LV_TILE_CHANGED, "tile/1/000", 77 * 256);
	flip("tile/1/000", 32 * 77 + 3);
	flip("tile/2/000.p/1", 9);
	verify();
	assert_only(SK_LV_TILE_CHANGED, "tile/2/000.p/1", 0);
}

static void test_a_successor(void **state)
{
	struct sk_opener two[2] = {{"administrator", SK_SLICE_LIT("a@example.jp")},
	    {"head", SK_SLICE_LIT("b@example.jp")}};
	struct sk_ledger *l = NULL;
	struct sk_note_signer next;
	uint8_t seed[32] = {8};
	uint64_t index[300];
	int old = folder("o");

	make(old, &key, 300, "lgwan");
	assert_int_equal(sk_note_signer_seed(&next, ORIGIN "/2", SK_NOTE_ED25519, seed), 0);
	assert_int_equal(sk_ledger_read(old, &l), 0);
	assert_int_equal(
	    sk_ledger_succeed(dir, &next, sk_ledger_checkpoint(l), &key.pub, two, NOW), 0);
	sk_ledger_free(l);
	l = open_at(dir, &next);
	grow(l, 1, 301, "lgwan", index);
	sk_ledger_free(l);
	believe(&trust.log[0], &next);
	assert_good();
	assert_int_equal(report.read, 301);
	close(old);
}

/* --- who has the disk --- */

static void test_flipped_bytes(void **state)
{
	size_t n, at;

	make(dir, &key, ENTRIES, "lgwan");
	at = entry_at("tile/entries/001", 44, &n);
	flip("tile/entries/001", at + n - 3);
	verify();
	assert_only(SK_LV_ENTRY_CHANGED, "tile/entries/001", 300);
	flip("tile/entries/001", at + n - 3);
	at = entry_at("tile/entries/002.p/188", 7, &n);
	flip("tile/entries/002.p/188", at + 30);
	verify();
	assert_only(SK_LV_ENTRY_CHANGED, "tile/entries/002.p/188", 519);
	flip("tile/entries/002.p/188", at + 30);
	flip("tile/0/001", 32 * 5);
	verify();
	assert_only(SK_LV_TILE_CHANGED, "tile/0/001", 261);
	flip("tile/0/001", 32 * 5);
	flip("tile/0/002.p/188", 32 * 187 + 31);
	verify();
	assert_only(SK_LV_TILE_CHANGED, "tile/0/002.p/188", 699);
	flip("tile/0/002.p/188", 32 * 187 + 31);
	flip("tile/1/000.p/2", 40);
	verify();
	assert_only(SK_LV_TILE_CHANGED, "tile/1/000.p/2", 256);
	flip("tile/1/000.p/2", 40);
	at = entry_at("tile/entries/000", 9, &n);
	flip("tile/entries/000", at); /* its length */
	verify();
	assert_int_equal(sk_lv_report_worst(&report), SK_LV_WRONG);
	assert_string_equal(report.v[0].where, "tile/entries/000");
	assert_int_equal(report.v[0].index, 9);
}

/* Every byte of a small ledger matters. */
static void test_every_byte(void **state)
{
	static const char *const files[] = {"checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3"};

	make(dir, &key, 3, "lgwan");
	for (size_t i = 0; i < 3; i++) {
		struct sk_buf b = SK_BUF(SK_FILE_BYTES);
		assert_int_equal(sk_file_read(dir, files[i], SK_FILE_BYTES, &b), 0);
		for (size_t at = 0; at < b.len; at++) {
			flip(files[i], at);
			verify();
			assert_int_equal(sk_lv_report_worst(&report), SK_LV_WRONG);
			flip(files[i], at);
		}
		sk_buf_free(&b);
	}
	assert_good();
}

/* In a larger one: places all over each file, one byte less, one byte more, no file. */
static void test_each_file_of_a_larger_one(void **state)
{
	static const char *const files[] = {"checkpoint", "tile/0/000", "tile/0/001",
	    "tile/0/002.p/188", "tile/1/000.p/2", "tile/entries/000", "tile/entries/001",
	    "tile/entries/002.p/188"};

	make(dir, &key, ENTRIES, "lgwan");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct sk_buf b = SK_BUF(SK_FILE_BYTES);
		assert_int_equal(sk_file_read(dir, files[i], SK_FILE_BYTES, &b), 0);
		for (size_t at = i; at < b.len; at += b.len / 23 + 1) {
			flip(files[i], at);
			verify();
			assert_int_equal(sk_lv_report_worst(&report), SK_LV_WRONG);
			flip(files[i], at);
		}
		change(files[i], b.len - 1, 1, sk_slice("", 0));
		verify();
		assert_int_equal(sk_lv_report_worst(&report), SK_LV_WRONG);
		change(files[i], b.len - 1, 0, SK_SLICE_LIT("xy"));
		verify();
		assert_int_equal(sk_lv_report_worst(&report), SK_LV_WRONG);
		change(files[i], b.len - 1, 2, sk_slice_sub(sk_buf_slice(&b), b.len - 1, 1));
		assert_int_equal(renameat(dir, files[i], dir, "x"), 0);
		verify();
		assert_int_equal(sk_lv_report_worst(&report), SK_LV_WRONG);
		assert_int_equal(renameat(dir, "x", dir, files[i]), 0);
		sk_buf_free(&b);
	}
	assert_good();
}

static void test_dropped_inserted_reordered(void **state)
{
	size_t n, m, at, next;
	struct sk_buf b = SK_BUF(SK_FILE_BYTES), other = SK_BUF(SK_FILE_BYTES);

	make(dir, &key, ENTRIES, "lgwan");
	assert_int_equal(sk_file_read(dir, "tile/entries/001", SK_FILE_BYTES, &b), 0);
	at = entry_at("tile/entries/001", 10, &n);
	change("tile/entries/001", at, n, sk_slice("", 0));
	verify();
	assert_only(SK_LV_ENTRY_DROPPED, "tile/entries/001", 266);
	change("tile/entries/001", at, 0, sk_slice_sub(sk_buf_slice(&b), at, n));
	assert_good();
	change("tile/entries/001", at, 0, SK_SLICE_LIT("\0\3new"));
	verify();
	assert_only(SK_LV_ENTRY_INSERTED, "tile/entries/001", 266);
	change("tile/entries/001", at, 5, sk_slice("", 0));
	next = entry_at("tile/entries/001", 11, &m);
	sk_buf_put_slice(&other, sk_slice_sub(sk_buf_slice(&b), next, m));
	sk_buf_put_slice(&other, sk_slice_sub(sk_buf_slice(&b), at, n));
	change("tile/entries/001", at, n + m, sk_buf_slice(&other));
	verify();
	assert_only(SK_LV_ENTRY_REORDERED, "tile/entries/001", 266);
	assert_int_equal(report.v[0].second, 267);
	sk_buf_free(&b);
	sk_buf_free(&other);
}

static void test_lost_files(void **state)
{
	make(dir, &key, ENTRIES, "lgwan");
	assert_int_equal(renameat(dir, "tile/entries/001", dir, "x"), 0);
	verify();
	assert_only(SK_LV_BUNDLE_MISSING, "tile/entries/001", 256);
	assert_int_equal(renameat(dir, "x", dir, "tile/entries/001"), 0);
	assert_int_equal(renameat(dir, "tile/0/001", dir, "x"), 0);
	verify();
	assert_only(SK_LV_TILE_MISSING, "tile/0/001", 0);
	assert_int_equal(renameat(dir, "x", dir, "tile/0/001"), 0);
	change("tile/0/000", 100, 1, sk_slice("", 0));
	verify();
	assert_only(SK_LV_TILE_LENGTH, "tile/0/000", 0);
	assert_int_equal(unlinkat(dir, "checkpoint", 0), 0);
	verify();
	assert_only(SK_LV_CHECKPOINT_MISSING, "checkpoint", 0);
}

/* An entry and its hash are changed together; the tile above is left. */
static void test_rewritten_entry(void **state)
{
	size_t n, at;
	struct sk_buf b = SK_BUF(SK_FILE_BYTES);

	make(dir, &key, ENTRIES, "lgwan");
	at = entry_at("tile/entries/001", 3, &n);
	flip("tile/entries/001", at + n - 4);
	assert_int_equal(sk_file_read(dir, "tile/entries/001", SK_FILE_BYTES, &b), 0);
	struct sk_lv_hash h = sk_lv_leaf(sk_slice_sub(sk_buf_slice(&b), at + 2, n - 2));
	change("tile/0/001", (size_t)32 * 3, 32, sk_slice(h.b, 32));
	verify();
	assert_only(SK_LV_ENTRY_REWRITTEN, "tile/entries/001", 256);
	sk_buf_free(&b);
}

/* --- who has a key of his own --- */

static void test_signed_by_somebody_else(void **state)
{
	make(dir, &thief, ENTRIES, "lgwan");
	verify();
	assert_only(SK_LV_CHECKPOINT_KEY, "checkpoint", 0);
	trust.log[0].name[3] = 'x'; /* another log is wanted */
	verify();
	assert_only(SK_LV_CHECKPOINT_ORIGIN, "checkpoint", 0);
	trust.logs = 0;
	verify();
	assert_only(SK_LV_TRUST_NONE, "", 0);
	assert_int_equal(sk_lv_report_worst(&report), SK_LV_UNKNOWN);
	trust.included = true;
	assert_good();
}

static void test_changed_checkpoint(void **state)
{
	make(dir, &key, ENTRIES, "lgwan");
	change("checkpoint", strlen(ORIGIN) + 1, 3, SK_SLICE_LIT("699"));
	verify();
	assert_int_equal(report.v[0].code, SK_LV_CHECKPOINT_SIGNATURE);
}

/* --- who has the key of the log --- */

static struct sk_lv_given given[2];
static struct sk_buf given_bytes[2];

/* A witness's checkpoint of the ledger in folder d, of which it saw nothing before. */
static void cosign(int d, size_t i, uint64_t now)
{
	struct sk_witness w = {-1, &cosigner[i], &key.pub, 1};
	struct sk_ledger *l = NULL;
	struct sk_buf q = SK_BUF(1 << 20), a = SK_BUF(1 << 20);

	w.dir = folder(i ? "w2" : "w1");
	assert_int_equal(sk_ledger_read(d, &l), 0);
	sk_buf_puts(&q, "old 0\n\n");
	sk_buf_put_slice(&q, sk_ledger_checkpoint(l));
	assert_int_equal(sk_witness_add(&w, sk_buf_slice(&q), now, &a), 200);
	given_bytes[i] = SK_BUF(1 << 20);
	assert_int_equal(sk_witness_last(&w, SK_SLICE_LIT(ORIGIN), &given_bytes[i]), 200);
	given[i] = (struct sk_lv_given){i ? "second" : "first", sk_buf_slice(&given_bytes[i])};
	sk_ledger_free(l);
	sk_buf_free(&q);
	sk_buf_free(&a);
	close(w.dir);
}

static void free_given(void)
{
	sk_buf_free(&given_bytes[0]);
	sk_buf_free(&given_bytes[1]);
}

static void test_fork_shown_to_two_witnesses(void **state)
{
	int other = folder("o");

	make(dir, &key, ENTRIES, "lgwan");
	make(other, &key, ENTRIES, "internet");
	cosign(dir, 0, NOW);
	cosign(other, 1, NOW);
	assert_int_equal(sk_lv_checkpoints(&trust, given, 2, &report), 0);
	assert_only(SK_LV_CHECKPOINTS_FORK, "second", ENTRIES);
	assert_int_equal(sk_lv_folder(get, &dir, &trust, given, 2, &report), 0);
	assert_only(SK_LV_LOG_FORK, "second", ENTRIES);
	assert_int_equal(sk_lv_folder(get, &other, &trust, given, 2, &report), 0);
	assert_only(SK_LV_LOG_FORK, "first", ENTRIES);
	free_given();
	close(other);
}

/* The whole log is made anew with an entry changed, and signed with its own key: only what a witness saw tells. */
static void test_resigned_history(void **state)
{
	int other = folder("o");
	uint64_t index[400];

	make(other, &key, 300, "lgwan");
	cosign(other, 0, NOW);
	make(dir, &key, 200, "lgwan");
	struct sk_ledger *l = open_at(dir, &key);
	grow(l, 201, 202, "internet", index);
	grow(l, 202, 501, "lgwan", index);
	sk_ledger_free(l);
	assert_good();
	assert_int_equal(sk_lv_folder(get, &dir, &trust, given, 1, &report), 0);
	assert_only(SK_LV_LOG_FORK, "first", 300);
	l = open_at(other, &key);
	grow(l, 301, 601, "lgwan", index);
	sk_ledger_free(l);
	assert_int_equal(sk_lv_folder(get, &other, &trust, given, 1, &report), 0);
	assert_int_equal(report.n, 0);
	free_given();
	close(other);
}

static void test_cut_off_end(void **state)
{
	int other = folder("o");

	make(dir, &key, 300, "lgwan");
	make(other, &key, ENTRIES, "lgwan");
	cosign(other, 0, NOW);
	assert_int_equal(sk_lv_folder(get, &dir, &trust, given, 1, &report), 0);
	assert_only(SK_LV_LOG_SHORTER, "first", ENTRIES);
	cosign(dir, 1, NOW);
	assert_int_equal(sk_lv_checkpoints(&trust, given, 2, &report), 0);
	assert_only(SK_LV_CHECKPOINTS_UNKNOWN, "", 0);
	free_given();
	close(other);
}

static void test_quorum_and_age(void **state)
{
	make(dir, &key, 300, "lgwan");
	cosign(dir, 0, NOW);
	trust.witnesses = 2;
	trust.quorum = 2;
	assert_int_equal(sk_lv_folder(get, &dir, &trust, given, 1, &report), 0);
	assert_only(SK_LV_WITNESS_MISSING, "", 0);
	cosign(dir, 1, NOW + 20000);
	assert_int_equal(sk_lv_folder(get, &dir, &trust, given, 2, &report), 0);
	assert_int_equal(report.v[0].code, SK_LV_WITNESS_FUTURE);
	trust.now = NOW + 30000;
	assert_int_equal(sk_lv_folder(get, &dir, &trust, given, 2, &report), 0);
	assert_int_equal(report.n, 0);
	assert_int_equal(report.witness[1].time, NOW + 20000);
	trust.max_age = 29999;
	assert_int_equal(sk_lv_folder(get, &dir, &trust, given, 2, &report), 0);
	assert_only(SK_LV_WITNESS_STALE, "", 0);
	trust.quorum = 1;
	assert_int_equal(sk_lv_folder(get, &dir, &trust, given, 2, &report), 0);
	assert_int_equal(report.n, 0);
	trust.witnesses = trust.quorum = 0;
	verify();
	assert_only(SK_LV_AGE_UNKNOWN, "", 0);
	free_given();
}

static void test_forged_cosignature(void **state)
{
	struct sk_buf b = SK_BUF(1 << 20);

	make(dir, &key, 300, "lgwan");
	cosign(dir, 0, NOW);
	sk_buf_put_slice(&b, sk_slice_sub(given[0].note, 0, given[0].note.n - 8));
	sk_buf_puts(&b, "AAAAAA=\n");
	if (sk_buf_slice(&b).n == given[0].note.n)
		given[0].note = sk_buf_slice(&b);
	trust.witnesses = 2;
	assert_int_equal(sk_lv_folder(get, &dir, &trust, given, 1, &report), 0);
	assert_only(SK_LV_WITNESS_SIGNATURE, "w.example/1", 0);
	sk_buf_free(&b);
	free_given();
}

/* --- receipts --- */

static void make_receipt(uint64_t index, bool openings, struct sk_buf *out)
{
	struct sk_ledger *l = NULL;

	*out = SK_BUF(1 << 20);
	assert_int_equal(sk_ledger_read(dir, &l), 0);
	assert_int_equal(sk_ledger_receipt(l, index, openings, out), 0);
	sk_ledger_free(l);
}

static void check_receipt(const struct sk_buf *b)
{
	assert_int_equal(sk_lv_receipt(sk_buf_slice(b), &trust, &report, NULL, NULL), 0);
}

static void test_receipts(void **state)
{
	static const uint64_t sizes[] = {1, 2, 3, 255, 256, 257, 700};
	struct sk_buf b;

	for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		teardown(NULL);
		assert_int_equal(setup(NULL), 0);
		make(dir, &key, sizes[s], "lgwan");
		for (uint64_t i = 0; i < sizes[s]; i += i < 5 ? 1 : 37) {
			make_receipt(i, true, &b);
			check_receipt(&b);
			if (report.n)
				show();
			assert_int_equal(report.n, 0);
			sk_buf_free(&b);
		}
	}
}

/* Each byte of a receipt is in its form, its proof or a signature. */
static void test_every_byte_of_a_receipt(void **state)
{
	struct sk_buf b;

	make(dir, &key, 130, "lgwan");
	make_receipt(99, true, &b);
	for (size_t at = 0; at < b.len; at++) {
		b.p[at] ^= 1;
		check_receipt(&b);
		b.p[at] ^= 1;
		/* the keys that are brought along are not those that are believed */
		assert_true(sk_lv_report_worst(&report) == SK_LV_WRONG || at < 700);
	}
	sk_buf_free(&b);
}

static void test_receipt_of_another_key(void **state)
{
	struct sk_buf b;

	make(dir, &thief, 130, "lgwan");
	make_receipt(99, false, &b);
	check_receipt(&b);
	assert_only(SK_LV_CHECKPOINT_KEY, "checkpoint", 0);
	trust.logs = 0;
	check_receipt(&b);
	assert_only(SK_LV_TRUST_NONE, "", 0);
	sk_buf_free(&b);
}

static void test_receipt_shows_what_is_not_erased(void **state)
{
	struct sk_lv_openings shown;
	struct sk_buf b;

	make(dir, &key, 130, "lgwan");
	make_receipt(99, true, &b); /* number 100 has a personal field */
	assert_int_equal(sk_lv_receipt(sk_buf_slice(&b), &trust, &report, NULL, &shown), 0);
	assert_true(sk_slice_is(sk_lv_opened(&shown, "personal.file"), "a letter.docx"));
	assert_null(sk_lv_opened(&shown, "personal.comment").p);
	sk_buf_free(&shown.bytes);
	struct sk_ledger *l = open_at(dir, &key);
	assert_int_equal(sk_ledger_erase(l, 99, SK_ENTRY_FIELDS), 0);
	sk_ledger_free(l);
	check_receipt(&b); /* what was given out stays valid */
	assert_int_equal(report.n, 0);
	sk_buf_free(&b);
	make_receipt(99, true, &b);
	assert_int_equal(sk_lv_receipt(sk_buf_slice(&b), &trust, &report, NULL, &shown), 0);
	assert_int_equal(report.n, 0);
	assert_int_equal(shown.n, 0);
	sk_buf_free(&b);
	sk_buf_free(&shown.bytes);
}

/* --- both codes read the same texts --- */

static void test_keys_and_notes_of_the_texts(void **state)
{
	struct sk_lv_key k;
	struct sk_lv_checkpoint c;
	uint64_t time = 0;
	static const char behind[] =
	    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
	    "\n\xE2\x80\x94 example.com/behind-the-sofa "
	    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
	    "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
	static const char foo[] =
	    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

	assert_int_equal(sk_lv_key_read(sk_slice_str(foo), &k), 0);
	assert_int_equal(sk_lv_key_read(sk_slice_sub(sk_slice_str(foo), 0, 60), &k), SK_EFORMAT);
	assert_int_equal(sk_lv_checkpoint_read(sk_slice_str(behind), &c), 0);
	assert_int_equal(c.size, 20852163);
	assert_int_equal(sk_lv_checkpoint_signed(&c, &k, &time), SK_LV_NOT_SIGNED);
	uint8_t raw[64];
	struct sk_buf b = SK_BUF(100);
	assert_int_equal(
	    sk_lv_base64(SK_SLICE_LIT("Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYN"
				      "ZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM="),
		&b),
	    0);
	memcpy(raw, b.p + 4, 64);
	assert_true(sk_lv_signed(k.key, SK_SLICE_LIT("This is an example message.\n"), raw));
	assert_false(sk_lv_signed(k.key, SK_SLICE_LIT("This is an example message."), raw));
	sk_buf_free(&b);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_every_size),
	    T(test_around_65536),
	    T(test_a_successor),
	    T(test_flipped_bytes),
	    T(test_every_byte),
	    T(test_each_file_of_a_larger_one),
	    T(test_dropped_inserted_reordered),
	    T(test_lost_files),
	    T(test_rewritten_entry),
	    T(test_signed_by_somebody_else),
	    T(test_changed_checkpoint),
	    T(test_fork_shown_to_two_witnesses),
	    T(test_resigned_history),
	    T(test_cut_off_end),
	    T(test_quorum_and_age),
	    T(test_forged_cosignature),
	    T(test_receipts),
	    T(test_every_byte_of_a_receipt),
	    T(test_receipt_of_another_key),
	    T(test_receipt_shows_what_is_not_erased),
	    T(test_keys_and_notes_of_the_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
