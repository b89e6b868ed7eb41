/* sekisho policy export and import: OSCAL. The command. */
#include "cmd/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "policy/oscal.h"

#define MOST ((size_t)512 << 20)

/* --- export --- */

static int put_export(const struct opened *o, bool profile)
{
	struct sk_buf out = SK_BUF(MOST);
	int rc = profile ? sk_oscal_profile(o->policy, &out) : sk_oscal_catalog(o->policy, &out);

	if (rc == 0)
		fwrite(out.p, 1, out.len, stdout);
	else
		fprintf(stderr, "%s\n", _("sekisho: there is not enough memory"));
	sk_buf_free(&out);
	return rc ? EXIT_SOME_ERROR : EXIT_ALL_CLEAN;
}

int policy_export(int argc, char **argv)
{
	bool profile = argc == 3 && strcmp(argv[1], "profile") == 0;
	struct opened o;

	if (argc != 3 || strcmp(argv[0], "--oscal") || (!profile && strcmp(argv[1], "catalog"))) {
		fprintf(stderr, "%s\n",
		    _("sekisho: policy export takes --oscal catalog or --oscal profile, and the path of one policy"));
		return EXIT_SOME_ERROR;
	}
	int rc = cli_policy_open(&o, argv[2], sk_day_of(time(NULL)), false);
	int code = rc ? cli_policy_failed(rc) : put_export(&o, profile);
	cli_policy_close(&o);
	return code;
}

/* --- import --- */

/* A whole policy must check before anybody is given it. */
static int put_import(struct opened *o, const struct sk_buf *text, bool whole)
{
	struct sk_slice copy = sk_slice(sk_arena_dup(o->arena, text->p, text->len), text->len);
	int rc = 0;

	if (whole)
		rc = sk_policy_load(o->arena, &o->diags, "oscal", copy, NULL, NULL,
		    sk_day_of(time(NULL)), &o->policy);
	cli_policy_tell(&o->diags, false);
	if (rc)
		return cli_policy_failed(rc);
	fwrite(text->p, 1, text->len, stdout);
	return EXIT_ALL_CLEAN;
}

static int import_all(struct opened *o, const struct sk_slice *documents, int n)
{
	struct sk_buf text = SK_BUF(SK_POLICY_BYTES * 4);
	struct sk_fault fault;
	bool whole = false;
	int rc = sk_oscal_import(o->arena, documents, (size_t)n, &text, &whole, &fault);
	int code = rc ? cli_policy_failed(rc) : put_import(o, &text, whole);

	if (rc == SK_EFORMAT)
		fprintf(stderr, "sekisho: %s%s%s\n", fault.field, fault.field[0] ? ": " : "",
		    _(fault.why));
	else if (rc)
		fprintf(stderr, "%s\n", _("sekisho: there is not enough memory"));
	sk_buf_free(&text);
	return code;
}

int policy_import(int argc, char **argv)
{
	struct sk_slice documents[2];
	struct opened o;
	int code = EXIT_SOME_ERROR;

	if (argc < 1 || argc > 2 || strncmp(argv[0], "--", 2) == 0) {
		fprintf(stderr, "%s\n",
		    _("sekisho: policy import takes the path of a catalog, and of the profile made with it"));
		return code;
	}
	if (cli_policy_new(&o))
		return code;
	int read = 0;
	while (read < argc && cli_policy_text(o.arena, AT_FDCWD, argv[read], SK_OSCAL_BYTES,
				  &documents[read]) == 0)
		read++;
	if (read < argc)
		fprintf(stderr, _("sekisho: %s: %s\n"), argv[read], cli_errno_text(errno));
	else
		code = import_all(&o, documents, argc);
	cli_policy_close(&o);
	return code;
}
