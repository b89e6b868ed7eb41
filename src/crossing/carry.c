/*
 * Objects, at the side that connects: client.h. What the gate wants is pulled, what it gives is pushed; both go on where an earlier attempt
 * ended. Which object may cross is the gates' business: here only those are asked for, and only those found, that both gates have named.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "crossing/client.h"
#include "crossing/crossing.h"
#include "crossing/range.h"

#define FIRST_PAUSE_MS 20
#define MOST_PAUSE_MS 5000
#define AGAIN_MS 30000 /* the other post has it; should it have lost it, it asks for it again */

/* The object of a request, unless the gate dropped it or a later attempt has it. */
static struct sk_object *object(const struct sk_request *r)
{
	struct sk_object *o = sk_objects_find(&r->client->end.objects, r->id, r->fetch);

	return o && o->writer == r->number ? o : NULL;
}

static bool prepare(struct sk_request *r)
{
	char path[sizeof(SK_CROSSING_OBJECTS) + SK_LETTER_ID];

	snprintf(path, sizeof(path), SK_CROSSING_OBJECTS "%s", r->id);
	return sk_request_prepare(r, path);
}

/* The value of a head, without its end; false: another one. */
static bool field(const char *line, size_t n, const char *name, char value[SK_RANGE_TEXT])
{
	size_t at = strlen(name);

	if (n <= at || strncasecmp(line, name, at) != 0 || line[at++] != ':')
		return false;
	while (at < n && line[at] == ' ')
		at++;
	while (n > at && (line[n - 1] == '\n' || line[n - 1] == '\r' || line[n - 1] == ' '))
		n--;
	if (n - at >= SK_RANGE_TEXT)
		return false;
	memcpy(value, line + at, n - at);
	value[n - at] = '\0';
	return true;
}

/* --- pull --- */

static size_t pull_head(char *line, size_t size, size_t n, void *ctx)
{
	struct sk_request *r = ctx;
	const struct sk_object *o = object(r);
	char value[SK_RANGE_TEXT];
	uint64_t from, whole;

	if (o == NULL || !field(line, size * n, "Content-Range", value))
		return size * n;
	if (!sk_content_range_get(value, &from, &whole) || from != o->have)
		return 0;
	if (whole != o->what.size)
		r->status = SK_EREFUSED;
	r->ranged = r->status == 0;
	return r->ranged ? size * n : 0;
}

static size_t pull_bytes(char *data, size_t size, size_t n, void *ctx)
{
	struct sk_request *r = ctx;
	struct sk_object *o = object(r);
	long http = 0;

	curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &http);
	if (o == NULL || http != 206 || !r->ranged)
		return 0;
	r->status = sk_object_write(o, data, size * n);
	return r->status ? 0 : size * n;
}

static bool start_pull(struct sk_request *r, const struct sk_object *o)
{
	char range[SK_RANGE_TEXT], head[SK_RANGE_TEXT + 8];

	if (!prepare(r))
		return false;
	sk_range_put(range, o->have);
	snprintf(head, sizeof(head), "Range: %s", range);
	sk_request_head(r, head);
	r->at = o->have;
	curl_easy_setopt(r->easy, CURLOPT_HEADERFUNCTION, pull_head);
	curl_easy_setopt(r->easy, CURLOPT_HEADERDATA, r);
	curl_easy_setopt(r->easy, CURLOPT_WRITEFUNCTION, pull_bytes);
	curl_easy_setopt(r->easy, CURLOPT_WRITEDATA, r);
	return sk_request_start(r);
}

/* --- push: first what is there, then the rest of it --- */

static size_t look_head(char *line, size_t size, size_t n, void *ctx)
{
	struct sk_request *r = ctx;
	char value[SK_RANGE_TEXT];

	if (field(line, size * n, SK_CROSSING_HAVE, value))
		r->ranged = sk_number_get(value, &r->at);
	return size * n;
}

static size_t drop_bytes(char *data, size_t size, size_t n, void *ctx)
{
	return size * n;
}

static bool start_look(struct sk_request *r)
{
	if (!prepare(r))
		return false;
	curl_easy_setopt(r->easy, CURLOPT_NOBODY, 1L);
	curl_easy_setopt(r->easy, CURLOPT_HEADERFUNCTION, look_head);
	curl_easy_setopt(r->easy, CURLOPT_HEADERDATA, r);
	return sk_request_start(r);
}

static size_t push_bytes(char *data, size_t size, size_t n, void *ctx)
{
	struct sk_request *r = ctx;
	const struct sk_object *o = object(r);
	ssize_t got = o ? pread(o->fd, data, size * n, (off_t)r->at) : -1;

	if (got < 0)
		return CURL_READFUNC_ABORT;
	r->at += (uint64_t)got;
	return (size_t)got;
}

static bool start_push(struct sk_request *r, const struct sk_object *o)
{
	char range[SK_RANGE_TEXT], head[SK_RANGE_TEXT + 16];
	uint64_t at = r->at;

	if (at >= o->what.size || !prepare(r))
		return false;
	r->at = at;
	sk_content_range_put(range, at, o->what.size);
	snprintf(head, sizeof(head), "Content-Range: %s", range);
	sk_request_head(r, head);
	sk_request_head(r, "Content-Type: application/octet-stream");
	curl_easy_setopt(r->easy, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(r->easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t)(o->what.size - at));
	curl_easy_setopt(r->easy, CURLOPT_READFUNCTION, push_bytes);
	curl_easy_setopt(r->easy, CURLOPT_READDATA, r);
	curl_easy_setopt(r->easy, CURLOPT_WRITEFUNCTION, drop_bytes);
	return sk_request_start(r);
}

/* --- which, and when --- */

static bool start(struct sk_client *c, struct sk_request *r, struct sk_object *o)
{
	memcpy(r->id, o->what.id, sizeof(r->id));
	r->fetch = o->fetch;
	r->number = o->writer = ++c->attempts;
	o->busy = o->fetch ? start_pull(r, o) : start_look(r);
	return o->busy;
}

/* What is given goes when it is proved. */
static bool is_ready(const struct sk_object *o)
{
	return !o->busy && (o->fetch || o->proved);
}

static struct sk_request *free_request(struct sk_client *c)
{
	for (size_t i = 0; i < SK_CLIENT_CARRIES; i++)
		if (!c->carry[i].busy)
			return &c->carry[i];
	return NULL;
}

void sk_carry(struct sk_client *c, int64_t now)
{
	struct sk_objects *all = &c->end.objects;
	struct sk_request *r;

	for (size_t i = 0; c->met && i < all->n && (r = free_request(c)) != NULL; i++)
		if (is_ready(all->v[i]) && all->v[i]->due <= now && !start(c, r, all->v[i]))
			all->v[i]->due = now + MOST_PAUSE_MS;
}

int64_t sk_carry_due(const struct sk_client *c)
{
	int64_t due = INT64_MAX;
	bool free = false;

	for (size_t i = 0; i < SK_CLIENT_CARRIES; i++)
		free = free || !c->carry[i].busy;
	for (size_t i = 0; c->met && free && i < c->end.objects.n; i++)
		if (is_ready(c->end.objects.v[i]) && c->end.objects.v[i]->due < due)
			due = c->end.objects.v[i]->due;
	return due;
}

static void later(struct sk_object *o, bool moved)
{
	o->tries = moved ? 1 : o->tries + 1;
	o->due = sk_now_ms() + sk_client_pause(o->tries, FIRST_PAUSE_MS, MOST_PAUSE_MS);
}

static void pulled(struct sk_request *r, struct sk_object *o)
{
	struct sk_end *e = &r->client->end;

	if (r->status)
		sk_end_got(e, o, r->status);
	else if (o->have < o->what.size)
		later(o, o->have > r->at);
	else if (sk_end_complete(e, o) == SK_EBUSY)
		later(o, true);
}

static void pushed(struct sk_request *r, struct sk_object *o, long http)
{
	if (http == 200 && r->ranged && start_push(r, o)) {
		o->busy = true;
	} else if (http == 204 || http == 422) {
		o->tries = 0;
		o->due = sk_now_ms() + AGAIN_MS;
	} else {
		later(o, false);
	}
}

void sk_carry_done(struct sk_request *r, long http, CURLcode code)
{
	struct sk_object *o = object(r);

	if (o == NULL)
		return;
	o->busy = false;
	if (o->fetch)
		pulled(r, o);
	else
		pushed(r, o, http);
}
