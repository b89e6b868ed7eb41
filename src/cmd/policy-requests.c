/* Recorded requests from a file. The command. */
#include "cmd/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/err.h"

static size_t after_spaces(struct sk_slice s, size_t at)
{
	while (
	    at < s.n && (s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '\r' || s.p[at] == '\n'))
		at++;
	return at;
}

static int read_one(struct requests *r, struct sk_slice text, size_t *at, struct sk_fault *fault)
{
	struct sk_recorded *v =
	    sk_arena_grow(r->arena, r->v, &r->cap, r->n + 1, sizeof(struct sk_recorded));
	size_t used = 0;

	if (v == NULL)
		return SK_ENOMEM;
	r->v = v;
	int rc =
	    sk_recorded_read(r->arena, sk_slice_sub(text, *at, text.n), &v[r->n], &used, fault);
	r->n += rc == 0;
	*at = after_spaces(text, *at + used);
	return rc;
}

int cli_requests_read(struct requests *r, const char *path)
{
	struct sk_fault fault = {.why = "", .field = ""};
	struct sk_slice text;
	int rc = 0;

	if (cli_policy_text(r->arena, AT_FDCWD, path, (size_t)256 << 20, &text)) {
		fprintf(stderr, _("sekisho: %s: %s\n"), path, cli_errno_text(errno));
		return EXIT_SOME_ERROR;
	}
	for (size_t at = after_spaces(text, 0); at < text.n && rc == 0;)
		rc = read_one(r, text, &at, &fault);
	if (rc == SK_EFORMAT)
		fprintf(stderr, _("sekisho: %s: request %zu: %s%s%s\n"), path, r->n + 1,
		    fault.field, fault.field[0] ? ": " : "", _(fault.why));
	else if (rc)
		fprintf(stderr, "%s\n", _("sekisho: there is not enough memory"));
	return rc ? EXIT_SOME_ERROR : 0;
}
