/* What time brings: due.h. The gate. */
#include "gate/due.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "gate/claims.h"
#include "gate/original.h"
#include "store/absence.h"
#include "store/finding.h"
#include "gate/waits.h"
#include "store/logged.h"
#include "store/peer.h"

#define HOUR_MS ((int64_t)3600 * 1000)
#define DAY_MS (24 * HOUR_MS)
/* Decisions are looked at again as long as a transfer lives; none lives longer than this. */
#define ABSENCE_MS (2 * 366 * DAY_MS)

/* --- what expires --- */

static bool is_over(const struct sk_transfer *t)
{
	return sk_state_owner((enum sk_transfer_state)t->state) == SK_OWNER_NONE;
}

/* The bytes have no use any more: no row refers to them, and they are swept. */
static int forget(struct sk_gate *g, struct sk_transfer *t)
{
	t->expires = t->remind = SK_NONE;
	t->output = (struct sk_slice){0};
	int status = sk_gate_save(g, t);

	if (status == 0)
		status = sk_sealed_forget(g->db, t->id);
	if (status == 0)
		status = sk_finding_forget(g->db, t->id);
	if (status == 0)
		status = sk_original_forget(g->db, t->id);
	if (status == 0)
		status = sk_logged_forget(g->db, t->id);
	return status ? status : sk_transfer_forget(g->db, t->id);
}

/* What is on its way here cannot expire: it is rejected. */
static int expire(struct sk_gate *g, struct sk_transfer *t)
{
	struct sk_step_of step = {.what = {.event = SK_DO_EXPIRE, .actor = SK_BY_CLOCK}};
	const struct sk_step_of rejected = {
	    .what = {.event = SK_DO_REJECT, .actor = SK_BY_GATE}, .reason = "expired"};

	if (sk_gate_mirrors(g, t))
		return sk_gate_waits_end(g, t, SK_DO_EXPIRE, "expired");
	if (strcmp(t->owner, g->zone) != 0)
		return sk_gate_silent(g, t);
	sk_gate_close(g, t);
	int status = sk_gate_step(g, t, &step);
	if (status == SK_EREFUSED)
		status = sk_gate_step(g, t, &rejected);
	return status ? status : sk_sealed_forget(g->db, t->id);
}

static int all_that_expires(
    struct sk_gate *g, struct sk_arena *a, size_t most, struct sk_gate_due *due)
{
	struct sk_transfer *t = NULL;
	size_t n = 0;
	int status = sk_transfer_due(g->db, a, SK_DUE_EXPIRES, most, &t, &n);

	for (size_t i = 0; i < n && status == 0; i++)
		status = is_over(&t[i]) ? forget(g, &t[i]) : expire(g, &t[i]);
	due->n = n > due->n ? n : due->n;
	return status;
}

/* --- originals --- */

static bool is_needed(const struct sk_transfer *t)
{
	const int64_t unclean = 1 << SK_HELD_PASSWORD | 1 << SK_HELD_SPACE | 1 << SK_HELD_SCAN;

	return t->state == SK_AT_RECEIVED || t->state == SK_AT_CLEANING ||
	       (t->state == SK_AT_HELD && (t->holds & unclean));
}

static int let_go(
    struct sk_gate *g, struct sk_arena *a, struct sk_transfer *t, struct sk_gate_due *due)
{
	if (is_needed(t)) {
		t->keep_until = g->now * 1000 + HOUR_MS;
		return sk_gate_save(g, t);
	}
	if (t->original)
		snprintf(due->erase[due->nerase++], sizeof(due->erase[0]), "%s", t->original);
	t->original = NULL;
	t->keep_until = SK_NONE;
	int status = sk_gate_save(g, t);

	return status ? status : sk_gate_end_originals(g, a, t->id);
}

static int all_that_was_kept(
    struct sk_gate *g, struct sk_arena *a, size_t most, struct sk_gate_due *due)
{
	struct sk_transfer *t = NULL;
	size_t n = 0;
	int status = sk_transfer_due(
	    g->db, a, SK_DUE_KEEP, most < SK_GATE_ERASE ? most : SK_GATE_ERASE, &t, &n);

	for (size_t i = 0; i < n && status == 0; i++)
		status = let_go(g, a, &t[i], due);
	due->n = n > due->n ? n : due->n;
	return status;
}

/* --- what waits --- */

/* A date that is none: to be asked about under another policy. */
#define AT_ONCE INT64_C(1)

int sk_gate_policy_came(struct sk_db *db, const uint8_t hash[32])
{
	return sk_db_exec(db,
	    "UPDATE transfer SET remind = $1, version = version + 1 WHERE state IN ($2, $3, $4, $5)"
	    " AND (policy IS NULL OR policy <> $6)",
	    SK_BINDS(sk_int(AT_ONCE), sk_int(SK_AT_CLEANED), sk_int(SK_AT_HELD),
		sk_int(SK_AT_APPROVED), sk_int(SK_AT_OFFERED), sk_bytes(hash, 32)),
	    NULL);
}

/* Somebody should have said something by now: it is counted, and in the ledger. */
static int count(struct sk_gate *g, struct sk_transfer *t)
{
	unsigned held = 0;

	while (held < SK_HELD_COUNT && !(t->holds & 1 << held))
		held++;
	const struct sk_step_of step = {
	    .what = {.actor = SK_BY_CLOCK}, .reason = sk_held_word(held)};
	t->reminders++;
	return sk_gate_tell(g, t, "transfer.remind", &step);
}

static int remind(struct sk_gate *g, struct sk_arena *a, struct sk_transfer *t)
{
	bool scan = t->holds & 1 << SK_HELD_SCAN, date = t->remind != AT_ONCE;
	int status = 0;

	if (t->state == SK_AT_HELD && t->holds == 1 << SK_HELD_SPACE)
		return sk_gate_room(g, a, t->id, t);

	t->remind = t->state != SK_AT_HELD ? SK_NONE
		    : scan                 ? (g->now + SK_GATE_SCAN_AGAIN) * 1000
					   : g->now * 1000 + DAY_MS;
	if (t->state == SK_AT_HELD && !scan && date)
		status = count(g, t);
	if (status == 0 && scan)
		status = sk_gate_put_job(g, SK_JOB_SCAN, t->id);
	if (status == 0)
		status = sk_gate_save(g, t);
	return status ? status : sk_gate_go_on(g, a, t, (struct sk_gate_who){SK_BY_GATE, NULL});
}

static int all_that_waits(
    struct sk_gate *g, struct sk_arena *a, size_t most, struct sk_gate_due *due)
{
	struct sk_transfer *t = NULL;
	size_t n = 0;
	int status = sk_transfer_due(g->db, a, SK_DUE_REMIND, most, &t, &n);

	for (size_t i = 0; i < n && status == 0; i++)
		status = remind(g, a, &t[i]);
	due->n = n > due->n ? n : due->n;
	return status;
}

int sk_gate_due(struct sk_gate *g, struct sk_arena *a, size_t most, struct sk_gate_due *due)
{
	*due = (struct sk_gate_due){.n = 0};
	int status = all_that_expires(g, a, most, due);

	if (status == 0)
		status = all_that_was_kept(g, a, most, due);
	if (status == 0)
		status = all_that_waits(g, a, most, due);
	if (status == 0)
		status = sk_gate_originals_due(g, a, most, &due->n);
	if (status == 0)
		status = sk_absence_forget(g->db, g->now * 1000 - ABSENCE_MS);
	return sk_gate_firm(status);
}
