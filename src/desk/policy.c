/* The policy in force: desk.h. The gate. */
#include "desk/desk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "policy/decide.h"
#include "policy/load.h"

/* A policy of 5,000 staff takes about 30 MB. */
#define MEMORY ((size_t)1 << 30)
#define FOLDER 4096

struct reading {
	struct sk_arena *arena;
	int folder;
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

static int include(void *user, const char *name, struct sk_slice *text, const char **why)
{
	struct reading *r = user;
	sk_autoclose int fd = openat(r->folder, name, O_RDONLY | O_CLOEXEC);
	int status = fd < 0 ? SK_EIO : read_text(r->arena, fd, text);

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

static int load(const char *path, int fd, struct sk_desk_policy *p, char *text, size_t size)
{
	sk_autoclose int folder = folder_of(path);
	struct reading r = {sk_arena_new(MEMORY), folder};
	struct sk_diags diags = {.arena = r.arena};
	struct sk_slice bytes;
	int status = r.arena == NULL ? SK_ENOMEM : read_text(r.arena, fd, &bytes);

	if (status == 0)
		status = sk_policy_load(r.arena, &diags, base_name(path), bytes, include, &r,
		    sk_day_of(time(NULL)), &p->policy);
	if (status)
		tell(&diags, text, size);
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

/* The post must stand in it. */
static int fits(const struct sk_desk *d, const struct sk_desk_policy *p, char *text, size_t size)
{
	if (sk_policy_find(p->policy, SK_KIND_ZONE, d->zone))
		return 0;
	snprintf(text, size, "it has no zone \"%s\", which is this post's", d->zone);
	return SK_EFORMAT;
}

int sk_desk_policy_reload(struct sk_desk *d, int fd, char *text, size_t size)
{
	struct sk_desk_policy fresh = {0};
	int status = load(sk_settings_get(d->settings, "policy"), fd, &fresh, text, size);

	if (status == 0)
		status = fits(d, &fresh, text, size);
	if (status) {
		sk_desk_policy_close(&fresh);
		return status;
	}
	sk_desk_policy_close(&d->policy);
	d->policy = fresh;
	d->gate.policy = fresh.policy;
	return 0;
}

int sk_desk_policy_open(struct sk_desk *d)
{
	const char *path = sk_settings_get(d->settings, "policy");
	char text[SK_POST_TEXT] = "";
	sk_autoclose int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	int status = fd < 0 ? SK_EIO : sk_desk_policy_reload(d, fd, text, sizeof(text));

	if (status)
		sk_desk_log("the policy %s is not taken: %s", path ? path : "(none)",
		    fd < 0 ? strerror(errno) : text);
	return status;
}
