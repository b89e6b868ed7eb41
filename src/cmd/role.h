/* What the jailed programs share. */
#ifndef SK_CMD_ROLE_H
#define SK_CMD_ROLE_H

#include "base/report.h"

/* Write a report, or bytes, to the job's descriptor. The job's exit status: 0 or 1. */
int sk_role_report(const struct sk_report *r);
int sk_role_output(struct sk_slice bytes);

#endif
