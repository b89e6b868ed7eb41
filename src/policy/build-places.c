/* Statements about places: city, zone, host, protect, classes, crossing. Any process that reads a policy. */
#include <string.h>

#include "policy/load.h"

/* Sessions of a portal, seconds: none that ends while somebody types; none for longer than a day. */
#define SESSION_LEAST 60
#define SESSION_MOST 86400

/* --- city --- */

static void city_code(struct sk_cursor *c, void *target)
{
	((struct sk_city *)target)->code = sk_take_string(c);
}

static void city_timezone(struct sk_cursor *c, void *target)
{
	const char *zone = sk_take_string(c);

	if (!c->bad && strcmp(zone, "Asia/Tokyo"))
		sk_wrong(c, SK_DIAG_TIMEZONE, NULL, NULL);
}

static void city_adopted(struct sk_cursor *c, void *target)
{
	((struct sk_city *)target)->adopted = sk_take_date(c);
}

static void city_amended(struct sk_cursor *c, void *target)
{
	struct sk_city *city = target;

	do {
		int32_t day = sk_take_date(c);
		int32_t *v = sk_arena_grow(
		    c->l->arena, city->amended, &city->cap, city->namended + 1, sizeof(*v));
		if (c->bad || v == NULL)
			return;
		if (day < (city->namended ? v[city->namended - 1] : city->adopted))
			sk_wrong(c, SK_DIAG_DATES, NULL, NULL);
		city->amended = v;
		v[city->namended++] = day;
	} while (sk_try(c, ","));
}

static const struct sk_property city_rows[] = {{"code", city_code, SK_MUST},
    {"timezone", city_timezone, SK_MUST}, {"adopted", city_adopted, SK_MUST},
    {"amended", city_amended, 0}, {NULL, NULL, 0}};

static void read_city(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	struct sk_city *city = sk_arena_alloc(l->arena, sizeof(*city));

	if (city == NULL)
		return;
	if (l->policy->city) {
		sk_diag(l->diags, SK_DIAG_TWICE, e->source, &e->tokens[0], "city", NULL);
		return;
	}
	*city = (struct sk_city){.named = {sk_take_string(&c), e}, .adopted = SK_DAY_NONE};
	l->policy->city = city;
	if (!sk_at_end(&c))
		sk_end(&c);
	sk_read_block(l, e, city_rows, city);
}

/* --- zone --- */

static void zone_name(struct sk_cursor *c, void *target)
{
	((struct sk_zone *)target)->title = sk_take_string(c);
}

static void zone_networks(struct sk_cursor *c, void *target)
{
	sk_take_nets(c, &((struct sk_zone *)target)->networks, false);
}

/* holds confidentiality <= "2" */
static void zone_holds(struct sk_cursor *c, void *target)
{
	struct sk_zone *z = target;
	int d = sk_take_word(c, sk_dimension_words);

	sk_expect(c, "<=");
	if (!c->bad)
		sk_take_class(c, (enum sk_dimension)d, &z->holds[d]);
}

static void zone_uplink(struct sk_cursor *c, void *target)
{
	struct sk_zone *z = target;

	z->uplink = sk_take_string(c);
	sk_expect(c, "via");
	sk_take_nets(c, &z->via, true);
}

/* idle 15 minutes, ends 8 hours: whichever comes first; attested */
static void login_times(struct sk_cursor *c, struct sk_zone *z)
{
	while (!c->bad && sk_try(c, ",")) {
		if (sk_try(c, "attested")) {
			z->attested = true;
			continue;
		}
		bool idle = sk_try(c, "idle");
		int64_t *at = idle ? &z->idle : &z->ends;

		if (!idle)
			sk_expect(c, "ends");
		if (!c->bad && *at)
			sk_wrong(c, SK_DIAG_TWICE, idle ? "idle" : "ends", NULL);
		*at = c->bad ? 0 : sk_take_duration(c);
	}
}

/* login two-factors, idle 15 minutes, ends 8 hours */
static void zone_login(struct sk_cursor *c, void *target)
{
	struct sk_zone *z = target;
	const struct sk_token *word = &c->e->tokens[0];
	int login = sk_take_word(c, sk_login_words);

	if (c->bad)
		return;
	z->login_where = c->e;
	z->login = (enum sk_login)login;
	login_times(c, z);
	if (!c->bad && login < SK_LOGIN_PASSWORD)
		sk_diag(c->l->diags, SK_DIAG_ZONE_LOGIN, c->e->source, word, NULL, NULL);
	if (!c->bad && ((z->idle && z->idle < SESSION_LEAST) || z->ends > SESSION_MOST ||
			   (z->ends ? z->ends : SESSION_MOST) < z->idle))
		sk_diag(c->l->diags, SK_DIAG_ZONE_SESSION, c->e->source, word, NULL, NULL);
}

static const struct sk_property zone_rows[] = {{"name", zone_name, SK_MUST},
    {"networks", zone_networks, SK_MUST}, {"holds", zone_holds, SK_MANY},
    {"uplink", zone_uplink, 0}, {"login", zone_login, 0}, {NULL, NULL, 0}};

static void read_zone(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	struct sk_zone *z = sk_declare(&c, SK_KIND_ZONE, sizeof(*z));

	if (z == NULL)
		return;
	z->rank = -1;
	for (unsigned d = 0; d < SK_DIMENSIONS; d++)
		z->holds[d].level = -1;
	if (!sk_at_end(&c))
		sk_end(&c);
	sk_read_block(l, e, zone_rows, z);
}

/* --- host --- */

/* interface eth0 zone lgwan address 10.2.0.5, or: interface eth1 crossing address 192.0.2.1 */
static void host_interface(struct sk_cursor *c, void *target)
{
	struct sk_host *h = target;
	const struct sk_token *name = sk_take(c, "eth0");
	struct sk_interface *i = sk_arena_alloc(c->l->arena, sizeof(*i));
	struct sk_interface **v =
	    sk_arena_grow(c->l->arena, h->v, &h->cap, h->n + 1, sizeof(struct sk_interface *));

	if (name == NULL || i == NULL || v == NULL)
		return;
	h->v = v;
	v[h->n++] = i;
	*i = (struct sk_interface){.name = name->value, .where = c->e};
	if (strlen(i->name) > 15)
		sk_wrong(c, SK_DIAG_LONG, "15", NULL);
	if (!sk_try(c, "crossing")) {
		sk_expect(c, "zone");
		sk_take_ref(c, SK_KIND_ZONE, &i->zone);
	}
	sk_expect(c, "address");
	sk_take_nets(c, &i->addresses, true);
}

static const struct sk_property host_rows[] = {
    {"interface", host_interface, SK_MUST | SK_MANY}, {NULL, NULL, 0}};

static void read_host(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	struct sk_host *h = sk_declare(&c, SK_KIND_HOST, sizeof(*h));

	if (h == NULL)
		return;
	if (!sk_at_end(&c))
		sk_end(&c);
	sk_read_block(l, e, host_rows, h);
}

/* --- protect, classes, crossing --- */

static void read_protect(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	struct sk_refs *refs = &l->policy->protect;

	if (l->policy->protect_where) {
		sk_diag(l->diags, SK_DIAG_TWICE, e->source, &e->tokens[0], "protect", NULL);
		return;
	}
	l->policy->protect_where = e;
	refs->v = sk_arena_array(l->arena, e->ntokens, sizeof(*refs->v));
	if (refs->v == NULL)
		return;
	do {
		sk_take_ref(&c, SK_KIND_ZONE, &refs->v[refs->n]);
		refs->n += !c.bad;
	} while (sk_try(&c, ">"));
	sk_end(&c);
}

/* One entry of the block: "3A" > "3B" > "3C" > "2" > "1" */
static void read_levels(struct sk_loading *l, const struct sk_entry *e, struct sk_scheme *s)
{
	struct sk_cursor c = {.l = l, .e = e, .at = 0};

	do {
		const struct sk_token *t = sk_take(&c, "\"2\"");
		const struct sk_token **v =
		    sk_arena_grow(l->arena, s->levels, &s->cap, s->nlevels + 1, sizeof(*v));
		if (t == NULL || v == NULL)
			return;
		for (size_t i = 0; i < s->nlevels; i++)
			if (strcmp(v[i]->value, t->value) == 0)
				sk_wrong(&c, SK_DIAG_TWICE, t->value, NULL);
		s->levels = v;
		v[s->nlevels++] = t;
	} while (sk_try(&c, ">"));
	sk_end(&c);
}

/* classes confidentiality "R6.10" { "3A" > "3B" > … } */
static void read_classes(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	int d = sk_take_word(&c, sk_dimension_words);
	struct sk_scheme *s =
	    c.bad ? NULL : sk_declare_as(l, e, SK_KIND_SCHEME, sizeof(*s), sk_dimension_words[d]);

	if (s == NULL)
		return;
	s->edition = sk_at_end(&c) ? "" : sk_take_string(&c);
	if (!sk_at_end(&c))
		sk_end(&c);
	if (e->nentries != 1)
		sk_diag(l->diags, SK_DIAG_MISSING, e->source, &e->tokens[0], "classes",
		    "\"2\" > \"1\"");
	else
		read_levels(l, e->entries[0], s);
}

static void crossing_port(struct sk_cursor *c, void *target)
{
	((struct sk_crossing *)target)->port = sk_take_port(c);
}

/* witness may be unreachable 24 hours */
static void crossing_witness(struct sk_cursor *c, void *target)
{
	sk_expect(c, "unreachable");
	((struct sk_crossing *)target)->witness_wait = sk_take_duration(c);
}

static const struct sk_property crossing_rows[] = {
    {"port", crossing_port, SK_MUST}, {"witness", crossing_witness, 0}, {NULL, NULL, 0}};

/* crossing NAME between ZONE and ZONE { … } */
static void read_crossing(struct sk_loading *l, const struct sk_entry *e)
{
	struct sk_cursor c = sk_cursor(l, e);
	struct sk_crossing *x = sk_declare(&c, SK_KIND_CROSSING, sizeof(*x));

	if (x == NULL)
		return;
	x->witness_wait = 86400;
	sk_expect(&c, "between");
	sk_take_ref(&c, SK_KIND_ZONE, &x->between[0]);
	sk_expect(&c, "and");
	sk_take_ref(&c, SK_KIND_ZONE, &x->between[1]);
	if (!sk_at_end(&c))
		sk_end(&c);
	sk_read_block(l, e, crossing_rows, x);
}

const struct sk_statement sk_place_statements[] = {{"city", read_city}, {"zone", read_zone},
    {"host", read_host}, {"protect", read_protect}, {"classes", read_classes},
    {"crossing", read_crossing}, {NULL, NULL}};
