/* Lists of transfers, looked through: doc/front.md. The gate. */
#include <string.h>

#include "base/err.h"
#include "desk/asks.h"
#include "store/listed.h"

#define LOOKED_AT 400 /* held ones that are asked about for one page */

struct listing {
	struct sk_asked *q;
	struct sk_page page;
	int64_t time; /* of the last one that was looked at */
	const char *id;
	bool full;
};

static void add(struct listing *l, const struct sk_transfer *t, unsigned holds)
{
	if (!sk_page_add(&l->page, sk_show_transfer(l->q, t, holds, false))) {
		l->full = true;
		return;
	}
	l->time = t->received;
	l->id = t->id;
}

/* The oldest first: what waits longest for his word. */
static int list_waiting(struct listing *l)
{
	struct sk_asked *q = l->q;
	struct sk_gate g = sk_asked_gate(q);
	struct sk_transfer_page p = {.state = SK_AT_HELD,
	    .holds = SK_ASKED_VOTED,
	    .after_received = l->time,
	    .after_id = l->id,
	    .most = LOOKED_AT};
	struct sk_transfer *t = NULL;
	size_t n = 0;
	int status = sk_transfer_list(q->act.desk->db, q->arena, &p, &t, &n);

	for (size_t i = 0; i < n && status == 0 && !l->full; i++) {
		unsigned holds = 0;
		status = t[i].facts ? sk_gate_may_vote(&g, q->arena, &t[i], q->member, &holds) : 0;
		if (status == 0 && holds)
			add(l, &t[i], holds);
		else if (status == 0) {
			l->time = t[i].received;
			l->id = t[i].id;
		}
	}
	l->full |= n == LOOKED_AT;
	return status;
}

/* --- looked through --- */

static int state_of(struct sk_asked *q, int64_t *state)
{
	*state = -1;
	for (unsigned s = 0; q->ask.state && s < SK_AT_COUNT; s++)
		if (strcmp(sk_state_word(s), q->ask.state) == 0)
			*state = s;
	return q->ask.state && *state < 0 ? sk_asked_fail(q, SK_FRONT_WHY_VALUE, "state") : 0;
}

/* Whose: all, those of a department, or his own. Whoever only runs the post looks for no names: he does not see them either. */
static int scope_of(struct sk_asked *q, struct sk_listed *w)
{
	bool blind = sk_asked_runs_post(q) && !sk_asked_audits(q);
	bool all = q->ask.all || q->ask.department;

	if (all && q->ask.text && blind)
		return sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	w->department = q->ask.department;
	if (all)
		return sk_asked_may(q, SK_ASK_AUDITOR) ||
			       (!q->ask.all && sk_asked_heads(q, w->department))
			   ? 0
			   : sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	w->person = q->member;
	return q->member ? 0 : sk_asked_fail(q, SK_FRONT_WHY_NO_ACCOUNT, NULL);
}

static int side_of(struct sk_asked *q, struct sk_listed *w)
{
	const char *d = q->ask.direction;

	if (d && strcmp(d, "in") == 0)
		w->to = q->act.desk->zone;
	else if (d && strcmp(d, "out") == 0)
		w->from = q->act.desk->zone;
	else if (d)
		return sk_asked_fail(q, SK_FRONT_WHY_VALUE, "direction");
	return 0;
}

static int what_of(struct sk_asked *q, struct sk_listed *w)
{
	int status = state_of(q, &w->state);

	w->text = q->ask.text;
	w->route = q->ask.route;
	w->class = q->ask.class;
	w->zone = q->ask.zone;
	w->since = q->ask.from == SK_FRONT_UNSAID ? 0 : q->ask.from;
	w->until = q->ask.until == SK_FRONT_UNSAID ? INT64_MAX : q->ask.until;
	if (status == 0)
		status = side_of(q, w);
	return status ? status : scope_of(q, w);
}

int sk_asked_listed(struct sk_asked *q, struct sk_arena *a, const struct sk_list_place *from,
    size_t most, struct sk_transfer **t, size_t *n)
{
	struct sk_listed w = {
	    .before_received = from->received, .before_id = from->id, .most = most};
	int status = what_of(q, &w);

	return status ? status : sk_listed_find(q->act.desk->db, a, &w, t, n);
}

static int list_latest(struct listing *l)
{
	struct sk_asked *q = l->q;
	struct sk_transfer *t = NULL;
	size_t n = 0;
	int status = sk_asked_listed(
	    q, q->arena, &(struct sk_list_place){l->time, l->id}, l->page.most + 1, &t, &n);

	for (size_t i = 0; i < n && status == 0 && !l->full; i++)
		add(l, &t[i], 0);
	return status;
}

static int look_list(struct sk_asked *q)
{
	struct listing l = {.q = q, .page = sk_page_begin(q)};
	int status = sk_page_after(q, &l.time, &l.id);

	if (status == 0 && q->ask.waiting && q->member == NULL)
		status = sk_asked_fail(q, SK_FRONT_WHY_NO_ACCOUNT, NULL);
	else if (status == 0 && q->ask.waiting)
		status = sk_asked_may(q, SK_ASK_VOTER) ? list_waiting(&l) : 0;
	else if (status == 0)
		status = list_latest(&l);
	if (status == 0 && l.full && l.id)
		sk_page_next(q, l.time, l.id);
	if (status == 0)
		sk_show_set(q->out, "transfers", l.page.list);
	else
		json_decref(l.page.list);
	return status;
}

const struct sk_ask_of sk_asks_list[] = {
    {SK_FRONT_LIST, SK_ASK_SEER, look_list, NULL, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
