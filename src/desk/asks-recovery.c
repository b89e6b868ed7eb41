/* Accounts whose owner cannot log in any more, opened again by two other persons: doc/front.md, Sessions. The gate. */
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

/* --- asking for one --- */

static int look_ask(struct sk_asked *q)
{
	struct sk_login_try *t;
	int status = sk_login_try(q, NULL, SK_FACTOR_LINK);

	if (status)
		return status;
	t = q->try;
	sk_login_count(q, "recovery", ASKS_FREE, ASKS_MOST);
	t->member = q->ask.member;
	return stands(q) ? 0 : sk_login_waits(q);
}

/* Whether there is such an account is not told. */
static int run_ask(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	const struct sk_try_key *k = &q->try->key[0];
	const char *by = stands(q);
	int status =
	    sk_recovery_add(g->db, q->ask.member, by, q->ask.comment, SK_LIMIT_RECOVERY_MS);

	(void)a;
	if (status == 0)
		status = sk_login_log(g, q, "recovery.ask", q->ask.member, NULL, NULL);
	else if (status == SK_EEXIST || status == SK_ENOENTRY)
		status = 0;
	return status || by ? status : sk_try_wrong(g->db, k->key, k->free, k->most);
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
	*first = status == 0 && !account.disabled;
	return status == SK_ENOENTRY ? 0 : status;
}

/* The second one gets the link, to hand it over. */
static int second(struct sk_gate *g, struct sk_asked *q)
{
	int status = sk_recovery_remove(g->db, q->ask.member);

	if (status == 0)
		status = sk_login_link(g, q, q->ask.member, SK_LINK_RECOVERY);
	return status ? status : sk_login_log(g, q, "recovery.approve", q->ask.member, NULL, NULL);
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
	if (first && strcmp(r.by, q->member) == 0)
		return sk_asked_fail(q, SK_FRONT_WHY_SECOND, NULL);
	if (first)
		return second(g, q);
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
