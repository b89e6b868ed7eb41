/* Removes what nothing refers to, and never what somebody is about to refer to. Runs in the gate. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/limits.h"
#include "store/blob-inside.h"

typedef int visit(struct sk_blobs *b, void *arg, const char *name);

static int walk_folder(struct sk_blobs *b, int fd, visit *each, void *arg)
{
	int rc = 0;
	DIR *dir = fdopendir(fd);

	if (dir == NULL) {
		sk_close(&fd);
		return sk_blobs_errno(b, "folder");
	}
	for (struct dirent *e; rc == 0 && (e = readdir(dir));)
		if (e->d_name[0] != '.')
			rc = each(b, arg, e->d_name);
	closedir(dir);
	return rc;
}

static int walk_place(struct sk_blobs *b, enum sk_place place, visit *each, void *arg)
{
	char sub[3];
	int rc = 0;

	for (unsigned i = 0; i < 256 && rc == 0; i++) {
		snprintf(sub, sizeof(sub), "%02x", i);
		int fd = openat(b->dirs[place], sub, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		rc = fd < 0 ? sk_blobs_errno(b, "folder") : walk_folder(b, fd, each, arg);
	}
	return rc;
}

struct walk {
	int (*each)(void *arg, const char *name);
	void *arg;
	enum sk_place place;
};

static int visit_named(struct sk_blobs *b, void *arg, const char *name)
{
	const struct walk *w = arg;
	char path[72];

	return sk_blob_path(w->place, name, path) ? w->each(w->arg, name) : 0;
}

int sk_blobs_walk(
    struct sk_blobs *b, enum sk_blob_kind kind, int (*each)(void *arg, const char *name), void *arg)
{
	struct walk w = {each, arg, kind == SK_BLOB_OUTPUT ? SK_PLACE_OUTPUT : SK_PLACE_ORIGINAL};

	return walk_place(b, w.place, visit_named, &w);
}

struct sweep {
	struct sk_sweep *s;
	enum sk_place place;
	time_t before; /* what changed later stays */
};

/* Old, and held by nobody: then the descriptor is locked, and the name cannot come to mean another file meanwhile. */
static int seize(struct sweep *w, int dir, const char *path, int *out)
{
	struct stat st;

	sk_autoclose int fd = openat(dir, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return 0;
	if (fstat(fd, &st) == 0 && st.st_mtime > w->before) {
		w->s->young++;
		return 0;
	}
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		w->s->held++;
		return 0;
	}
	*out = fd;
	fd = -1;
	return 1;
}

static int remove_blob(struct sk_blobs *b, struct sweep *w, const char *name, const char *path)
{
	if (w->place == SK_PLACE_ORIGINAL) {
		int rc = sk_blob_erase(b, name);
		if (rc)
			return rc;
	}
	if (unlinkat(b->dirs[w->place], path, 0) && errno != ENOENT)
		return sk_blobs_errno(b, name);
	w->s->removed++;
	return 0;
}

/* The lock is held from the look at the file to its removal: a writer of the same bytes comes before or after. */
static int sweep_locked(struct sk_blobs *b, struct sweep *w, const char *name, const char *path)
{
	sk_autoclose int fd = -1;

	if (!seize(w, b->dirs[w->place], path, &fd))
		return 0;
	int wanted = w->s->wanted(
	    w->s->arg, w->place == SK_PLACE_OUTPUT ? SK_BLOB_OUTPUT : SK_BLOB_ORIGINAL, name);
	if (wanted < 0)
		return sk_blobs_fail(b, wanted, "sweep: the database did not answer");
	if (wanted) {
		w->s->kept++;
		return 0;
	}
	return remove_blob(b, w, name, path);
}

static int sweep_blob(struct sk_blobs *b, void *arg, const char *name)
{
	struct sweep *w = arg;
	char path[72];

	if (!sk_blob_path(w->place, name, path)) /* not ours: left alone */
		return 0;
	if (flock(b->lock, LOCK_EX))
		return sk_blobs_errno(b, "lock");
	int rc = sweep_locked(b, w, name, path);
	flock(b->lock, LOCK_UN);
	return rc;
}

/* A key whose original is not there: its writer died between the two. */
static int sweep_key(struct sk_blobs *b, void *arg, const char *name)
{
	struct sweep *w = arg;
	sk_autoclose int fd = -1;
	char path[72];

	if (!sk_blob_path(SK_PLACE_KEY, name, path) ||
	    faccessat(b->dirs[SK_PLACE_ORIGINAL], path, F_OK, 0) == 0 || errno != ENOENT)
		return 0;
	if (!seize(w, b->dirs[SK_PLACE_KEY], path, &fd))
		return 0;
	int rc = sk_blob_erase(b, name);
	w->s->keys += rc == 0;
	return rc;
}

static int sweep_fresh(struct sk_blobs *b, void *arg, const char *name)
{
	struct sweep *w = arg;
	sk_autoclose int fd = -1;

	int dir = sk_blob_fresh_folder(b, w->place);
	if (seize(w, dir, name, &fd) && unlinkat(dir, name, 0) == 0)
		w->s->unfinished++;
	return 0;
}

static int sweep_unfinished(struct sk_blobs *b, struct sweep *w, enum sk_place place)
{
	int fd = openat(sk_blob_fresh_folder(b, place), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	w->place = place;
	return fd < 0 ? sk_blobs_errno(b, "folder") : walk_folder(b, fd, sweep_fresh, w);
}

static int sweep_all(struct sk_blobs *b, struct sweep *w)
{
	int rc = sweep_unfinished(b, w, SK_PLACE_OUTPUT);

	if (rc == 0)
		rc = sweep_unfinished(b, w, SK_PLACE_KEY);
	for (int p = SK_PLACE_OUTPUT; p <= SK_PLACE_ORIGINAL && rc == 0; p++) {
		w->place = (enum sk_place)p;
		rc = walk_place(b, w->place, sweep_blob, w);
	}
	return rc ? rc : walk_place(b, SK_PLACE_KEY, sweep_key, w);
}

int sk_blobs_sweep(struct sk_blobs *b, struct sk_sweep *s)
{
	struct sweep w = {
	    .s = s, .before = time(NULL) - (time_t)(s->age_s ? s->age_s : SK_LIMIT_STORE_ORPHAN_S)};

	if (flock(b->hold, LOCK_EX | LOCK_NB))
		return errno == EWOULDBLOCK ? sk_blobs_fail(b, SK_EBUSY, "a backup is being made")
					    : sk_blobs_errno(b, "hold");
	int rc = sweep_all(b, &w);
	flock(b->hold, LOCK_UN);
	return rc;
}
