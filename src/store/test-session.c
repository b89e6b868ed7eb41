/* Sessions, known browsers, and what logins leave behind, on both back ends alike. */
#include "store/session.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "store/account.h"
#include "store/login.h"
#include "store/test-both.h"

static char where[256];
static struct sk_db *db;
static struct sk_arena *arena;

/* --- in a transaction --- */

struct change {
	int (*run)(struct sk_db *d, const struct change *c);
	const char *member, *text;
	const uint8_t *token;
	int64_t number, more;
	int64_t *out;
	struct sk_session session;
};

static int work(struct sk_db *d, void *arg)
{
	const struct change *c = arg;

	return c->run(d, c);
}

static int doing(struct change c)
{
	return sk_db_transact(db, SK_DB_WRITE, work, &c);
}

static int add_account(struct sk_db *d, const struct change *c)
{
	const struct sk_account a = {.member = c->member, .uid = SK_ACCOUNT_NO_USER};

	return sk_account_add(d, &a);
}

static int setup(void **state)
{
	db = open_store(where);
	arena = sk_arena_new(1 << 20);
	assert_int_equal(doing((struct change){.run = add_account, .member = "ichi"}), 0);
	return doing((struct change){.run = add_account, .member = "ni"});
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	sk_db_close(db);
	return 0;
}

static const uint8_t *token(unsigned n)
{
	static uint8_t t[64][SK_SESSION_TOKEN];

	memset(t[n], (int)n + 1, SK_SESSION_TOKEN);
	return t[n];
}

/* --- sessions --- */

static int add(struct sk_db *d, const struct change *c)
{
	return sk_session_add(d, c->token, &c->session);
}

static int adding(const char *member, unsigned n, int64_t idle, int64_t ends)
{
	return doing((struct change){.run = add,
	    .token = token(n),
	    .session = {.member = member,
		.login = 2,
		.factors = 1,
		.idle = idle,
		.ends = ends,
		.address = {1, 2}}});
}

static int finding(unsigned n, struct sk_session *s)
{
	return sk_session_find(db, arena, token(n), s);
}

static int raise_it(struct sk_db *d, const struct change *c)
{
	return sk_session_raise(d, c->number, c->token, 3, 3);
}

static int end_one(struct sk_db *d, const struct change *c)
{
	return sk_session_end(d, c->member, c->number, c->out);
}

static int end_all(struct sk_db *d, const struct change *c)
{
	return sk_session_end_all(d, c->member, c->number, c->out);
}

static int sweep(struct sk_db *d, const struct change *c)
{
	int status = sk_session_sweep(d);

	return status ? status : sk_login_sweep(d);
}

static int seen(struct sk_db *d, const struct change *c)
{
	return sk_session_seen(d, c->number);
}

#define HOUR 3600000

static int add_link(struct sk_db *d, const struct change *c);
static int open_link(struct sk_db *d, const struct change *c);

static void test_sessions(void **state)
{
	struct sk_session s, *v = NULL;
	int64_t ended = 0;
	size_t n = 0;

	assert_int_equal(adding("nobody", 0, HOUR, HOUR), SK_ENOENTRY);
	assert_int_equal(adding("ichi", 1, HOUR, 2 * HOUR), 0);
	assert_int_equal(adding("ni", 2, HOUR, 2 * HOUR), 0);
	assert_int_equal(finding(0, &s), SK_ENOENTRY);
	assert_int_equal(finding(1, &s), 0);
	assert_string_equal(s.member, "ichi");
	assert_int_equal(s.factors, 1);
	assert_int_equal(s.ends - s.created, 2 * HOUR);
	assert_int_equal(s.address[1], 2);
	assert_false(s.disabled);
	/* another token: the old one is void */
	assert_int_equal(
	    doing((struct change){.run = raise_it, .number = s.number, .token = token(3)}), 0);
	assert_int_equal(finding(1, &s), SK_ENOENTRY);
	assert_int_equal(finding(3, &s), 0);
	assert_int_equal(s.login, 3);
	assert_int_equal(doing((struct change){.run = raise_it, .number = 4711, .token = token(4)}),
	    SK_ENOENTRY);
	assert_int_equal(doing((struct change){.run = seen, .number = s.number}), 0);
	/* of another member nothing ends */
	assert_int_equal(doing((struct change){
			     .run = end_one, .member = "ni", .number = s.number, .out = &ended}),
	    0);
	assert_int_equal(ended, 0);
	assert_int_equal(doing((struct change){
			     .run = end_all, .member = "ichi", .number = s.number, .out = &ended}),
	    0);
	assert_int_equal(ended, 0);
	assert_int_equal(sk_session_list(db, arena, "ichi", &v, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(
	    doing((struct change){.run = end_all, .member = "ichi", .out = &ended}), 0);
	assert_int_equal(ended, 1);
	assert_int_equal(finding(3, &s), SK_ENOENTRY);
	assert_int_equal(finding(2, &s), 0);
}

/* Over is over, whether the row is there or not. */
static void test_over(void **state)
{
	struct sk_session s, *v = NULL;
	size_t n = 0;

	assert_int_equal(adding("ichi", 1, 0, HOUR), 0);
	assert_int_equal(adding("ichi", 2, HOUR, 0), 0);
	assert_int_equal(adding("ichi", 3, HOUR, HOUR), 0);
	assert_int_equal(finding(1, &s), SK_ENOENTRY);
	assert_int_equal(finding(2, &s), SK_ENOENTRY);
	assert_int_equal(sk_session_list(db, arena, "ichi", &v, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(doing((struct change){.run = sweep}), 0);
	assert_int_equal(finding(3, &s), 0);
}

static int end_everybody(struct sk_db *d, const struct change *c)
{
	return sk_session_end_everybody(d);
}

/* What comes back from a backup lets nobody in. */
static void test_everybody(void **state)
{
	struct sk_session s;

	assert_int_equal(adding("ichi", 1, HOUR, HOUR), 0);
	assert_int_equal(adding("ni", 2, HOUR, HOUR), 0);
	assert_int_equal(doing((struct change){
			     .run = add_link, .token = token(3), .member = "ichi", .more = HOUR}),
	    0);
	assert_int_equal(doing((struct change){.run = end_everybody}), 0);
	assert_int_equal(finding(1, &s), SK_ENOENTRY);
	assert_int_equal(finding(2, &s), SK_ENOENTRY);
	assert_int_equal(doing((struct change){.run = open_link, .token = token(3)}), SK_ENOENTRY);
}

static void test_most(void **state)
{
	struct sk_session s, *v = NULL;
	size_t n = 0;

	for (unsigned i = 0; i < SK_SESSIONS_OF_ONE + 2; i++)
		assert_int_equal(adding("ichi", i, HOUR, HOUR), 0);
	assert_int_equal(sk_session_list(db, arena, "ichi", &v, &n), 0);
	assert_int_equal(n, SK_SESSIONS_OF_ONE);
	assert_int_equal(finding(SK_SESSIONS_OF_ONE + 1, &s), 0);
}

/* --- known browsers --- */

static int add_device(struct sk_db *d, const struct change *c)
{
	return sk_device_add(d, c->token, c->member);
}

static int forget_devices(struct sk_db *d, const struct change *c)
{
	return sk_device_forget(d, c->member);
}

static bool known(unsigned n, const char *member)
{
	bool is = true;

	assert_int_equal(sk_device_is(db, token(n), member, &is), 0);
	return is;
}

static void test_devices(void **state)
{
	const uint8_t none[SK_SESSION_TOKEN] = {0};
	bool is = true;

	for (int again = 0; again < 2; again++)
		assert_int_equal(
		    doing((struct change){.run = add_device, .token = token(1), .member = "ichi"}),
		    0);
	assert_int_equal(
	    doing((struct change){.run = add_device, .token = token(1), .member = "ni"}), 0);
	assert_true(known(1, "ichi") && known(1, "ni"));
	assert_false(known(2, "ichi"));
	assert_int_equal(sk_device_is(db, none, "ichi", &is), 0);
	assert_false(is);
	assert_int_equal(doing((struct change){.run = forget_devices, .member = "ichi"}), 0);
	assert_false(known(1, "ichi"));
	assert_true(known(1, "ni"));
}

/* --- codes --- */

static int begin_code(struct sk_db *d, const struct change *c)
{
	return sk_code_begin(d, c->member, sk_slice_str(c->text));
}

static int take_code(struct sk_db *d, const struct change *c)
{
	return sk_code_taken(d, c->member, c->number);
}

static int remove_code(struct sk_db *d, const struct change *c)
{
	bool removed = false;
	int status = sk_code_remove(d, c->member, &removed);

	*c->out = removed;
	return status;
}

static void test_codes(void **state)
{
	struct sk_code code;
	int64_t removed = 0;

	assert_int_equal(sk_code_load(db, arena, "ichi", &code), SK_ENOENTRY);
	assert_int_equal(doing((struct change){.run = begin_code, .member = "nobody", .text = "a"}),
	    SK_ENOENTRY);
	assert_int_equal(
	    doing((struct change){.run = begin_code, .member = "ichi", .text = "a"}), 0);
	assert_int_equal(
	    doing((struct change){.run = begin_code, .member = "ichi", .text = "b"}), 0);
	assert_int_equal(sk_code_load(db, arena, "ichi", &code), 0);
	assert_true(sk_slice_is(code.secret, "b") && !code.confirmed);
	assert_int_equal(
	    doing((struct change){.run = take_code, .member = "ichi", .number = 100}), 0);
	assert_int_equal(sk_code_load(db, arena, "ichi", &code), 0);
	assert_true(code.confirmed && code.step == 100);
	/* neither the same once more, nor one before it */
	assert_int_equal(
	    doing((struct change){.run = take_code, .member = "ichi", .number = 100}), SK_ECHANGED);
	assert_int_equal(
	    doing((struct change){.run = take_code, .member = "ichi", .number = 99}), SK_ECHANGED);
	assert_int_equal(
	    doing((struct change){.run = take_code, .member = "ichi", .number = 101}), 0);
	assert_int_equal(
	    doing((struct change){.run = begin_code, .member = "ichi", .text = "c"}), SK_EEXIST);
	assert_int_equal(
	    doing((struct change){.run = remove_code, .member = "ichi", .out = &removed}), 0);
	assert_int_equal(removed, 1);
	assert_int_equal(
	    doing((struct change){.run = remove_code, .member = "ichi", .out = &removed}), 0);
	assert_int_equal(removed, 0);
}

/* --- the secrets of codes under the master key --- */

#define KEY_A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
#define KEY_B "11112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
#define KEY_C "22112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"

static struct sk_master *master_of(const char *lines)
{
	struct sk_master *m = NULL;
	int fd = sk_memfd("master");

	assert_int_equal(sk_write_all(fd, lines, strlen(lines)), 0);
	assert_int_equal(sk_master_take(fd, &m), 0);
	close(fd);
	return m;
}

static struct sk_master *wraps; /* in the next transaction */
static const uint8_t secret_of_device[SK_DATA_KEY] = "of a device";
static size_t renewed, lost;

static int begin_wrapped(struct sk_db *d, const struct change *c)
{
	uint8_t wrapped[SK_WRAPPED];
	int status = sk_code_wrap(wraps, c->member, secret_of_device, wrapped);

	return status ? status : sk_code_begin(d, c->member, sk_slice(wrapped, sizeof(wrapped)));
}

static int renew(struct sk_db *d, const struct change *c)
{
	return sk_code_renew(d, wraps, &renewed, &lost);
}

static void renew_with(const char *lines, size_t wanted, size_t wanted_lost)
{
	wraps = master_of(lines);
	assert_int_equal(doing((struct change){.run = renew}), 0);
	assert_int_equal(renewed, wanted);
	assert_int_equal(lost, wanted_lost);
	sk_master_free(wraps);
}

static int opens(const char *lines, const char *member)
{
	struct sk_master *m = master_of(lines);
	uint8_t got[SK_DATA_KEY] = {0};
	struct sk_code code;

	assert_int_equal(sk_code_load(db, arena, member, &code), 0);
	int status = sk_code_unwrap(m, member, code.secret, got);
	if (status == 0)
		assert_memory_equal(got, secret_of_device, sizeof(got));
	sk_master_free(m);
	return status;
}

/* With a new line above the old one all are wrapped by it, and the old line can go; what no line opens stays as it is. */
static void test_codes_renewed(void **state)
{
	wraps = master_of(KEY_A);
	assert_int_equal(doing((struct change){.run = begin_wrapped, .member = "ichi"}), 0);
	assert_int_equal(
	    doing((struct change){.run = take_code, .member = "ichi", .number = 100}), 0);
	sk_master_free(wraps);
	wraps = master_of(KEY_C);
	assert_int_equal(doing((struct change){.run = begin_wrapped, .member = "ni"}), 0);
	sk_master_free(wraps);
	renew_with(KEY_A, 0, 1);
	assert_int_equal(opens(KEY_B, "ichi"), SK_EUNSUPPORTED);
	renew_with(KEY_B KEY_A, 1, 1);
	assert_int_equal(opens(KEY_B, "ichi"), 0);
	assert_int_equal(opens(KEY_A, "ichi"), SK_EUNSUPPORTED);
	renew_with(KEY_B KEY_A, 0, 1);
	renew_with(KEY_B KEY_C, 1, 0);
	assert_int_equal(opens(KEY_B, "ni"), 0);
	struct sk_code code;
	assert_int_equal(sk_code_load(db, arena, "ichi", &code), 0);
	assert_true(code.confirmed && code.step == 100);
}

/* --- links, recoveries --- */

static int add_link(struct sk_db *d, const struct change *c)
{
	return sk_once_add(d, c->token, c->member, SK_LINK_RECOVERY, c->more);
}

static int open_link(struct sk_db *d, const struct change *c)
{
	const char *member = NULL;
	enum sk_link_kind kind = SK_LINK_INVITE;
	int status = sk_once_open(d, arena, c->token, &member, &kind);

	if (status == 0)
		assert_true(strcmp(member, "ichi") == 0 && kind == SK_LINK_RECOVERY);
	return status;
}

static void test_links(void **state)
{
	assert_int_equal(doing((struct change){
			     .run = add_link, .token = token(1), .member = "nobody", .more = HOUR}),
	    SK_ENOENTRY);
	assert_int_equal(doing((struct change){
			     .run = add_link, .token = token(1), .member = "ichi", .more = HOUR}),
	    0);
	assert_int_equal(doing((struct change){
			     .run = add_link, .token = token(2), .member = "ichi", .more = HOUR}),
	    0);
	assert_int_equal(doing((struct change){.run = open_link, .token = token(1)}), SK_ENOENTRY);
	assert_int_equal(doing((struct change){.run = open_link, .token = token(2)}), 0);
	assert_int_equal(doing((struct change){.run = open_link, .token = token(2)}), SK_ENOENTRY);
	assert_int_equal(
	    doing((struct change){.run = add_link, .token = token(3), .member = "ichi", .more = 0}),
	    0);
	assert_int_equal(doing((struct change){.run = open_link, .token = token(3)}), SK_ENOENTRY);
}

static int add_recovery(struct sk_db *d, const struct change *c)
{
	const struct sk_recovery r = {
	    .member = c->member, .by = c->text, .comment = "鍵", .uid = SK_ACCOUNT_NO_USER};

	return sk_recovery_add(d, &r, c->more);
}

static int stand(struct sk_db *d, const struct change *c)
{
	return sk_recovery_by(d, c->member, c->text);
}

static void test_recoveries(void **state)
{
	struct sk_recovery r, *v = NULL;
	size_t n = 0;

	assert_int_equal(
	    doing((struct change){.run = add_recovery, .member = "nobody", .more = HOUR}),
	    SK_ENOENTRY);
	assert_int_equal(doing((struct change){.run = add_recovery, .member = "ni", .more = 0}), 0);
	assert_int_equal(sk_recovery_load(db, arena, "ni", &r), SK_ENOENTRY); /* over at once */
	assert_int_equal(
	    doing((struct change){.run = add_recovery, .member = "ni", .more = HOUR}), 0);
	assert_int_equal(
	    doing((struct change){.run = add_recovery, .member = "ni", .more = HOUR}), SK_EEXIST);
	assert_int_equal(doing((struct change){
			     .run = add_recovery, .member = "ichi", .text = "kan", .more = HOUR}),
	    0);
	assert_int_equal(sk_recovery_load(db, arena, "ni", &r), 0);
	assert_null(r.by);
	assert_int_equal(doing((struct change){.run = stand, .member = "ni", .text = ""}), 0);
	assert_int_equal(sk_recovery_load(db, arena, "ni", &r), 0);
	assert_string_equal(r.by, "");
	assert_int_equal(sk_recovery_list(db, arena, 10, &v, &n), 0);
	assert_int_equal(n, 2);
}

/* --- tries, challenges --- */

static int wrong(struct sk_db *d, const struct change *c)
{
	return sk_try_wrong(d, c->token, c->number, c->more);
}

static int right(struct sk_db *d, const struct change *c)
{
	int64_t wrong = 0;
	int rc = c->more ? sk_try_less(d, c->token, c->more) : sk_try_right(d, c->token, &wrong);

	assert_true(c->more || wrong == c->number);
	return rc;
}

static int64_t wait_of(unsigned n)
{
	int64_t ms = -1;

	assert_int_equal(sk_try_wait(db, token(n), &ms), 0);
	return ms;
}

static void test_tries(void **state)
{
	for (int i = 0; i < 2; i++) {
		assert_int_equal(doing((struct change){
				     .run = wrong, .token = token(1), .number = 3, .more = HOUR}),
		    0);
		assert_int_equal(wait_of(1), 0);
	}
	/* 1 s, 2 s, 4 s …: what has passed meanwhile is less than what is left of an hour */
	for (int i = 0; i < 30; i++)
		assert_int_equal(doing((struct change){
				     .run = wrong, .token = token(1), .number = 3, .more = HOUR}),
		    0);
	assert_true(wait_of(1) > HOUR / 2 && wait_of(1) <= HOUR);
	assert_int_equal(wait_of(2), 0);
	assert_int_equal(doing((struct change){.run = right, .token = token(1), .more = 2}), 0);
	assert_true(wait_of(1) > HOUR / 2);
	assert_int_equal(doing((struct change){.run = right, .token = token(1), .number = 30}), 0);
	assert_int_equal(wait_of(1), 0);
	assert_int_equal(
	    doing((struct change){.run = wrong, .token = token(1), .number = 9, .more = HOUR}), 0);
	assert_int_equal(doing((struct change){.run = right, .token = token(1), .more = 5}), 0);
	assert_int_equal(doing((struct change){.run = right, .token = token(1)}), 0);
}

static int answer(struct sk_db *d, const struct change *c)
{
	return sk_challenge_take(d, c->token, c->more);
}

static void test_challenges(void **state)
{
	assert_int_equal(sk_challenge_fresh(db, token(1)), 0);
	assert_int_equal(doing((struct change){.run = answer, .token = token(1), .more = HOUR}), 0);
	assert_int_equal(sk_challenge_fresh(db, token(1)), SK_EEXIST);
	assert_int_equal(
	    doing((struct change){.run = answer, .token = token(1), .more = HOUR}), SK_EEXIST);
	assert_int_equal(doing((struct change){.run = answer, .token = token(2), .more = 0}), 0);
	assert_int_equal(doing((struct change){.run = sweep}), 0);
	assert_int_equal(sk_challenge_fresh(db, token(1)), SK_EEXIST);
	assert_int_equal(sk_challenge_fresh(db, token(2)), 0);
}

#define ALL \
	{ \
		T(test_sessions), T(test_over), T(test_most), T(test_everybody), T(test_devices), \
		    T(test_codes), T(test_codes_renewed), T(test_links), T(test_recoveries), \
		    T(test_tries), T(test_challenges) \
	}

static const struct CMUnitTest sqlite[] = ALL, pgsql[] = ALL;

MAIN_ON_BOTH("logins", IN_MEMORY, sqlite, pgsql)
