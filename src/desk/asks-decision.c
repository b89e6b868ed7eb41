/* What the policy says of a transfer now, what happened to it, who decided: doc/front.md. The gate. */
#include <string.h>

#include "desk/asks.h"
#include "gate/facts.h"
#include "gate/note.h"

/* Lines that fit one answer. */
#define HISTORY 200
#define REASONS 40

/* --- the policy --- */

static json_t *reason_of(const struct sk_reason *r)
{
	json_t *o = json_object();

	sk_show_set(o, "why", json_string(sk_why_name(r->why)));
	sk_show_set(o, "effect", json_string(sk_effect_words[r->effect]));
	if (r->effect == SK_HOLD)
		sk_show_set(o, "hold", sk_show_text(sk_hold_words[r->hold]));
	if (r->where)
		sk_show_set(o, "line", json_integer(r->where->tokens[0].line));
	sk_show_set(o, "text", json_string(sk_why_text(r->why)));
	sk_show_set(o, "a", json_string(r->fact ? sk_fact_text(r->fact) : r->a));
	sk_show_set(o, "b", json_string(r->b));
	return o;
}

static json_t *approvers_of(const struct sk_duties *d, int64_t received)
{
	json_t *list = json_array();

	for (size_t i = 0; i < d->napprovers; i++) {
		json_t *o = json_object();
		sk_show_set(o, "member", json_string(d->approvers[i].member->named.name));
		sk_show_set(o, "name", sk_show_text(d->approvers[i].member->title));
		if (d->approvers[i].after > received) /* a deputy */
			sk_show_number(o, "after", d->approvers[i].after * 1000);
		json_array_append_new(list, o);
	}
	return list;
}

json_t *sk_show_decided(const struct sk_decision *d, int64_t received)
{
	json_t *o = json_object(), *reasons = json_array();

	for (size_t i = 0; i < d->nreasons && i < REASONS; i++)
		if (d->reasons[i].effect == d->effect)
			json_array_append_new(reasons, reason_of(&d->reasons[i]));
	sk_show_set(o, "effect", json_string(sk_effect_words[d->effect]));
	sk_show_set(o, "reasons", reasons);
	if (d->duties.approve) {
		sk_show_set(o, "passkey", json_boolean(d->duties.passkey));
		sk_show_number(o, "persons", d->duties.persons);
		sk_show_number(o, "approvals", d->duties.approvals);
		sk_show_set(o, "approvers", approvers_of(&d->duties, received));
	}
	return o;
}

/* As long as it can still change something, or has just denied it. */
json_t *sk_show_decision(struct sk_asked *q, const struct sk_transfer *t)
{
	struct sk_gate g = sk_asked_gate(q);
	struct sk_recorded r;
	struct sk_decision *d = sk_arena_alloc(q->arena, sizeof(*d));

	if (d == NULL || (t->state != SK_AT_HELD && t->state != SK_AT_DENIED) || t->facts == NULL ||
	    g.policy == NULL || sk_gate_facts(&g, q->arena, t, &r))
		return NULL;
	sk_gate_decide(&g, &r, d);
	return sk_show_decided(d, r.request.received);
}

/* --- what happened --- */

static const char *actor_word(int64_t actor)
{
	static const char *const words[SK_BY_COUNT] = {
	    "gate", "worker", "link", "clock", "requester", "approver", "recipient"};

	return actor >= 0 && actor < SK_BY_COUNT ? words[actor] : NULL;
}

json_t *sk_show_history(struct sk_asked *q, const char *id)
{
	json_t *list = json_array();
	struct sk_history *h = NULL;
	size_t n = 0;

	if (sk_history_list(q->act.desk->db, q->arena, id, &h, &n))
		return list;
	for (size_t i = n > HISTORY ? n - HISTORY : 0; i < n; i++) {
		json_t *o = json_object();
		sk_show_number(o, "at", h[i].at);
		sk_show_set(o, "event", sk_show_text(sk_event_word((unsigned)h[i].event)));
		sk_show_set(o, "from", sk_show_text(sk_state_word((unsigned)h[i].state_from)));
		sk_show_set(o, "to", sk_show_text(sk_state_word((unsigned)h[i].state_to)));
		sk_show_set(o, "by", sk_show_text(actor_word(h[i].actor)));
		sk_show_set(o, "person", sk_show_text(h[i].person));
		sk_show_set(o, "note", sk_show_text(h[i].note));
		if (h[i].note)
			sk_show_set(o, "text", sk_show_text(sk_gate_note_text(h[i].note)));
		json_array_append_new(list, o);
	}
	return list;
}

/* --- who decided --- */

json_t *sk_show_votes(struct sk_asked *q, const struct sk_transfer *t)
{
	json_t *list = json_array();
	struct sk_approval_row *v = NULL;
	size_t n = 0;

	if (sk_approval_list(q->act.desk->db, q->arena, t->id, &v, &n))
		return list;
	for (size_t i = 0; i < n && i < SK_QUERY_VOTES; i++) {
		json_t *o = json_object();
		sk_show_number(o, "at", v[i].at);
		sk_show_set(o, "person", sk_show_text(v[i].person));
		sk_show_set(o, "allow", json_boolean(v[i].decision));
		if (v[i].hold > 0 && v[i].hold < SK_HOLDS)
			sk_show_set(o, "hold", json_string(sk_hold_words[v[i].hold]));
		sk_show_set(o, "method", sk_show_text(v[i].method));
		sk_show_set(o, "hash", sk_show_hash(v[i].output));
		if (t->output.n) /* not when the bytes have left this post */
			sk_show_set(o, "counts",
			    json_boolean(!v[i].closed && sk_slice_eq(v[i].output, t->output)));
		if (sk_asked_reads(q, t->requester, t->recipient))
			sk_show_set(o, "comment", sk_show_text(v[i].comment));
		json_array_append_new(list, o);
	}
	return list;
}
