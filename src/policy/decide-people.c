/* Who asks, and who has to say yes: deciding.h. Any process that asks the policy. */
#include <string.h>

#include "policy/deciding.h"
#include "policy/people.h"
#include "policy/when.h"

/* More than any role or department of a city has. */
#define APPROVERS 512
/* Holds on what was found are lifted by a superior, or after this time by a deputy. */
#define LIFT_DEPUTY ((int64_t)4 * 3600)

/* --- who asks --- */

static void check_service(struct sk_deciding *g)
{
	const struct sk_member *who = g->who;
	const struct sk_department *d = who->department.to;

	if (!sk_span_holds(&who->span, g->day))
		sk_deny(g, SK_WHY_AWAY, who->named.where, who->named.name, NULL);
	if (!sk_span_holds(&d->span, g->day))
		sk_deny(g, SK_WHY_DEPARTMENT, d->named.where, who->named.name, NULL);
}

static void check_for(struct sk_deciding *g)
{
	static const struct sk_refs all;
	const struct sk_route *r = g->r;
	const char *name = g->who->named.name;

	if (!sk_member_among(g->who, &r->departments, &all))
		sk_deny(g, SK_WHY_NOT_FOR, sk_line(g, r->department_where), name, r->named.name);
	if (!sk_member_among(g->who, &all, &r->roles))
		sk_deny(g, SK_WHY_NOT_FOR, sk_line(g, r->role_where), name, r->named.name);
}

static void check_login(struct sk_deciding *g)
{
	const struct sk_entry *where = sk_line(g, g->r->login_where);
	int login = g->q->login;

	if (login < 0 || login >= SK_LOGINS)
		sk_await(g, SK_HOLD_FACT, SK_FACT_LOGIN, where);
	else if (login < (int)g->r->login)
		sk_deny(g, SK_WHY_LOGIN, where, sk_login_words[login], sk_login_words[g->r->login]);
}

void sk_decide_requester(struct sk_deciding *g)
{
	const struct sk_entry *where = g->r->named.where;

	check_login(g);
	if (g->q->requester == NULL)
		sk_await(g, SK_HOLD_FACT, SK_FACT_REQUESTER, where);
	else if (g->who == NULL)
		sk_deny(g, SK_WHY_REQUESTER, where, g->q->requester, NULL);
	if (g->who == NULL)
		return;
	check_service(g);
	check_for(g);
}

/* --- who says yes --- */

struct poll {
	enum sk_hold hold;
	const struct sk_approval *by;
	const struct sk_member *denied; /* the first of those who may that said no */
	unsigned yes;                   /* different persons */
};

/* Who may decide on a day; the first *nfirst at once. */
static size_t may(const struct sk_deciding *g, const struct sk_approval *by, int64_t time,
    const struct sk_member **found, size_t *nfirst)
{
	return sk_policy_approvers(g->p, by, g->who, sk_day_of(time), found, APPROVERS, nfirst);
}

/* From when on he was away who is away at that time; SK_UNKNOWN: he is there. */
static int64_t away_since(const struct sk_query *q, const struct sk_member *m, int64_t time)
{
	for (size_t i = 0; i < q->naway; i++) {
		const struct sk_away *a = &q->away[i];
		if (a->member && strcmp(a->member, m->named.name) == 0 && a->from >= 0 &&
		    a->from <= time && time < a->until)
			return a->from;
	}
	return SK_UNKNOWN;
}

static bool is_deputy_of(const struct sk_member *m, const struct sk_member *of)
{
	for (size_t i = 0; i < of->deputies.n; i++)
		if (sk_member_same(of->deputies.v[i].to, m))
			return true;
	return false;
}

/*
 * From when on a deputy decides, as it looks at `time`: when enough of it has gone by, or at once for one of the first `n`
 * who is away.
 */
static int64_t deputy_from(const struct sk_deciding *g, const struct sk_approval *by,
    const struct sk_member *m, const struct sk_member *const *v, size_t n, int64_t time)
{
	int64_t from = g->q->received + by->deputy_after;

	for (size_t i = 0; i < n; i++) {
		int64_t since = is_deputy_of(m, v[i]) ? away_since(g->q, v[i], time) : SK_UNKNOWN;
		if (since > g->q->received && since < from)
			from = since;
		else if (since >= 0 && since <= g->q->received)
			from = g->q->received;
	}
	return from;
}

static bool may_vote(
    const struct sk_deciding *g, const struct sk_approval *by, const struct sk_vote *v)
{
	const struct sk_member *found[APPROVERS];
	size_t first, n = may(g, by, v->at, found, &first);

	for (size_t i = 0; i < n && v->member; i++)
		if (strcmp(found[i]->named.name, v->member) == 0)
			return i < first ||
			       v->at >= deputy_from(g, by, found[i], found, first, v->at);
	return false;
}

/* His last word counts, and only once. */
static bool is_last_word(const struct sk_query *q, size_t at)
{
	const struct sk_vote *v = &q->votes[at];

	for (size_t i = 0; i < q->nvotes; i++) {
		const struct sk_vote *w = &q->votes[i];
		if (i != at && w->hold == v->hold && w->member && v->member &&
		    strcmp(w->member, v->member) == 0 &&
		    (w->at > v->at || (w->at == v->at && i > at)))
			return false;
	}
	return true;
}

/* Nobody can have decided about what had not come in. */
static bool in_time(const struct sk_deciding *g, const struct sk_vote *v)
{
	return sk_time_known(g, v->at) && sk_time_known(g, g->q->received) &&
	       v->at >= g->q->received;
}

static void count(struct sk_deciding *g, struct poll *poll)
{
	const struct sk_query *q = g->q;

	for (size_t i = 0; i < q->nvotes && g->who; i++) {
		const struct sk_vote *v = &q->votes[i];
		if (v->hold != (int)poll->hold || !in_time(g, v) || !is_last_word(q, i) ||
		    !may_vote(g, poll->by, v))
			continue;
		bool passkey = v->passkey == SK_YES || !poll->by->passkey;
		if (v->allow == SK_NO && poll->denied == NULL)
			poll->denied = sk_policy_find(g->p, SK_KIND_MEMBER, v->member);
		poll->yes += v->allow == SK_YES && passkey;
	}
}

static void name_approvers(struct sk_deciding *g, const struct sk_approval *by)
{
	const struct sk_member *found[APPROVERS];
	struct sk_duties *duties = &g->d->duties;
	bool known = sk_time_known(g, g->q->received);
	size_t first, n = may(g, by, g->now, found, &first);

	for (size_t i = 0; i < n && i < SK_DECISION_APPROVERS; i++) {
		int64_t after = known && i >= first
				    ? deputy_from(g, by, found[i], found, first, g->now)
				: known ? g->q->received
					: SK_UNKNOWN;
		duties->approvers[i] = (struct sk_approver){found[i], after};
	}
	duties->napprovers = n < SK_DECISION_APPROVERS ? n : SK_DECISION_APPROVERS;
	if (n == 0)
		sk_hold(g, SK_HOLD_APPROVAL, SK_WHY_NO_APPROVER, sk_line(g, by->where),
		    g->who->named.name, NULL);
}

/* Only what is stricter than `above` needs approval; what has no class yet may be. */
static bool is_wanted(const struct sk_deciding *g)
{
	const struct sk_approval *by = &g->r->approve;
	const char *class = g->q->classes[by->above_of];

	if (!by->wanted || by->above.where == NULL || class == NULL)
		return by->wanted;
	return sk_policy_level(g->p, by->above_of, class) < by->above.level;
}

/* Of so low a class that one word may be for several. */
static bool is_bulk(const struct sk_deciding *g)
{
	const struct sk_approval *by = &g->r->approve;
	const char *class = g->q->classes[by->bulk_of];

	return by->bulk.where && class &&
	       sk_policy_level(g->p, by->bulk_of, class) >= by->bulk.level;
}

static void check_poll(struct sk_deciding *g, const struct poll *poll)
{
	const struct sk_entry *where = sk_line(g, poll->by->where);
	char a[16], b[16];

	snprintf(a, sizeof(a), "%u", poll->yes);
	snprintf(b, sizeof(b), "%u", poll->by->persons);
	if (poll->denied)
		sk_deny(g, SK_WHY_DISAPPROVED, where, poll->denied->named.name, NULL);
	if (poll->yes < poll->by->persons)
		sk_hold(g, SK_HOLD_APPROVAL, SK_WHY_APPROVAL, where, a, b);
}

void sk_decide_approval(struct sk_deciding *g)
{
	struct poll poll = {.hold = SK_HOLD_APPROVAL, .by = &g->r->approve};
	struct sk_duties *duties = &g->d->duties;

	if (!is_wanted(g))
		return;
	count(g, &poll);
	duties->approve = true;
	duties->bulk = is_bulk(g);
	duties->passkey = poll.by->passkey;
	duties->persons = poll.by->persons;
	duties->approvals = poll.yes;
	if (!sk_time_known(g, g->q->received))
		sk_await(g, SK_HOLD_APPROVAL, SK_FACT_RECEIVED, sk_line(g, poll.by->where));
	if (g->who)
		name_approvers(g, poll.by);
	check_poll(g, &poll);
}

/* Not by the route's own approvers: whom it names must not decide whether this becomes easier. */
void sk_decide_lift(struct sk_deciding *g, enum sk_hold hold, enum sk_why why,
    const struct sk_entry *where, const char *a)
{
	static const struct sk_approval superiors = {
	    .wanted = true, .superior = true, .deputy_after = LIFT_DEPUTY, .persons = 1};
	struct poll poll = {.hold = hold, .by = &superiors};

	count(g, &poll);
	if (poll.denied)
		sk_deny(g, SK_WHY_DISAPPROVED, where, poll.denied->named.name, NULL);
	if (poll.yes == 0 || poll.denied)
		sk_hold(g, hold, why, where, a, NULL);
}

/* --- originals --- */

static bool may_release(const struct sk_deciding *g, const struct sk_vote *v)
{
	int32_t day = sk_day_of(v->at);
	const struct sk_member *m =
	    v->member ? sk_member_on(sk_policy_find(g->p, SK_KIND_MEMBER, v->member), day) : NULL;

	return m && !sk_member_same(m, g->who) && sk_member_may(m, SK_RIGHT_ORIGINAL) &&
	       sk_span_holds(&m->span, day);
}

static void check_release(struct sk_deciding *g, const struct sk_entry *where)
{
	const struct sk_query *q = g->q;
	bool yes = false;

	for (size_t i = 0; i < q->nvotes && g->who; i++) {
		const struct sk_vote *v = &q->votes[i];
		if (v->hold != SK_HOLD_ORIGINAL || !in_time(g, v) || !is_last_word(q, i) ||
		    !may_release(g, v))
			continue;
		if (v->allow == SK_NO)
			sk_deny(g, SK_WHY_DISAPPROVED, where, v->member, NULL);
		yes |= v->allow == SK_YES && (v->passkey == SK_YES || !g->r->release_passkey);
	}
	if (!yes)
		sk_hold(g, SK_HOLD_ORIGINAL, SK_WHY_ORIGINAL, where, NULL, NULL);
}

static void check_kept(struct sk_deciding *g, const struct sk_entry *where)
{
	char until[SK_TIME_TEXT];

	if (!sk_time_known(g, g->q->received)) {
		sk_await(g, SK_HOLD_ORIGINAL, SK_FACT_RECEIVED, where);
		return;
	}
	g->d->duties.keep_until = g->q->received + g->r->keep;
	sk_time_era(g->d->duties.keep_until, until);
	if (g->now > g->d->duties.keep_until)
		sk_deny(g, SK_WHY_KEPT_UNTIL, where, until, NULL);
}

/* Released where it came in, never across; its bytes are what they were, so that no method has to have cleaned them. */
void sk_decide_original(struct sk_deciding *g)
{
	const struct sk_entry *where = sk_line(g, g->r->keep_where);

	g->d->duties.passkey = g->r->release_passkey;
	if (g->to != g->from || g->origin != g->from)
		sk_deny(g, SK_WHY_ORIGINAL_ZONE, where, g->origin->named.name, NULL);
	if (g->r->keep == 0)
		sk_deny(g, SK_WHY_NOT_KEPT, where, g->r->named.name, NULL);
	else
		check_kept(g, where);
	sk_decide_scan(g);
	check_release(g, where);
}
