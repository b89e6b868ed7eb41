/*
 * Wrapping of data keys: XChaCha20-Poly1305 (libsodium, crypto_aead_xchacha20poly1305_ietf), a random nonce a key, the
 * name of the original as associated data. Runs in the gate.
 */
#include "store/master.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/err.h"
#include "base/fd.h"

#define MAGIC "SKKEY 1\n"
#define MOST 4 /* master keys in one file: the present one and those that still have originals */
#define DIGITS 64

struct sk_master {
	size_t n;
	uint8_t id[MOST][16];
	uint8_t key[MOST][32];
};

static void identify(const uint8_t key[32], uint8_t id[16])
{
	static const uint8_t what[] = "sekisho master key";

	crypto_generichash(id, 16, what, sizeof(what), key, 32);
}

int sk_master_create(const char *path)
{
	uint8_t key[32];
	char text[DIGITS + 2];

	if (sodium_init() < 0)
		return SK_EINTERNAL;
	sk_autoclose int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (fd < 0)
		return errno == EEXIST ? SK_EEXIST : SK_EIO;
	randombytes_buf(key, sizeof(key));
	sodium_bin2hex(text, sizeof(text), key, sizeof(key));
	text[DIGITS] = '\n';
	int rc = sk_write_all(fd, text, DIGITS + 1);
	if (rc == 0 && fsync(fd))
		rc = SK_EIO;
	sodium_memzero(key, sizeof(key));
	sodium_memzero(text, sizeof(text));
	if (rc)
		unlink(path);
	return rc;
}

/* One line of 64 digits into the next place. */
static int add_line(struct sk_master *m, const char *line, size_t n)
{
	size_t made = 0;

	if (n != DIGITS || m->n == MOST)
		return SK_EFORMAT;
	if (sodium_hex2bin(m->key[m->n], 32, line, n, NULL, &made, NULL) || made != 32)
		return SK_EFORMAT;
	identify(m->key[m->n], m->id[m->n]);
	m->n++;
	return 0;
}

static int parse(struct sk_master *m, const char *text, size_t n)
{
	int rc = 0;

	while (n && rc == 0) {
		const char *end = memchr(text, '\n', n);
		size_t line = end ? (size_t)(end - text) : n;
		rc = add_line(m, text, line);
		line += end != NULL;
		text += line;
		n -= line;
	}
	return rc == 0 && m->n == 0 ? SK_EFORMAT : rc;
}

/* Nobody but its owner, who is root or us, may have any right. */
static int private_file(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return SK_EIO;
	if (!S_ISREG(st.st_mode) || st.st_mode & 077 || (st.st_uid != 0 && st.st_uid != geteuid()))
		return SK_EREFUSED;
	return 0;
}

int sk_master_take(int fd, struct sk_master **out)
{
	char text[MOST * (DIGITS + 1) + 1];

	if (sodium_init() < 0)
		return SK_EINTERNAL;
	ssize_t n = pread(fd, text, sizeof(text), 0);
	struct sk_master *m = sodium_malloc(sizeof(*m));
	int rc = n < 0 ? SK_EIO : m == NULL ? SK_ENOMEM : 0;
	if (rc == 0) {
		sodium_memzero(m, sizeof(*m));
		rc = (size_t)n < sizeof(text) ? parse(m, text, (size_t)n) : SK_EFORMAT;
	}
	sodium_memzero(text, sizeof(text));
	if (rc) {
		sk_master_free(m);
		return rc;
	}
	*out = m;
	return 0;
}

int sk_master_load(const char *path, struct sk_master **out)
{
	sk_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0)
		return errno == ELOOP ? SK_EREFUSED : SK_EIO;
	int rc = private_file(fd);
	return rc ? rc : sk_master_take(fd, out);
}

void sk_master_free(struct sk_master *m)
{
	sodium_free(m); /* overwrites; NULL is fine */
}

/* Magic, the master key's mark and the name: what must not be exchanged. */
static size_t bound(uint8_t *ad, size_t max, const uint8_t *head, const char *name)
{
	size_t n = strnlen(name, max - 24);

	memcpy(ad, head, 24);
	memcpy(ad + 24, name, n);
	return 24 + n;
}

int sk_master_wrap(const struct sk_master *m, const char *name, const uint8_t key[SK_DATA_KEY],
    uint8_t wrapped[SK_WRAPPED])
{
	uint8_t ad[128];

	memcpy(wrapped, MAGIC, 8);
	memcpy(wrapped + 8, m->id[0], 16);
	randombytes_buf(wrapped + 24, 24);
	size_t n = bound(ad, sizeof(ad), wrapped, name);
	return crypto_aead_xchacha20poly1305_ietf_encrypt(
		   wrapped + 48, NULL, key, SK_DATA_KEY, ad, n, NULL, wrapped + 24, m->key[0])
		   ? SK_EINTERNAL
		   : 0;
}

int sk_master_unwrap(const struct sk_master *m, const char *name, const uint8_t wrapped[SK_WRAPPED],
    uint8_t key[SK_DATA_KEY])
{
	uint8_t ad[128];
	size_t i = 0;

	if (memcmp(wrapped, MAGIC, 8) != 0)
		return SK_EFORMAT;
	while (i < m->n && memcmp(wrapped + 8, m->id[i], 16) != 0)
		i++;
	if (i == m->n)
		return SK_EUNSUPPORTED;
	size_t n = bound(ad, sizeof(ad), wrapped, name);
	return crypto_aead_xchacha20poly1305_ietf_decrypt(
		   key, NULL, NULL, wrapped + 48, SK_DATA_KEY + 16, ad, n, wrapped + 24, m->key[i])
		   ? SK_EFORMAT
		   : 0;
}

bool sk_master_is_first(const struct sk_master *m, const uint8_t wrapped[SK_WRAPPED])
{
	return memcmp(wrapped, MAGIC, 8) == 0 && memcmp(wrapped + 8, m->id[0], 16) == 0;
}
