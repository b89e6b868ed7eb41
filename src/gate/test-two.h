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
	bool scanned, has_blob, counted;
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

#endif
