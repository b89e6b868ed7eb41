/* Denials: refusals.h. The gate. */
#include "desk/refusals.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"

#define QUIET_MS 60000
/* Denials of which is remembered that they were told; where no place is left for one, it is not told: a flood does not fill the ledger. */
#define PLACES 1024
#define PROBES 8
#define PERSON 201

struct sk_refusals {
	uint8_t key[crypto_shorthash_KEYBYTES];
	struct told {
		uint64_t mark;
		int64_t until; /* sk_now_ms; 0: none */
	} v[PLACES];
};

int sk_refusals_open(struct sk_desk *d)
{
	d->refusals = calloc(1, sizeof(*d->refusals));
	if (d->refusals == NULL)
		return SK_ENOMEM;
	randombytes_buf(d->refusals->key, sizeof(d->refusals->key));
	return 0;
}

void sk_refusals_close(struct sk_desk *d)
{
	free(d->refusals);
	d->refusals = NULL;
}

/* --- which are told --- */

/* What is wrong with a login has an entry of its own (login.refused), and a page of somewhere else names nobody. */
static bool is_denial(const struct sk_asked *q, enum sk_front_why why, const char *about)
{
	if (why == SK_FRONT_WHY_LOGIN_WRONG || why == SK_FRONT_WHY_FOREIGN)
		return false;
	if (why == SK_FRONT_WHY_NO_TRANSFER)
		return about[0] != '\0';
	return sk_front_why_status(why) == 403 ||
	       (why == SK_FRONT_WHY_NOT_MEMBER && q->title == NULL);
}

/* Who was denied it. False: nobody that can be named. */
static bool name_of(const struct sk_asked *q, char name[PERSON])
{
	const char *member = q->member ? q->member : q->session.member;

	if (member)
		snprintf(name, PERSON, "%s", member);
	else if (q->root)
		snprintf(name, PERSON, "root");
	else if (!q->portal)
		snprintf(name, PERSON, "uid %u", (unsigned)q->uid);
	else
		return false;
	return true;
}

static uint64_t mark_of(const struct sk_refusals *s, const struct sk_asked *q,
    enum sk_front_why why, const char *transfer, const char *name)
{
	char text[PERSON + 96];
	uint8_t out[crypto_shorthash_BYTES];
	uint64_t mark;

	int n = snprintf(text, sizeof(text), "%u %u %s %s", (unsigned)q->ask.what, (unsigned)why,
	    transfer, name);
	crypto_shorthash(out, (const uint8_t *)text, (unsigned long long)n, s->key);
	memcpy(&mark, out, sizeof(mark));
	return mark;
}

static bool is_new(struct sk_refusals *s, uint64_t mark)
{
	int64_t now = sk_now_ms();
	struct told *room = NULL;

	for (unsigned i = 0; i < PROBES; i++) {
		struct told *t = &s->v[(mark + i) % PLACES];
		if (t->until <= now)
			room = room ? room : t;
		else if (t->mark == mark)
			return false;
	}
	if (room == NULL)
		return false;
	*room = (struct told){mark, now + QUIET_MS};
	return true;
}

/* --- telling --- */

struct note {
	struct sk_act act;
	enum sk_front_what what;
	enum sk_front_why why;
	bool root;
	char name[PERSON], about[SK_TRANSFER_ID];
};

static int run(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	const struct note *n = (const struct note *)act;
	struct sk_leaf e = {0};
	char time[24];

	(void)a;
	snprintf(time, sizeof(time), "%lld000", (long long)g->now);
	e.field[SK_ENTRY_KIND] = sk_slice_str("ask.refused");
	e.field[SK_ENTRY_TIME] = sk_slice_str(time);
	e.field[SK_ENTRY_MESSAGE] = sk_slice_str(sk_front_word(n->what));
	e.field[SK_ENTRY_REASON] = sk_slice_str(sk_front_why_word(n->why));
	e.field[SK_ENTRY_PERSONAL_REQUESTER] = sk_slice_str(n->name);
	if (n->root)
		e.field[SK_ENTRY_BY] = sk_slice_str("root");
	if (n->about[0])
		e.field[SK_ENTRY_TRANSFER] = sk_slice_str(n->about);
	return sk_gate_log(g, &e);
}

static void done(struct sk_act *act, int status)
{
	(void)status;
	free(act);
}

void sk_refusals_tell(struct sk_asked *q, enum sk_front_why why, const char *transfer)
{
	struct sk_desk *d = q->act.desk;
	char name[PERSON];
	struct note *n;

	if (d->closing || !is_denial(q, why, transfer) || !name_of(q, name) ||
	    !is_new(d->refusals, mark_of(d->refusals, q, why, transfer, name)))
		return;
	n = calloc(1, sizeof(*n));
	if (n == NULL)
		return;
	n->act.run = run;
	n->act.done = done;
	n->what = q->ask.what;
	n->why = why;
	n->root = q->root;
	memcpy(n->name, name, sizeof(n->name));
	snprintf(n->about, sizeof(n->about), "%s", transfer);
	sk_desk_do(d, &n->act);
}

void sk_refusals_note(struct sk_asked *q)
{
	const char *status = json_string_value(json_object_get(q->out, "status"));

	if (status && strcmp(status, "refused") == 0)
		sk_refusals_tell(q, q->refused, q->about);
}
