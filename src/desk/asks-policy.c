/* The policy in force, as text and by its answers: doc/front.md. The gate. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "desk/asks.h"
#include "policy/recorded.h"

/* --- its text --- */

/* Lines from the one of that number (from 0) on, as many as fit; *next: of the first that does not. */
static json_t *lines_of(struct sk_asked *q, const struct sk_source *s, size_t from, size_t *next)
{
	struct sk_page page = sk_page_begin(q);
	size_t at = 0, line = 0;

	for (*next = 0; at < s->text.n && *next == 0; line++) {
		size_t end = at;
		while (end < s->text.n && s->text.p[end] != '\n')
			end++;
		struct sk_slice one = sk_slice_sub(s->text, at, end - at);
		if (line >= from && !sk_page_add(&page, json_stringn((const char *)one.p, one.n)))
			*next = line;
		at = end + 1;
	}
	return page.list;
}

static json_t *files_of(const struct sk_policy *p)
{
	json_t *list = json_array();

	for (size_t i = 0; i < p->nsources; i++)
		json_array_append_new(list, json_string(p->sources[i]->name));
	return list;
}

static const struct sk_source *named(const struct sk_policy *p, const char *name)
{
	for (size_t i = 0; i < p->nsources; i++)
		if (name == NULL || strcmp(p->sources[i]->name, name) == 0)
			return p->sources[i];
	return NULL;
}

static int look_text(struct sk_asked *q)
{
	const struct sk_policy *p = q->act.desk->policy.policy;
	const struct sk_source *s = p ? named(p, q->ask.name) : NULL;
	size_t next = 0, from = q->ask.after ? strtoul(q->ask.after, NULL, 10) : 0;
	char text[24];

	if (p == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "policy");
	if (s == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_VALUE, "name");
	sk_show_set(q->out, "policy", sk_show_hash(sk_slice(p->hash, 32)));
	sk_show_number(q->out, "taken", q->act.desk->policy.taken * 1000);
	sk_show_set(q->out, "files", files_of(p));
	sk_show_set(q->out, "name", json_string(s->name));
	sk_show_set(q->out, "lines", lines_of(q, s, from, &next));
	snprintf(text, sizeof(text), "%zu", next);
	if (next)
		sk_show_set(q->out, "next", json_string(text));
	return 0;
}

/* --- its answers --- */

static int bad_request(struct sk_asked *q, const struct sk_fault *fault)
{
	sk_asked_fail(q, SK_FRONT_WHY_VALUE, fault->field[0] ? fault->field : "request");
	sk_show_set(q->out, "wrong", json_string(fault->why));
	return SK_EREFUSED;
}

/* What would become of a request as sekisho-policy(5) writes it; with `all`, what is not said is as it should be. */
static int look_explain(struct sk_asked *q)
{
	const struct sk_policy *p = q->act.desk->policy.policy;
	struct sk_slice json = sk_slice_str(q->ask.request);
	struct sk_decision *d = sk_arena_alloc(q->arena, sizeof(*d));
	struct sk_recorded r;
	struct sk_fault fault = {.why = ""};
	size_t used = 0;

	if (p == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "policy");
	int status = d ? sk_recorded_read(q->arena, json, &r, &used, &fault) : SK_ENOMEM;
	if (status == SK_EFORMAT || (status == 0 && used != json.n))
		return bad_request(q, &fault);
	if (status)
		return status;
	if (r.time == SK_UNKNOWN)
		r.time = time(NULL);
	if (q->ask.all)
		sk_recorded_assume(&r, r.time);
	sk_decide(p, &r.request, r.time, d);
	sk_show_set(q->out, "decision", sk_show_decided(d, r.request.received));
	return 0;
}

const struct sk_ask_of sk_asks_policy[] = {
    {SK_FRONT_POLICY_TEXT, SK_ASK_AUDITOR, look_text, NULL, NULL, NULL},
    {SK_FRONT_POLICY_EXPLAIN, SK_ASK_AUDITOR, look_explain, NULL, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
