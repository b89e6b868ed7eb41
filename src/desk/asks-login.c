/* Logging in: doc/front.md, Sessions. The gate. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "desk/login.h"
#include "store/account.h"

/*
 * What a password is held against where there is nothing to hold it against, so that it takes as long: made of random bytes, it
 * is the hash of no password that anybody knows.
 */
static void nobodys(char hash[SK_SECRET_HASH + 1])
{
	char salt[32], sum[48];
	uint8_t raw[32];

	randombytes_buf(raw, sizeof(raw));
	sodium_bin2base64(salt, sizeof(salt), raw, 16, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	randombytes_buf(raw, sizeof(raw));
	sodium_bin2base64(sum, sizeof(sum), raw, 32, sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	snprintf(hash, SK_SECRET_HASH + 1, "$argon2id$v=19$m=%u,t=%u,p=1$%s$%s",
	    (unsigned)(crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE / 1024),
	    (unsigned)crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE, salt, sum);
}

/* Somebody who can log in: he has an account that is open, and stands in the policy today. SK_ENOENTRY: not he. */
static int find(struct sk_asked *q, const char *member, struct sk_account *a)
{
	int status = sk_account_load(q->act.desk->db, q->arena, member, a);

	q->try->there = status == 0;
	if (status == 0 && (a->disabled || sk_asked_member(q, member) == NULL))
		status = SK_ENOENTRY;
	return status;
}

/* --- a password --- */

static int against(struct sk_asked *q, struct sk_secret_ask *ask)
{
	struct sk_account a;
	int status = find(q, q->ask.member, &a);

	if (status && status != SK_ENOENTRY)
		return status;
	q->try->vain = status == SK_ENOENTRY || a.password == NULL;
	if (q->try->vain)
		nobodys(ask->hash);
	else
		snprintf(ask->hash, sizeof(ask->hash), "%s", a.password);
	snprintf(ask->secret, sizeof(ask->secret), "%s", q->ask.secret);
	return 0;
}

/* Whether it fits is known, or it cannot be known. */
static void then(struct sk_asked *q, const struct sk_secret_done *done)
{
	if (done == NULL || done->verdict == SK_SECRET_FAILED) {
		sk_asked_answer(q, sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "login"));
		return;
	}
	q->try->right = done->verdict == SK_SECRET_RIGHT && !q->try->vain;
	sk_asked_go_on(q);
}

static int look_password(struct sk_asked *q)
{
	struct sk_secret_ask ask = {0};
	int status = sk_login_at_portal(q);

	if (status == 0)
		status = sk_login_try(q, q->ask.member, SK_FACTOR_PASSWORD);
	if (status == 0)
		status = against(q, &ask);
	if (status == 0)
		status = sk_logins_ask(q, &ask, then);
	explicit_bzero(&ask, sizeof(ask));
	return status ? status : SK_ASKED_LATER;
}

/* The account may have been closed while it was looked at. */
static int run_password(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_account account;
	int status = q->try->right ? sk_account_load(g->db, a, q->try->member, &account) : 0;

	if (status)
		return status;
	if (!q->try->right || account.disabled)
		return sk_login_wrong(g, q, "password");
	return sk_login_admit(g, q);
}

const struct sk_ask_of sk_asks_login[] = {
    {SK_FRONT_LOGIN_PASSWORD, SK_ASK_EVERYBODY, look_password, run_password, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
