/*
 * sekisho restore: a backup becomes what a post keeps, while the post stands still, and is proved on the way: each file by its
 * hash, the database by its check, every reference by reading what is behind it, the ledger by computing its tree. As root with
 * `users yes` it is done as the user of the gate, whose all of it is, by a process of its own. The ledger gets what it has lost
 * (restore-ledger.c) and loses nothing; its scribe asks the witnesses before it signs again. Last comes what stands behind its commitments
 * (restore-openings.c), when the restored store says what of that may be known.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "cmd/ledger.h"
#include "cmd/restore.h"
#include "post/settings.h"

#define CONFIG "/etc/sekisho/post.conf"
#define GATE "sekisho-gate"

struct restoring {
	const char *config, *keys, *from;
	bool json;
	struct sk_settings *settings;
	struct ledger_state state;
	struct restore_ledger copy; /* the backup's */
	struct restore_openings openings;
	uint64_t entries; /* of the ledger */
	int64_t last;     /* number of the last thing that stands in it */
	char folder[4096], wrapped[4096], master[4096], why[256];
};

static int tell(const char *what, const char *why)
{
	ledger_fail(what, why);
	return EXIT_SOME_ERROR;
}

/* --- what is there --- */

static int read_settings(struct restoring *r)
{
	sk_autoclose int fd = open(r->config, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return tell(r->config, cli_errno_text(errno));
	if (sk_settings_read(fd, &r->settings, r->why, sizeof(r->why)))
		return tell(r->config, r->why);
	if (sk_settings_path(r->settings, "blobs", r->folder, sizeof(r->folder)) ||
	    sk_settings_path(r->settings, "keys", r->wrapped, sizeof(r->wrapped)) ||
	    sk_settings_path(r->settings, "master.key", r->master, sizeof(r->master)))
		return tell(r->config, cli_errno_text(ENAMETOOLONG));
	return 0;
}

/* The number that the last entry bears; those of a restored store must come behind it. */
static int last_number(struct sk_ledger *l, uint64_t size, int64_t *last)
{
	struct sk_buf b = SK_BUF(SK_ENTRY_BYTES);
	struct sk_leaf e;
	int rc = 0;

	for (uint64_t i = size; i > 0 && *last == 0 && rc == 0; i--) {
		sk_buf_reset(&b);
		rc = sk_ledger_entry(l, i - 1, &b);
		if (rc == 0)
			rc = sk_entry_parse(sk_buf_slice(&b), &e);
		if (rc == 0)
			*last = (int64_t)sk_entry_outbox(&e);
	}
	sk_buf_free(&b);
	return rc;
}

/* The ledger was read whole, and its tree computed again. */
static int prove_ledger(struct restoring *r, struct sk_ledger *l)
{
	struct sk_walk w = {.path = ""};
	int rc = sk_ledger_walk(l, &w);

	if (rc == 0)
		rc = restore_agrees(&r->copy, l);
	if (rc)
		return tell(w.path[0] ? w.path : "ledger", ledger_why(rc));
	r->entries = sk_ledger_size(l);
	rc = last_number(l, r->entries, &r->last);
	return rc ? tell("ledger", ledger_why(rc)) : 0;
}

static int read_ledger(struct restoring *r)
{
	struct sk_ledger *l = NULL;
	int rc = openat(r->state.dir, "ledger/checkpoint", O_PATH | O_CLOEXEC);

	if (rc <
	    0) /* none yet, or lost, and the backup has none: it can be recovered from another copy */
		return 0;
	close(rc);
	sk_autoclose int dir = openat(r->state.dir, "ledger", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = dir < 0 ? SK_EIO : sk_ledger_read(dir, &l);
	rc = rc ? tell("ledger", ledger_why(rc)) : prove_ledger(r, l);
	sk_ledger_free(l);
	return rc;
}

/* --- as whom --- */

static int become_gate(const struct restoring *r)
{
	const struct passwd *p;

	if (getuid() != 0 || !sk_settings_yes(r->settings, "users"))
		return 0;
	p = getpwnam(GATE);
	if (p == NULL)
		return tell(GATE, _("this machine has no such user"));
	if (setgroups(0, NULL) || setresgid(p->pw_gid, p->pw_gid, p->pw_gid) ||
	    setresuid(p->pw_uid, p->pw_uid, p->pw_uid))
		return tell(GATE, cli_errno_text(errno));
	return 0;
}

/* --- restoring --- */

static void show_json(const struct restoring *r, const struct restore_told *report)
{
	printf("{\"status\":\"ok\",\"transfers\":%llu,\"blobs\":%llu,\"bytes\":%llu,"
	       "\"missing\":%llu,\"unreadable\":%llu,\"entries\":%llu,\"openings\":%llu,"
	       "\"erased\":%llu,\"millis\":%lld}\n",
	    (unsigned long long)report->transfers, (unsigned long long)report->blobs,
	    (unsigned long long)report->bytes, (unsigned long long)report->missing,
	    (unsigned long long)report->unreadable, (unsigned long long)r->entries,
	    (unsigned long long)r->openings.live, (unsigned long long)r->openings.erased,
	    (long long)report->ms);
}

static void show_openings(const struct restore_openings *o)
{
	if (o->there)
		printf(
		    _("%llu values behind commitments of the ledger came back; %llu did not, since they are erased\n"),
		    (unsigned long long)o->live, (unsigned long long)o->erased);
	else if (o->asked)
		printf("%s\n",
		    _("No copy of what is behind commitments of the ledger lies beside the keys; it stays as it is here."));
}

static int show(const struct restoring *r, const struct restore_told *report)
{
	if (r->json) {
		show_json(r, report);
		return EXIT_ALL_CLEAN;
	}
	printf(_("%llu transfers, %llu files, %llu bytes, proved in %lld ms\n"),
	    (unsigned long long)report->transfers, (unsigned long long)report->blobs,
	    (unsigned long long)report->bytes, (long long)report->ms);
	if (report->missing)
		printf(_("%llu files were missing when the backup was made\n"),
		    (unsigned long long)report->missing);
	if (report->unreadable)
		printf(
		    _("%llu originals have no key any more: they have expired, or their keys were not restored\n"),
		    (unsigned long long)report->unreadable);
	if (r->copy.back)
		printf(_("%llu entries of the ledger came back from the backup\n"),
		    (unsigned long long)r->copy.back);
	show_openings(&r->openings);
	printf(
	    _("The ledger has %llu entries, all of them proved; it signs again when its witnesses were asked.\n"),
	    (unsigned long long)r->entries);
	return EXIT_ALL_CLEAN;
}

/* What the process that restored the store says at its end. */
struct outcome {
	int status;
	struct restore_told told;
};

static int restore_as_gate(const struct restoring *r, int known, int said)
{
	const struct restore_asked what = {.from = r->from,
	    .database = sk_settings_get(r->settings, "store"),
	    .folder = r->folder,
	    .keys = r->wrapped,
	    .keys_from = r->keys,
	    .master = r->master,
	    .last = r->last};
	struct outcome out = {.status = 0};
	int rc = become_gate(r);

	if (rc)
		return rc;
	out.status = restore_store(&what, known, &out.told);
	return sk_write_all(said, &out, sizeof(out)) ? EXIT_SOME_ERROR : 0;
}

/* Whoever has become the gate's user does not come back, and the ledger is another's. */
static int restore_apart(const struct restoring *r, int known, struct outcome *out)
{
	sk_autoclose int said = sk_memfd("restored");
	int ended = 0;

	fflush(NULL);
	pid_t pid = said < 0 ? -1 : fork();
	if (pid < 0)
		return tell("sekisho", cli_errno_text(errno));
	if (pid == 0)
		_exit(restore_as_gate(r, known, said));
	while (waitpid(pid, &ended, 0) < 0 && errno == EINTR)
		continue;
	if (ended != 0 || pread(said, out, sizeof(*out), 0) != (ssize_t)sizeof(*out))
		return EXIT_SOME_ERROR; /* it has told why, or died */
	return 0;
}

static int restore(struct restoring *r)
{
	sk_autoclose int known = sk_memfd("known");
	struct outcome out = {.status = 0};
	int rc = known < 0 ? tell("sekisho", cli_errno_text(errno)) : restore_apart(r, known, &out);

	if (rc)
		return rc;
	if (out.status == SK_EEXIST)
		return tell(r->from,
		    _("the post keeps something already; a backup goes where there is nothing"));
	if (out.status)
		return tell(r->from, out.told.why[0] ? out.told.why : sk_strerror(out.status));
	rc = restore_openings(&r->state, r->keys, known, &r->openings);
	return rc ? rc : show(r, &out.told);
}

static int options(struct restoring *r, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			r->json = true;
		else if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
			r->config = argv[++i];
		else if (strcmp(argv[i], "--keys") == 0 && i + 1 < argc)
			r->keys = argv[++i];
		else if (argv[i][0] == '-' || r->from)
			return -1;
		else
			r->from = argv[i];
	}
	return r->from ? 0 : -1;
}

int cmd_restore(int argc, char **argv)
{
	struct restoring r = {.config = CONFIG};
	int rc;

	if (cli_take_language(&argc, argv))
		return EXIT_SOME_ERROR;
	if (options(&r, argc, argv)) {
		fprintf(stderr, "%s\n",
		    _("sekisho: restore takes [--config FILE] [--keys FILE] [--json] and the folder of a backup"));
		return EXIT_SOME_ERROR;
	}
	rc = read_settings(&r);
	if (rc == 0 && ledger_state_open(&r.state, sk_settings_get(r.settings, "state")))
		rc = EXIT_SOME_ERROR;
	else if (rc == 0) {
		rc = restore_ledger(&r.state, r.from, &r.copy);
		if (rc == 0)
			rc = read_ledger(&r);
		if (rc == 0)
			rc = restore(&r);
		restore_ledger_end(&r.copy);
		ledger_state_close(&r.state);
	}
	sk_settings_free(r.settings);
	return rc;
}
