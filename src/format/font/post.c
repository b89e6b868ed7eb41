/*
 * Rebuilds post (ISO/IEC 14496-22): only the glyph names, which PDF viewers use to find glyphs of simple
 * fonts. Cleaner's jail.
 */
#include "format/font/internal.h"

#define MAC_NAMES 258

static void write_header(uint32_t version, struct sk_buf *out)
{
	(void)sk_buf_put_u32be(out, version);
	(void)sk_buf_fill(out, 0, 28);
}

/* Pascal strings behind the indices, as many as there are. */
static size_t read_names(struct sk_reader *r, struct sk_slice *v, size_t max)
{
	size_t n = 0;

	while (n < max && sk_read_left(r)) {
		struct sk_slice s = sk_read_slice(r, sk_read_u8(r));
		if (r->bad)
			break;
		v[n++] = s;
	}
	return n;
}

static void put_name(struct sk_buf *out, struct sk_slice name, uint32_t glyph)
{
	char other[16];

	if (!sk_glyph_name_ok(name)) {
		int n = snprintf(other, sizeof(other), ".g%u", (unsigned)glyph);
		name = sk_slice(other, (size_t)n);
	}
	(void)sk_buf_putc(out, (uint8_t)name.n);
	(void)sk_buf_put_slice(out, name);
}

/* Version 2: indices, then names numbered by first use. A name that is not there becomes .notdef. */
static int write_names(struct sk_arena *a, struct sk_slice in, uint32_t nglyphs, struct sk_buf *out)
{
	struct sk_reader r = sk_reader(in);
	struct sk_buf names = SK_BUF(SK_LIMIT_FONT_BYTES);
	struct sk_slice *v = sk_arena_array(a, nglyphs, sizeof(*v));
	uint16_t *number = sk_arena_array(a, nglyphs, sizeof(*number)), used = 0;

	sk_read_seek(&r, 34);
	struct sk_slice index = sk_read_slice(&r, (size_t)nglyphs * 2);
	if (v == NULL || number == NULL)
		return SK_ENOMEM;
	size_t n = read_names(&r, v, nglyphs);
	write_header(0x00020000, out);
	(void)sk_buf_put_u16be(out, (uint16_t)nglyphs);
	for (uint32_t g = 0; g < nglyphs; g++) {
		uint32_t i = (uint32_t)index.p[(size_t)g * 2] << 8 | index.p[(size_t)g * 2 + 1];
		if (i >= MAC_NAMES && (i - MAC_NAMES >= n || used > UINT16_MAX - MAC_NAMES - 1)) {
			i = 0;
		} else if (i >= MAC_NAMES) {
			uint16_t *to = &number[i - MAC_NAMES];
			if (*to == 0) {
				*to = ++used;
				put_name(&names, v[i - MAC_NAMES], g);
			}
			i = MAC_NAMES + *to - 1U;
		}
		(void)sk_buf_put_u16be(out, (uint16_t)i);
	}
	(void)sk_buf_put_slice(out, sk_buf_slice(&names));
	int err = names.err ? names.err : out->err;
	sk_buf_free(&names);
	return err;
}

int sk_post_rebuild(
    struct sk_arena *arena, struct sk_slice in, uint32_t nglyphs, struct sk_buf *out)
{
	struct sk_reader r = sk_reader(in);
	uint32_t version = sk_read_u32be(&r);

	sk_read_seek(&r, 32);
	if (version == 0x00010000 && nglyphs == MAC_NAMES && !r.bad) {
		write_header(version, out);
		return out->err;
	}
	uint32_t count = sk_read_u16be(&r);
	if (version == 0x00020000 && count == nglyphs && sk_read_left(&r) >= (size_t)count * 2)
		return write_names(arena, in, nglyphs, out);
	write_header(0x00030000, out);
	return out->err;
}
