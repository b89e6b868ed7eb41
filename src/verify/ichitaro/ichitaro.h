/*
 * The checker of cleaned 一太郎 documents (doc/profiles/ichitaro.md): one layout of a compound file, listed streams.
 * Verifier's jail.
 */
#ifndef SK_VERIFY_ICHITARO_ICHITARO_H
#define SK_VERIFY_ICHITARO_ICHITARO_H

#include "verify/verify.h"

#define VI_NONE 0xFFFFFFFFU

/* An entry of the directory, in its order. */
struct vi_entry {
	char name[32]; /* ASCII, controls included */
	bool storage;
	uint32_t parent;
	struct sk_slice data;
};

struct vi_file {
	struct vi_entry *entries;
	uint32_t n;
};

/* container.c: the compound file in the one form of the profile, all bytes of it. */
int vi_container(struct sk_check *c, struct sk_slice in, struct vi_file *f);
/* content.c: what the streams hold. */
int vi_store(struct sk_check *c, struct sk_slice in);
int vi_segments(struct sk_check *c, const struct vi_file *f, uint32_t storage, struct sk_slice in);
int vi_no_file(struct sk_check *c, const char *name, struct sk_slice in);

#endif
