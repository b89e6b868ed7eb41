/* Who fetches an original, and when that counts, as for what crossed (collect.c); when a request is over: original.h. The gate. */
#include <string.h>

#include "base/err.h"
#include "gate/original-inside.h"

static bool is_his(const struct sk_gate *g, const struct sk_original *o,
    const struct sk_transfer *row, const char *member)
{
	return o->requester && strcmp(o->requester, member) == 0 && row->original &&
	       strcmp(row->zone_from, g->zone) == 0;
}

static bool may_collect(const struct sk_gate *g, const struct sk_original *o)
{
	return sk_request_is_out(o) && o->expires > g->now * 1000 &&
	       o->downloads < o->downloads_most;
}

static int load(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    struct sk_original *o, struct sk_transfer *row)
{
	struct sk_recorded r;
	struct sk_decision d;
	int status = sk_request_load(g, a, id, o, row);

	if (status == 0 && (!is_his(g, o, row, member) || !may_collect(g, o)))
		status = SK_EREFUSED;
	if (status == 0)
		status = sk_request_question(g, a, row, o, &r);
	if (status)
		return status;
	sk_gate_decide(g, &r, &d);
	return d.effect == SK_PASS ? 0 : SK_EREFUSED;
}

static int count(
    struct sk_gate *g, const struct sk_transfer *row, struct sk_original *o, const char *member)
{
	const struct sk_step_of step = {
	    .what = {.event = SK_DO_COLLECT, .actor = SK_BY_REQUESTER}, .person = member};

	o->downloads++;
	return sk_gate_firm(sk_request_happen(g, row, o, &step));
}

static int begin(
    struct sk_gate *g, const struct sk_transfer *row, struct sk_original *o, const char *member)
{
	const struct sk_step_of step = {.what = {.actor = SK_BY_REQUESTER}, .person = member};
	int status = sk_original_save(g->db, o);

	return sk_gate_firm(status ? status : sk_request_tell(g, row, o, "hand", &step));
}

int sk_gate_hand_original(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    bool *counted, struct sk_original *after, struct sk_transfer *row)
{
	int status = load(g, a, id, member, after, row);

	if (status)
		return status;
	*counted = after->handed - after->downloads >= SK_GATE_INTERRUPTED;
	after->handed++;
	return *counted ? count(g, row, after, member) : begin(g, row, after, member);
}

int sk_gate_collect_original(struct sk_gate *g, struct sk_arena *a, const char *id,
    const char *member, struct sk_original *after)
{
	struct sk_transfer row;
	int status = sk_request_load(g, a, id, after, &row);

	if (status == 0 && (!is_his(g, after, &row, member) || after->handed <= after->downloads ||
			       after->downloads >= after->downloads_most))
		status = SK_EREFUSED;
	return status ? status : count(g, &row, after, member);
}

/* --- time --- */

static int expire(struct sk_gate *g, const struct sk_transfer *t, struct sk_original *o)
{
	const struct sk_step_of step = {.what = {.event = SK_DO_EXPIRE, .actor = SK_BY_CLOCK}};
	int status = sk_request_happen(g, t, o, &step);

	return status == SK_EREFUSED ? 0 : status;
}

int sk_gate_originals_due(struct sk_gate *g, struct sk_arena *a, size_t most, size_t *n)
{
	struct sk_original *v = NULL;
	struct sk_transfer t;
	size_t count = 0;
	int status = sk_original_due(g->db, a, most, &v, &count);

	for (size_t i = 0; i < count && status == 0; i++) {
		status = sk_transfer_load(g->db, a, v[i].transfer, &t);
		if (status == 0)
			status = expire(g, &t, &v[i]);
	}
	*n = count > *n ? count : *n;
	return status;
}

int sk_gate_end_originals(struct sk_gate *g, struct sk_arena *a, const char *transfer)
{
	struct sk_original *v = NULL;
	struct sk_transfer t;
	size_t n = 0;
	int status = sk_original_list(g->db, a, transfer, 0, SK_REQUESTS_MOST, &v, &n);

	if (status == 0 && n)
		status = sk_transfer_load(g->db, a, transfer, &t);
	for (size_t i = 0; i < n && status == 0; i++)
		status = expire(g, &t, &v[i]);
	return status;
}
