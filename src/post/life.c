/* When a role is started, given time, given up: life.h. Supervisor. */
#include "post/life.h"

enum sk_life_act sk_life_tick(struct sk_role_life *l, int64_t now)
{
	if (now < l->due)
		return SK_LIFE_NOTHING;
	l->due = INT64_MAX;
	switch (l->state) {
	case SK_LIFE_DOWN:
		return l->unwanted ? SK_LIFE_NOTHING : SK_LIFE_START;
	case SK_LIFE_STARTING:
	case SK_LIFE_STOPPING:
		l->state = SK_LIFE_STOPPING;
		return SK_LIFE_KILL;
	case SK_LIFE_READY:
		break;
	}
	return SK_LIFE_NOTHING;
}

void sk_life_started(struct sk_role_life *l, int64_t now)
{
	l->state = SK_LIFE_STARTING;
	l->due = now + SK_LIFE_START_MS;
}

bool sk_life_ready(struct sk_role_life *l, int64_t now)
{
	if (l->state != SK_LIFE_STARTING)
		return l->state ==
		       SK_LIFE_STOPPING; /* it was on its way when it was asked to end */
	l->state = SK_LIFE_READY;
	l->since = now;
	l->due = INT64_MAX;
	return true;
}

static int64_t back_off(unsigned failures)
{
	int64_t ms = SK_LIFE_BACK_OFF_MS;

	while (failures-- > 1 && ms < SK_LIFE_BACK_OFF_MAX_MS)
		ms *= 2;
	return ms < SK_LIFE_BACK_OFF_MAX_MS ? ms : SK_LIFE_BACK_OFF_MAX_MS;
}

void sk_life_ended(struct sk_role_life *l, int64_t now)
{
	if (l->since && now - l->since >= SK_LIFE_GOOD_MS)
		l->failures = 0;
	l->since = 0;
	l->state = SK_LIFE_DOWN;
	l->failures += l->failures < 1000;
	l->due = l->unwanted ? INT64_MAX : now + back_off(l->failures);
}

void sk_life_stop(struct sk_role_life *l, int64_t now)
{
	l->unwanted = true;
	if (l->state == SK_LIFE_STOPPING)
		return;
	l->due = l->state == SK_LIFE_DOWN ? INT64_MAX : now + SK_LIFE_STOP_MS;
	l->state = l->state == SK_LIFE_DOWN ? SK_LIFE_DOWN : SK_LIFE_STOPPING;
}

void sk_life_again(struct sk_role_life *l, int64_t now)
{
	if (l->state != SK_LIFE_READY || l->unwanted)
		return;
	l->failures = 0;
	l->state = SK_LIFE_STOPPING;
	l->due = now + SK_LIFE_STOP_MS;
}

void sk_life_dropped(struct sk_role_life *l)
{
	if (l->state == SK_LIFE_DOWN)
		return;
	l->state = SK_LIFE_STOPPING;
	l->due = INT64_MAX;
}

void sk_life_hung_up(struct sk_role_life *l, int64_t now)
{
	if (l->state != SK_LIFE_STARTING && l->state != SK_LIFE_READY)
		return;
	l->state = SK_LIFE_STOPPING;
	l->due = now + SK_LIFE_HUNG_UP_MS;
}

bool sk_life_over(const struct sk_role_life *l)
{
	return l->unwanted && l->state == SK_LIFE_DOWN;
}
