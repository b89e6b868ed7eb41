/* Whose session has ended watches no more, and whoever has shown more is told: watch.h. The gate. */
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "desk/watch.h"
#include "policy/policy.h"

#define LOOK_MS 20000 /* sessions end by time, or by the gate of another host, too */
#define LOOKS_TURN 32 /* each asks the store once */
#define ARENA ((size_t)1 << 20)

/* The level that the zone wants now; an act of nobody asks for it. */
static int wants(struct sk_desk *d)
{
	const struct sk_asked nobody = {.act.desk = d};

	return sk_asked_wants(&nobody);
}

static void told_end(struct sk_desk *d, const struct sk_watcher *w)
{
	sk_watch_tell(d, w, "session", json_pack("{s:b}", "ended", 1));
	sk_child_send(
	    &d->child, w->place, SK_FRONT_NOTICES_END, w->serial, sk_slice("", 0), NULL, 0);
}

static void told_more(struct sk_desk *d, struct sk_watcher *w, const struct sk_session *now)
{
	w->login = now->login;
	w->factors = now->factors;
	sk_watch_tell(d, w, "session",
	    json_pack("{s:s, s:o, s:b}", "login", sk_login_words[now->login], "factors",
		sk_show_factors(now->factors), "enough", now->login >= wants(d)));
}

static bool may_watch(struct sk_desk *d, const struct sk_session *s)
{
	const struct sk_asked nobody = {.act.desk = d};

	return !s->disabled && s->login >= wants(d) && s->login < SK_LOGINS &&
	       sk_asked_member(&nobody, s->member);
}

/* False: he watches no more. A store that cannot be asked says nothing about anybody. */
static bool look_at(struct sk_desk *d, struct sk_arena *a, struct sk_watcher *w)
{
	struct sk_session now;
	int status = sk_session_of(d->db, a, w->session, &now);

	w->look = status && status != SK_ENOENTRY;
	if (w->look)
		return true;
	if (status || !may_watch(d, &now)) {
		told_end(d, w);
		return false;
	}
	if (now.login != w->login || now.factors != w->factors)
		told_more(d, w, &now);
	return true;
}

static void look_again(struct sk_notices *s)
{
	for (struct sk_watcher *w = s->watchers; w; w = w->next)
		w->look = true;
	s->looked_at = sk_now_ms();
}

int64_t sk_watch_sessions_due(const struct sk_desk *d)
{
	for (const struct sk_watcher *w = d->notices->watchers; w; w = w->next)
		if (w->look)
			return sk_now_ms();
	return d->notices->watchers ? d->notices->looked_at + LOOK_MS : INT64_MAX;
}

void sk_watch_sessions(struct sk_desk *d)
{
	struct sk_notices *s = d->notices;
	struct sk_arena *a = NULL;
	size_t n = 0;

	if (s->watchers && sk_now_ms() >= s->looked_at + LOOK_MS)
		look_again(s);
	for (struct sk_watcher **at = &s->watchers; *at && n < LOOKS_TURN;) {
		if ((*at)->look && a == NULL && (a = sk_arena_new(ARENA)) == NULL)
			return;
		n += (*at)->look;
		if ((*at)->look && !look_at(d, a, *at))
			sk_watch_end(s, at);
		else
			at = &(*at)->next;
	}
	sk_arena_free(a);
}
