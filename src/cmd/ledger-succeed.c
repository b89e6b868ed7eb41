/*
 * sekisho ledger succeed: where entries that a witness saw cannot be brought back, two persons in two roles open a new ledger,
 * whose first entry names the last checkpoint known of the old one. Run by the administrator, while the post stands still.
 *
 * All that is new is made beside what is there ("…new"); then `succeeding` says that it is whole, and names are changed. Whoever
 * is interrupted begins again, and what was begun is finished.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "cmd/ledger.h"
#include "ledger/files.h"

#define MARK "succeeding"
#define KEY_BYTES 1000
#define NAME 64

/* The key last: with the old one nothing is signed into the new ledger, nor the other way round. */
static const char *const names[] = {"ledger", "ledger.pub", "ledger.key"};

/* --- changing names --- */

static bool is_there(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int change_name(int dir, const char *from, const char *to)
{
	if (renameat(dir, from, dir, to) || fsync(dir))
		return ledger_fail(from, cli_errno_text(errno));
	return 0;
}

static int replace(int dir, const char *name, unsigned number)
{
	char fresh[NAME], old[NAME];
	int rc = 0;

	snprintf(fresh, sizeof(fresh), "%s.new", name);
	snprintf(old, sizeof(old), "%s.%u", name, number);
	if (!is_there(dir, fresh))
		return 0;
	if (is_there(dir, name))
		rc = change_name(dir, name, old);
	return rc ? rc : change_name(dir, fresh, name);
}

/* From the mark on; 0 when there is none. */
static int finish(int dir)
{
	struct sk_buf b = SK_BUF(32);
	int rc = 0;

	if (!is_there(dir, MARK))
		return 0;
	if (ledger_state_read(dir, MARK, 16, &b) || sk_buf_putc(&b, 0))
		rc = -1;
	for (size_t i = 0; rc == 0 && i < 3; i++)
		rc = replace(dir, names[i], (unsigned)strtoul((const char *)b.p, NULL, 10));
	if (rc == 0 && (unlinkat(dir, MARK, 0) || fsync(dir)))
		rc = ledger_fail(MARK, cli_errno_text(errno));
	sk_buf_free(&b);
	return rc ? -1 : 0;
}

/* The first number under which nothing lies. */
static unsigned number_of_old(int dir)
{
	char name[NAME];
	unsigned n = 0;
	bool taken = true;

	while (taken) {
		n++;
		taken = false;
		for (size_t i = 0; i < 3; i++) {
			snprintf(name, sizeof(name), "%s.%u", names[i], n);
			taken |= is_there(dir, name);
		}
	}
	return n;
}

static int write_new(
    const struct ledger_state *s, const char *name, struct sk_slice bytes, mode_t mode, bool owned)
{
	unlinkat(s->dir, name, 0); /* of an earlier try */
	sk_autoclose int fd =
	    openat(s->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);

	if (fd < 0 || sk_write_all(fd, bytes.p, bytes.n) || fchmod(fd, mode) ||
	    (owned && getuid() == 0 && fchown(fd, s->uid, s->gid)) || fsync(fd) || fsync(s->dir))
		return ledger_fail(name, cli_errno_text(errno));
	return 0;
}

static int mark(const struct ledger_state *s)
{
	char text[16];

	snprintf(text, sizeof(text), "%u\n", number_of_old(s->dir));
	return write_new(s, MARK, sk_slice_str(text), 0600, false);
}

/* --- what is new --- */

/* NAME.2 after NAME, NAME.3 after that. */
static int next_origin(const char *old, char origin[SK_NOTE_NAME])
{
	const char *dot = strrchr(old, '.');
	char *end = NULL;
	unsigned long n = dot ? strtoul(dot + 1, &end, 10) : 0;
	bool numbered = dot && n >= 2 && n < 1000 && *end == 0;
	int len = snprintf(origin, SK_NOTE_NAME, "%.*s.%lu",
	    (int)(numbered ? (size_t)(dot - old) : strlen(old)), old, numbered ? n + 1 : 2);

	return len < SK_NOTE_NAME ? 0 : -1;
}

static int make_key(
    const struct ledger_asked *a, const struct ledger_state *s, struct sk_note_signer *key)
{
	struct sk_buf secret = SK_BUF(KEY_BYTES), open = SK_BUF(KEY_BYTES);
	char origin[SK_NOTE_NAME];
	int rc = 0;

	if (a->origin)
		rc = snprintf(origin, sizeof(origin), "%s", a->origin) >= SK_NOTE_NAME;
	else
		rc = next_origin(s->key.pub.name, origin);
	if (rc || sk_note_signer_new(key, origin, SK_NOTE_ED25519))
		rc = ledger_fail(a->origin ? a->origin : s->key.pub.name,
		    _("this cannot be the name of a ledger"));
	if (rc == 0)
		rc = sk_note_signer_write(key, &secret) | sk_note_key_write(&key->pub, &open);
	if (rc == 0)
		rc = write_new(s, "ledger.key.new", sk_buf_slice(&secret), 0400, true);
	if (rc == 0)
		rc = write_new(s, "ledger.pub.new", sk_buf_slice(&open), 0644, false);
	if (secret.p)
		explicit_bzero(secret.p, secret.cap);
	sk_buf_free(&secret);
	sk_buf_free(&open);
	return rc ? -1 : 0;
}

/* A folder that an earlier try has left is put aside with all it holds: it may hold an entry. */
static int make_folder(const struct ledger_state *s)
{
	char aside[NAME];

	for (unsigned n = 1; is_there(s->dir, "ledger.new"); n++) {
		snprintf(aside, sizeof(aside), "ledger.unfinished.%u", n);
		if (!is_there(s->dir, aside) && change_name(s->dir, "ledger.new", aside))
			return -1;
	}
	if (mkdirat(s->dir, "ledger.new", 0700) ||
	    (getuid() == 0 &&
		fchownat(s->dir, "ledger.new", s->uid, s->gid, AT_SYMLINK_NOFOLLOW))) {
		ledger_fail("ledger.new", cli_errno_text(errno));
		return -1;
	}
	return 0;
}

/* --- all of it --- */

static int open_new(const struct sk_opener by[2], const struct ledger_state *s,
    const struct sk_note_signer *key, struct sk_slice note)
{
	if (make_folder(s))
		return -1;
	sk_autoclose int dir =
	    openat(s->dir, "ledger.new", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dir < 0 || ledger_state_be_owner(s))
		return -1;
	int rc = sk_ledger_succeed(dir, key, note, &s->key.pub, by, (uint64_t)time(NULL));
	if (ledger_state_be_self())
		return -1;
	if (rc == SK_EREFUSED || rc == SK_EARG)
		return ledger_fail(s->path,
		    _("two different persons in two different roles (words of ASCII) are needed, a name of its own, and a checkpoint that the old key has signed"));
	return rc ? ledger_fail(s->path, ledger_why(rc)) : 0;
}

/* The last one known: of a witness, or of what is there. */
static int read_checkpoint(
    const struct ledger_asked *a, const struct ledger_state *s, struct sk_buf *note)
{
	if (a->checkpoint)
		return ledger_state_read(AT_FDCWD, a->checkpoint, SK_NOTE_BYTES, note);
	if (s->ledger < 0)
		return ledger_fail(s->path,
		    _("nothing is there of the old ledger: --checkpoint names the last that a witness has"));
	return ledger_state_read(s->ledger, "checkpoint", SK_NOTE_BYTES, note);
}

static int tell_what_follows(const struct sk_note_signer *key)
{
	struct sk_buf b = SK_BUF(KEY_BYTES);

	sk_note_key_write(&key->pub, &b);
	printf(
	    _("The ledger %s is open. The other posts must pin its key before they believe it:\n%.*s"),
	    key->pub.name, (int)b.len, (const char *)b.p);
	printf("%s\n",
	    _("The old ledger and its key lie beside it, with a number; the key is to be erased once "
	      "nobody doubts that it is over."));
	sk_buf_free(&b);
	return EXIT_ALL_CLEAN;
}

static int succeed(const struct ledger_asked *a, const struct ledger_state *s)
{
	struct sk_buf note = SK_BUF(SK_NOTE_BYTES + 1);
	struct sk_note_signer key;
	struct sk_opener by[2];
	char role[2][LEDGER_ROLE];
	int rc = ledger_openers(a, by, role);

	if (rc == 0)
		rc = read_checkpoint(a, s, &note);
	if (rc == 0)
		rc = make_key(a, s, &key);
	if (rc == 0)
		rc = open_new(by, s, &key, sk_buf_slice(&note));
	if (rc == 0)
		rc = mark(s);
	if (rc == 0)
		rc = finish(s->dir);
	sk_buf_free(&note);
	if (rc)
		return EXIT_SOME_ERROR;
	tell_what_follows(&key);
	sk_note_signer_wipe(&key);
	return EXIT_ALL_CLEAN;
}

/* What another try has begun and marked as whole is the successor. */
int ledger_succeed(const struct ledger_asked *a)
{
	struct ledger_state s;
	int code = EXIT_SOME_ERROR;

	if (ledger_state_open(&s, a->arg[0]))
		return code;
	bool begun = is_there(s.dir, MARK);
	if (finish(s.dir) == 0 && ledger_state_load(&s) == 0)
		code = begun ? tell_what_follows(&s.key) : succeed(a, &s);
	ledger_state_close(&s);
	return code;
}
