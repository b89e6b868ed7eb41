/* How far workers have come, for who waits: bench.h. The gate. */
#include "base/err.h"
#include "desk/bench.h"
#include "desk/notices.h"

/* Of the job that it has; behind its answer nothing more is said of it. */
int sk_bench_progress(void *ctx, struct sk_message *m)
{
	static const char *const parts[SK_WORK_PARTS] = {[SK_WORK_READ] = "read",
	    [SK_WORK_CLEANS] = "clean",
	    [SK_WORK_CHECKS] = "check",
	    [SK_WORK_LOOKS] = "look"};
	struct sk_desk *d = ctx;
	struct sk_seat *s = &d->bench->seat[d->child.now - SK_PLACE_WORKER];
	const struct sk_task *t = s->task;
	struct sk_work_progress p;

	if (t == NULL || m->serial != s->serial)
		return SK_EFORMAT;
	int status = sk_work_get_progress(m->body, &p);
	bool more = p.part > s->told.part || p.percent > s->told.percent;
	if (status == 0 && more && p.percent >= s->told.percent)
		sk_notices_progress(d, &(struct sk_progress){.id = t->job.name,
					   .requester = t->requester,
					   .recipient = t->recipient,
					   .state = t->state,
					   .changed = t->changed,
					   .part = parts[p.part],
					   .percent = p.percent});
	/* it rises, so nobody is told more often than there are hundredths */
	if (status == 0 && more)
		s->told = p;
	return status;
}
