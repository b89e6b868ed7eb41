/* sekisho policy: what is written in a policy. Runs as the user; reads the policy and what lies in its folder. */
#include "cmd/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/fd.h"

/* --- check --- */

static size_t members_of(const struct sk_policy *p)
{
	const struct sk_list *list = &p->list[SK_KIND_MEMBER];
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += ((const struct sk_member *)list->v[i])->first == list->v[i];
	return n;
}

static int policy_check(int argc, char **argv)
{
	struct opened o;
	int code = EXIT_ALL_CLEAN;

	if (argc != 1) {
		fprintf(stderr, "%s\n", _("sekisho: policy check takes the path of one policy"));
		return EXIT_SOME_ERROR;
	}
	int rc = cli_policy_open(&o, argv[0], sk_day_of(time(NULL)), true);
	if (rc)
		code = cli_policy_failed(rc);
	else
		printf(
		    _("The policy can be used: %zu routes, %zu flows, %zu members; %zu warnings.\n"),
		    o.policy->list[SK_KIND_ROUTE].n, o.policy->list[SK_KIND_FLOW].n,
		    members_of(o.policy), o.diags.n);
	cli_policy_close(&o);
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
	cli_policy_tell(&o->diags, true);
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
	struct opened o;
	struct sk_slice text;
	int code = EXIT_SOME_ERROR;

	if (argc != 1 + in_place) {
		fprintf(stderr, "%s\n",
		    _("sekisho: policy fmt takes [--write] and the path of one file"));
		return code;
	}
	if (cli_policy_new(&o))
		return code;
	const char *name = cli_policy_enter(&o, argv[in_place]);
	if (name == NULL || cli_policy_text(o.arena, o.dir, name, SK_POLICY_BYTES, &text))
		fprintf(stderr, _("sekisho: %s: %s\n"), argv[in_place], cli_errno_text(errno));
	else
		code = format_text(&o, name, text, in_place);
	cli_policy_close(&o);
	return code;
}

/* --- the command --- */

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {{"check", policy_check}, {"fmt", policy_fmt}, {"explain", policy_explain},
    {"diff", policy_diff}, {"export", policy_export}, {"import", policy_import}};

int cmd_policy(int argc, char **argv)
{
	if (cli_take_language(&argc, argv))
		return EXIT_SOME_ERROR;
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 2, argv + 2);
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		cli_usage(stdout);
		return EXIT_ALL_CLEAN;
	}
	fprintf(stderr, "%s\n",
	    _("sekisho: policy is followed by check, fmt, explain, diff, export or import"));
	return EXIT_SOME_ERROR;
}
