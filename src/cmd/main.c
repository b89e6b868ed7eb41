/* sekisho: the command for people. Runs as the user, looks into no file itself. */
#include "cmd/cli.h"

#include <string.h>

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *text;
} commands[] = {
    {"clean", cmd_clean, N_("make files harmless")},
    {"inspect", cmd_inspect, N_("say what files are and what would be removed; write nothing")},
    {"leaks", cmd_leaks, N_("look for individual numbers and words that must not leave")},
    {"formats", cmd_formats, N_("list the formats that go in and come out")},
    {"selftest", cmd_selftest, N_("prove the jails on this machine")},
    {"policy", cmd_policy, N_("check what may pass between the zones, and ask what would")},
    {"ledger", cmd_ledger, N_("read the ledger, and prove what stands in it")},
    {"status", cmd_status, N_("say how the post of this machine is")},
    {"whoami", cmd_whoami, N_("say who you are for the post, and what you may do")},
    {"send", cmd_send, N_("send files to another zone")},
    {"transfer", cmd_transfer, N_("look at what is sent, decide about it, get it")},
    {"original", cmd_original, N_("ask for originals in the zone where they came in")},
    {"user", cmd_user, N_("run the accounts of the post")},
    {"recovery", cmd_recovery, N_("let somebody in anew, by two persons")},
    {"backup", cmd_backup, N_("copy what the post keeps, while it runs")},
    {"restore", cmd_elsewhere, N_("put a backup where a post keeps nothing yet, and prove it")},
    {"post", cmd_elsewhere, N_("make a post, and make posts known to each other")},
};

#define NCOMMANDS (sizeof(commands) / sizeof(commands[0]))

void cli_usage(FILE *to)
{
	fprintf(to, "%s\n",
	    _("Usage:\n"
	      "  sekisho clean [--method rebuild|flatten|text] [--jobs N] [--json] [--report FILE]\n"
	      "                [--lang ja|en] [--force] [--quiet] [--password-file FILE]\n"
	      "                [--password-fd N] [--reencrypt] [-o OUT] FILE|DIR...\n"
	      "  sekisho inspect [--method rebuild|flatten|text] [--jobs N] [--json] [--lang ja|en]\n"
	      "                  [--quiet] [--password-file FILE] [--password-fd N] FILE|DIR...\n"
	      "  sekisho leaks [--words FILE] [--ocr] [--json] [--lang ja|en] FILE|DIR...\n"
	      "  sekisho formats [--lang ja|en]\n"
	      "  sekisho selftest [--lang ja|en]\n"
	      "  sekisho policy check [--lang ja|en] FILE\n"
	      "  sekisho policy fmt [--write] [--lang ja|en] FILE\n"
	      "  sekisho policy explain [--json] [--assume-good] [--lang ja|en]\n"
	      "                         [--request FILE | --FIELD VALUE...] FILE\n"
	      "  sekisho policy diff [--json] [--requests FILE] [--time TIME] [--lang ja|en] FILE FILE\n"
	      "  sekisho policy export --oscal catalog|profile [--lang ja|en] FILE\n"
	      "  sekisho policy import [--lang ja|en] CATALOG [PROFILE]\n"
	      "  sekisho ledger verify [--json] [--lang ja|en] LEDGER\n"
	      "  sekisho ledger show [--json] [--lang ja|en] LEDGER [FIRST [LAST]]\n"
	      "  sekisho ledger prove [--openings] [-o FILE] [--lang ja|en] LEDGER ENTRY\n"
	      "  sekisho ledger export [--lang ja|en] LEDGER DIR\n"
	      "  sekisho ledger recover [--checkpoint FILE] [--lang ja|en] STATE COPY\n"
	      "  sekisho ledger succeed --by ROLE=MEMBER --by ROLE=MEMBER --policy FILE [--origin NAME]\n"
	      "          [--checkpoint FILE] [--lang ja|en] STATE\n"
	      "  sekisho status | whoami [--control SOCKET] [--json] [--lang ja|en]\n"
	      "  sekisho send --to ZONE [--route ROUTE] [--class CLASS] [--recipient MEMBER] [--reason TEXT]\n"
	      "               [--password-file FILE | --password-fd N] [--json] FILE...\n"
	      "  sekisho transfer list [--state STATE] [--waiting] [--all] [--text TEXT] [--from DAY] [--until DAY]\n"
	      "                        [--route ROUTE] [--zone ZONE] [--department NAME] [--class CLASS]\n"
	      "                        [--direction in|out] [--most N] [--after PAGE] [--json]\n"
	      "  sekisho transfer show | wait | cancel [--json] NUMBER\n"
	      "  sekisho transfer approve | deny [--comment TEXT] [--hold HOLD] [--hash HASH] [--json] NUMBER\n"
	      "  sekisho transfer decide [--allow] [--comment TEXT] [--json] NUMBER ...\n"
	      "  sekisho transfer class [--class CLASS] [--integrity CLASS] [--availability CLASS] NUMBER\n"
	      "  sekisho transfer password --password-file FILE | --password-fd N NUMBER\n"
	      "  sekisho transfer get [-o FILE] [--force] [--json] NUMBER\n"
	      "  sekisho original ask --reason TEXT NUMBER\n"
	      "  sekisho original list | show | release | deny | cancel | get [--json] [NUMBER]\n"
	      "  sekisho user add | list | show | link | unlink | disable | enable | password [MEMBER [USER]]\n"
	      "  sekisho recovery ask | list | approve | deny [--comment TEXT] [--json] [MEMBER [USER]]\n"
	      "  sekisho backup [--keys DIR] [--control SOCKET] [--json] DIR\n"
	      "  sekisho restore [--config FILE] [--keys FILE] [--json] DIR\n"
	      "  sekisho --version | --help\n"
	      "\n"
	      "Commands:"));
	for (size_t i = 0; i < NCOMMANDS; i++)
		fprintf(to, "  %-9s %s\n", commands[i].name, _(commands[i].text));
	fprintf(to, "\n%s\n", _("The manual page sekisho(1) tells more."));
}

static int run(int argc, char **argv)
{
	if (argc < 2) {
		cli_usage(stderr);
		return EXIT_SOME_ERROR;
	}
	for (size_t i = 0; i < NCOMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	if (strcmp(argv[1], "--version") == 0) {
		printf("sekisho %s\n", sk_version());
		return EXIT_ALL_CLEAN;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		cli_usage(stdout);
		return EXIT_ALL_CLEAN;
	}
	fprintf(stderr, _("sekisho: there is no command '%s'\n"), argv[1]);
	cli_usage(stderr);
	return EXIT_SOME_ERROR;
}

int main(int argc, char **argv)
{
	cli_hold_standard_streams();
	cli_take_descriptors();
	cli_language(NULL);
	return cli_finish_stdout(run(argc, argv));
}
