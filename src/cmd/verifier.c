/*
 * sekisho-verifier: the jailed program that checks what the cleaner made, with code of its own. Started by
 * libsekisho, never by hand. Links verify/ and nothing of the cleaner.
 */
#include "base/fd.h"
#include "cmd/role.h"
#include "jail/jail.h"
#include "verify/verify.h"

static int run(const struct sk_job_msg *job)
{
	static struct sk_report report;
	struct sk_slice in;

	if (sk_map(SK_FD_INPUT, &in) || job->method >= SK_FT_COUNT)
		return 1;
	struct sk_limits l = sk_limits_for(in.n);
	struct sk_check c = {
	    .arena = sk_arena_new(l.memory),
	    .inflate_left = l.expand,
	    .pixels_left = l.pixels_total,
	};
	if (c.arena == NULL)
		return 1;
	int rc = sk_verify(&c, (enum sk_filetype)job->method, in);
	report.out_type = (enum sk_filetype)job->method;
	if (rc)
		sk_report_refuse(&report, SK_REASON_VERIFY, "%s at %llu",
		    c.fault.what[0] ? c.fault.what : sk_strerror(rc),
		    (unsigned long long)c.fault.offset);
	return sk_role_report(&report);
}

int main(void)
{
	return sk_zygote_main(&(struct sk_role){.name = "verifier", .run = run});
}
