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

int sk_gate_link(struct sk_gate *g, const char *zone, int64_t *channel, int64_t *heard)
{
	struct finding f = {.zone = zone, .arena = sk_arena_new(MEMORY)};
	int status = f.arena ? sk_link_find(g->db, f.arena, zone, &f.row) : SK_ENOMEM;

	if (status == SK_ENOENTRY)
		status = sk_db_in(g->db) == SK_DB_NONE ? sk_db_transact(g->db, SK_DB_WRITE, add, &f)
						       : add(g->db, &f);
	if (status == 0) {
		*channel = SK_CHANNEL_LINK + f.row.number;
		if (heard)
			*heard = f.row.heard;
	}
	sk_arena_free(f.arena);
	return status;
}

int sk_gate_linked(struct sk_gate *g, struct sk_arena *a, const char *zone)
{
	struct sk_link_row row;

	return sk_link_find(g->db, a, zone, &row);
}

int sk_gate_letter(struct sk_gate *g, const char *zone, const struct sk_letter *l)
{
	struct sk_buf body = SK_BUF(SK_LETTER_BYTES);
	struct sk_arena *a = sk_arena_new(MEMORY);
	struct sk_link_row row;
	int status = a ? 0 : SK_ENOMEM;

	if (status == 0 && strcmp(zone, g->zone) != 0) {
		status = sk_link_find(g->db, a, zone, &row);
		if (status == 0)
			status = sk_letter_put(l, &body);
		if (status == 0)
			status = sk_outbox_put(g->db,
			    (enum sk_outbox_channel)(SK_CHANNEL_LINK + row.number), l->kind,
			    sk_buf_slice(&body));
	}
	sk_buf_free(&body);
	sk_arena_free(a);
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
	return heard < before ? SK_ECHANGED : sk_gate_firm(sk_link_hear(g->db, zone, number));
}
