/*
 * Tables as text: csv and tsv (RFC 4180 as spreadsheets read it). Parsed into cells, cells that a
 * spreadsheet would calculate are marked as text, written in one form (doc/profiles/text.md,
 * section 3). Cleaner's jail.
 */
#include "format/text/text.h"

#include <strings.h>

#include "base/utf8.h"

#define ROUNDS_MAX 4
#define MARK_BYTES 3 /* the byte-order mark */

struct table {
	struct sk_slice in;
	size_t at;
	uint8_t d;
	bool commas;     /* cells begin behind commas, too, though D is another character */
	bool plain;      /* method text */
	const char *end; /* of a record */
	struct sk_buf *out;
	struct sk_buf cell, marked;
	uint32_t guarded;
};

static bool is_space(uint32_t cp)
{
	return cp == 0x20 || cp == 0xA0 || cp == 0x3000;
}

/* Also the rare spaces and line ends of Unicode, and the blank of braille. */
static bool is_blank(uint32_t cp)
{
	return is_space(cp) || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 ||
	       cp == 0x2029 || cp == 0x202F || cp == 0x205F || cp == 0x2800;
}

static bool is_start(uint32_t cp)
{
	static const uint32_t list[] = {'=', '+', '-', '@', '\t', '\r', 0xFF1D, 0xFF0B, 0xFF0D,
	    0xFF20, 0xFE62, 0xFE63, 0xFE66, 0xFE6B, 0x2212, 0x207A, 0x207B, 0x207C, 0x208A, 0x208B,
	    0x208C};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i] == cp)
			return true;
	return false;
}

static bool is_sign_or_space(uint32_t cp)
{
	return is_space(cp) || cp == '\n' || cp == '\r' || cp == '=' || cp == '+' || cp == '-' ||
	       cp == '"' || cp == 0xFF1D || cp == 0xFF0B || cp == 0xFF0D || cp == 0x2212;
}

static size_t skip_bytes(struct sk_slice s, size_t at, const char *set)
{
	while (at < s.n && s.p[at] && strchr(set, s.p[at]))
		at++;
	return at;
}

/* Sign, currency, digits, exponent, per cent: nothing in it can call anything. */
static bool is_number(struct sk_slice s)
{
	size_t at = skip_bytes(s, 0, " "), digits = 0;

	if (sk_slice_starts(sk_slice_sub(s, at, 3), SK_SLICE_LIT("\xE2\x88\x92")))
		at += 3; /* U+2212 */
	else if (at < s.n && (s.p[at] == '+' || s.p[at] == '-'))
		at++;
	if (at < s.n && (s.p[at] == '$' || s.p[at] == '\\'))
		at++;
	else if (at + 1 < s.n && s.p[at] == 0xC2 && s.p[at + 1] == 0xA5)
		at += 2;
	for (; at < s.n && s.p[at] && strchr("0123456789., ", s.p[at]); at++)
		digits += s.p[at] >= '0' && s.p[at] <= '9';
	if (digits && at < s.n && (s.p[at] == 'e' || s.p[at] == 'E')) {
		at++;
		if (at < s.n && (s.p[at] == '+' || s.p[at] == '-'))
			at++;
		size_t from = at;
		at = skip_bytes(s, at, "0123456789");
		if (at == from)
			return false;
	}
	return digits && skip_bytes(s, at, " %") == s.n;
}

static bool is_dangerous(struct sk_slice cell)
{
	size_t at = 0;
	uint32_t cp;

	do {
		if (at >= cell.n)
			return false;
		cp = (uint32_t)sk_utf8_next(cell, &at);
	} while (is_blank(cp) || cp == '\n' || cp == '"' ||
		 (cp == '\r' && at < cell.n && cell.p[at] == '\n'));
	if (!is_start(cp) || is_number(cell))
		return false;
	for (at = 0; at < cell.n;)
		if (!is_sign_or_space((uint32_t)sk_utf8_next(cell, &at)))
			return true;
	return false;
}

/* The offset of the next `b` at or after `from`, or the end. */
static size_t next_byte(struct sk_slice s, size_t from, uint8_t b)
{
	const uint8_t *p = from < s.n ? memchr(s.p + from, b, s.n - from) : NULL;
	return p ? (size_t)(p - s.p) : s.n;
}

static void mark_if(struct table *t, bool dangerous)
{
	if (dangerous) {
		sk_buf_putc(&t->marked, '\'');
		t->guarded++;
	}
}

/* What stands between two commas. A program that does not see the quotes also begins a cell with each line. */
static void guard_part(struct table *t, struct sk_slice part, bool first)
{
	mark_if(t, first || is_dangerous(part));
	for (size_t from = 0; from < part.n;) {
		size_t end = t->commas ? next_byte(part, from, '\n') : part.n;
		if (from)
			mark_if(t, is_dangerous(sk_slice_sub(part, from, end - from)));
		sk_buf_put(&t->marked, part.p + from, end - from + (end < part.n));
		from = end + 1;
	}
}

/* Put an apostrophe before each cell that would be calculated. Nearly always nothing is to do. */
static struct sk_slice guard(struct table *t, struct sk_slice text, bool first)
{
	bool sep = first && text.n >= 4 && strncasecmp((const char *)text.p, "sep=", 4) == 0;

	sk_buf_reset(&t->marked);
	for (size_t from = 0; from <= text.n;) {
		size_t end = t->commas ? next_byte(text, from, ',') : text.n;
		guard_part(t, sk_slice_sub(text, from, end - from), sep && from == 0);
		if (end < text.n)
			sk_buf_putc(&t->marked, ',');
		from = end + 1;
	}
	return t->marked.len == text.n ? text : sk_buf_slice(&t->marked);
}

static size_t next_separator(struct sk_slice s, size_t from)
{
	while (from < s.n && !(s.p[from] && strchr(",;|\t", s.p[from])))
		from++;
	return from;
}

/*
 * A program that splits at several characters at once (LibreOffice does), or at another one, begins a cell behind
 * each of them, unless quotes are around the field.
 */
static bool hides_cell(struct sk_slice text)
{
	for (size_t at = next_separator(text, 0); at < text.n;) {
		size_t end = next_separator(text, at + 1);
		if (is_dangerous(sk_slice_sub(text, at + 1, end - at - 1)) ||
		    is_dangerous(sk_slice_sub(text, at + 1, text.n)))
			return true;
		at = end;
	}
	return false;
}

static void write_field(struct table *t, struct sk_slice text, bool quoted, bool first)
{
	text = guard(t, text, first);
	for (size_t i = 0; i < text.n && !quoted; i++)
		quoted =
		    text.p[i] == t->d || text.p[i] == '"' || text.p[i] == '\n' || text.p[i] == '\r';
	if (!quoted && !hides_cell(text)) {
		sk_buf_put_slice(t->out, text);
		return;
	}
	sk_buf_putc(t->out, '"');
	for (size_t from = 0; from < text.n;) {
		const uint8_t *quote = memchr(text.p + from, '"', text.n - from);
		size_t end = quote ? (size_t)(quote - text.p) + 1 : text.n;
		sk_buf_put(t->out, text.p + from, end - from);
		if (quote)
			sk_buf_putc(t->out, '"');
		from = end;
	}
	sk_buf_putc(t->out, '"');
}

/* Method text: breaks and tabulators inside a cell would look like other cells. */
static void write_plain(struct table *t, struct sk_slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		uint8_t b = text.p[i];
		if (b != '\r')
			sk_buf_putc(t->out, b == '\n' || b == '\t' ? ' ' : b);
	}
}

static bool at_record_end(const struct table *t)
{
	return t->at >= t->in.n || t->in.p[t->at] == '\n' || t->in.p[t->at] == '\r';
}

/* The part of a field inside quotes, into t->cell; CR alone becomes LF. The opening quote is behind
 * us. */
static void read_quoted(struct table *t)
{
	const struct sk_slice in = t->in;

	for (; t->at < in.n; t->at++) {
		uint8_t b = in.p[t->at];
		if (b == '"') {
			if (t->at + 1 >= in.n || in.p[t->at + 1] != '"')
				break;
			t->at++;
		}
		if (b == '\r' && (t->at + 1 >= in.n || in.p[t->at + 1] != '\n'))
			b = '\n';
		sk_buf_putc(&t->cell, b);
	}
	if (t->at < in.n)
		t->at++;
}

static size_t plain_end(const struct table *t)
{
	size_t end = t->at;

	while (
	    end < t->in.n && t->in.p[end] != t->d && t->in.p[end] != '\n' && t->in.p[end] != '\r')
		end++;
	return end;
}

static void read_field(struct table *t, bool first)
{
	bool quoted = t->at < t->in.n && t->in.p[t->at] == '"';
	struct sk_slice text;

	sk_buf_reset(&t->cell);
	if (quoted) {
		t->at++;
		read_quoted(t);
	}
	size_t end = plain_end(t);
	text = sk_slice_sub(t->in, t->at, end - t->at);
	if (quoted) {
		sk_buf_put_slice(
		    &t->cell, text); /* text behind the closing quote belongs to the cell */
		text = sk_buf_slice(&t->cell);
	}
	t->at = end;
	if (t->plain)
		write_plain(t, text);
	else
		write_field(t, text, quoted, first);
}

static void skip_record_end(struct table *t)
{
	if (t->at + 1 < t->in.n && t->in.p[t->at] == '\r' && t->in.p[t->at + 1] == '\n')
		t->at++;
	t->at++;
}

static int read_records(struct table *t)
{
	bool first = true;

	while (t->at < t->in.n && !t->out->err) {
		for (;;) {
			read_field(t, first);
			first = false;
			if (at_record_end(t))
				break;
			sk_buf_putc(t->out, t->plain ? '\t' : t->d);
			t->at++;
			if (t->at >= t->in.n) { /* a last empty field without a line end */
				read_field(t, false);
				break;
			}
		}
		sk_buf_puts(t->out, t->end);
		skip_record_end(t);
	}
	int rc = t->out->err ? t->out->err : t->cell.err ? t->cell.err : t->marked.err;
	return rc;
}

/* CR LF or LF: what ends most of the records (quotes are not looked at: one line end a line either
 * way). */
static const char *majority_end(struct sk_slice in)
{
	size_t lf = 0, crlf = 0;

	for (const uint8_t *p = in.n ? memchr(in.p, '\n', in.n) : NULL; p;) {
		size_t at = (size_t)(p - in.p);
		if (at && in.p[at - 1] == '\r')
			crlf++;
		else
			lf++;
		p = at + 1 < in.n ? memchr(p + 1, '\n', in.n - at - 1) : NULL;
	}
	return crlf > lf ? "\r\n" : "\n";
}

/* `sep=;` in the first line tells Excel the delimiter. Returns the bytes of the line, 0 when it is
 * none. */
static size_t separator_line(struct sk_slice in, uint8_t *d)
{
	size_t at = in.n && in.p[0] == '"', quoted = at;

	if (in.n < at + 5 || strncasecmp((const char *)in.p + at, "sep=", 4) != 0)
		return 0;
	*d = in.p[at + 4];
	at += 5;
	if (quoted && (at >= in.n || in.p[at++] != '"'))
		return 0;
	if (memchr(",\t;|", *d, 4) == NULL || (at < in.n && in.p[at] != '\r' && in.p[at] != '\n'))
		return 0;
	if (at + 1 < in.n && in.p[at] == '\r' && in.p[at + 1] == '\n')
		at++;
	return at < in.n ? at + 1 : at;
}

static void table_end(struct table *t)
{
	sk_buf_free(&t->cell);
	sk_buf_free(&t->marked);
}

static struct table table_begin(struct sk_slice in, enum sk_filetype type, struct sk_buf *out)
{
	struct table t = {
	    .in = in, .out = out, .cell = SK_BUF(out->max), .marked = SK_BUF(out->max)};
	uint8_t d = '\t';

	t.end = majority_end(in);
	if (type == SK_FT_CSV)
		t.at = separator_line(in, &d);
	if (type == SK_FT_CSV && t.at == 0)
		d = sk_text_delimiter(in);
	t.d = d;
	t.commas = type == SK_FT_CSV && d != ',';
	return t;
}

static int one_round(
    struct sk_slice in, enum sk_filetype type, struct sk_buf *out, uint32_t *guarded)
{
	struct table t = table_begin(in, type, out);

	sk_buf_put(out, "\xEF\xBB\xBF", MARK_BYTES);
	if (t.at) {
		sk_buf_put(out, "sep=", 4);
		sk_buf_putc(out, t.d);
		sk_buf_puts(out, t.end);
	}
	size_t head = out->len;
	int rc = read_records(&t);
	if (rc == 0 && out->len == head) /* a table has a record */
		rc = sk_buf_puts(out, t.end);
	*guarded += t.guarded;
	table_end(&t);
	return rc;
}

/*
 * Writing adds quotes and marks, after which the delimiter may look different: the result is read
 * again until it reads as it was written. Ordinary tables take one round and its check.
 */
int sk_text_table(struct sk_slice in, enum sk_filetype type, struct sk_buf *out, uint32_t *guarded)
{
	struct sk_buf filtered = SK_BUF(out->max), next = SK_BUF(out->max);
	struct sk_text_counts ignored = {0};
	bool settled = false;
	int rc = one_round(in, type, out, guarded);

	for (unsigned round = 0; rc == 0 && !settled; round++) {
		struct sk_slice mine = sk_slice_sub(sk_buf_slice(out), MARK_BYTES, out->len);
		sk_buf_reset(&filtered);
		sk_buf_reset(&next);
		rc = sk_text_filter(mine, &filtered, &ignored);
		if (rc == 0)
			rc = one_round(sk_buf_slice(&filtered), type, &next, guarded);
		settled = rc == 0 && sk_slice_eq(sk_buf_slice(&next), sk_buf_slice(out));
		struct sk_buf tmp = *out;
		*out = next;
		next = tmp;
		if (rc == 0 && !settled && round == ROUNDS_MAX)
			rc = SK_EFORMAT;
	}
	sk_buf_free(&filtered);
	sk_buf_free(&next);
	return rc;
}

int sk_text_table_plain(struct sk_slice in, enum sk_filetype type, struct sk_buf *out)
{
	struct table t = table_begin(in, type, out);

	t.plain = true;
	int rc = read_records(&t);
	table_end(&t);
	return rc;
}
