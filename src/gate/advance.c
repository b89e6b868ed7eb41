/* How far the policy lets a transfer go by itself: receive.h. The gate. */
#include <string.h>

#include "base/err.h"
#include "gate/letters.h"
#include "gate/manifest.h"
#include "gate/receive.h"

/* What is known about persons in a transfer that is over. */
#define REMEMBER_MS ((int64_t)90 * 86400 * 1000)
#define DAY_MS ((int64_t)86400 * 1000)

struct going {
	struct sk_gate *g;
	struct sk_arena *a;
	struct sk_transfer *t;
	struct sk_gate_who who;
	struct sk_recorded r;
	struct sk_decision d;
};

void sk_gate_close(const struct sk_gate *g, struct sk_transfer *t)
{
	t->expires = g->now * 1000 + REMEMBER_MS;
	t->remind = SK_NONE;
}

/* The actor who brought it about, where the table lets him; else it is the policy's doing. */
static int step_by(struct going *w, struct sk_step_of step)
{
	struct sk_life at = {(enum sk_transfer_state)w->t->state, (uint32_t)w->t->holds}, next;

	step.what.actor = w->who.actor;
	step.person = w->who.person;
	if (sk_transfer_move(at, step.what, &next)) {
		step.what.actor = SK_BY_GATE;
		step.person = NULL;
	}
	return sk_gate_firm(sk_gate_step(w->g, w->t, &step));
}

/* --- deny --- */

static bool disapproved(const struct sk_decision *d)
{
	for (size_t i = 0; i < d->nreasons; i++)
		if (d->reasons[i].why == SK_WHY_DISAPPROVED)
			return true;
	return false;
}

static int deny(struct going *w, const char *reason, const char *what)
{
	const struct sk_saying say = {SK_ENTRY_DECISION, sk_slice_str(what ? what : "deny")};

	if (!disapproved(&w->d))
		w->who = (struct sk_gate_who){SK_BY_GATE, NULL};
	sk_gate_close(w->g, w->t);
	return step_by(
	    w, (struct sk_step_of){
		   .what = {.event = SK_DO_DENY}, .reason = reason, .say = &say, .nsay = 1});
}

/* --- hold and lift --- */

static int hold_one(struct going *w, enum sk_held why)
{
	int64_t now = w->g->now * 1000, deputy = 0;
	const struct sk_route *r = w->d.duties.route;

	if (why == SK_HELD_APPROVAL && r && r->approve.deputy_after > 0)
		deputy = r->approve.deputy_after * 1000;
	int64_t at = now + (why == SK_HELD_SCAN ? (int64_t)SK_GATE_SCAN_AGAIN * 1000
			       : deputy         ? deputy
						: DAY_MS);
	if (w->t->remind == SK_NONE || at < w->t->remind)
		w->t->remind = at;
	return sk_gate_firm(sk_gate_step(w->g, w->t,
	    &(struct sk_step_of){
		.what = {SK_DO_HOLD, SK_BY_GATE, why}, .reason = sk_gate_why_held(&w->d, why)}));
}

static int hold(struct going *w, uint32_t wanted)
{
	int status = 0;

	for (unsigned h = 0; h < SK_HELD_COUNT && status == 0; h++)
		if ((wanted & 1U << h) && !((uint32_t)w->t->holds & 1U << h))
			status = hold_one(w, (enum sk_held)h);
	return status;
}

static int lift(struct going *w, uint32_t wanted)
{
	int status = 0;

	for (unsigned h = 0; h < SK_HELD_COUNT && status == 0; h++)
		if (((uint32_t)w->t->holds & ~wanted) & 1U << h)
			status = step_by(w, (struct sk_step_of){.what = {.event = SK_DO_LIFT,
								    .held = (enum sk_held)h}});
	return status;
}

/* --- offer --- */

/* How those who said yes showed who they are: the weakest way, and what their passkeys signed (doc/passkey.md, section 3). */
struct approved {
	int least;
	struct sk_buf assertions;
};

/* His last word about this reason, as the policy counts it. */
static bool is_last(const struct sk_approval_row *v, size_t n, size_t at)
{
	for (size_t i = at + 1; i < n; i++)
		if (v[i].hold == v[at].hold && v[i].person &&
		    strcmp(v[i].person, v[at].person) == 0 &&
		    sk_slice_eq(v[i].output, v[at].output))
			return false;
	return true;
}

static void add_approval(const struct sk_approval_row *v, struct approved *out)
{
	for (int login = 0; login < out->least; login++)
		if (strcmp(v->method, sk_login_words[login]) == 0)
			out->least = login;
	if (v->proof.n == 0)
		return;
	if (out->assertions.len)
		sk_buf_putc(&out->assertions, ';');
	sk_buf_put_slice(&out->assertions, v->proof);
}

static int how_approved(struct going *w, struct approved *out)
{
	struct sk_approval_row *v = NULL;
	size_t n = 0;
	int status = w->t->approvals ? sk_approval_list(w->g->db, w->a, w->t->id, &v, &n) : 0;

	for (size_t i = 0; i < n && status == 0; i++)
		if (v[i].decision && v[i].person && !v[i].closed &&
		    sk_slice_eq(v[i].output, w->t->output) && is_last(v, n, i))
			add_approval(&v[i], out);
	if (out->least == SK_LOGINS)
		out->least = SK_LOGIN_NONE;
	return status;
}

static void say(struct sk_saying *v, size_t *n, enum sk_entry_field f, const char *text)
{
	if (text)
		v[(*n)++] = (struct sk_saying){f, sk_slice_str(text)};
}

static const char *fit_name(const char *s)
{
	return s && sk_manifest_name_fits(sk_slice_str(s)) ? s : NULL;
}

static const char *fit_text(const char *s)
{
	return s && sk_manifest_text_fits(sk_slice_str(s)) ? s : NULL;
}

/* Its entry is the manifest: what the policy was asked goes along whole. */
static int offer(struct going *w, struct sk_slice request, const struct approved *by)
{
	struct sk_transfer *t = w->t;
	struct sk_saying v[SK_SAYINGS] = {{SK_ENTRY_PERSONAL_REQUEST, request}};
	char found[SK_GATE_FOUND];
	size_t n = 1;

	say(v, &n, SK_ENTRY_AUTH, sk_login_words[by->least]);
	say(v, &n, SK_ENTRY_FOUND, sk_gate_found(&w->r.request, found));
	say(v, &n, SK_ENTRY_PERSONAL_REQUESTER, t->requester);
	say(v, &n, SK_ENTRY_PERSONAL_RECIPIENT, fit_text(t->recipient));
	say(v, &n, SK_ENTRY_PERSONAL_FILE, fit_name(t->file_name));
	if (by->assertions.len)
		v[n++] =
		    (struct sk_saying){SK_ENTRY_PERSONAL_ASSERTION, sk_buf_slice(&by->assertions)};
	t->expires = (w->g->now + w->d.duties.route->expire) * 1000;
	t->remind = t->announced = SK_NONE;
	return sk_gate_firm(sk_gate_step(
	    w->g, t, &(struct sk_step_of){.what = {SK_DO_OFFER, SK_BY_GATE}, .say = v, .nsay = n}));
}

/* The other post takes no longer one, and what cannot be sent would hold up all that is behind it. */
static bool manifest_fits(
    const struct sk_transfer *t, const struct sk_buf *request, const struct sk_buf *assertions)
{
	const char *const personal[] = {t->requester, t->recipient, t->file_name};
	size_t shown = request->len + assertions->len;

	for (size_t i = 0; i < 3; i++)
		shown += personal[i] ? strlen(personal[i]) : 0;
	return sk_manifest_fits(2048 + (t->removed ? strlen(t->removed) : 0), shown);
}

/* What is longer than an entry takes, or a zone to which no post is linked, never gets through. */
static int offer_or_deny(struct going *w)
{
	struct approved by = {.least = SK_LOGINS, .assertions = SK_BUF(SK_RECORDED_BYTES)};
	struct sk_buf request = SK_BUF(SK_RECORDED_BYTES);
	int linked = sk_gate_linked(w->g, w->t->zone_to);
	int status = linked && linked != SK_ENOENTRY ? linked : how_approved(w, &by);

	if (status == 0 && linked)
		status = deny(w, "no-link", NULL);
	else if (status == 0 &&
		 (sk_recorded_write(&w->r, &request) || by.assertions.err ||
		     !sk_entry_takes(SK_ENTRY_PERSONAL_REQUEST, sk_buf_slice(&request)) ||
		     !sk_entry_takes(SK_ENTRY_PERSONAL_ASSERTION, sk_buf_slice(&by.assertions)) ||
		     !manifest_fits(w->t, &request, &by.assertions)))
		status = deny(w, "limit.request", NULL);
	else if (status == 0)
		status = offer(w, sk_buf_slice(&request), &by);
	sk_buf_free(&by.assertions);
	sk_buf_free(&request);
	return status;
}

/* --- all of it --- */

static bool is_clean(const struct sk_transfer *t)
{
	const int64_t unclean = 1 << SK_HELD_PASSWORD | 1 << SK_HELD_SPACE;

	return t->state == SK_AT_CLEANED || t->state == SK_AT_APPROVED ||
	       (t->state == SK_AT_HELD && (t->holds & unclean) == 0);
}

static int go_on_clean(struct going *w)
{
	uint32_t wanted = sk_gate_holds(&w->d);
	int status;

	if (sk_gate_missing(&w->d) != SK_FACT_NONE)
		return deny(w, "awaited", sk_fact_name(sk_gate_missing(&w->d)));
	status = hold(w, wanted);
	if (status == 0 && w->t->state == SK_AT_HELD)
		status = lift(w, wanted);
	return status == 0 && wanted == 0 ? offer_or_deny(w) : status;
}

int sk_gate_go_on(
    struct sk_gate *g, struct sk_arena *a, struct sk_transfer *t, struct sk_gate_who who)
{
	struct going w = {.g = g, .a = a, .t = t, .who = who};
	bool waits =
	    g->policy && (is_clean(t) || t->state == SK_AT_HELD || t->state == SK_AT_OFFERED);
	int status =
	    waits && strcmp(t->zone_from, g->zone) == 0 ? sk_gate_ask(g, a, t, &w.r, &w.d) : 0;

	if (status || !waits || strcmp(t->zone_from, g->zone) != 0)
		return status;
	if (w.d.effect == SK_DENY)
		return deny(&w, sk_gate_why(&w.d), NULL);
	return is_clean(t) ? go_on_clean(&w) : 0;
}

int sk_gate_advance(
    struct sk_gate *g, struct sk_arena *a, const char *id, struct sk_transfer *after)
{
	int status = sk_transfer_load(g->db, a, id, after);

	return status ? status : sk_gate_go_on(g, a, after, (struct sk_gate_who){SK_BY_GATE, NULL});
}
