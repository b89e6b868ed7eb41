/* Tries of a login, and who comes in: login.h. The gate. */
#include "desk/login.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/hex.h"
#include "base/limits.h"
#include "policy/policy.h"
#include "store/account.h"

/* How many wrong tries are free, and the longest wait, ms: doc/front.md, Sessions. */
#define ONE_FREE 5
#define ONE_MOST (15 * 60 * 1000)
#define ADDRESS_FREE 20
#define ADDRESS_MOST (5 * 60 * 1000)
#define MEMBER_FREE 50
#define MEMBER_MOST (30 * 1000)
/* What nobody can guess is refused as often as it is tried, and logged once in so long for each address. */
#define BLIND_MS 60000

int sk_login_at_portal(struct sk_asked *q)
{
	return q->portal ? 0 : sk_asked_fail(q, SK_FRONT_WHY_PORTAL, NULL);
}

/* --- what wrong tries are counted by --- */

static void add_key(struct sk_login_try *t, const char *what, const char *member,
    const uint8_t *bytes, size_t n, int64_t free, int64_t most)
{
	struct sk_try_key *k = &t->key[t->nkeys++];
	crypto_hash_sha256_state s;

	crypto_hash_sha256_init(&s);
	crypto_hash_sha256_update(&s, (const uint8_t *)what, strlen(what) + 1);
	crypto_hash_sha256_update(&s, (const uint8_t *)member, strlen(member) + 1);
	crypto_hash_sha256_update(&s, bytes, n);
	crypto_hash_sha256_final(&s, k->key);
	k->free = free;
	k->most = most;
	k->his = member[0] != '\0';
}

/* Codes are counted apart: who tries them knows a password. */
static void add_keys(const struct sk_asked *q, struct sk_login_try *t)
{
	const struct sk_front_terminal *from = &q->terminal;
	bool code = t->by == SK_FACTOR_CODE;

	if (t->known) {
		add_key(t, code ? "code" : "browser", t->member, from->device, sizeof(from->device),
		    ONE_FREE, ONE_MOST);
		return;
	}
	add_key(t, code ? "code" : "one", t->member, from->address, sizeof(from->address), ONE_FREE,
	    ONE_MOST);
	add_key(t, "address", "", from->address, sizeof(from->address), ADDRESS_FREE, ADDRESS_MOST);
	add_key(t, code ? "codes" : "member", t->member, NULL, 0, MEMBER_FREE, MEMBER_MOST);
}

void sk_login_count(struct sk_asked *q, const char *what, int64_t free, int64_t most)
{
	q->try->nkeys = 0;
	add_key(q->try, what, "", q->terminal.address, sizeof(q->terminal.address), free, most);
}

int sk_login_waits(struct sk_asked *q)
{
	struct sk_login_try *t = q->try;
	int64_t longest = 0, ms = 0;
	char seconds[24];
	int status = 0;

	for (size_t i = 0; i < t->nkeys && status == 0; i++) {
		status = sk_try_wait(q->act.desk->db, t->key[i].key, &ms);
		longest = ms > longest ? ms : longest;
	}
	if (status || longest == 0)
		return status;
	snprintf(seconds, sizeof(seconds), "%lld", (long long)(longest + 999) / 1000);
	return sk_asked_fail(q, SK_FRONT_WHY_LOGIN_WAIT, seconds);
}

int sk_login_try(struct sk_asked *q, const char *member, enum sk_factor by)
{
	struct sk_login_try *t = sk_arena_alloc(q->arena, sizeof(*t));
	int status;

	if (t == NULL)
		return SK_ENOMEM;
	*t = (struct sk_login_try){.member = member, .by = by};
	q->try = t;
	t->blind = member == NULL;
	if (t->blind) {
		add_key(
		    t, "blind", "", q->terminal.address, sizeof(q->terminal.address), 0, BLIND_MS);
		return 0;
	}
	status = sk_device_is(q->act.desk->db, q->terminal.device, member, &t->known);
	if (status)
		return status;
	add_keys(q, t);
	return sk_login_waits(q);
}

/* --- the ledger --- */

void sk_login_address(const uint8_t address[16], char text[SK_LOGIN_ADDRESS])
{
	static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
	bool v4 = memcmp(address, mapped, sizeof(mapped)) == 0;

	if (inet_ntop(v4 ? AF_INET : AF_INET6, address + (v4 ? 12 : 0), text, SK_LOGIN_ADDRESS) ==
	    NULL)
		text[0] = '\0';
}

int sk_login_log(struct sk_gate *g, const struct sk_asked *q, const char *kind, const char *member,
    const char *auth, const char *reason)
{
	char time[24], address[SK_LOGIN_ADDRESS];
	struct sk_leaf e = {0};

	snprintf(time, sizeof(time), "%lld000", (long long)g->now);
	sk_login_address(q->terminal.address, address);
	e.field[SK_ENTRY_KIND] = sk_slice_str(kind);
	e.field[SK_ENTRY_TIME] = sk_slice_str(time);
	if (auth)
		e.field[SK_ENTRY_AUTH] = sk_slice_str(auth);
	if (reason)
		e.field[SK_ENTRY_REASON] = sk_slice_str(reason);
	if (member)
		e.field[SK_ENTRY_PERSONAL_ACTOR] = sk_slice_str(member);
	if (q->root || (q->member && member))
		e.field[SK_ENTRY_BY] =
		    sk_slice_str(q->root                          ? "root"
				 : strcmp(q->member, member) == 0 ? "self"
								  : "administrator");
	if (q->member)
		e.field[SK_ENTRY_PERSONAL_REQUESTER] = sk_slice_str(q->member);
	if (q->portal)
		e.field[SK_ENTRY_PERSONAL_COMMENT] = sk_slice_str(address);
	return sk_gate_firm(sk_gate_log(g, &e));
}

/* --- no --- */

int sk_login_wrong(struct sk_gate *g, struct sk_asked *q, const char *reason)
{
	struct sk_login_try *t = q->try;
	int64_t quiet = 0;
	int status = 0;

	if (t->blind && !t->there)
		status = sk_try_wait(g->db, t->key[0].key, &quiet);
	if (status || quiet)
		return status ? status : sk_asked_fail(q, SK_FRONT_WHY_LOGIN_WRONG, NULL);
	for (size_t i = 0; i < t->nkeys && status == 0; i++)
		status = sk_try_wrong(g->db, t->key[i].key, t->key[i].free, t->key[i].most);
	if (status == 0)
		status =
		    sk_login_log(g, q, "login.refused", t->there ? t->member : NULL, NULL, reason);
	/* it is done: that it was wrong is what is kept */
	if (status == 0)
		sk_asked_fail(q, SK_FRONT_WHY_LOGIN_WRONG, NULL);
	return status;
}

/* --- yes --- */

int sk_login_level(unsigned factors)
{
	if (factors & 1U << SK_FACTOR_PASSKEY)
		return SK_LOGIN_PASSKEY;
	if (!(factors & (1U << SK_FACTOR_PASSWORD | 1U << SK_FACTOR_LINK)))
		return SK_LOGIN_NONE;
	return factors & 1U << SK_FACTOR_CODE ? SK_LOGIN_TWO_FACTORS : SK_LOGIN_PASSWORD;
}

static void show_token(struct sk_asked *q, const char *name, const uint8_t token[SK_SESSION_TOKEN])
{
	char text[2 * SK_SESSION_TOKEN + 1];

	sk_hex_text(text, token, SK_SESSION_TOKEN);
	sk_show_set(q->out, name, json_string(text));
	explicit_bzero(text, sizeof(text));
}

/* The browser is known from now on. */
static int keep_device(struct sk_gate *g, struct sk_asked *q)
{
	uint8_t token[SK_SESSION_TOKEN];

	bool known = q->try->known;
	int status = known ? 0 : sk_device_is(g->db, q->terminal.device, q->try->member, &known);

	if (status)
		return status;
	if (known)
		return sk_device_add(g->db, q->terminal.device, q->try->member);
	/* it may be known to somebody else: then it keeps the one cookie that it has */
	bool none = sodium_is_zero(q->terminal.device, sizeof(q->terminal.device));
	if (none) {
		randombytes_buf(token, sizeof(token));
		show_token(q, "device", token);
	}
	return sk_device_add(g->db, none ? token : q->terminal.device, q->try->member);
}

/* The one that he has, with more shown; or a new one, in place of whichever this browser had. */
static int keep_session(struct sk_gate *g, struct sk_asked *q, unsigned *factors)
{
	const struct sk_session *old = &q->session;
	bool own = old->number && strcmp(old->member, q->try->member) == 0;
	uint8_t token[SK_SESSION_TOKEN];
	int status = 0;

	*factors = 1U << q->try->by | (own ? old->factors : 0);
	randombytes_buf(token, sizeof(token));
	struct sk_session s = {
	    .member = q->try->member, .login = sk_login_level(*factors), .factors = *factors};
	sk_login_lives(q, &s.idle, &s.ends);
	memcpy(s.address, q->terminal.address, sizeof(s.address));
	if (old->number && !own)
		status = sk_session_end(g->db, old->member, old->number, NULL);
	if (status == 0)
		status = own ? sk_session_raise(g->db, old->number, token, s.login, s.factors)
			     : sk_session_add(g->db, token, &s);
	if (status == 0)
		show_token(q, "session", token);
	explicit_bzero(token, sizeof(token));
	return status;
}

static int show_login(struct sk_gate *g, struct sk_asked *q, unsigned factors)
{
	int login = sk_login_level(factors), wants = sk_asked_wants(q);

	sk_show_set(q->out, "member", sk_show_text(q->try->member));
	sk_show_set(q->out, "login", json_string(sk_login_words[login]));
	sk_show_set(q->out, "wants", json_string(sk_login_words[wants]));
	sk_show_set(q->out, "enough", json_boolean(login >= wants));
	sk_show_set(q->out, "factors", sk_show_factors(factors));
	return sk_show_more(q, q->try->member, factors);
}

/*
 * What was wrong was his own: his counters end, and that of his address, which others have, too, hears of as many less as the first
 * of his had: whoever guesses at others does not wash it off by logging in himself.
 */
static int forgive(struct sk_gate *g, struct sk_login_try *t)
{
	int64_t wrong = 0, other;
	int status = sk_try_right(g->db, t->key[0].key, &wrong);

	for (size_t i = 1; i < t->nkeys && status == 0; i++)
		status = t->key[i].his ? sk_try_right(g->db, t->key[i].key, &other)
				       : sk_try_less(g->db, t->key[i].key, wrong);
	return status;
}

int sk_login_admit(struct sk_gate *g, struct sk_asked *q)
{
	unsigned factors = 0;
	int status = 0;

	if (q->try->nkeys)
		status = forgive(g, q->try);
	if (status == 0)
		status = keep_session(g, q, &factors);
	if (status == 0)
		status = sk_account_used(g->db, q->try->member);
	if (status == 0)
		status = keep_device(g, q);
	if (status == 0)
		status = sk_login_log(
		    g, q, "login", q->try->member, sk_login_words[sk_login_level(factors)], NULL);
	return status ? status : show_login(g, q, factors);
}
