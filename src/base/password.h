/*
 * The passwords a caller gives for one file, in the order in which they are tried. They travel in the job's message
 * and nowhere else: not in arguments, not in the environment, not in a report.
 */
#ifndef SK_BASE_PASSWORD_H
#define SK_BASE_PASSWORD_H

#include <stdbool.h>

#include "base/limits.h"
#include "base/slice.h"

/* Plain bytes without pointers: it is sent as it is. All zero: none given. */
struct sk_passwords {
	uint32_t n;
	uint16_t at[SK_LIMIT_PASSWORDS];
	char text[SK_LIMIT_PASSWORD_BYTES]; /* each ended by NUL */
	uint16_t used;                      /* bytes of text */
};

/*
 * Add one. SK_ELIMIT when it is longer than SK_LIMIT_PASSWORD, or there are too many; SK_EFORMAT when it is empty or holds a NUL.
 * One that is there already is not added again.
 */
int sk_passwords_add(struct sk_passwords *p, struct sk_slice password);
/* The i-th, borrowed. */
const char *sk_password(const struct sk_passwords *p, uint32_t i);
/* Whether what came from another process is a list as sk_passwords_add() makes it. */
bool sk_passwords_valid(const struct sk_passwords *p);
/* Overwrite all of it. */
void sk_passwords_wipe(struct sk_passwords *p);

#endif
