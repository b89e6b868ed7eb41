/* Logging in: doc/front.md, Sessions. The gate. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "desk/challenge.h"
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
	bool elsewhere = status == 0 && a.password == NULL &&
			 sk_settings_get(q->act.desk->settings, "directory") != NULL;
	q->try->vain = status == SK_ENOENTRY || (a.password == NULL && !elsewhere);
	if (elsewhere)
		snprintf(ask->name, sizeof(ask->name), "%s", a.member);
	else if (q->try->vain)
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

/* --- a passkey --- */

/* To a stranger no account is told, nor which keys it has: he needs one that knows whose it is. */
static int look_challenge(struct sk_asked *q)
{
	uint8_t challenge[SK_CHALLENGE];
	struct sk_passkey_party party;
	int status = sk_login_at_portal(q);

	if (status == 0)
		status = sk_asked_party(q, &party);
	if (status)
		return status;
	sk_desk_challenge(q->act.desk, "get", NULL, challenge);
	return sk_asked_show_challenge(q, &party, challenge, q->session.member);
}

static int look_passkey(struct sk_asked *q)
{
	int status = sk_login_at_portal(q);

	return status ? status : sk_login_try(q, NULL, SK_FACTOR_PASSKEY);
}

/* Whose key it is, as far as it says so. */
static int owner(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q,
    struct sk_slice credential, struct sk_passkey *k)
{
	struct sk_account account;
	int status = sk_passkey_find(g->db, a, credential, k);

	if (status == 0) {
		q->try->member = k->member;
		status = find(q, k->member, &account);
	}
	return status == SK_ENOENTRY ? SK_EREFUSED : status;
}

static int verify(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q,
    const struct sk_passkey_answer *answer, struct sk_slice credential)
{
	enum sk_passkey_why wrong = SK_PASSKEY_FORM;
	uint8_t challenge[SK_CHALLENGE];
	struct sk_passkey_party party;
	struct sk_passkey_key key;
	struct sk_passkey k;
	uint32_t counter = 0;
	int status = sk_asked_party(q, &party);

	if (status == 0)
		status = owner(g, a, q, credential, &k);
	if (status == 0)
		status = sk_desk_challenge_of(q->act.desk, answer->client, "get", NULL, challenge);
	if (status == 0)
		status = sk_challenge_fresh(g->db, challenge);
	if (status == 0)
		status = sk_passkey_cose(k.key, &key, NULL);
	key.counter = status == 0 ? (uint32_t)k.counter : 0;
	if (status == 0)
		status = sk_passkey_verify(&party, &key, answer, challenge, &counter, &wrong);
	if (status == 0)
		status = sk_passkey_used(g->db, credential, counter);
	return status ? status : sk_desk_challenge_take(g, challenge);
}

static int run_passkey(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_buf bytes = SK_BUF(SK_FRONT_ASK_BYTES);
	struct sk_passkey_answer answer = {0};
	struct sk_slice credential;
	int status =
	    sk_passkey_answer_read(sk_slice_str(q->ask.assertion), &bytes, &credential, &answer);

	if (status == 0)
		status = verify(g, a, q, &answer, credential);
	sk_buf_free(&bytes);
	if (status == SK_EFORMAT || status == SK_EREFUSED || status == SK_EEXIST ||
	    status == SK_ECHANGED)
		return json_object_get(q->out, "status") ? SK_EREFUSED
							 : sk_login_wrong(g, q, "passkey");
	return status ? status : sk_login_admit(g, q);
}

const struct sk_ask_of sk_asks_login[] = {
    {SK_FRONT_LOGIN_PASSWORD, SK_ASK_EVERYBODY, look_password, run_password, NULL, NULL},
    {SK_FRONT_LOGIN_CHALLENGE, SK_ASK_EVERYBODY, look_challenge, NULL, NULL, NULL},
    {SK_FRONT_LOGIN_PASSKEY, SK_ASK_EVERYBODY, look_passkey, run_passkey, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
