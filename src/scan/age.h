/*
 * How old a folder of signatures is, where clamd does not say: it tells the date of ClamAV's own (freshclam), and of none
 * that an organisation writes or fetches by itself. The scanner's process.
 */
#ifndef SK_SCAN_AGE_H
#define SK_SCAN_AGE_H

#include <stdint.h>

/* When the newest file of signatures in it was written, seconds since 1970; 0: there is none, or it cannot be read. */
int64_t sk_scan_newest(const char *folder);

#endif
