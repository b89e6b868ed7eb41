/* Bytes under way at one end of a link: objects.h. */
#include "crossing/objects.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

/* So much of one that is given is read before others have their turn. */
#define AT_ONCE ((uint64_t)8 << 20)
#define SYNCED ((uint64_t)1 << 20)
/* The disk begins to write so often. */
#define STEP ((uint64_t)8 << 20)

static void free_one(struct sk_object *o)
{
	sk_close(&o->fd);
	if (o->hash)
		gnutls_hash_deinit(o->hash, NULL);
	free(o);
}

void sk_objects_clear(struct sk_objects *o)
{
	while (o->n)
		free_one(o->v[--o->n]);
}

struct sk_object *sk_objects_find(struct sk_objects *o, const char *id, bool fetch)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->v[i]->fetch == fetch && strcmp(o->v[i]->what.id, id) == 0)
			return o->v[i];
	return NULL;
}

void sk_objects_remove(struct sk_objects *o, struct sk_object *one)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->v[i] == one) {
			memmove(&o->v[i], &o->v[i + 1], (o->n - i - 1) * sizeof(o->v[0]));
			o->n--;
			free_one(one);
			return;
		}
}

/* --- what is there already --- */

static int begin_anew(struct sk_object *o)
{
	if (ftruncate(o->fd, 0) || lseek(o->fd, 0, SEEK_SET) < 0)
		return SK_EIO;
	gnutls_hash_deinit(o->hash, NULL);
	o->hash = NULL;
	o->have = 0;
	return gnutls_hash_init(&o->hash, GNUTLS_DIG_SHA256) ? SK_ENOMEM : 0;
}

static int hash_what_is_there(struct sk_object *o)
{
	static uint8_t piece[1 << 16];
	ssize_t n = 1;

	while (n > 0) {
		n = TEMP_FAILURE_RETRY(pread(o->fd, piece, sizeof(piece), (off_t)o->have));
		if (n < 0 || (n > 0 && gnutls_hash(o->hash, piece, (size_t)n)))
			return SK_EIO;
		o->have += (uint64_t)n;
	}
	o->resumed = o->have > 0;
	return lseek(o->fd, (off_t)o->have, SEEK_SET) < 0 ? SK_EIO : 0;
}

static int begin(struct sk_object *o)
{
	struct stat st;

	if (gnutls_hash_init(&o->hash, GNUTLS_DIG_SHA256))
		return SK_ENOMEM;
	if (!o->fetch)
		return 0;
	if (fstat(o->fd, &st) || !S_ISREG(st.st_mode))
		return SK_EIO;
	return (uint64_t)st.st_size > o->what.size ? begin_anew(o) : hash_what_is_there(o);
}

static size_t count(const struct sk_objects *o, bool fetch)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++)
		n += o->v[i]->fetch == fetch;
	return n;
}

int sk_objects_add(struct sk_objects *o, const struct sk_link_object *what, bool fetch, int *fd,
    struct sk_object **out)
{
	struct sk_object *one = sk_objects_find(o, what->id, fetch);
	int status;

	*out = one;
	if (one)
		return 0;
	if (count(o, fetch) == SK_LINK_OBJECTS)
		return SK_ELIMIT;
	one = calloc(1, sizeof(*one));
	if (one == NULL)
		return SK_ENOMEM;
	*one = (struct sk_object){.what = *what, .fd = *fd, .fetch = fetch};
	status = begin(one);
	if (status) {
		one->fd = -1;
		free_one(one);
		return status;
	}
	*fd = -1;
	*out = o->v[o->n++] = one;
	return 0;
}

/* --- given --- */

int sk_object_prove(struct sk_object *o)
{
	static uint8_t piece[1 << 16];
	uint8_t sum[32];

	for (uint64_t end = o->have + AT_ONCE; o->have < end;) {
		ssize_t n = TEMP_FAILURE_RETRY(pread(o->fd, piece, sizeof(piece), (off_t)o->have));
		if (n < 0 || (n > 0 && gnutls_hash(o->hash, piece, (size_t)n)))
			return SK_EIO;
		o->have += (uint64_t)n;
		if (n == 0 || o->have > o->what.size) {
			gnutls_hash_output(o->hash, sum);
			o->proved = o->have == o->what.size &&
				    memcmp(sum, o->what.sha256, sizeof(sum)) == 0;
			return o->proved ? 0 : SK_EFORMAT;
		}
	}
	return SK_EBUSY;
}

struct sk_object *sk_objects_unproved(struct sk_objects *o)
{
	for (size_t i = 0; i < o->n; i++)
		if (!o->v[i]->fetch && !o->v[i]->proved)
			return o->v[i];
	return NULL;
}

/* --- being brought --- */

int sk_object_write(struct sk_object *o, const void *p, size_t n)
{
	if (n > o->what.size - o->have)
		return SK_EREFUSED;
	if (sk_write_all(o->fd, p, n)) {
		int status =
		    errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? SK_ENOSPACE : SK_EIO;
		/* what was written of it is not hashed: the next one begins where the hash ends */
		lseek(o->fd, (off_t)o->have, SEEK_SET);
		return status;
	}
	if (gnutls_hash(o->hash, p, n))
		return SK_EIO;
	if ((o->have + n) / STEP != o->have / STEP)
		(void)sync_file_range(
		    o->fd, (off_t)(o->have / STEP * STEP), (off_t)STEP, SYNC_FILE_RANGE_WRITE);
	o->have += n;
	return 0;
}

int sk_object_complete(struct sk_object *o)
{
	uint8_t sum[32];

	gnutls_hash_output(o->hash, sum); /* and it begins anew */
	if (memcmp(sum, o->what.sha256, sizeof(sum)) == 0) {
		/* what is large is on the disk before the gate waits for it; it sees to that in any case */
		if (o->have > SYNCED)
			(void)fdatasync(o->fd);
		return 0;
	}
	if (!o->resumed)
		return SK_EREFUSED;
	o->resumed = false;
	return begin_anew(o) ? SK_EIO : SK_EBUSY;
}
