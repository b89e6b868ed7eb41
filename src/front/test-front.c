/* Asks and answers as JSON: what is written is read again, and nothing else is. */
#include "front/front.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#define ID "00112233445566778899aabbccddeeff"
#define HASH ID ID

static struct sk_arena *arena;
static struct sk_front_ask ask;
static struct sk_front_fault fault;

static int setup(void **state)
{
	arena = sk_arena_new(1 << 20);
	return arena == NULL;
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	return 0;
}

static int read_text(const char *json)
{
	return sk_front_read(sk_slice_str(json), arena, &ask, &fault);
}

static void refused(const char *json, enum sk_front_why why, const char *field)
{
	assert_int_equal(read_text(json), SK_EFORMAT);
	assert_int_equal(fault.why, why);
	assert_string_equal(fault.field, field);
}

static void test_read(void **state)
{
	assert_int_equal(
	    read_text(
		"{\"ask\":\"send\",\"to\":\"lgwan\",\"name\":\"見積書.docx\",\"reason\":\"一行\\n二行\"}"),
	    0);
	assert_int_equal(ask.what, SK_FRONT_SEND);
	assert_string_equal(ask.to, "lgwan");
	assert_string_equal(ask.name, "見積書.docx");
	assert_null(ask.route);
	assert_true(ask.most == SK_FRONT_UNSAID && !ask.all);
	assert_int_equal(read_text("{\"all\":true,\"most\":20,\"ask\":\"list\"}"), 0);
	assert_true(ask.all && ask.most == 20);
	assert_int_equal(sk_front_file(SK_FRONT_SEND), SK_FRONT_READ);
	assert_int_equal(sk_front_file(SK_FRONT_GET), SK_FRONT_WRITE);
}

static void test_refused(void **state)
{
	refused("", SK_FRONT_WHY_NOT_JSON, "");
	refused("[1]", SK_FRONT_WHY_NOT_JSON, "");
	refused("{\"ask\":\"status\"} x", SK_FRONT_WHY_NOT_JSON, "");
	refused("{\"ask\":\"status\",\"ask\":\"status\"}", SK_FRONT_WHY_NOT_JSON, "");
	refused("{}", SK_FRONT_WHY_MISSING, "ask");
	refused("{\"ask\":7}", SK_FRONT_WHY_MISSING, "ask");
	refused("{\"ask\":\"open\"}", SK_FRONT_WHY_NO_SUCH_ASK, "open");
	refused("{\"ask\":\"status\",\"id\":\"" ID "\"}", SK_FRONT_WHY_NO_SUCH_MEMBER, "id");
	refused("{\"ask\":\"show\"}", SK_FRONT_WHY_MISSING, "id");
	refused("{\"ask\":\"approve\",\"id\":\"" ID "\"}", SK_FRONT_WHY_MISSING, "hash");
}

/* Each value is of its kind, whole. */
static void test_values(void **state)
{
	static const char *const bad[] = {"\"0011\"", "\"00112233445566778899AABBCCDDEEFF\"", "7",
	    "null", "[]", "\"0011223344556677889 aabbccddeeff\"", "\"" HASH "\""};
	char json[512];

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(json, sizeof(json), "{\"ask\":\"show\",\"id\":%s}", bad[i]);
		refused(json, SK_FRONT_WHY_VALUE, "id");
	}
	refused("{\"ask\":\"send\",\"to\":\"l\",\"name\":\"a/b\"}", SK_FRONT_WHY_VALUE, "name");
	refused("{\"ask\":\"send\",\"to\":\"l\",\"name\":\"..\"}", SK_FRONT_WHY_VALUE, "name");
	refused("{\"ask\":\"send\",\"to\":\"l\",\"name\":\"\"}", SK_FRONT_WHY_VALUE, "name");
	refused("{\"ask\":\"send\",\"to\":\"l\\n\",\"name\":\"a\"}", SK_FRONT_WHY_VALUE, "to");
	refused(
	    "{\"ask\":\"send\",\"to\":\"l\\u0000m\",\"name\":\"a\"}", SK_FRONT_WHY_NOT_JSON, "");
	refused("{\"ask\":\"list\",\"most\":201}", SK_FRONT_WHY_VALUE, "most");
	refused("{\"ask\":\"list\",\"most\":-1}", SK_FRONT_WHY_VALUE, "most");
	refused("{\"ask\":\"list\",\"all\":1}", SK_FRONT_WHY_VALUE, "all");
}

static void test_round(void **state)
{
	struct sk_buf b = SK_BUF(SK_FRONT_ASK_BYTES);
	struct sk_front_ask a;

	sk_front_init(&a, SK_FRONT_APPROVE);
	a.id = ID;
	a.hash = HASH;
	a.comment = "よし";
	assert_int_equal(sk_front_write(&a, &b, &fault), 0);
	assert_int_equal(sk_front_read(sk_buf_slice(&b), arena, &ask, &fault), 0);
	assert_int_equal(ask.what, SK_FRONT_APPROVE);
	assert_string_equal(ask.comment, "よし");
	a.comment = "\xFF";
	assert_int_equal(sk_front_write(&a, &b, &fault), SK_EFORMAT);
	assert_string_equal(fault.field, "comment");
	sk_buf_free(&b);
}

static void test_words(void **state)
{
	struct sk_buf b = SK_BUF(256);
	enum sk_front_what what;

	for (unsigned i = 0; i < SK_FRONT_COUNT; i++) {
		assert_true(sk_front_find(sk_front_word((enum sk_front_what)i), &what));
		assert_int_equal(what, i);
	}
	for (unsigned i = 1; i < SK_FRONT_WHYS; i++)
		assert_int_equal(sk_front_why_find(sk_front_why_word((enum sk_front_why)i)), i);
	assert_int_equal(sk_front_why_find("nothing"), SK_FRONT_WHYS);
	assert_int_equal(sk_front_refuse(&b, SK_FRONT_WHY_STATE, "expired"), 0);
	assert_true(sk_slice_is(
	    sk_buf_slice(&b), "{\"status\":\"refused\",\"why\":\"state\",\"field\":\"expired\"}"));
	sk_buf_free(&b);
}

static void test_terminal(void **state)
{
	struct sk_front_terminal t, back;
	struct sk_buf b = SK_BUF(256);
	struct sk_slice json;

	memset(t.session, 1, sizeof(t.session));
	memset(t.device, 2, sizeof(t.device));
	memset(t.address, 3, sizeof(t.address));
	assert_int_equal(sk_front_put_terminal(&t, sk_slice_str("{}"), &b), 0);
	assert_int_equal(b.len, SK_FRONT_TERMINAL_BYTES + 2);
	assert_int_equal(sk_front_get_terminal(sk_buf_slice(&b), &back, &json), 0);
	assert_memory_equal(&back, &t, sizeof(t));
	assert_true(sk_slice_is(json, "{}"));
	for (size_t n = 0; n < SK_FRONT_TERMINAL_BYTES; n++)
		assert_int_equal(sk_front_get_terminal(sk_slice(b.p, n), &back, &json), SK_EFORMAT);
	sk_buf_free(&b);
}

/* What lies behind a descriptor stands before the answer, whole or not at all. */
static void test_handed(void **state)
{
	struct sk_bytes b = {.sealed = true, .name = "00112233445566778899aabbccddeeff", .size = 7},
			back;
	struct sk_buf out = SK_BUF(256);
	struct sk_slice json;

	memset(b.key, 1, sizeof(b.key));
	memset(b.sha256, 2, sizeof(b.sha256));
	assert_int_equal(sk_front_put_handed(&b, sk_slice_str("{}"), &out), 0);
	assert_int_equal(sk_front_get_handed(sk_buf_slice(&out), &back, &json), 0);
	assert_memory_equal(&back, &b, sizeof(b));
	assert_true(sk_slice_is(json, "{}"));
	for (size_t n = 0; n < SK_BYTES_WIRE; n++)
		assert_int_equal(sk_front_get_handed(sk_slice(out.p, n), &back, &json), SK_EFORMAT);
	b.name[0] = 'G';
	assert_int_equal(sk_front_put_handed(&b, sk_slice_str("{}"), &out), SK_EARG);
	assert_int_equal(sk_front_file(SK_FRONT_UPLOAD_BEGIN), SK_FRONT_ROLE);
	sk_buf_free(&out);
}

/* A portal says each by a status that tells a fault of the asker from one of the post. */
static void test_statuses(void **state)
{
	for (unsigned w = 1; w < SK_FRONT_WHYS; w++)
		assert_true(sk_front_why_status(w) >= 400 && sk_front_why_status(w) < 600);
	assert_int_equal(sk_front_why_status(SK_FRONT_WHY_NONE), 200);
	assert_int_equal(sk_front_why_status(SK_FRONT_WHY_NO_SESSION), 401);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_read), T(test_refused), T(test_values),
	    T(test_round), T(test_words), T(test_terminal), T(test_handed), T(test_statuses)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
