/* Descriptors that go along with a message (unix(7), SCM_RIGHTS). Every process. */
#ifndef SK_IPC_FDS_H
#define SK_IPC_FDS_H

#include <stddef.h>
#include <sys/socket.h>

#define SK_FDS_MAX 4

union sk_fds_room {
	struct cmsghdr align;
	char space[CMSG_SPACE(SK_FDS_MAX * sizeof(int))];
};

/* To send n of them (at most SK_FDS_MAX; 0: none), which stay the caller's. `room` must live as long as m. */
void sk_fds_put(struct msghdr *m, union sk_fds_room *room, const int *fds, size_t n);
/* To receive: before recvmsg(). */
void sk_fds_expect(struct msghdr *m, union sk_fds_room *room);
/* Behind recvmsg(): those that came are the caller's; more than `max` are closed. Returns their number. */
size_t sk_fds_take(struct msghdr *m, int *fds, size_t max);

#endif
