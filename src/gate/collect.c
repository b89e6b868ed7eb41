/* Who fetches what crossed, and when that counts: people.h. The gate. */
#include "gate/people.h"

#include <string.h>

#include "base/err.h"

static bool is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static bool is_his(const struct sk_gate *g, const struct sk_transfer *t, const char *member)
{
	return strcmp(t->zone_to, g->zone) == 0 &&
	       is(t->recipient ? t->recipient : t->requester, member);
}

static bool may_collect(const struct sk_gate *g, const struct sk_transfer *t, const char *member)
{
	return is_his(g, t, member) &&
	       (t->state == SK_AT_RELEASED || t->state == SK_AT_COLLECTED) &&
	       (t->expires == SK_NONE || t->expires > g->now * 1000) &&
	       t->downloads < t->downloads_most;
}

/* How often its bytes were handed out. */
static int64_t handed(const struct sk_transfer *t)
{
	return t->handed == SK_NONE ? 0 : t->handed;
}

static int load(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    struct sk_transfer *t)
{
	struct sk_recorded r;
	struct sk_decision d;
	int status = sk_transfer_load(g->db, a, id, t);

	if (status == 0 && !may_collect(g, t, member))
		status = SK_EREFUSED;
	if (status == 0)
		status = sk_gate_facts(g, a, t, &r);
	if (status)
		return status;
	r.request.released = t->released / 1000;
	r.request.downloads = t->downloads;
	sk_gate_decide(g, &r, &d);
	return d.effect == SK_PASS ? 0 : SK_EREFUSED;
}

static int count(struct sk_gate *g, struct sk_transfer *t, const char *member)
{
	const struct sk_step_of step = {
	    .what = {.event = SK_DO_COLLECT, .actor = SK_BY_RECIPIENT}, .person = member};

	t->downloads++;
	return sk_gate_step(g, t, &step);
}

/* It is no event of the table: what it is, and who may do what, stays as it was. */
static int begin(struct sk_gate *g, struct sk_transfer *t, const char *member)
{
	const struct sk_step_of step = {.what = {.actor = SK_BY_RECIPIENT}, .person = member};
	int status = sk_gate_save(g, t);

	return sk_gate_firm(status ? status : sk_gate_tell(g, t, "transfer.hand", &step));
}

int sk_gate_hand(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    bool *counted, struct sk_transfer *after)
{
	int status = load(g, a, id, member, after);

	if (status)
		return status;
	*counted = handed(after) - after->downloads >= SK_GATE_INTERRUPTED;
	after->handed = handed(after) + 1;
	return *counted ? count(g, after, member) : begin(g, after, member);
}

int sk_gate_look(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    struct sk_transfer *after)
{
	const struct sk_step_of step = {.what = {.actor = SK_BY_RECIPIENT}, .person = member};
	int status = load(g, a, id, member, after);

	return status ? status : sk_gate_firm(sk_gate_tell(g, after, "transfer.look", &step));
}

int sk_gate_collect(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    struct sk_transfer *after)
{
	int status = sk_transfer_load(g->db, a, id, after);

	if (status == 0 && (!is_his(g, after, member) || handed(after) <= after->downloads))
		status = SK_EREFUSED;
	if (status == 0 && after->downloads >= after->downloads_most)
		status = SK_EREFUSED;
	return status ? status : count(g, after, member);
}
