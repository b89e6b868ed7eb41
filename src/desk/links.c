/* The links to other posts: letters out and in. desk.h, doc/crossing.md. The gate. */
#include "desk/links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "store/outbox.h"

#define LOOK_MS 1000

static int open_way(struct sk_desk *d, struct sk_way *w, size_t i)
{
	w->desk = d;
	w->zone = w->to.zone;
	w->request = w->cosigned = w->last = -1;
	w->seen = (struct sk_buf)SK_BUF(SK_LETTER_COSIGNED_BYTES);
	w->place = SK_PLACE_LINK + i;
	sk_pace_begin(&w->pace, sk_now_ms());
	w->fetch.last = &w->fetch.first;
	w->give.last = &w->give.first;
	int status = sk_way_keys(w);
	return status ? status : sk_gate_link(&d->gate, w->zone, &w->channel, NULL);
}

int sk_links_open(struct sk_desk *d)
{
	struct sk_links *l = d->links = calloc(1, sizeof(*l));
	int status = l ? 0 : SK_ENOMEM;

	for (size_t i = 0;
	     status == 0 && i < SK_POST_LINKS && sk_settings_link(d->settings, i, &l->way[i].to);
	     i++) {
		status = open_way(d, &l->way[i], i);
		l->n = i + 1;
	}
	return status;
}

void sk_links_close(struct sk_desk *d)
{
	for (size_t i = 0; d->links && i < d->links->n; i++) {
		struct sk_way *w = &d->links->way[i];
		sk_parcels_clear(&w->fetch);
		sk_parcels_clear(&w->give);
		sk_close(&w->request);
		sk_close(&w->cosigned);
		sk_close(&w->last);
		sk_buf_free(&w->seen);
	}
	free(d->links);
	d->links = NULL;
}

void sk_links_keys(struct sk_desk *d)
{
	for (size_t i = 0; d->links && i < d->links->n; i++) {
		struct sk_way fresh = d->links->way[i];
		if (sk_way_keys(&fresh))
			sk_desk_log("the keys of %s stay as they were", fresh.zone);
		else
			d->links->way[i].keys = fresh.keys;
	}
}

struct sk_way *sk_way_to(struct sk_desk *d, const char *zone)
{
	for (size_t i = 0; zone && i < d->links->n; i++)
		if (strcmp(d->links->way[i].zone, zone) == 0)
			return &d->links->way[i];
	return NULL;
}

void sk_links_look(struct sk_desk *d)
{
	for (size_t i = 0; i < d->links->n; i++)
		d->links->way[i].look = 0;
}

int64_t sk_links_due(const struct sk_desk *d)
{
	int64_t at = INT64_MAX;

	for (size_t i = 0; i < d->links->n; i++) {
		const struct sk_way *w = &d->links->way[i];
		if (w->hear && w->hear_at < at)
			at = w->hear_at;
		if (w->here && w->look < at && w->ahead < SK_LINK_AHEAD)
			at = w->look;
	}
	int64_t witness = sk_witness_due(d);

	return witness < at ? witness : at;
}

/* --- out --- */

static int send_batch(struct sk_way *w, struct sk_buf *body)
{
	int status = body->len ? sk_child_send(&w->desk->child, w->place, SK_LINK_LETTERS, 0,
				     sk_buf_slice(body), NULL, 0)
			       : 0;

	sk_buf_free(body);
	*body = (struct sk_buf)SK_BUF(SK_LETTERS_BYTES);
	return status;
}

static int put_row(struct sk_way *w, const struct sk_outbox_row *row, struct sk_buf *body)
{
	const struct sk_carried c = {
	    .number = (uint64_t)row->number, .kind = (uint8_t)row->kind, .body = row->body};
	int status = sk_letters_put(&c, body);

	if (status == SK_ELIMIT) {
		status = send_batch(w, body);
		if (status == 0)
			status = sk_letters_put(&c, body);
	}
	if (status == 0) {
		w->handed = c.number;
		w->ahead++;
	}
	return status;
}

static void send_letters(struct sk_way *w)
{
	struct sk_buf body = SK_BUF(SK_LETTERS_BYTES);
	struct sk_outbox_rows rows;
	int status =
	    sk_outbox_read(w->desk->db, (enum sk_outbox_channel)w->channel, SK_LINK_AHEAD, &rows);

	if (status) {
		sk_desk_log("letters cannot be read: %s", sk_db_why(w->desk->db));
		return;
	}
	for (size_t i = 0; i < rows.n && status == 0; i++)
		if ((uint64_t)rows.row[i].number > w->handed && w->ahead < SK_LINK_AHEAD)
			status = put_row(w, &rows.row[i], &body);
	if (status == 0)
		send_batch(w, &body);
	sk_buf_free(&body);
	sk_outbox_rows_free(&rows);
}

static void hear(struct sk_way *w);

static void tick(struct sk_way *w)
{
	hear(w);
	if (!w->here || w->look > sk_now_ms() || w->ahead >= SK_LINK_AHEAD)
		return;
	w->look = sk_now_ms() + LOOK_MS;
	sk_way_tell_policy(w);
	send_letters(w);
	sk_way_say_parcels(w);
}

void sk_links_tick(struct sk_desk *d)
{
	for (size_t i = 0; i < d->links->n && d->failed_until <= sk_now_ms(); i++)
		tick(&d->links->way[i]);
	sk_witness_tick(d);
}

/* --- the role --- */

static int say_heard(struct sk_way *w, uint64_t number)
{
	struct sk_buf body = SK_BUF(SK_LINK_NUMBER_BYTES);
	int status = sk_link_put_number(number, &body);

	if (status == 0)
		status = sk_child_send(
		    &w->desk->child, w->place, SK_LINK_HEARD, 0, sk_buf_slice(&body), NULL, 0);
	sk_buf_free(&body);
	return status;
}

static void hear(struct sk_way *w)
{
	if (w->hear == 0 || w->hear_at > sk_now_ms())
		return;
	if (w->here)
		say_heard(w, w->hear);
	w->hear = 0;
}

void sk_way_heard(struct sk_way *w, uint64_t number)
{
	w->hear = number > w->hear ? number : w->hear;
	w->hear_at = sk_pace_due(&w->pace, sk_now_ms());
	hear(w);
}

void sk_links_met(struct sk_desk *d, size_t place)
{
	struct sk_way *w = &d->links->way[place - SK_PLACE_LINK];
	int64_t channel, heard = 0;

	if (place - SK_PLACE_LINK >= d->links->n)
		return;
	w->here = false;
	w->handed = 0;
	w->ahead = 0;
	w->look = 0;
	if (sk_gate_link(&d->gate, w->zone, &channel, &heard) || sk_way_load(w)) {
		sk_desk_log(
		    "what is under way to %s cannot be read: %s", w->zone, sk_db_why(d->db));
		return;
	}
	w->taken = (uint64_t)heard;
	w->hear = 0;
	sk_close(&w->request); /* it is shown what grew once more */
	w->shown = 0;
	memset(w->told, 0, sizeof(w->told));
	w->epoch++;
	w->here = say_heard(w, (uint64_t)heard) == 0;
}

static struct sk_way *way_now(struct sk_desk *d)
{
	size_t i = d->child.now - SK_PLACE_LINK;

	return i < d->links->n && d->links->way[i].here ? &d->links->way[i] : NULL;
}

/* --- in --- */

static int serve_came(void *ctx, struct sk_message *m)
{
	static struct sk_letters letters;
	struct sk_way *w = way_now(ctx);
	int status = w ? sk_letters_get(m->body, &letters) : SK_EFORMAT;

	for (size_t i = 0; status == 0 && i < letters.n; i++)
		status = sk_way_take(w, &letters.v[i], i + 1 == letters.n);
	return status;
}

struct sent {
	struct sk_act act;
	struct sk_way *way;
	uint64_t number;
};

static int run_sent(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	struct sent *s = (struct sent *)act;

	return sk_outbox_mark(g->db, (enum sk_outbox_channel)s->way->channel, (int64_t)s->number);
}

static void sent_done(struct sk_act *act, int status)
{
	struct sent *s = (struct sent *)act;

	if (status == 0)
		s->way->look = 0;
	free(act);
}

static int serve_sent(void *ctx, struct sk_message *m)
{
	struct sk_way *w = way_now(ctx);
	struct sent *s;
	uint64_t number;

	if (w == NULL || sk_link_get_number(m->body, &number) || number > w->handed)
		return SK_EFORMAT;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return 0; /* it is said again */
	s->way = w;
	s->number = number;
	s->act.run = run_sent;
	s->act.done = sent_done;
	w->ahead = w->handed - number < w->ahead ? (size_t)(w->handed - number) : w->ahead;
	sk_desk_do(w->desk, &s->act);
	return 0;
}

static int serve_got(void *ctx, struct sk_message *m)
{
	struct sk_way *w = way_now(ctx);

	return w ? sk_way_got(w, m) : SK_EFORMAT;
}

static int serve_spoilt(void *ctx, struct sk_message *m)
{
	struct sk_way *w = way_now(ctx);

	return w ? sk_way_spoilt(w, m) : SK_EFORMAT;
}

static int serve_state(void *ctx, struct sk_message *m)
{
	struct sk_desk *d = ctx;
	size_t i = d->child.now - SK_PLACE_LINK;

	if (i >= d->links->n || sk_link_get_status(m->body, &d->links->way[i].status))
		return SK_EFORMAT;
	sk_desk_log("link to %s: %s%s%s", d->links->way[i].zone,
	    sk_link_state_word(d->links->way[i].status.state),
	    d->links->way[i].status.text[0] ? ": " : "", d->links->way[i].status.text);
	sk_way_record_state(&d->links->way[i]);
	return 0;
}

const struct sk_permit sk_links_permits[] = {
    {SK_LINK_CAME, 1, 1, SK_CHANNEL_BODY, 0, serve_came},
    {SK_LINK_SENT, 1, SK_LINK_NUMBER_BYTES, SK_LINK_NUMBER_BYTES, 0, serve_sent},
    {SK_LINK_GOT, 1, SK_LINK_GOT_BYTES, SK_LINK_GOT_BYTES, 0, serve_got},
    {SK_LINK_STATE, 1, 1, SK_LINK_STATUS_BYTES, 0, serve_state},
    {SK_LINK_SPOILT, 1, SK_LINK_ID_BYTES, SK_LINK_ID_BYTES, 0, serve_spoilt},
};
const size_t sk_links_npermits = sizeof(sk_links_permits) / sizeof(*sk_links_permits);
