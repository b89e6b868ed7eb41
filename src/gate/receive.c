/* The beginning of a transfer: receive.h. The gate. */
#include "gate/receive.h"

#include <string.h>

#include "base/err.h"

/* What a sender may say; everything else is found out here. */
static void take_over(struct sk_query *q, const struct sk_query *said)
{
	sk_query_init(q);
	q->ask = said->ask;
	q->from = said->from;
	q->to = said->to;
	q->route = said->route;
	q->origin = said->origin;
	q->requester = said->requester;
	q->login = said->login;
	q->source = said->source;
	q->has_source = said->has_source;
	q->mac = said->mac;
	q->has_mac = said->has_mac;
	q->port = said->port;
	q->udp = said->udp;
	q->claimed = said->claimed;
	memcpy(q->classes, said->classes, sizeof(q->classes));
	q->attached = said->attached;
	q->space = said->space == SK_NO ? SK_NO : SK_YES;
}

/* The one route that is meant, when the sender left that open. */
static void settle_route(struct sk_gate *g, struct sk_query *q, struct sk_decision *d)
{
	struct sk_recorded r = {.request = *q};

	sk_gate_decide(g, &r, d);
	if (q->route == NULL && d->duties.route)
		q->route = d->duties.route->named.name;
}

/*
 * What came here from another zone and goes on unchanged first came from there, whatever its sender says: a way over two
 * routes must be allowed as such (policy/decide.c).
 */
static int settle_origin(
    struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t, struct sk_query *q)
{
	struct sk_transfer before;
	int status = sk_transfer_brought(g->db, a, t->original_hash, g->zone, &before);

	if (status)
		return status == SK_ENOENTRY ? 0 : status;
	q->origin = before.brought_from ? before.brought_from : before.zone_from;
	return 0;
}

static void set_row(struct sk_transfer *row, const struct sk_query *q)
{
	row->route = q->route ? q->route : "none";
	row->zone_from = q->from;
	row->zone_to = q->to;
	row->requester = q->requester;
	row->class = q->classes[SK_CONFIDENTIALITY];
	row->claimed = q->claimed == SK_FT_UNKNOWN ? NULL : sk_filetype_name(q->claimed);
}

static const struct sk_route *route_of(const struct sk_gate *g, const struct sk_transfer *t)
{
	return g->policy ? sk_policy_find(g->policy, SK_KIND_ROUTE, t->route) : NULL;
}

void sk_gate_live(const struct sk_gate *g, struct sk_transfer *t)
{
	const struct sk_route *r = route_of(g, t);
	int64_t life = r ? r->expire + r->password_wait : 0;

	t->expires = (g->now + (life > 0 && life < SK_GATE_LIFE ? life : SK_GATE_LIFE)) * 1000;
}

static void set_dates(const struct sk_gate *g, struct sk_transfer *row)
{
	const struct sk_route *r = route_of(g, row);

	sk_gate_live(g, row);
	row->keep_until = (g->now + (r ? r->keep : 0)) * 1000;
}

static int begin(struct sk_gate *g, struct sk_transfer *row, int login)
{
	const char *how = sk_login_words[login >= 0 && login < SK_LOGINS ? login : SK_LOGIN_NONE];
	struct sk_saying say[4] = {{SK_ENTRY_AUTH, sk_slice_str(how)},
	    {SK_ENTRY_PERSONAL_REQUESTER, sk_slice_str(row->requester)}};
	struct sk_step_of step = {.what = {.event = SK_DO_RECEIVE, .actor = SK_BY_REQUESTER},
	    .person = row->requester,
	    .say = say,
	    .nsay = 2};

	if (row->recipient)
		say[step.nsay++] =
		    (struct sk_saying){SK_ENTRY_PERSONAL_RECIPIENT, sk_slice_str(row->recipient)};
	if (row->file_name)
		say[step.nsay++] =
		    (struct sk_saying){SK_ENTRY_PERSONAL_FILE, sk_slice_str(row->file_name)};
	return sk_gate_begin(g, row, SK_AT_RECEIVED, &step);
}

/* Before it is cleaned it can be denied, wait for room, or go on; what else the policy waits for comes later. */
static int first_step(struct sk_gate *g, struct sk_transfer *row, const struct sk_query *q,
    const struct sk_decision *d)
{
	struct sk_step_of step = {.what = {.event = SK_DO_CLEAN, .actor = SK_BY_GATE}};

	if (d->effect == SK_DENY || !sk_gate_reaches(g, q, row->recipient)) {
		step.what.event = SK_DO_DENY;
		step.reason = d->effect == SK_DENY ? sk_gate_why(d) : "recipient-unknown";
		sk_gate_close(g, row);
	} else if (d->holds & 1U << SK_HOLD_SPACE) {
		step.what.event = SK_DO_HOLD;
		step.what.held = SK_HELD_SPACE;
		row->remind = (g->now + SK_GATE_ROOM_AGAIN) * 1000;
	}
	return sk_gate_firm(sk_gate_step(g, row, &step));
}

int sk_gate_receive(struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t,
    const struct sk_recorded *facts, struct sk_transfer *after)
{
	const struct sk_query *said = &facts->request;
	struct sk_transfer row = *t;
	struct sk_recorded r;
	struct sk_decision d;

	if (t->original == NULL || t->original_hash.n != 32 || t->original_size < 0 ||
	    said->requester == NULL || said->from == NULL || said->to == NULL)
		return SK_EARG;
	if (g->policy == NULL || strcmp(said->from, g->zone) != 0 || strcmp(said->to, g->zone) == 0)
		return SK_EREFUSED;
	sk_recorded_init(&r);
	take_over(&r.request, said);
	r.request.size = t->original_size;
	r.request.received = g->now;
	int status = settle_origin(g, a, t, &r.request);
	if (status)
		return status;
	settle_route(g, &r.request, &d);
	set_row(&row, &r.request);
	set_dates(g, &row);
	row.policy = sk_slice(g->policy->hash, sizeof(g->policy->hash));
	status = sk_gate_note(a, &row, &r);
	if (status == 0)
		status = begin(g, &row, said->login);
	if (status == 0)
		status = first_step(g, &row, &r.request, &d);
	if (status == 0)
		*after = row;
	return status;
}

int sk_gate_room(struct sk_gate *g, struct sk_arena *a, const char *id, struct sk_transfer *after)
{
	const struct sk_step_of step = {.what = {.event = SK_DO_CLEAN, .actor = SK_BY_GATE}};
	struct sk_recorded r;
	int status = sk_transfer_load(g->db, a, id, after);

	if (status == 0 && (after->state != SK_AT_HELD || after->holds != 1 << SK_HELD_SPACE))
		status = SK_EREFUSED;
	if (status == 0)
		status = sk_gate_facts(g, a, after, &r);
	if (status)
		return status;
	r.request.space = SK_YES;
	r.request.nvotes = 0;
	status = sk_gate_note(a, after, &r);
	return status ? status : sk_gate_step(g, after, &step);
}
