/* Bytes that cross: what is to be brought from the other post, and what it may have. links.h. The gate. */
#include "desk/links.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define PIECE 65536
#define PAGE 256
/* What is given lies in memory until it is there, what is brought has no blob yet: one large file, or many small ones. */
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
	p->fd = -1;
	memcpy(p->object.id, t->id, sizeof(t->id));
	memcpy(p->object.sha256, t->output.p, 32);
	p->object.size = (uint64_t)t->output_size;
	*q->last = p;
	q->last = &p->next;
}

/* The role knows nothing of it any more. */
static void unsay(struct sk_parcels *q, struct sk_parcel *p)
{
	if (p->said) {
		q->said--;
		q->bytes -= p->object.size;
	}
	p->said = p->here = false;
	sk_close(&p->fd);
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

/* A file without a name where the bytes will stay. */
static int fresh(struct sk_desk *d)
{
	return open(sk_settings_get(d->settings, "blobs"), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
}

/* The output, and nothing else, ever: an original has no name that could stand here (invariant 1). */
static int output(struct sk_desk *d, const struct sk_link_object *o, int *fd)
{
	char name[SK_BLOB_NAME];
	int status;

	*fd = sk_memfd("output");
	sk_blob_name(o->sha256, name);
	status = *fd < 0 ? SK_EIO : sk_blob_copy(d->blobs, SK_BLOB_OUTPUT, name, *fd);
	if (status == 0 && lseek(*fd, 0, SEEK_SET))
		status = SK_EIO;
	if (status)
		sk_desk_log("the bytes of %s cannot be read: %s", o->id, sk_blobs_why(d->blobs));
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
	int fd = kind == SK_LINK_FETCH ? fresh(w->desk) : -1;
	int status = kind == SK_LINK_GIVE ? output(w->desk, &p->object, &fd) : fd < 0 ? SK_EIO : 0;

	if (status == 0)
		status = sk_link_put_object(&p->object, &body);
	if (status == 0)
		status =
		    sk_child_send(&w->desk->child, w->place, kind, 0, sk_buf_slice(&body), &fd, 1);
	sk_buf_free(&body);
	if (status == 0 && kind == SK_LINK_FETCH) {
		p->fd = fd;
		fd = -1;
	}
	sk_close(&fd);
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
	uint8_t sha256[32];
	bool wrong; /* the other post gave other bytes */
};

static int run_arrival(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	struct arrival *w = (struct arrival *)act;
	struct sk_transfer after;

	if (w->wrong || memcmp(act->blob.sha256, w->sha256, 32) != 0)
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

static int keep(struct sk_way *w, const struct sk_parcel *p, struct sk_blob_writer **out)
{
	uint8_t piece[PIECE];
	struct stat st;
	off_t at = 0;
	ssize_t n = 0;

	/* the role can still write to it: no more is read than was agreed */
	if (fstat(p->fd, &st) || (uint64_t)st.st_size != p->object.size)
		return SK_EIO;
	int status = sk_blob_begin(w->desk->blobs, SK_BLOB_OUTPUT, p->object.size, out);
	while (status == 0 && at < st.st_size && (n = pread(p->fd, piece, sizeof(piece), at)) > 0) {
		status = sk_blob_put(*out, piece, (size_t)n);
		at += n;
	}
	return status ? status : n < 0 || (uint64_t)at != p->object.size ? SK_EIO : 0;
}

static void arrived(struct sk_way *w, struct sk_parcel *p, bool wrong)
{
	struct arrival *v = calloc(1, sizeof(*v));
	int status = v == NULL ? SK_ENOMEM : wrong ? 0 : keep(w, p, &v->act.writer);

	if (status) {
		if (v && v->act.writer)
			sk_blob_drop(v->act.writer);
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
	memcpy(v->sha256, p->object.sha256, 32);
	sk_desk_do(w->desk, &v->act);
}

int sk_way_got(struct sk_way *w, struct sk_message *m)
{
	struct sk_link_got got;
	struct sk_parcel *p;

	if (sk_link_get_got(m->body, &got))
		return SK_EFORMAT;
	p = find(&w->fetch, got.id);
	if (p == NULL || p->fd < 0)
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
