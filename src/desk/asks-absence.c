/* Who is away: doc/front.md. The gate. */
#include <string.h>

#include "base/err.h"
#include "desk/asks.h"
#include "store/absence.h"

#define MOST 200
/* What somebody says of another one's absence moves decisions to a deputy: not before that one could have seen it. Who is ill has deputies by time, too (`deputy after`). */
#define NOTICE_MS ((int64_t)24 * 3600 * 1000)

static const char *whose(const struct sk_asked *q)
{
	return q->ask.member ? q->ask.member : q->member;
}

static bool is_own(const struct sk_asked *q, const char *member)
{
	return q->member && strcmp(q->member, member) == 0;
}

static json_t *show(const struct sk_asked *q, const struct sk_absence *a)
{
	const struct sk_member *m = sk_asked_member(q, a->member);
	json_t *o = json_object();

	sk_show_number(o, "number", a->number);
	sk_show_set(o, "member", sk_show_text(a->member));
	sk_show_set(o, "name", m ? sk_show_text(m->title) : NULL);
	sk_show_number(o, "from", a->begins);
	sk_show_number(o, "until", a->ends);
	sk_show_set(o, "said_by", sk_show_text(a->said_by));
	return o;
}

static void why(struct sk_asked *q, int status)
{
	if (status == SK_EARG)
		sk_asked_fail(q, SK_FRONT_WHY_VALUE, "until");
	else if (status == SK_ELIMIT)
		sk_asked_fail(q, SK_FRONT_WHY_ENOUGH, NULL);
	else if (status == SK_ENOENTRY)
		sk_asked_fail(q, SK_FRONT_WHY_NO_LINE, NULL);
}

/* Said to who asks, and to the batch: nothing has been written. */
static int refuse(struct sk_asked *q, int status)
{
	why(q, status);
	return status == SK_EARG || status == SK_ELIMIT ? SK_EREFUSED : status;
}

/* For oneself; for others whoever runs the post, since who is ill says nothing. */
static int look_add(struct sk_asked *q)
{
	const char *member = whose(q);

	if (member == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_MISSING, "member");
	if (!is_own(q, member) && !sk_asked_runs_post(q))
		return sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	return sk_asked_member(q, member) ? 0 : sk_asked_fail(q, SK_FRONT_WHY_NOT_MEMBER, member);
}

static int run_add(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_absence absence = {.member = whose(q),
	    .begins = q->ask.from == SK_FRONT_UNSAID ? 0 : q->ask.from,
	    .ends = q->ask.until,
	    .said_by = q->member};
	int64_t notice = g->now * 1000 + NOTICE_MS;

	if (!is_own(q, absence.member) && absence.begins < notice)
		absence.begins = notice;
	int status = sk_absence_add(g->db, &absence);
	return status ? refuse(q, status) : sk_asked_log(g, q, absence.member, NULL);
}

/* Another one's is there for who runs the post alone. */
static int run_end(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_absence absence;
	int status = sk_absence_load(g->db, a, q->ask.number, &absence);

	if (status == 0 && !is_own(q, absence.member) && !sk_asked_runs_post(q))
		status = SK_ENOENTRY;
	if (status == 0)
		status = sk_absence_end(g->db, q->ask.number);
	return status ? refuse(q, status) : sk_asked_log(g, q, absence.member, NULL);
}

/* --- looking --- */

static json_t *deputies_of(const struct sk_asked *q, const char *member)
{
	const struct sk_member *m = sk_asked_member(q, member);
	json_t *list = json_array();

	for (size_t i = 0; m && i < m->deputies.n; i++) {
		const char *name = m->deputies.v[i].token->value;
		const struct sk_member *d = sk_asked_member(q, name);
		json_t *o = json_object();
		sk_show_set(o, "member", sk_show_text(name));
		sk_show_set(o, "name", d ? sk_show_text(d->title) : NULL);
		json_array_append_new(list, o);
	}
	return list;
}

static int look_list(struct sk_asked *q)
{
	const char *member = q->ask.all ? NULL : whose(q);
	struct sk_absence *v = NULL;
	json_t *list = json_array();
	int64_t now = 0;
	size_t n = 0;

	if ((member == NULL || !is_own(q, member)) && !sk_asked_may(q, SK_ASK_AUDITOR)) {
		json_decref(list);
		return sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	}
	int status = sk_db_now(q->act.desk->db, &now);
	if (status == 0)
		status = sk_absence_list(q->act.desk->db, q->arena, member, now, MOST, &v, &n);
	for (size_t i = 0; i < n && status == 0; i++)
		json_array_append_new(list, show(q, &v[i]));
	sk_show_set(q->out, "absences", list);
	if (member)
		sk_show_set(q->out, "deputies", deputies_of(q, member));
	return status;
}

const struct sk_ask_of sk_asks_absence[] = {
    {SK_FRONT_ABSENCE_ADD, SK_ASK_SEER, look_add, run_add, NULL, why},
    {SK_FRONT_ABSENCE_LIST, SK_ASK_SEER, look_list, NULL, NULL, why},
    {SK_FRONT_ABSENCE_END, SK_ASK_SEER, NULL, run_end, NULL, why},
    {.what = SK_FRONT_COUNT},
};
