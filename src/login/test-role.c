/*
 * Tests of the login role as a process, from the place of its supervisor and its gate: passwords that are right, wrong and made, too
 * many at once, nonsense. Takes the program's path.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>

#include "login/login.h"
#include "post/test-role.h"

static struct {
	int done;
	uint32_t serial;
	struct sk_secret_done what;
} got;
static char hash[crypto_pwhash_STRBYTES];

static int serve_done(void *ctx, struct sk_message *m)
{
	got.serial = m->serial;
	got.done++;
	return sk_secret_get_done(m->body, &got.what);
}

static const struct sk_permit heard[] = {
    {SK_SECRET_DONE, 1, 1, SK_SECRET_DONE_MOST, 0, serve_done}};

static void start(const char *more)
{
	static const char least[] = "zone lgwan\npolicy /x\nstate /x\n";
	int fd = sk_memfd("settings");

	assert_int_equal(sk_write_all(fd, least, strlen(least)), 0);
	assert_int_equal(sk_write_all(fd, more, strlen(more)), 0);
	got.done = 0;
	role_heard = heard;
	role_nheard = 1;
	role_spawn("login");
	role_hand("settings", fd);
	role_hand("directory", sk_memfd("directory"));
	role_go();
	role_await(&role_ready, 1);
}

static int setup(void **state)
{
	start("");
	return 0;
}

static int teardown(void **state)
{
	role_stop();
	return 0;
}

static int make_hash(void **state)
{
	return crypto_pwhash_str(hash, "secret", 6, crypto_pwhash_OPSLIMIT_INTERACTIVE,
	    crypto_pwhash_MEMLIMIT_INTERACTIVE);
}

static void put(
    uint32_t serial, const char *against, const char *name, const char *secret, const char *new)
{
	struct sk_buf b = SK_BUF(SK_SECRET_ASK_MOST);
	struct sk_secret_ask a = {0};

	snprintf(a.hash, sizeof(a.hash), "%s", against);
	snprintf(a.name, sizeof(a.name), "%s", name);
	snprintf(a.secret, sizeof(a.secret), "%s", secret);
	snprintf(a.new, sizeof(a.new), "%s", new);
	assert_int_equal(sk_secret_put_ask(&a, &b), 0);
	assert_int_equal(
	    sk_channel_send(&role_gate, SK_SECRET_ASK, serial, sk_buf_slice(&b), NULL, 0), 0);
	sk_buf_free(&b);
}

static void says(
    int verdict, const char *against, const char *name, const char *secret, const char *new)
{
	put(7, against, name, secret, new);
	role_await(&got.done, got.done + 1);
	assert_int_equal(got.serial, 7);
	assert_int_equal(got.what.verdict, verdict);
}

static void test_passwords(void **state)
{
	says(SK_SECRET_RIGHT, hash, "", "secret", "");
	assert_string_equal(got.what.hash, "");
	says(SK_SECRET_WRONG, hash, "", "Secret", "another secret");
	says(SK_SECRET_WRONG, "$argon2id$nonsense", "", "secret", "");
	says(SK_SECRET_RIGHT, hash, "", "secret", "another secret");
	assert_int_equal(crypto_pwhash_str_verify(got.what.hash, "another secret", 14), 0);
	says(SK_SECRET_RIGHT, "", "", "", "another secret");
	assert_int_equal(crypto_pwhash_str_verify(got.what.hash, "another secret", 14), 0);
	says(SK_SECRET_FAILED, "", "ichi", "secret", ""); /* there is no directory */
}

/* Whatever a gate may ask at once is answered, each for itself. */
static void test_many(void **state)
{
	for (uint32_t i = 0; i < SK_SECRETS_AT_ONCE; i++)
		put(100 + i, hash, "", i % 2 ? "secret" : "wrong", "");
	role_await(&got.done, SK_SECRETS_AT_ONCE);
	says(SK_SECRET_RIGHT, hash, "", "secret", "");
}

/* A gate that asks more than that, or nonsense, is told to the supervisor; another one is served. */
static void test_bad_gates(void **state)
{
	for (uint32_t i = 0; i <= SK_SECRETS_AT_ONCE; i++)
		put(100 + i, hash, "", "wrong", "");
	role_await(&role_bad_peer, 1);
	role_meet();
	got.done = 0;
	says(SK_SECRET_RIGHT, hash, "", "secret", "");
	assert_int_equal(
	    sk_channel_send(&role_gate, SK_SECRET_ASK, 1, sk_slice_str("x"), NULL, 0), 0);
	role_await(&role_bad_peer, 2);
	role_meet();
	got.done = 0;
	says(SK_SECRET_WRONG, hash, "", "wrong", "");
}

int main(int argc, char **argv)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_passwords), T(test_many), T(test_bad_gates)};

	if (argc != 2)
		return 1;
	snprintf(role_program, sizeof(role_program), "%s", argv[1]);
	return cmocka_run_group_tests(tests, make_hash, NULL);
}
