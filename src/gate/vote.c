/* Who decides, and what his word counts for: people.h. The gate. */
#include <string.h>

#include "base/err.h"
#include "gate/people.h"

static const struct {
	enum sk_hold hold;
	enum sk_held held;
} about[] = {{SK_HOLD_APPROVAL, SK_HELD_APPROVAL}, {SK_HOLD_LEAK, SK_HELD_LEAK}};

#define ABOUT (sizeof(about) / sizeof(*about))

/* The policy with this one vote alone. */
static void decide_with(const struct sk_gate *g, const struct sk_recorded *r, struct sk_vote vote,
    struct sk_decision *d)
{
	struct sk_recorded one = *r;

	one.request.votes[0] = vote;
	one.request.nvotes = 1;
	sk_gate_decide(g, &one, d);
}

/* Whom the policy does not ask cannot say no either: his word changes nothing. */
static bool counts(
    const struct sk_gate *g, const struct sk_recorded *r, const char *member, enum sk_hold hold)
{
	struct sk_decision d;

	decide_with(g, r,
	    (struct sk_vote){.member = member,
		.hold = (int)hold,
		.allow = SK_NO,
		.passkey = SK_NO,
		.at = g->now > r->request.received ? g->now : r->request.received},
	    &d);
	for (size_t i = 0; i < d.nreasons; i++)
		if (d.reasons[i].why == SK_WHY_DISAPPROVED)
			return true;
	return false;
}

/* A route may want a passkey of whoever says yes. */
static bool shows_enough(const struct sk_decision *d, const struct sk_ballot *b, unsigned holds)
{
	return !b->allow || !(holds & 1U << SK_HOLD_APPROVAL) || d->duties.route == NULL ||
	       !d->duties.route->approve.passkey || b->login == SK_LOGIN_PASSKEY;
}

static unsigned may(const struct sk_gate *g, const struct sk_recorded *r,
    const struct sk_transfer *t, const char *member)
{
	unsigned holds = 0;

	if (t->state != SK_AT_HELD || t->requester == NULL || strcmp(t->requester, member) == 0 ||
	    strcmp(t->zone_from, g->zone) != 0)
		return 0;
	for (size_t i = 0; i < ABOUT; i++)
		if ((t->holds & 1 << about[i].held) && counts(g, r, member, about[i].hold))
			holds |= 1U << about[i].hold;
	return holds;
}

int sk_gate_may_vote(struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t,
    const char *member, unsigned *holds)
{
	struct sk_recorded r;
	int status = sk_gate_facts(g, a, t, &r);

	if (status == 0)
		*holds = may(g, &r, t, member);
	return status;
}

/* What was found in it is looked at by itself. */
static bool is_bulk(const struct sk_transfer *t, const struct sk_decision *d)
{
	return t->state == SK_AT_HELD && t->holds == 1 << SK_HELD_APPROVAL && d->duties.bulk;
}

int sk_gate_may_bulk(struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t, bool *bulk)
{
	struct sk_recorded r;
	struct sk_decision d;
	int status = t->state == SK_AT_HELD ? sk_gate_facts(g, a, t, &r) : 0;

	*bulk = false;
	if (status == 0 && t->state == SK_AT_HELD && g->policy) {
		sk_gate_decide(g, &r, &d);
		*bulk = is_bulk(t, &d);
	}
	return status;
}

/* What the ballot is about, or 0: it is refused. */
static unsigned judge(struct sk_gate *g, struct sk_recorded *r, const struct sk_transfer *t,
    const struct sk_ballot *b)
{
	unsigned can = may(g, r, t, b->member), wants = b->holds ? b->holds : can;
	struct sk_decision d;

	sk_gate_decide(g, r, &d);
	/* what a passkey signs is about one reason (doc/passkey.md), and nothing else is a passkey's word */
	if ((b->login == SK_LOGIN_PASSKEY) != (b->assertion.n > 0) ||
	    (b->assertion.n && (wants & (wants - 1))))
		return 0;
	if ((wants & ~can) || b->login <= SK_LOGIN_NONE || b->login >= SK_LOGINS ||
	    !shows_enough(&d, b, wants) || (b->bulk && !is_bulk(t, &d)))
		return 0;
	/* its class comes first: whoever says yes must know what he says it to */
	return b->allow && (t->holds & 1 << SK_HELD_CLASS) ? 0 : wants;
}

static int write_votes(
    struct sk_gate *g, struct sk_transfer *t, const struct sk_ballot *b, unsigned holds)
{
	struct sk_approval_row row = {.decision = b->allow,
	    .output = t->output,
	    .person = b->member,
	    .method = sk_login_words[b->login],
	    .proof = b->assertion,
	    .policy = sk_slice(g->policy->hash, sizeof(g->policy->hash)),
	    .comment = b->comment};
	int status = 0;

	for (size_t i = 0; i < ABOUT && status == 0; i++)
		if (holds & 1U << about[i].hold) {
			row.hold = about[i].hold;
			status = sk_approval_add(g->db, t, &row);
		}
	return status;
}

/* Who, how, about what; the remark and the signature behind commitments. */
static int tell_vote(
    struct sk_gate *g, const struct sk_transfer *t, const struct sk_ballot *b, unsigned holds)
{
	const char *what = b->bulk                             ? "approval-bulk"
			   : !(holds & 1U << SK_HOLD_LEAK)     ? "approval"
			   : !(holds & 1U << SK_HOLD_APPROVAL) ? "leak"
							       : "approval-leak";
	struct sk_saying say[5] = {{SK_ENTRY_AUTH, sk_slice_str(sk_login_words[b->login])},
	    {SK_ENTRY_DECISION, sk_slice_str(b->allow ? "allow" : "deny")},
	    {SK_ENTRY_PERSONAL_APPROVER, sk_slice_str(b->member)}};
	struct sk_step_of step = {
	    .what = {.actor = SK_BY_APPROVER}, .reason = what, .say = say, .nsay = 3};

	if (b->comment)
		say[step.nsay++] =
		    (struct sk_saying){SK_ENTRY_PERSONAL_COMMENT, sk_slice_str(b->comment)};
	if (b->assertion.n)
		say[step.nsay++] = (struct sk_saying){SK_ENTRY_PERSONAL_ASSERTION, b->assertion};
	return sk_gate_tell(g, t, "transfer.vote", &step);
}

static bool can_be_told(const struct sk_ballot *b)
{
	return sk_entry_takes(SK_ENTRY_PERSONAL_ASSERTION, b->assertion) &&
	       (b->comment == NULL ||
		   sk_entry_takes(SK_ENTRY_PERSONAL_COMMENT, sk_slice_str(b->comment)));
}

int sk_gate_vote(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_ballot *ballot, struct sk_transfer *after)
{
	struct sk_recorded r;
	int status =
	    ballot->member && can_be_told(ballot) ? sk_transfer_load(g->db, a, id, after) : SK_EARG;

	if (status == 0 && (g->policy == NULL || after->state != SK_AT_HELD))
		status = SK_EREFUSED;
	if (status == 0 &&
	    !sk_slice_eq(after->output, sk_slice(ballot->output, sizeof(ballot->output))))
		status = SK_ECHANGED;
	if (status == 0)
		status = sk_gate_facts(g, a, after, &r);
	if (status)
		return status;
	unsigned holds = judge(g, &r, after, ballot);
	if (holds == 0)
		return SK_EREFUSED;
	status = write_votes(g, after, ballot, holds);
	if (status == 0)
		status = tell_vote(g, after, ballot, holds);
	return sk_gate_firm(status ? status
				   : sk_gate_go_on(g, a, after,
					 (struct sk_gate_who){SK_BY_APPROVER, ballot->member}));
}
