/* Statements about what passes: route, deny, flow. Any process that reads a policy. */
#include "base/limits.h"
#include "policy/load.h"

#define DAY ((int64_t)86400)

/* Defaults of what a route does not say; sekisho-policy(5) lists them. A missing word is never "any". */
enum {
	DEFAULT_DEPTH = 4,
	DEFAULT_MEMBERS = 2000,
	DEFAULT_PAGES = 2000,
	DEFAULT_DOWNLOADS = 20,
	MOST_DOWNLOADS = 10000,
	MOST_PERSONS = 5
};
#define DEFAULT_SIZE ((uint64_t)100 << 20)
#define DEFAULT_EXPIRE (14 * DAY)
#define DEFAULT_SIGNATURES (3 * DAY)

static const struct sk_ceiling no_ceiling = {.level = -1};
static const struct sk_span open_span = {SK_DAY_NONE, SK_DAY_NONE, NULL, NULL};

/* --- how it is cleaned --- */

/* rebuild else flatten else refuse */
static void take_steps(struct sk_cursor *c, struct sk_steps *steps)
{
	steps->where = c->e;
	do {
		int step = sk_take_word(c, sk_step_words);
		if (steps->n == sizeof(steps->v) / sizeof(steps->v[0]))
			sk_wrong(c, SK_DIAG_SURPLUS, c->e->tokens[c->at - 1].value, NULL);
		if (c->bad)
			return;
		bool ends = steps->n && steps->v[steps->n - 1] >= SK_STEP_NOTICE;
		if (ends)
			sk_wrong(c, SK_DIAG_LAST_STEP, sk_step_words[steps->v[steps->n - 1]], NULL);
		steps->v[steps->n++] = (enum sk_step)step;
	} while (sk_try(c, "else"));
}

static void route_clean(struct sk_cursor *c, void *target)
{
	take_steps(c, &((struct sk_route *)target)->clean);
}

static void route_attachments(struct sk_cursor *c, void *target)
{
	take_steps(c, &((struct sk_route *)target)->attachments);
}

static void route_carry(struct sk_cursor *c, void *target)
{
	struct sk_route *r = target;
	int carry = sk_take_word(c, sk_carry_words);

	r->carry_where = c->e;
	if (!c->bad)
		r->carry = (enum sk_carry)carry;
}

/* encrypted hold for 7 days */
static void route_encrypted(struct sk_cursor *c, void *target)
{
	struct sk_route *r = target;

	r->encrypted_where = c->e;
	if (sk_try(c, "refuse"))
		return;
	sk_expect(c, "hold");
	sk_expect(c, "for");
	r->encrypted = SK_HOLD;
	r->password_wait = sk_take_duration(c);
}

static void route_unreadable(struct sk_cursor *c, void *target)
{
	struct sk_route *r = target;
	int what = sk_take_word(c, sk_unreadable_words);

	r->unreadable_where = c->e;
	if (!c->bad)
		r->unreadable = (enum sk_unreadable)what;
}

/* limit size 100M, depth 4, members 2000, pages 500 */
static void route_limit(struct sk_cursor *c, void *target)
{
	static const char *const words[] = {"size", "depth", "members", "pages", NULL};
	struct sk_limits_said *limits = &((struct sk_route *)target)->limits;

	limits->where = c->e;
	do {
		switch (sk_take_word(c, words)) {
		case 0:
			limits->size = sk_take_size(c, SK_LIMIT_INPUT);
			break;
		case 1:
			limits->depth = sk_take_count(c, "4", SK_LIMIT_NESTING);
			break;
		case 2:
			limits->members = sk_take_count(c, "2000", SK_LIMIT_MEMBERS);
			break;
		case 3:
			limits->pages = sk_take_count(c, "500", SK_LIMIT_PAGES);
			break;
		default:
			return;
		}
	} while (sk_try(c, ","));
}

/* scan virus required, signatures 3 days */
static void route_scan(struct sk_cursor *c, void *target)
{
	struct sk_route *r = target;

	r->scan_where = c->e;
	sk_expect(c, "virus");
	sk_expect(c, "required");
	r->scan = !c->bad;
	if (sk_try(c, ",")) {
		sk_expect(c, "signatures");
		r->signatures_age = sk_take_duration(c);
	}
}

/* keep original 30 days, release passkey */
static void route_keep(struct sk_cursor *c, void *target)
{
	struct sk_route *r = target;

	r->keep_where = c->e;
	sk_expect(c, "original");
	r->keep = sk_take_duration(c);
	if (sk_try(c, ",")) {
		sk_expect(c, "release");
		sk_expect(c, "passkey");
		r->release_passkey = !c->bad;
	}
}

/* expire 7 days, downloads 3 */
static void route_expire(struct sk_cursor *c, void *target)
{
	struct sk_route *r = target;

	r->expire_where = c->e;
	r->expire = sk_take_duration(c);
	if (sk_try(c, ",")) {
		sk_expect(c, "downloads");
		r->downloads = sk_take_count(c, "3", MOST_DOWNLOADS);
	}
}

/* --- what it may be --- */

static void require_login(struct sk_cursor *c, struct sk_route *r)
{
	int login = sk_take_word(c, sk_login_words);

	if (c->bad)
		return;
	if (r->login_where)
		sk_wrong(c, SK_DIAG_TWICE, "require login", NULL);
	r->login = (enum sk_login)login;
	r->login_where = c->e;
}

/* require class confidentiality <= "2"; require login passkey */
static void route_require(struct sk_cursor *c, void *target)
{
	struct sk_route *r = target;

	if (sk_try(c, "login")) {
		require_login(c, r);
		return;
	}
	sk_expect(c, "class");
	int d = sk_take_word(c, sk_dimension_words);
	sk_expect(c, "<=");
	if (c->bad)
		return;
	if (r->classes[d].where)
		sk_wrong(c, SK_DIAG_TWICE, sk_dimension_words[d], NULL);
	sk_take_class(c, (enum sk_dimension)d, &r->classes[d]);
}

static void take_leaks(struct sk_cursor *c, struct sk_route *r, enum sk_effect effect)
{
	do {
		int leak = sk_take_word(c, sk_leak_words);
		if (c->bad)
			return;
		if (r->leaks_where[leak])
			sk_wrong(c, SK_DIAG_TWICE, sk_leak_words[leak], NULL);
		r->leaks[leak] = effect;
		r->leaks_where[leak] = c->e;
	} while (sk_try(c, ","));
}

static void route_refuse(struct sk_cursor *c, void *target)
{
	take_leaks(c, target, SK_DENY);
}

static void route_hold(struct sk_cursor *c, void *target)
{
	take_leaks(c, target, SK_HOLD);
}

static void route_types(struct sk_cursor *c, void *target)
{
	struct sk_route *r = target;

	r->types_where = c->e;
	sk_take_types(c, &r->types);
}

/* --- who --- */

/* for department shimin, zeimu; for role kacho. Both said: one of each. */
static void take_for(struct sk_cursor *c, struct sk_refs *departments, struct sk_refs *roles)
{
	bool role = sk_try(c, "role");

	if (!role)
		sk_expect(c, "department");
	if ((role ? roles : departments)->n)
		sk_wrong(c, SK_DIAG_TWICE, role ? "for role" : "for department", NULL);
	if (!c->bad)
		sk_take_refs(
		    c, role ? SK_KIND_ROLE : SK_KIND_DEPARTMENT, role ? roles : departments);
}

static void route_for(struct sk_cursor *c, void *target)
{
	struct sk_route *r = target;

	take_for(c, &r->departments, &r->roles);
	if (c->e->ntokens > 1 && sk_slice_is(c->e->tokens[1].text, "role"))
		r->role_where = c->e;
	else
		r->department_where = c->e;
}

static void route_origin(struct sk_cursor *c, void *target)
{
	struct sk_route *r = target;

	r->origin_where = c->e;
	sk_take_refs(c, SK_KIND_ZONE, &r->origins);
}

static void take_above(struct sk_cursor *c, struct sk_approval *a)
{
	int d = sk_take_word(c, sk_dimension_words);

	if (c->bad)
		return;
	a->above_of = (enum sk_dimension)d;
	sk_take_class(c, a->above_of, &a->above);
}

/* bulk confidentiality <= "1" */
static void take_bulk(struct sk_cursor *c, struct sk_approval *a)
{
	int d = sk_take_word(c, sk_dimension_words);

	sk_expect(c, "<=");
	if (c->bad)
		return;
	a->bulk_of = (enum sk_dimension)d;
	sk_take_class(c, a->bulk_of, &a->bulk);
}

static void take_approval_word(struct sk_cursor *c, struct sk_approval *a)
{
	static const char *const words[] = {"deputy", "persons", "passkey", "above", "bulk", NULL};

	switch (sk_take_word(c, words)) {
	case 0:
		sk_expect(c, "after");
		a->deputy_after = sk_take_duration(c);
		break;
	case 1:
		a->persons = sk_take_count(c, "2", MOST_PERSONS);
		break;
	case 2:
		a->passkey = true;
		break;
	case 3:
		take_above(c, a);
		break;
	case 4:
		take_bulk(c, a);
		break;
	default:
		break;
	}
}

/* approve by superior, deputy after 4 hours, persons 2, passkey, above confidentiality "2", bulk confidentiality <= "1" */
static void route_approve(struct sk_cursor *c, void *target)
{
	struct sk_approval *a = &((struct sk_route *)target)->approve;

	a->where = c->e;
	a->wanted = true;
	sk_expect(c, "by");
	a->superior = sk_try(c, "superior");
	if (!a->superior) {
		sk_expect(c, "role");
		sk_take_ref(c, SK_KIND_ROLE, &a->role);
	}
	while (sk_try(c, ","))
		take_approval_word(c, a);
	/* what a passkey signs is one decision about one output */
	if (!c->bad && a->passkey && a->bulk.where)
		sk_wrong(c, SK_DIAG_BULK_SIGNED, NULL, NULL);
}

/* --- screens --- */

static void route_clipboard(struct sk_cursor *c, void *target)
{
	static const char *const words[] = {"none", "in", "out", "both", NULL};
	struct sk_route *r = target;
	int way = sk_take_word(c, words);

	r->clipboard_where = c->e;
	r->clipboard_in = way == 1 || way == 3;
	r->clipboard_out = way == 2 || way == 3;
}

static void route_files(struct sk_cursor *c, void *target)
{
	((struct sk_route *)target)->files_where = c->e;
	sk_take_ref(c, SK_KIND_ROUTE, &((struct sk_route *)target)->files);
}

/* --- guards: of routes and flows --- */

static void guard_ports(struct sk_cursor *c, struct sk_guard *g, bool udp)
{
	/* One protocol, so that its ports are its own. */
	if (g->nports)
		sk_wrong(c, SK_DIAG_TWICE, "tcp / udp", NULL);
	g->udp = udp;
	g->ports_where = c->e;
	do {
		uint16_t port = sk_take_port(c);
		if (g->nports == sizeof(g->ports) / sizeof(g->ports[0]))
			sk_wrong(c, SK_DIAG_SURPLUS, c->e->tokens[c->at - 1].value, NULL);
		if (c->bad)
			return;
		g->ports[g->nports++] = port;
	} while (sk_try(c, ","));
}

/* source 10.1.20.5 mac 02:00:00:00:00:05 */
static void guard_source(struct sk_cursor *c, struct sk_guard *g)
{
	g->source_where = c->e;
	sk_take_nets(c, &g->source, true);
	if (sk_try(c, "mac")) {
		sk_take_mac(c, &g->mac);
		g->has_mac = !c->bad;
	}
}

/* approved by "最高情報セキュリティ責任者" on 令和8年4月1日 */
static void guard_approved(struct sk_cursor *c, struct sk_guard *g)
{
	g->approved_where = c->e;
	sk_expect(c, "by");
	g->approved_by = sk_take_string(c);
	sk_expect(c, "on");
	g->approved_on = sk_take_date(c);
}

static struct sk_guard *route_guard(struct sk_cursor *c, void *target)
{
	struct sk_route *r = target;

	r->guard_where = c->e;
	return &r->guard;
}

static struct sk_guard *flow_guard(struct sk_cursor *c, void *target)
{
	return &((struct sk_flow *)target)->guard;
}

/* The same properties of both, each with the way to the guard. */
#define GUARD(prefix) \
	static void prefix##_tcp(struct sk_cursor *c, void *t) \
	{ \
		guard_ports(c, prefix##_guard(c, t), false); \
	} \
	static void prefix##_udp(struct sk_cursor *c, void *t) \
	{ \
		guard_ports(c, prefix##_guard(c, t), true); \
	} \
	static void prefix##_source(struct sk_cursor *c, void *t) \
	{ \
		guard_source(c, prefix##_guard(c, t)); \
	} \
	static void prefix##_approved(struct sk_cursor *c, void *t) \
	{ \
		guard_approved(c, prefix##_guard(c, t)); \
	} \
	static void prefix##_reason(struct sk_cursor *c, void *t) \
	{ \
		prefix##_guard(c, t)->reason = sk_take_string(c); \
	} \
	static void prefix##_from(struct sk_cursor *c, void *t) \
	{ \
		sk_read_span_from(c, &prefix##_guard(c, t)->span); \
	} \
	static void prefix##_until(struct sk_cursor *c, void *t) \
	{ \
		sk_read_span_until(c, &prefix##_guard(c, t)->span); \
	}
GUARD(route)
GUARD(flow)

#define GUARD_ROWS(prefix) \
	{"tcp", prefix##_tcp, 0}, {"udp", prefix##_udp, 0}, {"source", prefix##_source, 0}, \
	    {"approved", prefix##_approved, 0}, {"reason", prefix##_reason, 0}, \
	    {"from", prefix##_from, 0}, \
	{ \
		"until", prefix##_until, 0 \
	}

/* --- route --- */

static void route_clause(struct sk_cursor *c, void *target)
{
	sk_take_refs(c, SK_KIND_CLAUSE, &((struct sk_route *)target)->clauses);
}

static const struct sk_property route_rows[] = {{"carry", route_carry, SK_MUST},
    {"clean", route_clean, 0}, {"attachments", route_attachments, 0},
    {"encrypted", route_encrypted, 0}, {"unreadable", route_unreadable, 0},
    {"limit", route_limit, 0}, {"scan", route_scan, 0}, {"keep", route_keep, 0},
    {"expire", route_expire, 0}, {"require", route_require, SK_MANY},
    {"refuse", route_refuse, SK_MANY}, {"hold", route_hold, SK_MANY}, {"types", route_types, 0},
    {"for", route_for, SK_MANY}, {"origin", route_origin, 0}, {"approve", route_approve, 0},
    {"clipboard", route_clipboard, 0}, {"files", route_files, 0}, GUARD_ROWS(route),
    {"clause", route_clause, SK_MUST}, {NULL, NULL, 0}};

static void set_defaults(struct sk_route *r)
{
	r->encrypted = SK_DENY;
	r->unreadable = SK_UNREADABLE_HOLD;
	r->limits = (struct sk_limits_said){
	    DEFAULT_SIZE, DEFAULT_DEPTH, DEFAULT_MEMBERS, DEFAULT_PAGES, NULL};
	r->signatures_age = DEFAULT_SIGNATURES;
	r->expire = DEFAULT_EXPIRE;
	r->downloads = DEFAULT_DOWNLOADS;
	r->approve = (struct sk_approval){
	    .deputy_after = -1, .persons = 1, .above = no_ceiling, .bulk = no_ceiling};
	r->guard.span = open_span;
	for (unsigned d = 0; d < SK_DIMENSIONS; d++)
		r->classes[d] = no_ceiling;
}

static void take_ends(struct sk_cursor *c, struct sk_ref *from, struct sk_ref *to)
{
	sk_expect(c, "from");
	sk_take_ref(c, SK_KIND_ZONE, from);
	sk_expect(c, "to");
	sk_take_ref(c, SK_KIND_ZONE, to);
	if (!sk_at_end(c))
		sk_end(c);
}

/* A word of the block that means nothing on this kind of route, or one that it lacks. */
static void check_words(struct sk_loading *l, const struct sk_route *r, const struct sk_entry *e)
{
	bool screen = r->carry == SK_CARRY_SCREEN;
	const struct {
		const char *word;
		const struct sk_entry *where;
		bool wrong;
	} words[] = {{"clean", r->clean.where, screen},
	    {"attachments", r->attachments.where, r->carry != SK_CARRY_MAIL},
	    {"clipboard", r->clipboard_where, !screen}, {"encrypted", r->encrypted_where, screen},
	    {"scan", r->scan_where, screen}, {"keep", r->keep_where, screen}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].wrong && words[i].where)
			sk_diag(l->diags, SK_DIAG_USELESS, e->source, &words[i].where->tokens[0],
			    words[i].word, sk_carry_words[r->carry]);
	for (size_t i = 0; i < 2; i++)
		if (!words[i].wrong && !words[i].where && r->carry_where)
			sk_diag(l->diags, SK_DIAG_MISSING, e->source, &e->tokens[0], "route",
			    words[i].word);
}

static void read_route(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	struct sk_route *r = sk_declare(&c, SK_KIND_ROUTE, sizeof(*r));

	if (r == NULL)
		return;
	set_defaults(r);
	take_ends(&c, &r->from, &r->to);
	sk_read_block(l, e, route_rows, r);
	/* Nobody logs in for a mail that comes from outside. */
	if (r->login_where == NULL)
		r->login = r->carry == SK_CARRY_MAIL ? SK_LOGIN_NONE : SK_LOGIN_SYSTEM;
	check_words(l, r, e);
}

/* --- deny --- */

static void deny_carry(struct sk_cursor *c, void *target)
{
	struct sk_denial *d = target;

	d->carry = sk_take_word(c, sk_carry_words);
	d->where[0] = c->e;
}

static void deny_types(struct sk_cursor *c, void *target)
{
	struct sk_denial *d = target;

	d->where[1] = c->e;
	sk_take_types(c, &d->types);
}

static void deny_for(struct sk_cursor *c, void *target)
{
	struct sk_denial *d = target;

	d->where[2] = c->e;
	take_for(c, &d->departments, &d->roles);
}

static void deny_from(struct sk_cursor *c, void *target)
{
	sk_read_span_from(c, &((struct sk_denial *)target)->span);
}

static void deny_until(struct sk_cursor *c, void *target)
{
	sk_read_span_until(c, &((struct sk_denial *)target)->span);
}

static void deny_clause(struct sk_cursor *c, void *target)
{
	sk_take_refs(c, SK_KIND_CLAUSE, &((struct sk_denial *)target)->clauses);
}

static const struct sk_property deny_rows[] = {{"carry", deny_carry, 0}, {"types", deny_types, 0},
    {"for", deny_for, SK_MANY}, {"from", deny_from, 0}, {"until", deny_until, 0},
    {"clause", deny_clause, SK_MUST}, {NULL, NULL, 0}};

static void read_deny(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	struct sk_denial *d = sk_declare(&c, SK_KIND_DENIAL, sizeof(*d));

	if (d == NULL)
		return;
	d->carry = -1;
	d->span = open_span;
	take_ends(&c, &d->from, &d->to);
	sk_read_block(l, e, deny_rows, d);
}

/* --- flow --- */

static void flow_clause(struct sk_cursor *c, void *target)
{
	sk_take_refs(c, SK_KIND_CLAUSE, &((struct sk_flow *)target)->clauses);
}

static const struct sk_property flow_rows[] = {
    GUARD_ROWS(flow), {"clause", flow_clause, SK_MUST}, {NULL, NULL, 0}};

/* to host "eltax.example" [192.0.2.10], or: to ZONE [10.2.0.9] */
static void take_destination(struct sk_cursor *c, struct sk_flow *f)
{
	if (sk_try(c, "host"))
		f->host = sk_take_string(c);
	else
		sk_take_ref(c, SK_KIND_ZONE, &f->to);
	sk_expect(c, "[");
	sk_take_nets(c, &f->destination, true);
	sk_expect(c, "]");
}

static void read_flow(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	struct sk_flow *f = sk_declare(&c, SK_KIND_FLOW, sizeof(*f));

	if (f == NULL)
		return;
	f->guard.span = open_span;
	f->guard.approved_on = SK_DAY_NONE;
	sk_expect(&c, "from");
	sk_take_ref(&c, SK_KIND_ZONE, &f->from);
	sk_expect(&c, "to");
	take_destination(&c, f);
	if (!sk_at_end(&c))
		sk_end(&c);
	sk_read_block(l, e, flow_rows, f);
}

const struct sk_statement sk_route_statements[] = {
    {"route", read_route}, {"deny", read_deny}, {"flow", read_flow}, {NULL, NULL}};
