/*
 * sekisho ledger recover: entries that a witness saw and that are missing here come back from a copy, each checked against the
 * checkpoint. Run by the administrator, while the post stands still.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "cmd/ledger.h"
#include "ledger/files.h"

struct copy {
	const struct ledger_state *state;
	int dir;
};

/* A wider form of a partial bundle begins with it: the copy may have been made later. 0: there is none. */
static unsigned wider(const struct copy *c, const char *folder, unsigned width)
{
	int fd = openat(c->dir, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	unsigned best = 0;

	if (d == NULL)
		sk_close(&fd);
	for (const struct dirent *e; d && (e = readdir(d)) != NULL;) {
		unsigned long w = strtoul(e->d_name, NULL, 10);
		if (w > width && w < SK_TILE_WIDTH)
			best = (unsigned)w;
	}
	if (d)
		closedir(d);
	return best;
}

static int read_file(const struct copy *c, const char *path, struct sk_buf *out)
{
	int rc = sk_file_read(c->dir, path, SK_FILE_BYTES, out);
	const char *slash = strrchr(path, '/');
	char folder[SK_PATH_BYTES], other[SK_PATH_BYTES + 16];

	if (rc != SK_EIO || errno != ENOENT || slash == NULL || slash - path < 2 ||
	    slash[-2] != '.' || slash[-1] != 'p')
		return rc;
	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	unsigned w = wider(c, folder, (unsigned)strtoul(slash + 1, NULL, 10));
	snprintf(other, sizeof(other), "%s/%u", folder, w);
	if (w == 0) {
		errno = ENOENT;
		return SK_EIO;
	}
	return sk_file_read(c->dir, other, SK_FILE_BYTES, out);
}

/* The copy is read as who asks: it may be closed to the owner of the ledger. */
static int get(void *user, const char *path, struct sk_buf *out)
{
	const struct copy *c = user;

	if (ledger_state_be_self())
		return SK_EIO;
	int rc = read_file(c, path, out), error = errno;
	if (ledger_state_be_owner(c->state))
		return SK_EIO;
	errno = error;
	return rc;
}

static int tell(const char *path, int rc)
{
	if (rc == SK_EREFUSED)
		return ledger_fail(path,
		    _("this checkpoint is of another ledger, not signed by its key, or names no more entries than there are"));
	if (rc == SK_EFORMAT || rc == SK_EARG)
		return ledger_fail(
		    path, _("the copy does not hold the entries that the checkpoint names"));
	return ledger_fail(path, ledger_why(rc));
}

/* An empty folder gets an empty ledger, whose witnesses must all be asked before it signs. */
static int open_it(const struct ledger_state *s, struct sk_ledger **l)
{
	static const struct sk_ledger_params alone;
	int rc = sk_ledger_create(s->ledger, &s->key, (uint64_t)time(NULL));

	if (rc == 0)
		rc = sk_ledger_mark_restored(s->ledger);
	if (rc == 0 || rc == SK_EREFUSED)
		rc = sk_ledger_open(s->ledger, &s->key, &alone, l);
	if (rc)
		ledger_fail(s->path, ledger_why(rc));
	return rc;
}

static int bring_back(
    const struct ledger_state *s, struct copy *c, const char *path, struct sk_slice note)
{
	struct sk_ledger *l = NULL;

	if (open_it(s, &l))
		return EXIT_SOME_ERROR;
	uint64_t before = sk_ledger_size(l);
	int rc = sk_ledger_recover(l, note, get, c);
	if (rc)
		tell(path, rc);
	else
		printf(_("%llu entries were there, %llu are there now\n"),
		    (unsigned long long)before, (unsigned long long)sk_ledger_size(l));
	sk_ledger_free(l);
	return rc ? EXIT_SOME_ERROR : EXIT_ALL_CLEAN;
}

static int recover(const struct ledger_asked *a, const struct ledger_state *s, struct copy *c)
{
	struct sk_buf note = SK_BUF(SK_NOTE_BYTES + 1);
	const char *path = a->checkpoint ? a->checkpoint : "checkpoint";
	int code = EXIT_SOME_ERROR;

	if (s->ledger < 0)
		ledger_fail(s->path,
		    _("there is no folder 'ledger'; make an empty one, of the same owner"));
	else if (ledger_state_read(a->checkpoint ? AT_FDCWD : c->dir, path, SK_NOTE_BYTES, &note) ==
		     0 &&
		 ledger_state_be_owner(s) == 0) {
		code = bring_back(s, c, a->arg[1], sk_buf_slice(&note));
		if (ledger_state_be_self())
			code = EXIT_SOME_ERROR;
	}
	sk_buf_free(&note);
	return code;
}

int ledger_recover(const struct ledger_asked *a)
{
	struct ledger_state s;
	struct copy c = {.state = &s};

	if (ledger_state_open(&s, a->arg[0]))
		return EXIT_SOME_ERROR;
	int code = EXIT_SOME_ERROR;
	c.dir = open(a->arg[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c.dir < 0)
		ledger_fail(a->arg[1], cli_errno_text(errno));
	else if (ledger_state_load(&s) == 0)
		code = recover(a, &s, &c);
	sk_close(&c.dir);
	ledger_state_close(&s);
	return code;
}
