/* Method flatten: the rebuilt drawing is read again, and drawn (doc/profiles/cad.md, section 7). Cleaner's jail. */
#include "format/cad/draw.h"

#include <math.h>
#include <stdlib.h>

#define MOST 1e15 /* of a number of a drawing */

double sk_cad_real(struct sk_cad_canvas *c, struct sk_slice s)
{
	char text[80];
	size_t n = s.n < sizeof(text) - 1 ? s.n : sizeof(text) - 1;

	memcpy(text, s.p, n);
	text[n] = '\0';
	double v = strtod(text, NULL);
	if (fabs(v) < MOST)
		return v;
	if (c)
		c->odd++;
	return 0;
}

struct sk_slice sk_cad_line(struct sk_slice in, size_t *at)
{
	size_t end = sk_slice_find(in, *at, SK_SLICE_LIT("\n"));
	struct sk_slice line = sk_slice_sub(in, *at, (end == SIZE_MAX ? in.n : end) - *at);

	*at = end == SIZE_MAX ? in.n : end + 1;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

int64_t sk_cad_integer(struct sk_slice s)
{
	double v = sk_cad_real(NULL, s);

	return (int64_t)v;
}

struct sk_slice sk_cad_utf8(struct sk_job *job, enum sk_charset cs, struct sk_slice s)
{
	struct sk_buf text = SK_BUF(SK_LIMIT_OUTPUT);

	sk_cad_decode(cs, s, &text);
	void *copy = text.err ? NULL : sk_arena_dup(job->arena, text.p, text.len);
	struct sk_slice got = sk_slice(copy, copy ? text.len : 0);
	sk_buf_free(&text);
	return got;
}

int sk_cad_flatten(struct sk_cad *c, enum sk_filetype type, struct sk_slice in, struct sk_buf *out)
{
	struct sk_cad_drawing d = {0};
	int rc = type == SK_FT_DXF   ? sk_cad_read_dxf(c, in, &d)
		 : type == SK_FT_SFC ? sk_cad_read_sfc(c, in, &d)
				     : sk_cad_read_p21(c, in, &d);

	return rc ? rc : sk_cad_print(c->job, &d, out);
}
