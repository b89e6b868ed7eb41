/* What the files of the blob store share. Only blob*.c and backup*.c look in here. */
#ifndef SK_STORE_BLOB_INSIDE_H
#define SK_STORE_BLOB_INSIDE_H

#include <sodium.h>

#include <nettle/sha2.h>

#include "bytes/inside.h"
#include "store/blob.h"

enum sk_place { SK_PLACE_OUTPUT, SK_PLACE_ORIGINAL, SK_PLACE_KEY, SK_PLACES };

struct sk_blobs {
	int dirs[SK_PLACES];  /* with 256 folders each */
	int fresh, fresh_key; /* being written, on the file system where it will stay */
	int lock;             /* shared while a file gets its name, alone while one is removed */
	int hold;             /* shared while a backup is made, alone while a sweep runs */
	const struct sk_master *master;
	uint64_t spare, promised; /* promised: to writers that are not at their end */
	char why[256];
};

/* Remembers why; returns status. */
int sk_blobs_fail(struct sk_blobs *b, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The status of errno after a failed write. */
int sk_blobs_errno(struct sk_blobs *b, const char *doing);

/* "ab/ab12…"; false for what is no name of a blob in that place. */
bool sk_blob_path(enum sk_place place, const char *name, char path[72]);
/* A file that is on disk gets its name, unless the name is taken (SK_EEXIST). The folder is still to be synced. */
int sk_blob_publish(
    struct sk_blobs *b, const char *temporary, enum sk_place place, const char *name);
/* A new file that is not there yet for others, and its random name of 32 digits; the descriptor or -1. */
int sk_blob_fresh(struct sk_blobs *b, enum sk_place place, char name[33]);
/* The folder it is in. */
int sk_blob_fresh_folder(const struct sk_blobs *b, enum sk_place place);
int sk_blob_sync_folder(struct sk_blobs *b, enum sk_place place, const char *name);

/* Keys (blob-key.c). */
/* A new file of the wrapped key, still to be synced and published; its descriptor or -1 (why is told). */
int sk_blob_key_stage(
    struct sk_blobs *b, const char *name, const uint8_t key[SK_DATA_KEY], char temporary[33]);
int sk_blob_key_read(struct sk_blobs *b, const char *name, uint8_t key[SK_DATA_KEY]);

#endif
