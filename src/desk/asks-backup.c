/*
 * A backup, made while the post goes on: in a thread with connections of its own, which shares nothing with the loop but
 * where it says that it is over. doc/front.md. The gate.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
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

static int look_backup(struct sk_asked *q)
{
	struct sk_desk *d = q->act.desk;
	struct sk_copying *c;

	if (d->copying)
		return sk_asked_fail(q, SK_FRONT_WHY_BUSY, NULL);
	if (q->ask.folder[0] != '/' || (q->ask.keys && q->ask.keys[0] != '/'))
		return sk_asked_fail(q, SK_FRONT_WHY_VALUE, "folder");
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
    {SK_FRONT_BACKUP, SK_ASK_ADMIN, look_backup, NULL, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
