/* sekisho post: makes a post, and makes posts known to each other. Runs as the administrator, on a stopped post. */
#include "cmd/post.h"

#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {{"init", post_init}, {"export", post_export}, {"pin", post_pin}, {"renew", post_renew},
    {"certificate", post_certificate}};

static void usage(FILE *to)
{
	fprintf(to, "%s",
	    _("Usage:\n"
	      "  sekisho post init FOLDER --zone ZONE --policy FILE\n"
	      "                    [--link ZONE=listen|connect:ADDRESS:PORT]... [--users]\n"
	      "                    [--config FILE] [--store WHERE] [--queue WHERE] [--workers N]\n"
	      "                    [--clamd SOCKET] [--control SOCKET]\n"
	      "                    [--portal ORIGIN --portal-listen ADDRESS:PORT] [--lang ja|en]\n"
	      "  sekisho post export [--lang ja|en] FOLDER ZONE DIR\n"
	      "  sekisho post export [--lang ja|en] --portal FOLDER FILE\n"
	      "  sekisho post pin [--replace] [--lang ja|en] FOLDER --from DIR\n"
	      "  sekisho post pin [--replace] [--lang ja|en] FOLDER ZONE --certificate FILE|PIN\n"
	      "                   --log KEY --witness KEY --box KEY\n"
	      "  sekisho post renew [--use] [--lang ja|en] FOLDER ZONE\n"
	      "  sekisho post certificate [--lang ja|en] FOLDER ORIGIN\n"));
}

int cmd_post(int argc, char **argv)
{
	if (cli_take_language(&argc, argv))
		return EXIT_SOME_ERROR;
	for (size_t i = 0; argc > 1 && i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1) ? EXIT_SOME_ERROR : EXIT_ALL_CLEAN;
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		usage(stdout);
		return EXIT_ALL_CLEAN;
	}
	fprintf(stderr, "%s\n\n",
	    _("sekisho: post is followed by init, export, pin, renew or certificate"));
	usage(stderr);
	return EXIT_SOME_ERROR;
}
