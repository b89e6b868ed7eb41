/*
 * Bytes under way at one end of a link: files that the gate wants brought (FETCH), and files it gives to the other post (GIVE). A file that is
 * being brought is written in order and hashed as it is written; only when size and hash are those of the FETCH is it complete. One that is
 * given is read whole before any of it leaves: only the bytes whose hash was offered go to the other post. Link roles.
 */
#ifndef SK_CROSSING_OBJECTS_H
#define SK_CROSSING_OBJECTS_H

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

#include "link/link.h"

struct sk_object {
	struct sk_link_object what;
	int fd; /* owned */
	bool fetch;
	uint64_t have;         /* FETCH: bytes that are there; GIVE: that were read */
	bool proved;           /* GIVE: all of them, and they are right */
	gnutls_hash_hd_t hash; /* of them */
	bool resumed;          /* some of them were there before; wrong ones are thrown away once */
	unsigned long writer;  /* who writes now: a later one puts an earlier one out */
	/* of the side that connects */
	int64_t due;    /* milliseconds: when to try */
	unsigned tries; /* in vain, in a row */
	bool busy;
};

struct sk_objects {
	struct sk_object *v[2 * SK_LINK_OBJECTS];
	size_t n;
};

void sk_objects_clear(struct sk_objects *o);
/* Takes *fd over when it returns 0 (*fd is then -1). Known already: 0, *fd stays. SK_ELIMIT, SK_ENOMEM, SK_EIO. */
int sk_objects_add(struct sk_objects *o, const struct sk_link_object *what, bool fetch, int *fd,
    struct sk_object **out);
struct sk_object *sk_objects_find(struct sk_objects *o, const char *id, bool fetch);
void sk_objects_remove(struct sk_objects *o, struct sk_object *one);

/*
 * Read some more of what is given, until it is proved. SK_EBUSY: there is more to read. SK_EFORMAT: it is not what was
 * said; SK_EIO: it cannot be read.
 */
int sk_object_prove(struct sk_object *o);
/* The next one that is to be read on; NULL. */
struct sk_object *sk_objects_unproved(struct sk_objects *o);

/* Append to a file that is being brought. SK_EREFUSED: more bytes than it has. SK_ENOSPACE, SK_EIO. */
int sk_object_write(struct sk_object *o, const void *p, size_t n);
/* It has all its bytes: 0 when they are the right ones; SK_EREFUSED when not; SK_EBUSY: they were not, and it begins anew, once. */
int sk_object_complete(struct sk_object *o);

#endif
