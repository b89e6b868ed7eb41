/*
 * A complete profile cuts a start from 750 ms to 10 ms, so one is made by a first start inside the jail and kept
 * in the zygote's memory, where no job can change it. Converter's jail.
 */
#include "convert/profile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define ENTRIES_MAX 256
#define BYTES_MAX ((size_t)16 << 20)
#define PATH_BYTES 512

struct kept {
	char *path;
	uint8_t *data; /* NULL: a folder */
	size_t n;
};

static struct kept kept[ENTRIES_MAX];
static size_t nkept, bytes;

#define ITEM(path, prop, value) \
	"<item oor:path=\"/org.openoffice." path "\"><prop oor:name=\"" prop \
	"\" oor:op=\"fuse\"><value>" value "</value></prop></item>\n"

/*
 * Macros never, also not after a question; links and web content never load; no recovery, no first-start tasks. A last
 * version that is never surpassed: a start that finds a newer program draws a gigabyte of test pictures first.
 */
/* clang-format off */
static const char settings[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\" "
    "xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" "
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n"
    ITEM("Office.Common/Security/Scripting", "MacroSecurityLevel", "3")
    ITEM("Office.Common/Security/Scripting", "DisableMacrosExecution", "true")
    ITEM("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true")
    ITEM("Office.Common/Misc", "FirstRun", "false")
    ITEM("Office.Writer/Content/Update", "Link", "0")
    ITEM("Office.Writer/Content/Update", "Field", "false")
    ITEM("Office.Calc/Content/Update", "Link", "2")
    ITEM("Office.Recovery/AutoSave", "Enabled", "false")
    ITEM("Office.Recovery/RecoveryInfo", "Enabled", "false")
    ITEM("Setup/Office", "ooSetupInstCompleted", "true")
    ITEM("Setup/Product", "ooSetupLastVersion", "999.0")
    "</oor:items>\n";
/* clang-format on */

static int write_file(const char *path, const void *p, size_t n)
{
	sk_autoclose int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	return fd < 0 ? SK_EIO : sk_write_all(fd, p, n);
}

int sk_profile_begin(void)
{
	if (mkdir(SK_PROFILE, 0700) || mkdir(SK_PROFILE "/user", 0700))
		return SK_EIO;
	return write_file(
	    SK_PROFILE "/user/registrymodifications.xcu", settings, sizeof(settings) - 1);
}

static struct kept *add(const char *path)
{
	if (nkept == ENTRIES_MAX)
		return NULL;
	struct kept *k = &kept[nkept];
	k->path = strdup(path);
	if (k->path)
		nkept++;
	return k->path ? k : NULL;
}

static int keep_file(const char *path, size_t size)
{
	sk_autoclose int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct kept *k = fd < 0 || bytes + size > BYTES_MAX ? NULL : add(path);

	if (k == NULL)
		return SK_ELIMIT;
	k->n = size;
	k->data = malloc(size + 1); /* never NULL, which says folder */
	if (k->data == NULL)
		return SK_ENOMEM;
	bytes += size;
	return sk_read_all(fd, k->data, size);
}

static int keep_folder(const char *path);

static int keep_entry(const char *folder, const char *name)
{
	char path[PATH_BYTES];
	struct stat st;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, ".lock") == 0)
		return 0;
	if (snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path) ||
	    lstat(path, &st))
		return SK_EIO;
	if (S_ISDIR(st.st_mode))
		return keep_folder(path);
	return S_ISREG(st.st_mode) ? keep_file(path, (size_t)st.st_size) : 0;
}

static int keep_folder(const char *path)
{
	DIR *dir = add(path) ? opendir(path) : NULL;
	int rc = 0;

	if (dir == NULL)
		return SK_EIO;
	for (const struct dirent *e; rc == 0 && (e = readdir(dir));)
		rc = keep_entry(path, e->d_name);
	closedir(dir);
	return rc;
}

int sk_profile_keep(void)
{
	return keep_folder(SK_PROFILE);
}

int sk_profile_restore(void)
{
	for (size_t i = 0; i < nkept; i++) {
		const struct kept *k = &kept[i];
		if (k->data ? write_file(k->path, k->data, k->n) : mkdir(k->path, 0700))
			return SK_EIO;
	}
	return 0;
}
