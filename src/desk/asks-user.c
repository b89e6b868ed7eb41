/* Accounts: doc/front.md. The gate. */
#include <string.h>

#include "base/err.h"
#include "desk/login.h"
#include "store/account.h"

/* --- showing --- */

static json_t *words_of(unsigned rights)
{
	json_t *list = json_array();

	for (unsigned r = 0; r < SK_RIGHTS; r++)
		if (rights >> r & 1)
			json_array_append_new(list, json_string(sk_right_words[r]));
	return list;
}

static json_t *roles_of(const struct sk_member *m)
{
	json_t *list = json_array();

	for (size_t i = 0; m && i < m->roles.n; i++)
		json_array_append_new(list, json_string(m->roles.v[i].token->value));
	return list;
}

static int show(struct sk_asked *q, const struct sk_account *a, json_t **out)
{
	const struct sk_member *m = sk_asked_member(q, a->member);
	struct sk_passkey *keys = NULL;
	size_t nkeys = 0;
	int status = sk_passkey_list(q->act.desk->db, q->arena, a->member, &keys, &nkeys);
	json_t *o = json_object();

	sk_show_set(o, "member", sk_show_text(a->member));
	sk_show_set(o, "name", m ? sk_show_text(m->title) : NULL);
	sk_show_set(o, "known", json_boolean(m));
	sk_show_set(o, "system_user", sk_show_text(a->system_user));
	if (a->uid != SK_ACCOUNT_NO_USER)
		sk_show_number(o, "uid", a->uid);
	sk_show_set(o, "password", json_boolean(a->password));
	sk_show_number(o, "passkeys", (int64_t)nkeys);
	sk_show_set(o, "disabled", json_boolean(a->disabled));
	sk_show_set(o, "used", json_boolean(a->used != 0));
	sk_show_set(o, "alone", sk_show_text(a->alone));
	sk_show_number(o, "created", a->created);
	sk_show_set(o, "rights", words_of(sk_member_rights(m)));
	sk_show_set(o, "roles", roles_of(m));
	*out = o;
	return status;
}

/* The account as it is now, into the answer. */
static int show_one(struct sk_asked *q, const char *member)
{
	struct sk_account a;
	json_t *o = NULL;
	int status = sk_account_load(q->act.desk->db, q->arena, member, &a);

	if (status == 0)
		status = show(q, &a, &o);
	sk_show_set(q->out, "account", o);
	return status;
}

static void why(struct sk_asked *q, int status)
{
	const char *member = q->ask.member ? q->ask.member : q->member;

	if (status == SK_ENOENTRY)
		sk_asked_fail(q, SK_FRONT_WHY_NO_USER, member);
	else if (status == SK_EEXIST)
		sk_asked_fail(q, SK_FRONT_WHY_USER_EXISTS, member);
	else if (status == SK_EARG)
		sk_asked_fail(q, SK_FRONT_WHY_VALUE, q->ask.password ? "password" : "system_user");
}

/* --- changes --- */

/*
 * At the portal nobody sets a password but his own, and that by password.change, which asks for the old one and for what else he has;
 * others get a link.
 */
static int not_at_portal(struct sk_asked *q)
{
	return q->portal && q->ask.password ? sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL) : 0;
}

static int look_add(struct sk_asked *q)
{
	int status = not_at_portal(q);

	if (status)
		return status;
	if (sk_asked_member(q, q->ask.member) == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_NOT_MEMBER, q->ask.member);
	if ((q->ask.system_user == NULL) != (q->ask.uid == SK_FRONT_UNSAID))
		return sk_asked_fail(
		    q, SK_FRONT_WHY_MISSING, q->ask.uid == SK_FRONT_UNSAID ? "uid" : "system_user");
	return 0;
}

/* A store that could not be changed in one transaction refuses before it writes: batch.h. */
static int deed(int status)
{
	return status == SK_EEXIST || status == SK_EARG ? SK_EREFUSED : status;
}

static int keep_why(struct sk_asked *q, int status)
{
	why(q, status);
	return deed(status);
}

int sk_asked_log(struct sk_gate *g, const struct sk_asked *q, const char *member, const char *more)
{
	return sk_asked_log_as(g, q, sk_front_word(q->ask.what), member, more);
}

int sk_asked_log_as(struct sk_gate *g, const struct sk_asked *q, const char *kind,
    const char *member, const char *more)
{
	const char *by = q->root                                   ? "root"
			 : q->member && !strcmp(q->member, member) ? "self"
								   : "administrator";
	struct sk_leaf e = {0};
	char time[24];

	snprintf(time, sizeof(time), "%lld000", (long long)g->now);
	e.field[SK_ENTRY_KIND] = sk_slice_str(kind);
	e.field[SK_ENTRY_TIME] = sk_slice_str(time);
	e.field[SK_ENTRY_BY] = sk_slice_str(by);
	e.field[SK_ENTRY_PERSONAL_ACTOR] = sk_slice_str(member);
	if (q->member)
		e.field[SK_ENTRY_PERSONAL_REQUESTER] = sk_slice_str(q->member);
	if (more)
		e.field[SK_ENTRY_PERSONAL_COMMENT] = sk_slice_str(more);
	return sk_gate_firm(sk_gate_log(g, &e));
}

/*
 * Who may sign as whom decides what passes: whoever runs the post could make somebody's account his own, but not without a
 * trace. The system user stands behind a commitment.
 */
static int log_change(struct sk_gate *g, const struct sk_asked *q, const char *member)
{
	char user[300];

	snprintf(user, sizeof(user), "%s %lld", q->ask.system_user ? q->ask.system_user : "",
	    (long long)q->ask.uid);
	return sk_asked_log(
	    g, q, member, q->ask.uid != SK_FRONT_UNSAID && q->ask.system_user ? user : NULL);
}

static int changed(struct sk_gate *g, struct sk_asked *q, const char *member, int status)
{
	if (status)
		return keep_why(q, status);
	status = log_change(g, q, member);
	return status ? status : show_one(q, member);
}

/* The same of what its member is let in with. */
static int said(struct sk_gate *g, struct sk_asked *q, const char *member, int status)
{
	if (status == 0)
		status = sk_login_said(g, q, member);
	return changed(g, q, member, status);
}

static int run_add(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	const struct sk_account account = {.member = q->ask.member,
	    .system_user = q->ask.system_user,
	    .uid = q->ask.uid == SK_FRONT_UNSAID ? SK_ACCOUNT_NO_USER : q->ask.uid,
	    .password = q->ask.password};
	bool opens = account.system_user || account.password;
	int status = opens ? sk_login_alone(g, a, q, q->ask.member) : 0;

	if (status)
		return status;
	status = sk_account_add(g->db, &account);
	return opens ? said(g, q, q->ask.member, status) : changed(g, q, q->ask.member, status);
}

static int run_link(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	bool link = q->ask.what == SK_FRONT_USER_LINK;
	int status = sk_login_alone(g, a, q, q->ask.member);

	if (status)
		return status;
	status = sk_account_link(g->db, q->ask.member, link ? q->ask.system_user : NULL,
	    link ? q->ask.uid : SK_ACCOUNT_NO_USER);
	return said(g, q, q->ask.member, status);
}

static int run_disable(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	bool close = q->ask.what == SK_FRONT_USER_DISABLE;
	int status = sk_account_disable(g->db, q->ask.member, close);

	if (status == 0 && close)
		status = sk_session_end_all(g->db, q->ask.member, 0, NULL);
	return changed(g, q, q->ask.member, status);
}

/* One's own, or anybody's for who runs the post, as far as he may alone. Whoever knew the old one is out. */
static int look_password(struct sk_asked *q)
{
	int status = not_at_portal(q);

	if (status)
		return status;
	if (q->ask.member && !sk_asked_runs_post(q) &&
	    (q->member == NULL || strcmp(q->member, q->ask.member) != 0))
		return sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	if (q->ask.member == NULL && q->member == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_MISSING, "member");
	return 0;
}

static int run_password(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	const char *member = q->ask.member ? q->ask.member : q->member;
	int status = sk_login_alone(g, a, q, member);

	if (status)
		return status;
	status = sk_account_password(g->db, member, q->ask.password);
	if (status == 0)
		status = sk_session_end_all(g->db, member, 0, NULL);
	return said(g, q, member, status);
}

/* --- looking --- */

static int look_show(struct sk_asked *q)
{
	bool own = q->member && strcmp(q->member, q->ask.member) == 0;

	if (!own && !sk_asked_may(q, SK_ASK_AUDITOR))
		return sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	return show_one(q, q->ask.member);
}

static int look_list(struct sk_asked *q)
{
	struct sk_page page = sk_page_begin(q);
	struct sk_account *v = NULL;
	size_t n = 0, i = 0;
	json_t *o = NULL;
	int status =
	    sk_account_list(q->act.desk->db, q->arena, q->ask.after, page.most + 1, &v, &n);

	for (; i < n && status == 0; i++) {
		status = show(q, &v[i], &o);
		if (!sk_page_add(&page, o))
			break;
	}
	if (status == 0 && i < n && i > 0)
		sk_show_set(q->out, "next", sk_show_text(v[i - 1].member));
	sk_show_set(q->out, "accounts", page.list);
	return status;
}

/* --- oneself --- */

/* Where he is, in words that a page can show. */
static void show_place(struct sk_asked *q, const struct sk_member *m)
{
	const struct sk_policy *p = q->act.desk->gate.policy;
	const struct sk_zone *zone = p ? sk_policy_find(p, SK_KIND_ZONE, q->act.desk->zone) : NULL;
	const struct sk_department *d =
	    m && m->department.token
		? sk_policy_find(p, SK_KIND_DEPARTMENT, m->department.token->value)
		: NULL;

	sk_show_set(q->out, "zone", json_string(q->act.desk->zone));
	sk_show_set(q->out, "zone_name", sk_show_text(zone ? zone->title : NULL));
	sk_show_set(q->out, "department_name", sk_show_text(d ? d->title : NULL));
}

static int look_whoami(struct sk_asked *q)
{
	const struct sk_member *m = sk_asked_member(q, q->member);

	sk_show_set(q->out, "root", json_boolean(q->root));
	sk_show_set(q->out, "disabled", json_boolean(q->disabled));
	sk_show_set(q->out, "member", sk_show_text(q->member));
	sk_show_set(q->out, "name", sk_show_text(q->title));
	if (m && m->department.token)
		sk_show_set(q->out, "department", sk_show_text(m->department.token->value));
	sk_show_set(q->out, "rights", words_of(q->rights));
	show_place(q, m);
	return q->portal ? sk_show_session(q) : 0;
}

const struct sk_ask_of sk_asks_user[] = {
    {SK_FRONT_USER_ADD, SK_ASK_ADMIN, look_add, run_add, NULL, why},
    {SK_FRONT_USER_LIST, SK_ASK_AUDITOR, look_list, NULL, NULL, why},
    {SK_FRONT_USER_SHOW, SK_ASK_SEER, look_show, NULL, NULL, why},
    {SK_FRONT_USER_LINK, SK_ASK_ADMIN, NULL, run_link, NULL, why},
    {SK_FRONT_USER_UNLINK, SK_ASK_ADMIN, NULL, run_link, NULL, why},
    {SK_FRONT_USER_DISABLE, SK_ASK_ADMIN, NULL, run_disable, NULL, why},
    {SK_FRONT_USER_ENABLE, SK_ASK_ADMIN, NULL, run_disable, NULL, why},
    {SK_FRONT_USER_PASSWORD, SK_ASK_SEER, look_password, run_password, NULL, why},
    {SK_FRONT_WHOAMI, SK_ASK_EVERYBODY, look_whoami, NULL, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
