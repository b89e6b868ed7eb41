/*
 * The boxes of HEIF that say what pictures are in a file (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12; AV1 Image File
 * Format 1.1). Everything borrows from the input or lies in the arena. Cleaner's jail.
 */
#ifndef SK_FORMAT_HEIF_BMFF_H
#define SK_FORMAT_HEIF_BMFF_H

#include "base/arena.h"
#include "base/err.h"
#include "base/limits.h"

/* A type of four letters as a number. */
#define SK_BOX(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (d))

struct sk_heif_extent {
	uint64_t at, n;
};

struct sk_heif_item {
	uint32_t id, type;
	bool used;       /* for what is shown */
	unsigned method; /* where its extents lie: 0 the file, 1 the idat box */
	struct sk_heif_extent *extents;
	size_t nextents;
	const uint16_t *properties; /* numbers from 1, in the order in which they apply */
	const bool *essential;
	size_t nproperties;
};

struct sk_heif_ref {
	uint32_t type, from, to;
};

struct sk_heif_property {
	uint32_t type;
	struct sk_slice body;
};

struct sk_heif {
	struct sk_arena *arena;
	struct sk_slice in, idat;
	uint32_t primary;
	struct sk_heif_item *items;
	uint32_t *places; /* of items by a hash of their number, counted from 1; 0: none */
	struct sk_heif_ref *refs;
	struct sk_heif_property *properties;
	size_t nitems, nrefs, nproperties, cap_items, cap_refs, cap_properties;
	bool has_meta, has_movie;
	uint32_t unknown; /* boxes of unknown purpose */
	uint64_t mdat;    /* bytes of pictures */
	size_t end;       /* behind the last whole box */
};

/* SK_EFORMAT: not such a file. */
int sk_heif_read(struct sk_arena *arena, struct sk_slice in, struct sk_heif *out);

struct sk_heif_item *sk_heif_item(const struct sk_heif *h, uint32_t id);
/* The first property of that type of an item, empty when there is none. */
struct sk_slice sk_heif_property(
    const struct sk_heif *h, const struct sk_heif_item *item, uint32_t type);
/* The bytes of an item, from the arena where they lie in pieces. SK_EFORMAT when some are missing. */
int sk_heif_data(const struct sk_heif *h, const struct sk_heif_item *item, struct sk_slice *out);

#endif
