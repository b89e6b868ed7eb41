/* What waits for somebody: doc/front.md. The gate. */
#include <string.h>

#include "base/err.h"
#include "desk/asks.h"
#include "store/proposal.h"

/* Counted no further: a page that says "200 and more" is as good. */
#define MOST 200
/* Transfers that are asked about for one count: what a city has waiting on a bad day, some 0.1 ms each. */
#define LOOKED_AT 2000

static bool is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* His own, and what is for him. */
static int count_own(struct sk_asked *q, struct sk_tasks_of *c)
{
	struct sk_transfer_latest w = {.person = q->member, .most = MOST};
	struct sk_transfer *t = NULL;
	size_t n = 0;

	w.state = SK_AT_RELEASED;
	int status = sk_transfer_latest(q->act.desk->db, q->arena, &w, &t, &n);
	for (size_t i = 0; i < n && status == 0; i++)
		c->received += is(t[i].zone_to, q->act.desk->zone) &&
			       is(t[i].recipient ? t[i].recipient : t[i].requester, q->member);
	w.state = SK_AT_HELD;
	if (status == 0)
		status = sk_transfer_latest(q->act.desk->db, q->arena, &w, &t, &n);
	for (size_t i = 0; i < n && status == 0; i++) {
		c->passwords += t[i].holds >> SK_HELD_PASSWORD & 1;
		c->classes += (t[i].holds >> SK_HELD_CLASS & 1) && is(t[i].requester, q->member);
	}
	return status;
}

static int count_page(
    struct sk_asked *q, struct sk_tasks_of *c, struct sk_transfer_page *p, size_t *n)
{
	struct sk_gate g = sk_asked_gate(q);
	struct sk_transfer *t = NULL;
	int status = sk_transfer_list(q->act.desk->db, q->arena, p, &t, n);

	for (size_t i = 0; i < *n && status == 0; i++) {
		unsigned holds = 0;
		status = t[i].facts ? sk_gate_may_vote(&g, q->arena, &t[i], q->member, &holds) : 0;
		c->approvals += holds != 0;
		p->after_received = t[i].received;
		p->after_id = t[i].id;
	}
	return status;
}

/* Among those of the whole post that wait for somebody's word. */
static int count_approvals(struct sk_asked *q, struct sk_tasks_of *c)
{
	struct sk_transfer_page p = {.state = SK_AT_HELD, .holds = SK_ASKED_VOTED, .most = MOST};
	size_t n = MOST;
	int status = 0;

	for (size_t seen = 0; status == 0 && n == MOST && seen < LOOKED_AT && c->approvals < MOST;
	     seen += n)
		status = count_page(q, c, &p, &n);
	return status;
}

static int count_originals(struct sk_asked *q, struct sk_tasks_of *c)
{
	struct sk_original *v = NULL;
	size_t n = 0;
	int status =
	    q->rights & 1U << SK_RIGHT_ORIGINAL
		? sk_original_list(q->act.desk->db, q->arena, NULL, SK_AT_HELD, MOST, &v, &n)
		: 0;

	for (size_t i = 0; i < n && status == 0; i++)
		c->originals += !is(v[i].requester, q->member);
	return status;
}

static int count_proposals(struct sk_asked *q, struct sk_tasks_of *c)
{
	struct sk_proposal *v = NULL;
	size_t n = 0;
	int status = sk_asked_may(q, SK_ASK_OVERSEER) ? sk_proposal_list(q->act.desk->db, q->arena,
							    SK_PROPOSAL_OPEN, 0, MOST, &v, &n)
						      : 0;

	for (size_t i = 0; i < n && status == 0; i++)
		c->proposals += !is(v[i].said_by, q->member);
	return status;
}

int sk_tasks_count(struct sk_asked *q, struct sk_tasks_of *c)
{
	int status = count_own(q, c);

	if (status == 0 && sk_asked_may(q, SK_ASK_VOTER)) {
		status = count_approvals(q, c);
		if (status == 0)
			status = count_originals(q, c);
	}
	return status ? status : count_proposals(q, c);
}

void sk_tasks_show(json_t *o, const struct sk_tasks_of *c)
{
	sk_show_number(o, "received", c->received);
	sk_show_number(o, "approvals", c->approvals);
	sk_show_number(o, "passwords", c->passwords);
	sk_show_number(o, "classes", c->classes);
	sk_show_number(o, "originals", c->originals);
	sk_show_number(o, "proposals", c->proposals);
}

static int look_tasks(struct sk_asked *q)
{
	struct sk_tasks_of c = {0};
	int status = sk_tasks_count(q, &c);

	sk_tasks_show(q->out, &c);
	return status;
}

const struct sk_ask_of sk_asks_tasks[] = {
    {SK_FRONT_TASKS, SK_ASK_MEMBER, look_tasks, NULL, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
