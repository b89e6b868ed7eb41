/* Votes signed with passkeys, on both back ends: from what a browser hands on to what the other post takes. */
#include "store/test-both.h"

#include "gate/signed.h"
#include "gate/test-carry.h"
#include "passkey/test-authenticator.h"
#include "store/account.h"

static const struct sk_passkey_party party = {"city.example", "https://portal.city.example"};
static struct authenticator cho, fuku;
static enum sk_passkey_why why;

static int run_add(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	uint8_t cose[77];
	size_t n = authenticator_cose((struct authenticator *)(intptr_t)c->number, cose);
	struct sk_account account = {.member = c->member, .uid = SK_ACCOUNT_NO_USER};
	struct sk_passkey key = {.member = c->member,
	    .credential = sk_slice_str(c->member),
	    .key = sk_slice(cose, n),
	    .title = "key"};
	int rc = sk_account_add(g->db, &account);

	return rc ? rc : sk_passkey_add(g->db, &key);
}

static void add_passkey(const char *member, struct authenticator *auth)
{
	struct call c = {.run = run_add, .member = member, .number = (intptr_t)auth};

	assert_int_equal(call(&lgwan, &c), 0);
	assert_int_equal(call(&inet, &c), 0);
}

static int run_disable(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	return sk_account_disable(g->db, c->member, c->number);
}

static void disable(const char *member, bool disabled)
{
	struct call c = {.run = run_disable, .member = member, .number = disabled};

	assert_int_equal(call(&lgwan, &c), 0);
	assert_int_equal(call(&inet, &c), 0);
}

static int begin(void **state)
{
	int rc = open_two(state);

	authenticator_new(&cho, SK_PASSKEY_ES256, 1);
	authenticator_new(&fuku, SK_PASSKEY_EDDSA, 2);
	add_passkey("cho", &cho);
	add_passkey("fuku", &fuku);
	return rc;
}

static const char *out(void)
{
	const char *id = receive(&lgwan, "out-1234567890", "自治体機密性3");

	assert_int_equal(clean_next(&lgwan), 0);
	held(&lgwan, id, 1 << SK_HELD_APPROVAL);
	return id;
}

/* --- signing --- */

static void put_line(struct sk_buf *b, struct sk_slice bytes)
{
	char text[4000];

	sodium_bin2base64(
	    text, sizeof(text), bytes.p, bytes.n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	sk_buf_printf(b, "%s\n", text);
}

/* What the browser of `credential`'s owner hands on; `asked` may have been changed. */
static const char *sign(
    struct authenticator *auth, const char *credential, const struct sk_passkey_asked *asked)
{
	struct sk_buf b = SK_BUF(8000);
	uint8_t challenge[32];

	assert_int_equal(sk_passkey_challenge(asked, challenge), 0);
	auth->counter++;
	struct sk_passkey_answer a = authenticator_answer(auth, challenge);
	put_line(&b, sk_slice_str(credential));
	put_line(&b, a.authenticator);
	put_line(&b, a.client);
	put_line(&b, a.signature);
	const char *text = sk_arena_str(arena, sk_buf_slice(&b));
	sk_buf_free(&b);
	return text;
}

static struct sk_passkey_asked to_sign(const char *id, bool allow)
{
	struct sk_transfer *t = sk_arena_alloc(arena, sizeof(*t));
	struct sk_passkey_asked asked;

	*t = row(&lgwan, id);
	assert_int_equal(
	    sk_gate_to_sign(&lgwan.gate, arena, t, allow, SK_HOLD_APPROVAL, &asked), 0);
	return asked;
}

static int run_signed(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_gate_signed by = {&party, sk_slice_str(c->text)};
	struct sk_transfer after;

	return sk_gate_vote_signed(g, a, c->id, &c->ballot, &by, &after, &why);
}

static int vote_signed(const char *id, const char *member, bool allow, const char *text)
{
	struct call c = {.run = run_signed,
	    .id = id,
	    .text = text,
	    .ballot = {.member = member, .allow = allow, .holds = 1U << SK_HOLD_APPROVAL}};

	memcpy(c.ballot.output, row(&lgwan, id).output.p, 32);
	return call(&lgwan, &c);
}

static int approve(const char *id, const char *member, struct authenticator *auth)
{
	struct sk_passkey_asked asked = to_sign(id, true);

	return vote_signed(id, member, true, sign(auth, member, &asked));
}

/* --- tests --- */

static void test_across(void **state)
{
	const char *id = out();
	struct sk_passkey *keys = NULL;
	size_t n = 0;

	assert_int_equal(approve(id, "cho", &cho), 0);
	held(&lgwan, id, 1 << SK_HELD_APPROVAL);
	assert_int_equal(approve(id, "fuku", &fuku), 0);
	at(&lgwan, id, SK_AT_OFFERED);
	assert_int_equal(settle(), 0); /* the manifest is taken: both signatures fit */
	at(&inet, id, SK_AT_CROSSING);
	assert_int_equal(sk_passkey_list(lgwan.gate.db, arena, "cho", &keys, &n), 0);
	assert_int_equal(keys[0].counter, cho.counter);
}

static void test_denied(void **state)
{
	const char *id = out();
	struct sk_passkey_asked asked = to_sign(id, false);
	const char *text = sign(&cho, "cho", &asked);

	assert_int_equal(vote_signed(id, "cho", true, text), SK_EREFUSED); /* he signed a no */
	assert_int_equal(why, SK_PASSKEY_OTHER);
	assert_int_equal(vote_signed(id, "cho", false, text), 0);
	at(&lgwan, id, SK_AT_DENIED);
}

static void refused(const char *id, const char *member, const char *text, enum sk_passkey_why as)
{
	assert_int_equal(vote_signed(id, member, true, text), SK_EREFUSED);
	assert_string_equal(sk_passkey_why_word(why), sk_passkey_why_word(as));
}

static void test_refused(void **state)
{
	static const uint8_t other[32] = {9};
	const char *id = out(), *another = out();
	struct sk_passkey_asked asked = to_sign(id, true), changed = asked;

	refused(id, "cho", "", SK_PASSKEY_FORM);
	refused(id, "cho", sign(&cho, "nobody", &asked), SK_PASSKEY_FORM);
	refused(id, "cho", sign(&fuku, "fuku", &asked), SK_PASSKEY_FORM); /* another's passkey */
	refused(id, "fuku", sign(&cho, "fuku", &asked), SK_PASSKEY_SIGNATURE);
	refused(another, "cho", sign(&cho, "cho", &asked), SK_PASSKEY_OTHER);
	changed.class = "1";
	refused(id, "cho", sign(&cho, "cho", &changed), SK_PASSKEY_OTHER);
	changed = asked;
	changed.policy = other;
	refused(id, "cho", sign(&cho, "cho", &changed), SK_PASSKEY_OTHER);
	changed = asked;
	changed.hold = "leak";
	refused(id, "cho", sign(&cho, "cho", &changed), SK_PASSKEY_OTHER);
	cho.flags = 0x01;
	refused(id, "cho", sign(&cho, "cho", &asked), SK_PASSKEY_PRESENCE);
	cho.flags = 0x05;
	held(&lgwan, id, 1 << SK_HELD_APPROVAL);
	assert_int_equal(approve(id, "cho", &cho), 0);
}

/* What was signed is good once, and a copy of the key is found out. */
static void test_again(void **state)
{
	const char *id = out();
	struct sk_passkey_asked asked = to_sign(id, true);
	const char *text = sign(&cho, "cho", &asked);

	assert_int_equal(vote_signed(id, "cho", true, text), 0);
	refused(id, "cho", text, SK_PASSKEY_COUNTER);
	cho.counter = 0;
	refused(id, "cho", sign(&cho, "cho", &asked), SK_PASSKEY_COUNTER);
}

static void test_bytes_that_changed(void **state)
{
	const char *id = out();
	struct sk_passkey_asked asked = to_sign(id, true);
	struct call c = {.run = run_signed,
	    .id = id,
	    .text = sign(&cho, "cho", &asked),
	    .ballot = {.member = "cho", .allow = true, .holds = 1U << SK_HOLD_APPROVAL}};

	memset(c.ballot.output, 7, 32);
	assert_int_equal(call(&lgwan, &c), SK_ECHANGED);
	memcpy(c.ballot.output, row(&lgwan, id).output.p, 32);
	c.ballot.holds = 0;
	assert_int_equal(call(&lgwan, &c), SK_EARG);
	c.ballot.holds = 1U << SK_HOLD_APPROVAL | 1U << SK_HOLD_LEAK;
	assert_int_equal(call(&lgwan, &c), SK_EARG);
}

static void test_disabled(void **state)
{
	const char *id = out();
	struct sk_passkey_asked asked = to_sign(id, true);

	disable("cho", true);
	refused(id, "cho", sign(&cho, "cho", &asked), SK_PASSKEY_FORM);
	disable("cho", false);
	assert_int_equal(approve(id, "cho", &cho), 0);
}

/* A signature does not make somebody an approver, and nobody approves his own. */
static void test_right_comes_from_the_policy(void **state)
{
	struct authenticator ichi, ni;
	const char *id = out();

	authenticator_new(&ichi, SK_PASSKEY_ES256, 11);
	authenticator_new(&ni, SK_PASSKEY_ES256, 12);
	add_passkey("ichi", &ichi); /* who asked for it */
	add_passkey("ni", &ni);
	assert_int_equal(approve(id, "ichi", &ichi), SK_EREFUSED);
	assert_int_equal(why, SK_PASSKEY_GOOD);
	assert_int_equal(approve(id, "ni", &ni), SK_EREFUSED);
	held(&lgwan, id, 1 << SK_HELD_APPROVAL);
}

/* --- originals --- */

static int run_ask(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	return sk_gate_ask_original(g, a, c->id, c->member, SK_LOGIN_PASSWORD, "reason", &c->o);
}

static int run_signed_original(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_gate_signed by = {&party, sk_slice_str(c->text)};
	struct sk_original after;

	return sk_gate_vote_original_signed(g, a, c->o.id, &c->ballot, &by, &after, &why);
}

static int run_vote_original(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_original after;

	return sk_gate_vote_original(g, a, c->o.id, &c->ballot, &after);
}

static int run_collect_original(struct sk_gate *g, struct sk_arena *a, struct call *c)
{
	struct sk_original after;
	bool counted = false;
	int status = sk_gate_hand_original(g, a, c->o.id, c->member, &counted, &after, &c->t);

	return status || counted ? status
				 : sk_gate_collect_original(g, a, c->o.id, c->member, &after);
}

static const char *came(void)
{
	const char *id = receive(&inet, "file-in", NULL);

	assert_int_equal(clean_next(&inet), 0);
	return id;
}

/* A request by `member` for an original that came in there. */
static struct call wanted(const char *id, const char *member)
{
	struct call c = {.run = run_ask, .id = id, .member = member};

	assert_int_equal(call(&inet, &c), 0);
	c.run = run_signed_original;
	c.ballot = (struct sk_ballot){.member = "cho", .allow = true};
	return c;
}

static struct sk_passkey_asked to_release(const struct call *c, bool allow)
{
	struct sk_transfer *t = sk_arena_alloc(arena, sizeof(*t));
	uint8_t *hash = sk_arena_alloc(arena, 32);
	struct sk_passkey_asked asked;

	*t = row(&inet, c->id);
	assert_int_equal(
	    sk_gate_to_sign_original(&inet.gate, arena, &c->o, t, allow, hash, &asked), 0);
	return asked;
}

static int64_t state_of_original(const struct call *c)
{
	struct sk_original o;

	assert_int_equal(sk_original_load(inet.gate.db, arena, c->o.id, &o), 0);
	return o.state;
}

static void refused_original(struct call *c, const char *text, enum sk_passkey_why as)
{
	c->text = text;
	assert_int_equal(call(&inet, c), SK_EREFUSED);
	assert_string_equal(sk_passkey_why_word(why), sk_passkey_why_word(as));
	assert_int_equal(state_of_original(c), SK_AT_HELD);
}

static struct sk_original_vote vote_about(const struct call *c)
{
	struct sk_original_vote *v = NULL;
	size_t n = 0;

	assert_int_equal(sk_original_vote_list(inet.gate.db, arena, c->o.id, &v, &n), 0);
	assert_int_equal(n, 1);
	return *v;
}

static void test_original(void **state)
{
	struct call c = wanted(came(), "ichi");
	struct sk_passkey_asked asked = to_release(&c, true), no = to_release(&c, false);

	refused_original(&c, sign(&cho, "cho", &no), SK_PASSKEY_OTHER);
	refused_original(&c, sign(&fuku, "fuku", &asked), SK_PASSKEY_FORM); /* another's passkey */
	disable("cho", true);
	refused_original(&c, sign(&cho, "cho", &asked), SK_PASSKEY_FORM);
	disable("cho", false);
	c.text = sign(&cho, "cho", &asked);
	assert_int_equal(call(&inet, &c), 0);
	assert_int_equal(state_of_original(&c), SK_AT_RELEASED);
	assert_string_equal(vote_about(&c).method, "passkey");
	assert_true(vote_about(&c).proof.n > 0);
	assert_memory_equal(vote_about(&c).proof.p, "passkey1 es256 ", 15);
}

/* Decided about one request is not about another, even under a passkey that does not count. */
static void test_original_of_another_request(void **state)
{
	const char *id = came();
	struct call first = wanted(id, "ichi"), second = first;

	cho.counter = UINT32_MAX; /* the next one is 0 */
	struct sk_passkey_asked asked = to_release(&first, false);
	first.ballot.allow = false;
	first.text = sign(&cho, "cho", &asked);
	assert_int_equal(call(&inet, &first), 0);
	assert_int_equal(state_of_original(&first), SK_AT_DENIED);
	second = wanted(id, "ichi");
	second.ballot.allow = false;
	assert_string_not_equal(first.o.id, second.o.id);
	refused_original(&second, first.text, SK_PASSKEY_OTHER);
}

/* Who signs nothing says nothing of a passkey, and the other way round. */
static void test_original_unsigned(void **state)
{
	struct call c = wanted(came(), "ichi");

	c.run = run_vote_original;
	c.ballot.login = SK_LOGIN_PASSKEY;
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	c.ballot.login = SK_LOGIN_PASSWORD;
	c.ballot.assertion = SK_SLICE_LIT("passkey1");
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	assert_int_equal(state_of_original(&c), SK_AT_HELD);
}

/* --- closed accounts --- */

static void test_closed(void **state)
{
	const char *id = out();

	assert_int_equal(approve(id, "cho", &cho), 0);
	disable("cho", true);
	assert_int_equal(approve(id, "fuku", &fuku), 0);
	held(&lgwan, id, 1 << SK_HELD_APPROVAL); /* two were wanted, and one is nobody any more */
	disable("cho", false);
	assert_int_equal(advance(&lgwan, id, ""), 0);
	at(&lgwan, id, SK_AT_OFFERED);
	disable("fuku", true); /* before the other post has begun */
	assert_int_equal(settle(), 0);
	at(&lgwan, id, SK_AT_DENIED);
	at(&inet, id, SK_AT_REJECTED);
}

static void test_closed_original(void **state)
{
	struct call c = wanted(came(), "ichi");
	struct sk_passkey_asked asked = to_release(&c, true);

	c.text = sign(&cho, "cho", &asked);
	assert_int_equal(call(&inet, &c), 0);
	disable("cho", true);
	assert_true(vote_about(&c).closed);
	c.run = run_collect_original;
	c.member = "ichi";
	assert_int_equal(call(&inet, &c), SK_EREFUSED);
	disable("cho", false);
	assert_int_equal(call(&inet, &c), 0);
}

static const struct CMUnitTest tests[] = {
#define TWO(f) cmocka_unit_test_setup_teardown(f, begin, close_two)
    TWO(test_across), TWO(test_denied), TWO(test_refused), TWO(test_again),
    TWO(test_bytes_that_changed), TWO(test_disabled), TWO(test_right_comes_from_the_policy),
    TWO(test_original), TWO(test_original_of_another_request), TWO(test_original_unsigned),
    TWO(test_closed), TWO(test_closed_original)};

MAIN_ON_BOTH("votes that are signed", IN_MEMORY, tests, tests)
