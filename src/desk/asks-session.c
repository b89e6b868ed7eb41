/* Sessions of the portal: what one is enough for, which there are, and their end: doc/front.md, Sessions. The gate. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "desk/login.h"
#include "policy/policy.h"
#include "store/account.h"

#define SEEN_MS 60000 /* a session says so seldom that it is alive: it is a write */

static const char *const words[SK_FACTORS] = {"password", "code", "passkey", "link"};

json_t *sk_show_factors(unsigned factors)
{
	json_t *list = json_array();

	for (unsigned f = 0; f < SK_FACTORS; f++)
		if (factors >> f & 1)
			json_array_append_new(list, json_string(words[f]));
	return list;
}

int sk_show_more(struct sk_asked *q, const char *member, unsigned factors)
{
	struct sk_passkey *keys = NULL;
	struct sk_code code;
	size_t nkeys = 0;
	unsigned more = 0;
	int status = sk_code_load(q->act.desk->db, q->arena, member, &code);

	if (status == 0 && code.confirmed)
		more |= 1U << SK_FACTOR_CODE;
	if (status == 0 || status == SK_ENOENTRY)
		status = sk_passkey_list(q->act.desk->db, q->arena, member, &keys, &nkeys);
	if (nkeys)
		more |= 1U << SK_FACTOR_PASSKEY;
	sk_show_set(q->out, "more", sk_show_factors(more & ~factors));
	return status;
}

/* What the zone says of logins; NULL: nothing. */
static const struct sk_zone *zone_of(const struct sk_asked *q)
{
	const struct sk_policy *p = q->act.desk->gate.policy;
	const struct sk_zone *z = p ? sk_policy_find(p, SK_KIND_ZONE, q->act.desk->zone) : NULL;

	return z && z->login_where ? z : NULL;
}

int sk_asked_wants(const struct sk_asked *q)
{
	const struct sk_zone *z = zone_of(q);

	return z ? (int)z->login : SK_LOGIN_PASSWORD;
}

bool sk_login_attested(const struct sk_asked *q)
{
	const struct sk_zone *z = zone_of(q);

	return z && z->attested;
}

void sk_login_lives(const struct sk_asked *q, int64_t *idle, int64_t *ends)
{
	const struct sk_zone *z = zone_of(q);

	*ends = z && z->ends ? z->ends * 1000 : SK_LIMIT_SESSION_MS;
	*idle = z && z->idle ? z->idle * 1000 : SK_LIMIT_SESSION_IDLE_MS;
	if (*idle > *ends)
		*idle = *ends;
}

int sk_asked_vote_login(const struct sk_asked *q)
{
	return q->login == SK_LOGIN_PASSKEY ? SK_LOGIN_TWO_FACTORS : q->login;
}

int sk_asked_yes(struct sk_asked *q)
{
	const struct sk_zone *z = zone_of(q);

	return z && q->ask.assertion == NULL && q->login < (int)z->login
		   ? sk_asked_fail(q, SK_FRONT_WHY_LOGIN_MORE, sk_login_words[z->login])
		   : 0;
}

/* What the zone wants of who does more than to log in. */
static int level(struct sk_asked *q)
{
	int wants = sk_asked_wants(q);

	return q->portal && q->login < wants
		   ? sk_asked_fail(q, SK_FRONT_WHY_LOGIN_MORE, sk_login_words[wants])
		   : 0;
}

int sk_asked_whose(struct sk_asked *q, const char **member)
{
	*member = q->ask.member ? q->ask.member : q->member;
	if (*member == NULL)
		return sk_asked_fail(q, SK_FRONT_WHY_MISSING, "member");
	if (q->member && strcmp(*member, q->member) == 0)
		return 0;
	if (!sk_asked_runs_post(q))
		return sk_asked_fail(q, SK_FRONT_WHY_NO_RIGHT, NULL);
	return level(q);
}

int sk_show_session(struct sk_asked *q)
{
	int wants = sk_asked_wants(q);

	sk_show_number(q->out, "session", q->session.number);
	sk_show_set(q->out, "login", json_string(sk_login_words[q->login]));
	sk_show_set(q->out, "wants", json_string(sk_login_words[wants]));
	sk_show_set(q->out, "enough", json_boolean(q->login >= wants));
	sk_show_set(q->out, "factors", sk_show_factors(q->session.factors));
	sk_show_number(q->out, "ends", q->session.ends);
	sk_show_number(q->out, "idle", q->session.idle);
	return sk_show_more(q, q->member, q->session.factors);
}

/* --- whether it is enough --- */

struct seen {
	struct sk_act act;
	int64_t number;
};

static int run_seen(struct sk_gate *g, struct sk_arena *a, struct sk_act *act)
{
	(void)a;
	return sk_session_seen(g->db, ((struct seen *)act)->number);
}

static void seen_done(struct sk_act *act, int status)
{
	(void)status;
	free(act);
}

static void note_seen(struct sk_asked *q)
{
	struct seen *s = NULL;

	/* whoever only watches may be away: his session ends all the same */
	if (q->ask.what == SK_FRONT_WATCH || q->ask.what == SK_FRONT_UNWATCH)
		return;
	if (sk_asked_gate(q).now * 1000 - q->session.seen >= SEEN_MS)
		s = calloc(1, sizeof(*s));
	if (s == NULL)
		return;
	s->act.run = run_seen;
	s->act.done = seen_done;
	s->number = q->session.number;
	sk_desk_do(q->act.desk, &s->act);
}

int sk_asked_session(struct sk_asked *q)
{
	enum sk_front_open open = sk_front_open(q->ask.what);

	if (!q->portal)
		return 0;
	if (q->session.number == 0)
		return open == SK_FRONT_TO_ANYBODY
			   ? 0
			   : sk_asked_fail(q, SK_FRONT_WHY_NO_SESSION, NULL);
	note_seen(q);
	return open == SK_FRONT_TO_LEVEL ? level(q) : 0;
}

/* --- which there are --- */

static json_t *show(const struct sk_asked *q, const struct sk_session *s)
{
	char address[SK_LOGIN_ADDRESS];
	json_t *o = json_object();

	sk_login_address(s->address, address);
	sk_show_number(o, "number", s->number);
	if (s->login > SK_LOGIN_NONE && s->login < SK_LOGINS)
		sk_show_set(o, "login", json_string(sk_login_words[s->login]));
	sk_show_set(o, "factors", sk_show_factors(s->factors));
	sk_show_number(o, "created", s->created);
	sk_show_number(o, "seen", s->seen);
	sk_show_number(o, "ends", s->ends);
	sk_show_set(o, "address", json_string(address));
	sk_show_set(o, "own", json_boolean(s->number == q->session.number));
	return o;
}

static int look_list(struct sk_asked *q)
{
	struct sk_session *v = NULL;
	const char *member;
	json_t *list;
	size_t n = 0;
	int status = sk_asked_whose(q, &member);

	if (status == 0)
		status = sk_session_list(q->act.desk->db, q->arena, member, &v, &n);
	if (status)
		return status;
	list = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, show(q, &v[i]));
	sk_show_set(q->out, "sessions", list);
	return 0;
}

/* --- their end --- */

static int look_end(struct sk_asked *q)
{
	const char *member;

	if (!q->ask.all && q->ask.number == SK_FRONT_UNSAID)
		return sk_asked_fail(q, SK_FRONT_WHY_MISSING, "number");
	return sk_asked_whose(q, &member);
}

/* All of them: one's own others, so that nobody cuts himself off by it. */
static int run_end(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	const char *member = q->ask.member ? q->ask.member : q->member;
	int64_t ended = 0;
	int status = q->ask.all ? sk_session_end_all(g->db, member, q->session.number, &ended)
				: sk_session_end(g->db, member, q->ask.number, &ended);

	(void)a;
	if (status == 0 && ended)
		status = sk_login_log(g, q, "session.end", member, NULL, NULL);
	sk_show_number(q->out, "ended", ended);
	return status;
}

static int look_logout(struct sk_asked *q)
{
	return sk_login_at_portal(q);
}

static int run_logout(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	int status = sk_session_end(g->db, q->session.member, q->session.number, NULL);

	(void)a;
	return status ? status : sk_login_log(g, q, "logout", q->session.member, NULL, NULL);
}

const struct sk_ask_of sk_asks_session[] = {
    {SK_FRONT_LOGOUT, SK_ASK_EVERYBODY, look_logout, run_logout, NULL, NULL},
    {SK_FRONT_SESSION_LIST, SK_ASK_SEER, look_list, NULL, NULL, NULL},
    {SK_FRONT_SESSION_END, SK_ASK_SEER, look_end, run_end, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
