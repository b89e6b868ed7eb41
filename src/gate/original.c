/* Requests for originals: original.h. The gate. */
#include "gate/original-inside.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "gate/letters.h"

#define LIFE_MS ((int64_t)30 * 86400 * 1000)

static bool is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

bool sk_request_is_out(const struct sk_original *o)
{
	return o->state == SK_AT_RELEASED || o->state == SK_AT_COLLECTED;
}

/* Released, and fetched as often as it may be: then it can be asked for anew. */
static bool is_used_up(const struct sk_original *o)
{
	return sk_request_is_out(o) && o->downloads >= o->downloads_most;
}

/* --- what the policy is asked --- */

static int add_votes(
    struct sk_gate *g, struct sk_arena *a, const struct sk_original *o, struct sk_query *q)
{
	struct sk_original_vote *v = NULL;
	size_t n = 0;
	int status = o->id[0] ? sk_original_vote_list(g->db, a, o->id, &v, &n) : 0;

	for (size_t i = 0; i < n && status == 0 && q->nvotes < SK_QUERY_VOTES; i++)
		if (v[i].person && !v[i].closed)
			q->votes[q->nvotes++] = (struct sk_vote){.member = v[i].person,
			    .hold = SK_HOLD_ORIGINAL,
			    .allow = v[i].allow ? SK_YES : SK_NO,
			    .passkey = v[i].proof.n ? SK_YES : SK_NO,
			    .at = v[i].at / 1000};
	return status;
}

int sk_request_question(struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t,
    const struct sk_original *o, struct sk_recorded *r)
{
	struct sk_recorded was;
	int status = sk_gate_facts(g, a, t, &was);

	if (status)
		return status;
	sk_recorded_init(r);
	r->request.ask = was.request.ask;
	r->request.original = SK_YES;
	r->request.from = r->request.to = t->zone_from;
	r->request.route = was.request.route;
	r->request.requester = o->requester;
	r->request.login = (int)o->login;
	r->request.source = was.request.source;
	r->request.has_source = was.request.has_source;
	r->request.mac = was.request.mac;
	r->request.has_mac = was.request.has_mac;
	r->request.port = was.request.port;
	r->request.udp = was.request.udp;
	r->request.found = was.request.found;
	r->request.received = was.request.received;
	r->request.scan = was.request.scan;
	r->request.signatures = was.request.signatures;
	if (sk_request_is_out(o)) {
		r->request.released = o->released / 1000;
		r->request.downloads = o->downloads;
	}
	return add_votes(g, a, o, &r->request);
}

/* --- happenings --- */

int sk_request_tell(struct sk_gate *g, const struct sk_transfer *t, const struct sk_original *o,
    const char *word, const struct sk_step_of *step)
{
	char kind[40];
	struct sk_transfer about = *t;

	snprintf(kind, sizeof(kind), "original.%s", word);
	about.state = o->state;
	about.changed = o->changed;
	about.output = (struct sk_slice){0};
	about.output_size = SK_NONE;
	about.expires = o->expires;
	return sk_gate_tell(g, &about, kind, step);
}

int sk_request_happen(struct sk_gate *g, const struct sk_transfer *t, struct sk_original *o,
    const struct sk_step_of *step)
{
	enum sk_transfer_state next;
	int status = sk_original_move(
	    (enum sk_transfer_state)o->state, step->what.event, step->what.actor, &next);

	if (status)
		return status;
	o->state = next;
	if (sk_state_owner(next) == SK_OWNER_NONE)
		o->expires = SK_NONE;
	status = sk_original_save(g->db, o);
	return status ? status
		      : sk_request_tell(g, t, o, sk_event_word((unsigned)step->what.event), step);
}

int sk_request_load(struct sk_gate *g, struct sk_arena *a, const char *id, struct sk_original *o,
    struct sk_transfer *t)
{
	int status = sk_original_load(g->db, a, id, o);

	return status ? status : sk_transfer_load(g->db, a, o->transfer, t);
}

/* --- asking --- */

static bool may_ask(const struct sk_gate *g, const struct sk_transfer *t, const char *member)
{
	return g->policy && strcmp(t->zone_from, g->zone) == 0 && t->original &&
	       (is(t->requester, member) || is(t->recipient, member));
}

static int begin(struct sk_gate *g, const struct sk_transfer *t, struct sk_original *o)
{
	const char *how = sk_login_words[o->login];
	const struct sk_saying say = {SK_ENTRY_AUTH, sk_slice_str(how)};
	const struct sk_step_of step = {
	    .what = {.actor = SK_BY_REQUESTER}, .person = o->requester, .say = &say, .nsay = 1};
	int64_t life = g->now * 1000 + LIFE_MS;

	o->state = SK_AT_HELD;
	o->expires = t->keep_until != SK_NONE && t->keep_until < life ? t->keep_until : life;
	int status = sk_original_insert(g->db, o);

	return status ? status : sk_request_tell(g, t, o, "ask", &step);
}

/* What he asked for before and is not over: SK_ENOENTRY, nothing; SK_EREFUSED, others ask for it as often as anybody may. */
static int asked_before(struct sk_gate *g, struct sk_arena *a, const char *transfer,
    const char *member, struct sk_original *before)
{
	struct sk_original *v = NULL;
	size_t n = 0;
	int status = sk_original_list(g->db, a, transfer, 0, SK_REQUESTS_MOST, &v, &n);

	for (size_t i = 0; i < n && status == 0; i++)
		if (is(v[i].requester, member) && !is_used_up(&v[i]) &&
		    sk_state_owner((enum sk_transfer_state)v[i].state) != SK_OWNER_NONE) {
			*before = v[i];
			return 0;
		}
	return status ? status : n < SK_REQUESTS_MOST ? SK_ENOENTRY : SK_EREFUSED;
}

static int ask_anew(struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t,
    const struct sk_original *wanted, struct sk_original *after)
{
	struct sk_recorded r;
	struct sk_decision d;
	int status = sk_request_question(g, a, t, wanted, &r);

	if (status)
		return status;
	*after = *wanted;
	sk_gate_decide(g, &r, &d);
	return d.effect == SK_DENY ? SK_EREFUSED : sk_gate_firm(begin(g, t, after));
}

int sk_gate_ask_original(struct sk_gate *g, struct sk_arena *a, const char *transfer,
    const char *member, int login, const char *reason, struct sk_original *after)
{
	const struct sk_original wanted = {.transfer = transfer,
	    .requester = member,
	    .login = login,
	    .reason = reason,
	    .expires = SK_NONE};
	struct sk_transfer t;
	int status = sk_transfer_load(g->db, a, transfer, &t);

	if (status == 0 && (!may_ask(g, &t, member) || login < 0 || login >= SK_LOGINS))
		status = SK_EREFUSED;
	if (status)
		return status;
	status = asked_before(g, a, transfer, member, after);
	return status == SK_ENOENTRY ? ask_anew(g, a, &t, &wanted, after) : status;
}

/* Lines become one. */
static void one_line(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = ' ';
}

int sk_gate_want_original(struct sk_gate *g, struct sk_arena *a, const char *transfer,
    const char *member, const char *reason, const char **where)
{
	const struct sk_step_of step = {.what = {.actor = SK_BY_RECIPIENT}, .person = member};
	struct sk_letter l = {.kind = SK_LETTER_ORIGINAL};
	struct sk_transfer t;
	int status = sk_transfer_load(g->db, a, transfer, &t);

	if (status == 0 && (strcmp(t.zone_to, g->zone) != 0 || !is(t.recipient, member)))
		status = SK_EREFUSED;
	if (status)
		return status;
	if (strlen(member) >= sizeof(l.person) || (reason && strlen(reason) >= sizeof(l.text)))
		return SK_EARG;
	snprintf(l.id, sizeof(l.id), "%s", t.id);
	snprintf(l.person, sizeof(l.person), "%s", member);
	snprintf(l.text, sizeof(l.text), "%s", reason ? reason : "");
	one_line(l.text);
	*where = t.zone_from;
	status = sk_gate_letter(g, t.zone_from, &l);
	return sk_gate_firm(status ? status : sk_gate_tell(g, &t, "original.want", &step));
}

/* The other post vouches for who he is there, as a system does. */
int sk_gate_original_wanted(
    struct sk_gate *g, struct sk_arena *a, const char *zone, const struct sk_letter *l)
{
	struct sk_transfer t;
	struct sk_original after;
	int status = sk_transfer_load(g->db, a, l->id, &t);

	if (status == 0 && strcmp(t.zone_to, zone) != 0)
		status = SK_EREFUSED;
	return status ? status
		      : sk_gate_ask_original(g, a, l->id, l->person, SK_LOGIN_SYSTEM,
			    l->text[0] ? l->text : NULL, &after);
}

/* --- deciding --- */

/* Whom the policy does not ask cannot say no either. */
static bool counts(const struct sk_gate *g, const struct sk_recorded *r, const char *member)
{
	struct sk_recorded one = *r;
	struct sk_decision d;

	one.request.nvotes = 1;
	one.request.votes[0] = (struct sk_vote){.member = member,
	    .hold = SK_HOLD_ORIGINAL,
	    .allow = SK_NO,
	    .at = g->now > r->request.received ? g->now : r->request.received};
	sk_gate_decide(g, &one, &d);
	for (size_t i = 0; i < d.nreasons; i++)
		if (d.reasons[i].why == SK_WHY_DISAPPROVED)
			return true;
	return false;
}

void sk_gate_request_hash(const char *id, uint8_t hash[32])
{
	crypto_hash_sha256(hash, (const uint8_t *)id, strlen(id));
}

static struct sk_slice request_hash(const char *id, char text[65])
{
	uint8_t raw[32];

	sk_gate_request_hash(id, raw);
	sk_hex_text(text, raw, sizeof(raw));
	return sk_slice(text, 64);
}

static bool shown_as_said(const struct sk_ballot *b)
{
	return b->login > SK_LOGIN_NONE && b->login < SK_LOGINS &&
	       (b->login == SK_LOGIN_PASSKEY) == (b->assertion.n > 0);
}

/* A route may want a passkey of whoever releases it. */
static bool is_signed_enough(
    const struct sk_gate *g, struct sk_recorded *r, const struct sk_ballot *b)
{
	struct sk_decision d;

	sk_gate_decide(g, r, &d);
	return !b->allow || !d.duties.passkey || b->login == SK_LOGIN_PASSKEY;
}

static int write_vote(struct sk_gate *g, const struct sk_transfer *t, const struct sk_original *o,
    const struct sk_ballot *b)
{
	const struct sk_original_vote v = {.allow = b->allow,
	    .person = b->member,
	    .method = sk_login_words[b->login],
	    .comment = b->comment,
	    .proof = b->assertion};
	char request[65];
	struct sk_saying say[6] = {{SK_ENTRY_AUTH, sk_slice_str(v.method)},
	    {SK_ENTRY_DECISION, sk_slice_str(b->allow ? "allow" : "deny")},
	    {SK_ENTRY_PERSONAL_APPROVER, sk_slice_str(b->member)},
	    {SK_ENTRY_APPROVAL, request_hash(o->id, request)}};
	struct sk_step_of step = {.what = {.actor = SK_BY_APPROVER}, .say = say, .nsay = 4};

	if (b->comment)
		say[step.nsay++] =
		    (struct sk_saying){SK_ENTRY_PERSONAL_COMMENT, sk_slice_str(b->comment)};
	if (b->assertion.n)
		say[step.nsay++] = (struct sk_saying){SK_ENTRY_PERSONAL_ASSERTION, b->assertion};
	int status = sk_original_vote_add(g->db, o->id, &v);

	return status ? status : sk_request_tell(g, t, o, "vote", &step);
}

/* It can be fetched as long and as often as what crosses by its route, and no longer than it is kept. */
static int release(
    struct sk_gate *g, const struct sk_transfer *t, struct sk_original *o, const struct sk_route *r)
{
	const struct sk_step_of step = {.what = {.event = SK_DO_RELEASE, .actor = SK_BY_GATE}};

	o->released = g->now * 1000;
	o->expires = (g->now + r->expire) * 1000;
	if (t->keep_until != SK_NONE && t->keep_until < o->expires)
		o->expires = t->keep_until;
	o->downloads_most = r->downloads;
	return sk_request_happen(g, t, o, &step);
}

/* What the vote brings about. */
static int decide(struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t,
    struct sk_original *o, const char *member)
{
	struct sk_step_of step = {.what = {.actor = SK_BY_APPROVER}, .person = member};
	struct sk_recorded r;
	struct sk_decision d;
	int status = sk_request_question(g, a, t, o, &r);

	if (status)
		return status;
	sk_gate_decide(g, &r, &d);
	if (d.effect == SK_HOLD)
		return 0;
	step.what.event = d.effect == SK_DENY ? SK_DO_DENY : SK_DO_LIFT;
	step.reason = d.effect == SK_DENY ? sk_gate_why(&d) : NULL;
	status = sk_request_happen(g, t, o, &step);
	return status || d.effect == SK_DENY ? status : release(g, t, o, d.duties.route);
}

int sk_gate_vote_original(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_ballot *b, struct sk_original *after)
{
	struct sk_transfer t;
	struct sk_recorded r;
	int status = sk_request_load(g, a, id, after, &t);

	if (status == 0 &&
	    (g->policy == NULL || after->state != SK_AT_HELD || b->member == NULL ||
		is(after->requester, b->member) || t.original == NULL || !shown_as_said(b)))
		status = SK_EREFUSED;
	if (status == 0)
		status = sk_request_question(g, a, &t, after, &r);
	if (status == 0 && (!counts(g, &r, b->member) || !is_signed_enough(g, &r, b)))
		status = SK_EREFUSED;
	if (status)
		return status;
	status = write_vote(g, &t, after, b);
	return sk_gate_firm(status ? status : decide(g, a, &t, after, b->member));
}

int sk_gate_cancel_original(struct sk_gate *g, struct sk_arena *a, const char *id,
    const char *member, struct sk_original *after)
{
	const struct sk_step_of step = {
	    .what = {.event = SK_DO_CANCEL, .actor = SK_BY_REQUESTER}, .person = member};
	struct sk_transfer t;
	int status = sk_request_load(g, a, id, after, &t);

	if (status == 0 && !is(after->requester, member))
		status = SK_EREFUSED;
	return status ? status : sk_request_happen(g, &t, after, &step);
}
