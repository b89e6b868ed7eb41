/* Reading what lies behind a descriptor, with proof: bytes.h. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "base/err.h"
#include "base/fd.h"
#include "bytes/inside.h"

/* Up to n bytes, fewer only at the end of the file. -1: errno. */
static ssize_t read_at(int fd, uint8_t *p, size_t n, uint64_t at)
{
	size_t got = 0;

	while (got < n) {
		ssize_t k = pread(fd, p + got, n - got, (off_t)(at + got));
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -1;
		if (k == 0)
			break;
		got += (size_t)k;
	}
	return (ssize_t)got;
}

/* --- pieces --- */

int sk_pieces_begin(struct sk_pieces *p, int fd, const struct sk_bytes *what)
{
	uint8_t head[SK_SEAL_HEAD];
	ssize_t n = read_at(fd, head, sizeof(head), 0);

	memset(p, 0, sizeof(*p));
	p->fd = fd;
	memcpy(p->name, what->name, sizeof(p->name));
	p->at = SK_SEAL_HEAD;
	if (n < 0)
		return SK_EIO;
	if (n != (ssize_t)sizeof(head) || memcmp(head, SK_SEAL_MAGIC, 8) != 0 ||
	    crypto_secretstream_xchacha20poly1305_init_pull(&p->seal, head + 8, what->key))
		return SK_EFORMAT;
	return 0;
}

static int damaged(const char **how, const char *what)
{
	*how = what;
	return SK_EFORMAT;
}

int sk_pieces_next(struct sk_pieces *p, uint8_t plain[SK_SEAL_CHUNK], size_t *got, const char **how)
{
	unsigned long long n = 0;
	uint8_t tag = 0;
	ssize_t have = read_at(p->fd, p->sealed, sizeof(p->sealed), p->at);

	if (have < 0)
		return SK_EIO;
	*got = SIZE_MAX;
	if (have == 0)
		return p->over ? 0 : damaged(how, "cut");
	if (p->over)
		return damaged(how, "more bytes after the last piece");
	if (crypto_secretstream_xchacha20poly1305_pull(&p->seal, plain, &n, &tag, p->sealed,
		(size_t)have, (const uint8_t *)p->name, strlen(p->name)))
		return damaged(how, "damaged");
	p->n++;
	p->at += (uint64_t)have;
	p->over = tag == SK_SEAL_LAST;
	*got = (size_t)n;
	return 0;
}

/* --- reading --- */

struct sk_unsealing {
	struct sk_bytes what;
	struct sk_pieces p;
	struct sha256_ctx hash;
	uint64_t read; /* plain bytes so far */
	bool over;     /* and all of it is proved */
	size_t have, given;
	uint8_t piece[SK_SEAL_CHUNK];
};

int sk_unsealing_new(int fd, const struct sk_bytes *what, struct sk_unsealing **out)
{
	struct sk_unsealing *u = sodium_init() < 0 ? NULL : calloc(1, sizeof(*u));
	int rc = u == NULL ? SK_ENOMEM : what->sealed ? sk_pieces_begin(&u->p, fd, what) : 0;

	if (rc) {
		sk_unsealing_free(u);
		return rc;
	}
	u->p.fd = fd;
	u->what = *what;
	sha256_init(&u->hash);
	*out = u;
	return 0;
}

/* SIZE_MAX: the end. */
static int next(struct sk_unsealing *u)
{
	const char *how = NULL;

	if (u->what.sealed)
		return sk_pieces_next(&u->p, u->piece, &u->have, &how);
	ssize_t n = read_at(u->p.fd, u->piece, sizeof(u->piece), u->p.at);
	if (n < 0)
		return SK_EIO;
	u->p.at += (uint64_t)n;
	u->have = n ? (size_t)n : SIZE_MAX;
	return 0;
}

/* There is nothing behind it, and it is what was said. */
static int prove(struct sk_unsealing *u)
{
	uint8_t sum[32], more;
	ssize_t n = read_at(u->p.fd, &more, 1, u->p.at);

	sha256_digest(&u->hash, sizeof(sum), sum);
	if (n < 0)
		return SK_EIO;
	u->over = n == 0 && (u->p.over || !u->what.sealed) && u->read == u->what.size &&
		  memcmp(sum, u->what.sha256, sizeof(sum)) == 0;
	return u->over ? 0 : SK_EFORMAT;
}

static int take_next(struct sk_unsealing *u)
{
	int rc = next(u);

	u->given = 0;
	if (rc == 0 && u->have != SIZE_MAX) {
		sha256_update(&u->hash, u->have, u->piece);
		u->read += u->have;
		if (u->read > u->what.size)
			rc = SK_EFORMAT;
	}
	if (rc == 0 && (u->have == SIZE_MAX || u->read == u->what.size))
		rc = prove(u);
	if (rc || u->have == SIZE_MAX)
		u->have = 0; /* nothing of it is given */
	return rc;
}

int sk_unsealing_get(struct sk_unsealing *u, void *p, size_t n, size_t *got)
{
	if (n == 0)
		return SK_EARG;
	while (u->given == u->have && !u->over) {
		int rc = take_next(u);
		if (rc)
			return rc;
	}
	size_t k = u->have - u->given;
	k = k < n ? k : n;
	memcpy(p, u->piece + u->given, k);
	u->given += k;
	*got = k;
	return 0;
}

void sk_unsealing_free(struct sk_unsealing *u)
{
	if (u == NULL)
		return;
	sodium_memzero(u, sizeof(*u));
	free(u);
}

int sk_unsealing_copy(int fd, const struct sk_bytes *what, int to)
{
	struct sk_unsealing *u = NULL;
	uint8_t *p = malloc(SK_SEAL_CHUNK);
	int rc = p ? sk_unsealing_new(fd, what, &u) : SK_ENOMEM;

	for (size_t n = 1; rc == 0 && n;) {
		rc = sk_unsealing_get(u, p, SK_SEAL_CHUNK, &n);
		if (rc == 0 && n && sk_write_all(to, p, n))
			rc = errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? SK_ENOSPACE
										  : SK_EIO;
	}
	sk_unsealing_free(u);
	if (p)
		sodium_memzero(p, SK_SEAL_CHUNK);
	free(p);
	return rc;
}
