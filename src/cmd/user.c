/* sekisho user: accounts of a post. The command. */
#include <errno.h>
#include <pwd.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "cmd/asking.h"

/* --- showing --- */

static void flag(struct table *t, bool is, const char *text)
{
	table_cell(t, is ? text : "");
}

static void row(struct table *t, const json_t *a)
{
	char text[64];

	table_cell(t, asking_text(a, "member"));
	table_cell(t, asking_text(a, "name"));
	table_cell(t, asking_text(a, "system_user"));
	snprintf(text, sizeof(text), "%lld", (long long)asking_number(a, "passkeys", 0));
	flag(t, json_is_true(json_object_get(a, "password")), _("password"));
	table_cell(t, text);
	flag(t, json_is_true(json_object_get(a, "disabled")), _("disabled"));
	flag(t, json_is_false(json_object_get(a, "known")), _("not in the policy today"));
}

static int show(const json_t *answer)
{
	const json_t *one = json_object_get(answer, "account");
	struct table *t = table_new(7);
	json_t *a;
	size_t i;

	for (i = 0; i < 7; i++)
		table_cell(t, ((const char *[]){_("MEMBER"), _("NAME"), _("SYSTEM USER"),
				  _("PASSWORD"), _("PASSKEYS"), "", ""})[i]);
	if (one)
		row(t, one);
	json_array_foreach(json_object_get(answer, "accounts"), i, a) row(t, a);
	table_print(t);
	table_free(t);
	if (asking_text(answer, "next")[0])
		printf(_("There are more: --after %s\n"), asking_text(answer, "next"));
	return EXIT_ALL_CLEAN;
}

static int ask(struct asking *a)
{
	return asking_show(a, show);
}

/* --- system users --- */

int user_find(struct asking *a, const char *name)
{
	const struct passwd *p;

	errno = 0;
	p = getpwnam(name);
	if (p == NULL) {
		fprintf(stderr, _("sekisho: this machine has no user '%s'\n"), name);
		return EXIT_SOME_ERROR;
	}
	a->ask.system_user = name;
	a->ask.uid = (int64_t)p->pw_uid;
	return 0;
}

static int run_link(struct asking *a)
{
	int rc = user_find(a, a->arg[1]);

	return rc ? rc : ask(a);
}

/* --- passwords --- */

/* As argon2id writes it down; the password itself leaves this process in no form. */
static int hash_password(struct asking *a, char hash[crypto_pwhash_STRBYTES])
{
	int rc = asking_own_password(a);
	const char *const *list = cli_passwords();

	if (rc == 0 && (list == NULL || strlen(list[0]) < SK_LIMIT_PASSWORD_LEAST)) {
		fprintf(stderr, _("sekisho: a password has %d bytes at least\n"),
		    SK_LIMIT_PASSWORD_LEAST);
		rc = EXIT_SOME_ERROR;
	}
	if (rc == 0 && (sodium_init() < 0 || crypto_pwhash_str(hash, list[0], strlen(list[0]),
						 crypto_pwhash_OPSLIMIT_INTERACTIVE,
						 crypto_pwhash_MEMLIMIT_INTERACTIVE))) {
		fprintf(stderr, "sekisho: %s\n", cli_errno_text(ENOMEM));
		rc = EXIT_SOME_ERROR;
	}
	cli_passwords_wipe();
	if (rc == 0)
		a->ask.password = hash;
	return rc;
}

static int run_add(struct asking *a)
{
	char hash[crypto_pwhash_STRBYTES];
	int rc = a->ask.system_user ? user_find(a, a->ask.system_user) : 0;

	if (rc == 0 && (a->password_file || a->password_fd))
		rc = hash_password(a, hash);
	return rc ? rc : ask(a);
}

static int run_password(struct asking *a)
{
	char hash[crypto_pwhash_STRBYTES];
	int rc = hash_password(a, hash);

	return rc ? rc : ask(a);
}

/* --- links --- */

int user_show_link(const json_t *answer)
{
	char ends[64];

	asking_time(asking_number(answer, "ends", 0), ends, sizeof(ends));
	printf("%s\n", asking_text(answer, asking_text(answer, "url")[0] ? "url" : "link"));
	fprintf(stderr, _("sekisho: it opens once, until %s\n"), ends);
	return EXIT_ALL_CLEAN;
}

static int run_invite(struct asking *a)
{
	return asking_show(a, user_show_link);
}

#define ONE N_("sekisho: this takes the name of a member, [--control SOCKET] and [--json]")

int cmd_user(int argc, char **argv)
{
	static const struct verb verbs[] = {
	    {"add", SK_FRONT_USER_ADD, 1, 1, "member", ASKING_PASSWORD, run_add,
		N_("sekisho: user add takes the name of a member, [--system-user NAME], [--password-file FILE | --password-fd N] and [--json]")},
	    {"list", SK_FRONT_USER_LIST, 0, 0, NULL, 0, ask,
		N_("sekisho: user list takes [--most N] [--after MEMBER] and [--json]")},
	    {"show", SK_FRONT_USER_SHOW, 1, 1, "member", 0, ask, ONE},
	    {"link", SK_FRONT_USER_LINK, 2, 2, "member", 0, run_link,
		N_("sekisho: user link takes the name of a member and that of a user of this machine")},
	    {"unlink", SK_FRONT_USER_UNLINK, 1, 1, "member", 0, ask, ONE},
	    {"disable", SK_FRONT_USER_DISABLE, 1, 1, "member", 0, ask, ONE},
	    {"enable", SK_FRONT_USER_ENABLE, 1, 1, "member", 0, ask, ONE},
	    {"password", SK_FRONT_USER_PASSWORD, 0, 1, "member", ASKING_PASSWORD, run_password,
		N_("sekisho: user password takes [the name of a member] and --password-file FILE or --password-fd N")},
	    {"invite", SK_FRONT_USER_INVITE, 1, 1, "member", 0, run_invite, ONE},
	    {NULL, 0, 0, 0, NULL, 0, NULL, NULL},
	};

	return asking_run(verbs, argc, argv,
	    _("sekisho: user is followed by add, list, show, link, unlink, disable, enable, password or invite"));
}
