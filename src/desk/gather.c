/* Rows of long lists: gather.h. The gate. */
#include "desk/gather.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "desk/prints.h"
#include "printer/print.h"

#define PAGE 200
#define MEMORY ((size_t)16 << 20) /* of one page */

struct gathering {
	struct sk_asked *q; /* NULL: free */
	int fd;
	uint64_t bytes;
	int64_t received; /* of the last row */
	char id[SK_TRANSFER_ID];
};

struct sk_gatherings {
	struct gathering v[SK_GATHERINGS];
	size_t turn, n;
};

int sk_gather_open(struct sk_desk *d)
{
	d->gatherings = calloc(1, sizeof(*d->gatherings));
	return d->gatherings ? 0 : SK_ENOMEM;
}

static void end(struct sk_gatherings *s, struct gathering *w, int status)
{
	struct sk_asked *q = w->q;

	sk_close(&w->fd);
	*w = (struct gathering){.fd = -1};
	s->n--;
	if (status != SK_ASKED_LATER)
		sk_asked_answer(q, status);
}

void sk_gather_close(struct sk_desk *d)
{
	struct sk_gatherings *s = d->gatherings;

	for (size_t i = 0; s && i < SK_GATHERINGS; i++)
		if (s->v[i].q)
			end(s, &s->v[i], sk_asked_fail(s->v[i].q, SK_FRONT_WHY_UNREADY, "printer"));
	free(s);
	d->gatherings = NULL;
}

/* --- beginning --- */

static bool is_his(const struct sk_asked *a, const struct sk_asked *b)
{
	return a->member && b->member ? strcmp(a->member, b->member) == 0 : a->root && b->root;
}

static struct gathering *free_place(struct sk_gatherings *s, const struct sk_asked *q)
{
	struct gathering *w = NULL;

	for (size_t i = 0; i < SK_GATHERINGS; i++)
		if (s->v[i].q == NULL)
			w = &s->v[i];
		else if (is_his(s->v[i].q, q))
			return NULL;
	return w;
}

int sk_gather_list(struct sk_asked *q)
{
	struct sk_gatherings *s = q->act.desk->gatherings;
	struct gathering *w = free_place(s, q);
	int fd, status = sk_prints_ready(q);

	if (status)
		return status;
	if (w == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_BUSY, NULL);
	fd = sk_memfd("rows");
	if (fd < 0)
		return SK_ENOMEM;
	*w = (struct gathering){.q = q, .fd = fd};
	s->n++;
	return SK_ASKED_LATER;
}

/* --- rows --- */

static int put_row(struct sk_asked *q, const struct sk_transfer *t, struct sk_buf *out)
{
	json_t *row = sk_show_transfer(q, t, 0, false);
	char *text = row ? json_dumps(row, JSON_COMPACT) : NULL;

	json_decref(row);
	if (text == NULL)
		return SK_ENOMEM;
	sk_buf_puts(out, text);
	free(text);
	return sk_buf_putc(out, '\n');
}

static int put_rows(struct gathering *w, const struct sk_transfer *t, size_t n)
{
	struct sk_buf out = SK_BUF(MEMORY);
	int status = 0;

	for (size_t i = 0; i < n && status == 0; i++)
		status = put_row(w->q, &t[i], &out);
	if (status == 0)
		status = sk_write_all(w->fd, out.p, out.len);
	w->bytes += out.len;
	w->q->rows += (int64_t)n;
	sk_buf_free(&out);
	return status;
}

static int print(struct gathering *w)
{
	struct sk_asked *q = w->q;
	json_t *how = json_object();
	int fd = w->fd;

	w->fd = -1;
	sk_show_set(how, "table", json_string("transfers"));
	sk_show_set(how, "language", json_string(q->ask.language ? q->ask.language : "ja"));
	sk_show_set(how, "cut", json_boolean(q->cut));
	return sk_prints_book(q, how, fd);
}

/* One page, and one row more tells whether there is another one. */
static int add_page(struct gathering *w, struct sk_arena *a, bool *over)
{
	struct sk_transfer *t = NULL;
	size_t n = 0;
	int status = sk_asked_listed(w->q, a,
	    &(struct sk_list_place){w->received, w->id[0] ? w->id : NULL}, PAGE + 1, &t, &n);
	bool more = n > PAGE;

	n = more ? PAGE : n;
	if (status == 0)
		status = put_rows(w, t, n);
	if (status)
		return status;
	if (n) {
		w->received = t[n - 1].received;
		memcpy(w->id, t[n - 1].id, sizeof(w->id));
	}
	w->q->cut = more && (w->q->rows >= SK_GATHER_ROWS || w->bytes > SK_PRINT_ROWS - MEMORY);
	*over = !more || w->q->cut;
	return 0;
}

static void go_on(struct sk_gatherings *s, struct gathering *w)
{
	struct sk_arena *a = sk_arena_new(MEMORY);
	bool over = false;
	int status = a ? add_page(w, a, &over) : SK_ENOMEM;

	sk_arena_free(a);
	if (status)
		end(s, w, status);
	else if (over)
		end(s, w, print(w));
}

int64_t sk_gather_due(const struct sk_desk *d)
{
	return d->gatherings->n ? sk_now_ms() : INT64_MAX;
}

void sk_gather_tick(struct sk_desk *d)
{
	struct sk_gatherings *s = d->gatherings;

	for (size_t i = 0; i < SK_GATHERINGS && s->n; i++) {
		struct gathering *w = &s->v[s->turn++ % SK_GATHERINGS];
		if (w->q) {
			go_on(s, w);
			return;
		}
	}
}
