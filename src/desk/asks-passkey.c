/* Passkeys of accounts, and what is to be signed with them: doc/front.md, doc/passkey.md. The gate. */
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/hex.h"
#include "desk/challenge.h"
#include "desk/login.h"
#include "passkey/attest.h"
#include "policy/decide.h"
#include "store/account.h"

#define ANSWER ((size_t)8192)
#define CREDENTIAL 1023

int sk_asked_party(struct sk_asked *q, struct sk_passkey_party *party)
{
	const char *origin = sk_settings_get(q->act.desk->settings, "portal");
	char *host = sk_arena_alloc(q->arena, 254);

	if (host == NULL)
		return SK_ENOMEM;
	if (origin == NULL || sk_passkey_party_of(origin, host, party))
		return sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "portal");
	return 0;
}

/* --- showing --- */

static json_t *base64_of(struct sk_slice bytes)
{
	char text[sodium_base64_ENCODED_LEN(CREDENTIAL, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];

	if (bytes.n > CREDENTIAL)
		return NULL;
	sodium_bin2base64(
	    text, sizeof(text), bytes.p, bytes.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return json_string(text);
}

int sk_asked_show_challenge(struct sk_asked *q, const struct sk_passkey_party *party,
    const uint8_t challenge[SK_PASSKEY_CHALLENGE], const char *member)
{
	struct sk_passkey *v = NULL;
	size_t n = 0;
	int status = member ? sk_passkey_list(q->act.desk->db, q->arena, member, &v, &n) : 0;
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, base64_of(v[i].credential));
	sk_show_set(q->out, "challenge", base64_of(sk_slice(challenge, SK_PASSKEY_CHALLENGE)));
	sk_show_set(q->out, "party", sk_show_text(party->id));
	sk_show_set(q->out, "origin", sk_show_text(party->origin));
	sk_show_set(q->out, "credentials", list);
	return status;
}

static json_t *show_key(const struct sk_passkey *k)
{
	char *hex = sodium_malloc(2 * CREDENTIAL + 1);
	json_t *o = json_object();

	if (hex && k->credential.n <= CREDENTIAL) {
		sk_hex_text(hex, k->credential.p, k->credential.n);
		sk_show_set(o, "credential", json_string(hex));
	}
	sodium_free(hex);
	sk_show_set(o, "title", sk_show_text(k->title));
	sk_show_number(o, "created", k->created);
	if (k->used)
		sk_show_number(o, "used", k->used);
	return o;
}

json_t *sk_show_passkeys(const struct sk_passkey *v, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, show_key(&v[i]));
	return list;
}

/* --- signing a vote --- */

int sk_asked_to_sign(struct sk_asked *q, const struct sk_passkey_asked *asked)
{
	uint8_t challenge[SK_PASSKEY_CHALLENGE];
	struct sk_passkey_party party;
	int status = sk_asked_party(q, &party);

	if (status == 0)
		status = sk_passkey_challenge(asked, challenge);
	if (status)
		return status;
	sk_show_set(q->out, "hash", sk_show_hash(sk_slice(asked->output, 32)));
	sk_show_set(q->out, "policy", sk_show_hash(sk_slice(asked->policy, 32)));
	return sk_asked_show_challenge(q, &party, challenge, q->member);
}

static int look_sign(struct sk_asked *q)
{
	struct sk_gate g = sk_asked_gate(q);
	struct sk_passkey_asked asked;
	struct sk_transfer t;
	unsigned holds = 0, wanted = 0;

	if (strcmp(q->ask.hold, sk_hold_words[SK_HOLD_ORIGINAL]) == 0)
		return sk_asked_sign_original(q);
	int status = sk_asked_load(q, q->ask.id, &t, &holds);
	if (status == 0)
		status = sk_asked_holds(q, &wanted);
	if (status == 0 && t.state != SK_AT_HELD) /* decided meanwhile, by whomever */
		status = sk_asked_fail(q, SK_FRONT_WHY_STATE, sk_state_word((unsigned)t.state));
	if (status == 0 && !(holds & wanted))
		status = SK_EREFUSED;
	if (status == 0)
		status = sk_gate_to_sign(&g, q->arena, &t, q->ask.allow,
		    wanted == 1U << SK_HOLD_LEAK ? SK_HOLD_LEAK : SK_HOLD_APPROVAL, &asked);
	return status ? status : sk_asked_to_sign(q, &asked);
}

/* --- registering --- */

static int may_change(struct sk_asked *q)
{
	return q->portal ? sk_login_may_change(q) : 0;
}

static int look_challenge(struct sk_asked *q)
{
	uint8_t challenge[SK_CHALLENGE];
	struct sk_passkey_party party;
	int status = may_change(q);

	if (status == 0)
		status = sk_asked_party(q, &party);
	if (status)
		return status;
	sk_desk_challenge(q->act.desk, "create", q->member, challenge);
	sk_show_set(q->out, "attestation", json_string(sk_login_attested(q) ? "direct" : "none"));
	return sk_asked_show_challenge(q, &party, challenge, q->member);
}

/* Which key is whose from now on, or no longer, for who looks at signatures later. */
int sk_asked_log_key(struct sk_gate *g, const char *kind, const char *member, struct sk_slice cose)
{
	struct sk_passkey_key key;
	char time[24], hash[65];
	struct sk_leaf e = {0};
	uint8_t raw[32];

	if (sk_passkey_cose(cose, &key, NULL))
		return SK_EINTERNAL; /* it was read before it was kept */
	snprintf(time, sizeof(time), "%lld000", (long long)g->now);
	sk_passkey_hash(&key, raw);
	sk_hex_text(hash, raw, sizeof(raw));
	e.field[SK_ENTRY_KIND] = sk_slice_str(kind);
	e.field[SK_ENTRY_TIME] = sk_slice_str(time);
	e.field[SK_ENTRY_HASH_KEY] = sk_slice_str(hash);
	e.field[SK_ENTRY_PERSONAL_ACTOR] = sk_slice_str(member);
	return sk_gate_log(g, &e);
}

static int keep(struct sk_gate *g, struct sk_asked *q, const struct sk_passkey_new *made)
{
	const struct sk_passkey k = {.member = q->member,
	    .credential = made->credential,
	    .key = made->cose,
	    .counter = made->counter,
	    .title = q->ask.title};
	int status = sk_passkey_add(g->db, &k);

	if (status == SK_EEXIST || status == SK_ELIMIT)
		return sk_asked_fail(
		    q, SK_FRONT_WHY_PASSKEY_WRONG, status == SK_ELIMIT ? "limit" : "known");
	if (status == 0)
		sk_show_set(q->out, "passkey", show_key(&k));
	return status ? status : sk_asked_log_key(g, "passkey.add", q->member, made->cose);
}

/* Certificates of makers, as the settings name them, in the arena. */
static int load_anchors(struct sk_asked *q, struct sk_slice *anchors)
{
	const char *path = sk_settings_get(q->act.desk->settings, "attestation");
	sk_autoclose int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char *p = fd < 0 ? NULL : sk_arena_alloc(q->arena, SK_PASSKEY_ANCHORS);
	ssize_t n = p ? pread(fd, p, SK_PASSKEY_ANCHORS, 0) : -1;

	if (n <= 0)
		return sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "attestation");
	*anchors = sk_slice(p, (size_t)n);
	return 0;
}

static int attested(struct sk_asked *q, const struct sk_passkey_party *party,
    const struct sk_passkey_answer *answer, struct sk_slice object, enum sk_passkey_why *wrong)
{
	struct sk_slice anchors;
	int status = sk_login_attested(q) ? load_anchors(q, &anchors) : SK_EEXIST;

	if (status)
		return status == SK_EEXIST ? 0 : status;
	*wrong = SK_PASSKEY_ATTESTATION;
	status = sk_passkey_attested(party, answer, object, anchors);
	return status == SK_EFORMAT ? sk_asked_fail(q, SK_FRONT_WHY_UNREADY, "attestation")
				    : status;
}

/* What was made, and with which challenge, which nobody has answered yet. */
static int read_creation(struct sk_gate *g, struct sk_asked *q, struct sk_buf *bytes,
    uint8_t challenge[SK_CHALLENGE], struct sk_passkey_new *made)
{
	enum sk_passkey_why wrong = SK_PASSKEY_FORM;
	struct sk_passkey_answer answer = {0};
	struct sk_passkey_party party;
	struct sk_slice object;
	int status = sk_asked_party(q, &party);

	if (status)
		return status;
	status = sk_passkey_creation_read(sk_slice_str(q->ask.assertion), bytes, &answer, &object);
	if (status == 0) {
		wrong = SK_PASSKEY_OTHER;
		status = sk_desk_challenge_of(
		    q->act.desk, answer.client, "create", q->member, challenge);
	}
	if (status == 0)
		status = sk_challenge_fresh(g->db, challenge);
	if (status == 0)
		status = sk_passkey_register(&party, &answer, challenge, made, &wrong);
	if (status == 0)
		status = attested(q, &party, &answer, object, &wrong);
	if (json_object_get(q->out, "status"))
		return SK_EREFUSED;
	if (status == SK_EFORMAT || status == SK_EREFUSED || status == SK_EEXIST)
		status = sk_asked_fail(q, SK_FRONT_WHY_PASSKEY_WRONG, sk_passkey_why_word(wrong));
	return status;
}

static int run_add(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	uint8_t challenge[SK_CHALLENGE];
	struct sk_buf bytes = SK_BUF(ANSWER);
	struct sk_passkey_new made;
	int status = read_creation(g, q, &bytes, challenge, &made);

	if (status == 0)
		status = keep(g, q, &made);
	if (status == 0)
		status = sk_desk_challenge_take(g, challenge);
	sk_buf_free(&bytes);
	return status;
}

/* --- looking, removing --- */

static int look_list(struct sk_asked *q)
{
	struct sk_passkey *v = NULL;
	const char *member;
	size_t n = 0;
	int status = sk_asked_whose(q, &member);

	if (status == 0)
		status = sk_passkey_list(q->act.desk->db, q->arena, member, &v, &n);
	if (status == 0)
		sk_show_set(q->out, "passkeys", sk_show_passkeys(v, n));
	return status;
}

/* That of another as far as one person may alone. */
static int look_remove(struct sk_asked *q)
{
	const char *member;
	int status = sk_asked_whose(q, &member);

	return status || strcmp(member, q->member ? q->member : "") != 0 ? status : may_change(q);
}

static int run_remove(struct sk_gate *g, struct sk_arena *a, struct sk_asked *q)
{
	uint8_t id[CREDENTIAL];
	size_t n = strlen(q->ask.credential) / 2;
	struct sk_passkey k;
	const char *member;
	int status = sk_asked_whose(q, &member);

	if (status == 0 && (n > sizeof(id) || sk_hex_parse(sk_slice_str(q->ask.credential), id, n)))
		status = sk_asked_fail(q, SK_FRONT_WHY_VALUE, "credential");
	if (status == 0)
		status = sk_login_alone(g, a, q, member);
	if (status == 0)
		status = sk_passkey_find(g->db, a, sk_slice(id, n), &k);
	if (status == 0)
		status = sk_passkey_remove(g->db, member, sk_slice(id, n));
	if (status == 0)
		status = sk_asked_log_key(g, "passkey.remove", member, k.key);
	return status == SK_ENOENTRY ? sk_asked_fail(q, SK_FRONT_WHY_VALUE, "credential") : status;
}

const struct sk_ask_of sk_asks_passkey[] = {
    {SK_FRONT_SIGN, SK_ASK_VOTER, look_sign, NULL, NULL, NULL},
    {SK_FRONT_PASSKEY_CHALLENGE, SK_ASK_MEMBER, look_challenge, NULL, NULL, NULL},
    {SK_FRONT_PASSKEY_ADD, SK_ASK_MEMBER, may_change, run_add, NULL, NULL},
    {SK_FRONT_PASSKEY_LIST, SK_ASK_SEER, look_list, NULL, NULL, NULL},
    {SK_FRONT_PASSKEY_REMOVE, SK_ASK_SEER, look_remove, run_remove, NULL, NULL},
    {.what = SK_FRONT_COUNT},
};
