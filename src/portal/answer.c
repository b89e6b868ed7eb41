/* Asks from HTTP, answers to it: answer.h. */
#include "portal/answer.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/filetype.h"
#include "base/name.h"
#include "base/utf8.h"

#define ARENA ((size_t)1 << 20)

/* --- asks --- */

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip(struct sk_slice s, size_t at)
{
	while (at < s.n && is_space(s.p[at]))
		at++;
	return at;
}

/* The word goes in front of the members. One that stands among them already makes two, which is no object. */
static int put_word(const char *word, struct sk_slice body, struct sk_buf *out)
{
	size_t at = skip(body, 0);
	bool empty;

	if (at < body.n && body.p[at] != '{')
		return SK_EFORMAT;
	sk_buf_printf(out, "{\"ask\":\"%s\"", word);
	if (at == body.n)
		return sk_buf_putc(out, '}');
	at = skip(body, at + 1);
	empty = at < body.n && body.p[at] == '}';
	if (!empty)
		sk_buf_putc(out, ',');
	return sk_buf_put_slice(out, sk_slice_sub(body, at, body.n));
}

static int check(struct sk_slice json, struct sk_front_fault *fault)
{
	struct sk_arena *arena = sk_arena_new(ARENA);
	struct sk_front_ask ask;
	int rc = arena ? sk_front_read(json, arena, &ask, fault) : SK_ENOMEM;

	sk_arena_free(arena);
	return rc;
}

int sk_portal_ask(
    const char *word, struct sk_slice body, struct sk_buf *out, struct sk_front_fault *fault)
{
	enum sk_front_what what;
	int rc;

	*fault = (struct sk_front_fault){.why = SK_FRONT_WHY_NOT_JSON};
	if (!sk_front_find(word, &what)) {
		fault->why = SK_FRONT_WHY_NO_SUCH_ASK;
		return SK_EFORMAT;
	}
	rc = put_word(word, body, out);
	return rc ? rc : check(sk_buf_slice(out), fault);
}

int sk_portal_begin(struct sk_slice body, struct sk_buf *out, struct sk_front_fault *fault)
{
	json_error_t error;
	json_t *o = json_loadb((const char *)body.p, body.n, JSON_REJECT_DUPLICATES, &error);
	char *text;
	int rc;

	*fault = (struct sk_front_fault){.why = SK_FRONT_WHY_NOT_JSON};
	json_object_del(o, "name");
	text = json_is_object(o) ? json_dumps(o, JSON_COMPACT) : NULL;
	rc = text ? sk_portal_ask("upload.begin", sk_slice_str(text), out, fault) : SK_EFORMAT;
	free(text);
	json_decref(o);
	return rc;
}

/* --- answers --- */

int sk_portal_sentence(const char *text, const char *field, struct sk_buf *out)
{
	const char *at = strstr(text, "{1}");

	if (at == NULL)
		return sk_buf_puts(out, text);
	sk_buf_put(out, text, (size_t)(at - text));
	sk_buf_puts(out, field ? field : "");
	return sk_buf_puts(out, at + 3);
}

static int dump(json_t *o, struct sk_buf *out)
{
	char *text = json_dumps(o, JSON_COMPACT);
	int rc = text ? sk_buf_puts(out, text) : SK_ENOMEM;

	free(text);
	return rc;
}

/* The sentence is English; the browser translates it by the catalogue. */
static int add_text(json_t *o, enum sk_front_why why)
{
	struct sk_buf b = SK_BUF(4096);
	int rc = sk_portal_sentence(
	    sk_front_why_text(why), json_string_value(json_object_get(o, "field")), &b);

	if (rc == 0 && json_object_set_new(o, "text", json_stringn((const char *)b.p, b.len)))
		rc = SK_ENOMEM;
	sk_buf_free(&b);
	return rc;
}

static bool take_token(json_t *o, const char *name, char token[SK_PORTAL_TOKEN_TEXT])
{
	const char *v = json_string_value(json_object_get(o, name));

	if (v == NULL || strlen(v) != SK_PORTAL_TOKEN_TEXT - 1 ||
	    strspn(v, "0123456789abcdef") != SK_PORTAL_TOKEN_TEXT - 1)
		return false;
	memcpy(token, v, SK_PORTAL_TOKEN_TEXT);
	json_object_del(o, name);
	return true;
}

static int refused(json_t *o, struct sk_portal_answer *a)
{
	const char *word = json_string_value(json_object_get(o, "why"));
	enum sk_front_why why = word ? sk_front_why_find(word) : SK_FRONT_WHYS;

	if (why == SK_FRONT_WHYS)
		return SK_EFORMAT;
	a->status = sk_front_why_status(why);
	return add_text(o, why);
}

static int look(json_t *o, struct sk_portal_answer *a)
{
	const char *status = json_string_value(json_object_get(o, "status"));
	int rc;

	if (status == NULL)
		return SK_EFORMAT;
	if (strcmp(status, "refused") == 0) {
		rc = refused(o, a);
		return rc ? rc : dump(o, &a->text);
	}
	a->status = 200;
	/* one beside the other: both are taken */
	bool session = take_token(o, "session", a->session),
	     device = take_token(o, "device", a->device);
	return session || device ? dump(o, &a->text) : 0;
}

int sk_portal_answer(struct sk_slice from_gate, struct sk_portal_answer *a)
{
	json_error_t error;
	json_t *o = json_loadb((const char *)from_gate.p, from_gate.n, 0, &error);
	int rc = o ? look(o, a) : SK_EFORMAT;

	json_decref(o);
	return rc;
}

int sk_portal_refusal(enum sk_front_why why, const char *field, struct sk_portal_answer *a)
{
	struct sk_buf b = SK_BUF(1024);
	int rc = sk_front_refuse(&b, why, field);

	rc = rc ? rc : sk_portal_answer(sk_buf_slice(&b), a);
	sk_buf_free(&b);
	return rc;
}

/* --- what an answer is about --- */

static bool text_of(const json_t *o, const char *name, char *to, size_t size)
{
	const json_t *v = json_object_get(o, name);

	if (!json_is_string(v) || json_string_length(v) >= size ||
	    strlen(json_string_value(v)) != json_string_length(v))
		return false;
	memcpy(to, json_string_value(v), json_string_length(v) + 1);
	return true;
}

bool sk_portal_text(
    struct sk_slice json, const char *object, const char *name, char *to, size_t size)
{
	json_error_t error;
	json_t *o = json_loadb((const char *)json.p, json.n, 0, &error);
	bool there = text_of(object ? json_object_get(o, object) : o, name, to, size);

	json_decref(o);
	return there;
}

/* What stands between quotation marks as it is; everything else by its other name alone. */
static bool is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '%';
}

/* attr-char: RFC 5987, section 3.2.1 */
static bool is_attr(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c && strchr("!#$&+-.^_`|~", c));
}

int sk_portal_attachment(const char *name, struct sk_buf *out)
{
	char shown[1024];

	/* controls, what is no UTF-8 and what turns the reading direction go */
	sk_utf8_display(shown, sizeof(shown), sk_slice_str(name));
	sk_buf_puts(out, "attachment; filename=\"");
	for (const char *p = shown; *p; p++)
		if (((uint8_t)*p & 0xC0) != 0x80)
			sk_buf_putc(out, is_plain((uint8_t)*p) && *p != '/' ? (uint8_t)*p : '_');
	sk_buf_puts(out, "\"; filename*=UTF-8''");
	for (const char *p = shown; *p; p++)
		if (is_attr((uint8_t)*p))
			sk_buf_putc(out, (uint8_t)*p);
		else
			sk_buf_printf(out, "%%%02X", (uint8_t)*p);
	return out->err;
}

/* A cleaned file is called after the one that came, with the extension of what it is; an original as it came. */
int sk_portal_disposition(struct sk_slice json, const char *otherwise, struct sk_buf *out)
{
	char name[1024] = "", type[32] = "", found[32] = "";
	enum sk_filetype is;
	bool changed;
	char *whole;
	int rc;

	if (!sk_portal_text(json, "transfer", "name", name, sizeof(name)) &&
	    !sk_portal_text(json, "original", "name", name, sizeof(name)))
		return sk_portal_attachment(otherwise, out);
	sk_portal_text(json, "transfer", "output_type", type, sizeof(type));
	sk_portal_text(json, "transfer", "found", found, sizeof(found));
	is = sk_filetype_by_name(type);
	if (is == SK_FT_UNKNOWN || sk_portal_text(json, "original", "id", found, sizeof(found)))
		return sk_portal_attachment(name, out);
	whole =
	    sk_name_output(name, sk_filetype_ext(is), sk_filetype_fits(is, name), false, &changed);
	rc = whole ? sk_portal_attachment(whole, out) : SK_ENOMEM;
	free(whole);
	return rc;
}

/* --- asks in addresses --- */

void sk_portal_query(struct sk_portal_query *q, enum sk_front_what what)
{
	*q = (struct sk_portal_query){0};
	sk_front_init(&q->ask, what);
}

static int wrong(struct sk_portal_query *q, enum sk_front_why why, struct sk_slice name)
{
	q->fault.why = why;
	sk_utf8_display(q->fault.field, sizeof(q->fault.field), name);
	return q->rc = SK_EFORMAT;
}

static bool is_said(const struct sk_portal_query *q, struct sk_slice name)
{
	for (size_t i = 0; i < q->n; i++)
		if (sk_slice_eq(q->said[i], name))
			return true;
	return false;
}

/* "41" is 0x41; either case. */
static bool two_digits(struct sk_slice s, uint8_t *byte)
{
	char digits[3] = "";

	if (s.n != 2 || !isxdigit(s.p[0]) || !isxdigit(s.p[1]))
		return false;
	memcpy(digits, s.p, 2);
	*byte = (uint8_t)strtoul(digits, NULL, 16);
	return true;
}

/* Behind those that were taken before. NULL: it is no text, or there is no room. */
static const char *decode(struct sk_portal_query *q, struct sk_slice value)
{
	char *to = q->text + q->used;
	size_t n = 0;

	if (value.n >= sizeof(q->text) - q->used)
		return NULL;
	for (size_t i = 0; i < value.n; n++) {
		uint8_t byte = value.p[i];
		if (byte == '%' && !two_digits(sk_slice_sub(value, i + 1, 2), &byte))
			return NULL;
		if (byte == 0)
			return NULL;
		i += value.p[i] == '%' ? 3 : 1;
		to[n] = (char)byte;
	}
	to[n] = '\0';
	q->used += n + 1;
	return to;
}

int sk_portal_query_put(struct sk_portal_query *q, struct sk_slice name, struct sk_slice value)
{
	const char *text = q->rc || is_said(q, name) ? NULL : decode(q, value);

	if (q->rc)
		return q->rc;
	if (text == NULL || q->n == sizeof(q->said) / sizeof(*q->said) ||
	    strlen((const char *)name.p) != name.n)
		return wrong(q, SK_FRONT_WHY_VALUE, name);
	if (sk_front_takes(q->ask.what, (const char *)name.p) == SK_FRONT_TAKES_FLAG &&
	    strcmp(text, "true") != 0)
		return wrong(q, SK_FRONT_WHY_VALUE, name);
	q->said[q->n++] = name;
	return q->rc = sk_front_set(&q->ask, (const char *)name.p, text, &q->fault);
}

int sk_portal_query_end(struct sk_portal_query *q, struct sk_buf *out)
{
	struct sk_arena *arena = sk_arena_new(ARENA);
	struct sk_front_ask again;

	if (q->rc == 0)
		q->rc = arena ? sk_front_write(&q->ask, out, &q->fault) : SK_ENOMEM;
	if (q->rc == 0) /* what must be said was said */
		q->rc = sk_front_read(sk_buf_slice(out), arena, &again, &q->fault);
	sk_arena_free(arena);
	return q->rc;
}

bool sk_portal_notice(struct sk_slice body, size_t *word)
{
	*word = sk_slice_find(body, 0, SK_SLICE_LIT("\n"));
	if (*word == SIZE_MAX || *word == 0)
		return false;
	for (size_t i = 0; i < body.n; i++)
		if (body.p[i] < ' ' && i != *word)
			return false;
	for (size_t i = 0; i < *word; i++)
		if (body.p[i] < 'a' || body.p[i] > 'z')
			return false;
	return true;
}
