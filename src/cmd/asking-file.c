/* Files that go along with what is asked: asking.h. The command. */
#include "cmd/asking.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/name.h"

#define PIECE ((size_t)1 << 20)

static int tell(const char *path, int err)
{
	fprintf(stderr, _("sekisho: %s: %s\n"), path, cli_errno_text(err));
	return -1;
}

/* From where it stands to its end. 0, or -1 with errno. */
static int copy(int from, int to)
{
	char *piece = malloc(PIECE);
	ssize_t n = 1;
	int rc = piece ? 0 : -1;

	while (rc == 0 && n > 0) {
		n = TEMP_FAILURE_RETRY(read(from, piece, PIECE));
		rc = n < 0 || sk_write_all(to, piece, (size_t)n) ? -1 : 0;
	}
	free(piece);
	return rc;
}

int asking_file(const char *path)
{
	bool standard = strcmp(path, "-") == 0;
	sk_autoclose int from = standard ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int fd = sk_memfd("sekisho-send");

	if ((from < 0 && !standard) || fd < 0 || copy(standard ? STDIN_FILENO : from, fd) ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)) {
		tell(path, errno);
		sk_close(&fd);
		return -1;
	}
	return fd;
}

/* The folder and the name of a path; the folder is a descriptor, or -1 with errno. */
static int folder_of(const char *path, const char **name)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

	*name = slash ? slash + 1 : path;
	free(dir);
	return fd;
}

/* The name comes from elsewhere: no folders in it, nothing that turns the reading direction. Allocated. */
static char *own_name(const struct asking *a, const char *given, const char *extension, bool fits)
{
	bool changed;

	return a->out ? strdup(a->out) : sk_name_output(given, extension, fits, false, &changed);
}

int asking_can_keep(const struct asking *a, const char *given, const char *extension, bool fits)
{
	char *own = own_name(a, given, extension, fits);
	int rc = 0;

	if (own && strcmp(own, "-") != 0 && !a->force &&
	    faccessat(AT_FDCWD, own, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		rc = tell(own, EEXIST);
	free(own);
	return rc;
}

int asking_keep(const struct asking *a, int fd, const char *given, const char *extension, bool fits)
{
	struct output o = {.fd = -1, .dir = -1};
	char *own = own_name(a, given, extension, fits);
	const char *name = "";
	int rc = -1, err = 0;

	if (a->out && strcmp(a->out, "-") == 0) {
		rc = lseek(fd, 0, SEEK_SET) < 0 ? -1 : copy(fd, STDOUT_FILENO);
	} else if (own && cli_output_open(&o, folder_of(own, &name), 0600) == 0) {
		rc = lseek(fd, 0, SEEK_SET) < 0 ? -1 : copy(fd, o.fd);
		rc = rc ? rc : cli_output_publish(&o, name, a->force);
	}
	err = errno;
	cli_output_close(&o);
	if (rc)
		tell(own ? own : given, err);
	else if (!a->json && !(a->out && strcmp(a->out, "-") == 0))
		fprintf(stderr, "%s\n", own);
	free(own);
	return rc;
}
