/*
 * Two posts for tests of the gate, each with a store and a ledger of its own, and what carries letters between them and
 * works for them: all that is around a gate, without its processes. Include it behind store/test-both.h. Tests only.
 */
#ifndef SK_GATE_TEST_TWO_H
#define SK_GATE_TEST_TWO_H

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "gate/batch.h"
#include "gate/due.h"
#include "gate/letters.h"
#include "gate/original.h"
#include "gate/people.h"
#include "gate/test-offer.h"
#include "gate/work.h"
#include "record/record.h"
#include "store/outbox.h"
#include "store/peer.h"

/* One class has a name that no entry of a ledger takes, one route, too. */
static const char city[] =
    "sekisho policy 1\n"
    "city \"例示市\" { code \"000000\"; timezone \"Asia/Tokyo\"; adopted 2005-04-01 }\n"
    "classes confidentiality {\n"
    "\"自治体機密性3\" > \"2\" > \"1\"\n"
    "}\n"
    "zone mynumber { name \"個人番号\"; networks 10.1.0.0/16 }\n"
    "zone lgwan { name \"LGWAN\"; networks 10.2.0.0/16; holds confidentiality <= \"自治体機密性3\" }\n"
    "zone internet { name \"ネット\"; networks 10.3.0.0/16; holds confidentiality <= \"自治体機密性3\" }\n"
    "protect mynumber > lgwan > internet\n"
    "clause \"6.3\" \"強靭性\"\n"
    "control c for clause \"6.3\" { check net.no-path every 1 day }\n"
    "role boss { name \"課長\"; may approve, release-original }\n"
    "role staff { name \"職員\" }\n"
    "department city \"市\"\n"
    "department shimin \"市民課\" in city\n"
    "member fuku { name \"副市長\"; department city; role boss; deputy cho }\n"
    "member cho { name \"課長\"; department shimin; role boss; deputy ichi }\n"
    "member ichi { name \"職員1\"; department shimin; role staff }\n"
    "member ni { name \"職員2\"; department shimin; role staff }\n"
    "route file-in from internet to lgwan {\n"
    "carry file\n"
    "clean rebuild else flatten else refuse\n"
    "encrypted hold for 7 days\n"
    "limit size 100M, depth 4, members 2000\n"
    "scan virus required\n"
    "keep original 30 days\n"
    "expire 14 days, downloads 2\n"
    "clause \"6.3\"\n"
    "}\n"
    "route file-out from lgwan to internet {\n"
    "carry file\n"
    "clean rebuild\n"
    "require class confidentiality <= \"2\"\n"
    "refuse mynumber\n"
    "hold corporate-number\n"
    "approve by superior, deputy after 4 hours\n"
    "expire 7 days, downloads 3\n"
    "clause \"6.3\"\n"
    "}\n"
    "route out-1234567890 from lgwan to internet {\n"
    "carry file\n"
    "clean rebuild\n"
    "require login two-factors\n"
    "require class confidentiality <= \"自治体機密性3\"\n"
    "approve by role boss, persons 2, passkey\n"
    "expire 7 days, downloads 1\n"
    "clause \"6.3\"\n"
    "}\n";

struct post {
	struct sk_gate gate;
	struct giver ledger;
	struct sk_manifest_keys keys; /* of the other post */
	struct post *other;
	struct sk_queue *queue;
};

static struct post inet, lgwan;
static const char *asker, *recipient; /* of what comes in next */
static struct sk_arena *arena;

static inline const struct sk_policy *read_policy(const char *text)
{
	struct sk_diags diags = {.arena = arena};
	const struct sk_policy *p = NULL;

	if (sk_policy_load(arena, &diags, "p", sk_slice_str(text), NULL, NULL, 20544, &p))
		fail_msg("%u: %s %s", diags.v[0].line, sk_diag_name(diags.v[0].code), diags.v[0].a);
	return p;
}

static inline void pin_other(struct post *p)
{
	struct sk_buf b = SK_BUF(1000);

	giver_key(&p->other->ledger, &b);
	assert_int_equal(sk_manifest_keys_read(sk_buf_slice(&b), sk_slice("", 0), &p->keys), 0);
	sk_buf_free(&b);
	p->keys.from = p->other->gate.zone;
	p->keys.to = p->gate.zone;
}

static inline void open_post(
    struct post *p, struct post *other, const char *zone, const char *origin)
{
	char where[256];
	int64_t channel;

	if (p == &inet)
		place_database(&place, postgres, where, sizeof(where));
	else
		place_second_database(&place, postgres, where, sizeof(where));
	*p = (struct post){.gate = {.db = place_open(where), .zone = zone}, .other = other};
	assert_int_equal(sk_db_migrate(p->gate.db, "store"), 0);
	assert_int_equal(sk_db_migrate(p->gate.db, "queue"), 0);
	assert_int_equal(sk_queue_open(p->gate.db, &p->queue), 0);
	p->gate.policy = read_policy(city);
	assert_true(giver_begin(&p->ledger, origin, p == &inet ? 1 : 2));
	assert_int_equal(
	    sk_gate_link(&p->gate, p == &inet ? "lgwan" : "internet", &channel, NULL), 0);
	assert_int_equal(channel, SK_CHANNEL_LINK);
}

static inline int open_two(void **state)
{
	arena = sk_arena_new((size_t)1 << 30);
	asker = "ichi";
	recipient = NULL;
	open_post(&inet, &lgwan, "internet", "city.example/internet");
	open_post(&lgwan, &inet, "lgwan", "city.example/lgwan");
	pin_other(&inet);
	pin_other(&lgwan);
	return 0;
}

static inline int close_two(void **state)
{
	struct post *both[] = {&inet, &lgwan};

	for (int i = 0; i < 2; i++) {
		sk_queue_close(both[i]->queue);
		sk_db_close(both[i]->gate.db);
		giver_end(&both[i]->ledger);
	}
	sk_arena_free(arena);
	return 0;
}

/* --- deeds, one at a time --- */

/* What is done, with what: each deed takes what it needs. */
struct call {
	int (*run)(struct sk_gate *g, struct sk_arena *a, struct call *c);
	const char *id, *member, *text;
	int64_t number;
	const struct sk_recorded *facts;
	struct sk_transfer t; /* before, for what begins; after */
	struct sk_original o;
	struct sk_job job;
	struct sk_work_done done;
	struct sk_gate_scan scan;
	struct sk_blob blob;
	bool scanned, has_blob;
	struct sk_ballot ballot;
	struct sk_letter letter;
	struct sk_manifest manifest;
	struct sk_gate_due due;
	int status, effect;
	int checked; /* of a manifest */
};

static inline int run_call(struct sk_gate *g, struct sk_arena *a, void *ctx)
{
	struct call *c = ctx;

	return c->run(g, a, c);
}

static inline void end_call(void *ctx, int status)
{
	((struct call *)ctx)->status = status;
}

/* Everything that a refusal must not touch, as one number each. */
struct traces {
	int64_t v[8];
};

static inline int64_t number_of(struct sk_db *db, const char *sql)
{
	struct sk_rows r;

	if (sk_db_query(db, sql, SK_NO_BINDS, &r))
		fail_msg("%s", sk_db_why(db));
	int64_t n = sk_rows_int(&r, 0, 0);
	sk_rows_free(&r);
	return n;
}

static inline struct traces traces_of(struct sk_db *db)
{
	static const char *const sql[] = {"SELECT count(*) FROM history",
	    "SELECT count(*) FROM outbox", "SELECT count(*) FROM approval",
	    "SELECT CAST(coalesce(sum(version), 0) AS {int}) FROM transfer",
	    "SELECT count(*) FROM sealed",
	    "SELECT CAST(coalesce(sum(version), 0) AS {int}) FROM original",
	    "SELECT count(*) FROM original_vote",
	    "SELECT CAST(coalesce(sum(heard), 0) AS {int}) FROM link"};
	struct traces t;

	for (size_t i = 0; i < 8; i++)
		t.v[i] = number_of(db, sql[i]);
	return t;
}

static bool no_traces; /* where so much happens that looking for them takes too long */

/* Does it alone; refused, it has left no trace. */
static inline int call(struct post *p, struct call *c)
{
	struct traces before = {{0}}, after;
	struct sk_deed deed = {run_call, end_call, c};

	if (!no_traces)
		before = traces_of(p->gate.db);
	sk_gate_do(&p->gate, &deed, 1);
	if (c->status && !no_traces) {
		after = traces_of(p->gate.db);
		assert_memory_equal(&before, &after, sizeof(after));
	}
	return c->status;
}

static inline struct sk_transfer row(struct post *p, const char *id)
{
	struct sk_transfer t;

	assert_int_equal(sk_transfer_load(p->gate.db, arena, id, &t), 0);
	return t;
}

static inline int64_t state_of(struct post *p, const char *id)
{
	return row(p, id).state;
}

static inline void at(struct post *p, const char *id, enum sk_transfer_state state)
{
	struct sk_transfer t = row(p, id);
	struct sk_history *h = NULL;
	size_t n = 0;

	if (t.state == (int64_t)state)
		return;
	sk_history_list(p->gate.db, arena, id, &h, &n);
	fail_msg("%s is %s, not %s: %s", id, sk_state_word((unsigned)t.state),
	    sk_state_word((unsigned)state), n && h[n - 1].note ? h[n - 1].note : "");
}

static inline void held(struct post *p, const char *id, int64_t holds)
{
	at(p, id, SK_AT_HELD);
	assert_int_equal(row(p, id).holds, holds);
	assert_true(row(p, id).expires != SK_NONE);
}

/* --- what comes in --- */

static inline int run_receive(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_transfer after;
	int status = sk_gate_receive(g, a, &c->t, c->facts, &after);

	if (status == 0)
		memcpy(c->t.id, after.id, sizeof(after.id));
	return status;
}

static inline struct sk_recorded asked(
    const char *from, const char *to, const char *route, const char *class)
{
	struct sk_recorded r;

	sk_recorded_init(&r);
	r.request.ask = SK_ASK_FILE;
	r.request.from = from;
	r.request.to = to;
	r.request.route = route;
	r.request.requester = asker;
	r.request.login = SK_LOGIN_TWO_FACTORS;
	r.request.classes[SK_CONFIDENTIALITY] = class;
	r.request.claimed = SK_FT_DOCX;
	return r;
}

/* Each original has a name and a hash of its own. */
static inline struct sk_transfer arrival(void)
{
	static unsigned many;
	struct sk_transfer t;
	uint8_t *hash = sk_arena_alloc(arena, 32);

	sk_transfer_init(&t);
	t.original = sk_arena_printf(arena, "%032x", ++many);
	snprintf((char *)hash, 32, "original %u", many);
	t.original_hash = sk_slice(hash, 32);
	t.original_size = 1000;
	t.file_name = "予定表.docx";
	t.recipient = recipient;
	return t;
}

static inline const char *receive(struct post *p, const char *route, const char *class)
{
	struct sk_recorded r = asked(p->gate.zone, p->other->gate.zone, route, class);
	struct call c = {.run = run_receive, .facts = &r, .t = arrival()};

	assert_int_equal(call(p, &c), 0);
	return sk_arena_str(arena, sk_slice_str(c.t.id));
}

/* --- workers --- */

static inline int run_cleaned(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_transfer after;

	return sk_gate_cleaned(g, a, &c->job, &c->done, c->scanned ? &c->scan : NULL,
	    c->has_blob ? &c->blob : NULL, &after);
}

static inline int run_checked(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_transfer after;

	return sk_gate_checked(g, a, &c->job, &c->done, &after);
}

/* The next job of a kind; false: there is none. */
static inline bool claim(struct post *p, int64_t kind, struct sk_job *job)
{
	struct sk_job *v = NULL;
	size_t n = 0;

	assert_int_equal(sk_queue_claim(p->queue, arena, kind, "test", 60000, 1, &v, &n), 0);
	if (n)
		*job = v[0];
	return n > 0;
}

/* What a worker says that has cleaned it: another output each time. */
static inline void set_clean(struct post *p, struct call *c)
{
	static unsigned many;
	struct sk_transfer t = row(p, c->job.name);

	c->run = run_cleaned;
	c->done = (struct sk_work_done){.verdict = SK_CLEAN,
	    .method = SK_REBUILD,
	    .type = "docx",
	    .out_type = "docx",
	    .size_in = 1000,
	    .size_out = 900,
	    .cleaned = {SK_WORK_YES},
	    .pages = 1,
	    .encrypted = 0,
	    .opened = 0,
	    .cleaner = "sekisho-0.1.0",
	    .removed = "ooxml.macro=1",
	    .looked = 1};
	snprintf((char *)c->blob.sha256, 32, "output %u", ++many);
	c->blob.size = 900;
	c->has_blob = true;
	memcpy(c->done.hash_in, t.original_hash.p, 32);
	memcpy(c->done.hash_out, c->blob.sha256, 32);
	c->scan = (struct sk_gate_scan){SK_SCAN_CLEAN, 60};
	c->scanned = true;
}

static inline void set_refused(struct call *c, const char *reason)
{
	c->done.verdict = SK_REFUSED;
	snprintf(c->done.reason, sizeof(c->done.reason), "%s", reason);
	c->done.method = 0;
	c->done.out_type[0] = 0;
	c->done.cleaned[0] = SK_WORK_NO;
	c->has_blob = false;
}

static inline int clean_next(struct post *p)
{
	struct call c = {0};

	assert_true(claim(p, SK_JOB_CLEAN, &c.job));
	set_clean(p, &c);
	return call(p, &c);
}

static inline int check_next(struct post *p, enum sk_verdict verdict)
{
	struct call c = {.run = run_checked, .done = {.verdict = verdict}};

	assert_true(claim(p, SK_JOB_VERIFY, &c.job));
	struct sk_transfer t = row(p, c.job.name);
	memcpy(c.done.hash_in, t.output.p, 32);
	if (verdict != SK_CLEAN)
		snprintf(c.done.reason, sizeof(c.done.reason), "not-clean");
	return call(p, &c);
}

/* --- people --- */

static inline int run_vote(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_transfer after;

	return sk_gate_vote(g, a, c->id, &c->ballot, &after);
}

static inline int vote(struct post *p, const char *id, const char *member, bool allow)
{
	struct call c = {.run = run_vote,
	    .id = id,
	    .ballot = {.member = member, .login = SK_LOGIN_PASSWORD, .allow = allow}};
	struct sk_transfer t = row(p, id);

	if (t.output.n == 32)
		memcpy(c.ballot.output, t.output.p, 32);
	return call(p, &c);
}

#define SIMPLE(name, expr) \
	static inline int run_##name(struct sk_gate *g, struct sk_arena *a, struct call *c) \
	{ \
		struct sk_transfer after; \
		return expr; \
	} \
	static inline int name(struct post *p, const char *id, const char *member) \
	{ \
		struct call c = {.run = run_##name, .id = id, .member = member}; \
		return call(p, &c); \
	}

SIMPLE(cancel, sk_gate_cancel(g, a, c->id, c->member, &after))
SIMPLE(collect, sk_gate_collect(g, a, c->id, c->member, &after))
SIMPLE(advance, sk_gate_advance(g, a, c->id, &after))
SIMPLE(room, sk_gate_room(g, a, c->id, &after))
SIMPLE(password, sk_gate_password(g, a, c->id, c->member, SK_SLICE_LIT("sealed"), &after))
SIMPLE(classify2, sk_gate_class(g, a, c->id, c->member, SK_CONFIDENTIALITY, "2", &after))
SIMPLE(
    classify3, sk_gate_class(g, a, c->id, c->member, SK_CONFIDENTIALITY, "自治体機密性3", &after))

static inline int run_due(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	return sk_gate_due(g, a, 64, &c->due);
}

static inline struct sk_gate_due due(struct post *p)
{
	struct call c = {.run = run_due};

	assert_int_equal(call(p, &c), 0);
	return c.due;
}

/* As if it were that much later: all dates of all rows go back. */
static inline int run_age(struct sk_db *db, void *arg)
{
	const int64_t *ms = arg;
	static const char *const sql[] = {
	    "UPDATE transfer SET received = received - $1, expires = expires - $1, keep_until = keep_until - $1,"
	    " released = released - $1, remind = remind - $1",
	    "UPDATE approval SET at = at - $1",
	    "UPDATE original SET asked = asked - $1, expires = expires - $1",
	    "UPDATE original_vote SET at = at - $1"};
	int rc = 0;

	for (size_t i = 0; i < 4 && rc == 0; i++)
		rc = sk_db_exec(db, sql[i], SK_BINDS(sk_int(*ms)), NULL);
	return rc;
}

static inline void age(struct post *p, int64_t seconds)
{
	int64_t ms = seconds * 1000;

	if (sk_db_transact(p->gate.db, SK_DB_WRITE, run_age, &ms))
		fail_msg("%s", sk_db_why(p->gate.db));
}

/* --- the ledger --- */

static inline int run_put_letter(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	return sk_gate_letter(g, c->text, &c->letter);
}

static inline bool is(struct sk_slice s, const char *word)
{
	return s.p && sk_slice_is(s, word);
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

	if (l->kind == SK_LETTER_OFFER) {
		int64_t ms = 0;
		assert_int_equal(sk_db_now(p->gate.db, &ms), 0);
		p->keys.now = ms / 1000;
		c.checked = sk_manifest_check(l->body, &p->keys, arena, &c.manifest, manifest_why);
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
