/*
 * The life of one role as its supervisor sees it: when to start it, when to give it up. Pure: time comes in, an action
 * comes out. Milliseconds of a clock that never goes back.
 */
#ifndef SK_POST_LIFE_H
#define SK_POST_LIFE_H

#include <stdbool.h>
#include <stdint.h>

#define SK_LIFE_START_MS 30000 /* it proves its jail, opens its store, checks it */
#define SK_LIFE_STOP_MS 10000  /* a transaction may take this long to end */
#define SK_LIFE_HUNG_UP_MS 1000
#define SK_LIFE_GOOD_MS 60000   /* ready for so long: what failed before is forgotten */
#define SK_LIFE_BACK_OFF_MS 100 /* doubled with each failure */
#define SK_LIFE_BACK_OFF_MAX_MS 30000

enum sk_life_state { SK_LIFE_DOWN, SK_LIFE_STARTING, SK_LIFE_READY, SK_LIFE_STOPPING };

enum sk_life_act { SK_LIFE_NOTHING, SK_LIFE_START, SK_LIFE_KILL };

struct sk_role_life {
	unsigned state;    /* enum sk_life_state, as a table of permits reads it */
	bool unwanted;     /* it is to stay down */
	unsigned failures; /* in a row */
	int64_t due;       /* when tick() has something to do; INT64_MAX: never */
	int64_t since;     /* ready since */
};

/* A life that starts with the first tick. */
#define SK_ROLE_LIFE ((struct sk_role_life){0})

/* What is to be done now. START: the caller starts it and says sk_life_started() or sk_life_ended(). KILL: for good. */
enum sk_life_act sk_life_tick(struct sk_role_life *l, int64_t now);
void sk_life_started(struct sk_role_life *l, int64_t now);
/* It says that it is ready. False: it may not say that now. */
bool sk_life_ready(struct sk_role_life *l, int64_t now);
/* It is asked to end, and is started anew then, as if it had not failed; the caller tells it, tick() kills it when it is late. */
void sk_life_again(struct sk_role_life *l, int64_t now);
/* Its process is gone, for whatever reason. */
void sk_life_ended(struct sk_role_life *l, int64_t now);
/* It is asked to end and to stay down; the caller tells it, tick() kills it when it is late. */
void sk_life_stop(struct sk_role_life *l, int64_t now);
/* It talked nonsense, or did not answer: the caller kills it, and it is started anew. */
void sk_life_dropped(struct sk_role_life *l);
/* It hung up, so it is about to end; where it does not, tick() kills it. */
void sk_life_hung_up(struct sk_role_life *l, int64_t now);
/* It is gone and stays so. */
bool sk_life_over(const struct sk_role_life *l);

#endif
