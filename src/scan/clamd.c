/* Talking to clamd: clamd.h. The scanner's process. */
#include "scan/clamd.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/utf8.h"

#define CHUNK 65536
#define ANSWER 1024 /* a longer one is none of clamd's */

int sk_clamd_connect(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

/* --- bytes in time --- */

static int wait_for(int fd, short events, int64_t end)
{
	struct pollfd p = {fd, events, 0};
	int64_t left = end - sk_now_ms();

	if (left <= 0)
		return SK_ELIMIT;
	int n = TEMP_FAILURE_RETRY(poll(&p, 1, left > 60000 ? 60000 : (int)left));
	return n < 0 ? SK_EIO : n == 0 && sk_now_ms() >= end ? SK_ELIMIT : 0;
}

static int put(int fd, const void *p, size_t n, int64_t end)
{
	size_t at = 0;

	while (at < n) {
		ssize_t sent = send(fd, (const char *)p + at, n - at, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (sent > 0) {
			at += (size_t)sent;
			continue;
		}
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return SK_EIO;
		int status = wait_for(fd, POLLOUT, end);
		if (status)
			return status;
	}
	return 0;
}

/* All that comes until clamd hangs up. Its length, or SK_E*. */
static ssize_t get(int fd, char answer[ANSWER], int64_t end)
{
	size_t at = 0;

	for (;;) {
		ssize_t n = recv(fd, answer + at, ANSWER - at, MSG_DONTWAIT);
		if (n == 0)
			return (ssize_t)at;
		if (n > 0) {
			at += (size_t)n;
			if (at == ANSWER)
				return SK_EFORMAT;
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			return at ? (ssize_t)at : SK_EIO;
		int status = wait_for(fd, POLLIN, end);
		if (status)
			return status;
	}
}

/* The file in pieces with their lengths before them; an empty one ends it. */
static int put_pieces(int fd, struct sk_unsealing *u, int64_t end)
{
	uint8_t piece[4 + CHUNK];
	size_t n = 0;
	int status = put(fd, "zINSTREAM", 10, end);

	do {
		if (status == 0)
			status = sk_unsealing_get(u, piece + 4, CHUNK, &n);
		if (status)
			return status;
		piece[0] = (uint8_t)(n >> 24);
		piece[1] = (uint8_t)(n >> 16);
		piece[2] = (uint8_t)(n >> 8);
		piece[3] = (uint8_t)n;
		status = put(fd, piece, 4 + n, end);
	} while (n > 0 && status == 0);
	return status;
}

/* SK_EARG: it is not what it was said to be. */
static int put_stream(int fd, int file, const struct sk_bytes *what, int64_t end)
{
	struct sk_unsealing *u = NULL;
	int status = sk_unsealing_new(file, what, &u);

	if (status == 0)
		status = put_pieces(fd, u, end);
	sk_unsealing_free(u);
	return status == SK_EFORMAT ? SK_EARG : status;
}

/* --- answers --- */

static void unknown(struct sk_clamd_result *out, const char *why)
{
	out->verdict = SK_CLAMD_UNKNOWN;
	snprintf(out->text, sizeof(out->text), "%s", why);
}

/* One line that ends with its NUL and holds no other. */
static bool is_line(const char *answer, size_t n)
{
	return n > 1 && memchr(answer, 0, n) == answer + n - 1;
}

void sk_clamd_read_version(const char *answer, size_t n, struct sk_clamd_result *out)
{
	const char *date;
	struct tm tm = {0};

	out->engine[0] = '\0';
	out->signatures = 0;
	if (!is_line(answer, n) || strncmp(answer, "ClamAV ", 7) != 0)
		return;
	/* ClamAV 1.4.6/27800/Mon Nov 23 08:30:12 2026, by the clock of the machine that wrote them: UTC */
	date = strchr(answer, '/');
	date = date ? strchr(date + 1, '/') : NULL;
	sk_utf8_display(out->engine, sizeof(out->engine),
	    sk_slice(answer, date ? (size_t)(date - answer) : n - 1));
	if (date == NULL)
		return;
	date = strptime(date + 1, "%a %b %d %H:%M:%S %Y", &tm);
	if (date && *date == '\0')
		out->signatures = timegm(&tm);
}

void sk_clamd_read_verdict(const char *answer, size_t n, struct sk_clamd_result *out)
{
	static const char head[] = "stream: ", ok[] = "stream: OK", tail[] = " FOUND";
	size_t length = n ? n - 1 : 0;

	if (!is_line(answer, n)) {
		unknown(out, n ? "an answer that is none of clamd's" : "clamd hung up");
		return;
	}
	if (strcmp(answer, ok) == 0) {
		out->verdict = SK_CLAMD_CLEAN;
		out->text[0] = '\0';
		return;
	}
	if (length > sizeof(head) - 1 + sizeof(tail) - 1 &&
	    strncmp(answer, head, sizeof(head) - 1) == 0 &&
	    strcmp(answer + length - (sizeof(tail) - 1), tail) == 0) {
		out->verdict = SK_CLAMD_FOUND;
		sk_utf8_display(out->text, sizeof(out->text),
		    sk_slice(answer + sizeof(head) - 1,
			length - (sizeof(head) - 1) - (sizeof(tail) - 1)));
		return;
	}
	out->verdict = SK_CLAMD_UNKNOWN;
	sk_utf8_display(out->text, sizeof(out->text), sk_slice(answer, length));
}

static void failed(struct sk_clamd_result *out, int status)
{
	unknown(out, status == SK_ELIMIT    ? "clamd took too long"
		     : status == SK_EARG    ? "the file is not what was brought"
		     : status == SK_EFORMAT ? "an answer that is none of clamd's"
					    : "clamd cannot be reached");
}

void sk_clamd_scan(int version, int stream, int file, const struct sk_bytes *what, int millis,
    struct sk_clamd_result *out)
{
	int64_t end = sk_now_ms() + millis;
	char answer[ANSWER];
	ssize_t n;
	int status = put(version, "zVERSION", 9, end);

	*out = (struct sk_clamd_result){0};
	n = status ? status : get(version, answer, end);
	if (n < 0) {
		failed(out, (int)n);
		return;
	}
	sk_clamd_read_version(answer, (size_t)n, out);
	status = put_stream(stream, file, what, end);
	/* it hangs up early when a file is too long for it, and says so */
	n = status == 0 || status == SK_EIO ? get(stream, answer, end) : status;
	if (n < 0)
		failed(out, (int)n);
	else
		sk_clamd_read_verdict(answer, (size_t)n, out);
	/* what was cut off is not clean, whatever is said of it */
	if (status && out->verdict == SK_CLAMD_CLEAN)
		failed(out, status);
}
