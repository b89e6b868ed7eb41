/* For each reason why a file did not pass: what its owner can do. The command. */
#include "cmd/cli.h"

#include <string.h>

/* A row is for the code itself, or, ending in '.' or '-', for all codes that start so; the first that fits counts. */
static const struct {
	const char *code;
	const char *text;
} rows[] = {
    {"unknown-type",
	N_("Save it as PDF, Word, Excel or PowerPoint and clean that; 'sekisho formats' lists what can be cleaned.")},
    {"unsupported-type",
	N_("Save it as PDF, Word, Excel or PowerPoint and clean that; 'sekisho formats' lists what can be cleaned.")},
    {"program", N_("Ask the sender for what you need as a document.")},
    {"disk-image", N_("Ask the sender for what you need as a document.")},
    {"media", N_("Ask the sender for what you need as a document.")},
    {"polyglot", N_("Ask the sender to save the file anew and to send it again.")},
    {"damaged", N_("Ask the sender to save the file anew and to send it again.")},
    {"empty", N_("Ask the sender to save the file anew and to send it again.")},
    {"encrypted", N_("Ask the sender for the file without a password.")},
    {"wrong-password", N_("Check the password and try again.")},
    {"method-unavailable",
	N_("Choose another --method; 'sekisho formats' shows which there are for this kind.")},
    {"limit.expansion", N_("Ask the sender what this file is; do not open it.")},
    {"limit.", N_("Split the file into smaller ones and clean those.")},
    {"system",
	N_("Check that place: does it exist, may you use it, is there space? Then try again.")},
    {"interrupted", N_("Start again; what is finished stays.")},
    {"special-file", N_("Name ordinary files or folders; '-' reads from a pipe.")},
    {"output-exists",
	N_("Move that file away, name another place with -o, or replace it with --force.")},
    {"unsafe-name", N_("Give the file another name.")},
    {"verify-failed", N_("The file was not passed. Tell the administrator of this computer.")},
    {"worker-", N_("The file was not passed. Tell the administrator of this computer.")},
    {"internal", N_("The file was not passed. Tell the administrator of this computer.")},
};

static bool is_family(const char *code)
{
	size_t n = strlen(code);
	return code[n - 1] == '.' || code[n - 1] == '-';
}

const char *cli_advice(const char *reason)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(reason, rows[i].code) == 0 ||
		    (is_family(rows[i].code) &&
			strncmp(reason, rows[i].code, strlen(rows[i].code)) == 0))
			return rows[i].text;
	return NULL;
}
