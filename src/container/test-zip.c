/* Tests of the zip reader and writer: what honest writers make is read, what lies is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "container/zip.h"

struct fixture {
	struct sk_arena *arena;
	struct sk_buf out;
	struct sk_zip zip;
	const char *why;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	f->arena = sk_arena_new((size_t)64 << 20);
	f->out = SK_BUF((size_t)16 << 20);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	sk_arena_free(f->arena);
	sk_buf_free(&f->out);
	free(f);
	return 0;
}

static const char text[] =
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/* Two members: a.txt (deflated) and b (stored); with `name2` as the second name. */
static void sample(struct fixture *f, const char *name2)
{
	struct sk_zip_writer *w = sk_zip_writer_new(&f->out);
	assert_non_null(w);
	assert_int_equal(sk_zip_writer_add(w, "a.txt", SK_SLICE_LIT(text), 6), 0);
	assert_int_equal(sk_zip_writer_add(w, name2, SK_SLICE_LIT("xyz"), 6), 0);
	assert_int_equal(sk_zip_writer_end(w), 0);
	sk_zip_writer_free(w);
}

static int read_it(struct fixture *f)
{
	f->why = NULL;
	return sk_zip_read(f->arena, sk_buf_slice(&f->out), 100, &f->zip, &f->why);
}

static void refused(struct fixture *f, const char *why)
{
	assert_int_equal(read_it(f), SK_EFORMAT);
	assert_string_equal(f->why, why);
}

/* Offset of the n-th (from 0) place where `sig` stands. */
static size_t place(struct fixture *f, const char *sig, unsigned n)
{
	size_t at = sk_slice_find(sk_buf_slice(&f->out), 0, sk_slice(sig, 4));
	for (; n; n--)
		at = sk_slice_find(sk_buf_slice(&f->out), at + 1, sk_slice(sig, 4));
	assert_true(at != SIZE_MAX);
	return at;
}

static void poke(struct fixture *f, size_t at, uint32_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		f->out.p[at + i] = (uint8_t)(v >> 8 * i);
}

static void splice(struct fixture *f, size_t at, const void *p, size_t n)
{
	assert_int_equal(sk_buf_fill(&f->out, 0, n), 0);
	memmove(f->out.p + at + n, f->out.p + at, f->out.len - n - at);
	memcpy(f->out.p + at, p, n);
}

static void test_round_trip(void **state)
{
	struct fixture *f = *state;
	struct sk_slice data;

	sample(f, "folder/日本.txt");
	assert_int_equal(read_it(f), 0);
	assert_int_equal(f->zip.count, 2);
	assert_int_equal(f->zip.members[0].method, 8);
	assert_false(f->zip.members[0].utf8);
	assert_true(f->zip.members[1].utf8);
	assert_int_equal(sk_zip_unpack(f->arena, &f->zip.members[0], 1000, &data), 0);
	assert_true(sk_slice_is(data, text));
	assert_int_equal(sk_zip_unpack(f->arena, &f->zip.members[1], 3, &data), 0);
	assert_true(sk_slice_is(data, "xyz"));
	assert_int_equal(
	    f->zip.notes.extra_fields + f->zip.notes.hidden + f->zip.notes.member_comments, 0);
	assert_false(f->zip.notes.leading || f->zip.notes.trailing || f->zip.notes.comment);
}

static void test_empty_archive(void **state)
{
	struct fixture *f = *state;
	struct sk_zip_writer *w = sk_zip_writer_new(&f->out);
	assert_int_equal(sk_zip_writer_end(w), 0);
	sk_zip_writer_free(w);
	assert_int_equal(f->out.len, 22);
	assert_int_equal(read_it(f), 0);
	assert_int_equal(f->zip.count, 0);
}

static void test_writer_arguments(void **state)
{
	struct fixture *f = *state;
	struct sk_zip_writer *w = sk_zip_writer_new(&f->out);
	assert_int_equal(sk_zip_writer_add(w, "", SK_SLICE_LIT("x"), 6), SK_EARG);
	assert_int_equal(sk_zip_writer_add(w, "a", SK_SLICE_LIT("x"), 13), SK_EARG);
	sk_zip_writer_free(w);
	struct sk_buf small = SK_BUF(40);
	w = sk_zip_writer_new(&small);
	assert_int_equal(sk_zip_writer_add(w, "a", SK_SLICE_LIT(text), 0), SK_ELIMIT);
	sk_zip_writer_free(w);
	sk_buf_free(&small);
}

static void test_folders_and_links(void **state)
{
	struct fixture *f = *state;
	sample(f, "b/");
	poke(f, place(f, "PK\1\2", 0) + 38, 0120777U << 16, 4);
	assert_int_equal(read_it(f), 0);
	assert_true(f->zip.members[0].symlink);
	assert_true(f->zip.members[1].directory);
	assert_false(f->zip.members[1].symlink);
}

static void test_member_limit(void **state)
{
	struct fixture *f = *state;
	sample(f, "b");
	assert_int_equal(sk_zip_read(f->arena, sk_buf_slice(&f->out), 2, &f->zip, &f->why), 0);
	assert_int_equal(
	    sk_zip_read(f->arena, sk_buf_slice(&f->out), 1, &f->zip, &f->why), SK_ELIMIT);
}

static void test_tolerated(void **state)
{
	struct fixture *f = *state;
	sample(f, "b");
	size_t at = place(f, "PK\5\6", 0);
	poke(f, at + 20, 3, 2);
	assert_int_equal(sk_buf_puts(&f->out, "note"), 0); /* a comment of 3, a byte too many */
	assert_int_equal(read_it(f), 0);
	assert_true(f->zip.notes.comment);
	assert_true(f->zip.notes.trailing);
}

static void test_stub(void **state)
{
	struct fixture *f = *state;
	struct sk_slice data;
	sample(f, "b");
	splice(f, 0, "MZstub", 6); /* offsets now count from behind the stub */
	assert_int_equal(read_it(f), 0);
	assert_true(f->zip.notes.leading);
	assert_int_equal(sk_zip_unpack(f->arena, &f->zip.members[0], 1000, &data), 0);
}

static void test_hidden_bytes(void **state)
{
	struct fixture *f = *state;
	sample(f, "b");
	size_t directory = place(f, "PK\1\2", 0);
	splice(f, directory, "hidden", 6);
	poke(f, place(f, "PK\5\6", 0) + 16, (uint32_t)directory + 6, 4);
	assert_int_equal(read_it(f), 0);
	assert_int_equal(f->zip.notes.hidden, 6);
}

/* As streaming writers do: sizes 0 in the local header, a descriptor behind the data. */
static void test_data_descriptor(void **state)
{
	struct fixture *f = *state;
	struct sk_slice data;
	uint8_t descriptor[16] = "PK\7\10";

	sample(f, "b");
	size_t local = place(f, "PK\3\4", 0), central = place(f, "PK\1\2", 0);
	poke(f, local + 6, 8, 2);
	poke(f, central + 8, 8, 2);
	memcpy(descriptor + 4, f->out.p + local + 14, 12);
	poke(f, local + 14, 0, 4);
	poke(f, local + 18, 0, 4);
	poke(f, local + 22, 0, 4);
	size_t second = place(f, "PK\3\4", 1);
	splice(f, second, descriptor, sizeof(descriptor));
	poke(f, place(f, "PK\1\2", 1) + 42, (uint32_t)second + 16, 4);
	poke(f, place(f, "PK\5\6", 0) + 16, (uint32_t)central + 16, 4);
	assert_int_equal(read_it(f), 0);
	assert_int_equal(f->zip.notes.hidden, 0);
	assert_int_equal(sk_zip_unpack(f->arena, &f->zip.members[0], 1000, &data), 0);
	poke(f, second + 8, 1, 4);
	refused(f, "a data descriptor disagrees with the directory");
}

/* The member's sizes and offset stand in the zip64 field, in the directory and in the local header.
 */
static void test_zip64_member(void **state)
{
	struct fixture *f = *state;
	uint8_t field[28] = {1, 0, 24, 0};

	sample(f, "b");
	size_t central = place(f, "PK\1\2", 1);
	memcpy(field + 4, f->out.p + central + 24, 4);
	memcpy(field + 12, f->out.p + central + 20, 4);
	memcpy(field + 20, f->out.p + central + 42, 4);
	poke(f, central + 20, UINT32_MAX, 4);
	poke(f, central + 24, UINT32_MAX, 4);
	poke(f, central + 42, UINT32_MAX, 4);
	poke(f, central + 30, sizeof(field), 2);
	splice(f, central + 46 + 1, field, sizeof(field));
	size_t end = place(f, "PK\5\6", 0);
	poke(f, end + 12, (uint32_t)(end - place(f, "PK\1\2", 0)), 4);
	assert_int_equal(read_it(f), 0);
	assert_int_equal(f->zip.members[1].size, 3);
	assert_int_equal(f->zip.notes.extra_fields, 1);
	poke(f, central + 46 + 1 + 4 + 4, 1,
	    4); /* a size of 4 GiB more than the local header says */
	refused(f, "a local header has other sizes");
	poke(f, central + 46 + 1 + 2, 8, 2); /* the field ends before the sizes do */
	poke(f, central + 30, 12, 2);
	assert_int_equal(read_it(f), SK_EFORMAT);
}

static void put_end64(struct fixture *f, uint64_t count)
{
	size_t end = place(f, "PK\5\6", 0), directory = place(f, "PK\1\2", 0);
	struct sk_buf b = SK_BUF(100);

	sk_buf_put(&b, "PK\6\6", 4);
	sk_buf_put_u64le(&b, 44);
	sk_buf_put_u32le(&b, 0x2D002D);
	sk_buf_put_u64le(&b, 0);
	sk_buf_put_u64le(&b, count);
	sk_buf_put_u64le(&b, count);
	sk_buf_put_u64le(&b, end - directory);
	sk_buf_put_u64le(&b, directory);
	sk_buf_put(&b, "PK\6\7", 4);
	sk_buf_put_u32le(&b, 0);
	sk_buf_put_u64le(&b, end);
	sk_buf_put_u32le(&b, 1);
	splice(f, end, b.p, b.len);
	sk_buf_free(&b);
}

static void test_zip64_end(void **state)
{
	struct fixture *f = *state;
	sample(f, "b");
	put_end64(f, 2);
	assert_int_equal(read_it(f), 0);
	size_t end = place(f, "PK\5\6", 0);
	poke(f, end + 8, UINT32_MAX, 4);
	poke(f, end + 12, UINT32_MAX, 4);
	poke(f, end + 16, UINT32_MAX, 4);
	assert_int_equal(read_it(f), 0);
	assert_int_equal(f->zip.count, 2);
}

static void test_zip64_lies(void **state)
{
	struct fixture *f = *state;
	sample(f, "b");
	put_end64(f, UINT64_MAX / 2);
	refused(f, "the two end records disagree");
	size_t end = place(f, "PK\5\6", 0);
	poke(f, end + 8, UINT32_MAX, 4);
	refused(f, "the directory is too small for its number of members");
	splice(f, end - 20, "x", 1);
	refused(f, "the zip64 end record has a wrong size");
}

static void test_local_disagrees(void **state)
{
	struct fixture *f = *state;
	sample(f, "b");
	size_t local = place(f, "PK\3\4", 0);
	f->out.p[local + 30] = 'A';
	refused(f, "a local header has another name");
	f->out.p[local + 30] = 'a';
	poke(f, local + 8, 0, 2);
	refused(f, "a local header has another method");
	poke(f, local + 8, 8, 2);
	poke(f, local + 22, 7, 4);
	refused(f, "a local header has other sizes");
}

static void test_overlap(void **state)
{
	struct fixture *f = *state;
	sample(f, "a.txt"); /* same name and same place: one local header for two entries */
	poke(f, place(f, "PK\1\2", 1) + 42, 0, 4);
	memcpy(f->out.p + place(f, "PK\1\2", 1) + 8, f->out.p + place(f, "PK\1\2", 0) + 8, 20);
	refused(f, "two members overlap");
}

static void test_duplicate_name(void **state)
{
	struct fixture *f = *state;
	sample(f, "a.txt");
	refused(f, "two members have one name");
}

static void test_second_archive(void **state)
{
	struct fixture *f = *state;
	sample(f, "b");
	struct sk_buf first = SK_BUF(1 << 20);
	sk_buf_put_slice(&first, sk_buf_slice(&f->out));
	splice(f, 0, first.p, first.len);
	sk_buf_free(&first);
	refused(f, "two directories");
	/* The offsets of the second one count from the start of the file: one directory, two end
	 * records. */
	size_t directory = place(f, "PK\1\2", 2), n = place(f, "PK\3\4", 2);
	poke(f, place(f, "PK\5\6", 1) + 16, (uint32_t)directory, 4);
	poke(f, place(f, "PK\1\2", 2) + 42, (uint32_t)n, 4);
	poke(f, place(f, "PK\1\2", 3) + 42, (uint32_t)place(f, "PK\3\4", 3), 4);
	refused(f, "more than one end record");
}

static void test_sizes_of_the_directory(void **state)
{
	struct fixture *f = *state;
	sample(f, "b");
	size_t end = place(f, "PK\5\6", 0);
	poke(f, end + 8, 0x00030003, 4);
	assert_int_equal(read_it(f), SK_EFORMAT);
	poke(f, end + 8, 0x00010001, 4);
	refused(f, "the directory is longer than its members");
	poke(f, end + 12, 0x7FFFFFFF, 4);
	assert_int_equal(read_it(f), SK_EFORMAT);
}

static void test_truncated_anywhere(void **state)
{
	struct fixture *f = *state;
	sample(f, "b");
	for (size_t n = 0; n < f->out.len; n++) {
		struct sk_slice cut = sk_slice(f->out.p, n);
		assert_int_equal(sk_zip_read(f->arena, cut, 100, &f->zip, &f->why), SK_EFORMAT);
		assert_non_null(f->why);
	}
}

static void test_bad_data(void **state)
{
	struct fixture *f = *state;
	struct sk_slice data;
	sample(f, "b");
	assert_int_equal(read_it(f), 0);
	struct sk_zip_member m = f->zip.members[0];
	assert_int_equal(sk_zip_unpack(f->arena, &m, m.size - 1, &data), SK_ELIMIT);
	m.size++;
	assert_int_equal(sk_zip_unpack(f->arena, &m, 1000, &data), SK_EFORMAT);
	m.size = (size_t)32 << 20; /* more than deflate can hold in so few bytes */
	assert_int_equal(sk_zip_unpack(f->arena, &m, (size_t)64 << 20, &data), SK_EFORMAT);
	m = f->zip.members[0];
	m.crc++;
	assert_int_equal(sk_zip_unpack(f->arena, &m, 1000, &data), SK_EFORMAT);
	m = f->zip.members[0];
	m.method = 12;
	assert_int_equal(sk_zip_unpack(f->arena, &m, 1000, &data), SK_EUNSUPPORTED);
	m.method = 8;
	m.encrypted = true;
	assert_int_equal(sk_zip_unpack(f->arena, &m, 1000, &data), SK_EUNSUPPORTED);
	m = f->zip.members[1];
	m.data.n--;
	assert_int_equal(sk_zip_unpack(f->arena, &m, 1000, &data), SK_EFORMAT);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* Large data in pieces of any size: the same bytes, and they unpack, whole and in pieces. */
static void pieces(void **state)
{
	const size_t n = ((size_t)9 << 20) + 5;
	struct sk_arena *a = sk_arena_new((size_t)64 << 20);
	struct sk_zip_packer *p = sk_zip_packer_new(5);
	uint8_t *data = sk_arena_alloc(a, n), *back = sk_arena_alloc(a, n);
	struct sk_zip_packed whole, parts;
	struct sk_slice out;
	uint32_t x = 1;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245U + 12345U;
		data[i] = "<row r=0123456789>"[i % 97 ? i % 18 : x >> 16 & 15];
	}
	assert_int_equal(sk_zip_pack(p, a, sk_slice(data, n), &whole), 0);
	for (size_t at = 0, step = 1; at < n; at += step, step = step * 3 % 1000003)
		assert_int_equal(
		    sk_zip_packer_put(p, sk_slice_sub(sk_slice(data, n), at, step)), 0);
	assert_int_equal(sk_zip_packer_end(p, a, &parts), 0);
	assert_true(sk_slice_eq(whole.bytes, parts.bytes) && whole.method == 8);
	struct sk_zip_member m = {.method = 8,
	    .size = n,
	    .crc = whole.crc,
	    .data = whole.bytes,
	    .packed_size = whole.bytes.n};
	assert_int_equal(sk_zip_unpack(a, &m, n, &out), 0);
	assert_true(out.n == n && memcmp(out.p, data, n) == 0);
	struct sk_zip_reader *r = sk_zip_reader_new(&m);
	size_t at = 0, got;
	do {
		assert_int_equal(
		    sk_zip_reader_next(r, back + at, n - at < 100000 ? n - at + 1 : 100000, &got),
		    0);
		at += got;
	} while (got == 100000);
	assert_true(at == n && memcmp(back, data, n) == 0);
	sk_zip_reader_free(r);
	m.crc++;
	r = sk_zip_reader_new(&m);
	int rc = 0;
	for (at = 0; rc == 0 && at < n; at += got)
		rc = sk_zip_reader_next(r, back, 1 << 20, &got);
	assert_int_equal(rc, SK_EFORMAT);
	sk_zip_reader_free(r);
	sk_zip_packer_free(p);
	sk_arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(pieces),
	    T(test_round_trip),
	    T(test_empty_archive),
	    T(test_writer_arguments),
	    T(test_folders_and_links),
	    T(test_member_limit),
	    T(test_tolerated),
	    T(test_stub),
	    T(test_hidden_bytes),
	    T(test_data_descriptor),
	    T(test_zip64_member),
	    T(test_zip64_end),
	    T(test_zip64_lies),
	    T(test_local_disagrees),
	    T(test_overlap),
	    T(test_duplicate_name),
	    T(test_second_archive),
	    T(test_sizes_of_the_directory),
	    T(test_truncated_anywhere),
	    T(test_bad_data),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
