/*
 * The one growing buffer. Each has a ceiling given at its start; passing it, or running out of memory,
 * fails stickily: `err` is set, nothing more is appended, and every later put returns the same error.
 */
#ifndef SK_BASE_BUF_H
#define SK_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

struct sk_buf {
	uint8_t *p;
	size_t len, cap, max;
	int err; /* 0, SK_ENOMEM, or SK_ELIMIT when the ceiling is reached */
};

/* An empty buffer that will never hold more than `max` bytes (max > 0). */
#define SK_BUF(limit) ((struct sk_buf){NULL, 0, 0, (limit), 0})

/* Frees the bytes; the buffer stays usable and empty, its ceiling kept. NULL is fine. */
void sk_buf_free(struct sk_buf *b);

/* Empties the buffer and clears its error, keeping the memory. */
void sk_buf_reset(struct sk_buf *b);

/* Make room for n more bytes. 0 or the sticky error. */
int sk_buf_reserve(struct sk_buf *b, size_t n);

/* Each appends, and returns 0 or the sticky error. */
int sk_buf_put_grown(
    struct sk_buf *b, const void *p, size_t n); /* sk_buf_put() where it does not fit */
int sk_buf_fill(struct sk_buf *b, uint8_t byte, size_t n);
int sk_buf_put_u16le(struct sk_buf *b, uint16_t v);
int sk_buf_put_u32le(struct sk_buf *b, uint32_t v);
int sk_buf_put_u64le(struct sk_buf *b, uint64_t v);
int sk_buf_put_u16be(struct sk_buf *b, uint16_t v);
int sk_buf_put_u32be(struct sk_buf *b, uint32_t v);
int sk_buf_printf(struct sk_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int sk_buf_vprintf(struct sk_buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static inline int sk_buf_put(struct sk_buf *b, const void *p, size_t n)
{
	if (b->err || n > b->cap - b->len)
		return sk_buf_put_grown(b, p, n);
	if (n)
		memcpy(b->p + b->len, p, n);
	b->len += n;
	return 0;
}

static inline int sk_buf_put_slice(struct sk_buf *b, struct sk_slice s)
{
	return sk_buf_put(b, s.p, s.n);
}

static inline int sk_buf_puts(struct sk_buf *b, const char *s)
{
	return sk_buf_put(b, s, strlen(s));
}

static inline int sk_buf_putc(struct sk_buf *b, uint8_t byte)
{
	if (b->len < b->cap && !b->err) {
		b->p[b->len++] = byte;
		return 0;
	}
	return sk_buf_put(b, &byte, 1);
}

/* The content, borrowed until the next put. */
static inline struct sk_slice sk_buf_slice(const struct sk_buf *b)
{
	return (struct sk_slice){b->p, b->len};
}

#endif
