/* Whom to believe, and what signatures say. sekisho-ledgerverify. */
#include "base/err.h"
#include "ledgerverify/lv.h"

/* Clocks of two posts may differ by so much. */
#define CLOCKS 3600

static size_t add_keys(struct sk_slice text, uint8_t type, struct sk_lv_key *keys, size_t n)
{
	struct sk_slice line;

	while (n < SK_LV_KEYS && sk_lv_line(&text, &line))
		if (sk_lv_key_read(line, &keys[n]) == 0 && keys[n].type == type)
			n++;
	return n;
}

void sk_lv_trust_with(const struct sk_lv_trust *t, struct sk_slice log_keys,
    struct sk_slice witness_keys, struct sk_lv_report *r, struct sk_lv_trust *out)
{
	*out = *t;
	if (t->logs == 0) {
		out->logs = add_keys(log_keys, 1, out->log, 0);
		if (!t->included)
			sk_lv_tell(r, SK_LV_TRUST_NONE, "");
	}
	if (t->witnesses == 0 && t->included)
		out->witnesses = add_keys(witness_keys, 4, out->witness, 0);
}

static bool is_origin(const struct sk_lv_trust *t, struct sk_slice origin)
{
	bool any = false;

	if (t->origin && !sk_slice_is(origin, t->origin))
		return false;
	for (size_t i = 0; i < t->logs; i++)
		any |= sk_slice_is(origin, t->log[i].name);
	return any;
}

/* The best that any key of the log says. */
static enum sk_lv_signature by_log(const struct sk_lv_trust *t, const struct sk_lv_checkpoint *c)
{
	enum sk_lv_signature best = SK_LV_NOT_SIGNED;
	uint64_t time = 0;

	for (size_t i = 0; i < t->logs; i++) {
		enum sk_lv_signature s = sk_lv_checkpoint_signed(c, &t->log[i], &time);
		if (s == SK_LV_SIGNED)
			return s;
		if (s == SK_LV_FORGED || best == SK_LV_NOT_SIGNED)
			best = s;
	}
	return best;
}

static void by_witnesses(const struct sk_lv_trust *t, const struct sk_lv_checkpoint *c,
    struct sk_lv_report *r, struct sk_lv_witnessed *seen)
{
	for (size_t i = 0; i < t->witnesses; i++) {
		uint64_t time = 0;
		enum sk_lv_signature s = sk_lv_checkpoint_signed(c, &t->witness[i], &time);
		seen[i] = (struct sk_lv_witnessed){.any = false};
		if (s == SK_LV_FORGED)
			sk_lv_tell(r, SK_LV_WITNESS_SIGNATURE, t->witness[i].name);
		else if (s == SK_LV_SIGNED && time > t->now + CLOCKS)
			sk_lv_tell(r, SK_LV_WITNESS_FUTURE, t->witness[i].name);
		else if (s == SK_LV_SIGNED)
			seen[i] = (struct sk_lv_witnessed){true, time, c->size};
	}
}

bool sk_lv_judge(const struct sk_lv_trust *t, const struct sk_lv_checkpoint *c, const char *where,
    struct sk_lv_report *r, struct sk_lv_witnessed *seen)
{
	by_witnesses(t, c, r, seen);
	if (!is_origin(t, c->origin)) {
		sk_lv_tell(r, SK_LV_CHECKPOINT_ORIGIN, where);
		return false;
	}
	switch (by_log(t, c)) {
	case SK_LV_SIGNED:
		return true;
	case SK_LV_FORGED:
		sk_lv_tell(r, SK_LV_CHECKPOINT_SIGNATURE, where);
		return false;
	case SK_LV_OTHER_KEY:
		sk_lv_tell(r, SK_LV_CHECKPOINT_KEY, where);
		return false;
	case SK_LV_NOT_SIGNED:
		break;
	}
	sk_lv_tell(r, SK_LV_CHECKPOINT_UNSIGNED, where);
	return false;
}

void sk_lv_keep_newest(struct sk_lv_report *r, const struct sk_lv_witnessed *seen)
{
	for (size_t i = 0; i < SK_LV_KEYS; i++)
		if (seen[i].any &&
		    (!r->witness[i].any || seen[i].size > r->witness[i].size ||
			(seen[i].size == r->witness[i].size && seen[i].time > r->witness[i].time)))
			r->witness[i] = seen[i];
}

void sk_lv_judge_witnesses(const struct sk_lv_trust *t, struct sk_lv_report *r)
{
	unsigned signed_by = 0, fresh = 0;

	for (size_t i = 0; i < t->witnesses; i++) {
		const struct sk_lv_witnessed *w = &r->witness[i];
		signed_by += w->any;
		fresh += w->any && (t->now < w->time || t->now - w->time <= t->max_age);
	}
	if (signed_by < t->quorum)
		sk_lv_tell(r, SK_LV_WITNESS_MISSING, "");
	if (t->max_age == 0)
		return;
	if (t->witnesses == 0)
		sk_lv_tell(r, SK_LV_AGE_UNKNOWN, "");
	else if (fresh < (t->quorum ? t->quorum : 1))
		sk_lv_tell(r, SK_LV_WITNESS_STALE, "");
}

/* --- checkpoints without their ledger --- */

static void compare(const struct sk_lv_checkpoint *a, const struct sk_lv_checkpoint *b,
    const char *where, bool *unknown, struct sk_lv_report *r)
{
	if (a->size == b->size && !sk_lv_same(&a->root, &b->root))
		sk_lv_tell_at(r, SK_LV_CHECKPOINTS_FORK, where, a->size);
	*unknown |= a->size != b->size && a->size && b->size;
}

int sk_lv_checkpoints(
    const struct sk_lv_trust *t, const struct sk_lv_given *given, size_t n, struct sk_lv_report *r)
{
	struct sk_lv_checkpoint c[SK_LV_CHECKPOINTS];
	struct sk_lv_witnessed seen[SK_LV_KEYS] = {{0}};
	struct sk_lv_trust trust;
	size_t good = 0;
	bool unknown = false;

	*r = (struct sk_lv_report){.n = 0};
	sk_lv_trust_with(t, sk_slice("", 0), sk_slice("", 0), r, &trust);
	for (size_t i = 0; i < n && i < SK_LV_CHECKPOINTS; i++) {
		if (sk_lv_checkpoint_read(given[i].note, &c[good])) {
			sk_lv_tell(r, SK_LV_CHECKPOINT_MALFORMED, given[i].name);
			continue;
		}
		if (!sk_lv_judge(&trust, &c[good], given[i].name, r, seen))
			continue;
		sk_lv_keep_newest(r, seen);
		for (size_t k = 0; k < good; k++)
			compare(&c[k], &c[good], given[i].name, &unknown, r);
		good++;
	}
	if (unknown)
		sk_lv_tell(r, SK_LV_CHECKPOINTS_UNKNOWN, "");
	sk_lv_judge_witnesses(&trust, r);
	return 0;
}
