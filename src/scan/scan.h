/*
 * What a gate asks of its scanner, and what it gets back: bodies of messages (ipc/channel.h), with the serial of the
 * question. The bytes of the file go along as a descriptor. Both sides read what the other wrote as if it were hostile.
 * Gate and scanner.
 */
#ifndef SK_SCAN_SCAN_H
#define SK_SCAN_SCAN_H

#include "base/buf.h"
#include "bytes/bytes.h"

enum sk_scan_kind {
	SK_SCAN_FILE =
	    1,        /* gate → scanner; descriptor: the file, to be read as bytes/bytes.h says */
	SK_SCAN_DONE, /* scanner → gate */
};

/* Scans under way at once; the scanner takes no more from a gate. */
#define SK_SCANS_AT_ONCE 16
#define SK_SCAN_NAME 255 /* bytes of what was found */
#define SK_SCAN_FILE_BYTES (4 + SK_BYTES_WIRE)
#define SK_SCAN_DONE_BYTES (1 + 8 + 2 * (2 + SK_SCAN_NAME))

/* The values of enum sk_scan of the policy. */
enum sk_scan_verdict { SK_SCANNED_CLEAN = 1, SK_SCANNED_FOUND, SK_SCANNED_FAILED };

struct sk_scan_done {
	uint8_t verdict; /* enum sk_scan_verdict */
	int64_t age;     /* of the signatures when it was scanned, seconds; -1: not known */
	/* "": clean. What was found; or why it could not be told, English. For those who look after the post, not the user */
	char text[SK_SCAN_NAME + 1];
	char engine[SK_SCAN_NAME + 1]; /* "ClamAV 1.4.6/27800"; "": not known */
};

/* What lies behind the descriptor; how long it may take, milliseconds; 0: in proportion to its size. */
int sk_scan_put_file(uint32_t millis, const struct sk_bytes *what, struct sk_buf *out);
/* SK_EFORMAT on anything unexpected. */
int sk_scan_get_file(struct sk_slice in, uint32_t *millis, struct sk_bytes *what);
int sk_scan_put_done(const struct sk_scan_done *d, struct sk_buf *out);
int sk_scan_get_done(struct sk_slice in, struct sk_scan_done *d);

struct sk_clamd_result;
/* What clamd said as an answer at this time, seconds since 1970. Pure. */
void sk_scan_from_clamd(const struct sk_clamd_result *r, int64_t now, struct sk_scan_done *d);

#endif
