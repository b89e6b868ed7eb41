/* Pages of what came out of cleaning, as pictures that a jail has drawn: doc/front.md. The gate. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "desk/bench.h"
#include "gate/people.h"

static bool is(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/*
 * Where it comes from, whoever may see what is in it. Where it goes to nothing of it is seen before it is released, and its
 * recipient looks at it as long as he may collect it.
 */
static bool may_see(const struct sk_asked *q, const struct sk_transfer *t, unsigned holds)
{
	bool here = strcmp(t->zone_from, q->act.desk->zone) == 0;
	bool released = t->state == SK_AT_RELEASED || t->state == SK_AT_COLLECTED;
	const char *whose = here || t->recipient == NULL ? t->requester : t->recipient;
	bool his = is(whose, q->member) && (here || t->downloads < t->downloads_most);

	return sk_show_content(q, t, holds) && (here || released) &&
	       (his || holds || sk_asked_audits(q));
}

static bool is_pdf(const struct sk_asked *q)
{
	return strcmp(q->type, "pdf") == 0;
}

static int load(struct sk_asked *q, int64_t number)
{
	struct sk_transfer t;
	unsigned holds = 0;
	int status = sk_asked_load(q, q->ask.id, &t, &holds);

	if (status)
		return status;
	if (!may_see(q, &t, holds))
		return sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	if (t.output.n != 32 || t.output_type == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_STATE, sk_state_word((unsigned)t.state));
	q->looks = strcmp(t.zone_from, q->act.desk->zone) != 0 && !sk_asked_audits(q);
	q->sheet.output = t.output;
	q->sheet.number = number;
	snprintf(q->type, sizeof(q->type), "%s", t.output_type);
	q->print = (struct sk_sheet){.output = t.output};
	status = sk_sheet_load(q->act.desk->db, &q->sheet);
	if (status == SK_ENOENTRY)
		status = is_pdf(q) ? 0 : sk_sheet_load(q->act.desk->db, &q->print);
	return status == SK_ENOENTRY ? 0 : status;
}

/* All else is printed once, and its pages are drawn of that. What a backup did not bring back is made once more. */
static bool has_print(const struct sk_asked *q)
{
	struct sk_bytes plain;
	char name[SK_BLOB_NAME];
	int fd = -1;

	if (is_pdf(q) || q->print.pages == 0)
		return is_pdf(q);
	sk_blob_name(q->print.image, name);
	int status = sk_blob_lend(q->act.desk->blobs, SK_BLOB_OUTPUT, name, &plain, &fd);
	sk_close(&fd);
	sk_bytes_wipe(&plain);
	return status == 0;
}

static int draw(struct sk_asked *q)
{
	q->prints = !has_print(q);
	return sk_bench_draw(q);
}

static bool is_drawn(const struct sk_asked *q)
{
	return q->sheet.pages > 0;
}

static int lend(struct sk_asked *q)
{
	struct sk_sheet *s = &q->sheet;

	sk_blob_name(s->image, q->blob);
	int status = sk_blob_lend(q->act.desk->blobs, SK_BLOB_OUTPUT, q->blob, &q->handed, &q->fd);
	memcpy(q->handed.sha256, s->image, sizeof(s->image));
	q->handed.size = (uint64_t)s->size;
	return status;
}

static void tell(struct sk_asked *q)
{
	sk_show_number(q->out, "pages", q->sheet.pages);
	json_object_set_new(q->out, "status", json_string("ok"));
}

/* A picture that a backup did not bring back is drawn once more. */
static int look_page(struct sk_asked *q)
{
	bool good = q->ask.number >= 1 && q->ask.number <= SK_LIMIT_PAGES;
	int status = good ? load(q, q->ask.number) : sk_asked_fail(q, SK_FRONT_WHY_VALUE, "number");

	if (status == 0 && is_drawn(q) && lend(q) == 0) {
		if (!q->looks)
			tell(q);
		return 0;
	}
	return status ? status : draw(q);
}

static int look_pages(struct sk_asked *q)
{
	int status = load(q, 1);

	if (status == 0 && !is_drawn(q) && has_print(q))
		q->sheet.pages = q->print.pages;
	if (status == 0 && is_drawn(q)) {
		tell(q);
		return 0;
	}
	return status ? status : draw(q);
}

/* What its pages are drawn of: who only asked how many there are knows it then. */
static int run_print(struct sk_gate *g, struct sk_asked *q)
{
	int status = sk_sheet_put(g->db, &q->print);

	q->sheet.pages = q->print.pages;
	if (status == 0 && q->ask.what == SK_FRONT_PAGES)
		tell(q);
	return status;
}

static int run_sheet(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	bool looks = q->looks && q->ask.what == SK_FRONT_PAGE;
	struct sk_transfer t;

	if (q->prints)
		return run_print(g, q);
	int status = looks ? sk_gate_look(g, a, q->ask.id, q->member, &t) : 0;

	if (status == 0 && q->fd < 0) /* it was drawn just now */
		status = sk_sheet_put(g->db, &q->sheet);
	if (status == 0)
		tell(q);
	return status;
}

static int after_page(struct sk_asked *q)
{
	if (q->prints) { /* and now the page */
		q->prints = false;
		return sk_bench_draw(q);
	}
	return q->fd < 0 && lend(q) ? sk_asked_fail(q, SK_FRONT_WHY_FAULT, NULL) : 0;
}

const struct sk_ask_of sk_asks_sheet[] = {
    {SK_FRONT_PAGE, SK_ASK_SEER, look_page, run_sheet, after_page, NULL},
    {SK_FRONT_PAGES, SK_ASK_SEER, look_pages, run_sheet, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
