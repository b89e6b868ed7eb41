/* Letters that follow from no transfer: links.h. The gate. */
#include "desk/links.h"

#include <stdlib.h>
#include <string.h>

struct outgoing {
	struct sk_act act;
	struct sk_way *way;
	struct sk_letter letter;
	struct sk_buf body;
};

static int run(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	struct outgoing *o = (struct outgoing *)act;

	o->letter.body = sk_buf_slice(&o->body);
	return sk_gate_letter(g, o->way->zone, &o->letter);
}

static void done(struct sk_act *act, int status)
{
	struct outgoing *o = (struct outgoing *)act;

	if (status)
		sk_desk_log("letter %s to %s cannot be written (%d)",
		    sk_letter_word(o->letter.kind), o->way->zone, status);
	o->way->look = 0;
	sk_buf_free(&o->body);
	free(o);
}

void sk_way_write(struct sk_way *w, const struct sk_letter *l)
{
	struct outgoing *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return;
	*o = (struct outgoing){.way = w, .letter = *l, .body = SK_BUF(SK_LETTER_BYTES)};
	if (l->body.n)
		sk_buf_put(&o->body, l->body.p, l->body.n);
	o->act.run = run;
	o->act.done = done;
	sk_desk_do(w->desk, &o->act);
}

void sk_way_tell_policy(struct sk_way *w)
{
	const struct sk_policy *p = w->desk->policy.policy;
	struct sk_letter l = {.kind = SK_LETTER_POLICY};

	if (memcmp(w->told, p->hash, sizeof(w->told)) == 0)
		return;
	memcpy(w->told, p->hash, sizeof(w->told));
	memcpy(l.hash, p->hash, sizeof(l.hash));
	sk_way_write(w, &l);
}
