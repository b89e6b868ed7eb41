/* sekisho-post: the commands "post" and "restore" of sekisho(1), started by it (elsewhere.c) with all its words. */
#include "cmd/cli.h"

#include <string.h>

int main(int argc, char **argv)
{
	int code = EXIT_SOME_ERROR;

	cli_hold_standard_streams();
	cli_language(NULL);
	if (argc > 1 && strcmp(argv[1], "post") == 0)
		code = cmd_post(argc - 1, argv + 1);
	else if (argc > 1 && strcmp(argv[1], "restore") == 0)
		code = cmd_restore(argc - 1, argv + 1);
	return cli_finish_stdout(code);
}
