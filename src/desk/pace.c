/* How fast another post may go on: pace.h. The gate. */
#include "desk/pace.h"

static void fill(struct sk_pace *p, int64_t now)
{
	if (now <= p->at)
		return;
	int64_t most = SK_PACE_BURST - p->left, ms = now - p->at;

	p->left += ms > most * 1000 / SK_PACE_RATE ? most : ms * SK_PACE_RATE / 1000;
	p->at = now;
}

void sk_pace_begin(struct sk_pace *p, int64_t now)
{
	*p = (struct sk_pace){.left = SK_PACE_BURST, .at = now};
}

void sk_pace_spend(struct sk_pace *p, int64_t cost, int64_t now)
{
	fill(p, now);
	p->left -= cost;
}

int64_t sk_pace_due(struct sk_pace *p, int64_t now)
{
	fill(p, now);
	return p->left >= 0 ? now : now + (-p->left * 1000 + SK_PACE_RATE - 1) / SK_PACE_RATE;
}
