/*
 * Passwords from a file or a descriptor, never from the command line: one a line, tried in their order. They lie in memory that is not
 * swapped out, no core of the process is written nor may others of the same user look into it, and they are overwritten when the
 * run ends. The command.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/password.h"
#include "cmd/cli.h"

struct passwords {
	struct sk_passwords list;
	const char *pointers[SK_LIMIT_PASSWORDS + 1];
	char text[SK_LIMIT_PASSWORD_BYTES +
		  4]; /* as read, with what Windows writes at the beginning */
};

static struct passwords *held;
static bool took_stdin;

static struct passwords *hold(void)
{
	if (held)
		return held;
	void *p =
	    mmap(NULL, sizeof(*held), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	(void)mlock(p, sizeof(*held));
	/* The library holds a copy of them for each file, too. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	held = p;
	return held;
}

void cli_passwords_wipe(void)
{
	if (held == NULL)
		return;
	explicit_bzero(held, sizeof(*held));
	munmap(held, sizeof(*held));
	held = NULL;
}

const char *const *cli_passwords(void)
{
	return held ? held->pointers : NULL;
}

bool cli_passwords_took_stdin(void)
{
	return took_stdin;
}

/* All of it, at most what fits; the number of bytes, or -1 with errno. */
static ssize_t read_text(struct passwords *h, int fd)
{
	size_t n = 0;

	for (ssize_t got = 1; got && n < sizeof(h->text);) {
		got = read(fd, h->text + n, sizeof(h->text) - n);
		if (got < 0 && errno != EINTR)
			return -1;
		if (got > 0)
			n += (size_t)got;
		else if (got < 0)
			got = 1;
	}
	return (ssize_t)n;
}

/* Lines end as those of UNIX or Windows; empty ones are none. *n: how many there are. */
static int add_lines(struct passwords *h, struct sk_slice text, size_t *n)
{
	int rc = 0;

	if (sk_slice_starts(text, SK_SLICE_LIT("\xEF\xBB\xBF")))
		text = sk_slice_sub(text, 3, text.n);
	while (text.n && rc == 0) {
		size_t end = sk_slice_find(text, 0, SK_SLICE_LIT("\n"));
		struct sk_slice line = sk_slice_sub(text, 0, end);
		text = end == SIZE_MAX ? sk_slice_sub(text, text.n, 0)
				       : sk_slice_sub(text, end + 1, text.n);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (line.n)
			rc = sk_passwords_add(&h->list, line);
		*n += line.n > 0;
	}
	for (uint32_t i = 0; i < h->list.n; i++)
		h->pointers[i] = sk_password(&h->list, i);
	return rc;
}

static int complain(const char *what, const char *why)
{
	fprintf(stderr, _("sekisho: cannot read the passwords from '%s': %s\n"), what, why);
	return -1;
}

static int take(int fd, const char *what)
{
	struct passwords *h = hold();
	ssize_t n = h ? read_text(h, fd) : -1;

	if (n < 0)
		return complain(what, cli_errno_text(h ? errno : ENOMEM));
	size_t lines = 0;
	int rc =
	    (size_t)n == sizeof(h->text) ? -1 : add_lines(h, sk_slice(h->text, (size_t)n), &lines);
	explicit_bzero(h->text, sizeof(h->text));
	if (rc)
		return complain(what, _("too many, too long, or no text"));
	return lines ? 0 : complain(what, _("there is none in it"));
}

int cli_passwords_file(const char *path)
{
	sk_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? complain(path, cli_errno_text(errno)) : take(fd, path);
}

int cli_passwords_fd(const char *number)
{
	char *end;

	errno = 0;
	unsigned long n = strtoul(number, &end, 10);
	if (errno || *end || *number < '0' || *number > '9' || n > 1U << 20) {
		fprintf(stderr,
		    _("sekisho: --password-fd takes the number of an open descriptor, not '%s'\n"),
		    number);
		return -1;
	}
	int rc = take((int)n, number);
	took_stdin |= n == STDIN_FILENO;
	/* Nothing that is started later gets it; the standard streams stay taken. */
	if (n > STDERR_FILENO)
		close((int)n);
	return rc;
}
