/* What the files that read manifests share. Only src/gate looks in here. */
#ifndef SK_GATE_MANIFEST_INSIDE_H
#define SK_GATE_MANIFEST_INSIDE_H

#include "gate/manifest.h"

struct sk_reading {
	const struct sk_manifest_keys *keys;
	struct sk_arena *arena;
	struct sk_manifest *m;
	struct sk_lv_entry entry;
	struct sk_lv_report report;
	struct sk_lv_openings shown;
	const char *transfer, *route, *from, *to, *class, *type_claimed, *type_found; /* clear */
	const char *request;
	bool waits; /* nothing came out of it yet */
	char *why;
};

/* Says why; SK_EREFUSED. field: NULL for none. */
int sk_manifest_wrong(struct sk_reading *r, const char *what, const char *field);

/*
 * The receipt as the verifier of ledgers reads it: entry (whose text lies in `text`), openings, findings. 0, SK_EREFUSED, SK_EFORMAT or
 * SK_ENOMEM; `shown.bytes` is to be freed in any case.
 */
int sk_manifest_receipt(struct sk_reading *r, struct sk_slice receipt, struct sk_buf *text);

/* Of a receipt that was read: what entry, openings and request say, into r->m and the clear names. */
int sk_manifest_read(struct sk_reading *r);

#endif
