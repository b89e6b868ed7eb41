/* What happened at a link that must be seen later, and is about no transfer of ours: for the ledger. links.h. The gate. */
#include "desk/links.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/err.h"

#define EVERY_MS 60000 /* who knocks more often stands there once */

static struct sk_slice said(const char *word)
{
	return word && word[0] ? sk_slice_str(word) : (struct sk_slice){0};
}

int sk_way_record(struct sk_gate *g, const struct sk_way *w, const struct sk_way_event *what)
{
	char time[24];
	struct sk_leaf e = {0};

	snprintf(time, sizeof(time), "%lld000", (long long)g->now);
	e.field[SK_ENTRY_KIND] = sk_slice_str(what->kind);
	e.field[SK_ENTRY_TIME] = sk_slice_str(time);
	e.field[SK_ENTRY_BY] = SK_SLICE_LIT("link");
	e.field[SK_ENTRY_ZONE] = sk_slice_str(w->zone);
	e.field[SK_ENTRY_TRANSFER] = said(what->transfer);
	e.field[SK_ENTRY_MESSAGE] = said(what->message);
	e.field[SK_ENTRY_REASON] = said(what->reason);
	int status = sk_gate_log(g, &e);
	if (status == SK_EARG) { /* a zone whose name is no word of an entry */
		e.field[SK_ENTRY_ZONE] = (struct sk_slice){0};
		status = sk_gate_log(g, &e);
	}
	return status;
}

/* --- strangers --- */

struct knock {
	struct sk_act act;
	struct sk_way *way;
	const char *state;
};

static int run(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	const struct knock *k = (const struct knock *)act;

	return sk_way_record(
	    g, k->way, &(struct sk_way_event){.kind = "link.stranger", .reason = k->state});
}

static void done(struct sk_act *act, int status)
{
	if (status == 0)
		sk_pump_look(act->desk);
	free(act);
}

void sk_way_record_state(struct sk_way *w)
{
	unsigned state = w->status.state;
	struct knock *k;

	if ((state != SK_LINK_NOT_PINNED && state != SK_LINK_NONSENSE) ||
	    w->recorded_at > sk_now_ms())
		return;
	k = calloc(1, sizeof(*k));
	if (k == NULL)
		return;
	w->recorded_at = sk_now_ms() + EVERY_MS;
	k->way = w;
	k->state = sk_link_state_word(state);
	k->act.run = run;
	k->act.done = done;
	sk_desk_do(w->desk, &k->act);
}
