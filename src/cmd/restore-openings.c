/*
 * What a backup holds behind commitments of the ledger, when a post is restored: restore.h. It lies beside the copy of the keys, which
 * is kept no longer. What the ledger or the restored store has erased since does not come back. The command.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "cmd/ledger.h"
#include "cmd/restore.h"
#include "ledger/copy.h"

/* .../keys-N: .../openings-N. False: it has another name. */
static bool beside(const char *keys, char *path, size_t size)
{
	const char *slash = strrchr(keys, '/'), *name = slash ? slash + 1 : keys;

	if (strncmp(name, "keys-", 5) != 0)
		return false;
	int n = snprintf(path, size, "%.*sopenings-%s", (int)(name - keys), keys, name + 5);
	return n > 0 && (size_t)n < size;
}

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* What the store has not forgotten, nor the date by which it does, may be known; what is newer than the store nobody has forgotten yet. */
static bool may_be_known(void *user, const struct sk_leaf *e)
{
	const struct restore_known *k = user;
	int64_t number = (int64_t)sk_entry_outbox(e);

	return number > k->done ||
	       bsearch(&number, k->number, k->n, sizeof(*k->number), by_number) != NULL;
}

static int bring_back(const struct ledger_state *s, struct sk_slice bytes,
    const struct restore_known *k, struct restore_openings *back)
{
	struct sk_ledger_archive a = {.bytes = bytes};
	struct sk_openings_back got = {0};
	struct sk_ledger *l = NULL;
	int rc = sk_ledger_read(s->ledger, &l);

	if (rc == 0)
		rc = sk_ledger_restore_openings(l, &a, may_be_known, (void *)(uintptr_t)k, &got);
	sk_ledger_free(l);
	back->live = got.live;
	back->erased = got.erased;
	return rc;
}

/* As the ledger's owner, so that nothing of ours follows a link that he may have laid. */
static int as_owner(struct ledger_state *s, struct sk_slice bytes, struct sk_slice known,
    struct restore_openings *back)
{
	const struct restore_known *k = (const void *)known.p;

	if (known.n < sizeof(*k) || (known.n - sizeof(*k)) / sizeof(*k->number) < k->n)
		return SK_EINTERNAL;
	if (ledger_state_own(s) || s->ledger < 0 || ledger_state_be_owner(s))
		return SK_EIO;
	int rc = bring_back(s, bytes, k, back);
	return ledger_state_be_self() ? SK_EIO : rc;
}

int restore_openings(
    struct ledger_state *state, const char *keys, int known, struct restore_openings *back)
{
	struct sk_slice bytes = {0}, numbers = {0};
	char path[4096];

	*back = (struct restore_openings){.asked = keys != NULL};
	sk_autoclose int fd = keys && beside(keys, path, sizeof(path))
				  ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
				  : -1;
	if (fd < 0)
		return 0;
	back->there = true;
	int rc = sk_map_lazily(fd, &bytes);
	if (rc == 0)
		rc = sk_map(known, &numbers);
	if (rc == 0)
		rc = as_owner(state, bytes, numbers, back);
	sk_unmap(&bytes);
	sk_unmap(&numbers);
	return rc ? ledger_fail(path, ledger_why(rc)) : 0;
}
