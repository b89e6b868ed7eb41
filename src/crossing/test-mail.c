/* Tests of what both ends of a link share: letters, requests for letters, ranges, objects. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "crossing/exchange.h"
#include "crossing/mail.h"
#include "crossing/objects.h"
#include "crossing/range.h"

#define ID "00112233445566778899aabbccddeeff"

static struct sk_mail m;
static struct sk_buf b = SK_BUF((size_t)1 << 20);
static struct sk_letters l;
static uint8_t filler[SK_LETTER_BYTES];

static int teardown(void **state)
{
	sk_mail_clear(&m);
	sk_buf_free(&b);
	return 0;
}

/* Numbers from…to as a batch in b. */
static struct sk_slice batch(uint64_t from, uint64_t to, size_t size)
{
	sk_buf_reset(&b);
	for (uint64_t i = from; i <= to; i++)
		assert_int_equal(
		    sk_letters_put(&(struct sk_carried){i, SK_LETTER_OFFER, {filler, size}}, &b),
		    0);
	return sk_buf_slice(&b);
}

static void ready(uint64_t heard)
{
	assert_int_equal(sk_mail_heard(&m, heard), 0);
}

static uint64_t next(uint64_t after)
{
	sk_buf_reset(&b);
	after = sk_mail_batch(&m, after, &b);
	assert_int_equal(sk_letters_get(sk_buf_slice(&b), &l), 0);
	return after;
}

static void test_ours(void **state)
{
	assert_int_equal(sk_mail_give(&m, batch(1, 3, 5)), SK_EFORMAT); /* before HEARD */
	ready(0);
	assert_int_equal(sk_mail_give(&m, batch(1, 3, 5)), 0);
	assert_int_equal(sk_mail_give(&m, batch(2, 4, 5)), 0);
	assert_int_equal(m.n, 4);
	assert_int_equal(next(0), 4);
	assert_int_equal(l.n, 4);
	assert_int_equal(next(2), 4);
	assert_int_equal(l.v[0].number, 3);
	assert_int_equal(next(4), 4);
	assert_int_equal(l.n, 0);
	assert_true(sk_mail_waits(&m, 3));
	assert_false(sk_mail_waits(&m, 4));
	sk_mail_sent(&m, 3);
	assert_int_equal(m.n, 1);
	assert_true(sk_mail_tell(&m));
	assert_int_equal(m.told, 3);
	assert_false(sk_mail_tell(&m));
	sk_mail_sent(&m, 2);
	assert_int_equal(m.sent, 3);
}

static void test_large_ones_go_one_by_one(void **state)
{
	ready(0);
	assert_int_equal(sk_mail_give(&m, batch(1, 1, SK_LETTER_BYTES)), 0);
	assert_int_equal(sk_mail_give(&m, batch(2, 2, SK_LETTER_BYTES)), 0);
	assert_int_equal(next(0), 1);
	assert_int_equal(next(1), 2);
}

/* A gate that begins anew is not told of letters that it has not given again. */
static void test_told_only_what_was_given(void **state)
{
	ready(0);
	sk_mail_sent(&m, 100);
	assert_false(sk_mail_tell(&m));
	assert_int_equal(sk_mail_give(&m, batch(99, 102, 1)), 0);
	assert_int_equal(m.n, 2);
	assert_true(sk_mail_tell(&m));
	assert_int_equal(m.told, 100);
	assert_int_equal(next(100), 102);
}

static void test_too_many(void **state)
{
	ready(0);
	assert_int_equal(sk_mail_give(&m, batch(1, SK_LINK_AHEAD, 0)), 0);
	assert_int_equal(
	    sk_mail_give(&m, batch(SK_LINK_AHEAD + 1, SK_LINK_AHEAD + 1, 0)), SK_ELIMIT);
}

static size_t take(uint64_t from, uint64_t to)
{
	static struct sk_letters in;
	struct sk_buf out = SK_BUF((size_t)1 << 20), bytes = SK_BUF((size_t)1 << 20);
	size_t n;

	sk_buf_put_slice(&bytes, batch(from, to, 1));
	assert_int_equal(sk_letters_get(sk_buf_slice(&bytes), &in), 0);
	n = sk_mail_take(&m, &in, &out);
	assert_int_equal(sk_letters_get(sk_buf_slice(&out), &l), 0);
	assert_int_equal(l.n, n);
	sk_buf_free(&out);
	sk_buf_free(&bytes);
	return n;
}

static void test_theirs(void **state)
{
	assert_int_equal(take(1, 3), 0);
	ready(10);
	assert_int_equal(m.came, 10);
	assert_int_equal(take(9, 12), 2);
	assert_int_equal(m.came, 12);
	assert_int_equal(take(9, 12), 0);
	assert_int_equal(sk_mail_heard(&m, 13), SK_EFORMAT); /* it cannot have heard that */
	assert_int_equal(sk_mail_heard(&m, 9), SK_EFORMAT);
	ready(11);
	assert_int_equal(m.nunheard, 1);
	ready(12);
	assert_int_equal(m.nunheard, 0);
}

static void test_a_gate_that_does_not_hear(void **state)
{
	ready(0);
	assert_int_equal(take(1, SK_LINK_AHEAD - 1), SK_LINK_AHEAD - 1);
	assert_true(sk_mail_room(&m));
	assert_int_equal(take(SK_LINK_AHEAD, SK_LINK_AHEAD + 5), 1);
	assert_false(sk_mail_room(&m));
	assert_int_equal(m.came, SK_LINK_AHEAD);
	ready(1);
	assert_true(sk_mail_room(&m));
	sk_mail_clear(&m);
	assert_false(m.begun);
}

/* --- requests for letters --- */

static void test_exchange(void **state)
{
	struct sk_exchange e = {
	    .came = 9, .heard = 8, .known = 7, .after = 6, .wait = SK_EXCHANGE_WAIT};
	static struct sk_exchange out;
	struct sk_buf body = SK_BUF(SK_EXCHANGE_BYTES);

	assert_int_equal(sk_exchange_put(&e, batch(7, 9, 3), &body), 0);
	assert_int_equal(sk_exchange_get(sk_buf_slice(&body), &out), 0);
	assert_true(out.came == 9 && out.heard == 8 && out.known == 7 && out.after == 6);
	assert_int_equal(out.letters.n, 3);
	for (size_t n = 0; n < SK_EXCHANGE_HEAD; n++)
		assert_int_equal(sk_exchange_get(sk_slice(body.p, n), &out), SK_EFORMAT);
	assert_int_equal(sk_exchange_get(sk_slice(body.p, SK_EXCHANGE_HEAD), &out), 0);
	body.p[24] = 7; /* after: the first letter is none behind it */
	assert_int_equal(sk_exchange_get(sk_buf_slice(&body), &out), SK_EFORMAT);
	body.p[24] = 6;
	body.p[8] = 10; /* heard more than came */
	assert_int_equal(sk_exchange_get(sk_buf_slice(&body), &out), SK_EFORMAT);
	body.p[8] = 8;
	body.p[32] = SK_EXCHANGE_WAIT + 1;
	assert_int_equal(sk_exchange_get(sk_buf_slice(&body), &out), SK_EFORMAT);
	sk_buf_reset(&body);
	e.heard = 10;
	assert_int_equal(sk_exchange_put(&e, sk_slice("", 0), &body), SK_EARG);
	sk_buf_free(&body);
}

static void test_ranges(void **state)
{
	static const char *const bad[] = {"", "bytes=", "bytes=-5", "bytes=5", "bytes=05-",
	    "bytes=5-6", "bytes=5-,7-", "bytes= 5-", "bytes=1234567890123456789-", "items=5-"};
	static const char *const bad_content[] = {"", "bytes 5-9/11", "bytes 6-5/6", "bytes 5-9/*",
	    "bytes */10", "bytes 5-9/10 ", "bytes=5-9/10", "bytes 5-09/10"};
	char text[SK_RANGE_TEXT];
	uint64_t from, size;

	sk_range_put(text, 5000000000);
	assert_true(sk_range_get(text, &from) && from == 5000000000);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(sk_range_get(bad[i], &from));
	sk_content_range_put(text, 5, 10);
	assert_string_equal(text, "bytes 5-9/10");
	assert_true(sk_content_range_get(text, &from, &size) && from == 5 && size == 10);
	for (size_t i = 0; i < sizeof(bad_content) / sizeof(*bad_content); i++)
		assert_false(sk_content_range_get(bad_content[i], &from, &size));
}

/* --- objects --- */

static struct sk_link_object abc = {.id = ID, .size = 3};

static struct sk_object *fetch(struct sk_objects *all, const char *there)
{
	struct sk_object *o = NULL;
	int fd = sk_memfd("object");

	gnutls_hash_fast(GNUTLS_DIG_SHA256, "abc", 3, abc.sha256);
	assert_int_equal(sk_write_all(fd, there, strlen(there)), 0);
	assert_int_equal(sk_objects_add(all, &abc, true, &fd, &o), 0);
	assert_int_equal(fd, -1);
	return o;
}

static void test_objects(void **state)
{
	struct sk_objects all = {0};
	struct sk_object *o = fetch(&all, ""), *again = NULL;
	int fd = sk_memfd("again");

	assert_int_equal(sk_objects_add(&all, &abc, true, &fd, &again), 0);
	assert_ptr_equal(o, again);
	assert_true(fd >= 0);
	assert_null(sk_objects_find(&all, ID, false));
	assert_int_equal(sk_object_write(o, "ab", 2), 0);
	assert_int_equal(sk_object_write(o, "cd", 2), SK_EREFUSED);
	assert_int_equal(sk_object_write(o, "c", 1), 0);
	assert_int_equal(sk_object_complete(o), 0);
	sk_objects_remove(&all, o);
	assert_int_equal(all.n, 0);
	close(fd);
}

/* What is given is proved before any of it leaves, some of it at a time. */
static void test_objects_given(void **state)
{
	static uint8_t many[(8 << 20) + 5];
	static struct sk_link_object large = {.id = ID, .size = sizeof(many)};
	struct sk_objects all = {0};
	struct sk_object *o = NULL;

	memset(many, 'x', sizeof(many));
	gnutls_hash_fast(GNUTLS_DIG_SHA256, many, sizeof(many), large.sha256);
	for (int wrong = 0; wrong < 4; wrong++) {
		int fd = sk_memfd("given");
		assert_int_equal(sk_write_all(fd, many, sizeof(many)), 0);
		if (wrong == 1) /* longer, shorter, other */
			assert_int_equal(sk_write_all(fd, many, 1), 0);
		if (wrong == 2)
			assert_int_equal(ftruncate(fd, sizeof(many) - 1), 0);
		if (wrong == 3)
			assert_int_equal(pwrite(fd, "y", 1, sizeof(many) - 2), 1);
		assert_int_equal(sk_objects_add(&all, &large, false, &fd, &o), 0);
		assert_ptr_equal(sk_objects_unproved(&all), o);
		assert_int_equal(sk_object_prove(o), SK_EBUSY);
		assert_false(o->proved);
		assert_int_equal(sk_object_prove(o), wrong ? SK_EFORMAT : 0);
		assert_int_equal(o->proved, !wrong);
		assert_int_equal(sk_objects_unproved(&all) == NULL, !wrong);
		sk_objects_remove(&all, o);
	}
}

static void test_objects_that_were_begun(void **state)
{
	struct sk_objects all = {0};
	struct sk_object *o = fetch(&all, "ab");

	assert_int_equal(o->have, 2);
	assert_int_equal(sk_object_write(o, "c", 1), 0);
	assert_int_equal(sk_object_complete(o), 0);
	sk_objects_clear(&all);
	o = fetch(&all, "xb");
	assert_int_equal(sk_object_write(o, "c", 1), 0);
	assert_int_equal(sk_object_complete(o), SK_EBUSY);
	assert_int_equal(o->have, 0);
	assert_int_equal(sk_object_write(o, "xbc", 3), 0);
	assert_int_equal(sk_object_complete(o), SK_EREFUSED);
	sk_objects_clear(&all);
	o = fetch(&all, "abcd"); /* more than it has: from the beginning */
	assert_int_equal(o->have, 0);
	sk_objects_clear(&all);
}

static void test_too_many_objects(void **state)
{
	struct sk_objects all = {0};
	struct sk_link_object what = abc;
	struct sk_object *o;

	for (int give = 0; give <= 1; give++)
		for (int i = 0; i <= SK_LINK_OBJECTS; i++) {
			int fd = sk_memfd("one");
			snprintf(what.id, sizeof(what.id), "%032x", i);
			assert_int_equal(sk_objects_add(&all, &what, give == 0, &fd, &o),
			    i < SK_LINK_OBJECTS ? 0 : SK_ELIMIT);
			sk_close(&fd);
		}
	assert_int_equal(all.n, 2 * SK_LINK_OBJECTS);
	sk_objects_clear(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_teardown(f, teardown)
	    T(test_ours), T(test_large_ones_go_one_by_one), T(test_told_only_what_was_given),
	    T(test_too_many), T(test_theirs), T(test_a_gate_that_does_not_hear), T(test_exchange),
	    T(test_ranges), T(test_objects), T(test_objects_given), T(test_objects_that_were_begun),
	    T(test_too_many_objects)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
