/*
 * Commands that a program of its own runs: what makes a post or puts a backup back needs libraries (certificates, databases)
 * that every start of the command would pay for. The command.
 */
#include "cmd/cli.h"

#include <errno.h>
#include <unistd.h>

#define PROGRAM "sekisho-post"

/* argv[-1] is the command's own name: the program is called with all the words that the command was. */
int cmd_elsewhere(int argc, char **argv)
{
	const char *folder = cli_helper_dir();
	char path[4300];

	(void)argc;
	snprintf(path, sizeof(path), "%s/" PROGRAM, folder ? folder : SK_HELPER_DIR);
	fflush(stdout);
	execv(path, argv - 1);
	fprintf(stderr, "sekisho: %s: %s\n", path, cli_errno_text(errno));
	return EXIT_SOME_ERROR;
}
