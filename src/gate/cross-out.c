/* What another post says about what was offered to it: letters.h. The gate of the giver. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "gate/letters.h"
#include "gate/people.h"

/* A row of ours that goes to the post that wrote. */
static int load_theirs(
    struct sk_gate *g, struct sk_arena *a, const char *id, const char *zone, struct sk_transfer *t)
{
	int status = sk_transfer_load(g->db, a, id, t);

	if (status == 0 && (strcmp(t->zone_from, g->zone) != 0 || strcmp(t->zone_to, zone) != 0))
		status = SK_EREFUSED;
	return status;
}

/* --- FETCH --- */

static int say_gone(struct sk_gate *g, const char *id, const char *zone)
{
	struct sk_letter l = {.kind = SK_LETTER_GONE};

	snprintf(l.id, sizeof(l.id), "%s", id);
	return sk_gate_firm(sk_gate_letter(g, zone, &l));
}

/* What would be held now was let through by another policy: nobody here can decide about it any more. */
static int give_or_deny(struct sk_gate *g, struct sk_arena *a, struct sk_transfer *t)
{
	struct sk_step_of step = {.what = {.event = SK_DO_FETCH, .actor = SK_BY_LINK}};
	struct sk_recorded r;
	struct sk_decision d;
	int status = sk_gate_ask(g, a, t, &r, &d);

	if (status)
		return status;
	t->expires = sk_gate_silence(g, t); /* until then it is the other post's to end */
	if (d.effect == SK_PASS)
		return sk_gate_step(g, t, &step);
	step = (struct sk_step_of){
	    .what = {.event = SK_DO_DENY, .actor = SK_BY_GATE}, .reason = sk_gate_why(&d)};
	sk_gate_close(g, t);
	status = sk_gate_step(g, t, &step);
	return status ? status : say_gone(g, t->id, t->zone_to);
}

int sk_gate_fetched(struct sk_gate *g, struct sk_arena *a, const char *id, const char *zone,
    struct sk_transfer *after)
{
	int status = load_theirs(g, a, id, zone, after);

	if (status == SK_ENOENTRY) { /* as after a restore: it cannot be given */
		sk_transfer_init(after);
		return say_gone(g, id, zone);
	}
	if (status || after->state == SK_AT_CROSSING) /* said twice: it is given twice */
		return status;
	if (after->state == SK_AT_OFFERED &&
	    (after->expires == SK_NONE || after->expires > g->now * 1000))
		return sk_gate_firm(give_or_deny(g, a, after));
	return say_gone(g, id, zone);
}

/* --- silence --- */

int64_t sk_gate_silence(const struct sk_gate *g, const struct sk_transfer *t)
{
	const struct sk_route *r =
	    g->policy ? sk_policy_find(g->policy, SK_KIND_ROUTE, t->route) : NULL;
	int64_t most = r ? r->expire : (int64_t)30 * 86400; /* a route that is no more */

	return (g->now + most + SK_GATE_SILENCE) * 1000;
}

/* It may no longer begin there either: what it has not released by now it throws away. */
static int lapse(struct sk_gate *g, struct sk_transfer *t)
{
	const struct sk_step_of step = {
	    .what = {.event = SK_DO_LAPSE, .actor = SK_BY_CLOCK}, .reason = "no-answer"};

	sk_gate_close(g, t);
	int status = sk_gate_step(g, t, &step);
	return status ? status : say_gone(g, t->id, t->zone_to);
}

int sk_gate_silent(struct sk_gate *g, struct sk_transfer *t)
{
	const struct sk_step_of over = {
	    .what = {.event = SK_DO_EXPIRE, .actor = SK_BY_CLOCK}, .reason = "no-answer"};

	if (t->state == SK_AT_CROSSING)
		return lapse(g, t);
	sk_gate_close(g, t);
	return sk_gate_step(g, t, &over);
}

/* --- END --- */

static int event_of(const char *word)
{
	for (int e = 0; e < SK_DO_COUNT; e++)
		if (strcmp(sk_event_word((unsigned)e), word) == 0)
			return e;
	return -1;
}

/* Dates follow what the other post says; the bytes are not needed here any more. */
static void mirror(struct sk_gate *g, struct sk_transfer *t)
{
	if (t->state == SK_AT_RELEASED && t->released == SK_NONE)
		t->released = g->now * 1000;
	if (t->state == SK_AT_COLLECTED)
		t->downloads++;
	t->expires = sk_gate_silence(g, t);
	if (sk_state_owner((enum sk_transfer_state)t->state) == SK_OWNER_NONE)
		sk_gate_close(g, t);
}

static int write_told(
    struct sk_gate *g, struct sk_transfer *t, int64_t from, int event, const char *reason)
{
	const struct sk_step_of step = {
	    .what = {.event = (enum sk_transfer_event)event, .actor = SK_BY_LINK},
	    .reason = reason && reason[0] ? reason : NULL};
	const struct sk_history h = {.event = event,
	    .state_from = from,
	    .state_to = t->state,
	    .actor = SK_BY_LINK,
	    .note = step.reason};
	struct sk_transfer told = *t;
	char kind[40];

	t->output = (struct sk_slice){0}; /* the other post has them, or nobody wants them */
	int status = sk_gate_save(g, t);
	if (status == 0)
		status = sk_history_add(g->db, t->id, &h);
	if (status)
		return status;
	snprintf(kind, sizeof(kind), "transfer.%s", sk_event_word((unsigned)event));
	told.changed = t->changed;
	return sk_gate_tell(g, &told, kind, &step);
}

int sk_gate_told(struct sk_gate *g, struct sk_arena *a, const char *id, const char *zone,
    const char *event, const char *reason, struct sk_transfer *after)
{
	enum sk_transfer_state next;
	int what = event_of(event), status = load_theirs(g, a, id, zone, after);

	if (status == 0)
		status = what < 0 ? SK_EREFUSED
				  : sk_transfer_told((enum sk_transfer_state)after->state,
					(enum sk_transfer_event)what, &next);
	if (status)
		return status;
	int64_t from = after->state;
	after->state = next;
	mirror(g, after);
	return sk_gate_firm(write_told(g, after, from, what, reason));
}

/* --- PASSWORD --- */

int sk_gate_password_came(struct sk_gate *g, struct sk_arena *a, const char *id, const char *zone,
    struct sk_slice sealed, struct sk_transfer *after)
{
	int status = load_theirs(g, a, id, zone, after);

	return status ? status
		      : sk_gate_take_password(
			    g, after, (struct sk_gate_who){SK_BY_RECIPIENT, NULL}, sealed);
}
