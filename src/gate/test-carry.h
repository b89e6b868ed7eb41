/* What goes from one of two posts to the other: entries into ledgers, letters, bytes. test-two.h. Tests only. */
#ifndef SK_GATE_TEST_CARRY_H
#define SK_GATE_TEST_CARRY_H

#include "gate/test-acts.h"
#include "gate/waits.h"

/* --- the ledger --- */

static inline int run_put_letter(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	return sk_gate_letter(g, c->text, &c->letter);
}

static inline bool is(struct sk_slice s, const char *word)
{
	return s.p && sk_slice_is(s, word);
}

static inline int run_tell_waits(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_transfer t;
	int status = sk_transfer_load(g->db, a, c->letter.id, &t);

	return status ? status : sk_gate_waits_tell(g, &t, c->letter.body);
}

/* A hold whose entry says all that the other post shows. */
static inline void tell_waits(struct post *p, const struct sk_leaf *e, uint64_t index)
{
	struct sk_buf receipt = SK_BUF(1 << 20);
	struct call c = {.run = run_tell_waits};

	if (e->field[SK_ENTRY_PERSONAL_REQUEST].n == 0)
		return;
	assert_int_equal(sk_ledger_receipt(p->ledger.ledger, index, true, &receipt), 0);
	memcpy(c.letter.id, e->field[SK_ENTRY_TRANSFER].p, 32);
	c.letter.body = sk_buf_slice(&receipt);
	assert_int_equal(call(p, &c), 0);
	sk_buf_free(&receipt);
}

/* What follows an entry, as the pump of the desk does it. */
static inline void letter_of(struct post *p, const struct sk_leaf *e, uint64_t index)
{
	struct sk_slice kind = e->field[SK_ENTRY_KIND], id = e->field[SK_ENTRY_TRANSFER];
	bool offers = is(kind, "transfer.offer");
	bool ends = is(kind, "transfer.release") || is(kind, "transfer.reject") ||
		    is(kind, "transfer.collect") || is(kind, "transfer.expire");
	struct call c = {.run = run_put_letter, .text = p->other->gate.zone};
	struct sk_buf receipt = SK_BUF(1 << 20);

	if (is(kind, "transfer.hold"))
		tell_waits(p, e, index);
	if (!offers && (!ends || is(e->field[SK_ENTRY_BY], "link")))
		return;
	memcpy(c.letter.id, id.p, 32);
	if (ends && strcmp(row(p, c.letter.id).zone_from, p->gate.zone) == 0)
		return;
	c.letter.kind = offers ? SK_LETTER_OFFER : SK_LETTER_END;
	if (offers) {
		assert_int_equal(sk_ledger_receipt(p->ledger.ledger, index, true, &receipt), 0);
		c.letter.body = sk_buf_slice(&receipt);
	} else {
		snprintf(
		    c.letter.event, sizeof(c.letter.event), "%.*s", (int)kind.n - 9, kind.p + 9);
		snprintf(c.letter.reason, sizeof(c.letter.reason), "%.*s",
		    (int)e->field[SK_ENTRY_REASON].n,
		    e->field[SK_ENTRY_REASON].p ? (const char *)e->field[SK_ENTRY_REASON].p : "");
	}
	assert_int_equal(call(p, &c), 0);
	sk_buf_free(&receipt);
}

#define PUMPED 100

/* All that waits goes into the ledger: it takes every entry. */
static inline void pump(struct post *p)
{
	static char digits[PUMPED][24];
	static struct sk_leaf e[PUMPED];
	struct sk_outbox_rows rows;
	uint64_t index[PUMPED] = {0};

	assert_int_equal(sk_outbox_read(p->gate.db, SK_CHANNEL_LEDGER, PUMPED, &rows), 0);
	for (size_t i = 0; i < rows.n; i++)
		assert_int_equal(
		    sk_gate_entry(rows.row[i].number, rows.row[i].body, digits[i], &e[i]), 0);
	if (rows.n)
		assert_int_equal(
		    sk_ledger_append(p->ledger.ledger, e, rows.n, (uint64_t)p->gate.now, index), 0);
	for (size_t i = 0; i < rows.n; i++)
		letter_of(p, &e[i], index[i]);
	if (rows.n)
		assert_int_equal(
		    sk_outbox_done(p->gate.db, SK_CHANNEL_LEDGER, rows.row[rows.n - 1].number), 0);
	sk_outbox_rows_free(&rows);
}

/* --- letters --- */

static inline int run_letter(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	const struct sk_letter *l = &c->letter;
	struct sk_transfer after;
	int status =
	    c->number ? sk_gate_heard(g, c->text, no_traces ? 0 : c->number - 1, c->number) : 0;

	if (status)
		return status;
	switch (l->kind) {
	case SK_LETTER_OFFER:
		c->effect = c->checked ? sk_gate_bad_offer(g, a, c->text, l, c->member)
				       : sk_gate_offered(g, a, &c->manifest, &after);
		break;
	case SK_LETTER_FETCH:
		c->effect = sk_gate_fetched(g, a, l->id, c->text, &after);
		break;
	case SK_LETTER_GONE:
		c->effect = sk_gate_gone(g, a, l->id, c->text, &after);
		break;
	case SK_LETTER_END:
		c->effect = sk_gate_told(g, a, l->id, c->text, l->event, l->reason, &after);
		break;
	case SK_LETTER_PASSWORD:
		c->effect = sk_gate_password_came(g, a, l->id, c->text, l->body, &after);
		break;
	case SK_LETTER_ORIGINAL:
		c->effect = sk_gate_original_wanted(g, a, c->text, l);
		break;
	case SK_LETTER_WAITS:
		c->effect = strcmp(l->event, "hold") != 0
				? sk_gate_waits_over(g, a, l->id, c->text, &after)
			    : c->checked ? SK_EREFUSED
					 : sk_gate_waits(g, a, &c->manifest, &after);
		break;
	default:
		c->effect = 0;
	}
	return c->effect == SK_EREFUSED || c->effect == SK_ENOENTRY ? 0 : c->effect;
}

static char manifest_why[SK_MANIFEST_WHY];

/* One letter of the other post is taken by p; what its effect says. */
static inline int take_letter(struct post *p, const struct sk_letter *l, int64_t number)
{
	struct call c = {
	    .run = run_letter, .text = p->other->gate.zone, .letter = *l, .number = number};

	if (l->kind == SK_LETTER_OFFER ||
	    (l->kind == SK_LETTER_WAITS && strcmp(l->event, "hold") == 0)) {
		int64_t ms = 0;
		assert_int_equal(sk_db_now(p->gate.db, &ms), 0);
		p->keys.now = ms / 1000;
		c.checked = (l->kind == SK_LETTER_OFFER ? sk_manifest_check : sk_manifest_waits)(
		    l->body, &p->keys, arena, &c.manifest, manifest_why);
		c.member = manifest_why;
	}
	int status = call(p, &c);
	if (status)
		fail_msg(
		    "letter %s: %d %s", sk_letter_word(l->kind), status, sk_db_why(p->gate.db));
	return c.effect;
}

/* All letters of p arrive at the other post; how many had no effect there. */
static inline size_t deliver(struct post *p)
{
	struct sk_outbox_rows rows;
	struct sk_letter l;
	size_t vain = 0;

	assert_int_equal(
	    sk_outbox_read(p->gate.db, (enum sk_outbox_channel)SK_CHANNEL_LINK, 200, &rows), 0);
	for (size_t i = 0; i < rows.n; i++) {
		assert_int_equal(sk_letter_get((uint8_t)rows.row[i].kind, rows.row[i].body, &l), 0);
		vain += take_letter(p->other, &l, rows.row[i].number) != 0;
	}
	if (rows.n)
		assert_int_equal(sk_outbox_done(p->gate.db, (enum sk_outbox_channel)SK_CHANNEL_LINK,
				     rows.row[rows.n - 1].number),
		    0);
	sk_outbox_rows_free(&rows);
	return vain;
}

/* Both ledgers and all letters, until nothing is left. */
static inline size_t settle(void)
{
	size_t vain = 0;

	for (int i = 0; i < 4; i++) {
		pump(&inet);
		pump(&lgwan);
		vain += deliver(&inet);
		vain += deliver(&lgwan);
	}
	return vain;
}

static inline int run_arrived(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_transfer after;

	return sk_gate_arrived(g, a, c->id, &c->blob, &after);
}

/* The bytes that p gives arrive at the other post. */
static inline int cross(struct post *p, const char *id)
{
	struct call c = {.run = run_arrived, .id = id};
	struct sk_transfer t = row(p, id);

	assert_int_equal(t.state, SK_AT_CROSSING);
	memcpy(c.blob.sha256, t.output.p, 32);
	c.blob.size = (uint64_t)t.output_size;
	return call(p->other, &c);
}

#endif
