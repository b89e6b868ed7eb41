/* One happening: transfer.h. The gate. */
#include "gate/transfer.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/limits.h"
#include "gate/claims.h"
#include "gate/waits.h"
#include "policy/people.h"
#include "record/record.h"
#include "store/listed.h"
#include "store/outbox.h"

#define WORD 65
#define DIGITS 24

static const char *const actor_words[SK_BY_COUNT] = {
    "gate", "worker", "link", "clock", "requester", "approver", "recipient"};

/* --- what the ledger is told --- */

/* Text of names, numbers and hashes that an entry borrows. */
struct letters {
	char time[DIGITS], size_in[DIGITS], size_out[DIGITS], expires[DIGITS];
	char hash_in[65], hash_out[65], policy[65];
	char route[WORD], from[WORD], to[WORD], class[WORD];
};

static struct sk_slice hex(char to[65], struct sk_slice bytes)
{
	if (bytes.n != 32)
		return (struct sk_slice){0};
	sk_hex_text(to, bytes.p, 32);
	return sk_slice(to, 64);
}

static struct sk_slice number(char to[DIGITS], int64_t n)
{
	if (n == SK_NONE || n < 0)
		return (struct sk_slice){0};
	snprintf(to, DIGITS, "%lld", (long long)n);
	return sk_slice_str(to);
}

/* A word that is none is not said: what is said about a transfer never keeps it from being told. */
static void word(struct sk_leaf *e, enum sk_entry_field f, const char *s)
{
	if (s && sk_entry_takes(f, sk_slice_str(s)))
		e->field[f] = sk_slice_str(s);
}

/* The place of a statement in the policy. */
static int place_of(const struct sk_policy *p, enum sk_kind kind, const char *name)
{
	for (size_t i = 0; p && i < p->list[kind].n; i++)
		if (strcmp(((const struct sk_named *)p->list[kind].v[i])->name, name) == 0)
			return (int)i;
	return -1;
}

/* A name of the policy, or its place where an entry does not take it. */
static void name(struct sk_leaf *e, enum sk_entry_field f, const char *name, const char *what,
    int place, char text[WORD])
{
	if (name == NULL)
		return;
	if (!sk_entry_takes(f, sk_slice_str(name))) {
		if (place < 0)
			snprintf(text, WORD, "%s-unknown", what);
		else
			snprintf(text, WORD, "%s-%d", what, place);
		name = text;
	}
	e->field[f] = sk_slice_str(name);
}

static void say_names(
    const struct sk_gate *g, const struct sk_transfer *t, struct letters *l, struct sk_leaf *e)
{
	const struct sk_policy *p = g->policy;

	name(e, SK_ENTRY_ROUTE, t->route, "route", place_of(p, SK_KIND_ROUTE, t->route), l->route);
	name(e, SK_ENTRY_FROM, t->zone_from, "zone", place_of(p, SK_KIND_ZONE, t->zone_from),
	    l->from);
	name(e, SK_ENTRY_TO, t->zone_to, "zone", place_of(p, SK_KIND_ZONE, t->zone_to), l->to);
	if (t->class)
		name(e, SK_ENTRY_CLASS, t->class, sk_dimension_words[SK_CONFIDENTIALITY],
		    p ? sk_policy_level(p, SK_CONFIDENTIALITY, t->class) : -1, l->class);
}

static void say_row(
    const struct sk_gate *g, const struct sk_transfer *t, struct letters *l, struct sk_leaf *e)
{
	say_names(g, t, l, e);
	e->field[SK_ENTRY_TRANSFER] = sk_slice_str(t->id);
	e->field[SK_ENTRY_HASH_IN] = hex(l->hash_in, t->original_hash);
	e->field[SK_ENTRY_HASH_OUT] = hex(l->hash_out, t->output);
	e->field[SK_ENTRY_HASH_POLICY] = hex(l->policy, t->policy);
	e->field[SK_ENTRY_SIZE_IN] = number(l->size_in, t->original_size);
	e->field[SK_ENTRY_SIZE_OUT] = number(l->size_out, t->output_size);
	e->field[SK_ENTRY_EXPIRES] = number(l->expires, t->expires);
	e->field[SK_ENTRY_TIME] = number(l->time, t->changed);
}

/* What became of its content: where that is found out, and where it is handed on. */
static void say_result(const struct sk_transfer *t, enum sk_transfer_event event, struct sk_leaf *e)
{
	if (event != SK_DO_CLEANED && event != SK_DO_REFUSED && event != SK_DO_OFFER)
		return;
	word(e, SK_ENTRY_TYPE_CLAIMED, t->claimed);
	word(e, SK_ENTRY_TYPE_FOUND, t->found);
	word(e, SK_ENTRY_TYPE_OUT, t->output_type);
	word(e, SK_ENTRY_METHOD, t->method);
	word(e, SK_ENTRY_CLEANER, t->cleaner);
	word(e, SK_ENTRY_REMOVED, t->removed);
}

/* Whether the ledger will take it: an entry that it refuses would hold up all those behind it. */
static int check_entry(struct sk_leaf e)
{
	static uint8_t salts[SK_ENTRY_FIELDS][SK_SALT_BYTES];
	struct sk_buf scratch = SK_BUF(SK_ENTRY_BYTES);
	int status;

	e.field[SK_ENTRY_OUTBOX] = SK_SLICE_LIT("1");
	status = sk_entry_write(&e, salts, &scratch);
	sk_buf_free(&scratch);
	return status ? SK_EARG : 0;
}

static int put_entry(struct sk_gate *g, const struct sk_leaf *e, int64_t kind)
{
	struct sk_buf body = SK_BUF(SK_LIMIT_JOB_BODY);
	int status = check_entry(*e);

	if (status == 0)
		status = sk_record_put_entries(e, 1, &body);
	if (status == 0)
		status = sk_outbox_put(g->db, SK_CHANNEL_LEDGER, kind, sk_buf_slice(&body));
	sk_buf_free(&body);
	return status;
}

/* The row, what happened, and what else the caller says; the caller's word stands over the row's. */
static void say_all(const struct sk_gate *g, const struct sk_transfer *t, const char *kind,
    const struct sk_step_of *step, struct letters *l, struct sk_leaf *e)
{
	say_row(g, t, l, e);
	e->field[SK_ENTRY_KIND] = sk_slice_str(kind);
	word(e, SK_ENTRY_EVENT, sk_state_word((unsigned)t->state));
	word(e, SK_ENTRY_BY, actor_words[step->what.actor]);
	word(e, SK_ENTRY_REASON, step->reason);
	word(e, SK_ENTRY_PERSONAL_ACTOR, step->person);
	for (size_t i = 0; i < step->nsay; i++)
		e->field[step->say[i].field] = step->say[i].value;
}

int sk_gate_tell(
    struct sk_gate *g, const struct sk_transfer *t, const char *kind, const struct sk_step_of *step)
{
	struct letters l = {0};
	struct sk_leaf e = {0};

	say_all(g, t, kind, step, &l, &e);
	return put_entry(g, &e, SK_DO_COUNT);
}

static int tell_ledger(
    struct sk_gate *g, const struct sk_transfer *t, const struct sk_step_of *step)
{
	struct letters l = {0};
	struct sk_leaf e = {0};
	char kind[WORD];

	snprintf(kind, sizeof(kind), "transfer.%s", sk_event_word(step->what.event));
	say_result(t, step->what.event, &e);
	if (step->what.event == SK_DO_HOLD || step->what.event == SK_DO_LIFT)
		word(&e, SK_ENTRY_DECISION, sk_held_word(step->what.held));
	say_all(g, t, kind, step, &l, &e);
	return put_entry(g, &e, step->what.event);
}

int sk_gate_log(struct sk_gate *g, const struct sk_leaf *e)
{
	return put_entry(g, e, SK_DO_COUNT);
}

int sk_gate_entry(int64_t row, struct sk_slice body, char number_text[24], struct sk_leaf *e)
{
	static struct sk_record_entries got;
	int status = sk_record_get_entries(body, &got);

	if (status || got.n != 1 || row <= 0 || got.v[0].field[SK_ENTRY_OUTBOX].p)
		return SK_EFORMAT;
	snprintf(number_text, DIGITS, "%lld", (long long)row);
	*e = got.v[0];
	e->field[SK_ENTRY_OUTBOX] = sk_slice_str(number_text);
	return 0;
}

/* --- what the store is told --- */

static int tell_history(
    struct sk_gate *g, const struct sk_transfer *t, int64_t from, const struct sk_step_of *step)
{
	struct sk_history h = {.at = t->changed,
	    .event = step->what.event,
	    .state_from = from,
	    .state_to = t->state,
	    .actor = step->what.actor,
	    .person = step->person,
	    .note = step->reason};

	return sk_history_add(g->db, t->id, &h);
}

/* Who decides about it next; where nobody does any more, the post that did last keeps it. */
static void set_owner(struct sk_transfer *t)
{
	enum sk_owner owner = sk_state_owner((enum sk_transfer_state)t->state);

	if (owner != SK_OWNER_NONE)
		t->owner = owner == SK_OWNER_GIVER ? t->zone_from : t->zone_to;
}

static int queue_what_follows(struct sk_gate *g, const struct sk_transfer *t)
{
	if (t->state == SK_AT_CLEANING)
		return sk_gate_put_job(g, SK_JOB_CLEAN, t->id);
	if (t->state == SK_AT_CROSSED)
		return sk_gate_put_job(g, SK_JOB_VERIFY, t->id);
	return 0;
}

int sk_gate_save(struct sk_gate *g, struct sk_transfer *t)
{
	int status = t->version ? sk_transfer_save(g->db, t) : sk_transfer_insert(g->db, t);

	if (status == 0 && g->changed)
		g->changed(g->changed_ctx, t);
	return status;
}

static int tell_all(
    struct sk_gate *g, const struct sk_transfer *t, int64_t from, const struct sk_step_of *step)
{
	int status = tell_history(g, t, from, step);

	return status ? status : tell_ledger(g, t, step);
}

int sk_gate_step(struct sk_gate *g, struct sk_transfer *t, const struct sk_step_of *step)
{
	struct sk_life at = {(enum sk_transfer_state)t->state, (uint32_t)t->holds}, next = {0};
	int64_t from = t->state;
	/* of a mirror nothing happens here: it is no transfer of this post yet */
	int status = sk_gate_mirrors(g, t) ? SK_EREFUSED : sk_transfer_move(at, step->what, &next);

	/* with a queue of its own the lease ends behind the transaction: there what is done twice finds no way on */
	if (status == 0 && step->job && !g->own_queue)
		status = sk_job_finish(g->db, step->job);
	if (status)
		return status;
	t->state = next.state;
	t->holds = next.holds;
	set_owner(t);
	struct sk_transfer told = *t;
	if (sk_state_owner(next.state) == SK_OWNER_NONE)
		t->output =
		    (struct sk_slice){0}; /* nobody needs the bytes any more: they are swept */
	status = sk_gate_save(g, t);
	told.changed = t->changed;
	if (status == 0)
		status = tell_all(g, &told, from, step);
	if (status == 0 && sk_state_owner(next.state) == SK_OWNER_NONE)
		status = sk_gate_waits_gone(g, t);
	return status ? status : queue_what_follows(g, t);
}

int sk_gate_happen(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_step_of *step, struct sk_transfer *after)
{
	int status = sk_transfer_load(g->db, a, id, after);

	return status ? status : sk_gate_step(g, after, step);
}

static const char *department_of(const struct sk_member *m)
{
	return ((const struct sk_department *)m->department.to)->named.name;
}

int sk_gate_list(struct sk_gate *g, const struct sk_transfer *t)
{
	const char *const who[] = {t->requester, t->recipient};
	const struct sk_member *m = NULL;

	for (size_t i = 0; g->policy && m == NULL && i < 2; i++)
		m = who[i] ? sk_policy_find(g->policy, SK_KIND_MEMBER, who[i]) : NULL;
	m = sk_member_on(m, sk_day_of(g->now));
	return sk_listed_put(g->db, t, m && m->department.to ? department_of(m) : NULL);
}

int sk_gate_begin(struct sk_gate *g, struct sk_transfer *t, enum sk_transfer_state state,
    const struct sk_step_of *step)
{
	t->state = state;
	t->holds = 0;
	t->owner = t->zone_from;
	int status = sk_gate_save(g, t);

	if (status == 0)
		status = sk_gate_list(g, t);
	return status ? status : tell_all(g, t, state, step);
}
