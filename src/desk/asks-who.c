/* Who asks, what he may, and what he is concerned with: asks.h. The gate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <time.h>

#include "base/err.h"
#include "desk/asks.h"
#include "policy/decide.h"
#include "policy/people.h"
#include "store/account.h"

#define BIT(right) (1U << SK_RIGHT_##right)

static bool is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

struct sk_gate sk_asked_gate(const struct sk_asked *q)
{
	struct sk_gate g = q->act.desk->gate;

	g.now = time(NULL);
	return g;
}

const struct sk_member *sk_asked_member(const struct sk_asked *q, const char *name)
{
	const struct sk_policy *p = q->act.desk->gate.policy;
	int32_t today = sk_day_of(time(NULL));
	const struct sk_member *m =
	    p && name ? sk_member_on(sk_policy_find(p, SK_KIND_MEMBER, name), today) : NULL;

	return m && sk_span_holds(&m->span, today) ? m : NULL;
}

unsigned sk_member_rights(const struct sk_member *m)
{
	unsigned rights = 0;

	for (unsigned r = 0; m && r < SK_RIGHTS; r++)
		if (sk_member_may(m, (enum sk_right)r))
			rights |= 1U << r;
	return rights;
}

struct used {
	struct sk_act act;
	char member[]; /* ended by a zero */
};

static int run_used(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	(void)a;
	return sk_account_used(g->db, ((struct used *)act)->member);
}

static void used_done(struct sk_act *act, int status)
{
	(void)status;
	free(act);
}

/* From now on nobody changes alone how he is let in; it is written before whatever he asks for. */
static void note_used(struct sk_asked *q, const char *member)
{
	size_t n = strlen(member) + 1;
	struct used *u = calloc(1, sizeof(*u) + n);

	if (u == NULL)
		return;
	u->act.run = run_used;
	u->act.done = used_done;
	memcpy(u->member, member, n);
	sk_desk_do(q->act.desk, &u->act);
}

/* SK_ENOENTRY: nobody is known. */
static int who_of_system(struct sk_asked *q, const char **member)
{
	struct sk_account account;
	int status = sk_account_of(q->act.desk->db, q->arena, q->uid, &account);

	/* whoever runs the gate holds all that it keeps: a post of an ordinary user has him for its root */
	q->root = q->uid == 0 || q->uid == geteuid();
	q->login = SK_LOGIN_SYSTEM;
	if (status)
		return status;
	q->disabled = account.disabled;
	q->alone = account.alone;
	*member = account.member;
	if (account.used == 0 && !account.disabled)
		note_used(q, account.member);
	return 0;
}

/* Whoever has no session is nobody. */
static int who_of_session(struct sk_asked *q, const char **member)
{
	int status = sk_session_find(q->act.desk->db, q->arena, q->terminal.session, &q->session);

	if (status)
		return status;
	q->disabled = q->session.disabled;
	q->alone = q->session.alone;
	q->login = (int)q->session.login;
	*member = q->session.member;
	return 0;
}

int sk_asked_who(struct sk_asked *q)
{
	const struct sk_member *m;
	const char *member = NULL;
	int status = q->portal ? who_of_session(q, &member) : who_of_system(q, &member);

	if (status || q->disabled)
		return status == SK_ENOENTRY ? 0 : status;
	m = sk_asked_member(q, member);
	/* who has left the organisation has no session any more, as he could begin none */
	if (q->portal && m == NULL) {
		q->session = (struct sk_session){0};
		return 0;
	}
	q->member = member;
	/* his question may outlive the policy that is in force now */
	q->title = m ? sk_arena_str(q->arena, sk_slice_str(m->title)) : NULL;
	q->rights = q->alone ? 0 : sk_member_rights(m);
	return m && q->title == NULL ? SK_ENOMEM : 0;
}

int sk_asked_is_person(struct sk_asked *q)
{
	if (q->title && q->rights & (BIT(ADMIN) | BIT(OVERSEE)))
		return 0;
	return sk_asked_fail(q, q->root ? SK_FRONT_WHY_ACCOUNT : SK_FRONT_WHY_NO_RIGHT, NULL);
}

bool sk_asked_runs_post(const struct sk_asked *q)
{
	return q->root || q->rights & BIT(ADMIN);
}

bool sk_asked_audits(const struct sk_asked *q)
{
	return q->rights & (BIT(AUDIT) | BIT(OVERSEE));
}

bool sk_asked_reads(const struct sk_asked *q, const char *requester, const char *recipient)
{
	return !sk_asked_runs_post(q) || sk_asked_audits(q) || is(requester, q->member) ||
	       is(recipient, q->member);
}

static const struct sk_department *above(const struct sk_department *d)
{
	return d->in.token ? d->in.to : NULL;
}

bool sk_asked_heads(const struct sk_asked *q, const char *department)
{
	const struct sk_policy *p = q->act.desk->gate.policy;
	const struct sk_member *m = sk_asked_may(q, SK_ASK_VOTER) && q->rights & BIT(APPROVE)
					? sk_asked_member(q, q->member)
					: NULL;
	const struct sk_department *d =
	    m && department ? sk_policy_find(p, SK_KIND_DEPARTMENT, department) : NULL;

	for (unsigned i = 0; d && i <= SK_POLICY_DEPARTMENT_DEPTH; i++, d = above(d))
		if (d == m->department.to)
			return true;
	return false;
}

bool sk_asked_may(const struct sk_asked *q, enum sk_ask_who who)
{
	switch (who) {
	case SK_ASK_EVERYBODY:
		return true;
	case SK_ASK_MEMBER:
		return q->title != NULL;
	case SK_ASK_VOTER:
		return q->title != NULL && !sk_asked_runs_post(q) && !q->alone;
	case SK_ASK_ADMIN:
		return sk_asked_runs_post(q);
	case SK_ASK_AUDITOR:
		return sk_asked_runs_post(q) || sk_asked_audits(q);
	case SK_ASK_OVERSEER:
		return sk_asked_runs_post(q) || q->rights & BIT(OVERSEE);
	case SK_ASK_SEER:
		return q->title || sk_asked_runs_post(q);
	}
	return false;
}

/* Whether he has voted about it before. */
static int has_voted(struct sk_asked *q, const char *id, bool *voted)
{
	struct sk_approval_row *v = NULL;
	size_t n = 0;
	int status = sk_approval_list(q->act.desk->db, q->arena, id, &v, &n);

	for (size_t i = 0; i < n && status == 0; i++)
		*voted |= is(v[i].person, q->member);
	return status;
}

/* What a list of his department shows him. */
static bool heads_requester(const struct sk_asked *q, const struct sk_transfer *t)
{
	const struct sk_member *m = sk_asked_member(q, t->requester ? t->requester : t->recipient);

	return m && m->department.to &&
	       sk_asked_heads(q, ((const struct sk_department *)m->department.to)->named.name);
}

int sk_asked_concerned(
    struct sk_asked *q, const struct sk_transfer *t, unsigned *holds, bool *concerned)
{
	struct sk_gate g = sk_asked_gate(q);
	int status = 0;

	*holds = 0;
	*concerned = is(t->requester, q->member) || is(t->recipient, q->member) ||
		     sk_asked_runs_post(q) || sk_asked_audits(q);
	/* what was forgotten has no facts that could be asked about */
	if (sk_asked_may(q, SK_ASK_VOTER) && t->facts)
		status = sk_gate_may_vote(&g, q->arena, t, q->member, holds);
	*concerned |= *holds != 0 || heads_requester(q, t);
	if (status == 0 && !*concerned && q->member)
		status = has_voted(q, t->id, concerned);
	return status;
}

int sk_asked_load(struct sk_asked *q, const char *id, struct sk_transfer *t, unsigned *holds)
{
	bool concerned = false;
	int status = sk_transfer_load(q->act.desk->db, q->arena, id, t);

	if (status == 0) {
		snprintf(q->about, sizeof(q->about), "%s", t->id);
		status = sk_asked_concerned(q, t, holds, &concerned);
	}
	/* whoever is not concerned does not learn that it exists */
	return status == 0 && !concerned ? SK_ENOENTRY : status;
}
