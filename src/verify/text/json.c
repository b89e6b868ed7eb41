/* JSON (RFC 8259) in the one spelling of doc/profiles/text.md, section 4. Verifier's jail. */
#include <stdlib.h>

#include "verify/text/text.h"

#include "base/buf.h"
#include "verify/text/chars.h"

#define IN_STRING \
	(SK_VT_CTL('\b') | SK_VT_CTL('\t') | SK_VT_CTL('\n') | SK_VT_CTL('\f') | SK_VT_CTL('\r'))

/* A member's name as written: the spelling is unique, so two equal names are equal bytes. */
struct key {
	uint32_t hash;
	struct sk_slice s;
};

struct json {
	struct sk_check *c;
	struct sk_reader r;
	struct sk_buf scratch; /* a decoded string */
	struct key *keys;      /* of all open objects, the innermost last */
	size_t nkeys, cap;
	unsigned depth;
};

static int fault(struct json *j, const char *what)
{
	return sk_fail(j->c, j->r.pos, "JSON: %s", what);
}

static void skip_space(struct json *j)
{
	int ch;

	while ((ch = sk_read_peek(&j->r, 0)) == ' ' || ch == '\t' || ch == '\n')
		sk_read_skip(&j->r, 1);
}

/* What the letter after a backslash stands for, or 0. */
static uint8_t escaped(uint8_t letter)
{
	static const char from[] = "\"\\btnfr", to[] = "\"\\\b\t\n\f\r";
	const char *at = letter ? strchr(from, letter) : NULL;

	return at ? (uint8_t)to[at - from] : 0;
}

static int check_string(struct json *j, struct sk_slice raw, size_t at, bool escapes)
{
	if (!escapes)
		return sk_vt_check(j->c, raw, at, 0);
	sk_buf_reset(&j->scratch);
	for (size_t i = 0; i < raw.n; i++) {
		uint8_t ch = raw.p[i];
		if (ch < 0x20)
			return fault(j, "control character in a string");
		if (ch == '\\') /* the string does not end in a lone one */
			ch = escaped(raw.p[++i]);
		if (ch == 0)
			return fault(j, "escape is not one of those in use");
		sk_buf_putc(&j->scratch, ch);
	}
	if (j->scratch.err)
		return j->scratch.err;
	return sk_vt_check(j->c, sk_buf_slice(&j->scratch), at, IN_STRING);
}

static int read_string(struct json *j, struct sk_slice *raw)
{
	const struct sk_slice in = j->r.s;
	size_t from = j->r.pos + 1, i = from;
	bool escapes = false;

	if (sk_read_u8(&j->r) != '"')
		return fault(j, "string expected");
	for (; i < in.n && in.p[i] != '"'; i++)
		if (in.p[i] == '\\') {
			escapes = true;
			i++;
		}
	if (i >= in.n)
		return fault(j, "string has no end");
	*raw = sk_slice_sub(in, from, i - from);
	sk_read_seek(&j->r, i + 1);
	return check_string(j, *raw, from, escapes);
}

static size_t skip_digits(struct json *j)
{
	size_t n = 0;

	for (int ch; (ch = sk_read_peek(&j->r, 0)) >= '0' && ch <= '9'; n++)
		sk_read_skip(&j->r, 1);
	return n;
}

static int read_number(struct json *j)
{
	if (sk_read_peek(&j->r, 0) == '-')
		sk_read_skip(&j->r, 1);
	if (sk_read_peek(&j->r, 0) == '0')
		sk_read_skip(&j->r, 1);
	else if (skip_digits(j) == 0)
		return fault(j, "value expected");
	if (sk_read_peek(&j->r, 0) == '.') {
		sk_read_skip(&j->r, 1);
		if (skip_digits(j) == 0)
			return fault(j, "digit expected");
	}
	int ch = sk_read_peek(&j->r, 0);
	if (ch != 'e' && ch != 'E')
		return 0;
	sk_read_skip(&j->r, 1);
	ch = sk_read_peek(&j->r, 0);
	if (ch == '+' || ch == '-')
		sk_read_skip(&j->r, 1);
	return skip_digits(j) ? 0 : fault(j, "digit expected");
}

static int read_word(struct json *j, struct sk_slice word)
{
	struct sk_slice got = sk_read_slice(&j->r, word.n);
	return sk_slice_eq(got, word) ? 0 : fault(j, "value expected");
}

/* --- names of one object --- */

static int by_hash(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	if (x->s.n != y->s.n)
		return x->s.n < y->s.n ? -1 : 1;
	return x->s.n ? memcmp(x->s.p, y->s.p, x->s.n) : 0;
}

static int push_key(struct json *j, struct sk_slice name)
{
	uint32_t h = 2166136261U;

	if (j->nkeys == j->cap) {
		size_t more = j->cap ? j->cap * 2 : 256;
		struct key *keys = reallocarray(j->keys, more, sizeof(*keys));
		if (keys == NULL)
			return SK_ENOMEM;
		j->keys = keys;
		j->cap = more;
	}
	for (size_t i = 0; i < name.n; i++)
		h = (h ^ name.p[i]) * 16777619U;
	j->keys[j->nkeys++] = (struct key){h, name};
	return 0;
}

/* The names from `first` on are those of one object; forget them. */
static int check_keys(struct json *j, size_t first)
{
	if (j->nkeys > first)
		qsort(j->keys + first, j->nkeys - first, sizeof(*j->keys), by_hash);
	for (size_t i = first + 1; i < j->nkeys; i++)
		if (by_hash(&j->keys[i - 1], &j->keys[i]) == 0)
			return fault(j, "object with two members of one name");
	j->nkeys = first;
	return 0;
}

/* --- values --- */

static int read_value(struct json *j);

static int read_member(struct json *j)
{
	struct sk_slice name = {0};
	int rc = read_string(j, &name);

	if (rc == 0)
		rc = push_key(j, name);
	if (rc)
		return rc;
	skip_space(j);
	if (sk_read_u8(&j->r) != ':')
		return fault(j, "colon expected");
	skip_space(j);
	return read_value(j);
}

/* An array or object up to its closing bracket. */
static int read_items(struct json *j, bool object)
{
	const int close = object ? '}' : ']';
	size_t first = j->nkeys;
	int rc = 0;

	if (++j->depth > SK_LIMIT_JSON_DEPTH)
		return fault(j, "nested more deeply than allowed");
	sk_read_skip(&j->r, 1);
	skip_space(j);
	if (sk_read_peek(&j->r, 0) != close) {
		for (;;) {
			rc = object ? read_member(j) : read_value(j);
			if (rc)
				return rc;
			skip_space(j);
			if (sk_read_peek(&j->r, 0) != ',')
				break;
			sk_read_skip(&j->r, 1);
			skip_space(j);
		}
	}
	if (sk_read_u8(&j->r) != close)
		return fault(j, "comma or closing bracket expected");
	j->depth--;
	return object ? check_keys(j, first) : 0;
}

static int read_value(struct json *j)
{
	struct sk_slice s = {0};

	switch (sk_read_peek(&j->r, 0)) {
	case '{':
		return read_items(j, true);
	case '[':
		return read_items(j, false);
	case '"':
		return read_string(j, &s);
	case 't':
		return read_word(j, SK_SLICE_LIT("true"));
	case 'f':
		return read_word(j, SK_SLICE_LIT("false"));
	case 'n':
		return read_word(j, SK_SLICE_LIT("null"));
	default:
		return read_number(j);
	}
}

int sk_vt_json(struct sk_check *c, struct sk_slice in)
{
	struct json j = {.c = c, .r = sk_reader(in), .scratch = SK_BUF(SK_LIMIT_OUTPUT)};
	int rc = read_value(&j);

	if (rc == 0 && (sk_read_u8(&j.r) != '\n' || !sk_read_at_end(&j.r)))
		rc = fault(&j, "one line end expected behind the value, and nothing else");
	sk_buf_free(&j.scratch);
	free(j.keys);
	return rc;
}
