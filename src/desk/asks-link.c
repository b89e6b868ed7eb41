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

/* Nobody but root makes one for an account that somebody may be using: that is a recovery, for which two persons stand. */
static int is_unused(
    struct sk_gate *g, struct sk_arena *a, const char *member, bool directory, bool *unused)
{
	struct sk_account account;
	struct sk_passkey *keys = NULL;
	struct sk_code code;
	size_t nkeys = 0;
	int status = sk_account_load(g->db, a, member, &account);

	*unused = false;
	if (status == 0)
		status = sk_passkey_list(g->db, a, member, &keys, &nkeys);
	if (status)
		return status;
	status = sk_code_load(g->db, a, member, &code);
	/* whoever logs in at the directory leaves nothing here */
	*unused = account.password == NULL && nkeys == 0 && status == SK_ENOENTRY && !directory;
	return status == SK_ENOENTRY ? 0 : status;
}

static int look_invite(struct sk_asked *q)
{
	struct sk_gate g = sk_asked_gate(q);
	bool unused;
	int status;

	if (sk_asked_member(q, q->ask.member) == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_NOT_MEMBER, q->ask.member);
	status = is_unused(&g, q->arena, q->ask.member,
	    sk_settings_get(q->act.desk->settings, "directory") != NULL, &unused);
	if (status || unused || q->root)
		return status == SK_ENOENTRY ? 0 : status;
	return sk_asked_fail(q, SK_FRONT_WHY_RECOVERY, q->ask.member);
}

/* Whoever has no account yet gets one. */
static int run_invite(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	const struct sk_account fresh = {.member = q->ask.member, .uid = SK_ACCOUNT_NO_USER};
	struct sk_account account;
	int status = sk_account_load(g->db, a, q->ask.member, &account);

	if (status == SK_ENOENTRY) {
		status = sk_account_add(g->db, &fresh);
		if (status == 0)
			status = sk_login_log(g, q, "user.add", q->ask.member, NULL, NULL);
	} else if (status == 0 && account.disabled) {
		return sk_asked_fail(q, SK_FRONT_WHY_DISABLED, NULL);
	}
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
		status = sk_login_forget(g, a, t->member);
	return status ? status : sk_login_admit(g, q);
}

const struct sk_ask_of sk_asks_link[] = {
    {SK_FRONT_USER_INVITE, SK_ASK_ADMIN, look_invite, run_invite, NULL, NULL},
    {SK_FRONT_LOGIN_LINK, SK_ASK_EVERYBODY, look_link, run_link, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
