/*
 * Fuzzes what the portal reads: the heads of requests, asks and answers, addresses. The first byte says which; what is taken must be what it is said to be.
 */
#include <stdlib.h>
#include <string.h>

#include "portal/answer.h"
#include "portal/request.h"

static void must(bool good)
{
	if (!good)
		abort();
}

static void heads(const char *text)
{
	uint8_t token[SK_PORTAL_TOKEN];
	char id[SK_PORTAL_ID + 1];
	uint64_t n = 0;

	if (sk_request_cookie(text, SK_PORTAL_SESSION, token))
		must(strstr(text, SK_PORTAL_SESSION "=") != NULL);
	must(sk_request_codings(text) & 1);
	if (sk_request_number(text, &n))
		must(n < UINT64_C(1000000000000000000));
	if (sk_request_sheet(text, "/", id, &n))
		must(strlen(id) == SK_PORTAL_ID);
	if (sk_request_id(text, "/", "", id))
		must(strlen(id) == SK_PORTAL_ID && strlen(text) == SK_PORTAL_ID + 1);
	sk_request_has(text, "\"tag\"");
}

/* What goes to the gate is an ask of this word. */
static void ask(struct sk_slice body)
{
	struct sk_buf out = SK_BUF(SK_FRONT_ASK_BYTES);
	struct sk_arena *arena = sk_arena_new(1 << 20);
	struct sk_front_fault fault;
	struct sk_front_ask a;

	if (sk_portal_ask("list", body, &out, &fault) == 0)
		must(sk_front_read(sk_buf_slice(&out), arena, &a, &fault) == 0 &&
		     a.what == SK_FRONT_LIST);
	sk_arena_free(arena);
	sk_buf_free(&out);
}

/* No token is left in what a browser gets to see. */
static void answer(struct sk_slice body)
{
	struct sk_portal_answer a = {.text = SK_BUF((size_t)1 << 20)};

	if (sk_portal_answer(body, &a) == 0) {
		must(a.status >= 200 && a.status < 600);
		/* the gate's own bytes go out only where they hold no token */
		must(!a.session[0] || a.text.len > 0);
		must(!a.device[0] || a.text.len > 0);
	}
	sk_buf_free(&a.text);
}

/* An address: names and values take turns, a line each. What is taken is an ask that is read as the same one. */
static void query(char *text)
{
	struct sk_buf out = SK_BUF(SK_FRONT_ASK_BYTES);
	struct sk_arena *arena = sk_arena_new(1 << 20);
	struct sk_portal_query q;
	struct sk_front_ask a;
	char *rest = text, *name, *value;

	sk_portal_query(&q, SK_FRONT_EXPORT);
	while ((name = strsep(&rest, "\n")) && (value = strsep(&rest, "\n")))
		sk_portal_query_put(&q, sk_slice_str(name), sk_slice_str(value));
	if (sk_portal_query_end(&q, &out) == 0)
		must(sk_front_read(sk_buf_slice(&out), arena, &a, &q.fault) == 0 &&
		     a.what == SK_FRONT_EXPORT && a.all == q.ask.all);
	sk_arena_free(arena);
	sk_buf_free(&out);
}

/* What begins an upload is that ask, and has no name. */
static void begin(struct sk_slice body)
{
	struct sk_buf out = SK_BUF(SK_FRONT_ASK_BYTES);
	struct sk_arena *arena = sk_arena_new(1 << 20);
	struct sk_front_fault fault;
	struct sk_front_ask a;

	if (sk_portal_begin(body, &out, &fault) == 0)
		must(sk_front_read(sk_buf_slice(&out), arena, &a, &fault) == 0 &&
		     a.what == SK_FRONT_UPLOAD_BEGIN && a.size >= 0);
	sk_arena_free(arena);
	sk_buf_free(&out);
}

/* Of whatever an answer is about, one head comes: no end of a line, nothing that ends its quotation. */
static void disposition(struct sk_slice body)
{
	struct sk_buf out = SK_BUF(65536);
	unsigned quotes = 0;

	if (sk_portal_disposition(body, "file", &out) == 0) {
		for (size_t i = 0; i < out.len; i++) {
			must(out.p[i] >= ' ' && out.p[i] < 0x7F);
			quotes += out.p[i] == '"';
		}
		must(quotes == 2 && out.len > 12 && memcmp(out.p, "attachment; ", 12) == 0);
	}
	sk_buf_free(&out);
}

/* What goes into a stream of events are two lines and no more. */
static void notice(struct sk_slice body)
{
	size_t word, ends = 0;

	if (!sk_portal_notice(body, &word))
		return;
	for (size_t i = 0; i < body.n; i++)
		ends += body.p[i] == '\n' || body.p[i] == '\r';
	must(ends == 1 && word < body.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size == 0 || size > 65536)
		return 0;
	text = malloc(size);
	must(text != NULL);
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	struct sk_slice body = sk_slice(data + 1, size - 1);
	switch (data[0] % 7) {
	case 0:
		heads(text);
		break;
	case 1:
		ask(body);
		break;
	case 2:
		answer(body);
		break;
	case 3:
		query(text);
		break;
	case 4:
		begin(body);
		break;
	case 5:
		disposition(body);
		break;
	default:
		notice(body);
	}
	free(text);
	return 0;
}
