/* What cleaning took out, and what was found in what is left: doc/front.md. The gate. */
#include <stdlib.h>
#include <string.h>

#include "base/codes.h"
#include "base/err.h"
#include "desk/asks.h"
#include "gate/facts.h"
#include "store/finding.h"

static const char *sentence_of(const char *code, size_t n)
{
	for (unsigned c = 0; c < SK_CODE_COUNT; c++) {
		const char *name = sk_code_name((enum sk_code)c);
		if (strlen(name) == n && memcmp(name, code, n) == 0)
			return sk_code_text((enum sk_code)c);
	}
	return "";
}

/* "code=count,code=count" as the worker said it. */
static json_t *removals_of(const char *text)
{
	json_t *list = json_array();

	for (const char *s = text; s && *s;) {
		size_t code = strcspn(s, "=,"), whole = strcspn(s, ",");
		json_t *o = json_object();
		json_object_set_new(o, "code", json_stringn(s, code));
		json_object_set_new(
		    o, "count", json_integer(code < whole ? strtoll(s + code + 1, NULL, 10) : 1));
		json_object_set_new(o, "text", json_string(sentence_of(s, code)));
		json_array_append_new(list, o);
		s += whole + (s[whole] == ',');
	}
	return list;
}

/* How many of each kind, as the policy was asked about them. */
static json_t *found_of(const struct sk_query *q)
{
	const struct {
		const char *kind;
		int64_t n;
	} v[] = {{"mynumber", q->leaks[SK_LEAK_MYNUMBER]},
	    {"corporate-number", q->leaks[SK_LEAK_CORPORATE]},
	    {"word", q->leaks[SK_LEAK_DICTIONARY]}, {"unreadable", q->unreadable}};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++)
		if (v[i].n > 0)
			json_array_append_new(list, json_pack("{s:s, s:I}", "kind", v[i].kind,
							"count", (json_int_t)v[i].n));
	return list;
}

static int show_findings(struct sk_asked *q, const struct sk_transfer *t)
{
	struct sk_gate g = sk_asked_gate(q);
	const char *places = NULL;
	struct sk_recorded r;
	int status = sk_finding_load(q->act.desk->db, q->arena, t->id, &places);

	if (status)
		return status;
	if (t->facts && sk_gate_facts(&g, q->arena, t, &r) == 0)
		sk_show_set(q->out, "findings", found_of(&r.request));
	json_t *list = places ? json_loads(places, 0, NULL) : NULL;
	sk_show_set(q->out, "places", list ? list : json_array());
	return 0;
}

/* Places name files within archives: they are not for who only runs the post. */
static int look_report(struct sk_asked *q)
{
	struct sk_transfer t;
	unsigned holds = 0;
	int status = sk_asked_load(q, q->ask.id, &t, &holds);

	if (status)
		return status;
	sk_show_set(q->out, "method", sk_show_text(t.method));
	sk_show_set(q->out, "cleaner", sk_show_text(t.cleaner));
	sk_show_set(q->out, "removals", removals_of(t.removed));
	return sk_show_content(q, &t, holds) ? show_findings(q, &t) : 0;
}

const struct sk_ask_of sk_asks_report[] = {
    {SK_FRONT_REPORT, SK_ASK_SEER, look_report, NULL, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
