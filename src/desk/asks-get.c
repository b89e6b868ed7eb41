/*
 * Collecting what crossed: doc/front.md. A front end is handed the bytes, and it counts when it says that they have left. The gate.
 */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "desk/uploads.h"

/* --- handed out --- */

static int look_get(struct sk_asked *q)
{
	struct sk_transfer t;
	unsigned holds;
	int status = sk_asked_load(q, q->ask.id, &t, &holds);

	if (status)
		return status;
	/* one that is not released yet may be when its turn has come */
	int64_t most = t.downloads_most == SK_NONE ? 1 : t.downloads_most - t.downloads;

	/* what was collected as often as it may be is told by what follows */
	if (most > 0)
		status = sk_hand_add(q, t.id, most);
	return status == SK_EBUSY ? sk_asked_fail(q, SK_FRONT_WHY_UNDER_WAY, NULL) : status;
}

static int run_get(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_transfer t;
	bool counted = false;
	int status = q->hand ? sk_gate_hand(g, a, q->ask.id, q->member, &counted, &t) : SK_EREFUSED;

	if (status)
		return status;
	q->hand->counted = counted;
	sk_blob_name(t.output.p, q->blob);
	memcpy(q->handed.sha256, t.output.p, sizeof(q->handed.sha256));
	q->handed.size = (uint64_t)t.output_size;
	sk_show_set(q->out, "transfer", sk_show_transfer(q, &t, 0, false));
	return 0;
}

int sk_asked_lend(struct sk_asked *q, enum sk_blob_kind kind)
{
	struct sk_blobs *blobs = q->act.desk->blobs;
	int status = sk_blob_lend(blobs, kind, q->blob, &q->handed, &q->fd);

	if (status) {
		sk_desk_log(
		    "what somebody collects cannot be read (%d): %s", status, sk_blobs_why(blobs));
		return sk_asked_fail(q, SK_FRONT_WHY_FAULT, NULL);
	}
	/* to a front end that is gone nothing is handed: it ends with the question */
	if (q->epoch == q->act.desk->asks_epoch[q->place]) {
		q->hand->begun = true;
		q->hand = NULL;
	}
	return 0;
}

/* In the ledger: now the bytes may be seen. */
static int after_get(struct sk_asked *q)
{
	return sk_asked_lend(q, SK_BLOB_OUTPUT);
}

static void why_get(struct sk_asked *q, int status)
{
	struct sk_transfer t;
	unsigned holds;

	if (status != SK_EREFUSED || sk_asked_load(q, q->ask.id, &t, &holds))
		return;
	const char *whose = t.recipient ? t.recipient : t.requester;
	if (strcmp(t.zone_to, q->act.desk->zone) != 0)
		sk_asked_fail(q, SK_FRONT_WHY_ELSEWHERE, t.zone_to);
	else if (whose == NULL || strcmp(whose, q->member) != 0)
		sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	else if (t.state != SK_AT_RELEASED && t.state != SK_AT_COLLECTED)
		sk_asked_fail(q, SK_FRONT_WHY_STATE, sk_state_word((unsigned)t.state));
	else if (t.downloads_most != SK_NONE && t.downloads >= t.downloads_most)
		sk_asked_fail(q, SK_FRONT_WHY_DOWNLOADS, NULL);
	else
		sk_asked_fail(q, SK_FRONT_WHY_POLICY, t.route);
}

/* --- it has left, or was interrupted --- */

static int look_done(struct sk_asked *q)
{
	struct sk_transfer t;
	unsigned holds;
	int status = sk_asked_load(q, q->ask.id, &t, &holds);

	if (status || !sk_hand_over(q, t.id))
		return status;
	sk_show_set(q->out, "transfer", sk_show_transfer(q, &t, 0, false));
	json_object_set_new(q->out, "status", json_string("ok"));
	return 0;
}

static int run_done(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_transfer t;
	int status = sk_gate_collect(g, a, q->ask.id, q->member, &t);

	if (status == 0)
		sk_show_set(q->out, "transfer", sk_show_transfer(q, &t, 0, false));
	return status;
}

const struct sk_ask_of sk_asks_get[] = {
    {SK_FRONT_GET, SK_ASK_MEMBER, look_get, run_get, after_get, why_get},
    {SK_FRONT_GET_DONE, SK_ASK_MEMBER, look_done, run_done, NULL, why_get},
    {.what = SK_FRONT_COUNT},
};
