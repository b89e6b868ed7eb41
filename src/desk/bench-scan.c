/* What the virus scanner says of originals. bench.h. The gate. */
#include "desk/bench.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "scan/scan.h"

static void ready(struct sk_task *t)
{
	if (t->job.kind == SK_JOB_SCAN)
		sk_task_scanned(t);
	else
		sk_tasks_put(&t->act.desk->bench->ready, t);
}

/* It could not be told: the policy holds it. */
static void failed(struct sk_task *t)
{
	t->scanned = true;
	t->scan = (struct sk_gate_scan){SK_SCAN_FAILED, SK_UNKNOWN};
	ready(t);
}

static size_t free_place(const struct sk_bench *b)
{
	size_t i = 0;

	while (i < SK_SCANS_AT_ONCE && b->scan[i])
		i++;
	return i;
}

static int ask(struct sk_desk *d, size_t i, struct sk_task *t)
{
	struct sk_bench *b = d->bench;
	struct sk_buf body = SK_BUF(SK_SCAN_FILE_BYTES);
	int status = sk_scan_put_file(0, &t->ask.input, &body);

	if (status == 0)
		status = sk_child_send(&d->child, SK_PLACE_SCANNER, SK_SCAN_FILE, ++b->serial,
		    sk_buf_slice(&body), &t->input, 1);
	if (body.p)
		explicit_bzero(body.p, body.cap);
	sk_buf_free(&body);
	if (status == 0) {
		b->scan[i] = t;
		b->scan_serial[i] = b->serial;
		b->scan_since[i] = sk_now_ms();
		b->nscans++;
	}
	return status;
}

void sk_scan_or_go(struct sk_task *t)
{
	struct sk_desk *d = t->act.desk;
	size_t i = free_place(d->bench);

	if (!t->wants_scan)
		ready(t);
	else if (!d->bench->scanner)
		failed(t);
	else if (i == SK_SCANS_AT_ONCE)
		sk_tasks_put(&d->bench->unscanned, t);
	else if (ask(d, i, t))
		failed(t);
}

static struct sk_task *take(struct sk_bench *b, size_t i)
{
	struct sk_task *t = b->scan[i];

	b->scan[i] = NULL;
	b->nscans--;
	return t;
}

/* What an older scanner was at could not be told. */
void sk_scan_met(struct sk_desk *d)
{
	for (size_t i = 0; i < SK_SCANS_AT_ONCE; i++)
		if (d->bench->scan[i])
			failed(take(d->bench, i));
	d->bench->scanner = true;
}

static int serve_done(void *ctx, struct sk_message *m)
{
	struct sk_desk *d = ctx;
	struct sk_bench *b = d->bench;
	struct sk_scan_done done;
	size_t i = 0;

	while (i < SK_SCANS_AT_ONCE && (b->scan[i] == NULL || b->scan_serial[i] != m->serial))
		i++;
	if (i == SK_SCANS_AT_ONCE || sk_scan_get_done(m->body, &done))
		return SK_EFORMAT;
	struct sk_task *t = take(b, i);
	t->scanned = true;
	t->scan =
	    (struct sk_gate_scan){(enum sk_scan)done.verdict, done.age < 0 ? SK_UNKNOWN : done.age};
	if (done.verdict != SK_SCANNED_CLEAN)
		sk_desk_log("%s: the scanner says: %s", t->job.name, done.text);
	ready(t);
	t = sk_tasks_take(&b->unscanned);
	if (t)
		sk_scan_or_go(t);
	return 0;
}

const struct sk_permit sk_scan_permits[] = {
    {SK_SCAN_DONE, 1, 1, SK_SCAN_DONE_BYTES, 0, serve_done},
};
const size_t sk_scan_npermits = sizeof(sk_scan_permits) / sizeof(*sk_scan_permits);
