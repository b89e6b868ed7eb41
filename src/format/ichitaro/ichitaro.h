/*
 * 一太郎 (Ichitaro) documents: compound files whose text lies in a store of blocks. The maker publishes no
 * specification; what is known is what programs that read such files agree on (doc/profiles/ichitaro.md). Cleaner's jail.
 */
#ifndef SK_FORMAT_ICHITARO_ICHITARO_H
#define SK_FORMAT_ICHITARO_ICHITARO_H

#include "container/cfb.h"
#include "format/job.h"

/* A store of blocks (SsmgV.01): its streams, put together from their blocks. */
struct ich_store {
	struct sk_slice *streams; /* by index */
	uint32_t n;
};

/* SK_EFORMAT where anything in it does not fit. */
int ich_store_read(struct sk_arena *arena, struct sk_slice in, struct ich_store *s);
/* The one form of it: all blocks in order, filled up with zero bytes. */
int ich_store_write(const struct ich_store *s, struct sk_buf *out);
/* The units of its text, all pieces joined, UTF-16BE. SK_EFORMAT. */
int ich_store_text(struct sk_arena *arena, const struct ich_store *s, struct sk_slice *units);

/* The words of a text of units, UTF-8. */
void ich_text(struct sk_slice units, struct sk_buf *out);

/* What the sizes in \4JSRV_SegmentInformation must say: the children of one storage. */
struct ich_child {
	const char *name;
	bool storage;
	uint32_t size;
};

/* The table with the sizes as they are and without children that are gone, in the arena. SK_EFORMAT. */
int ich_segments(struct sk_arena *arena, struct sk_slice in, const struct ich_child *children,
    uint32_t n, struct sk_slice *out);

/* Unpack -lh5- data to exactly `size` bytes. SK_EFORMAT where it is broken. */
int ich_lh5(struct sk_slice in, uint8_t *out, size_t size);

/* Whether another file begins somewhere in these bytes. */
bool ich_holds_file(struct sk_slice in);

#endif
