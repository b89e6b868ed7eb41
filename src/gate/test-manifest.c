/* Manifests: what a giver proves is taken; each thing that a giver, or somebody between, can do to one is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"
#include "gate/test-offer.h"
#include "passkey/test-authenticator.h"

static struct giver giver;
static struct sk_arena *arena;
static struct sk_manifest_keys keys;
static struct sk_leaf said;
static struct sk_manifest got;
static char why[SK_MANIFEST_WHY];

static void pin(const struct giver *g)
{
	struct sk_buf b = SK_BUF(1000);

	giver_key(g, &b);
	assert_int_equal(sk_manifest_keys_read(sk_buf_slice(&b), sk_slice("", 0), &keys), 0);
	sk_buf_free(&b);
}

static int setup(void **state)
{
	arena = sk_arena_new((size_t)16 << 20);
	keys = (struct sk_manifest_keys){.from = "internet", .to = "lgwan", .now = OFFER_NOW + 60};
	offer_say(&said);
	if (arena == NULL || !giver_begin(&giver, OFFER_ORIGIN, 1))
		return -1;
	pin(&giver);
	return 0;
}

static int teardown(void **state)
{
	giver_end(&giver);
	sk_arena_free(arena);
	return 0;
}

static int check(struct sk_slice receipt)
{
	return sk_manifest_check(receipt, &keys, arena, &got, why);
}

static int check_said(void)
{
	struct sk_buf b = SK_BUF(1 << 20);

	assert_true(offer_manifest(&giver, &said, &b));
	int rc = check(sk_buf_slice(&b));
	sk_buf_free(&b);
	return rc;
}

static void refused(const char *word)
{
	int rc = check_said();

	if (rc != SK_EREFUSED || strcmp(why, word) != 0)
		fail_msg("%d %s, not %s", rc, why, word);
	offer_say(&said);
}

static void say(enum sk_entry_field f, const char *value)
{
	said.field[f] = value ? sk_slice_str(value) : (struct sk_slice){0};
}

static void test_what_is_right_is_taken(void **state)
{
	assert_int_equal(check_said(), 0);
	assert_string_equal(got.id, "00112233445566778899aabbccddeeff");
	assert_string_equal(got.route, "file-in");
	assert_string_equal(got.type, "docx");
	assert_string_equal(got.class, "2");
	assert_string_equal(got.requester, "tanto-1");
	assert_string_equal(got.recipient, "tanto-2");
	assert_string_equal(got.file, "予定表.docx");
	assert_string_equal(got.removed, "ooxml.macro=1");
	assert_string_equal(got.origin, OFFER_ORIGIN);
	assert_string_equal(got.from, "internet");
	assert_null(got.found);
	assert_null(got.cleaner);
	assert_int_equal(got.hash_out[31], 2);
	assert_int_equal(got.size_out, 900);
	assert_int_equal(got.expires, 1764600000000);
	assert_int_equal(got.index, 2);
	assert_int_equal(got.size, 4);
	assert_false(got.cosigned);
	assert_int_equal(got.request.request.cleaned[SK_STEP_REBUILD], SK_YES);
	assert_string_equal(got.request.request.requester, "tanto-1");
}

/* The giver's word about what happens at the receiver is worth nothing. */
static void test_what_only_the_receiver_knows(void **state)
{
	say(SK_ENTRY_PERSONAL_REQUEST,
	    "{\"carry\":\"file\",\"from\":\"internet\",\"to\":\"lgwan\",\"route\":\"file-in\",\"requester\":\"tanto-1\","
	    "\"confidentiality\":\"2\",\"rebuild\":\"yes\",\"verified\":\"yes\",\"released\":"
	    "\"2025-11-24T00:00\",\"downloads\":3}");
	assert_int_equal(check_said(), 0);
	assert_int_equal(got.request.request.verified, SK_NOT_KNOWN);
	assert_int_equal(got.request.request.released, SK_UNKNOWN);
	assert_int_equal(got.request.request.downloads, SK_UNKNOWN);
}

static void test_what_must_be_said(void **state)
{
	static const enum sk_entry_field must[] = {SK_ENTRY_TRANSFER, SK_ENTRY_ROUTE, SK_ENTRY_FROM,
	    SK_ENTRY_TO, SK_ENTRY_AUTH, SK_ENTRY_TYPE_OUT, SK_ENTRY_HASH_IN, SK_ENTRY_HASH_OUT,
	    SK_ENTRY_HASH_POLICY, SK_ENTRY_SIZE_OUT, SK_ENTRY_EXPIRES, SK_ENTRY_PERSONAL_REQUESTER,
	    SK_ENTRY_PERSONAL_REQUEST};
	static const enum sk_entry_field may[] = {SK_ENTRY_SIZE_IN, SK_ENTRY_TYPE_CLAIMED,
	    SK_ENTRY_TYPE_FOUND, SK_ENTRY_METHOD, SK_ENTRY_REMOVED, SK_ENTRY_PERSONAL_RECIPIENT,
	    SK_ENTRY_PERSONAL_FILE};
	char word[80];

	for (size_t i = 0; i < sizeof(must) / sizeof(must[0]); i++) {
		say(must[i], NULL);
		snprintf(word, sizeof(word), "manifest.missing.%s", sk_entry_field_name(must[i]));
		refused(word);
	}
	for (size_t i = 0; i < sizeof(may) / sizeof(may[0]); i++)
		say(may[i], NULL);
	assert_int_equal(check_said(), 0);
	assert_null(got.file);
}

static void test_what_is_said_twice(void **state)
{
	static const struct {
		enum sk_entry_field f;
		const char *value, *word;
	} other[] = {{SK_ENTRY_ROUTE, "file-out", "manifest.differs.route"},
	    {SK_ENTRY_CLASS, "1", "manifest.differs.class"},
	    {SK_ENTRY_CLASS, NULL, "manifest.differs.class"},
	    {SK_ENTRY_TYPE_CLAIMED, "pdf", "manifest.differs.type.claimed"},
	    {SK_ENTRY_TYPE_FOUND, "pdf", "manifest.differs.type.found"},
	    {SK_ENTRY_SIZE_IN, "999", "manifest.differs.size.in"},
	    {SK_ENTRY_PERSONAL_REQUESTER, "tanto-9", "manifest.differs.personal.requester"},
	    {SK_ENTRY_FROM, "mynumber", "manifest.differs.from"},
	    {SK_ENTRY_TO, "mynumber", "manifest.differs.to"}};

	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		say(other[i].f, other[i].value);
		refused(other[i].word);
	}
	keys.from = "mynumber"; /* the zone of the link is another than the manifest's */
	refused("manifest.from");
	keys.from = "internet";
	keys.to = "mynumber";
	refused("manifest.to");
	keys.to = NULL;
	refused("manifest.keys");
}

/* A name that is no word of ASCII stands in the entry by its place. */
static void test_names_in_japanese(void **state)
{
	keys.from = "庁外";
	say(SK_ENTRY_PERSONAL_REQUEST,
	    "{\"carry\":\"file\",\"from\":\"庁外\",\"to\":\"lgwan\",\"route\":\"持込み\","
	    "\"requester\":\"tanto-1\",\"confidentiality\":\"機密性2\",\"rebuild\":\"yes\"}");
	say(SK_ENTRY_FROM, "zone-2");
	say(SK_ENTRY_ROUTE, "route-0");
	say(SK_ENTRY_CLASS, "confidentiality-1");
	assert_int_equal(check_said(), 0);
	assert_string_equal(got.route, "持込み");
	assert_string_equal(got.class, "機密性2");
	say(SK_ENTRY_ROUTE, "file-in");
	refused("manifest.differs.route");
}

static void test_requests_that_are_none(void **state)
{
	static const struct {
		const char *request, *word;
	} bad[] = {{"{}", "manifest.malformed.personal.request"},
	    {"x", "manifest.malformed.personal.request"},
	    {OFFER_REQUEST "x", "manifest.malformed.personal.request"},
	    {"{\"carry\":\"file\",\"carry\":\"file\"}", "manifest.malformed.personal.request"},
	    {"{\"carry\":\"file\",\"wish\":1}", "manifest.malformed.personal.request"},
	    {"{\"carry\":\"screen\",\"from\":\"internet\",\"to\":\"lgwan\",\"route\":\"file-in\",\"requester\":\"tanto-1\",\"confidentiality\":\"2\","
	     "\"rebuild\":\"yes\"}",
		"manifest.malformed.carry"},
	    {"{\"carry\":\"file\",\"from\":\"internet\",\"to\":\"lgwan\",\"route\":\"file-in\",\"requester\":\"tanto-1\",\"confidentiality\":\"2\","
	     "\"rebuild\":\"no\",\"flatten\":\"no\"}",
		"manifest.uncleaned"},
	    {"{\"carry\":\"file\",\"from\":\"internet\",\"to\":\"lgwan\",\"route\":\"file-in\",\"requester\":\"tanto-1\",\"confidentiality\":\"2\"}",
		"manifest.uncleaned"},
	    {"{\"carry\":\"file\",\"from\":\"internet\",\"to\":\"lgwan\",\"route\":\"file-in\",\"requester\":\"tanto-1\",\"confidentiality\":\"2\","
	     "\"rebuild\":\"yes\",\"original\":\"yes\"}",
		"manifest.original"}};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		say(SK_ENTRY_PERSONAL_REQUEST, bad[i].request);
		refused(bad[i].word);
	}
}

static void test_names_are_no_paths(void **state)
{
	static const char *const names[] = {
	    "../x", "a/b", "a\\b", ".", "..", "a\nb", "a\x7F", "\xFF", ""};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		say(SK_ENTRY_PERSONAL_FILE, names[i]);
		refused("manifest.malformed.personal.file");
	}
	say(SK_ENTRY_PERSONAL_RECIPIENT, "a\nb");
	refused("manifest.malformed.personal.recipient");
}

static void test_kinds_and_times(void **state)
{
	say(SK_ENTRY_KIND, "transfer.release");
	refused("manifest.kind");
	say(SK_ENTRY_AUTH, "trust-me");
	refused("manifest.auth");
	say(SK_ENTRY_TIME, "1764009999999");
	refused("manifest.clock");
	say(SK_ENTRY_EXPIRES, "1764000060000");
	refused("manifest.expired");
	say(SK_ENTRY_EXPIRES, "1764000061000");
	assert_int_equal(check_said(), 0);
}

/* A ledger of the same name with another key, and a true one of somebody else. */
static void test_other_ledgers(void **state)
{
	struct giver thief, stranger;
	struct sk_buf b = SK_BUF(1 << 20);

	assert_true(giver_begin(&thief, OFFER_ORIGIN, 2));
	assert_true(offer_manifest(&thief, &said, &b));
	assert_int_equal(check(sk_buf_slice(&b)), SK_EREFUSED);
	assert_string_equal(why, "checkpoint.key");
	giver_end(&thief);
	sk_buf_reset(&b);
	assert_true(giver_begin(&stranger, "city.example/mynumber", 3));
	assert_true(offer_manifest(&stranger, &said, &b));
	assert_int_equal(check(sk_buf_slice(&b)), SK_EREFUSED);
	assert_string_equal(why, "checkpoint.origin");
	pin(&stranger);
	assert_int_equal(check(sk_buf_slice(&b)), 0);
	giver_end(&stranger);
	sk_buf_free(&b);
}

static void test_without_openings(void **state)
{
	struct sk_buf b = SK_BUF(1 << 20);

	assert_int_equal(sk_ledger_receipt(giver.ledger, offer_log(&giver, said), false, &b), 0);
	assert_int_equal(check(sk_buf_slice(&b)), SK_EREFUSED);
	assert_string_equal(why, "manifest.missing.personal.requester");
	sk_buf_free(&b);
}

/* An opening of another entry: the salt is another. */
static void test_openings_of_another_entry(void **state)
{
	struct sk_buf a = SK_BUF(1 << 20), b = SK_BUF(1 << 20), raw = SK_BUF(1 << 20),
		      other = SK_BUF(1 << 20), forged = SK_BUF(1 << 20);
	struct sk_slice line, rest, extra = {0};

	assert_true(offer_manifest(&giver, &said, &a));
	assert_true(offer_manifest(&giver, &said, &b));
	rest = sk_buf_slice(&a);
	sk_lv_line(&rest, &line);
	sk_lv_line(&rest, &extra);
	assert_int_equal(sk_lv_base64(sk_slice_sub(extra, 6, SIZE_MAX), &raw), 0);
	struct sk_slice rest_b = sk_buf_slice(&b);
	sk_lv_line(&rest_b, &line);
	sk_lv_line(&rest_b, &line);
	assert_int_equal(sk_lv_base64(sk_slice_sub(line, 6, SIZE_MAX), &other), 0);
	size_t at = sk_slice_find(sk_buf_slice(&raw), 0, SK_SLICE_LIT("opening "));
	size_t from = sk_slice_find(sk_buf_slice(&other), 0, SK_SLICE_LIT("opening "));
	struct sk_buf mixed = SK_BUF(1 << 20);
	sk_buf_put_slice(&mixed, sk_slice_sub(sk_buf_slice(&raw), 0, at));
	sk_buf_put_slice(&mixed, sk_slice_sub(sk_buf_slice(&other), from, SIZE_MAX));
	sk_buf_puts(&forged, "c2sp.org/tlog-proof@v1\nextra ");
	sk_base64_write(sk_buf_slice(&mixed), &forged);
	sk_buf_putc(&forged, '\n');
	sk_buf_put_slice(&forged, rest);
	assert_int_equal(check(sk_buf_slice(&forged)), SK_EREFUSED);
	assert_string_equal(why, "receipt.opening");
	sk_buf_free(&a);
	sk_buf_free(&b);
	sk_buf_free(&raw);
	sk_buf_free(&other);
	sk_buf_free(&mixed);
	sk_buf_free(&forged);
}

/* Each byte is in its form, its proof or a signature, or in the keys that it brings along and that are not believed. */
static void test_each_byte(void **state)
{
	struct sk_buf b = SK_BUF(1 << 20), keys_text = SK_BUF(1000);
	size_t good = 0;

	assert_true(offer_manifest(&giver, &said, &b));
	for (size_t at = 0; at < b.len; at++) {
		b.p[at] ^= 1;
		int rc = check(sk_buf_slice(&b));
		b.p[at] ^= 1;
		assert_true(rc == 0 || why[0]);
		good += rc == 0;
	}
	giver_key(&giver, &keys_text);
	assert_true(good <= keys_text.len * 4 / 3 + 4); /* in base 64 */
	sk_buf_free(&b);
	sk_buf_free(&keys_text);
}

static void test_cut_off(void **state)
{
	struct sk_buf b = SK_BUF(1 << 20);

	assert_true(offer_manifest(&giver, &said, &b));
	for (size_t n = 0; n < b.len; n += 7) {
		assert_true(check(sk_slice(b.p, n)) < 0);
		assert_true(why[0]);
	}
	sk_buf_free(&b);
}

static void test_too_long(void **state)
{
	static char comment[SK_ENTRY_PERSONAL + 1];
	struct sk_buf b = SK_BUF(1 << 20);

	memset(comment, 'x', SK_ENTRY_PERSONAL);
	say(SK_ENTRY_PERSONAL_COMMENT, comment);
	assert_int_equal(check_said(), 0);
	say(SK_ENTRY_PERSONAL_SECOND, comment);
	assert_int_equal(check_said(), 0);
	say(SK_ENTRY_PERSONAL_ACTOR, comment);
	assert_true(offer_manifest(&giver, &said, &b));
	assert_int_equal(check(sk_buf_slice(&b)), SK_EFORMAT);
	assert_string_equal(why, "manifest.size");
	sk_buf_free(&b);
}

static void test_keys(void **state)
{
	static const char *const bad[] = {"", "\n", "x\n",
	    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2\n"};
	static const char foo[] =
	    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
	struct sk_manifest_keys k = {.now = 1};
	struct sk_slice none = sk_slice("", 0);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(sk_manifest_keys_read(sk_slice_str(bad[i]), none, &k), SK_EFORMAT);
	assert_int_equal(
	    sk_manifest_keys_read(sk_slice_str(foo), sk_slice_str(foo), &k), SK_EFORMAT);
	assert_int_equal(sk_manifest_keys_read(sk_slice_str(foo), none, &k), 0);
	assert_int_equal(k.trust.logs, 1);
	assert_int_equal(k.now, 1);
	keys.trust.logs = 0;
	refused("manifest.keys");
}

/* --- votes --- */

#define VOTED(passkey) \
	"{\"carry\":\"file\",\"from\":\"internet\",\"to\":\"lgwan\",\"route\":\"file-in\",\"requester\":\"tanto-1\"," \
	"\"confidentiality\":\"2\",\"rebuild\":\"yes\",\"votes\":[{\"member\":\"kacho-1\",\"hold\":\"approval\"," \
	"\"allow\":\"yes\",\"passkey\":\"" passkey "\",\"at\":\"2025-11-24T00:00\"}]}"

/* What kacho-1's passkey signs. */
static const char *signature(const char *member, const char *class, bool allow, const char *hold)
{
	static char text[4000];
	static const uint8_t output[32] = {[31] = 2}, policy[32] = {[31] = 3};
	static const struct sk_passkey_party party = {
	    "city.example", "https://portal.city.example"};
	struct sk_passkey_asked asked = {
	    "00112233445566778899aabbccddeeff", output, policy, class, allow, hold};
	struct sk_buf b = SK_BUF(4000);
	struct authenticator auth;
	uint8_t challenge[32];

	authenticator_new(&auth, SK_PASSKEY_ES256, 5);
	struct sk_passkey_key key = authenticator_key(&auth);
	assert_int_equal(sk_passkey_challenge(&asked, challenge), 0);
	struct sk_passkey_answer a = authenticator_answer(&auth, challenge);
	assert_int_equal(sk_passkey_write(&asked, member, &party, &key, &a, &b), 0);
	snprintf(text, sizeof(text), "%.*s", (int)b.len, (const char *)b.p);
	sk_buf_free(&b);
	return text;
}

static void say_signed(const char *member, const char *class, bool allow, const char *hold)
{
	say(SK_ENTRY_PERSONAL_REQUEST, VOTED("yes"));
	say(SK_ENTRY_AUTH, "passkey");
	say(SK_ENTRY_PERSONAL_ASSERTION, signature(member, class, allow, hold));
}

static void test_a_passkey(void **state)
{
	say_signed("kacho-1", "2", true, "approval");
	assert_int_equal(check_said(), 0);
	assert_string_equal(got.auth, "passkey");
	assert_int_equal(got.request.request.votes[0].passkey, SK_YES);
	assert_non_null(got.assertion);
}

static void test_a_vote_of_tomorrow(void **state)
{
	char request[600];

	say(SK_ENTRY_AUTH, "os-login");
	say(SK_ENTRY_PERSONAL_REQUEST, VOTED("no"));
	assert_int_equal(check_said(), 0);
	offer_say(&said);
	snprintf(request, sizeof(request), "%s", VOTED("no"));
	memcpy(strstr(request, "2025-11-24"), "2035-11-24", 10);
	say(SK_ENTRY_AUTH, "os-login");
	say(SK_ENTRY_PERSONAL_REQUEST, request);
	refused("manifest.clock");
}

static void test_passkeys_that_signed_something_else(void **state)
{
	say_signed("kacho-2", "2", true, "approval");
	refused("manifest.passkey");
	say_signed("kacho-1", "2", false, "approval");
	refused("manifest.passkey");
	say_signed("kacho-1", "2", true, "leak");
	refused("manifest.passkey");
	say_signed("kacho-1", "1", true, "approval");
	refused("assertion.other");
	say_signed("kacho-1", "2", true, "approval");
	say(SK_ENTRY_PERSONAL_ASSERTION, NULL);
	refused("manifest.passkey");
	say_signed("kacho-1", "2", true, "approval"); /* and then the bytes were swapped */
	say(SK_ENTRY_HASH_OUT, "00000000000000000000000000000000000000000000000000000000000000ff");
	refused("assertion.other");
	say_signed("kacho-1", "2", true, "approval"); /* of another transfer */
	say(SK_ENTRY_TRANSFER, "ff112233445566778899aabbccddeeff");
	refused("assertion.other");
}

static void test_how_it_was_approved(void **state)
{
	say(SK_ENTRY_PERSONAL_REQUEST, VOTED("no"));
	say(SK_ENTRY_AUTH, "password");
	assert_int_equal(check_said(), 0);
	say(SK_ENTRY_AUTH, "os-login");
	assert_int_equal(check_said(), 0);
	say(SK_ENTRY_AUTH, "passkey");
	refused("manifest.auth");
	say(SK_ENTRY_PERSONAL_REQUEST, VOTED("no"));
	refused("manifest.auth"); /* somebody approved, by nothing */
	say(SK_ENTRY_AUTH, "password");
	refused("manifest.auth"); /* nobody did */
}

/* --- how it ended --- */

static int ended(const char *id, const char *event)
{
	struct sk_buf b = SK_BUF(1 << 20);

	assert_true(offer_manifest(&giver, &said, &b));
	int rc = sk_manifest_end(sk_buf_slice(&b), &keys, id, event, why);
	sk_buf_free(&b);
	return rc;
}

static void test_the_end(void **state)
{
	static const char id[] = "00112233445566778899aabbccddeeff";
	struct giver thief;
	struct sk_buf b = SK_BUF(1 << 20);

	say(SK_ENTRY_KIND, "transfer.release");
	assert_int_equal(ended(id, "release"), 0);
	assert_int_equal(ended(id, "reject"), SK_EREFUSED);
	assert_string_equal(why, "manifest.kind");
	assert_int_equal(ended(id, ""), SK_EREFUSED);
	assert_int_equal(ended("ff112233445566778899aabbccddeeff", "release"), SK_EREFUSED);
	assert_string_equal(why, "manifest.differs.transfer");
	assert_int_equal(sk_manifest_end(sk_slice("", 0), &keys, id, "release", why), SK_EFORMAT);
	assert_string_equal(why, "receipt.malformed");
	assert_true(giver_begin(&thief, OFFER_ORIGIN, 2));
	assert_true(offer_manifest(&thief, &said, &b));
	assert_int_equal(sk_manifest_end(sk_buf_slice(&b), &keys, id, "release", why), SK_EREFUSED);
	assert_string_equal(why, "checkpoint.key");
	giver_end(&thief);
	sk_buf_free(&b);
	keys.from = NULL;
	assert_int_equal(ended(id, "release"), SK_EREFUSED);
	assert_string_equal(why, "manifest.keys");
}

/* Whatever is said to fit is short enough, and not much less than could be said. */
static void test_what_fits(void **state)
{
	static char removed[9000], comment[SK_ENTRY_PERSONAL + 1], second[SK_ENTRY_PERSONAL + 1];
	size_t clear, longest = 0;

	for (size_t shown = 1000; shown < 24000; shown += 4500)
		for (size_t codes = 0; codes < 500; codes += 120) {
			struct sk_buf b = SK_BUF(1 << 20);
			size_t n = 0;
			for (size_t i = 0; i < codes; i++)
				n += (size_t)snprintf(removed + n, sizeof(removed) - n,
				    "%sc%05zu=1", i ? "," : "", i);
			offer_say(&said);
			say(SK_ENTRY_REMOVED, codes ? removed : NULL);
			size_t half = shown / 2;
			memset(comment, 'x', half);
			comment[half] = 0;
			memset(second, 'y', half);
			second[half] = 0;
			say(SK_ENTRY_PERSONAL_COMMENT, comment);
			say(SK_ENTRY_PERSONAL_SECOND, second);
			assert_true(offer_manifest(&giver, &said, &b));
			clear = 2048 + n;
			size_t all = 2 * half + strlen(OFFER_REQUEST) + 100;
			if (sk_manifest_fits(clear, all)) {
				assert_true(b.len <= SK_MANIFEST_BYTES);
				longest = b.len > longest ? b.len : longest;
			}
			sk_buf_free(&b);
		}
	assert_true(longest > SK_MANIFEST_BYTES / 2);
	assert_false(sk_manifest_fits(SIZE_MAX, 1));
	assert_false(sk_manifest_fits(1, SIZE_MAX));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_what_is_right_is_taken),
	    T(test_what_only_the_receiver_knows),
	    T(test_what_must_be_said),
	    T(test_what_is_said_twice),
	    T(test_names_in_japanese),
	    T(test_requests_that_are_none),
	    T(test_names_are_no_paths),
	    T(test_kinds_and_times),
	    T(test_other_ledgers),
	    T(test_without_openings),
	    T(test_openings_of_another_entry),
	    T(test_each_byte),
	    T(test_cut_off),
	    T(test_too_long),
	    T(test_keys),
	    T(test_a_vote_of_tomorrow),
	    T(test_a_passkey),
	    T(test_passkeys_that_signed_something_else),
	    T(test_how_it_was_approved),
	    T(test_the_end),
	    T(test_what_fits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
