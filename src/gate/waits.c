/* Transfers that wait for a password at another post: waits.h. The gate. */
#include "gate/waits.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"

#define LIFE_MS ((int64_t)30 * 86400 * 1000) /* of a mirror, whatever the other post says */

bool sk_gate_mirrors(const struct sk_gate *g, const struct sk_transfer *t)
{
	return t->announced == 1 && strcmp(t->zone_from, g->zone) != 0 &&
	       (t->state == SK_AT_HELD || t->state == SK_AT_CLEANING);
}

/* --- giver --- */

static struct sk_saying said(enum sk_entry_field f, const char *text)
{
	return (struct sk_saying){f, sk_slice_str(text)};
}

static bool fits(const struct sk_transfer *t, const struct sk_buf *request)
{
	size_t shown = request->len + strlen(t->requester) +
		       (t->recipient ? strlen(t->recipient) : 0) +
		       (t->file_name ? strlen(t->file_name) : 0);

	return sk_entry_takes(SK_ENTRY_PERSONAL_REQUEST, sk_buf_slice(request)) &&
	       sk_manifest_fits(2048, shown);
}

size_t sk_gate_waits_say(struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t,
    const struct sk_recorded *r, struct sk_buf *request, struct sk_saying *room)
{
	size_t n = 0;

	if (t->requester == NULL || strcmp(t->zone_to, g->zone) == 0 ||
	    sk_gate_linked(g, t->zone_to) || sk_recorded_write(r, request) || !fits(t, request))
		return 0;
	room[n++] = (struct sk_saying){SK_ENTRY_PERSONAL_REQUEST, sk_buf_slice(request)};
	room[n++] = said(SK_ENTRY_PERSONAL_REQUESTER, t->requester);
	if (t->recipient && sk_manifest_text_fits(sk_slice_str(t->recipient)))
		room[n++] = said(SK_ENTRY_PERSONAL_RECIPIENT, t->recipient);
	if (t->file_name && sk_manifest_name_fits(sk_slice_str(t->file_name)))
		room[n++] = said(SK_ENTRY_PERSONAL_FILE, t->file_name);
	return n;
}

static int letter(
    struct sk_gate *g, const struct sk_transfer *t, const char *event, struct sk_slice receipt)
{
	struct sk_letter l = {.kind = SK_LETTER_WAITS, .body = receipt};

	snprintf(l.id, sizeof(l.id), "%s", t->id);
	snprintf(l.event, sizeof(l.event), "%s", event);
	return sk_gate_letter(g, t->zone_to, &l);
}

int sk_gate_waits_tell(struct sk_gate *g, struct sk_transfer *t, struct sk_slice receipt)
{
	if (strcmp(t->zone_from, g->zone) != 0 || t->state != SK_AT_HELD ||
	    !(t->holds & 1 << SK_HELD_PASSWORD) || receipt.n > SK_LETTER_MANIFEST)
		return 0;
	t->announced = 1;
	int status = sk_gate_save(g, t);
	return status ? status : letter(g, t, "hold", receipt);
}

static bool was_told(const struct sk_gate *g, const struct sk_transfer *t)
{
	return t->announced == 1 && strcmp(t->zone_from, g->zone) == 0;
}

int sk_gate_waits_no_more(struct sk_gate *g, const struct sk_transfer *t)
{
	return was_told(g, t) ? letter(g, t, "password", (struct sk_slice){0}) : 0;
}

int sk_gate_waits_gone(struct sk_gate *g, const struct sk_transfer *t)
{
	struct sk_letter l = {.kind = SK_LETTER_GONE};

	snprintf(l.id, sizeof(l.id), "%s", t->id);
	return was_told(g, t) ? sk_gate_letter(g, t->zone_to, &l) : 0;
}

/* --- receiver --- */

/* The entry here is of a kind of its own: what it tells is no step of a transfer that anybody would have to prove. */
static int tell(struct sk_gate *g, const struct sk_transfer *t, int64_t from,
    enum sk_transfer_event event, const struct sk_step_of *step)
{
	const struct sk_history h = {.at = t->changed,
	    .event = event,
	    .state_from = from,
	    .state_to = t->state,
	    .actor = step->what.actor,
	    .person = step->person,
	    .note = step->reason};
	int status = sk_history_add(g->db, t->id, &h);

	return status ? status : sk_gate_tell(g, t, "transfer.waits", step);
}

/* By the table of mirrors; the row's other columns are set already. */
static int move(struct sk_gate *g, struct sk_transfer *t, enum sk_transfer_event event,
    const struct sk_step_of *step)
{
	enum sk_transfer_state next;
	int64_t from = t->state;
	int status = sk_gate_mirrors(g, t)
			 ? sk_transfer_mirrored((enum sk_transfer_state)from, event, &next)
			 : SK_EREFUSED;

	if (status)
		return status;
	t->state = next;
	t->holds = next == SK_AT_HELD ? 1 << SK_HELD_PASSWORD : 0;
	status = sk_gate_save(g, t);
	return sk_gate_firm(status ? status : tell(g, t, from, event, step));
}

static int64_t until(const struct sk_gate *g, const struct sk_manifest *m)
{
	int64_t most = g->now * 1000 + LIFE_MS;

	return m->expires < most ? m->expires : most;
}

static int set_row(struct sk_gate *g, struct sk_arena *a, const struct sk_manifest *m,
    const struct sk_recorded *r, struct sk_transfer *t)
{
	sk_transfer_init(t);
	snprintf(t->id, sizeof(t->id), "%s", m->id);
	t->state = SK_AT_HELD;
	t->holds = 1 << SK_HELD_PASSWORD;
	t->announced = 1;
	t->route = m->route;
	t->owner = t->zone_from = m->from;
	t->zone_to = m->to;
	t->class = m->class;
	t->requester = m->requester;
	t->recipient = m->recipient;
	t->file_name = m->file;
	t->original_size = m->size_in ? (int64_t)m->size_in : SK_NONE;
	t->expires = until(g, m);
	t->policy = sk_slice(g->policy->hash, sizeof(g->policy->hash));
	return sk_gate_note(a, t, r);
}

/* What the policy here denies anyway is not shown to anybody. */
static int begin(
    struct sk_gate *g, struct sk_arena *a, const struct sk_manifest *m, struct sk_transfer *t)
{
	const struct sk_step_of step = {.what = {.actor = SK_BY_LINK}, .reason = "password"};
	struct sk_recorded r = m->request;
	struct sk_decision d;

	if (g->policy == NULL || !sk_gate_reaches(g, &r.request, m->recipient))
		return SK_EREFUSED;
	if (r.request.received == SK_UNKNOWN || r.request.received > m->time / 1000)
		r.request.received = m->time / 1000;
	r.request.encrypted = SK_YES;
	r.request.opened = SK_NO;
	sk_gate_decide(g, &r, &d);
	if (d.effect == SK_DENY)
		return SK_EREFUSED;
	int status = set_row(g, a, m, &r, t);
	if (status == 0)
		status = sk_gate_save(g, t);
	if (status == 0)
		status = sk_gate_list(g, t);
	return sk_gate_firm(status ? status : tell(g, t, t->state, SK_DO_HOLD, &step));
}

int sk_gate_waits(
    struct sk_gate *g, struct sk_arena *a, const struct sk_manifest *m, struct sk_transfer *after)
{
	const struct sk_step_of again = {.what = {.actor = SK_BY_LINK}, .reason = "wrong-password"};
	int status = sk_transfer_load(g->db, a, m->id, after);

	if (strcmp(m->to, g->zone) != 0 || strcmp(m->from, g->zone) == 0)
		return SK_EREFUSED;
	if (status == SK_ENOENTRY)
		return begin(g, a, m, after);
	if (status == 0 && strcmp(after->zone_from, m->from) != 0)
		status = SK_EREFUSED;
	if (status)
		return status;
	after->expires = until(g, m);
	return move(g, after, SK_DO_HOLD, &again);
}

int sk_gate_waits_over(struct sk_gate *g, struct sk_arena *a, const char *id, const char *zone,
    struct sk_transfer *after)
{
	const struct sk_step_of step = {.what = {.actor = SK_BY_LINK}};
	int status = sk_transfer_load(g->db, a, id, after);

	if (status == 0 && strcmp(after->zone_from, zone) != 0)
		status = SK_EREFUSED;
	return status ? status : move(g, after, SK_DO_PASSWORD, &step);
}

int sk_gate_waits_password(
    struct sk_gate *g, struct sk_transfer *t, const char *member, struct sk_slice sealed)
{
	const struct sk_step_of step = {.what = {.actor = SK_BY_RECIPIENT}, .person = member};
	struct sk_letter l = {.kind = SK_LETTER_PASSWORD, .body = sealed};

	if (sealed.n == 0 || sealed.n > SK_LETTER_SEALED)
		return SK_EREFUSED;
	int status = move(g, t, SK_DO_PASSWORD, &step);
	if (status)
		return status;
	snprintf(l.id, sizeof(l.id), "%s", t->id);
	return sk_gate_firm(sk_gate_letter(g, t->zone_from, &l));
}

int sk_gate_waits_end(
    struct sk_gate *g, struct sk_transfer *t, enum sk_transfer_event event, const char *reason)
{
	const struct sk_step_of step = {
	    .what = {.actor = event == SK_DO_EXPIRE ? SK_BY_CLOCK : SK_BY_LINK}, .reason = reason};

	if (sk_gate_mirrors(g, t))
		sk_gate_close(g, t);
	return move(g, t, event, &step);
}
