/* What surrounds the program: its standard streams, and the system's errors in the user's language. The command. */
#include "cmd/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

void cli_hold_standard_streams(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/", O_PATH) != fd)
			_exit(EXIT_SOME_ERROR);
}

/* Sixty-four lanes need some thousand descriptors; what the system allows is taken. */
void cli_take_descriptors(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
}

int cli_finish_stdout(int code)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	fprintf(stderr, "%s\n", _("sekisho: standard output did not take everything"));
	return EXIT_SOME_ERROR;
}

/* The C library's own sentences, so that they can be translated without its catalogue. */
static const struct {
	int err;
	const char *text;
} errors[] = {
    {ENOENT, N_("No such file or directory")},
    {EACCES, N_("Permission denied")},
    {EPERM, N_("Operation not permitted")},
    {ENOSPC, N_("No space left on device")},
    {EDQUOT, N_("Disk quota exceeded")},
    {EROFS, N_("Read-only file system")},
    {EISDIR, N_("Is a directory")},
    {ENOTDIR, N_("Not a directory")},
    {ENAMETOOLONG, N_("File name too long")},
    {ELOOP, N_("Too many levels of symbolic links")},
    {EMFILE, N_("Too many open files")},
    {ENFILE, N_("Too many open files in system")},
    {ENOMEM, N_("Cannot allocate memory")},
    {EFBIG, N_("File too large")},
    {EIO, N_("Input/output error")},
    {EPIPE, N_("Broken pipe")},
    {EBADF, N_("Bad file descriptor")},
    {EEXIST, N_("File exists")},
};

const char *cli_errno_text(int err)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (errors[i].err == err)
			return _(errors[i].text);
	return strerror(err);
}
