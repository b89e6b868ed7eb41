/*
 * Tests of what people ask, of a gate as a process, from the place of its front end: who may what, what is shown to whom,
 * and that originals come out here alone, after somebody said so. Takes the gate's path.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "base/hex.h"
#include "base/limits.h"
#include "front/front.h"
#include "gate/state.h"
#include "desk/test-browser.h"
#include "post/test-role.h"
#include "store/db.h"
#include "store/master.h"

static const char policy[] =
    "sekisho policy 1\n"
    "city \"例示市\" { code \"000000\"; timezone \"Asia/Tokyo\"; adopted 2005-04-01 }\n"
    "classes confidentiality {\n\"3A\" > \"3B\" > \"3C\" > \"2\" > \"1\"\n}\n"
    "zone mynumber { name \"個人番号\"; networks 10.1.0.0/16 }\n"
    "zone lgwan { name \"LGWAN\"; networks 10.2.0.0/16; holds confidentiality <= \"3B\" }\n"
    "zone internet { name \"ネット\"; networks 10.3.0.0/16; holds confidentiality <= \"2\" }\n"
    "protect mynumber > lgwan > internet\n"
    "clause \"6.3\" \"強靭性\"\n"
    "control c for clause \"6.3\" { check net.no-path every 1 day }\n"
    "role boss { name \"課長\"; may approve, release-original }\n"
    "role staff { name \"職員\" }\n"
    "role runs { name \"管理者\"; may administer }\n"
    "role looks { name \"監査\"; may audit }\n"
    "role chief { name \"統括\"; may oversee }\n"
    "department city \"市\"\n"
    "department shimin \"市民課\" in city\n"
    "role ciso { name \"CISO\"; may approve, release-original }\n"
    "member fuku { name \"副市長\"; department city; role ciso; deputy cho }\n"
    "member cho { name \"課長\"; department shimin; role boss }\n"
    "member ichi { name \"職員1\"; department shimin; role staff }\n"
    "member ni { name \"職員2\"; department shimin; role staff }\n"
    "member kan { name \"管理者\"; department city; role runs }\n"
    "member sou { name \"統括\"; department city; role chief }\n"
    "member kansa { name \"監査\"; department city; role looks }\n"
    "route file-out from lgwan to internet {\ncarry file\nclean rebuild\n"
    "require class confidentiality <= \"2\"\napprove by superior, deputy after 4 hours\nkeep original 30 days\n"
    "expire 7 days, downloads 3\nclause \"6.3\"\n}\n"
    "route file-in from internet to lgwan {\ncarry file\nclean rebuild\nexpire 7 days, downloads 1\nclause \"6.3\"\n}\n";

enum { ROOT = 0, ICHI = 1001, NI, CHO, KAN, KANSA, SOU, NOBODY };

static char top[64];
static const char *settings = ""; /* more of them */
static int answers;
static uint32_t serial;
static json_t *last;

/* --- the talk --- */

static int serve_answer(void *ctx, struct sk_message *m)
{
	json_decref(last);
	last = json_loadb((const char *)m->body.p, m->body.n, 0, NULL);
	assert_non_null(last);
	assert_int_equal(m->serial, serial);
	answers++;
	return 0;
}

/* Bytes that the gate handed out. */
static struct sk_bytes bytes;
static int handed = -1;

static int serve_handed(void *ctx, struct sk_message *m)
{
	struct sk_slice json;

	assert_int_equal(sk_front_get_handed(m->body, &bytes, &json), 0);
	json_decref(last);
	last = json_loadb((const char *)json.p, json.n, 0, NULL);
	assert_non_null(last);
	assert_int_equal(m->serial, serial);
	sk_close(&handed);
	handed = m->fds[0];
	m->fds[0] = -1;
	answers++;
	return 0;
}

static const struct sk_permit heard[] = {{SK_FRONT_ANSWER, 1, 2, SK_CHANNEL_BODY, 0, serve_answer},
    {SK_FRONT_HANDED, 1, SK_BYTES_WIRE + 2, SK_CHANNEL_BODY, 1, serve_handed}};

static void put(uint32_t uid, const char *json)
{
	struct sk_buf b = SK_BUF(SK_CHANNEL_BODY);

	sk_close(&handed);
	assert_int_equal(sk_front_put_user(uid, sk_slice_str(json), &b), 0);
	assert_int_equal(
	    sk_channel_send(&role_gate, SK_FRONT_ASK, ++serial, sk_buf_slice(&b), NULL, 0), 0);
	sk_buf_free(&b);
	role_await(&answers, answers + 1);
}

static const char *said(const char *name)
{
	const char *text = json_string_value(json_object_get(last, name));

	return text ? text : "";
}

/* The answer is yes. */
static void ask(uint32_t uid, const char *json)
{
	put(uid, json);
	if (strcmp(said("status"), "ok") != 0)
		fail_msg("%s: %s %s", json, said("why"), said("field"));
}

static void refused(uint32_t uid, const char *json, const char *why)
{
	put(uid, json);
	if (strcmp(said("why"), why) != 0)
		fail_msg("%s: %s instead of %s", json, said("why"), why);
}

static const char *of(const char *object, const char *name)
{
	const char *text = json_string_value(json_object_get(json_object_get(last, object), name));

	return text ? text : "";
}

#define SEND \
	"{\"ask\":\"send\",\"to\":\"internet\",\"name\":\"案.txt\",\"class\":\"2\",\"reason\":\"照会\"}"

/* Bytes that are brought: whole, with the number of the upload and what is to be said about it. */
static void bring(uint32_t uid, const char *text, char more[256])
{
	struct sk_sealing *s = NULL;
	uint8_t sum[32];
	char json[64], hash[65];
	uint64_t size;

	snprintf(json, sizeof(json), "{\"ask\":\"upload.begin\",\"size\":%zu}", strlen(text));
	put(uid, json);
	more[0] = '\0';
	if (handed < 0)
		return;
	assert_true(bytes.sealed);
	assert_int_equal(bytes.size, strlen(text));
	assert_int_equal(sk_sealing_new(handed, &bytes, &s), 0);
	assert_int_equal(sk_sealing_put(s, text, strlen(text)), 0);
	assert_int_equal(sk_sealing_end(s, sum, &size), 0);
	sk_sealing_free(s);
	sk_hex_text(hash, sum, sizeof(sum));
	snprintf(more, 256, ",\"upload\":\"%s\",\"hash\":\"%s\",\"size\":%zu}", said("upload"),
	    hash, strlen(text));
}

static void send_brought(uint32_t uid, const char *json, const char *more)
{
	char whole[1024];

	snprintf(whole, sizeof(whole), "%.*s%s", (int)strlen(json) - (more[0] ? 1 : 0), json, more);
	put(uid, whole);
}

/* Of a number that the sender chose, or, NULL, the gate. */
static void send_file(uint32_t uid, const char *json, char id[33])
{
	char more[256];

	bring(uid, "本文\n", more);
	send_brought(uid, json, more);
	if (id)
		snprintf(id, 33, "%s", of("transfer", "id"));
}

/* A question about one transfer. */
static const char *about(const char *what, const char *id, const char *more)
{
	static char json[512];

	snprintf(json, sizeof(json), "{\"ask\":\"%s\",\"id\":\"%s\"%s}", what, id, more);
	return json;
}

/* --- the post --- */

static void put_file(const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0 && fclose(f) == 0);
}

static void make_account(const char *member, uint32_t uid)
{
	char json[256];

	snprintf(json, sizeof(json),
	    "{\"ask\":\"user.add\",\"member\":\"%s\",\"system_user\":\"%s\",\"uid\":%u}", member,
	    member, uid);
	ask(ROOT, json);
}

static void start(void)
{
	char text[512];
	int fd = sk_memfd("settings");

	snprintf(text, sizeof(text),
	    "zone lgwan\npolicy %s/city.policy\nstate %s\nstore sqlite:%s/store.sqlite\n"
	    "portal https://portal.city.example\norganisation %s/city.policy\n%s",
	    top, top, top, top, settings);
	assert_int_equal(sk_write_all(fd, text, strlen(text)), 0);
	role_heard = heard;
	role_nheard = 2;
	role_place = SK_PLACE_CONTROL;
	role_spawn("gate");
	role_hand("settings", fd);
	snprintf(text, sizeof(text), "%s/master.key", top);
	fd = open(text, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	role_hand("master", fd);
	role_go();
	role_await(&role_ready, 1);
}

static int setup(void **state)
{
	char path[128];

	snprintf(top, sizeof(top), "%s/sk-asks-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(top));
	put_file("city.policy", policy);
	snprintf(path, sizeof(path), "%s/master.key", top);
	assert_int_equal(sk_master_create(path), 0);
	start();
	make_account("ichi", ICHI);
	make_account("ni", NI);
	make_account("cho", CHO);
	make_account("kan", KAN);
	make_account("kansa", KANSA);
	make_account("sou", SOU);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int teardown(void **state)
{
	role_stop();
	json_decref(last);
	last = NULL;
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- accounts --- */

static void test_accounts(void **state)
{
	ask(ICHI, "{\"ask\":\"whoami\"}");
	assert_string_equal(said("member"), "ichi");
	assert_string_equal(said("name"), "職員1");
	assert_string_equal(said("zone"), "lgwan");
	assert_string_equal(said("zone_name"), "LGWAN");
	assert_null(json_object_get(last, "wants")); /* no session of the portal */
	ask(ROOT, "{\"ask\":\"whoami\"}");
	assert_true(json_is_true(json_object_get(last, "root")));
	ask(NOBODY, "{\"ask\":\"whoami\"}");
	assert_string_equal(said("member"), "");
	refused(ICHI, "{\"ask\":\"user.add\",\"member\":\"ichi\"}", "no-right");
	refused(ROOT, "{\"ask\":\"user.add\",\"member\":\"dare\"}", "not-member");
	refused(ROOT, "{\"ask\":\"user.add\",\"member\":\"ichi\"}", "user-exists");
	refused(ROOT,
	    "{\"ask\":\"user.link\",\"member\":\"ni\",\"system_user\":\"ichi\",\"uid\":1001}",
	    "user-exists");
	refused(ROOT,
	    "{\"ask\":\"user.link\",\"member\":\"ni\",\"system_user\":\"root\",\"uid\":0}",
	    "value");
	refused(ROOT, "{\"ask\":\"user.password\",\"member\":\"ni\",\"password\":\"himitsu\"}",
	    "value");
	ask(KAN, "{\"ask\":\"user.list\",\"most\":2}");
	assert_int_equal(json_array_size(json_object_get(last, "accounts")), 2);
	assert_string_equal(said("next"), "ichi");
	ask(ICHI, "{\"ask\":\"user.show\",\"member\":\"ichi\"}");
	refused(ICHI, "{\"ask\":\"user.show\",\"member\":\"ni\"}", "no-right");
	ask(KAN, "{\"ask\":\"user.disable\",\"member\":\"ichi\"}");
	refused(ICHI, "{\"ask\":\"list\"}", "disabled");
	ask(KAN, "{\"ask\":\"user.enable\",\"member\":\"ichi\"}");
	ask(ICHI, "{\"ask\":\"list\"}");
	refused(NOBODY, "{\"ask\":\"list\"}", "no-account");
}

static int64_t number_in(const char *list, const char *name)
{
	const json_t *first = json_array_get(json_object_get(last, list), 0);

	return json_integer_value(json_object_get(first, name));
}

static void test_absence(void **state)
{
	int64_t until = ((int64_t)time(NULL) + 3600) * 1000;
	char json[128];

	snprintf(json, sizeof(json), "{\"ask\":\"absence.add\",\"until\":%lld}", (long long)until);
	ask(CHO, json);
	refused(NOBODY, json, "no-account");
	refused(ROOT, json, "missing");
	refused(CHO, "{\"ask\":\"absence.add\",\"until\":1000}", "value");
	ask(CHO, "{\"ask\":\"absence.list\"}");
	assert_int_equal(json_array_size(json_object_get(last, "absences")), 1);
	assert_int_equal(number_in("absences", "until"), until);
	snprintf(json, sizeof(json), "{\"ask\":\"absence.end\",\"number\":%lld}",
	    (long long)number_in("absences", "number"));
	refused(ICHI, json, "no-line");
	refused(ICHI, "{\"ask\":\"absence.list\",\"member\":\"cho\"}", "no-right");
	refused(ICHI, "{\"ask\":\"absence.list\",\"all\":true}", "no-right");
	ask(KANSA, "{\"ask\":\"absence.list\",\"all\":true}");
	assert_int_equal(json_array_size(json_object_get(last, "absences")), 1);
	ask(CHO, json);
	refused(CHO, json, "no-line");
	ask(CHO, "{\"ask\":\"absence.list\"}");
	assert_int_equal(json_array_size(json_object_get(last, "absences")), 0);
}

/* For others whoever runs the post. */
static void test_absence_of_others(void **state)
{
	int64_t soon = ((int64_t)time(NULL) + 3600) * 1000, day = 86400000;
	char json[160];

	snprintf(json, sizeof(json), "{\"ask\":\"absence.add\",\"member\":\"fuku\",\"until\":%lld}",
	    (long long)soon);
	refused(KAN, json, "value"); /* it is over before it could begin */
	snprintf(json, sizeof(json), "{\"ask\":\"absence.add\",\"member\":\"fuku\",\"until\":%lld}",
	    (long long)(soon + 2 * day));
	refused(ICHI, json, "no-right");
	refused(CHO, json, "no-right");
	ask(KAN, json);
	ask(ROOT, "{\"ask\":\"absence.list\",\"member\":\"fuku\"}");
	assert_int_equal(json_array_size(json_object_get(last, "absences")), 1);
	assert_true(number_in("absences", "from") > soon - 3700000 + day);
	assert_string_equal(json_string_value(json_object_get(
				json_array_get(json_object_get(last, "deputies"), 0), "member")),
	    "cho");
	snprintf(json, sizeof(json), "{\"ask\":\"absence.end\",\"number\":%lld}",
	    (long long)number_in("absences", "number"));
	ask(KAN, json);
	refused(ROOT, "{\"ask\":\"absence.add\",\"member\":\"dare\",\"until\":99999999999999}",
	    "not-member");
}

#define ID "00112233445566778899aabbccddeeff"

/* --- the organisation --- */

#define MOVES \
	"\"moves\":\"ni\\t係長\\tcity\\t\\t\\t2026-04-01\\t\\nichi\\t\\t\\t\\t\\t\\t2099-03-31\""

static bool file_says(const char *text)
{
	char path[128], all[8192] = "";

	snprintf(path, sizeof(path), "%s/city.policy", top);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0 && read(fd, all, sizeof(all) - 1) > 0);
	close(fd);
	return strstr(all, text) != NULL;
}

/* Proposed, as whoever decides sees it; *hash: of the policy that it makes. */
static long long propose(uint32_t uid, char hash[65])
{
	ask(uid, "{\"ask\":\"org.propose\"," MOVES "}");
	long long number = json_integer_value(json_object_get(last, "number"));
	char json[64];

	snprintf(json, sizeof(json), "{\"ask\":\"org.show\",\"number\":%lld}", number);
	ask(KANSA, json);
	assert_string_equal(of("proposal", "state"), "open");
	snprintf(hash, 65, "%s", said("policy"));
	return number;
}

static const char *decide(long long number, const char *more)
{
	static char json[256];

	snprintf(json, sizeof(json), "{\"ask\":\"org.decide\",\"number\":%lld%s}", number, more);
	return json;
}

static const char *allow(const char *hash)
{
	static char more[128];

	snprintf(more, sizeof(more), ",\"allow\":true,\"policy\":\"%s\"", hash);
	return more;
}

static void test_preview(void **state)
{
	refused(ICHI, "{\"ask\":\"org.preview\"," MOVES "}", "no-right");
	ask(KAN, "{\"ask\":\"org.preview\"," MOVES "}");
	json_t *list = json_object_get(last, "changes"), *one = json_array_get(list, 0);
	assert_true(json_is_true(json_object_get(last, "good")));
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(json_string_value(json_object_get(one, "from")), "2026-04-01");
	one = json_object_get(one, "department");
	assert_string_equal(json_string_value(json_array_get(one, 0)), "shimin");
	assert_string_equal(json_string_value(json_array_get(one, 1)), "city");
	one = json_object_get(json_array_get(list, 1), "department");
	assert_true(json_is_null(json_array_get(one, 1)));
	ask(KAN, "{\"ask\":\"org.preview\",\"most\":1," MOVES "}");
	assert_string_equal(said("next"), "1");
	refused(KAN, "{\"ask\":\"org.preview\",\"moves\":\"\\nni\\tx\"}", "line");
	assert_string_equal(said("field"), "2");
	assert_string_equal(said("what"), "ni");
	ask(KAN, "{\"ask\":\"org.preview\",\"moves\":\"ni\\t\\tnowhere\\t\\t\\t2026-04-01\"}");
	assert_true(json_is_false(json_object_get(last, "good")));
	refused(KAN, "{\"ask\":\"org.propose\",\"moves\":\"ni\\t\\tnowhere\\t\\t\\t2026-04-01\"}",
	    "bad-policy");
	assert_false(file_says("nowhere"));
	assert_false(file_says("係長"));
}

/* As many as fit a question: with all that is said about them they take several answers, and none of them is missing. */
static void test_many_moves(void **state)
{
	struct sk_buf json = SK_BUF(60000);
	char line[128], next[24] = "";
	size_t seen = 0, parts = 0;

	sk_buf_puts(&json, "{\"ask\":\"org.propose\",\"moves\":\"");
	for (int i = 0; i < 700; i++)
		sk_buf_printf(&json, "%sp%03d\\t市民課の職員\\tshimin\\tstaff\\t\\t2026-04-01\\t",
		    i ? "\\n" : "", i);
	sk_buf_put(&json, "\"}", sizeof("\"}"));
	ask(KAN, (const char *)json.p);
	sk_buf_free(&json);
	long long number = json_integer_value(json_object_get(last, "number"));
	do {
		snprintf(line, sizeof(line),
		    "{\"ask\":\"org.show\",\"number\":%lld,\"most\":200%s%s%s}", number,
		    next[0] ? ",\"after\":\"" : "", next, next[0] ? "\"" : "");
		ask(KANSA, line);
		assert_int_equal(said("moves")[0] != 0, parts++ == 0);
		seen += json_array_size(json_object_get(last, "changes"));
		snprintf(next, sizeof(next), "%s", said("next"));
	} while (next[0]);
	assert_int_equal(seen, 700);
	assert_true(parts > 2);
}

/* Whoever proposes does not decide; what is decided about is the policy that was seen. */
static void test_proposal(void **state)
{
	char hash[65];
	long long number = propose(KAN, hash);

	refused(ICHI, decide(number, allow(hash)), "no-right");
	refused(KANSA, decide(number, allow(hash)), "no-right");
	refused(KAN, decide(number, allow(hash)), "own");
	refused(ROOT, decide(number, allow(hash)), "account");
	refused(ROOT, decide(number, ""), "account");
	refused(ROOT, "{\"ask\":\"org.propose\"," MOVES "}", "account");
	refused(SOU, "{\"ask\":\"org.propose\"," MOVES "}", "no-right");
	refused(SOU, decide(number, ",\"allow\":true"), "missing");
	refused(SOU, decide(number, allow(ID ID)), "changed");
	refused(SOU, decide(number + 1, allow(hash)), "no-line");
	ask(SOU, decide(number, allow(hash)));
	assert_string_equal(of("proposal", "state"), "done");
	assert_true(file_says("係長"));
	ask(NI, "{\"ask\":\"whoami\"}");
	assert_string_equal(said("department"), "city");
	ask(KAN, "{\"ask\":\"status\"}");
	assert_string_equal(of("policy", "hash"), hash);
	refused(SOU, decide(number, allow(hash)), "state");
	number = propose(KAN, hash);
	ask(KAN, decide(number, "")); /* one's own may be taken back */
	assert_string_equal(said("status"), "ok");
	ask(KANSA, "{\"ask\":\"org.list\"}");
	assert_int_equal(json_array_size(json_object_get(last, "proposals")), 2);
	assert_int_equal(number_in("proposals", "number"), number);
}

/* What was approved is not what comes into force when the files have changed meanwhile: it is decided about once more. */
static void test_proposal_overtaken(void **state)
{
	char path[128], hash[65], json[64], *other = NULL;

	snprintf(path, sizeof(path), "%s/city.policy.new", top);
	assert_int_equal(mkdir(path, 0700), 0);
	long long number = propose(KAN, hash);
	ask(SOU, decide(number, allow(hash)));
	assert_string_equal(of("proposal", "state"), "approved");
	assert_int_equal(rmdir(path), 0);
	role_stop();
	assert_true(asprintf(&other, "%sdepartment atarashii \"新\" in city\n", policy) > 0);
	put_file("city.policy", other);
	free(other);
	start();
	assert_false(file_says("係長"));
	snprintf(json, sizeof(json), "{\"ask\":\"org.show\",\"number\":%lld}", number);
	ask(KANSA, json);
	assert_string_equal(of("proposal", "state"), "open");
	assert_string_not_equal(said("policy"), hash);
	snprintf(hash, sizeof(hash), "%s", said("policy"));
	ask(SOU, decide(number, allow(hash)));
	assert_string_equal(of("proposal", "state"), "done");
	assert_true(file_says("係長"));
}

/* What cannot be written when it is approved is written when the gate starts again. */
static void test_proposal_later(void **state)
{
	char path[128], hash[65];

	snprintf(path, sizeof(path), "%s/city.policy.new", top);
	assert_int_equal(mkdir(path, 0700), 0);
	long long number = propose(KAN, hash);
	ask(SOU, decide(number, allow(hash)));
	assert_string_equal(of("proposal", "state"), "approved");
	assert_false(file_says("係長"));
	assert_int_equal(rmdir(path), 0);
	role_stop();
	start();
	assert_true(file_says("係長"));
	ask(KANSA, "{\"ask\":\"org.list\"}");
	assert_string_equal(json_string_value(json_object_get(
				json_array_get(json_object_get(last, "proposals"), 0), "state")),
	    "done");
	ask(NI, "{\"ask\":\"whoami\"}");
	assert_string_equal(said("department"), "city");
}

/* --- what a page shows first --- */

static void test_routes(void **state)
{
	ask(ICHI, "{\"ask\":\"routes\"}");
	json_t *list = json_object_get(last, "routes"), *one = json_array_get(list, 0);
	assert_int_equal(json_array_size(list), 1);
	assert_string_equal(json_string_value(json_object_get(one, "name")), "file-out");
	assert_string_equal(json_string_value(json_object_get(one, "direction")), "out");
	assert_true(json_is_true(json_object_get(one, "class_wanted")));
	list = json_object_get(one, "classes");
	assert_int_equal(json_array_size(list), 5);
	for (size_t i = 0; i < 5; i++) /* 3A, 3B, 3C, 2, 1 */
		assert_int_equal(
		    json_is_true(json_object_get(json_array_get(list, i), "allowed")), i >= 3);
	one = json_array_get(json_object_get(one, "approvers"), 0);
	assert_string_equal(json_string_value(json_object_get(one, "member")), "cho");
	refused(ROOT, "{\"ask\":\"routes\"}", "no-right");
}

static void test_members(void **state)
{
	ask(ICHI, "{\"ask\":\"members\",\"text\":\"市民\"}");
	assert_int_equal(json_array_size(json_object_get(last, "members")), 3);
	ask(ICHI, "{\"ask\":\"members\",\"most\":4}");
	assert_string_equal(said("next"), "ni");
	ask(ICHI, "{\"ask\":\"members\",\"after\":\"ni\"}");
	assert_int_equal(json_array_size(json_object_get(last, "members")), 3);
	ask(ICHI, "{\"ask\":\"departments\"}");
	assert_int_equal(json_array_size(json_object_get(last, "roles")), 6);
	refused(NOBODY, "{\"ask\":\"members\"}", "no-account");
}

static void test_tasks(void **state)
{
	char hash[65];

	ask(SOU, "{\"ask\":\"tasks\"}");
	assert_int_equal(json_integer_value(json_object_get(last, "proposals")), 0);
	propose(KAN, hash);
	ask(SOU, "{\"ask\":\"tasks\"}");
	assert_int_equal(json_integer_value(json_object_get(last, "proposals")), 1);
	ask(KAN, "{\"ask\":\"tasks\"}"); /* his own */
	assert_int_equal(json_integer_value(json_object_get(last, "proposals")), 0);
	ask(ICHI, "{\"ask\":\"tasks\"}");
	assert_int_equal(json_integer_value(json_object_get(last, "proposals")), 0);
	assert_int_equal(json_integer_value(json_object_get(last, "approvals")), 0);
}

static void test_policy(void **state)
{
	refused(ICHI, "{\"ask\":\"policy.text\"}", "no-right");
	ask(KANSA, "{\"ask\":\"policy.text\",\"most\":2}");
	assert_string_equal(said("name"), "city.policy");
	assert_string_equal(said("next"), "2");
	assert_string_equal(json_string_value(json_array_get(json_object_get(last, "lines"), 0)),
	    "sekisho policy 1");
	ask(KANSA, "{\"ask\":\"policy.text\",\"after\":\"2\",\"most\":1}");
	assert_string_equal(json_string_value(json_array_get(json_object_get(last, "lines"), 0)),
	    "classes confidentiality {");
	refused(KANSA, "{\"ask\":\"policy.text\",\"name\":\"other.policy\"}", "value");
	ask(KAN,
	    "{\"ask\":\"policy.explain\",\"all\":true,\"request\":\"{\\\"carry\\\":\\\"file\\\","
	    "\\\"from\\\":\\\"lgwan\\\",\\\"to\\\":\\\"internet\\\",\\\"requester\\\":\\\"ichi\\\","
	    "\\\"claimed\\\":\\\"docx\\\",\\\"confidentiality\\\":\\\"3A\\\"}\"}");
	assert_string_equal(of("decision", "effect"), "deny");
	refused(KAN, "{\"ask\":\"policy.explain\",\"request\":\"{\\\"carry\\\":\\\"boat\\\"}\"}",
	    "value");
	assert_string_equal(said("field"), "carry");
	refused(KAN, "{\"ask\":\"policy.explain\",\"request\":\"{} x\"}", "value");
}

/* --- sending and looking --- */

static void test_send(void **state)
{
	const char *twice =
	    "{\"ask\":\"send\",\"to\":\"internet\",\"name\":\"a.txt\",\"class\":\"2\",\"id\":\"" ID
	    "\"}";

	send_file(ICHI, twice, NULL);
	assert_string_equal(of("transfer", "state"), "cleaning");
	assert_string_equal(of("transfer", "id"), ID);
	send_file(ICHI, twice, NULL);
	assert_string_equal(of("transfer", "id"), ID);
	send_file(NI, twice, NULL);
	assert_string_equal(said("why"), "value");
	ask(ICHI, "{\"ask\":\"list\"}");
	assert_int_equal(json_array_size(json_object_get(last, "transfers")), 1);
	send_file(NOBODY, SEND, NULL);
	assert_string_equal(said("why"), "no-account");
	send_file(ROOT, SEND, NULL);
	assert_string_equal(said("why"), "no-right");
	send_file(ICHI, "{\"ask\":\"send\",\"to\":\"lgwan\",\"name\":\"a.txt\"}", NULL);
	assert_string_equal(said("why"), "policy");
	send_file(ICHI,
	    "{\"ask\":\"send\",\"to\":\"internet\",\"name\":\"a.txt\",\"recipient\":\"dare\"}",
	    NULL);
	assert_string_equal(said("why"), "not-member");
	send_file(ICHI,
	    "{\"ask\":\"send\",\"to\":\"internet\",\"name\":\"a.exe\",\"class\":\"3A\"}", NULL);
	assert_string_equal(of("transfer", "state"), "denied");
	assert_string_equal(of("decision", "effect"), "deny");
}

/* To who is not concerned it does not exist; who runs the post sees that it is there, not what it is. */
static void test_who_sees(void **state)
{
	char id[33];

	send_file(ICHI, SEND, id);
	ask(ICHI, about("show", id, ""));
	assert_string_equal(of("transfer", "name"), "案.txt");
	assert_string_equal(of("transfer", "reason"), "照会");
	refused(NI, about("show", id, ""), "no-transfer");
	refused(NI, about("cancel", id, ""), "no-transfer");
	ask(ROOT, about("show", id, ""));
	assert_string_equal(of("transfer", "name"), "");
	assert_string_equal(of("transfer", "reason"), "");
	ask(KAN, about("show", id, ""));
	assert_string_equal(of("transfer", "name"), "");
	ask(KANSA, about("show", id, ""));
	assert_string_equal(of("transfer", "name"), "案.txt");
	refused(NI, "{\"ask\":\"list\",\"all\":true}", "no-right");
	ask(NI, "{\"ask\":\"list\"}");
	assert_int_equal(json_array_size(json_object_get(last, "transfers")), 0);
	ask(KANSA, "{\"ask\":\"list\",\"all\":true,\"state\":\"cleaning\"}");
	assert_int_equal(json_array_size(json_object_get(last, "transfers")), 1);
	refused(KANSA, "{\"ask\":\"list\",\"all\":true,\"state\":\"lost\"}", "value");
}

/* Pages are for who may see what is in it; before it is cleaned there are none. */
static void test_sheets(void **state)
{
	char id[33];

	send_file(ICHI, SEND, id);
	refused(ICHI, about("pages", id, ""), "state");
	refused(ICHI, about("page", id, ",\"number\":1"), "state");
	refused(ICHI, about("page", id, ",\"number\":0"), "value");
	refused(NI, about("pages", id, ""), "no-transfer");
	refused(KAN, about("pages", id, ""), "no-right");
	refused(ROOT, about("page", id, ",\"number\":1"), "no-right");
	refused(KANSA, about("pages", id, ""), "state");
}

static int run_sql(struct sk_db *db, void *arg)
{
	return sk_db_exec(db, arg, SK_NO_BINDS, NULL);
}

/* While no gate runs. */
static void set_row(const char *what)
{
	char where[128], sql[1024], why[256];
	struct sk_db *db = NULL;

	role_stop();
	snprintf(where, sizeof(where), "sqlite:%s/store.sqlite", top);
	snprintf(sql, sizeof(sql), "UPDATE transfer SET %s", what);
	assert_int_equal(sk_db_open(where, NULL, why, sizeof(why), &db), 0);
	if (sk_db_transact(db, SK_DB_WRITE, run_sql, sql))
		fail_msg("%s", sk_db_why(db));
	sk_db_close(db);
	start();
}

static void set_state(enum sk_transfer_state state, int downloads)
{
	char what[64];

	snprintf(what, sizeof(what), "state = %d, downloads = %d", (int)state, downloads);
	set_row(what);
}

/* Where it goes to nothing of it is seen before it is released. "unready": it would be drawn, were there a worker. */
static void test_sheets_there(void **state)
{
	char id[33];

	send_file(ICHI, SEND, id);
	refused(ICHI, about("page", id, ",\"number\":4294967297"), "value");
	set_row("zone_from = 'internet', zone_to = 'lgwan', recipient = 'ni', downloads_most = 1,"
		" output = zeroblob(32), output_type = 'pdf'");
	set_state(SK_AT_CROSSED, 0);
	refused(ICHI, about("pages", id, ""), "no-right");
	refused(NI, about("pages", id, ""), "no-right");
	refused(KANSA, about("pages", id, ""), "no-right");
	set_state(SK_AT_RELEASED, 0);
	refused(ICHI, about("pages", id, ""), "no-right");
	refused(CHO, about("pages", id, ""), "no-right");
	refused(NI, about("pages", id, ""), "unready");
	refused(KANSA, about("pages", id, ""), "unready");
	set_state(SK_AT_COLLECTED, 1);
	refused(NI, about("pages", id, ""), "no-right");
}

#define NOWHERE "0000000000000000000000000000000000000000000000000000000000000000"

/* Something came to ni, and can be collected once. */
static void make_released(char id[33])
{
	char path[256], *row = NULL;
	long long now = time(NULL);

	send_file(ICHI, SEND, id);
	assert_true(
	    asprintf(&row,
		"zone_from = 'internet', zone_to = 'lgwan', owner = 'lgwan', route = 'file-in', recipient = 'ni',"
		" state = %d, released = %lld, downloads_most = 1, output = zeroblob(32), output_size = 1, output_type = 'txt',"
		" facts = json_object('carry', 'file', 'from', 'internet', 'to', 'lgwan', 'route', 'file-in', 'requester', 'ichi',"
		" 'login', 'password', 'claimed', 'txt', 'found', 'txt', 'size', 1, 'depth', 1, 'members', 0, 'pages', 0,"
		" 'encrypted', 'no', 'rebuild', 'yes', 'verified', 'yes', 'space', 'yes', 'received', '2026-04-01T09:00:00+09:00')",
		(int)SK_AT_RELEASED, now * 1000) > 0);
	set_row(row);
	free(row);
	snprintf(path, sizeof(path), "%s/blobs/output/00/" NOWHERE, top);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
}

/* A front end is gone while it is being handed something: nothing is under way then, and the next one is handed it. */
static void test_gone_while_handed(void **state)
{
	struct sk_buf b = SK_BUF(SK_CHANNEL_BODY);
	char id[33];

	make_released(id);
	ask(NI, about("get", id, ""));
	assert_true(handed >= 0);
	refused(NI, about("get", id, ""), "under-way");
	role_meet(); /* it was handed to another */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sk_front_put_user(NI, sk_slice_str(about("get", id, "")), &b), 0);
		assert_int_equal(
		    sk_channel_send(&role_gate, SK_FRONT_ASK, ++serial, sk_buf_slice(&b), NULL, 0),
		    0);
		sk_buf_reset(&b);
		role_meet(); /* gone before it is answered */
	}
	sk_buf_free(&b);
	ask(NI, about("get", id, ""));
	assert_true(handed >= 0);
}

/* The other end of a printer that takes what it is given, and says nothing. */
static int meet_printer(void)
{
	const uint8_t place = SK_PLACE_PRINTER;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(
	    sk_channel_send(&role_supervisor, SK_POST_PEER, 0, sk_slice(&place, 1), &pair[1], 1),
	    0);
	close(pair[1]);
	/* answered at the end of a turn; in the next one it has met it */
	ask(ROOT, "{\"ask\":\"user.enable\",\"member\":\"ni\"}");
	return pair[0];
}

/* Whoever waits for a receipt is told when the printer goes, and when it does not answer: it is started anew then. */
static void test_printer_hangs(void **state)
{
	char id[33];

	settings = "patience 1\n";
	make_released(id);
	settings = "";
	refused(NI, about("receipt", id, ""), "unready");
	int printer = meet_printer();
	refused(NI, about("receipt", id, ""), "unready");
	role_await(&role_bad_peer, 1);
	refused(NI, about("receipt", id, ""), "unready"); /* none is there */
	assert_int_equal(role_bad_peer, 1);
	close(printer);
	printer = meet_printer();
	assert_int_equal(shutdown(printer, SHUT_RDWR), 0);
	refused(NI, about("receipt", id, ""), "unready");
	assert_int_equal(role_bad_peer, 1);
	close(printer);
}

static size_t listed(uint32_t uid, const char *more)
{
	char json[256];

	snprintf(json, sizeof(json), "{\"ask\":\"list\"%s}", more);
	ask(uid, json);
	return json_array_size(json_object_get(last, "transfers"));
}

/* One's own; of a department for who decides there and for who audits; names for nobody who does not see them. */
static void test_search(void **state)
{
	char id[33];

	send_file(ICHI, SEND, id);
	send_file(NI,
	    "{\"ask\":\"send\",\"to\":\"internet\",\"name\":\"ＡＢ.txt\",\"class\":\"2\"}", NULL);
	assert_int_equal(listed(ICHI, ",\"text\":\"案\""), 1);
	assert_int_equal(listed(ICHI, ",\"text\":\"ab\""), 0);
	assert_int_equal(listed(KANSA, ",\"text\":\"ab.TXT\",\"all\":true"), 1);
	assert_int_equal(listed(KANSA, ",\"department\":\"shimin\",\"direction\":\"out\""), 2);
	assert_int_equal(listed(KANSA, ",\"all\":true,\"direction\":\"in\""), 0);
	assert_int_equal(listed(KANSA, ",\"all\":true,\"class\":\"2\",\"zone\":\"internet\""), 2);
	assert_int_equal(listed(KANSA, ",\"all\":true,\"until\":1000"), 0);
	assert_int_equal(listed(CHO, ",\"department\":\"shimin\""), 2);
	ask(CHO, about("show", id, ""));
	assert_int_equal(listed(KAN, ",\"department\":\"shimin\",\"route\":\"file-out\""), 2);
	refused(CHO, "{\"ask\":\"list\",\"department\":\"city\"}", "no-right");
	refused(NI, "{\"ask\":\"list\",\"department\":\"shimin\"}", "no-right");
	refused(KAN, "{\"ask\":\"list\",\"all\":true,\"text\":\"ab\"}", "no-right");
	refused(ROOT, "{\"ask\":\"list\",\"department\":\"shimin\",\"text\":\"ab\"}", "no-right");
	refused(ICHI, "{\"ask\":\"list\",\"direction\":\"up\"}", "value");
}

static void test_pages(void **state)
{
	char json[256], seen[7][33];
	size_t n = 0;

	for (int i = 0; i < 7; i++)
		send_file(ICHI, SEND, NULL);
	snprintf(json, sizeof(json), "{\"ask\":\"list\",\"most\":3}");
	do {
		const json_t *t;
		size_t i;
		ask(ICHI, json);
		json_array_foreach(json_object_get(last, "transfers"), i, t)
		    snprintf(seen[n++], 33, "%s", json_string_value(json_object_get(t, "id")));
		snprintf(json, sizeof(json), "{\"ask\":\"list\",\"most\":3,\"after\":\"%s\"}",
		    said("next"));
	} while (said("next")[0]);
	assert_int_equal(n, 7);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(seen[i], seen[k]);
	refused(ICHI, "{\"ask\":\"list\",\"after\":\"x\"}", "value");
}

#define HASH ",\"hash\":\"" ID ID "\""

static void test_decide(void **state)
{
	char id[33];

	send_file(ICHI, SEND, id);
	refused(ICHI, about("approve", id, HASH), "own");
	refused(ROOT, about("approve", id, HASH), "no-right");
	refused(KAN, about("approve", id, HASH), "no-right");
	refused(NI, about("approve", id, HASH), "no-transfer");
	refused(KAN, about("cancel", id, ""), "no-right");
	refused(ICHI, about("class", id, ",\"class\":\"1\""), "state");
	refused(ICHI, about("class", id, ""), "missing");
	refused(ICHI, about("password", id, ",\"sealed\":\"00\""), "state");
	ask(ICHI, about("cancel", id, ""));
	assert_string_equal(of("transfer", "state"), "cancelled");
	refused(ICHI, about("cancel", id, ""), "state");
	ask(ICHI, about("show", id, ""));
	assert_int_equal(json_array_size(json_object_get(last, "history")), 3);
}

static void ask_decide(uint32_t uid, const char *lines)
{
	char json[1024];

	snprintf(json, sizeof(json), "{\"ask\":\"decide\",\"votes\":\"%s\",\"allow\":true}", lines);
	put(uid, json);
}

/* What became of the one in that place. */
static const char *decided(size_t i, const char *name)
{
	const json_t *one = json_array_get(json_object_get(last, "decided"), i);
	const char *text = json_string_value(json_object_get(one, name));

	return text ? text : "";
}

/* Several with one word: each has its own answer, and what is nonsense is none of them. */
static void test_decide_several(void **state)
{
	char id[2][33], lines[512];

	send_file(ICHI, SEND, id[0]);
	send_file(ICHI, SEND, id[1]);
	snprintf(lines, sizeof(lines), "%s " ID ID "\\n%s " ID ID "\\n" ID " " ID ID, id[0], id[1]);
	ask_decide(CHO, lines);
	assert_string_equal(said("status"), "ok");
	assert_int_equal(json_array_size(json_object_get(last, "decided")), 3);
	for (size_t i = 0; i < 2; i++) {
		assert_string_equal(decided(i, "id"), id[i]);
		assert_string_equal(decided(i, "status"), "refused");
	}
	assert_string_equal(decided(2, "why"), "no-transfer");
	ask_decide(ICHI, lines);
	assert_string_equal(decided(1, "why"), "own");
	ask_decide(NI, lines);
	assert_string_equal(decided(0, "why"), "no-transfer");
	ask_decide(KAN, lines);
	assert_string_equal(said("why"), "no-right");
	ask_decide(ROOT, lines);
	assert_string_equal(said("why"), "no-right");
	static const char *const bad[] = {ID, ID " " ID, ID " " ID ID "0", ID "  " ID ID,
	    ID " " ID ID "\\n" ID " " ID ID, ID " " ID ID "\\n\\n" ID " " ID ID};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ask_decide(CHO, bad[i]);
		assert_string_equal(said("why"), "value");
	}
}

/* --- originals --- */

/* What was handed out, as whoever passes it on reads it. */
static void content_is(const char *text)
{
	sk_autoclose int fd = sk_memfd("got");
	char got[64] = "";

	assert_true(handed >= 0);
	assert_int_equal(pwrite(handed, "x", 1, 0), -1); /* it can only be read */
	assert_int_equal(sk_unsealing_copy(handed, &bytes, fd), 0);
	assert_int_equal(pread(fd, got, sizeof(got) - 1, 0), (ssize_t)strlen(text));
	assert_string_equal(got, text);
}

static void test_original(void **state)
{
	char id[33], request[33];

	send_file(ICHI, SEND, id);
	refused(NI, about("original.ask", id, ",\"reason\":\"確認\""), "no-transfer");
	ask(ICHI, about("original.ask", id, ",\"reason\":\"確認\""));
	snprintf(request, sizeof(request), "%s", of("original", "id"));
	assert_string_equal(of("original", "state"), "held");
	/* the answer was lost: it is the same request */
	ask(ICHI, about("original.ask", id, ",\"reason\":\"確認\""));
	assert_string_equal(of("original", "id"), request);
	refused(ICHI, about("original.get", request, ""), "state");
	assert_int_equal(handed, -1);
	refused(NI, about("original.approve", request, ""), "no-transfer");
	refused(KAN, about("original.approve", request, ""), "no-right");
	refused(ICHI, about("original.approve", request, ""), "own");
	ask(CHO, "{\"ask\":\"original.list\",\"waiting\":true}");
	assert_int_equal(json_array_size(json_object_get(last, "originals")), 1);
	ask(CHO, about("original.approve", request, ",\"comment\":\"可\""));
	assert_string_equal(of("original", "state"), "released");
	put(CHO, about("original.get", request, ""));
	assert_string_equal(said("status"), "refused");
	assert_int_equal(handed, -1);
	/* what was interrupted counts for nothing */
	ask(ICHI, about("original.get", request, ""));
	content_is("本文\n");
	assert_string_equal(of("original", "state"), "released");
	ask(ICHI, about("original.done", request, ""));
	assert_string_equal(of("original", "state"), "released");
	ask(ICHI, about("original.get", request, ""));
	put(CHO, about("original.done", request, ",\"whole\":true"));
	assert_string_equal(said("status"), "refused");
	/* no more are under way than may still be collected */
	ask(ICHI, about("original.get", request, ""));
	ask(ICHI, about("original.get", request, ""));
	refused(ICHI, about("original.get", request, ""), "under-way");
	ask(ICHI, about("original.done", request, ",\"whole\":true"));
	assert_string_equal(of("original", "state"), "collected");
	assert_string_equal(of("original", "name"), "案.txt");
	ask(ROOT, about("original.show", request, ""));
	assert_string_equal(of("original", "reason"), "");
	ask(ICHI, about("original.show", request, ""));
	assert_string_equal(of("original", "reason"), "確認");
	assert_int_equal(json_array_size(json_object_get(last, "votes")), 1);
	ask(ICHI, about("original.done", request, ",\"whole\":true"));
	ask(ICHI, about("original.done", request, ",\"whole\":true"));
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(last, "original"), "downloads")), 3);
	refused(ICHI, about("original.get", request, ""), "downloads");
	assert_int_equal(handed, -1);
}

/* --- what is brought --- */

static const char *upload_of(const char *what, const char *more)
{
	static char json[128];

	snprintf(json, sizeof(json), "{\"ask\":\"%s\",\"upload\":\"%.32s\"}", what, more + 11);
	return json;
}

static void test_uploads(void **state)
{
	char more[256], other[256], name[SK_BYTES_NAME];

	/* his alone, and once */
	bring(ICHI, "本文\n", more);
	snprintf(name, sizeof(name), "%s", bytes.name);
	refused(NI, upload_of("upload.open", more), "no-upload");
	refused(NI, upload_of("upload.drop", more), "no-upload");
	send_brought(NI, SEND, more);
	assert_string_equal(said("why"), "no-upload");
	ask(ICHI, upload_of("upload.open", more));
	assert_string_equal(bytes.name, name);
	assert_true(handed >= 0);
	send_brought(ICHI, SEND, more);
	assert_string_equal(of("transfer", "state"), "cleaning");
	send_brought(ICHI, SEND, more);
	assert_string_equal(said("why"), "no-upload");
	refused(ICHI, upload_of("upload.open", more), "no-upload");
	/* not without bytes, and not with others than were said */
	refused(ICHI, SEND, "missing");
	bring(ICHI, "本文\n", more);
	bring(ICHI, "本", other);
	memcpy(strstr(more, "\"size\""), strstr(other, "\"size\""),
	    strlen(strstr(other, "\"size\"")) + 1);
	send_brought(ICHI, SEND, more);
	assert_string_equal(said("why"), "other-bytes");
	/* who asked for it drops it */
	ask(ICHI, upload_of("upload.drop", other));
	send_brought(ICHI, SEND, other);
	assert_string_equal(said("why"), "no-upload");
	refused(ROOT, "{\"ask\":\"upload.begin\",\"size\":1}", "no-right");
}

static size_t files_in(const char *path)
{
	size_t n = 0;
	DIR *d = opendir(path);

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

/* So much room one member may have kept for him, and not a byte more; the others have theirs. */
static void test_room_for_uploads(void **state)
{
	struct statvfs v;
	char half[64];

	assert_int_equal(statvfs(top, &v), 0);
	if ((uint64_t)v.f_bavail * v.f_frsize < (uint64_t)5 << 30)
		skip();
	snprintf(half, sizeof(half), "{\"ask\":\"upload.begin\",\"size\":%zu}", SK_LIMIT_INPUT);
	ask(ICHI, half);
	snprintf(half, sizeof(half), "{\"ask\":\"upload.begin\",\"size\":%zu}", SK_LIMIT_INPUT - 1);
	ask(ICHI, half);
	refused(ICHI, "{\"ask\":\"upload.begin\",\"size\":2}", "limit");
	ask(ICHI, "{\"ask\":\"upload.begin\",\"size\":1}");
	refused(ICHI, "{\"ask\":\"upload.begin\",\"size\":1}", "limit");
	ask(NI, "{\"ask\":\"upload.begin\",\"size\":1}");
}

/* So many at once, and none is left when they are dropped. */
static void test_many_uploads(void **state)
{
	char more[17][256], path[128];

	for (int i = 0; i < 16; i++)
		bring(ICHI, "本文\n", more[i]);
	refused(ICHI, "{\"ask\":\"upload.begin\",\"size\":1}", "limit");
	bring(NI, "本文\n", more[16]);
	for (int i = 0; i < 16; i++)
		ask(ICHI, upload_of("upload.drop", more[i]));
	ask(NI, upload_of("upload.drop", more[16]));
	snprintf(path, sizeof(path), "%s/blobs/new", top);
	assert_int_equal(files_in(path), 0);
	ask(ICHI, "{\"ask\":\"upload.begin\",\"size\":1}");
	assert_int_equal(files_in(path), 1);
}

/* What few bring leaves a place for everybody else, however few there are. */
static void test_uploads_of_all(void **state)
{
	const struct rlimit few = {512 + 2 * 20, 512 + 2 * 20};
	char more[256];

	role_stop();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	start();
	for (int i = 0; i < 15; i++)
		bring(ICHI, "本文\n", more);
	refused(ICHI, "{\"ask\":\"upload.begin\",\"size\":1}", "limit");
	for (uint32_t uid = NI; uid <= SOU; uid++) {
		ask(uid, "{\"ask\":\"upload.begin\",\"size\":1}");
		refused(uid, "{\"ask\":\"upload.begin\",\"size\":1}", "limit");
	}
	ask(ICHI, upload_of("upload.drop", more));
	refused(ICHI, "{\"ask\":\"upload.begin\",\"size\":1}", "limit");
}

/* --- passkeys --- */

static const char *creation(const char *origin, uint8_t seed)
{
	return browser_creation(said("challenge"), origin, seed);
}

static void test_passkeys(void **state)
{
	char json[128];

	refused(NOBODY, "{\"ask\":\"passkey.challenge\"}", "no-account");
	ask(ICHI, "{\"ask\":\"passkey.challenge\"}");
	assert_string_equal(said("party"), "portal.city.example");
	refused(ICHI, creation("https://evil.example", 1), "passkey-wrong");
	ask(CHO, "{\"ask\":\"passkey.challenge\"}"); /* for another */
	refused(ICHI, creation("https://portal.city.example", 1), "passkey-wrong");
	ask(ICHI, "{\"ask\":\"passkey.challenge\"}");
	ask(ICHI, creation("https://portal.city.example", 1));
	snprintf(json, sizeof(json), "{\"ask\":\"passkey.remove\",\"credential\":\"%s\"}",
	    of("passkey", "credential"));
	ask(ICHI, "{\"ask\":\"passkey.challenge\"}");
	assert_int_equal(json_array_size(json_object_get(last, "credentials")), 1);
	refused(ICHI, creation("https://portal.city.example", 1), "passkey-wrong");
	ask(ICHI, "{\"ask\":\"passkey.list\"}");
	assert_int_equal(json_array_size(json_object_get(last, "passkeys")), 1);
	refused(NI, "{\"ask\":\"passkey.list\",\"member\":\"ichi\"}", "no-right");
	refused(NI, json, "value");
	ask(ICHI, json);
	ask(KAN, "{\"ask\":\"passkey.list\",\"member\":\"ichi\"}");
	assert_int_equal(json_array_size(json_object_get(last, "passkeys")), 0);
}

/* --- the post --- */

static void test_status(void **state)
{
	send_file(ICHI, SEND, NULL);
	ask(NOBODY, "{\"ask\":\"status\"}");
	assert_string_equal(said("zone"), "lgwan");
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(last, "transfers"), "cleaning")), 1);
	assert_int_equal(
	    json_integer_value(json_object_get(json_object_get(last, "queue"), "waiting")), 1);
}

/* What a front end asked that is gone is not answered to the one that comes after it. */
static void test_another_front(void **state)
{
	struct sk_buf b = SK_BUF(512);

	sk_front_put_user(ICHI, SK_SLICE_LIT("{\"ask\":\"list\"}"), &b);
	assert_int_equal(
	    sk_channel_send(&role_gate, SK_FRONT_ASK, 99999, sk_buf_slice(&b), NULL, 0), 0);
	sk_buf_free(&b);
	role_meet();
	ask(ICHI, "{\"ask\":\"whoami\"}");
	assert_string_equal(said("member"), "ichi");
}

/* Nonsense ends the talk with this front end. */
static void test_nonsense(void **state)
{
	assert_int_equal(sk_channel_send(&role_gate, SK_FRONT_ASK, 1,
			     SK_SLICE_LIT("\0\0\0\0{\"ask\":1}"), NULL, 0),
	    0);
	role_await(&role_bad_peer, 1);
	role_meet();
	ask(ICHI, "{\"ask\":\"whoami\"}");
}

int main(int argc, char **argv)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_accounts), T(test_absence),
	    T(test_absence_of_others), T(test_preview), T(test_many_moves), T(test_proposal),
	    T(test_proposal_overtaken), T(test_proposal_later), T(test_routes), T(test_members),
	    T(test_tasks), T(test_policy), T(test_send), T(test_who_sees), T(test_sheets),
	    T(test_sheets_there), T(test_gone_while_handed), T(test_printer_hangs), T(test_search),
	    T(test_pages), T(test_decide), T(test_decide_several), T(test_original),
	    T(test_uploads), T(test_room_for_uploads), T(test_many_uploads), T(test_passkeys),
	    T(test_status), T(test_another_front), T(test_nonsense), T(test_uploads_of_all)};

	if (argc != 2 || realpath(argv[1], role_program) == NULL) {
		fprintf(stderr, "usage: test-asks PATH-OF-sekisho-gate\n");
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
