/*
 * LibreOfficeKit, loaded once in the zygote (lok_preinit) and initialised in each forked job; initialising it
 * before the fork hangs the job. Converter's jail.
 */
#include "convert/convert.h"

#include <errno.h>
#include <fcntl.h>
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

/* Load the one and write the other; both are names in the scratch. */
static int load_and_save(const char *from, const char *to, const char *kind)
{
	char from_url[80], to_url[80];
	LibreOfficeKit *office = sk_lok_start(PROGRAM, PROFILE_URL);

	if (office == NULL)
		return SK_EIO;
	snprintf(from_url, sizeof(from_url), "file://%s", from);
	snprintf(to_url, sizeof(to_url), "file://%s", to);
	LibreOfficeKitDocument *doc =
	    office->pClass->documentLoadWithOptions(office, from_url, OPTIONS);
	if (doc == NULL)
		return SK_EFORMAT;
	return doc->pClass->saveAs(doc, to_url, kind, NULL) ? 0 : SK_EFORMAT;
}

int sk_convert(struct sk_slice in, enum sk_filetype from, enum sk_filetype to, int *fd)
{
	char source[64];

	snprintf(source, sizeof(source), "/tmp/in.%s", sk_filetype_ext(from));
	int rc = put_file(source, in);
	if (rc == 0)
		rc = load_and_save(source, "/tmp/out", sk_filetype_ext(to));
	if (rc)
		return rc;
	*fd = open("/tmp/out", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return *fd < 0 ? SK_EFORMAT : 0;
}

/* LibreOffice converts a line of text, or it is not fit for service. */
static void first_start(void)
{
	if (put_file("/tmp/first.txt", SK_SLICE_LIT("first\n")))
		_exit(1);
	_exit(load_and_save("/tmp/first.txt", "/tmp/first.docx", "docx") ? 1 : 0);
}

static int prove(void)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		first_start();
	return child < 0 || waitpid(child, &status, 0) != child || status ? SK_EIO : 0;
}

int sk_convert_enter(const char **what)
{
	*what = "settings for LibreOffice";
	if (sk_profile_begin())
		return SK_EIO;
	*what = "loading LibreOffice";
	if (sk_lok_preload(PROGRAM, PROFILE_URL))
		return SK_EIO;
	*what = "the first start of LibreOffice";
	return prove();
}
