/*
 * Tests of the link with somebody else at one end: strangers who knock at the server, servers that are not the other post, and a peer with the
 * right key that says nonsense. Takes the paths of server and client.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <gnutls/x509.h>

#include "crossing/exchange.h"
#include "crossing/test-side.h"

#define TLS13 "SECURE128:-VERS-ALL:+VERS-TLS1.3"
#define TLS12 "SECURE128:-VERS-ALL:+VERS-TLS1.2"
#define YEAR (365L * 24 * 3600)

/* --- somebody with TLS of his own --- */

struct stranger {
	gnutls_certificate_credentials_t cred;
	gnutls_session_t session;
	int fd, status; /* of the handshake */
};

static void credentials(struct stranger *s, const struct side *as)
{
	assert_int_equal(gnutls_certificate_allocate_credentials(&s->cred), 0);
	if (as) {
		gnutls_datum_t crt = {as->crt.p, (unsigned)as->crt.len},
			       key = {as->key.p, (unsigned)as->key.len};
		assert_int_equal(
		    gnutls_certificate_set_x509_key_mem(s->cred, &crt, &key, GNUTLS_X509_FMT_PEM),
		    0);
	}
}

static void session(struct stranger *s, unsigned flags, const char *priorities, int fd)
{
	struct timeval patience = {.tv_sec = 10};

	s->fd = fd;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	assert_int_equal(gnutls_init(&s->session, flags), 0);
	assert_int_equal(gnutls_priority_set_direct(s->session, priorities, NULL), 0);
	gnutls_credentials_set(s->session, GNUTLS_CRD_CERTIFICATE, s->cred);
	gnutls_transport_set_int(s->session, fd);
}

static int dial(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((uint16_t)client.port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void shake(struct stranger *s)
{
	do
		s->status = gnutls_handshake(s->session);
	while (s->status == GNUTLS_E_INTERRUPTED);
}

/* Knock at the server with the key of `as` (NULL: none). */
static struct stranger knock(const struct side *as, const char *priorities)
{
	struct stranger s = {0};

	credentials(&s, as);
	session(&s, GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT, priorities, dial());
	shake(&s);
	return s;
}

static void leave(struct stranger *s)
{
	gnutls_deinit(s->session);
	gnutls_certificate_free_credentials(s->cred);
	close(s->fd);
}

/* Say something and read the answer until it ends or there is enough of it; bytes, or a failure of TLS. */
static ssize_t ask(struct stranger *s, const char *text, size_t n, char *answer, size_t size)
{
	size_t have = 0;
	ssize_t got = gnutls_record_send(s->session, text, n);

	if (got < 0)
		return got;
	do {
		got = gnutls_record_recv(s->session, answer + have, size - 1 - have);
		if (got > 0)
			have += (size_t)got;
		answer[have] = '\0';
	} while ((got > 0 || got == GNUTLS_E_INTERRUPTED) && strstr(answer, "\r\n\r\n") == NULL);
	return have ? (ssize_t)have : got;
}

/* --- who is not let in --- */

/* With TLS 1.3 our side of the handshake is over before the server has looked: then the first thing it says is that it is not. */
static void not_let_in(const struct side *as, const char *priorities)
{
	static const char request[] = "GET /1/letters HTTP/1.1\r\nHost: x\r\n\r\n";
	char answer[4096] = "";
	struct stranger s = knock(as, priorities);

	if (s.status == 0)
		assert_true(ask(&s, request, sizeof(request) - 1, answer, sizeof(answer)) <= 0);
	assert_string_equal(answer, "");
	leave(&s);
}

static bool are_up(struct side *a, struct side *b)
{
	return a->state.state == SK_LINK_IS_UP && b->state.state == SK_LINK_IS_UP;
}

static void the_link_still_works(void)
{
	server.last += 5;
	client.last += 5;
	if (client.pid == 0)
		side_start(&client);
	sides_go(&server, &client, are_up);
}

static void test_no_certificate(void **state)
{
	side_start(&server);
	not_let_in(NULL, TLS13);
	the_link_still_works();
}

/* A certificate with all the words of the right one, and another key. */
static void test_another_key(void **state)
{
	struct side other = {0};

	side_key(&other, "lgwan", time(NULL));
	side_start(&server);
	not_let_in(&other, TLS13);
	the_link_still_works();
	side_free_keys(&other);
}

/* One that the pinned key has signed is still another key. */
static void test_signed_by_the_right_key(void **state)
{
	struct side other = {0};
	gnutls_x509_crt_t crt, issuer;
	gnutls_x509_privkey_t key;
	gnutls_datum_t own = {NULL, 0}, pem;

	side_key(&other, "lgwan", time(NULL));
	gnutls_x509_crt_init(&crt);
	gnutls_x509_crt_init(&issuer);
	gnutls_x509_privkey_init(&key);
	pem = (gnutls_datum_t){other.crt.p, (unsigned)other.crt.len};
	assert_int_equal(gnutls_x509_crt_import(crt, &pem, GNUTLS_X509_FMT_PEM), 0);
	pem = (gnutls_datum_t){client.crt.p, (unsigned)client.crt.len};
	assert_int_equal(gnutls_x509_crt_import(issuer, &pem, GNUTLS_X509_FMT_PEM), 0);
	pem = (gnutls_datum_t){client.key.p, (unsigned)client.key.len};
	assert_int_equal(gnutls_x509_privkey_import(key, &pem, GNUTLS_X509_FMT_PEM), 0);
	assert_int_equal(gnutls_x509_crt_sign2(crt, issuer, key, GNUTLS_DIG_UNKNOWN, 0), 0);
	assert_int_equal(gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &own), 0);
	sk_buf_reset(&other.crt);
	sk_buf_put(&other.crt, own.data, own.size);
	/* and the right one behind it */
	sk_buf_put_slice(&other.crt, sk_buf_slice(&client.crt));
	gnutls_free(own.data);
	gnutls_x509_crt_deinit(crt);
	gnutls_x509_crt_deinit(issuer);
	gnutls_x509_privkey_deinit(key);
	side_start(&server);
	not_let_in(&other, TLS13);
	the_link_still_works();
	side_free_keys(&other);
}

/* The pinned key with a certificate that is over, or not yet begun. */
static void test_dates(void **state)
{
	struct side old = {0}, early = {0};

	side_key(&old, "lgwan", time(NULL) - (SK_CERTIFICATE_YEARS + 1) * YEAR);
	side_key(&early, "lgwan", time(NULL) + YEAR);
	side_pin(&server, &old.crt);
	side_pin(&server, &early.crt);
	side_start(&server);
	not_let_in(&old, TLS13);
	not_let_in(&early, TLS13);
	the_link_still_works();
	side_free_keys(&old);
	side_free_keys(&early);
}

static void test_older_tls(void **state)
{
	struct stranger s;

	side_start(&server);
	s = knock(&client, TLS12);
	assert_int_not_equal(s.status, 0);
	leave(&s);
	the_link_still_works();
}

static void test_no_session_is_resumed(void **state)
{
	static const char request[] =
	    "HEAD /1/objects/00112233445566778899aabbccddeeff HTTP/1.1\r\nHost: x\r\n\r\n";
	char answer[4096];
	gnutls_datum_t ticket = {NULL, 0};
	struct stranger s;

	side_start(&server);
	s = knock(&client, TLS13);
	assert_int_equal(s.status, 0);
	assert_true(ask(&s, request, sizeof(request) - 1, answer, sizeof(answer)) > 0);
	assert_int_equal(gnutls_session_get_flags(s.session) & GNUTLS_SFLAGS_SESSION_TICKET, 0);
	gnutls_session_get_data2(s.session, &ticket);
	leave(&s);
	s = (struct stranger){0};
	credentials(&s, &client);
	session(&s, GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT, TLS13, dial());
	gnutls_session_set_data(s.session, ticket.data, ticket.size);
	shake(&s);
	assert_int_equal(s.status, 0);
	assert_false(gnutls_session_is_resumed(s.session));
	leave(&s);
	gnutls_free(ticket.data);
}

static void test_no_tls_at_all(void **state)
{
	static const char *const noise[] = {
	    "GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\xff\xff garbage", ""};
	char answer[512];

	side_start(&server);
	for (size_t i = 0; i < 3; i++) {
		int fd = dial();
		assert_true(write(fd, noise[i], strlen(noise[i])) == (ssize_t)strlen(noise[i]));
		shutdown(fd, SHUT_WR);
		while (read(fd, answer, sizeof(answer)) > 0)
			;
		close(fd);
	}
	the_link_still_works();
}

/* Strangers who hold connections open do not keep the other post out, however many they are. */
static void test_many_who_say_nothing(void **state)
{
	int fd[200];

	side_start(&server);
	for (int i = 0; i < 200; i++)
		fd[i] = dial();
	the_link_still_works();
	for (int i = 0; i < 200; i++)
		close(fd[i]);
}

/* Nor do those who begin a handshake, or have ended one that was not for them; the other post is there before them, and stays. */
static void test_many_who_begin(void **state)
{
	enum { MANY = 80 };
	static const char begun[] = "\x16\x03\x01\x02\x00\x01";
	struct side other = {0};
	int fd[MANY];

	side_key(&other, "lgwan", time(NULL));
	side_start(&server);
	the_link_still_works();
	for (int i = 0; i < MANY; i++) {
		fd[i] = dial();
		assert_true(write(fd[i], begun, sizeof(begun) - 1) > 0);
	}
	not_let_in(&other, TLS13);
	the_link_still_works();
	for (int i = 0; i < MANY; i++)
		close(fd[i]);
	side_free_keys(&other);
}

/* --- the right key, and nonsense --- */

/* The status of the answer; 0: it was cut without one. */
static int answer_to(const char *request, size_t n)
{
	char answer[4096] = "";
	struct stranger s = knock(&client, TLS13);
	int status = 0;

	assert_int_equal(s.status, 0);
	ask(&s, request, n, answer, sizeof(answer));
	if (strncmp(answer, "HTTP/1.1 ", 9) == 0)
		status = (int)strtol(answer + 9, NULL, 10);
	leave(&s);
	return status;
}

#define ID "00112233445566778899aabbccddeeff"
#define ANSWER(text) answer_to(text, sizeof(text) - 1)

static void test_requests_that_are_none(void **state)
{
	side_start(&server);
	assert_int_equal(ANSWER("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), 404);
	assert_int_equal(ANSWER("GET /1/letters HTTP/1.1\r\nHost: x\r\n\r\n"), 404);
	assert_int_equal(ANSWER("DELETE /1/objects/" ID " HTTP/1.1\r\nHost: x\r\n\r\n"), 404);
	assert_int_equal(ANSWER("GET /1/objects/../letters HTTP/1.1\r\nHost: x\r\n\r\n"), 404);
	assert_int_equal(ANSWER("GET /1/objects/%2e%2e HTTP/1.1\r\nHost: x\r\n\r\n"), 404);
	assert_int_equal(ANSWER("GET /1/objects/" ID "0 HTTP/1.1\r\nHost: x\r\n\r\n"), 404);
	assert_int_equal(
	    ANSWER(
		"POST /1/letters HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	    411);
	assert_int_equal(
	    ANSWER("POST /1/letters HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\n"), 413);
	assert_int_equal(
	    ANSWER("POST /1/letters HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"), 400);
	assert_true(ANSWER("\r\n\r\n\1\2\3\4 nonsense\r\n\r\n") != 200);
	the_link_still_works();
}

static void test_objects_that_are_not_named(void **state)
{
	struct sk_link_object o;
	int fd = side_bytes(1000, 4, &o);
	char text[512];

	side_start(&server);
	assert_int_equal(
	    ANSWER("GET /1/objects/" ID " HTTP/1.1\r\nHost: x\r\nRange: bytes=0-\r\n\r\n"), 404);
	assert_int_equal(ANSWER("HEAD /1/objects/" ID " HTTP/1.1\r\nHost: x\r\n\r\n"), 404);
	assert_int_equal(
	    ANSWER(
		"PUT /1/objects/" ID
		" HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Range: bytes 0-2/3\r\n\r\nabc"),
	    404);
	side_object(&server, SK_LINK_GIVE, &o, fd);
	the_link_still_works();
#define OBJECT(method, heads) \
	(snprintf(text, sizeof(text), \
	     method " /1/objects/%s HTTP/1.1\r\nHost: x\r\n" heads "\r\n", o.id), \
	    answer_to(text, strlen(text)))
	/* what is given is not to be looked at or written, and only from a place in it to its end */
	assert_int_equal(OBJECT("HEAD", ""), 404);
	assert_int_equal(
	    OBJECT("PUT", "Content-Length: 1\r\nContent-Range: bytes 999-999/1000\r\n"), 404);
	assert_int_equal(OBJECT("GET", ""), 400);
	assert_int_equal(OBJECT("GET", "Range: bytes=0-5\r\n"), 400);
	assert_int_equal(OBJECT("GET", "Range: bytes=1000-\r\n"), 416);
	assert_int_equal(OBJECT("GET", "Range: bytes=999-\r\n"), 206);
	close(fd);
}

static void test_objects_written_wrongly(void **state)
{
	struct sk_link_object o;
	int bytes = side_bytes(1000, 4, &o), fd = sk_memfd("fetched");
	char text[512];

	side_start(&server);
	side_object(&server, SK_LINK_FETCH, &o, fd);
	the_link_still_works();
	assert_int_equal(OBJECT("HEAD", ""), 200);
	assert_int_equal(OBJECT("GET", "Range: bytes=0-\r\n"), 404);
	assert_int_equal(OBJECT("PUT", "Content-Length: 1000\r\n"), 400);
	assert_int_equal(
	    OBJECT("PUT", "Content-Range: bytes 0-999/1000\r\nContent-Length: 999\r\n"), 400);
	assert_int_equal(
	    OBJECT("PUT", "Content-Range: bytes 0-1000/1001\r\nContent-Length: 1001\r\n"), 422);
	assert_int_equal(
	    OBJECT("PUT", "Content-Range: bytes 1-999/1000\r\nContent-Length: 999\r\n"), 409);
	assert_int_equal(
	    OBJECT("PUT", "Content-Range: bytes 0-999/1000\r\nTransfer-Encoding: chunked\r\n"),
	    411);
	assert_int_equal(lseek(fd, 0, SEEK_END), 0);
	assert_int_equal(server.ngots, 0);
	close(fd);
	close(bytes);
}

/* Letters behind a gap are not taken; they are asked for again. */
static void test_letters_behind_a_gap(void **state)
{
	struct sk_exchange e = {.after = 7};
	struct sk_buf batch = SK_BUF(1000), body = SK_BUF(2000), text = SK_BUF(4000);

	side_start(&server);
	sk_letters_put(&(struct sk_carried){8, SK_LETTER_GONE, {NULL, 0}}, &batch);
	assert_int_equal(sk_exchange_put(&e, sk_buf_slice(&batch), &body), 0);
	sk_buf_printf(
	    &text, "POST /1/letters HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n", body.len);
	sk_buf_put_slice(&text, sk_buf_slice(&body));
	assert_int_equal(answer_to((const char *)text.p, text.len), 200);
	the_link_still_works();
	assert_int_equal(server.wrong, 0);
	sk_buf_free(&batch);
	sk_buf_free(&body);
	sk_buf_free(&text);
}

/* --- a server that is not the other post --- */

/* Answers one connection as `as` with what it is told to; what was said to it. */
static ssize_t pretend(
    const struct side *as, const char *priorities, const char *answer, char *heard, size_t size)
{
	struct pollfd p = {server.listen, POLLIN, 0};
	struct stranger s = {0};
	ssize_t got = -1;
	int fd;

	assert_int_equal(poll(&p, 1, SIDE_PATIENCE_MS), 1);
	fd = accept(server.listen, NULL, NULL);
	credentials(&s, as);
	session(&s, GNUTLS_SERVER, priorities, fd);
	gnutls_certificate_server_set_request(s.session, GNUTLS_CERT_REQUEST);
	shake(&s);
	if (s.status == 0)
		got = gnutls_record_recv(s.session, heard, size);
	if (got > 0) {
		gnutls_record_send(s.session, answer, strlen(answer));
		gnutls_bye(s.session, GNUTLS_SHUT_WR);
	}
	leave(&s);
	return got;
}

static unsigned wanted_state;

static bool was_in_state(struct side *a, struct side *b)
{
	return a->seen & 1U << wanted_state;
}

static void never_up(enum sk_link_state state)
{
	wanted_state = state;
	sides_go(&client, NULL, was_in_state);
	assert_int_equal(client.seen & 1U << SK_LINK_IS_UP, 0);
}

static void test_another_server(void **state)
{
	struct side other = {0};
	char heard[4096];

	side_key(&other, "internet", time(NULL));
	side_start(&client);
	assert_true(
	    pretend(&other, TLS13, "", heard, sizeof(heard)) <= 0); /* nothing is said to it */
	never_up(SK_LINK_NOT_PINNED);
	side_free_keys(&other);
}

static void test_a_server_whose_certificate_is_over(void **state)
{
	struct side old = {0};
	char heard[4096];

	side_key(&old, "internet", time(NULL) - (SK_CERTIFICATE_YEARS + 1) * YEAR);
	side_pin(&client, &old.crt);
	side_start(&client);
	assert_true(pretend(&old, TLS13, "", heard, sizeof(heard)) <= 0);
	never_up(SK_LINK_NOT_PINNED);
	side_free_keys(&old);
}

static void test_a_server_with_older_tls(void **state)
{
	char heard[4096];

	side_start(&client);
	assert_true(pretend(&server, TLS12, "", heard, sizeof(heard)) <= 0);
	never_up(SK_LINK_NOT_WANTED);
}

static void test_a_server_that_talks_nonsense(void **state)
{
	static const char *const nonsense[] = {"220 mail.example.jp ESMTP\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
	    "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
	    "HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
	    "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nabc"};
	char heard[4096];

	side_start(&client);
	for (size_t i = 0; i < sizeof(nonsense) / sizeof(*nonsense); i++) {
		client.seen = 0;
		assert_true(pretend(&server, TLS13, nonsense[i], heard, sizeof(heard)) > 0);
		assert_memory_equal(heard, "POST /1/letters HTTP/1.1\r\n", 26);
		if (i == 0)
			never_up(SK_LINK_NONSENSE);
	}
	never_up(SK_LINK_IS_DOWN + client.state.state);
}

static void test_nobody_there(void **state)
{
	close(server.listen);
	side_start(&client);
	never_up(SK_LINK_UNREACHABLE);
	server.listen = dup(2); /* for teardown */
}

/* The server lets nobody in whom it does not know: the client is told so. */
static void test_our_key_is_not_wanted(void **state)
{
	struct side other = {0};

	side_key(&other, "lgwan", time(NULL));
	sk_buf_reset(&server.pins);
	side_pin(&server, &other.crt);
	side_start(&server);
	side_start(&client);
	wanted_state = SK_LINK_NOT_WANTED;
	sides_go(&client, &server, was_in_state);
	wanted_state = SK_LINK_NOT_PINNED;
	sides_go(&server, &client, was_in_state);
	assert_int_equal(client.seen & 1U << SK_LINK_IS_UP, 0);
	side_free_keys(&other);
}

/* --- a key is changed --- */

static void test_rotation(void **state)
{
	struct side fresh = {0};

	side_key(&fresh, "lgwan", time(NULL));
	side_pin(&server, &fresh.crt); /* both are pinned */
	side_start(&server);
	the_link_still_works();
	side_stop(&client);
	sk_buf_reset(&client.key);
	sk_buf_reset(&client.crt);
	sk_buf_put_slice(&client.key, sk_buf_slice(&fresh.key));
	sk_buf_put_slice(&client.crt, sk_buf_slice(&fresh.crt));
	the_link_still_works();
	side_stop(&server);
	sk_buf_reset(&server.pins);
	side_pin(&server, &fresh.crt); /* the old one is gone */
	side_start(&server);
	the_link_still_works();
	side_free_keys(&fresh);
}

/* --- things that are none --- */

static void does_not_begin(struct side *s)
{
	int status;

	side_spawn(s);
	side_meet(s);
	assert_int_equal(
	    sk_channel_send(&s->supervisor, SK_POST_GO, 0, sk_slice("", 0), NULL, 0), 0);
	assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	side_close(s);
}

static void test_no_pins(void **state)
{
	sk_buf_reset(&server.pins);
	sk_buf_reset(&client.pins);
	does_not_begin(&server);
	does_not_begin(&client);
}

static void test_a_key_that_is_none(void **state)
{
	sk_buf_reset(&server.key);
	sk_buf_puts(&server.key, "-----BEGIN PRIVATE KEY-----\nAAAA\n");
	does_not_begin(&server);
}

static void test_an_address_that_is_none(void **state)
{
	client.port = 0;
	does_not_begin(&client);
	client.port = 65536;
	does_not_begin(&client);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	    T(test_no_certificate), T(test_another_key), T(test_signed_by_the_right_key),
	    T(test_dates), T(test_older_tls), T(test_no_session_is_resumed), T(test_no_tls_at_all),
	    T(test_many_who_say_nothing), T(test_many_who_begin), T(test_requests_that_are_none),
	    T(test_objects_that_are_not_named), T(test_objects_written_wrongly),
	    T(test_letters_behind_a_gap), T(test_another_server),
	    T(test_a_server_whose_certificate_is_over), T(test_a_server_with_older_tls),
	    T(test_a_server_that_talks_nonsense), T(test_nobody_there),
	    T(test_our_key_is_not_wanted), T(test_rotation), T(test_no_pins),
	    T(test_a_key_that_is_none), T(test_an_address_that_is_none)};

	if (argc < 3 || realpath(argv[1], server.program) == NULL ||
	    realpath(argv[2], client.program) == NULL) {
		fprintf(stderr, "usage: test-strangers PATH-OF-SERVER PATH-OF-CLIENT [TESTS]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (argc > 3)
		cmocka_set_test_filter(argv[3]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
