/*
 * Files of a ledger: written so that each is there whole or not at all, read whole, and their names (c2sp.org/tlog-tiles).
 * All below one folder that is held by descriptor. The scribe's process, a witness; reading also the command.
 */
#ifndef SK_LEDGER_FILES_H
#define SK_LEDGER_FILES_H

#include "base/buf.h"

#define SK_TILE_WIDTH 256
/* Levels of tiles that a log of SK_OUTBOX_MAX entries has. */
#define SK_TILE_LEVELS 6
#define SK_PATH_BYTES 96
/* A full bundle of the longest entries, 256 × (2 + 16,384). */
#define SK_FILE_BYTES ((size_t)8 << 20)

/* What is behind commitments of 256 entries, each personal field at its longest. */
#define SK_OPENINGS_BYTES ((size_t)40 << 20)

#define SK_FOLDERS 64

struct sk_files {
	int dir; /* borrowed */
	void (*step)(void *user,
	    const char *what); /* or NULL: called before each step, for tests that stop there */
	void *user;
	size_t n; /* folders to be synced */
	char folder[SK_FOLDERS][SK_PATH_BYTES];
};

/* tile/<L>/<N> or tile/entries/<N>, of `width` hashes or entries (SK_TILE_WIDTH: full); openings/<N>. */
void sk_tile_path(char path[SK_PATH_BYTES], unsigned level, uint64_t n, unsigned width);
void sk_bundle_path(char path[SK_PATH_BYTES], uint64_t n, unsigned width);
void sk_openings_path(char path[SK_PATH_BYTES], uint64_t n);
/* The folder that the partial forms of a tile or bundle lie in. */
void sk_partial_folder(char path[SK_PATH_BYTES], const char *full);

/* Written beside, synced, renamed; folders are made. Its name is durable after sk_files_sync(). 0 or SK_EIO. */
int sk_files_put(struct sk_files *f, const char *path, struct sk_slice bytes);
/* Sync the folders of what was put since the last time. */
int sk_files_sync(struct sk_files *f);
/* A descriptor of a file to be changed in place, made with its folders when it is not there; -1 and errno. */
int sk_files_open(struct sk_files *f, const char *path, int flags);
/* The partial forms of a full tile or bundle are not needed any more. Nothing depends on its success. */
void sk_files_drop_partial(struct sk_files *f, const char *full);

/* Append a whole file of at most `max` bytes. SK_EIO (errno ENOENT: there is none), SK_ELIMIT: longer. */
int sk_file_read(int dir, const char *path, size_t max, struct sk_buf *out);

#endif
