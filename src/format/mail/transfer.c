/* base64 and quoted-printable (RFC 2045, section 6), uuencode. Lenient in reading, one form in writing. Cleaner's jail. */
#include "container/digits.h"
#include "format/mail/mail.h"

/* Whether these are lines of whole groups of four digits, padded at their ends, and nothing else. */
static bool is_groups(struct sk_slice in)
{
	bool padded = false;
	size_t n = 0;

	for (size_t i = 0; i < in.n; i++) {
		uint8_t b = in.p[i];
		if (b == '\r')
			continue;
		if (b == '\n' ? n % 4 != 0 : !sk_is_base64(b) && b != '=')
			return false;
		padded = n % 4 != 0 && (padded || b == '=');
		if (padded && (b != '=' || n % 4 < 2))
			return false;
		n = b == '\n' ? 0 : n + 1;
	}
	return n % 4 == 0;
}

/* Behind the padding that stands at or after `at`, and the end of its line. */
static size_t behind_padding(struct sk_slice in, size_t at)
{
	while (at < in.n && in.p[at] != '=')
		at++;
	while (at < in.n && strchr("= \t\r\n", in.p[at]) && in.p[at])
		at++;
	return at;
}

/*
 * Foreign bytes are skipped. RFC 2045, 6.8 lets a reader take padding for the end of the data; most readers of mail go
 * on behind it, and so do the programs that pad each line, or put a footer in base64 behind a text. Where anything else
 * follows (a footer in plain letters) padding ends the data.
 */
int sk_unbase64(struct sk_slice in, struct sk_buf *out, unsigned *odd)
{
	struct sk_base64_seen seen;
	size_t end = behind_padding(in, 0);
	bool more = end < in.n && is_groups(sk_slice_sub(in, end, in.n));

	sk_buf_reserve(out, in.n / 4 * 3);
	*odd |= more ? SK_ODD_JOINED : 0;
	for (size_t at = 0; at < in.n && !out->err; at = end) {
		end = more ? behind_padding(in, at) : in.n;
		(void)sk_base64_read(sk_slice_sub(in, at, end - at), " \t\r\n", false, out, &seen);
		if (seen.foreign || seen.behind || seen.digits % 4 == 1)
			*odd |= SK_ODD_BROKEN;
	}
	return out->err;
}

/* The blanks at `at` and what they lead to: the offset behind them when a line or the text ends there, else `at`. */
static size_t line_tail(struct sk_slice in, size_t at)
{
	size_t end = at;

	while (end < in.n && (in.p[end] == ' ' || in.p[end] == '\t'))
		end++;
	bool ends = end == in.n || in.p[end] == '\n' ||
		    (in.p[end] == '\r' && end + 1 < in.n && in.p[end + 1] == '\n');
	return ends ? end : at;
}

static size_t after_equals(struct sk_slice in, size_t at, struct sk_buf *out, unsigned *odd)
{
	int hi = at + 1 < in.n ? sk_hex(in.p[at + 1]) : -1,
	    lo = at + 2 < in.n ? sk_hex(in.p[at + 2]) : -1;
	size_t tail = line_tail(in, at + 1);

	if (hi >= 0 && lo >= 0) {
		sk_buf_putc(out, (uint8_t)(hi << 4 | lo));
		return at + 3;
	}
	if (tail > at + 1 || tail == in.n || in.p[tail] == '\n' || in.p[tail] == '\r') {
		tail += tail < in.n && in.p[tail] == '\r';
		return tail + (tail < in.n && in.p[tail] == '\n');
	}
	*odd |= SK_ODD_BROKEN;
	sk_buf_putc(out, '=');
	return at + 1;
}

/* `word`: the Q encoding of RFC 2047, where an underline is a space. */
int sk_unquote(struct sk_slice in, bool word, struct sk_buf *out, unsigned *odd)
{
	for (size_t at = 0; at < in.n && !out->err;) {
		uint8_t b = in.p[at];
		if (b == '=') {
			at = after_equals(in, at, out, odd);
		} else if (!word && (b == ' ' || b == '\t') && line_tail(in, at) > at) {
			at = line_tail(
			    in, at); /* blanks at the end of a line were added on the way */
		} else {
			sk_buf_putc(out, word && b == '_' ? ' ' : b);
			at++;
		}
	}
	return out->err;
}

static struct sk_slice next_line(struct sk_slice in, size_t *at)
{
	size_t from = *at, end = from;

	while (end < in.n && in.p[end] != '\n')
		end++;
	*at = end < in.n ? end + 1 : end;
	while (end > from && in.p[end - 1] == '\r')
		end--;
	return sk_slice_sub(in, from, end - from);
}

static uint8_t uu(struct sk_slice l, size_t i)
{
	return i < l.n ? (uint8_t)((l.p[i] - ' ') & 63) : 0;
}

static void uu_line(struct sk_slice l, struct sk_buf *out, unsigned *odd)
{
	size_t n = uu(l, 0);

	if (l.n < 1 + (n + 2) / 3 * 4 - (n % 3 ? 3 - n % 3 : 0))
		*odd |= SK_ODD_BROKEN;
	for (size_t i = 1; n > 0; i += 4) {
		uint8_t b[3] = {(uint8_t)(uu(l, i) << 2 | uu(l, i + 1) >> 4),
		    (uint8_t)(uu(l, i + 1) << 4 | uu(l, i + 2) >> 2),
		    (uint8_t)(uu(l, i + 2) << 6 | uu(l, i + 3))};
		size_t take = n < 3 ? n : 3;
		sk_buf_put(out, b, take);
		n -= take;
	}
}

/* The lines between "begin" and "end", or a whole body with both. */
int sk_uudecode(struct sk_slice in, struct sk_buf *out, unsigned *odd)
{
	for (size_t at = 0; at < in.n && !out->err;) {
		struct sk_slice l = next_line(in, &at);
		if (sk_slice_starts(l, SK_SLICE_LIT("begin ")) || l.n == 0 || sk_slice_is(l, "`"))
			continue;
		if (sk_slice_is(l, "end"))
			break;
		uu_line(l, out, odd);
	}
	return out->err;
}

/* "begin 644 name"; programs forgive more spaces. */
static bool is_begin(struct sk_slice l, struct sk_slice *name)
{
	size_t i = 5, from;

	if (!sk_slice_starts(l, SK_SLICE_LIT("begin ")))
		return false;
	while (i < l.n && l.p[i] == ' ')
		i++;
	from = i;
	while (i < l.n && l.p[i] >= '0' && l.p[i] <= '7')
		i++;
	if (i < from + 3 || i > from + 4 || i + 1 >= l.n || l.p[i] != ' ')
		return false;
	*name = sk_slice_sub(l, i + 1, l.n);
	return true;
}

/* A line whose first character says how long it is. */
static bool is_data(struct sk_slice l)
{
	if (l.n == 0 || l.p[0] < 0x20 || l.p[0] > 0x60)
		return false;
	size_t n = uu(l, 0), want = 1 + (n + 2) / 3 * 4;

	return l.n + 2 >= want && l.n <= want + 2;
}

bool sk_uu_find(
    struct sk_slice text, size_t *from, size_t *to, struct sk_slice *name, struct sk_slice *lines)
{
	for (size_t at = 0; at < text.n;) {
		size_t start = at, first, last;
		if (!is_begin(next_line(text, &at), name))
			continue;
		first = last = at;
		struct sk_slice l = next_line(text, &at);
		while (is_data(l) && last < text.n && !sk_slice_is(l, "end")) {
			last = at;
			l = next_line(text, &at);
		}
		if (last == first) {
			at = first;
			continue;
		}
		*from = start;
		*to = sk_slice_is(l, "end") ? at : last;
		*lines = sk_slice_sub(text, first, last - first);
		return true;
	}
	return false;
}

int sk_mail_decode(
    struct sk_job *job, enum sk_encoding encoding, struct sk_slice in, struct sk_buf *out)
{
	unsigned odd = 0;
	int rc = SK_EREFUSED;

	if (encoding == SK_ENC_BASE64)
		rc = sk_unbase64(in, out, &odd);
	else if (encoding == SK_ENC_QP)
		rc = sk_unquote(in, false, out, &odd);
	else if (encoding == SK_ENC_UU)
		rc = sk_uudecode(in, out, &odd);
	if (odd & SK_ODD_BROKEN)
		sk_job_removed(job, SK_MAIL_BROKEN, 1, "%s", "encoding of a part");
	if (odd & SK_ODD_JOINED)
		sk_job_removed(job, SK_MAIL_AMBIGUOUS, 1, "%s", "padding inside a part");
	return rc;
}

int sk_base64(struct sk_slice in, struct sk_buf *out)
{
	sk_buf_reserve(out, in.n / 57 * 78 + 80);
	for (size_t at = 0; at < in.n && !out->err; at += 57) {
		sk_base64_put(sk_slice_sub(in, at, 57), out);
		sk_buf_puts(out, "\r\n");
	}
	return out->err;
}
