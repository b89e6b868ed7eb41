/* sekisho policy: what is written in a policy. Runs as the user; reads the policy and what lies in its folder. */
#include "cmd/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "policy/policy.h"

/* A policy of 5,000 staff takes about 30 MB. */
#define MEMORY ((size_t)1 << 30)
#define TOKYO 32400

struct opened {
	struct sk_arena *arena;
	struct sk_diags diags;
	int dir; /* the policy's folder */
	const struct sk_policy *policy;
};

/* --- files --- */

/* The whole file, owned by the arena. 0, or -1 with errno. */
static int read_text(struct sk_arena *arena, int fd, struct sk_slice *text)
{
	struct sk_buf buf = SK_BUF(SK_POLICY_BYTES + 1);
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

static int open_text(struct sk_arena *arena, int dir, const char *name, struct sk_slice *text)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : read_text(arena, fd, text);
	int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
	return rc;
}

static int include(void *user, const char *name, struct sk_slice *text, const char **why)
{
	struct opened *o = user;

	if (open_text(o->arena, o->dir, name, text) == 0)
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

static void tell_all(const struct sk_diags *d)
{
	for (size_t i = 0; i < d->n; i++)
		tell(&d->v[i]);
	if (d->n == SK_DIAG_MAX)
		fprintf(stderr, _("sekisho: there is more; only the first %d are shown\n"),
		    SK_DIAG_MAX);
}

/* --- opening --- */

/* Today in Japan, which has one time zone and no summer time. */
static int32_t today(void)
{
	return (int32_t)((time(NULL) + TOKYO) / 86400);
}

static void close_policy(struct opened *o)
{
	if (o->dir >= 0)
		close(o->dir);
	sk_arena_free(o->arena);
}

/* Split a path: its folder is opened, its name returned; NULL when that cannot be. */
static const char *enter(struct opened *o, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = sk_arena_str(
	    o->arena, slash ? sk_slice(path, (size_t)(slash - path) + 1) : sk_slice_str("."));

	o->dir = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	return o->dir < 0 ? NULL : slash ? slash + 1 : path;
}

/* Read a policy and tell what is wrong with it. 0 when it has no errors; o is to be closed in any case. */
static int open_policy(struct opened *o, const char *path, int32_t day)
{
	struct sk_slice text;

	*o = (struct opened){.arena = sk_arena_new(MEMORY), .dir = -1};
	if (o->arena == NULL)
		return SK_ENOMEM;
	o->diags.arena = o->arena;
	const char *name = enter(o, path);
	if (name == NULL || open_text(o->arena, o->dir, name, &text)) {
		fprintf(stderr, _("sekisho: %s: %s\n"), path, cli_errno_text(errno));
		return SK_EIO;
	}
	int rc = sk_policy_load(o->arena, &o->diags, name, text, include, o, day, &o->policy);
	tell_all(&o->diags);
	if (rc == SK_ENOMEM)
		fprintf(stderr, _("sekisho: %s: the policy takes too much memory\n"), path);
	return rc;
}

/* --- check --- */

static int policy_check(int argc, char **argv)
{
	struct opened o;
	int code = EXIT_ALL_CLEAN;

	if (argc != 1) {
		fprintf(stderr, "%s\n", _("sekisho: policy check takes the path of one policy"));
		return EXIT_SOME_ERROR;
	}
	int rc = open_policy(&o, argv[0], today());
	if (rc == SK_EFORMAT)
		code = EXIT_SOME_REFUSED;
	else if (rc)
		code = EXIT_SOME_ERROR;
	else
		printf(
		    _("The policy can be used: %zu routes, %zu flows, %zu members; %zu warnings.\n"),
		    o.policy->list[SK_KIND_ROUTE].n, o.policy->list[SK_KIND_FLOW].n,
		    o.policy->list[SK_KIND_MEMBER].n, o.diags.n);
	close_policy(&o);
	return code;
}

/* --- fmt --- */

/* A new file beside the old one takes its place, or nothing changes. */
static int replace(int dir, const char *name, const struct sk_buf *text)
{
	struct output out;
	struct stat st;
	int copy = fcntl(dir, F_DUPFD_CLOEXEC, 3);

	if (copy < 0 || fstatat(dir, name, &st, 0) || cli_output_open(&out, copy, st.st_mode))
		return -1;
	int rc = sk_write_all(out.fd, text->p, text->len) || cli_output_publish(&out, name, true);
	cli_output_close(&out);
	return rc ? -1 : 0;
}

static int format_text(struct opened *o, const char *name, struct sk_slice text, bool in_place)
{
	struct sk_source *source = NULL;
	struct sk_buf out = SK_BUF(SK_POLICY_BYTES * 4);
	int code = EXIT_SOME_ERROR;

	int rc = sk_policy_read(o->arena, &o->diags, name, text, &source);
	tell_all(&o->diags);
	if (rc == SK_EFORMAT) {
		code = EXIT_SOME_REFUSED;
	} else if (rc == 0 && sk_policy_format(source, &out) == 0) {
		code = EXIT_ALL_CLEAN;
		if (!in_place)
			fwrite(out.p, 1, out.len, stdout);
		else if (!sk_slice_eq(text, sk_buf_slice(&out)) && replace(o->dir, name, &out)) {
			fprintf(stderr, _("sekisho: %s: %s\n"), name, cli_errno_text(errno));
			code = EXIT_SOME_ERROR;
		}
	}
	sk_buf_free(&out);
	return code;
}

static int policy_fmt(int argc, char **argv)
{
	bool in_place = argc > 0 && strcmp(argv[0], "--write") == 0;
	struct opened o = {.arena = sk_arena_new(MEMORY), .dir = -1};
	struct sk_slice text;
	int code = EXIT_SOME_ERROR;

	o.diags.arena = o.arena;
	if (argc != 1 + in_place || o.arena == NULL) {
		fprintf(stderr, "%s\n",
		    _("sekisho: policy fmt takes [--write] and the path of one file"));
		sk_arena_free(o.arena);
		return code;
	}
	const char *name = enter(&o, argv[in_place]);
	if (name == NULL || open_text(o.arena, o.dir, name, &text))
		fprintf(stderr, _("sekisho: %s: %s\n"), argv[in_place], cli_errno_text(errno));
	else
		code = format_text(&o, name, text, in_place);
	close_policy(&o);
	return code;
}

/* --- the command --- */

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {{"check", policy_check}, {"fmt", policy_fmt}};

/* --lang may stand before the verb or behind it. */
static int take_language(int *argc, char **argv)
{
	for (int i = 1; i + 1 < *argc; i++) {
		if (strcmp(argv[i], "--lang"))
			continue;
		if (strcmp(argv[i + 1], "ja") && strcmp(argv[i + 1], "en")) {
			fprintf(
			    stderr, _("sekisho: --lang takes ja or en, not '%s'\n"), argv[i + 1]);
			return -1;
		}
		cli_language(argv[i + 1]);
		memmove(&argv[i], &argv[i + 2], (size_t)(*argc - i - 1) * sizeof(argv[0]));
		*argc -= 2;
		return 0;
	}
	return 0;
}

int cmd_policy(int argc, char **argv)
{
	if (take_language(&argc, argv))
		return EXIT_SOME_ERROR;
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 2, argv + 2);
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		cli_usage(stdout);
		return EXIT_ALL_CLEAN;
	}
	fprintf(stderr, "%s\n", _("sekisho: policy is followed by check or fmt"));
	return EXIT_SOME_ERROR;
}
