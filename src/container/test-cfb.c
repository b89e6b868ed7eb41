/* Tests of compound files: large and small streams, names, and what lies about itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "container/cfb.h"

#define SECTORS 14
#define NONE 0xFFFFFFFFU
#define END 0xFFFFFFFEU

static uint8_t file[512 * (SECTORS + 1)];
static struct sk_arena *arena;

static uint8_t *sector(unsigned i)
{
	return file + 512 * ((size_t)i + 1);
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void link_to(uint32_t from, uint32_t to)
{
	put32(sector(0) + 4 * (size_t)from, to);
}

static void entry(unsigned i, const char *name, uint8_t kind, uint32_t start, uint32_t size)
{
	uint8_t *e = sector(1 + i / 4) + 128 * (size_t)(i % 4);

	for (size_t k = 0; name[k]; k++)
		e[2 * k] = (uint8_t)name[k];
	e[64] = (uint8_t)(2 * strlen(name) + 2);
	e[66] = kind;
	put32(e + 68, NONE);
	put32(e + 72, NONE);
	put32(e + 76, NONE);
	put32(e + 116, start);
	put32(e + 120, size);
}

static void side(unsigned i, size_t which, uint32_t to)
{
	put32(sector(1 + i / 4) + 128 * (size_t)(i % 4) + which, to);
}

/*
 * Sector 0 FAT, 1 and 2 directory, 3 mini FAT, 4 small streams, 5..13 a stream of 4,100 bytes. The root holds
 * "Large" and the storage "Box", which holds "small".
 */
static int setup(void **state)
{
	arena = sk_arena_new(16 << 20);
	memset(file, 0, sizeof(file));
	memcpy(file, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
	memcpy(file + 0x1C, "\xFE\xFF\x09\0", 4);
	put32(file + 0x30, 1);
	put32(file + 0x3C, 3);
	put32(file + 0x44, END);
	memset(file + 0x50, 0xFF, 512 - 0x50);
	memset(sector(0), 0xFF, 512);
	memset(sector(3), 0xFF, 512);
	link_to(1, 2);
	link_to(2, END);
	link_to(3, END);
	link_to(4, END);
	for (uint32_t i = 5; i < 14; i++) {
		link_to(i, i < 13 ? i + 1 : END);
		memset(sector(i), 'a' + (int)i - 5, 512);
	}
	entry(0, "Root Entry", 5, 4, 128);
	entry(1, "Large", 2, 5, 4100);
	entry(2, "Box", 1, 0, 0);
	entry(3, "small", 2, 0, 70);
	entry(4, "Adrift", 2, 5, 4100);
	side(0, 76, 1);
	side(1, 72, 2);
	side(2, 76, 3);
	put32(sector(3), 1);
	put32(sector(3) + 4, END);
	memset(sector(4), 's', 64);
	memset(sector(4) + 64, 't', 64);
	return arena ? 0 : -1;
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	return 0;
}

static int opened(struct sk_cfb *c)
{
	return sk_cfb_open(arena, sk_slice(file, sizeof(file)), c);
}

static void test_streams(void **state)
{
	struct sk_cfb c;
	struct sk_slice out;

	assert_int_equal(opened(&c), 0);
	uint32_t large = sk_cfb_find(&c, SK_CFB_ROOT, "LARGE"),
		 box = sk_cfb_find(&c, SK_CFB_ROOT, "Box");
	assert_int_equal(sk_cfb_read(&c, large, SIZE_MAX, &out), 0);
	assert_int_equal(out.n, 4100);
	assert_int_equal(out.p[512], 'b');
	assert_int_equal(out.p[4099], 'i');
	assert_int_equal(sk_cfb_read(&c, large, 10, &out), 0);
	assert_int_equal(out.n, 10);
	assert_int_equal(sk_cfb_find(&c, SK_CFB_ROOT, "small"), SK_CFB_NONE);
	uint32_t small = sk_cfb_find(&c, box, "small");
	assert_int_equal(sk_cfb_read(&c, small, SIZE_MAX, &out), 0);
	assert_int_equal(out.n, 70);
	assert_int_equal(out.p[63], 's');
	assert_int_equal(out.p[64], 't');
	assert_int_equal(sk_cfb_read(&c, box, SIZE_MAX, &out), SK_EFORMAT);
	assert_int_equal(sk_cfb_read(&c, SK_CFB_NONE, SIZE_MAX, &out), SK_EFORMAT);
}

static void test_what_cannot_be_reached_is_not_found(void **state)
{
	struct sk_cfb c;

	assert_int_equal(opened(&c), 0);
	assert_string_equal(c.entries[4].name, "Adrift");
	assert_int_equal(c.entries[4].parent, SK_CFB_NONE);
	assert_int_equal(sk_cfb_find(&c, SK_CFB_ROOT, "Adrift"), SK_CFB_NONE);
}

static void test_loops_end(void **state)
{
	struct sk_cfb c;
	struct sk_slice out;

	link_to(2, 1);       /* directory */
	link_to(7, 7);       /* large stream */
	put32(sector(3), 0); /* small stream */
	side(2, 72, 1);      /* siblings */
	side(2, 76, 2);
	assert_int_equal(opened(&c), 0);
	assert_int_equal(sk_cfb_read(&c, 1, SIZE_MAX, &out), 0);
	assert_int_equal(out.n, 4100);
	assert_int_equal(out.p[4000], 'c');
	assert_int_equal(c.entries[3].parent, SK_CFB_NONE);
}

/* The last sector's chain leads to itself, and the file ends before it. */
static void test_torn_files(void **state)
{
	struct sk_cfb c;
	struct sk_slice out;

	link_to(13, 13);
	for (size_t n = 0; n < sizeof(file); n += 37) {
		sk_arena_free(arena);
		arena = sk_arena_new(16 << 20);
		if (sk_cfb_open(arena, sk_slice(file, n), &c) == 0)
			for (uint32_t i = 0; i < c.n; i++)
				(void)sk_cfb_read(&c, i, SIZE_MAX, &out);
	}
	assert_int_equal(opened(&c), 0);
	put32(sector(1) + 128 + 116, 13); /* "Large" begins in the last sector */
	assert_int_equal(sk_cfb_open(arena, sk_slice(file, sizeof(file) - 512), &c), 0);
	assert_int_equal(sk_cfb_read(&c, 1, SIZE_MAX, &out), SK_EFORMAT);
}

/* Entries may share their sectors; what is read of a file has an end all the same. */
static void test_reading_has_an_end(void **state)
{
	struct sk_slice out;
	struct sk_cfb c;
	unsigned times = 0;

	assert_int_equal(opened(&c), 0);
	uint32_t large = sk_cfb_find(&c, SK_CFB_ROOT, "Large");
	while (times < 100 && sk_cfb_read(&c, large, SIZE_MAX, &out) == 0)
		times++;
	assert_in_range(times, 4, 4 * sizeof(file) / 4100 + 1);
}

static void test_names(void **state)
{
	struct sk_cfb c;
	uint8_t *e = sector(1) + 128;

	memcpy(e, "\x42\x30\x00\xD8\x00\x00", 6); /* a letter of Japanese, half a pair, a zero */
	e[64] = 8;
	sector(1)[64] = 0; /* a name of no length */
	assert_int_equal(opened(&c), 0);
	assert_string_equal(c.entries[0].name, "");
	assert_string_equal(c.entries[1].name, "\xE3\x81\x82\xEF\xBF\xBD\xEF\xBF\xBD");
	put32(e + 64, 0xFFFF);
	memset(e, 0x7F, 64);
	assert_int_equal(opened(&c), 0);
	assert_int_equal(strlen(c.entries[1].name), 31 * 3);
}

static void test_what_is_none(void **state)
{
	struct sk_cfb c;

	file[0x1C] = 0;
	assert_int_equal(opened(&c), SK_EFORMAT);
	file[0x1C] = 0xFE;
	file[0x1E] = 10;
	assert_int_equal(opened(&c), SK_EFORMAT);
	file[0x1E] = 9;
	sector(1)[66] = 2; /* no root */
	assert_int_equal(opened(&c), SK_EFORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_streams, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_what_cannot_be_reached_is_not_found, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_loops_end, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_torn_files, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_reading_has_an_end, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_names, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_what_is_none, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
