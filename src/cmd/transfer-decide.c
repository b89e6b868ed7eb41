/* sekisho transfer decide: one word about several transfers, where the policy allows that. asking.h. The command. */
#include <stdlib.h>
#include <string.h>

#include "cmd/asking.h"

#define VOTES 9900 /* as asks.def says */

/* The line of one: its number and the hash of its bytes as they are shown now. */
static int add_line(const struct asking *a, const char *id, struct sk_buf *votes)
{
	struct asking first = *a;
	json_t *answer = NULL;

	sk_front_init(&first.ask, SK_FRONT_SHOW);
	first.ask.id = id;
	int rc = asking_call(&first, -1, &answer);
	const char *seen = asking_text(json_object_get(answer, "transfer"), "output_hash");

	if (rc == 0 && *seen == '\0') {
		fprintf(stderr, "%s\n",
		    _("sekisho: there are no cleaned bytes yet that could be approved"));
		rc = EXIT_SOME_REFUSED;
	}
	if (rc == 0 && sk_buf_printf(votes, "%s%s %s", votes->len ? "\n" : "", id, seen))
		rc = EXIT_SOME_ERROR;
	json_decref(answer);
	return rc;
}

static int show_one(const json_t *one)
{
	bool done = strcmp(asking_text(one, "status"), "ok") == 0;

	printf("%s  %s\n", asking_text(one, "id"),
	    done ? asking_word(asking_text(one, "state")) : _(asking_text(one, "text")));
	return done ? EXIT_ALL_CLEAN : EXIT_SOME_REFUSED;
}

static int show_decided(const json_t *answer)
{
	const json_t *list = json_object_get(answer, "decided"), *one;
	int worst = EXIT_ALL_CLEAN;
	size_t i;

	json_array_foreach(list, i, one)
	{
		int rc = show_one(one);
		worst = rc > worst ? rc : worst;
	}
	return worst;
}

int run_decide(struct asking *a)
{
	struct sk_buf votes = SK_BUF(VOTES + 1);
	int rc = 0;

	for (int i = 0; i < a->narg && rc == 0; i++)
		rc = add_line(a, a->arg[i], &votes);
	if (rc == 0 && sk_buf_putc(&votes, 0))
		rc = EXIT_SOME_ERROR;
	a->ask.votes = (const char *)votes.p;
	if (rc == 0)
		rc = asking_show(a, show_decided);
	sk_buf_free(&votes);
	return rc;
}
