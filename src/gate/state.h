/*
 * The states of a transfer and what leads from one to another: a pure table (gate/state.def), the same at both posts.
 * Requests for originals have a table of their own, in which there is no `offered` and no `crossing`: no sequence of
 * events makes an original cross (invariant 1). The gate.
 */
#ifndef SK_GATE_STATE_H
#define SK_GATE_STATE_H

#include <stdint.h>

enum sk_owner { SK_OWNER_NONE, SK_OWNER_GIVER, SK_OWNER_RECEIVER };

/* Numbers that are stored: new ones at the end of the table only. */
enum sk_transfer_state {
#define SK_STATE(name, word, owner) SK_AT_##name,
#include "gate/state.def"
#undef SK_STATE
	SK_AT_COUNT
};

enum sk_transfer_event {
#define SK_EVENT(name, word) SK_DO_##name,
#include "gate/state.def"
#undef SK_EVENT
	SK_DO_COUNT
};

enum sk_held {
#define SK_HELD(name, word, actors) SK_HELD_##name,
#include "gate/state.def"
#undef SK_HELD
	SK_HELD_COUNT
};

/* Who makes an event happen. Which person that is, the policy says. */
enum sk_actor {
	SK_BY_GATE,
	SK_BY_WORKER, /* a cleaner or verifier, through its lease */
	SK_BY_LINK,   /* the other post, signed */
	SK_BY_CLOCK,
	SK_BY_REQUESTER,
	SK_BY_APPROVER,
	SK_BY_RECIPIENT,
	SK_BY_COUNT
};

struct sk_life {
	enum sk_transfer_state state;
	uint32_t holds; /* bits of enum sk_held; not 0 exactly when the state is SK_AT_HELD */
};

/* What happens to it: `held` is the reason that comes or goes with SK_DO_HOLD and SK_DO_LIFT. */
struct sk_happening {
	enum sk_transfer_event event;
	enum sk_actor actor;
	enum sk_held held;
};

/*
 * What becomes of a transfer. SK_EREFUSED: that cannot happen in this state, or not by this actor, or a reason is to be
 * lifted that is not there; *next stays untouched.
 */
int sk_transfer_move(struct sk_life from, struct sk_happening what, struct sk_life *next);
/* The same for a request for an original; it begins held, and has no reasons. */
int sk_original_move(enum sk_transfer_state from, enum sk_transfer_event event, enum sk_actor actor,
    enum sk_transfer_state *next);

/* What a giver's row becomes by what the receiver's post says of it. SK_EREFUSED: it cannot become that. */
int sk_transfer_told(
    enum sk_transfer_state from, enum sk_transfer_event event, enum sk_transfer_state *next);

/* What a receiver's row becomes that waits for a password at its giver's post. SK_EREFUSED: it cannot become that. */
int sk_transfer_mirrored(
    enum sk_transfer_state from, enum sk_transfer_event event, enum sk_transfer_state *next);

enum sk_owner sk_state_owner(enum sk_transfer_state state);
/* Stable words for the store, the ledger and the interfaces; NULL for a number that is none. */
const char *sk_state_word(unsigned state);
const char *sk_event_word(unsigned event);
const char *sk_held_word(unsigned held);

#endif
