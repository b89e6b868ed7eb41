/*
 * The bytes of transfers, in folders. What is cleaned lies under the SHA-256 of its bytes; what arrived lies encrypted
 * under a random name, each with a key of its own, and the wrapped keys lie in a file set of theirs: when a key is erased,
 * no copy of the original can be read any more. A file has its name only when it is whole and on disk.
 *
 *   FOLDER/output/ab/ab12…  FOLDER/original/cd/cd34…  FOLDER/new/ (being written)  FOLDER/lock      KEYS/cd/cd34…
 *
 * Only the gate opens them. Others get a descriptor of one, with the key of that one (bytes/bytes.h), and it copies nothing.
 */
#ifndef SK_STORE_BLOB_H
#define SK_STORE_BLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "bytes/bytes.h"
#include "store/master.h"

struct sk_blobs;

enum sk_blob_kind { SK_BLOB_OUTPUT, SK_BLOB_ORIGINAL };

#define SK_BLOB_NAME 65 /* 64 hexadecimal digits of an output, 32 of an original; NUL */

struct sk_blob {
	char name[SK_BLOB_NAME];
	uint8_t sha256[32]; /* of the bytes as they are read, also of an original */
	uint64_t size;
};

struct sk_blobs_options {
	const char *folder, *keys;
	const struct sk_master
	    *master;    /* borrowed; NULL: originals can be neither written nor read */
	uint64_t spare; /* bytes that stay free; 0: SK_LIMIT_STORE_SPARE */
};

/* Opens, and makes what is not there; the folders must belong to this user alone (SK_EREFUSED). */
int sk_blobs_open(const struct sk_blobs_options *options, struct sk_blobs **out);
void sk_blobs_close(struct sk_blobs *b);
/* Which blob and what about it; names and numbers, no content. */
const char *sk_blobs_why(const struct sk_blobs *b);

/* Room where the blobs are, bytes: of all, of what may still be written, of what has to stay free or is promised to writers. */
struct sk_blobs_room {
	uint64_t all, free, kept;
};
int sk_blobs_room(struct sk_blobs *b, struct sk_blobs_room *out);

/*
 * Writing. sk_blob_begin() fails with SK_ENOSPACE when `size` bytes (a guess; 0 is none) would not leave the spare, and what others were promised.
 * sk_blob_hand() returns the descriptor, which stays the writer's, and what to write to it: an original is to be sealed, an
 * output is written as it is. Who did that says what it has become: his word about the hash is believed until somebody reads it
 * (sk_unsealing_get()), about the size not (SK_EFORMAT).
 * When sk_blob_end() returns 0 the blob is durable, whatever he did, and `*pin`, a descriptor, keeps every sweep from it until it is closed:
 * close it after the transaction that refers to the blob has ended. sk_blob_end() frees the writer, whatever it returns;
 * until then sk_blob_drop() does. A full disk is SK_ENOSPACE in each, and leaves nothing behind.
 */
struct sk_blob_writer;
int sk_blob_begin(
    struct sk_blobs *b, enum sk_blob_kind kind, uint64_t size, struct sk_blob_writer **out);
int sk_blob_hand(struct sk_blob_writer *w, struct sk_bytes *what);
int sk_blob_said(struct sk_blob_writer *w, const uint8_t sha256[32], uint64_t size);
int sk_blob_end(struct sk_blob_writer *w, struct sk_blob *out, int *pin);
void sk_blob_drop(struct sk_blob_writer *w);
/* The end of several writers of one store at once, at the price of two syncs for all of them: all are durable, or none is. */
int sk_blob_end_all(struct sk_blob_writer **w, size_t n, struct sk_blob *out, int *pins);

/*
 * Somebody else reads: a descriptor that can only be read, with its key; what->sha256 and size stay the caller's to say.
 * SK_ENOENTRY as below.
 */
int sk_blob_lend(
    struct sk_blobs *b, enum sk_blob_kind kind, const char *name, struct sk_bytes *what, int *fd);

/*
 * Reading. SK_ENOENTRY: no such blob, or its key is erased (sk_blobs_why() tells which). sk_blob_get() gives *got = 0 at
 * the end, and only then is an output proved: nobody may see it before. SK_EFORMAT: damaged, cut, or put in another order.
 */
struct sk_blob_reader;
int sk_blob_open(
    struct sk_blobs *b, enum sk_blob_kind kind, const char *name, struct sk_blob_reader **out);
int sk_blob_get(struct sk_blob_reader *r, void *p, size_t n, size_t *got);
void sk_blob_close(struct sk_blob_reader *r);

/* Reads all of it and copies it to a new file `fd`, which is emptied again on failure; fd -1: only proves it. */
int sk_blob_copy(struct sk_blobs *b, enum sk_blob_kind kind, const char *name, int fd);

/* Erases the key of an original, durably: overwritten, then removed. One that is gone already is fine. */
int sk_blob_erase(struct sk_blobs *b, const char *name);

/*
 * Removes what nothing refers to. `wanted` says whether the database refers to a blob (1, 0, or a failure, which ends the
 * sweep); it is asked only when no writer holds the blob, so it sees what that writer has committed. What is younger than
 * `age_s` stays (0: SK_LIMIT_STORE_ORPHAN_S). SK_EBUSY while a backup is being made.
 */
struct sk_sweep {
	int (*wanted)(void *arg, enum sk_blob_kind kind, const char *name);
	void *arg;
	unsigned age_s;
	uint64_t kept, removed, young, held, unfinished,
	    keys; /* counted: the last two are what writers left, and lone keys */
};
int sk_blobs_sweep(struct sk_blobs *b, struct sk_sweep *s);

/* Calls `each` for every blob there is, in no order; what it returns unless 0 ends the walk and is returned. */
int sk_blobs_walk(struct sk_blobs *b, enum sk_blob_kind kind,
    int (*each)(void *arg, const char *name), void *arg);

/* While this descriptor is open no sweep removes anything (for backups); -1 and errno. */
int sk_blobs_hold(struct sk_blobs *b);

/* The name under which an output of this hash lies. */
void sk_blob_name(const uint8_t sha256[32], char name[SK_BLOB_NAME]);

#endif
