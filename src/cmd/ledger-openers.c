/* Who opens the successor of a ledger: two members, one of whom runs the posts and one of whom watches over that, by the policy. */
#include <string.h>
#include <time.h>

#include "cmd/ledger.h"
#include "cmd/policy.h"
#include "policy/people.h"

static const struct {
	const char *role;
	enum sk_right right;
} roles[] = {
    {"administrator", SK_RIGHT_ADMIN}, {"auditor", SK_RIGHT_AUDIT}, {"overseer", SK_RIGHT_OVERSEE}};

static int usage(void)
{
	return ledger_fail("--by",
	    _("two persons open a successor: --by administrator=MEMBER --by auditor=MEMBER or overseer=MEMBER"));
}

/* The roles and persons, from ROLE=PERSON. */
static int take(const struct ledger_asked *a, struct sk_opener by[2], char role[2][LEDGER_ROLE])
{
	for (int i = 0; i < 2; i++) {
		const char *equals = i < a->nby ? strchr(a->by[i], '=') : NULL;
		if (equals == NULL || equals == a->by[i] || equals - a->by[i] >= LEDGER_ROLE)
			return usage();
		snprintf(role[i], LEDGER_ROLE, "%.*s", (int)(equals - a->by[i]), a->by[i]);
		by[i] = (struct sk_opener){role[i], sk_slice_str(equals + 1)};
	}
	bool first = strcmp(role[0], "administrator") == 0;
	bool second = strcmp(role[1], "administrator") == 0;
	return first != second ? 0 : usage();
}

static bool has(const struct sk_policy *p, const char *role, const char *name, int32_t day)
{
	const struct sk_member *m = sk_member_on(sk_policy_find(p, SK_KIND_MEMBER, name), day);

	for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++)
		if (strcmp(roles[i].role, role) == 0)
			return m && sk_span_holds(&m->span, day) &&
			       sk_member_may(m, roles[i].right);
	return false;
}

static int check(const struct ledger_asked *a, const struct sk_opener by[2])
{
	int32_t day = sk_day_of(time(NULL));
	struct opened o;
	int rc = cli_policy_open(&o, a->policy, day, false);

	for (int i = 0; i < 2 && rc == 0; i++)
		if (!has(o.policy, by[i].role, (const char *)by[i].person.p, day))
			rc = ledger_fail(a->by[i],
			    _("the policy has no member of this name who has this right today"));
	cli_policy_close(&o);
	return rc;
}

int ledger_openers(const struct ledger_asked *a, struct sk_opener by[2], char role[2][LEDGER_ROLE])
{
	int rc = take(a, by, role);

	if (rc == 0 && a->policy == NULL)
		rc = ledger_fail(
		    "--policy", _("the policy of the post is named, which says who they are"));
	return rc ? rc : check(a, by);
}
