/*
 * The verifier's own reader of the zips that sekisho writes (APPNOTE 6.3, sections 4.3 to 4.5): far narrower
 * than zip, so that every byte of the file has exactly one meaning. Verifier's jail.
 */
#ifndef SK_VERIFY_TEXT_ZIP_H
#define SK_VERIFY_TEXT_ZIP_H

#include "verify/verify.h"

struct sk_vz_member {
	struct sk_slice name; /* borrowed from the file */
	struct sk_slice data; /* as packed */
	uint32_t crc, size;   /* of the unpacked bytes */
	uint32_t at;          /* offset of the local header */
	bool deflated, folder;
};

struct sk_vz {
	struct sk_vz_member *members; /* in the arena, in file order */
	size_t count;
};

/* Memory for one unpacked member at a time; {0} at first, freed by its owner with sk_vz_space_free(). */
struct sk_vz_space {
	uint8_t *p;
	size_t cap;
};

/*
 * Read the whole zip: local headers, then the central directory in the same order, then the end record;
 * nothing else, and both tell the same. Names are valid, relative, clean and unique, letter case ignored.
 */
int sk_vz_read(struct sk_check *c, struct sk_slice in, struct sk_vz *zip);

/* The bytes of a member: borrowed from the file when stored, else in `space` until its next use. */
int sk_vz_unpack(struct sk_check *c, const struct sk_vz_member *m, struct sk_vz_space *space,
    struct sk_slice *out);

void sk_vz_space_free(struct sk_vz_space *space);

/* One component of a name: safe on every system (doc/profiles/archive.md, Names). */
int sk_vz_check_part(struct sk_check *c, struct sk_slice part, uint64_t at);

/* True when the name ends in the extension (no dot, lower case), letter case ignored. */
bool sk_vz_has_ext(struct sk_slice name, const char *ext);

#endif
