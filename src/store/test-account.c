/* Accounts and passkeys, on both back ends alike. */
#include "store/account.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "store/test-both.h"

static char where[256];
static struct sk_db *db;
static struct sk_arena *arena;
static char password[crypto_pwhash_STRBYTES];

static int setup(void **state)
{
	db = open_store(where);
	arena = sk_arena_new(1 << 20);
	if (password[0])
		return 0;
	return crypto_pwhash_str(password, "secret", 6, crypto_pwhash_OPSLIMIT_INTERACTIVE,
	    crypto_pwhash_MEMLIMIT_INTERACTIVE);
}

static int teardown(void **state)
{
	sk_arena_free(arena);
	sk_db_close(db);
	return 0;
}

/* --- in a transaction --- */

static int add_work(struct sk_db *d, void *arg)
{
	return sk_account_add(d, arg);
}

static int add(const char *member, const char *user, int64_t uid, const char *secret)
{
	struct sk_account a = {
	    .member = member, .system_user = user, .uid = uid, .password = secret};

	return sk_db_transact(db, SK_DB_WRITE, add_work, &a);
}

struct change {
	int what;
	const char *member, *user;
	int64_t number;
	struct sk_slice credential;
};

enum { LINK, PASSWORD, DISABLE, USED, REMOVE };

static int change_work(struct sk_db *d, void *arg)
{
	const struct change *c = arg;

	switch (c->what) {
	case LINK:
		return sk_account_link(d, c->member, c->user, c->number);
	case PASSWORD:
		return sk_account_password(d, c->member, c->user);
	case DISABLE:
		return sk_account_disable(d, c->member, c->number != 0);
	case USED:
		return sk_passkey_used(d, c->credential, c->number);
	default:
		return sk_passkey_remove(d, c->member, c->credential);
	}
}

static int change(int what, const char *member, const char *user, int64_t number)
{
	struct change c = {what, member, user, number, {0}};

	return sk_db_transact(db, SK_DB_WRITE, change_work, &c);
}

static int of_key(int what, const char *member, const char *credential, int64_t number)
{
	struct change c = {what, member, NULL, number, sk_slice_str(credential)};

	return sk_db_transact(db, SK_DB_WRITE, change_work, &c);
}

static int key_work(struct sk_db *d, void *arg)
{
	return sk_passkey_add(d, arg);
}

static int add_key(const char *member, const char *credential)
{
	struct sk_passkey k = {.member = member,
	    .credential = sk_slice_str(credential),
	    .key = SK_SLICE_LIT("cose"),
	    .counter = 5,
	    .title = "鍵"};

	return sk_db_transact(db, SK_DB_WRITE, key_work, &k);
}

static struct sk_account loaded(const char *member)
{
	struct sk_account a;

	assert_int_equal(sk_account_load(db, arena, member, &a), 0);
	return a;
}

/* --- tests --- */

static void test_accounts(void **state)
{
	struct sk_account a, *list = NULL;
	size_t n = 0;

	assert_int_equal(add("shimin-1", "user1", 1001, password), 0);
	assert_int_equal(add("shimin-2", NULL, SK_ACCOUNT_NO_USER, NULL), 0);
	assert_int_equal(sk_account_of(db, arena, 1001, &a), 0);
	assert_string_equal(a.member, "shimin-1");
	assert_string_equal(a.system_user, "user1");
	assert_string_equal(a.password, password);
	assert_true(!a.disabled && a.created > 1700000000000 && a.changed == a.created);
	assert_int_equal(sk_account_of(db, arena, 1002, &a), SK_ENOENTRY);
	a = loaded("shimin-2");
	assert_true(a.system_user == NULL && a.uid == SK_ACCOUNT_NO_USER && a.password == NULL);
	assert_int_equal(sk_account_list(db, arena, NULL, 10, &list, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(sk_account_list(db, arena, "shimin-1", 10, &list, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(list[0].member, "shimin-2");
}

/* One for each member, one system user for one member, and root for nobody. */
static void test_one_each(void **state)
{
	assert_int_equal(add("shimin-1", "user1", 1001, NULL), 0);
	assert_int_equal(add("shimin-1", "user2", 1002, NULL), SK_EEXIST);
	assert_int_equal(add("shimin-2", "user1", 1001, NULL), SK_EEXIST);
	assert_int_equal(add("shimin-2", "root", 0, NULL), SK_EARG);
	assert_int_equal(add("shimin-2", NULL, 1002, NULL), SK_EARG);
	assert_int_equal(add("shimin-2", "user2", SK_ACCOUNT_NO_USER, NULL), SK_EARG);
	assert_int_equal(add("shimin-2", NULL, SK_ACCOUNT_NO_USER, NULL), 0);
	assert_int_equal(change(LINK, "shimin-2", "user1", 1001), SK_EEXIST);
	assert_int_equal(change(LINK, "shimin-2", "root", 0), SK_EARG);
	assert_int_equal(change(LINK, "shimin-1", NULL, SK_ACCOUNT_NO_USER), 0);
	assert_int_equal(change(LINK, "shimin-2", "user1", 1001), 0);
	assert_int_equal(change(LINK, "shimin-3", "user3", 1003), SK_ENOENTRY);
	assert_int_equal(loaded("shimin-2").uid, 1001);
	assert_null(loaded("shimin-1").system_user);
}

static void test_changes(void **state)
{
	assert_int_equal(add("shimin-1", NULL, SK_ACCOUNT_NO_USER, NULL), 0);
	assert_int_equal(change(DISABLE, "shimin-1", NULL, 1), 0);
	assert_true(loaded("shimin-1").disabled);
	assert_int_equal(change(DISABLE, "shimin-1", NULL, 0), 0);
	assert_false(loaded("shimin-1").disabled);
	assert_int_equal(change(DISABLE, "nobody", NULL, 1), SK_ENOENTRY);
	assert_int_equal(change(PASSWORD, "shimin-1", password, 0), 0);
	assert_string_equal(loaded("shimin-1").password, password);
	assert_int_equal(change(PASSWORD, "shimin-1", "secret", 0), SK_EARG);
	assert_int_equal(change(PASSWORD, "shimin-1", "$argon2id$v=19$m=8,t=1,p=1$", 0), SK_EARG);
	assert_int_equal(change(PASSWORD, "shimin-1", NULL, 0), 0);
	assert_null(loaded("shimin-1").password);
}

static void test_passkeys(void **state)
{
	struct sk_passkey k, *list = NULL;
	char name[8];
	size_t n = 0;

	assert_int_equal(add("shimin-1", "user1", 1001, NULL), 0);
	assert_int_equal(add_key("shimin-2", "a"), SK_ENOENTRY);
	for (int i = 0; i < SK_PASSKEYS_OF_ONE; i++) {
		snprintf(name, sizeof(name), "k%d", i);
		assert_int_equal(add_key("shimin-1", name), 0);
	}
	assert_int_equal(add_key("shimin-1", "more"), SK_ELIMIT);
	assert_int_equal(of_key(REMOVE, "shimin-2", "k1", 0), SK_ENOENTRY);
	assert_int_equal(of_key(REMOVE, "shimin-1", "k1", 0), 0);
	assert_int_equal(add_key("shimin-1", "k2"), SK_EEXIST);
	assert_int_equal(sk_passkey_list(db, arena, "shimin-1", &list, &n), 0);
	assert_int_equal(n, SK_PASSKEYS_OF_ONE - 1);
	assert_int_equal(sk_passkey_find(db, arena, SK_SLICE_LIT("k2"), &k), 0);
	assert_true(sk_slice_is(k.key, "cose") && k.counter == 5 && k.used == 0);
	assert_string_equal(k.title, "鍵");
	assert_int_equal(sk_passkey_find(db, arena, SK_SLICE_LIT("k1"), &k), SK_ENOENTRY);
}

/* A counter that does not grow: there are two of this key. */
static void test_counter(void **state)
{
	struct sk_passkey k;

	assert_int_equal(add("shimin-1", "user1", 1001, NULL), 0);
	assert_int_equal(add_key("shimin-1", "a"), 0);
	assert_int_equal(of_key(USED, NULL, "a", 6), 0);
	assert_int_equal(of_key(USED, NULL, "a", 6), SK_ECHANGED);
	assert_int_equal(of_key(USED, NULL, "a", 0), SK_ECHANGED);
	assert_int_equal(of_key(USED, NULL, "b", 7), SK_ENOENTRY);
	assert_int_equal(sk_passkey_find(db, arena, SK_SLICE_LIT("a"), &k), 0);
	assert_true(k.counter == 6 && k.used > 1700000000000);
}

static const struct CMUnitTest tests[] = {
    T(test_accounts), T(test_one_each), T(test_changes), T(test_passkeys), T(test_counter)};

MAIN_ON_BOTH("accounts", NULL, tests, tests)
