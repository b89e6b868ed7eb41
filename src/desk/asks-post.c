/* How the post is: doc/front.md. The gate. */
#include "base/err.h"
#include "desk/asks.h"
#include "desk/bench.h"
#include "desk/links.h"
#include "desk/pump.h"

static const char *ledger_word(unsigned state)
{
	static const char *const words[] = {
	    "signs", "unasked", "behind", "forked", "alone", "reads"}; /* enum sk_ledger_state */

	return state < sizeof(words) / sizeof(words[0]) ? words[state] : "none";
}

static int show_counts(struct sk_asked *q)
{
	json_t *counts = json_object();
	int status = 0;

	for (unsigned s = 0; s < SK_AT_COUNT && status == 0; s++) {
		int64_t n = 0;
		status = sk_transfer_count(q->act.desk->db, s, &n);
		sk_show_number(counts, sk_state_word(s), n);
	}
	sk_show_set(q->out, "transfers", counts);
	return status;
}

static int show_queue(struct sk_asked *q)
{
	const struct sk_bench *b = q->act.desk->bench;
	struct sk_queue_counts n = {0};
	json_t *queue = json_object(), *workers = json_object();
	int status = sk_queue_counts(b->queue[0], &n);

	sk_show_number(queue, "waiting", n.ready);
	sk_show_number(queue, "running", n.running);
	sk_show_number(queue, "dead", n.dead);
	sk_show_set(q->out, "queue", queue);
	sk_show_number(workers, "here", (int64_t)b->here);
	sk_show_number(workers, "idle", (int64_t)b->idle);
	sk_show_set(q->out, "workers", workers);
	sk_show_set(q->out, "scanner", json_boolean(b->scanner));
	return status;
}

static void show_ledger(struct sk_asked *q)
{
	const struct sk_pump *p = q->act.desk->pump;
	json_t *o = json_object();

	sk_show_set(o, "state", json_string(p->here ? ledger_word(p->state.state) : "none"));
	sk_show_number(o, "size", (int64_t)p->state.size);
	sk_show_set(o, "root", sk_show_hash(sk_slice(p->state.root.b, SK_HASH_BYTES)));
	sk_show_set(q->out, "ledger", o);
}

static void show_policy(struct sk_asked *q)
{
	const struct sk_desk *d = q->act.desk;
	json_t *o = json_object();

	sk_show_set(o, "hash", sk_show_hash(sk_slice(d->gate.policy->hash, 32)));
	sk_show_number(o, "taken", d->policy.taken * 1000);
	sk_show_set(q->out, "policy", o);
}

static void show_links(struct sk_asked *q)
{
	const struct sk_links *l = q->act.desk->links;
	json_t *list = json_array();

	for (size_t i = 0; i < l->n; i++) {
		const struct sk_way *w = &l->way[i];
		json_t *o = json_object();
		sk_show_set(o, "zone", sk_show_text(w->zone));
		sk_show_set(o, "up", json_boolean(w->here && w->status.state == SK_LINK_IS_UP));
		sk_show_set(o, "state", sk_show_text(sk_link_state_word(w->status.state)));
		sk_show_set(o, "text", sk_show_text(w->status.text));
		if (w->policy_said)
			sk_show_set(o, "policy", sk_show_hash(sk_slice(w->policy, 32)));
		json_array_append_new(list, o);
	}
	sk_show_set(q->out, "links", list);
}

/* Where transfers and blobs are kept, and how much room there is for more. */
static int show_store(struct sk_asked *q)
{
	const struct sk_desk *d = q->act.desk;
	struct sk_blobs_room room;
	json_t *o = json_object();
	int status = sk_blobs_room(d->blobs, &room);

	sk_show_set(o, "kind", json_string(sk_db_kind(d->db)));
	if (status == 0) {
		sk_show_number(o, "all", (int64_t)room.all);
		sk_show_number(o, "free", (int64_t)room.free);
		sk_show_number(o, "kept", (int64_t)room.kept);
	}
	sk_show_set(q->out, "store", o);
	return status;
}

static int look_status(struct sk_asked *q)
{
	const struct sk_desk *d = q->act.desk;
	int status = show_counts(q);

	if (status == 0)
		status = show_queue(q);
	if (status == 0)
		status = show_store(q);
	sk_show_set(q->out, "zone", sk_show_text(d->zone));
	sk_show_set(q->out, "version", json_string(SK_VERSION));
	show_ledger(q);
	show_policy(q);
	show_links(q);
	return status;
}

const struct sk_ask_of sk_asks_post[] = {
    {SK_FRONT_STATUS, SK_ASK_EVERYBODY, look_status, NULL, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
