/* Limits in proportion to the input. Runs in every process. */
#include "base/limits.h"

/* floor + n × ratio, at most max, without overflow. */
static size_t scaled(size_t floor, size_t n, size_t ratio, size_t max)
{
	size_t v;

	if (__builtin_mul_overflow(n, ratio, &v) || __builtin_add_overflow(v, floor, &v) || v > max)
		return max;
	return v;
}

struct sk_limits sk_limits_for(size_t input)
{
	size_t ms = scaled(
	    SK_LIMIT_TIME_FLOOR_MS, input >> 20, SK_LIMIT_TIME_PER_MIB_MS, SK_LIMIT_TIME_MAX_MS);

	return (struct sk_limits){
	    .input = SK_LIMIT_INPUT,
	    .output = scaled(SK_LIMIT_OUTPUT_FLOOR, input, SK_LIMIT_OUTPUT_RATIO, SK_LIMIT_OUTPUT),
	    .expand =
		scaled(SK_LIMIT_EXPAND_FLOOR, input, SK_LIMIT_EXPAND_RATIO, SK_LIMIT_EXPAND_TOTAL),
	    .memory =
		scaled(SK_LIMIT_MEMORY_FLOOR, input, SK_LIMIT_MEMORY_RATIO, SK_LIMIT_MEMORY_MAX),
	    .time_ms = (uint32_t)ms,
	    .cpu_s = (uint32_t)(ms / 1000 + 1),
	    .pixels = SK_LIMIT_PIXELS,
	    .pixels_total = SK_LIMIT_PIXELS_TOTAL,
	    .members = SK_LIMIT_MEMBERS,
	    .nesting = SK_LIMIT_NESTING,
	    .pages = SK_LIMIT_PAGES,
	};
}
