/* Descriptors with messages: fds.h. */
#include "ipc/fds.h"

#include <string.h>
#include <unistd.h>

void sk_fds_put(struct msghdr *m, union sk_fds_room *room, const int *fds, size_t n)
{
	struct cmsghdr *h;

	if (n == 0)
		return;
	m->msg_control = room->space;
	m->msg_controllen = CMSG_SPACE(n * sizeof(int));
	h = CMSG_FIRSTHDR(m);
	*h = (struct cmsghdr){.cmsg_len = CMSG_LEN(n * sizeof(int)),
	    .cmsg_level = SOL_SOCKET,
	    .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(h), fds, n * sizeof(int));
}

void sk_fds_expect(struct msghdr *m, union sk_fds_room *room)
{
	m->msg_control = room->space;
	m->msg_controllen = sizeof(room->space);
}

size_t sk_fds_take(struct msghdr *m, int *fds, size_t max)
{
	size_t got = 0;

	for (struct cmsghdr *h = CMSG_FIRSTHDR(m); h; h = CMSG_NXTHDR(m, h)) {
		if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
			continue;
		size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(h) + i * sizeof(int), sizeof(int));
			if (got < max)
				fds[got++] = fd;
			else
				close(fd);
		}
	}
	return got;
}
