/*
 * Fuzz target: a sealed file as somebody else may have written it, read, and gone on with; and what lies behind a descriptor, told.
 * What is read whole is what was said; what is gone on with is read again as one.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "base/err.h"
#include "base/fd.h"
#include "bytes/bytes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void as_message(struct sk_slice in)
{
	struct sk_buf b = SK_BUF(SK_BYTES_WIRE);
	struct sk_bytes what;

	if (sk_bytes_get(in, &what) == 0 &&
	    (sk_bytes_put(&what, &b) || !sk_slice_eq(in, sk_buf_slice(&b))))
		abort();
	sk_buf_free(&b);
}

static void as_file(int fd, const struct sk_bytes *what)
{
	struct sk_unsealing *u = NULL;
	uint8_t p[1000], sum[32];
	struct sha256_ctx hash;
	uint64_t all = 0;
	size_t n = 1;
	int rc = sk_unsealing_new(fd, what, &u);

	sha256_init(&hash);
	while (rc == 0 && n) {
		rc = sk_unsealing_get(u, p, sizeof(p), &n);
		sha256_update(&hash, rc ? 0 : n, p);
		all += rc ? 0 : n;
	}
	sha256_digest(&hash, sizeof(sum), sum);
	if (rc == 0 && (all != what->size || memcmp(sum, what->sha256, sizeof(sum)) != 0))
		abort();
	if (rc && all >= what->size && what->size)
		abort();
	sk_unsealing_free(u);
}

/* Whatever lies there: what is gone on with can be read from its beginning to its end. */
static void gone_on(int fd, struct sk_bytes *what)
{
	struct sk_sealing *s = NULL;
	int rc = sk_sealing_resume(fd, what, &s);

	if (rc == SK_ENOMEM)
		return;
	if (rc)
		abort();
	rc = sk_sealing_put(s, "more", 4);
	if ((rc && rc != SK_EREFUSED) || sk_sealing_end(s, what->sha256, &what->size))
		abort();
	sk_sealing_free(s);
	if (sk_unsealing_copy(fd, what, -1) != SK_EIO && what->size) /* nowhere to write to */
		abort();
	as_file(fd, what);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_bytes what = {
	    .sealed = true, .name = "00112233445566778899aabbccddeeff", .size = size};
	sk_autoclose int fd = sk_memfd("fuzz");

	as_message(sk_slice(data, size));
	if (fd < 0 || sk_write_all(fd, data, size))
		return 0;
	as_file(fd, &what);
	what.sealed = false;
	as_file(fd, &what);
	what.sealed = true;
	gone_on(fd, &what);
	return 0;
}
