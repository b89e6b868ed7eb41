/* Compressed RTF ([MS-OXRTFCP]): LZ77 over a window of 4 KiB that begins with usual words. Cleaner's jail. */
#include "format/mail/outlook.h"

#define WINDOW 4096U
#define MAGIC_PACKED 0x75465A4CU
#define MAGIC_STORED 0x414C454DU

/* [MS-OXRTFCP] 2.1.3.1.1 */
static const char first[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    "MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b"
    "\\i\\u\\tab\\tx";

struct window {
	uint8_t bytes[WINDOW];
	size_t at;
};

static void put(struct window *w, uint8_t b, struct sk_buf *out)
{
	w->bytes[w->at++ % WINDOW] = b;
	sk_buf_putc(out, b);
}

/* Four bits of length, twelve of place; the place of the next byte ends the data. */
static bool copy(struct window *w, uint16_t reference, struct sk_buf *out)
{
	size_t from = reference >> 4, n = (reference & 15) + 2U;

	if (from == w->at % WINDOW)
		return false;
	for (size_t i = 0; i < n; i++)
		put(w, w->bytes[(from + i) % WINDOW], out);
	return true;
}

int sk_rtf_unpack(struct sk_slice in, struct sk_buf *out)
{
	struct window w = {.at = sizeof(first) - 1};
	struct sk_reader r = sk_reader(in);

	sk_read_skip(&r, 4);
	uint32_t size = sk_read_u32le(&r), magic = sk_read_u32le(&r);
	sk_read_skip(&r, 4);
	if (r.bad || (magic != MAGIC_PACKED && magic != MAGIC_STORED))
		return SK_EFORMAT;
	if (magic == MAGIC_STORED)
		return sk_buf_put_slice(out, sk_slice_sub(in, 16, size));
	memcpy(w.bytes, first, sizeof(first) - 1);
	for (bool more = true; more && sk_read_left(&r) && out->len < size && !out->err;) {
		uint8_t control = sk_read_u8(&r);
		for (unsigned bit = 0; bit < 8 && more && sk_read_left(&r); bit++) {
			if (control >> bit & 1)
				more = copy(&w, sk_read_u16be(&r), out) && !r.bad;
			else
				put(&w, sk_read_u8(&r), out);
		}
	}
	return out->err;
}
