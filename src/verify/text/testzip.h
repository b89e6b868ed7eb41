/* Test helper: a tiny zip writer that can also write what sekisho never would. Included by tests only. */
#ifndef SK_VERIFY_TEXT_TESTZIP_H
#define SK_VERIFY_TEXT_TESTZIP_H

#include <stdlib.h>

#include "base/buf.h"
#include "verify/verify.h"

struct tz_member {
	const char *name;
	struct sk_slice data;   /* as it is to be stored */
	uint16_t method, flags; /* flag 0x0800 is added for names beyond ASCII */
	uint32_t size;          /* unpacked; 0: that of the data */
	uint32_t crc;           /* 0: computed over the data */
};

static inline uint32_t tz_crc(struct sk_slice s)
{
	uint32_t c = ~0U;

	for (size_t i = 0; i < s.n; i++) {
		c ^= s.p[i];
		for (int k = 0; k < 8; k++)
			c = c >> 1 ^ (c & 1 ? 0xEDB88320U : 0);
	}
	return ~c;
}

static inline bool tz_ascii(const char *s)
{
	for (; *s; s++)
		if ((uint8_t)*s >= 0x80)
			return false;
	return true;
}

static inline void tz_common(struct sk_buf *b, const struct tz_member *m)
{
	sk_buf_put_u16le(b, 20);
	sk_buf_put_u16le(b, (uint16_t)(m->flags | (tz_ascii(m->name) ? 0 : 0x800)));
	sk_buf_put_u16le(b, m->method);
	sk_buf_put_u16le(b, 0);
	sk_buf_put_u16le(b, 0x21);
	sk_buf_put_u32le(b, m->crc ? m->crc : tz_crc(m->data));
	sk_buf_put_u32le(b, (uint32_t)m->data.n);
	sk_buf_put_u32le(b, m->size ? m->size : (uint32_t)m->data.n);
	sk_buf_put_u16le(b, (uint16_t)strlen(m->name));
	sk_buf_put_u16le(b, 0);
}

/* Write members[0 … n) to b, which is empty. */
static inline void tz_write(struct sk_buf *b, const struct tz_member *members, size_t n)
{
	uint32_t *at = calloc(n + 1, sizeof(*at));

	for (size_t i = 0; i < n; i++) {
		at[i] = (uint32_t)b->len;
		sk_buf_put_u32le(b, 0x04034b50);
		tz_common(b, &members[i]);
		sk_buf_puts(b, members[i].name);
		sk_buf_put_slice(b, members[i].data);
	}
	uint32_t dir = (uint32_t)b->len;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(members[i].name);
		sk_buf_put_u32le(b, 0x02014b50);
		sk_buf_put_u16le(b, 20);
		tz_common(b, &members[i]);
		sk_buf_fill(b, 0, 6);
		sk_buf_put_u32le(b, len && members[i].name[len - 1] == '/' ? 0x10 : 0);
		sk_buf_put_u32le(b, at[i]);
		sk_buf_puts(b, members[i].name);
	}
	uint32_t end = (uint32_t)b->len;
	sk_buf_put_u32le(b, 0x06054b50);
	sk_buf_put_u32le(b, 0);
	sk_buf_put_u16le(b, (uint16_t)n);
	sk_buf_put_u16le(b, (uint16_t)n);
	sk_buf_put_u32le(b, end - dir);
	sk_buf_put_u32le(b, dir);
	sk_buf_put_u16le(b, 0);
	free(at);
}

/* A check with the limits of a small job; free its arena. */
static inline struct sk_check tz_check(void)
{
	return (struct sk_check){.arena = sk_arena_new((size_t)256 << 20),
	    .inflate_left = (uint64_t)256 << 20,
	    .pixels_left = 1000000};
}

/* One input of a fuzzer: whatever it is, a refusal has a reason. */
static inline void tz_fuzz(int (*check)(struct sk_check *, enum sk_filetype, struct sk_slice),
    enum sk_filetype type, struct sk_slice in)
{
	struct sk_check c = tz_check();

	if (check(&c, type, in) == SK_EFORMAT && c.fault.what[0] == '\0')
		abort();
	sk_arena_free(c.arena);
}

#endif
