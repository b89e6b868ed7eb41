/* Notices for who watches at a portal: notices.h. The gate. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "desk/login.h"
#include "desk/watch.h"

static bool is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* --- who watches --- */

static size_t watched_by(const struct sk_notices *s, const char *member)
{
	size_t n = 0;

	for (const struct sk_watcher *w = s->watchers; w; w = w->next)
		n += is(w->member, member);
	return n;
}

static int look_watch(struct sk_asked *q)
{
	struct sk_notices *s = q->act.desk->notices;
	struct sk_watcher *w;

	if (s->n >= SK_WATCHERS || watched_by(s, q->member) >= SK_WATCHERS_OF_MEMBER)
		return sk_asked_fail(q, SK_FRONT_WHY_LIMIT, NULL);
	w = calloc(1, sizeof(*w));
	if (w)
		*w = (struct sk_watcher){.next = s->watchers,
		    .place = q->place,
		    .serial = q->serial,
		    .member = strdup(q->member),
		    .session = q->session.number,
		    .login = q->session.login,
		    .factors = q->session.factors,
		    .first = true};
	if (w == NULL || w->member == NULL) {
		free(w);
		return SK_ENOMEM;
	}
	s->watchers = w;
	s->n++;
	sk_show_set(q->out, "number", json_integer(q->serial));
	return 0;
}

void sk_watch_end(struct sk_notices *s, struct sk_watcher **at)
{
	struct sk_watcher *w = *at;

	*at = w->next;
	s->n--;
	free(w->member);
	free(w);
}

/* Of this portal; whose it was does not matter, as it alone knows the number. */
static int look_unwatch(struct sk_asked *q)
{
	struct sk_notices *s = q->act.desk->notices;

	for (struct sk_watcher **at = &s->watchers; *at; at = &(*at)->next)
		if ((*at)->place == q->place && (int64_t)(*at)->serial == q->ask.number) {
			sk_watch_end(s, at);
			return 0;
		}
	return 0;
}

const struct sk_ask_of sk_asks_watch[] = {
    {SK_FRONT_WATCH, SK_ASK_MEMBER, look_watch, NULL, NULL, NULL},
    {SK_FRONT_UNWATCH, SK_ASK_EVERYBODY, look_unwatch, NULL, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};

void sk_notices_met(struct sk_desk *d, size_t place)
{
	for (struct sk_watcher **at = &d->notices->watchers; *at;)
		if ((*at)->place == place)
			sk_watch_end(d->notices, at);
		else
			at = &(*at)->next;
}

/* --- what changed --- */

static char *copy(const char *s)
{
	return s ? strdup(s) : NULL;
}

/* In a transaction, perhaps one that is taken back: then somebody looks for nothing. */
static void changed(void *ctx, const struct sk_transfer *t)
{
	struct sk_notices *s = ((struct sk_desk *)ctx)->notices;
	struct sk_note *n = NULL;

	if (s->watchers == NULL)
		return;
	s->tasks = true;
	for (size_t i = 0; i < s->nnotes; i++)
		if (strcmp(s->note[i].id, t->id) == 0)
			n = &s->note[i];
	s->many |= n == NULL && s->nnotes == SK_NOTICES_TURN;
	if (n == NULL && s->nnotes < SK_NOTICES_TURN) {
		n = &s->note[s->nnotes++];
		*n = (struct sk_note){
		    .requester = copy(t->requester), .recipient = copy(t->recipient)};
		memcpy(n->id, t->id, sizeof(n->id));
	}
	if (n) {
		n->state = t->state;
		n->changed = t->changed;
	}
}

/* --- telling --- */

void sk_watch_tell(struct sk_desk *d, const struct sk_watcher *w, const char *event, json_t *data)
{
	struct sk_buf b = SK_BUF(1024);
	char *text = data ? json_dumps(data, JSON_COMPACT) : NULL;

	if (text && sk_buf_printf(&b, "%s\n%s", event, text) == 0)
		sk_child_send(
		    &d->child, w->place, SK_FRONT_NOTICE, w->serial, sk_buf_slice(&b), NULL, 0);
	free(text);
	sk_buf_free(&b);
	json_decref(data);
}

static json_t *data_of(const struct sk_note *n)
{
	return json_pack("{s:s, s:s, s:I}", "id", n->id, "state", sk_state_word((unsigned)n->state),
	    "changed", (json_int_t)n->changed);
}

static void tell_notes(struct sk_desk *d, struct sk_watcher *w)
{
	const struct sk_notices *s = d->notices;

	if (s->many)
		sk_watch_tell(d, w, "transfer", json_pack("{s:b}", "many", 1));
	for (size_t i = 0; i < s->nnotes && !s->many; i++)
		if (is(s->note[i].requester, w->member) || is(s->note[i].recipient, w->member)) {
			sk_watch_tell(d, w, "transfer", data_of(&s->note[i]));
			w->first = true;
		}
}

static void forget_notes(struct sk_notices *s)
{
	for (size_t i = 0; i < s->nnotes; i++) {
		free(s->note[i].requester);
		free(s->note[i].recipient);
	}
	s->nnotes = 0;
	s->many = false;
}

int64_t sk_notices_due(const struct sk_desk *d)
{
	int64_t sessions = sk_watch_sessions_due(d), tasks = sk_watch_tasks_due(d);

	return sessions < tasks ? sessions : tasks;
}

void sk_notices_tick(struct sk_desk *d)
{
	struct sk_notices *s = d->notices;

	sk_watch_sessions(d);
	for (struct sk_watcher *w = s->watchers; w && (s->nnotes || s->many); w = w->next)
		tell_notes(d, w);
	forget_notes(s);
	sk_watch_tasks(d);
}

/* Whose sessions an ask may have ended: of who asked, and of whom it is about. */
static bool is_about(const struct sk_asked *q, const char *member)
{
	return is(q->session.member, member) || is(q->member, member) ||
	       is(q->ask.member, member) || (q->try && is(q->try->member, member));
}

void sk_notices_asked(struct sk_desk *d, const struct sk_asked *q)
{
	struct sk_notices *s = d->notices;
	const char *word = sk_front_word(q->ask.what);

	s->tasks |= strncmp(word, "org.", 4) == 0 || strncmp(word, "original.", 9) == 0;
	if (sk_front_open(q->ask.what) == SK_FRONT_TO_LEVEL && q->ask.what != SK_FRONT_USER_DISABLE)
		return;
	for (struct sk_watcher *w = s->watchers; w; w = w->next)
		w->look |= is_about(q, w->member);
}

void sk_notices_progress(struct sk_desk *d, const struct sk_progress *p)
{
	for (const struct sk_watcher *w = d->notices->watchers; w; w = w->next)
		if (is(p->requester, w->member) || is(p->recipient, w->member))
			sk_watch_tell(d, w, "transfer",
			    json_pack("{s:s, s:s, s:I, s:s, s:i}", "id", p->id, "state",
				sk_state_word((unsigned)p->state), "changed",
				(json_int_t)p->changed, "part", p->part, "percent",
				(int)p->percent));
}

int sk_notices_open(struct sk_desk *d)
{
	d->notices = calloc(1, sizeof(*d->notices));
	if (d->notices == NULL)
		return SK_ENOMEM;
	d->gate.changed = changed;
	d->gate.changed_ctx = d;
	return 0;
}

void sk_notices_close(struct sk_desk *d)
{
	if (d->notices == NULL)
		return;
	while (d->notices->watchers)
		sk_watch_end(d->notices, &d->notices->watchers);
	forget_notes(d->notices);
	free(d->notices);
	d->notices = NULL;
}
