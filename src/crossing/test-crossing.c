/*
 * Tests of the link: both real roles between two gates of this test, on loopback. Each letter and each object comes once, in order and whole,
 * whatever is cut, killed or begun anew. Takes the paths of server and client.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "crossing/test-side.h"

static void start(void)
{
	side_start(&server);
	side_start(&client);
}

static bool are_up(struct side *a, struct side *b)
{
	return a->state.state == SK_LINK_IS_UP && b->state.state == SK_LINK_IS_UP;
}

static bool all_there(struct side *a, struct side *b)
{
	return a->heard == b->last && b->heard == a->last && a->sent == a->last &&
	       b->sent == b->last;
}

static void none_wrong(void)
{
	assert_int_equal(server.wrong + client.wrong, 0);
	assert_int_equal(server.bad_peer + client.bad_peer, 0);
}

/* --- letters --- */

static void test_letters_both_ways(void **state)
{
	server.last = 500;
	client.last = 700;
	start();
	sides_go(&server, &client, all_there);
	none_wrong();
}

static void test_large_letters(void **state)
{
	server.last = client.last = 200;
	server.letter = client.letter = SK_LETTER_BYTES;
	start();
	sides_go(&server, &client, all_there);
	none_wrong();
}

/* The server has letters while the client waits with nothing to say: the held answer comes at once. */
static void test_the_answer_is_not_held_for_long(void **state)
{
	int64_t before;

	start();
	sides_go(&server, &client, are_up);
	for (int i = 0; i < 20; i++) {
		before = sk_now_ms();
		server.last++;
		sides_go(&server, &client, all_there);
		assert_true(sk_now_ms() - before < SIDE_PATIENCE_MS / 4);
	}
	none_wrong();
}

static bool half(struct side *a, struct side *b)
{
	return a->heard > b->last / 2 && b->heard > a->last / 2;
}

static void test_gates_begin_anew(void **state)
{
	server.last = client.last = 2000;
	start();
	for (int i = 0; i < 6; i++) {
		uint64_t mark = client.heard;
		while (client.heard == mark && client.heard < client.last)
			sides_go(&server, &client, are_up), side_send(&server), side_serve(&client),
			    side_serve(&server), side_send(&client);
		side_meet(i % 2 ? &server : &client);
	}
	sides_go(&server, &client, all_there);
	sides_go(&server, &client, are_up);
	none_wrong();
}

static void test_roles_are_killed(void **state)
{
	server.last = client.last = 3000;
	server.letter = 2000;
	start();
	sides_go(&server, &client, half);
	side_kill(&client);
	side_start(&client);
	side_kill(&server);
	side_start(&server);
	sides_go(&server, &client, all_there);
	none_wrong();
}

/* A gate that takes nothing is not flooded, and loses nothing. */
static bool waits(struct side *a, struct side *b)
{
	return a->cames > 0 && b->given == SK_LINK_AHEAD - 1;
}

static void test_a_deaf_gate(void **state)
{
	client.last = 1000;
	server.deaf = true;
	start();
	sides_go(&server, &client, waits);
	assert_int_equal(client.sent, 0);
	server.deaf = false;
	side_meet(&server);
	sides_go(&server, &client, all_there);
	none_wrong();
}

/* Letters are not told before the gate has said how far it has heard. */
static bool not_ready(struct side *a, struct side *b)
{
	return b->state.state == SK_LINK_NOT_READY;
}

static void test_a_gate_that_has_not_begun(void **state)
{
	client.last = 3;
	start();
	side_meet_silently(&server);
	sides_go(&server, &client, not_ready);
	side_say_heard(&server);
	sides_go(&server, &client, all_there);
	none_wrong();
}

static bool server_is_denounced(struct side *a, struct side *b)
{
	return a->bad_peer > 0;
}

static void test_a_gate_that_talks_nonsense(void **state)
{
	start();
	side_meet_silently(&server);
	server.last = 1; /* a letter before anything is heard */
	side_send(&server);
	sides_go(&server, &client, server_is_denounced);
	server.given = 0;
	side_meet(&server);
	sides_go(&server, &client, all_there);
}

/* --- objects --- */

static size_t wanted_gots;

static bool gots(struct side *a, struct side *b)
{
	return a->ngots + b->ngots == wanted_gots;
}

/* From one gate to the other; the file that came. */
static int carry(struct side *from, struct side *to, const struct sk_link_object *o, int bytes)
{
	int fd = sk_memfd("fetched");

	side_object(to, SK_LINK_FETCH, o, fd);
	side_object(from, SK_LINK_GIVE, o, bytes);
	wanted_gots++;
	return fd;
}

static void crosses(struct side *from, struct side *to, size_t size, unsigned seed)
{
	struct sk_link_object o;
	int bytes = side_bytes(size, seed, &o), fd = carry(from, to, &o, bytes);

	sides_go(&server, &client, gots);
	assert_int_equal(to->got[to->ngots - 1].status, 0);
	assert_string_equal(to->got[to->ngots - 1].id, o.id);
	assert_true(side_has(fd, &o));
	close(fd);
	close(bytes);
}

static void test_objects_both_ways(void **state)
{
	static const size_t sizes[] = {1, 65536, 5000000};

	wanted_gots = 0;
	start();
	for (unsigned i = 0; i < 3; i++) {
		crosses(&server, &client, sizes[i], i);
		crosses(&client, &server, sizes[i], i + 10);
	}
	none_wrong();
}

static void test_many_at_once(void **state)
{
	struct sk_link_object o[12];
	int bytes[12], fd[12];

	wanted_gots = 0;
	server.last = client.last = 100;
	start();
	for (unsigned i = 0; i < 12; i++) {
		bytes[i] = side_bytes(300000, i, &o[i]);
		fd[i] = i % 2 ? carry(&server, &client, &o[i], bytes[i])
			      : carry(&client, &server, &o[i], bytes[i]);
	}
	sides_go(&server, &client, gots);
	sides_go(&server, &client, all_there);
	for (unsigned i = 0; i < 12; i++) {
		assert_true(side_has(fd[i], &o[i]));
		close(fd[i]);
		close(bytes[i]);
	}
	none_wrong();
}

/* Bytes that are not those of the manifest are told as such, and never as complete. */
static void refused(struct side *from, struct side *to, bool longer)
{
	struct sk_link_object o, said;
	int bytes = side_bytes(100000, 77, &o), fd = sk_memfd("fetched");

	said = o;
	said.sha256[5] ^= 1;
	said.size -= longer;
	side_object(to, SK_LINK_FETCH, &said, fd);
	side_object(from, SK_LINK_GIVE, &o, bytes);
	wanted_gots++;
	if (longer && to == &server) { /* it is not even begun */
		wanted_gots--;
		sides_go(&server, &client, are_up);
	} else {
		sides_go(&server, &client, gots);
		assert_int_equal(to->got[to->ngots - 1].status, SK_EREFUSED);
	}
	close(fd);
	close(bytes);
}

static bool told_spoilt(struct side *a, struct side *b)
{
	return a->spoilt == 1 && b->spoilt == 1;
}

/* What a gate gives that is not what it says leaves neither end, and the gate hears of it. */
static void test_spoilt(void **state)
{
	struct sk_link_object o;
	struct side *both[] = {&server, &client};

	start();
	for (size_t i = 0; i < 2; i++) {
		int bytes = side_bytes(100000, 78, &o), fd = sk_memfd("fetched");
		o.sha256[5] ^= 1;
		side_object(both[!i], SK_LINK_FETCH, &o, fd);
		side_object(both[i], SK_LINK_GIVE, &o, bytes);
		close(bytes);
		close(fd);
	}
	sides_go(&server, &client, told_spoilt);
	assert_int_equal(server.ngots + client.ngots, 0);
	none_wrong();
}

static void test_wrong_bytes(void **state)
{
	wanted_gots = 0;
	start();
	refused(&server, &client, false);
	refused(&client, &server, false);
	refused(&server, &client, true);
	refused(&client, &server, true);
	none_wrong();
}

/* What was there before the role began is used; where it is wrong, it is brought anew. */
static void test_what_was_there_before(void **state)
{
	struct sk_link_object o;
	int bytes = side_bytes(3000000, 5, &o);

	wanted_gots = 0;
	start();
	for (int wrong = 0; wrong <= 1; wrong++)
		for (int side = 0; side <= 1; side++) {
			struct side *to = side ? &client : &server;
			int fd = sk_memfd("fetched");
			struct sk_slice s = {NULL, 0};
			assert_int_equal(sk_map(bytes, &s), 0);
			assert_int_equal(sk_write_all(fd, s.p + wrong, 1000000), 0);
			sk_unmap(&s);
			side_object(to, SK_LINK_FETCH, &o, fd);
			side_object(side ? &server : &client, SK_LINK_GIVE, &o, bytes);
			wanted_gots++;
			sides_go(&server, &client, gots);
			assert_int_equal(to->got[to->ngots - 1].status, 0);
			assert_true(side_has(fd, &o));
			close(fd);
			struct sk_buf b = SK_BUF(SK_LINK_ID_BYTES);
			sk_link_put_id(o.id, &b);
			sk_channel_send(&(side ? &server : &client)->gate, SK_LINK_DROP, 0,
			    sk_buf_slice(&b), NULL, 0);
			sk_buf_free(&b);
		}
	close(bytes);
	none_wrong();
}

/* A file that cannot be written is told so. */
static void test_no_room(void **state)
{
	struct sk_link_object o;
	int bytes = side_bytes(100000, 6, &o);

	wanted_gots = 0;
	start();
	for (int side = 0; side <= 1; side++) {
		struct side *to = side ? &client : &server;
		int fd = memfd_create("full", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		assert_int_equal(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW), 0);
		side_object(to, SK_LINK_FETCH, &o, fd);
		side_object(side ? &server : &client, SK_LINK_GIVE, &o, bytes);
		wanted_gots++;
		sides_go(&server, &client, gots);
		assert_int_equal(to->got[to->ngots - 1].status, SK_EIO);
		close(fd);
	}
	close(bytes);
	none_wrong();
}

/* --- a line that is cut --- */

struct line {
	size_t limit; /* bytes of one connection, both ways; 0: any */
	size_t passed;
	int port, listen;
};

static struct line *line; /* shared with the processes of the line */
static pid_t line_pid;

static bool relay(int from, int to, size_t *left)
{
	char piece[16384];
	size_t most = line->limit && *left < sizeof(piece) ? *left : sizeof(piece);
	ssize_t n = most ? read(from, piece, most) : 0;

	if (n <= 0 || sk_write_all(to, piece, (size_t)n))
		return false;
	__atomic_add_fetch(&line->passed, (size_t)n, __ATOMIC_SEQ_CST);
	*left -= line->limit ? (size_t)n : 0;
	return true;
}

static _Noreturn void one_connection(int in)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((uint16_t)line->port)};
	int out = socket(AF_INET, SOCK_STREAM, 0);
	size_t left = line->limit;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (connect(out, (struct sockaddr *)&at, sizeof(at)))
		_exit(1);
	for (;;) {
		struct pollfd p[2] = {{in, POLLIN, 0}, {out, POLLIN, 0}};
		poll(p, 2, -1);
		if ((p[0].revents && !relay(in, out, &left)) ||
		    (p[1].revents && !relay(out, in, &left)))
			_exit(0);
	}
}

/* Between client and server; ends with this process. */
static void put_between(size_t limit)
{
	line = mmap(NULL, sizeof(*line), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	*line = (struct line){.limit = limit, .port = client.port};
	line->listen = side_listen(&client.port);
	line_pid = fork();
	assert_true(line_pid >= 0);
	if (line_pid) {
		setpgid(line_pid, line_pid);
		return;
	}
	signal(SIGCHLD, SIG_IGN);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		int in = accept(line->listen, NULL, NULL);
		if (in >= 0 && fork() == 0)
			one_connection(in);
		close(in);
	}
}

static void take_away(void)
{
	kill(-line_pid, SIGKILL);
	waitpid(line_pid, NULL, 0);
	close(line->listen);
	munmap(line, sizeof(*line));
}

static void crosses_a_line_that_is_cut(struct side *from, struct side *to)
{
	struct sk_link_object o;
	int bytes = side_bytes(3000000, 9, &o), fd;

	wanted_gots = 0;
	put_between(400000);
	start();
	fd = carry(from, to, &o, bytes);
	sides_go(&server, &client, gots);
	assert_int_equal(to->got[0].status, 0);
	assert_true(side_has(fd, &o));
	/* it went on where it was cut: not much more than the bytes themselves */
	assert_true(line->passed > 3000000 && line->passed < 2 * 3000000);
	take_away();
	close(fd);
	close(bytes);
	none_wrong();
}

static void test_pull_over_a_line_that_is_cut(void **state)
{
	crosses_a_line_that_is_cut(&server, &client);
}

static void test_push_over_a_line_that_is_cut(void **state)
{
	crosses_a_line_that_is_cut(&client, &server);
}

static void test_letters_over_a_line_that_is_cut(void **state)
{
	server.last = client.last = 400;
	server.letter = client.letter = 3000;
	put_between(150000);
	start();
	sides_go(&server, &client, all_there);
	take_away();
	none_wrong();
}

/* An object that is fetched again after the role was killed comes again, and is complete once for each time it was asked for. */
static void test_killed_in_the_middle(void **state)
{
	struct sk_link_object o;
	int bytes = side_bytes(8000000, 3, &o), fd = sk_memfd("fetched");

	wanted_gots = 1;
	start();
	side_object(&client, SK_LINK_GIVE, &o, bytes);
	side_object(&server, SK_LINK_FETCH, &o, fd);
	while (lseek(fd, 0, SEEK_END) < 1000000)
		usleep(1000);
	side_kill(&server);
	side_start(&server);
	server.ngots = 0; /* it may have been complete by then */
	side_object(&server, SK_LINK_FETCH, &o, fd);
	sides_go(&server, &client, gots);
	assert_int_equal(server.got[0].status, 0);
	assert_true(side_has(fd, &o));
	close(fd);
	close(bytes);
	none_wrong();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	    T(test_letters_both_ways), T(test_large_letters),
	    T(test_the_answer_is_not_held_for_long), T(test_gates_begin_anew),
	    T(test_roles_are_killed), T(test_a_deaf_gate), T(test_a_gate_that_has_not_begun),
	    T(test_a_gate_that_talks_nonsense), T(test_objects_both_ways), T(test_many_at_once),
	    T(test_spoilt), T(test_wrong_bytes), T(test_what_was_there_before), T(test_no_room),
	    T(test_pull_over_a_line_that_is_cut), T(test_push_over_a_line_that_is_cut),
	    T(test_letters_over_a_line_that_is_cut), T(test_killed_in_the_middle)};

	if (argc < 3 || realpath(argv[1], server.program) == NULL ||
	    realpath(argv[2], client.program) == NULL) {
		fprintf(stderr, "usage: test-crossing PATH-OF-SERVER PATH-OF-CLIENT [TESTS]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	if (argc > 3)
		cmocka_set_test_filter(argv[3]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
