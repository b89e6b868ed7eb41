/*
 * Tests of the printer as a process, from the place of its supervisor and its gate: a receipt that poppler and zbar can read, hostile names, a proof that
 * does not hold, nonsense. Takes the program's path, and a ledger's receipt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>

#include "base/hex.h"
#include "post/test-role.h"
#include "printer/print.h"
#include "printer/proof.h"

static struct {
	int done;
	struct sk_print_done what;
} got;
static struct sk_slice proof;
static struct sk_paper_proof proved;
static char dir[] = "/tmp/sk-printer-XXXXXX";

static int serve_done(void *ctx, struct sk_message *m)
{
	got.done++;
	return sk_print_get_done(m->body, &got.what);
}

static const struct sk_permit heard[] = {{SK_PRINT_DONE, 1, 40, SK_PRINT_DONE_MOST, 0, serve_done}};

static int setup(void **state)
{
	got.done = 0;
	role_heard = heard;
	role_nheard = 1;
	role_spawn("printer");
	role_go();
	role_await(&role_ready, 1);
	return 0;
}

static int teardown(void **state)
{
	role_stop();
	return 0;
}

/* The document; the caller closes it. */
static int print_as(uint32_t kind, const char *json, struct sk_slice with)
{
	int fds[2] = {sk_memfd("with"), sk_memfd("document")};

	assert_int_equal(sk_write_all(fds[0], with.p, with.n), 0);
	assert_int_equal(sk_channel_send(&role_gate, kind, 7, sk_slice_str(json), fds, 2), 0);
	role_await(&got.done, got.done + 1);
	close(fds[0]);
	return fds[1];
}

static int print(const char *json, struct sk_slice ledger)
{
	return print_as(SK_PRINT_RECEIPT, json, ledger);
}

static void is_whole(int fd, const char *head)
{
	struct sk_slice all;
	struct sha256_ctx hash;
	uint8_t sum[32];

	assert_int_equal(sk_map(fd, &all), 0);
	assert_int_equal(all.n, got.what.size);
	sha256_init(&hash);
	sha256_update(&hash, all.n, all.p);
	sha256_digest(&hash, sizeof(sum), sum);
	assert_memory_equal(sum, got.what.sha256, sizeof(sum));
	assert_memory_equal(all.p, head, strlen(head));
	sk_unmap(&all);
}

static void keep(int fd)
{
	char path[64];
	struct sk_slice all;

	snprintf(path, sizeof(path), "%s/receipt.pdf", dir);
	int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_int_equal(sk_map(fd, &all), 0);
	assert_int_equal(sk_write_all(to, all.p, all.n), 0);
	sk_unmap(&all);
	close(to);
}

/* What a tool of others says, called where the document lies. */
static void run(const char *const *tool, char *text, size_t size)
{
	int out = sk_memfd("said"), status;
	pid_t pid = fork();

	if (pid == 0) {
		if (chdir(dir) || dup2(out, STDOUT_FILENO) < 0)
			_exit(126);
		execvp(tool[0], (char *const *)(uintptr_t)tool);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	ssize_t n = pread(out, text, size - 1, 0);
	assert_true(n >= 0);
	text[n] = '\0';
	close(out);
}

#define RUN(text, ...) run((const char *const[]){__VA_ARGS__, NULL}, text, sizeof(text))

static const char all_of_it[] =
    "{\"made\":1795440000000,\"zone\":\"lgwan\",\"transfer\":{\"id\":\"00112233445566778899aabbccddeeff\",\"name\":\"見積書 2026.docx\","
    "\"from\":\"internet\",\"to\":\"lgwan\",\"route\":\"inbound\",\"state\":\"released\",\"requester\":\"shimin-1\",\"requester_name\":\"市民課職員一\","
    "\"output_hash\":\"ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100\"},"
    "\"votes\":[{\"person\":\"shimin-cho\",\"name\":\"市民課長\",\"allow\":true,\"at\":1795440000000}],"
    "\"original_hash\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}";

static void test_texts(void **state)
{
	static const char *const words[] = {"移送証明書", "Receipt of a transfer",
	    "00112233445566778899aabbccddeeff", "見積書 2026.docx", "internet", "受取り可能",
	    "市民課職員一 (shimin-1)",
	    "市民課長 (shimin-cho) 2026-11-23 (令和8年11月23日) 22:20:00 +09:00", "承認者",
	    "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100",
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	    "sekisho-ledgerverify --key KEY receipt", "検証の方法"};
	static char text[65536];
	char hex[65];
	int fd = print(all_of_it, proof);

	is_whole(fd, "%PDF-");
	keep(fd);
	RUN(text, "pdftotext", "-layout", "receipt.pdf", "-");
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strstr(text, words[i]) == NULL)
			fail_msg("%s is not in %s", words[i], text);
	assert_non_null(strstr(text, proved.origin));
	sk_hex_text(hex, proved.leaf.b, 32);
	assert_non_null(strstr(text, hex));
	sk_hex_text(hex, proved.root.b, 32);
	assert_non_null(strstr(text, hex));
	close(fd);
}

static void test_code(void **state)
{
	struct sk_buf code = SK_BUF(1024);
	static char text[4096];
	int fd = print(all_of_it, proof);

	keep(fd);
	RUN(text, "pdftoppm", "-r", "150", "-png", "-singlefile", "receipt.pdf", "page");
	RUN(text, "zbarimg", "-q", "--raw", "page.png");
	assert_int_equal(sk_paper_code(&proved, &code), 0);
	assert_int_equal(sk_buf_putc(&code, 0), 0);
	assert_int_equal(strncmp(text, (const char *)code.p, code.len - 1), 0);
	sk_buf_free(&code);
	close(fd);
}

/* Whatever its names are, it is a document; what turns text round is not in it. */
static void test_hostile(void **state)
{
	static char json[60000], text[200000];
	int n = snprintf(json, sizeof(json), "{\"transfer\":{\"name\":\"a\\u202eb\\u0001%s", "");

	for (int i = 0; i < 6000; i++)
		n += snprintf(json + n, sizeof(json) - (size_t)n, "長");
	n += snprintf(json + n, sizeof(json) - (size_t)n, "\"},\"votes\":[");
	for (int i = 0; i < 100; i++)
		n += snprintf(json + n, sizeof(json) - (size_t)n,
		    "%s{\"person\":\"p%d\",\"allow\":true}", i ? "," : "", i);
	snprintf(json + n, sizeof(json) - (size_t)n, "],\"made\":\"x\",\"zone\":[]}");
	int fd = print(json, sk_slice("", 0));
	is_whole(fd, "%PDF-");
	keep(fd);
	RUN(text, "pdftotext", "-layout", "receipt.pdf", "-");
	assert_null(strstr(text, "\u202e"));
	assert_non_null(strstr(text, "No entry of the ledger"));
	assert_non_null(strstr(text, "p63"));
	close(fd);
	fd = print("{}", sk_slice("", 0));
	is_whole(fd, "%PDF-");
	close(fd);
}

/* A hash of its path is another one, or it is cut: then there is no receipt. */
static void test_bad_proofs(void **state)
{
	static uint8_t other[65536];
	size_t at = sk_slice_find(proof, 0, SK_SLICE_LIT("\nindex ")) + 12;

	memcpy(other, proof.p, proof.n);
	other[at] = other[at] == 'A' ? 'B' : 'A';
	for (int i = 0; i < 2; i++) {
		int fd = print(all_of_it, sk_slice(other, i ? at : proof.n));
		assert_int_equal(got.what.size, 0);
		assert_true(got.what.text[0] != '\0');
		assert_int_equal(lseek(fd, 0, SEEK_END), 0);
		close(fd);
	}
	close(print("[]", proof));
	assert_int_equal(got.what.size, 0);
}

/* A list in one language and then the other, in a process that has no file system any more. What is no list gives none. */
static void test_books(void **state)
{
	static const char rows[] = "{\"name\":\"=1+1\"}\n{\"name\":\"\\u0001<見>\",\"size\":3}\n";
	static const char *const how[] = {
	    "{\"table\":\"transfers\",\"language\":\"ja\",\"cut\":true}",
	    "{\"table\":\"transfers\",\"language\":\"en\"}"};
	static const char *const nonsense[] = {
	    "[]", "{}", "{\"table\":\"x\",\"language\":\"ja\"}", "{\"table\":\"transfers\"}"};
	uint8_t first[32];

	for (size_t i = 0; i < 4; i++) {
		int fd = print_as(SK_PRINT_BOOK, how[i % 2], SK_SLICE_LIT(rows));
		is_whole(fd, "PK\3\4");
		if (i == 0)
			memcpy(first, got.what.sha256, sizeof(first));
		assert_int_equal(memcmp(first, got.what.sha256, sizeof(first)) == 0, i % 2 == 0);
		close(fd);
	}
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(*nonsense); i++) {
		close(print_as(SK_PRINT_BOOK, nonsense[i], SK_SLICE_LIT(rows)));
		assert_int_equal(got.what.size, 0);
	}
	close(print_as(SK_PRINT_BOOK, how[0], SK_SLICE_LIT("{\"name\":\"a\"}\n[]\n")));
	assert_int_equal(got.what.size, 0);
}

static void test_wire(void **state)
{
	struct sk_print_done d = {.size = 0, .text = "why"}, back;
	struct sk_buf b = SK_BUF(SK_PRINT_DONE_MOST);

	assert_int_equal(sk_print_put_done(&d, &b), 0);
	assert_int_equal(sk_print_get_done(sk_buf_slice(&b), &back), 0);
	assert_string_equal(back.text, "why");
	for (size_t n = 0; n <= 40; n++)
		assert_int_equal(sk_print_get_done(sk_slice(b.p, n), &back), SK_EFORMAT);
	b.p[0] = 1; /* made, and yet a reason */
	assert_int_equal(sk_print_get_done(sk_buf_slice(&b), &back), SK_EFORMAT);
	sk_buf_free(&b);
}

/* A gate that talks nonsense is told to the supervisor; another one is served. */
static void test_bad_gate(void **state)
{
	int fd = sk_memfd("x");

	assert_int_equal(
	    sk_channel_send(&role_gate, SK_PRINT_RECEIPT, 1, sk_slice_str("{}"), &fd, 1), 0);
	close(fd);
	role_await(&role_bad_peer, 1);
	role_meet();
	close(print(all_of_it, proof));
	assert_true(got.what.size > 0);
}

static int setup_all(void **state)
{
	return mkdtemp(dir) && sk_paper_proof(proof, &proved) == 0 ? 0 : -1;
}

static int teardown_all(void **state)
{
	static const char *const names[] = {"/receipt.pdf", "/page.png", ""};
	char path[64];
	int status = 0;

	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s%s", dir, names[i]);
		status |= remove(path);
	}
	return status;
}

int main(int argc, char **argv)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {T(test_texts), T(test_code), T(test_hostile),
	    T(test_bad_proofs), T(test_books), T(test_bad_gate), cmocka_unit_test(test_wire)};

	if (argc != 3 || sk_map(open(argv[2], O_RDONLY | O_CLOEXEC), &proof))
		return 1;
	snprintf(role_program, sizeof(role_program), "%s", argv[1]);
	return cmocka_run_group_tests(tests, setup_all, teardown_all);
}
