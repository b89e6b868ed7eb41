/* A blob, written as a role does that was handed its descriptor (blob.h). Tests and the bench only. */
#ifndef SK_STORE_TEST_WRITE_H
#define SK_STORE_TEST_WRITE_H

#include <errno.h>

#include <nettle/sha2.h>

#include "base/err.h"
#include "base/fd.h"
#include "store/blob.h"

/* Pieces of many sizes. */
static inline size_t write_some(size_t left, size_t at)
{
	return left < 1000 + at % 70000 ? left : 1000 + at % 70000;
}

static inline int write_sealed(
    int fd, const struct sk_bytes *what, const uint8_t *p, size_t n, uint8_t sum[32])
{
	struct sk_sealing *s = NULL;
	uint64_t size;
	int rc = sk_sealing_new(fd, what, &s);

	for (size_t at = 0, k; at < n && rc == 0; at += k) {
		k = write_some(n - at, at);
		rc = sk_sealing_put(s, p + at, k);
	}
	if (rc == 0)
		rc = sk_sealing_end(s, sum, &size);
	sk_sealing_free(s);
	return rc;
}

static inline int write_plain(int fd, const uint8_t *p, size_t n, uint8_t sum[32])
{
	struct sha256_ctx hash;

	sha256_init(&hash);
	sha256_update(&hash, n, p);
	sha256_digest(&hash, 32, sum);
	if (n == 0 || sk_write_all(fd, p, n) == 0)
		return 0;
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? SK_ENOSPACE : SK_EIO;
}

/* What has become of it is in sum. */
static inline int write_bytes(struct sk_blob_writer *w, const void *p, size_t n, uint8_t sum[32])
{
	struct sk_bytes what;
	int fd = sk_blob_hand(w, &what);

	return what.sealed ? write_sealed(fd, &what, p, n, sum) : write_plain(fd, p, n, sum);
}

/* And it is said. */
static inline int write_blob(struct sk_blob_writer *w, const void *p, size_t n)
{
	uint8_t sum[32];
	int rc = write_bytes(w, p, n, sum);

	return rc ? rc : sk_blob_said(w, sum, n);
}

#endif
