/*
 * One word about several transfers, where the policy allows that (`bulk`): each is a decision of its own, about the bytes whose hash
 * was seen, with its own entry in the ledger, and one that is refused harms no other. doc/front.md. The gate.
 */
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "desk/asks.h"
#include "desk/refusals.h"

#define ID ((size_t)SK_TRANSFER_ID - 1)
#define LINE (ID + 1 + 64)

struct sk_deciding_one {
	char id[SK_TRANSFER_ID];
	uint8_t hash[32];
	bool there; /* it exists for him */
};

/* --- what it is about --- */

static int read_line(struct sk_asked *q, struct sk_slice line, size_t n)
{
	struct sk_deciding_one *one = &q->decide[n];

	if (line.n != LINE || line.p[ID] != ' ' ||
	    sk_hex_parse(sk_slice_sub(line, ID + 1, 64), one->hash, sizeof(one->hash)))
		return sk_asked_fail(q, SK_FRONT_WHY_VALUE, "votes");
	memcpy(one->id, line.p, ID);
	one->id[ID] = '\0';
	for (size_t i = 0; i < n; i++)
		if (strcmp(q->decide[i].id, one->id) == 0)
			return sk_asked_fail(q, SK_FRONT_WHY_VALUE, "votes");
	return 0;
}

static int read_lines(struct sk_asked *q)
{
	struct sk_slice all = sk_slice_str(q->ask.votes);
	int status = 0;

	q->decide = sk_arena_array(q->arena, SK_DECIDE_MOST, sizeof(*q->decide));
	if (q->decide == NULL)
		return SK_ENOMEM;
	for (size_t at = 0, end; at < all.n && status == 0; at = end + 1) {
		end = sk_slice_find(all, at, SK_SLICE_LIT("\n"));
		end = end == SIZE_MAX ? all.n : end;
		status = q->ndecide < SK_DECIDE_MOST
			     ? read_line(q, sk_slice_sub(all, at, end - at), q->ndecide)
			     : sk_asked_fail(q, SK_FRONT_WHY_VALUE, "votes");
		q->ndecide += status == 0;
	}
	return status == 0 && q->ndecide == 0 ? sk_asked_fail(q, SK_FRONT_WHY_VALUE, "votes")
					      : status;
}

static int look_decide(struct sk_asked *q)
{
	struct sk_transfer t;
	unsigned holds;
	int status = q->ask.allow ? sk_asked_yes(q) : 0;

	if (status == 0)
		status = read_lines(q);
	if (status == 0)
		status = sk_asked_same_policy(q);
	for (size_t i = 0; i < q->ndecide && status == 0; i++) {
		status = sk_asked_load(q, q->decide[i].id, &t, &holds);
		q->decide[i].there = status == 0;
		status = status == SK_ENOENTRY ? 0 : status;
	}
	return status;
}

/* --- deciding --- */

/* Why his word does not count for this one. */
static enum sk_front_why why_refused(
    struct sk_gate *g, struct sk_arena *a, const struct sk_asked *q, const struct sk_transfer *t)
{
	unsigned holds = 0;
	bool bulk = false;

	if (t->requester && strcmp(t->requester, q->member) == 0)
		return SK_FRONT_WHY_OWN;
	if (t->state != SK_AT_HELD)
		return SK_FRONT_WHY_STATE;
	if (sk_gate_may_vote(g, a, t, q->member, &holds) || holds == 0)
		return SK_FRONT_WHY_NO_RIGHT;
	if (t->holds & 1 << SK_HELD_CLASS)
		return SK_FRONT_WHY_CLASS;
	return sk_gate_may_bulk(g, a, t, &bulk) || bulk ? SK_FRONT_WHY_NO_RIGHT : SK_FRONT_WHY_BULK;
}

static json_t *refused(const char *id, enum sk_front_why why, const struct sk_transfer *t)
{
	json_t *o = json_object();

	sk_show_set(o, "id", json_string(id));
	sk_show_set(o, "status", json_string("refused"));
	sk_show_set(o, "why", json_string(sk_front_why_word(why)));
	sk_show_set(o, "text", json_string(sk_front_why_text(why)));
	if (why == SK_FRONT_WHY_STATE)
		sk_show_set(o, "field", sk_show_text(sk_state_word((unsigned)t->state)));
	return o;
}

static json_t *decided(const struct sk_transfer *t)
{
	json_t *o = json_object();

	sk_show_set(o, "id", json_string(t->id));
	sk_show_set(o, "status", json_string("ok"));
	sk_show_set(o, "state", sk_show_text(sk_state_word((unsigned)t->state)));
	return o;
}

/* NULL: the store failed, and nothing of it stands. */
static json_t *decide_one(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q,
    const struct sk_deciding_one *one, int *status)
{
	struct sk_ballot b = {.member = q->member,
	    .login = sk_asked_vote_login(q),
	    .allow = q->ask.allow,
	    .holds = 1U << SK_HOLD_APPROVAL,
	    .bulk = true,
	    .comment = q->ask.comment};
	enum sk_front_why why;
	struct sk_transfer t;

	memcpy(b.output, one->hash, sizeof(b.output));
	*status = one->there ? sk_gate_vote(g, a, one->id, &b, &t) : SK_ENOENTRY;
	switch (*status) {
	case 0:
		return decided(&t);
	case SK_ENOENTRY:
		return refused(one->id, SK_FRONT_WHY_NO_TRANSFER, NULL);
	case SK_ECHANGED:
		return refused(one->id, SK_FRONT_WHY_CHANGED, NULL);
	case SK_EREFUSED:
		why = why_refused(g, a, q, &t);
		sk_refusals_tell(q, why, one->id);
		return refused(one->id, why, &t);
	default:
		return NULL;
	}
}

static int run_decide(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	json_t *list = json_array();
	int status = 0;

	for (size_t i = 0; i < q->ndecide; i++) {
		json_t *one = decide_one(g, a, q, &q->decide[i], &status);
		if (one == NULL) {
			json_decref(list);
			return status;
		}
		json_array_append_new(list, one);
	}
	sk_show_set(q->out, "decided", list);
	return 0;
}

const struct sk_ask_of sk_asks_decide[] = {
    {SK_FRONT_DECIDE, SK_ASK_VOTER, look_decide, run_decide, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
