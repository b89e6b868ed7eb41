/*
 * What really happened to a transfer, beside what the gate knows of it, and what must hold by that: nothing passed that must
 * not. Include it behind store/test-both.h. Tests only.
 */
#ifndef SK_GATE_TEST_TRUTH_H
#define SK_GATE_TEST_TRUTH_H

#include "gate/test-carry.h"

/* What really happened to a transfer. */
struct truth {
	const char *id, *asker, *class;
	struct post *giver;
	bool known_class;    /* it was said by now */
	uint8_t output[32];  /* of the last cleaning */
	bool clean, scanned; /* what the last worker and the last scan said */
	unsigned corporate, mynumber;
	unsigned yes[2],
	    no;        /* votes about that output of those who may: about approval, leak; any no */
	bool verified; /* by a worker of the receiver */
	bool lied;     /* somebody wrote a false letter about it */
};

/* The output is another: votes about the one before count no more. */
static inline void forget_votes(struct truth *t)
{
	t->yes[0] = t->yes[1] = t->no = 0;
}

/*
 * Who may, by hand: the head of the department for others, the one above for the head; after four hours the deputies of who
 * may, and those of a head about what he asked himself.
 */
static inline bool may_approve(const struct truth *t, const char *member, bool late)
{
	if (strcmp(t->asker, member) == 0)
		return false;
	if (strcmp(t->asker, "cho") == 0)
		return strcmp(member, "fuku") == 0 || (late && strcmp(member, "ichi") == 0);
	if (strcmp(t->asker, "fuku") == 0)
		return late && strcmp(member, "cho") == 0;
	return strcmp(member, "cho") == 0 || (late && strcmp(member, "ichi") == 0);
}

/* --- what must hold --- */

static inline bool may_pass(const struct truth *t)
{
	if (!t->clean || t->mynumber > (t->giver == &inet))
		return false;
	if (t->giver == &inet)
		return t->scanned;
	return t->known_class && strcmp(t->class, "自治体機密性3") != 0 && t->yes[0] && !t->no &&
	       (!t->corporate || t->yes[1]);
}

static inline void look_at_giver(const struct truth *t)
{
	struct sk_transfer r = row(t->giver, t->id);
	bool passed = r.state == SK_AT_OFFERED || r.state == SK_AT_CROSSING ||
		      r.state == SK_AT_RELEASED || r.state == SK_AT_COLLECTED;

	assert_int_equal(r.holds != 0, r.state == SK_AT_HELD);
	if (passed && !may_pass(t))
		fail_msg("%s is %s", r.route, sk_state_word((unsigned)r.state));
	if (r.state == SK_AT_OFFERED || r.state == SK_AT_CROSSING)
		assert_memory_equal(r.output.p, t->output, 32);
	if (sk_state_owner((enum sk_transfer_state)r.state) == SK_OWNER_GIVER)
		assert_true(r.expires != SK_NONE);
	if (r.output.n)
		assert_memory_not_equal(r.output.p, r.original_hash.p, 32);
}

static inline void look_at_receiver(const struct truth *t)
{
	struct post *p = t->giver->other;
	struct sk_transfer r;
	int rc = sk_transfer_load(p->gate.db, arena, t->id, &r);

	if (rc == SK_ENOENTRY)
		return;
	assert_int_equal(rc, 0);
	assert_null(r.original);
	if (r.announced == 1) { /* told, not offered: there is nothing of it here */
		assert_int_equal(r.output.n, 0);
		assert_true(r.state == SK_AT_HELD || r.state == SK_AT_CLEANING ||
			    sk_state_owner((enum sk_transfer_state)r.state) == SK_OWNER_NONE);
		return;
	}
	assert_true(may_pass(t));
	if (r.output.n)
		assert_memory_equal(r.output.p, t->output, 32);
	if (r.state == SK_AT_RELEASED || r.state == SK_AT_COLLECTED) {
		assert_true(t->verified);
		assert_true(r.downloads <= r.downloads_most);
	}
	assert_true(r.expires != SK_NONE || r.erased != SK_NONE);
}

#endif
