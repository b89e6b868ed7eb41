/* Where somebody may send something from here, and to whom: doc/front.md. The gate. */
#include <string.h>

#include "base/err.h"
#include "desk/asks.h"
#include "policy/people.h"
#include "policy/recorded.h"

/* What the policy says when all goes well: cleaned, nothing found, not approved yet. */
static void suppose(
    struct sk_asked *q, const struct sk_route *r, const char *class, struct sk_decision *d)
{
	int64_t now = sk_asked_gate(q).now;
	struct sk_recorded one;

	sk_recorded_init(&one);
	one.request.ask = (int)r->carry;
	one.request.from = r->from.token->value;
	one.request.to = r->to.token->value;
	one.request.route = r->named.name;
	one.request.requester = q->member;
	one.request.claimed = r->types.n ? r->types.v[0] : SK_FT_DOCX;
	one.request.classes[SK_CONFIDENTIALITY] = class;
	sk_recorded_assume(&one, now);
	sk_decide(sk_asked_gate(q).policy, &one.request, now, d);
}

/* Each class, the strictest first, and whether it may go this way; what decides is kept for the first that may. */
static json_t *classes_of(struct sk_asked *q, const struct sk_route *r, struct sk_decision *d)
{
	const struct sk_scheme *s = sk_policy_find(
	    sk_asked_gate(q).policy, SK_KIND_SCHEME, sk_dimension_words[SK_CONFIDENTIALITY]);
	struct sk_decision *one = sk_arena_alloc(q->arena, sizeof(*one));
	json_t *list = json_array();

	for (size_t i = 0; one && s && i < s->nlevels; i++) {
		suppose(q, r, s->levels[i]->value, one);
		json_array_append_new(list, json_pack("{s:s, s:b}", "name", s->levels[i]->value,
						"allowed", one->effect != SK_DENY));
		if (d->effect == SK_DENY && one->effect != SK_DENY)
			*d = *one;
	}
	return list;
}

static json_t *approvers_of(const struct sk_duties *d)
{
	json_t *list = json_array();

	for (size_t i = 0; d->approve && i < d->napprovers; i++)
		json_array_append_new(
		    list, json_pack("{s:s, s:s}", "member", d->approvers[i].member->named.name,
			      "name", d->approvers[i].member->title));
	return list;
}

static void set_limits(json_t *o, const struct sk_route *r)
{
	sk_show_number(o, "size_most", (int64_t)r->limits.size);
	sk_show_set(o, "encrypted", json_string(r->encrypted == SK_HOLD ? "hold" : "refuse"));
	sk_show_number(o, "expire", r->expire * 1000);
	sk_show_number(o, "downloads", r->downloads);
	if (r->keep)
		sk_show_number(o, "keep", r->keep * 1000);
	sk_show_set(o, "scan", json_boolean(r->scan));
	sk_show_set(o, "login", json_string(sk_login_words[r->login]));
}

/* NULL: it is not for him today. */
static json_t *route_of(struct sk_asked *q, const struct sk_route *r)
{
	const struct sk_zone *from = r->from.to, *to = r->to.to;
	struct sk_decision *d = sk_arena_alloc(q->arena, sizeof(*d));

	if (d == NULL || from == NULL || to == NULL)
		return NULL;
	suppose(q, r, NULL, d);
	json_t *o = json_object(), *classes = classes_of(q, r, d);
	if (d->effect == SK_DENY) {
		json_decref(classes);
		json_decref(o);
		return NULL;
	}
	sk_show_set(o, "name", json_string(r->named.name));
	sk_show_set(o, "from", json_string(from->named.name));
	sk_show_set(o, "to", json_string(to->named.name));
	sk_show_set(o, "to_name", sk_show_text(to->title));
	sk_show_set(o, "direction", json_string(to->rank < from->rank ? "in" : "out"));
	sk_show_set(o, "classes", classes);
	sk_show_set(o, "class_wanted", json_boolean(r->classes[SK_CONFIDENTIALITY].where));
	sk_show_set(o, "reason_wanted", json_boolean(r->approve.wanted));
	sk_show_set(o, "approvers", approvers_of(&d->duties));
	sk_show_number(o, "persons", d->duties.approve ? d->duties.persons : 0);
	set_limits(o, r);
	return o;
}

static bool is_mine(const struct sk_asked *q, const struct sk_route *r)
{
	static const struct sk_refs all;
	const struct sk_member *m = sk_asked_member(q, q->member);

	return r->carry == SK_CARRY_FILE && r->from.token &&
	       strcmp(r->from.token->value, q->act.desk->zone) == 0 && m &&
	       sk_member_among(m, r->departments.n ? &r->departments : &all, &r->roles);
}

static int look_routes(struct sk_asked *q)
{
	const struct sk_policy *p = sk_asked_gate(q).policy;
	json_t *list = json_array();

	for (size_t i = 0; p && i < p->list[SK_KIND_ROUTE].n; i++) {
		const struct sk_route *r = p->list[SK_KIND_ROUTE].v[i];
		json_t *o = is_mine(q, r) ? route_of(q, r) : NULL;
		if (o)
			json_array_append_new(list, o);
	}
	sk_show_set(q->out, "routes", list);
	return 0;
}

/* --- who is who --- */

/* Part of his name, of his title or of that of his department; "": everybody. */
static bool matches(const struct sk_member *m, const struct sk_department *d, const char *text)
{
	return strstr(m->named.name, text) || (m->title && strstr(m->title, text)) ||
	       (d && d->title && strstr(d->title, text));
}

static json_t *member_of(const struct sk_member *m)
{
	const struct sk_department *d = m->department.to;
	json_t *o = json_object();

	sk_show_set(o, "member", json_string(m->named.name));
	sk_show_set(o, "name", sk_show_text(m->title));
	sk_show_set(o, "department", d ? json_string(d->named.name) : NULL);
	sk_show_set(o, "department_name", d ? sk_show_text(d->title) : NULL);
	return o;
}

/* The next of the list whose name is not named before. */
static int look_members(struct sk_asked *q)
{
	const struct sk_policy *p = sk_asked_gate(q).policy;
	const char *text = q->ask.text ? q->ask.text : "", *last = NULL;
	bool after = q->ask.after == NULL, full = false;
	struct sk_page page = sk_page_begin(q);

	for (size_t i = 0; p && i < p->list[SK_KIND_MEMBER].n && !full; i++) {
		const struct sk_member *first = p->list[SK_KIND_MEMBER].v[i];
		const struct sk_member *m =
		    first->first == first ? sk_asked_member(q, first->named.name) : NULL;
		if (m && after && matches(m, m->department.to, text)) {
			full = !sk_page_add(&page, member_of(m));
			last = full ? last : m->named.name;
		}
		after |= q->ask.after && strcmp(first->named.name, q->ask.after) == 0;
	}
	if (full && last)
		sk_show_set(q->out, "next", json_string(last));
	sk_show_set(q->out, "members", page.list);
	return 0;
}

/* --- the departments and roles that there are --- */

static json_t *named_of(const struct sk_policy *p, enum sk_kind kind)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->list[kind].n; i++) {
		const struct sk_named *s = p->list[kind].v[i];
		const char *title = kind == SK_KIND_ROLE
					? ((const struct sk_role *)(const void *)s)->title
					: ((const struct sk_department *)(const void *)s)->title;
		json_array_append_new(
		    list, json_pack("{s:s, s:s}", "name", s->name, "title", title ? title : ""));
	}
	return list;
}

static int look_departments(struct sk_asked *q)
{
	const struct sk_policy *p = sk_asked_gate(q).policy;

	if (p == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "policy");
	sk_show_set(q->out, "departments", named_of(p, SK_KIND_DEPARTMENT));
	sk_show_set(q->out, "roles", named_of(p, SK_KIND_ROLE));
	return 0;
}

const struct sk_ask_of sk_asks_routes[] = {
    {SK_FRONT_ROUTES, SK_ASK_MEMBER, look_routes, NULL, NULL, NULL},
    {SK_FRONT_MEMBERS, SK_ASK_SEER, look_members, NULL, NULL, NULL},
    {SK_FRONT_DEPARTMENTS, SK_ASK_SEER, look_departments, NULL, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
