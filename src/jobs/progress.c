/* How far a worker has come, on the wire: work.h. */
#include "base/err.h"
#include "jobs/work.h"

int sk_work_put_progress(const struct sk_work_progress *p, struct sk_buf *out)
{
	sk_buf_putc(out, p->part);
	sk_buf_putc(out, p->percent);
	return out->err;
}

int sk_work_get_progress(struct sk_slice in, struct sk_work_progress *p)
{
	struct sk_reader r = sk_reader(in);

	*p = (struct sk_work_progress){.part = sk_read_u8(&r), .percent = sk_read_u8(&r)};
	if (!r.bad && r.pos == in.n && p->part < SK_WORK_PARTS && p->percent < 100)
		return 0;
	*p = (struct sk_work_progress){0};
	return SK_EFORMAT;
}
