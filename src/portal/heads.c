/*
 * The heads of every answer, and the answers that libmicrohttpd gives by itself. It has no setting for those (a request that it cannot read, or that
 * is too large, gets a page of its own), but it queues them by MHD_queue_response() as anybody does: this program's comes before the library's, so
 * they go out in our form and with our heads, and none goes out without (doc/decisions/0029). portal.h.
 */
#include <dlfcn.h>
#include <gnutls/gnutls.h>

#include "portal/portal.h"

/*
 * What all answers say: nothing is loaded from elsewhere, run that is no file of ours, framed, guessed at, or told to others. The pages have what
 * their own scripts, styles and pictures need.
 */
static const struct head {
	const char *name, *value;
} heads[] = {
    {"Content-Security-Policy",
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
	"manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"},
    {"Strict-Transport-Security", "max-age=31536000"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Embedder-Policy", "require-corp"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Origin-Agent-Cluster", "?1"},
    {"Permissions-Policy",
	"publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), microphone=(), geolocation=(), "
	"display-capture=(), usb=(), serial=(), hid=(), bluetooth=(), payment=()"},
};

typedef enum MHD_Result queue_fn(struct MHD_Connection *c, unsigned status, struct MHD_Response *r);
static queue_fn *queue_of_library;

bool sk_heads_ready(void)
{
	queue_of_library = (queue_fn *)(uintptr_t)dlsym(RTLD_NEXT, "MHD_queue_response");
	return queue_of_library != NULL;
}

enum MHD_Result sk_heads_queue(struct MHD_Connection *c, unsigned status, struct MHD_Response *r)
{
	enum MHD_Result rc = r ? MHD_YES : MHD_NO;

	for (size_t i = 0; rc == MHD_YES && i < sizeof(heads) / sizeof(*heads); i++)
		rc = MHD_add_response_header(r, heads[i].name, heads[i].value);
	return rc == MHD_YES ? queue_of_library(c, status, r) : MHD_NO;
}

struct MHD_Response *sk_heads_object(struct sk_slice body)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(
	    body.n, (void *)(uintptr_t)body.p, MHD_RESPMEM_MUST_COPY);

	if (r == NULL)
		return NULL;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
	MHD_add_response_header(r, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
	return r;
}

static enum sk_front_why why_of(unsigned status)
{
	if (status == MHD_HTTP_CONTENT_TOO_LARGE || status == MHD_HTTP_URI_TOO_LONG ||
	    status == MHD_HTTP_REQUEST_HEADER_FIELDS_TOO_LARGE)
		return SK_FRONT_WHY_TOO_LARGE;
	return status < MHD_HTTP_INTERNAL_SERVER_ERROR ||
		       status == MHD_HTTP_HTTP_VERSION_NOT_SUPPORTED
		   ? SK_FRONT_WHY_REQUEST
		   : SK_FRONT_WHY_FAULT;
}

/* The same answer as it goes over the line. */
static void put_answer(struct sk_buf *out, unsigned status, struct sk_slice body)
{
	sk_buf_printf(out,
	    "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Type: application/json\r\n", status,
	    MHD_get_reason_phrase_for(status));
	sk_buf_puts(out, "Cache-Control: no-store\r\n");
	for (size_t i = 0; i < sizeof(heads) / sizeof(*heads); i++)
		sk_buf_printf(out, "%s: %s\r\n", heads[i].name, heads[i].value);
	sk_buf_printf(out, "Content-Length: %zu\r\n\r\n", body.n);
	sk_buf_put_slice(out, body);
}

/*
 * Where the heads of a request are whole, and wrong together, the library of Debian 12 (0.9.75) sends the heads of its answer twice. So it is told that its
 * answer cannot be queued: it ends the connection, and the answer is on the way already. It is small, and the first that is sent: it fits, or goes with the
 * connection.
 */
static enum MHD_Result answer_and_end(
    struct MHD_Connection *c, unsigned status, struct sk_slice body)
{
	const union MHD_ConnectionInfo *tls =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	struct sk_buf out = SK_BUF(8192);

	put_answer(&out, status, body);
	if (tls && out.err == 0)
		(void)gnutls_record_send(tls->tls_session, out.p, out.len);
	sk_buf_free(&out);
	return MHD_NO;
}

static enum MHD_Result queue_object(struct MHD_Connection *c, unsigned status, struct sk_slice body)
{
	struct MHD_Response *r = sk_heads_object(body);
	enum MHD_Result rc = sk_heads_queue(c, status, r);

	if (r)
		MHD_destroy_response(r);
	return rc;
}

/* The library alone calls this one. */
enum MHD_Result MHD_queue_response(
    struct MHD_Connection *c, unsigned status, struct MHD_Response *of_library)
{
	struct sk_portal_answer a = {.text = SK_BUF(4096)};
	const union MHD_ConnectionInfo *read =
	    MHD_get_connection_info(c, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	bool whole = read && read->header_size > 0;
	enum MHD_Result rc = MHD_NO;

	(void)of_library;
	if (sk_portal_refusal(why_of(status), NULL, &a) == 0)
		rc = whole ? answer_and_end(c, status, sk_buf_slice(&a.text))
			   : queue_object(c, status, sk_buf_slice(&a.text));
	sk_buf_free(&a.text);
	return rc;
}
