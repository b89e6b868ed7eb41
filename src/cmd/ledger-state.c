/*
 * The state folder of a post, for commands that repair its ledger while the post stands still. Run by the administrator; as
 * root they make files as the user whom the ledger belongs to, so that nothing of theirs follows a link that he may have laid.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "cmd/ledger.h"
#include "ledger/files.h"
#include "post/settings.h"

int ledger_fail(const char *path, const char *why)
{
	fprintf(stderr, _("sekisho: %s: %s\n"), path, why);
	return EXIT_SOME_ERROR;
}

const char *ledger_why(int rc)
{
	switch (rc) {
	case SK_EIO:
		return cli_errno_text(errno);
	case SK_EREFUSED:
		return _("its checkpoint is not signed by its own key");
	case SK_EARG:
		return _("it has no such entry");
	case SK_ENOMEM:
		return cli_errno_text(ENOMEM);
	default:
		return _("it is damaged here");
	}
}

#define KEY_BYTES 1000

int ledger_state_read(int dir, const char *path, size_t max, struct sk_buf *out)
{
	int rc = sk_file_read(dir, path, max, out);

	if (rc == 0)
		return 0;
	ledger_fail(path, rc == SK_ELIMIT ? cli_errno_text(EFBIG) : ledger_why(rc));
	return -1;
}

/* sekishod holds it as long as it runs. */
static int hold(struct ledger_state *s)
{
	s->lock = openat(s->dir, SK_POST_LOCK, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (s->lock < 0)
		return ledger_fail(s->path, cli_errno_text(errno));
	if (flock(s->lock, LOCK_EX | LOCK_NB))
		return ledger_fail(s->path, _("the post is running; stop it before"));
	return 0;
}

static int read_key(struct ledger_state *s)
{
	struct sk_buf b = SK_BUF(KEY_BYTES);
	int rc = ledger_state_read(s->dir, "ledger.key", KEY_BYTES - 1, &b);

	if (rc == 0 && sk_note_signer_parse(sk_buf_slice(&b), &s->key))
		rc = ledger_fail("ledger.key", _("it holds no signing key"));
	if (b.p)
		explicit_bzero(b.p, b.cap);
	sk_buf_free(&b);
	return rc;
}

int ledger_state_own(struct ledger_state *s)
{
	struct stat st;

	if (s->ledger < 0)
		s->ledger =
		    openat(s->dir, "ledger", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (s->ledger < 0 && errno != ENOENT)
		return ledger_fail("ledger", cli_errno_text(errno));
	if (fstat(s->ledger < 0 ? s->dir : s->ledger, &st))
		return ledger_fail("ledger", cli_errno_text(errno));
	s->uid = st.st_uid;
	s->gid = st.st_gid;
	return 0;
}

int ledger_state_open(struct ledger_state *s, const char *path)
{
	*s = (struct ledger_state){.path = path, .dir = -1, .lock = -1, .ledger = -1};
	s->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir < 0) {
		ledger_fail(path, cli_errno_text(errno));
		return -1;
	}
	if (hold(s) == 0)
		return 0;
	ledger_state_close(s);
	return -1;
}

int ledger_state_load(struct ledger_state *s)
{
	return ledger_state_own(s) || read_key(s) ? -1 : 0;
}

void ledger_state_close(struct ledger_state *s)
{
	sk_close(&s->ledger);
	sk_close(&s->lock);
	sk_close(&s->dir);
	sk_note_signer_wipe(&s->key);
}

int ledger_state_be_owner(const struct ledger_state *s)
{
	if (getuid() != 0)
		return 0;
	if (setegid(s->gid) == 0 && seteuid(s->uid) == 0)
		return 0;
	return ledger_fail(s->path, cli_errno_text(errno));
}

int ledger_state_be_self(void)
{
	if (getuid() != 0 || (seteuid(0) == 0 && setegid(getgid()) == 0))
		return 0;
	return ledger_fail("sekisho", cli_errno_text(errno));
}
