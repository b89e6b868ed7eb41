/* The text of a page on the wire. Renderer writes, cleaner reads. */
#include "ipc/pagetext.h"

#include <math.h>

#include "base/err.h"
#include "base/utf8.h"

#define LINE_BYTES 24 /* five floats and a length */

static void put_float(struct sk_buf *out, float v)
{
	uint32_t bits;

	memcpy(&bits, &v, sizeof(bits));
	sk_buf_put_u32le(out, bits);
}

/* A finite number, else the reader goes bad. */
static float get_float(struct sk_reader *in)
{
	uint32_t bits = sk_read_u32le(in);
	float v;

	memcpy(&v, &bits, sizeof(v));
	if (!isfinite(v))
		in->bad = true;
	return in->bad ? 0 : v;
}

int sk_page_text_encode(const struct sk_page_text *t, struct sk_buf *out)
{
	put_float(out, t->width);
	put_float(out, t->height);
	sk_buf_put_u32le(out, (uint32_t)t->nlines);
	for (size_t i = 0; i < t->nlines; i++) {
		const struct sk_text_line *l = &t->lines[i];
		put_float(out, l->x);
		put_float(out, l->y);
		put_float(out, l->width);
		put_float(out, l->height);
		put_float(out, l->size);
		sk_buf_put_u32le(out, (uint32_t)l->text.n);
		sk_buf_put_slice(out, l->text);
	}
	return out->err;
}

static void get_line(struct sk_reader *in, struct sk_text_line *l)
{
	l->x = get_float(in);
	l->y = get_float(in);
	l->width = get_float(in);
	l->height = get_float(in);
	l->size = get_float(in);
	l->text = sk_read_slice(in, sk_read_u32le(in));
	if (!sk_utf8_valid(l->text))
		in->bad = true;
}

int sk_page_text_decode(struct sk_arena *a, struct sk_slice bytes, struct sk_page_text *t)
{
	struct sk_reader in = sk_reader(bytes);
	struct sk_page_text got = {.width = get_float(&in), .height = get_float(&in)};

	got.nlines = sk_read_u32le(&in);
	if (in.bad || got.nlines > sk_read_left(&in) / LINE_BYTES)
		return SK_EFORMAT;
	got.lines = sk_arena_array(a, got.nlines, sizeof(*got.lines));
	if (got.lines == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < got.nlines && !in.bad; i++)
		get_line(&in, &got.lines[i]);
	if (!sk_read_at_end(&in))
		return SK_EFORMAT;
	*t = got;
	return 0;
}
