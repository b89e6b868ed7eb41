/*
 * Pages that somebody wants to see, between the jobs: a worker draws them, one after the other; what is no PDF is printed before, once. bench.h. The gate.
 */
#include "desk/bench.h"

#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"

#define PICTURE_MOST ((uint64_t)48 << 20) /* more than any of as many pixels as a worker draws */
#define PRINT_MOST ((uint64_t)256 << 20)  /* of a file's pages in one */
#define PATIENCE_MS 180000                /* a worker gives up after a minute for each jail */

/* --- who waits --- */

static void end(struct sk_drawing *w, int status)
{
	struct sk_asked *q = w->q;

	if (w->made)
		sk_blob_drop(w->made);
	*w = (struct sk_drawing){0};
	sk_asked_answer(q, status);
}

static void fail(struct sk_drawing *w)
{
	end(w, sk_asked_fail(w->q, SK_FRONT_WHY_UNREADY, "worker"));
}

/* Of one member at once: so that none keeps the others waiting. */
static bool has_enough(const struct sk_bench *b, const struct sk_asked *q)
{
	size_t same = 0;

	for (size_t i = 0; i < b->ndrawings; i++)
		same += q->member && b->drawings[i]->member &&
			strcmp(b->drawings[i]->member, q->member) == 0;
	return same >= SK_DRAWINGS_OF_ONE || b->ndrawings == SK_DRAWINGS;
}

int sk_bench_draw(struct sk_asked *q)
{
	struct sk_bench *b = q->act.desk->bench;

	if (b->here == 0)
		return sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "worker");
	if (has_enough(b, q))
		return sk_asked_fail(q, SK_FRONT_WHY_LIMIT, NULL);
	b->drawings[b->ndrawings++] = q;
	return SK_ASKED_LATER;
}

/* --- given out --- */

/* What it is drawn of: the file, or its print, which is a PDF. */
static const uint8_t *source_of(const struct sk_asked *q)
{
	return q->prints || q->print.pages == 0 ? q->sheet.output.p : q->print.image;
}

static struct sk_work_page work_of(const struct sk_asked *q)
{
	bool print = q->prints || q->print.pages == 0;
	struct sk_work_page page = {
	    .page = q->prints ? SK_WORK_PRINT : (uint32_t)q->sheet.number - 1};

	snprintf(page.type, sizeof(page.type), "%s", print ? q->type : "pdf");
	return page;
}

static int give(struct sk_desk *d, size_t seat, struct sk_drawing *w)
{
	struct sk_bench *b = d->bench;
	struct sk_work_page page = work_of(w->q);
	struct sk_buf body = SK_BUF(SK_WORK_PAGE_BYTES);
	struct sk_bytes plain;
	char name[SK_BLOB_NAME];
	sk_autoclose int input = -1;
	int status;

	sk_blob_name(source_of(w->q), name);
	status = sk_blob_lend(d->blobs, SK_BLOB_OUTPUT, name, &plain, &input);
	if (status == 0)
		status = sk_blob_begin(d->blobs, SK_BLOB_OUTPUT, 0, &w->made);
	if (status == 0)
		status = sk_work_put_page(&page, &body);
	if (status == 0)
		status = sk_child_send(&d->child, SK_PLACE_WORKER + seat, SK_WORK_PAGE, ++b->serial,
		    sk_buf_slice(&body), (int[]){input, sk_blob_hand(w->made, &plain)}, 2);
	sk_buf_free(&body);
	return status;
}

void sk_bench_give_drawing(struct sk_desk *d, size_t seat)
{
	struct sk_bench *b = d->bench;
	struct sk_seat *s = &b->seat[seat];

	s->drawing = (struct sk_drawing){.q = b->drawings[0]};
	memmove(b->drawings, b->drawings + 1, --b->ndrawings * sizeof(*b->drawings));
	if (give(d, seat, &s->drawing)) {
		fail(&s->drawing);
		return;
	}
	s->serial = b->serial;
	s->since = sk_now_ms();
	s->idle = false;
	b->idle--;
}

/* --- and back --- */

static int take(struct sk_drawing *w, const struct sk_work_paged *p)
{
	struct sk_asked *q = w->q;
	struct sk_sheet *s = q->prints ? &q->print : &q->sheet;
	int status = p->size > (q->prints ? PRINT_MOST : PICTURE_MOST)
			 ? SK_EFORMAT
			 : sk_blob_said(w->made, p->hash_out, p->size);

	if (status)
		return status;
	q->act.writer = w->made;
	w->made = NULL;
	s->pages = p->pages;
	s->size = (int64_t)p->size;
	memcpy(s->image, p->hash_out, sizeof(s->image));
	return 0;
}

static void settle(struct sk_drawing *w, const struct sk_work_paged *p)
{
	struct sk_asked *q = w->q;

	if (p->verdict != SK_CLEAN)
		end(w, sk_asked_fail(q, SK_FRONT_WHY_NO_PAGES, p->reason));
	else if (memcmp(p->hash_in, source_of(q), sizeof(p->hash_in)) != 0)
		end(w, SK_EFORMAT);
	else if (p->size == 0 || p->pages == 0)
		end(w, q->prints ? SK_EFORMAT : sk_asked_fail(q, SK_FRONT_WHY_VALUE, "number"));
	else if (take(w, p))
		end(w, SK_EFORMAT);
	else {
		*w = (struct sk_drawing){0};
		sk_asked_go_on(q);
	}
}

int sk_bench_paged(void *ctx, struct sk_message *m)
{
	struct sk_desk *d = ctx;
	struct sk_seat *s = &d->bench->seat[d->child.now - SK_PLACE_WORKER];
	struct sk_work_paged p;

	if (s->drawing.q == NULL || m->serial != s->serial || sk_work_get_paged(m->body, &p))
		return SK_EFORMAT;
	settle(&s->drawing, &p);
	return 0;
}

/* --- whoever does not answer, and the end --- */

void sk_bench_undraw(struct sk_seat *s)
{
	if (s->drawing.q)
		fail(&s->drawing);
}

void sk_bench_undraw_all(struct sk_desk *d)
{
	struct sk_bench *b = d->bench;

	for (size_t i = 0; i < SK_POST_WORKERS; i++)
		sk_bench_undraw(&b->seat[i]);
	while (b->ndrawings) {
		struct sk_asked *q = b->drawings[--b->ndrawings];
		sk_asked_answer(q, sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "worker"));
	}
}

void sk_bench_hung_drawings(struct sk_desk *d, int64_t now)
{
	for (size_t i = 0; i < SK_POST_WORKERS; i++) {
		struct sk_seat *s = &d->bench->seat[i];
		if (s->drawing.q && s->since < now - PATIENCE_MS) {
			sk_desk_log("a page: its worker does not answer");
			s->since = now;
			sk_child_denounce(&d->child, SK_PLACE_WORKER + i);
		}
	}
}
