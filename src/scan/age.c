/* The age of a folder of signatures: age.h. The scanner's process. */
#include "scan/age.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

/* clamav's signature manual; what it reads besides (lists of exceptions, settings) makes nothing newer. */
static bool is_signatures(const char *name)
{
	static const char *const list[] = {".cvd", ".cld", ".cud", ".hdb", ".hsb", ".mdb", ".msb",
	    ".ndb", ".ldb", ".idb", ".cdb", ".pdb", ".wdb", ".cbc", ".yar", ".yara"};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof(list) / sizeof(list[0]); i++)
		if (strcmp(dot, list[i]) == 0)
			return true;
	return false;
}

int64_t sk_scan_newest(const char *folder)
{
	DIR *dir = opendir(folder);
	const struct dirent *e;
	int64_t newest = 0;
	struct stat st;

	while (dir && (e = readdir(dir)))
		if (is_signatures(e->d_name) && fstatat(dirfd(dir), e->d_name, &st, 0) == 0 &&
		    S_ISREG(st.st_mode) && st.st_mtime > newest)
			newest = st.st_mtime;
	if (dir)
		closedir(dir);
	return newest;
}
