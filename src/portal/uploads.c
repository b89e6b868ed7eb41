/* Uploads while they are under way: uploads.h. */
#include "portal/uploads.h"

#include <string.h>

#include "base/err.h"
#include "base/fd.h"

#define LOOK_MS 60000

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
	*one = (struct sk_upload){.what = *what, .fd = *fd, .used = now};
	memcpy(one->id, id, sizeof(one->id));
	*fd = -1;
	*status = begin(one, fresh);
	if (*status == 0)
		return one;
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
	return sk_sealing_taken(one->sealing);
}

int sk_upload_put(struct sk_upload *one, struct sk_slice data)
{
	if (data.n > one->what.size - sk_upload_taken(one))
		return SK_ELIMIT;
	return sk_sealing_put(one->sealing, data.p, data.n);
}

int sk_upload_end(struct sk_upload *one, uint8_t sha256[32])
{
	uint64_t size;

	if (sk_upload_taken(one) != one->what.size)
		return SK_EBUSY;
	return sk_sealing_end(one->sealing, sha256, &size);
}
