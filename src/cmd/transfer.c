/* sekisho send, transfer and original: what is carried between the zones, asked of the post of this machine. The command. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "cmd/asking.h"

#define LOOK_NS 200000000L

static int ask_line(struct asking *a)
{
	return asking_show(a, show_transfer_line);
}

/* --- send --- */

static int send_one(struct asking *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	sk_autoclose int fd = asking_file(path);
	json_t *answer = NULL;
	bool named = a->ask.name != NULL;

	if (fd < 0)
		return EXIT_SOME_ERROR;
	if (!named)
		a->ask.name = strcmp(path, "-") == 0 ? "stdin" : slash ? slash + 1 : path;
	int rc = asking_call(a, fd, &answer);
	if (!named)
		a->ask.name = NULL;
	if (rc == 0)
		rc = a->json ? asking_print(answer) : show_transfer_line(answer);
	if (rc == 0 &&
	    strcmp(asking_text(json_object_get(answer, "transfer"), "state"), "denied") == 0) {
		rc = EXIT_SOME_REFUSED;
		if (!a->json)
			show_reasons(answer);
	}
	json_decref(answer);
	return rc;
}

static int run_send(struct asking *a)
{
	int worst = 0;

	if (a->narg > 1 && a->ask.name) {
		fprintf(stderr, "%s\n", _("sekisho: --name is for one file"));
		return EXIT_SOME_ERROR;
	}
	for (int i = 0; i < a->narg; i++) {
		int rc = asking_password(a, NULL);
		if (rc == 0)
			rc = send_one(a, a->arg[i]);
		worst = rc > worst ? rc : worst;
	}
	cli_passwords_wipe();
	return worst;
}

int cmd_send(int argc, char **argv)
{
	static const struct verb send[] = {
	    {"", SK_FRONT_SEND, 1, 10000, NULL, ASKING_PASSWORD, run_send,
		N_("sekisho: send takes --to ZONE [--route ROUTE] [--class CLASS] [--integrity CLASS] [--availability CLASS]\n"
		   "  [--recipient MEMBER] [--reason TEXT] [--name NAME] [--password-file FILE | --password-fd N]\n"
		   "  [--control SOCKET] [--json] and files")},
	};

	return asking_run(send, argc, argv, "");
}

/* --- looking --- */

static int show_list(const json_t *answer)
{
	return show_transfers(answer);
}

static int run_list(struct asking *a)
{
	return asking_show(a, show_list);
}

static int run_show(struct asking *a)
{
	return asking_show(a, show_transfer);
}

/* Whether nothing will happen to it until somebody does something. */
static bool rests(const json_t *answer)
{
	static const char *const moving[] = {"received", "cleaning", "cleaned", "approved",
	    "offered", "crossing", "crossed", "verified"};
	const char *state = asking_text(json_object_get(answer, "transfer"), "state");

	for (size_t i = 0; i < sizeof(moving) / sizeof(moving[0]); i++)
		if (strcmp(state, moving[i]) == 0)
			return false;
	return true;
}

/* Ask again until it rests, or the time is over. */
static int run_wait(struct asking *a)
{
	const struct timespec look = {0, LOOK_NS};
	time_t until = time(NULL) + (a->seconds < 0 ? 3600 : a->seconds);
	json_t *answer = NULL;
	int rc;

	for (;;) {
		rc = asking_call(a, -1, &answer);
		if (rc || rests(answer) || time(NULL) >= until)
			break;
		json_decref(answer);
		nanosleep(&look, NULL);
	}
	if (rc == 0 && a->json)
		rc = asking_print(answer);
	else if (rc == 0)
		rc = show_transfer_line(answer);
	if (rc == 0 && !rests(answer))
		rc = EXIT_SOME_REFUSED;
	json_decref(answer);
	return rc;
}

/* --- deciding --- */

/* The hash of the cleaned bytes as they are shown now, unless it was given. Allocated into *hash. */
static int look_first(struct asking *a, char **hash)
{
	struct asking first = *a;
	json_t *answer = NULL;
	int rc;

	sk_front_init(&first.ask, SK_FRONT_SHOW);
	first.ask.id = a->ask.id;
	rc = asking_call(&first, -1, &answer);
	if (rc == 0) {
		const char *seen = asking_text(json_object_get(answer, "transfer"), "output_hash");
		*hash = *seen ? strdup(seen) : NULL;
	}
	json_decref(answer);
	return rc;
}

static int run_approve(struct asking *a)
{
	char *hash = NULL;
	int rc = a->ask.hash ? 0 : look_first(a, &hash);

	if (rc == 0 && a->ask.hash == NULL && hash == NULL) {
		fprintf(stderr, "%s\n",
		    _("sekisho: there are no cleaned bytes yet that could be approved"));
		rc = EXIT_SOME_REFUSED;
	}
	if (rc == 0 && a->ask.hash == NULL)
		a->ask.hash = hash;
	if (rc == 0)
		rc = ask_line(a);
	free(hash);
	return rc;
}

static int run_password(struct asking *a)
{
	/* without one of the options it is told that one is needed */
	int rc = asking_own_password(a);

	if (rc == 0)
		rc = asking_password(a, a->ask.id);
	cli_passwords_wipe();
	return rc ? rc : ask_line(a);
}

/* --- getting --- */

/* What is in an answer about something that can be got: its name, its type, and whether that is what its name says. */
static bool kind_of(const json_t *answer, const char *object, const char **name, const char **type)
{
	const json_t *t = json_object_get(answer, object);

	*name = asking_text(t, "name");
	*type = asking_text(t, "output_type");
	if (strcmp(object, "original") == 0)
		*type = "";
	return **type == '\0' || strcmp(*type, asking_text(t, "found")) == 0;
}

/* Each time may count: where the file cannot be put is found out before. */
static int look_for_place(const struct asking *a, enum sk_front_what show)
{
	struct asking first = *a;
	const char *name, *type;
	json_t *answer = NULL;
	int rc;

	sk_front_init(&first.ask, show);
	first.ask.id = a->ask.id;
	rc = asking_call(&first, -1, &answer);
	if (rc == 0) {
		bool fits = kind_of(answer, "transfer", &name, &type);
		if (show == SK_FRONT_ORIGINAL_SHOW)
			fits = true;
		if (asking_can_keep(a, *name ? name : a->ask.id, *type ? type : "bin", fits))
			rc = EXIT_SOME_ERROR;
	}
	json_decref(answer);
	return rc;
}

static int get(struct asking *a, const char *object)
{
	sk_autoclose int fd = sk_memfd("sekisho-get");
	json_t *answer = NULL;
	int rc;

	if (fd < 0) {
		fprintf(stderr, "sekisho: %s\n", cli_errno_text(errno));
		return EXIT_SOME_ERROR;
	}
	rc = look_for_place(
	    a, strcmp(object, "original") == 0 ? SK_FRONT_ORIGINAL_SHOW : SK_FRONT_SHOW);
	if (rc == 0)
		rc = asking_call(a, fd, &answer);
	const char *name, *type;
	bool fits = kind_of(answer, object, &name, &type);
	if (rc == 0 && asking_keep(a, fd, *name ? name : a->ask.id, *type ? type : "bin", fits))
		rc = EXIT_SOME_ERROR;
	if (rc == 0 && a->json)
		rc = asking_print(answer);
	json_decref(answer);
	return rc;
}

static int run_get(struct asking *a)
{
	return get(a, "transfer");
}

/* --- originals --- */

static int run_original_get(struct asking *a)
{
	return get(a, "original");
}

static int run_originals(struct asking *a)
{
	return asking_show(a, show_originals);
}

#define LIST N_("sekisho: transfer list takes the options that sekisho --help names")
#define ONE N_("sekisho: this takes the number of a transfer, [--control SOCKET] and [--json]")
#define VOTE \
	N_("sekisho: transfer approve and deny take the number of a transfer, [--comment TEXT] [--hold HOLD] [--hash HASH] and [--json]")
#define REQUEST \
	N_("sekisho: this takes the number of a request for an original, [--comment TEXT] and [--json]")

int cmd_transfer(int argc, char **argv)
{
	static const struct verb verbs[] = {
	    {"list", SK_FRONT_LIST, 0, 0, NULL, 0, run_list, LIST},
	    {"show", SK_FRONT_SHOW, 1, 1, "id", 0, run_show, ONE},
	    {"wait", SK_FRONT_SHOW, 1, 1, "id", ASKING_WAIT, run_wait,
		N_("sekisho: transfer wait takes the number of a transfer, [--seconds N] and [--json]")},
	    {"approve", SK_FRONT_APPROVE, 1, 1, "id", 0, run_approve, VOTE},
	    {"deny", SK_FRONT_DENY, 1, 1, "id", 0, ask_line, VOTE},
	    {"decide", SK_FRONT_DECIDE, 1, 100, NULL, 0, run_decide,
		N_("sekisho: transfer decide takes [--allow] [--comment TEXT] [--json] and the numbers of transfers")},
	    {"cancel", SK_FRONT_CANCEL, 1, 1, "id", 0, ask_line, ONE},
	    {"class", SK_FRONT_CLASS, 1, 1, "id", 0, ask_line,
		N_("sekisho: transfer class takes the number of a transfer and --class, --integrity or --availability with a class")},
	    {"password", SK_FRONT_PASSWORD, 1, 1, "id", ASKING_PASSWORD, run_password,
		N_("sekisho: transfer password takes the number of a transfer and --password-file FILE or --password-fd N")},
	    {"get", SK_FRONT_GET, 1, 1, "id", ASKING_OUT, run_get,
		N_("sekisho: transfer get takes the number of a transfer, [-o FILE] [--force] and [--json]")},
	    {"release", SK_FRONT_ORIGINAL_APPROVE, 1, 1, "id", 0, run_originals, REQUEST},
	    {NULL, 0, 0, 0, NULL, 0, NULL, NULL},
	};

	return asking_run(verbs, argc, argv,
	    _("sekisho: transfer is followed by list, show, wait, approve, deny, decide, cancel, class, password, get or release"));
}

int cmd_original(int argc, char **argv)
{
	static const struct verb verbs[] = {
	    {"ask", SK_FRONT_ORIGINAL_ASK, 1, 1, "id", 0, run_originals,
		N_("sekisho: original ask takes the number of a transfer and --reason TEXT")},
	    {"list", SK_FRONT_ORIGINAL_LIST, 0, 0, NULL, 0, run_originals,
		N_("sekisho: original list takes [--waiting] [--all] [--most N] and [--json]")},
	    {"show", SK_FRONT_ORIGINAL_SHOW, 1, 1, "id", 0, run_originals, REQUEST},
	    {"release", SK_FRONT_ORIGINAL_APPROVE, 1, 1, "id", 0, run_originals, REQUEST},
	    {"deny", SK_FRONT_ORIGINAL_DENY, 1, 1, "id", 0, run_originals, REQUEST},
	    {"cancel", SK_FRONT_ORIGINAL_CANCEL, 1, 1, "id", 0, run_originals, REQUEST},
	    {"get", SK_FRONT_ORIGINAL_GET, 1, 1, "id", ASKING_OUT, run_original_get,
		N_("sekisho: original get takes the number of a request for an original, [-o FILE] [--force] and [--json]")},
	    {NULL, 0, 0, 0, NULL, 0, NULL, NULL},
	};

	return asking_run(verbs, argc, argv,
	    _("sekisho: original is followed by ask, list, show, release, deny, cancel or get"));
}
