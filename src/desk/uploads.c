/* Bytes of people that are under way: uploads.h. The gate. */
#include "desk/uploads.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/err.h"

/* As many as there are descriptors for; a soft limit is no reason to turn people away. */
static size_t most_of_all(void)
{
	struct rlimit files;
	size_t most = SK_UPLOADS_OF_MEMBER;

	if (getrlimit(RLIMIT_NOFILE, &files))
		return most;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_max > SK_UPLOADS_OTHER && (files.rlim_max - SK_UPLOADS_OTHER) / 2 > most)
		most = (files.rlim_max - SK_UPLOADS_OTHER) / 2;
	return most < SK_UPLOADS ? most : SK_UPLOADS;
}

int sk_uploads_open(struct sk_desk *d)
{
	d->uploads = calloc(1, sizeof(*d->uploads));
	if (d->uploads)
		d->uploads->most = most_of_all();
	return d->uploads ? 0 : SK_ENOMEM;
}

/* --- brought --- */

/* Its file is gone with it, and its key was nowhere but here. */
static void end(struct sk_uploads *u, struct sk_upload **at)
{
	struct sk_upload *one = *at;

	*at = one->next;
	u->n--;
	sk_blob_drop(one->writer);
	free(one->member);
	free(one);
}

static bool is_his(const struct sk_upload *one, const struct sk_asked *q)
{
	return strcmp(one->member, q->member) == 0;
}

static struct sk_upload **find(struct sk_asked *q, const char *id)
{
	struct sk_upload **at = &q->act.desk->uploads->first;

	while (*at && (strcmp((*at)->id, id) != 0 || !is_his(*at, q)))
		at = &(*at)->next;
	return at;
}

struct sk_blob_writer *sk_upload_take(struct sk_asked *q, const char *id)
{
	struct sk_upload **at = find(q, id);
	struct sk_blob_writer *w = *at ? (*at)->writer : NULL;

	if (w) {
		(*at)->writer = NULL;
		end(q->act.desk->uploads, at);
	}
	return w;
}

/* --- asked by front ends --- */

static int hand_out(struct sk_asked *q, struct sk_upload *one)
{
	int fd = sk_blob_hand(one->writer, &q->handed);

	q->handed.size = one->size;
	q->fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	sk_show_set(q->out, "upload", sk_show_text(one->id));
	return q->fd < 0 ? SK_EIO : 0;
}

static bool has_room(const struct sk_asked *q)
{
	const struct sk_uploads *u = q->act.desk->uploads;
	uint64_t room = (uint64_t)q->ask.size;
	size_t n = 0;

	for (const struct sk_upload *one = u->first; one; one = one->next)
		if (is_his(one, q)) {
			n++;
			room += one->size;
		}
	size_t most = n ? u->most - u->most / 4 : u->most;
	return n < SK_UPLOADS_OF_MEMBER && u->n < most && room <= SK_UPLOADS_ROOM;
}

static int begin(struct sk_asked *q, struct sk_upload *one)
{
	struct sk_transfer number;
	uint64_t size = (uint64_t)q->ask.size;
	int status = one->member ? sk_blob_begin(q->act.desk->blobs, SK_BLOB_ORIGINAL,
				       sk_bytes_sealed_size(size), &one->writer)
				 : SK_ENOMEM;

	if (status)
		return status;
	sk_transfer_init(&number);
	memcpy(one->id, number.id, sizeof(one->id));
	one->size = size;
	one->until = sk_now_ms() + SK_UPLOAD_MS;
	return hand_out(q, one);
}

static int look_begin(struct sk_asked *q)
{
	struct sk_uploads *u = q->act.desk->uploads;
	struct sk_upload *one = has_room(q) ? calloc(1, sizeof(*one)) : NULL;

	if (one == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_LIMIT, NULL);
	one->next = u->first;
	one->place = q->place;
	one->member = strdup(q->member);
	u->first = one;
	u->n++;
	int status = begin(q, one);
	if (status)
		end(u, &u->first);
	return status;
}

static int look_open(struct sk_asked *q)
{
	struct sk_upload *one = *find(q, q->ask.upload);

	return one ? hand_out(q, one) : sk_asked_fail(q, SK_FRONT_WHY_UPLOAD, NULL);
}

static int look_drop(struct sk_asked *q)
{
	struct sk_upload **at = find(q, q->ask.upload);

	if (*at == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_UPLOAD, NULL);
	end(q->act.desk->uploads, at);
	return 0;
}

const struct sk_ask_of sk_asks_upload[] = {
    {SK_FRONT_UPLOAD_BEGIN, SK_ASK_MEMBER, look_begin, NULL, NULL, NULL},
    {SK_FRONT_UPLOAD_OPEN, SK_ASK_MEMBER, look_open, NULL, NULL, NULL},
    {SK_FRONT_UPLOAD_DROP, SK_ASK_MEMBER, look_drop, NULL, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};

/* --- handed out --- */

int sk_hand_add(struct sk_asked *q, const char *id, int64_t most)
{
	struct sk_uploads *u = q->act.desk->uploads;
	int64_t n = 0;

	for (const struct sk_hand *h = u->hands; h; h = h->next)
		n += strcmp(h->id, id) == 0;
	if (n >= most || u->nhands == SK_HANDS)
		return SK_EBUSY;
	struct sk_hand *h = calloc(1, sizeof(*h));
	if (h == NULL)
		return SK_ENOMEM;
	snprintf(h->id, sizeof(h->id), "%s", id);
	h->place = q->place;
	h->until = sk_now_ms() + SK_HAND_MS;
	h->next = u->hands;
	u->hands = h;
	u->nhands++;
	q->hand = h;
	return 0;
}

void sk_hand_end(struct sk_desk *d, struct sk_hand *h)
{
	for (struct sk_hand **at = &d->uploads->hands; h && *at; at = &(*at)->next)
		if (*at == h) {
			*at = h->next;
			d->uploads->nhands--;
			free(h);
			return;
		}
}

struct sk_hand *sk_hand_find(struct sk_desk *d, const char *id)
{
	struct sk_hand *found = NULL;

	for (struct sk_hand *h = d->uploads->hands; h; h = h->next)
		if (strcmp(h->id, id) == 0 && h->begun && (found == NULL || found->counted))
			found = h;
	return found;
}

bool sk_hand_over(struct sk_asked *q, const char *id)
{
	struct sk_hand *h = sk_hand_find(q->act.desk, id);
	bool counted = h && h->counted;

	sk_hand_end(q->act.desk, h);
	return !q->ask.whole || counted;
}

/* One whose question is still being answered ends with that. */
static void end_hands(struct sk_desk *d, size_t place, int64_t before)
{
	for (struct sk_hand **at = &d->uploads->hands; *at;) {
		struct sk_hand *h = *at;
		if (h->begun && h->until <= before && (place == SK_POST_ROLES || h->place == place))
			sk_hand_end(d, h);
		else
			at = &h->next;
	}
}

void sk_uploads_met(struct sk_desk *d, size_t place)
{
	end_hands(d, place, INT64_MAX);
	for (struct sk_upload **at = &d->uploads->first; *at;)
		if (place == SK_PLACE_CONTROL && (*at)->place == place)
			end(d->uploads, at);
		else
			at = &(*at)->next;
}

/* --- time --- */

void sk_uploads_tick(struct sk_desk *d)
{
	int64_t now = sk_now_ms();

	end_hands(d, SK_POST_ROLES, now); /* of any place */
	for (struct sk_upload **at = &d->uploads->first; *at;)
		if ((*at)->until <= now)
			end(d->uploads, at);
		else
			at = &(*at)->next;
}

void sk_uploads_close(struct sk_desk *d)
{
	if (d->uploads == NULL)
		return;
	while (d->uploads->first)
		end(d->uploads, &d->uploads->first);
	while (d->uploads->hands)
		sk_hand_end(d, d->uploads->hands);
	free(d->uploads);
	d->uploads = NULL;
}
