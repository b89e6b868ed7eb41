/* What one person alone may change about how another one logs in: login.h, doc/decisions/0032. The gate. */
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "desk/login.h"
#include "policy/people.h"
#include "store/account.h"

static bool is_own(const struct sk_asked *q, const char *member)
{
	return q->member && strcmp(q->member, member) == 0;
}

/* Somebody may have logged in with it, or the directory lets him in. */
static bool is_used(struct sk_asked *q, const struct sk_account *a)
{
	return a->used ||
	       (a->password == NULL && sk_settings_get(q->act.desk->settings, "directory") != NULL);
}

static bool is_trusted(struct sk_asked *q, const char *member)
{
	const struct sk_policy *p = q->act.desk->gate.policy;
	const struct sk_member *m = sk_asked_member(q, member);

	return m && sk_policy_trusts(p, m, sk_day_of(time(NULL)));
}

int sk_login_alone(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q, const char *member)
{
	struct sk_account account = {0};
	int status;

	if (q->root || is_own(q, member))
		return 0;
	status = sk_account_load(g->db, a, member, &account);
	if (status && status != SK_ENOENTRY)
		return status;
	if ((status == 0 && is_used(q, &account)) || is_trusted(q, member))
		return sk_asked_fail(q, SK_FRONT_WHY_RECOVERY, member);
	return 0;
}

int sk_login_said(struct sk_gate *g, struct sk_asked *q, const char *member)
{
	if (is_own(q, member))
		return 0;
	return sk_account_alone(g->db, member, q->root ? NULL : q->member);
}
