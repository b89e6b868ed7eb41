/* Recorded requests from a file of any length, one after the other. The command. */
#include "cmd/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"

/* Memory for the texts of one request. */
#define ONE ((size_t)1 << 20)

/* What was read and not yet understood: always a whole request, or all that is left. */
struct stream {
	int fd;
	uint8_t *p;
	size_t from, to;
	bool ended;
};

#define WINDOW (4 * SK_RECORDED_BYTES)

static int fill(struct stream *s)
{
	memmove(s->p, s->p + s->from, s->to - s->from);
	s->to -= s->from;
	s->from = 0;
	while (!s->ended && s->to < WINDOW) {
		ssize_t n = read(s->fd, s->p + s->to, WINDOW - s->to);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		s->ended = n == 0;
		s->to += (size_t)n;
	}
	return 0;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* To the next request: false at the end, or with errno when it cannot be read. */
static bool advance(struct stream *s)
{
	errno = 0;
	for (;;) {
		while (s->from < s->to && is_space(s->p[s->from]))
			s->from++;
		bool enough = s->ended || s->to - s->from >= SK_RECORDED_BYTES;
		if (enough)
			return s->from < s->to;
		if (fill(s))
			return false;
	}
}

static int take_one(
    struct stream *s, size_t number, cli_request_each *each, void *user, struct sk_fault *fault)
{
	struct sk_arena *arena = sk_arena_new(ONE);
	struct sk_recorded r;
	size_t used = 0;
	int rc = SK_ENOMEM;

	if (arena)
		rc = sk_recorded_read(
		    arena, sk_slice(s->p + s->from, s->to - s->from), &r, &used, fault);
	if (rc == 0)
		each(user, &r, number);
	s->from += used;
	sk_arena_free(arena);
	return rc;
}

static int take_all(struct stream *s, const char *path, cli_request_each *each, void *user)
{
	struct sk_fault fault = {.why = "", .field = ""};
	size_t number = 0;
	int rc = 0;

	while (rc == 0 && advance(s))
		rc = take_one(s, ++number, each, user, &fault);
	if (rc == 0 && errno)
		fprintf(stderr, _("sekisho: %s: %s\n"), path, cli_errno_text(errno));
	else if (rc == SK_EFORMAT)
		fprintf(stderr, _("sekisho: %s: request %zu: %s%s%s\n"), path, number, fault.field,
		    fault.field[0] ? ": " : "", _(fault.why));
	else if (rc)
		fprintf(stderr, "%s\n", _("sekisho: there is not enough memory"));
	return rc || errno ? EXIT_SOME_ERROR : 0;
}

int cli_requests(const char *path, cli_request_each *each, void *user)
{
	bool standard = strcmp(path, "-") == 0;
	struct stream s = {.fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)};

	s.p = s.fd < 0 ? NULL : malloc(WINDOW);
	if (s.p == NULL)
		fprintf(stderr, _("sekisho: %s: %s\n"), path, cli_errno_text(errno));
	int code = s.p ? take_all(&s, path, each, user) : EXIT_SOME_ERROR;
	free(s.p);
	if (s.fd >= 0 && !standard)
		close(s.fd);
	return code;
}
