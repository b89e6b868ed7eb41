/*
 * LibreOfficeKit, loaded, started and warmed up once in the zygote, without threads of its own, so that each job is a fork in which all of
 * it is there. Converter's jail.
 */
#include "convert/convert.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "convert/lok.h"
#include "convert/profile.h"

#define PROGRAM "/usr/lib/libreoffice/program"
#define PROFILE_URL "file://" SK_PROFILE
#define OPTIONS "Language=ja-JP,Batch=true,EnableMacrosExecution=false,MacroSecurityLevel=3"

const char *const sk_convert_folders[] = {
    "/usr/lib", "/usr/share", "/etc/fonts", "/etc/libreoffice", NULL};

int sk_convert_installed(void)
{
	static const char *const parts[] = {PROGRAM "/libswlo.so", PROGRAM "/libsclo.so",
	    PROGRAM "/libsdlo.so", "/usr/share/fonts", "/etc/fonts"};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (access(parts[i], R_OK))
			return SK_EUNSUPPORTED;
	return 0;
}

static int put_file(const char *path, struct sk_slice in)
{
	sk_autoclose int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? SK_EIO : sk_write_all(fd, in.p, in.n);
}

static LibreOfficeKit *office;

/* Load the one and write the other; both are names in the scratch. *doc stays open. */
static int load_and_save(
    const char *from, const char *to, const char *kind, LibreOfficeKitDocument **doc)
{
	char from_url[80], to_url[80];

	snprintf(from_url, sizeof(from_url), "file://%s", from);
	snprintf(to_url, sizeof(to_url), "file://%s", to);
	*doc = office->pClass->documentLoadWithOptions(office, from_url, OPTIONS);
	if (*doc == NULL)
		return SK_EFORMAT;
	return (*doc)->pClass->saveAs(*doc, to_url, kind, NULL) ? 0 : SK_EFORMAT;
}

int sk_convert(struct sk_slice in, enum sk_filetype from, enum sk_filetype to, int *fd)
{
	LibreOfficeKitDocument *doc;
	char source[64];

	snprintf(source, sizeof(source), "/tmp/in.%s", sk_filetype_ext(from));
	int rc = sk_folders_again() ? SK_EIO : put_file(source, in);
	if (rc == 0)
		rc = load_and_save(source, "/tmp/out", sk_filetype_ext(to), &doc);
	if (rc)
		return rc;
	*fd = open("/tmp/out", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return *fd < 0 ? SK_EFORMAT : 0;
}

/* --- in the zygote --- */

/* A document of OpenDocument in one file. */
#define NAMESPACE "urn:oasis:names:tc:opendocument:xmlns:"
#define FLAT(kind, body) \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document xmlns:office=\"" NAMESPACE \
	"office:1.0\" xmlns:draw=\"" NAMESPACE "drawing:1.0\" xmlns:table=\"" NAMESPACE \
	"table:1.0\" xmlns:text=\"" NAMESPACE "text:1.0\" xmlns:svg=\"" NAMESPACE \
	"svg-compatible:1.0\" office:version=\"1.2\" office:mimetype=\"application/vnd.oasis.opendocument." kind \
	"\"><office:body><office:" kind ">" body "</office:" kind \
	"></office:body></office:document>"
#define TEXT "<text:p>first</text:p>"
#define SHEET \
	FLAT("spreadsheet", \
	    "<table:table table:name=\"1\"><table:table-row><table:table-cell>" TEXT \
	    "</table:table-cell></table:table-row></table:table>")
#define SLIDE \
	FLAT("presentation", \
	    "<draw:page draw:name=\"1\"><draw:frame svg:width=\"5cm\" svg:height=\"2cm\" " \
	    "svg:x=\"1cm\" svg:y=\"1cm\"><draw:text-box>" TEXT \
	    "</draw:text-box></draw:frame></draw:page>")

/* A file to begin with, the old one that is made of it, and what that becomes. */
static const struct {
	enum sk_filetype to;
	const char *begin, *old;
	struct sk_slice text;
} kinds[] = {
    {SK_FT_DOCX, "/tmp/first.txt", "doc", SK_SLICE_LIT("first\n")},
    {SK_FT_XLSX, "/tmp/first.fods", "xls", SK_SLICE_LIT(SHEET)},
    {SK_FT_PPTX, "/tmp/first.fodp", "ppt", SK_SLICE_LIT(SLIDE)},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int pass_through(const char *from, const char *to, const char *kind)
{
	LibreOfficeKitDocument *doc;
	int rc = load_and_save(from, to, kind, &doc);

	if (doc)
		doc->pClass->destroy(doc);
	return rc;
}

/*
 * An old file of that kind is made and read here. What that loads, looks up and lays out for the first time is then there for all
 * jobs: more than half of what the conversion of a small file costs.
 */
static int warm_up(size_t k)
{
	char old[32];
	int rc = put_file(kinds[k].begin, kinds[k].text);

	snprintf(old, sizeof(old), "/tmp/first.%s", kinds[k].old);
	if (rc == 0)
		rc = pass_through(kinds[k].begin, old, kinds[k].old);
	if (rc == 0)
		rc = pass_through(old, "/tmp/warm", sk_filetype_ext(kinds[k].to));
	malloc_trim(0);
	return rc;
}

/* It pays from the second file of a kind on, but for text, whose parts all kinds use. */
void sk_convert_prepare(enum sk_filetype to)
{
	static unsigned seen[KINDS];

	for (size_t k = 1; k < KINDS; k++)
		if (kinds[k].to == to && ++seen[k] == 2 && sk_folders_again() == 0)
			(void)warm_up(k);
}

/* A fork converts as jobs will, or it is not fit for service. */
static int prove(void)
{
	LibreOfficeKitDocument *doc;
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(load_and_save("/tmp/first.doc", "/tmp/proof", "docx", &doc) ? 1 : 0);
	return child < 0 || waitpid(child, &status, 0) != child || status ? SK_EIO : 0;
}

static struct {
	void (*live)(void);
	const char **what;
} stage;

/* In the midst of the loop of LibreOffice, whose thread is the only one: what is forked here has all of it. */
static void begin(void)
{
	*stage.what = "the first file of LibreOffice";
	if (warm_up(0))
		return;
	*stage.what = "the first job of LibreOffice";
	if (prove() || sk_folders_note())
		return;
	stage.live();
}

void sk_convert_enter(void (*live)(void), const char **what)
{
	stage.live = live;
	stage.what = what;
	*what = "settings for LibreOffice";
	if (sk_profile_begin())
		return;
	*what = "loading LibreOffice";
	if (sk_lok_preload(PROGRAM, PROFILE_URL) ||
	    (office = sk_lok_start(PROGRAM, PROFILE_URL)) == NULL)
		return;
	*what = "the loop of LibreOffice";
	sk_lok_run(office, begin);
}
