/* What people do with transfers, votes apart: people.h. The gate. */
#include "gate/people.h"

#include <string.h>

#include "base/err.h"
#include "gate/waits.h"
#include "store/listed.h"
#include "store/peer.h"

static bool is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* --- class --- */

/* The row's numbers of the other two are places in their schemes. */
static void set_class(
    struct sk_gate *g, struct sk_transfer *t, enum sk_dimension d, const char *class)
{
	if (d == SK_CONFIDENTIALITY)
		t->class = class;
	else if (d == SK_INTEGRITY)
		t->integrity = sk_policy_level(g->policy, d, class);
	else
		t->availability = sk_policy_level(g->policy, d, class);
}

static int note_class(struct sk_gate *g, struct sk_arena *a, struct sk_transfer *t,
    struct sk_recorded *r, enum sk_dimension d, const char *class)
{
	if (t->state != SK_AT_HELD || !(t->holds & 1 << SK_HELD_CLASS) || g->policy == NULL ||
	    r->request.classes[d] || sk_policy_level(g->policy, d, class) < 0)
		return SK_EREFUSED;
	r->request.classes[d] = sk_arena_str(a, sk_slice_str(class));
	r->request.nvotes = 0;
	set_class(g, t, d, r->request.classes[d]);
	return r->request.classes[d] ? sk_gate_note(a, t, r) : SK_ENOMEM;
}

int sk_gate_class(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    enum sk_dimension dimension, const char *class, struct sk_transfer *after)
{
	struct sk_gate_who who = {SK_BY_REQUESTER, member};
	struct sk_step_of step = {.person = member};
	struct sk_recorded r;
	unsigned may = 0;
	int status =
	    (unsigned)dimension < SK_DIMENSIONS && member && class ? sk_transfer_load(
									 g->db, a, id, after)
								   : SK_EARG;

	if (status == 0 && !is(after->requester, member)) {
		status = sk_gate_may_vote(g, a, after, member, &may);
		who.actor = SK_BY_APPROVER;
		if (status == 0 && may == 0)
			status = SK_EREFUSED;
	}
	if (status == 0)
		status = sk_gate_facts(g, a, after, &r);
	if (status == 0)
		status = note_class(g, a, after, &r, dimension, class);
	if (status)
		return status;
	step.what.actor = who.actor;
	step.reason = sk_dimension_words[dimension];
	status = sk_gate_save(g, after);
	if (status == 0)
		status = sk_listed_class(g->db, after);
	if (status == 0)
		status = sk_gate_tell(g, after, "transfer.class", &step);
	return sk_gate_firm(status ? status : sk_gate_go_on(g, a, after, who));
}

/* --- password --- */

int sk_gate_take_password(
    struct sk_gate *g, struct sk_transfer *t, struct sk_gate_who who, struct sk_slice sealed)
{
	const struct sk_step_of step = {
	    .what = {.event = SK_DO_PASSWORD, .actor = who.actor}, .person = who.person};

	if (sealed.n == 0 || g->policy == NULL)
		return SK_EREFUSED;
	t->output = (struct sk_slice){0};
	t->output_size = SK_NONE;
	t->remind = SK_NONE;
	sk_gate_live(g, t);
	int status = sk_gate_step(g, t, &step);

	return status ? status : sk_sealed_add(g->db, t->id, sealed);
}

int sk_gate_password(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    struct sk_slice sealed, struct sk_transfer *after)
{
	int status = sk_transfer_load(g->db, a, id, after);

	if (status == 0 && !is(after->requester, member) && !is(after->recipient, member))
		status = SK_EREFUSED;
	if (status)
		return status;
	if (sk_gate_mirrors(g, after))
		return sk_gate_waits_password(g, after, member, sealed);
	status = sk_gate_take_password(g, after,
	    (struct sk_gate_who){
		is(after->requester, member) ? SK_BY_REQUESTER : SK_BY_RECIPIENT, member},
	    sealed);
	return status ? status : sk_gate_firm(sk_gate_waits_no_more(g, after));
}

/* --- cancel --- */

int sk_gate_cancel(struct sk_gate *g, struct sk_arena *a, const char *id, const char *member,
    struct sk_transfer *after)
{
	const struct sk_step_of step = {
	    .what = {.event = SK_DO_CANCEL, .actor = SK_BY_REQUESTER}, .person = member};
	int status = sk_transfer_load(g->db, a, id, after);

	if (status == 0 && !is(after->requester, member))
		status = SK_EREFUSED;
	if (status)
		return status;
	sk_gate_close(g, after);
	status = sk_gate_step(g, after, &step);
	return status ? status : sk_sealed_forget(g->db, after->id);
}
