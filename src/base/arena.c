/* The job arena: a list of blocks, the newest served first. Runs in every process. */
#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK_SIZE (64U << 10) /* most documents need a few; large requests get their own */
#define ALIGNMENT alignof(max_align_t)

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) uint8_t data[];
};

struct sk_arena {
	struct block *blocks;
	size_t max, used;
	bool failed;
};

struct sk_arena *sk_arena_new(size_t max)
{
	struct sk_arena *a = calloc(1, sizeof(*a));
	if (a)
		a->max = max;
	return a;
}

void sk_arena_free(struct sk_arena *a)
{
	if (a == NULL)
		return;
	for (struct block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	free(a);
}

/* A block for n bytes; a large one goes behind the first so that the small one keeps serving. */
static struct block *add_block(struct sk_arena *a, size_t n)
{
	size_t size = n > BLOCK_SIZE / 4 ? n : BLOCK_SIZE;
	struct block *b = calloc(1, sizeof(*b) + size);

	if (b == NULL)
		return NULL;
	b->size = size;
	if (size != BLOCK_SIZE && a->blocks) {
		b->next = a->blocks->next;
		a->blocks->next = b;
	} else {
		b->next = a->blocks;
		a->blocks = b;
	}
	return b;
}

void *sk_arena_alloc(struct sk_arena *a, size_t n)
{
	if (n > a->max || a->used > a->max - n) {
		a->failed = true;
		return NULL;
	}
	n = n ? (n + ALIGNMENT - 1) & ~(ALIGNMENT - 1) : ALIGNMENT;
	struct block *b = a->blocks;
	if (b == NULL || n > b->size - b->used)
		b = add_block(a, n);
	if (b == NULL) {
		a->failed = true;
		return NULL;
	}
	void *p = b->data + b->used;
	b->used += n;
	a->used += n;
	return p;
}

void *sk_arena_array(struct sk_arena *a, size_t count, size_t size)
{
	size_t n;

	if (__builtin_mul_overflow(count, size, &n)) {
		a->failed = true;
		return NULL;
	}
	return sk_arena_alloc(a, n);
}

void *sk_arena_grow(struct sk_arena *a, void *old, size_t *cap, size_t need, size_t size)
{
	if (need <= *cap && old)
		return old;
	size_t more = *cap < 8 ? 8 : *cap * 2;
	if (more < need)
		more = need;
	void *p = sk_arena_array(a, more, size);
	if (p == NULL)
		return NULL;
	if (*cap && old)
		memcpy(p, old, *cap * size);
	*cap = more;
	return p;
}

void *sk_arena_dup(struct sk_arena *a, const void *p, size_t n)
{
	void *copy = sk_arena_alloc(a, n);
	if (copy && n)
		memcpy(copy, p, n);
	return copy;
}

char *sk_arena_str(struct sk_arena *a, struct sk_slice s)
{
	if (s.n == SIZE_MAX) {
		a->failed = true;
		return NULL;
	}
	char *copy = sk_arena_alloc(a, s.n + 1);
	if (copy && s.n)
		memcpy(copy, s.p, s.n);
	return copy;
}

char *sk_arena_printf(struct sk_arena *a, const char *fmt, ...)
{
	va_list ap, again;

	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	char *s = n < 0 ? NULL : sk_arena_alloc(a, (size_t)n + 1);
	if (s)
		vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return s;
}

bool sk_arena_failed(const struct sk_arena *a)
{
	return a->failed;
}
