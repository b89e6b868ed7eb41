/* Transfers and requests for originals as JSON: doc/front.md. The gate. */
#include <string.h>

#include "desk/asks.h"

/* --- values --- */

json_t *sk_show_text(const char *text)
{
	return text ? json_string(text) : NULL;
}

json_t *sk_show_hash(struct sk_slice hash)
{
	char hex[65] = "";

	if (hash.n != 32)
		return NULL;
	sk_blob_name(hash.p, hex);
	return json_string(hex);
}

void sk_show_set(json_t *o, const char *name, json_t *value)
{
	if (value)
		json_object_set_new(o, name, value);
}

void sk_show_number(json_t *o, const char *name, int64_t n)
{
	if (n != SK_NONE)
		json_object_set_new(o, name, json_integer(n));
}

/* --- transfers --- */

static json_t *holds_of(const struct sk_transfer *t)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < SK_HELD_COUNT; i++)
		if (t->holds >> i & 1)
			json_array_append_new(list, json_string(sk_held_word(i)));
	return list;
}

static json_t *role_of(const struct sk_asked *q, const struct sk_transfer *t, unsigned holds)
{
	json_t *list = json_array();

	if (q->member && t->requester && strcmp(t->requester, q->member) == 0)
		json_array_append_new(list, json_string("requester"));
	if (q->member && t->recipient && strcmp(t->recipient, q->member) == 0)
		json_array_append_new(list, json_string("recipient"));
	if (holds)
		json_array_append_new(list, json_string("approver"));
	return list;
}

/* The classes that the row has as places in a scheme stand in its facts by their names. */
static void set_classes(json_t *o, const struct sk_transfer *t)
{
	json_t *facts = t->facts ? json_loads(t->facts, 0, NULL) : NULL;

	sk_show_set(o, "class", sk_show_text(t->class));
	for (int d = SK_INTEGRITY; d < SK_DIMENSIONS; d++)
		sk_show_set(o, sk_dimension_words[d],
		    sk_show_text(json_string_value(json_object_get(facts, sk_dimension_words[d]))));
	json_decref(facts);
}

/* What the policy of today calls a member; NULL: it has none of this name. */
static const char *title_of(const struct sk_asked *q, const char *member)
{
	const struct sk_member *m = sk_asked_member(q, member);

	return m ? m->title : NULL;
}

/* A name that did not come along with the transfer is that of today. */
static void set_names(json_t *o, const struct sk_asked *q, const struct sk_transfer *t)
{
	const char *name = t->requester_name && t->requester_name[0] ? t->requester_name
								     : title_of(q, t->requester);

	sk_show_set(o, "requester_name", sk_show_text(name));
	sk_show_set(o, "recipient_name", sk_show_text(title_of(q, t->recipient)));
}

static void set_texts(json_t *o, const struct sk_transfer *t)
{
	const struct {
		const char *name, *text;
	} v[] = {{"id", t->id}, {"state", sk_state_word((unsigned)t->state)}, {"owner", t->owner},
	    {"route", t->route}, {"from", t->zone_from}, {"to", t->zone_to},
	    {"requester", t->requester}, {"recipient", t->recipient}, {"claimed", t->claimed},
	    {"found", t->found}, {"output_type", t->output_type}};

	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++)
		sk_show_set(o, v[i].name, sk_show_text(v[i].text));
}

static void set_numbers(json_t *o, const struct sk_transfer *t)
{
	const struct {
		const char *name;
		int64_t n;
	} v[] = {{"size", t->original_size}, {"output_size", t->output_size},
	    {"received", t->received}, {"changed", t->changed}, {"expires", t->expires},
	    {"released", t->released}, {"downloads", t->downloads},
	    {"downloads_most", t->downloads_most}};

	for (size_t i = 0; i < sizeof(v) / sizeof(*v); i++)
		sk_show_number(o, v[i].name, v[i].n);
}

/* Whether he may say one word about it and others. */
static void set_bulk(json_t *o, const struct sk_asked *q, const struct sk_transfer *t)
{
	struct sk_gate g = sk_asked_gate(q);
	bool bulk = false;

	if (sk_gate_may_bulk(&g, q->arena, t, &bulk) == 0)
		sk_show_set(o, "bulk", json_boolean(bulk));
}

bool sk_show_content(const struct sk_asked *q, const struct sk_transfer *t, unsigned holds)
{
	json_t *role = role_of(q, t, holds);
	bool has_role = json_array_size(role) > 0;

	json_decref(role);
	return has_role || sk_asked_audits(q) || !sk_asked_runs_post(q);
}

json_t *sk_show_transfer(
    const struct sk_asked *q, const struct sk_transfer *t, unsigned holds, bool whole)
{
	json_t *o = json_object(), *role = role_of(q, t, holds);
	bool content = sk_show_content(q, t, holds);

	set_texts(o, t);
	set_names(o, q, t);
	set_numbers(o, t);
	set_classes(o, t);
	sk_show_set(o, "holds", holds_of(t));
	sk_show_set(o, "role", role);
	sk_show_set(o, "output_hash", sk_show_hash(t->output));
	if (holds & 1U << SK_HOLD_APPROVAL)
		set_bulk(o, q, t);
	if (content)
		sk_show_set(o, "name", sk_show_text(t->file_name));
	if (!whole)
		return o;
	if (content)
		sk_show_set(o, "reason", sk_show_text(t->reason));
	sk_show_set(o, "method", sk_show_text(t->method));
	sk_show_set(o, "removed", sk_show_text(t->removed));
	sk_show_set(o, "policy", sk_show_hash(t->policy));
	return o;
}

/* --- originals --- */

json_t *sk_show_original(const struct sk_asked *q, const struct sk_original *r)
{
	json_t *o = json_object();

	sk_show_set(o, "id", json_string(r->id));
	sk_show_set(o, "transfer", sk_show_text(r->transfer));
	sk_show_set(o, "state", sk_show_text(sk_state_word((unsigned)r->state)));
	sk_show_set(o, "requester", sk_show_text(r->requester));
	/* as of a transfer: not for who only runs the post */
	if (sk_asked_reads(q, r->requester, NULL))
		sk_show_set(o, "reason", sk_show_text(r->reason));
	sk_show_number(o, "asked", r->asked);
	sk_show_number(o, "changed", r->changed);
	sk_show_number(o, "expires", r->expires);
	sk_show_number(o, "released", r->released);
	sk_show_number(o, "downloads", r->downloads);
	sk_show_number(o, "downloads_most", r->downloads_most);
	return o;
}
