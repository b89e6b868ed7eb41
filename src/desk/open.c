/* What the gate holds, opened and closed: desk.h. */
#include "desk/notices.h"
#include "desk/refusals.h"
#include "desk/uploads.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "store/login.h"

#define PATH 4096

void sk_desk_log(const char *fmt, ...)
{
	va_list ap;
	char line[1024];

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	fprintf(stderr, "sekisho-gate: %s\n", line);
}

static int open_database(
    struct sk_desk *d, const char *where, const char *component, struct sk_db **out)
{
	const struct sk_db_options options = {.check = true};
	char why[512] = "";
	int status = sk_db_open(where, &options, why, sizeof(why), out);

	if (status == 0)
		status = sk_db_migrate(*out, component);
	if (status)
		sk_desk_log("the store cannot be opened: %s", *out ? sk_db_why(*out) : why);
	return status;
}

static int open_store(struct sk_desk *d)
{
	const char *queue = sk_settings_get(d->settings, "queue");
	int status = open_database(d, sk_settings_get(d->settings, "store"), "store", &d->db);

	d->jobs = d->db;
	if (status == 0 && queue)
		status = open_database(d, queue, "queue", &d->jobs);
	else if (status == 0)
		status = sk_db_migrate(d->db, "queue");
	d->gate.db = d->db;
	d->gate.own_queue = queue != NULL;
	return status;
}

static int open_master(struct sk_desk *d)
{
	sk_autoclose int fd = sk_child_take(&d->child, "master");
	int status = fd < 0 ? SK_EARG : sk_master_take(fd, &d->master);

	if (status)
		sk_desk_log("the master key cannot be read: %s",
		    status == SK_EIO ? strerror(errno) : "it is none, or was not handed over");
	return status;
}

static int open_blobs(struct sk_desk *d)
{
	struct sk_blobs_options options = {.folder = sk_settings_get(d->settings, "blobs"),
	    .keys = sk_settings_get(d->settings, "keys")};
	int status = open_master(d);

	options.master = d->master;
	if (status == 0 && (status = sk_blobs_open(&options, &d->blobs)))
		sk_desk_log("the folder of files cannot be opened: %s", options.folder);
	return status;
}

struct renewal {
	const struct sk_master *master;
	size_t renewed, lost;
};

static int run_renewal(struct sk_db *db, void *arg)
{
	struct renewal *w = arg;

	return sk_code_renew(db, w->master, &w->renewed, &w->lost);
}

/* After that an older line of the master key's file is for originals alone, which end. */
static int renew_codes(struct sk_desk *d)
{
	struct renewal w = {.master = d->master};
	int status = sk_db_transact(d->db, SK_DB_WRITE, run_renewal, &w);

	if (status)
		sk_desk_log("the secrets of devices that count codes cannot be wrapped anew: %s",
		    sk_db_why(d->db));
	if (w.renewed)
		sk_desk_log(
		    "%zu secrets of devices that count codes are wrapped by the new master key",
		    w.renewed);
	if (w.lost)
		sk_desk_log(
		    "%zu secrets of devices that count codes are wrapped by no master key that is here",
		    w.lost);
	return status;
}

/* A claimer's name is that of its host and of its state folder: no other process bears it while this one is there. */
static void name_host(struct sk_desk *d)
{
	const char *state = sk_settings_get(d->settings, "state");
	size_t n = strlen(state), most = sizeof(d->host) / 2;
	char host[32] = "";

	gethostname(host, sizeof(host) - 1);
	snprintf(d->host, sizeof(d->host), "%s %s", host, n > most ? state + n - most + 1 : state);
}

static int open_settings(struct sk_desk *d)
{
	char why[256] = "there are no settings";
	sk_autoclose int fd = sk_child_take(&d->child, "settings");
	int status = fd < 0 ? SK_EARG : sk_settings_read(fd, &d->settings, why, sizeof(why));

	if (status) {
		sk_desk_log("%s", why);
		return status;
	}
	d->zone = d->gate.zone = sk_settings_get(d->settings, "zone");
	name_host(d);
	return 0;
}

int sk_desk_open(struct sk_desk *d)
{
	int (*const step[])(struct sk_desk * d) = {open_settings, open_store, open_blobs,
	    renew_codes, sk_desk_policy_open, sk_uploads_open, sk_notices_open, sk_refusals_open,
	    sk_bench_open, sk_pump_open, sk_links_open, sk_logins_open, sk_prints_open,
	    sk_gather_open, sk_searches_open};
	int status = 0;

	d->last = &d->first;
	d->pin = -1;
	umask(077);
	for (size_t i = 0; i < sizeof(step) / sizeof(*step) && status == 0; i++)
		status = step[i](d);
	return status;
}

void sk_desk_close(struct sk_desk *d)
{
	sk_asks_close(d);
	if (d->last)
		sk_desk_forget_acts(d);
	sk_logins_close(d);
	sk_gather_close(d);
	sk_searches_close(d);
	sk_prints_close(d);
	sk_uploads_close(d);
	sk_notices_close(d);
	sk_refusals_close(d);
	sk_links_close(d);
	sk_pump_close(d);
	sk_bench_close(d);
	sk_desk_policy_close(&d->policy);
	sk_blobs_close(d->blobs);
	sk_master_free(d->master);
	if (d->jobs != d->db)
		sk_db_close(d->jobs);
	sk_db_close(d->db);
	sk_settings_free(d->settings);
}
