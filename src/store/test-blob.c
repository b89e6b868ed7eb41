/* Blobs, keys and the sweep. */
#include "store/blob.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/fd.h"
#include "store/test-place.h"
#include "store/test-write.h"

#define PIECE 65536

static struct place place;
static char folder[128], keys[128], master_path[128];
static struct sk_master *master;
static struct sk_blobs *blobs;
static struct sk_blobs_options options;

static int setup(void **state)
{
	place_path(&place, "blobs", folder, sizeof(folder));
	place_path(&place, "keys", keys, sizeof(keys));
	place_path(&place, "master", master_path, sizeof(master_path));
	assert_int_equal(sk_master_create(master_path), 0);
	assert_int_equal(sk_master_load(master_path, &master), 0);
	options =
	    (struct sk_blobs_options){.folder = folder, .keys = keys, .master = master, .spare = 1};
	assert_int_equal(sk_blobs_open(&options, &blobs), 0);
	return 0;
}

static int teardown(void **state)
{
	sk_blobs_close(blobs);
	sk_master_free(master);
	return 0;
}

/* Bytes that are the same each time and nowhere alike. */
static void fill(uint8_t *p, size_t n, uint32_t seed)
{
	for (size_t i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		p[i] = (uint8_t)(seed >> 24);
	}
}

static int store(enum sk_blob_kind kind, const uint8_t *p, size_t n, struct sk_blob *out, int *pin)
{
	struct sk_blob_writer *w = NULL;
	int rc = sk_blob_begin(blobs, kind, n, &w);

	if (rc)
		return rc;
	rc = write_blob(w, p, n);
	if (rc) {
		sk_blob_drop(w);
		return rc;
	}
	return sk_blob_end(w, out, pin);
}

static struct sk_blob stored(enum sk_blob_kind kind, const uint8_t *p, size_t n)
{
	struct sk_blob b;
	int pin = -1;

	assert_int_equal(store(kind, p, n, &b, &pin), 0);
	assert_int_equal(b.size, n);
	assert_true(pin >= 0);
	close(pin);
	return b;
}

static void reads(enum sk_blob_kind kind, const char *name, const uint8_t *p, size_t n)
{
	struct sk_slice got;

	sk_autoclose int fd = sk_memfd("copy");
	assert_int_equal(sk_blob_copy(blobs, kind, name, fd), 0);
	assert_int_equal(sk_map(fd, &got), 0);
	assert_true(sk_slice_eq(got, sk_slice(p, n)));
	sk_unmap(&got);
}

static void path_of(enum sk_blob_kind kind, const char *name, char *path, size_t n)
{
	snprintf(path, n, "%s/%s/%.2s/%s", folder, kind == SK_BLOB_OUTPUT ? "output" : "original",
	    name, name);
}

static void key_of(const char *name, char *path, size_t n)
{
	snprintf(path, n, "%s/%.2s/%s", keys, name, name);
}

static unsigned files_in(const char *path)
{
	unsigned n = 0;
	DIR *d = opendir(path);

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void test_round(void **state)
{
	static const size_t SIZES[] = {0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 1000000};
	uint8_t *p = malloc(1000000);

	fill(p, 1000000, 7);
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(*SIZES); i++) {
		struct sk_blob a = stored(SK_BLOB_OUTPUT, p, SIZES[i]),
			       b = stored(SK_BLOB_ORIGINAL, p, SIZES[i]),
			       c = stored(SK_BLOB_ORIGINAL, p, SIZES[i]);
		assert_memory_equal(a.sha256, b.sha256, 32);
		assert_string_not_equal(
		    b.name, c.name); /* the same twice cannot be told from outside */
		reads(SK_BLOB_OUTPUT, a.name, p, SIZES[i]);
		reads(SK_BLOB_ORIGINAL, b.name, p, SIZES[i]);
		reads(SK_BLOB_ORIGINAL, c.name, p, SIZES[i]);
	}
	struct sk_blob e = stored(SK_BLOB_OUTPUT, p, 0);
	assert_string_equal(
	    e.name, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	free(p);
}

/* Nothing of the content, and no name of it, lies on the disk of an original. */
static void test_sealed(void **state)
{
	char path[256], text[] = "KANARIA-KANARIA-KANARIA-KANARIA";
	struct sk_slice raw;
	struct sk_blob b = stored(SK_BLOB_ORIGINAL, (uint8_t *)text, sizeof(text));

	path_of(SK_BLOB_ORIGINAL, b.name, path, sizeof(path));
	sk_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(sk_map(fd, &raw), 0);
	assert_true(sk_slice_find(raw, 0, SK_SLICE_LIT("KANARIA")) == SIZE_MAX);
	sk_unmap(&raw);
	assert_int_equal(files_in(folder), 5);
}

static void flip(const char *path, off_t at)
{
	uint8_t byte = 0;

	sk_autoclose int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(pread(fd, &byte, 1, at), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, at), 1);
}

static void refused(enum sk_blob_kind kind, const char *name, const char *word)
{
	sk_autoclose int fd = sk_memfd("copy");

	assert_int_equal(sk_blob_copy(blobs, kind, name, fd), SK_EFORMAT);
	assert_int_equal(lseek(fd, 0, SEEK_END), 0); /* not a byte of it is handed on */
	assert_non_null(strstr(sk_blobs_why(blobs), name));
	assert_non_null(strstr(sk_blobs_why(blobs), word));
}

static void test_flipped(void **state)
{
	uint8_t p[3 * PIECE + 100];
	char path[256];

	fill(p, sizeof(p), 3);
	struct sk_blob a = stored(SK_BLOB_OUTPUT, p, sizeof(p));
	path_of(SK_BLOB_OUTPUT, a.name, path, sizeof(path));
	static const off_t OUT[] = {0, 100000, 3 * PIECE + 99};
	for (size_t i = 0; i < 3; i++) {
		flip(path, OUT[i]);
		refused(SK_BLOB_OUTPUT, a.name, "damaged");
		flip(path, OUT[i]);
	}
	reads(SK_BLOB_OUTPUT, a.name, p, sizeof(p));

	struct sk_blob b = stored(SK_BLOB_ORIGINAL, p, sizeof(p));
	path_of(SK_BLOB_ORIGINAL, b.name, path, sizeof(path));
	static const off_t AT[] = {
	    0, 9, 32, 32 + PIECE + 17, 32 + 2 * (PIECE + 17) + 5, 32 + 3 * (PIECE + 17) + 100};
	static const char *const WORD[] = {
	    "head", "piece 0", "piece 0", "piece 1", "piece 2", "piece 3"};
	for (size_t i = 0; i < 6; i++) {
		flip(path, AT[i]);
		refused(SK_BLOB_ORIGINAL, b.name, WORD[i]);
		flip(path, AT[i]);
	}
	reads(SK_BLOB_ORIGINAL, b.name, p, sizeof(p));
	key_of(b.name, path, sizeof(path));
	for (off_t at = 0; at < SK_WRAPPED; at += 8) {
		flip(path, at);
		int rc = sk_blob_copy(blobs, SK_BLOB_ORIGINAL, b.name, -1);
		assert_true(rc == SK_EFORMAT ||
			    rc == SK_EUNSUPPORTED); /* the mark of the master key is in it, too */
		flip(path, at);
	}
}

/* Pieces that are cut off, exchanged, doubled, and one original in place of another. */
static void test_rearranged(void **state)
{
	static uint8_t p[4 * PIECE], raw[32 + 4 * (PIECE + 17)], other[sizeof(raw)];
	char path[256], second[256], key[256], second_key[256];

	fill(p, sizeof(p), 5);
	struct sk_blob b = stored(SK_BLOB_ORIGINAL, p, sizeof(p)),
		       c = stored(SK_BLOB_ORIGINAL, p, sizeof(p));
	path_of(SK_BLOB_ORIGINAL, b.name, path, sizeof(path));
	path_of(SK_BLOB_ORIGINAL, c.name, second, sizeof(second));
	sk_autoclose int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(sk_read_all(fd, raw, sizeof(raw)), 0);
	for (size_t keep = 0; keep <= 3; keep++) { /* whole pieces cut off, and half of one */
		assert_int_equal(ftruncate(fd, (off_t)(32 + keep * (PIECE + 17))), 0);
		refused(SK_BLOB_ORIGINAL, b.name, "cut");
		assert_int_equal(ftruncate(fd, (off_t)(32 + keep * (PIECE + 17) + 1000)), 0);
		refused(SK_BLOB_ORIGINAL, b.name, "damaged");
		assert_int_equal(pwrite(fd, raw, sizeof(raw), 0), sizeof(raw));
	}
	memcpy(other, raw, sizeof(raw));
	memcpy(other + 32, raw + 32 + PIECE + 17, PIECE + 17);
	memcpy(other + 32 + PIECE + 17, raw + 32, PIECE + 17);
	assert_int_equal(pwrite(fd, other, sizeof(other), 0), sizeof(other));
	refused(SK_BLOB_ORIGINAL, b.name, "piece 0");
	assert_int_equal(pwrite(fd, raw, sizeof(raw), 0), sizeof(raw));
	assert_int_equal(pwrite(fd, raw + 32, PIECE + 17, sizeof(raw)), PIECE + 17);
	refused(SK_BLOB_ORIGINAL, b.name, "after the last");
	assert_int_equal(ftruncate(fd, sizeof(raw)), 0);
	reads(SK_BLOB_ORIGINAL, b.name, p, sizeof(p));
	assert_int_equal(rename(path, second), 0);
	refused(SK_BLOB_ORIGINAL, c.name, "damaged");
	key_of(b.name, key, sizeof(key));
	key_of(c.name, second_key, sizeof(second_key));
	assert_int_equal(rename(key, second_key), 0);
	refused(SK_BLOB_ORIGINAL, c.name, "key is damaged");
}

static void test_erased(void **state)
{
	struct sk_blob b = stored(SK_BLOB_ORIGINAL, (const uint8_t *)"abc", 3);
	char path[256];

	key_of(b.name, path, sizeof(path));
	sk_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(sk_blob_erase(blobs, b.name), 0);
	assert_int_equal(sk_blob_copy(blobs, SK_BLOB_ORIGINAL, b.name, -1), SK_ENOENTRY);
	assert_non_null(strstr(sk_blobs_why(blobs), "erased"));
	uint8_t raw[SK_WRAPPED], zero[SK_WRAPPED] = {0};
	assert_int_equal(sk_read_all(fd, raw, sizeof(raw)),
	    0); /* who held it open sees that it is overwritten */
	assert_memory_equal(raw, zero, sizeof(raw));
	assert_int_equal(sk_blob_erase(blobs, b.name), 0);
	assert_int_equal(sk_blob_erase(blobs, "../../etc/passwd"), SK_EARG);
	assert_int_equal(sk_blob_copy(blobs, SK_BLOB_OUTPUT, "../../../etc/passwd", -1), SK_EARG);
}

/* The same output twice is one file; one that was damaged meanwhile is made good. */
static void test_same_output(void **state)
{
	char path[256];
	struct sk_blob a = stored(SK_BLOB_OUTPUT, (const uint8_t *)"same", 4),
		       b = stored(SK_BLOB_OUTPUT, (const uint8_t *)"same", 4);

	assert_string_equal(a.name, b.name);
	path_of(SK_BLOB_OUTPUT, a.name, path, sizeof(path));
	flip(path, 2);
	refused(SK_BLOB_OUTPUT, a.name, "damaged");
	stored(SK_BLOB_OUTPUT, (const uint8_t *)"same", 4);
	reads(SK_BLOB_OUTPUT, a.name, (const uint8_t *)"same", 4);
	snprintf(path, sizeof(path), "%s/new", folder);
	assert_int_equal(files_in(path), 0);
}

/* Other bytes that somebody says have the hash of an output that is there: that one stays. */
static void test_false_hash(void **state)
{
	struct sk_blob a = stored(SK_BLOB_OUTPUT, (const uint8_t *)"true", 4), b;
	struct sk_blob_writer *w;
	struct sk_bytes what;
	int pin = -1;
	char path[256];

	assert_int_equal(sk_blob_begin(blobs, SK_BLOB_OUTPUT, 0, &w), 0);
	assert_int_equal(sk_write_all(sk_blob_hand(w, &what), "lies", 4), 0);
	assert_int_equal(sk_blob_said(w, a.sha256, 4), 0);
	assert_int_equal(sk_blob_end(w, &b, &pin), 0);
	assert_string_equal(b.name, a.name);
	reads(SK_BLOB_OUTPUT, a.name, (const uint8_t *)"true", 4);
	sk_close(&pin);
	snprintf(path, sizeof(path), "%s/new", folder);
	assert_int_equal(files_in(path), 0);
}

/* Many at once: the same as one after the other; and one that fails takes the others with it. */
static void test_together(void **state)
{
	struct sk_blob_writer *w[6];
	struct sk_blob got[6];
	int pins[6];
	char path[256];

	for (unsigned i = 0; i < 6; i++) {
		assert_int_equal(
		    sk_blob_begin(blobs, i % 2 ? SK_BLOB_ORIGINAL : SK_BLOB_OUTPUT, 0, &w[i]), 0);
		assert_int_equal(write_blob(w[i], i < 4 ? "same" : "other", 4), 0);
	}
	assert_int_equal(sk_blob_end_all(w, 6, got, pins), 0);
	for (unsigned i = 0; i < 6; i++) {
		assert_true(pins[i] >= 0);
		reads(i % 2 ? SK_BLOB_ORIGINAL : SK_BLOB_OUTPUT, got[i].name,
		    (const uint8_t *)(i < 4 ? "same" : "other"), 4);
		close(pins[i]);
	}
	assert_string_equal(got[0].name, got[2].name);
	assert_string_not_equal(got[1].name, got[3].name);
	snprintf(path, sizeof(path), "%s/new", folder);
	assert_int_equal(files_in(path), 0);
	snprintf(path, sizeof(path), "%s/new", keys);
	assert_int_equal(files_in(path), 0);
	assert_int_equal(sk_blob_end_all(w, 0, got, pins), SK_EARG);
}

/* --- written and read by somebody else --- */

static void test_handed(void **state)
{
	static uint8_t p[2 * PIECE + 5];
	struct sk_blob_writer *w;
	struct sk_bytes what;
	struct sk_blob got;
	uint8_t sum[32];
	int pin, fd;

	fill(p, sizeof(p), 11);
	for (int kind = SK_BLOB_OUTPUT; kind <= SK_BLOB_ORIGINAL; kind++) {
		assert_int_equal(sk_blob_begin(blobs, kind, sizeof(p), &w), 0);
		assert_int_equal(write_bytes(w, p, sizeof(p), sum), 0);
		assert_int_equal(sk_blob_said(w, sum, sizeof(p)), 0);
		assert_int_equal(sk_blob_end(w, &got, &pin), 0);
		close(pin);
		assert_int_equal(got.size, sizeof(p));
		reads(kind, got.name, p, sizeof(p));
		/* and lent, it is read with the key of this one alone */
		what = (struct sk_bytes){.size = sizeof(p)};
		memcpy(what.sha256, sum, sizeof(sum));
		assert_int_equal(sk_blob_lend(blobs, kind, got.name, &what, &fd), 0);
		sk_autoclose int copy = sk_memfd("copy");
		assert_int_equal(sk_unsealing_copy(fd, &what, copy), 0);
		assert_int_equal(lseek(copy, 0, SEEK_END), sizeof(p));
		assert_int_equal(pwrite(fd, p, 1, 0), -1);
		close(fd);
	}
	assert_int_equal(sk_blob_erase(blobs, got.name), 0);
	assert_int_equal(sk_blob_lend(blobs, SK_BLOB_ORIGINAL, got.name, &what, &fd), SK_ENOENTRY);
	assert_int_equal(sk_blob_lend(blobs, SK_BLOB_OUTPUT, "../../x", &what, &fd), SK_EARG);
}

/* What was said about it is wrong: by its size at once, by its hash when it is read; and nothing is left of what nobody took. */
static void test_handed_wrong(void **state)
{
	struct sk_blob_writer *w;
	struct sk_bytes what;
	struct sk_blob got;
	uint8_t sum[32];
	char path[256];
	int pin, fd;

	for (int kind = SK_BLOB_OUTPUT; kind <= SK_BLOB_ORIGINAL; kind++) {
		assert_int_equal(sk_blob_begin(blobs, kind, 9, &w), 0);
		assert_int_equal(sk_blob_said(w, sum, 9), SK_EARG); /* nobody was handed it */
		assert_int_equal(write_bytes(w, "something", 9, sum), 0);
		assert_int_equal(sk_blob_said(w, sum, 8), SK_EFORMAT);
		assert_int_equal(sk_blob_said(w, sum, 10), SK_EFORMAT);
		assert_int_equal(sk_blob_end(w, &got, &pin), SK_EARG); /* nothing was said */
		assert_int_equal(sk_blob_begin(blobs, kind, 9, &w), 0);
		assert_int_equal(write_bytes(w, "something", 9, sum), 0);
		sum[0]++;
		assert_int_equal(sk_blob_said(w, sum, 9), 0);
		assert_int_equal(sk_blob_end(w, &got, &pin), 0);
		close(pin);
		what = (struct sk_bytes){.size = 9};
		memcpy(what.sha256, sum, sizeof(sum));
		assert_int_equal(sk_blob_lend(blobs, kind, got.name, &what, &fd), 0);
		sk_autoclose int copy = sk_memfd("copy");
		assert_int_equal(sk_unsealing_copy(fd, &what, copy), SK_EFORMAT);
		assert_int_equal(lseek(copy, 0, SEEK_END), 0);
		close(fd);
	}
	snprintf(path, sizeof(path), "%s/new", folder);
	assert_int_equal(files_in(path), 0);
	snprintf(path, sizeof(path), "%s/new", keys);
	assert_int_equal(files_in(path), 0);
}

/* Whoever was handed it still has its description when the gate takes it: he can unlock that, or lock it against all. */
static void test_handed_locked(void **state)
{
	struct sk_blob_writer *w;
	struct sk_bytes what;
	struct sk_blob got;
	uint8_t sum[32];
	int pin;

	assert_int_equal(sk_blob_begin(blobs, SK_BLOB_OUTPUT, 1, &w), 0);
	assert_int_equal(write_bytes(w, "a", 1, sum), 0);
	int fd = sk_blob_hand(w, &what);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(sk_blob_said(w, sum, 1), SK_EIO); /* it does not wait */
	assert_int_equal(flock(fd, LOCK_UN), 0);
	int theirs = dup(fd);
	assert_int_equal(sk_blob_said(w, sum, 1), 0);
	assert_int_equal(sk_blob_end(w, &got, &pin), 0);
	assert_int_equal(flock(theirs, LOCK_EX | LOCK_NB), -1); /* it is held, whatever they do */
	close(theirs);
	close(pin);
}

/* Room that was promised is not promised twice. */
static void test_promised(void **state)
{
	struct sk_blobs_options tight = options;
	struct sk_blobs *b;
	struct sk_blob_writer *one, *two;
	struct statvfs v;

	assert_int_equal(statvfs(folder, &v), 0);
	uint64_t left = (uint64_t)v.f_bavail * v.f_frsize;
	struct sk_blobs_room room;
	tight.spare = left / 8;
	assert_int_equal(sk_blobs_open(&tight, &b), 0);
	assert_int_equal(sk_blob_begin(b, SK_BLOB_OUTPUT, left / 2, &one), 0);
	assert_int_equal(sk_blobs_room(b, &room), 0);
	assert_true(room.kept == left / 8 + left / 2 && room.free < left / 2);
	assert_true(room.all >= left);
	assert_int_equal(sk_blob_begin(b, SK_BLOB_OUTPUT, left / 2, &two), SK_ENOSPACE);
	sk_blob_drop(one);
	assert_int_equal(sk_blob_begin(b, SK_BLOB_OUTPUT, left / 2, &two), 0);
	sk_blob_drop(two);
	sk_blobs_close(b);
}

static void test_dropped(void **state)
{
	struct sk_blob_writer *w = NULL;
	char path[256];

	snprintf(path, sizeof(path), "%s/new", folder);
	assert_int_equal(sk_blob_begin(blobs, SK_BLOB_ORIGINAL, 0, &w), 0);
	assert_int_equal(write_blob(w, "abc", 3), 0);
	assert_int_equal(files_in(path), 1);
	sk_blob_drop(w);
	assert_int_equal(files_in(path), 0);
	sk_blob_drop(NULL);
}

struct wanted {
	const char *names[4];
	int asked;
	int answer; /* for others */
};

static int is_wanted(void *arg, enum sk_blob_kind kind, const char *name)
{
	struct wanted *w = arg;

	w->asked++;
	for (size_t i = 0; i < 4; i++)
		if (w->names[i] && strcmp(w->names[i], name) == 0)
			return 1;
	return w->answer;
}

static void age(const char *path)
{
	struct timespec t[2] = {{.tv_sec = 1000000}, {.tv_sec = 1000000}};

	assert_int_equal(utimensat(AT_FDCWD, path, t, 0), 0);
}

static void age_all(const struct sk_blob *output, const struct sk_blob *original)
{
	char path[256];

	if (output) {
		path_of(SK_BLOB_OUTPUT, output->name, path, sizeof(path));
		age(path);
	}
	if (original) {
		path_of(SK_BLOB_ORIGINAL, original->name, path, sizeof(path));
		age(path);
		key_of(original->name, path, sizeof(path));
		age(path);
	}
}

static void test_sweep(void **state)
{
	struct wanted wanted = {0};
	struct sk_sweep s = {is_wanted, &wanted, .age_s = 3600};
	int pin = -1;
	struct sk_blob held, kept = stored(SK_BLOB_OUTPUT, (const uint8_t *)"kept", 4),
			     young = stored(SK_BLOB_OUTPUT, (const uint8_t *)"young", 5),
			     lone = stored(SK_BLOB_OUTPUT, (const uint8_t *)"lone", 4),
			     original = stored(SK_BLOB_ORIGINAL, (const uint8_t *)"lone", 4);

	assert_int_equal(store(SK_BLOB_OUTPUT, (const uint8_t *)"held", 4, &held, &pin), 0);
	age_all(&kept, &original);
	age_all(&lone, NULL);
	age_all(&held, NULL);
	wanted.names[0] = kept.name;
	assert_int_equal(sk_blobs_sweep(blobs, &s), 0);
	assert_int_equal(s.kept, 1);
	assert_int_equal(s.removed, 2);
	assert_int_equal(s.young, 1);
	assert_int_equal(s.held, 1);
	assert_int_equal(sk_blob_copy(blobs, SK_BLOB_OUTPUT, held.name, -1), 0);
	assert_int_equal(sk_blob_copy(blobs, SK_BLOB_OUTPUT, young.name, -1), 0);
	assert_int_equal(sk_blob_copy(blobs, SK_BLOB_OUTPUT, lone.name, -1), SK_ENOENTRY);
	assert_int_equal(sk_blob_copy(blobs, SK_BLOB_ORIGINAL, original.name, -1), SK_ENOENTRY);
	close(pin);
	s = (struct sk_sweep){is_wanted, &wanted, .age_s = 3600};
	assert_int_equal(sk_blobs_sweep(blobs, &s), 0);
	assert_int_equal(s.removed, 1);
	/* A database that does not answer removes nothing. */
	age_all(&young, NULL);
	wanted.answer = SK_EIO;
	assert_int_equal(sk_blobs_sweep(blobs, &s), SK_EIO);
	assert_int_equal(sk_blob_copy(blobs, SK_BLOB_OUTPUT, young.name, -1), 0);
}

/* Old bytes that nobody wanted are written once more, and the sweep comes before the transaction is over. */
static void test_sweep_meets_writer(void **state)
{
	struct wanted wanted = {0};
	struct sk_sweep s = {is_wanted, &wanted, .age_s = 3600};
	struct sk_blob b = stored(SK_BLOB_OUTPUT, (const uint8_t *)"again", 5);
	int pin = -1;

	age_all(&b, NULL);
	assert_int_equal(store(SK_BLOB_OUTPUT, (const uint8_t *)"again", 5, &b, &pin), 0);
	assert_int_equal(sk_blobs_sweep(blobs, &s), 0);
	assert_int_equal(s.young, 1);
	age_all(&b, NULL); /* a transaction that takes longer than an hour */
	assert_int_equal(sk_blobs_sweep(blobs, &s), 0);
	assert_int_equal(s.held, 1);
	assert_int_equal(wanted.asked, 0);
	reads(SK_BLOB_OUTPUT, b.name, (const uint8_t *)"again", 5);
	close(pin);
}

/* What writers leave that were killed: half a file, a key without its original. And a backup holds the sweep off. */
static void test_sweep_remains(void **state)
{
	struct wanted wanted = {0};
	struct sk_sweep s = {is_wanted, &wanted, .age_s = 3600};
	char path[256], from[256];
	struct sk_blob b = stored(SK_BLOB_ORIGINAL, (const uint8_t *)"x", 1);

	age_all(NULL, &b);
	path_of(SK_BLOB_ORIGINAL, b.name, from, sizeof(from));
	snprintf(path, sizeof(path), "%s/new/00112233445566778899aabbccddeeff", folder);
	assert_int_equal(rename(from, path), 0);
	int hold = sk_blobs_hold(blobs);
	assert_true(hold >= 0);
	assert_int_equal(sk_blobs_sweep(blobs, &s), SK_EBUSY);
	close(hold);
	assert_int_equal(sk_blobs_sweep(blobs, &s), 0);
	assert_int_equal(s.unfinished, 1);
	assert_int_equal(s.keys, 1);
	assert_int_equal(access(path, F_OK), -1);
	key_of(b.name, path, sizeof(path));
	assert_int_equal(access(path, F_OK), -1);
}

static void test_space(void **state)
{
	struct sk_blobs_options o = options;
	struct sk_blobs *b = NULL;
	struct sk_blob_writer *w = NULL;
	struct sk_blobs_room room;

	o.spare = UINT64_MAX / 2;
	assert_int_equal(sk_blobs_open(&o, &b), 0);
	assert_int_equal(sk_blob_begin(b, SK_BLOB_OUTPUT, 0, &w), SK_ENOSPACE);
	assert_int_equal(sk_blobs_room(b, &room), 0);
	assert_true(room.free == 0);
	sk_blobs_close(b);
	assert_int_equal(sk_blob_begin(blobs, SK_BLOB_OUTPUT, UINT64_MAX / 2, &w), SK_ENOSPACE);
	assert_null(w);
}

/* In a process of its own, whose files may not grow: the writer says that the disk is full, and leaves nothing. */
static int in_full_disk(enum sk_blob_kind kind)
{
	static uint8_t p[200000];
	struct rlimit limit = {100000, 100000};
	struct sk_blob b;
	int pin = -1;

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit))
		return 1;
	return store(kind, p, sizeof(p), &b, &pin) == SK_ENOSPACE &&
		       store(kind, p, 50000, &b, &pin) == 0
		   ? 0
		   : 2;
}

static void test_full(void **state)
{
	char path[256];

	for (int kind = SK_BLOB_OUTPUT; kind <= SK_BLOB_ORIGINAL; kind++) {
		int status = 1;
		fflush(NULL);
		pid_t pid = fork();
		if (pid == 0)
			_exit(in_full_disk((enum sk_blob_kind)kind));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	snprintf(path, sizeof(path), "%s/new", folder);
	assert_int_equal(files_in(path), 0);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	unlink(path);
	sk_autoclose int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	assert_int_equal(sk_write_all(fd, text, strlen(text)), 0);
	assert_int_equal(fchmod(fd, mode), 0);
}

#define KEY_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
#define KEY_B "11112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"

static void test_master(void **state)
{
	static const char *const BAD[] = {
	    "", "\n", "xyz", KEY_A "x", "\n" KEY_A, KEY_A KEY_A KEY_A KEY_A KEY_A, KEY_A " "};
	char path[128];
	struct sk_master *m = NULL;

	assert_int_equal(sk_master_create(master_path), SK_EEXIST);
	place_path(&place, "key", path, sizeof(path));
	assert_int_equal(sk_master_load(path, &m), SK_EIO);
	for (size_t i = 0; i < sizeof(BAD) / sizeof(*BAD); i++) {
		write_file(path, BAD[i], 0600);
		assert_int_equal(sk_master_load(path, &m), SK_EFORMAT);
	}
	static const mode_t OPEN[] = {0640, 0604, 0620, 0602, 0644};
	for (size_t i = 0; i < sizeof(OPEN) / sizeof(*OPEN); i++) {
		write_file(path, KEY_A, OPEN[i]);
		assert_int_equal(sk_master_load(path, &m), SK_EREFUSED);
	}
	char link[160];
	snprintf(link, sizeof(link), "%s-link", path);
	write_file(path, KEY_A, 0400);
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(sk_master_load(link, &m), SK_EREFUSED);
	assert_int_equal(sk_master_load(path, &m), 0);
	sk_master_free(m);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(sk_master_take(fd, &m), 0);
	sk_master_free(m);
	assert_int_equal(sk_master_take(fd, &m), 0); /* once more: it is read from its beginning */
	sk_master_free(m);
	close(fd);
	assert_int_equal(sk_master_take(-1, &m), SK_EIO);
}

/* A new master key above the old one: both kinds of wrapped keys open. Without the old one, its kind does not. */
static void test_new_master(void **state)
{
	uint8_t key[SK_DATA_KEY] = "data key", wrapped[SK_WRAPPED], got[SK_DATA_KEY];
	struct sk_master *m = NULL;
	char path[128];

	place_path(&place, "key", path, sizeof(path));
	write_file(path, KEY_A, 0600);
	assert_int_equal(sk_master_load(path, &m), 0);
	assert_int_equal(sk_master_wrap(m, "name", key, wrapped), 0);
	sk_master_free(m);
	write_file(path, KEY_B KEY_A, 0600);
	assert_int_equal(sk_master_load(path, &m), 0);
	assert_int_equal(sk_master_unwrap(m, "name", wrapped, got), 0);
	assert_memory_equal(got, key, sizeof(key));
	assert_int_equal(sk_master_unwrap(m, "namf", wrapped, got), SK_EFORMAT);
	sk_master_free(m);
	write_file(path, KEY_B, 0600);
	assert_int_equal(sk_master_load(path, &m), 0);
	assert_int_equal(sk_master_unwrap(m, "name", wrapped, got), SK_EUNSUPPORTED);
	sk_master_free(m);
}

static void test_open_folder(void **state)
{
	struct sk_blobs *b = NULL;

	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(sk_blobs_open(&options, &b), SK_EREFUSED);
	assert_int_equal(chmod(folder, 0700), 0);
	assert_int_equal(sk_blobs_open(&options, &b), 0);
	sk_blobs_close(b);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_round), T(test_sealed), T(test_flipped),
	    T(test_rearranged), T(test_erased), T(test_same_output), T(test_false_hash),
	    T(test_together), T(test_handed), T(test_handed_wrong), T(test_handed_locked),
	    T(test_promised), T(test_dropped), T(test_sweep), T(test_sweep_meets_writer),
	    T(test_sweep_remains), T(test_space), T(test_full), T(test_master), T(test_new_master),
	    T(test_open_folder)};

	/* Each test makes some 800 folders and removes them. */
	place_make(&place, access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL);
	int failed = cmocka_run_group_tests_name("blobs", tests, NULL, NULL);
	place_remove(&place);
	return failed;
}
