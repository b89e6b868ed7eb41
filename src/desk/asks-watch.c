/* Notices for who watches at a portal: notices.h. The gate. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "desk/asks.h"
#include "desk/notices.h"

struct watcher {
	struct watcher *next;
	size_t place;
	uint32_t serial; /* of the ask by which he began: notices have it */
	char *member;
};

/* A transfer that changed in this turn. */
struct note {
	char id[SK_TRANSFER_ID];
	int64_t state, changed;
	char *requester, *recipient; /* NULL: nobody */
};

struct sk_notices {
	struct watcher *first;
	size_t n, nnotes;
	struct note note[SK_NOTICES_TURN];
	bool many;        /* there were more */
	bool tasks;       /* something may wait for somebody else */
	int64_t tasks_at; /* it was told */
};

static bool is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* --- who watches --- */

static size_t watched_by(const struct sk_notices *s, const char *member)
{
	size_t n = 0;

	for (const struct watcher *w = s->first; w; w = w->next)
		n += is(w->member, member);
	return n;
}

static int look_watch(struct sk_asked *q)
{
	struct sk_notices *s = q->act.desk->notices;
	struct watcher *w;

	if (s->n >= SK_WATCHERS || watched_by(s, q->member) >= SK_WATCHERS_OF_MEMBER)
		return sk_asked_fail(q, SK_FRONT_WHY_LIMIT, NULL);
	w = calloc(1, sizeof(*w));
	if (w)
		*w = (struct watcher){s->first, q->place, q->serial, strdup(q->member)};
	if (w == NULL || w->member == NULL) {
		free(w);
		return SK_ENOMEM;
	}
	s->first = w;
	s->n++;
	sk_show_set(q->out, "number", json_integer(q->serial));
	return 0;
}

static void end(struct sk_notices *s, struct watcher **at)
{
	struct watcher *w = *at;

	*at = w->next;
	s->n--;
	free(w->member);
	free(w);
}

/* Of this portal; whose it was does not matter, as it alone knows the number. */
static int look_unwatch(struct sk_asked *q)
{
	struct sk_notices *s = q->act.desk->notices;

	for (struct watcher **at = &s->first; *at; at = &(*at)->next)
		if ((*at)->place == q->place && (int64_t)(*at)->serial == q->ask.number) {
			end(s, at);
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
	for (struct watcher **at = &d->notices->first; *at;)
		if ((*at)->place == place)
			end(d->notices, at);
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
	struct note *n = NULL;

	if (s->first == NULL)
		return;
	s->tasks |= t->state == SK_AT_HELD || t->state == SK_AT_RELEASED;
	for (size_t i = 0; i < s->nnotes; i++)
		if (strcmp(s->note[i].id, t->id) == 0)
			n = &s->note[i];
	s->many |= n == NULL && s->nnotes == SK_NOTICES_TURN;
	if (n == NULL && s->nnotes < SK_NOTICES_TURN) {
		n = &s->note[s->nnotes++];
		*n =
		    (struct note){.requester = copy(t->requester), .recipient = copy(t->recipient)};
		memcpy(n->id, t->id, sizeof(n->id));
	}
	if (n) {
		n->state = t->state;
		n->changed = t->changed;
	}
}

/* --- telling --- */

static void tell(struct sk_desk *d, const struct watcher *w, const char *event, json_t *data)
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

static json_t *data_of(const struct note *n)
{
	return json_pack("{s:s, s:s, s:I}", "id", n->id, "state", sk_state_word((unsigned)n->state),
	    "changed", (json_int_t)n->changed);
}

static void tell_notes(struct sk_desk *d, const struct watcher *w)
{
	const struct sk_notices *s = d->notices;

	if (s->many)
		tell(d, w, "transfer", json_pack("{s:b}", "many", 1));
	for (size_t i = 0; i < s->nnotes && !s->many; i++)
		if (is(s->note[i].requester, w->member) || is(s->note[i].recipient, w->member))
			tell(d, w, "transfer", data_of(&s->note[i]));
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
	return d->notices->tasks ? d->notices->tasks_at + SK_TASKS_MS : INT64_MAX;
}

void sk_notices_tick(struct sk_desk *d)
{
	struct sk_notices *s = d->notices;
	bool tasks = s->tasks && sk_now_ms() >= s->tasks_at + SK_TASKS_MS;

	if (s->nnotes == 0 && !s->many && !tasks)
		return;
	for (const struct watcher *w = s->first; w; w = w->next) {
		tell_notes(d, w);
		if (tasks)
			tell(d, w, "tasks", json_object());
	}
	forget_notes(s);
	if (tasks) {
		s->tasks = false;
		s->tasks_at = sk_now_ms();
	}
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
	while (d->notices->first)
		end(d->notices, &d->notices->first);
	forget_notes(d->notices);
	free(d->notices);
	d->notices = NULL;
}
