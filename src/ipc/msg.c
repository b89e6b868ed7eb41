/* Control messages with descriptors. Runs in the caller and in every zygote. */
#include "ipc/msg.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "ipc/fds.h"

int sk_msg_send(
    int sock, enum sk_msg_kind kind, const void *payload, size_t n, const int *fds, size_t nfds)
{
	uint32_t head = kind;
	struct iovec iov[2] = {{&head, sizeof(head)}, {(void *)(uintptr_t)payload, n}};
	struct msghdr m = {.msg_iov = iov, .msg_iovlen = 2};
	union sk_fds_room room = {0};
	ssize_t sent;

	if (nfds > SK_MSG_MAX_FDS || n + sizeof(head) > SK_MSG_MAX)
		return SK_EARG;
	sk_fds_put(&m, &room, fds, nfds);
	do
		sent = sendmsg(sock, &m, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	return sent == (ssize_t)(n + sizeof(head)) ? 0 : SK_EIO;
}

/* One message into buf. Returns its length, or SK_E*; *nfds is the number of descriptors in fds. */
static ssize_t receive(int sock, uint8_t buf[SK_MSG_MAX], int fds[SK_MSG_MAX_FDS], size_t *nfds)
{
	struct iovec iov = {buf, SK_MSG_MAX};
	union sk_fds_room room = {0};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n;

	sk_fds_expect(&m, &room);
	do
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	*nfds = n < 0 ? 0 : sk_fds_take(&m, fds, SK_MSG_MAX_FDS);
	if (n <= 0)
		return SK_EIO;
	return m.msg_flags & (MSG_TRUNC | MSG_CTRUNC) ? SK_EFORMAT : n;
}

static void close_all(const int *fds, size_t n)
{
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
}

/* Whether the bytes are a message of this kind with n payload bytes; then they are copied. */
static bool matches(const uint8_t *buf, ssize_t got, enum sk_msg_kind kind, void *payload, size_t n)
{
	uint32_t head;

	if (got != (ssize_t)(sizeof(head) + n))
		return false;
	memcpy(&head, buf, sizeof(head));
	if (head != (uint32_t)kind)
		return false;
	memcpy(payload, buf + sizeof(head), n);
	return true;
}

int sk_msg_recv(int sock, enum sk_msg_kind want, void *payload, size_t n, int *fds, size_t nfds)
{
	uint8_t buf[SK_MSG_MAX];
	int got_fds[SK_MSG_MAX_FDS];
	size_t got_n = 0;
	ssize_t got = receive(sock, buf, got_fds, &got_n);
	bool good = got > 0 && got_n == nfds && matches(buf, got, want, payload, n);

	explicit_bzero(buf, sizeof(buf)); /* passwords came along */
	if (good) {
		if (nfds)
			memcpy(fds, got_fds, nfds * sizeof(int));
		return 0;
	}
	close_all(got_fds, got_n);
	return got == SK_EIO ? SK_EIO : SK_EFORMAT;
}

int sk_msg_recv_either(
    int sock, enum sk_msg_kind a, void *pa, size_t na, enum sk_msg_kind b, void *pb, size_t nb)
{
	uint8_t buf[SK_MSG_MAX];
	int fds[SK_MSG_MAX_FDS];
	size_t nfds = 0;
	ssize_t got = receive(sock, buf, fds, &nfds);

	close_all(fds, nfds);
	if (got > 0 && nfds == 0 && matches(buf, got, a, pa, na))
		return (int)a;
	if (got > 0 && nfds == 0 && matches(buf, got, b, pb, nb))
		return (int)b;
	return got == SK_EIO ? SK_EIO : SK_EFORMAT;
}
