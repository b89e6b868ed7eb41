/* Uploads while they are under way: uploads.h. */
#include "portal/uploads.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"

#define LOOK_MS 60000
#define HALF SK_BYTES_PIECE

struct sk_upload *sk_uploads_find(struct sk_uploads *u, const char *id)
{
	for (size_t i = 0; i < SK_PORTAL_UPLOADS; i++)
		if (u->v[i].id[0] && strcmp(u->v[i].id, id) == 0)
			return &u->v[i];
	return NULL;
}

static struct sk_upload *empty(struct sk_uploads *u)
{
	for (size_t i = 0; i < SK_PORTAL_UPLOADS; i++)
		if (u->v[i].id[0] == '\0')
			return &u->v[i];
	return NULL;
}

void sk_uploads_drop(struct sk_upload *one)
{
	(void)sk_upload_settle(one);
	if (one->halves)
		explicit_bzero(one->halves, (size_t)2 * HALF);
	free(one->halves);
	sk_sealing_free(one->sealing);
	if (one->id[0])
		sk_close(&one->fd);
	sk_bytes_wipe(&one->what);
	*one = (struct sk_upload){.fd = -1};
}

static int begin(struct sk_upload *one, bool fresh)
{
	return fresh ? sk_sealing_new(one->fd, &one->what, &one->sealing)
		     : sk_sealing_resume(one->fd, &one->what, &one->sealing);
}

struct sk_upload *sk_uploads_take(struct sk_uploads *u, const char *id, const struct sk_bytes *what,
    int *fd, bool fresh, int64_t now, int *status)
{
	struct sk_upload *one = sk_uploads_find(u, id);

	*status = 0;
	if (one) {
		one->used = now;
		return one;
	}
	one = empty(u);
	if (one == NULL) {
		*status = SK_ELIMIT;
		return NULL;
	}
	*one = (struct sk_upload){.what = *what, .fd = *fd, .used = now, .sealer = u->sealer};
	memcpy(one->id, id, sizeof(one->id));
	*fd = -1;
	*status = begin(one, fresh);
	if (*status == 0) {
		one->taken = sk_sealing_taken(one->sealing);
		return one;
	}
	sk_uploads_drop(one);
	return NULL;
}

void sk_uploads_clear(struct sk_uploads *u)
{
	for (size_t i = 0; i < SK_PORTAL_UPLOADS; i++)
		if (u->v[i].id[0])
			sk_uploads_drop(&u->v[i]);
}

void sk_uploads_tick(struct sk_uploads *u, int64_t now)
{
	if (now - u->looked < LOOK_MS)
		return;
	u->looked = now;
	for (size_t i = 0; i < SK_PORTAL_UPLOADS; i++)
		if (u->v[i].id[0] && !u->v[i].writer && now - u->v[i].used > SK_PORTAL_UPLOAD_MS)
			sk_uploads_drop(&u->v[i]);
}

uint64_t sk_upload_taken(const struct sk_upload *one)
{
	return one->taken;
}

/* The half that is full goes to the thread; the other one is free when that has been sealed. */
static int hand_over(struct sk_upload *one)
{
	sk_sealer_wait(one->sealer);
	if (one->status)
		return one->status;
	sk_sealer_put(
	    one->sealer, one->sealing, one->halves + one->half * HALF, one->filled, &one->status);
	one->half ^= 1;
	one->filled = 0;
	return 0;
}

static int fill(struct sk_upload *one, struct sk_slice data)
{
	int rc = 0;

	if (one->halves == NULL)
		one->halves = malloc((size_t)2 * HALF);
	if (one->halves == NULL)
		return SK_ENOMEM;
	while (data.n && rc == 0) {
		size_t n = HALF - one->filled < data.n ? HALF - one->filled : data.n;
		memcpy(one->halves + one->half * HALF + one->filled, data.p, n);
		one->filled += n;
		data = sk_slice_sub(data, n, data.n);
		if (one->filled == HALF)
			rc = hand_over(one);
	}
	return rc;
}

int sk_upload_put(struct sk_upload *one, struct sk_slice data)
{
	int rc;

	if (data.n > one->what.size - one->taken)
		return SK_ELIMIT;
	rc = one->sealer ? fill(one, data) : sk_sealing_put(one->sealing, data.p, data.n);
	if (rc == 0)
		one->taken += data.n;
	return rc;
}

int sk_upload_settle(struct sk_upload *one)
{
	int rc = one->filled ? hand_over(one) : 0;

	sk_sealer_wait(one->sealer);
	return rc ? rc : one->status;
}

int sk_upload_end(struct sk_upload *one, uint8_t sha256[32])
{
	uint64_t size;
	int rc;

	if (one->taken != one->what.size)
		return SK_EBUSY;
	rc = sk_upload_settle(one);
	return rc ? rc : sk_sealing_end(one->sealing, sha256, &size);
}
