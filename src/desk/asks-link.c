/* Links that open once: for an account that nobody has logged in to yet, and after a recovery: doc/front.md, Sessions. The gate. */
#include <sodium.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/limits.h"
#include "desk/login.h"
#include "store/account.h"

/* --- making one --- */

int sk_login_link(struct sk_gate *g, struct sk_asked *q, const char *member, enum sk_link_kind kind)
{
	int64_t lives = kind == SK_LINK_INVITE ? SK_LIMIT_INVITE_MS : SK_LIMIT_RECOVERY_LINK_MS;
	const char *origin = sk_settings_get(q->act.desk->settings, "portal");
	char text[2 * SK_LINK_TOKEN + 1];
	uint8_t token[SK_LINK_TOKEN];
	int status;

	randombytes_buf(token, sizeof(token));
	sk_hex_text(text, token, sizeof(token));
	status = sk_once_add(g->db, token, member, kind, lives);
	if (status == 0) {
		sk_show_set(q->out, "link", json_string(text));
		sk_show_number(q->out, "ends", g->now * 1000 + lives);
		if (origin) /* what stands behind # is told to no server */
			sk_show_set(q->out, "url", json_sprintf("%s/link#%s", origin, text));
	}
	explicit_bzero(token, sizeof(token));
	explicit_bzero(text, sizeof(text));
	return status;
}

static int look_invite(struct sk_asked *q)
{
	return sk_asked_member(q, q->ask.member)
		   ? 0
		   : sk_asked_fail(q, SK_FRONT_WHY_NOT_MEMBER, q->ask.member);
}

/* Whoever has no account yet gets one. */
static int run_invite(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	const struct sk_account fresh = {.member = q->ask.member, .uid = SK_ACCOUNT_NO_USER};
	struct sk_account account;
	int status = sk_login_alone(g, a, q, q->ask.member);

	if (status == 0)
		status = sk_account_load(g->db, a, q->ask.member, &account);
	if (status == SK_ENOENTRY) {
		status = sk_account_add(g->db, &fresh);
		if (status == 0)
			status = sk_login_log(g, q, "user.add", q->ask.member, NULL, NULL);
	} else if (status == 0 && account.disabled) {
		return sk_asked_fail(q, SK_FRONT_WHY_DISABLED, NULL);
	}
	if (status == 0)
		status = sk_login_said(g, q, q->ask.member);
	if (status == 0)
		status = sk_login_link(g, q, q->ask.member, SK_LINK_INVITE);
	return status ? status : sk_login_log(g, q, "user.invite", q->ask.member, NULL, NULL);
}

/* --- opening one --- */

static int look_link(struct sk_asked *q)
{
	int status = sk_login_at_portal(q);

	return status ? status : sk_login_try(q, NULL, SK_FACTOR_LINK);
}

int sk_login_forget(struct sk_gate *g, struct sk_arena *a, const char *member)
{
	struct sk_passkey *keys = NULL;
	size_t nkeys = 0;
	bool removed;
	int status = sk_account_password(g->db, member, NULL);

	if (status == 0)
		status = sk_code_remove(g->db, member, &removed);
	if (status == 0)
		status = sk_passkey_list(g->db, a, member, &keys, &nkeys);
	for (size_t i = 0; i < nkeys && status == 0; i++) {
		status = sk_passkey_remove(g->db, member, keys[i].credential);
		if (status == 0)
			status = sk_asked_log_key(g, "passkey.remove", member, keys[i].key);
	}
	if (status == 0)
		status = sk_device_forget(g->db, member);
	return status ? status : sk_session_end_all(g->db, member, 0, NULL);
}

/* Nothing of before is left, his session in this browser neither. */
static int recovered(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q, const char *member)
{
	int status = sk_login_forget(g, a, member);

	if (q->session.number && strcmp(q->session.member, member) == 0)
		q->session = (struct sk_session){0};
	return status ? status : sk_account_alone(g->db, member, NULL);
}

static int run_link(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_login_try *t = q->try;
	struct sk_account account;
	uint8_t token[SK_LINK_TOKEN];
	enum sk_link_kind kind = SK_LINK_INVITE;
	int status = sk_hex_parse(sk_slice_str(q->ask.token), token, sizeof(token));

	if (status == 0)
		status = sk_once_open(g->db, a, token, &t->member, &kind);
	if (status == 0)
		status = sk_account_load(g->db, a, t->member, &account);
	if (status == SK_ENOENTRY)
		return sk_login_wrong(g, q, "link");
	if (status)
		return status;
	t->there = true;
	if (account.disabled || sk_asked_member(q, t->member) == NULL)
		return sk_login_wrong(g, q, "disabled");
	if (kind == SK_LINK_RECOVERY)
		status = recovered(g, a, q, t->member);
	return status ? status : sk_login_admit(g, q);
}

const struct sk_ask_of sk_asks_link[] = {
    {SK_FRONT_USER_INVITE, SK_ASK_ADMIN, look_invite, run_invite, NULL, NULL},
    {SK_FRONT_LOGIN_LINK, SK_ASK_EVERYBODY, look_link, run_link, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
