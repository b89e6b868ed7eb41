/* sekisho formats and sekisho selftest. The command. */
#include "cmd/cli.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* Pad to a width in columns: Japanese letters take two. */
static void put_padded(const char *text, int width)
{
	wchar_t wide[128];
	size_t n = mbstowcs(wide, text, 127);
	int used = n == (size_t)-1 ? (int)width : wcswidth(wide, n);

	printf("%s%*s", text, used < width ? width - used : 1, "");
}

static void put_format(void *ctx, const struct sk_format *f)
{
	static const char *const none = "-";

	put_padded(f->type, 7);
	put_padded(_(f->text), 36);
	for (int i = 0; i < 3; i++)
		put_padded(f->output[i] ? f->output[i] : none, 9);
	printf("\n");
}

int cmd_formats(int argc, char **argv)
{
	struct options o;
	struct sk_engine *engine = NULL;
	char *why = NULL;
	int rc = cli_options(argc, argv, CLI_FORMATS, &o);

	if (rc)
		return rc < 0 ? EXIT_SOME_ERROR : EXIT_ALL_CLEAN;
	if (sk_engine_open(&engine, cli_helper_dir(), &why)) {
		cli_tell_no_jail(why);
		free(why);
		return EXIT_SOME_ERROR;
	}
	put_padded(_("type"), 7);
	put_padded(_("what it is"), 36);
	put_padded("rebuild", 9);
	put_padded("flatten", 9);
	printf("text\n");
	rc = sk_formats(engine, put_format, NULL);
	sk_engine_close(engine);
	return rc ? EXIT_SOME_ERROR : EXIT_ALL_CLEAN;
}

/* Parts that only some pictures need; without them nothing else changes (render/picture.c loads the same). */
static void put_decoders(const char *role)
{
	static const struct {
		const char *library, *package;
	} parts[] = {{"libde265.so.0", "libde265-0"}, {"libdav1d.so.6", "libdav1d6"}};
	bool all = true;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		void *found = dlopen(parts[i].library, RTLD_LAZY | RTLD_LOCAL);
		if (found)
			dlclose(found);
		else
			printf("%-18s %s: %s\n", role, _("missing"), parts[i].package);
		all = all && found;
	}
	if (!all)
		printf("    -> %s\n", _(cli_advice("decoder-missing", NULL)));
}

static void put_role(void *ctx, const char *role, const char *missing)
{
	size_t n = strlen(role);

	if (missing == NULL) {
		printf("%-18s %s\n", role, _("jail complete and proved"));
		if (strcmp(role, "sekisho-renderer") == 0)
			put_decoders(role);
		return;
	}
	const char *part =
	    strncmp(missing, role, n) == 0 && missing[n] == ':' ? missing + n + 2 : missing;
	printf("%-18s %s: %s\n", role, _("missing"), part);
	printf("    -> %s\n", _(cli_jail_advice(missing)));
}

int cmd_selftest(int argc, char **argv)
{
	struct options o;
	int rc = cli_options(argc, argv, CLI_SELFTEST, &o);

	if (rc)
		return rc < 0 ? EXIT_SOME_ERROR : EXIT_ALL_CLEAN;
	int failed = sk_selftest(cli_helper_dir(), put_role, NULL);
	if (failed)
		printf("%s\n",
		    _("At least one jail is incomplete: sekisho does not clean on this machine until that is mended."));
	return failed ? EXIT_SOME_ERROR : EXIT_ALL_CLEAN;
}
