/* One happening, one transaction: transfer.h. The gate. */
#include "gate/transfer.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/limits.h"
#include "record/record.h"
#include "store/outbox.h"

#define KIND 64
#define DIGITS 24

static const char *const actor_words[SK_BY_COUNT] = {
    "gate", "worker", "link", "clock", "requester", "approver", "recipient"};

struct work {
	struct sk_gate *gate;
	struct sk_arena *arena;
	const char *id;
	const struct sk_step_of *step;
	struct sk_transfer *t;
};

/* --- what the ledger is told --- */

/* Text of numbers and hashes that an entry borrows. */
struct letters {
	char kind[KIND], time[DIGITS], size_in[DIGITS], size_out[DIGITS], expires[DIGITS];
	char hash_in[65], hash_out[65], policy[65];
};

static struct sk_slice hex(char to[65], struct sk_slice bytes)
{
	if (bytes.n != 32)
		return (struct sk_slice){0};
	sk_hex_text(to, bytes.p, bytes.n);
	return sk_slice(to, 64);
}

static struct sk_slice number(char to[DIGITS], int64_t n)
{
	if (n == SK_NONE || n < 0)
		return (struct sk_slice){0};
	snprintf(to, DIGITS, "%lld", (long long)n);
	return sk_slice_str(to);
}

static struct sk_slice word(const char *s)
{
	return s && s[0] ? sk_slice_str(s) : (struct sk_slice){0};
}

static void say_row(const struct sk_transfer *t, struct letters *l, struct sk_leaf *e)
{
	e->field[SK_ENTRY_TRANSFER] = sk_slice_str(t->id);
	e->field[SK_ENTRY_ROUTE] = word(t->route);
	e->field[SK_ENTRY_FROM] = word(t->zone_from);
	e->field[SK_ENTRY_TO] = word(t->zone_to);
	e->field[SK_ENTRY_CLASS] = word(t->class);
	e->field[SK_ENTRY_HASH_IN] = hex(l->hash_in, t->original_hash);
	e->field[SK_ENTRY_HASH_OUT] = hex(l->hash_out, t->output);
	e->field[SK_ENTRY_HASH_POLICY] = hex(l->policy, t->policy);
	e->field[SK_ENTRY_SIZE_IN] = number(l->size_in, t->original_size);
	e->field[SK_ENTRY_SIZE_OUT] = number(l->size_out, t->output_size);
	e->field[SK_ENTRY_EXPIRES] = number(l->expires, t->expires);
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

/* The row, what happened, and what else the caller says; the caller's word stands over the row's. */
static int tell_ledger(struct sk_db *db, const struct sk_transfer *t, const struct sk_step_of *step)
{
	struct sk_buf body = SK_BUF(SK_LIMIT_JOB_BODY);
	struct letters l = {0};
	struct sk_leaf e = {0};
	int status;

	snprintf(l.kind, sizeof(l.kind), "transfer.%s", sk_event_word(step->what.event));
	say_row(t, &l, &e);
	e.field[SK_ENTRY_KIND] = sk_slice_str(l.kind);
	e.field[SK_ENTRY_TIME] = number(l.time, t->changed);
	e.field[SK_ENTRY_EVENT] = sk_slice_str(sk_state_word((unsigned)t->state));
	e.field[SK_ENTRY_BY] = sk_slice_str(actor_words[step->what.actor]);
	e.field[SK_ENTRY_REASON] = word(step->reason);
	if (step->what.event == SK_DO_HOLD || step->what.event == SK_DO_LIFT)
		e.field[SK_ENTRY_DECISION] = word(sk_held_word(step->what.held));
	e.field[SK_ENTRY_PERSONAL_ACTOR] = word(step->person);
	for (size_t i = 0; i < step->nsay; i++)
		e.field[step->say[i].field] = step->say[i].value;
	status = check_entry(e);
	if (status == 0)
		status = sk_record_put_entries(&e, 1, &body);
	if (status == 0)
		status =
		    sk_outbox_put(db, SK_CHANNEL_LEDGER, step->what.event, sk_buf_slice(&body));
	sk_buf_free(&body);
	return status;
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
    struct sk_db *db, const struct sk_transfer *t, int64_t from, const struct sk_step_of *step)
{
	struct sk_history h = {.at = t->changed,
	    .event = step->what.event,
	    .state_from = from,
	    .state_to = t->state,
	    .actor = step->what.actor,
	    .person = step->person,
	    .note = step->reason};

	return sk_history_add(db, t->id, &h);
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
		return sk_queue_post(g->db, g->own_queue, SK_JOB_CLEAN, t->id, sk_slice("", 0));
	if (t->state == SK_AT_CROSSED)
		return sk_queue_post(g->db, g->own_queue, SK_JOB_VERIFY, t->id, sk_slice("", 0));
	return 0;
}

/* In the transaction: the row is loaded, the step can happen. */
static int carry_out(struct sk_db *db, struct work *w, struct sk_life next)
{
	struct sk_transfer *t = w->t;
	int64_t from = t->state;
	int status = w->step->change ? w->step->change(w->step->ctx, t) : 0;

	t->state = next.state;
	t->holds = next.holds;
	set_owner(t);
	if (status == 0)
		status = sk_transfer_save(db, t);
	if (status == 0)
		status = tell_history(db, t, from, w->step);
	if (status == 0)
		status = tell_ledger(db, t, w->step);
	if (status == 0)
		status = queue_what_follows(w->gate, t);
	return status;
}

static int happen(struct sk_db *db, void *arg)
{
	struct work *w = arg;
	struct sk_life next = {0};
	int status = sk_transfer_load(db, w->arena, w->id, w->t);

	if (status == 0)
		status = sk_transfer_move(
		    (struct sk_life){(enum sk_transfer_state)w->t->state, (uint32_t)w->t->holds},
		    w->step->what, &next);
	/* with a queue of its own the lease ends behind the transaction: there what is done twice finds no way on */
	if (status == 0 && w->step->job && !w->gate->own_queue)
		status = sk_job_finish(db, w->step->job);
	return status ? status : carry_out(db, w, next);
}

int sk_gate_happen(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_step_of *step, struct sk_transfer *after)
{
	struct work w = {.gate = g, .arena = a, .id = id, .step = step, .t = after};

	return sk_db_transact(g->db, SK_DB_WRITE, happen, &w);
}

/* --- the beginning --- */

static int receive(struct sk_db *db, void *arg)
{
	static const struct sk_step_of to_queue = {
	    .what = {.event = SK_DO_CLEAN, .actor = SK_BY_GATE}};
	struct work *w = arg, next_step = {.gate = w->gate, .step = &to_queue, .t = w->t};
	struct sk_life next = {0};
	int status;

	w->t->state = SK_AT_RECEIVED;
	w->t->holds = 0;
	w->t->owner = w->t->zone_from;
	status = sk_transfer_insert(db, w->t);
	if (status == 0)
		status = tell_history(db, w->t, SK_AT_RECEIVED, w->step);
	if (status == 0)
		status = tell_ledger(db, w->t, w->step);
	if (status == 0)
		status =
		    sk_transfer_move((struct sk_life){SK_AT_RECEIVED, 0}, to_queue.what, &next);
	return status ? status : carry_out(db, &next_step, next);
}

int sk_gate_receive(
    struct sk_gate *g, struct sk_transfer *t, const struct sk_saying *say, size_t nsay)
{
	struct sk_step_of step = {.what = {.event = SK_DO_RECEIVE, .actor = SK_BY_REQUESTER},
	    .person = t->requester,
	    .say = say,
	    .nsay = nsay};
	struct work w = {.gate = g, .step = &step, .t = t};

	if (t->original == NULL || t->original_hash.n != 32 || t->requester == NULL)
		return SK_EARG;
	return sk_db_transact(g->db, SK_DB_WRITE, receive, &w);
}
