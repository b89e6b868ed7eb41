/*
 * A thread that seals, so that one core takes bytes from browsers while another one seals and writes what came before. One for all uploads; what is given
 * first is sealed first. The caller is one thread. The portal.
 */
#ifndef SK_PORTAL_SEALER_H
#define SK_PORTAL_SEALER_H

#include <stddef.h>
#include <stdint.h>

#include "bytes/bytes.h"

struct sk_sealer;

/* After the process is confined: the thread is what it is. For as long as the process lives. SK_ENOMEM. */
int sk_sealer_new(struct sk_sealer **out);
/*
 * Have these bytes sealed. They, the sealing and *status are lent until sk_sealer_wait() has returned; *status becomes what sk_sealing_put() says, unless it
 * says something already. Waits for what was given before.
 */
void sk_sealer_put(
    struct sk_sealer *s, struct sk_sealing *to, const uint8_t *p, size_t n, int *status);
/* Until nothing is under way. NULL: nothing is. */
void sk_sealer_wait(struct sk_sealer *s);

#endif
