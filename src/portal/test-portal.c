/* The pieces of the portal that need no process: what heads say, asks and answers, pages, buckets, connections, certificates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "portal/answer.h"
#include "portal/assets.h"
#include "portal/certificate.h"
#include "portal/limit.h"
#include "portal/lines.h"
#include "portal/request.h"
#include "portal/uploads.h"

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define OURS "https://portal.city.example:8443"

/* --- heads --- */

static bool cookie(const char *text)
{
	uint8_t token[SK_PORTAL_TOKEN], zero[SK_PORTAL_TOKEN] = {0};
	bool there = sk_request_cookie(text, SK_PORTAL_SESSION, token);

	assert_int_equal(memcmp(token, zero, sizeof(zero)) != 0, there);
	return there;
}

static void test_cookies(void **state)
{
	uint8_t token[SK_PORTAL_TOKEN];

	assert_true(sk_request_cookie("a=b; __Host-sekisho=" A64, SK_PORTAL_SESSION, token));
	assert_int_equal(token[0], 0xaa);
	assert_true(cookie("__Host-sekisho-device=" B64 ";__Host-sekisho=" A64 " ; c=d"));
	assert_true(sk_request_cookie(
	    "__Host-sekisho-device=" B64 "; __Host-sekisho=" A64, SK_PORTAL_DEVICE, token));
	assert_int_equal(token[31], 0xbb);
	assert_false(cookie(NULL));
	assert_false(cookie(""));
	assert_false(cookie("__Host-sekisho"));
	assert_false(cookie("__Host-sekisho="));
	assert_false(cookie("__Host-sekisho=" A64 "a"));
	assert_false(cookie("__Host-sekisho=\"" A64 "\""));
	assert_false(cookie("__host-sekisho=" A64));
	assert_false(cookie("x__Host-sekisho=" A64));
	/* two: somebody put one beside it, and nobody can tell which */
	assert_false(cookie("__Host-sekisho=" A64 "; __Host-sekisho=" A64));
	assert_false(cookie("__Host-sekisho=" A64 "; __Host-sekisho"));
	assert_false(cookie("__Host-sekisho=x; __Host-sekisho=" A64));
}

static void test_where_from(void **state)
{
	struct sk_request_from f = {
	    .host = "portal.city.example:8443", .origin = OURS, .mark = "1", .site = "same-origin"};

	assert_true(sk_request_is_ours(&f, OURS) && sk_request_is_own(&f, OURS));
	f.host = "portal.city.example";
	assert_false(sk_request_is_ours(&f, OURS));
	f.host = NULL;
	assert_false(sk_request_is_ours(&f, OURS));
	f.site = NULL; /* an older browser */
	assert_true(sk_request_is_own(&f, OURS) && sk_request_may_read(&f));
	f.site = "same-site";
	assert_false(sk_request_is_own(&f, OURS) || sk_request_may_read(&f));
	f.site = "none"; /* typed into the browser */
	assert_true(sk_request_may_read(&f) && !sk_request_is_own(&f, OURS));
	f.site = "same-origin";
	f.mark = "0";
	assert_false(sk_request_is_own(&f, OURS));
	f.mark = NULL;
	assert_false(sk_request_is_own(&f, OURS));
	f.mark = "1";
	f.origin = "null";
	assert_false(sk_request_is_own(&f, OURS));
	f.origin = OURS ".evil.example";
	assert_false(sk_request_is_own(&f, OURS));
	f.origin = NULL;
	assert_false(sk_request_is_own(&f, OURS));
}

#define GZIP (1U << SK_CODING_GZIP | 1U)
#define BROTLI (1U << SK_CODING_BROTLI | 1U)

static void test_codings(void **state)
{
	assert_int_equal(sk_request_codings(NULL), 1);
	assert_int_equal(sk_request_codings("gzip, deflate, br"), GZIP | BROTLI);
	assert_int_equal(sk_request_codings("GZIP;q=0.5"), GZIP);
	assert_int_equal(sk_request_codings("gzip;q=0, br;q=0.001"), BROTLI);
	assert_int_equal(sk_request_codings("br; q=0.000"), 1);
	assert_int_equal(sk_request_codings("brotli, x-gzip, *"), 1);
	assert_int_equal(sk_request_codings(",,;q=0,;,"), 1);
}

static void test_numbers(void **state)
{
	char id[SK_PORTAL_ID + 1];
	uint64_t n = 7;

	assert_true(sk_request_number("0", &n) && n == 0);
	assert_true(sk_request_number("999999999999999999", &n) && n == 999999999999999999);
	assert_false(sk_request_number("1000000000000000000", &n));
	assert_false(sk_request_number("", &n) || sk_request_number(NULL, &n));
	assert_false(sk_request_number("-1", &n) || sk_request_number("01", &n));
	assert_false(sk_request_number("1 ", &n) || sk_request_number("0x1", &n));
	assert_true(
	    sk_request_id("/a/00112233445566778899aabbccddeeff/content", "/a/", "/content", id));
	assert_string_equal(id, "00112233445566778899aabbccddeeff");
	assert_false(sk_request_id("/a/00112233445566778899aabbccddeeff", "/a/", "/content", id));
	assert_false(sk_request_id("/a/00112233445566778899aabbccddeeff0", "/a/", "", id));
	assert_false(sk_request_id("/a/00112233445566778899AABBCCDDEEFF", "/a/", "", id));
	assert_false(sk_request_id("/a/0011223344556677", "/a/", "", id));
	assert_true(
	    sk_request_sheet("/a/00112233445566778899aabbccddeeff/pages/12.png", "/a/", id, &n));
	assert_true(n == 12 && strcmp(id, "00112233445566778899aabbccddeeff") == 0);
	static const char *const none[] = {"", "/", "/pages/1", "/pages/.png", "/pages/1.png/",
	    "/pages/01.png", "/pages/1.png.png", "/pages/1.jpg", "/page/1.png", "/pages//1.png",
	    "/pages/11111111111111111111.png"};
	for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++) {
		char path[128];
		snprintf(path, sizeof(path), "/a/00112233445566778899aabbccddeeff%s", none[i]);
		assert_false(sk_request_sheet(path, "/a/", id, &n));
	}
	assert_true(sk_request_has("\"a\", W/\"b\"", "\"b\"") && sk_request_has("*", "\"b\""));
	assert_false(sk_request_has("\"a\"", "\"b\"") || sk_request_has(NULL, "\"b\""));
}

/* --- asks and answers --- */

static struct sk_buf out;
static struct sk_front_fault fault;

static int asked(const char *word, const char *body)
{
	sk_buf_free(&out);
	out = SK_BUF(SK_FRONT_ASK_BYTES);
	return sk_portal_ask(word, sk_slice_str(body), &out, &fault);
}

static void test_asks(void **state)
{
	assert_int_equal(asked("status", ""), 0);
	assert_true(sk_slice_is(sk_buf_slice(&out), "{\"ask\":\"status\"}"));
	assert_int_equal(asked("list", " { \"most\": 3 } "), 0);
	assert_true(sk_slice_is(sk_buf_slice(&out), "{\"ask\":\"list\",\"most\": 3 } "));
	assert_int_equal(asked("list", "\n{\t} "), 0);
	/* the word is that of the address, whatever stands in the body */
	assert_int_equal(asked("list", "{\"ask\":\"backup\",\"folder\":\"/\"}"), SK_EFORMAT);
	assert_int_equal(fault.why, SK_FRONT_WHY_NOT_JSON);
	assert_int_equal(asked("list", "[]"), SK_EFORMAT);
	assert_int_equal(asked("list", "{\"most\":1"), SK_EFORMAT);
	assert_int_equal(asked("list", "{}{}"), SK_EFORMAT);
	assert_int_equal(asked("list", "{\"folder\":\"/\"}"), SK_EFORMAT);
	assert_int_equal(fault.why, SK_FRONT_WHY_NO_SUCH_MEMBER);
	assert_int_equal(asked("show", "{}"), SK_EFORMAT);
	assert_int_equal(fault.why, SK_FRONT_WHY_MISSING);
	assert_string_equal(fault.field, "id");
	assert_int_equal(asked("shutdown", "{}"), SK_EFORMAT);
	assert_int_equal(fault.why, SK_FRONT_WHY_NO_SUCH_ASK);
	sk_buf_free(&out);
}

static struct sk_portal_answer answered(const char *text, int expected)
{
	struct sk_portal_answer a = {.text = SK_BUF(SK_FRONT_ASK_BYTES)};

	assert_int_equal(sk_portal_answer(sk_slice_str(text), &a), expected);
	return a;
}

static void test_answers(void **state)
{
	struct sk_portal_answer a = answered("{\"status\":\"ok\",\"zone\":\"lgwan\"}", 0);

	assert_true(a.status == 200 && a.text.len == 0 && !a.session[0] && !a.device[0]);
	a = answered("{\"status\":\"ok\",\"session\":\"" A64 "\",\"device\":\"" B64 "\"}", 0);
	assert_string_equal(a.session, A64);
	assert_string_equal(a.device, B64);
	assert_true(sk_slice_is(sk_buf_slice(&a.text), "{\"status\":\"ok\"}"));
	sk_buf_free(&a.text);
	a = answered("{\"status\":\"refused\",\"why\":\"value\",\"field\":\"to\"}", 0);
	assert_int_equal(a.status, 400);
	assert_true(sk_slice_is(sk_buf_slice(&a.text),
	    "{\"status\":\"refused\",\"why\":\"value\",\"field\":\"to\",\"text\":\"This cannot be said so: to\"}"));
	sk_buf_free(&a.text);
	a = answered("{\"status\":\"refused\",\"why\":\"no-session\"}", 0);
	assert_int_equal(a.status, 401);
	sk_buf_free(&a.text);
	answered("", SK_EFORMAT);
	answered("[]", SK_EFORMAT);
	answered("{}", SK_EFORMAT);
	answered("{\"status\":\"refused\",\"why\":\"nothing\"}", SK_EFORMAT);
	assert_int_equal(sk_portal_refusal(SK_FRONT_WHY_LIMIT, NULL, &a), 0);
	assert_int_equal(a.status, 429);
	sk_buf_free(&a.text);
}

static const char *attached(const char *name)
{
	static char text[4096];
	struct sk_buf b = SK_BUF(sizeof(text));

	assert_int_equal(sk_portal_attachment(name, &b), 0);
	snprintf(text, sizeof(text), "%.*s", (int)b.len, (const char *)b.p);
	sk_buf_free(&b);
	return text;
}

static void test_names(void **state)
{
	struct sk_buf b = SK_BUF(4096);

	assert_string_equal(
	    attached("a b.txt"), "attachment; filename=\"a b.txt\"; filename*=UTF-8''a%20b.txt");
	assert_string_equal(
	    attached("見.txt"), "attachment; filename=\"_.txt\"; filename*=UTF-8''%E8%A6%8B.txt");
	assert_string_equal(attached("a\"\\%/;\r\n.txt"),
	    "attachment; filename=\"a____;??.txt\"; filename*=UTF-8''a%22%5C%25%2F%3B%3F%3F.txt");
	/* an original as it came, a cleaned one by what it is */
	assert_int_equal(
	    sk_portal_disposition(
		SK_SLICE_LIT(
		    "{\"transfer\":{\"name\":\"a.docm\",\"output_type\":\"docx\",\"found\":\"docm\"}}"),
		"x", &b),
	    0);
	assert_true(sk_slice_find(sk_buf_slice(&b), 0, SK_SLICE_LIT("\"a.docx\"")) < SIZE_MAX);
	sk_buf_reset(&b);
	assert_int_equal(sk_portal_disposition(SK_SLICE_LIT("{\"status\":\"ok\"}"), "x", &b), 0);
	assert_true(sk_slice_starts(sk_buf_slice(&b), SK_SLICE_LIT("attachment; filename=\"x\"")));
	sk_buf_free(&b);
}

static int queried(struct sk_portal_query *q, const char *name, const char *value, size_t n)
{
	return sk_portal_query_put(q, sk_slice_str(name), sk_slice(value, n));
}

static void test_queries(void **state)
{
	struct sk_portal_query q;

	sk_portal_query(&q, SK_FRONT_EXPORT);
	assert_int_equal(queried(&q, "text", "a%20b%e8%A6%8b", 14), 0);
	assert_int_equal(queried(&q, "all", "true", 4), 0);
	assert_int_equal(queried(&q, "from", "17", 2), 0);
	assert_string_equal(q.ask.text, "a b見");
	assert_true(q.ask.all && q.ask.from == 17);
	assert_int_equal(queried(&q, "text", "c", 1), SK_EFORMAT); /* twice */
	assert_int_equal(q.fault.why, SK_FRONT_WHY_VALUE);
	assert_int_equal(queried(&q, "route", "r", 1), SK_EFORMAT); /* it stays so */
	static const struct {
		const char *name, *value;
		size_t n;
		enum sk_front_why why;
	} bad[] = {{"all", "false", 5, SK_FRONT_WHY_VALUE}, {"text", "a\0b", 3, SK_FRONT_WHY_VALUE},
	    {"text", "a%00b", 5, SK_FRONT_WHY_VALUE}, {"text", "%4", 2, SK_FRONT_WHY_VALUE},
	    {"text", "%zz", 3, SK_FRONT_WHY_VALUE}, {"text", "%ff", 3, SK_FRONT_WHY_VALUE},
	    {"most", "3", 1, SK_FRONT_WHY_NO_SUCH_MEMBER}, {"from", "-1", 2, SK_FRONT_WHY_VALUE},
	    {"ask", "status", 6, SK_FRONT_WHY_NO_SUCH_MEMBER}, {"text", "", 0, SK_FRONT_WHY_VALUE}};
	sk_portal_query(&q, SK_FRONT_LEDGER_PROOF); /* what must be said is not */
	struct sk_buf b = SK_BUF(1024);
	assert_int_equal(sk_portal_query_end(&q, &b), SK_EFORMAT);
	assert_int_equal(q.fault.why, SK_FRONT_WHY_MISSING);
	sk_buf_free(&b);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		sk_portal_query(&q, SK_FRONT_EXPORT);
		assert_int_equal(queried(&q, bad[i].name, bad[i].value, bad[i].n), SK_EFORMAT);
		assert_int_equal(q.fault.why, bad[i].why);
	}
}

static void test_begins(void **state)
{
	sk_buf_free(&out);
	out = SK_BUF(1024);
	assert_int_equal(
	    sk_portal_begin(SK_SLICE_LIT("{\"name\":\"a\",\"size\":3}"), &out, &fault), 0);
	assert_true(sk_slice_is(sk_buf_slice(&out), "{\"ask\":\"upload.begin\",\"size\":3}"));
	sk_buf_reset(&out);
	assert_int_equal(sk_portal_begin(SK_SLICE_LIT("{\"size\":-3}"), &out, &fault), SK_EFORMAT);
	assert_int_equal(fault.why, SK_FRONT_WHY_VALUE);
	assert_int_equal(sk_portal_begin(SK_SLICE_LIT("3"), &out, &fault), SK_EFORMAT);
	sk_buf_free(&out);
}

/* --- uploads --- */

#define UPLOAD "00112233445566778899aabbccddeeff"

static struct sk_upload *brought(struct sk_uploads *u, int file, uint64_t size, bool fresh)
{
	struct sk_bytes what = {.sealed = true, .name = UPLOAD, .size = size};
	int fd = dup(file), status = 1;
	struct sk_upload *one = sk_uploads_take(u, UPLOAD, &what, &fd, fresh, 0, &status);

	assert_non_null(one);
	assert_int_equal(status, 0);
	assert_int_equal(fd, -1);
	return one;
}

static void bring_with(struct sk_sealer *sealer)
{
	struct sk_uploads *all = calloc(1, sizeof(*all));
	static uint8_t bytes[100000];
	uint8_t hash[32], again[32];
	int file = sk_memfd("upload");
	assert_non_null(all);
	all->sealer = sealer;
	struct sk_upload *one = brought(all, file, sizeof(bytes), true);

	assert_int_equal(sk_upload_put(one, sk_slice(bytes, 90000)), 0);
	assert_int_equal(sk_upload_end(one, hash), SK_EBUSY);
	assert_int_equal(sk_upload_put(one, sk_slice(bytes, 10001)), SK_ELIMIT);
	/* forgotten, and found again: whole pieces are there */
	sk_uploads_tick(all, SK_PORTAL_UPLOAD_MS);
	assert_non_null(sk_uploads_find(all, UPLOAD));
	sk_uploads_tick(all, 2 * SK_PORTAL_UPLOAD_MS);
	assert_null(sk_uploads_find(all, UPLOAD));
	one = brought(all, file, sizeof(bytes), false);
	assert_int_equal(sk_upload_taken(one), 65536);
	assert_int_equal(sk_upload_put(one, sk_slice(bytes, sizeof(bytes) - 65536)), 0);
	assert_int_equal(sk_upload_end(one, hash), 0);
	assert_int_equal(sk_upload_end(one, again), 0);
	assert_memory_equal(hash, again, sizeof(hash));
	one->writer = 7; /* somebody is at it */
	sk_uploads_tick(all, 10 * SK_PORTAL_UPLOAD_MS);
	assert_ptr_equal(sk_uploads_find(all, UPLOAD), one);
	sk_uploads_clear(all);
	assert_null(sk_uploads_find(all, UPLOAD));
	close(file);
	free(all);
}

/* By whoever calls, and by a thread: the same. */
static void test_uploads(void **state)
{
	struct sk_sealer *sealer = NULL;

	bring_with(NULL);
	assert_int_equal(sk_sealer_new(&sealer), 0);
	bring_with(sealer);
}

/* What went wrong in the thread is told, at the latest when all of it is to be there; and stays. */
static void test_upload_without_room(void **state)
{
	struct sk_uploads *all = calloc(1, sizeof(*all));
	static uint8_t bytes[400000];
	int file = sk_memfd("upload");
	uint8_t hash[32];

	assert_non_null(all);
	assert_int_equal(sk_sealer_new(&all->sealer), 0);
	struct sk_upload *one = brought(all, file, sizeof(bytes), true);
	assert_int_equal(fcntl(file, F_ADD_SEALS, F_SEAL_GROW), 0);
	(void)sk_upload_put(one, sk_slice(bytes, sizeof(bytes)));
	assert_int_not_equal(sk_upload_settle(one), 0);
	assert_int_not_equal(sk_upload_put(one, sk_slice(bytes, 0)) | sk_upload_end(one, hash), 0);
	sk_uploads_clear(all);
	close(file);
	free(all);
}

/* --- pages --- */

static void put(int folder, const char *name, const char *text)
{
	sk_autoclose int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_int_equal(sk_write_all(fd, text, strlen(text)), 0);
}

static int pages_folder(char path[64])
{
	int folder;

	snprintf(path, 64, "/tmp/sekisho-pages-XXXXXX");
	assert_non_null(mkdtemp(path));
	folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(mkdirat(folder, "assets", 0700), 0);
	put(folder, "assets/app-1.js", "a long script");
	put(folder, "assets/app-1.js.br", "short");
	put(folder, "assets/app-1.js.gz", "less short");
	put(folder, "assets/lone.js.br", "of nothing");
	put(folder, "assets/page.php", "no type of ours");
	put(folder, ".secret.txt", "hidden");
	assert_int_equal(symlinkat("/etc/passwd", folder, "passwd.txt"), 0);
	return folder;
}

static void remove_pages(int folder, const char *path)
{
	static const char *const files[] = {"assets/app-1.js", "assets/app-1.js.br",
	    "assets/app-1.js.gz", "assets/lone.js.br", "assets/page.php", ".secret.txt",
	    "passwd.txt", "index.html"};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		unlinkat(folder, files[i], 0);
	unlinkat(folder, "assets", AT_REMOVEDIR);
	rmdir(path);
	close(folder);
}

static void test_pages(void **state)
{
	char path[64];
	int folder = pages_folder(path);
	struct sk_assets *a = NULL;
	const struct sk_asset *f;

	assert_int_equal(sk_assets_load(folder, &a), SK_ENOENTRY);
	put(folder, "index.html", "<!doctype html>");
	assert_int_equal(sk_assets_load(folder, &a), 0);
	f = sk_assets_find(a, "/");
	assert_string_equal(f->path, "/index.html");
	assert_false(f->lasting);
	assert_ptr_equal(sk_assets_find(a, "/transfers/00112233445566778899aabbccddeeff"), f);
	f = sk_assets_find(a, "/assets/app-1.js");
	assert_true(f->lasting && sk_slice_is(sk_buf_slice(&f->body[0]), "a long script"));
	assert_string_equal(f->type, "text/javascript; charset=utf-8");
	assert_int_equal(sk_asset_coding(f, GZIP | BROTLI), SK_CODING_BROTLI);
	assert_int_equal(sk_asset_coding(f, GZIP), SK_CODING_GZIP);
	assert_int_equal(sk_asset_coding(f, 1), SK_CODING_NONE);
	assert_string_not_equal(f->tag[0], f->tag[1]);
	assert_null(sk_assets_find(a, "/assets/lone.js"));
	assert_null(sk_assets_find(a, "/assets/page.php"));
	assert_null(sk_assets_find(a, "/.secret.txt"));
	assert_null(sk_assets_find(a, "/passwd.txt"));
	assert_null(sk_assets_find(a, "/assets/../index.html.."));
	assert_null(sk_assets_find(a, "index.html"));
	sk_assets_free(a);
	remove_pages(folder, path);
}

/* --- buckets --- */

static void key_of(uint32_t n, uint8_t key[SK_LIMIT_KEY])
{
	memset(key, 0, SK_LIMIT_KEY);
	memcpy(key, &n, sizeof(n));
}

static void test_buckets(void **state)
{
	const struct sk_rate rate = {2, 3};
	struct sk_limits *l = sk_limits_new(1);
	uint8_t a[SK_LIMIT_KEY], b[SK_LIMIT_KEY];

	key_of(1, a);
	key_of(2, b);
	assert_false(sk_limits_knows(l, a));
	for (int i = 0; i < 3; i++)
		assert_true(sk_limits_take(l, a, rate, 1000));
	assert_true(sk_limits_knows(l, a));
	assert_false(sk_limits_take(l, a, rate, 1000));
	assert_true(sk_limits_take(l, b, rate, 1000)); /* another's is another */
	assert_false(sk_limits_take(l, a, rate, 1499));
	assert_true(sk_limits_take(l, a, rate, 1500));
	assert_false(sk_limits_take(l, a, rate, 1400)); /* a clock that goes back gives nothing */
	for (int i = 0; i < 3; i++)
		assert_true(sk_limits_take(l, a, rate, 100000));
	assert_false(sk_limits_take(l, a, rate, 100000));
	sk_limits_free(l);
}

/* Many strangers take no bucket away that is in use. */
static void test_crowd(void **state)
{
	const struct sk_rate rate = {1, 3};
	struct sk_limits *l = sk_limits_new(99);
	uint8_t one[SK_LIMIT_KEY], key[SK_LIMIT_KEY];

	key_of(0, one);
	for (int i = 0; i < 3; i++)
		assert_true(sk_limits_take(l, one, rate, 0));
	for (uint32_t i = 1; i < 200000; i++) {
		key_of(i, key);
		assert_true(sk_limits_take(l, key, rate, 0));
	}
	assert_false(sk_limits_take(l, one, rate, 0));
	sk_limits_free(l);
}

static void test_addresses(void **state)
{
	uint8_t a[16] = {[10] = 0xFF, [11] = 0xFF, 192, 0, 2, 1}, b[16], x[SK_LIMIT_KEY],
		y[SK_LIMIT_KEY];

	memcpy(b, a, 16);
	b[15] = 2;
	sk_limit_address(a, x);
	sk_limit_address(b, y);
	assert_memory_not_equal(x, y, SK_LIMIT_KEY);
	a[0] = b[0] = 0x20; /* the same network of 64 bits */
	sk_limit_address(a, x);
	sk_limit_address(b, y);
	assert_memory_equal(x, y, SK_LIMIT_KEY);
}

/* --- connections --- */

static bool is_cut(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_DONTWAIT) == 0;
}

static void pair_of(int pair[2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
}

static const uint8_t office[16] = {[10] = 0xFF, 0xFF, 10, 2, 0, 1};

/* However many one address leaves idle, it is those that go, not the few of others; and without such a one the longest idle. */
static void test_idle_lines_of_many(void **state)
{
	static const uint8_t flood[16] = {[10] = 0xFF, 0xFF, 10, 2, 0, 2};
	static struct sk_lines l;
	struct sk_line *first, *v[4 * SK_LINE_IDLE_MOST];
	int p[2], one[2];

	pair_of(p);
	pair_of(one);
	sk_lines_init(&l, 100000, SK_LINE_IDLE_MS);
	first = sk_lines_add(&l, one[0], office, 0);
	for (size_t i = 0; i < 4 * SK_LINE_IDLE_MOST; i++) {
		v[i] = sk_lines_add(&l, p[0], flood, 1);
		assert_true(l.idle <= SK_LINE_IDLE_MOST);
	}
	assert_false(is_cut(one[1]));
	assert_int_equal(l.n, 4 * SK_LINE_IDLE_MOST + 1);
	/* none has many */
	for (size_t i = 0; i < 4 * SK_LINE_IDLE_MOST; i++)
		sk_lines_remove(&l, v[i]);
	assert_int_equal(l.idle, 1);
	for (size_t i = 0; i < SK_LINE_IDLE_MOST; i++) {
		uint8_t own[16] = {[10] = 0xFF, 0xFF, 10, 3, (uint8_t)(i >> 8), (uint8_t)i};
		v[i] = sk_lines_add(&l, p[0], own, 2);
	}
	assert_true(is_cut(one[1]));
	assert_int_equal(l.idle, SK_LINE_IDLE_MOST);
	for (size_t i = 0; i < SK_LINE_IDLE_MOST; i++)
		sk_lines_remove(&l, v[i]);
	sk_lines_remove(&l, first);
	assert_true(l.idle == 0 && l.n == 0 && l.first == NULL);
	for (size_t i = 0; i < SK_LINE_PLACES; i++)
		assert_int_equal(l.places[i], 0);
	for (int i = 0; i < 2; i++) {
		close(p[i]);
		close(one[i]);
	}
}

static void test_idle_lines(void **state)
{
	struct sk_lines l;
	struct sk_line *v[3];
	int p[3][2];

	for (int i = 0; i < 3; i++)
		pair_of(p[i]);
	sk_lines_init(&l, 2, SK_LINE_IDLE_MS);
	v[0] = sk_lines_add(&l, p[0][0], office, 0);
	v[1] = sk_lines_add(&l, p[1][0], office, 1);
	sk_line_work(&l, v[0], 1000000); /* it is at work: the other one goes */
	assert_false(is_cut(p[0][1]) || is_cut(p[1][1]));
	v[2] = sk_lines_add(&l, p[2][0], office, 2);
	assert_true(!is_cut(p[0][1]) && is_cut(p[1][1]) && !is_cut(p[2][1]));
	sk_lines_remove(&l, v[1]);
	sk_lines_tick(&l, 2 + SK_LINE_IDLE_MS - 1);
	assert_false(is_cut(p[2][1]));
	sk_lines_tick(&l, 2 + SK_LINE_IDLE_MS + 1000);
	assert_true(is_cut(p[2][1]) && !is_cut(p[0][1]));
	sk_line_rest(&l, v[0], 200000);
	sk_lines_tick(&l, 200000 + SK_LINE_IDLE_MS);
	assert_true(is_cut(p[0][1]));
	sk_lines_remove(&l, v[0]);
	sk_lines_remove(&l, v[2]);
	assert_true(l.n == 0 && l.first == NULL && l.last == NULL && l.at_work == NULL);
	assert_int_equal(sk_lines_until(&l, 0), -1);
	for (int i = 0; i < 3; i++) {
		close(p[i][0]);
		close(p[i][1]);
	}
}

static void test_slow_lines(void **state)
{
	struct sk_lines l;
	struct sk_line *a, *b;
	int p[2][2];

	pair_of(p[0]);
	pair_of(p[1]);
	sk_lines_init(&l, 9, SK_LINE_IDLE_MS);
	a = sk_lines_add(&l, p[0][0], office, 0);
	b = sk_lines_add(&l, p[1][0], office, 0);
	sk_line_work(&l, a, 5000);
	sk_line_work(&l, b, 5000);
	sk_line_work(&l, b, 9000); /* something of it moved on */
	sk_lines_tick(&l, 5000);
	assert_true(is_cut(p[0][1]) && !is_cut(p[1][1]));
	assert_int_equal(sk_lines_until(&l, 5400), 600);
	sk_lines_remove(&l, b);
	sk_lines_remove(&l, a);
	assert_null(l.at_work);
	for (int i = 0; i < 2; i++) {
		close(p[i][0]);
		close(p[i][1]);
	}
}

/* --- certificates --- */

static gnutls_x509_crt_t crt_of(const struct sk_portal_pair *p)
{
	gnutls_datum_t pem = {p->crt.p, (unsigned)p->crt.len};
	gnutls_x509_crt_t c;

	assert_int_equal(gnutls_x509_crt_init(&c), 0);
	assert_int_equal(gnutls_x509_crt_import(c, &pem, GNUTLS_X509_FMT_PEM), 0);
	return c;
}

/* Whether somebody who trusts this authority believes this certificate for the host. */
static bool believed(
    const struct sk_portal_pair *ca, const struct sk_portal_pair *own, const char *host)
{
	gnutls_x509_crt_t root = crt_of(ca), leaf = crt_of(own);
	gnutls_x509_trust_list_t trust;
	gnutls_typed_vdata_st name = {GNUTLS_DT_DNS_HOSTNAME, (uint8_t *)(uintptr_t)host, 0};
	unsigned wrong = 1;

	assert_int_equal(gnutls_x509_trust_list_init(&trust, 0), 0);
	assert_int_equal(gnutls_x509_trust_list_add_cas(trust, &root, 1, 0), 1);
	assert_int_equal(
	    gnutls_x509_trust_list_verify_crt2(trust, &leaf, 1, &name, 1, 0, &wrong, NULL), 0);
	gnutls_x509_trust_list_deinit(trust, 1);
	gnutls_x509_crt_deinit(leaf);
	return wrong == 0;
}

#define PAIR \
	{ \
		.key = SK_BUF(8192), .crt = SK_BUF(8192) \
	}

static void test_certificates(void **state)
{
	struct sk_portal_pair ca = PAIR, own = PAIR, other = PAIR, none = PAIR;
	char text[SK_CERTIFICATE_TEXT];
	int64_t now = (int64_t)time(NULL);

	assert_int_equal(sk_portal_authority_new("lgwan", "portal.city.example", now, &ca), 0);
	assert_int_equal(sk_portal_certificate_new(&ca, "portal.city.example", now, &own), 0);
	assert_true(believed(&ca, &own, "portal.city.example"));
	assert_false(believed(&ca, &own, "bank.example"));
	/* it can sign for others, and is not believed */
	assert_int_equal(sk_portal_certificate_new(&ca, "bank.example", now, &other), 0);
	assert_false(believed(&ca, &other, "bank.example"));
	assert_int_equal(sk_portal_fingerprint(sk_buf_slice(&ca.crt), text), 0);
	assert_int_equal(strlen(text), 95);
	assert_int_equal(sk_portal_fingerprint(sk_slice_str("x"), text), SK_EFORMAT);
	assert_int_equal(sk_portal_certificate_new(&none, "a.example", now, &other), SK_EFORMAT);
	sk_portal_pair_free(&ca);
	sk_portal_pair_free(&own);
	sk_portal_pair_free(&other);
}

static void test_hosts(void **state)
{
	char host[SK_PORTAL_HOST];

	assert_int_equal(sk_portal_host(OURS, host), 0);
	assert_string_equal(host, "portal.city.example");
	assert_int_equal(sk_portal_host("https://lgwan.localhost", host), 0);
	assert_int_equal(sk_portal_host("https://192.0.2.1:8443", host), SK_EARG);
	assert_int_equal(sk_portal_host("http://a.example", host), SK_EARG);
	assert_int_equal(sk_portal_host("https://:8443", host), SK_EARG);
}

#define T(name) cmocka_unit_test(name)

int main(void)
{
	const struct CMUnitTest tests[] = {T(test_cookies), T(test_where_from), T(test_codings),
	    T(test_numbers), T(test_asks), T(test_answers), T(test_names), T(test_queries),
	    T(test_begins), T(test_uploads), T(test_upload_without_room), T(test_pages),
	    T(test_buckets), T(test_crowd), T(test_addresses), T(test_idle_lines),
	    T(test_idle_lines_of_many), T(test_slow_lines), T(test_certificates), T(test_hosts)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
