/* For each reason why a file did not pass, what its owner can do; for each part of the jail, what the administrator. The command. */
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
    {"encrypted",
	N_("Give its password with --password-file; where that does not help, ask the sender for the file without one.")},
    {"volume", N_("Ask the sender for one archive that is not split.")},
    {"wrong-password", N_("Check the password and try again.")},
    {"decoder-missing", N_("HEIC pictures need Debian's libde265-0, AVIF pictures libdav1d6.")},
    {"converter-missing",
	N_("Save it as docx, xlsx or pptx and clean that, or ask the administrator of this computer to install LibreOffice; 'sekisho selftest' names the packages.")},
    {"method-unavailable",
	N_("Choose another --method; 'sekisho formats' shows which there are for this kind.")},
    {"cad.model",
	N_("It can be cleaned as the p21 it is, without --method flatten; to see it on paper, ask the sender for a drawing of it (SXF, DXF or PDF).")},
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

/* Kinds of file that are only named: how their owner gets the same content into one that can be cleaned. */
static const struct {
	const char *type;
	const char *text;
} by_type[] = {
    {"xdw",
	N_("Open it in DocuWorks, print or export it as PDF and clean that. A binder (xbd): each document in it.")},
    {"dwg",
	N_("Save it in the CAD program as SXF (p21, sfc), as DXF in its ASCII form or as PDF, and clean that.")},
    {"jww", N_("Save it in Jw_cad as SXF (p21, sfc) or DXF, or print it as PDF, and clean that.")},
    {"jwc", N_("Save it in Jw_cad as SXF (p21, sfc) or DXF, or print it as PDF, and clean that.")},
    {"dxf", N_("Save it in the CAD program as DXF in its ASCII form and clean that.")},
    {"hwp", N_("Save it in the Hangul word processor as docx or PDF and clean that.")},
    {"hwpx", N_("Save it in the Hangul word processor as docx or PDF and clean that.")},
    {"mdb", N_("Export the tables that are needed as Excel or csv and clean those.")},
    {"vsd", N_("Save it in Visio as PDF and clean that.")},
    {"vsdx", N_("Save it in Visio as PDF and clean that.")},
    {"psd", N_("Save it as PNG or JPEG and clean that.")},
    {"jp2", N_("Save it as PNG or JPEG and clean that.")},
};

const char *cli_advice(const char *reason, const char *type)
{
	for (size_t i = 0; i < sizeof(by_type) / sizeof(by_type[0]); i++)
		if (type && strcmp(reason, "unsupported-type") == 0 &&
		    strcmp(type, by_type[i].type) == 0)
			return by_type[i].text;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(reason, rows[i].code) == 0 ||
		    (is_family(rows[i].code) &&
			strncmp(reason, rows[i].code, strlen(rows[i].code)) == 0))
			return rows[i].text;
	return NULL;
}

#define USER_NAMESPACES \
	N_("This system forbids user namespaces. See sysctl user.max_user_namespaces and kernel.unprivileged_userns_clone; in a container, its security profile.")
#define LANDLOCK \
	N_("The kernel has no Landlock: it needs Linux 5.13 or newer, with landlock in its boot option lsm=.")
#define SECCOMP N_("The kernel or the container allows no seccomp filters (CONFIG_SECCOMP_FILTER).")

/* The parts as the jail names them (src/jail), by how their names begin. */
static const struct {
	const char *part;
	const char *text;
} parts[] = {
    {"giving up root",
	N_("Here root cannot become another user (a container with one user only?). Start it as an ordinary user.")},
    {"an unprivileged user",
	N_("Here root cannot become another user (a container with one user only?). Start it as an ordinary user.")},
    {"a user namespace", USER_NAMESPACES},
    {"mount, pid, ipc", USER_NAMESPACES},
    {"a first process", USER_NAMESPACES},
    {"Landlock", LANDLOCK},
    {"a Landlock", LANDLOCK},
    {"seccomp", SECCOMP},
    {"compiling the seccomp", SECCOMP},
    {"reading its own size", N_("/proc must be mounted.")},
    {"LibreOffice",
	N_("Without it doc, xls, ppt and xlsb are refused and Office files cannot be flattened; everything else works.")},
    {"Tesseract",
	N_("Without it pages and pictures without words cannot be read and are held; everything else works.")},
    {"starting ", N_("A part of sekisho is missing or may not be executed: install it again.")},
};

const char *cli_jail_advice(const char *missing)
{
	const char *part = strncmp(missing, "sekisho-", 8) == 0 ? strstr(missing, ": ") : NULL;

	part = part ? part + 2 : missing;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (strncmp(part, parts[i].part, strlen(parts[i].part)) == 0)
			return parts[i].text;
	return N_(
	    "Limits of this system (ulimit) may be too low. If they are not, tell the makers of sekisho.");
}

void cli_tell_no_jail(const char *why)
{
	fprintf(stderr, _("sekisho: the jail is not available: %s\n"), why ? why : "?");
	if (why)
		fprintf(stderr, "    -> %s\n", _(cli_jail_advice(why)));
}
