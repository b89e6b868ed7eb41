/* Opening a policy and telling what is wrong with it: policy.h. Runs as the user; reads the policy and what lies in its folder. */
#include "cmd/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

/* A policy of 5,000 staff takes about 30 MB. */
#define MEMORY ((size_t)1 << 30)

/* --- files --- */

/* The whole file, owned by the arena. 0, or -1 with errno. */
static int read_text(struct sk_arena *arena, int fd, size_t max, struct sk_slice *text)
{
	struct sk_buf buf = SK_BUF(max + 1);
	uint8_t piece[65536];
	ssize_t n;

	while ((n = read(fd, piece, sizeof(piece))) > 0 && buf.err == 0)
		sk_buf_put(&buf, piece, (size_t)n);
	*text = sk_slice(sk_arena_dup(arena, buf.p, buf.len), buf.len);
	sk_buf_free(&buf);
	if (n == 0 && buf.err == 0 && text->p)
		return 0;
	if (buf.err)
		errno = EFBIG;
	return -1;
}

int cli_policy_text(
    struct sk_arena *arena, int dir, const char *name, size_t max, struct sk_slice *text)
{
	bool standard = strcmp(name, "-") == 0;
	int fd = standard ? STDIN_FILENO : openat(dir, name, O_RDONLY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : read_text(arena, fd, max, text);
	int err = errno;

	if (fd >= 0 && !standard)
		close(fd);
	errno = err;
	return rc;
}

static int include(void *user, const char *name, struct sk_slice *text, const char **why)
{
	struct opened *o = user;

	if (cli_policy_text(o->arena, o->dir, name, SK_POLICY_BYTES, text) == 0)
		return 0;
	*why = cli_errno_text(errno);
	return SK_EIO;
}

/* --- what is wrong --- */

/* The line, and under it marks below what is meant. */
static void show_line(const struct sk_diag *d)
{
	struct sk_buf line = SK_BUF(1 << 20);
	size_t column, cells;

	sk_diag_show(d, &line, &column, &cells);
	fprintf(stderr, "    %.*s\n    ", (int)line.len, (const char *)line.p);
	for (size_t i = 0; i < column + cells; i++)
		fputc(i < column ? ' ' : '^', stderr);
	fputc('\n', stderr);
	sk_buf_free(&line);
}

/* Names and expected words stand for themselves; a few of them are sentences of ours. */
static const char *translated(const char *text)
{
	return text[0] ? _(text) : text;
}

static void tell(const struct sk_diag *d)
{
	char sentence[2000];
	bool error = sk_diag_severity(d->code) == SK_DIAG_ERROR;

	sk_diag_fill(sentence, sizeof(sentence), _(sk_diag_text(d->code)), translated(d->a),
	    translated(d->b));
	fprintf(stderr, "%s:", d->source->name);
	if (d->line)
		fprintf(stderr, "%u:", d->line);
	fprintf(stderr, " %s: %s [%s]\n", error ? _("error") : _("warning"), sentence,
	    sk_diag_name(d->code));
	if (d->line)
		show_line(d);
}

void cli_policy_tell(const struct sk_diags *d, bool warnings)
{
	for (size_t i = 0; i < d->n; i++)
		if (warnings || sk_diag_severity(d->v[i].code) == SK_DIAG_ERROR)
			tell(&d->v[i]);
	if (d->n == SK_DIAG_MAX)
		fprintf(stderr, _("sekisho: there is more; only the first %d are shown\n"),
		    SK_DIAG_MAX);
}

/* --- opening --- */

void cli_policy_close(struct opened *o)
{
	if (o->dir >= 0)
		close(o->dir);
	sk_arena_free(o->arena);
}

const char *cli_policy_enter(struct opened *o, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = sk_arena_str(
	    o->arena, slash ? sk_slice(path, (size_t)(slash - path) + 1) : sk_slice_str("."));

	o->dir = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	return o->dir < 0 ? NULL : slash ? slash + 1 : path;
}

int cli_policy_new(struct opened *o)
{
	*o = (struct opened){.arena = sk_arena_new(MEMORY), .dir = -1};
	o->diags.arena = o->arena;
	if (o->arena)
		return 0;
	fprintf(stderr, "%s\n", _("sekisho: there is not enough memory"));
	return SK_ENOMEM;
}

int cli_policy_open(struct opened *o, const char *path, int32_t day, bool warnings)
{
	struct sk_slice text;

	if (cli_policy_new(o))
		return SK_ENOMEM;
	const char *name = cli_policy_enter(o, path);
	if (name == NULL || cli_policy_text(o->arena, o->dir, name, SK_POLICY_BYTES, &text)) {
		fprintf(stderr, _("sekisho: %s: %s\n"), path, cli_errno_text(errno));
		return SK_EIO;
	}
	int rc = sk_policy_load(o->arena, &o->diags, name, text, include, o, day, &o->policy);
	cli_policy_tell(&o->diags, warnings);
	if (rc == SK_ENOMEM)
		fprintf(stderr, _("sekisho: %s: the policy takes too much memory\n"), path);
	return rc;
}

int cli_policy_failed(int rc)
{
	return rc == SK_EFORMAT ? EXIT_SOME_REFUSED : EXIT_SOME_ERROR;
}
