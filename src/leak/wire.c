/* Findings on the wire: wire.h. */
#include "leak/wire.h"

#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"

#define WIRE_VERSION 2

static void put_one(const struct sk_placed *p, struct sk_buf *out)
{
	size_t n = strlen(p->where);

	sk_buf_putc(out, p->f.kind);
	sk_buf_putc(out, p->f.trust);
	sk_buf_put_u16le(out, p->f.cell);
	sk_buf_put_u32le(out, p->f.line);
	sk_buf_put_u32le(out, p->f.column);
	sk_buf_put_u32le(out, p->f.word);
	sk_buf_put(out, p->f.hash, sizeof(p->f.hash));
	n = n < SK_LEAK_WHERE ? n : SK_LEAK_WHERE - 1;
	sk_buf_put_u16le(out, (uint16_t)n);
	sk_buf_put(out, p->where, n);
}

int sk_content_encode(const struct sk_content *c, struct sk_buf *out)
{
	sk_buf_putc(out, WIRE_VERSION);
	for (int kind = 0; kind < SK_FIND_KINDS; kind++)
		for (int trust = 0; trust < SK_TRUSTS; trust++)
			sk_buf_put_u32le(out, c->count[kind][trust]);
	for (int i = 0; i < SK_UNREADS; i++)
		sk_buf_put_u32le(out, c->unread[i]);
	sk_buf_put_u32le(out, c->read);
	sk_buf_putc(out, c->ocr);
	sk_buf_put_u32le(out, (uint32_t)c->n);
	for (size_t i = 0; i < c->n; i++)
		put_one(&c->v[i], out);
	return out->err;
}

static int get_one(struct sk_arena *arena, struct sk_reader *r, struct sk_placed *p)
{
	char where[SK_LEAK_WHERE];
	struct sk_slice hash, text;

	p->f.kind = sk_read_u8(r);
	p->f.trust = sk_read_u8(r);
	p->f.cell = sk_read_u16le(r);
	p->f.line = sk_read_u32le(r);
	p->f.column = sk_read_u32le(r);
	p->f.word = sk_read_u32le(r);
	hash = sk_read_slice(r, sizeof(p->f.hash));
	text = sk_read_slice(r, sk_read_u16le(r));
	if (r->bad || text.n >= SK_LEAK_WHERE || p->f.kind >= SK_FIND_KINDS ||
	    p->f.trust >= SK_TRUSTS)
		return SK_EFORMAT;
	memcpy(p->f.hash, hash.p, sizeof(p->f.hash));
	sk_utf8_display(where, sizeof(where), text);
	p->where = sk_arena_str(arena, sk_slice_str(where));
	return p->where ? 0 : SK_ENOMEM;
}

int sk_content_decode(struct sk_arena *arena, struct sk_slice in, struct sk_content *c)
{
	struct sk_reader r = sk_reader(in);
	struct sk_content got = {0};
	uint8_t ocr;
	int status = sk_read_u8(&r) == WIRE_VERSION ? 0 : SK_EFORMAT;

	for (int kind = 0; kind < SK_FIND_KINDS; kind++)
		for (int trust = 0; trust < SK_TRUSTS; trust++)
			got.count[kind][trust] = sk_read_u32le(&r);
	for (int i = 0; i < SK_UNREADS; i++)
		got.unread[i] = sk_read_u32le(&r);
	got.read = sk_read_u32le(&r);
	ocr = sk_read_u8(&r);
	got.ocr = ocr == 1;
	got.n = sk_read_u32le(&r);
	if (status || r.bad || ocr > 1 || got.n > SK_LIMIT_FINDINGS)
		return SK_EFORMAT;
	got.v = sk_arena_array(arena, got.n, sizeof(*got.v));
	if (got.v == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; !status && i < got.n; i++)
		status = get_one(arena, &r, &got.v[i]);
	if (!status && !sk_read_at_end(&r))
		status = SK_EFORMAT;
	if (!status)
		*c = got;
	return status;
}
