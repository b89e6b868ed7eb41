/*
 * What waits for whoever watches, told where it has become another number: watch.h. To count asks the store and the policy, so only so many are
 * counted in a while; those first whose own transfers have changed. The gate.
 */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "desk/watch.h"
#include "store/account.h"

#define ALL_MS 5000 /* others are counted so seldom */
#define TURN_MS 100 /* so many in so long: */
#define TURN 4
#define ARENA ((size_t)16 << 20)

static bool is_same(const struct sk_tasks_of *a, const struct sk_tasks_of *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static int count(struct sk_desk *d, const struct sk_watcher *w, struct sk_tasks_of *now)
{
	struct sk_arena *a = sk_arena_new(ARENA);
	struct sk_asked q = {.act.desk = d, .portal = true, .arena = a, .member = w->member};
	const struct sk_member *m = sk_asked_member(&q, w->member);
	struct sk_account account = {0};
	int status = a ? sk_account_load(d->db, a, w->member, &account) : SK_ENOMEM;

	*now = (struct sk_tasks_of){0};
	q.title = m ? m->title : NULL;
	q.alone = account.alone;
	q.rights = q.alone ? 0 : sk_member_rights(m);
	if (status == 0 && m)
		status = sk_tasks_count(&q, now);
	sk_arena_free(a);
	return status;
}

/* Who watches from two windows is counted once. */
static void count_for(struct sk_desk *d, struct sk_watcher *one)
{
	struct sk_tasks_of now;
	int status = count(d, one, &now);

	for (struct sk_watcher *w = d->notices->watchers; w; w = w->next) {
		if (strcmp(w->member, one->member) != 0)
			continue;
		w->first = w->some = false;
		if (status || (w->counted && is_same(&w->told, &now)))
			continue;
		w->counted = true;
		w->told = now;
		json_t *o = json_object();
		sk_tasks_show(o, &now);
		sk_watch_tell(d, w, "tasks", o);
	}
}

static struct sk_watcher *next(struct sk_notices *s)
{
	struct sk_watcher *some = NULL;

	for (struct sk_watcher *w = s->watchers; w; w = w->next) {
		if (w->first)
			return w;
		some = w->some ? w : some; /* the last one in the list has waited longest */
	}
	return some;
}

int64_t sk_watch_tasks_due(const struct sk_desk *d)
{
	struct sk_notices *s = d->notices;
	int64_t all = s->tasks && s->watchers ? s->tasks_at + ALL_MS : INT64_MAX;

	return next(s) && s->count_at < all ? s->count_at : all;
}

void sk_watch_tasks(struct sk_desk *d)
{
	struct sk_notices *s = d->notices;
	struct sk_watcher *w;

	if (s->tasks && sk_now_ms() >= s->tasks_at + ALL_MS) {
		for (w = s->watchers; w; w = w->next)
			w->some = true;
		s->tasks = false;
		s->tasks_at = sk_now_ms();
	}
	if (sk_now_ms() < s->count_at || next(s) == NULL)
		return;
	for (size_t i = 0; i < TURN && (w = next(s)) != NULL; i++)
		count_for(d, w);
	s->count_at = sk_now_ms() + TURN_MS;
}
