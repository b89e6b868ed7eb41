/*
 * Writing content lines: texts filtered and escaped, lines folded. The result is what doc/profiles/calendar.md says,
 * or, for method text, values as people read them. Cleaner's jail.
 */
#include "format/calendar/calendar.h"

#include <ctype.h>
#include <strings.h>

#define OCTETS 75

/* How many of the first n bytes end at a character. */
static size_t whole(struct sk_slice s, size_t n)
{
	if (n >= s.n)
		return s.n;
	while (n > 1 && (s.p[n] & 0xC0) == 0x80)
		n--;
	return n;
}

void sk_cal_put(struct sk_cal *c)
{
	struct sk_slice s = sk_buf_slice(&c->line);
	size_t room = OCTETS;

	while (!c->plain && s.n > room) {
		size_t n = whole(s, room);
		sk_buf_put(c->out, s.p, n);
		sk_buf_puts(c->out, "\r\n ");
		s = sk_slice_sub(s, n, s.n);
		room = OCTETS - 1;
	}
	sk_buf_put_slice(c->out, s);
	sk_buf_puts(c->out, c->plain ? "\n" : "\r\n");
	if (c->line.err && !c->out->err)
		c->out->err = c->line.err;
	sk_buf_reset(&c->line);
}

void sk_cal_puts(struct sk_cal *c, const char *line)
{
	sk_buf_puts(&c->line, line);
	sk_cal_put(c);
}

/* \n \, \; \\ (RFC 5545 section 3.3.11); line ends of quoted-printable texts become LF. */
static void unescape(struct sk_slice s, struct sk_buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = s.p[i], next = i + 1 < s.n ? s.p[i + 1] : 0;
		if (b == '\r') {
			sk_buf_putc(out, '\n');
			i += next == '\n';
		} else if (b == '\\' && (next == 'n' || next == 'N')) {
			sk_buf_putc(out, '\n');
			i++;
		} else if (b == '\\' && next && strchr("\\;,:\"", next)) {
			sk_buf_putc(out, next);
			i++;
		} else {
			sk_buf_putc(out, b);
		}
	}
}

static bool is_scheme_byte(uint8_t b)
{
	return isalnum(b) || b == '+' || b == '-' || b == '.';
}

/* Whether what stands before the colon at `at` makes programs show a link there that is no link to the web. */
static bool is_odd_link(struct sk_slice s, size_t at)
{
	static const char *const ours[] = {"http", "https", "mailto"};
	static const char *const never[] = {
	    "file", "javascript", "vbscript", "search-ms", "search", "mhtml", "jar"};
	size_t from = at;

	while (from > 0 && is_scheme_byte(s.p[from - 1]))
		from--;
	struct sk_slice word = sk_slice_sub(s, from, at - from);
	if (word.n == 0 || !isalpha(word.p[0]))
		return false;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (sk_cal_is(word, never[i]))
			return true;
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (sk_cal_is(word, ours[i]))
			return false;
	bool office = word.n > 3 && strncasecmp((const char *)word.p, "ms-", 3) == 0;
	return office || sk_slice_starts(sk_slice_sub(s, at + 1, 2), SK_SLICE_LIT("//"));
}

/* The colon of a link that is not allowed becomes a wide one: it reads the same and links to nothing. */
static void break_links(struct sk_cal *c, struct sk_slice s, struct sk_buf *out)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == ':' && is_odd_link(s, i)) {
			c->links++;
			sk_buf_puts(out, "\xEF\xBC\x9A");
		} else {
			sk_buf_putc(out, s.p[i]);
		}
	}
}

static void escape(struct sk_cal *c, struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		uint8_t b = s.p[i];
		if (c->plain) {
			sk_buf_putc(&c->line, b);
			if (b == '\n')
				sk_buf_putc(&c->line, '\t');
			continue;
		}
		if (b == '\\' || b == ';' || b == ',')
			sk_buf_putc(&c->line, '\\');
		if (b == '\n')
			sk_buf_puts(&c->line, "\\n");
		else
			sk_buf_putc(&c->line, b);
	}
}

void sk_cal_put_text(struct sk_cal *c, struct sk_slice written)
{
	struct sk_buf text = SK_BUF(SK_LIMIT_OUTPUT), safe = SK_BUF(SK_LIMIT_OUTPUT);

	unescape(written, &text);
	sk_text_filter(sk_buf_slice(&text), &safe, &c->counts);
	sk_buf_reset(&text);
	break_links(c, sk_buf_slice(&safe), &text);
	escape(c, sk_buf_slice(&text));
	if (text.err || safe.err)
		c->line.err = text.err ? text.err : safe.err;
	sk_buf_free(&text);
	sk_buf_free(&safe);
}

/* What a parameter cannot hold goes before anything is decided by what is left. */
static void unquotable(struct sk_slice s, struct sk_buf *out)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '"')
			sk_buf_putc(
			    out, s.p[i] == '\n' || s.p[i] == '\r' || s.p[i] == '\t' ? ' ' : s.p[i]);
}

void sk_cal_put_quoted(struct sk_cal *c, struct sk_slice text)
{
	struct sk_buf safe = SK_BUF(SK_LIMIT_OUTPUT), unlinked = SK_BUF(SK_LIMIT_OUTPUT);
	bool quote = false;

	unquotable(text, &unlinked);
	sk_text_filter(sk_cal_trim(sk_buf_slice(&unlinked)), &safe, &c->counts);
	sk_buf_reset(&unlinked);
	break_links(c, sk_cal_trim(sk_buf_slice(&safe)), &unlinked);
	for (size_t i = 0; i < unlinked.len; i++)
		quote = quote || strchr(",;:", unlinked.p[i]);
	sk_buf_puts(&c->line, quote ? "\"" : "");
	sk_buf_put_slice(&c->line, sk_buf_slice(&unlinked));
	sk_buf_puts(&c->line, quote ? "\"" : "");
	sk_buf_free(&safe);
	sk_buf_free(&unlinked);
}
