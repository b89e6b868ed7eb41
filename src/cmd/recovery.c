/* sekisho recovery: how somebody logs in, said anew by two other persons. The command. */
#include "cmd/asking.h"

static void row(struct table *t, const json_t *r)
{
	char text[64];

	table_cell(t, asking_text(r, "member"));
	table_cell(t, asking_text(r, "name"));
	table_cell(t, asking_text(r, "by"));
	table_cell(t, asking_text(r, "system_user"));
	asking_time(asking_number(r, "ends", 0), text, sizeof(text));
	table_cell(t, text);
	table_cell(t, asking_text(r, "comment"));
}

static int show_list(const json_t *answer)
{
	const char *const heads[] = {
	    _("MEMBER"), _("NAME"), _("STANDS FOR IT"), _("SYSTEM USER"), _("UNTIL"), ""};
	struct table *t = table_new(6);
	json_t *r;
	size_t i;

	for (i = 0; i < 6; i++)
		table_cell(t, heads[i]);
	json_array_foreach(json_object_get(answer, "recoveries"), i, r) row(t, r);
	table_print(t);
	table_free(t);
	return EXIT_ALL_CLEAN;
}

static int show_done(const json_t *answer)
{
	if (json_object_get(answer, "link"))
		return user_show_link(answer);
	if (json_object_get(answer, "recovery"))
		fprintf(stderr, "%s\n", _("sekisho: noted; somebody else has to agree, too"));
	return EXIT_ALL_CLEAN;
}

static int run_list(struct asking *a)
{
	return asking_show(a, show_list);
}

static int run(struct asking *a)
{
	int rc = a->narg > 1 ? user_find(a, a->arg[1]) : 0;

	if (a->ask.what == SK_FRONT_RECOVERY_APPROVE)
		a->ask.system_user = NULL; /* his number is what it is about */
	return rc ? rc : asking_show(a, show_done);
}

#define ONE \
	N_("sekisho: this takes the name of a member, [that of a user of this machine who is to stand for him,] [--control SOCKET] and [--json]")

int cmd_recovery(int argc, char **argv)
{
	static const struct verb verbs[] = {
	    {"ask", SK_FRONT_RECOVERY_ASK, 1, 2, "member", 0, run, ONE},
	    {"list", SK_FRONT_RECOVERY_LIST, 0, 0, NULL, 0, run_list,
		N_("sekisho: recovery list takes [--control SOCKET] and [--json]")},
	    {"approve", SK_FRONT_RECOVERY_APPROVE, 1, 2, "member", 0, run, ONE},
	    {"deny", SK_FRONT_RECOVERY_DENY, 1, 1, "member", 0, run, ONE},
	    {NULL, 0, 0, 0, NULL, 0, NULL, NULL},
	};

	return asking_run(
	    verbs, argc, argv, _("sekisho: recovery is followed by ask, list, approve or deny"));
}
