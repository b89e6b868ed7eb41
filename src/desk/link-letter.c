/* Letters of the other post, each taken once, in one transaction with its number. links.h. The gate. */
#include "desk/links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "gate/waits.h"

#define MEMORY ((size_t)2 << 20)
#define REPLAY_MS 1000 /* who replays more stands in the ledger once */
/* The role carries so many that are not heard; one that was started anew, once more. */
#define PENDING ((size_t)2 * SK_LINK_AHEAD)

/* A letter under way. */
struct taken {
	struct sk_act act;
	struct sk_way *way;
	uint64_t number, before; /* before: of the letter that must have been taken already */
	bool last;               /* of its batch */
	uint32_t epoch;          /* of the role that brought it */
	bool give_up;            /* what it wants fails for good: that it came is kept alone */
	struct sk_arena *arena;
	struct sk_letter letter;
	struct sk_manifest manifest;
	int checked; /* of the manifest, or of the receipt of an end: 0, or what was said of it */
	char why[SK_MANIFEST_WHY];
	struct sk_transfer after;
	char id[SK_TRANSFER_ID];
	int effect;    /* of the last run */
	bool recorded; /* that it is a replay */
};

/* --- effects, in a transaction --- */

static int offered(struct sk_gate *g, struct sk_arena *a, struct taken *t)
{
	if (t->checked)
		return sk_gate_bad_offer(g, a, t->way->zone, &t->letter, t->why);
	sk_way_seen(t->way, &t->manifest.request.request);
	return sk_gate_offered(g, a, &t->manifest, &t->after);
}

static int waits(struct sk_gate *g, struct sk_arena *a, struct taken *t)
{
	if (strcmp(t->letter.event, "hold") != 0)
		return sk_gate_waits_over(g, a, t->letter.id, t->way->zone, &t->after);
	if (t->checked)
		return SK_EREFUSED;
	sk_way_seen(t->way, &t->manifest.request.request);
	return sk_gate_waits(g, a, &t->manifest, &t->after);
}

static int effect(struct sk_gate *g, struct sk_arena *a, struct taken *t)
{
	const struct sk_letter *l = &t->letter;

	switch (l->kind) {
	case SK_LETTER_OFFER:
		return offered(g, a, t);
	case SK_LETTER_FETCH:
		return sk_gate_fetched(g, a, l->id, t->way->zone, &t->after);
	case SK_LETTER_GONE:
		return sk_gate_gone(g, a, l->id, t->way->zone, &t->after);
	case SK_LETTER_END:
		if (t->checked)
			return SK_EREFUSED;
		return sk_gate_told(g, a, l->id, t->way->zone, l->event, l->reason, &t->after);
	case SK_LETTER_PASSWORD:
		return sk_gate_password_came(g, a, l->id, t->way->zone, l->body, &t->after);
	case SK_LETTER_ORIGINAL:
		return sk_gate_original_wanted(g, a, t->way->zone, l);
	case SK_LETTER_WAITS:
		return waits(g, a, t);
	default:
		return 0; /* nothing in the store */
	}
}

/* An offer of a transfer that is known already is never right: no letter is sent twice. */
static int record_replay(struct sk_gate *g, struct taken *t)
{
	if (!t->recorded && t->way->replayed > sk_now_ms())
		return 0; /* one of many: it stands there already */
	t->recorded = true;
	t->way->replayed = sk_now_ms() + REPLAY_MS;
	return sk_way_record(g, t->way,
	    &(struct sk_way_event){.kind = "link.replay",
		.transfer = t->letter.id,
		.message = sk_letter_word(t->letter.kind),
		.reason = "known"});
}

/* What the letter wants and cannot have is nothing that happened; that it came is. */
static int run(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	struct taken *t = (struct taken *)act;
	int status = sk_gate_heard(g, t->way->zone, (int64_t)t->before, (int64_t)t->number);

	if (status)
		return status;
	t->effect = t->give_up ? SK_EREFUSED : effect(g, a, t);
	if (t->effect == SK_EREFUSED && t->letter.kind == SK_LETTER_OFFER && !t->give_up)
		return record_replay(g, t);
	if (t->effect == SK_EREFUSED || t->effect == SK_ENOENTRY || t->effect == SK_EEXIST)
		return 0;
	return t->effect;
}

/* --- what follows, committed --- */

static void follow(struct taken *t)
{
	struct sk_way *w = t->way;
	const struct sk_letter *l = &t->letter;

	if (l->kind == SK_LETTER_OFFER && t->effect == 0 && t->checked == 0 &&
	    t->after.state == SK_AT_CROSSING)
		sk_way_fetch(w, &t->after);
	else if (l->kind == SK_LETTER_FETCH && t->effect == 0 && t->after.state == SK_AT_CROSSING)
		sk_way_give(w, &t->after);
	else if (l->kind == SK_LETTER_GONE || (l->kind == SK_LETTER_END && t->checked == 0))
		sk_way_drop(w, l->id);
	else if (l->kind == SK_LETTER_POLICY) {
		memcpy(w->policy, l->hash, sizeof(w->policy));
		w->policy_said = true;
	} else {
		sk_witness_letter(w, l);
	}
	if (t->effect && l->kind != SK_LETTER_POLICY)
		sk_desk_log("letter %s about %s from %s changes nothing here",
		    sk_letter_word(l->kind), l->id, w->zone);
}

/* Nothing behind it may be taken before it: it is tried until it goes, or for good without what it wants. */
static void again(struct taken *t, int status)
{
	sk_desk_log("letter %llu from %s cannot be taken now (%d): %s",
	    (unsigned long long)t->number, t->way->zone, status, sk_db_why(t->act.desk->db));
	t->give_up = status != SK_EIO && status != SK_EBUSY && status != SK_ENOSPACE &&
		     status != SK_ENOMEM && status != SK_ECHANGED;
	sk_desk_again(&t->act);
}

static void done(struct sk_act *act, int status)
{
	struct taken *t = (struct taken *)act;
	struct sk_way *w = t->way;

	if (status && status != SK_EREFUSED && !act->desk->closing && w->epoch == t->epoch) {
		again(t, status);
		return;
	}
	sk_pace_spend(
	    &w->pace, t->effect || t->checked ? SK_PACE_VAIN : SK_PACE_LETTER, sk_now_ms());
	if (status == 0)
		follow(t);
	if ((status == 0 || status == SK_EREFUSED) && t->last)
		sk_way_heard(w, t->number);
	sk_bench_look(act->desk);
	sk_pump_look(act->desk);
	w->look = 0;
	w->pending--;
	sk_arena_free(t->arena);
	free(t);
}

/* --- before --- */

static void check_offer(struct taken *t)
{
	const bool offers = t->letter.kind == SK_LETTER_OFFER;

	t->checked = (offers ? sk_manifest_check : sk_manifest_waits)(
	    t->letter.body, &t->way->keys, t->arena, &t->manifest, t->why);
	if (t->checked == 0 && strcmp(t->manifest.id, t->letter.id) != 0) {
		snprintf(t->why, sizeof(t->why), "manifest.transfer");
		t->checked = SK_EREFUSED;
	}
}

/* Whoever carries letters cannot say how a transfer ended: the other post's ledger does. */
static void check_end(struct taken *t)
{
	t->checked =
	    sk_manifest_end(t->letter.body, &t->way->keys, t->letter.id, t->letter.event, t->why);
	if (t->checked)
		sk_desk_log(
		    "the end of %s is not proved by %s: %s", t->letter.id, t->way->zone, t->why);
}

/* What is proved is looked into before: it takes its time, and nothing of it lies in the store. */
static int read_letter(struct taken *t, const struct sk_carried *c)
{
	void *body = sk_arena_dup(t->arena, c->body.p, c->body.n);
	int status =
	    body ? sk_letter_get(c->kind, sk_slice(body, c->body.n), &t->letter) : SK_ENOMEM;

	t->way->keys.now = time(NULL);
	if (status == 0 &&
	    (c->kind == SK_LETTER_OFFER ||
		(c->kind == SK_LETTER_WAITS && strcmp(t->letter.event, "hold") == 0)))
		check_offer(t);
	else if (status == 0 && c->kind == SK_LETTER_END)
		check_end(t);
	if (status)
		return status;
	return t->checked == SK_ENOMEM ? SK_ENOMEM : 0;
}

int sk_way_take(struct sk_way *w, const struct sk_carried *c, bool last)
{
	struct taken *t = w->pending < PENDING ? calloc(1, sizeof(*t)) : NULL;
	int status;

	if (t == NULL)
		return w->pending < PENDING ? SK_ENOMEM : SK_ELIMIT;
	*t = (struct taken){.way = w,
	    .epoch = w->epoch,
	    .number = c->number,
	    .before = w->taken,
	    .last = last,
	    .arena = sk_arena_new(MEMORY)};
	status = t->arena ? read_letter(t, c) : SK_ENOMEM;
	if (status) { /* what is no letter comes from a post that is broken or not ours: nothing behind it is taken either */
		sk_desk_log(
		    "letter %llu from %s cannot be read", (unsigned long long)c->number, w->zone);
		sk_arena_free(t->arena);
		free(t);
		return status;
	}
	w->taken = c->number > w->taken ? c->number : w->taken;
	t->act.run = run;
	t->act.done = done;
	w->pending++;
	sk_desk_do(w->desk, &t->act);
	return 0;
}
