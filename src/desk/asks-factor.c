/* What somebody shows who he is with: his password, the device that counts codes; which he has: doc/front.md, Sessions. The gate. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "desk/login.h"
#include "desk/totp.h"
#include "store/account.h"

/* --- whether he may change them --- */

static int has_second(struct sk_db *db, struct sk_arena *a, const char *member, bool *has)
{
	struct sk_passkey *keys = NULL;
	struct sk_code code;
	size_t nkeys = 0;
	int status = sk_code_load(db, a, member, &code);

	*has = status == 0 && code.confirmed;
	if (status == 0 || status == SK_ENOENTRY)
		status = sk_passkey_list(db, a, member, &keys, &nkeys);
	*has |= nkeys > 0;
	return status;
}

int sk_login_may_change(struct sk_asked *q)
{
	bool has = false;
	int status = has_second(q->act.desk->db, q->arena, q->session.member, &has);

	if (status == 0 && has && q->login < SK_LOGIN_TWO_FACTORS)
		status =
		    sk_asked_fail(q, SK_FRONT_WHY_LOGIN_MORE, sk_login_words[SK_LOGIN_TWO_FACTORS]);
	return status;
}

static int look_change(struct sk_asked *q)
{
	int status = sk_login_at_portal(q);

	return status ? status : sk_login_may_change(q);
}

/* --- the password --- */

/* Long enough, and not the name. */
static bool is_good(const struct sk_asked *q)
{
	return strlen(q->ask.new) >= SK_LIMIT_PASSWORD_LEAST &&
	       strstr(q->ask.new, q->session.member) == NULL;
}

static void then(struct sk_asked *q, const struct sk_secret_done *done)
{
	if (done == NULL || done->verdict == SK_SECRET_FAILED) {
		sk_asked_answer(q, sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "login"));
		return;
	}
	q->try->right = done->verdict == SK_SECRET_RIGHT;
	snprintf(q->try->hash, sizeof(q->try->hash), "%s", done->hash);
	sk_asked_go_on(q);
}

static int ask_for(struct sk_asked *q, const struct sk_account *a)
{
	struct sk_secret_ask ask = {0};
	bool old = a->password && !(q->session.factors & 1U << SK_FACTOR_LINK);
	int status;

	if (a->password == NULL && !(q->session.factors & 1U << SK_FACTOR_LINK) &&
	    sk_settings_get(q->act.desk->settings, "directory"))
		return sk_asked_fail(q, SK_FRONT_WHY_ELSEWHERE, "directory");
	if (old && q->ask.secret == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_MISSING, "secret");
	if (old) {
		snprintf(ask.hash, sizeof(ask.hash), "%s", a->password);
		snprintf(ask.secret, sizeof(ask.secret), "%s", q->ask.secret);
	}
	snprintf(ask.new, sizeof(ask.new), "%s", q->ask.new);
	status = sk_logins_ask(q, &ask, then);
	explicit_bzero(&ask, sizeof(ask));
	return status ? status : SK_ASKED_LATER;
}

static int look_password(struct sk_asked *q)
{
	struct sk_account a;
	int status = look_change(q);

	if (status == 0 && !is_good(q))
		status = sk_asked_fail(q, SK_FRONT_WHY_VALUE, "new");
	if (status == 0)
		status = sk_login_try(q, q->session.member, SK_FACTOR_PASSWORD);
	if (status == 0)
		status = sk_account_load(q->act.desk->db, q->arena, q->session.member, &a);
	if (status)
		return status;
	q->try->there = true;
	return ask_for(q, &a);
}

/* Whoever knew the old one is out. */
static int run_password(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	int status;

	(void)a;
	if (!q->try->right)
		return sk_login_wrong(g, q, "password");
	status = sk_account_password(g->db, q->session.member, q->try->hash);
	if (status == 0)
		status = sk_session_end_all(g->db, q->session.member, q->session.number, NULL);
	return status ? status : sk_login_log(g, q, "user.password", q->session.member, NULL, NULL);
}

/* --- codes --- */

static int look_begin(struct sk_asked *q)
{
	struct sk_code code;
	int status = look_change(q);

	if (status == 0)
		status = sk_code_load(q->act.desk->db, q->arena, q->session.member, &code);
	if (status == 0 && code.confirmed)
		return sk_asked_fail(q, SK_FRONT_WHY_STATE, "code");
	return status == SK_ENOENTRY ? 0 : status;
}

static int run_begin(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	uint8_t secret[SK_DATA_KEY] = {0}, wrapped[SK_WRAPPED];
	char text[SK_TOTP_TEXT], uri[SK_TOTP_URI];
	int status;

	(void)a;
	randombytes_buf(secret, SK_TOTP_SECRET);
	status = sk_code_wrap(q->act.desk->master, q->session.member, secret, wrapped);
	if (status == 0)
		status =
		    sk_code_begin(g->db, q->session.member, sk_slice(wrapped, sizeof(wrapped)));
	if (status == 0)
		status = sk_totp_uri(secret, q->act.desk->zone, q->session.member, text, uri);
	if (status == 0) {
		sk_show_set(q->out, "secret", json_string(text));
		sk_show_set(q->out, "uri", json_string(uri));
	}
	explicit_bzero(secret, sizeof(secret));
	explicit_bzero(text, sizeof(text));
	explicit_bzero(uri, sizeof(uri));
	return status;
}

/* Which step the shown code is of; SK_EREFUSED: of none about now, or of one that was taken before. */
static int step_of(
    struct sk_gate *g, struct sk_arena *a, struct sk_asked *q, bool confirmed, int64_t *step)
{
	uint8_t secret[SK_DATA_KEY];
	struct sk_code code;
	int status = sk_code_load(g->db, a, q->session.member, &code);

	if (status == SK_ENOENTRY || (status == 0 && code.confirmed != confirmed))
		return SK_EREFUSED;
	if (status == 0 &&
	    (status = sk_code_unwrap(q->act.desk->master, q->session.member, code.secret, secret)))
		sk_desk_log("the secret of a device that counts codes is %s",
		    status == SK_EUNSUPPORTED ? "wrapped by a master key that is not here"
					      : "damaged");
	if (status == 0)
		status = sk_totp_check(secret, q->ask.code, g->now, step);
	explicit_bzero(secret, sizeof(secret));
	return status == 0 && *step <= code.step ? SK_EREFUSED : status;
}

static int show_code(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q, bool confirmed)
{
	int64_t step = 0;
	int status = step_of(g, a, q, confirmed, &step);

	if (status == SK_EREFUSED)
		return sk_login_wrong(g, q, "code");
	if (status == 0)
		status = sk_code_taken(g->db, q->session.member, step);
	if (status == 0 && !confirmed)
		status = sk_login_log(g, q, "code.add", q->session.member, NULL, NULL);
	return status ? status : sk_login_admit(g, q);
}

static int look_code(struct sk_asked *q)
{
	int status = sk_login_at_portal(q);

	if (status == 0)
		status = sk_login_try(q, q->session.member, SK_FACTOR_CODE);
	if (status == 0)
		q->try->there = true;
	return status;
}

static int run_code(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	return show_code(g, a, q, true);
}

static int look_confirm(struct sk_asked *q)
{
	int status = look_change(q);

	return status ? status : look_code(q);
}

static int run_confirm(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	return show_code(g, a, q, false);
}

/* --- which there are, and their end --- */

static int look_list(struct sk_asked *q)
{
	struct sk_passkey *keys = NULL;
	struct sk_account a;
	struct sk_code code;
	const char *member;
	size_t nkeys = 0;
	int status = sk_asked_whose(q, &member);

	if (status == 0)
		status = sk_account_load(q->act.desk->db, q->arena, member, &a);
	if (status == 0)
		status = sk_passkey_list(q->act.desk->db, q->arena, member, &keys, &nkeys);
	if (status)
		return status == SK_ENOENTRY ? sk_asked_fail(q, SK_FRONT_WHY_NO_USER, member)
					     : status;
	status = sk_code_load(q->act.desk->db, q->arena, member, &code);
	sk_show_set(q->out, "password", json_boolean(a.password));
	sk_show_set(q->out, "directory",
	    json_boolean(
		a.password == NULL && sk_settings_get(q->act.desk->settings, "directory") != NULL));
	sk_show_set(q->out, "code", json_boolean(status == 0 && code.confirmed));
	sk_show_set(q->out, "passkeys", sk_show_passkeys(keys, nkeys));
	return status == SK_ENOENTRY ? 0 : status;
}

/* His own only with what he has; that of another as far as one person may alone. */
static int look_remove(struct sk_asked *q)
{
	const char *member;
	int status = sk_asked_whose(q, &member);

	if (status == 0 && q->portal && strcmp(member, q->session.member) == 0)
		status = sk_login_may_change(q);
	return status;
}

static int run_remove(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	const char *member = q->ask.member ? q->ask.member : q->member;
	bool removed = false;
	int status = sk_login_alone(g, a, q, member);

	if (status == 0)
		status = sk_code_remove(g->db, member, &removed);
	if (status == 0 && !removed)
		return sk_asked_fail(q, SK_FRONT_WHY_STATE, "code");
	return status ? status : sk_login_log(g, q, "code.remove", member, NULL, NULL);
}

const struct sk_ask_of sk_asks_factor[] = {
    {SK_FRONT_PASSWORD_CHANGE, SK_ASK_EVERYBODY, look_password, run_password, NULL, NULL},
    {SK_FRONT_LOGIN_CODE, SK_ASK_EVERYBODY, look_code, run_code, NULL, NULL},
    {SK_FRONT_FACTOR_LIST, SK_ASK_SEER, look_list, NULL, NULL, NULL},
    {SK_FRONT_FACTOR_CODE_BEGIN, SK_ASK_MEMBER, look_begin, run_begin, NULL, NULL},
    {SK_FRONT_FACTOR_CODE_CONFIRM, SK_ASK_MEMBER, look_confirm, run_confirm, NULL, NULL},
    {SK_FRONT_FACTOR_REMOVE, SK_ASK_SEER, look_remove, run_remove, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
