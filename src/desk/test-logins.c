/*
 * Tests of logins at a portal, of a gate as a process, from the places of its two front ends and of its login role: what is asked
 * in which state of a session, who comes in by what, that nobody is locked out by others. Takes the gate's path.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <jansson.h>
#include <liboath/oath.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "base/hex.h"
#include "front/front.h"
#include "login/login.h"
#include "desk/test-browser.h"
#include "post/test-role.h"
#include "store/db.h"
#include "store/master.h"

static const char policy[] =
    "sekisho policy 1\n"
    "city \"例示市\" { code \"000000\"; timezone \"Asia/Tokyo\"; adopted 2005-04-01 }\n"
    "classes confidentiality {\n\"3\" > \"2\" > \"1\"\n}\n"
    "zone mynumber { name \"個人番号\"; networks 10.1.0.0/16 }\n"
    "zone lgwan { name \"LGWAN\"; networks 10.2.0.0/16; holds confidentiality <= \"3\"%s }\n"
    "zone internet { name \"ネット\"; networks 10.3.0.0/16; holds confidentiality <= \"2\" }\n"
    "protect mynumber > lgwan > internet\n"
    "clause \"6.3\" \"強靭性\"\n"
    "control c for clause \"6.3\" { check net.no-path every 1 day }\n"
    "role boss { name \"課長\"; may approve }\n"
    "role staff { name \"職員\" }\n"
    "role runs { name \"管理者\"; may administer }\n"
    "department city \"市\"\n"
    "department shimin \"市民課\" in city\n"
    "role ciso { name \"CISO\"; may approve }\n"
    "role chief { name \"統括\"; may oversee }\n"
    "member sou { name \"統括\"; department city; role chief }\n"
    "member fuku { name \"副市長\"; department city; role ciso; deputy cho }\n"
    "member cho { name \"課長\"; department shimin; role boss }\n"
    "member shin { name \"新人\"; department shimin; role staff }\n"
    "member ichi { name \"職員1\"; department shimin; role staff }\n"
    "member kan { name \"管理者\"; department city; role runs }\n"
    "member kan2 { name \"管理者2\"; department city; role runs }\n"
    "route file-out from lgwan to internet {\ncarry file\nclean rebuild\n"
    "require class confidentiality <= \"2\"\napprove by superior, deputy after 4 hours\nkeep original 30 days\n"
    "expire 7 days, downloads 3\nclause \"6.3\"\n}\n";

#define SECRET "正しい長いパスワード"
#define WRONG "違う長いパスワード"

static char top[64], hash[crypto_pwhash_STRBYTES];
static uint32_t serial;
static json_t *last;
static int answers, asked;
static enum { ANSWERS, SAYS_NOTHING, GOES } role; /* the login role, when it is asked */
static const char *settings = "";                 /* more of them */
static struct sk_channel control, portal;
static struct sk_front_terminal here, elsewhere;

static const char *anchors; /* certificates of makers of passkeys; NULL: none are named */

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

/* A file comes along: that it is handed over says yes. */
static int serve_handed(void *ctx, struct sk_message *m)
{
	json_decref(last);
	last = json_object();
	answers++;
	return 0;
}

/* What is told to who watches. */
static int watching_ends;
static uint32_t ended_serial;

static int serve_notice(void *ctx, struct sk_message *m)
{
	assert_true(m->serial && m->serial <= serial);
	return 0;
}

static int serve_notices_end(void *ctx, struct sk_message *m)
{
	watching_ends++;
	ended_serial = m->serial;
	return 0;
}

static const struct sk_permit heard[] = {{SK_FRONT_NOTICE, 1, 4, 4096, 0, serve_notice},
    {SK_FRONT_NOTICES_END, 1, 0, 0, 0, serve_notices_end},
    {SK_FRONT_ANSWER, 1, 2, SK_CHANNEL_BODY, 0, serve_answer},
    {SK_FRONT_HANDED, 1, SK_BYTES_WIRE + 2, SK_CHANNEL_BODY, 1, serve_handed}};

/* The login role: an account's hash fits one password, a hash of nobody none. */
static int serve_secret(void *ctx, struct sk_message *m)
{
	struct sk_secret_done d = {.verdict = SK_SECRET_RIGHT};
	struct sk_buf b = SK_BUF(SK_SECRET_DONE_MOST);
	struct sk_secret_ask a;

	assert_int_equal(sk_secret_get_ask(m->body, &a), 0);
	asked++;
	if (role == GOES)
		return SK_EIO;
	if (role == SAYS_NOTHING)
		return 0;
	if (a.hash[0] && (strcmp(a.hash, hash) != 0 || strcmp(a.secret, SECRET) != 0))
		d.verdict = SK_SECRET_WRONG;
	if (d.verdict == SK_SECRET_RIGHT && a.new[0])
		snprintf(d.hash, sizeof(d.hash), "%s", hash);
	assert_int_equal(sk_secret_put_done(&d, &b), 0);
	assert_int_equal(
	    sk_channel_send(&role_gate, SK_SECRET_DONE, m->serial, sk_buf_slice(&b), NULL, 0), 0);
	sk_buf_free(&b);
	return 0;
}

static const struct sk_permit secrets[] = {
    {SK_SECRET_ASK, 1, 1, SK_SECRET_ASK_MOST, 0, serve_secret}};

/* Both front ends and the login role are served until the answer is there. */
static void await_answer(void)
{
	unsigned state = 0;

	for (int want = answers + 1; answers < want;) {
		struct pollfd p[3] = {{control.sock, POLLIN, 0}, {portal.sock, POLLIN, 0},
		    {role_gate.sock, POLLIN, 0}};
		if (poll(p, 3, 120000) <= 0)
			fail_msg("the gate says nothing");
		if (p[0].revents)
			assert_int_equal(sk_channel_serve(&control, heard, 4, &state, NULL), 0);
		if (p[1].revents)
			assert_int_equal(sk_channel_serve(&portal, heard, 4, &state, NULL), 0);
		if (p[2].revents && sk_channel_serve(&role_gate, secrets, 1, &state, NULL))
			sk_channel_close(&role_gate);
	}
}

static const char *said(const char *name)
{
	const char *text = json_string_value(json_object_get(last, name));

	return text ? text : "";
}

static void send_ask(struct sk_channel *ch, struct sk_buf *b)
{
	assert_int_equal(sk_channel_send(ch, SK_FRONT_ASK, ++serial, sk_buf_slice(b), NULL, 0), 0);
	sk_buf_free(b);
	await_answer();
}

static void ask_root(const char *json)
{
	struct sk_buf b = SK_BUF(SK_CHANNEL_BODY);

	assert_int_equal(sk_front_put_user(0, sk_slice_str(json), &b), 0);
	send_ask(&control, &b);
}

static void ask_user(uint32_t uid, const char *json)
{
	struct sk_buf b = SK_BUF(SK_CHANNEL_BODY);

	assert_int_equal(sk_front_put_user(uid, sk_slice_str(json), &b), 0);
	send_ask(&control, &b);
}

static void ask_at(struct sk_front_terminal *t, const char *json)
{
	struct sk_buf b = SK_BUF(SK_CHANNEL_BODY);

	assert_int_equal(sk_front_put_terminal(t, sk_slice_str(json), &b), 0);
	send_ask(&portal, &b);
}

static void is_ok(const char *json)
{
	if (strcmp(said("status"), "ok") != 0)
		fail_msg("%s: %s %s", json, said("why"), said("field"));
}

static void root(const char *json)
{
	ask_root(json);
	is_ok(json);
}

/* What a portal does with the answer to a login: cookies. */
static void keep(struct sk_front_terminal *t)
{
	assert_int_equal(sk_hex_parse(sk_slice_str(said("session")), t->session, 32), 0);
	if (said("device")[0])
		assert_int_equal(sk_hex_parse(sk_slice_str(said("device")), t->device, 32), 0);
}

static void yes(struct sk_front_terminal *t, const char *json)
{
	ask_at(t, json);
	is_ok(json);
	if (said("session")[0])
		keep(t);
}

static void no(struct sk_front_terminal *t, const char *json, const char *why)
{
	ask_at(t, json);
	if (strcmp(said("why"), why) != 0)
		fail_msg("%s: '%s' %s instead of %s", json, said("why"), said("field"), why);
}

static struct sk_front_terminal at(unsigned address)
{
	struct sk_front_terminal t = {.address = {[10] = 0xFF, [11] = 0xFF, 10, 2}};

	t.address[14] = (uint8_t)(address >> 8);
	t.address[15] = (uint8_t)address;
	return t;
}

static const char *login(const char *member, const char *secret)
{
	static char json[256];

	snprintf(json, sizeof(json),
	    "{\"ask\":\"login.password\",\"member\":\"%s\",\"secret\":\"%s\"}", member, secret);
	return json;
}

static bool lists(const char *name, const char *word)
{
	json_t *v;
	size_t i;

	json_array_foreach(json_object_get(last, name), i,
	    v) if (strcmp(json_string_value(v), word) == 0) return true;
	return false;
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

static void meet(struct sk_channel *ch, uint8_t place)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(
	    sk_channel_send(&role_supervisor, SK_POST_PEER, 0, sk_slice(&place, 1), &pair[1], 1),
	    0);
	close(pair[1]);
	assert_int_equal(sk_channel_open(ch, pair[0]), 0);
}

static void start(void)
{
	char text[512];
	int fd = sk_memfd("settings");

	snprintf(text, sizeof(text),
	    "zone lgwan\npolicy %s/city.policy\nstate %s\nstore sqlite:%s/store.sqlite\n"
	    "portal https://portal.city.example\n%s",
	    top, top, top, settings);
	assert_int_equal(sk_write_all(fd, text, strlen(text)), 0);
	if (anchors) {
		put_file("makers.pem", anchors);
		snprintf(text, sizeof(text), "attestation %s/makers.pem\n", top);
		assert_int_equal(sk_write_all(fd, text, strlen(text)), 0);
	}
	role_place = SK_PLACE_LOGIN;
	role_heard = secrets;
	role_nheard = 1;
	role_spawn("gate");
	role_hand("settings", fd);
	snprintf(text, sizeof(text), "%s/master.key", top);
	fd = open(text, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	role_hand("master", fd);
	meet(&control, SK_PLACE_CONTROL);
	meet(&portal, SK_PLACE_PORTAL);
	role_go();
	role_await(&role_ready, 1);
}

/* Stops it and starts it again, on the same folder. */
static void restart(void)
{
	role_stop();
	sk_channel_close(&control);
	sk_channel_close(&portal);
	start();
}

static void make_account(const char *member)
{
	char json[512];

	snprintf(json, sizeof(json), "{\"ask\":\"user.add\",\"member\":\"%s\",\"password\":\"%s\"}",
	    member, hash);
	root(json);
}

/* `wants`: what the zone says of logins. */
static void begin(const char *wants)
{
	static char text[8192];
	char path[128];

	snprintf(top, sizeof(top), "%s/sk-logins-XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(top));
	snprintf(text, sizeof(text), policy, wants);
	put_file("city.policy", text);
	snprintf(path, sizeof(path), "%s/master.key", top);
	assert_int_equal(sk_master_create(path), 0);
	start();
	asked = 0;
	here = at(1);
	elsewhere = at(2);
	make_account("ichi");
	make_account("cho");
	make_account("kan");
	make_account("kan2");
	make_account("sou");
}

static int setup(void **state)
{
	begin("");
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int teardown(void **state)
{
	role_stop();
	sk_channel_close(&control);
	sk_channel_close(&portal);
	json_decref(last);
	last = NULL;
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static int make_hash(void **state)
{
	return crypto_pwhash_str(hash, SECRET, strlen(SECRET), crypto_pwhash_OPSLIMIT_INTERACTIVE,
	    crypto_pwhash_MEMLIMIT_INTERACTIVE);
}

/* --- each ask in each state of a session --- */

/* An object with the members that an ask must have, so that nothing is wrong with it but who asks. */
static void object_of(enum sk_front_what what, char *json, size_t size)
{
	static const struct {
		const char *name, *value;
	} values[] = {{"id", "\"00112233445566778899aabbccddeeff\""},
	    {"upload", "\"00112233445566778899aabbccddeeff\""},
	    {"hash", "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\""},
	    {"token", "\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\""},
	    {"uid", "4000"}, {"number", "1"}, {"size", "1"}, {"from", "1"}, {"until", "2"},
	    {"sealed", "\"00\""}, {"credential", "\"00\""}, {"member", "\"ichi\""},
	    {"system_user", "\"nobody\""}};
	struct sk_arena *arena = sk_arena_new(1 << 20);
	struct sk_front_fault fault;
	struct sk_front_ask a;
	char members[1024] = "";

	for (int round = 0; round < 8; round++) {
		snprintf(json, size, "{\"ask\":\"%s\"%s}", sk_front_word(what), members);
		if (sk_front_read(sk_slice_str(json), arena, &a, &fault) == 0)
			break;
		assert_int_equal(fault.why, SK_FRONT_WHY_MISSING);
		const char *value = "\"x\"";
		for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
			if (strcmp(values[i].name, fault.field) == 0)
				value = values[i].value;
		size_t n = strlen(members);
		snprintf(members + n, sizeof(members) - n, ",\"%s\":%s", fault.field, value);
	}
	assert_int_equal(sk_front_read(sk_slice_str(json), arena, &a, &fault), 0);
	sk_arena_free(arena);
}

/* Without a session, and below the level of the zone, only what is meant for that is answered. */
static void test_table(void **state)
{
	struct sk_front_terminal nobody = at(9), forged = at(9);
	char json[2048];

	memset(forged.session, 0x5A, sizeof(forged.session));
	for (unsigned w = 0; w < SK_FRONT_COUNT; w++) {
		enum sk_front_what what = (enum sk_front_what)w;
		enum sk_front_open open = sk_front_open(what);
		object_of(what, json, sizeof(json));
		ask_at(&nobody, json);
		assert_int_equal(
		    strcmp(said("why"), "no-session") == 0, open != SK_FRONT_TO_ANYBODY);
		ask_at(&forged, json);
		assert_int_equal(
		    strcmp(said("why"), "no-session") == 0, open != SK_FRONT_TO_ANYBODY);
		if (open == SK_FRONT_TO_ANYBODY)
			continue;
		/* what a login of a password is for, this zone is content with */
		here = at(1);
		yes(&here, login("ichi", SECRET));
		ask_at(&here, json);
		assert_string_not_equal(said("why"), "no-session");
		assert_string_not_equal(said("why"), "login-more");
	}
}

/* Nobody who is at the machine itself logs in there. */
static void test_portal_alone(void **state)
{
	static const char *const asks[] = {
	    "{\"ask\":\"login.password\",\"member\":\"ichi\",\"secret\":\"" SECRET "\"}",
	    "{\"ask\":\"login.code\",\"code\":\"000000\"}", "{\"ask\":\"logout\"}",
	    "{\"ask\":\"factor.code.begin\"}",
	    "{\"ask\":\"factor.code.confirm\",\"code\":\"000000\"}",
	    "{\"ask\":\"password.change\",\"new\":\"" WRONG "\"}",
	    "{\"ask\":\"login.link\",\"token\":\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}"};

	for (size_t i = 0; i < sizeof(asks) / sizeof(*asks); i++) {
		ask_root(asks[i]);
		if (strcmp(said("why"), "portal") != 0 && strcmp(said("why"), "no-account") != 0 &&
		    strcmp(said("why"), "no-right") != 0)
			fail_msg("%s: %s", asks[i], said("why"));
	}
	assert_int_equal(asked, 0);
}

/* --- passwords --- */

static void test_password(void **state)
{
	uint8_t old[32];

	yes(&here, login("ichi", SECRET));
	assert_string_equal(said("login"), "password");
	assert_string_equal(said("member"), "ichi");
	assert_true(lists("factors", "password"));
	yes(&here, "{\"ask\":\"whoami\"}");
	assert_string_equal(said("member"), "ichi");
	assert_true(json_is_false(json_object_get(last, "root")));

	/* another login of the same browser is another token; the old one is void */
	memcpy(old, here.session, 32);
	yes(&here, login("ichi", SECRET));
	assert_memory_not_equal(old, here.session, 32);
	assert_string_equal(said("device"), ""); /* it is known by now */
	elsewhere = here;
	memcpy(elsewhere.session, old, 32);
	no(&elsewhere, "{\"ask\":\"whoami\"}", "no-session");

	/* and so it is when somebody else takes the terminal over */
	memcpy(old, here.session, 32);
	yes(&here, login("cho", SECRET));
	memcpy(elsewhere.session, old, 32);
	no(&elsewhere, "{\"ask\":\"whoami\"}", "no-session");
	yes(&here, "{\"ask\":\"logout\"}");
	no(&here, "{\"ask\":\"whoami\"}", "no-session");
}

/* What is not right is told in no way; and who is not there takes the same way. */
static void test_wrong(void **state)
{
	json_t *first;

	no(&here, login("ichi", WRONG), "login-wrong");
	first = json_incref(last);
	no(&here, login("daremo", SECRET), "login-wrong");
	assert_true(json_equal(first, last));
	root("{\"ask\":\"user.disable\",\"member\":\"cho\"}");
	no(&here, login("cho", SECRET), "login-wrong");
	assert_true(json_equal(first, last));
	json_decref(first);
	assert_int_equal(asked, 3);
}

static void test_closed(void **state)
{
	yes(&here, login("ichi", SECRET));
	root("{\"ask\":\"user.disable\",\"member\":\"ichi\"}");
	no(&here, "{\"ask\":\"whoami\"}", "no-session");
	root("{\"ask\":\"user.enable\",\"member\":\"ichi\"}");
	no(&here, "{\"ask\":\"whoami\"}", "no-session");
}

/* Strangers who try keep themselves out, and not the one who was there before. */
static void test_waits(void **state)
{
	struct sk_front_terminal stranger = at(77);

	yes(&here, login("ichi", SECRET));
	for (int i = 0; i < 5; i++)
		no(&stranger, login("ichi", WRONG), "login-wrong");
	no(&stranger, login("ichi", SECRET), "login-wait");
	assert_true(strtol(said("field"), NULL, 10) >= 1);
	/* another one from there, and he from elsewhere */
	yes(&stranger, login("cho", SECRET));
	yes(&elsewhere, login("ichi", SECRET));
	/* many addresses: whoever is known comes in */
	for (unsigned i = 0; i < 60; i++) {
		struct sk_front_terminal many = at(1000 + i);
		ask_at(&many, login("ichi", WRONG));
	}
	struct sk_front_terminal next = at(2000);
	no(&next, login("ichi", SECRET), "login-wait");
	yes(&here, login("ichi", SECRET));
	yes(&elsewhere, login("ichi", SECRET));
}

/* Whoever guesses at others does not wash it off by logging in himself; what he got wrong of his own is. */
static void test_spray(void **state)
{
	struct sk_front_terminal spray = at(78), own = at(79), fresh;
	bool waited = false;

	yes(&own,
	    login("kan2", SECRET)); /* an insider, at the same address: his browser is known */
	memcpy(own.address, spray.address, sizeof(own.address));
	for (int i = 0; i < 40 && !waited; i++) {
		static const char *const others[] = {"cho", "kan", "fuku", "ichi", "daremo"};
		fresh = at(78);
		ask_at(&fresh, login(others[i % 5], i < 20 ? WRONG : WRONG WRONG));
		waited = strcmp(said("why"), "login-wait") == 0 && i > 20;
		fresh = at(78);
		ask_at(&fresh, login("kan2", SECRET));
	}
	assert_true(waited);
	for (int i = 0; i < 30; i++) {
		fresh = at(80);
		no(&fresh, login("ichi", WRONG), "login-wrong");
		yes(&fresh, login("ichi", SECRET));
	}
}

static void test_change(void **state)
{
	struct sk_front_terminal other = at(3);

	yes(&here, login("ichi", SECRET));
	yes(&other, login("ichi", SECRET));
	no(&here, "{\"ask\":\"password.change\",\"new\":\"" WRONG "\"}", "missing");
	no(&here, "{\"ask\":\"password.change\",\"new\":\"short\",\"secret\":\"" SECRET "\"}",
	    "value");
	no(&here,
	    "{\"ask\":\"password.change\",\"new\":\"ichi ichi ichi\",\"secret\":\"" SECRET "\"}",
	    "value");
	no(&here, "{\"ask\":\"password.change\",\"new\":\"" WRONG "\",\"secret\":\"" WRONG "\"}",
	    "login-wrong");
	yes(&other, "{\"ask\":\"whoami\"}");
	yes(&here, "{\"ask\":\"password.change\",\"new\":\"" WRONG "\",\"secret\":\"" SECRET "\"}");
	no(&other, "{\"ask\":\"whoami\"}", "no-session");
	yes(&here, "{\"ask\":\"whoami\"}");
}

/* What is written down by argon2id is taken from the machine itself alone: nobody goes around the old password and the second factor. */
static void test_no_hashes(void **state)
{
	struct sk_front_terminal kan = at(11);
	char json[512];

	yes(&here, login("ichi", SECRET));
	yes(&kan, login("kan", SECRET));
	snprintf(json, sizeof(json), "{\"ask\":\"user.password\",\"password\":\"%s\"}", hash);
	no(&here, json, "no-right");
	no(&kan, json, "no-right");
	snprintf(json, sizeof(json),
	    "{\"ask\":\"user.password\",\"password\":\"%s\",\"member\":\"ichi\"}", hash);
	no(&kan, json, "no-right");
	snprintf(json, sizeof(json),
	    "{\"ask\":\"user.add\",\"password\":\"%s\",\"member\":\"shin\"}", hash);
	no(&kan, json, "no-right");
	yes(&kan, "{\"ask\":\"user.add\",\"member\":\"shin\"}");
	yes(&kan, "{\"ask\":\"user.invite\",\"member\":\"shin\"}");
}

/* --- sessions --- */

static void test_sessions(void **state)
{
	struct sk_front_terminal other = at(3), boss = at(4);
	char json[256];

	yes(&other, login("ichi", SECRET));
	yes(&here, login("ichi", SECRET));
	yes(&boss, login("cho", SECRET));
	yes(&here, "{\"ask\":\"session.list\"}");
	assert_int_equal(json_array_size(json_object_get(last, "sessions")), 2);
	const json_t *own = json_array_get(json_object_get(last, "sessions"), 0);
	const json_t *older = json_array_get(json_object_get(last, "sessions"), 1);
	assert_true(json_is_true(json_object_get(own, "own")));
	assert_string_equal(json_string_value(json_object_get(older, "address")), "10.2.0.3");
	long long number = json_integer_value(json_object_get(older, "number"));
	/* nobody ends those of another */
	snprintf(json, sizeof(json), "{\"ask\":\"session.end\",\"number\":%lld}", number);
	yes(&boss, json);
	assert_int_equal(json_integer_value(json_object_get(last, "ended")), 0);
	no(&boss, "{\"ask\":\"session.end\",\"all\":true,\"member\":\"ichi\"}", "no-right");
	no(&boss, "{\"ask\":\"session.list\",\"member\":\"ichi\"}", "no-right");
	yes(&other, "{\"ask\":\"whoami\"}");
	yes(&here, json);
	assert_int_equal(json_integer_value(json_object_get(last, "ended")), 1);
	no(&other, "{\"ask\":\"whoami\"}", "no-session");
	/* all means all but this one; from an administrator, all */
	yes(&other, login("ichi", SECRET));
	yes(&here, "{\"ask\":\"session.end\",\"all\":true}");
	no(&other, "{\"ask\":\"whoami\"}", "no-session");
	root("{\"ask\":\"session.end\",\"all\":true,\"member\":\"ichi\"}");
	no(&here, "{\"ask\":\"whoami\"}", "no-session");
}

/* Nobody watches longer than his session lasts, and whoever has another one watches on. */
static void test_watch(void **state)
{
	struct sk_front_terminal other = at(3);
	uint32_t watched;

	yes(&other, login("ichi", SECRET));
	yes(&here, login("ichi", SECRET));
	yes(&other, "{\"ask\":\"watch\"}");
	watched = serial;
	yes(&here, "{\"ask\":\"watch\"}");
	watching_ends = 0;
	yes(&here, "{\"ask\":\"session.end\",\"all\":true}");
	/* it is told behind the answer, before the next one */
	yes(&here, "{\"ask\":\"whoami\"}");
	assert_int_equal(watching_ends, 1);
	assert_int_equal(ended_serial, watched);
	yes(&here, "{\"ask\":\"logout\"}");
	no(&here, "{\"ask\":\"whoami\"}", "no-session");
	assert_int_equal(watching_ends, 2);
	assert_int_not_equal(ended_serial, watched);
}

/* --- links --- */

static void link_of(char json[128])
{
	char token[65];

	snprintf(token, sizeof(token), "%s", said("link"));
	assert_int_equal(strlen(token), 64);
	snprintf(json, 128, "{\"ask\":\"login.link\",\"token\":\"%s\"}", token);
}

static void test_link(void **state)
{
	char first[128], second[128];

	root("{\"ask\":\"user.invite\",\"member\":\"ichi\"}");
	assert_non_null(strstr(said("url"), "https://portal.city.example/link#"));
	link_of(first);
	root("{\"ask\":\"user.invite\",\"member\":\"ichi\"}");
	link_of(second);
	no(&here, first, "login-wrong"); /* the later one took its place */
	yes(&here, second);
	assert_true(lists("factors", "link"));
	assert_string_equal(said("login"), "password");
	no(&elsewhere, second, "login-wrong");
	/* whoever came so needs no old password */
	yes(&here, "{\"ask\":\"password.change\",\"new\":\"" WRONG "\"}");
	ask_root("{\"ask\":\"user.invite\",\"member\":\"daremo\"}");
	assert_string_equal(said("why"), "not-member");
	/* an administrator alone takes nobody's account over */
	yes(&elsewhere, login("kan", SECRET));
	no(&elsewhere, "{\"ask\":\"user.invite\",\"member\":\"ichi\"}", "recovery");
}

/* --- codes --- */

/* The secret as a device reads it, and what it shows then: by the library itself. */
static const char *code_at(const char *ask, const char *base32, int64_t step)
{
	static char json[96];
	char *secret = NULL, code[8];
	size_t n = 0;

	assert_int_equal(oath_base32_decode(base32, strlen(base32), &secret, &n), OATH_OK);
	assert_int_equal(
	    oath_totp_generate(secret, n, (time_t)(step * 30), 30, 0, 6, code), OATH_OK);
	free(secret);
	snprintf(json, sizeof(json), "{\"ask\":\"%s\",\"code\":\"%s\"}", ask, code);
	return json;
}

#define CONFIRM "factor.code.confirm"
#define CODE "login.code"

static void test_code(void **state)
{
	struct sk_front_terminal other = at(3);
	int64_t now = time(NULL) / 30;
	uint8_t old[32];
	char secret[64];

	yes(&here, login("ichi", SECRET));
	no(&here, code_at(CODE, "AAAAAAAA", now), "login-wrong"); /* he has none */
	yes(&here, "{\"ask\":\"factor.code.begin\"}");
	snprintf(secret, sizeof(secret), "%s", said("secret"));
	assert_non_null(strstr(said("uri"), secret));
	no(&here, code_at(CODE, secret, now), "login-wrong"); /* and it is not confirmed */
	no(&here, "{\"ask\":\"" CONFIRM "\",\"code\":\"12345\"}", "login-wrong");
	memcpy(old, here.session, 32);
	yes(&here, code_at(CONFIRM, secret, now));
	assert_string_equal(said("login"), "two-factors");
	assert_memory_not_equal(old, here.session, 32);
	no(&here, "{\"ask\":\"factor.code.begin\"}", "state");

	/* the next login is asked for it; the same code is not taken twice, nor one from before it */
	yes(&other, login("ichi", SECRET));
	assert_true(lists("more", "code"));
	no(&other, code_at(CODE, secret, now), "login-wrong");
	no(&other, code_at(CODE, secret, now - 1), "login-wrong");
	no(&other, code_at(CODE, secret, now + 4), "login-wrong");
	yes(&other, code_at(CODE, secret, now + 1));
	assert_string_equal(said("login"), "two-factors");
	assert_true(lists("factors", "code"));
}

#define OTHER_LINE(c) #c "0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"

/* With these lines in the file of the master key; what it writes goes to a file of memory that is returned. */
static int restart_with(const char *lines)
{
	int log = sk_memfd("log"), keep = dup(STDERR_FILENO);
	char path[128];

	snprintf(path, sizeof(path), "%s/master.key", top);
	assert_int_equal(unlink(path), 0);
	put_file("master.key", lines);
	assert_true(log >= 0 && keep >= 0 && dup2(log, STDERR_FILENO) == STDERR_FILENO);
	restart();
	assert_int_equal(dup2(keep, STDERR_FILENO), STDERR_FILENO);
	close(keep);
	return log;
}

static void has_said(int log, const char *what)
{
	char text[4096] = "";

	assert_true(pread(log, text, sizeof(text) - 1, 0) >= 0);
	if (strstr(text, what) == NULL)
		fail_msg("'%s' is not in '%s'", what, text);
	close(log);
}

static void read_master(char *lines, size_t size)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/master.key", top);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(lines, (int)size, f));
	fclose(f);
}

/* A new master key above the old one, one start, and the old one can go: devices still open. Why one does not is in the log. */
static void test_code_new_master(void **state)
{
	char lines[256] = OTHER_LINE(7), secret[64];
	int64_t now = time(NULL) / 30;
	int log;

	yes(&here, login("ichi", SECRET));
	yes(&here, "{\"ask\":\"factor.code.begin\"}");
	snprintf(secret, sizeof(secret), "%s", said("secret"));
	yes(&here, code_at(CONFIRM, secret, now));
	read_master(lines + strlen(lines), sizeof(lines) - strlen(lines));
	log = restart_with(lines);
	has_said(log, "1 secrets of devices that count codes are wrapped by the new master key");
	close(restart_with(OTHER_LINE(7)));
	here = at(1);
	yes(&here, login("ichi", SECRET));
	yes(&here, code_at(CODE, secret, now + 1));
	assert_string_equal(said("login"), "two-factors");
	log = restart_with(OTHER_LINE(8));
	here = at(1);
	yes(&here, login("ichi", SECRET));
	no(&here, code_at(CODE, secret, now + 2), "fault");
	has_said(log, "wrapped by a master key that is not here");
}

/* Who knows a password alone changes nothing about the second factor, nor the password. */
static void test_second(void **state)
{
	struct sk_front_terminal thief = at(66);
	int64_t now = time(NULL) / 30;
	char secret[64];

	yes(&here, login("ichi", SECRET));
	yes(&here, "{\"ask\":\"factor.code.begin\"}");
	snprintf(secret, sizeof(secret), "%s", said("secret"));
	yes(&here, code_at(CONFIRM, secret, now));
	yes(&thief, login("ichi", SECRET));
	no(&thief, "{\"ask\":\"factor.code.begin\"}", "login-more");
	no(&thief, "{\"ask\":\"factor.remove\"}", "login-more");
	no(&thief, "{\"ask\":\"password.change\",\"new\":\"" WRONG "\",\"secret\":\"" SECRET "\"}",
	    "login-more");
	no(&thief, "{\"ask\":\"passkey.challenge\"}", "login-more");
	yes(&here, "{\"ask\":\"factor.list\"}");
	assert_true(json_is_true(json_object_get(last, "code")));
	yes(&here, "{\"ask\":\"factor.remove\"}");
	no(&here, "{\"ask\":\"factor.remove\"}", "state");
}

/* Codes that are tried are waited for, too, apart from passwords. */
static void test_code_waits(void **state)
{
	struct sk_front_terminal thief = at(66);
	int64_t now = time(NULL) / 30;
	char secret[64];

	yes(&here, login("ichi", SECRET));
	yes(&here, "{\"ask\":\"factor.code.begin\"}");
	snprintf(secret, sizeof(secret), "%s", said("secret"));
	yes(&here, code_at(CONFIRM, secret, now));
	yes(&thief, login("ichi", SECRET));
	for (int i = 0; i < 5; i++)
		no(&thief, code_at(CODE, secret, now + 40 + i), "login-wrong");
	no(&thief, code_at(CODE, secret, now + 1), "login-wait");
}

/* --- passkeys --- */

#define ORIGIN "https://portal.city.example"

/* A challenge, for whoever answers it. */
static const char *challenged(struct sk_front_terminal *t, const char *ask)
{
	static char challenge[64];
	char json[64];

	snprintf(json, sizeof(json), "{\"ask\":\"%s\"}", ask);
	yes(t, json);
	snprintf(challenge, sizeof(challenge), "%s", said("challenge"));
	return challenge;
}

static void add_key_of(const char *member, struct sk_front_terminal *t, uint8_t seed)
{
	yes(t, login(member, SECRET));
	yes(t, browser_creation(challenged(t, "passkey.challenge"), ORIGIN, seed));
}

static void test_passkey(void **state)
{
	char challenge[64];

	add_key_of("ichi", &here, 7);
	/* a stranger is told no keys, whoever has a session is told his */
	snprintf(challenge, sizeof(challenge), "%s", challenged(&elsewhere, "login.challenge"));
	assert_int_equal(json_array_size(json_object_get(last, "credentials")), 0);
	yes(&here, "{\"ask\":\"login.challenge\"}");
	assert_int_equal(json_array_size(json_object_get(last, "credentials")), 1);
	/* the passkey alone says who he is */
	yes(&elsewhere, browser_assertion(challenge, ORIGIN, 7, 5, 1));
	assert_string_equal(said("member"), "ichi");
	assert_string_equal(said("login"), "passkey");
	yes(&elsewhere, "{\"ask\":\"whoami\"}");
	assert_string_equal(said("member"), "ichi");
	/* and raises what a password began */
	yes(&here, browser_assertion(challenged(&here, "login.challenge"), ORIGIN, 7, 5, 2));
	assert_true(lists("factors", "password") && lists("factors", "passkey"));
}

static void test_passkey_wrong(void **state)
{
	struct sk_front_terminal t = at(5), other = at(6);
	char challenge[64];
	static const char *const made_up = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

	add_key_of("ichi", &here, 7);
	add_key_of("cho", &other, 8);
	/* answered once, and not again, by whatever counter */
	snprintf(challenge, sizeof(challenge), "%s", challenged(&t, "login.challenge"));
	yes(&t, browser_assertion(challenge, ORIGIN, 7, 5, 10));
	no(&t, browser_assertion(challenge, ORIGIN, 7, 5, 11), "login-wrong");
	/* the counter goes back: there are two of it */
	no(&t, browser_assertion(challenged(&t, "login.challenge"), ORIGIN, 7, 5, 10),
	    "login-wrong");
	no(&t, browser_assertion(challenged(&t, "login.challenge"), ORIGIN, 7, 5, 9),
	    "login-wrong");
	/* another origin; nobody verified; nobody there; of no account; a challenge that nobody made; one for something else */
	no(&t,
	    browser_assertion(challenged(&t, "login.challenge"), "https://evil.example", 7, 5, 20),
	    "login-wrong");
	no(&t, browser_assertion(challenged(&t, "login.challenge"), ORIGIN, 7, 1, 20),
	    "login-wrong");
	no(&t, browser_assertion(challenged(&t, "login.challenge"), ORIGIN, 7, 4, 20),
	    "login-wrong");
	no(&t, browser_assertion(challenged(&t, "login.challenge"), ORIGIN, 9, 5, 20),
	    "login-wrong");
	no(&t, browser_assertion(made_up, ORIGIN, 7, 5, 20), "login-wrong");
	yes(&here, browser_assertion(challenged(&here, "login.challenge"), ORIGIN, 7, 5, 20));
	no(&t, browser_assertion(challenged(&here, "passkey.challenge"), ORIGIN, 7, 5, 21),
	    "login-wrong");
	/* a closed account */
	root("{\"ask\":\"user.disable\",\"member\":\"ichi\"}");
	no(&t, browser_assertion(challenged(&t, "login.challenge"), ORIGIN, 7, 5, 30),
	    "login-wrong");
	/* all of that keeps nobody out */
	yes(&t, browser_assertion(challenged(&t, "login.challenge"), ORIGIN, 8, 5, 1));
	assert_string_equal(said("member"), "cho");
}

static void test_creation_once(void **state)
{
	char challenge[64];

	yes(&here, login("ichi", SECRET));
	snprintf(challenge, sizeof(challenge), "%s", challenged(&here, "passkey.challenge"));
	yes(&elsewhere, login("cho", SECRET));
	no(&elsewhere, browser_creation(challenge, ORIGIN, 3), "passkey-wrong");
	no(&here, browser_creation(challenged(&here, "login.challenge"), ORIGIN, 3),
	    "passkey-wrong");
	yes(&here, browser_creation(challenge, ORIGIN, 3));
	/* from now on he needs it to add another one */
	no(&here, browser_creation(challenge, ORIGIN, 4), "login-more");
	yes(&here, browser_assertion(challenged(&here, "login.challenge"), ORIGIN, 3, 5, 1));
	no(&here, browser_creation(challenge, ORIGIN, 4), "passkey-wrong");
	yes(&here, browser_creation(challenged(&here, "passkey.challenge"), ORIGIN, 4));
}

/* --- what the zone wants --- */

static int setup_two(void **state)
{
	begin("; login two-factors, idle 5 minutes, ends 1 hour");
	return 0;
}

/* Below its level there is nothing but what raises it; each ask in each state. */
static void test_level(void **state)
{
	static const char *const others[] = {"session.list", "session.end", "factor.list",
	    "factor.remove", "passkey.list", "passkey.remove"};
	struct sk_front_terminal low = at(3);
	int64_t now = time(NULL) / 30;
	char json[2048], secret[64];

	yes(&here, login("ichi", SECRET));
	assert_string_equal(said("wants"), "two-factors");
	assert_true(json_is_false(json_object_get(last, "enough")));
	yes(&here, "{\"ask\":\"whoami\"}");
	assert_int_equal(json_integer_value(json_object_get(last, "idle")), 300000);
	yes(&here, "{\"ask\":\"factor.code.begin\"}");
	snprintf(secret, sizeof(secret), "%s", said("secret"));
	for (unsigned w = 0; w < SK_FRONT_COUNT; w++) {
		enum sk_front_what what = (enum sk_front_what)w;
		bool works = sk_front_open(what) == SK_FRONT_TO_LEVEL;
		object_of(what, json, sizeof(json));
		if (sk_front_open(what) == SK_FRONT_TO_ANYBODY)
			continue;
		low = at(100 + w);
		yes(&low, login("cho", SECRET));
		ask_at(&low, json);
		if ((strcmp(said("why"), "login-more") == 0) != works)
			fail_msg("%s: %s", json, said("why"));
	}
	/* what is open for one's own is not for another's */
	low = at(100);
	yes(&low, login("kan", SECRET));
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		snprintf(json, sizeof(json), "{\"ask\":\"%s\",\"member\":\"ichi\"%s%s}", others[i],
		    strcmp(others[i], "session.end") == 0 ? ",\"all\":true" : "",
		    strcmp(others[i], "passkey.remove") == 0 ? ",\"credential\":\"00\"" : "");
		no(&low, json, "login-more");
	}
	yes(&low, "{\"ask\":\"session.list\",\"member\":\"kan\"}");
	/* nor is what the system says enough for a yes; a no needs nothing */
	static const char yes_to[] =
	    ",\"id\":\"00112233445566778899aabbccddeeff\","
	    "\"hash\":\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"";
	root("{\"ask\":\"user.link\",\"member\":\"cho\",\"system_user\":\"x\",\"uid\":5002}");
	static const struct {
		const char *ask, *more, *why;
	} words[] = {{"approve", yes_to, "login-more"},
	    {"deny", ",\"id\":\"00112233445566778899aabbccddeeff\"", "no-transfer"},
	    {"original.approve", ",\"id\":\"00112233445566778899aabbccddeeff\"", "login-more"},
	    {"decide", ",\"votes\":\"x\",\"allow\":true", "login-more"},
	    {"decide", ",\"votes\":\"x\"", "value"}};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		snprintf(json, sizeof(json), "{\"ask\":\"%s\"%s}", words[i].ask, words[i].more);
		ask_user(5002, json);
		if (strcmp(said("why"), words[i].why) != 0)
			fail_msg("%s: %s", json, said("why"));
	}
	yes(&here, code_at(CONFIRM, secret, now));
	assert_true(json_is_true(json_object_get(last, "enough")));
	for (unsigned w = 0; w < SK_FRONT_COUNT; w++) {
		if (sk_front_open((enum sk_front_what)w) != SK_FRONT_TO_LEVEL)
			continue;
		object_of((enum sk_front_what)w, json, sizeof(json));
		ask_at(&here, json);
		assert_string_not_equal(said("why"), "login-more");
		assert_string_not_equal(said("why"), "no-session");
	}
}

/* --- makers of passkeys --- */

/* A maker that has made none of the passkeys here. */
static const char maker[] = "-----BEGIN CERTIFICATE-----\n"
			    "MIIBdzCCAR2gAwIBAgIUAKVa8Y1zcO0rKKrZzBT2C9GRGA8wCgYIKoZIzj0EAwIw\n"
			    "EDEOMAwGA1UEAwwFbWFrZXIwIBcNMjYxMTIzMjA0NDU5WhgPMjEyNjEwMzAyMDQ0\n"
			    "NTlaMBAxDjAMBgNVBAMMBW1ha2VyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n"
			    "ImbkWGZ87Y8gD95eK487sNDyEc1svYMPVBztOOf/SanNBLQ9+U/Nsa9kDDiv1HTZ\n"
			    "tjugiAYgRbgLJoaNGmWKDqNTMFEwHQYDVR0OBBYEFEhsYMot3fmhX4sJ4NG/USeV\n"
			    "xsvwMB8GA1UdIwQYMBaAFEhsYMot3fmhX4sJ4NG/USeVxsvwMA8GA1UdEwEB/wQF\n"
			    "MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgZ9SuX0VdE03CrCNvleVjnrBafXczpCGl\n"
			    "fA0vMbOQbY4CIQCS3pq5tLGfjpcjbQIWAdMD5SG2r/zBzzdCJrTeXipsSQ==\n"
			    "-----END CERTIFICATE-----\n";

static int setup_attested(void **state)
{
	anchors = maker;
	begin("; login password, attested");
	anchors = NULL;
	return 0;
}

static int setup_no_makers(void **state)
{
	begin("; login password, attested");
	return 0;
}

/* Where the policy wants to know who made it, a passkey that does not say is none. */
static void test_attested(void **state)
{
	yes(&here, login("ichi", SECRET));
	yes(&here, "{\"ask\":\"passkey.challenge\"}");
	assert_string_equal(said("attestation"), "direct");
	no(&here, browser_creation(said("challenge"), ORIGIN, 1), "passkey-wrong");
	assert_string_equal(said("field"), "passkey.attestation");
}

static void test_no_makers(void **state)
{
	yes(&here, login("ichi", SECRET));
	no(&here, browser_creation(challenged(&here, "passkey.challenge"), ORIGIN, 1), "unready");
	assert_string_equal(said("field"), "attestation");
}

/* --- the ledger --- */

/* What stands in the outbox of the ledger, one after the other. */
static void read_outbox(struct sk_buf *all)
{
	char where[128], why[128];
	struct sk_db *db = NULL;
	struct sk_rows r;

	snprintf(where, sizeof(where), "sqlite:%s/store.sqlite", top);
	assert_int_equal(sk_db_open(where, NULL, why, sizeof(why), &db), 0);
	assert_int_equal(
	    sk_db_query(db, "SELECT body FROM outbox ORDER BY line", SK_NO_BINDS, &r), 0);
	for (size_t i = 0; i < r.rows; i++)
		assert_int_equal(sk_buf_put_slice(all, sk_rows_bytes(&r, i, 0)), 0);
	sk_rows_free(&r);
	sk_db_close(db);
}

static size_t times(const struct sk_buf *all, const char *word)
{
	struct sk_slice s = sk_buf_slice(all), w = sk_slice_str(word);
	size_t n = 0;

	for (size_t at = 0; (at = sk_slice_find(s, at, w)) != SIZE_MAX; at += w.n)
		n++;
	return n;
}

/* Each login and each denial is told, and no secret with it; what was typed as a name that nobody has may be one, too. */
static void test_ledger(void **state)
{
	struct sk_buf all = SK_BUF((size_t)4 << 20);
	int64_t now = time(NULL) / 30;
	char secret[64], token[65], json[128];

	no(&here, login("ichi", WRONG), "login-wrong");
	no(&here, login("typed-by-mistake", SECRET), "login-wrong");
	yes(&here, login("ichi", SECRET));
	yes(&here, "{\"ask\":\"factor.code.begin\"}");
	snprintf(secret, sizeof(secret), "%s", said("secret"));
	no(&here, "{\"ask\":\"" CONFIRM "\",\"code\":\"000000x\"}", "login-wrong");
	yes(&here, code_at(CONFIRM, secret, now));
	root("{\"ask\":\"user.invite\",\"member\":\"cho\"}");
	snprintf(token, sizeof(token), "%s", said("link"));
	link_of(json);
	yes(&elsewhere, json);
	no(&elsewhere, json, "login-wrong");
	yes(&here, "{\"ask\":\"logout\"}");
	read_outbox(&all);
	assert_int_equal(times(&all, "login.refused"), 4);
	assert_int_equal(times(&all, "two-factors"), 1);
	assert_int_equal(times(&all, "code.add"), 1);
	assert_int_equal(times(&all, "user.invite"), 1);
	assert_int_equal(times(&all, "logout"), 1);
	assert_true(times(&all, "10.2.0.1") > 0);
	assert_int_equal(times(&all, SECRET), 0);
	assert_int_equal(times(&all, WRONG), 0);
	assert_int_equal(times(&all, "typed-by-mistake"), 0);
	assert_int_equal(times(&all, secret), 0);
	assert_int_equal(times(&all, token), 0);
	sk_buf_free(&all);
}

/* --- recovery --- */

static void test_recovery(void **state)
{
	struct sk_front_terminal kan = at(11), kan2 = at(12), thief = at(66);
	char link[128];

	add_key_of("ichi", &here, 7);
	yes(&kan, login("kan", SECRET));
	yes(&kan2, login("kan2", SECRET));
	no(&kan, "{\"ask\":\"recovery.approve\",\"member\":\"ichi\"}", "no-line");
	/* whoever asks, and for whom, is told the same */
	yes(&thief, "{\"ask\":\"recovery.ask\",\"member\":\"daremo\"}");
	yes(&thief, "{\"ask\":\"recovery.ask\",\"member\":\"ichi\",\"comment\":\"鍵をなくした\"}");
	yes(&thief, "{\"ask\":\"recovery.ask\",\"member\":\"ichi\"}");
	no(&thief, "{\"ask\":\"recovery.ask\",\"member\":\"ichi\"}", "login-wait");
	yes(&kan, "{\"ask\":\"recovery.list\"}");
	assert_int_equal(json_array_size(json_object_get(last, "recoveries")), 1);
	no(&here, "{\"ask\":\"recovery.list\"}", "no-right");
	no(&here, "{\"ask\":\"recovery.approve\",\"member\":\"ichi\"}", "no-right");
	/* one person is not enough, however often he says so */
	yes(&kan, "{\"ask\":\"recovery.approve\",\"member\":\"ichi\"}");
	assert_string_equal(said("link"), "");
	no(&kan, "{\"ask\":\"recovery.approve\",\"member\":\"ichi\"}", "second");
	yes(&kan2, "{\"ask\":\"recovery.approve\",\"member\":\"ichi\"}");
	link_of(link);
	no(&kan, "{\"ask\":\"recovery.approve\",\"member\":\"ichi\"}", "no-line");
	/* until it is used nothing has changed */
	yes(&here, "{\"ask\":\"whoami\"}");
	yes(&elsewhere, link);
	no(&here, "{\"ask\":\"whoami\"}", "no-session");
	no(&here, login("ichi", SECRET), "login-wrong");
	yes(&elsewhere, "{\"ask\":\"factor.list\"}");
	assert_true(json_is_false(json_object_get(last, "password")));
	assert_int_equal(json_array_size(json_object_get(last, "passkeys")), 0);
	yes(&elsewhere, "{\"ask\":\"password.change\",\"new\":\"" WRONG "\"}");
}

/* Nobody recovers himself, and who asked for it for another stands for it already. */
static void test_recovery_second(void **state)
{
	struct sk_front_terminal kan = at(11), kan2 = at(12), sou = at(13);

	yes(&kan, login("kan", SECRET));
	yes(&kan2, login("kan2", SECRET));
	yes(&kan, "{\"ask\":\"recovery.ask\",\"member\":\"ichi\"}");
	no(&kan, "{\"ask\":\"recovery.approve\",\"member\":\"ichi\"}", "second");
	yes(&kan2, "{\"ask\":\"recovery.deny\",\"member\":\"ichi\"}");
	no(&kan2, "{\"ask\":\"recovery.approve\",\"member\":\"ichi\"}", "no-line");
	yes(&kan, "{\"ask\":\"recovery.ask\",\"member\":\"kan\"}");
	no(&kan, "{\"ask\":\"recovery.approve\",\"member\":\"kan\"}", "second");
	yes(&kan2, "{\"ask\":\"recovery.approve\",\"member\":\"kan\"}");
	assert_string_equal(said("link"), "");
	/* root is nobody of the organisation */
	ask_root("{\"ask\":\"recovery.approve\",\"member\":\"kan\"}");
	assert_string_equal(said("why"), "account");
	yes(&sou, login("sou", SECRET));
	yes(&sou, "{\"ask\":\"recovery.approve\",\"member\":\"kan\"}");
	assert_int_equal(strlen(said("link")), 64);
}

/* Root asks for one as anybody does: he stands for none. Who stood for it and is gone since stands for it no more. */
static void test_recovery_root(void **state)
{
	struct sk_front_terminal kan = at(11), kan2 = at(12), sou = at(13);

	yes(&kan, login("kan", SECRET));
	yes(&kan2, login("kan2", SECRET));
	yes(&sou, login("sou", SECRET));
	root("{\"ask\":\"recovery.ask\",\"member\":\"ichi\"}");
	root("{\"ask\":\"recovery.list\"}");
	assert_null(json_object_get(json_array_get(json_object_get(last, "recoveries"), 0), "by"));
	yes(&kan2, "{\"ask\":\"recovery.approve\",\"member\":\"ichi\"}");
	assert_string_equal(said("link"), "");
	yes(&kan, "{\"ask\":\"user.disable\",\"member\":\"kan2\"}");
	yes(&sou, "{\"ask\":\"recovery.approve\",\"member\":\"ichi\"}");
	assert_string_equal(said("link"), "");
	no(&sou, "{\"ask\":\"recovery.approve\",\"member\":\"ichi\"}", "second");
	yes(&kan, "{\"ask\":\"recovery.approve\",\"member\":\"ichi\"}");
	assert_int_equal(strlen(said("link")), 64);
}

/* --- how somebody else logs in --- */

#define KAN 5001
#define X 5002

static void refused(uint32_t uid, const char *json, const char *why)
{
	ask_user(uid, json);
	if (strcmp(said("why"), why) != 0)
		fail_msg("%s: '%s' %s instead of %s", json, said("why"), said("field"), why);
}

static void done(uint32_t uid, const char *json)
{
	ask_user(uid, json);
	is_ok(json);
}

static const char *about(const char *ask, const char *member, const char *more)
{
	static char json[512];

	snprintf(json, sizeof(json), "{\"ask\":\"%s\",\"member\":\"%s\"%s}", ask, member, more);
	return json;
}

#define USER_X ",\"system_user\":\"x\",\"uid\":5002"

static const char *with_password(void)
{
	static char more[256];

	snprintf(more, sizeof(more), ",\"password\":\"%s\"", hash);
	return more;
}

/* Whose word counts for something, and who has logged in: no administrator alone says how, whatever he calls it. */
static void takes_nobody_over(const char *member)
{
	refused(KAN, about("user.link", member, USER_X), "recovery");
	refused(KAN, about("user.unlink", member, ""), "recovery");
	refused(KAN, about("user.password", member, with_password()), "recovery");
	refused(KAN, about("user.invite", member, ""), "recovery");
	refused(KAN, about("factor.remove", member, ""), "recovery");
	refused(KAN, about("passkey.remove", member, ",\"credential\":\"00\""), "recovery");
}

static void test_alone(void **state)
{
	struct sk_front_terminal ichi = at(20);

	root(about("user.link", "kan", ",\"system_user\":\"kan\",\"uid\":5001"));
	takes_nobody_over("cho"); /* who approves */
	takes_nobody_over("kan2");
	/* nor makes he an account for one of them that opens */
	refused(KAN, about("user.add", "fuku", USER_X), "recovery");
	refused(KAN, about("user.add", "fuku", with_password()), "recovery");
	refused(KAN, about("user.invite", "fuku", ""), "recovery");
	done(KAN, about("user.add", "fuku", ""));
	takes_nobody_over("fuku");
	/* a clerk who never logged in he may */
	done(KAN, about("user.password", "ichi", with_password()));
	done(KAN, about("user.show", "ichi", ""));
	assert_string_equal(
	    json_string_value(json_object_get(json_object_get(last, "account"), "alone")), "kan");
	yes(&ichi, login("ichi", SECRET));
	takes_nobody_over("ichi");
	/* root has the store; whoever knew the old password is out */
	root(about("user.password", "ichi", with_password()));
	no(&ichi, "{\"ask\":\"whoami\"}", "no-session");
}

/* Whoever came to his account by one person alone decides nothing when the policy lets him later, until two stand for it. */
static void test_alone_later(void **state)
{
	static char text[8192];
	struct sk_front_terminal ichi = at(20), kan2 = at(21);
	char link[128], *at_role;

	root(about("user.link", "kan", ",\"system_user\":\"kan\",\"uid\":5001"));
	done(KAN, about("user.password", "ichi", with_password()));
	yes(&ichi, login("ichi", SECRET));
	snprintf(text, sizeof(text), policy, "");
	at_role = strstr(text, "role staff }\nmember kan ");
	assert_non_null(at_role);
	memcpy(at_role, "role boss  }", 12);
	put_file("city.policy", text);
	restart();
	yes(&ichi, "{\"ask\":\"whoami\"}");
	assert_false(lists("rights", "approve"));
	no(&ichi,
	    "{\"ask\":\"approve\",\"id\":\"00112233445566778899aabbccddeeff\","
	    "\"hash\":\"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\"}",
	    "recovery");
	yes(&kan2, login("kan2", SECRET));
	done(KAN, about("recovery.ask", "ichi", ""));
	yes(&kan2, about("recovery.approve", "ichi", ""));
	link_of(link);
	yes(&ichi, link);
	yes(&ichi, "{\"ask\":\"whoami\"}");
	assert_true(lists("rights", "approve"));
}

/* Whoever has left the organisation is out: of his session, and of what his system user was shown. */
static void test_left(void **state)
{
	static char text[8192];
	struct sk_front_terminal ichi = at(20);
	char *name;

	root(about("user.link", "ichi", USER_X));
	yes(&ichi, login("ichi", SECRET));
	done(X, "{\"ask\":\"list\"}");
	snprintf(text, sizeof(text), policy, "");
	name = strstr(text, "member ichi {");
	assert_non_null(name);
	memcpy(name, "member icho {", 13);
	role_stop();
	sk_channel_close(&control);
	sk_channel_close(&portal);
	put_file("city.policy", text);
	start();
	no(&ichi, "{\"ask\":\"whoami\"}", "no-session");
	no(&ichi, "{\"ask\":\"list\"}", "no-session");
	no(&ichi, login("ichi", SECRET), "login-wrong");
	refused(X, "{\"ask\":\"list\"}", "not-member");
	refused(X, "{\"ask\":\"show\",\"id\":\"00112233445566778899aabbccddeeff\"}", "not-member");
	refused(X, about("user.show", "ichi", ""), "not-member");
}

/* A system user that is to stand for somebody is a matter of two as well, and of what the second one was shown. */
static void test_linked_by_two(void **state)
{
	struct sk_front_terminal kan2 = at(21), thief = at(66);

	root(about("user.link", "kan", ",\"system_user\":\"kan\",\"uid\":5001"));
	yes(&kan2, login("kan2", SECRET));
	no(&thief, about("recovery.ask", "cho", USER_X), "no-right");
	/* what a stranger asked for does not stand in the way */
	yes(&thief, about("recovery.ask", "cho", ""));
	refused(KAN, about("recovery.ask", "cho", ",\"uid\":5002"), "missing");
	refused(KAN, about("recovery.ask", "daremo", ""), "no-user");
	done(KAN, about("recovery.ask", "cho", USER_X));
	yes(&kan2, "{\"ask\":\"recovery.list\"}");
	json_t *r = json_array_get(json_object_get(last, "recoveries"), 0);
	assert_int_equal(json_integer_value(json_object_get(r, "uid")), X);
	no(&kan2, about("recovery.ask", "cho", ""), "state");
	refused(KAN, about("recovery.approve", "cho", ",\"uid\":5002"), "second");
	no(&kan2, about("recovery.approve", "cho", ""), "changed");
	no(&kan2, about("recovery.approve", "cho", ",\"uid\":5003"), "changed");
	yes(&kan2, about("recovery.approve", "cho", ",\"uid\":5002"));
	assert_string_equal(said("link"), "");
	done(X, "{\"ask\":\"whoami\"}");
	assert_string_equal(said("member"), "cho");
	assert_true(lists("rights", "approve"));
	/* taken already */
	yes(&kan2, about("recovery.ask", "ichi", USER_X));
	refused(KAN, about("recovery.approve", "ichi", ",\"uid\":5002"), "user-exists");
}

/* It is answered at the end of a turn: in the next one the gate has heard what its supervisor says. */
static void meet_again(void)
{
	role_meet();
	root("{\"ask\":\"user.enable\",\"member\":\"kan\"}");
}

/* Whoever waits is told at once when it goes, and after its time when it says nothing: then it is started anew. */
static void test_role_hangs(void **state)
{
	role = GOES;
	no(&here, login("ichi", SECRET), "unready");
	assert_int_equal(role_bad_peer, 0);
	role = ANSWERS;
	no(&here, login("ichi", SECRET), "unready"); /* none is there */
	meet_again();
	yes(&here, login("ichi", SECRET));
	role_stop();
	settings = "patience 1\n";
	start();
	settings = "";
	role = SAYS_NOTHING;
	no(&here, login("ichi", SECRET), "unready");
	role_await(&role_bad_peer, 1);
	role = ANSWERS;
	meet_again();
	yes(&here, login("ichi", SECRET));
}

int main(int argc, char **argv)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_table), T(test_portal_alone), T(test_password),
	    T(test_wrong), T(test_closed), T(test_waits), T(test_spray), T(test_alone),
	    T(test_alone_later), T(test_linked_by_two), T(test_left), T(test_change),
	    T(test_sessions), T(test_watch), T(test_link), T(test_code), T(test_code_new_master),
	    T(test_second), T(test_code_waits), T(test_passkey), T(test_passkey_wrong),
	    T(test_creation_once), T(test_recovery), T(test_ledger), T(test_no_hashes),
	    cmocka_unit_test_setup_teardown(test_attested, setup_attested, teardown),
	    cmocka_unit_test_setup_teardown(test_no_makers, setup_no_makers, teardown),
	    cmocka_unit_test_setup_teardown(test_level, setup_two, teardown),
	    T(test_recovery_second), T(test_recovery_root), T(test_role_hangs)};

	if (argc != 2)
		return 1;
	snprintf(role_program, sizeof(role_program), "%s", argv[1]);
	return cmocka_run_group_tests(tests, make_hash, NULL);
}
