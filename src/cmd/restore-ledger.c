/* The ledger that a backup holds, when a post is restored: restore.h. The command. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "cmd/ledger.h"
#include "cmd/restore.h"
#include "ledger/copy.h"

static int tell(const char *why)
{
	ledger_fail("ledger.tar", why);
	return EXIT_SOME_ERROR;
}

/* --- the archive --- */

/* What it says of itself is believed when the ledger's own key has signed it. */
static int read_checkpoint(
    struct restore_ledger *copy, const struct sk_note_key *key, struct sk_slice *text)
{
	struct sk_ledger_archive a = {.bytes = copy->bytes};
	struct sk_note note = {.n = 0};
	struct sk_checkpoint c;

	if (sk_ledger_archived(&a, "checkpoint", text) || sk_note_parse(*text, &note) ||
	    sk_checkpoint_parse(note.text, &c))
		return tell(_("this is no copy of a ledger"));
	if (!sk_slice_is(c.origin, key->name) || sk_note_verify(&note, key, NULL) <= 0)
		return tell(_("it is of another ledger, or not signed by its key"));
	copy->size = c.size;
	copy->root = c.root;
	return 0;
}

static int get(void *user, const char *path, struct sk_buf *out)
{
	struct sk_slice file;
	int rc = sk_ledger_archived(user, path, &file);

	errno = ENOENT;
	return rc == SK_ENOENTRY ? SK_EIO : rc ? rc : sk_buf_put_slice(out, file);
}

/* --- the ledger --- */

/* One that is not there is made: its witnesses must all be asked before it signs. */
static int open_ledger(const struct ledger_state *s, struct sk_ledger **l)
{
	static const struct sk_ledger_params alone;
	int rc = sk_ledger_create(s->ledger, &s->key, (uint64_t)time(NULL));

	if (rc == 0)
		rc = sk_ledger_mark_restored(s->ledger);
	return rc && rc != SK_EREFUSED ? rc : sk_ledger_open(s->ledger, &s->key, &alone, l);
}

static int bring_back(
    const struct ledger_state *s, struct restore_ledger *copy, struct sk_slice checkpoint)
{
	struct sk_ledger_archive a = {.bytes = copy->bytes};
	struct sk_ledger *l = NULL;
	int rc = open_ledger(s, &l);

	if (rc == 0 && sk_ledger_size(l) < copy->size) {
		copy->back = copy->size - sk_ledger_size(l);
		rc = sk_ledger_mark_restored(s->ledger);
		if (rc == 0)
			rc = sk_ledger_recover(l, checkpoint, get, &a);
	}
	sk_ledger_free(l);
	return rc ? tell(rc == SK_EFORMAT || rc == SK_EARG
			     ? _("the copy does not hold the entries that the checkpoint names")
			     : ledger_why(rc))
		  : 0;
}

static int as_owner(struct ledger_state *s, struct restore_ledger *copy)
{
	struct sk_slice checkpoint;
	int rc = ledger_state_load(s) ? EXIT_SOME_ERROR : 0;

	if (rc == 0)
		rc = read_checkpoint(copy, &s->key.pub, &checkpoint);
	if (rc)
		return rc;
	if (s->ledger < 0)
		return tell(_("there is no folder 'ledger'; make an empty one, of the same owner"));
	if (ledger_state_be_owner(s))
		return EXIT_SOME_ERROR;
	rc = bring_back(s, copy, checkpoint);
	return ledger_state_be_self() ? EXIT_SOME_ERROR : rc;
}

int restore_ledger(struct ledger_state *state, const char *backup, struct restore_ledger *copy)
{
	sk_autoclose int dir = open(backup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	sk_autoclose int fd =
	    dir < 0 ? -1 : openat(dir, "ledger.tar", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	*copy = (struct restore_ledger){.size = 0};
	if (fd < 0) /* of a backup that is not there the store says why */
		return dir < 0 || errno == ENOENT ? 0 : tell(cli_errno_text(errno));
	if (sk_map_lazily(fd, &copy->bytes))
		return tell(cli_errno_text(errno));
	return as_owner(state, copy);
}

int restore_agrees(const struct restore_ledger *copy, struct sk_ledger *l)
{
	struct sk_hash root;
	int rc;

	if (copy->bytes.n == 0)
		return 0;
	if (copy->size > sk_ledger_size(l))
		return SK_EFORMAT;
	rc = sk_ledger_root_at(l, copy->size, &root);
	return rc ? rc : sk_hash_eq(&root, &copy->root) ? 0 : SK_EFORMAT;
}

void restore_ledger_end(struct restore_ledger *copy)
{
	sk_unmap(&copy->bytes);
}
