/*
 * JSON (RFC 8259), strict: one value, checked and written again token by token. Numbers and the
 * order of members stay as they are; white space stays, line ends become LF; strings are decoded,
 * filtered and written without escapes that are not needed. Cleaner's jail.
 */
#include "format/text/text.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "container/digits.h"

/* A member name of an open object: where it stands in `names`. */
struct name {
	size_t at, n;
};

struct json {
	struct sk_slice in;
	size_t at;
	struct sk_buf *out; /* NULL: only check */
	struct sk_buf text, filtered;
	struct sk_buf names; /* decoded names of all open objects */
	struct name *list;
	size_t count, cap;
	struct sk_text_counts *counts;
	const char **why;
	unsigned depth;
	struct level {
		bool object;
		size_t first, names_at; /* of list and of names, when the object began */
	} open[SK_LIMIT_JSON_DEPTH];
};

static int bad(struct json *j, const char *why)
{
	*j->why = why;
	return SK_EFORMAT;
}

static int peek(const struct json *j)
{
	return j->at < j->in.n ? j->in.p[j->at] : -1;
}

static void emit(struct json *j, const void *p, size_t n)
{
	if (j->out)
		sk_buf_put(j->out, p, n);
}

static void space(struct json *j)
{
	size_t from = j->at;

	for (;; j->at++) {
		int b = peek(j);
		if (b == '\r') {
			emit(j, j->in.p + from, j->at - from);
			from = j->at + 1;
			if (from >= j->in.n || j->in.p[from] != '\n')
				emit(j, "\n", 1);
		} else if (b != ' ' && b != '\t' && b != '\n') {
			break;
		}
	}
	emit(j, j->in.p + from, j->at - from);
}

static int hex4(struct json *j, uint32_t *v)
{
	*v = 0;
	for (unsigned i = 0; i < 4; i++) {
		int digit = sk_hex(peek(j));
		if (digit < 0)
			return bad(j, "an escape sequence without four digits");
		*v = *v << 4 | (uint32_t)digit;
		j->at++;
	}
	return 0;
}

static int unicode_escape(struct json *j)
{
	uint32_t cp, low;

	if (hex4(j, &cp))
		return SK_EFORMAT;
	if (cp >= 0xD800 && cp < 0xDC00 && j->at + 1 < j->in.n && j->in.p[j->at] == '\\' &&
	    j->in.p[j->at + 1] == 'u') {
		size_t back = j->at;
		j->at += 2;
		if (hex4(j, &low))
			return SK_EFORMAT;
		if (low >= 0xDC00 && low < 0xE000)
			cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
		else
			j->at = back;
	}
	if (cp >= 0xD800 && cp < 0xE000) {
		j->counts->invalid++;
		cp = 0xFFFD;
	}
	return sk_utf8_put(&j->text, cp);
}

static int escape(struct json *j)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	int b = peek(j);
	const char *hit = b > 0 ? strchr(from, b) : NULL;

	j->at++;
	if (hit)
		return sk_buf_putc(&j->text, (uint8_t)to[hit - from]);
	if (b == 'u')
		return unicode_escape(j);
	return bad(j, "an unknown escape sequence");
}

/* Decode the string at the position into j->text. */
static int read_string(struct json *j)
{
	sk_buf_reset(&j->text);
	for (j->at++;;) {
		size_t from = j->at;
		while (j->at < j->in.n && j->in.p[j->at] != '"' && j->in.p[j->at] != '\\' &&
		       j->in.p[j->at] >= 0x20)
			j->at++;
		sk_buf_put(&j->text, j->in.p + from, j->at - from);
		int b = peek(j);
		if (b < 0x20)
			return bad(j, "a string that does not end");
		j->at++;
		if (b == '"')
			return j->text.err;
		int rc = escape(j);
		if (rc)
			return rc;
	}
}

/*
 * The filter for strings: BS and FF may stand in them, escaped, so they go around the filter of
 * characters. They also part neighbours, as the filter would see it.
 */
static int filter_string(struct json *j)
{
	struct sk_slice s = sk_buf_slice(&j->text);

	sk_buf_reset(&j->filtered);
	for (size_t at = 0; at <= s.n;) {
		size_t end = at;
		while (end < s.n && s.p[end] != '\b' && s.p[end] != '\f')
			end++;
		int rc = sk_text_filter(sk_slice_sub(s, at, end - at), &j->filtered, j->counts);
		if (rc)
			return rc;
		if (end < s.n)
			sk_buf_putc(&j->filtered, s.p[end]);
		at = end + 1;
	}
	return j->filtered.err;
}

static void write_string(struct json *j, struct sk_slice s)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";

	emit(j, "\"", 1);
	for (size_t at = 0; at < s.n;) {
		size_t end = at;
		while (end < s.n && s.p[end] >= 0x20 && s.p[end] != '"' && s.p[end] != '\\')
			end++;
		emit(j, s.p + at, end - at);
		if (end < s.n) {
			const char *hit = strchr(from, s.p[end]);
			char pair[2] = {'\\', hit ? to[hit - from] : 'n'};
			emit(j, pair, 2);
		}
		at = end + 1;
	}
	emit(j, "\"", 1);
}

static int string(struct json *j)
{
	int rc = read_string(j);

	if (rc == 0)
		rc = filter_string(j);
	if (rc == 0)
		write_string(j, sk_buf_slice(&j->filtered));
	return rc;
}

static size_t digits(struct json *j)
{
	size_t from = j->at;

	while (peek(j) >= '0' && peek(j) <= '9')
		j->at++;
	return j->at - from;
}

static int number(struct json *j)
{
	size_t from = j->at;

	if (peek(j) == '-')
		j->at++;
	if (peek(j) == '0')
		j->at++;
	else if (digits(j) == 0)
		return bad(j, "a value that is none");
	if (peek(j) == '.') {
		j->at++;
		if (digits(j) == 0)
			return bad(j, "a number without digits behind its point");
	}
	if (peek(j) == 'e' || peek(j) == 'E') {
		j->at++;
		if (peek(j) == '+' || peek(j) == '-')
			j->at++;
		if (digits(j) == 0)
			return bad(j, "a number without digits in its exponent");
	}
	emit(j, j->in.p + from, j->at - from);
	return 0;
}

static int literal(struct json *j, const char *word)
{
	struct sk_slice w = sk_slice_str(word);

	if (!sk_slice_starts(sk_slice_sub(j->in, j->at, j->in.n), w))
		return bad(j, "a value that is none");
	j->at += w.n;
	emit(j, w.p, w.n);
	return 0;
}

static struct sk_slice name_text(const struct json *j, const struct name *n)
{
	return sk_slice(j->names.p + n->at, n->n);
}

static int by_name(const void *a, const void *b, void *arg)
{
	struct sk_slice x = name_text(arg, a), y = name_text(arg, b);
	int c = memcmp(x.p, y.p, x.n < y.n ? x.n : y.n);

	return c ? c : (x.n > y.n) - (x.n < y.n);
}

static int keep_name(struct json *j)
{
	if (j->count == j->cap) {
		size_t cap = j->cap ? j->cap * 2 : 64;
		struct name *list = reallocarray(j->list, cap, sizeof(*list));
		if (list == NULL)
			return SK_ENOMEM;
		j->list = list;
		j->cap = cap;
	}
	j->list[j->count++] = (struct name){j->names.len, j->filtered.len};
	/* A byte more than the name, so that there always is an address to compare. */
	sk_buf_put_slice(&j->names, sk_buf_slice(&j->filtered));
	return sk_buf_putc(&j->names, 0);
}

/* Readers differ in which of two members of one name they take: what the file says would be
 * unclear. */
static int check_names(struct json *j, const struct level *l)
{
	struct name *list = j->list + l->first;
	size_t n = j->count - l->first;

	if (n > 1) {
		qsort_r(list, n, sizeof(*list), by_name, j);
		for (size_t i = 1; i < n; i++)
			if (by_name(&list[i - 1], &list[i], j) == 0)
				return bad(j, "an object with two members of one name");
	}
	j->count = l->first;
	j->names.len = l->names_at;
	return 0;
}

static int open_level(struct json *j, bool object)
{
	if (j->depth == SK_LIMIT_JSON_DEPTH) {
		*j->why = "values nested too deeply";
		return SK_ELIMIT;
	}
	j->open[j->depth++] = (struct level){object, j->count, j->names.len};
	emit(j, j->in.p + j->at++, 1);
	return 0;
}

static int member_name(struct json *j)
{
	if (peek(j) != '"')
		return bad(j, "a member without a name");
	int rc = string(j);
	if (rc == 0)
		rc = keep_name(j);
	if (rc)
		return rc;
	space(j);
	if (peek(j) != ':')
		return bad(j, "a member without a value");
	emit(j, ":", 1);
	j->at++;
	space(j);
	return 0;
}

/* A string, number or word; or the beginning of an array or object, *opened then. */
static int value(struct json *j, bool *opened)
{
	int b = peek(j);

	*opened = b == '{' || b == '[';
	if (*opened)
		return open_level(j, b == '{');
	if (b == '"')
		return string(j);
	if (b == 't')
		return literal(j, "true");
	if (b == 'f')
		return literal(j, "false");
	if (b == 'n')
		return literal(j, "null");
	return number(j);
}

/* Behind a value: close what ends here; *more when a comma says that another value follows. */
static int after_value(struct json *j, bool *more)
{
	*more = false;
	while (j->depth) {
		struct level *l = &j->open[j->depth - 1];
		space(j);
		int b = peek(j);
		if (b == ',') {
			emit(j, ",", 1);
			j->at++;
			*more = true;
			return 0;
		}
		if (b != (l->object ? '}' : ']'))
			return bad(j, "an array or object that does not end");
		if (l->object && check_names(j, l))
			return SK_EFORMAT;
		emit(j, j->in.p + j->at++, 1);
		j->depth--;
	}
	return 0;
}

static int document(struct json *j)
{
	bool opened, more = true;

	while (more && !(j->out && j->out->err)) {
		space(j);
		int rc = j->depth && j->open[j->depth - 1].object ? member_name(j) : 0;
		if (rc == 0)
			rc = value(j, &opened);
		if (rc)
			return rc;
		if (opened) {
			space(j);
			int close = j->open[j->depth - 1].object ? '}' : ']';
			if (peek(j) != close)
				continue;
		}
		rc = after_value(j, &more);
		if (rc)
			return rc;
	}
	return 0;
}

int sk_text_json(
    struct sk_slice in, struct sk_buf *out, struct sk_text_counts *counts, const char **why)
{
	struct sk_text_counts ignored = {0};
	struct json *j = calloc(1, sizeof(*j));

	if (j == NULL)
		return SK_ENOMEM;
	*why = NULL;
	j->in = in;
	j->out = out;
	j->counts = counts ? counts : &ignored;
	j->why = why;
	size_t max = out ? out->max : SK_LIMIT_OUTPUT;
	j->text = j->filtered = j->names = SK_BUF(max);
	while (peek(j) == ' ' || peek(j) == '\t' || peek(j) == '\n' || peek(j) == '\r')
		j->at++;
	int rc = document(j);
	size_t end = out ? out->len : 0;
	if (rc == 0)
		space(j);
	if (rc == 0 && j->at < j->in.n)
		rc = bad(j, "data behind the value");
	if (out && rc == 0) {
		out->len = end; /* white space behind the value becomes one line end */
		rc = sk_buf_putc(out, '\n');
	}
	sk_buf_free(&j->text);
	sk_buf_free(&j->filtered);
	sk_buf_free(&j->names);
	free(j->list);
	free(j);
	return rc;
}
