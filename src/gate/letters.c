/* Letters out, and which came: letters.h. The gate. */
#include "gate/letters.h"

#include <string.h>

#include "base/err.h"
#include "store/outbox.h"
#include "store/peer.h"

#define MEMORY ((size_t)64 << 10)

struct finding {
	const char *zone;
	struct sk_arena *arena;
	struct sk_link_row row;
};

static int add(struct sk_db *db, void *arg)
{
	struct finding *f = arg;

	return sk_link_add(db, f->arena, f->zone, &f->row);
}

static struct sk_gate_link *known(struct sk_gate *g, const char *zone)
{
	struct sk_gate_links *l = &g->links;
	uint64_t run = sk_db_run_number(g->db);

	if (run == 0 || l->run != run)
		l->n = 0;
	l->run = run;
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].zone, zone) == 0)
			return &l->v[i];
	return NULL;
}

/* A name that does not fit, or one too many, is asked for each time. */
static void remember(struct sk_gate *g, const struct sk_link_row *row, const char *zone)
{
	struct sk_gate_links *l = &g->links;

	if (l->run == 0 || l->n == SK_GATE_LINKS || strlen(zone) >= sizeof(l->v[0].zone))
		return;
	l->v[l->n] = (struct sk_gate_link){.number = row->number, .heard = row->heard};
	memcpy(l->v[l->n++].zone, zone, strlen(zone) + 1);
}

/* Number and what was heard; the row's zone is not said. */
static int find(struct sk_gate *g, const char *zone, struct sk_link_row *out)
{
	const struct sk_gate_link *l = known(g, zone);
	struct sk_arena *a = l ? NULL : sk_arena_new(MEMORY);

	*out = (struct sk_link_row){.number = l ? l->number : 0, .heard = l ? l->heard : 0};
	if (l)
		return 0;
	int status = a ? sk_link_find(g->db, a, zone, out) : SK_ENOMEM;
	sk_arena_free(a);
	out->zone = NULL;
	if (status == 0)
		remember(g, out, zone);
	return status;
}

static int make(struct sk_gate *g, const char *zone, struct sk_link_row *out)
{
	struct finding f = {.zone = zone, .arena = sk_arena_new(MEMORY)};
	int status = f.arena == NULL                 ? SK_ENOMEM
		     : sk_db_in(g->db) == SK_DB_NONE ? sk_db_transact(g->db, SK_DB_WRITE, add, &f)
						     : add(g->db, &f);

	*out = f.row;
	sk_arena_free(f.arena);
	return status;
}

int sk_gate_link(struct sk_gate *g, const char *zone, int64_t *channel, int64_t *heard)
{
	struct sk_link_row row;
	int status = find(g, zone, &row);

	if (status == SK_ENOENTRY)
		status = make(g, zone, &row);
	if (status == 0) {
		*channel = SK_CHANNEL_LINK + row.number;
		if (heard)
			*heard = row.heard;
	}
	return status;
}

int sk_gate_linked(struct sk_gate *g, const char *zone)
{
	struct sk_link_row row;

	return find(g, zone, &row);
}

int sk_gate_letter(struct sk_gate *g, const char *zone, const struct sk_letter *l)
{
	struct sk_buf body = SK_BUF(SK_LETTER_BYTES);
	struct sk_link_row row;
	int status = 0;

	if (strcmp(zone, g->zone) != 0) {
		status = find(g, zone, &row);
		if (status == 0)
			status = sk_letter_put(l, &body);
		if (status == 0)
			status = sk_outbox_put(g->db,
			    (enum sk_outbox_channel)(SK_CHANNEL_LINK + row.number), l->kind,
			    sk_buf_slice(&body));
	}
	sk_buf_free(&body);
	return status;
}

int sk_gate_heard(struct sk_gate *g, const char *zone, int64_t before, int64_t number)
{
	int64_t channel = 0, heard = 0;
	int status = sk_gate_link(g, zone, &channel, &heard);

	if (status)
		return status;
	if (number <= heard)
		return SK_EREFUSED;
	if (heard < before)
		return SK_ECHANGED;
	struct sk_gate_link *l = known(g, zone);
	if (l)
		l->heard = number;
	return sk_gate_firm(sk_link_hear(g->db, zone, number));
}
