/*
 * How somebody logs in, said anew by two other persons: a link that opens his account, or a system user that stands for him: doc/front.md,
 * Sessions; decisions/0032. The gate.
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "desk/login.h"
#include "store/account.h"

#define MOST 100
/* Who runs the posts stands for others, and who oversees them, so that no city needs three administrators. */
#define STANDS (1U << SK_RIGHT_ADMIN | 1U << SK_RIGHT_OVERSEE)
/* Asking costs nothing, so it is waited for: this many from one address. */
#define ASKS_FREE 3
#define ASKS_MOST (15 * 60 * 1000)

/* Who stands for it by what he does now; NULL: somebody who may not, as root may not. */
static const char *stands(const struct sk_asked *q)
{
	if (q->title == NULL || !(q->rights & STANDS) ||
	    (q->portal && q->login < sk_asked_wants(q)))
		return NULL;
	return strcmp(q->member, q->ask.member) == 0 ? NULL : q->member;
}

/* Which system user it is about stands behind a commitment, as where one is linked. */
static int log_it(
    struct sk_gate *g, const struct sk_asked *q, const char *kind, const struct sk_recovery *r)
{
	char user[300];

	if (r->system_user == NULL)
		return sk_login_log(g, q, kind, r->member, NULL, NULL);
	snprintf(user, sizeof(user), "%s %lld", r->system_user, (long long)r->uid);
	return sk_asked_log_as(g, q, kind, r->member, user);
}

/* --- asking for one --- */

/* A system user is named by who stands for it. */
static int look_user(struct sk_asked *q)
{
	if ((q->ask.system_user == NULL) != (q->ask.uid == SK_FRONT_UNSAID))
		return sk_asked_fail(
		    q, SK_FRONT_WHY_MISSING, q->ask.system_user ? "uid" : "system_user");
	return q->ask.system_user && stands(q) == NULL
		   ? sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL)
		   : 0;
}

static int look_ask(struct sk_asked *q)
{
	struct sk_login_try *t;
	int status = look_user(q);

	if (status == 0)
		status = sk_login_try(q, NULL, SK_FACTOR_LINK);
	if (status)
		return status;
	t = q->try;
	sk_login_count(q, "recovery", ASKS_FREE, ASKS_MOST);
	t->member = q->ask.member;
	return stands(q) ? 0 : sk_login_waits(q);
}

/* What a stranger asked for makes room for it; what somebody stands for does not. */
static int make_room(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_recovery there;
	int status = sk_recovery_load(g->db, a, q->ask.member, &there);

	if (status)
		return status == SK_ENOENTRY ? 0 : status;
	if (there.by)
		return sk_asked_fail(q, SK_FRONT_WHY_STATE, "recovery");
	return sk_recovery_remove(g->db, q->ask.member);
}

/* Whoever stands for it is told whether there is such an account; it may be a new one, that nothing opens yet. */
static int ask_standing(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q, const char *by)
{
	const struct sk_recovery r = {.member = q->ask.member,
	    .by = by,
	    .comment = q->ask.comment,
	    .system_user = q->ask.system_user,
	    .uid = q->ask.system_user ? q->ask.uid : SK_ACCOUNT_NO_USER};
	int status = make_room(g, a, q);

	if (status == 0)
		status = sk_recovery_add(g->db, &r, SK_LIMIT_RECOVERY_MS);
	if (status == SK_ENOENTRY)
		return sk_asked_fail(q, SK_FRONT_WHY_NO_USER, q->ask.member);
	return status ? status : log_it(g, q, "recovery.ask", &r);
}

/* To a stranger it is not told. */
static int run_ask(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	const struct sk_try_key *k = &q->try->key[0];
	const struct sk_recovery r = {
	    .member = q->ask.member, .comment = q->ask.comment, .uid = SK_ACCOUNT_NO_USER};
	const char *by = stands(q);
	int status;

	if (by)
		return ask_standing(g, a, q, by);
	status = sk_recovery_add(g->db, &r, SK_LIMIT_RECOVERY_MS);
	if (status == 0)
		status = log_it(g, q, "recovery.ask", &r);
	else if (status == SK_EEXIST || status == SK_ENOENTRY)
		status = 0;
	return status ? status : sk_try_wrong(g->db, k->key, k->free, k->most);
}

/* --- which there are --- */

static json_t *show(const struct sk_asked *q, const struct sk_recovery *r)
{
	const struct sk_member *m = sk_asked_member(q, r->member);
	json_t *o = json_object();

	sk_show_set(o, "member", sk_show_text(r->member));
	sk_show_set(o, "name", m ? sk_show_text(m->title) : NULL);
	sk_show_number(o, "asked", r->asked);
	sk_show_number(o, "ends", r->ends);
	sk_show_set(o, "by", sk_show_text(r->by));
	sk_show_set(o, "comment", sk_show_text(r->comment));
	sk_show_set(o, "system_user", sk_show_text(r->system_user));
	if (r->uid != SK_ACCOUNT_NO_USER)
		sk_show_number(o, "uid", r->uid);
	return o;
}

static int look_list(struct sk_asked *q)
{
	struct sk_page page = sk_page_begin(q);
	struct sk_recovery *v = NULL;
	size_t n = 0;
	int status = sk_recovery_list(q->act.desk->db, q->arena, MOST, &v, &n);

	page.most = MOST;
	for (size_t i = 0; i < n && status == 0; i++)
		if (!sk_page_add(&page, show(q, &v[i])))
			break;
	sk_show_set(q->out, "recoveries", page.list);
	return status;
}

/* --- deciding --- */

static void why(struct sk_asked *q, int status)
{
	if (status == SK_ENOENTRY)
		sk_asked_fail(q, SK_FRONT_WHY_NO_LINE, NULL);
}

static int look_decide(struct sk_asked *q)
{
	bool own = q->member && strcmp(q->member, q->ask.member) == 0;

	return own ? sk_asked_fail(q, SK_FRONT_WHY_SECOND, NULL) : 0;
}

static int look_approve(struct sk_asked *q)
{
	int status = sk_asked_is_person(q);

	return status ? status : look_decide(q);
}

/* Whoever stood for it first still may: his account is open, and he has the right. */
static int stood(const struct sk_gate *g, struct sk_arena *a, const struct sk_asked *q,
    const struct sk_recovery *r, bool *first)
{
	const struct sk_member *m = r->by ? sk_asked_member(q, r->by) : NULL;
	struct sk_account account;

	*first = m && sk_member_rights(m) & STANDS;
	if (!*first)
		return 0;
	int status = sk_account_load(g->db, a, r->by, &account);
	*first = status == 0 && !account.disabled && !account.alone;
	return status == SK_ENOENTRY ? 0 : status;
}

static int link_user(struct sk_gate *g, struct sk_asked *q, const struct sk_recovery *r)
{
	int status = sk_account_link(g->db, r->member, r->system_user, r->uid);

	if (status == SK_EEXIST || status == SK_EARG)
		return sk_asked_fail(q, SK_FRONT_WHY_USER_EXISTS, r->system_user);
	return status ? status : sk_account_alone(g->db, r->member, NULL);
}

/* The second one gets the link, to hand it over. */
static int second(struct sk_gate *g, struct sk_asked *q, const struct sk_recovery *r)
{
	int status =
	    r->system_user ? link_user(g, q, r) : sk_login_link(g, q, r->member, SK_LINK_RECOVERY);

	if (status == 0)
		status = sk_recovery_remove(g->db, r->member);
	return status ? status : log_it(g, q, "recovery.approve", r);
}

/* It is what he was shown: the same system user, or none. */
static bool is_same(const struct sk_asked *q, const struct sk_recovery *r)
{
	return q->ask.uid == SK_FRONT_UNSAID ? r->uid == SK_ACCOUNT_NO_USER : r->uid == q->ask.uid;
}

static int run_approve(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_recovery r;
	bool first = false;
	int status = sk_recovery_load(g->db, a, q->ask.member, &r);

	if (status == 0)
		status = stood(g, a, q, &r, &first);
	if (status)
		return status;
	if (!is_same(q, &r))
		return sk_asked_fail(q, SK_FRONT_WHY_CHANGED, NULL);
	if (first && strcmp(r.by, q->member) == 0)
		return sk_asked_fail(q, SK_FRONT_WHY_SECOND, NULL);
	if (first)
		return second(g, q, &r);
	status = sk_recovery_by(g->db, q->ask.member, q->member);
	r.by = q->member;
	if (status == 0)
		sk_show_set(q->out, "recovery", show(q, &r));
	return status ? status : sk_login_log(g, q, "recovery.second", q->ask.member, NULL, NULL);
}

static int run_deny(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_recovery r;
	int status = sk_recovery_load(g->db, a, q->ask.member, &r);

	if (status == 0)
		status = sk_recovery_remove(g->db, q->ask.member);
	return status ? status : sk_login_log(g, q, "recovery.deny", q->ask.member, NULL, NULL);
}

const struct sk_ask_of sk_asks_recovery[] = {
    {SK_FRONT_RECOVERY_ASK, SK_ASK_EVERYBODY, look_ask, run_ask, NULL, NULL},
    {SK_FRONT_RECOVERY_LIST, SK_ASK_OVERSEER, look_list, NULL, NULL, NULL},
    {SK_FRONT_RECOVERY_APPROVE, SK_ASK_OVERSEER, look_approve, run_approve, NULL, why},
    {SK_FRONT_RECOVERY_DENY, SK_ASK_OVERSEER, look_decide, run_deny, NULL, why},
    {.what = SK_FRONT_COUNT},
};
