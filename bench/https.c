/*
 * What HTTPS itself costs: a bare server of libmicrohttpd, and a browser that does nothing but ask. Bench only.
 *   https bare PORT KEY CRT FILE     answers each POST with 1,024 bytes; writes each PATCH to FILE; serves until it is killed
 *   https ask PORT HOST N C COOKIE   C connections, N times POST /api/v1/whoami in all; seconds and answers of 200
 *   https bring PORT HOST PATH SIZE COOKIE   one PATCH of SIZE bytes from offset 0; seconds and status
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PIECE 65536

static int file = -1;

static long number(const char *text)
{
	return strtol(text, NULL, 10);
}

/* --- the bare server --- */

static enum MHD_Result answer(void *ctx, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *data, size_t *size, void **state)
{
	static char body[1024];
	static int seen;

	if (*state == NULL) {
		*state = &seen;
		return MHD_YES;
	}
	if (*size) {
		if (strcmp(method, "PATCH") == 0 && write(file, data, *size) < 0)
			return MHD_NO;
		*size = 0;
		return MHD_YES;
	}
	memset(body, 'x', sizeof(body));
	struct MHD_Response *r =
	    MHD_create_response_from_buffer(sizeof(body), body, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result rc = MHD_queue_response(c, 200, r);
	MHD_destroy_response(r);
	return rc;
}

static char *text_of(const char *path)
{
	char *p = calloc(1, PIECE);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (p == NULL || fd < 0 || read(fd, p, PIECE - 1) < 0)
		exit(2);
	close(fd);
	return p;
}

static int bare(char **arg)
{
	struct MHD_Daemon *d;

	file = open(arg[3], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	d = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TLS, (uint16_t)number(arg[0]),
	    NULL, NULL, answer, NULL, MHD_OPTION_HTTPS_MEM_KEY, text_of(arg[1]),
	    MHD_OPTION_HTTPS_MEM_CERT, text_of(arg[2]), MHD_OPTION_END);
	if (d == NULL)
		return 2;
	for (;;)
		pause();
}

/* --- the browser --- */

struct line {
	gnutls_session_t s;
	gnutls_certificate_credentials_t none;
	int fd;
	char in[PIECE];
	size_t n;
};

static struct browser {
	int port;
	const char *host, *cookie;
	long left, good;
	pthread_mutex_t lock;
} browser = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void open_line(struct line *l)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	    .sin_port = htons((uint16_t)browser.port)};
	int yes = 1;

	l->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(l->fd, IPPROTO_TCP, 1, &yes, sizeof(yes)); /* TCP_NODELAY */
	if (connect(l->fd, (struct sockaddr *)&to, sizeof(to)))
		exit(3);
	gnutls_init(&l->s, GNUTLS_CLIENT);
	gnutls_set_default_priority(l->s);
	gnutls_certificate_allocate_credentials(&l->none);
	gnutls_credentials_set(l->s, GNUTLS_CRD_CERTIFICATE, l->none);
	gnutls_transport_set_int(l->s, l->fd);
	if (gnutls_handshake(l->s))
		exit(3);
}

static void say(struct line *l, const char *p, size_t n)
{
	while (n) {
		ssize_t k = gnutls_record_send(l->s, p, n);
		if (k == GNUTLS_E_AGAIN || k == GNUTLS_E_INTERRUPTED)
			continue;
		if (k <= 0)
			exit(4);
		p += k;
		n -= (size_t)k;
	}
}

/* The status of one answer, all of which is read. */
static int hear(struct line *l)
{
	char *end, *length;
	size_t want = 0;

	l->n = 0;
	for (;;) {
		ssize_t k = gnutls_record_recv(l->s, l->in + l->n, sizeof(l->in) - 1 - l->n);
		if (k == GNUTLS_E_AGAIN || k == GNUTLS_E_INTERRUPTED)
			continue;
		if (k <= 0)
			exit(5);
		l->n += (size_t)k;
		l->in[l->n] = '\0';
		end = strstr(l->in, "\r\n\r\n");
		length = strcasestr(l->in, "\r\ncontent-length:");
		if (end && want == 0)
			want = (size_t)(end + 4 - l->in) +
			       (length && length < end ? (size_t)number(length + 17) : 0);
		if (want && l->n >= want)
			return (int)number(l->in + 9);
	}
}

static size_t heads(char *to, size_t size, const char *method, const char *path, size_t length)
{
	return (size_t)snprintf(to, size,
	    "%s %s HTTP/1.1\r\nHost: %s:%d\r\nOrigin: https://%s:%d\r\nX-Sekisho: 1\r\nCookie: __Host-sekisho=%s\r\n"
	    "Upload-Offset: 0\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
	    method, path, browser.host, browser.port, browser.host, browser.port, browser.cookie,
	    length);
}

static bool one_more(bool good)
{
	pthread_mutex_lock(&browser.lock);
	bool more = browser.left-- > 0;
	browser.good += good;
	pthread_mutex_unlock(&browser.lock);
	return more;
}

static void *ask_on(void *ctx)
{
	static const char body[] = "{}";
	struct line *l = calloc(1, sizeof(*l));
	char request[2048];
	size_t n = heads(request, sizeof(request), "POST", "/api/v1/whoami", 2);
	bool good = false;

	memcpy(request + n, body, 2);
	open_line(l);
	while (one_more(good)) {
		say(l, request, n + 2);
		good = hear(l) == 200;
	}
	return NULL;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ask(char **arg)
{
	long c = number(arg[3]);
	pthread_t *t = calloc((size_t)c, sizeof(*t));
	double at;

	browser.port = (int)number(arg[0]);
	browser.host = arg[1];
	browser.left = number(arg[2]);
	browser.cookie = arg[4];
	at = now();
	for (long i = 0; i < c; i++)
		pthread_create(&t[i], NULL, ask_on, NULL);
	for (long i = 0; i < c; i++)
		pthread_join(t[i], NULL);
	printf("%.6f %ld\n", now() - at, browser.good);
	return 0;
}

static int bring(char **arg)
{
	static char piece[PIECE], request[2048];
	struct line *l = calloc(1, sizeof(*l));
	size_t size = (size_t)number(arg[3]);
	double at;

	browser.port = (int)number(arg[0]);
	browser.host = arg[1];
	browser.cookie = arg[4];
	open_line(l);
	at = now();
	say(l, request, heads(request, sizeof(request), "PATCH", arg[2], size));
	for (size_t done = 0; done < size; done += PIECE)
		say(l, piece, size - done < PIECE ? size - done : PIECE);
	int status = hear(l);
	printf("%.6f %d\n", now() - at, status);
	return 0;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc == 6 && strcmp(argv[1], "bare") == 0)
		return bare(argv + 2);
	if (argc == 7 && strcmp(argv[1], "ask") == 0)
		return ask(argv + 2);
	if (argc == 7 && strcmp(argv[1], "bring") == 0)
		return bring(argv + 2);
	return 2;
}
