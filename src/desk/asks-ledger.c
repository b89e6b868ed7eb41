/* The ledger, looked through by those who audit: doc/front.md. What stands behind commitments is shown to those who may see it elsewhere, too. The gate. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "desk/searches.h"
#include "ledger/tree.h"

#define VALUE 4096 /* bytes of one that are shown */

/* --- entries --- */

static json_t *text_of(struct sk_slice s)
{
	return json_stringn((const char *)s.p, s.n < VALUE ? s.n : VALUE);
}

/* What is kept is shown to who may see it; of what is longer or no text, the receipt has it. */
static void show_behind(json_t *o, const struct sk_asked *q, struct sk_slice opened)
{
	const char *state = opened.p ? "open" : sk_asked_audits(q) ? "erased" : "closed";

	sk_show_set(o, "behind", json_string(state));
	if (opened.p)
		sk_show_set(o, "value", text_of(opened));
}

static bool is_head(unsigned f)
{
	return f == SK_ENTRY_KIND || f == SK_ENTRY_TIME || f == SK_ENTRY_TRANSFER;
}

static json_t *fields_of(
    const struct sk_asked *q, const struct sk_leaf *e, const struct sk_record_row *row)
{
	json_t *list = json_array();

	for (unsigned f = 0; f < SK_ENTRY_FIELDS; f++) {
		if (e->field[f].p == NULL || is_head(f))
			continue;
		json_t *o = json_object();
		sk_show_set(o, "name", json_string(sk_entry_field_name(f)));
		if (sk_entry_field_type(f) == SK_ENTRY_TYPE_PERSONAL)
			show_behind(o, q, row->opened[f]);
		else
			sk_show_set(o, "value", text_of(e->field[f]));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *number_of(struct sk_slice digits)
{
	char text[24] = "";

	memcpy(text, digits.p, digits.n < sizeof(text) ? digits.n : sizeof(text) - 1);
	return json_integer(strtoll(text, NULL, 10));
}

/* What every entry has; NULL: it is none. */
static json_t *head_of(const struct sk_record_row *row, struct sk_leaf *e)
{
	struct sk_hash leaf = sk_hash_leaf(row->text);
	json_t *o = sk_entry_parse(row->text, e) ? NULL : json_object();

	if (o == NULL)
		return NULL;
	sk_show_set(o, "index", json_integer((json_int_t)row->index));
	sk_show_set(o, "leaf", sk_show_hash(sk_slice(leaf.b, sizeof(leaf.b))));
	sk_show_set(o, "time", number_of(e->field[SK_ENTRY_TIME]));
	sk_show_set(o, "kind", text_of(e->field[SK_ENTRY_KIND]));
	if (e->field[SK_ENTRY_TRANSFER].p)
		sk_show_set(o, "transfer", text_of(e->field[SK_ENTRY_TRANSFER]));
	return o;
}

json_t *sk_show_entry(const struct sk_asked *q, const struct sk_record_row *row)
{
	struct sk_leaf e;
	json_t *o = head_of(row, &e);

	if (o)
		sk_show_set(o, "fields", fields_of(q, &e, row));
	return o;
}

json_t *sk_show_entry_row(const struct sk_record_row *row)
{
	struct sk_leaf e;
	json_t *o = head_of(row, &e);

	for (unsigned f = 0; o && f < SK_ENTRY_FIELDS; f++) {
		bool personal = sk_entry_field_type(f) == SK_ENTRY_TYPE_PERSONAL;
		struct sk_slice value = personal ? row->opened[f] : e.field[f];
		if (e.field[f].p && !is_head(f) && value.p)
			sk_show_set(o, sk_entry_field_name(f), text_of(value));
	}
	return o;
}

/* --- asking --- */

static struct sk_slice said(const char *text)
{
	return text ? sk_slice_str(text) : (struct sk_slice){0};
}

static uint64_t number(int64_t said, uint64_t otherwise)
{
	return said == SK_FRONT_UNSAID ? otherwise : (uint64_t)said;
}

/* `after` of a list that goes on: the entries before this one. */
static int read_after(struct sk_asked *q, uint64_t *before)
{
	char *end;
	uint64_t at;

	if (q->ask.after == NULL)
		return 0;
	at = strtoull(q->ask.after, &end, 10);
	if (end == q->ask.after || *end || q->ask.after[0] == '-')
		return sk_asked_fail(q, SK_FRONT_WHY_VALUE, "after");
	*before = at < *before ? at : *before;
	return 0;
}

static int read_wanted(struct sk_asked *q, struct sk_record_find *f)
{
	uint64_t size = q->act.desk->pump->state.size, last = number(q->ask.last, UINT64_MAX - 1);

	*f = (struct sk_record_find){.first = number(q->ask.first, 0),
	    .before = last + 1 < size ? last + 1 : size,
	    .since = number(q->ask.from, 0),
	    .until = number(q->ask.until, UINT64_MAX),
	    .openings = sk_asked_audits(q),
	    .kind = said(q->ask.kind),
	    .transfer = said(q->ask.id),
	    .member = said(q->ask.member)};
	/* looking for a name is a way to learn it */
	if (q->ask.member && !sk_asked_audits(q))
		return sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	int status = read_after(q, &f->before);
	if (status)
		return status;
	return f->before > f->first ? 0 : sk_asked_fail(q, SK_FRONT_WHY_VALUE, "first");
}

static int begin(struct sk_asked *q, enum sk_search_as as)
{
	struct sk_record_find f;
	int status = read_wanted(q, &f);

	return status ? status : sk_searches_begin(q, as, &f);
}

static int look_search(struct sk_asked *q)
{
	return begin(q, SK_SEARCH_LIST);
}

static int look_receipts(struct sk_asked *q)
{
	return begin(q, SK_SEARCH_RECEIPTS);
}

static int look_book(struct sk_asked *q)
{
	if (q->ask.language && strcmp(q->ask.language, "ja") != 0 &&
	    strcmp(q->ask.language, "en") != 0)
		return sk_asked_fail(q, SK_FRONT_WHY_VALUE, "language");
	return begin(q, SK_SEARCH_BOOK);
}

static int look_proof(struct sk_asked *q)
{
	const struct sk_record_find f = {
	    .first = (uint64_t)q->ask.number, .openings = sk_asked_audits(q)};

	return sk_searches_begin(q, SK_SEARCH_PROOF, &f);
}

const struct sk_ask_of sk_asks_ledger[] = {
    {SK_FRONT_LEDGER_SEARCH, SK_ASK_AUDITOR, look_search, NULL, NULL, NULL},
    {SK_FRONT_LEDGER_PROOF, SK_ASK_AUDITOR, look_proof, NULL, NULL, NULL},
    {SK_FRONT_LEDGER_RECEIPTS, SK_ASK_AUDITOR, look_receipts, sk_asked_taken, NULL, NULL},
    {SK_FRONT_LEDGER_EXPORT, SK_ASK_AUDITOR, look_book, sk_asked_taken, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
