/* What a jailed job may ask of other jails, through its request descriptor. Cleaner's jail. */
#ifndef SK_CLEAN_SERVICES_H
#define SK_CLEAN_SERVICES_H

#include "format/job.h"

/* Services that speak over `fd`. The struct must outlive the job. */
struct sk_remote {
	int fd;
	struct sk_slice loaded; /* the PDF the other side holds now */
	uint32_t told;          /* thousandths of the file, the last time */
};

void sk_remote_services(struct sk_remote *r, int fd, struct sk_services *out);

#endif
