/* What an object must be, and what must have become of it: deciding.h. Any process that asks the policy. */
#include <string.h>

#include "policy/deciding.h"
#include "policy/when.h"

/* --- what it is --- */

static void check_types(struct sk_deciding *g)
{
	const struct sk_query *q = g->q;
	const struct sk_types *types = &g->r->types;
	const struct sk_entry *where = sk_line(g, g->r->types_where);
	const char *route = g->r->named.name;

	if (q->found == SK_FT_UNKNOWN)
		sk_await(g, SK_HOLD_FACT, SK_FACT_FOUND, where);
	else if (types->n && !sk_type_in(types, q->found))
		sk_deny(g, SK_WHY_TYPE, where, sk_filetype_name(q->found), route);
	for (size_t i = 0; i < q->ncontains && types->n; i++)
		if (!sk_type_in(types, q->contains[i]))
			sk_deny(g, SK_WHY_TYPE, where, sk_filetype_name(q->contains[i]), route);
}

/* Level 0 is the strictest class. A ceiling that was not said has no line. */
static void check_ceiling(struct sk_deciding *g, enum sk_dimension d, int level)
{
	const struct sk_ceiling *asks = &g->r->classes[d], *holds = &g->to->holds[d];

	if (asks->where && level < asks->level)
		sk_deny(g, SK_WHY_CLASS, asks->where, g->q->classes[d], asks->token->value);
	if (holds->where && level < holds->level)
		sk_deny(g, SK_WHY_CLASS_ZONE, holds->where, g->q->classes[d], g->to->named.name);
}

/*
 * On the way down the class must be known wherever the route or the zone sets one; on the way up only where the route
 * does: what comes from a less protected zone has none yet.
 */
static void check_class(struct sk_deciding *g, enum sk_dimension d)
{
	const struct sk_ceiling *asks = &g->r->classes[d], *holds = &g->to->holds[d];
	const char *class = g->q->classes[d];
	bool down = g->from->rank < g->to->rank;
	const struct sk_entry *where = asks->where ? asks->where : down ? holds->where : NULL;

	if (class == NULL && where) {
		sk_await(g, SK_HOLD_CLASS, SK_FACT_CLASS, where);
		return;
	}
	int level = class ? sk_policy_level(g->p, d, class) : -1;
	if (class && level < 0)
		sk_deny(
		    g, SK_WHY_CLASS_UNKNOWN, sk_line(g, asks->where), class, sk_dimension_words[d]);
	if (level >= 0)
		check_ceiling(g, d, level);
}

static void check_limit(
    struct sk_deciding *g, enum sk_fact fact, enum sk_why why, int64_t is, uint64_t most)
{
	const struct sk_entry *where = sk_line(g, g->r->limits.where);
	char a[24], b[24];

	if (is < 0) {
		sk_await(g, SK_HOLD_FACT, fact, where);
		return;
	}
	snprintf(a, sizeof(a), "%lld", (long long)is);
	snprintf(b, sizeof(b), "%llu", (unsigned long long)most);
	if ((uint64_t)is > most)
		sk_deny(g, why, where, a, b);
}

static void check_limits(struct sk_deciding *g)
{
	const struct sk_query *q = g->q;
	const struct sk_limits_said *l = &g->r->limits;

	check_limit(g, SK_FACT_SIZE, SK_WHY_SIZE, q->size, l->size);
	check_limit(g, SK_FACT_DEPTH, SK_WHY_DEPTH, q->depth, l->depth);
	check_limit(g, SK_FACT_MEMBERS, SK_WHY_MEMBERS, q->members, l->members);
	check_limit(g, SK_FACT_PAGES, SK_WHY_PAGES, q->pages, l->pages);
}

static void await_password(struct sk_deciding *g, const struct sk_entry *where)
{
	struct sk_duties *duties = &g->d->duties;
	char until[SK_TIME_TEXT];

	if (!sk_time_known(g, g->q->received)) {
		sk_await(g, SK_HOLD_PASSWORD, SK_FACT_RECEIVED, where);
		return;
	}
	duties->password_until = g->q->received + g->r->password_wait;
	sk_time_era(duties->password_until, until);
	if (g->now > duties->password_until)
		sk_deny(g, SK_WHY_PASSWORD_LATE, where, until, NULL);
	else
		sk_hold(g, SK_HOLD_PASSWORD, SK_WHY_PASSWORD, where, until, NULL);
}

static void check_encrypted(struct sk_deciding *g)
{
	const struct sk_entry *where = sk_line(g, g->r->encrypted_where);

	if (g->q->encrypted == SK_NOT_KNOWN)
		sk_await(g, SK_HOLD_FACT, SK_FACT_ENCRYPTED, where);
	else if (g->q->encrypted == SK_YES && g->r->encrypted != SK_HOLD)
		sk_deny(g, SK_WHY_ENCRYPTED, where, g->r->named.name, NULL);
	else if (g->q->encrypted == SK_YES && g->q->opened != SK_YES)
		await_password(g, where);
}

void sk_decide_object(struct sk_deciding *g)
{
	check_types(g);
	for (unsigned d = 0; d < SK_DIMENSIONS; d++)
		check_class(g, (enum sk_dimension)d);
	check_limits(g);
	check_encrypted(g);
	if (g->q->space == SK_NO)
		sk_hold(g, SK_HOLD_SPACE, SK_WHY_SPACE, g->r->named.where, NULL, NULL);
	else if (g->q->space != SK_YES)
		sk_await(g, SK_HOLD_SPACE, SK_FACT_SPACE, g->r->named.where);
}

/* --- what became of it --- */

/*
 * The methods in their order: the first that did not fail decides. -1 when all failed and nothing stands for them;
 * SK_STEP_NOTICE when a note does. *known: it has been done.
 */
static int walk(const struct sk_steps *steps, const enum sk_known *done, bool *known)
{
	for (unsigned i = 0; i < steps->n; i++) {
		enum sk_step step = steps->v[i];
		*known = true;
		if (step == SK_STEP_NOTICE)
			return SK_STEP_NOTICE;
		if (step == SK_STEP_REFUSE)
			return -1;
		*known = done[step] == SK_YES;
		if (done[step] != SK_NO)
			return (int)step;
	}
	*known = true;
	return -1;
}

static void check_cleaned(struct sk_deciding *g)
{
	const struct sk_entry *where = sk_line(g, g->r->clean.where);
	bool known;
	int method = walk(&g->r->clean, g->q->cleaned, &known);

	g->d->duties.method = method;
	g->d->duties.notice |= known && method == SK_STEP_NOTICE;
	if (!known)
		sk_await(g, SK_HOLD_FACT, SK_FACT_CLEANED, where);
	else if (method < 0)
		sk_deny(g, SK_WHY_NOT_CLEANED, where, g->r->named.name, NULL);
}

static void check_attached(struct sk_deciding *g)
{
	const struct sk_entry *where = sk_line(g, g->r->attachments.where);
	bool known;
	int method = walk(&g->r->attachments, g->q->attached_cleaned, &known);

	if (g->q->attached < 0)
		sk_await(g, SK_HOLD_FACT, SK_FACT_ATTACHED, where);
	if (g->q->attached <= 0)
		return;
	g->d->duties.attached_method = method;
	g->d->duties.notice |= known && method == SK_STEP_NOTICE;
	if (!known)
		sk_await(g, SK_HOLD_FACT, SK_FACT_ATTACHED_CLEANED, where);
	else if (method < 0)
		sk_deny(g, SK_WHY_NOT_CLEANED_ATTACHED, where, g->r->named.name, NULL);
}

static void check_verified(struct sk_deciding *g)
{
	const struct sk_entry *where = sk_line(g, g->r->clean.where);

	if (g->q->verified == SK_NO)
		sk_deny(g, SK_WHY_NOT_VERIFIED, where, NULL, NULL);
	else if (g->q->verified != SK_YES)
		sk_await(g, SK_HOLD_FACT, SK_FACT_VERIFIED, where);
}

static void check_leak(struct sk_deciding *g, enum sk_leak leak)
{
	static const enum sk_why whys[] = {
	    SK_WHY_LEAK_MYNUMBER, SK_WHY_LEAK_CORPORATE, SK_WHY_LEAK_DICTIONARY};
	const struct sk_entry *where = g->r->leaks_where[leak];
	int64_t n = g->q->leaks[leak];
	char count[24];

	if (where == NULL || n == 0)
		return;
	snprintf(count, sizeof(count), "%lld", (long long)n);
	if (n < 0)
		sk_await(g, SK_HOLD_FACT, SK_FACT_LEAKS, where);
	else if (g->r->leaks[leak] == SK_DENY)
		sk_deny(g, whys[leak], where, count, NULL);
	else
		sk_decide_lift(g, SK_HOLD_LEAK, whys[leak], where, count);
}

/* What cannot be read cannot be searched: it matters as soon as anything is searched for. */
static void check_unreadable(struct sk_deciding *g)
{
	const struct sk_entry *where = sk_line(g, g->r->unreadable_where);
	const struct sk_query *q = g->q;
	bool ocr = g->r->unreadable == SK_UNREADABLE_OCR;
	char count[24];

	if (q->unreadable < 0)
		sk_await(g, SK_HOLD_FACT, SK_FACT_UNREADABLE, where);
	if (q->unreadable <= 0)
		return;
	snprintf(count, sizeof(count), "%lld", (long long)q->unreadable);
	g->d->duties.ocr = ocr && q->ocr != SK_YES;
	if (g->d->duties.ocr)
		sk_await(g, SK_HOLD_FACT, SK_FACT_OCR, where);
	else if (g->r->unreadable == SK_UNREADABLE_REFUSE)
		sk_deny(g, SK_WHY_UNREADABLE, where, count, NULL);
	else
		sk_decide_lift(g, SK_HOLD_LEAK, SK_WHY_UNREADABLE, where, count);
}

void sk_decide_results(struct sk_deciding *g)
{
	bool searched = false;

	check_cleaned(g);
	if (g->q->ask == SK_ASK_MAIL)
		check_attached(g);
	check_verified(g);
	for (unsigned i = 0; i < SK_LEAKS; i++) {
		check_leak(g, (enum sk_leak)i);
		searched |= g->r->leaks_where[i] != NULL;
	}
	g->d->duties.search = searched;
	if (searched)
		check_unreadable(g);
}

/* --- viruses --- */

static void check_signatures(struct sk_deciding *g, const struct sk_entry *where)
{
	int64_t age = g->q->signatures, most = g->r->signatures_age;
	char a[24], b[24];

	if (age < 0)
		sk_await(g, SK_HOLD_SCAN, SK_FACT_SIGNATURES, where);
	snprintf(a, sizeof(a), "%lld", (long long)(age / 3600));
	snprintf(b, sizeof(b), "%lld", (long long)(most / 3600));
	if (age > most)
		sk_hold(g, SK_HOLD_SCAN, SK_WHY_SIGNATURES, where, a, b);
}

void sk_decide_scan(struct sk_deciding *g)
{
	const struct sk_entry *where = sk_line(g, g->r->scan_where);

	g->d->duties.scan = g->r->scan;
	if (g->q->scan == SK_SCAN_FOUND)
		sk_deny(g, SK_WHY_VIRUS, where, NULL, NULL);
	if (!g->r->scan)
		return;
	if (g->q->scan == SK_SCAN_UNKNOWN)
		sk_await(g, SK_HOLD_SCAN, SK_FACT_SCAN, where);
	else if (g->q->scan == SK_SCAN_FAILED)
		sk_hold(g, SK_HOLD_SCAN, SK_WHY_SCAN_FAILED, where, NULL, NULL);
	else
		check_signatures(g, where);
}
