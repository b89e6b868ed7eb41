/* Deciding about transfers, and what else people say of them: doc/front.md. The gate. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"
#include "desk/asks.h"
#include "policy/decide.h"

#define BOX 2048

/* The row as it is now, for whoever did something with it. */
static int show_after(struct sk_asked *q, const struct sk_transfer *t)
{
	sk_show_set(q->out, "transfer", sk_show_transfer(q, t, 0, false));
	return 0;
}

/* What is wanted is not possible, for whatever reason it is. */
static void why_state(struct sk_asked *q, int status)
{
	struct sk_transfer t;
	unsigned holds;

	if (status != SK_EREFUSED || sk_asked_load(q, q->ask.id, &t, &holds))
		return;
	bool own = t.requester && strcmp(t.requester, q->member) == 0;
	bool his = t.recipient && strcmp(t.recipient, q->member) == 0;
	bool class = q->ask.what == SK_FRONT_CLASS && (own || holds);
	if (class && t.state == SK_AT_HELD && t.holds & 1 << SK_HELD_CLASS)
		sk_asked_fail(q, SK_FRONT_WHY_VALUE, "class");
	else if (own || class || (his && q->ask.what == SK_FRONT_PASSWORD))
		sk_asked_fail(q, SK_FRONT_WHY_STATE, sk_state_word((unsigned)t.state));
	else
		sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
}

/* It exists for him. */
static int look_own(struct sk_asked *q)
{
	struct sk_transfer t;
	unsigned holds;

	return sk_asked_load(q, q->ask.id, &t, &holds);
}

/* --- votes --- */

int sk_asked_holds(struct sk_asked *q, unsigned *holds)
{
	*holds = 0;
	for (unsigned h = 0; q->ask.hold && h < SK_HOLDS; h++)
		if (strcmp(sk_hold_words[h], q->ask.hold) == 0)
			*holds = 1U << h;
	if (q->ask.hold && (*holds & ~(1U << SK_HOLD_APPROVAL | 1U << SK_HOLD_LEAK) || *holds == 0))
		return sk_asked_fail(q, SK_FRONT_WHY_VALUE, "hold");
	return 0;
}

int sk_asked_same_policy(struct sk_asked *q)
{
	const struct sk_policy *p = q->act.desk->gate.policy;
	uint8_t seen[32];

	if (q->ask.policy == NULL)
		return 0;
	if (p == NULL || sk_hex_parse(sk_slice_str(q->ask.policy), seen, sizeof(seen)) ||
	    memcmp(seen, p->hash, sizeof(seen)) != 0)
		return sk_asked_fail(q, SK_FRONT_WHY_CHANGED, NULL);
	return 0;
}

static int look_vote(struct sk_asked *q)
{
	unsigned holds;
	int status = q->ask.what == SK_FRONT_APPROVE ? sk_asked_yes(q) : 0;

	if (status == 0)
		status = look_own(q);
	if (status == 0)
		status = sk_asked_holds(q, &holds);
	/* what a passkey signs is about one of them */
	if (status == 0 && q->ask.assertion && holds == 0)
		status = sk_asked_fail(q, SK_FRONT_WHY_MISSING, "hold");
	return status ? status : sk_asked_same_policy(q);
}

static int vote_signed(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q,
    const struct sk_ballot *b, struct sk_transfer *t)
{
	struct sk_passkey_party party;
	const struct sk_gate_signed by = {&party, sk_slice_str(q->ask.assertion)};
	enum sk_passkey_why why = SK_PASSKEY_GOOD;
	int status = sk_asked_party(q, &party);

	if (status == 0)
		status = sk_gate_vote_signed(g, a, q->ask.id, b, &by, t, &why);
	if (status == SK_EREFUSED && why != SK_PASSKEY_GOOD)
		sk_asked_fail(q, SK_FRONT_WHY_PASSKEY_WRONG, sk_passkey_why_word(why));
	return status;
}

static int run_vote(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_ballot b = {.member = q->member,
	    .login = sk_asked_vote_login(q),
	    .allow = q->ask.what == SK_FRONT_APPROVE,
	    .comment = q->ask.comment};
	struct sk_transfer t;
	int status = sk_asked_holds(q, &b.holds);

	if (status == 0)
		status = sk_transfer_load(g->db, a, q->ask.id, &t);
	if (status)
		return status;
	/* a refusal is about whatever is there, unless it names what was seen */
	if (q->ask.hash)
		status = sk_hex_parse(sk_slice_str(q->ask.hash), b.output, sizeof(b.output));
	else if (t.output.n == sizeof(b.output))
		memcpy(b.output, t.output.p, sizeof(b.output));
	if (status == 0)
		status = q->ask.assertion ? vote_signed(g, a, q, &b, &t)
					  : sk_gate_vote(g, a, q->ask.id, &b, &t);
	return status ? status : show_after(q, &t);
}

static void why_vote(struct sk_asked *q, int status)
{
	struct sk_transfer t;
	unsigned holds, about = 0;

	if (status != SK_EREFUSED || sk_asked_load(q, q->ask.id, &t, &holds) ||
	    sk_asked_holds(q, &about))
		return;
	if (t.requester && strcmp(t.requester, q->member) == 0)
		sk_asked_fail(q, SK_FRONT_WHY_OWN, NULL);
	else if (t.state != SK_AT_HELD)
		sk_asked_fail(q, SK_FRONT_WHY_STATE, sk_state_word((unsigned)t.state));
	else if (holds && about & ~holds)
		sk_asked_fail(q, SK_FRONT_WHY_VALUE, "hold");
	else if (holds && t.holds & 1 << SK_HELD_CLASS)
		sk_asked_fail(q, SK_FRONT_WHY_CLASS, NULL);
	else if (holds)
		sk_asked_fail(q, SK_FRONT_WHY_PASSKEY, NULL);
}

/* --- class --- */

/* One dimension at a time, so that it is said or not. */
static int look_class(struct sk_asked *q)
{
	int said = !!q->ask.class + !!q->ask.integrity + !!q->ask.availability;

	if (said == 1)
		return look_own(q);
	return sk_asked_fail(q, said ? SK_FRONT_WHY_VALUE : SK_FRONT_WHY_MISSING, "class");
}

static int run_class(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	enum sk_dimension d = q->ask.class       ? SK_CONFIDENTIALITY
			      : q->ask.integrity ? SK_INTEGRITY
						 : SK_AVAILABILITY;
	const char *class = q->ask.class       ? q->ask.class
			    : q->ask.integrity ? q->ask.integrity
					       : q->ask.availability;
	struct sk_transfer t;
	int status = sk_gate_class(g, a, q->ask.id, q->member, d, class, &t);

	return status ? status : show_after(q, &t);
}

/* --- password --- */

/* The key of the workers where it is cleaned: here, for what somebody sends here. */
static int look_box(struct sk_asked *q)
{
	char path[4096], text[80] = "";
	struct sk_transfer t;
	unsigned holds;
	int status = q->ask.id ? sk_asked_load(q, q->ask.id, &t, &holds) : 0;
	const struct sk_desk *d = q->act.desk;
	const char *zone = status == 0 && q->ask.id ? t.zone_from : d->zone;
	bool own = strcmp(zone, d->zone) == 0;

	if (status)
		return status;
	snprintf(path, sizeof(path), own ? "box.pub" : "link/%s/peer.box", zone);
	char *name = sk_arena_str(q->arena, sk_slice_str(path));
	status = name ? sk_settings_path(d->settings, name, path, sizeof(path)) : SK_ENOMEM;
	sk_autoclose int fd = status ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 64)
		return sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "box");
	text[64] = '\0';
	sk_show_set(q->out, "zone", sk_show_text(zone));
	sk_show_set(q->out, "box", sk_show_text(text));
	return 0;
}

static int run_password(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	uint8_t box[BOX];
	size_t n = strlen(q->ask.sealed) / 2;
	struct sk_transfer t;
	int status = n <= sizeof(box) ? sk_hex_parse(sk_slice_str(q->ask.sealed), box, n) : SK_EARG;

	if (status == 0)
		status = sk_gate_password(g, a, q->ask.id, q->member, sk_slice(box, n), &t);
	return status ? status : show_after(q, &t);
}

/* --- cancel --- */

static int run_cancel(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	struct sk_transfer t;
	int status = sk_gate_cancel(g, a, q->ask.id, q->member, &t);

	return status ? status : show_after(q, &t);
}

const struct sk_ask_of sk_asks_vote[] = {
    {SK_FRONT_APPROVE, SK_ASK_VOTER, look_vote, run_vote, NULL, why_vote},
    {SK_FRONT_DENY, SK_ASK_VOTER, look_vote, run_vote, NULL, why_vote},
    {SK_FRONT_CLASS, SK_ASK_MEMBER, look_class, run_class, NULL, why_state},
    {SK_FRONT_BOX, SK_ASK_MEMBER, look_box, NULL, NULL, NULL},
    {SK_FRONT_PASSWORD, SK_ASK_MEMBER, look_own, run_password, NULL, why_state},
    {SK_FRONT_CANCEL, SK_ASK_MEMBER, look_own, run_cancel, NULL, why_state},
    {.what = SK_FRONT_COUNT},
};
