/* The questions of front ends: who asks, what is asked, and the answer. asks.h. The gate. */
#include "desk/asks.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "front/front.h"

#define ANSWER_MOST (SK_CHANNEL_BODY - 16)

int sk_asked_fail(struct sk_asked *q, const char *reason, const char *sentence)
{
	json_object_clear(q->out);
	json_object_set_new(q->out, "status", json_string("refused"));
	json_object_set_new(q->out, "reason", json_string(reason));
	json_object_set_new(q->out, "sentence", json_string(sentence));
	return SK_EREFUSED;
}

/* --- members --- */

const char *sk_asked_text(struct sk_asked *q, const char *name, bool needed)
{
	const char *text = json_string_value(json_object_get(q->in, name));

	if (text == NULL && needed)
		sk_asked_fail(q, "incomplete", "Something is missing in the question.");
	return text;
}

bool sk_asked_number(struct sk_asked *q, const char *name, int64_t *n)
{
	const json_t *v = json_object_get(q->in, name);

	if (!json_is_integer(v))
		return false;
	*n = json_integer_value(v);
	return true;
}

bool sk_asked_flag(struct sk_asked *q, const char *name)
{
	return json_is_true(json_object_get(q->in, name));
}

/* --- answering --- */

static void answer(struct sk_asked *q)
{
	char *text;

	if (json_object_get(q->out, "status") == NULL)
		json_object_set_new(q->out, "status", json_string("ok"));
	text = json_dumps(q->out, JSON_COMPACT);
	if (text && strlen(text) > ANSWER_MOST) {
		free(text);
		text = strdup("{\"status\":\"refused\",\"reason\":\"too-long\","
			      "\"sentence\":\"The answer is too long.\"}");
	}
	if (text)
		sk_child_send(&q->act.desk->child, q->place, SK_FRONT_ANSWER, q->serial,
		    sk_slice_str(text), NULL, 0);
	free(text);
	json_decref(q->in);
	json_decref(q->out);
	sk_close(&q->fd);
	free(q->own);
	free(q->member);
	free(q);
}

static int run(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	struct sk_asked *q = (struct sk_asked *)act;

	json_object_clear(q->out);
	return q->ask->run(g, a, q);
}

static void say_why(struct sk_asked *q, int status)
{
	if (json_object_get(q->out, "status"))
		return;
	if (status == SK_ENOENTRY)
		sk_asked_fail(q, "unknown", "There is no such transfer.");
	else if (status == SK_EREFUSED)
		sk_asked_fail(q, "not-now", "That cannot be done with it now.");
	else if (status == SK_ENOSPACE)
		sk_asked_fail(q, "space", "There is no room for it now.");
	else
		sk_asked_fail(q, "store", "The store cannot be changed now; nothing was done.");
}

static void done(struct sk_act *act, int status)
{
	struct sk_asked *q = (struct sk_asked *)act;

	if (status)
		say_why(q, status);
	else if (q->ask->after)
		q->ask->after(q);
	if (status == 0) {
		sk_bench_look(act->desk);
		sk_pump_look(act->desk);
		sk_links_look(act->desk);
	}
	answer(q);
}

/* --- asking --- */

static const struct sk_ask *find(const char *name)
{
	const struct sk_ask *const tables[] = {sk_asks_transfer, sk_asks_user, sk_asks_post};

	for (size_t i = 0; name && i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct sk_ask *a = tables[i]; a->name; a++)
			if (strcmp(a->name, name) == 0)
				return a;
	return NULL;
}

static bool may(const struct sk_asked *q, enum sk_ask_who who)
{
	const unsigned admin = 1U << SK_RIGHT_ADMIN,
		       sees = admin | 1U << SK_RIGHT_AUDIT | 1U << SK_RIGHT_OVERSEE;

	if (who == SK_ASK_ADMIN)
		return q->root || (q->rights & admin);
	if (who == SK_ASK_AUDITOR)
		return q->root || (q->rights & sees);
	return q->member != NULL;
}

static void begin(struct sk_asked *q)
{
	int status = 0;

	q->ask = find(json_string_value(json_object_get(q->in, "do")));
	if (q->ask == NULL)
		status = sk_asked_fail(q, "no-such-ask", "That is not known here.");
	else if (q->ask->file != (q->fd >= 0))
		status = sk_asked_fail(q, "file", "A file belongs to this question, or does not.");
	else if (!may(q, q->ask->who))
		status = sk_asked_fail(q, "no-right", "You have no right to do this.");
	if (status == 0 && q->ask->look)
		status = q->ask->look(q);
	if (status || q->ask->run == NULL) {
		if (status)
			say_why(q, status);
		answer(q);
		return;
	}
	q->act.run = run;
	q->act.done = done;
	sk_desk_do(q->act.desk, &q->act);
}

static int serve(void *ctx, struct sk_message *m)
{
	struct sk_desk *d = ctx;
	struct sk_asked *q = calloc(1, sizeof(*q));
	struct sk_slice json;

	if (q == NULL)
		return SK_ENOMEM;
	q->act.desk = d;
	q->place = d->child.now;
	q->serial = m->serial;
	q->fd = -1;
	q->out = json_object();
	q->in = sk_front_get(m->body, &q->uid, &json)
		    ? NULL
		    : json_loadb((const char *)json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	if (m->nfds) {
		q->fd = m->fds[0];
		m->fds[0] = -1;
	}
	if (!json_is_object(q->in)) {
		sk_asked_fail(q, "malformed", "The question is no JSON object.");
		answer(q);
		return 0;
	}
	if (sk_asked_who(q)) {
		sk_asked_fail(q, "store", "The store cannot be read now.");
		answer(q);
		return 0;
	}
	begin(q);
	return 0;
}

const struct sk_permit sk_asks_permits[] = {
    {SK_FRONT_ASK, 1, 6, SK_CHANNEL_BODY, 0, serve},
    {SK_FRONT_GIVE, 1, 6, SK_CHANNEL_BODY, 1, serve},
};
const size_t sk_asks_npermits = sizeof(sk_asks_permits) / sizeof(*sk_asks_permits);
