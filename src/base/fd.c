/* Descriptors. Runs in every process. */
#include "base/fd.h"

#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

void sk_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

int sk_write_all(int fd, const void *p, size_t n)
{
	const uint8_t *at = p;

	while (n) {
		ssize_t k = write(fd, at, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return SK_EIO;
		at += k;
		n -= (size_t)k;
	}
	return 0;
}

int sk_read_all(int fd, void *p, size_t n)
{
	uint8_t *at = p;

	while (n) {
		ssize_t k = read(fd, at, n);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0) {
			errno = k ? errno : 0;
			return SK_EIO;
		}
		at += k;
		n -= (size_t)k;
	}
	return 0;
}

int sk_memfd(const char *name)
{
	return memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

static int map(int fd, int flags, struct sk_slice *out)
{
	struct stat st;

	if (fstat(fd, &st))
		return SK_EIO;
	if (st.st_size == 0) {
		*out = sk_slice("", 0);
		return 0;
	}
	void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | flags, fd, 0);
	if (p == MAP_FAILED)
		return SK_EIO;
	*out = sk_slice(p, (size_t)st.st_size);
	return 0;
}

int sk_map(int fd, struct sk_slice *out)
{
	return map(fd, MAP_POPULATE, out);
}

int sk_map_lazily(int fd, struct sk_slice *out)
{
	return map(fd, 0, out);
}

void sk_unmap(struct sk_slice *s)
{
	if (s->n)
		munmap((void *)(uintptr_t)s->p, s->n);
	*s = sk_slice("", 0);
}
