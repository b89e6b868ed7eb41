/* What a file that is not sealed holds, told as bytes.h wants it. Tests and probes. */
#ifndef SK_BYTES_TEST_PLAIN_H
#define SK_BYTES_TEST_PLAIN_H

#include <unistd.h>

#include <nettle/sha2.h>

#include "bytes/bytes.h"

static inline struct sk_bytes plain_of(int fd)
{
	struct sk_bytes what = {0};
	struct sha256_ctx hash;
	uint8_t piece[4096];
	ssize_t n;

	sha256_init(&hash);
	while ((n = pread(fd, piece, sizeof(piece), (off_t)what.size)) > 0) {
		sha256_update(&hash, (size_t)n, piece);
		what.size += (uint64_t)n;
	}
	sha256_digest(&hash, sizeof(what.sha256), what.sha256);
	return what;
}

#endif
