/* Looking through a ledger, the newest entries first. Nothing is kept for it: bundles are read and passed over as bytes, and only what may fit is read as entries. The scribe. */
#ifndef SK_LEDGER_SEARCH_H
#define SK_LEDGER_SEARCH_H

#include "ledger/ledger.h"

/* What is looked for; a text with p NULL is not asked about. */
struct sk_ledger_wanted {
	uint64_t first, before;   /* first <= index < before */
	uint64_t since, until;    /* ms, both included; UINT64_MAX: until whenever */
	struct sk_slice kind;     /* that kind, or those that begin with it and a dot */
	struct sk_slice transfer; /* 32 digits */
	struct sk_slice
	    member;          /* somebody who stands behind a commitment that can still be opened */
	uint64_t look, most; /* entries: not more than so many are passed, or given out */
};

/* One of them; texts live as long as the call. Anything but 0 ends the search with it. */
typedef int (*sk_ledger_found)(
    void *user, uint64_t index, struct sk_slice text, const struct sk_leaf *e);

/* *next: where to go on (`before` of the next search); `first`: all of it was seen. SK_EIO, SK_EFORMAT: a bundle cannot be read. */
int sk_ledger_search(struct sk_ledger *l, const struct sk_ledger_wanted *w, sk_ledger_found found,
    void *user, uint64_t *next);

#endif
