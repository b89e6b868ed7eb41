/* Tests of letters and of what gate and link role say: they come back as they went, and nothing else is taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "link/link.h"

#define ID "00112233445566778899aabbccddeeff"

static struct sk_buf b = SK_BUF((size_t)1 << 20);
static uint8_t filled[SK_LETTER_BYTES + 1];

static int setup(void **state)
{
	sk_buf_reset(&b);
	return 0;
}

static int teardown_all(void **state)
{
	sk_buf_free(&b);
	return 0;
}

/* One of each kind. */
static const struct sk_letter examples[] = {
    {.kind = SK_LETTER_OFFER, .id = ID, .body = {filled, SK_LETTER_MANIFEST}},
    {.kind = SK_LETTER_FETCH, .id = ID},
    {.kind = SK_LETTER_GONE, .id = ID},
    {.kind = SK_LETTER_END, .id = ID, .event = "reject", .reason = "manifest.hash"},
    {.kind = SK_LETTER_END, .id = ID, .event = "release", .body = {filled, SK_LETTER_RECEIPT}},
    {.kind = SK_LETTER_CHECKPOINT, .body = {filled, SK_LETTER_CHECKPOINT_BYTES}},
    {.kind = SK_LETTER_COSIGNED, .http = 409, .body = {filled, SK_LETTER_COSIGNED_BYTES}},
    {.kind = SK_LETTER_COSIGNED, .http = 404},
    {.kind = SK_LETTER_LAST},
    {.kind = SK_LETTER_SEEN, .http = 404},
    {.kind = SK_LETTER_SEEN, .http = 200, .body = {filled, SK_LETTER_COSIGNED_BYTES}},
    {.kind = SK_LETTER_PASSWORD, .id = ID, .body = {filled, SK_LETTER_SEALED}},
    {.kind = SK_LETTER_ORIGINAL, .id = ID, .person = "soumu-01", .text = "開けないため"},
    {.kind = SK_LETTER_POLICY, .hash = {1, 2, 3}},
};
#define EXAMPLES (sizeof(examples) / sizeof(*examples))

static bool same(const struct sk_letter *x, const struct sk_letter *y)
{
	struct sk_letter a = *x, c = *y;
	bool body = sk_slice_eq(a.body, c.body);

	a.body = c.body = sk_slice(NULL, 0);
	return body && a.kind == c.kind && a.http == c.http && strcmp(a.id, c.id) == 0 &&
	       strcmp(a.event, c.event) == 0 && strcmp(a.reason, c.reason) == 0 &&
	       strcmp(a.person, c.person) == 0 && strcmp(a.text, c.text) == 0 &&
	       memcmp(a.hash, c.hash, sizeof(a.hash)) == 0;
}

static void test_letters_come_back(void **state)
{
	struct sk_letter out;

	for (size_t i = 0; i < EXAMPLES; i++) {
		sk_buf_reset(&b);
		assert_int_equal(sk_letter_put(&examples[i], &b), 0);
		assert_true(b.len <= SK_LETTER_BYTES);
		assert_int_equal(sk_letter_get(examples[i].kind, sk_buf_slice(&b), &out), 0);
		assert_true(same(&examples[i], &out));
		assert_non_null(sk_letter_word(examples[i].kind));
	}
}

static void test_no_letter_is_shorter_or_longer(void **state)
{
	struct sk_letter out;

	for (size_t i = 0; i < EXAMPLES; i++) {
		sk_buf_reset(&b);
		assert_int_equal(sk_letter_put(&examples[i], &b), 0);
		for (size_t n = 0; n < b.len; n += n < 200 ? 1 : 997)
			assert_int_equal(
			    sk_letter_get(examples[i].kind, sk_slice(b.p, n), &out), SK_EFORMAT);
		sk_buf_putc(&b, 0);
		assert_int_equal(
		    sk_letter_get(examples[i].kind, sk_buf_slice(&b), &out), SK_EFORMAT);
		assert_int_equal(out.kind, 0);
	}
}

static void not_written(struct sk_letter l)
{
	sk_buf_reset(&b);
	assert_int_equal(sk_letter_put(&l, &b), SK_EARG);
	assert_int_equal(b.len, 0);
}

static void test_parts_that_are_none(void **state)
{
	not_written((struct sk_letter){.kind = 0});
	not_written((struct sk_letter){.kind = SK_LETTER_KINDS});
	not_written((struct sk_letter){.kind = SK_LETTER_FETCH});
	not_written((struct sk_letter){.kind = SK_LETTER_FETCH, .id = "0011"});
	not_written(
	    (struct sk_letter){.kind = SK_LETTER_FETCH, .id = "00112233445566778899AABBCCDDEEFF"});
	not_written((struct sk_letter){.kind = SK_LETTER_OFFER, .id = ID});
	not_written((struct sk_letter){
	    .kind = SK_LETTER_OFFER, .id = ID, .body = {filled, SK_LETTER_MANIFEST + 1}});
	not_written((struct sk_letter){.kind = SK_LETTER_END, .id = ID});
	not_written((struct sk_letter){.kind = SK_LETTER_END, .id = ID, .event = "End"});
	not_written((struct sk_letter){.kind = SK_LETTER_END,
	    .id = ID,
	    .event = "end",
	    .body = {filled, SK_LETTER_RECEIPT + 1}});
	not_written((struct sk_letter){.kind = SK_LETTER_COSIGNED, .http = 99});
	not_written((struct sk_letter){.kind = SK_LETTER_COSIGNED, .http = 600});
	not_written((struct sk_letter){.kind = SK_LETTER_PASSWORD, .id = ID});
	not_written((struct sk_letter){.kind = SK_LETTER_ORIGINAL, .id = ID});
	not_written(
	    (struct sk_letter){.kind = SK_LETTER_ORIGINAL, .id = ID, .person = "a\nb", .text = ""});
	not_written((struct sk_letter){
	    .kind = SK_LETTER_ORIGINAL, .id = ID, .person = "a", .text = "\x80"});
}

static void test_a_nul_in_a_text(void **state)
{
	struct sk_letter out;

	assert_int_equal(sk_letter_put(&examples[9], &b), 0);
	b.p[34] = 0;
	assert_int_equal(sk_letter_get(SK_LETTER_ORIGINAL, sk_buf_slice(&b), &out), SK_EFORMAT);
	assert_int_equal(sk_letter_get(0, sk_slice("", 0), &out), SK_EFORMAT);
	assert_int_equal(sk_letter_get(255, sk_slice("", 0), &out), SK_EFORMAT);
	assert_null(sk_letter_word(0));
	assert_null(sk_letter_word(SK_LETTER_KINDS));
}

/* --- batches --- */

static struct sk_carried carried(uint64_t number, size_t n)
{
	return (struct sk_carried){number, SK_LETTER_OFFER, {filled, n}};
}

static void test_batches(void **state)
{
	static struct sk_letters out;
	struct sk_carried c[3] = {carried(1, 0), carried(2, 100), carried(UINT64_MAX, 5)};

	assert_int_equal(sk_letters_get(sk_slice("", 0), &out), 0);
	assert_int_equal(out.n, 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(sk_letters_put(&c[i], &b), 0);
	assert_int_equal(sk_letters_get(sk_buf_slice(&b), &out), 0);
	assert_int_equal(out.n, 3);
	assert_true(out.v[2].number == UINT64_MAX);
	assert_int_equal(out.v[1].body.n, 100);
	for (size_t n = 1; n < b.len; n++)
		if (n != 13 && n != 126)
			assert_int_equal(sk_letters_get(sk_slice(b.p, n), &out), SK_EFORMAT);
	b.p[13] = 1; /* the same number again */
	assert_int_equal(sk_letters_get(sk_buf_slice(&b), &out), SK_EFORMAT);
	assert_int_equal(out.n, 0);
}

static void test_batches_are_full_in_time(void **state)
{
	static struct sk_letters out;
	struct sk_carried large = carried(1, SK_LETTER_BYTES),
			  rest = carried(2, SK_LETTERS_BYTES - SK_LETTER_BYTES - 26);

	assert_int_equal(sk_letters_put(&large, &b), 0);
	rest.body.n++;
	assert_int_equal(sk_letters_put(&rest, &b), SK_ELIMIT);
	rest.body.n--;
	assert_int_equal(sk_letters_put(&rest, &b), 0);
	assert_int_equal(b.len, SK_LETTERS_BYTES);
	assert_int_equal(sk_letters_get(sk_buf_slice(&b), &out), 0);
	large.body.n++;
	sk_buf_reset(&b);
	assert_int_equal(sk_letters_put(&large, &b), SK_EARG);
	large = carried(0, 1);
	assert_int_equal(sk_letters_put(&large, &b), SK_EARG);
	large = carried(1, 1);
	large.kind = SK_LETTER_KINDS;
	assert_int_equal(sk_letters_put(&large, &b), SK_EARG);
}

static void test_too_many_in_a_batch(void **state)
{
	static struct sk_letters out;

	for (uint64_t i = 1; i <= SK_LETTERS_MOST; i++)
		assert_int_equal(
		    sk_letters_put(&(struct sk_carried){i, SK_LETTER_GONE, {filled, 0}}, &b), 0);
	assert_int_equal(sk_letters_get(sk_buf_slice(&b), &out), 0);
	assert_int_equal(out.n, SK_LETTERS_MOST);
	sk_letters_put(&(struct sk_carried){1000, SK_LETTER_GONE, {filled, 0}}, &b);
	assert_int_equal(sk_letters_get(sk_buf_slice(&b), &out), SK_EFORMAT);
}

/* --- gate and role --- */

static void test_objects(void **state)
{
	struct sk_link_object o = {.id = ID, .sha256 = {7}, .size = SK_LIMIT_OUTPUT}, out;

	assert_int_equal(sk_link_put_object(&o, &b), 0);
	assert_int_equal(b.len, SK_LINK_OBJECT_BYTES);
	assert_int_equal(sk_link_get_object(sk_buf_slice(&b), &out), 0);
	assert_memory_equal(&o, &out, sizeof(o));
	b.p[0] = 'g';
	assert_int_equal(sk_link_get_object(sk_buf_slice(&b), &out), SK_EFORMAT);
	b.p[0] = '0';
	b.p[64]++; /* one byte too large */
	assert_int_equal(sk_link_get_object(sk_buf_slice(&b), &out), SK_EFORMAT);
	o.size++;
	assert_int_equal(sk_link_put_object(&o, &b), SK_EARG);
}

static void test_numbers_ids_ends(void **state)
{
	struct sk_link_got got = {.id = ID, .status = SK_EREFUSED}, out;
	char id[SK_LETTER_ID + 1];
	uint64_t number = 0;

	assert_int_equal(sk_link_put_number(1ULL << 40, &b), 0);
	assert_int_equal(sk_link_get_number(sk_buf_slice(&b), &number), 0);
	assert_true(number == 1ULL << 40);
	assert_int_equal(sk_link_get_number(sk_slice(b.p, 7), &number), SK_EFORMAT);
	sk_buf_reset(&b);
	assert_int_equal(sk_link_put_got(&got, &b), 0);
	assert_int_equal(sk_link_get_got(sk_buf_slice(&b), &out), 0);
	assert_int_equal(out.status, SK_EREFUSED);
	b.p[35] = 0; /* above 0 */
	assert_int_equal(sk_link_get_got(sk_buf_slice(&b), &out), SK_EFORMAT);
	assert_int_equal(sk_link_get_id(SK_SLICE_LIT(ID), id), 0);
	assert_string_equal(id, ID);
	assert_int_equal(sk_link_get_id(SK_SLICE_LIT("x"), id), SK_EFORMAT);
	assert_int_equal(sk_link_put_id("x", &b), SK_EARG);
}

static void test_states(void **state)
{
	struct sk_link_status s = {.state = SK_LINK_UNREACHABLE, .text = "Connection refused"}, out;

	assert_int_equal(sk_link_put_status(&s, &b), 0);
	assert_int_equal(sk_link_get_status(sk_buf_slice(&b), &out), 0);
	assert_string_equal(out.text, s.text);
	b.p[5] = '\n';
	assert_int_equal(sk_link_get_status(sk_buf_slice(&b), &out), SK_EFORMAT);
	b.p[0] = SK_LINK_STATES;
	assert_int_equal(sk_link_get_status(sk_slice(b.p, 1), &out), SK_EFORMAT);
	assert_int_equal(sk_link_get_status(sk_slice("", 0), &out), SK_EFORMAT);
	assert_int_equal(sk_link_get_status(sk_slice("\1", 1), &out), 0);
	s.state = SK_LINK_STATES;
	assert_int_equal(sk_link_put_status(&s, &b), SK_EARG);
	assert_string_equal(sk_link_state_word(SK_LINK_IS_UP), "up");
	assert_null(sk_link_state_word(SK_LINK_STATES));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup(f, setup)
	    T(test_letters_come_back), T(test_no_letter_is_shorter_or_longer),
	    T(test_parts_that_are_none), T(test_a_nul_in_a_text), T(test_batches),
	    T(test_batches_are_full_in_time), T(test_too_many_in_a_batch), T(test_objects),
	    T(test_numbers_ids_ends), T(test_states)};

	return cmocka_run_group_tests(tests, NULL, teardown_all);
}
