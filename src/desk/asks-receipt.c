/* The receipt of a transfer, for printing: doc/front.md. The gate says what is to stand there, and formats nothing. */
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "desk/prints.h"
#include "store/logged.h"

/* Who decided, with what he is called today. */
static json_t *votes_of(struct sk_asked *q, const struct sk_transfer *t)
{
	json_t *votes = sk_show_votes(q, t), *v;
	size_t i;

	json_array_foreach(votes, i, v)
	{
		const char *person = json_string_value(json_object_get(v, "person"));
		const struct sk_member *m = person ? sk_asked_member(q, person) : NULL;

		json_object_del(v, "comment");
		sk_show_set(v, "name", m ? sk_show_text(m->title) : NULL);
	}
	return votes;
}

static json_t *what_of(struct sk_asked *q, const struct sk_transfer *t, unsigned holds)
{
	json_t *o = json_object();

	sk_show_number(o, "made", (int64_t)time(NULL) * 1000);
	sk_show_set(o, "zone", sk_show_text(q->act.desk->zone));
	sk_show_set(o, "transfer", sk_show_transfer(q, t, holds, false));
	sk_show_set(o, "votes", votes_of(q, t));
	sk_show_set(o, "original_hash", sk_show_hash(t->original_hash));
	return o;
}

/* Where our ledger says that it was offered to the other post: that entry tells both hashes, and stays. SK_NONE: it was not. */
static int64_t offered_of(const struct sk_asked *q, const struct sk_transfer *t)
{
	return strcmp(t->zone_from, q->act.desk->zone) == 0 ? t->leaf : SK_NONE;
}

static int look_receipt(struct sk_asked *q)
{
	struct sk_transfer t;
	unsigned holds = 0;
	int64_t number = 0;
	int status = sk_asked_load(q, q->ask.id, &t, &holds);

	if (status == 0)
		status = sk_logged_last(q->act.desk->db, t.id, &number);
	return status ? status
		      : sk_prints_receipt(q, what_of(q, &t, holds), offered_of(q, &t), number);
}

const struct sk_ask_of sk_asks_receipt[] = {
    {SK_FRONT_RECEIPT, SK_ASK_SEER, look_receipt, NULL, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
