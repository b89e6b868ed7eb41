/* Buckets of asks: limit.h. */
#include "portal/limit.h"

#include <stdlib.h>
#include <string.h>

#define SETS 1024
#define WAYS 8

struct bucket {
	uint8_t key[SK_LIMIT_KEY];
	bool there;
	int64_t at;     /* when it held `milli` */
	uint64_t milli; /* thousandths of an ask that are left */
	struct sk_rate rate;
};

struct sk_limits {
	uint64_t seed;
	struct bucket set[SETS][WAYS];
};

struct sk_limits *sk_limits_new(uint64_t seed)
{
	struct sk_limits *l = calloc(1, sizeof(*l));

	if (l)
		l->seed = seed;
	return l;
}

void sk_limits_free(struct sk_limits *l)
{
	free(l);
}

/* FNV-1a, begun with the seed: only where buckets lie hangs on it. */
static size_t set_of(const struct sk_limits *l, const uint8_t key[SK_LIMIT_KEY])
{
	uint64_t h = UINT64_C(14695981039346656037) ^ l->seed;

	for (size_t i = 0; i < SK_LIMIT_KEY; i++)
		h = (h ^ key[i]) * UINT64_C(1099511628211);
	return (size_t)(h >> 32) % SETS;
}

static uint64_t left(const struct bucket *b, int64_t now)
{
	uint64_t most = (uint64_t)b->rate.burst * 1000;
	uint64_t ms = now > b->at ? (uint64_t)(now - b->at) : 0;

	if (b->rate.second == 0 || ms < (most - b->milli) / b->rate.second)
		return b->milli + ms * b->rate.second;
	return most;
}

static struct bucket *find(const struct sk_limits *l, const uint8_t key[SK_LIMIT_KEY])
{
	const struct bucket *set = l->set[set_of(l, key)];

	for (size_t i = 0; i < WAYS; i++)
		if (set[i].there && memcmp(set[i].key, key, SK_LIMIT_KEY) == 0)
			return (struct bucket *)(uintptr_t)&set[i];
	return NULL;
}

/* An empty place, or that of the bucket which has used least of what it may. */
static struct bucket *place(struct sk_limits *l, const uint8_t key[SK_LIMIT_KEY], int64_t now)
{
	struct bucket *set = l->set[set_of(l, key)], *best = &set[0];
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i < WAYS; i++) {
		if (!set[i].there)
			return &set[i];
		uint64_t used = (uint64_t)set[i].rate.burst * 1000 - left(&set[i], now);
		if (used < least) {
			least = used;
			best = &set[i];
		}
	}
	return best;
}

bool sk_limits_take(
    struct sk_limits *l, const uint8_t key[SK_LIMIT_KEY], struct sk_rate rate, int64_t now)
{
	struct bucket *b = find(l, key);

	if (b == NULL) {
		b = place(l, key, now);
		*b = (struct bucket){
		    .there = true, .at = now, .milli = (uint64_t)rate.burst * 1000, .rate = rate};
		memcpy(b->key, key, SK_LIMIT_KEY);
	}
	b->milli = left(b, now);
	b->at = now;
	if (b->milli < 1000)
		return false;
	b->milli -= 1000;
	return true;
}

bool sk_limits_knows(const struct sk_limits *l, const uint8_t key[SK_LIMIT_KEY])
{
	return find(l, key) != NULL;
}

unsigned sk_limits_wait(struct sk_rate rate)
{
	return rate.second ? (rate.second + 999) / rate.second / 1000 + 1 : 60;
}

void sk_limit_address(const uint8_t address[16], uint8_t key[SK_LIMIT_KEY])
{
	static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
	bool v4 = memcmp(address, mapped, sizeof(mapped)) == 0;

	memset(key, 0, SK_LIMIT_KEY);
	memcpy(key, address, v4 ? 16 : 8);
}
