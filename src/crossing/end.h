/*
 * One end of a link as a role of its post: its things, its talk with the gate. What both sides of the connection share. Link roles.
 */
#ifndef SK_CROSSING_END_H
#define SK_CROSSING_END_H

#include "crossing/exchange.h"
#include "crossing/mail.h"
#include "crossing/objects.h"
#include "crossing/peer.h"
#include "post/child.h"

struct sk_end {
	struct sk_child child;
	struct sk_mail mail;
	struct sk_objects objects;
	struct sk_pins pins;
	struct sk_buf key, crt;     /* PEM */
	struct sk_link_status said; /* to the gate */
	const char *name;           /* of the program, for its own words */
	/* The gate said something: letters, what it has heard, objects. May be NULL. */
	void (*news)(struct sk_end *e);
};

/* What the gate may say; the context of the child's operations is the end, which stands first in the context of its side. */
extern const struct sk_permit sk_end_permits[];
extern const size_t sk_end_npermits;

/* In `begin` of the child: takes the key, the certificate and the pins. A negative status: told on standard error. */
int sk_end_begin(struct sk_end *e);
/* Behind it, when everything is open: confine.h. A negative status: told on standard error. */
int sk_end_confine(struct sk_end *e, uint16_t port);
/* In `met` of the child: everything is said anew. */
void sk_end_met(struct sk_end *e);
void sk_end_free(struct sk_end *e);

/* Read a whole thing of at most out->max bytes. A negative status: told on standard error. */
int sk_end_read(struct sk_end *e, const char *thing, struct sk_buf *out);

/* Tell the gate, where it is news. `text` may be any bytes. */
void sk_end_state(struct sk_end *e, enum sk_link_state state, const char *text);
void sk_end_got(struct sk_end *e, struct sk_object *o, int status); /* and forget the object */
/* A FETCH has all its bytes: 0: got; SK_EREFUSED: got, wrong; SK_EBUSY: once more from the beginning. */
int sk_end_complete(struct sk_end *e, struct sk_object *o);
/* Read some of what is given and not proved yet; in each turn. False: there is none. */
bool sk_end_prove(struct sk_end *e);
/* What the other post says of itself and its letters. They go to the gate; what it has of ours, too. */
void sk_end_heard(struct sk_end *e, const struct sk_exchange *x);

#endif
