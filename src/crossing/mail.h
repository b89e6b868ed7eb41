/*
 * Letters at one end of a link: what the gate gave and the other post has not got durably yet, and how far the other's have come. Pure: who calls
 * carries. Nothing here is kept over the end of the process, for the gate says all of it again. Link roles.
 */
#ifndef SK_CROSSING_MAIL_H
#define SK_CROSSING_MAIL_H

#include "link/link.h"

struct sk_mail_item;

struct sk_mail {
	bool begun;                        /* the gate has said how far it has heard */
	uint64_t given;                    /* the highest number the gate gave */
	uint64_t sent;                     /* the other post has ours up to here */
	uint64_t told;                     /* as the gate was told: nothing above what it gave */
	uint64_t came;                     /* theirs came up to here */
	uint64_t heard;                    /* and are durable at our gate up to here */
	struct sk_mail_item *first, *last; /* ours that are not SENT */
	size_t n;
	uint64_t unheard[SK_LINK_AHEAD]; /* numbers of theirs that came and are not heard */
	size_t nunheard;
};

/* Forget everything: the gate is there anew, or gone. */
void sk_mail_clear(struct sk_mail *m);

/* --- what the gate says; SK_EFORMAT: it may not say that --- */
int sk_mail_give(
    struct sk_mail *m, struct sk_slice batch); /* SK_ELIMIT: too many wait; SK_ENOMEM */
int sk_mail_heard(struct sk_mail *m, uint64_t number);

/* --- ours, to the other post --- */
bool sk_mail_waits(
    const struct sk_mail *m, uint64_t after); /* whether there are any above this number */
/* As a batch: those above `after`, as many as fit. Returns the last number, `after` when there are none. SK_ENOMEM is in out->err. */
uint64_t sk_mail_batch(const struct sk_mail *m, uint64_t after, struct sk_buf *out);
/* The other post has them up to here. */
void sk_mail_sent(struct sk_mail *m, uint64_t number);
/* The gate is to be told that they are SENT up to m->told, which is then news. */
bool sk_mail_tell(struct sk_mail *m);

/* --- theirs, to our gate --- */
bool sk_mail_room(
    const struct sk_mail *m); /* whether more can be taken before the gate has heard */
/* Those that did not come yet, as a batch for the gate; what does not find room will come again. Returns how many. */
size_t sk_mail_take(struct sk_mail *m, const struct sk_letters *in, struct sk_buf *out);

#endif
