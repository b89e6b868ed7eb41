/* What is known about a transfer: facts.h. The gate. */
#include "gate/facts.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "policy/people.h"
#include "store/absence.h"

/* Who may be the first to decide about one transfer, by whichever route. */
#define DECIDERS 256
/* What each of them said, and has not ended. */
#define MOST_AWAY ((size_t)DECIDERS * SK_ABSENCES_OF_ONE)

int sk_gate_firm(int status)
{
	return status == SK_EREFUSED || status == SK_ENOENTRY || status == SK_ECHANGED
		   ? SK_EINTERNAL
		   : status;
}

bool sk_gate_reaches(const struct sk_gate *g, const struct sk_query *q, const char *recipient)
{
	return recipient == NULL || q->ask == SK_ASK_MAIL ||
	       (g->policy && sk_policy_find(g->policy, SK_KIND_MEMBER, recipient));
}

const char *sk_gate_found(const struct sk_query *q, char text[SK_GATE_FOUND])
{
	const struct {
		const char *kind;
		int64_t n;
	} found[] = {{"corporate-number", q->leaks[SK_LEAK_CORPORATE]},
	    {"mynumber", q->leaks[SK_LEAK_MYNUMBER]}, {"unreadable", q->unreadable},
	    {"word", q->leaks[SK_LEAK_DICTIONARY]}};
	size_t at = 0;

	for (size_t i = 0; i < sizeof(found) / sizeof(*found); i++)
		if (found[i].n > 0)
			at += (size_t)snprintf(text + at, SK_GATE_FOUND - at, "%s%s=%lld",
			    at ? "," : "", found[i].kind, (long long)found[i].n);
	return at ? text : NULL;
}

/* --- votes --- */

static bool same_voter(const struct sk_vote *v, const struct sk_vote *w)
{
	return v->hold == w->hold && strcmp(v->member, w->member) == 0;
}

/* The last word of each about each of the reasons. */
static void add_vote(struct sk_query *q, struct sk_vote vote)
{
	size_t i = 0;

	while (i < q->nvotes && !same_voter(&q->votes[i], &vote))
		i++;
	if (i == SK_QUERY_VOTES)
		return;
	q->votes[i] = vote;
	if (i == q->nvotes)
		q->nvotes++;
}

static struct sk_vote vote_of(const struct sk_approval_row *r)
{
	return (struct sk_vote){.member = r->person,
	    .hold = (int)r->hold,
	    .allow = r->decision ? SK_YES : SK_NO,
	    .passkey = strcmp(r->method, sk_login_words[SK_LOGIN_PASSKEY]) == 0 ? SK_YES : SK_NO,
	    .at = r->at / 1000};
}

static int add_votes(
    struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t, struct sk_query *q)
{
	struct sk_approval_row *v = NULL;
	size_t n = 0;
	int status = t->approvals ? sk_approval_list(g->db, a, t->id, &v, &n) : 0;

	for (size_t i = 0; i < n && status == 0; i++)
		if (v[i].person && !v[i].closed && v[i].hold != SK_NONE && t->output.n &&
		    sk_slice_eq(v[i].output, t->output))
			add_vote(q, vote_of(&v[i]));
	return status;
}

/* --- who is away --- */

struct deciders {
	const struct sk_member *v[DECIDERS];
	size_t n;
};

static bool decides(const struct deciders *d, const char *member)
{
	for (size_t i = 0; i < d->n; i++)
		if (strcmp(d->v[i]->named.name, member) == 0)
			return true;
	return false;
}

/* Those who are the first to decide for the requester, by this approval on that day. */
static void add_first(const struct sk_gate *g, const struct sk_approval *by,
    const struct sk_member *who, int32_t day, struct deciders *to)
{
	const struct sk_member *found[DECIDERS];
	size_t first, n = sk_policy_approvers(g->policy, by, who, day, found, DECIDERS, &first);

	for (size_t i = 0; i < first && i < n && to->n < DECIDERS; i++)
		if (!decides(to, found[i]->named.name))
			to->v[to->n++] = found[i];
}

/* His superiors, and whom one of the routes asks. */
static void add_day(
    const struct sk_gate *g, const struct sk_member *who, int32_t day, struct deciders *to)
{
	static const struct sk_approval superior = {.superior = true, .deputy_after = -1};
	const struct sk_list *routes = &g->policy->list[SK_KIND_ROUTE];

	add_first(g, &superior, who, day, to);
	for (size_t i = 0; i < routes->n; i++) {
		const struct sk_route *r = routes->v[i];
		if (r->approve.wanted && !r->approve.superior)
			add_first(g, &r->approve, who, day, to);
	}
}

/* Today, and on the day of each vote: for what was said then, it counts who was away from whose place then. */
static void gather(const struct sk_gate *g, const struct sk_query *q, struct deciders *to)
{
	const struct sk_member *who = sk_policy_find(g->policy, SK_KIND_MEMBER, q->requester);
	int32_t today = sk_day_of(g->now), last = today;

	to->n = 0;
	if (who == NULL)
		return;
	add_day(g, who, today, to);
	for (size_t i = 0; i < q->nvotes; i++) {
		int32_t day = sk_day_of(q->votes[i].at);
		if (day != today && day != last)
			add_day(g, who, day, to);
		last = day;
	}
}

/* Their names, each between commas. */
static const char *names_of(struct sk_arena *a, const struct deciders *d)
{
	struct sk_buf b = SK_BUF((size_t)DECIDERS * 256);

	sk_buf_putc(&b, ',');
	for (size_t i = 0; i < d->n; i++)
		sk_buf_printf(&b, "%s,", d->v[i]->named.name);
	const char *names = b.err ? NULL : sk_arena_str(a, sk_buf_slice(&b));
	sk_buf_free(&b);
	return names;
}

/* Whether somebody decides, or has decided, while it lasts. */
static bool matters(const struct sk_query *q, int64_t now, const struct sk_away *away)
{
	bool then = away->from <= now && now < away->until;

	for (size_t i = 0; i < q->nvotes && !then; i++)
		then = away->from <= q->votes[i].at && q->votes[i].at < away->until;
	return then;
}

/* Times of one person that touch are one. */
static void put_away(struct sk_query *q, struct sk_away away)
{
	for (size_t i = 0; i < q->naway; i++) {
		struct sk_away *w = &q->away[i];
		if (strcmp(w->member, away.member) == 0 && away.from <= w->until) {
			w->until = away.until > w->until ? away.until : w->until;
			return;
		}
	}
	if (q->naway < SK_QUERY_AWAY)
		q->away[q->naway++] = away;
}

/* Of those who may decide, who is away now, and who was when somebody did. */
static int add_away(
    struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t, struct sk_query *q)
{
	struct sk_absence *v = NULL;
	struct deciders deciders;
	size_t n = 0;

	q->naway = 0;
	if (g->policy == NULL || q->requester == NULL || (q->nvotes == 0 && t->state != SK_AT_HELD))
		return 0; /* nobody decides */
	gather(g, q, &deciders);
	const char *names = names_of(a, &deciders);
	int64_t now = g->now > q->received ? g->now : q->received;
	int status = names ? sk_absence_among(
				 g->db, a, names, t->received, now * 1000 + 999, MOST_AWAY, &v, &n)
			   : SK_ENOMEM;
	for (size_t i = 0; i < n && status == 0; i++) {
		struct sk_away away = {v[i].member, v[i].begins / 1000, v[i].ends / 1000};
		if (matters(q, now, &away))
			put_away(q, away);
	}
	return status;
}

/* --- the row --- */

int sk_gate_facts(
    struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t, struct sk_recorded *r)
{
	struct sk_slice json = t->facts ? sk_slice_str(t->facts) : sk_slice("", 0);
	struct sk_fault fault;
	size_t used = 0;
	int status = sk_recorded_read(a, json, r, &used, &fault);

	if (status || used != json.n)
		return status ? status : SK_EFORMAT;
	/* what came from elsewhere was decided upon there: its votes and its time are those of its manifest */
	if (strcmp(t->zone_from, g->zone) != 0)
		return 0;
	r->request.received = t->received / 1000;
	r->request.nvotes = 0;
	status = add_votes(g, a, t, &r->request);
	return status ? status : add_away(g, a, t, &r->request);
}

int sk_gate_note(struct sk_arena *a, struct sk_transfer *t, const struct sk_recorded *r)
{
	struct sk_buf b = SK_BUF(SK_RECORDED_BYTES);
	int status = sk_recorded_write(r, &b);

	if (status == 0)
		t->facts = sk_arena_str(a, sk_buf_slice(&b));
	sk_buf_free(&b);
	return status ? status : t->facts ? 0 : SK_ENOMEM;
}

/* --- the policy --- */

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/*
 * Rows bear the time at which they were written, which may be a second behind the beginning of the transaction; the post
 * that offers has a clock of its own (manifest.h says how far it may be ahead).
 */
static int64_t clock_of(const struct sk_gate *g, const struct sk_recorded *r)
{
	int64_t now = later(g->now, r->request.received);

	for (size_t i = 0; i < r->request.nvotes; i++)
		now = later(now, r->request.votes[i].at);
	return now;
}

void sk_gate_decide(const struct sk_gate *g, struct sk_recorded *r, struct sk_decision *d)
{
	r->time = clock_of(g, r);
	if (g->policy)
		sk_decide(g->policy, &r->request, r->time, d);
	else
		*d = (struct sk_decision){.effect = SK_DENY};
}

int sk_gate_ask(struct sk_gate *g, struct sk_arena *a, struct sk_transfer *t, struct sk_recorded *r,
    struct sk_decision *d)
{
	int status = sk_gate_facts(g, a, t, r);

	if (status)
		return status;
	sk_gate_decide(g, r, d);
	if (g->policy)
		t->policy = sk_slice(g->policy->hash, sizeof(g->policy->hash));
	return 0;
}

const char *sk_gate_why(const struct sk_decision *d)
{
	for (size_t i = 0; i < d->nreasons; i++)
		if (d->reasons[i].effect == d->effect)
			return sk_why_name(d->reasons[i].why);
	return "no-policy";
}

static const struct {
	enum sk_hold hold;
	enum sk_held held;
} holds[] = {{SK_HOLD_PASSWORD, SK_HELD_PASSWORD}, {SK_HOLD_APPROVAL, SK_HELD_APPROVAL},
    {SK_HOLD_CLASS, SK_HELD_CLASS}, {SK_HOLD_LEAK, SK_HELD_LEAK}, {SK_HOLD_SCAN, SK_HELD_SCAN},
    {SK_HOLD_SPACE, SK_HELD_SPACE}};

#define HOLDS (sizeof(holds) / sizeof(*holds))

const char *sk_gate_why_held(const struct sk_decision *d, enum sk_held held)
{
	for (size_t i = 0; i < d->nreasons; i++)
		for (size_t k = 0; k < HOLDS; k++)
			if (d->reasons[i].effect == SK_HOLD &&
			    d->reasons[i].hold == holds[k].hold && held == holds[k].held)
				return sk_why_name(d->reasons[i].why);
	return NULL;
}

enum sk_fact sk_gate_missing(const struct sk_decision *d)
{
	for (size_t i = 0; i < d->nreasons; i++)
		if (d->reasons[i].effect == SK_HOLD && d->reasons[i].hold == SK_HOLD_FACT)
			return d->reasons[i].fact;
	return SK_FACT_NONE;
}

uint32_t sk_gate_holds(const struct sk_decision *d)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < HOLDS; i++)
		if (d->holds & 1U << holds[i].hold)
			bits |= 1U << holds[i].held;
	return bits;
}
