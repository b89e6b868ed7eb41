/* Changes of who is who: organisation.h. The gate. */
#include "desk/organisation.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "store/proposal.h"

/* --- making --- */

static const struct sk_source *file_of(const struct sk_policy *p, const char *name)
{
	for (size_t i = 0; name && i < p->nsources; i++)
		if (strcmp(p->sources[i]->name, name) == 0)
			return p->sources[i];
	return NULL;
}

static int refuse(struct sk_organisation *o, const char *why)
{
	snprintf(o->why, sizeof(o->why), "%s", why);
	return SK_EREFUSED;
}

/* The policy of now, and which of its files it is about. */
static int open_before(struct sk_desk *d, struct sk_organisation *o, const struct sk_source **file)
{
	const struct sk_desk_text own = {.path = sk_settings_get(d->settings, "organisation")};
	const char *found = NULL;

	if (own.path == NULL)
		return refuse(o, "organisation");
	if (sk_desk_policy_with(d, &own, &found, &o->before, o->why, sizeof(o->why)))
		return SK_EREFUSED;
	*file = file_of(o->before.policy, found);
	return *file ? 0 : refuse(o, "the policy has no such file");
}

/* Whether it is good, loading says. */
static int open_after(struct sk_desk *d, struct sk_organisation *o)
{
	const struct sk_desk_text other = {
	    sk_settings_get(d->settings, "organisation"), sk_buf_slice(&o->text)};

	int status = sk_desk_policy_with(d, &other, NULL, &o->after, o->why, sizeof(o->why));

	return status == SK_ENOMEM ? status : 0;
}

int sk_organisation_make(
    struct sk_desk *d, struct sk_arena *arena, struct sk_slice moves, struct sk_organisation *o)
{
	const struct sk_source *file = NULL;
	int status;

	*o = (struct sk_organisation){.text = SK_BUF(SK_POLICY_BYTES)};
	status = sk_moves_read(arena, moves, &o->moves, &o->n, &o->fault);
	if (status == 0)
		status = open_before(d, o, &file);
	if (status == 0)
		status = sk_moves_apply(
		    o->before.arena, o->before.policy, file, o->moves, o->n, &o->text, &o->fault);
	return status ? status : open_after(d, o);
}

void sk_organisation_drop(struct sk_organisation *o)
{
	sk_desk_policy_close(&o->after);
	sk_desk_policy_close(&o->before);
	sk_buf_free(&o->text);
}

/* --- writing --- */

static int fill(int fd, const struct sk_organisation *o, const struct stat *like)
{
	if (sk_write_all(fd, o->text.p, o->text.len) || fchmod(fd, like->st_mode & 0777) ||
	    fsync(fd))
		return SK_EIO;
	return 0;
}

/* Beside it, synced, in its place, and that synced, too. */
static int put(int dir, const char *name, const struct sk_organisation *o)
{
	char new[NAME_MAX + 1];
	struct stat like;

	snprintf(new, sizeof(new), "%.200s.new", name);
	if (fstatat(dir, name, &like, 0))
		return SK_EIO;
	unlinkat(dir, new, 0);
	sk_autoclose int fd =
	    openat(dir, new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return SK_EIO;
	if (fill(fd, o, &like) || renameat(dir, new, dir, name) || fsync(dir)) {
		int err = errno;
		unlinkat(dir, new, 0);
		errno = err;
		return SK_EIO;
	}
	return 0;
}

int sk_organisation_write(struct sk_desk *d, struct sk_organisation *o)
{
	char path[PATH_MAX];

	if (realpath(sk_settings_get(d->settings, "organisation"), path) == NULL) {
		snprintf(o->why, sizeof(o->why), "%s", strerror(errno));
		return SK_EIO;
	}
	char *slash = strrchr(path, '/');
	*slash = '\0';
	sk_autoclose int dir = open(*path ? path : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status = dir < 0 ? SK_EIO : put(dir, slash + 1, o);
	if (status)
		snprintf(o->why, sizeof(o->why), "%s", strerror(errno));
	return status;
}

/* --- what was approved before the file was written --- */

static int run_done(struct sk_db *db, void *arg)
{
	return sk_proposal_done(db, *(const int64_t *)arg);
}

static int run_reopen(struct sk_db *db, void *arg)
{
	return sk_proposal_reopen(db, *(const int64_t *)arg);
}

/* Only what was approved comes into force: where the files have changed since, somebody looks at it again. */
static int settle(struct sk_desk *d, struct sk_organisation *o, const struct sk_proposal *p)
{
	int64_t number = p->number;
	bool same = o->after.policy && sk_slice_eq(p->policy, sk_slice(o->after.policy->hash, 32));

	if (!same) {
		int status = sk_db_transact(d->db, SK_DB_WRITE, run_reopen, &number);
		return status ? status : refuse(o, "other policy than the one that was approved");
	}
	int status = sk_organisation_write(d, o);
	return status ? status : sk_db_transact(d->db, SK_DB_WRITE, run_done, &number);
}

static int carry_out(struct sk_desk *d, struct sk_arena *a, int64_t number)
{
	struct sk_organisation o = {.n = 0};
	struct sk_proposal p;
	int status = sk_proposal_load(d->db, a, number, &p);

	if (status == 0)
		status = sk_organisation_make(d, a, sk_slice_str(p.moves), &o);
	if (status == 0)
		status = settle(d, &o, &p);
	if (status)
		sk_desk_log("the approved change %lld of the organisation is not in the policy: %s",
		    (long long)number, o.fault.why ? o.fault.why : o.why);
	sk_organisation_drop(&o);
	return status;
}

void sk_organisation_catch_up(struct sk_desk *d)
{
	struct sk_arena *a = sk_arena_new((size_t)64 << 20);
	struct sk_proposal *v = NULL;
	size_t n = 0;

	if (a && sk_settings_get(d->settings, "organisation") &&
	    sk_proposal_list(d->db, a, SK_PROPOSAL_APPROVED, 0, SK_PROPOSALS_OPEN, &v, &n) == 0)
		while (n > 0) /* the oldest first */
			(void)carry_out(d, a, v[--n].number);
	sk_arena_free(a);
}
