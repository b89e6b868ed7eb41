/* Many deeds in one transaction: batch.h. The gate. */
#include "gate/batch.h"

#include <stdlib.h>

#include "base/err.h"
#include "gate/claims.h"
#include "store/outbox.h"

/* Rows, requests and receipts of one transaction; a thousand deeds take some megabytes. */
#define MEMORY ((size_t)256 << 20)

struct batch {
	struct sk_gate *gate;
	struct sk_arena *arena;
	const struct sk_deed *v;
	size_t n;
	int *status;
};

static bool is_refusal(int status)
{
	return status == SK_EREFUSED || status == SK_ENOENTRY || status == SK_ECHANGED;
}

/* The transaction may be done again: each time with an empty arena. */
static int begin(struct sk_db *db, struct batch *b)
{
	int64_t now = 0;

	sk_gate_claims_begin(b->gate);
	sk_arena_free(b->arena);
	b->arena = sk_arena_new(MEMORY);
	int status = b->arena ? sk_db_now(db, &now) : SK_ENOMEM;
	b->gate->now = now / 1000;
	return status;
}

static int work(struct sk_db *db, void *arg)
{
	struct batch *b = arg;
	int status = begin(db, b);

	for (size_t i = 0; i < b->n && status == 0; i++) {
		b->status[i] = b->v[i].run(b->gate, b->arena, b->v[i].ctx);
		if (!is_refusal(b->status[i]))
			status = b->status[i];
	}
	return status || !b->gate->numbers ? status : sk_outbox_number(db);
}

static void tell(struct batch *b, int status)
{
	for (size_t i = 0; i < b->n; i++)
		b->v[i].done(b->v[i].ctx, status ? status : b->status[i]);
	if (status == 0)
		sk_gate_claims_end(b->gate);
	sk_arena_free(b->arena);
	b->arena = NULL;
}

void sk_gate_do(struct sk_gate *g, const struct sk_deed *v, size_t n)
{
	struct batch b = {.gate = g, .v = v, .n = n, .status = calloc(n ? n : 1, sizeof(int))};
	int status = b.status ? sk_db_transact(g->db, SK_DB_WRITE, work, &b) : SK_ENOMEM;

	/* a store that cannot be written to now fails for one as for all */
	bool alone = status && n > 1 && b.status && status != SK_EBUSY && status != SK_EIO &&
		     status != SK_ENOSPACE;
	if (alone)
		for (size_t i = 0; i < n; i++)
			sk_gate_do(g, &v[i], 1);
	else
		tell(&b, status);
	sk_arena_free(alone ? b.arena : NULL);
	free(b.status);
}
