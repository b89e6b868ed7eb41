/* Collecting what crossed: doc/front.md. The gate. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"
#include "desk/asks.h"

int sk_asked_empty(struct sk_asked *q)
{
	struct stat st;

	if (fcntl(q->fd, F_GET_SEALS) >= 0 && fstat(q->fd, &st) == 0 && st.st_size == 0)
		return 0;
	return sk_asked_fail(q, SK_FRONT_WHY_FILE, NULL);
}

int sk_asked_fill(struct sk_asked *q, enum sk_blob_kind kind)
{
	struct sk_blobs *blobs = q->act.desk->blobs;
	int status = sk_blob_copy(blobs, kind, q->blob, q->fd);

	if (status)
		sk_desk_log(
		    "what somebody collects cannot be read (%d): %s", status, sk_blobs_why(blobs));
	return status ? sk_asked_fail(q, SK_FRONT_WHY_FAULT, NULL) : 0;
}

static int look_get(struct sk_asked *q)
{
	struct sk_transfer t;
	unsigned holds;

	int status = sk_asked_empty(q);

	return status ? status : sk_asked_load(q, q->ask.id, &t, &holds);
}

static int run_get(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_transfer t;
	int status = sk_gate_collect(g, a, q->ask.id, q->member, &t);

	if (status)
		return status;
	sk_blob_name(t.output.p, q->blob);
	sk_show_set(q->out, "transfer", sk_show_transfer(q, &t, 0, false));
	return 0;
}

/* Counted and committed: now the bytes may be seen. */
static int after_get(struct sk_asked *q)
{
	return sk_asked_fill(q, SK_BLOB_OUTPUT);
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

const struct sk_ask_of sk_asks_get[] = {
    {SK_FRONT_GET, SK_ASK_MEMBER, look_get, run_get, after_get, why_get},
    {.what = SK_FRONT_COUNT},
};
