/*
 * The settings LibreOffice reads while it loads: once, in the zygote, where all jobs have them and none can change
 * them. Converter's jail.
 */
#include "convert/profile.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string.h>

#include "base/err.h"
#include "base/fd.h"

#define SETTINGS "/tmp/settings.xcu"

/*
 * Preloading happens in a folder that LibreOffice makes for itself, so a file in the user's profile is not seen: the
 * layers are named instead, ours last. `*`: never written. fundamentalrc, CONFIGURATION_LAYERS.
 */
#define LAYERS \
	"xcsxcu:file:///etc/libreoffice/registry res:file:///etc/libreoffice/registry " \
	"user:*file://" SETTINGS

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
    ITEM("Office.Common/Misc", "UseOpenCL", "false")
    ITEM("Office.Writer/Content/Update", "Link", "0")
    ITEM("Office.Writer/Content/Update", "Field", "false")
    ITEM("Office.Calc/Content/Update", "Link", "2")
    ITEM("Office.Recovery/AutoSave", "Enabled", "false")
    ITEM("Office.Recovery/RecoveryInfo", "Enabled", "false")
    ITEM("Setup/Office", "ooSetupInstCompleted", "true")
    ITEM("Setup/Product", "ooSetupLastVersion", "999.0")
    "</oor:items>\n";
/* clang-format on */

int sk_profile_begin(void)
{
	sk_autoclose int fd = open(SETTINGS, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 || sk_write_all(fd, settings, sizeof(settings) - 1))
		return SK_EIO;
	if (setenv("HOME", "/tmp", 1) || setenv("LC_ALL", "ja_JP.UTF-8", 1))
		return SK_EIO;
	return setenv("CONFIGURATION_LAYERS", LAYERS, 1) ? SK_EIO : 0;
}

#define FOLDERS 16

static char folders[FOLDERS][64];
static size_t count;

static bool is_folder(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int sk_folders_note(void)
{
	DIR *scratch = opendir("/tmp");
	const struct dirent *e;
	char path[64];
	int rc = scratch ? 0 : SK_EIO;

	while (rc == 0 && (e = readdir(scratch)) != NULL) {
		int n = snprintf(path, sizeof(path), "/tmp/%s", e->d_name);
		if (e->d_name[0] == '.' || n < 0 || (size_t)n >= sizeof(path) || !is_folder(path))
			continue;
		if (count == FOLDERS)
			rc = SK_EIO;
		else
			memcpy(folders[count++], path, sizeof(path));
	}
	if (scratch)
		closedir(scratch);
	return rc;
}

int sk_folders_again(void)
{
	for (size_t i = 0; i < count; i++)
		if (mkdir(folders[i], 0700))
			return SK_EIO;
	return 0;
}
