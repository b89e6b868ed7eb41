/* sekisho policy explain: what would happen to a request, and which line says so. The command. */
#include "cmd/policy.h"

#include <string.h>
#include <time.h>

#include "base/err.h"
#include "policy/when.h"

struct explaining {
	struct opened o;
	enum sk_effect most;
	struct sk_recorded given; /* by options */
	const char *file, *policy;
	bool json, assume, options; /* a field was given by an option */
};

/* --- options --- */

static int take_field(struct explaining *x, const char *name, const char *value)
{
	struct sk_fault fault = {.why = "", .field = ""};

	if (value == NULL) {
		fprintf(stderr, _("sekisho: --%s needs a value\n"), name);
		return -1;
	}
	x->options |= strcmp(name, "time") != 0;
	if (sk_recorded_set(x->o.arena, &x->given, name, value, &fault) == 0)
		return 0;
	fprintf(stderr, _("sekisho: --%s '%s': %s\n"), name, value, _(fault.why));
	return -1;
}

/* One vote an option: --vote may be given several times. */
static const char *field_of(const char *option)
{
	return strcmp(option, "vote") == 0 ? "votes" : option;
}

/* How many arguments it takes, or -1. */
static int take_option(struct explaining *x, char **argv)
{
	const char *name = argv[0] + 2;

	if (strncmp(argv[0], "--", 2)) {
		if (x->policy)
			fprintf(stderr, "%s\n", _("sekisho: policy explain takes one policy"));
		bool second = x->policy != NULL;
		x->policy = argv[0];
		return second ? -1 : 1;
	}
	if (strcmp(name, "json") == 0)
		x->json = true;
	else if (strcmp(name, "assume-good") == 0)
		x->assume = true;
	else if (strcmp(name, "request") == 0 && argv[1])
		x->file = argv[1];
	else if (take_field(x, field_of(name), argv[1]))
		return -1;
	return strcmp(name, "json") == 0 || strcmp(name, "assume-good") == 0 ? 1 : 2;
}

static int take_options(struct explaining *x, int argc, char **argv)
{
	for (int i = 0; i < argc;) {
		int n = take_option(x, argv + i);
		if (n < 0)
			return -1;
		i += n;
	}
	if (x->policy == NULL)
		fprintf(stderr, "%s\n", _("sekisho: policy explain needs the path of a policy"));
	else if (x->file && x->options)
		fprintf(stderr, "%s\n",
		    _("sekisho: a request is given by options or by --request, not by both"));
	return x->policy == NULL || (x->file && x->options) ? -1 : 0;
}

/* --- answers --- */

/* number 0: there is one, by options. */
static void explain(void *user, const struct sk_recorded *r, size_t number)
{
	struct explaining *x = user;
	struct sk_recorded asked = *r;
	struct sk_decision d;

	if (asked.time < 0)
		asked.time = x->given.time >= 0 ? x->given.time : time(NULL);
	if (x->assume)
		sk_recorded_assume(&asked, asked.time);
	sk_decide(x->o.policy, &asked.request, asked.time, &d);
	x->most = d.effect > x->most ? d.effect : x->most;
	if (x->json) {
		cli_decision_json(stdout, &asked, asked.time, &d);
		return;
	}
	if (number)
		printf(_("%sRequest %zu\n"), number > 1 ? "\n" : "", number);
	cli_decision_show(stdout, asked.time, &d);
}

/* The options are read before the policy, whose memory they do not share. */
static int run(struct explaining *x, struct opened *policy)
{
	int64_t now = x->given.time >= 0 ? x->given.time : time(NULL);

	if (cli_policy_open(policy, x->policy, sk_day_of(now), false))
		return EXIT_SOME_ERROR;
	x->o.policy = policy->policy;
	if (x->file == NULL)
		explain(x, &x->given, 0);
	else if (cli_requests(x->file, explain, x))
		return EXIT_SOME_ERROR;
	return x->most == SK_PASS ? EXIT_ALL_CLEAN : EXIT_SOME_REFUSED;
}

int policy_explain(int argc, char **argv)
{
	struct explaining x = {.most = SK_PASS};
	struct opened policy = {.dir = -1};
	int code = EXIT_SOME_ERROR;

	if (cli_policy_new(&x.o))
		return code;
	sk_recorded_init(&x.given);
	if (take_options(&x, argc, argv) == 0)
		code = run(&x, &policy);
	cli_policy_close(&policy);
	cli_policy_close(&x.o);
	return code;
}
