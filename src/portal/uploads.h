/*
 * What browsers bring, while they do: the gate handed out a file and its one key; the bytes are sealed into it as they come, in memory of a few pieces
 * each: by a thread, where there is one (sealer.h). Whoever was cut goes on where it ended. The portal.
 */
#ifndef SK_PORTAL_UPLOADS_H
#define SK_PORTAL_UPLOADS_H

#include "bytes/bytes.h"
#include "portal/request.h"
#include "portal/sealer.h"

#define SK_PORTAL_UPLOADS 1024 /* as many as the gate gives */
#define SK_PORTAL_UPLOAD_MS \
	(15 * 60 * 1000) /* idle for so long: forgotten here, and found again at the gate */

struct sk_upload {
	char id[SK_PORTAL_ID + 1]; /* "": free */
	struct sk_bytes what;
	struct sk_sealing *sealing;
	int fd;
	unsigned long writer; /* the visit that brings some; 0: none */
	int64_t used;
	uint64_t taken;
	struct sk_sealer *sealer; /* NULL: the caller seals */
	uint8_t *halves;          /* two: one is filled while the other is sealed; NULL: none yet */
	unsigned half;
	size_t filled;
	int status; /* of what the thread sealed */
};

struct sk_uploads {
	struct sk_sealer *sealer;
	struct sk_upload v[SK_PORTAL_UPLOADS];
	int64_t looked;
};

/* NULL: it is not here. */
struct sk_upload *sk_uploads_find(struct sk_uploads *u, const char *id);
/*
 * One that the gate handed out: the descriptor is taken over. `fresh`: nothing is in it yet; else it goes on behind the last whole piece. Where it is
 * here already it stays as it is. NULL, with *status: SK_ELIMIT, SK_EIO, SK_ENOSPACE, SK_ENOMEM.
 */
struct sk_upload *sk_uploads_take(struct sk_uploads *u, const char *id, const struct sk_bytes *what,
    int *fd, bool fresh, int64_t now, int *status);
void sk_uploads_drop(struct sk_upload *one);
/* Another gate knows none of them. */
void sk_uploads_clear(struct sk_uploads *u);
/* What nobody used for long goes. */
void sk_uploads_tick(struct sk_uploads *u, int64_t now);

/* Bytes that were taken, of how many. */
uint64_t sk_upload_taken(const struct sk_upload *one);
/* What is wrong with bytes may be told by the next ones, or by sk_upload_settle(). */
int sk_upload_put(struct sk_upload *one, struct sk_slice data);
/* All that was taken is sealed and written: whole pieces outlive this process then. */
int sk_upload_settle(struct sk_upload *one);
/* All is there: the hash. SK_EBUSY: it is not. Again: the same. */
int sk_upload_end(struct sk_upload *one, uint8_t sha256[32]);

#endif
