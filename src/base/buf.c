/* The growing buffer. Runs in every process. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"

void sk_buf_free(struct sk_buf *b)
{
	if (b == NULL)
		return;
	free(b->p);
	*b = SK_BUF(b->max);
}

void sk_buf_reset(struct sk_buf *b)
{
	b->len = 0;
	b->err = 0;
}

static int grow(struct sk_buf *b, size_t need)
{
	size_t cap = b->cap < 128 ? 256 : b->cap;

	while (cap < need)
		cap += cap < (16U << 20) ? cap : cap / 4;
	if (cap > b->max)
		cap = b->max;
	uint8_t *p = realloc(b->p, cap);
	if (p == NULL)
		return b->err = SK_ENOMEM;
	b->p = p;
	b->cap = cap;
	return 0;
}

int sk_buf_reserve(struct sk_buf *b, size_t n)
{
	if (b->err)
		return b->err;
	if (n <= b->cap - b->len)
		return 0;
	if (n > b->max - b->len)
		return b->err = SK_ELIMIT;
	return grow(b, b->len + n);
}

int sk_buf_put_grown(struct sk_buf *b, const void *p, size_t n)
{
	if (sk_buf_reserve(b, n))
		return b->err;
	memcpy(b->p + b->len, p, n);
	b->len += n;
	return 0;
}

int sk_buf_fill(struct sk_buf *b, uint8_t byte, size_t n)
{
	if (sk_buf_reserve(b, n))
		return b->err;
	if (n)
		memset(b->p + b->len, byte, n);
	b->len += n;
	return 0;
}

int sk_buf_put_u16le(struct sk_buf *b, uint16_t v)
{
	return sk_buf_put(b, (uint8_t[]){(uint8_t)v, (uint8_t)(v >> 8)}, 2);
}

int sk_buf_put_u32le(struct sk_buf *b, uint32_t v)
{
	uint8_t w[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};
	return sk_buf_put(b, w, 4);
}

int sk_buf_put_u64le(struct sk_buf *b, uint64_t v)
{
	sk_buf_put_u32le(b, (uint32_t)v);
	return sk_buf_put_u32le(b, (uint32_t)(v >> 32));
}

int sk_buf_put_u16be(struct sk_buf *b, uint16_t v)
{
	return sk_buf_put(b, (uint8_t[]){(uint8_t)(v >> 8), (uint8_t)v}, 2);
}

int sk_buf_put_u32be(struct sk_buf *b, uint32_t v)
{
	uint8_t w[4] = {(uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v};
	return sk_buf_put(b, w, 4);
}

int sk_buf_vprintf(struct sk_buf *b, const char *fmt, va_list ap)
{
	char small[256];
	va_list again;

	if (b->err)
		return b->err;
	va_copy(again, ap);
	int n = vsnprintf(small, sizeof(small), fmt, ap);
	if (n >= 0 && (size_t)n < sizeof(small)) {
		sk_buf_put(b, small, (size_t)n);
	} else if (n >= 0 && sk_buf_reserve(b, (size_t)n + 1) == 0) {
		vsnprintf((char *)b->p + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	} else if (n < 0) {
		b->err = SK_EINTERNAL;
	}
	va_end(again);
	return b->err;
}

int sk_buf_printf(struct sk_buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int rc = sk_buf_vprintf(b, fmt, ap);
	va_end(ap);
	return rc;
}
