/* Sealing, going on where it was cut, and reading with proof. */
#include "bytes/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/fd.h"

#define PIECE SK_BYTES_PIECE
#define MOST (3 * PIECE + 100)

static uint8_t bytes[MOST], back[MOST + 1];
static struct sk_bytes what;
static int fd;

static int setup(void **state)
{
	uint32_t seed = 7;

	for (size_t i = 0; i < sizeof(bytes); i++) {
		seed = seed * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(seed >> 24);
	}
	what = (struct sk_bytes){.sealed = true, .name = "00112233445566778899aabbccddeeff"};
	memset(what.key, 5, sizeof(what.key));
	fd = sk_memfd("sealed");
	return fd < 0;
}

static int teardown(void **state)
{
	sk_close(&fd);
	return 0;
}

static void put(struct sk_sealing *s, size_t from, size_t to)
{
	for (size_t n; from < to; from += n) {
		n = to - from < 1000 + from % 70000 ? to - from : 1000 + from % 70000;
		assert_int_equal(sk_sealing_put(s, bytes + from, n), 0);
	}
}

static void seal(size_t n)
{
	struct sk_sealing *s = NULL;

	assert_int_equal(sk_sealing_new(fd, &what, &s), 0);
	put(s, 0, n);
	assert_int_equal(sk_sealing_taken(s), n);
	assert_int_equal(sk_sealing_end(s, what.sha256, &what.size), 0);
	assert_int_equal(what.size, n);
	sk_sealing_free(s);
}

/* What it says, and how many bytes were given before. */
static int read_all(size_t *all)
{
	struct sk_unsealing *u = NULL;
	size_t n = 1;
	int rc = sk_unsealing_new(fd, &what, &u);

	*all = 0;
	while (rc == 0 && n) {
		rc = sk_unsealing_get(
		    u, back + *all, sizeof(back) - *all < 777 ? sizeof(back) - *all : 777, &n);
		*all += rc ? 0 : n;
	}
	sk_unsealing_free(u);
	return rc;
}

static void reads(size_t n)
{
	size_t all;

	assert_int_equal(read_all(&all), 0);
	assert_int_equal(all, n);
	assert_memory_equal(back, bytes, n);
}

/* It is told, and whoever passed on what was given has not passed on the whole of it. */
static void fails(void)
{
	size_t all;

	assert_int_equal(read_all(&all), SK_EFORMAT);
	assert_true(all < what.size || what.size == 0);
}

static const size_t SIZES[] = {0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, MOST};
#define NSIZES (sizeof(SIZES) / sizeof(*SIZES))

static void test_round(void **state)
{
	for (size_t i = 0; i < NSIZES; i++) {
		seal(SIZES[i]);
		assert_int_equal(lseek(fd, 0, SEEK_END), sk_bytes_sealed_size(SIZES[i]));
		reads(SIZES[i]);
	}
}

/* Bytes that lie as they are are proved as well. */
static void test_plain(void **state)
{
	for (size_t i = 0; i < NSIZES; i++) {
		seal(SIZES[i]); /* for size and hash */
		what.sealed = false;
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, bytes, SIZES[i], 0), SIZES[i]);
		reads(SIZES[i]);
		assert_int_equal(pwrite(fd, "x", 1, (off_t)SIZES[i]), 1);
		fails();
		if (SIZES[i]) {
			assert_int_equal(ftruncate(fd, (off_t)SIZES[i] - 1), 0);
			fails();
			assert_int_equal(pwrite(fd, "\x77", 1, (off_t)SIZES[i] - 1), 1);
			fails();
		}
		what.sealed = true;
	}
}

static void test_other_bytes(void **state)
{
	uint8_t byte;
	size_t sealed = sk_bytes_sealed_size(MOST);

	seal(MOST);
	for (size_t at = 0; at < sealed; at += 9973) {
		assert_int_equal(pread(fd, &byte, 1, (off_t)at), 1);
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
		fails();
		byte ^= 1;
		assert_int_equal(pwrite(fd, &byte, 1, (off_t)at), 1);
	}
	reads(MOST);
	/* another key, another name, another hash, another size */
	what.key[3]++;
	fails();
	what.key[3]--;
	what.name[3]++;
	fails();
	what.name[3]--;
	what.sha256[3]++;
	fails();
	what.sha256[3]--;
	what.size--;
	fails();
	what.size += 2;
	fails();
	what.size--;
	reads(MOST);
	assert_int_equal(pwrite(fd, "x", 1, (off_t)sealed), 1);
	fails();
}

/* Cut anywhere: what was taken is told, and gone on with the same hash comes of it. */
static void test_resume(void **state)
{
	static const size_t CUTS[] = {0, 7, 32, 33, 40000, 32 + PIECE + 17, 32 + PIECE + 18,
	    32 + 3 * (PIECE + 17), 32 + 3 * (PIECE + 17) + 50};
	uint8_t whole[32];
	struct sk_sealing *s;

	seal(MOST);
	memcpy(whole, what.sha256, sizeof(whole));
	for (size_t i = 0; i < sizeof(CUTS) / sizeof(*CUTS); i++) {
		seal(MOST);
		assert_int_equal(ftruncate(fd, (off_t)CUTS[i]), 0);
		assert_int_equal(sk_sealing_resume(fd, &what, &s), 0);
		size_t at = sk_sealing_taken(s);
		assert_int_equal(at, CUTS[i] < 32 ? 0 : (CUTS[i] - 32) / (PIECE + 17) * PIECE);
		put(s, at, MOST);
		assert_int_equal(sk_sealing_end(s, what.sha256, &what.size), 0);
		sk_sealing_free(s);
		assert_memory_equal(what.sha256, whole, sizeof(whole));
		reads(MOST);
	}
}

/* One that was ended is whole: it is told again, and takes no more; what is damaged is thrown away from there on. */
static void test_resume_whole(void **state)
{
	uint8_t sum[32], byte = 0x55;
	struct sk_sealing *s;
	uint64_t size;

	for (size_t i = 0; i < NSIZES; i++) {
		seal(SIZES[i]);
		assert_int_equal(sk_sealing_resume(fd, &what, &s), 0);
		assert_int_equal(sk_sealing_taken(s), SIZES[i]);
		assert_int_equal(sk_sealing_put(s, "x", 1), SK_EREFUSED);
		assert_int_equal(sk_sealing_end(s, sum, &size), 0);
		assert_int_equal(size, SIZES[i]);
		assert_memory_equal(sum, what.sha256, sizeof(sum));
		sk_sealing_free(s);
		reads(SIZES[i]);
	}
	assert_int_equal(pwrite(fd, &byte, 1, 32 + PIECE + 17 + 9), 1);
	assert_int_equal(sk_sealing_resume(fd, &what, &s), 0);
	assert_int_equal(sk_sealing_taken(s), PIECE);
	put(s, PIECE, MOST);
	assert_int_equal(sk_sealing_end(s, what.sha256, &what.size), 0);
	sk_sealing_free(s);
	reads(MOST);
}

static void test_wire(void **state)
{
	struct sk_buf b = SK_BUF(256);
	struct sk_bytes got;

	seal(10);
	for (int sealed = 1; sealed >= 0; sealed--) {
		if (!sealed)
			what = (struct sk_bytes){.size = 9};
		sk_buf_reset(&b);
		assert_int_equal(sk_bytes_put(&what, &b), 0);
		assert_int_equal(b.len, SK_BYTES_WIRE);
		assert_int_equal(sk_bytes_get(sk_buf_slice(&b), &got), 0);
		assert_int_equal(got.sealed, what.sealed);
		assert_memory_equal(got.key, what.key, sizeof(got.key));
		assert_memory_equal(got.sha256, what.sha256, sizeof(got.sha256));
		assert_int_equal(got.size, what.size);
		for (size_t n = 0; n < b.len; n++)
			assert_int_equal(sk_bytes_get(sk_slice(b.p, n), &got), SK_EFORMAT);
	}
	assert_string_equal(got.name, "");
	b.p[1] = 1; /* a key where nothing is sealed */
	assert_int_equal(sk_bytes_get(sk_buf_slice(&b), &got), SK_EFORMAT);
	b.p[1] = 0;
	b.p[0] = 2;
	assert_int_equal(sk_bytes_get(sk_buf_slice(&b), &got), SK_EFORMAT);
	b.p[0] = 1;
	b.p[40] = 'G';
	assert_int_equal(sk_bytes_get(sk_buf_slice(&b), &got), SK_EFORMAT);
	sk_buf_free(&b);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_round), T(test_plain), T(test_other_bytes),
	    T(test_resume), T(test_resume_whole), T(test_wire)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
