/* The LZW of GIF, both ways. Cleaner's jail. GIF89a, Appendix F. */
#include "format/image/lzw.h"

#include <stdlib.h>

#include "base/err.h"

#define CODES 4096
#define HASH_BITS 14

struct decoder {
	uint16_t prefix[CODES], length[CODES];
	uint8_t last[CODES], first[CODES];
	unsigned next, width, clear;
	int previous;
};

static void restart(struct decoder *d, unsigned code_size)
{
	d->clear = 1U << code_size;
	d->next = d->clear + 2;
	d->width = code_size + 1;
	d->previous = -1;
	for (unsigned i = 0; i < d->clear; i++) {
		d->length[i] = 1;
		d->last[i] = d->first[i] = (uint8_t)i;
	}
}

/* Write the string of `code` at out, cut at n. */
static size_t put_string(const struct decoder *d, unsigned code, uint8_t *out, size_t n)
{
	size_t len = d->length[code];

	for (size_t i = len; i > 0; i--) {
		if (i <= n)
			out[i - 1] = d->last[code];
		code = d->prefix[code];
	}
	return len < n ? len : n;
}

/* Enter previous string + one index. */
static void learn(struct decoder *d, unsigned code)
{
	if (d->previous < 0 || d->next >= CODES)
		return;
	unsigned p = (unsigned)d->previous;
	d->prefix[d->next] = (uint16_t)p;
	d->length[d->next] = (uint16_t)(d->length[p] + 1);
	d->first[d->next] = d->first[p];
	d->last[d->next] = code == d->next ? d->first[p] : d->first[code];
	d->next++;
	if (d->next == 1U << d->width && d->width < 12)
		d->width++;
}

static size_t decode(
    struct decoder *d, struct sk_slice in, unsigned code_size, uint8_t *out, size_t n, bool *extra)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t at = 0, got = 0;

	restart(d, code_size);
	for (;;) {
		while (have < d->width && at < in.n) {
			bits |= (uint32_t)in.p[at++] << have;
			have += 8;
		}
		if (have < d->width)
			return got;
		unsigned code = bits & ((1U << d->width) - 1);
		bits >>= d->width;
		have -= d->width;
		if (code == d->clear + 1) {
			*extra = *extra || at < in.n;
			return got;
		}
		if (code == d->clear) {
			restart(d, code_size);
			continue;
		}
		if (code > d->next || (code == d->next && (d->previous < 0 || d->next >= CODES)))
			return got;
		if (got == n) {
			*extra = true;
			return got;
		}
		learn(d, code);
		got += put_string(d, code, out + got, n - got);
		d->previous = (int)code;
	}
}

size_t sk_lzw_decode(struct sk_slice in, unsigned code_size, uint8_t *out, size_t n, bool *extra)
{
	struct decoder *d = calloc(1, sizeof(*d));

	*extra = false;
	if (d == NULL || code_size < 1 || code_size > 11) {
		free(d);
		return 0;
	}
	size_t got = decode(d, in, code_size, out, n, extra);
	free(d);
	return got;
}

struct encoder {
	struct sk_buf *out;
	uint8_t block[255];
	unsigned fill, have, next, width, code_size;
	uint32_t bits;
	uint32_t key[1U << HASH_BITS]; /* prefix << 8 | index, plus 1; 0 is empty */
	uint16_t code[1U << HASH_BITS];
};

static void put_byte(struct encoder *e, uint8_t byte)
{
	e->block[e->fill++] = byte;
	if (e->fill == 255) {
		sk_buf_putc(e->out, 255);
		sk_buf_put(e->out, e->block, 255);
		e->fill = 0;
	}
}

static void put_code(struct encoder *e, unsigned code)
{
	e->bits |= (uint32_t)code << e->have;
	e->have += e->width;
	while (e->have >= 8) {
		put_byte(e, (uint8_t)e->bits);
		e->bits >>= 8;
		e->have -= 8;
	}
}

static void forget(struct encoder *e)
{
	put_code(e, 1U << e->code_size);
	memset(e->key, 0, sizeof(e->key));
	e->next = (1U << e->code_size) + 2;
	e->width = e->code_size + 1;
}

/* The slot of prefix + index: where it is, or where it would be entered. */
static unsigned slot(const struct encoder *e, uint32_t key)
{
	unsigned i = key * 2654435761U >> (32 - HASH_BITS);

	while (e->key[i] && e->key[i] != key)
		i = (i + 1) & ((1U << HASH_BITS) - 1);
	return i;
}

static void encode(struct encoder *e, const uint8_t *in, size_t n)
{
	unsigned prefix = in[0];

	e->width = e->code_size + 1;
	forget(e);
	for (size_t i = 1; i < n; i++) {
		uint32_t key = ((uint32_t)prefix << 8 | in[i]) + 1;
		unsigned s = slot(e, key);
		if (e->key[s]) {
			prefix = e->code[s];
			continue;
		}
		put_code(e, prefix);
		prefix = in[i];
		if (e->next == CODES) {
			forget(e);
			continue;
		}
		e->key[s] = key;
		e->code[s] = (uint16_t)e->next;
		if (e->next == 1U << e->width && e->width < 12)
			e->width++;
		e->next++;
	}
	put_code(e, prefix);
	/* The decoder enters one more string before it reads the end code. */
	if (e->next == 1U << e->width && e->width < 12)
		e->width++;
	put_code(e, (1U << e->code_size) + 1);
	if (e->have)
		put_byte(e, (uint8_t)e->bits);
}

int sk_lzw_encode(const uint8_t *in, size_t n, unsigned code_size, struct sk_buf *out)
{
	struct encoder *e = calloc(1, sizeof(*e));

	if (e == NULL)
		return SK_ENOMEM;
	e->out = out;
	e->code_size = code_size;
	encode(e, in, n);
	if (e->fill) {
		sk_buf_putc(out, (uint8_t)e->fill);
		sk_buf_put(out, e->block, e->fill);
	}
	sk_buf_putc(out, 0);
	free(e);
	return out->err;
}
