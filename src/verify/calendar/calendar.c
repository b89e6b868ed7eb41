/* Components in each other (doc/profiles/calendar.md, section 2), and the way through the lines. Verifier's jail. */
#include "verify/calendar/calendar.h"

static const struct component {
	const char *name;
	char parent, letter; /* parent 0: of the file */
} components[] = {
    {"VCALENDAR", 0, 'C'},
    {"VCARD", 0, 'V'},
    {"VEVENT", 'C', 'I'},
    {"VTODO", 'C', 'I'},
    {"VJOURNAL", 'C', 'I'},
    {"VFREEBUSY", 'C', 'I'},
    {"VTIMEZONE", 'C', 'Z'},
    {"STANDARD", 'Z', 'R'},
    {"DAYLIGHT", 'Z', 'R'},
    {"VALARM", 'I', 'A'},
};

/* Calendar, item, alarm: no chain of the list is longer. */
#define DEEPEST 3

struct state {
	const struct component *stack[DEEPEST];
	unsigned depth;
	unsigned version; /* of the card */
	unsigned lines;   /* in the innermost component, its BEGIN not counted */
	unsigned methods, triggers, actions, names;
	bool cards;
};

static const struct component *innermost(const struct state *s)
{
	return s->depth ? s->stack[s->depth - 1] : NULL;
}

static int begin(struct sk_check *c, struct state *s, const struct sk_vc_line *l)
{
	const struct component *in = innermost(s);

	for (size_t i = 0; i < sizeof(components) / sizeof(components[0]); i++) {
		const struct component *k = &components[i];
		if (!sk_vc_is(l->value, k->name) || k->parent != (in ? in->letter : 0))
			continue;
		if (in == NULL && (k->letter == 'V') != s->cards)
			break;
		if (in && in->letter == 'C' && s->lines < 2)
			return sk_fail(c, l->at, "a calendar without its head");
		s->stack[s->depth++] = k;
		s->lines = s->triggers = s->actions = 0;
		if (in == NULL)
			s->methods = s->names = 0;
		return 0;
	}
	return sk_fail(c, l->at, "a component that may not stand here");
}

static int end(struct sk_check *c, struct state *s, const struct sk_vc_line *l)
{
	const struct component *in = innermost(s);

	if (in == NULL || !sk_vc_is(l->value, in->name))
		return sk_fail(c, l->at, "END of another component");
	if (in->letter == 'A' && (s->triggers != 1 || s->actions != 1))
		return sk_fail(c, l->at, "an alarm without one ACTION and one TRIGGER");
	if (in->letter == 'V' && (s->names == 0 || s->lines < 1))
		return sk_fail(c, l->at, "a card without FN");
	if (in->letter == 'C' && s->lines < 2)
		return sk_fail(c, l->at, "a calendar without its head");
	s->depth--;
	s->lines = 2; /* the head of what it stood in has been seen */
	return 0;
}

/* The first lines are given: VERSION and PRODID of a calendar, VERSION of a card. *done: this was one. */
static int head(struct sk_check *c, struct state *s, const struct sk_vc_line *l, bool *done)
{
	char letter = innermost(s)->letter;
	bool version =
	    sk_vc_is(l->name, "VERSION") && l->nparams == 0 && l->kind.n == 0 && l->group.n == 0;

	*done = (letter == 'C' || letter == 'V') && s->lines == 0;
	if (*done && letter == 'C')
		return version && sk_vc_is(l->value, "2.0")
			   ? 0
			   : sk_fail(c, l->at, "VERSION is not 2.0");
	if (*done) {
		s->version = sk_vc_is(l->value, "3.0") ? 3 : 4;
		if (!version || (s->version == 4 && !sk_vc_is(l->value, "4.0")))
			return sk_fail(c, l->at, "VERSION is not 3.0 or 4.0");
	} else if (letter == 'C' && (s->lines == 1) != sk_vc_is(l->name, "PRODID")) {
		return sk_fail(c, l->at, "PRODID is not the second line, or stands twice");
	}
	return 0;
}

static int property(struct sk_check *c, struct state *s, const struct sk_vc_line *l)
{
	bool done = false;

	if (s->depth == 0)
		return sk_fail(c, l->at, "a property outside a component");
	int rc = head(c, s, l, &done);
	if (rc == 0 && !done)
		rc = sk_vc_property(c, innermost(s)->letter, s->version, l);
	s->lines += s->lines < 2;
	s->methods += sk_vc_is(l->name, "METHOD");
	s->triggers += sk_vc_is(l->name, "TRIGGER");
	s->actions += sk_vc_is(l->name, "ACTION");
	s->names += sk_vc_is(l->name, "FN");
	if (rc == 0 && s->methods > 1)
		return sk_fail(c, l->at, "METHOD stands twice");
	return rc;
}

int sk_verify_calendar(struct sk_check *c, enum sk_filetype type, struct sk_slice in)
{
	uint8_t *room = sk_arena_alloc(c->arena, in.n + 1);
	struct state s = {.cards = type == SK_FT_VCF};
	struct sk_vc_line l;
	int rc = 0;

	if (room == NULL)
		return SK_ENOMEM;
	if (in.n == 0)
		return sk_fail(c, 0, "empty");
	for (uint64_t pos = 0; pos < in.n && rc == 0;) {
		rc = sk_vc_next(c, in, &pos, room, &l);
		bool plain = rc == 0 && l.nparams == 0 && l.group.n == 0 && l.kind.n == 0;
		if (rc)
			break;
		if (plain && sk_vc_is(l.name, "BEGIN"))
			rc = begin(c, &s, &l);
		else if (plain && sk_vc_is(l.name, "END"))
			rc = end(c, &s, &l);
		else
			rc = property(c, &s, &l);
	}
	if (rc == 0 && s.depth)
		return sk_fail(c, in.n, "a component without its end");
	return rc;
}
