/* The table of states and its reading: state.h. The gate. */
#include "gate/state.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

#define BY(actor) (1U << SK_BY_##actor)

static const struct {
	const char *word;
	enum sk_owner owner;
} states[] = {
#define SK_STATE(name, word, owner) {word, SK_OWNER_##owner},
#include "gate/state.def"
#undef SK_STATE
};

static const char *const events[] = {
#define SK_EVENT(name, word) word,
#include "gate/state.def"
#undef SK_EVENT
};

static const struct {
	const char *word;
	unsigned actors;
} reasons[] = {
#define SK_HELD(name, word, actors) {word, actors},
#include "gate/state.def"
#undef SK_HELD
};

/* A move that nobody may make is not there. */
struct move {
	uint8_t next;
	uint8_t actors;
};

static const struct move transfers[SK_AT_COUNT][SK_DO_COUNT] = {
#define SK_MOVE(state, event, next, actors) [SK_AT_##state][SK_DO_##event] = {SK_AT_##next, actors},
#include "gate/state.def"
#undef SK_MOVE
};

static const struct move originals[SK_AT_COUNT][SK_DO_COUNT] = {
#define SK_ORIGINAL(state, event, next, actors) \
	[SK_AT_##state][SK_DO_##event] = {SK_AT_##next, actors},
#include "gate/state.def"
#undef SK_ORIGINAL
};

static const struct move told[SK_AT_COUNT][SK_DO_COUNT] = {
#define SK_TOLD(state, event, next) [SK_AT_##state][SK_DO_##event] = {SK_AT_##next, BY(LINK)},
#include "gate/state.def"
#undef SK_TOLD
};

static const struct move waits[SK_AT_COUNT][SK_DO_COUNT] = {
#define SK_WAITS(state, event, next) [SK_AT_##state][SK_DO_##event] = {SK_AT_##next, BY(LINK)},
#include "gate/state.def"
#undef SK_WAITS
};

/* The move of a table, or NULL. */
static const struct move *look_up(const struct move table[SK_AT_COUNT][SK_DO_COUNT], unsigned state,
    unsigned event, unsigned actor)
{
	const struct move *m;

	if (state >= SK_AT_COUNT || event >= SK_DO_COUNT || actor >= SK_BY_COUNT)
		return NULL;
	m = &table[state][event];
	return m->actors & 1U << actor ? m : NULL;
}

static int hold(struct sk_life from, enum sk_held why, struct sk_life *next)
{
	bool unclean = from.state == SK_AT_RECEIVED || from.state == SK_AT_CLEANING;

	if ((unsigned)why >= SK_HELD_COUNT || (unclean && reasons[why].actors))
		return SK_EREFUSED;
	*next = (struct sk_life){SK_AT_HELD, from.holds | 1U << why};
	return 0;
}

static int lift(struct sk_life from, struct sk_happening what, struct sk_life *next)
{
	uint32_t bit;

	if ((unsigned)what.held >= SK_HELD_COUNT || !(reasons[what.held].actors & 1U << what.actor))
		return SK_EREFUSED;
	bit = 1U << what.held;
	if (!(from.holds & bit))
		return SK_EREFUSED;
	from.holds &= ~bit;
	from.state = from.holds ? SK_AT_HELD : SK_AT_APPROVED;
	*next = from;
	return 0;
}

int sk_transfer_move(struct sk_life from, struct sk_happening what, struct sk_life *next)
{
	const struct move *m = look_up(transfers, from.state, what.event, what.actor);

	if (m == NULL || (from.holds != 0) != (from.state == SK_AT_HELD))
		return SK_EREFUSED;
	if (what.event == SK_DO_HOLD)
		return hold(from, what.held, next);
	if (what.event == SK_DO_LIFT)
		return lift(from, what, next);
	if (what.event == SK_DO_PASSWORD && !(from.holds & 1U << SK_HELD_PASSWORD))
		return SK_EREFUSED;
	/* other reasons than want of room are for somebody to decide */
	if (from.state == SK_AT_HELD && what.event == SK_DO_CLEAN &&
	    from.holds != 1U << SK_HELD_SPACE)
		return SK_EREFUSED;
	*next = (struct sk_life){m->next, 0};
	return 0;
}

int sk_original_move(enum sk_transfer_state from, enum sk_transfer_event event, enum sk_actor actor,
    enum sk_transfer_state *next)
{
	const struct move *m = look_up(originals, from, event, actor);

	if (m == NULL)
		return SK_EREFUSED;
	*next = m->next;
	return 0;
}

int sk_transfer_told(
    enum sk_transfer_state from, enum sk_transfer_event event, enum sk_transfer_state *next)
{
	const struct move *m = look_up(told, from, event, SK_BY_LINK);

	if (m == NULL)
		return SK_EREFUSED;
	*next = m->next;
	return 0;
}

int sk_transfer_mirrored(
    enum sk_transfer_state from, enum sk_transfer_event event, enum sk_transfer_state *next)
{
	const struct move *m = look_up(waits, from, event, SK_BY_LINK);

	if (m == NULL)
		return SK_EREFUSED;
	*next = m->next;
	return 0;
}

enum sk_owner sk_state_owner(enum sk_transfer_state state)
{
	return (unsigned)state < SK_AT_COUNT ? states[state].owner : SK_OWNER_NONE;
}

const char *sk_state_word(unsigned state)
{
	return state < SK_AT_COUNT ? states[state].word : NULL;
}

const char *sk_event_word(unsigned event)
{
	return event < SK_DO_COUNT ? events[event] : NULL;
}

const char *sk_held_word(unsigned held)
{
	return held < SK_HELD_COUNT ? reasons[held].word : NULL;
}
