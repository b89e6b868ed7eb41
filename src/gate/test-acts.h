/* What workers, people and time do at one of two posts: test-two.h. Tests only. */
#ifndef SK_GATE_TEST_ACTS_H
#define SK_GATE_TEST_ACTS_H

#include "gate/test-two.h"

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
SIMPLE(receipt, sk_gate_collect(g, a, c->id, c->member, &after))
SIMPLE(look_at, sk_gate_look(g, a, c->id, c->member, &after))
SIMPLE(advance, sk_gate_advance(g, a, c->id, &after))
SIMPLE(room, sk_gate_room(g, a, c->id, &after))
SIMPLE(password, sk_gate_password(g, a, c->id, c->member, SK_SLICE_LIT("sealed"), &after))
SIMPLE(classify2, sk_gate_class(g, a, c->id, c->member, SK_CONFIDENTIALITY, "2", &after))
SIMPLE(
    classify3, sk_gate_class(g, a, c->id, c->member, SK_CONFIDENTIALITY, "自治体機密性3", &after))

static inline int run_hand(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_transfer after;

	return sk_gate_hand(g, a, c->id, c->member, &c->counted, &after);
}

static inline int hand(struct post *p, const char *id, const char *member, bool *counted)
{
	struct call c = {.run = run_hand, .id = id, .member = member};
	int status = call(p, &c);

	*counted = c.counted;
	return status;
}

/* Handed out, and all of it has left. */
static inline int collect(struct post *p, const char *id, const char *member)
{
	bool counted;
	int status = hand(p, id, member, &counted);

	return status || counted ? status : receipt(p, id, member);
}

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
	    "UPDATE original SET asked = asked - $1, expires = expires - $1, released = released - $1",
	    "UPDATE original_vote SET at = at - $1",
	    "UPDATE absence SET begins = begins - $1, ends = ends - $1"};
	int rc = 0;

	for (size_t i = 0; i < sizeof(sql) / sizeof(*sql) && rc == 0; i++)
		rc = sk_db_exec(db, sql[i], SK_BINDS(sk_int(*ms)), NULL);
	return rc;
}

static inline void age(struct post *p, int64_t seconds)
{
	int64_t ms = seconds * 1000;

	if (sk_db_transact(p->gate.db, SK_DB_WRITE, run_age, &ms))
		fail_msg("%s", sk_db_why(p->gate.db));
}

#endif
