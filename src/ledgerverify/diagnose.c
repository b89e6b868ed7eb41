/* How a bundle differs from what was logged: changed, dropped, inserted, in another order. */
#include <stdlib.h>

#include "ledgerverify/folder.h"

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, SK_LV_HASH);
}

/* Whether two runs hold the same hashes in whatever order. */
static bool same_set(const struct sk_lv_hash *a, const struct sk_lv_hash *b, size_t n)
{
	struct sk_lv_hash x[WIDTH], y[WIDTH];

	memcpy(x, a, n * sizeof(*a));
	memcpy(y, b, n * sizeof(*b));
	qsort(x, n, sizeof(x[0]), by_bytes);
	qsort(y, n, sizeof(y[0]), by_bytes);
	return memcmp(x, y, n * sizeof(x[0])) == 0;
}

static size_t common(const struct sk_lv_hash *a, size_t n, const struct sk_lv_hash *b, size_t m)
{
	size_t i = 0;

	while (i < n && i < m && sk_lv_same(&a[i], &b[i]))
		i++;
	return i;
}

static size_t common_end(
    const struct sk_lv_hash *a, size_t n, const struct sk_lv_hash *b, size_t m, size_t begin)
{
	size_t i = 0;

	while (i + begin < n && i + begin < m && sk_lv_same(&a[n - 1 - i], &b[m - 1 - i]))
		i++;
	return i;
}

/* As many as there must be: those that differ are others, or the same ones elsewhere. */
static void diagnose_equal(struct sk_lv_report *r, const char *where, uint64_t first,
    const struct sk_lv_hash *is, const struct sk_lv_hash *must, size_t from, size_t to)
{
	if (to - from > 1 && same_set(is + from, must + from, to - from)) {
		sk_lv_tell_range(r, SK_LV_ENTRY_REORDERED, where, first + from, first + to - 1);
		return;
	}
	for (size_t i = from; i < to; i++)
		if (!sk_lv_same(&is[i], &must[i]))
			sk_lv_tell_at(r, SK_LV_ENTRY_CHANGED, where, first + i);
}

void sk_lv_diagnose(struct sk_lv_report *r, const char *where, uint64_t first,
    const struct sk_lv_hash *is, size_t n, const struct sk_lv_hash *must, size_t m)
{
	size_t begin = common(is, n, must, m), end = common_end(is, n, must, m, begin);

	if (n == m)
		diagnose_equal(r, where, first, is, must, begin, n - end);
	else if (n < m)
		sk_lv_tell_range(r, SK_LV_ENTRY_DROPPED, where, first + begin, first + m - end - 1);
	else
		sk_lv_tell_range(
		    r, SK_LV_ENTRY_INSERTED, where, first + begin, first + n - end - 1);
}
