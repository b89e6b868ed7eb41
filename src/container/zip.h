/*
 * zip (APPNOTE 6.3.x): strict reader, canonical writer. The central directory is authoritative; a
 * local header, an offset or a size that disagrees is refused; members must not overlap; hidden
 * bytes are reported. Cleaner's jail.
 */
#ifndef SK_CONTAINER_ZIP_H
#define SK_CONTAINER_ZIP_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

struct sk_zip_member {
	struct sk_slice raw_name;     /* as stored, borrowed */
	bool utf8;                    /* flag bit 11 */
	struct sk_slice unicode_name; /* extra field 0x7075 when its CRC fits, else empty */
	uint16_t method;              /* 0 stored, 8 deflate, others as found */
	uint16_t flags;
	uint16_t time; /* of day, in MS-DOS form */
	uint32_t crc;
	uint64_t packed_size, size;
	uint32_t external;   /* external attributes */
	uint8_t host;        /* upper byte of version made by */
	struct sk_slice aes; /* extra field 0x9901, else empty */
	bool encrypted, directory;
	bool no_crc;          /* checked by other means (AE-2) */
	bool symlink;         /* a link, a device or another file that is none */
	bool device;          /* of those, what is no link either */
	struct sk_slice data; /* packed bytes, borrowed */
};

/* What a strict reading found and tolerated; each is for the report, none changes what is read. */
struct sk_zip_notes {
	bool leading;  /* bytes before the first local header (self-extractor stub) */
	bool trailing; /* bytes after the end record */
	bool comment;  /* archive comment */
	uint32_t member_comments, extra_fields,
	    hidden; /* hidden: bytes between members that none covers */
};

struct sk_zip {
	struct sk_zip_member *members; /* in the arena, in central-directory order */
	size_t count;
	struct sk_zip_notes notes;
};

/*
 * Read the directory. SK_EFORMAT when it is broken or ambiguous; *why then points to a static
 * English sentence naming what. SK_ELIMIT when it has more than max_members. SK_EUNSUPPORTED
 * when the directory itself is encrypted.
 */
int sk_zip_read(struct sk_arena *a, struct sk_slice in, size_t max_members, struct sk_zip *zip,
    const char **why);

/*
 * Unpack a member (methods 0 and 8) whole, at most `max` bytes; size and CRC must fit, no bytes may
 * be left. The bytes come from the arena; those of a stored member are borrowed from the input.
 * SK_EFORMAT, SK_ELIMIT, SK_EUNSUPPORTED (method, encrypted), SK_ENOMEM.
 */
int sk_zip_unpack(
    struct sk_arena *a, const struct sk_zip_member *m, size_t max, struct sk_slice *out);

/* Canonical writer: fixed time 1980-01-01, no extra fields, UTF-8 flag only for names beyond ASCII.
 */
struct sk_zip_writer;

/* Writes to `out`, which must be empty and outlive the writer. NULL when memory is out. */
struct sk_zip_writer *sk_zip_writer_new(struct sk_buf *out);
/* Add one member; deflated at `level` (0 stores) when that is smaller. Names are UTF-8 with '/'
 * only. */
int sk_zip_writer_add(struct sk_zip_writer *w, const char *name, struct sk_slice data, int level);
/* A member deflated ahead of its turn, so that its data need not be kept. */
struct sk_zip_packed {
	struct sk_slice bytes; /* borrowed */
	uint16_t method;
	uint32_t crc, size;
};
int sk_zip_writer_add_packed(
    struct sk_zip_writer *w, const char *name, const struct sk_zip_packed *packed);
/* Write the directory. The writer must then be freed. */
int sk_zip_writer_end(struct sk_zip_writer *w);
void sk_zip_writer_free(struct sk_zip_writer *w);

/*
 * Deflates member after member, each whole or in pieces; the same data give the same bytes. What does not get smaller
 * is stored. NULL when memory is out.
 */
struct sk_zip_packer;

struct sk_zip_packer *sk_zip_packer_new(int level);
/* A whole member. */
int sk_zip_pack(
    struct sk_zip_packer *p, struct sk_arena *a, struct sk_slice data, struct sk_zip_packed *out);
/* A member in pieces, which need not stand in memory together. SK_ELIMIT also when much data do not get smaller. */
int sk_zip_packer_put(struct sk_zip_packer *p, struct sk_slice data);
int sk_zip_packer_end(struct sk_zip_packer *p, struct sk_arena *a, struct sk_zip_packed *out);
/* Forget the pieces given so far. */
void sk_zip_packer_reset(struct sk_zip_packer *p);
void sk_zip_packer_free(struct sk_zip_packer *p);
/* Without deflating: the data stay where they are. */
int sk_zip_store(struct sk_slice data, struct sk_zip_packed *out);

/* Unpack a member in pieces (methods 0 and 8). NULL when memory is out. */
struct sk_zip_reader;

struct sk_zip_reader *sk_zip_reader_new(const struct sk_zip_member *m);
/* The next bytes, at most n; *got is less at the end only, where size and CRC have been found to fit. SK_EFORMAT,
 * SK_EUNSUPPORTED, SK_ENOMEM. */
int sk_zip_reader_next(struct sk_zip_reader *r, uint8_t *to, size_t n, size_t *got);
void sk_zip_reader_free(struct sk_zip_reader *r);

#endif
