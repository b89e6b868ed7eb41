/* A post and its policy: fits.h. */
#include "desk/fits.h"

#include <libintl.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

#define _(text) gettext(text)
/* Where the crossing says nothing: a weekend with a holiday. */
#define TOLERATED ((uint64_t)4 * 24 * 3600)

static bool is(const struct sk_ref *zone, const struct sk_zone *z)
{
	return zone->to == z;
}

static const struct sk_crossing *crossing_of(
    const struct sk_policy *p, const struct sk_zone *a, const struct sk_zone *b)
{
	const struct sk_list *l = &p->list[SK_KIND_CROSSING];

	for (size_t i = 0; i < l->n; i++) {
		const struct sk_crossing *x = l->v[i];
		if ((is(&x->between[0], a) && is(&x->between[1], b)) ||
		    (is(&x->between[0], b) && is(&x->between[1], a)))
			return x;
	}
	return NULL;
}

/* The less protected side waits to be called, always. */
static bool from_the_right_side(const struct sk_zone *own, const struct sk_zone *other,
    const struct sk_settings_link *l, char *why, size_t size)
{
	bool ours = own->rank < other->rank;

	if (l->listen != ours)
		return true;
	snprintf(why, size,
	    _("the connection between %s and %s is opened from %s, the more protected one"),
	    own->named.name, other->named.name, ours ? own->named.name : other->named.name);
	return false;
}

static bool at_its_port(const struct sk_crossing *x, const struct sk_zone *own,
    const struct sk_settings_link *l, char *why, size_t size)
{
	if (x->port == 0 || x->port == l->port)
		return true;
	snprintf(why, size, _("the crossing between %s and %s is at port %u, the link at port %u"),
	    own->named.name, l->zone, x->port, l->port);
	return false;
}

static int link_fits(const struct sk_policy *p, const struct sk_zone *own,
    const struct sk_settings_link *l, uint64_t *tolerate, char *why, size_t size)
{
	const struct sk_zone *other = sk_policy_find(p, SK_KIND_ZONE, l->zone);
	const struct sk_crossing *x = other ? crossing_of(p, own, other) : NULL;

	if (x == NULL) {
		snprintf(why, size, _("the policy has no crossing between %s and %s"),
		    own->named.name, l->zone);
		return SK_EREFUSED;
	}
	if (!from_the_right_side(own, other, l, why, size) || !at_its_port(x, own, l, why, size))
		return SK_EREFUSED;
	if (x->witness_wait > 0 && (uint64_t)x->witness_wait < *tolerate)
		*tolerate = (uint64_t)x->witness_wait;
	return 0;
}

int sk_desk_fits(const struct sk_policy *policy, const struct sk_settings *settings,
    uint64_t *tolerate, char *why, size_t size)
{
	const char *zone = sk_settings_get(settings, "zone");
	const struct sk_zone *own = sk_policy_find(policy, SK_KIND_ZONE, zone);
	struct sk_settings_link link;
	int status = 0;

	*tolerate = UINT64_MAX;
	if (own == NULL) {
		snprintf(why, size, _("the policy has no zone %s"), zone);
		return SK_EREFUSED;
	}
	for (size_t i = 0; status == 0 && sk_settings_link(settings, i, &link); i++)
		status = link_fits(policy, own, &link, tolerate, why, size);
	if (*tolerate == UINT64_MAX)
		*tolerate = TOLERATED;
	return status;
}
