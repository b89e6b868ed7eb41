/*
 * Compound files ([MS-CFB]): the directory as a tree and the bytes of a stream; and a writer. Every chain is
 * bounded by the number of sectors in the file, and all that is read by four times the file: entries that share
 * their sectors make no large file of a small one. Cleaner's jail.
 */
#ifndef SK_CONTAINER_CFB_H
#define SK_CONTAINER_CFB_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"

#define SK_CFB_NONE 0xFFFFFFFFU
#define SK_CFB_ROOT 0U

struct sk_cfb_entry {
	char name[96]; /* UTF-8; control characters as they are */
	uint8_t kind;  /* 1 storage, 2 stream, 5 root; 0 not in use */
	uint8_t clsid[16];
	uint32_t parent; /* index of its storage; SK_CFB_NONE: not reachable from the root */
	uint32_t start;
	uint64_t size;
};

struct sk_cfb {
	struct sk_slice in;
	struct sk_arena *arena;
	unsigned shift; /* of the sector size: 9 or 12 */
	uint32_t sectors;
	uint32_t n; /* entries */
	struct sk_cfb_entry *entries;
	struct sk_slice mini; /* the stream that small streams lie in */
	uint32_t *mini_next;  /* its chains */
	uint32_t mini_sectors;
	uint32_t *mini_at; /* the sectors that the small streams' stream lies in */
	uint32_t mini_at_n;
	uint64_t read; /* bytes of streams so far */
};

/* Whether it begins like one. */
bool sk_cfb_is(struct sk_slice in);
/* Read header and directory. SK_EFORMAT when there is no root, SK_ENOMEM. */
int sk_cfb_open(struct sk_arena *arena, struct sk_slice in, struct sk_cfb *c);
/* The entry of this name (ASCII letters of either case) in a storage; SK_CFB_NONE when there is none. */
uint32_t sk_cfb_find(const struct sk_cfb *c, uint32_t storage, const char *name);
/* The bytes of a stream, at most `most`, in the arena. SK_EFORMAT when its chain breaks or too much was read before, SK_ENOMEM. */
int sk_cfb_read(struct sk_cfb *c, uint32_t entry, size_t most, struct sk_slice *out);
/*
 * Write other bytes over those of a stream, in `copy`, a copy of the whole file; what is longer than the stream is cut.
 * SK_EFORMAT when its chain breaks, SK_ENOMEM.
 */
int sk_cfb_patch(struct sk_cfb *c, uint32_t entry, struct sk_slice bytes, uint8_t *copy);
/* Where the 128 bytes of an entry lie in the file; SIZE_MAX when its chain breaks. */
size_t sk_cfb_entry_at(const struct sk_cfb *c, uint32_t entry);

#define SK_CFB_NODES_MAX 65536U

/* What is to be written. The first one is the root; a storage stands before what lies in it. */
struct sk_cfb_node {
	char name[96]; /* UTF-8, at most 31 characters of the BMP */
	bool storage;
	uint32_t parent; /* its index */
	struct sk_slice data;
};

/* Write a compound file into an empty buffer. SK_EARG where two names in a storage are the same or one is too long, SK_ENOMEM, SK_ELIMIT. */
int sk_cfb_write(
    struct sk_arena *arena, const struct sk_cfb_node *nodes, uint32_t n, struct sk_buf *out);

#endif
