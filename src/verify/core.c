/* Faults, and the one inflate. Runs in the verifier's jail. */
#include "verify/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <zlib.h>

int sk_fail(struct sk_check *c, uint64_t offset, const char *fmt, ...)
{
	va_list ap;

	if (c->fault.what[0])
		return SK_EFORMAT;
	va_start(ap, fmt);
	vsnprintf(c->fault.what, sizeof(c->fault.what), fmt, ap);
	va_end(ap);
	c->fault.offset = offset;
	return SK_EFORMAT;
}

/* Inflate all of `in` into memory that doubles up to the ceiling; the arena keeps the last one. */
static int inflate_all(struct sk_check *c, z_stream *z, size_t max, struct sk_slice *out)
{
	size_t cap = (size_t)z->avail_in * 4 + 256, used = 0;
	uint8_t *p = NULL;

	for (;;) {
		cap = cap > max ? max : cap;
		uint8_t *more = sk_arena_alloc(c->arena, cap + 1);
		if (more == NULL)
			return SK_ENOMEM;
		if (used)
			memcpy(more, p, used);
		p = more;
		z->next_out = p + used;
		z->avail_out = (uInt)(cap + 1 - used);
		int rc = inflate(z, Z_FINISH);
		used = cap + 1 - z->avail_out;
		if (rc == Z_STREAM_END)
			break;
		if ((rc != Z_BUF_ERROR && rc != Z_OK) || z->avail_out)
			return sk_fail(c, z->total_in, "compressed data is broken");
		if (used > max)
			return SK_ELIMIT;
		cap *= 4;
	}
	if (used > max)
		return SK_ELIMIT;
	*out = sk_slice(p, used);
	return 0;
}

int sk_verify_inflate(
    struct sk_check *c, struct sk_slice in, bool wrapped, size_t max, struct sk_slice *out)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n};
	struct sk_slice got = {0};

	if (in.n > SK_LIMIT_INPUT)
		return SK_ELIMIT;
	if (max > c->inflate_left)
		max = (size_t)c->inflate_left;
	if (max > SK_LIMIT_MEMBER)
		max = SK_LIMIT_MEMBER;
	if (inflateInit2(&z, wrapped ? MAX_WBITS : -MAX_WBITS) != Z_OK)
		return SK_ENOMEM;
	int rc = inflate_all(c, &z, max, &got);
	if (rc == SK_ELIMIT)
		rc = sk_fail(c, 0, "unpacks to more than %zu bytes", max);
	if (rc == 0 && z.avail_in)
		rc = sk_fail(c, in.n - z.avail_in, "bytes after the end of compressed data");
	inflateEnd(&z);
	if (rc == 0) {
		c->inflate_left -= got.n;
		*out = got;
	}
	return rc;
}
