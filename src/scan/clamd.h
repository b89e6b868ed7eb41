/*
 * A virus scan by clamd, over its Unix socket (clamd(8): zVERSION, zINSTREAM). What clamd says is read as if it were
 * hostile, and whatever it does not say clearly is no verdict: only SK_CLAMD_CLEAN lets a file go on. The scanner's process.
 */
#ifndef SK_SCAN_CLAMD_H
#define SK_SCAN_CLAMD_H

#include <stddef.h>
#include <stdint.h>

#include "bytes/bytes.h"

enum sk_clamd_verdict {
	SK_CLAMD_UNKNOWN, /* it could not be told: `text` says why */
	SK_CLAMD_CLEAN,
	SK_CLAMD_FOUND, /* `text` is the name of the signature */
};

#define SK_CLAMD_TEXT 256

struct sk_clamd_result {
	enum sk_clamd_verdict verdict;
	char text[SK_CLAMD_TEXT];   /* UTF-8 without control characters */
	char engine[SK_CLAMD_TEXT]; /* "ClamAV 1.4.6/27800": engine and number of its signatures */
	int64_t signatures; /* when they were made, seconds since 1970; 0: clamd does not say */
};

/* Connect to the socket named by path. The descriptor, or -1 and errno. */
int sk_clamd_connect(const char *path);

/*
 * Have the whole of `file` scanned, opened on the way, and only what it is said to be: of other bytes no verdict is one. `version` and `stream` are two fresh
 * connections, both the caller's: clamd serves one command on each. All of it together takes at most so many
 * milliseconds. Never fails: *out is UNKNOWN then.
 */
void sk_clamd_scan(int version, int stream, int file, const struct sk_bytes *what, int millis,
    struct sk_clamd_result *out);

/* What clamd answered to zVERSION and to zINSTREAM, as n bytes with its closing NUL. Pure. */
void sk_clamd_read_version(const char *answer, size_t n, struct sk_clamd_result *out);
void sk_clamd_read_verdict(const char *answer, size_t n, struct sk_clamd_result *out);

#endif
