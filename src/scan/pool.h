/*
 * Several scans at once: threads that each talk to clamd, so that a large file keeps no small one waiting. One thread of
 * the caller's puts files in and takes ends out. The scanner's process.
 */
#ifndef SK_SCAN_POOL_H
#define SK_SCAN_POOL_H

#include "base/pool.h"
#include "scan/scan.h"

/* Those of a gate, and those being scanned of the gate before it. */
#define SK_SCAN_POOL (2 * SK_SCANS_AT_ONCE)

struct sk_scan_task {
	struct sk_bytes what; /* that lies in it; wiped when it is taken out */
	int file;             /* the pool's, until it is taken out: then -1 */
	uint32_t millis;      /* 0: in proportion to its size */
	uint32_t serial;      /* of the question */
	unsigned talk;        /* with which gate; the caller's */
	struct sk_scan_done done;
};

/*
 * socket: of clamd, NULL where there is none: then every scan fails. signatures: their folder, for their age where clamd does
 * not tell it, or NULL. Lives as long as the process. 0, SK_ENOMEM, SK_EIO.
 */
int sk_scan_pool_new(const char *socket, const char *signatures, struct sk_pool **out);

#endif
