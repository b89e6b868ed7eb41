/* Jobs that are claimed as they are put: claims.h. The gate. */
#include "gate/claims.h"

#include <stdio.h>

void sk_gate_claims_begin(struct sk_gate *g)
{
	if (g->claims == NULL)
		return;
	g->claims->n = 0;
	g->claims->left = 0;
}

int sk_gate_put_job(struct sk_gate *g, enum sk_gate_job kind, const char *id)
{
	struct sk_gate_claims *c = g->claims;

	if (c == NULL || g->own_queue || c->n >= c->room || c->n == SK_GATE_CLAIMS) {
		if (c)
			c->left |= 1U << kind;
		return sk_queue_post(g->db, g->own_queue, kind, id, sk_slice("", 0));
	}
	struct sk_job *job = &c->job[c->n];
	int status = sk_queue_put_claimed(g->db, kind, id, c->worker, c->lease_ms, job);
	if (status)
		return status;
	snprintf(c->name[c->n], sizeof(c->name[c->n]), "%s", id);
	job->name = c->name[c->n++];
	return 0;
}

void sk_gate_claims_end(struct sk_gate *g)
{
	if (g->claims && (g->claims->n || g->claims->left))
		g->claims->committed(g->claims, g->claims->ctx);
}
