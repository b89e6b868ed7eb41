/* Tokens of RTF (specification 1.9.1, "RTF Syntax"). Cleaner's jail. */
#include "container/digits.h"
#include "format/rtf/rtf.h"

#define NUMBER_MAX ((int64_t)1 << 40)

static bool is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

/* A minus sign belongs to the word only when a digit follows. */
static void read_number(struct sk_reader *r, struct rtf_token *t)
{
	bool minus = sk_read_peek(r, 0) == '-' && is_digit(sk_read_peek(r, 1));

	if (minus)
		sk_read_skip(r, 1);
	while (is_digit(sk_read_peek(r, 0))) {
		t->numbered = true;
		t->number = t->number * 10 + (sk_read_u8(r) - '0');
		if (t->number > NUMBER_MAX)
			t->number = NUMBER_MAX;
	}
	if (minus)
		t->number = -t->number;
}

/* \bin is followed by as many bytes as it says; where it says none or less, by none. */
static struct rtf_token binary(struct sk_reader *r, int64_t number, uint32_t *odd)
{
	size_t left = sk_read_left(r), n = number > 0 ? (size_t)number : 0;

	if (n > left) {
		n = left;
		(*odd)++;
	}
	return (struct rtf_token){.kind = RTF_BIN, .s = sk_read_slice(r, n)};
}

static struct rtf_token word(struct sk_reader *r, uint32_t *odd)
{
	struct rtf_token t = {.kind = RTF_WORD};
	size_t from = r->pos;

	while (is_letter(sk_read_peek(r, 0)))
		sk_read_skip(r, 1);
	t.s = sk_slice_sub(r->s, from, r->pos - from);
	read_number(r, &t);
	if (sk_read_peek(r, 0) == ' ')
		sk_read_skip(r, 1);
	return sk_slice_is(t.s, "bin") ? binary(r, t.number, odd) : t;
}

/* Behind a backslash. */
static struct rtf_token control(struct sk_reader *r, uint32_t *odd)
{
	if (is_letter(sk_read_peek(r, 0)))
		return word(r, odd);
	int c = sk_read_peek(r, 0), high = sk_hex(sk_read_peek(r, 1)),
	    low = sk_hex(sk_read_peek(r, 2));
	if (c < 0)
		return (struct rtf_token){.kind = RTF_END};
	sk_read_skip(r, 1);
	if (c != '\'')
		return (struct rtf_token){.kind = RTF_SYMBOL, .number = c};
	if (high < 0 || low < 0) {
		(*odd)++;
		return rtf_next(r, odd);
	}
	sk_read_skip(r, 2);
	return (struct rtf_token){.kind = RTF_HEX, .number = high << 4 | low};
}

static struct rtf_token bytes(struct sk_reader *r)
{
	size_t from = r->pos;

	for (int c = sk_read_peek(r, 0); c >= 0 && c != '\\' && c != '{' && c != '}';
	     c = sk_read_peek(r, 0)) {
		/* Ends of lines mean nothing. */
		if (c == '\r' || c == '\n')
			break;
		sk_read_skip(r, 1);
	}
	return (struct rtf_token){.kind = RTF_BYTES, .s = sk_slice_sub(r->s, from, r->pos - from)};
}

struct rtf_token rtf_next(struct sk_reader *r, uint32_t *odd)
{
	int c = sk_read_peek(r, 0);

	while (c == '\r' || c == '\n') {
		sk_read_skip(r, 1);
		c = sk_read_peek(r, 0);
	}
	if (c < 0)
		return (struct rtf_token){.kind = RTF_END};
	if (c != '\\' && c != '{' && c != '}')
		return bytes(r);
	sk_read_skip(r, 1);
	if (c == '\\')
		return control(r, odd);
	return (struct rtf_token){.kind = c == '{' ? RTF_OPEN : RTF_CLOSE};
}
