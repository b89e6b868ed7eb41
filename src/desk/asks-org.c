/* Changes of the organisation that people propose and decide about: doc/front.md. The gate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "desk/asks.h"
#include "desk/organisation.h"
#include "policy/people.h"
#include "store/proposal.h"

/* --- what changes --- */

static json_t *names(const struct sk_refs *refs)
{
	json_t *list = json_array();

	for (size_t i = 0; i < refs->n; i++)
		json_array_append_new(list, json_string(refs->v[i].token->value));
	return list;
}

/* What holds of him on a day; NULL: he is not there. */
static const struct sk_member *on(const struct sk_policy *p, const char *name, int32_t day)
{
	const struct sk_member *m = sk_member_on(sk_policy_find(p, SK_KIND_MEMBER, name), day);

	return m && sk_span_holds(&m->span, day) ? m : NULL;
}

/* [before, after] under a name, where they differ. */
static void set_pair(json_t *o, const char *name, json_t *before, json_t *after)
{
	if (!json_equal(before, after))
		json_object_set_new(o, name, json_pack("[OO]", before, after));
	json_decref(before);
	json_decref(after);
}

static json_t *or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static void set_changes(json_t *o, const struct sk_member *a, const struct sk_member *b)
{
	set_pair(o, "name", or_null(a ? a->title : NULL), or_null(b ? b->title : NULL));
	set_pair(o, "department", or_null(a ? a->department.token->value : NULL),
	    or_null(b ? b->department.token->value : NULL));
	set_pair(
	    o, "roles", a ? names(&a->roles) : json_null(), b ? names(&b->roles) : json_null());
	set_pair(o, "deputies", a ? names(&a->deputies) : json_null(),
	    b ? names(&b->deputies) : json_null());
}

static void set_day(json_t *o, const char *name, int32_t day)
{
	int y, m, d;
	char text[16];

	if (day == SK_DAY_NONE)
		return;
	sk_day_date(day, &y, &m, &d);
	snprintf(text, sizeof(text), "%04d-%02d-%02d", y, m, d);
	json_object_set_new(o, name, json_string(text));
}

/* One line of what was proposed. */
static json_t *show_move(const struct sk_organisation *w, const struct sk_move *m)
{
	bool leaves = m->from == SK_DAY_NONE;
	int32_t day = leaves ? m->until + 1 : m->from;
	const struct sk_member *now = on(w->before.policy, m->member, leaves ? m->until : day);
	const struct sk_member *then = w->after.policy ? on(w->after.policy, m->member, day) : NULL;
	json_t *o = json_object();

	json_object_set_new(o, "line", json_integer(m->line));
	json_object_set_new(o, "member", json_string(m->member));
	if (now || then)
		json_object_set_new(o, "title", json_string((now ? now : then)->title));
	set_day(o, "from", m->from);
	set_day(o, "until", m->until);
	if (w->after.policy)
		set_changes(o, now, then);
	return o;
}

static void show_moves(struct sk_asked *q, const struct sk_organisation *w)
{
	struct sk_page page = sk_page_begin(q);
	size_t i = q->ask.after ? strtoul(q->ask.after, NULL, 10) : 0;
	char next[24];

	for (; i < w->n && sk_page_add(&page, show_move(w, &w->moves[i])); i++)
		;
	sk_show_set(q->out, "changes", page.list);
	snprintf(next, sizeof(next), "%zu", i);
	if (i < w->n)
		sk_show_set(q->out, "next", json_string(next));
	sk_show_number(q->out, "lines", (int64_t)w->n);
}

/* What is wrong, or what it would be. */
static void show_result(struct sk_asked *q, const struct sk_organisation *w)
{
	sk_show_set(q->out, "good", json_boolean(w->after.policy));
	if (w->after.policy)
		sk_show_set(q->out, "policy", sk_show_hash(sk_slice(w->after.policy->hash, 32)));
	else
		sk_show_set(q->out, "wrong", json_string(w->why));
}

static int made(struct sk_asked *q, const struct sk_organisation *w, int status)
{
	char line[160];

	if (status == SK_EREFUSED)
		return sk_asked_fail(q, SK_FRONT_WHY_UNREADY, w->why);
	if (status != SK_EFORMAT)
		return status;
	snprintf(line, sizeof(line), "%u", w->fault.line);
	sk_asked_fail(q, SK_FRONT_WHY_LINE, line);
	sk_show_number(q->out, "line", w->fault.line);
	sk_show_set(q->out, "wrong", json_string(w->fault.why));
	sk_show_set(q->out, "what", json_string(w->fault.what));
	return SK_EREFUSED;
}

static int look_preview(struct sk_asked *q)
{
	struct sk_organisation w;
	int status = sk_organisation_make(q->act.desk, q->arena, sk_slice_str(q->ask.moves), &w);

	if (status == 0) {
		show_result(q, &w);
		show_moves(q, &w);
	} else {
		status = made(q, &w, status);
	}
	sk_organisation_drop(&w);
	return status;
}

/* --- proposing --- */

/* Only what would be a good policy is proposed; its hash is what is decided about. */
static int look_propose(struct sk_asked *q)
{
	struct sk_organisation w;
	int status = sk_organisation_make(q->act.desk, q->arena, sk_slice_str(q->ask.moves), &w);

	if (status)
		status = made(q, &w, status);
	else if (w.after.policy == NULL)
		status = sk_asked_fail(q, SK_FRONT_WHY_BAD_POLICY, w.why);
	else
		q->made = sk_slice(sk_arena_dup(q->arena, w.after.policy->hash, 32), 32);
	sk_organisation_drop(&w);
	return status || q->made.p ? status : SK_ENOMEM;
}

static int look_propose_as(struct sk_asked *q)
{
	int status = sk_asked_is_person(q);

	return status ? status : look_propose(q);
}

static int run_propose(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	const struct sk_proposal p = {.said_by = q->member,
	    .moves = q->ask.moves,
	    .comment = q->ask.comment,
	    .policy = q->made};
	int64_t number = 0;
	int status = sk_proposal_add(g->db, &p, &number);

	if (status == SK_ELIMIT) {
		sk_asked_fail(q, SK_FRONT_WHY_ENOUGH, NULL);
		return SK_EREFUSED;
	}
	if (status)
		return status;
	sk_show_number(q->out, "number", number);
	return sk_asked_log(g, q, q->member, NULL);
}

/* --- looking --- */

static json_t *show(const struct sk_asked *q, const struct sk_proposal *p)
{
	const struct sk_member *by = sk_asked_member(q, p->said_by);
	json_t *o = json_object();

	sk_show_number(o, "number", p->number);
	sk_show_number(o, "at", p->said);
	sk_show_set(o, "by", sk_show_text(p->said_by));
	sk_show_set(o, "name", by ? sk_show_text(by->title) : NULL);
	sk_show_set(o, "comment", sk_show_text(p->comment));
	sk_show_set(o, "state", json_string(sk_proposal_words[p->state]));
	sk_show_set(o, "policy", sk_show_hash(p->policy));
	if (p->decided) {
		sk_show_number(o, "decided", p->decided);
		sk_show_set(o, "decided_by", sk_show_text(p->decided_by));
	}
	return o;
}

static int look_list(struct sk_asked *q)
{
	struct sk_page page = sk_page_begin(q);
	struct sk_proposal *v = NULL;
	size_t n = 0, i = 0;
	int64_t before = q->ask.after ? strtoll(q->ask.after, NULL, 10) : 0;
	int status = sk_proposal_list(
	    q->act.desk->db, q->arena, SK_PROPOSAL_STATES, before, page.most + 1, &v, &n);
	char next[24];

	while (status == 0 && i < n && sk_page_add(&page, show(q, &v[i])))
		i++;
	if (i && i < n) {
		snprintf(next, sizeof(next), "%lld", (long long)v[i - 1].number);
		sk_show_set(q->out, "next", json_string(next));
	}
	sk_show_set(q->out, "proposals", page.list);
	return status;
}

static int load(struct sk_asked *q, struct sk_proposal *p)
{
	int status = sk_proposal_load(q->act.desk->db, q->arena, q->ask.number, p);

	return status == SK_ENOENTRY ? sk_asked_fail(q, SK_FRONT_WHY_NO_LINE, NULL) : status;
}

/* What it would change now, page by page, and with the first one what was asked for; once it is decided, that alone. */
static int look_show(struct sk_asked *q)
{
	struct sk_organisation w = {.n = 0};
	struct sk_proposal p;
	int status = load(q, &p);

	if (status)
		return status;
	sk_show_set(q->out, "proposal", show(q, &p));
	if (q->ask.after == NULL)
		sk_show_set(q->out, "moves", sk_show_text(p.moves));
	if (p.state != SK_PROPOSAL_OPEN)
		return 0;
	status = sk_organisation_make(q->act.desk, q->arena, sk_slice_str(p.moves), &w);
	if (status == 0) {
		show_result(q, &w);
		show_moves(q, &w);
	} else {
		status = made(q, &w, status);
	}
	sk_organisation_drop(&w);
	return status;
}

/* --- deciding --- */

/* Somebody else, about what he has seen: the policy that comes of it now is the one that he names. */
static int check(struct sk_asked *q, const struct sk_proposal *p)
{
	int status = sk_asked_is_person(q);

	if (status)
		return status;
	if (p->state != SK_PROPOSAL_OPEN)
		return sk_asked_fail(q, SK_FRONT_WHY_STATE, sk_proposal_words[p->state]);
	/* of one without a name nobody can tell whether he is another */
	if (q->ask.allow && p->said_by == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_ACCOUNT, NULL);
	if (q->ask.allow && strcmp(p->said_by, q->member) == 0)
		return sk_asked_fail(q, SK_FRONT_WHY_OWN, NULL);
	return q->ask.allow && q->ask.policy == NULL
		   ? sk_asked_fail(q, SK_FRONT_WHY_MISSING, "policy")
		   : 0;
}

static bool is_hash(const char *hex, const uint8_t hash[32])
{
	uint8_t said[32];

	return sk_hex_parse(sk_slice_str(hex), said, sizeof(said)) == 0 &&
	       memcmp(said, hash, sizeof(said)) == 0;
}

static int look_decide(struct sk_asked *q)
{
	struct sk_organisation w = {.n = 0};
	struct sk_proposal p;
	int status = load(q, &p);

	if (status == 0)
		status = check(q, &p);
	if (status || !q->ask.allow)
		return status;
	status = sk_organisation_make(q->act.desk, q->arena, sk_slice_str(p.moves), &w);
	if (status)
		status = made(q, &w, status);
	else if (w.after.policy == NULL)
		status = sk_asked_fail(q, SK_FRONT_WHY_BAD_POLICY, w.why);
	else if (!is_hash(q->ask.policy, w.after.policy->hash))
		status = sk_asked_fail(q, SK_FRONT_WHY_CHANGED, NULL);
	else
		q->made = sk_slice(sk_arena_dup(q->arena, w.after.policy->hash, 32), 32);
	sk_organisation_drop(&w);
	return status || q->made.p ? status : SK_ENOMEM;
}

static int run_decide(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	int status = sk_proposal_decide(g->db, q->ask.number,
	    q->ask.allow ? SK_PROPOSAL_APPROVED : SK_PROPOSAL_DENIED, q->member, q->made);

	return status ? status : sk_asked_log(g, q, q->member, q->ask.comment);
}

/* Into the file, and in force; what fails is tried again when the gate starts or reads its policy anew. */
static int after_decide(struct sk_asked *q)
{
	struct sk_desk *d = q->act.desk;
	char why[SK_POST_TEXT] = "";
	struct sk_proposal p;

	if (!q->ask.allow)
		return 0;
	sk_organisation_catch_up(d);
	if (sk_desk_policy_again(d, why, sizeof(why)))
		sk_desk_log("the policy is not taken: %s", why);
	int status = load(q, &p);
	if (status == 0)
		sk_show_set(q->out, "proposal", show(q, &p));
	return status;
}

const struct sk_ask_of sk_asks_org[] = {
    {SK_FRONT_ORG_PREVIEW, SK_ASK_ADMIN, look_preview, NULL, NULL, NULL},
    {SK_FRONT_ORG_PROPOSE, SK_ASK_ADMIN, look_propose_as, run_propose, NULL, NULL},
    {SK_FRONT_ORG_LIST, SK_ASK_AUDITOR, look_list, NULL, NULL, NULL},
    {SK_FRONT_ORG_SHOW, SK_ASK_AUDITOR, look_show, NULL, NULL, NULL},
    {SK_FRONT_ORG_DECIDE, SK_ASK_OVERSEER, look_decide, run_decide, after_decide, NULL},
    {.what = SK_FRONT_COUNT},
};
