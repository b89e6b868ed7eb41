/* svgz: a drawing in gzip (RFC 1952). Cleaner's jail. */
#include "format/svg/svg.h"

#include <zlib.h>

#define GZIP 31 /* inflateInit2: the largest window, behind a gzip header */
#define PIECE ((size_t)1 << 18)

bool sk_svg_is_packed(struct sk_slice in)
{
	return sk_slice_starts(in, SK_SLICE_LIT("\x1f\x8b\x08"));
}

/* One piece; *ended at the end of the stream. */
static int more(struct sk_job *job, z_stream *z, struct sk_buf *out, bool *ended)
{
	if (sk_buf_reserve(out, PIECE))
		return out->err;
	z->next_out = out->p + out->len;
	z->avail_out = PIECE;
	int r = inflate(z, Z_NO_FLUSH);
	size_t n = PIECE - z->avail_out;
	int rc = sk_job_expand(job, n);
	if (rc)
		return rc;
	out->len += n;
	*ended = r == Z_STREAM_END;
	return *ended || (r == Z_OK && n) ? 0 : SK_EFORMAT;
}

int sk_svg_unpack(struct sk_job *job, struct sk_slice in, struct sk_slice *out)
{
	struct sk_buf buf = SK_BUF(job->limits->output);
	z_stream z = {.next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n};
	bool ended = false;
	int rc = inflateInit2(&z, GZIP) == Z_OK ? 0 : SK_ENOMEM;

	while (rc == 0 && !ended)
		rc = more(job, &z, &buf, &ended);
	if (rc == 0 && z.avail_in)
		sk_job_removed(job, SK_GENERIC_TRAILING, 1, "SVG");
	inflateEnd(&z);
	uint8_t *p = rc ? NULL : sk_arena_dup(job->arena, buf.p, buf.len);
	if (rc == 0 && p == NULL)
		rc = SK_ENOMEM;
	*out = sk_slice(p, p ? buf.len : 0);
	sk_buf_free(&buf);
	return rc;
}
