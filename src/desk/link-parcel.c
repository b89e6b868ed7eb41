/* Bytes that cross: what is to be brought from the other post, and what it may have. links.h. The gate. */
#include "desk/links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define PAGE 256
/* One large file at a time, or many small ones: what is under way takes room that others may need. */
#define BYTES_AHEAD ((uint64_t)256 << 20)

static struct sk_parcel *find(struct sk_parcels *q, const char *id)
{
	for (struct sk_parcel *p = q->first; p; p = p->next)
		if (strcmp(p->object.id, id) == 0)
			return p;
	return NULL;
}

static void put(struct sk_parcels *q, const struct sk_transfer *t)
{
	struct sk_parcel *p;

	if (t->output.n != 32 || t->output_size < 0 || find(q, t->id))
		return;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return; /* after a restart it is there again */
	memcpy(p->object.id, t->id, sizeof(t->id));
	memcpy(p->object.sha256, t->output.p, 32);
	p->object.size = (uint64_t)t->output_size;
	*q->last = p;
	q->last = &p->next;
}

static void forget_bytes(struct sk_parcel *p)
{
	sk_blob_drop(p->to);
	p->to = NULL;
}

/* The role knows nothing of it any more. */
static void unsay(struct sk_parcels *q, struct sk_parcel *p)
{
	if (p->said) {
		q->said--;
		q->bytes -= p->object.size;
	}
	p->said = p->here = false;
	forget_bytes(p);
}

static bool take_out(struct sk_parcels *q, const char *id)
{
	for (struct sk_parcel **at = &q->first; *at; at = &(*at)->next) {
		struct sk_parcel *p = *at;
		if (strcmp(p->object.id, id) != 0)
			continue;
		*at = p->next;
		if (q->last == &p->next)
			q->last = at;
		unsay(q, p);
		free(p);
		return true;
	}
	return false;
}

void sk_parcels_clear(struct sk_parcels *q)
{
	while (q->first)
		take_out(q, q->first->object.id);
}

void sk_way_fetch(struct sk_way *w, const struct sk_transfer *t)
{
	put(&w->fetch, t);
	w->look = 0;
}

void sk_way_give(struct sk_way *w, const struct sk_transfer *t)
{
	put(&w->give, t);
	w->look = 0;
}

void sk_way_drop(struct sk_way *w, const char *id)
{
	struct sk_buf body = SK_BUF(SK_LINK_ID_BYTES);

	if (take_out(&w->give, id) | take_out(&w->fetch, id) && w->here &&
	    sk_link_put_id(id, &body) == 0)
		sk_child_send(
		    &w->desk->child, w->place, SK_LINK_DROP, 0, sk_buf_slice(&body), NULL, 0);
	sk_buf_free(&body);
	w->look = 0;
}

/* --- after a restart --- */

static void sort_in(struct sk_way *w, const struct sk_transfer *t)
{
	const char *own = w->desk->zone;

	if (strcmp(t->zone_to, own) == 0 && strcmp(t->zone_from, w->zone) == 0)
		put(&w->fetch, t);
	else if (strcmp(t->zone_from, own) == 0 && strcmp(t->zone_to, w->zone) == 0)
		put(&w->give, t);
}

static int load_page(
    struct sk_way *w, struct sk_transfer_page *page, char last[SK_TRANSFER_ID], size_t *n)
{
	struct sk_arena *a = sk_arena_new((size_t)64 << 20);
	struct sk_transfer *v;
	int status = a ? sk_transfer_list(w->desk->db, a, page, &v, n) : SK_ENOMEM;

	for (size_t i = 0; status == 0 && i < *n; i++) {
		sort_in(w, &v[i]);
		page->after_received = v[i].received;
		page->after_id = memcpy(last, v[i].id, SK_TRANSFER_ID);
	}
	sk_arena_free(a);
	return status;
}

int sk_way_load(struct sk_way *w)
{
	struct sk_transfer_page page = {.state = SK_AT_CROSSING, .most = PAGE};
	char last[SK_TRANSFER_ID];
	size_t n = PAGE;
	int status = 0;

	sk_parcels_clear(&w->fetch);
	sk_parcels_clear(&w->give);
	while (status == 0 && n == PAGE)
		status = load_page(w, &page, last, &n);
	return status;
}

/* --- to the role --- */

/* A file where the bytes will stay; the role writes them as they are. */
static int fresh(struct sk_desk *d, struct sk_parcel *p, int *fd)
{
	struct sk_bytes plain;
	int status = sk_blob_begin(d->blobs, SK_BLOB_OUTPUT, p->object.size, &p->to);

	if (status == 0)
		*fd = sk_blob_hand(p->to, &plain);
	else
		sk_desk_log("%s cannot be fetched: %s", p->object.id, sk_blobs_why(d->blobs));
	return status;
}

/*
 * The output, and nothing else, ever: an original has no name that could stand here (invariant 1). The other post finds out whether
 * it has the hash that was offered, and takes no other bytes.
 */
static int output(struct sk_desk *d, const struct sk_link_object *o, int *fd)
{
	char name[SK_BLOB_NAME];
	struct sk_bytes plain = {0};
	struct stat st;

	sk_blob_name(o->sha256, name);
	int status = sk_blob_lend(d->blobs, SK_BLOB_OUTPUT, name, &plain, fd);
	if (status == 0 && (fstat(*fd, &st) || (uint64_t)st.st_size != o->size))
		status = SK_EFORMAT;
	if (status)
		sk_desk_log("the bytes of %s cannot be read (%d): %s", o->id, status,
		    sk_blobs_why(d->blobs));
	return status;
}

/* What is damaged or gone cannot be given any more: the other post ends it, and nothing waits behind it. */
static bool is_lost(int status)
{
	return status == SK_ENOENTRY || status == SK_EFORMAT;
}

static void lose(struct sk_way *w, const char *id)
{
	struct sk_letter l = {.kind = SK_LETTER_GONE};

	memcpy(l.id, id, sizeof(l.id));
	sk_way_write(w, &l);
	take_out(&w->give, l.id);
}

static int say(struct sk_way *w, struct sk_parcel *p, uint32_t kind)
{
	struct sk_buf body = SK_BUF(SK_LINK_OBJECT_BYTES);
	bool give = kind == SK_LINK_GIVE;
	int fd = -1, status = give ? output(w->desk, &p->object, &fd) : fresh(w->desk, p, &fd);

	if (status == 0)
		status = sk_link_put_object(&p->object, &body);
	if (status == 0)
		status =
		    sk_child_send(&w->desk->child, w->place, kind, 0, sk_buf_slice(&body), &fd, 1);
	sk_buf_free(&body);
	if (give)
		sk_close(&fd);
	else if (status)
		forget_bytes(p);
	p->said = status == 0;
	return status;
}

static bool has_room(const struct sk_parcels *q, const struct sk_parcel *p)
{
	return q->said == 0 || (q->said < SK_LINK_OBJECTS / 2 && q->bytes < BYTES_AHEAD &&
				   p->object.size <= BYTES_AHEAD - q->bytes);
}

/* One whose bytes cannot be read now does not hold up those behind it. */
static void say_some(struct sk_way *w, struct sk_parcels *q, uint32_t kind)
{
	for (struct sk_parcel *p = q->first, *next; p; p = next) {
		int status;
		next = p->next;
		if (p->said)
			continue;
		if (!has_room(q, p) || w->desk->child.peer[w->place].sock < 0)
			return;
		status = say(w, p, kind);
		if (status == 0) {
			q->said++;
			q->bytes += p->object.size;
		} else if (kind == SK_LINK_GIVE && is_lost(status))
			lose(w, p->object.id); /* frees it */
	}
}

void sk_way_say_parcels(struct sk_way *w)
{
	say_some(w, &w->fetch, SK_LINK_FETCH);
	say_some(w, &w->give, SK_LINK_GIVE);
}

/* --- they came --- */

struct arrival {
	struct sk_act act;
	struct sk_way *way;
	char id[SK_TRANSFER_ID];
	bool wrong; /* the other post gave other bytes */
};

static int run_arrival(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	struct arrival *w = (struct arrival *)act;
	struct sk_transfer after;

	if (w->wrong)
		return sk_gate_other_bytes(g, a, w->id, &after);
	return sk_gate_arrived(g, a, w->id, &act->blob, &after);
}

static void arrival_done(struct sk_act *act, int status)
{
	struct arrival *w = (struct arrival *)act;

	if (status == 0 || status == SK_EREFUSED || status == SK_ENOENTRY) {
		take_out(&w->way->fetch, w->id);
		sk_bench_look(act->desk);
		sk_pump_look(act->desk);
	} else {
		struct sk_parcel *p = find(&w->way->fetch, w->id);
		sk_desk_log("the bytes of %s cannot be kept (%d)", w->id, status);
		if (p) /* brought once more */
			unsay(&w->way->fetch, p);
	}
	w->way->look = 0;
	free(w);
}

/* It is what was wanted, or so the role says: the verifier reads it, and finds out. */
static int keep(struct sk_parcel *p, struct sk_blob_writer **out)
{
	int status = sk_blob_said(p->to, p->object.sha256, p->object.size);

	if (status)
		return status;
	*out = p->to;
	p->to = NULL;
	return 0;
}

static void arrived(struct sk_way *w, struct sk_parcel *p, bool wrong)
{
	struct arrival *v = calloc(1, sizeof(*v));
	int status = v == NULL ? SK_ENOMEM : wrong ? 0 : keep(p, &v->act.writer);

	if (status) {
		free(v);
		unsay(&w->fetch, p); /* once more, later */
		return;
	}
	p->here = true;
	v->way = w;
	v->wrong = wrong;
	v->act.run = run_arrival;
	v->act.done = arrival_done;
	memcpy(v->id, p->object.id, sizeof(v->id));
	sk_desk_do(w->desk, &v->act);
}

int sk_way_got(struct sk_way *w, struct sk_message *m)
{
	struct sk_link_got got;
	struct sk_parcel *p;

	if (sk_link_get_got(m->body, &got))
		return SK_EFORMAT;
	p = find(&w->fetch, got.id);
	if (p == NULL || (p->to == NULL && !p->here))
		return 0; /* dropped meanwhile */
	if (p->here)
		return SK_EFORMAT; /* said twice */
	if (got.status == 0 || got.status == SK_EREFUSED) {
		arrived(w, p, got.status != 0);
	} else {
		unsay(&w->fetch, p);
	}
	return 0;
}

int sk_way_spoilt(struct sk_way *w, struct sk_message *m)
{
	char id[SK_LETTER_ID + 1];
	struct sk_parcel *p;

	if (sk_link_get_id(m->body, id))
		return SK_EFORMAT;
	p = find(&w->give, id);
	if (p && p->said) {
		sk_desk_log("the bytes of %s are not those that were offered", id);
		lose(w, p->object.id);
	}
	return 0;
}
