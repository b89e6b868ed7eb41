/* Searching in a slice. Runs in every process. */
#include "base/slice.h"

size_t sk_slice_find(struct sk_slice s, size_t from, struct sk_slice needle)
{
	if (from > s.n || needle.n == 0 || needle.n > s.n - from)
		return SIZE_MAX;
	const uint8_t *hit = memmem(s.p + from, s.n - from, needle.p, needle.n);
	return hit ? (size_t)(hit - s.p) : SIZE_MAX;
}

size_t sk_slice_rfind(struct sk_slice s, size_t end, struct sk_slice needle)
{
	if (end > s.n)
		end = s.n;
	if (needle.n == 0 || needle.n > end)
		return SIZE_MAX;
	for (size_t left = end - needle.n + 1; left;) {
		const uint8_t *p = memrchr(s.p, needle.p[0], left);
		if (p == NULL)
			break;
		left = (size_t)(p - s.p);
		if (memcmp(p, needle.p, needle.n) == 0)
			return left;
	}
	return SIZE_MAX;
}
