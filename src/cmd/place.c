/* Where this program's parts lie, and which language it speaks. The command. */
#include "cmd/cli.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Folder of this very program, or "". */
static const char *own_folder(void)
{
	static char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	return path;
}

const char *cli_helper_dir(void)
{
	static char path[4200];

	snprintf(path, sizeof(path), "%s/sekisho-cleaner", own_folder());
	if (access(path, X_OK))
		return NULL;
	return own_folder();
}

/* The name of the locale that is asked for, whether the system has it or not. */
static const char *wanted_locale(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);
		if (value && value[0])
			return value;
	}
	return "C";
}

void cli_language(const char *lang)
{
	static char catalogues[4200];

	/* Without a locale gettext translates nothing, even when a language is asked for. */
	if (setlocale(LC_ALL, "") == NULL && strncmp(wanted_locale(), "ja", 2) == 0)
		setenv("LANGUAGE", "ja", 0);
	const char *now = setlocale(LC_MESSAGES, NULL);
	if (now == NULL || strcmp(now, "C") == 0 || strcmp(now, "POSIX") == 0)
		setlocale(LC_ALL, "C.UTF-8");
	if (lang)
		setenv("LANGUAGE", lang, 1);
	snprintf(catalogues, sizeof(catalogues), "%s/../../po", own_folder());
	/* a program that is installed beside the helpers has none there */
	if (cli_helper_dir() == NULL || access(catalogues, X_OK))
		snprintf(catalogues, sizeof(catalogues), "%s", SK_LOCALE_DIR);
	bindtextdomain("sekisho", catalogues);
	bind_textdomain_codeset("sekisho", "UTF-8");
	textdomain("sekisho");
}

int cli_take_language(int *argc, char **argv)
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
