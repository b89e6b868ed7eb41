/*
 * One arena per job: memory that is freed whole. It has a ceiling; past it, or with no memory left,
 * allocation returns NULL and `sk_arena_failed` stays true.
 */
#ifndef SK_BASE_ARENA_H
#define SK_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct sk_arena;

/* A new arena of at most `max` bytes. NULL when memory is out. Free with sk_arena_free(). */
struct sk_arena *sk_arena_new(size_t max);
void sk_arena_free(struct sk_arena *a);

/* n zeroed bytes, aligned for any type; n = 0 gives a valid pointer. NULL on failure. */
void *sk_arena_alloc(struct sk_arena *a, size_t n);

/* count × size zeroed bytes, overflow checked. */
void *sk_arena_array(struct sk_arena *a, size_t count, size_t size);

/*
 * Grow an array that lives in the arena: returns the array with room for `need` elements, moved when it
 * had to (the old place stays until the arena goes). *cap is its capacity in elements. NULL on failure.
 */
void *sk_arena_grow(struct sk_arena *a, void *old, size_t *cap, size_t need, size_t size);

/* Copies; strings are NUL-terminated. NULL on failure. */
void *sk_arena_dup(struct sk_arena *a, const void *p, size_t n);
char *sk_arena_str(struct sk_arena *a, struct sk_slice s);
char *sk_arena_printf(struct sk_arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

bool sk_arena_failed(const struct sk_arena *a);

#endif
