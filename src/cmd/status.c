/* sekisho status and backup: how a post is, and a copy of it. The command. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/asking.h"

/* --- status --- */

static void show_counts(const json_t *counts)
{
	const char *state;
	json_t *n;

	printf("%s\n", _("Transfers"));
	json_object_foreach((json_t *)(uintptr_t)counts, state, n) if (json_integer_value(n))
	    printf("  %s: %lld\n", asking_word(state), (long long)json_integer_value(n));
}

static void show_links(const json_t *links)
{
	json_t *l;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)links, i, l) printf(_("Link to %s: %s%s%s\n"),
	    asking_text(l, "zone"), json_is_true(json_object_get(l, "up")) ? _("up") : _("down"),
	    asking_text(l, "text")[0] ? ", " : "", asking_text(l, "text"));
}

static int show(const json_t *answer)
{
	const json_t *queue = json_object_get(answer, "queue"),
		     *workers = json_object_get(answer, "workers"),
		     *ledger = json_object_get(answer, "ledger"),
		     *policy = json_object_get(answer, "policy"),
		     *store = json_object_get(answer, "store");

	printf(_("Post of zone %s, sekisho %s\n"), asking_text(answer, "zone"),
	    asking_text(answer, "version"));
	printf(_("Policy %.16s\n"), asking_text(policy, "hash"));
	printf(_("Cleaners: %lld there, %lld idle; jobs: %lld waiting, %lld set aside\n"),
	    (long long)asking_number(workers, "here", 0),
	    (long long)asking_number(workers, "idle", 0),
	    (long long)asking_number(queue, "waiting", 0),
	    (long long)asking_number(queue, "dead", 0));
	printf(_("Virus scanner: %s\n"),
	    json_is_true(json_object_get(answer, "scanner")) ? _("there") : _("none"));
	printf(_("Room for files: %lld MB of %lld MB\n"),
	    (long long)(asking_number(store, "free", 0) >> 20),
	    (long long)(asking_number(store, "all", 0) >> 20));
	printf(_("Ledger: %s, %lld entries\n"), asking_word(asking_text(ledger, "state")),
	    (long long)asking_number(ledger, "size", 0));
	show_links(json_object_get(answer, "links"));
	show_counts(json_object_get(answer, "transfers"));
	return EXIT_ALL_CLEAN;
}

static int run_status(struct asking *a)
{
	return asking_show(a, show);
}

int cmd_status(int argc, char **argv)
{
	static const struct verb status[] = {{"", SK_FRONT_STATUS, 0, 0, NULL, 0, run_status,
	    N_("sekisho: status takes [--control SOCKET] and [--json]")}};

	return asking_run(status, argc, argv, "");
}

/* --- whoami --- */

static int show_me(const json_t *answer)
{
	json_t *right;
	size_t i;

	if (json_is_true(json_object_get(answer, "root")))
		printf("%s\n", _("the system's administrator: runs the post, approves nothing"));
	if (asking_text(answer, "member")[0])
		printf("%s %s\n", asking_text(answer, "member"), asking_text(answer, "name"));
	json_array_foreach(json_object_get(answer, "rights"), i, right)
	    printf("  %s\n", asking_word(json_string_value(right)));
	return EXIT_ALL_CLEAN;
}

static int run_whoami(struct asking *a)
{
	return asking_show(a, show_me);
}

int cmd_whoami(int argc, char **argv)
{
	static const struct verb whoami[] = {{"", SK_FRONT_WHOAMI, 0, 0, NULL, 0, run_whoami,
	    N_("sekisho: whoami takes [--control SOCKET] and [--json]")}};

	return asking_run(whoami, argc, argv, "");
}

/* --- backup --- */

static int show_backup(const json_t *answer)
{
	printf(_("%lld transfers, %lld files, %lld bytes in %lld ms\n"),
	    (long long)asking_number(answer, "transfers", 0),
	    (long long)asking_number(answer, "blobs", 0),
	    (long long)asking_number(answer, "bytes", 0),
	    (long long)asking_number(answer, "millis", 0));
	if (asking_number(answer, "missing", 0))
		printf(_("%lld files that the store refers to are not there\n"),
		    (long long)asking_number(answer, "missing", 0));
	return EXIT_ALL_CLEAN;
}

/* The post writes it: its folder is one of the post's machine, by its whole path. */
static int run_backup(struct asking *a)
{
	json_t *answer = NULL;
	int rc;

	if (a->arg[0][0] != '/') {
		fprintf(
		    stderr, _("sekisho: %s: the post needs a whole path, from / on\n"), a->arg[0]);
		return EXIT_SOME_ERROR;
	}
	rc = asking_call(a, -1, &answer);
	if (rc == 0)
		rc = a->json ? asking_print(answer) : show_backup(answer);
	json_decref(answer);
	return rc;
}

int cmd_backup(int argc, char **argv)
{
	static const struct verb backup[] = {{"", SK_FRONT_BACKUP, 1, 1, "folder", 0, run_backup,
	    N_("sekisho: backup takes [--keys DIR], [--control SOCKET], [--json] and a folder that does not exist yet")}};

	return asking_run(backup, argc, argv, "");
}
