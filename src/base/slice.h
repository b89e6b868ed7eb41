/*
 * A borrowed run of bytes and the one bounded reader for it. Format code never does pointer
 * arithmetic on input: it reads through here. A read past the end fails stickily: it returns 0 (or an
 * empty slice), sets `bad`, and every later read fails too, so a caller may check once at the end.
 */
#ifndef SK_BASE_SLICE_H
#define SK_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct sk_slice {
	const uint8_t *p;
	size_t n;
};

#define SK_SLICE_LIT(s) ((struct sk_slice){(const uint8_t *)(s), sizeof(s) - 1})

static inline struct sk_slice sk_slice(const void *p, size_t n)
{
	return (struct sk_slice){p, n};
}

static inline struct sk_slice sk_slice_str(const char *s)
{
	return (struct sk_slice){(const uint8_t *)s, strlen(s)};
}

/* The part of s from `at`, at most `n` bytes; empty when `at` is past the end. */
static inline struct sk_slice sk_slice_sub(struct sk_slice s, size_t at, size_t n)
{
	if (at >= s.n)
		return (struct sk_slice){s.p + s.n, 0};
	return (struct sk_slice){s.p + at, n < s.n - at ? n : s.n - at};
}

static inline bool sk_slice_eq(struct sk_slice a, struct sk_slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool sk_slice_is(struct sk_slice s, const char *str)
{
	return sk_slice_eq(s, sk_slice_str(str));
}

static inline bool sk_slice_starts(struct sk_slice s, struct sk_slice head)
{
	return s.n >= head.n && (head.n == 0 || memcmp(s.p, head.p, head.n) == 0);
}

/* Offset of the first `needle` at or after `from`, or SIZE_MAX. */
size_t sk_slice_find(struct sk_slice s, size_t from, struct sk_slice needle);

/* Offset of the last `needle` that ends at or before `end`, or SIZE_MAX. */
size_t sk_slice_rfind(struct sk_slice s, size_t end, struct sk_slice needle);

struct sk_reader {
	struct sk_slice s;
	size_t pos;
	bool bad;
};

static inline struct sk_reader sk_reader(struct sk_slice s)
{
	return (struct sk_reader){s, 0, false};
}

static inline size_t sk_read_left(const struct sk_reader *r)
{
	return r->bad ? 0 : r->s.n - r->pos;
}

static inline bool sk_read_at_end(const struct sk_reader *r)
{
	return !r->bad && r->pos == r->s.n;
}

/* The next n bytes, borrowed from the input. */
static inline struct sk_slice sk_read_slice(struct sk_reader *r, size_t n)
{
	if (r->bad || n > r->s.n - r->pos) {
		r->bad = true;
		return (struct sk_slice){r->s.p, 0};
	}
	r->pos += n;
	return (struct sk_slice){r->s.p + r->pos - n, n};
}

static inline void sk_read_skip(struct sk_reader *r, size_t n)
{
	(void)sk_read_slice(r, n);
}

/* Move to an absolute position; past the end is a failure, the end itself is not. */
static inline void sk_read_seek(struct sk_reader *r, size_t pos)
{
	if (r->bad || pos > r->s.n)
		r->bad = true;
	else
		r->pos = pos;
}

static inline uint8_t sk_read_u8(struct sk_reader *r)
{
	if (r->bad || r->pos >= r->s.n) {
		r->bad = true;
		return 0;
	}
	return r->s.p[r->pos++];
}

/* The byte `ahead` of the position without moving, or -1 when there is none. */
static inline int sk_read_peek(const struct sk_reader *r, size_t ahead)
{
	return r->bad || ahead >= r->s.n - r->pos ? -1 : r->s.p[r->pos + ahead];
}

static inline uint16_t sk_read_u16le(struct sk_reader *r)
{
	struct sk_slice b = sk_read_slice(r, 2);
	return b.n ? (uint16_t)(b.p[0] | b.p[1] << 8) : 0;
}

static inline uint16_t sk_read_u16be(struct sk_reader *r)
{
	struct sk_slice b = sk_read_slice(r, 2);
	return b.n ? (uint16_t)(b.p[0] << 8 | b.p[1]) : 0;
}

static inline uint32_t sk_read_u24be(struct sk_reader *r)
{
	struct sk_slice b = sk_read_slice(r, 3);
	return b.n ? (uint32_t)b.p[0] << 16 | (uint32_t)b.p[1] << 8 | b.p[2] : 0;
}

static inline uint32_t sk_read_u24le(struct sk_reader *r)
{
	struct sk_slice b = sk_read_slice(r, 3);
	return b.n ? (uint32_t)b.p[2] << 16 | (uint32_t)b.p[1] << 8 | b.p[0] : 0;
}

static inline uint32_t sk_read_u32le(struct sk_reader *r)
{
	struct sk_slice b = sk_read_slice(r, 4);
	return b.n ? (uint32_t)b.p[3] << 24 | (uint32_t)b.p[2] << 16 | (uint32_t)b.p[1] << 8 |
			 b.p[0]
		   : 0;
}

static inline uint32_t sk_read_u32be(struct sk_reader *r)
{
	struct sk_slice b = sk_read_slice(r, 4);
	return b.n ? (uint32_t)b.p[0] << 24 | (uint32_t)b.p[1] << 16 | (uint32_t)b.p[2] << 8 |
			 b.p[3]
		   : 0;
}

static inline uint64_t sk_read_u64le(struct sk_reader *r)
{
	uint64_t lo = sk_read_u32le(r);
	uint64_t hi = sk_read_u32le(r);
	return r->bad ? 0 : hi << 32 | lo;
}

static inline uint64_t sk_read_u64be(struct sk_reader *r)
{
	uint64_t hi = sk_read_u32be(r);
	uint64_t lo = sk_read_u32be(r);
	return r->bad ? 0 : hi << 32 | lo;
}

#endif
