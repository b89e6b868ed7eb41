/* What another post offers and gives: letters.h. The gate of the receiver. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/limits.h"
#include "gate/waits.h"

/* --- an offer --- */

static const char *type_word(enum sk_filetype type)
{
	return type == SK_FT_UNKNOWN ? NULL : sk_filetype_name(type);
}

/* A giver that never gives keeps no row here for ever. */
static int64_t until(const struct sk_gate *g, const struct sk_manifest *m)
{
	int64_t most = (g->now + SK_GATE_LIFE) * 1000;

	return m->expires < most ? m->expires : most;
}

static int set_row(
    struct sk_gate *g, struct sk_arena *a, const struct sk_manifest *m, struct sk_transfer *t)
{
	sk_transfer_init(t);
	snprintf(t->id, sizeof(t->id), "%s", m->id);
	t->route = m->route;
	t->zone_from = m->from;
	t->zone_to = m->to;
	t->class = m->class;
	t->requester = m->requester;
	t->recipient = m->recipient;
	t->file_name = m->file;
	t->output_type = m->type;
	t->claimed = type_word(m->request.request.claimed);
	t->found = type_word(m->request.request.found);
	t->method = m->method;
	t->cleaner = m->cleaner;
	t->removed = m->removed;
	t->original_hash = sk_slice(sk_arena_dup(a, m->hash_in, 32), 32);
	t->output = sk_slice(sk_arena_dup(a, m->hash_out, 32), 32);
	t->original_size = m->size_in ? (int64_t)m->size_in : SK_NONE;
	t->output_size = (int64_t)m->size_out;
	t->brought = t->output;
	t->brought_from = m->request.request.origin ? m->request.request.origin : m->from;
	t->expires = until(g, m);
	t->leaf = (int64_t)m->index;
	return sk_arena_failed(a) ? SK_ENOMEM : 0;
}

/*
 * Decided as if it were verified: until it is, it is not released (state.def). Its clock may be ahead of ours.
 */
static int decide(struct sk_gate *g, struct sk_arena *a, const struct sk_manifest *m,
    struct sk_transfer *t, struct sk_decision *d)
{
	struct sk_recorded r = m->request;

	r.request.space = SK_YES;
	if (r.request.received == SK_UNKNOWN || r.request.received > m->time / 1000)
		r.request.received = m->time / 1000;
	int status = sk_gate_note(a, t, &r);
	r.request.verified = SK_YES;
	sk_gate_decide(g, &r, d);
	if (g->policy)
		t->policy = sk_slice(g->policy->hash, sizeof(g->policy->hash));
	return status;
}

static int fetch(struct sk_gate *g, const struct sk_transfer *t)
{
	struct sk_letter l = {.kind = SK_LETTER_FETCH};

	snprintf(l.id, sizeof(l.id), "%s", t->id);
	return sk_gate_letter(g, t->zone_from, &l);
}

static int reject(struct sk_gate *g, struct sk_transfer *t, enum sk_actor actor, const char *reason)
{
	sk_gate_close(g, t);
	return sk_gate_step(g, t,
	    &(struct sk_step_of){
		.what = {.event = SK_DO_REJECT, .actor = actor}, .reason = reason});
}

/* Its row begins as offered; what is rejected at once is `crossing` for this one moment: it is ours to decide about. */
static int begin(struct sk_gate *g, const struct sk_manifest *m, struct sk_transfer *t)
{
	char index[24], hash[65];
	const struct sk_step_of fetched = {.what = {.event = SK_DO_FETCH, .actor = SK_BY_LINK}};
	struct sk_saying say[3] = {{SK_ENTRY_HASH_MANIFEST, sk_slice(hash, 64)}};
	struct sk_step_of step = {
	    .what = {.event = SK_DO_RECEIVE, .actor = SK_BY_LINK}, .say = say, .nsay = 2};

	snprintf(index, sizeof(index), "%llu", (unsigned long long)m->index);
	sk_hex_text(hash, m->hash, 32);
	say[1] = (struct sk_saying){SK_ENTRY_PEER_INDEX, sk_slice_str(index)};
	if (m->origin)
		say[step.nsay++] =
		    (struct sk_saying){SK_ENTRY_PEER_ORIGIN, sk_slice_str(m->origin)};
	int status = sk_gate_begin(g, t, SK_AT_OFFERED, &step);

	return status ? status : sk_gate_step(g, t, &fetched);
}

/* SK_EREFUSED: it is. What was told before it was offered begins now; *version is that of its row, or 0. */
static int is_known(
    struct sk_gate *g, struct sk_arena *a, const char *id, const char *zone, int64_t *version)
{
	struct sk_transfer there;
	int status = sk_transfer_load(g->db, a, id, &there);

	*version = 0;
	if (status)
		return status == SK_ENOENTRY ? 0 : status;
	if (!sk_gate_mirrors(g, &there) || strcmp(there.zone_from, zone) != 0)
		return SK_EREFUSED;
	*version = there.version;
	return 0;
}

/* No cleaner makes more: what says so wants our disk. */
static int judge(struct sk_gate *g, const struct sk_manifest *m, struct sk_transfer *t,
    const struct sk_decision *d)
{
	if (d->effect != SK_PASS)
		return reject(g, t, SK_BY_GATE, sk_gate_why(d));
	if (m->size_out > SK_LIMIT_OUTPUT)
		return reject(g, t, SK_BY_GATE, "limit.output");
	if (!sk_gate_reaches(g, &m->request.request, m->recipient))
		return reject(g, t, SK_BY_GATE, "recipient-unknown");
	return fetch(g, t);
}

static int take_offer(struct sk_gate *g, struct sk_arena *a, const struct sk_manifest *m,
    int64_t version, struct sk_transfer *t)
{
	struct sk_decision d;
	int status = set_row(g, a, m, t);

	t->version = version;
	if (status == 0)
		status = decide(g, a, m, t, &d);
	if (status == 0)
		status = begin(g, m, t);
	if (status)
		return status;
	return judge(g, m, t, &d);
}

int sk_gate_offered(
    struct sk_gate *g, struct sk_arena *a, const struct sk_manifest *m, struct sk_transfer *after)
{
	int64_t version;
	int status = is_known(g, a, m->id, m->from, &version);

	if (status == 0 && (strcmp(m->to, g->zone) != 0 || strcmp(m->from, g->zone) == 0))
		status = SK_EREFUSED;
	return status ? status : sk_gate_firm(take_offer(g, a, m, version, after));
}

int sk_gate_bad_offer(struct sk_gate *g, struct sk_arena *a, const char *zone,
    const struct sk_letter *l, const char *why)
{
	const struct sk_step_of step = {
	    .what = {.event = SK_DO_REJECT, .actor = SK_BY_LINK}, .reason = why};
	struct sk_transfer t;
	int64_t version;
	int status = is_known(g, a, l->id, zone, &version);

	if (status == 0 && version) { /* a mirror ends, and with it what the other post is told */
		status = sk_transfer_load(g->db, a, l->id, &t);
		if (status == 0)
			status = sk_gate_waits_end(g, &t, SK_DO_REJECT, why);
	}
	if (status)
		return status;
	sk_transfer_init(&t);
	snprintf(t.id, sizeof(t.id), "%s", l->id);
	t.route = "none";
	t.zone_from = zone;
	t.zone_to = g->zone;
	t.state = SK_AT_REJECTED;
	t.changed = g->now * 1000;
	return sk_gate_firm(sk_gate_tell(g, &t, "transfer.bad-offer", &step));
}

/* --- its bytes --- */

/* The row, when it is one that comes in and waits for its bytes. */
static int load_crossing(
    struct sk_gate *g, struct sk_arena *a, const char *id, struct sk_transfer *t)
{
	int status = sk_transfer_load(g->db, a, id, t);

	if (status == 0 && (t->state != SK_AT_CROSSING || strcmp(t->zone_to, g->zone) != 0))
		status = SK_EREFUSED;
	return status;
}

int sk_gate_arrived(struct sk_gate *g, struct sk_arena *a, const char *id,
    const struct sk_blob *blob, struct sk_transfer *after)
{
	const struct sk_step_of step = {.what = {.event = SK_DO_TAKEN, .actor = SK_BY_LINK}};
	int status = load_crossing(g, a, id, after);

	if (status)
		return status;
	if (after->output.n != 32 || memcmp(after->output.p, blob->sha256, 32) != 0 ||
	    after->output_size != (int64_t)blob->size)
		return SK_EINTERNAL;
	return sk_gate_step(g, after, &step);
}

int sk_gate_other_bytes(
    struct sk_gate *g, struct sk_arena *a, const char *id, struct sk_transfer *after)
{
	int status = load_crossing(g, a, id, after);

	return status ? status : reject(g, after, SK_BY_GATE, "other-bytes");
}

int sk_gate_gone(struct sk_gate *g, struct sk_arena *a, const char *id, const char *zone,
    struct sk_transfer *after)
{
	int status = sk_transfer_load(g->db, a, id, after);

	if (status == 0 && strcmp(after->zone_from, zone) != 0)
		status = SK_EREFUSED;
	if (status == 0 && sk_gate_mirrors(g, after))
		return sk_gate_waits_end(g, after, SK_DO_REJECT, "gone");
	if (status == 0)
		status = load_crossing(g, a, id, after);
	return status ? status : reject(g, after, SK_BY_LINK, "gone");
}
