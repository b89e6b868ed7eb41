/* The end of a job: its report and its output. Jailed programs. */
#include "cmd/role.h"

#include "base/fd.h"
#include "jail/jail.h"

int sk_role_output(struct sk_slice bytes)
{
	return sk_write_all(SK_FD_OUTPUT, bytes.p, bytes.n) ? 1 : 0;
}

int sk_role_report(const struct sk_report *r)
{
	struct sk_buf wire = SK_BUF(SK_LIMIT_REPORT_BYTES);

	if (sk_report_encode(r, &wire))
		return 1;
	return sk_write_all(SK_FD_REPORT, wire.p, wire.len) ? 1 : 0;
}
