/* The questions of front ends: who asks, what is asked, and the answer. asks.h. The gate. */
#include "desk/uploads.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "desk/notices.h"
#include "desk/refusals.h"

#define MEMORY ((size_t)64 << 20)

int sk_asked_fail(struct sk_asked *q, enum sk_front_why why, const char *field)
{
	q->refused = why;
	json_object_clear(q->out);
	json_object_set_new(q->out, "status", json_string("refused"));
	json_object_set_new(q->out, "why", json_string(sk_front_why_word(why)));
	if (field && field[0])
		json_object_set_new(q->out, "field", json_string(field));
	return SK_EREFUSED;
}

/* --- answering --- */

static void drop(struct sk_asked *q)
{
	json_decref(q->out);
	sk_close(&q->fd);
	sk_bytes_wipe(&q->handed);
	sk_hand_end(q->act.desk, q->hand);
	if (q->act.writer)
		sk_blob_drop(q->act.writer);
	sk_arena_free(q->arena);
	free(q);
}

static void send_text(struct sk_asked *q, const char *text)
{
	struct sk_desk *d = q->act.desk;

	/* who asked may be gone, and another in his place, who knows nothing of this serial */
	if (q->epoch == d->asks_epoch[q->place])
		sk_child_send(
		    &d->child, q->place, SK_FRONT_ANSWER, q->serial, sk_slice_str(text), NULL, 0);
}

/* With bytes, for the front end that asked. */
static void hand_over(struct sk_asked *q, const char *text)
{
	struct sk_desk *d = q->act.desk;
	struct sk_buf body = SK_BUF(SK_CHANNEL_BODY);

	if (q->epoch == d->asks_epoch[q->place] &&
	    sk_front_put_handed(&q->handed, sk_slice_str(text), &body) == 0)
		sk_child_send(&d->child, q->place, SK_FRONT_HANDED, q->serial, sk_buf_slice(&body),
		    &q->fd, 1);
	if (body.p)
		explicit_bzero(body.p, body.cap);
	sk_buf_free(&body);
}

/* As text that fits a message: what an answer has besides goes first, and "cut" tells that it did. NULL: no memory. */
static char *text_of(struct sk_asked *q)
{
	static const char *const spare[] = {"history", "votes", "decision"};
	char *text = json_dumps(q->out, JSON_COMPACT);

	for (size_t i = 0; text && strlen(text) > SK_CHANNEL_BODY; i++) {
		free(text);
		if (i == sizeof(spare) / sizeof(*spare)) {
			sk_asked_fail(q, SK_FRONT_WHY_FAULT, NULL);
			return json_dumps(q->out, JSON_COMPACT);
		}
		json_object_del(q->out, spare[i]);
		json_object_set_new(q->out, "cut", json_true());
		text = json_dumps(q->out, JSON_COMPACT);
	}
	return text;
}

static bool is_yes(const struct sk_asked *q)
{
	return strcmp(json_string_value(json_object_get(q->out, "status")), "ok") == 0;
}

static void answer(struct sk_asked *q)
{
	char *text;

	if (json_object_get(q->out, "status") == NULL)
		json_object_set_new(q->out, "status", json_string("ok"));
	text = text_of(q);
	if (text && q->fd >= 0 && is_yes(q))
		hand_over(q, text);
	else if (text)
		send_text(q, text);
	free(text);
	drop(q);
}

static int run(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	struct sk_asked *q = (struct sk_asked *)act;

	json_object_clear(q->out);
	return q->how->run(g, a, q);
}

/* That something is done already counts for nothing when it was not committed. */
static bool is_said(const struct sk_asked *q, int status)
{
	const char *word = json_string_value(json_object_get(q->out, "status"));

	return word && (status == SK_EREFUSED || strcmp(word, "refused") == 0);
}

/* Who asked is told to look here. */
static void fault(struct sk_asked *q, int status)
{
	sk_desk_log("%s failed: %s%s%s", sk_front_word(q->ask.what), sk_strerror(status),
	    status == SK_EIO ? "; the store said last: " : "",
	    status == SK_EIO ? sk_db_why(q->act.desk->db) : "");
	sk_asked_fail(q, SK_FRONT_WHY_FAULT, NULL);
}

static void say_why(struct sk_asked *q, int status)
{
	if (is_said(q, status))
		return;
	json_object_clear(q->out);
	if (q->how->why)
		q->how->why(q, status);
	if (json_object_get(q->out, "status"))
		return;
	if (status == SK_ENOENTRY)
		sk_asked_fail(q, SK_FRONT_WHY_NO_TRANSFER, NULL);
	else if (status == SK_ECHANGED)
		sk_asked_fail(q, SK_FRONT_WHY_CHANGED, NULL);
	else if (status == SK_EREFUSED)
		sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	else if (status == SK_ENOSPACE)
		sk_asked_fail(q, SK_FRONT_WHY_SPACE, NULL);
	else if (status == SK_EBUSY)
		sk_asked_fail(q, SK_FRONT_WHY_BUSY, NULL);
	else
		fault(q, status);
}

void sk_asked_answer(struct sk_asked *q, int status)
{
	if (status)
		say_why(q, status);
	sk_refusals_note(q);
	answer(q);
}

static void done(struct sk_act *act, int status)
{
	struct sk_asked *q = (struct sk_asked *)act;
	struct sk_desk *d = act->desk;
	bool committed = status == 0;

	if (committed)
		sk_notices_asked(d, q);
	if (committed && q->how->after)
		status = q->how->after(q);
	if (status != SK_ASKED_LATER) /* `run` follows once more then */
		sk_asked_answer(q, status);
	if (!committed || d->closing)
		return;
	sk_bench_look(d);
	sk_pump_look(d);
	sk_links_look(d);
}

/* --- asking --- */

static const struct sk_ask_of *find(enum sk_front_what what)
{
	const struct sk_ask_of *const tables[] = {
#define SK_ASKS(name) sk_asks_##name,
#include "desk/asks-tables.def"
#undef SK_ASKS
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct sk_ask_of *a = tables[i]; a->what != SK_FRONT_COUNT; a++)
			if (a->what == what)
				return a;
	return NULL;
}

static int check_right(struct sk_asked *q)
{
	if (sk_asked_may(q, q->how->who))
		return 0;
	if (q->disabled)
		return sk_asked_fail(q, SK_FRONT_WHY_DISABLED, NULL);
	if (q->member == NULL && !q->root)
		return sk_asked_fail(q, SK_FRONT_WHY_NO_ACCOUNT, NULL);
	if (q->member && q->title == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_NOT_MEMBER, q->member);
	if (q->alone)
		return sk_asked_fail(q, SK_FRONT_WHY_RECOVERY, q->member);
	return sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
}

static int begin(struct sk_asked *q)
{
	int status = sk_asked_who(q);

	if (status)
		return status;
	status = sk_asked_session(q);
	if (status)
		return status;
	q->how = find(q->ask.what);
	if (q->how == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_NO_SUCH_ASK, sk_front_word(q->ask.what));
	status = check_right(q);
	return status == 0 && q->how->look ? q->how->look(q) : status;
}

void sk_asked_go_on(struct sk_asked *q)
{
	q->act.run = run;
	q->act.done = done;
	sk_desk_do(q->act.desk, &q->act);
}

static void go(struct sk_asked *q)
{
	static const struct sk_ask_of none;
	int status = begin(q);

	if (q->how == NULL)
		q->how = &none;
	/* it may be answered already: what was asked is done before */
	if (status == 0 && q->how->run && json_object_get(q->out, "status") == NULL)
		sk_asked_go_on(q);
	else if (status != SK_ASKED_LATER)
		sk_asked_answer(q, status);
}

static struct sk_asked *new_asked(struct sk_desk *d, struct sk_message *m)
{
	struct sk_asked *q = calloc(1, sizeof(*q));

	if (q == NULL)
		return NULL;
	q->act.desk = d;
	q->place = d->child.now;
	q->serial = m->serial;
	q->epoch = d->asks_epoch[q->place];
	q->fd = -1;
	q->arena = sk_arena_new(MEMORY);
	q->out = json_object();
	if (q->arena && q->out)
		return q;
	drop(q);
	return NULL;
}

/* Who asks stands before it: a user of the system, or the terminal of a portal. */
static int whose(struct sk_asked *q, struct sk_slice body, struct sk_slice *json)
{
	q->portal = q->place == SK_PLACE_PORTAL;
	return q->portal ? sk_front_get_terminal(body, &q->terminal, json)
			 : sk_front_get_user(body, &q->uid, json);
}

static int serve(void *ctx, struct sk_message *m)
{
	struct sk_desk *d = ctx;
	struct sk_asked *q = new_asked(d, m);
	struct sk_front_fault fault;
	struct sk_slice json;
	int status = q ? whose(q, m->body, &json) : SK_ENOMEM;

	if (status == 0)
		status = sk_front_read(json, q->arena, &q->ask, &fault);
	/* a front end has looked at it before: what cannot be read is nonsense */
	if (status) {
		if (q)
			drop(q);
		return status;
	}
	go(q);
	return 0;
}

void sk_asks_lost(struct sk_desk *d, size_t place)
{
	d->asks_epoch[place]++;
	sk_uploads_met(d, place);
	sk_notices_met(d, place);
}

void sk_asks_met(struct sk_desk *d, size_t place)
{
	sk_asks_lost(d, place);
}

const struct sk_permit sk_asks_permits[] = {
    {SK_FRONT_ASK, 1, 6, SK_CHANNEL_BODY, 0, serve},
};
const size_t sk_asks_npermits = sizeof(sk_asks_permits) / sizeof(*sk_asks_permits);
