/* Requests for originals: doc/front.md. They are released here, where the original lies, and nowhere else. The gate. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "desk/uploads.h"

#define LISTED 400

static bool is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* The request, when it exists for him: his own, or one about which he may decide, or all for who looks after the post. */
static int load(struct sk_asked *q, struct sk_original *o, struct sk_transfer *t)
{
	int status = sk_original_load(q->act.desk->db, q->arena, q->ask.id, o);

	if (status == 0)
		status = sk_transfer_load(q->act.desk->db, q->arena, o->transfer, t);
	if (status == 0)
		snprintf(q->about, sizeof(q->about), "%s", t->id);
	if (status == 0 && !is(o->requester, q->member) && !is(t->requester, q->member) &&
	    !is(t->recipient, q->member) && !(q->rights & 1U << SK_RIGHT_ORIGINAL) &&
	    !sk_asked_may(q, SK_ASK_AUDITOR))
		status = SK_ENOENTRY;
	return status;
}

static int show_after(struct sk_asked *q, const struct sk_original *o)
{
	sk_show_set(q->out, "original", sk_show_original(q, o));
	return 0;
}

static int look_seen(struct sk_asked *q)
{
	struct sk_original o;
	struct sk_transfer t;

	return load(q, &o, &t);
}

/* What is for him alone who asked for it. */
static int look_own(struct sk_asked *q)
{
	struct sk_original o;
	struct sk_transfer t;
	int status = load(q, &o, &t);

	if (status == 0 && !is(o.requester, q->member))
		return sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	return status;
}

/* Whether a yes must be signed. */
static bool wants_passkey(const struct sk_asked *q, const struct sk_transfer *t)
{
	const struct sk_policy *p = q->act.desk->gate.policy;
	const struct sk_route *r = p ? sk_policy_find(p, SK_KIND_ROUTE, t->route) : NULL;

	return r && r->release_passkey;
}

static bool is_out(const struct sk_original *o)
{
	return o->state == SK_AT_RELEASED || o->state == SK_AT_COLLECTED;
}

static void why(struct sk_asked *q, int status)
{
	struct sk_original o;
	struct sk_transfer t;

	if (status != SK_EREFUSED || load(q, &o, &t))
		return;
	if (q->how->who == SK_ASK_VOTER && is(o.requester, q->member))
		sk_asked_fail(q, SK_FRONT_WHY_OWN, NULL);
	else if (is_out(&o) && q->how->who != SK_ASK_VOTER && o.downloads >= o.downloads_most)
		sk_asked_fail(q, SK_FRONT_WHY_DOWNLOADS, NULL);
	else if (o.state != SK_AT_HELD || q->how->who != SK_ASK_VOTER)
		sk_asked_fail(q, SK_FRONT_WHY_STATE, sk_state_word((unsigned)o.state));
	else if (q->rights & 1U << SK_RIGHT_ORIGINAL && wants_passkey(q, &t))
		sk_asked_fail(q, SK_FRONT_WHY_PASSKEY, NULL);
}

/* --- ask --- */

static int look_ask(struct sk_asked *q)
{
	struct sk_transfer t;
	unsigned holds;
	int status = sk_asked_load(q, q->ask.id, &t, &holds);

	q->elsewhere = status == 0 && strcmp(t.zone_from, q->act.desk->zone) != 0;
	return status;
}

/* Where it came in is another post: that one is asked. */
static int run_want(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	const char *where = NULL;
	int status = sk_gate_want_original(g, a, q->ask.id, q->member, q->ask.reason, &where);

	if (status == 0)
		sk_show_set(q->out, "asked_at", sk_show_text(where));
	return status;
}

static int run_ask(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_original o;

	if (q->elsewhere)
		return run_want(g, a, q);
	int status = sk_gate_ask_original(g, a, q->ask.id, q->member, q->login, q->ask.reason, &o);
	return status ? status : show_after(q, &o);
}

static void why_ask(struct sk_asked *q, int status)
{
	if (status == SK_EREFUSED)
		sk_asked_fail(q, SK_FRONT_WHY_POLICY, "original");
}

/* --- decide --- */

int sk_asked_sign_original(struct sk_asked *q)
{
	struct sk_gate g = sk_asked_gate(q);
	struct sk_passkey_asked asked;
	struct sk_original o;
	struct sk_transfer t;
	uint8_t hash[32];
	int status = load(q, &o, &t);

	if (status == 0 && is(o.requester, q->member))
		status = sk_asked_fail(q, SK_FRONT_WHY_OWN, NULL);
	else if (status == 0 && o.state != SK_AT_HELD)
		status = sk_asked_fail(q, SK_FRONT_WHY_STATE, sk_state_word((unsigned)o.state));
	else if (status == 0 && !(q->rights & 1U << SK_RIGHT_ORIGINAL))
		status = SK_EREFUSED;
	if (status == 0)
		status = sk_gate_to_sign_original(&g, q->arena, &o, &t, q->ask.allow, hash, &asked);
	return status ? status : sk_asked_to_sign(q, &asked);
}

static int look_vote(struct sk_asked *q)
{
	int status = q->ask.what == SK_FRONT_ORIGINAL_APPROVE ? sk_asked_yes(q) : 0;

	if (status == 0)
		status = look_seen(q);
	return status ? status : sk_asked_same_policy(q);
}

static int vote_signed(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q,
    const struct sk_ballot *b, struct sk_original *o)
{
	struct sk_passkey_party party;
	const struct sk_gate_signed by = {&party, sk_slice_str(q->ask.assertion)};
	enum sk_passkey_why wrong = SK_PASSKEY_GOOD;
	int status = sk_asked_party(q, &party);

	if (status == 0)
		status = sk_gate_vote_original_signed(g, a, q->ask.id, b, &by, o, &wrong);
	if (status == SK_EREFUSED && wrong != SK_PASSKEY_GOOD)
		sk_asked_fail(q, SK_FRONT_WHY_PASSKEY_WRONG, sk_passkey_why_word(wrong));
	return status;
}

static int run_vote(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	const struct sk_ballot b = {.member = q->member,
	    .login = sk_asked_vote_login(q),
	    .allow = q->ask.what == SK_FRONT_ORIGINAL_APPROVE,
	    .comment = q->ask.comment};
	struct sk_original o;
	int status = q->ask.assertion ? vote_signed(g, a, q, &b, &o)
				      : sk_gate_vote_original(g, a, q->ask.id, &b, &o);

	return status ? status : show_after(q, &o);
}

static int run_cancel(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_original o;
	int status = sk_gate_cancel_original(g, a, q->ask.id, q->member, &o);

	return status ? status : show_after(q, &o);
}

/* --- get: as what crossed (asks-get.c) --- */

static int look_get(struct sk_asked *q)
{
	struct sk_original o;
	struct sk_transfer t;
	int status = look_own(q);

	if (status == 0)
		status = load(q, &o, &t);
	/* one that is not released, or was collected as often as it may be, is told by what follows */
	if (status == 0 && is_out(&o) && o.downloads < o.downloads_most)
		status = sk_hand_add(q, o.id, o.downloads_most - o.downloads);
	return status == SK_EBUSY ? sk_asked_fail(q, SK_FRONT_WHY_UNDER_WAY, NULL) : status;
}

static void show_named(struct sk_asked *q, const struct sk_original *o, const char *name)
{
	json_t *shown = sk_show_original(q, o);

	sk_show_set(shown, "name", sk_show_text(name));
	sk_show_set(q->out, "original", shown);
}

static int run_get(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_original o;
	struct sk_transfer row;
	bool counted = false;
	int status = q->hand ? sk_gate_hand_original(g, a, q->ask.id, q->member, &counted, &o, &row)
			     : SK_EREFUSED;

	if (status)
		return status;
	q->hand->counted = counted;
	snprintf(q->blob, sizeof(q->blob), "%s", row.original);
	memcpy(q->handed.sha256, row.original_hash.p, sizeof(q->handed.sha256));
	q->handed.size = (uint64_t)row.original_size;
	show_named(q, &o, row.file_name);
	return 0;
}

static int after_get(struct sk_asked *q)
{
	return sk_asked_lend(q, SK_BLOB_ORIGINAL);
}

/* One that was interrupted counts for nothing. */
static int look_done(struct sk_asked *q)
{
	struct sk_original o;
	struct sk_transfer t;
	int status = look_own(q);

	if (status == 0)
		status = load(q, &o, &t);
	if (status || !sk_hand_over(q, o.id))
		return status;
	show_named(q, &o, t.file_name);
	json_object_set_new(q->out, "status", json_string("ok"));
	return 0;
}

static int run_done(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_original o;
	struct sk_transfer row;
	int status = sk_gate_collect_original(g, a, q->ask.id, q->member, &o);

	if (status == 0)
		status = sk_transfer_load(g->db, a, o.transfer, &row);
	if (status == 0)
		show_named(q, &o, row.file_name);
	return status;
}

/* --- list and show --- */

/* What is shown in a list: one's own; with `all`, and of what waits for somebody who may release, all. */
static bool listed(const struct sk_asked *q, const struct sk_original *o)
{
	bool may = sk_asked_may(q, SK_ASK_VOTER) && q->rights & 1U << SK_RIGHT_ORIGINAL;

	if (q->ask.waiting)
		return may && o->state == SK_AT_HELD && !is(o->requester, q->member);
	return q->ask.all || is(o->requester, q->member);
}

static int list_state(struct sk_asked *q, int64_t state, struct sk_page *page)
{
	struct sk_original *v = NULL;
	size_t n = 0;
	int status = sk_original_list(q->act.desk->db, q->arena, NULL, state, LISTED, &v, &n);

	for (size_t i = 0; i < n && status == 0; i++)
		if (listed(q, &v[i]) && !sk_page_add(page, sk_show_original(q, &v[i])))
			break;
	return status;
}

static int look_list(struct sk_asked *q)
{
	struct sk_page page = sk_page_begin(q);
	int status = 0;

	if (q->ask.all && !sk_asked_may(q, SK_ASK_AUDITOR))
		status = sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	for (int64_t s = 0; s < SK_AT_COUNT && status == 0; s++)
		status = list_state(q, s, &page);
	if (status == 0)
		sk_show_set(q->out, "originals", page.list);
	else
		json_decref(page.list);
	return status;
}

static json_t *votes_of(struct sk_asked *q, const struct sk_original *r)
{
	json_t *list = json_array();
	struct sk_original_vote *v = NULL;
	size_t n = 0;

	if (sk_original_vote_list(q->act.desk->db, q->arena, r->id, &v, &n))
		return list;
	for (size_t i = 0; i < n; i++) {
		json_t *o = json_object();
		sk_show_number(o, "at", v[i].at);
		sk_show_set(o, "person", sk_show_text(v[i].person));
		sk_show_set(o, "allow", json_boolean(v[i].allow));
		sk_show_set(o, "method", sk_show_text(v[i].method));
		sk_show_set(o, "counts", json_boolean(!v[i].closed));
		if (sk_asked_reads(q, r->requester, NULL))
			sk_show_set(o, "comment", sk_show_text(v[i].comment));
		json_array_append_new(list, o);
	}
	return list;
}

static int look_show(struct sk_asked *q)
{
	struct sk_original o;
	struct sk_transfer t;
	int status = load(q, &o, &t);

	if (status)
		return status;
	show_after(q, &o);
	sk_show_set(q->out, "passkey", json_boolean(wants_passkey(q, &t)));
	sk_show_set(q->out, "votes", votes_of(q, &o));
	sk_show_set(q->out, "transfer", sk_show_transfer(q, &t, 0, true));
	return 0;
}

const struct sk_ask_of sk_asks_original[] = {
    {SK_FRONT_ORIGINAL_ASK, SK_ASK_MEMBER, look_ask, run_ask, NULL, why_ask},
    {SK_FRONT_ORIGINAL_LIST, SK_ASK_SEER, look_list, NULL, NULL, NULL},
    {SK_FRONT_ORIGINAL_SHOW, SK_ASK_SEER, look_show, NULL, NULL, NULL},
    {SK_FRONT_ORIGINAL_APPROVE, SK_ASK_VOTER, look_vote, run_vote, NULL, why},
    {SK_FRONT_ORIGINAL_DENY, SK_ASK_VOTER, look_vote, run_vote, NULL, why},
    {SK_FRONT_ORIGINAL_CANCEL, SK_ASK_MEMBER, look_own, run_cancel, NULL, why},
    {SK_FRONT_ORIGINAL_GET, SK_ASK_MEMBER, look_get, run_get, after_get, why},
    {SK_FRONT_ORIGINAL_DONE, SK_ASK_MEMBER, look_done, run_done, NULL, why},
    {.what = SK_FRONT_COUNT},
};
