/* How much time has passed. Every process. */
#ifndef SK_BASE_CLOCK_H
#define SK_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds of a clock that never goes back and says nothing about the date; more than 0. */
int64_t sk_now_ms(void);

#endif
