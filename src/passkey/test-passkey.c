/*
 * Passkeys: what an authenticator in software signs is taken by the gate's code and by the verifier of ledgers; each thing that
 * is not as it must be is refused by both, by its name.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/hex.h"
#include "ledgerverify/lv.h"
#include "passkey/test-authenticator.h"

#define TRANSFER "00112233445566778899aabbccddeeff"

static const uint8_t output[32] = {1, 2, 3}, policy[32] = {4, 5, 6};
static const struct sk_passkey_party party = {"city.example", "https://portal.city.example"};
static struct sk_passkey_asked asked;
static struct authenticator auth;
static struct sk_lv_report report;
static enum sk_passkey_why why;
static uint32_t counter;

static int setup(void **state)
{
	asked = (struct sk_passkey_asked){.transfer = TRANSFER,
	    .output = output,
	    .policy = policy,
	    .class = "2",
	    .allow = true,
	    .hold = "approval"};
	authenticator_new(&auth, SK_PASSKEY_ES256, 9);
	counter = 0;
	return sodium_init() < 0;
}

static struct sk_passkey_answer answer(void)
{
	uint8_t challenge[32];

	assert_int_equal(sk_passkey_challenge(&asked, challenge), 0);
	return authenticator_answer(&auth, challenge);
}

static int verify(const struct sk_passkey_answer *a)
{
	struct sk_passkey_key key = authenticator_key(&auth);
	uint8_t challenge[32];

	assert_int_equal(sk_passkey_challenge(&asked, challenge), 0);
	return sk_passkey_verify(&party, &key, a, challenge, &counter, &why);
}

/* The entry that it is about, as the ledger has it; request: of an original. */
static const char *request;
static struct sk_lv_entry entry(const char *class)
{
	static char text[1000];
	char out[65];
	struct sk_lv_entry e;

	sk_hex_text(out, output, 32);
	snprintf(text, sizeof(text),
	    "sekisho-entry 1\n%s%s%s%s%s%shash.in %s\nhash.out %s\nkind transfer.offer\noutbox 1\n"
	    "time 1764000000000\ntransfer " TRANSFER "\n",
	    request ? "approval " : "", request ? request : "", request ? "\n" : "",
	    class ? "class " : "", class ? class : "", class ? "\n" : "", out, out);
	assert_int_equal(sk_lv_entry_read(sk_slice_str(text), &e), 0);
	return e;
}

static void write_down(const struct sk_passkey_answer *a, const char *member, struct sk_buf *out)
{
	struct sk_passkey_key key = authenticator_key(&auth);

	assert_int_equal(sk_passkey_write(&asked, member, &party, &key, a, out), 0);
}

/* What the verifier of ledgers finds; CODES: nothing. */
static enum sk_lv_code audit_text(struct sk_slice text, const char *class)
{
	struct sk_lv_entry e = entry(class);

	report = (struct sk_lv_report){.n = 0};
	sk_lv_assertions(text, &e, &report);
	return report.n ? report.v[0].code : SK_LV_CODES;
}

static enum sk_lv_code audit(const struct sk_passkey_answer *a)
{
	struct sk_buf b = SK_BUF(8000);

	write_down(a, "課長-1", &b);
	enum sk_lv_code code = audit_text(sk_buf_slice(&b), "2");
	sk_buf_free(&b);
	return code;
}

static void refused(enum sk_passkey_why by_gate, enum sk_lv_code by_auditor)
{
	struct sk_passkey_answer a = answer();

	assert_int_equal(verify(&a), SK_EREFUSED);
	assert_string_equal(sk_passkey_why_word(why), sk_passkey_why_word(by_gate));
	assert_int_equal(audit(&a), by_auditor);
	assert_int_equal(report.assertions, 0);
	setup(NULL);
}

/* --- the challenge --- */

/* Made with other tools: printf '...' | sha256sum */
static void test_challenge(void **state)
{
	static const uint8_t zeros[32], ones[32] = {1};
	struct sk_passkey_asked a = {TRANSFER, zeros, ones, "3A", true, "approval", NULL};
	uint8_t c[32];
	char text[65];

	assert_int_equal(sk_passkey_challenge(&a, c), 0);
	sk_hex_text(text, c, 32);
	assert_string_equal(
	    text, "9995e4747a0b4d136de1494809d25b3455b476e98bd5093dbdaeb60333d85f40");
}

static void test_challenge_of_each_part(void **state)
{
	static const uint8_t other[32] = {9};
	uint8_t first[32], c[32];
	struct sk_passkey_asked change[7];

	assert_int_equal(sk_passkey_challenge(&asked, first), 0);
	for (int i = 0; i < 7; i++)
		change[i] = asked;
	change[0].transfer = "10112233445566778899aabbccddeeff";
	change[1].output = other;
	change[2].policy = other;
	change[3].class = "1";
	change[4].class = NULL;
	change[5].allow = false;
	change[6].hold = "leak";
	for (int i = 0; i < 7; i++) {
		assert_int_equal(sk_passkey_challenge(&change[i], c), 0);
		assert_memory_not_equal(first, c, 32);
	}
}

/* Made with other tools, as above. */
static void test_challenge_of_an_original(void **state)
{
	static const uint8_t zeros[32], ones[32] = {1}, twos[32] = {2};
	struct sk_passkey_asked a = {TRANSFER, zeros, ones, "3A", true, "original", twos};
	uint8_t c[32];
	char text[65];

	assert_int_equal(sk_passkey_challenge(&a, c), 0);
	sk_hex_text(text, c, 32);
	assert_string_equal(
	    text, "90e23a3af8e72fb8b10ce033a4be22a11741fdab28b593c1ea1e7e902539ffb1");
	a.request = NULL;
	assert_int_equal(sk_passkey_challenge(&a, c), SK_EARG);
	a.request = twos;
	a.hold = "approval";
	assert_int_equal(sk_passkey_challenge(&a, c), SK_EARG);
}

static void test_original(void **state)
{
	static const uint8_t twos[32] = {2};
	char hex[65];

	asked.hold = "original";
	asked.request = twos;
	struct sk_passkey_answer a = answer();
	assert_int_equal(verify(&a), 0);
	sk_hex_text(hex, twos, 32);
	request = hex;
	assert_int_equal(audit(&a), SK_LV_CODES);
	assert_string_equal(report.assertion[0].hold, "original");
	hex[0] = '1';
	assert_int_equal(audit(&a), SK_LV_ASSERTION_OTHER);
	request = NULL;
	assert_int_equal(audit(&a), SK_LV_ASSERTION_OTHER);
}

static void test_what_cannot_be_asked(void **state)
{
	static const char *const names[] = {"", "a\nb", "\xFF"};
	uint8_t c[32];

	for (size_t i = 0; i < 3; i++) {
		asked.class = names[i];
		assert_int_equal(sk_passkey_challenge(&asked, c), SK_EARG);
	}
	setup(NULL);
	asked.transfer = "00112233";
	assert_int_equal(sk_passkey_challenge(&asked, c), SK_EARG);
	setup(NULL);
	asked.hold = "class";
	assert_int_equal(sk_passkey_challenge(&asked, c), SK_EARG);
}

/* --- what is right --- */

static void test_both_algorithms(void **state)
{
	static const enum sk_passkey_alg algs[] = {SK_PASSKEY_ES256, SK_PASSKEY_EDDSA};

	for (size_t i = 0; i < 2; i++)
		for (uint8_t seed = 1; seed < 40; seed++) { /* numbers of DER of each length */
			authenticator_new(&auth, algs[i], seed);
			struct sk_passkey_answer a = answer();
			assert_int_equal(verify(&a), 0);
			assert_int_equal(counter, 1);
			assert_int_equal(audit(&a), SK_LV_CODES);
			assert_int_equal(report.assertions, 1);
			assert_string_equal(report.assertion[0].member, "課長-1");
			assert_string_equal(report.assertion[0].hold, "approval");
			assert_true(report.assertion[0].allow);
		}
}

static void test_forms_of_client_data(void **state)
{
	static const char *const tails[] = {"}", ",\"crossOrigin\":false}",
	    ",\"crossOrigin\":false,\"other_keys_can_be_added_here\":\"do not compare\"}"};

	for (size_t i = 0; i < 3; i++) {
		auth.tail = tails[i];
		struct sk_passkey_answer a = answer();
		assert_int_equal(verify(&a), 0);
		assert_int_equal(audit(&a), SK_LV_CODES);
	}
	auth.flags = 0x1D; /* it is backed up */
	struct sk_passkey_answer a = answer();
	assert_int_equal(verify(&a), 0);
	assert_int_equal(audit(&a), SK_LV_CODES);
}

static void test_several(void **state)
{
	struct sk_buf b = SK_BUF(20000);

	for (int i = 0; i < 17; i++) {
		char member[16];
		snprintf(member, sizeof(member), "m%d", i);
		authenticator_new(
		    &auth, i % 2 ? SK_PASSKEY_EDDSA : SK_PASSKEY_ES256, (uint8_t)(i + 1));
		struct sk_passkey_answer a = answer();
		sk_buf_puts(&b, i ? ";" : "");
		write_down(&a, member, &b);
		assert_int_equal(audit_text(sk_buf_slice(&b), "2"),
		    i < 16 ? SK_LV_CODES : SK_LV_ASSERTION_MALFORMED);
		assert_int_equal(report.assertions, i < 16 ? i + 1 : 16);
	}
	sk_buf_free(&b);
}

/* --- what is not --- */

static void test_refused(void **state)
{
	auth.type = "webauthn.create";
	refused(SK_PASSKEY_FORM, SK_LV_ASSERTION_MALFORMED);
	auth.origin = "https://portal.city.example.evil.example";
	refused(SK_PASSKEY_PARTY, SK_LV_ASSERTION_PARTY);
	auth.origin = "http://portal.city.example";
	refused(SK_PASSKEY_PARTY, SK_LV_ASSERTION_PARTY);
	auth.origin = "https://evilcity.example";
	refused(SK_PASSKEY_PARTY, SK_LV_ASSERTION_PARTY);
	auth.id = "evil.example";
	refused(SK_PASSKEY_PARTY, SK_LV_ASSERTION_PARTY);
	auth.tail = ",\"crossOrigin\":true}";
	refused(SK_PASSKEY_FORM, SK_LV_ASSERTION_MALFORMED);
	auth.tail = ",\"crossOrigin\":false";
	refused(SK_PASSKEY_FORM, SK_LV_ASSERTION_MALFORMED);
	auth.flags = 0x01;
	refused(SK_PASSKEY_PRESENCE, SK_LV_ASSERTION_PRESENCE);
	auth.flags = 0x04;
	refused(SK_PASSKEY_PRESENCE, SK_LV_ASSERTION_PRESENCE);
	auth.flags = 0x85; /* extensions */
	refused(SK_PASSKEY_FORM, SK_LV_ASSERTION_MALFORMED);
	auth.flags = 0x45; /* a new credential */
	refused(SK_PASSKEY_FORM, SK_LV_ASSERTION_MALFORMED);
}

/* Signed for one thing, shown for another. */
static void test_another_decision(void **state)
{
	static const uint8_t other[32] = {9};
	struct sk_passkey_answer a = answer();

	asked.allow = false;
	assert_int_equal(verify(&a), SK_EREFUSED);
	assert_int_equal(why, SK_PASSKEY_OTHER);
	assert_int_equal(audit(&a), SK_LV_ASSERTION_OTHER);
	setup(NULL);
	a = answer();
	asked.policy = other;
	assert_int_equal(verify(&a), SK_EREFUSED);
	assert_int_equal(audit(&a), SK_LV_ASSERTION_OTHER);
	setup(NULL);
	asked.class = "1"; /* of another class than the entry's */
	a = answer();
	assert_int_equal(verify(&a), 0);
	assert_int_equal(audit(&a), SK_LV_ASSERTION_OTHER);
	setup(NULL);
	asked.output = other; /* of other bytes than the entry's */
	a = answer();
	assert_int_equal(verify(&a), 0);
	assert_int_equal(audit(&a), SK_LV_ASSERTION_OTHER);
}

static void test_classes_by_their_place(void **state)
{
	struct sk_buf b = SK_BUF(8000);

	asked.class = "機密性2";
	struct sk_passkey_answer a = answer();
	write_down(&a, "m", &b);
	assert_int_equal(audit_text(sk_buf_slice(&b), "confidentiality-1"), SK_LV_CODES);
	assert_string_equal(report.assertion[0].class, "機密性2");
	assert_int_equal(audit_text(sk_buf_slice(&b), "2"), SK_LV_ASSERTION_OTHER);
	assert_int_equal(audit_text(sk_buf_slice(&b), NULL), SK_LV_ASSERTION_OTHER);
	sk_buf_reset(&b);
	asked.class = NULL;
	a = answer();
	write_down(&a, "m", &b);
	assert_int_equal(audit_text(sk_buf_slice(&b), NULL), SK_LV_CODES);
	sk_buf_free(&b);
}

/* Each bit of what is signed, and of the signature. */
static void each_bit(uint8_t *p, size_t n, const struct sk_passkey_answer *a)
{
	for (size_t i = 0; i < n * 8; i++) {
		p[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(verify(a), SK_EREFUSED);
		if (i % 5 == 0)
			assert_int_not_equal(audit(a), SK_LV_CODES);
		p[i / 8] ^= (uint8_t)(1 << i % 8);
	}
}

static void test_each_bit(void **state)
{
	for (int i = 0; i < 2; i++) {
		authenticator_new(&auth, i ? SK_PASSKEY_EDDSA : SK_PASSKEY_ES256, 3);
		struct sk_passkey_answer a = answer();
		each_bit(auth.data, auth.ndata, &a);
		each_bit(auth.sig, auth.nsig, &a);
		each_bit((uint8_t *)auth.client, strlen(auth.client), &a);
	}
}

static void test_another_key(void **state)
{
	static struct authenticator other;
	struct sk_passkey_answer a = answer();
	uint8_t key[64];

	memcpy(key, auth.key, 64);
	authenticator_new(&other, SK_PASSKEY_ES256, 77);
	memcpy(auth.key, other.key, 64);
	assert_int_equal(verify(&a), SK_EREFUSED);
	assert_int_equal(why, SK_PASSKEY_SIGNATURE);
	assert_int_equal(audit(&a), SK_LV_ASSERTION_SIGNATURE);
	memcpy(auth.key, key, 64);
	auth.key[63] ^= 1; /* no point of the curve */
	assert_int_equal(verify(&a), SK_EREFUSED);
	assert_int_equal(audit(&a), SK_LV_ASSERTION_SIGNATURE);
	memset(auth.key, 0, 64);
	assert_int_equal(verify(&a), SK_EREFUSED);
	assert_int_equal(audit(&a), SK_LV_ASSERTION_SIGNATURE);
}

static void test_counters(void **state)
{
	static const struct {
		uint32_t stored, shown;
		bool good;
	} cases[] = {{0, 0, true}, {0, 1, true}, {5, 6, true}, {5, 5, false}, {5, 4, false},
	    {5, 0, false}, {UINT32_MAX - 1, UINT32_MAX, true}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sk_passkey_key key = authenticator_key(&auth);
		uint8_t challenge[32];
		uint32_t next = 77;
		auth.counter = cases[i].shown;
		key.counter = cases[i].stored;
		struct sk_passkey_answer a = answer();
		sk_passkey_challenge(&asked, challenge);
		int rc = sk_passkey_verify(&party, &key, &a, challenge, &next, &why);
		assert_int_equal(rc, cases[i].good ? 0 : SK_EREFUSED);
		assert_int_equal(why, cases[i].good ? SK_PASSKEY_GOOD : SK_PASSKEY_COUNTER);
		assert_int_equal(next, cases[i].good ? cases[i].shown : 77);
	}
}

/* Each byte of the text, and cut off anywhere. */
static void test_text(void **state)
{
	struct sk_passkey_answer a = answer();
	struct sk_buf b = SK_BUF(8000);
	size_t good = 0;

	write_down(&a, "m", &b);
	for (size_t i = 0; i < b.len; i++) {
		assert_int_not_equal(audit_text(sk_slice(b.p, i), "2"), SK_LV_CODES);
		b.p[i] ^= 1;
		good += audit_text(sk_buf_slice(&b), "2") == SK_LV_CODES;
		b.p[i] ^= 1;
	}
	assert_true(good <= 2); /* the member is not what is signed, but who is said to have */
	sk_buf_free(&b);
}

static void test_names(void **state)
{
	static char name[SK_PASSKEY_NAME + 2];
	struct sk_passkey_answer a = answer();
	struct sk_passkey_key key = authenticator_key(&auth);
	struct sk_buf b = SK_BUF(8000);

	memset(name, 'x', SK_PASSKEY_NAME + 1);
	assert_int_equal(sk_passkey_write(&asked, name, &party, &key, &a, &b), SK_EARG);
	name[SK_PASSKEY_NAME] = 0;
	assert_int_equal(sk_passkey_write(&asked, name, &party, &key, &a, &b), 0);
	assert_int_equal(audit_text(sk_buf_slice(&b), "2"), SK_LV_CODES);
	assert_string_equal(report.assertion[0].member, name);
	assert_int_equal(sk_passkey_write(&asked, "a\nb", &party, &key, &a, &b), SK_EARG);
	sk_buf_free(&b);
}

/* --- keys, registering, and what front ends hand on --- */

static void test_cose(void **state)
{
	static const enum sk_passkey_alg algs[] = {SK_PASSKEY_ES256, SK_PASSKEY_EDDSA};
	uint8_t cose[80];
	struct sk_passkey_key key;
	struct sk_slice rest;

	for (int i = 0; i < 2; i++) {
		authenticator_new(&auth, algs[i], 4);
		size_t n = authenticator_cose(&auth, cose);
		assert_int_equal(sk_passkey_cose(sk_slice(cose, n), &key, NULL), 0);
		assert_int_equal(key.alg, algs[i]);
		assert_memory_equal(key.point, auth.key, i ? 32 : 64);
		for (size_t k = 0; k < n; k++)
			assert_int_equal(
			    sk_passkey_cose(sk_slice(cose, k), &key, NULL), SK_EFORMAT);
		cose[n] = 0;
		assert_int_equal(sk_passkey_cose(sk_slice(cose, n + 1), &key, NULL), SK_EFORMAT);
		assert_int_equal(sk_passkey_cose(sk_slice(cose, n + 1), &key, &rest), 0);
		assert_int_equal(rest.n, 1);
		for (size_t k = 0; k < 10; k++) { /* another curve, algorithm, kind of key */
			cose[k] ^= 1;
			assert_int_equal(
			    sk_passkey_cose(sk_slice(cose, n), &key, NULL), SK_EFORMAT);
			cose[k] ^= 1;
		}
	}
}

static const uint8_t nonce[32] = {42};
static uint8_t made_data[400];

/* What an authenticator says of a new key. */
static struct sk_passkey_answer creation(
    const char *type, uint8_t flags, const char *id, size_t more)
{
	auth.type = type;
	struct sk_passkey_answer a = authenticator_answer(&auth, nonce);
	uint8_t hash[32];

	crypto_hash_sha256(hash, (const uint8_t *)id, strlen(id));
	memset(made_data, 0, sizeof(made_data));
	memcpy(made_data, hash, 32);
	made_data[32] = flags;
	made_data[36] = 3;
	made_data[54] = 20; /* of the credential */
	memset(made_data + 55, 'c', 20);
	size_t n = authenticator_cose(&auth, made_data + 75);
	a.authenticator = sk_slice(made_data, 75 + n + more);
	return a;
}

static int registered(struct sk_passkey_answer a, struct sk_passkey_new *made)
{
	return sk_passkey_register(&party, &a, nonce, made, &why);
}

static void test_register(void **state)
{
	struct sk_passkey_new made = {.counter = 0};
	struct sk_passkey_key key;

	assert_int_equal(
	    registered(creation("webauthn.create", 0x45, "city.example", 0), &made), 0);
	assert_int_equal(made.counter, 3);
	assert_int_equal(made.credential.n, 20);
	assert_int_equal(sk_passkey_cose(made.cose, &key, NULL), 0);
	assert_int_equal(
	    registered(creation("webauthn.create", 0xC5, "city.example", 9), &made), 0);
	assert_int_equal(made.cose.n, 77);
	assert_int_equal(
	    registered(creation("webauthn.create", 0x45, "city.example", 9), &made), SK_EREFUSED);
	assert_int_equal(
	    registered(creation("webauthn.get", 0x45, "city.example", 0), &made), SK_EREFUSED);
	assert_int_equal(why, SK_PASSKEY_FORM);
	assert_int_equal(
	    registered(creation("webauthn.create", 0x05, "city.example", 0), &made), SK_EREFUSED);
	assert_int_equal(
	    registered(creation("webauthn.create", 0x41, "city.example", 0), &made), SK_EREFUSED);
	assert_int_equal(why, SK_PASSKEY_PRESENCE);
	assert_int_equal(
	    registered(creation("webauthn.create", 0x45, "evil.example", 0), &made), SK_EREFUSED);
	assert_int_equal(why, SK_PASSKEY_PARTY);
	struct sk_passkey_answer a = creation("webauthn.create", 0x45, "city.example", 0);
	for (size_t n = 0; n < 152; n++) {
		a.authenticator.n = n;
		assert_int_equal(registered(a, &made), SK_EREFUSED);
	}
}

static void test_parties(void **state)
{
	struct sk_passkey_party p;
	char host[254];

	assert_int_equal(sk_passkey_party_of("https://portal.city.example:8443", host, &p), 0);
	assert_string_equal(p.id, "portal.city.example");
	assert_string_equal(p.origin, "https://portal.city.example:8443");
	assert_int_equal(sk_passkey_party_of(NULL, host, &p), SK_EARG);
	assert_int_equal(sk_passkey_party_of("http://portal.city.example", host, &p), SK_EARG);
	assert_int_equal(sk_passkey_party_of("https://", host, &p), SK_EARG);
}

/* Only a challenge of 32 bytes, in the one place where it belongs. */
static void test_challenge_of(void **state)
{
	static const char good[] =
	    "{\"type\":\"webauthn.get\",\"challenge\":\""
	    "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA\",\"origin\":\"x\"}";
	struct sk_slice s = sk_slice_str(good);
	uint8_t c[32];

	assert_int_equal(sk_passkey_challenge_of(s, "get", c), 0);
	for (uint8_t i = 0; i < 32; i++)
		assert_int_equal(c[i], i + 1);
	assert_int_equal(sk_passkey_challenge_of(s, "create", c), SK_EFORMAT);
	for (size_t n = 0; n < strlen(good) - strlen("\",\"origin\":\"x\"}"); n++)
		assert_int_equal(sk_passkey_challenge_of(sk_slice(s.p, n), "get", c), SK_EFORMAT);
	assert_int_equal(
	    sk_passkey_challenge_of(sk_slice_str("{\"type\":\"webauthn.get\",\"challenge\":\""
						 "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHy+\"}"),
		"get", c),
	    SK_EFORMAT);
}

static void test_answers_as_lines(void **state)
{
	static const char *const bad[] = {"", "YQ", "YQ\nYg\nYw", "YQ\nYg\nYw\nZA\n\n",
	    "YQ\nYg\nYw\nZA\nZQ", "YQ\n\nYw\nZA", "YQ==\nYg\nYw\nZA", "Y\nYg\nYw\nZA",
	    "YR\nYg\nYw\nZA", "+/+/\nYg\nYw\nZA"};
	struct sk_buf b = SK_BUF(8192);
	struct sk_passkey_answer a;
	struct sk_slice credential, object;

	assert_int_equal(
	    sk_passkey_answer_read(SK_SLICE_LIT("YQ\nYg\nYw\nZGQ\n"), &b, &credential, &a), 0);
	assert_true(sk_slice_is(credential, "a") && sk_slice_is(a.authenticator, "b") &&
		    sk_slice_is(a.client, "c") && sk_slice_is(a.signature, "dd"));
	assert_int_equal(
	    sk_passkey_answer_read(SK_SLICE_LIT("YQ\nYg\nYw\n-_-_"), &b, &credential, &a), 0);
	assert_int_equal(sk_passkey_creation_read(SK_SLICE_LIT("YQ\nYg"), &b, &a, &object), 0);
	assert_true(sk_slice_is(a.authenticator, "a") && sk_slice_is(a.client, "b"));
	assert_int_equal(
	    sk_passkey_creation_read(SK_SLICE_LIT("YQ\nYg\nYw\nZA"), &b, &a, &object), SK_EFORMAT);
	assert_int_equal(sk_passkey_creation_read(SK_SLICE_LIT("YQ"), &b, &a, &object), SK_EFORMAT);
	assert_int_equal(sk_passkey_creation_read(SK_SLICE_LIT("YQ\nYg\nYw"), &b, &a, &object), 0);
	assert_true(sk_slice_is(object, "c"));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(
		    sk_passkey_answer_read(sk_slice_str(bad[i]), &b, &credential, &a), SK_EFORMAT);
	sk_buf_free(&b);
}

#define T(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_challenge),
	    T(test_challenge_of_an_original),
	    T(test_original),
	    T(test_challenge_of_each_part),
	    T(test_what_cannot_be_asked),
	    T(test_both_algorithms),
	    T(test_forms_of_client_data),
	    T(test_several),
	    T(test_refused),
	    T(test_another_decision),
	    T(test_classes_by_their_place),
	    T(test_each_bit),
	    T(test_another_key),
	    T(test_counters),
	    T(test_text),
	    T(test_names),
	    T(test_cose),
	    T(test_register),
	    T(test_parties),
	    T(test_challenge_of),
	    T(test_answers_as_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
