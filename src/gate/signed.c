/* Votes that are signed with a passkey: signed.h. The gate. */
#include "gate/signed.h"

#include <string.h>

#include "base/err.h"
#include "gate/facts.h"
#include "store/account.h"

#define ANSWER_BYTES ((size_t)8192)

struct signing {
	const struct sk_gate_signed *by;
	const struct sk_ballot *ballot;
	struct sk_passkey_asked asked;
	struct sk_passkey_answer answer;
	struct sk_passkey kept;
	struct sk_passkey_key key;
	struct sk_buf bytes, text;
	uint32_t counter;
	enum sk_passkey_why *why;
};

int sk_gate_to_sign(struct sk_gate *g, struct sk_arena *a, const struct sk_transfer *t, bool allow,
    enum sk_hold hold, struct sk_passkey_asked *asked)
{
	struct sk_recorded r;
	int status = sk_gate_facts(g, a, t, &r);

	if (status)
		return status;
	if (g->policy == NULL || t->output.n != 32)
		return SK_EREFUSED;
	*asked = (struct sk_passkey_asked){.transfer = t->id,
	    .output = t->output.p,
	    .policy = g->policy->hash,
	    .class = r.request.classes[SK_CONFIDENTIALITY],
	    .allow = allow,
	    .hold = sk_hold_words[hold]};
	return 0;
}

static int refuse(struct signing *s, enum sk_passkey_why why)
{
	*s->why = why;
	return SK_EREFUSED;
}

/* The passkey that signed, which must be the member's, whose account must not be disabled. */
static int find_key(struct sk_gate *g, struct sk_arena *a, struct signing *s)
{
	struct sk_slice credential;
	struct sk_account account;

	if (sk_passkey_answer_read(s->by->answer, &s->bytes, &credential, &s->answer))
		return refuse(s, SK_PASSKEY_FORM);
	int status = sk_passkey_find(g->db, a, credential, &s->kept);
	if (status == 0)
		status = sk_account_load(g->db, a, s->kept.member, &account);
	if (status == SK_ENOENTRY)
		return refuse(s, SK_PASSKEY_FORM);
	if (status)
		return status;
	if (strcmp(s->kept.member, s->ballot->member) != 0 || account.disabled ||
	    sk_passkey_cose(s->kept.key, &s->key, NULL))
		return refuse(s, SK_PASSKEY_FORM);
	s->key.counter = (uint32_t)s->kept.counter;
	return 0;
}

static int check(struct signing *s)
{
	uint8_t challenge[SK_PASSKEY_CHALLENGE];
	int status = sk_passkey_challenge(&s->asked, challenge);

	if (status == 0)
		status = sk_passkey_verify(
		    s->by->party, &s->key, &s->answer, challenge, &s->counter, s->why);
	if (status == 0)
		status = sk_passkey_write(
		    &s->asked, s->ballot->member, s->by->party, &s->key, &s->answer, &s->text);
	return status;
}

/* What the vote is told with, once it is known as signed. */
static int signed_ballot(
    struct sk_gate *g, struct sk_arena *a, struct signing *s, struct sk_ballot *b)
{
	int status = find_key(g, a, s);

	if (status == 0)
		status = check(s);
	if (status)
		return status;
	*b = *s->ballot;
	b->login = SK_LOGIN_PASSKEY;
	b->assertion = sk_slice(sk_arena_dup(a, s->text.p, s->text.len), s->text.len);
	return b->assertion.p ? 0 : SK_ENOMEM;
}

/* The counter is kept last, since what is refused writes nothing. */
static int used(struct sk_gate *g, const struct signing *s)
{
	return sk_gate_firm(sk_passkey_used(g->db, s->kept.credential, s->counter));
}

static void begin(struct signing *s, const struct sk_ballot *ballot,
    const struct sk_gate_signed *by, enum sk_passkey_why *why)
{
	*s = (struct signing){.by = by,
	    .ballot = ballot,
	    .bytes = SK_BUF(ANSWER_BYTES),
	    .text = SK_BUF(ANSWER_BYTES),
	    .why = why};
	*why = SK_PASSKEY_GOOD;
}

static void end(struct signing *s)
{
	sk_buf_free(&s->bytes);
	sk_buf_free(&s->text);
}

/* --- about a transfer --- */

static int about_one(const struct sk_ballot *b, enum sk_hold *hold)
{
	if (b->holds != 1U << SK_HOLD_APPROVAL && b->holds != 1U << SK_HOLD_LEAK)
		return SK_EARG;
	*hold = b->holds == 1U << SK_HOLD_APPROVAL ? SK_HOLD_APPROVAL : SK_HOLD_LEAK;
	return b->member ? 0 : SK_EARG;
}

int sk_gate_vote_signed(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_ballot *ballot, const struct sk_gate_signed *by, struct sk_transfer *after,
    enum sk_passkey_why *why)
{
	struct signing s;
	struct sk_ballot b;
	enum sk_hold hold = SK_HOLD_NONE;
	struct sk_transfer t;

	begin(&s, ballot, by, why);
	int status = about_one(ballot, &hold);
	if (status == 0)
		status = sk_transfer_load(g->db, a, id, &t);
	if (status == 0 && !sk_slice_eq(t.output, sk_slice(ballot->output, sizeof(ballot->output))))
		status = SK_ECHANGED;
	if (status == 0)
		status = sk_gate_to_sign(g, a, &t, ballot->allow, hold, &s.asked);
	if (status == 0)
		status = signed_ballot(g, a, &s, &b);
	if (status == 0)
		status = sk_gate_vote(g, a, id, &b, after);
	if (status == 0)
		status = used(g, &s);
	end(&s);
	return status;
}

/* --- about an original --- */

int sk_gate_to_sign_original(struct sk_gate *g, struct sk_arena *a, const struct sk_original *o,
    const struct sk_transfer *t, bool allow, uint8_t hash[32], struct sk_passkey_asked *asked)
{
	struct sk_recorded r;
	int status = sk_gate_facts(g, a, t, &r);

	if (status)
		return status;
	if (g->policy == NULL || t->original_hash.n != 32)
		return SK_EREFUSED;
	sk_gate_request_hash(o->id, hash);
	*asked = (struct sk_passkey_asked){.transfer = t->id,
	    .output = t->original_hash.p,
	    .policy = g->policy->hash,
	    .class = r.request.classes[SK_CONFIDENTIALITY],
	    .allow = allow,
	    .hold = sk_hold_words[SK_HOLD_ORIGINAL],
	    .request = hash};
	return 0;
}

int sk_gate_vote_original_signed(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_ballot *ballot, const struct sk_gate_signed *by, struct sk_original *after,
    enum sk_passkey_why *why)
{
	struct signing s;
	struct sk_ballot b;
	struct sk_original o;
	struct sk_transfer t;
	uint8_t hash[32];

	begin(&s, ballot, by, why);
	int status = ballot->member ? sk_original_load(g->db, a, id, &o) : SK_EARG;
	if (status == 0)
		status = sk_transfer_load(g->db, a, o.transfer, &t);
	if (status == 0)
		status = sk_gate_to_sign_original(g, a, &o, &t, ballot->allow, hash, &s.asked);
	if (status == 0)
		status = signed_ballot(g, a, &s, &b);
	if (status == 0)
		status = sk_gate_vote_original(g, a, id, &b, after);
	if (status == 0)
		status = used(g, &s);
	end(&s);
	return status;
}
