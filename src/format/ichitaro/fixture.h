/* Documents of 一太郎 for tests and fuzzers, made from what is known of the format. */
#ifndef SK_FORMAT_ICHITARO_FIXTURE_H
#define SK_FORMAT_ICHITARO_FIXTURE_H

#include "format/ichitaro/ichitaro.h"

/* "TextV.01", units (UTF-16BE), one run of formatting, as a store with its blocks in reverse. */
static inline void fx_text(struct sk_slice units, struct sk_buf *out)
{
	struct sk_buf s = SK_BUF(1 << 20);
	uint32_t blocks;

	sk_buf_puts(&s, "TextV.01");
	sk_buf_put_u32be(&s, (uint32_t)(units.n / 2));
	sk_buf_put_slice(&s, units);
	sk_buf_putc(&s, 0);
	sk_buf_put_u32be(&s, (uint32_t)(units.n / 2));
	sk_buf_putc(&s, 0xFF);
	blocks = (uint32_t)((s.len + 255) / 256);
	sk_buf_puts(out, "SsmgV.01");
	sk_buf_put_u32be(out, 1);
	sk_buf_put_u32be(out, 256);
	sk_buf_put_u32be(out, blocks);
	for (uint32_t i = blocks; i-- > 0;) {
		struct sk_slice part = sk_slice_sub(sk_buf_slice(&s), (size_t)i * 256, 256);
		sk_buf_put_slice(out, part);
		sk_buf_fill(out, 'Z', 256 - part.n);
	}
	sk_buf_put_u32be(out, 0);
	sk_buf_put_u32be(out, 0);
	sk_buf_put_u32be(out, (uint32_t)s.len);
	sk_buf_put_u32be(out, blocks);
	sk_buf_put_u32be(out, blocks);
	for (uint32_t i = blocks; i-- > 0;)
		sk_buf_put_u32be(out, i);
	sk_buf_put_u32be(out, 0);
	sk_buf_free(&s);
}

/* The list of the children of one storage: header of 144 bytes, entries of 96. */
static inline void fx_segments(
    const struct sk_cfb_node *nodes, uint32_t n, uint32_t parent, struct sk_buf *out)
{
	uint16_t count = 0;

	for (uint32_t i = 1; i < n; i++)
		count += nodes[i].parent == parent;
	sk_buf_put(out, "VDA_DOC", 8);
	sk_buf_fill(out, 0, 6);
	sk_buf_put_u16le(out, 0x90);
	sk_buf_put_u16le(out, 0x60);
	sk_buf_put_u16le(out, count);
	sk_buf_fill(out, 0, 0x90 - 20);
	for (uint32_t i = 1; i < n; i++) {
		if (nodes[i].parent != parent)
			continue;
		for (size_t k = 0; k < 32; k++)
			sk_buf_put_u16le(
			    out, k < strlen(nodes[i].name) ? (uint8_t)nodes[i].name[k] : 0);
		sk_buf_put_u32le(out, 0);
		sk_buf_put_u32le(out, (uint32_t)nodes[i].data.n);
		sk_buf_put_u32le(out, !nodes[i].storage);
		sk_buf_fill(out, 0, 20);
	}
}

struct fx_bits {
	struct sk_buf *out;
	unsigned n, byte;
};

static inline void fx_bits_put(struct fx_bits *b, unsigned v, unsigned n)
{
	while (n-- > 0) {
		b->byte = b->byte << 1 | (v >> n & 1);
		if (++b->n == 8) {
			sk_buf_putc(b->out, (uint8_t)b->byte);
			b->n = b->byte = 0;
		}
	}
}

/* -lh5- data of one block a byte, each with a code of that byte alone. */
static inline void fx_lh5(struct sk_slice in, struct sk_buf *out)
{
	struct fx_bits b = {.out = out};

	for (size_t i = 0; i < in.n; i++) {
		fx_bits_put(&b, 1, 16);
		fx_bits_put(&b, 0, 5 + 5 + 9);
		fx_bits_put(&b, in.p[i], 9);
		fx_bits_put(&b, 0, 4 + 4);
	}
	fx_bits_put(&b, 0, 7);
}

/* \JSCompDocument around a document; `size` is what it claims to unpack to. */
static inline void fx_packed(struct sk_slice in, uint32_t size, struct sk_buf *out)
{
	struct sk_buf packed = SK_BUF((size_t)64 << 20);

	fx_lh5(in, &packed);
	sk_buf_put_u16le(out, 38);
	sk_buf_puts(out, "JustCompressedDocument");
	sk_buf_fill(out, 0, 14);
	sk_buf_putc(out, 22);
	sk_buf_putc(out, 0);
	sk_buf_puts(out, "-lh5-");
	sk_buf_put_u32le(out, (uint32_t)packed.len);
	sk_buf_put_u32le(out, size);
	sk_buf_fill(out, 0, 4);
	sk_buf_putc(out, 0x20);
	sk_buf_fill(out, 0, 4);
	sk_buf_put_slice(out, sk_buf_slice(&packed));
	sk_buf_free(&packed);
}

#endif
