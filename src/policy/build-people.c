/* Statements about people and texts: department, role, member, clause, control. Any process that reads a policy. */
#include "policy/load.h"

/* --- department --- */

static void department_name(struct sk_cursor *c, void *target)
{
	((struct sk_department *)target)->title = sk_take_string(c);
}

static void department_in(struct sk_cursor *c, void *target)
{
	sk_take_ref(c, SK_KIND_DEPARTMENT, &((struct sk_department *)target)->in);
}

static void department_from(struct sk_cursor *c, void *target)
{
	sk_read_span_from(c, &((struct sk_department *)target)->span);
}

static void department_until(struct sk_cursor *c, void *target)
{
	sk_read_span_until(c, &((struct sk_department *)target)->span);
}

static const struct sk_property department_rows[] = {{"name", department_name, SK_MUST},
    {"in", department_in, 0}, {"from", department_from, 0}, {"until", department_until, 0},
    {NULL, NULL, 0}};

static const struct sk_span open_span = {SK_DAY_NONE, SK_DAY_NONE, NULL, NULL};

/* department NAME "名" in PARENT may be said in one line or in a block. */
static void read_department(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	struct sk_department *d = sk_declare(&c, SK_KIND_DEPARTMENT, sizeof(*d));

	if (d == NULL)
		return;
	d->span = open_span;
	if (e->block) {
		if (!sk_at_end(&c))
			sk_end(&c);
		sk_read_block(l, e, department_rows, d);
		return;
	}
	d->title = sk_take_string(&c);
	if (sk_try(&c, "in"))
		department_in(&c, d);
	sk_end(&c);
}

/* --- role --- */

static void role_name(struct sk_cursor *c, void *target)
{
	((struct sk_role *)target)->title = sk_take_string(c);
}

static void role_may(struct sk_cursor *c, void *target)
{
	struct sk_role *r = target;

	do {
		int right = sk_take_word(c, sk_right_words);
		if (right >= 0)
			r->rights |= 1U << right;
	} while (sk_try(c, ","));
}

static const struct sk_property role_rows[] = {
    {"name", role_name, SK_MUST}, {"may", role_may, 0}, {NULL, NULL, 0}};

static void read_role(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	struct sk_role *r = sk_declare(&c, SK_KIND_ROLE, sizeof(*r));

	if (r == NULL)
		return;
	if (!sk_at_end(&c))
		sk_end(&c);
	sk_read_block(l, e, role_rows, r);
}

/* --- member --- */

static void member_name(struct sk_cursor *c, void *target)
{
	((struct sk_member *)target)->title = sk_take_string(c);
}

static void member_department(struct sk_cursor *c, void *target)
{
	sk_take_ref(c, SK_KIND_DEPARTMENT, &((struct sk_member *)target)->department);
}

static void member_role(struct sk_cursor *c, void *target)
{
	sk_take_refs(c, SK_KIND_ROLE, &((struct sk_member *)target)->roles);
}

static void member_deputy(struct sk_cursor *c, void *target)
{
	sk_take_refs(c, SK_KIND_MEMBER, &((struct sk_member *)target)->deputies);
}

static void member_from(struct sk_cursor *c, void *target)
{
	sk_read_span_from(c, &((struct sk_member *)target)->span);
}

static void member_until(struct sk_cursor *c, void *target)
{
	sk_read_span_until(c, &((struct sk_member *)target)->span);
}

static const struct sk_property member_rows[] = {{"name", member_name, SK_MUST},
    {"department", member_department, SK_MUST}, {"role", member_role, SK_MUST},
    {"deputy", member_deputy, 0}, {"from", member_from, 0}, {"until", member_until, 0},
    {NULL, NULL, 0}};

static void read_member(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	struct sk_member *m = sk_declare(&c, SK_KIND_MEMBER, sizeof(*m));

	if (m == NULL)
		return;
	m->span = open_span;
	if (!sk_at_end(&c))
		sk_end(&c);
	sk_read_block(l, e, member_rows, m);
}

/* --- clause and control --- */

/* clause "6.3.1" "マイナンバー利用事務系" */
static void read_clause(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	const char *number = sk_take_string(&c), *title = sk_take_string(&c);
	struct sk_clause *s =
	    c.bad ? NULL : sk_declare_as(l, e, SK_KIND_CLAUSE, sizeof(*s), number);

	if (s)
		s->title = title;
	sk_end(&c);
}

static void add_arg(struct sk_cursor *c, struct sk_control *s)
{
	const struct sk_token *t = sk_take(c, "every 1 day");
	const char **v = sk_arena_grow(c->l->arena, s->args, &s->cap, s->nargs + 1, sizeof(*v));

	if (t == NULL || v == NULL)
		return;
	s->args = v;
	v[s->nargs++] = t->value;
}

/* check net.no-path mynumber internet every 1 hour */
static void control_check(struct sk_cursor *c, void *target)
{
	struct sk_control *s = target;
	const struct sk_token *t = sk_take(c, "net.no-path");

	if (t)
		s->check = t->value;
	while (!c->bad && !sk_try(c, "every"))
		add_arg(c, s);
	s->every = sk_take_duration(c);
}

static const struct sk_property control_rows[] = {
    {"check", control_check, SK_MUST}, {NULL, NULL, 0}};

/* control NAME for clause "6.3.1", "6.3.2" { check … } */
static void read_control(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	struct sk_control *s = sk_declare(&c, SK_KIND_CONTROL, sizeof(*s));

	if (s == NULL)
		return;
	sk_expect(&c, "for");
	sk_expect(&c, "clause");
	sk_take_refs(&c, SK_KIND_CLAUSE, &s->clauses);
	if (!sk_at_end(&c))
		sk_end(&c);
	sk_read_block(l, e, control_rows, s);
}

const struct sk_statement sk_people_statements[] = {{"department", read_department},
    {"role", read_role}, {"member", read_member}, {"clause", read_clause},
    {"control", read_control}, {NULL, NULL}};
