/* The policy in force: desk.h. The gate. */
#include "desk/desk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "desk/fits.h"
#include "gate/due.h"
#include "policy/decide.h"
#include "policy/load.h"
#include "store/peer.h"

/* A policy of 5,000 staff takes about 30 MB. */
#define MEMORY ((size_t)1 << 30)
#define FOLDER 4096

struct reading {
	struct sk_arena *arena;
	const struct sk_desk_text *other; /* NULL: all as the files have it */
	const char *found;                /* what the policy calls the file of `other` */
	int folder;                       /* -1: from what was kept */
	struct sk_policy_text *kept;      /* the first is the policy itself */
	size_t nkept;
};

/* The whole file, in the arena. */
static int read_text(struct sk_arena *arena, int fd, struct sk_slice *text)
{
	struct sk_buf buf = SK_BUF(SK_POLICY_BYTES);
	uint8_t piece[65536];
	ssize_t n = 0;

	while (buf.err == 0 && (n = pread(fd, piece, sizeof(piece), (off_t)buf.len)) > 0)
		sk_buf_put(&buf, piece, (size_t)n);
	*text = sk_slice(sk_arena_dup(arena, buf.p, buf.len), buf.len);
	int status = n < 0 ? SK_EIO : buf.err ? SK_ELIMIT : text->p ? 0 : SK_ENOMEM;
	sk_buf_free(&buf);
	return status;
}

static int include_kept(
    const struct reading *r, const char *name, struct sk_slice *text, const char **why)
{
	for (size_t i = 1; i < r->nkept; i++)
		if (strcmp(r->kept[i].name, name) == 0) {
			*text = r->kept[i].text;
			return 0;
		}
	*why = "it was not kept";
	return SK_ENOENTRY;
}

/* Whether this is the file in whose place other text may stand; *text is that, then. */
static bool is_other(struct reading *r, int fd, const char *name, struct sk_slice *text)
{
	struct stat st, other;

	if (r->other == NULL || fstat(fd, &st) || stat(r->other->path, &other) ||
	    st.st_dev != other.st_dev || st.st_ino != other.st_ino)
		return false;
	r->found = name;
	if (r->other->text.p)
		*text = r->other->text;
	return r->other->text.p != NULL;
}

static int read_one(struct reading *r, int fd, const char *name, struct sk_slice *text)
{
	return is_other(r, fd, name, text) ? 0 : read_text(r->arena, fd, text);
}

static int include(void *user, const char *name, struct sk_slice *text, const char **why)
{
	struct reading *r = user;

	if (r->folder < 0)
		return include_kept(r, name, text, why);
	sk_autoclose int fd = openat(r->folder, name, O_RDONLY | O_CLOEXEC);
	int status = fd < 0 ? SK_EIO : read_one(r, fd, name, text);

	if (status)
		*why = status == SK_EIO ? strerror(errno) : "it is too large";
	return status;
}

/* The first thing that is wrong, as one line. */
static void tell(const struct sk_diags *d, char *text, size_t size)
{
	char sentence[1000];

	for (size_t i = 0; i < d->n; i++) {
		const struct sk_diag *g = &d->v[i];
		if (sk_diag_severity(g->code) != SK_DIAG_ERROR)
			continue;
		sk_diag_fill(sentence, sizeof(sentence), sk_diag_text(g->code), g->a, g->b);
		snprintf(text, size, "%s:%u: %s [%s]", g->source->name, g->line, sentence,
		    sk_diag_name(g->code));
		return;
	}
	snprintf(text, size, "it cannot be read");
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int folder_of(const char *path)
{
	char folder[FOLDER];
	const char *name = base_name(path);

	snprintf(folder, sizeof(folder), "%.*s", (int)(name - path), path);
	return open(name == path ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Read it and what it includes, from files or from what the store kept. */
static int load(struct reading *r, const char *name, struct sk_slice bytes,
    struct sk_desk_policy *p, char *text, size_t size)
{
	struct sk_diags diags = {.arena = r->arena};
	int status = sk_policy_load(
	    r->arena, &diags, name, bytes, include, r, sk_day_of(time(NULL)), &p->policy);

	if (status)
		tell(&diags, text, size);
	p->arena = r->arena;
	return status;
}

static int load_file(const char *path, int fd, const struct sk_desk_text *other, const char **found,
    struct sk_desk_policy *p, char *text, size_t size)
{
	sk_autoclose int folder = folder_of(path);
	struct reading r = {.arena = sk_arena_new(MEMORY), .folder = folder, .other = other};
	struct sk_slice bytes;
	int status = r.arena == NULL ? SK_ENOMEM : read_one(&r, fd, base_name(path), &bytes);

	if (status == 0)
		status = load(&r, base_name(path), bytes, p, text, size);
	else
		snprintf(text, size, "%s", strerror(errno));
	p->arena = r.arena;
	if (found)
		*found = r.found;
	if (status)
		sk_desk_policy_close(p);
	return status;
}

/* The one that was in force last. */
static int load_kept(struct sk_desk *d, struct sk_desk_policy *p)
{
	struct reading r = {.arena = sk_arena_new(MEMORY), .folder = -1};
	char text[SK_POST_TEXT];
	int status = r.arena ? sk_policy_kept(d->db, r.arena, NULL, &r.kept, &r.nkept) : SK_ENOMEM;

	if (status == 0)
		status = load(&r, r.kept[0].name, r.kept[0].text, p, text, sizeof(text));
	p->arena = r.arena;
	if (status)
		sk_desk_policy_close(p);
	return status;
}

void sk_desk_policy_close(struct sk_desk_policy *p)
{
	sk_arena_free(p->arena);
	*p = (struct sk_desk_policy){0};
}

/* The post must stand in it, and its links as they are. */
static int fits(const struct sk_desk *d, const struct sk_desk_policy *p, char *text, size_t size)
{
	uint64_t tolerate;

	return sk_desk_fits(p->policy, d->settings, &tolerate, text, size) ? SK_EFORMAT : 0;
}

static void enforce(struct sk_desk *d, const struct sk_desk_policy *fresh)
{
	sk_desk_policy_close(&d->policy);
	d->policy = *fresh;
	d->policy.taken = time(NULL);
	d->gate.policy = fresh->policy;
}

/* So that it can be looked up by the hash that entries name, and stays in force when the next one is not good. */
static int keep(struct sk_db *db, void *arg)
{
	const struct sk_policy *p = arg;
	struct sk_policy_text *v = calloc(p->nsources, sizeof(*v));
	int status = v ? 0 : SK_ENOMEM;

	for (size_t i = 0; status == 0 && i < p->nsources; i++)
		v[i] = (struct sk_policy_text){p->sources[i]->name, p->sources[i]->text};
	if (status == 0)
		status = sk_policy_keep(db, p->hash, v, p->nsources);
	if (status == 0)
		status = sk_gate_policy_came(db, p->hash);
	free(v);
	return status;
}

int sk_desk_policy_reload(struct sk_desk *d, int fd, char *text, size_t size)
{
	struct sk_desk_policy fresh = {0};
	int status =
	    load_file(sk_settings_get(d->settings, "policy"), fd, NULL, NULL, &fresh, text, size);

	if (status == 0)
		status = fits(d, &fresh, text, size);
	if (status == 0 &&
	    (status = sk_db_transact(d->db, SK_DB_WRITE, keep, (void *)(uintptr_t)fresh.policy)))
		snprintf(text, size, "it cannot be kept: %s", sk_db_why(d->db));
	if (status) {
		sk_desk_policy_close(&fresh);
		return status;
	}
	enforce(d, &fresh);
	return 0;
}

int sk_desk_policy_with(struct sk_desk *d, const struct sk_desk_text *other, const char **found,
    struct sk_desk_policy *out, char *text, size_t size)
{
	const char *path = sk_settings_get(d->settings, "policy");
	sk_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);

	*out = (struct sk_desk_policy){0};
	if (fd < 0) {
		snprintf(text, size, "%s", strerror(errno));
		return SK_EIO;
	}
	int status = load_file(path, fd, other, found, out, text, size);
	if (status == 0)
		status = fits(d, out, text, size);
	if (status)
		sk_desk_policy_close(out);
	return status;
}

int sk_desk_policy_again(struct sk_desk *d, char *text, size_t size)
{
	sk_autoclose int fd = open(sk_settings_get(d->settings, "policy"), O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		return sk_desk_policy_reload(d, fd, text, size);
	snprintf(text, size, "%s", strerror(errno));
	return SK_EIO;
}

int sk_desk_policy_open(struct sk_desk *d)
{
	const char *path = sk_settings_get(d->settings, "policy");
	char text[SK_POST_TEXT] = "";
	sk_organisation_catch_up(d);
	sk_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct sk_desk_policy kept = {0};
	int status = fd < 0 ? SK_EIO : sk_desk_policy_reload(d, fd, text, sizeof(text));

	if (status == 0)
		return 0;
	sk_desk_log("the policy %s is not taken: %s", path, fd < 0 ? strerror(errno) : text);
	if (load_kept(d, &kept) || fits(d, &kept, text, sizeof(text))) {
		sk_desk_policy_close(&kept);
		return status;
	}
	sk_desk_log("the policy that was in force last stays so");
	enforce(d, &kept);
	return 0;
}
