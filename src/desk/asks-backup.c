/*
 * A backup, made while the post goes on: in a thread with connections of its own, which shares nothing with the loop but
 * where it says that it is over. doc/front.md. The gate.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"
#include "desk/asks.h"
#include "store/backup.h"

#define LOOK_MS 100

struct sk_copying {
	struct sk_asked *q;
	pthread_t thread;
	char store[1024], folder[4096], keys[4096]; /* where things lie */
	const char *to, *keys_to;                   /* of the question; keys_to may be NULL */
	const char *at;                             /* which of them is being written */
	int64_t keep, now;                          /* of copies of keys, seconds */
	struct sk_backup_report report;
	int status;
	atomic_bool over;
	/* What the loop has its scribe copy while the thread waits: the ledger, then what is behind its commitments. */
	atomic_bool wanted;
	bool asked; /* the loop alone, while it is wanted */
	bool openings;
	int ledger, ledger_status;
	uint32_t number, entries, opened;
	sem_t said;
};

/* --- in the thread --- */

/* Behind the store's: then there is no row that says of an entry which is not in it. */
static int have_copied(struct sk_copying *c, int fd, bool openings)
{
	c->ledger = fd;
	c->openings = openings;
	c->asked = false;
	atomic_store(&c->wanted, true);
	while (sem_wait(&c->said) && errno == EINTR)
		continue;
	return c->ledger_status;
}

static int copy_ledger(void *arg, int fd)
{
	struct sk_copying *c = arg;
	int status = have_copied(c, fd, false);

	c->entries = c->number;
	return status;
}

static int copy_openings(void *arg, int fd)
{
	struct sk_copying *c = arg;
	int status = have_copied(c, fd, true);

	c->opened = c->number;
	return status;
}

/* Both are gone as soon as what they open: they lie in one folder, and none of them longer than is allowed. */
static int copy_keys(struct sk_copying *c, struct sk_blobs *blobs)
{
	const struct sk_backup_more openings = {"openings", copy_openings, c};

	if (c->keys_to == NULL)
		return 0;
	c->at = c->keys_to;
	return sk_backup_keys(blobs, c->keys_to, &openings, c->now, c->keep);
}

static void *copy(void *arg)
{
	struct sk_copying *c = arg;
	const struct sk_backup_more ledger = {"ledger.tar", copy_ledger, c};
	struct sk_blobs_options options = {.folder = c->folder, .keys = c->keys};
	struct sk_blobs *blobs = NULL;
	struct sk_db *db = NULL;

	c->status = sk_db_open(c->store, NULL, c->report.why, sizeof(c->report.why), &db);
	if (c->status == 0)
		c->status = sk_blobs_open(&options, &blobs);
	if (c->status == 0)
		c->status = sk_backup(db, blobs, c->to, &ledger, &c->report);
	if (c->status == 0)
		c->status = copy_keys(c, blobs);
	sk_blobs_close(blobs);
	sk_db_close(db);
	atomic_store(&c->over, true);
	return NULL;
}

/* --- in the loop --- */

/* The shortest time for which a route keeps originals: no copy of their keys may live longer. */
static int64_t shortest_keep(const struct sk_policy *p)
{
	const struct sk_list *list = &p->list[SK_KIND_ROUTE];
	int64_t keep = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct sk_route *r = list->v[i];
		if (r->keep > 0 && (keep == 0 || r->keep < keep))
			keep = r->keep;
	}
	return keep ? keep : 86400;
}

static int prepare(struct sk_copying *c, struct sk_asked *q)
{
	struct sk_desk *d = q->act.desk;
	int n = snprintf(c->store, sizeof(c->store), "%s", sk_settings_get(d->settings, "store"));
	int status = n < (int)sizeof(c->store) ? 0 : SK_ELIMIT;

	if (status == 0)
		status = sk_settings_path(d->settings, "blobs", c->folder, sizeof(c->folder));
	if (status == 0)
		status = sk_settings_path(d->settings, "keys", c->keys, sizeof(c->keys));
	c->q = q;
	c->at = c->to = q->ask.folder;
	c->keys_to = q->ask.keys;
	c->now = time(NULL);
	c->keep = d->gate.policy ? shortest_keep(d->gate.policy) : 86400;
	return status || sem_init(&c->said, 0, 0) == 0 ? status : SK_ENOMEM;
}

/* From the root on, with no step that leads elsewhere than it says. */
static bool is_plain(const char *path)
{
	while (*path == '/') {
		size_t n = strcspn(++path, "/");
		if (n == 0 || (n == 1 && path[0] == '.') || (n == 2 && !memcmp(path, "..", 2)))
			return false;
		path += n;
	}
	return *path == '\0';
}

static bool is_within(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(path, folder, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* What is copied is written to this machine, so it is asked for there; and never lie keys beside what they open. */
static int look_backup(struct sk_asked *q)
{
	const char *folder = q->ask.folder, *keys = q->ask.keys;

	if (q->portal)
		return sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	if (!is_plain(folder))
		return sk_asked_fail(q, SK_FRONT_WHY_VALUE, "folder");
	if (keys && (!is_plain(keys) || is_within(keys, folder) || is_within(folder, keys)))
		return sk_asked_fail(q, SK_FRONT_WHY_VALUE, "keys");
	return q->act.desk->copying ? sk_asked_fail(q, SK_FRONT_WHY_BUSY, NULL) : 0;
}

/* In the ledger before a byte of it is written. */
static int run_backup(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	const char *where =
	    q->ask.keys ? sk_arena_printf(a, "%s\n%s", q->ask.folder, q->ask.keys) : q->ask.folder;
	struct sk_leaf e = {0};
	char time[24];

	if (where == NULL)
		return SK_ENOMEM;
	snprintf(time, sizeof(time), "%lld000", (long long)g->now);
	e.field[SK_ENTRY_KIND] = sk_slice_str("backup");
	e.field[SK_ENTRY_TIME] = sk_slice_str(time);
	e.field[SK_ENTRY_BY] = sk_slice_str(q->root ? "root" : "administrator");
	e.field[SK_ENTRY_REASON] = sk_slice_str(q->ask.keys ? "with-keys" : "without-keys");
	e.field[SK_ENTRY_PERSONAL_COMMENT] = sk_slice_str(where);
	if (q->member)
		e.field[SK_ENTRY_PERSONAL_REQUESTER] = sk_slice_str(q->member);
	return sk_gate_log(g, &e);
}

static int after_backup(struct sk_asked *q)
{
	struct sk_desk *d = q->act.desk;
	struct sk_copying *c;

	if (d->copying || d->closing) /* asked twice at once: the other one came first */
		return sk_asked_fail(q, SK_FRONT_WHY_BUSY, NULL);
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return SK_ENOMEM;
	int status = prepare(c, q);
	if (status == 0 && pthread_create(&c->thread, NULL, copy, c))
		status = SK_ENOMEM;
	if (status) {
		free(c);
		return status;
	}
	d->copying = c;
	return SK_ASKED_LATER;
}

static int tell(const struct sk_copying *c)
{
	struct sk_asked *q = c->q;

	if (c->status) {
		sk_desk_log("the backup to %s failed: %s", c->at,
		    c->report.why[0] ? c->report.why : sk_strerror(c->status));
		return sk_asked_fail(
		    q, c->status == SK_ENOSPACE ? SK_FRONT_WHY_SPACE : SK_FRONT_WHY_FOLDER, c->at);
	}
	sk_show_number(q->out, "transfers", (int64_t)c->report.transfers);
	sk_show_number(q->out, "blobs", (int64_t)c->report.blobs);
	sk_show_number(q->out, "bytes", (int64_t)c->report.bytes);
	sk_show_number(q->out, "entries", (int64_t)c->entries);
	if (c->keys_to)
		sk_show_number(q->out, "openings", (int64_t)c->opened);
	sk_show_number(q->out, "missing", (int64_t)c->report.missing);
	sk_show_number(q->out, "millis", c->report.ms);
	return 0;
}

static void end(struct sk_desk *d)
{
	struct sk_copying *c = d->copying;

	pthread_join(c->thread, NULL);
	d->copying = NULL;
	sem_destroy(&c->said);
	sk_asked_answer(c->q, tell(c));
	free(c);
}

int64_t sk_asks_due(const struct sk_desk *d)
{
	return d->copying ? sk_now_ms() + LOOK_MS : INT64_MAX;
}

static void say_ledger(struct sk_copying *c, int status)
{
	c->ledger_status = status;
	atomic_store(&c->wanted, false);
	sem_post(&c->said);
}

int sk_backup_ledger(struct sk_desk *d, int status, uint32_t number)
{
	struct sk_copying *c = d->copying;

	if (c == NULL || !atomic_load(&c->wanted) || !c->asked)
		return SK_EFORMAT;
	c->number = number;
	say_ledger(c, status);
	return 0;
}

void sk_asks_tick(struct sk_desk *d)
{
	struct sk_copying *c = d->copying;

	if (c && atomic_load(&c->wanted) && !c->asked) {
		c->asked = true;
		int status = sk_pump_copy(d, c->ledger, c->openings);
		if (status)
			say_ledger(c, status);
	}
	if (c && atomic_load(&c->over))
		end(d);
}

/* What is being copied is finished, or given up where the ledger is still to come: nothing of it stays behind then. */
void sk_asks_close(struct sk_desk *d)
{
	if (d->copying) {
		say_ledger(d->copying, SK_EIO);
		end(d);
	}
}

const struct sk_ask_of sk_asks_backup[] = {
    {SK_FRONT_BACKUP, SK_ASK_ADMIN, look_backup, run_backup, after_backup, NULL},
    {.what = SK_FRONT_COUNT},
};
