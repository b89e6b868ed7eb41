/* Connections of strangers: guests.h. sekisho-crossing-server. */
#include "crossing/guests.h"

#include <string.h>

/* One who was shut down already is as good as gone. */
static bool is_strange(const struct sk_guest *v)
{
	return v->who && !v->known && v->fd >= 0;
}

static struct sk_guest *find(struct sk_guests *g, const void *who)
{
	for (size_t i = 0; i < SK_GUESTS; i++)
		if (g->v[i].who == who)
			return &g->v[i];
	return NULL;
}

static struct sk_guest *oldest(struct sk_guests *g, size_t *n)
{
	struct sk_guest *old = NULL;

	*n = 0;
	for (size_t i = 0; i < SK_GUESTS; i++) {
		if (!is_strange(&g->v[i]))
			continue;
		++*n;
		if (old == NULL || g->v[i].since < old->since)
			old = &g->v[i];
	}
	return old;
}

static int give_up(struct sk_guest *v)
{
	int fd = v->fd;

	v->fd = -1;
	return fd;
}

int sk_guests_add(struct sk_guests *g, const void *who, int fd, int64_t now)
{
	size_t n;
	struct sk_guest *old = oldest(g, &n), *place = find(g, NULL);
	int out = old && n >= SK_GUESTS_STRANGE ? give_up(old) : -1;

	if (place)
		*place = (struct sk_guest){.who = who, .fd = fd, .since = now};
	return out;
}

void sk_guests_know(struct sk_guests *g, const void *who)
{
	struct sk_guest *v = who ? find(g, who) : NULL;

	if (v)
		v->known = true;
}

void sk_guests_remove(struct sk_guests *g, const void *who)
{
	struct sk_guest *v = who ? find(g, who) : NULL;

	if (v)
		*v = (struct sk_guest){.who = NULL};
}

int sk_guests_late(struct sk_guests *g, int64_t now)
{
	size_t n;
	struct sk_guest *old = oldest(g, &n);

	return old && now - old->since >= SK_GUEST_MS ? give_up(old) : -1;
}

int64_t sk_guests_due(const struct sk_guests *g)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < SK_GUESTS; i++)
		if (is_strange(&g->v[i]) && g->v[i].since + SK_GUEST_MS < due)
			due = g->v[i].since + SK_GUEST_MS;
	return due;
}
