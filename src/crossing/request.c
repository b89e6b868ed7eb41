/* One request by libcurl, with this protocol's ideas of TLS, and nothing of what libcurl would do besides: client.h. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "crossing/client.h"

#define CONNECT_MS 10000L
#define SLOW_S 30L /* nothing for so long: it is cut and tried again */
#define BUFFER (256L << 10)

/* --- the loop's side of libcurl --- */

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *unused)
{
	struct sk_client *c = ctx;
	size_t i = 0;

	while (i < c->nsockets && c->socket[i].fd != fd)
		i++;
	if (what == CURL_POLL_REMOVE) {
		if (i < c->nsockets)
			c->socket[i] = c->socket[--c->nsockets];
		return 0;
	}
	if (i == SK_CLIENT_SOCKETS)
		return -1;
	if (i == c->nsockets)
		c->nsockets++;
	c->socket[i].fd = fd;
	c->socket[i].events =
	    (short)((what & CURL_POLL_IN ? POLLIN : 0) | (what & CURL_POLL_OUT ? POLLOUT : 0));
	return 0;
}

static int on_timer(CURLM *multi, long ms, void *ctx)
{
	struct sk_client *c = ctx;

	c->due = ms < 0 ? INT64_MAX : sk_now_ms() + ms;
	return 0;
}

/* --- who answers --- */

/* Behind the handshake, before the request is sent; also on a connection that is used again. */
static int before_request(void *ctx, char *ip, char *local_ip, int port, int local_port)
{
	struct sk_request *r = ctx;
	const struct curl_tlssessioninfo *info = NULL;
	char why[SK_PEER_WHY] = "there is no TLS session";

	if (curl_easy_getinfo(r->easy, CURLINFO_TLS_SSL_PTR, &info) == 0 && info &&
	    info->internals && info->backend == CURLSSLBACKEND_GNUTLS &&
	    sk_crossing_peer(info->internals, &r->client->end.pins, (int64_t)time(NULL), why) == 0)
		return CURL_PREREQFUNC_OK;
	r->mistrusted = true;
	snprintf(r->error, sizeof(r->error), "%s", why);
	return CURL_PREREQFUNC_ABORT;
}

enum sk_link_state sk_request_failure(const struct sk_request *r, CURLcode code)
{
	long fresh = 0;

	if (r->mistrusted || code == CURLE_SSL_PINNEDPUBKEYNOTMATCH)
		return SK_LINK_NOT_PINNED;
	if (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT)
		return SK_LINK_UNREACHABLE;
	curl_easy_getinfo(r->easy, CURLINFO_NUM_CONNECTS, &fresh);
	/* with TLS 1.3 its refusal comes when our side thinks that the handshake is over */
	if (fresh && (code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
			 code == CURLE_GOT_NOTHING || code == CURLE_SSL_CONNECT_ERROR))
		return SK_LINK_NOT_WANTED;
	return code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR || code == CURLE_GOT_NOTHING
		   ? SK_LINK_UNREACHABLE
		   : SK_LINK_NONSENSE;
}

/* --- one request --- */

#define SET(option, value) (status = status ? status : curl_easy_setopt(r->easy, option, value))

static CURLcode set_tls(struct sk_request *r)
{
	const struct sk_client *c = r->client;
	CURLcode status = 0;

	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3 | (long)CURL_SSLVERSION_MAX_TLSv1_3);
	/* there is no authority: the key is pinned, here and in before_request() */
	SET(CURLOPT_SSL_VERIFYPEER, 0L);
	SET(CURLOPT_SSL_VERIFYHOST, 0L);
	SET(CURLOPT_PINNEDPUBLICKEY, c->pinned);
	/* no authority is believed: each connection would read all of the system's first */
	SET(CURLOPT_CAINFO, (char *)NULL);
	SET(CURLOPT_CAPATH, (char *)NULL);
	SET(CURLOPT_PREREQFUNCTION, before_request);
	SET(CURLOPT_PREREQDATA, r);
	SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
	SET(CURLOPT_SSLCERT, c->crt_path);
	SET(CURLOPT_SSLKEY, c->key_path);
	return status;
}

static CURLcode set_http(struct sk_request *r, const char *url)
{
	CURLcode status = 0;

	SET(CURLOPT_URL, url);
	SET(CURLOPT_PROTOCOLS_STR, "https");
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	SET(CURLOPT_LOW_SPEED_LIMIT, 1L);
	SET(CURLOPT_LOW_SPEED_TIME, SLOW_S);
	SET(CURLOPT_BUFFERSIZE, BUFFER);
	SET(CURLOPT_UPLOAD_BUFFERSIZE, BUFFER);
	SET(CURLOPT_TCP_NODELAY, 1L);
	SET(CURLOPT_ERRORBUFFER, r->error);
	SET(CURLOPT_PRIVATE, r);
	return status;
}

bool sk_request_prepare(struct sk_request *r, const char *path)
{
	char url[192];

	snprintf(url, sizeof(url), "%s%s", r->client->base, path);
	curl_easy_reset(r->easy);
	curl_slist_free_all(r->heads);
	r->heads = NULL;
	r->mistrusted = r->ranged = false;
	r->status = 0;
	r->error[0] = '\0';
	r->since = sk_now_ms();
	return set_http(r, url) == 0 && set_tls(r) == 0;
}

void sk_request_head(struct sk_request *r, const char *head)
{
	struct curl_slist *more = curl_slist_append(r->heads, head);

	if (more)
		r->heads = more;
}

bool sk_request_start(struct sk_request *r)
{
	CURLcode status = 0;

	SET(CURLOPT_HTTPHEADER, r->heads);
	r->busy = status == 0 && curl_multi_add_handle(r->client->multi, r->easy) == CURLM_OK;
	return r->busy;
}

void sk_request_stop(struct sk_request *r)
{
	if (r->busy)
		curl_multi_remove_handle(r->client->multi, r->easy);
	r->busy = false;
}

void sk_requests_finish(struct sk_client *c)
{
	struct CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(c->multi, &left)) != NULL) {
		struct sk_request *r = NULL;
		CURLcode code = m->data.result;
		long http = 0;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &r);
		if (code == CURLE_OK)
			curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &http);
		sk_request_stop(r);
		r->done(r, http, code);
	}
}

/* --- beginning and end --- */

/* libcurl reads keys from files: one without a name, which only we can open. */
static int keep(const struct sk_buf *pem, char path[32])
{
	int fd = sk_memfd("pem");

	if (fd >= 0 && sk_write_all(fd, pem->p, pem->len - 1) == 0)
		snprintf(path, 32, "/proc/self/fd/%d", fd);
	else
		sk_close(&fd);
	return fd;
}

static int write_pins(struct sk_client *c)
{
	size_t at = 0;

	for (size_t i = 0; i < c->end.pins.n; i++) {
		gnutls_datum_t pin = {c->end.pins.v[i], SK_PIN_BYTES}, text = {NULL, 0};
		if (gnutls_base64_encode2(&pin, &text))
			return SK_ENOMEM;
		at += (size_t)snprintf(c->pinned + at, sizeof(c->pinned) - at, "%ssha256//%.*s",
		    at ? ";" : "", (int)text.size, (const char *)text.data);
		gnutls_free(text.data);
	}
	return 0;
}

static int open_one(struct sk_client *c, struct sk_request *r,
    void (*done)(struct sk_request *r, long http, CURLcode code))
{
	*r = (struct sk_request){
	    .client = c, .done = done, .easy = curl_easy_init(), .out = r->out, .in = r->in};
	return r->easy ? 0 : SK_ENOMEM;
}

int sk_requests_open(struct sk_client *c)
{
	int status = curl_global_init(CURL_GLOBAL_DEFAULT) ? SK_ENOMEM : write_pins(c);

	if (status)
		return status;
	c->multi = curl_multi_init();
	c->key_fd = keep(&c->end.key, c->key_path);
	c->crt_fd = keep(&c->end.crt, c->crt_path);
	if (c->multi == NULL || c->key_fd < 0 || c->crt_fd < 0)
		return SK_ENOMEM;
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
	curl_multi_setopt(c->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)SK_CLIENT_CARRIES + 2);
	status = open_one(c, &c->poll, sk_talk_done);
	status = status ? status : open_one(c, &c->push, sk_talk_done);
	for (size_t i = 0; !status && i < SK_CLIENT_CARRIES; i++)
		status = open_one(c, &c->carry[i], sk_carry_done);
	return status;
}

static void close_one(struct sk_request *r)
{
	sk_request_stop(r);
	if (r->easy)
		curl_easy_cleanup(r->easy);
	curl_slist_free_all(r->heads);
	sk_buf_free(&r->out);
	sk_buf_free(&r->in);
}

void sk_requests_close(struct sk_client *c)
{
	close_one(&c->poll);
	close_one(&c->push);
	for (size_t i = 0; i < SK_CLIENT_CARRIES; i++)
		close_one(&c->carry[i]);
	if (c->multi)
		curl_multi_cleanup(c->multi);
	curl_global_cleanup();
	sk_close(&c->key_fd);
	sk_close(&c->crt_fd);
}
