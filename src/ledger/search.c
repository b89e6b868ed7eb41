/* Searches: search.h. */
#include "ledger/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "ledger/inside.h"

struct search {
	struct sk_ledger *l;
	const struct sk_ledger_wanted *w;
	sk_ledger_found found;
	void *user;
	uint64_t given;
	struct sk_buf line;        /* that a bundle must hold somewhere; empty: any */
	bool slots[SK_TILE_WIDTH]; /* of a bundle: which ones may name whom it is about */
};

/* --- one entry --- */

static bool is_kind(struct sk_slice kind, struct sk_slice wanted)
{
	return sk_slice_eq(kind, wanted) ||
	       (kind.n > wanted.n && kind.p[wanted.n] == '.' && sk_slice_starts(kind, wanted));
}

/* Of the bytes of an entry, so that one of another time is not read: an entry has one line of that name, and none begins like it. */
static bool in_time(struct sk_slice text, const struct sk_ledger_wanted *w)
{
	static const char name[] = "\ntime ";
	size_t at = sk_slice_find(text, 0, sk_slice(name, sizeof(name) - 1));
	char digits[16] = "";

	if (at == SIZE_MAX)
		return false;
	struct sk_slice value = sk_slice_sub(text, at + sizeof(name) - 1, 13);
	memcpy(digits, value.p, value.n);
	uint64_t ms = strtoull(digits, NULL, 10);
	return ms >= w->since && ms <= w->until;
}

static bool fits(const struct sk_ledger_wanted *w, const struct sk_leaf *e)
{
	if (w->kind.p && !is_kind(e->field[SK_ENTRY_KIND], w->kind))
		return false;
	return w->transfer.p == NULL || sk_slice_eq(e->field[SK_ENTRY_TRANSFER], w->transfer);
}

static const enum sk_entry_field people[] = {SK_ENTRY_PERSONAL_ACTOR, SK_ENTRY_PERSONAL_APPROVER,
    SK_ENTRY_PERSONAL_RECIPIENT, SK_ENTRY_PERSONAL_REQUESTER, SK_ENTRY_PERSONAL_SECOND};

struct naming {
	struct sk_slice member;
	bool found;
};

static void look_at(void *user, enum sk_entry_field f, struct sk_slice salt, struct sk_slice value)
{
	struct naming *n = user;

	for (size_t i = 0; i < sizeof(people) / sizeof(*people); i++)
		n->found |= people[i] == f && sk_slice_eq(value, n->member);
}

static bool names(struct search *s, uint64_t index, const struct sk_leaf *e)
{
	struct naming n = {.member = s->w->member};

	sk_ledger_opened(s->l, index, e, look_at, &n);
	return n.found;
}

/* --- a bundle --- */

/* Where its entries lie; false: it is damaged. */
static bool split(struct sk_slice bundle, size_t n, struct sk_slice entry[SK_TILE_WIDTH])
{
	struct sk_reader r = sk_reader(bundle);

	for (size_t i = 0; i < n; i++)
		entry[i] = sk_read_slice(&r, sk_read_u16be(&r));
	return !r.bad;
}

static bool has_line(const struct search *s, struct sk_slice text)
{
	return s->line.len == 0 || sk_slice_find(text, 0, sk_buf_slice(&s->line)) != SIZE_MAX;
}

/* Before it is read. */
static bool may_fit(const struct search *s, uint64_t index, struct sk_slice text)
{
	return (s->w->member.p == NULL || s->slots[index % SK_TILE_WIDTH]) && has_line(s, text) &&
	       in_time(text, s->w);
}

/* The entries of a bundle from `at` down to `first`; *at: the last one that was passed. */
static int search_entries(
    struct search *s, const struct sk_slice *entry, uint64_t first, uint64_t *at)
{
	struct sk_leaf e;
	int rc = 0;

	while (*at > first && rc == 0 && s->given < s->w->most) {
		uint64_t index = --*at;
		struct sk_slice text = entry[index % SK_TILE_WIDTH];
		if (!may_fit(s, index, text))
			continue;
		rc = sk_entry_parse(text, &e);
		if (rc == 0 && fits(s->w, &e) && (s->w->member.p == NULL || names(s, index, &e))) {
			rc = s->found(s->user, index, text, &e);
			s->given += rc == 0;
			*at += rc != 0;
		}
	}
	return rc;
}

static int search_bundle(struct search *s, uint64_t n, uint64_t first, uint64_t *at)
{
	struct sk_slice bundle, entry[SK_TILE_WIDTH];
	int rc = 0;

	memset(s->slots, 0, sizeof(s->slots));
	if (s->w->member.p && !sk_openings_name(s->l, n, s->w->member, s->slots)) {
		*at = first;
		return 0;
	}
	rc = sk_ledger_bundle(s->l, n, s->l->size, &bundle);
	if (rc)
		return rc;
	if (!has_line(s, bundle)) {
		*at = first;
		return 0;
	}
	if (!split(bundle, *at - n * SK_TILE_WIDTH, entry))
		return SK_EFORMAT;
	return search_entries(s, entry, first, at);
}

/* A line that stands in every entry that is wanted: the rarest. */
static int choose_line(struct search *s)
{
	const struct sk_ledger_wanted *w = s->w;

	if (w->transfer.p)
		sk_buf_printf(
		    &s->line, "transfer %.*s\n", (int)w->transfer.n, (const char *)w->transfer.p);
	else if (w->kind.p)
		sk_buf_printf(&s->line, "\nkind %.*s", (int)w->kind.n, (const char *)w->kind.p);
	return s->line.err;
}

int sk_ledger_search(struct sk_ledger *l, const struct sk_ledger_wanted *w, sk_ledger_found found,
    void *user, uint64_t *next)
{
	struct search s = {.l = l, .w = w, .found = found, .user = user, .line = SK_BUF(1024)};
	uint64_t at = w->before < l->size ? w->before : l->size;
	uint64_t end = at > w->look && at - w->look > w->first ? at - w->look : w->first;
	int rc = choose_line(&s);

	while (at > end && s.given < w->most && rc == 0) {
		uint64_t n = (at - 1) / SK_TILE_WIDTH, first = n * SK_TILE_WIDTH;
		rc = search_bundle(&s, n, first > end ? first : end, &at);
	}
	sk_buf_free(&s.line);
	*next = at > w->first ? at : w->first;
	return rc;
}
