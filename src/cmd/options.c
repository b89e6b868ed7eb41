/* Options of the commands that take files. The command. */
#include "cmd/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_JOBS 64

enum {
	OPT_METHOD = 256,
	OPT_JOBS,
	OPT_JSON,
	OPT_REPORT,
	OPT_LANG,
	OPT_FORCE,
	OPT_QUIET,
	OPT_PASSWORD_FILE,
	OPT_PASSWORD_FD,
	OPT_REENCRYPT,
	OPT_WORDS,
	OPT_OCR,
	OPT_HELP
};

#define EVERY (CLI_CLEAN | CLI_INSPECT | CLI_LEAKS | CLI_FORMATS | CLI_SELFTEST)

static const struct option known[] = {
    {"method", required_argument, NULL, OPT_METHOD},
    {"jobs", required_argument, NULL, OPT_JOBS},
    {"json", no_argument, NULL, OPT_JSON},
    {"report", required_argument, NULL, OPT_REPORT},
    {"lang", required_argument, NULL, OPT_LANG},
    {"force", no_argument, NULL, OPT_FORCE},
    {"quiet", no_argument, NULL, OPT_QUIET},
    {"password-file", required_argument, NULL, OPT_PASSWORD_FILE},
    {"password-fd", required_argument, NULL, OPT_PASSWORD_FD},
    {"reencrypt", no_argument, NULL, OPT_REENCRYPT},
    {"words", required_argument, NULL, OPT_WORDS},
    {"ocr", no_argument, NULL, OPT_OCR},
    {"output", required_argument, NULL, 'o'},
    {"help", no_argument, NULL, OPT_HELP},
    {NULL, 0, NULL, 0},
};

/* Which commands take an option. */
static const struct {
	int option;
	unsigned commands;
} taken[] = {
    {OPT_METHOD, CLI_CLEAN | CLI_INSPECT},
    {OPT_JOBS, CLI_CLEAN | CLI_INSPECT},
    {OPT_JSON, CLI_CLEAN | CLI_INSPECT | CLI_LEAKS},
    {OPT_QUIET, CLI_CLEAN | CLI_INSPECT},
    {OPT_REPORT, CLI_CLEAN},
    {OPT_FORCE, CLI_CLEAN},
    {OPT_PASSWORD_FILE, CLI_CLEAN | CLI_INSPECT},
    {OPT_PASSWORD_FD, CLI_CLEAN | CLI_INSPECT},
    {OPT_REENCRYPT, CLI_CLEAN},
    {OPT_WORDS, CLI_LEAKS},
    {OPT_OCR, CLI_LEAKS},
    {'o', CLI_CLEAN},
    {OPT_LANG, EVERY},
    {OPT_HELP, EVERY},
};

static int set_method(struct options *o, const char *value)
{
	if (cli_method_find(value, &o->method))
		return 0;
	fprintf(stderr,
	    _("sekisho: there is no method '%s'; the methods are rebuild, flatten and text\n"),
	    value);
	return -1;
}

static int set_jobs(struct options *o, const char *value)
{
	char *end;

	errno = 0;
	unsigned long n = strtoul(value, &end, 10);
	if (errno || *end || end == value || n < 1 || n > MAX_JOBS) {
		fprintf(stderr, _("sekisho: --jobs takes a number from 1 to %d, not '%s'\n"),
		    MAX_JOBS, value);
		return -1;
	}
	o->jobs = (unsigned)n;
	return 0;
}

static int set_lang(struct options *o, const char *value)
{
	if (strcmp(value, "ja") && strcmp(value, "en")) {
		fprintf(stderr, _("sekisho: --lang takes ja or en, not '%s'\n"), value);
		return -1;
	}
	o->lang = value;
	cli_language(value);
	return 0;
}

static int set(struct options *o, int c, const char *value)
{
	switch (c) {
	case OPT_METHOD:
		return set_method(o, value);
	case OPT_JOBS:
		return set_jobs(o, value);
	case OPT_JSON:
		o->json = true;
		return 0;
	case OPT_REPORT:
		o->report = value;
		return 0;
	case OPT_LANG:
		return set_lang(o, value);
	case OPT_FORCE:
		o->force = true;
		return 0;
	case OPT_QUIET:
		o->quiet = true;
		return 0;
	case OPT_WORDS:
		o->words = value;
		return 0;
	case OPT_OCR:
		o->ocr = true;
		return 0;
	case OPT_PASSWORD_FILE:
		return cli_passwords_file(value);
	case OPT_PASSWORD_FD:
		return cli_passwords_fd(value);
	case OPT_REENCRYPT:
		o->reencrypt = true;
		return 0;
	case 'o':
		o->out = value;
		return 0;
	case OPT_HELP:
		cli_usage(stdout);
		return 1;
	default:
		return -1;
	}
}

static bool takes(enum cli_command command, int option)
{
	for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		if (taken[i].option == option)
			return taken[i].commands & (unsigned)command;
	return false;
}

/* The language first: what is wrong with other options is told in it. */
static void find_language(int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		const char *value = strncmp(argv[i], "--lang=", 7) == 0 ? argv[i] + 7
				    : strcmp(argv[i], "--lang") == 0    ? argv[i + 1]
									: NULL;
		if (value && (strcmp(value, "ja") == 0 || strcmp(value, "en") == 0))
			cli_language(value);
	}
}

/* How an option is written. */
static const char *option_name(int c, const char *given)
{
	static char name[32];

	for (const struct option *o = known; o->name; o++)
		if (o->val == c) {
			snprintf(name, sizeof(name), "--%s", o->name);
			return c == 'o' ? "-o" : name;
		}
	return given;
}

static int complain(int c, const char *option)
{
	if (c == ':')
		fprintf(stderr, _("sekisho: the option '%s' needs a value\n"), option);
	else
		fprintf(stderr, _("sekisho: the option '%s' does not fit here\n"), option);
	fprintf(stderr, "%s\n", _("'sekisho --help' shows how it is used."));
	return -1;
}

int cli_options(int argc, char **argv, enum cli_command command, struct options *o)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	*o = (struct options){.method = SK_REBUILD,
	    .jobs = cpus < 1          ? 1
		    : cpus > MAX_JOBS ? MAX_JOBS
				      : (unsigned)cpus};
	opterr = 0;
	find_language(argc, argv);
	for (int c; (c = getopt_long(argc, argv, ":o:", known, NULL)) != -1;) {
		if (c == ':' || !takes(command, c))
			return complain(c, option_name(c, argv[optind - 1]));
		int rc = set(o, c, optarg);
		if (rc)
			return rc;
	}
	o->args = argv + optind;
	o->nargs = argc - optind;
	if (o->nargs && (command & (CLI_FORMATS | CLI_SELFTEST)))
		return complain('?', o->args[0]);
	return 0;
}
