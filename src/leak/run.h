/* Digits that belong together: groups with hyphens, spaces or cells between them, and the numbers among them. Jailed processes. */
#ifndef SK_LEAK_RUN_H
#define SK_LEAK_RUN_H

#include <stdbool.h>

#include "leak/context.h"
#include "leak/leak.h"

/* What stands before a group; the kinds that may not join a number across them are not in a run at all. */
enum sk_gap { SK_GAP_NONE, SK_GAP_HYPHEN, SK_GAP_SPACE, SK_GAP_CELL, SK_GAP_LINE };

#define SK_GROUP_DIGITS 14 /* more are only counted: no number is that long */

struct sk_group {
	uint8_t gap;
	uint8_t d[SK_GROUP_DIGITS];
	bool fraction; /* of a decimal number */
	uint16_t cell;
	uint32_t n, line, column;
};

struct sk_run {
	struct sk_group *g;
	size_t n, cap;
	uint8_t before[SK_CONTEXT_BEFORE];
	size_t nbefore;
};

/* One number that was seen: its digits without what stood between them. */
struct sk_seen {
	const struct sk_group *at; /* the first group */
	uint8_t d[SK_GROUP_DIGITS];
	unsigned n;
	bool part;   /* it is joined to more digits by a hyphen */
	bool window; /* cut out of a longer row of such groups */
	bool short_; /* zeros in front were put back */
};

/* Call `each` for everything of 12 or 13 digits in the run, and for 9 to 11 digits with zeros put before them. */
int sk_run_each(
    const struct sk_run *run, int (*each)(void *ctx, const struct sk_seen *seen), void *ctx);

#endif
