/*
 * Tests of the scribe as a process, from the places of its supervisor and its gate: what is said is in a ledger that the
 * independent verifier accepts, once each, also when the scribe is killed. Takes the paths of scribe and verifier.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>

#include "ledger/copy.h"
#include "post/test-role.h"
#include "record/record.h"

static char verifier[4096], top[64];
static struct sk_note_signer key, cosigner;
static struct {
	int appended, done, states;
	struct sk_record_appended indexes;
	struct sk_record_done end;
	struct sk_record_state state;
} got;

static int serve_appended(void *ctx, struct sk_message *m)
{
	got.appended++;
	return sk_record_get_appended(m->body, &got.indexes);
}

static int serve_done(void *ctx, struct sk_message *m)
{
	got.done++;
	return sk_record_get_done(m->body, &got.end);
}

static int serve_state(void *ctx, struct sk_message *m)
{
	got.states++;
	return sk_record_get_state(m->body, &got.state);
}

static struct {
	int done;
	struct sk_record_found what;
} found;

static int serve_found(void *ctx, struct sk_message *m)
{
	found.done++;
	return sk_record_get_found(m->body, &found.what);
}

static const struct sk_permit heard[] = {
    {SK_RECORD_APPENDED, 1, 6, SK_CHANNEL_BODY, 0, serve_appended},
    {SK_RECORD_DONE, 1, SK_RECORD_DONE_BYTES, SK_RECORD_DONE_BYTES, 0, serve_done},
    {SK_RECORD_STATE, 1, SK_RECORD_STATE_BYTES, SK_RECORD_STATE_BYTES, 0, serve_state},
    {SK_RECORD_FOUND, 1, SK_RECORD_FOUND_BYTES, SK_RECORD_FOUND_BYTES, 0, serve_found}};

/* --- a scribe with its folder --- */

static int file_of(struct sk_buf *b)
{
	int fd = sk_memfd("thing");

	assert_true(fd >= 0);
	assert_int_equal(sk_write_all(fd, b->p, b->len), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	sk_buf_free(b);
	return fd;
}

static int secret(const struct sk_note_signer *s)
{
	struct sk_buf b = SK_BUF(512);

	assert_int_equal(sk_note_signer_write(s, &b), 0);
	return file_of(&b);
}

static int public(const struct sk_note_key *k)
{
	struct sk_buf b = SK_BUF(512);

	assert_int_equal(sk_note_key_write(k, &b), 0);
	sk_buf_putc(&b, '\n');
	return file_of(&b);
}

static int folder(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	mkdir(path, 0700);
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void begin(bool witnessed)
{
	memset(&got, 0, sizeof(got));
	role_heard = heard;
	role_nheard = sizeof(heard) / sizeof(*heard);
	role_spawn("scribe");
	role_hand("ledger", folder("ledger"));
	role_hand("key", secret(&key));
	if (witnessed)
		role_hand("witnesses", public(&cosigner.pub));
	role_go();
	role_await(&role_ready, 1);
	role_await(&got.states, 1);
}

static int setup(void **state)
{
	snprintf(top, sizeof(top), "/tmp/sk-scribe-XXXXXX");
	return mkdtemp(top) == NULL ||
	       sk_note_signer_new(&key, "city.example/lgwan", SK_NOTE_ED25519) ||
	       sk_note_signer_new(&cosigner, "city.example/w", SK_NOTE_COSIGNATURE);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int teardown(void **state)
{
	return nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- what is said --- */

static char outbox[SK_RECORD_BATCH][24];

static struct sk_leaf entry(unsigned number, const char *kind)
{
	struct sk_leaf e = {0};

	snprintf(outbox[number], sizeof(outbox[0]), "%u", number);
	e.field[SK_ENTRY_OUTBOX] = sk_slice_str(outbox[number]);
	e.field[SK_ENTRY_KIND] = sk_slice_str(kind);
	e.field[SK_ENTRY_TIME] = SK_SLICE_LIT("1764000000000");
	e.field[SK_ENTRY_PERSONAL_FILE] = SK_SLICE_LIT("予定表.xlsx");
	return e;
}

static void append(const struct sk_leaf *v, size_t n)
{
	struct sk_buf body = SK_BUF(SK_CHANNEL_BODY);
	int want = got.appended + 1;

	assert_int_equal(sk_record_put_entries(v, n, &body), 0);
	assert_int_equal(
	    sk_channel_send(&role_gate, SK_RECORD_APPEND, 1, sk_buf_slice(&body), NULL, 0), 0);
	sk_buf_free(&body);
	role_await(&got.appended, want);
}

static void ask(uint32_t kind, struct sk_record_ask a, const int *fds, size_t nfds)
{
	struct sk_buf body = SK_BUF(64);
	int want = got.done + 1;

	sk_record_put_ask(&a, &body);
	assert_int_equal(sk_channel_send(&role_gate, kind, 2, sk_buf_slice(&body), fds, nfds), 0);
	sk_buf_free(&body);
	role_await(&got.done, want);
}

/* The verifier's exit status about a path. */
static int verify(const char *path)
{
	struct sk_buf text = SK_BUF(512);
	int status;
	pid_t pid;

	assert_int_equal(sk_note_key_write(&key.pub, &text), 0);
	while (text.len && text.p[text.len - 1] == '\n')
		text.len--;
	sk_buf_putc(&text, 0);
	pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);
		dup2(null, 1);
		dup2(null, 2);
		execl(
		    verifier, "sekisho-ledgerverify", "--key", (char *)text.p, path, (char *)NULL);
		_exit(127);
	}
	sk_buf_free(&text);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void ledger_is_sound(void)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/ledger", top);
	assert_int_equal(verify(path), 0);
}

static void test_append_once_each(void **state)
{
	struct sk_leaf v[2] = {entry(1, "transfer.received"), entry(2, "transfer.cleaned")};

	begin(false);
	append(v, 2);
	assert_int_equal(got.indexes.status, 0);
	assert_int_equal(got.indexes.n, 2);
	assert_int_equal(got.indexes.index[1], 1);
	append(v, 2);
	assert_int_equal(got.indexes.index[0], 0);
	v[0] = entry(1, "transfer.cleaned"); /* the same number, another text */
	append(v, 1);
	assert_int_equal(got.indexes.status, SK_EREFUSED);
	role_await(&got.states, 2);
	assert_int_equal(got.state.size, 2);
	assert_int_equal(got.state.state, SK_LEDGER_SIGNS);
	role_stop();
	ledger_is_sound();
}

static void test_killed(void **state)
{
	struct sk_leaf v[1] = {entry(1, "transfer.received")};

	begin(false);
	append(v, 1);
	kill(role_pid, SIGKILL);
	waitpid(role_pid, NULL, 0);
	role_close();
	begin(false);
	assert_int_equal(got.state.size, 1);
	append(v, 1);
	assert_int_equal(got.indexes.index[0], 0);
	v[0] = entry(2, "transfer.cleaned");
	append(v, 1);
	assert_int_equal(got.indexes.index[0], 1);
	role_stop();
	ledger_is_sound();
}

static void test_receipt_and_erasure(void **state)
{
	struct sk_leaf v[1] = {entry(1, "transfer.received")};
	char path[128];
	int fd;

	begin(false);
	append(v, 1);
	snprintf(path, sizeof(path), "%s/receipt", top);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ask(SK_RECORD_RECEIPT, (struct sk_record_ask){.openings = 1}, &fd, 1);
	assert_int_equal(got.end.status, 0);
	assert_int_equal(verify(path), 0);
	off_t open_size = lseek(fd, 0, SEEK_END);
	ask(SK_RECORD_RECEIPT, (struct sk_record_ask){.index = 7}, &fd, 1);
	assert_int_not_equal(got.end.status, 0);
	/* the same by its number in the outbox */
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	ask(SK_RECORD_PROVE, (struct sk_record_ask){.index = 1, .openings = 1}, &fd, 1);
	assert_int_equal(got.end.status, 0);
	assert_int_equal(lseek(fd, 0, SEEK_END), open_size);
	assert_int_equal(verify(path), 0);
	ask(SK_RECORD_PROVE, (struct sk_record_ask){.index = 99}, &fd, 1);
	assert_int_not_equal(got.end.status, 0);
	/* by its number in the outbox; one that is not there has nothing to erase */
	ask(SK_RECORD_FORGET, (struct sk_record_ask){.index = 1}, NULL, 0);
	assert_int_equal(got.end.status, 0);
	ask(SK_RECORD_FORGET, (struct sk_record_ask){.index = 99}, NULL, 0);
	assert_int_equal(got.end.status, 0);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	ask(SK_RECORD_RECEIPT, (struct sk_record_ask){.openings = 1}, &fd, 1);
	assert_int_equal(got.end.status, 0);
	assert_true(lseek(fd, 0, SEEK_END) < open_size);
	ask(SK_RECORD_ERASE, (struct sk_record_ask){.field = SK_ENTRY_FIELDS}, NULL, 0);
	assert_int_equal(got.end.status, 0);
	close(fd);
	role_stop();
	ledger_is_sound();
}

/* With a witness that was not asked yet nothing is signed; when it cannot be reached and none is tolerated, neither. */
static struct sk_slice copy_of(bool openings)
{
	static uint8_t bytes[SK_RECORD_ASK_BYTES];
	const struct sk_record_ask what = {.openings = openings};
	struct sk_buf body = SK_BUF(SK_RECORD_ASK_BYTES);

	assert_int_equal(sk_record_put_ask(&what, &body), 0);
	memcpy(bytes, body.p, sizeof(bytes));
	sk_buf_free(&body);
	return sk_slice(bytes, sizeof(bytes));
}

/* A copy is made beside appends; it holds what was there, and nothing that is behind commitments. */
static void test_copy(void **state)
{
	struct sk_leaf v[1] = {entry(1, "transfer.received")};
	struct sk_ledger_archive a = {.at = 0};
	struct sk_slice file;
	int fd = sk_memfd("copy"), want;

	begin(false);
	append(v, 1);
	want = got.done + 1;
	assert_int_equal(sk_channel_send(&role_gate, SK_RECORD_COPY, 2, copy_of(false), &fd, 1), 0);
	v[0] = entry(2, "transfer.cleaned");
	append(v, 1);
	role_await(&got.done, want);
	assert_int_equal(got.end.status, 0);
	assert_in_range(got.end.number, got.state.size - 1, got.state.size);
	assert_int_equal(sk_map(fd, &a.bytes), 0);
	assert_int_equal(sk_ledger_archived(&a, "checkpoint", &file), 0);
	assert_true(sk_slice_find(a.bytes, 0, SK_SLICE_LIT("予定表")) == SIZE_MAX);
	sk_unmap(&a.bytes);
	close(fd);
	/* that is in a copy of its own, until it is erased */
	for (int erased = 0; erased < 2; erased++) {
		fd = sk_memfd("openings");
		want = got.done + 1;
		assert_int_equal(
		    sk_channel_send(&role_gate, SK_RECORD_COPY, 3, copy_of(true), &fd, 1), 0);
		role_await(&got.done, want);
		assert_int_equal(got.end.status, 0);
		assert_int_equal(sk_map(fd, &a.bytes), 0);
		assert_int_equal(
		    sk_slice_find(a.bytes, 0, SK_SLICE_LIT("予定表")) == SIZE_MAX, erased);
		sk_unmap(&a.bytes);
		close(fd);
		for (uint64_t n = 1; n <= 2; n++)
			ask(SK_RECORD_FORGET, (struct sk_record_ask){.index = n}, NULL, 0);
	}
	role_stop();
	ledger_is_sound();
}

static void find(struct sk_record_find f, int fd)
{
	struct sk_buf body = SK_BUF(SK_RECORD_FIND_BYTES);
	int want = found.done + 1;

	assert_int_equal(sk_record_put_find(&f, &body), 0);
	assert_int_equal(
	    sk_channel_send(&role_gate, SK_RECORD_FIND, 3, sk_buf_slice(&body), &fd, 1), 0);
	sk_buf_free(&body);
	role_await(&found.done, want);
	assert_int_equal(found.what.status, 0);
}

static void is_verified(struct sk_slice receipt)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/found", top);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_int_equal(sk_write_all(fd, receipt.p, receipt.n), 0);
	close(fd);
	assert_int_equal(verify(path), 0);
}

/* What is found comes as rows, and as receipts that the independent verifier takes; names only where they are asked for. */
static void test_find(void **state)
{
	const struct sk_leaf v[] = {
	    entry(1, "transfer.received"), entry(2, "login"), entry(3, "transfer.cleaned")};
	struct sk_record_find f = {.before = UINT64_MAX,
	    .until = UINT64_MAX,
	    .look = SK_RECORD_LOOKS,
	    .most = SK_RECORD_FINDS,
	    .kind = SK_SLICE_LIT("transfer")};
	struct sk_ledger_archive a = {.at = 0};
	struct sk_record_row row;
	struct sk_slice rows, file;
	size_t at = 0;
	int fd = sk_memfd("rows"), receipts = sk_memfd("receipts");

	begin(false);
	append(v, 3);
	find(f, fd);
	assert_true(found.what.n == 2 && found.what.next == 0);
	f.openings = 1;
	f.most = 1;
	find(f, fd); /* behind what is there */
	assert_true(found.what.n == 1 && found.what.next == 2);
	assert_int_equal(sk_map(fd, &rows), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(sk_record_get_row(rows, &at, &row), 0);
		assert_int_equal(row.index, i == 1 ? 0 : 2);
		assert_true(
		    sk_slice_is(row.opened[SK_ENTRY_PERSONAL_FILE], i == 2 ? "予定表.xlsx" : ""));
	}
	assert_int_equal(sk_record_get_row(rows, &at, &row), SK_ENOENTRY);
	sk_unmap(&rows);
	f.form = SK_RECORD_RECEIPTS;
	f.most = 2;
	find(f, receipts);
	assert_int_equal(sk_ledger_archive_end(receipts), 0);
	assert_int_equal(sk_map(receipts, &a.bytes), 0);
	assert_int_equal(sk_ledger_archived(&a, "0000000002.receipt", &file), 0);
	is_verified(file);
	assert_int_equal(sk_ledger_archived(&a, "0000000000.receipt", &file), 0);
	is_verified(file);
	sk_unmap(&a.bytes);
	close(fd);
	close(receipts);
	role_stop();
}

static void test_witness_first(void **state)
{
	struct sk_leaf v[1] = {entry(1, "transfer.received")};
	int fd = sk_memfd("nothing");

	begin(true);
	assert_int_equal(got.state.state, SK_LEDGER_UNASKED);
	append(v, 1);
	assert_int_equal(got.indexes.status, SK_EREFUSED);
	ask(SK_RECORD_SAW, (struct sk_record_ask){.openings = 1}, &fd, 1);
	assert_int_equal(got.end.status, 0);
	role_await(&got.states, 2);
	assert_int_equal(got.state.state, SK_LEDGER_SIGNS);
	append(v, 1);
	assert_int_equal(got.indexes.status, 0);
	close(fd);
	role_stop();
}

/* The other post's request is cosigned; the answer is taken into this ledger. */
static void test_request_and_cosign(void **state)
{
	struct sk_leaf v[1] = {entry(1, "transfer.received")};
	int none = sk_memfd("nothing"), two[2] = {sk_memfd("request"), sk_memfd("answer")};

	begin(true);
	ask(SK_RECORD_SAW, (struct sk_record_ask){.openings = 1}, &none, 1);
	append(v, 1);
	ask(SK_RECORD_REQUEST, (struct sk_record_ask){0}, &two[0], 1);
	assert_int_equal(got.end.status, 0);
	role_stop();

	role_spawn("scribe");
	memset(&got, 0, sizeof(got));
	role_hand("ledger", folder("other"));
	role_hand("key", secret(&key));
	role_hand("witness", folder("witness"));
	role_hand("witness-key", secret(&cosigner));
	role_hand("logs", public(&key.pub));
	role_go();
	role_await(&role_ready, 1);
	assert_int_equal(
	    sk_channel_send(&role_gate, SK_RECORD_COSIGN, 3, sk_slice("", 0), two, 2), 0);
	role_await(&got.done, 1);
	assert_int_equal(got.end.status, 0);
	assert_int_equal(got.end.number, 200);
	/* what it signed last: the checkpoint with both signatures */
	ask(SK_RECORD_LAST, (struct sk_record_ask){.witness = 0}, &none, 1);
	assert_int_equal(got.end.number, 200);
	assert_true(lseek(none, 0, SEEK_END) > 0);
	role_stop();

	begin(true);
	ask(SK_RECORD_ANSWER, (struct sk_record_ask){.http = 200}, two, 2);
	assert_int_equal(got.end.status, 0);
	close(none);
	close(two[0]);
	close(two[1]);
	role_stop();
	ledger_is_sound();
}

static void test_nonsense_and_a_number_too_high(void **state)
{
	struct sk_buf body = SK_BUF(64);
	int fd = sk_memfd("x");

	begin(true);
	assert_int_equal(
	    sk_channel_send(&role_gate, SK_RECORD_APPEND, 0, SK_SLICE_LIT("nonsense"), NULL, 0), 0);
	role_await(&role_bad_peer, 1);
	role_meet();
	sk_record_put_ask(&(struct sk_record_ask){.witness = 1}, &body);
	assert_int_equal(
	    sk_channel_send(&role_gate, SK_RECORD_REQUEST, 0, sk_buf_slice(&body), &fd, 1), 0);
	role_await(&role_bad_peer, 2);
	sk_buf_free(&body);
	close(fd);
	role_stop();
}

/* Without its key, or with one of another ledger, it does not begin. */
static void test_another_key(void **state)
{
	struct sk_note_signer other;
	int status;

	begin(false);
	role_stop();
	assert_int_equal(sk_note_signer_new(&other, "city.example/lgwan", SK_NOTE_ED25519), 0);
	for (int i = 0; i < 2; i++) {
		role_spawn("scribe");
		role_hand("ledger", folder("ledger"));
		if (i == 1)
			role_hand("key", secret(&other));
		role_go();
		assert_int_equal(waitpid(role_pid, &status, 0), role_pid);
		assert_int_equal(WEXITSTATUS(status), 1);
		role_close();
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	    T(test_append_once_each), T(test_killed), T(test_receipt_and_erasure), T(test_copy),
	    T(test_find), T(test_witness_first), T(test_request_and_cosign),
	    T(test_nonsense_and_a_number_too_high), T(test_another_key)};

	if (argc != 3 || realpath(argv[1], role_program) == NULL ||
	    realpath(argv[2], verifier) == NULL) {
		fprintf(stderr,
		    "usage: test-scribe PATH-OF-sekisho-scribe PATH-OF-sekisho-ledgerverify\n");
		return 2;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
