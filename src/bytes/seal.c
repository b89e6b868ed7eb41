/*
 * Sealing: bytes.h. libsodium's secretstream (https://doc.libsodium.org/secret-key_cryptography/secretstream), the name as
 * additional data, the last piece marked. Who writes and who reads come by the same state, so that one that was cut goes on
 * behind what can be read of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "base/err.h"
#include "base/fd.h"
#include "bytes/inside.h"

/* The disk begins to write so often, and what is larger is synced before it is said to be there. */
#define STEP ((uint64_t)8 << 20)
#define SYNCED ((uint64_t)1 << 20)

struct sk_sealing {
	int fd;
	char name[SK_BYTES_NAME];
	crypto_secretstream_xchacha20poly1305_state seal;
	struct sha256_ctx hash;
	uint64_t taken, at,
	    begun; /* plain bytes; bytes of the file; of those on their way to the disk */
	bool over;
	size_t held;
	uint8_t piece[SK_SEAL_CHUNK], sealed[SK_SEAL_CHUNK + SK_SEAL_MORE];
};

static int failed(void)
{
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? SK_ENOSPACE : SK_EIO;
}

static int write_at(struct sk_sealing *s, const uint8_t *p, size_t n)
{
	for (size_t done = 0; done < n;) {
		ssize_t k = pwrite(s->fd, p + done, n - done, (off_t)(s->at + done));
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return failed();
		done += (size_t)k;
	}
	s->at += n;
	return 0;
}

static struct sk_sealing *new_one(int fd, const struct sk_bytes *what)
{
	struct sk_sealing *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->fd = fd;
	memcpy(s->name, what->name, sizeof(s->name));
	sha256_init(&s->hash);
	return s;
}

static int begin(struct sk_sealing *s, const struct sk_bytes *what)
{
	uint8_t head[SK_SEAL_HEAD] = SK_SEAL_MAGIC;

	crypto_secretstream_xchacha20poly1305_init_push(&s->seal, head + 8, what->key);
	return ftruncate(s->fd, 0) ? failed() : write_at(s, head, sizeof(head));
}

int sk_sealing_new(int fd, const struct sk_bytes *what, struct sk_sealing **out)
{
	if (!what->sealed || sodium_init() < 0)
		return SK_EARG;
	struct sk_sealing *s = new_one(fd, what);
	int rc = s ? begin(s, what) : SK_ENOMEM;

	if (rc) {
		sk_sealing_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

/* What can be read counts; the first piece that cannot be, or is not full, is where it goes on. */
static int read_pieces(struct sk_sealing *s, struct sk_pieces *p)
{
	const char *how = NULL;
	size_t n = 0;

	for (;;) {
		s->seal = p->seal;
		s->at = p->at;
		s->over = p->over;
		if (p->over)
			return 0;
		int rc = sk_pieces_next(p, s->piece, &n, &how);
		if (rc)
			return rc == SK_EFORMAT ? 0 : rc;
		if (n < SK_SEAL_CHUNK && !p->over)
			return 0;
		sha256_update(&s->hash, n, s->piece);
		s->taken += n;
	}
}

static int resume(struct sk_sealing *s, struct sk_pieces *p, const struct sk_bytes *what)
{
	int rc = sk_pieces_begin(p, s->fd, what);

	if (rc == SK_EFORMAT)
		return begin(s, what);
	if (rc == 0)
		rc = read_pieces(s, p);
	if (rc == 0 && ftruncate(s->fd, (off_t)s->at))
		rc = failed();
	return rc;
}

int sk_sealing_resume(int fd, const struct sk_bytes *what, struct sk_sealing **out)
{
	if (!what->sealed || sodium_init() < 0)
		return SK_EARG;
	struct sk_sealing *s = new_one(fd, what);
	struct sk_pieces *p = calloc(1, sizeof(*p));
	int rc = s && p ? resume(s, p, what) : SK_ENOMEM;

	if (p)
		sodium_memzero(p, sizeof(*p));
	free(p);
	if (rc) {
		sk_sealing_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

uint64_t sk_sealing_taken(const struct sk_sealing *s)
{
	return s->taken;
}

/* The disk starts with what is there, so that no sync has to wait for all of it, here or in the gate. */
static void push_on(struct sk_sealing *s)
{
	if (s->at - s->begun < STEP)
		return;
	(void)sync_file_range(
	    s->fd, (off_t)s->begun, (off_t)(s->at - s->begun), SYNC_FILE_RANGE_WRITE);
	s->begun = s->at;
}

static int seal(struct sk_sealing *s, uint8_t tag)
{
	unsigned long long n = 0;

	crypto_secretstream_xchacha20poly1305_push(&s->seal, s->sealed, &n, s->piece, s->held,
	    (const uint8_t *)s->name, strlen(s->name), tag);
	s->held = 0;
	int rc = write_at(s, s->sealed, (size_t)n);
	if (rc == 0)
		push_on(s);
	return rc;
}

/* A full piece waits for more, since the last one must be known to be it. */
int sk_sealing_put(struct sk_sealing *s, const void *from, size_t n)
{
	const uint8_t *p = from;
	int rc = s->over && n ? SK_EREFUSED : 0;

	while (n && rc == 0) {
		if (s->held == SK_SEAL_CHUNK)
			rc = seal(s, 0);
		size_t k = rc ? 0 : SK_SEAL_CHUNK - s->held;
		k = k < n ? k : n;
		memcpy(s->piece + s->held, p, k);
		sha256_update(&s->hash, k, p);
		s->held += k;
		s->taken += k;
		p += k;
		n -= k;
	}
	return rc;
}

int sk_sealing_end(struct sk_sealing *s, uint8_t sha256[32], uint64_t *size)
{
	struct sha256_ctx sum = s->hash;
	int rc = s->over ? 0 : seal(s, SK_SEAL_LAST);

	if (rc == 0 && s->taken > SYNCED && fdatasync(s->fd))
		rc = failed();
	if (rc)
		return rc;
	s->over = true;
	sha256_digest(&sum, 32, sha256);
	*size = s->taken;
	return 0;
}

void sk_sealing_free(struct sk_sealing *s)
{
	if (s == NULL)
		return;
	sodium_memzero(s, sizeof(*s));
	free(s);
}
