/*
 * Strings of drawings. They stay in the character set they came in, byte by byte: programs know it by the file or by habit, and
 * every other choice would break one of them. Cleaner's jail.
 */
#include "format/cad/cad.h"

#include <ctype.h>
#include <strings.h>

#include "base/utf8.h"
#include "container/digits.h"

struct sk_slice sk_cad_trim(struct sk_slice s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = sk_slice_sub(s, 1, s.n);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

static size_t digits(struct sk_slice s, size_t at)
{
	size_t from = at;

	while (at < s.n && isdigit(s.p[at]))
		at++;
	return at - from;
}

bool sk_cad_is_integer(struct sk_slice s)
{
	size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+');

	return s.n > at && s.n <= 20 && digits(s, at) == s.n - at;
}

bool sk_cad_is_real(struct sk_slice s)
{
	size_t at = s.n && (s.p[0] == '-' || s.p[0] == '+'), n = digits(s, at);

	at += n;
	if (at < s.n && s.p[at] == '.') {
		size_t m = digits(s, ++at);
		at += m;
		n += m;
	}
	if (n && at < s.n && (s.p[at] == 'E' || s.p[at] == 'e')) {
		at++;
		at += at < s.n && (s.p[at] == '-' || s.p[at] == '+');
		size_t m = digits(s, at);
		if (m == 0 || m > 4)
			return false;
		at += m;
	}
	return n > 0 && at == s.n && s.n <= 64;
}

static uint8_t byte_at(struct sk_slice s, size_t at)
{
	return at < s.n ? s.p[at] : 0;
}

static size_t cp932_character(uint8_t b, uint8_t t)
{
	if (b >= 0xA1 && b <= 0xDF)
		return 1;
	bool lead = (b >= 0x81 && b <= 0x9F) || (b >= 0xE0 && b <= 0xFC);
	return lead && t >= 0x40 && t != 0x7F && t <= 0xFC ? 2 : 0;
}

static size_t euc_character(uint8_t b, uint8_t t, uint8_t u)
{
	if (b == 0x8E)
		return t >= 0xA1 && t <= 0xDF ? 2 : 0;
	if (b == 0x8F)
		return t >= 0xA1 && t < 0xFF && u >= 0xA1 && u < 0xFF ? 3 : 0;
	return b >= 0xA1 && b < 0xFF && t >= 0xA1 && t < 0xFF ? 2 : 0;
}

size_t sk_cad_character(const struct sk_cad *c, struct sk_slice s, size_t at)
{
	uint8_t b = byte_at(s, at);
	size_t pos = at;

	if (b < 0x80)
		return 1;
	switch (c->charset) {
	case SK_CS_CP932:
		return cp932_character(b, byte_at(s, at + 1));
	case SK_CS_EUCJP:
		return euc_character(b, byte_at(s, at + 1), byte_at(s, at + 2));
	case SK_CS_UTF8:
		return sk_utf8_next(s, &pos) < 0 ? 0 : pos - at;
	default:
		return b >= 0xA0 ? 1 : 0;
	}
}

/* --- names of files --- */

static size_t scheme(struct sk_slice s)
{
	size_t n = 0;

	while (n < s.n && (isalnum(s.p[n]) || s.p[n] == '+' || s.p[n] == '-' || s.p[n] == '.'))
		n++;
	return n > 1 && isalpha(s.p[0]) && n < s.n && s.p[n] == ':' ? n : 0;
}

/* Links to the web and to people are no places of files; everything else of the form `word://`, and some without, is. */
static bool odd_scheme(struct sk_slice s)
{
	static const char *const never[] = {"file", "javascript", "vbscript", "search-ms", "mhtml"};
	size_t n = scheme(s);

	for (size_t i = 0; n && i < sizeof(never) / sizeof(never[0]); i++)
		if (n == strlen(never[i]) && strncasecmp((const char *)s.p, never[i], n) == 0)
			return true;
	if (n == 0 || !sk_slice_starts(sk_slice_sub(s, n + 1, 2), SK_SLICE_LIT("//")))
		return false;
	return !((n == 4 && strncasecmp((const char *)s.p, "http", 4) == 0) ||
		 (n == 5 && strncasecmp((const char *)s.p, "https", 5) == 0));
}

static bool is_slash(uint8_t b)
{
	return b == '/' || b == '\\';
}

/* A drive, a server, a way up, a scheme. */
static bool is_place(struct sk_slice s)
{
	s = sk_cad_trim(s);
	if (s.n > 2 && isalpha(s.p[0]) && s.p[1] == ':' && is_slash(s.p[2]))
		return true;
	if (s.n > 2 && is_slash(s.p[0]) && s.p[0] == s.p[1])
		return true;
	for (size_t i = 0; i + 2 < s.n; i++)
		if (s.p[i] == '.' && s.p[i + 1] == '.' && is_slash(s.p[i + 2]) &&
		    (i == 0 || is_slash(s.p[i - 1])))
			return true;
	return odd_scheme(s);
}

/* Without its folders, or, where there are none, without its scheme. */
static struct sk_slice file_name(const struct sk_cad *c, struct sk_slice s)
{
	size_t from = 0, n;

	for (size_t i = 0; i < s.n; i += n) {
		n = sk_cad_character(c, s, i);
		n = n ? n : 1;
		if (is_slash(s.p[i]))
			from = i + 1;
	}
	if (from == 0)
		from = scheme(sk_cad_trim(s)) + 1 + (s.n - sk_cad_trim(s).n);
	return sk_slice_sub(s, from, s.n);
}

/* --- escapes of characters --- */

/* n hexadecimal digits at `at`, or -1. */
static int64_t number(struct sk_slice s, size_t at, unsigned n)
{
	int64_t v = 0;

	for (unsigned i = 0; i < n; i++) {
		int h = at + i < s.n ? sk_hex(s.p[at + i]) : -1;
		if (h < 0)
			return -1;
		v = v << 4 | h;
	}
	return v;
}

/* Whether a text may hold it: as a neighbour of a kanji. Halves of pairs are judged by no one. */
static bool may_stand(int64_t cp)
{
	struct sk_text_counts dropped = {0};
	struct sk_buf in = SK_BUF(16), out = SK_BUF(16);

	if (cp >= 0xD800 && cp <= 0xDFFF)
		return true;
	if (cp < 0x20 || cp > 0x10FFFF)
		return false;
	sk_utf8_put(&in, 0x4E00);
	sk_utf8_put(&in, (uint32_t)cp);
	sk_text_filter(sk_buf_slice(&in), &out, &dropped);
	bool same = sk_slice_eq(sk_buf_slice(&in), sk_buf_slice(&out));
	sk_buf_free(&in);
	sk_buf_free(&out);
	return same;
}

/* What introduces codes of characters at `at`: its length, and digits a code has. */
static size_t introducer(struct sk_slice s, size_t at, enum sk_cad_escapes how, unsigned *width)
{
	static const struct {
		enum sk_cad_escapes how;
		const char *sign;
		unsigned width;
	} signs[] = {{SK_CAD_STEP, "\\X2\\", 4}, {SK_CAD_STEP, "\\X4\\", 8},
	    {SK_CAD_STEP, "\\X\\", 2}, {SK_CAD_DXF, "\\U+", 4}};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (signs[i].how == (how == SK_CAD_STEP ? SK_CAD_STEP : SK_CAD_DXF) &&
		    sk_slice_starts(sk_slice_sub(s, at, s.n), sk_slice_str(signs[i].sign))) {
			*width = signs[i].width;
			return strlen(signs[i].sign);
		}
	return 0;
}

/* One code, or as many as follow; those that may not stand are left out. Returns the offset behind them. */
static size_t codes(struct sk_cad *c, struct sk_slice s, size_t at, size_t intro, unsigned width,
    struct sk_buf *out)
{
	bool many = s.p[at + 1] == 'X' && width > 2;
	size_t pos = at + intro;
	int64_t cp = number(s, pos, width);

	if (many || cp < 0 || may_stand(cp))
		sk_buf_put(out, s.p + at, intro);
	for (; cp >= 0; cp = many ? number(s, pos, width) : -1) {
		if (may_stand(cp))
			sk_buf_put(out, s.p + pos, width);
		else
			c->counts.control++;
		pos += width;
	}
	return pos;
}

static void put_characters(
    struct sk_cad *c, struct sk_slice s, enum sk_cad_escapes how, struct sk_buf *out)
{
	unsigned width = 0;
	size_t n;

	for (size_t at = 0; at < s.n; at += n) {
		uint8_t b = s.p[at];
		size_t intro = b == '\\' ? introducer(s, at, how, &width) : 0;
		n = intro ? codes(c, s, at, intro, width, out) - at : sk_cad_character(c, s, at);
		if (intro)
			continue;
		if (n == 0) {
			c->counts.invalid++;
			sk_buf_putc(out, '?');
			n = 1;
		} else if (b < 0x20 || b == 0x7F) {
			c->counts.control++;
		} else {
			sk_buf_put(out, s.p + at, n);
		}
	}
}

/* What goes may bring together what was apart: until nothing goes. false: it never ends. */
static bool settle(
    struct sk_cad *c, enum sk_cad_escapes how, struct sk_buf *text, struct sk_buf *tmp)
{
	for (unsigned i = 0; i < 16; i++) {
		struct sk_slice s = sk_buf_slice(text);
		sk_buf_reset(tmp);
		if (how != SK_CAD_DXF_WORDS && is_place(s)) {
			c->external++;
			sk_buf_put_slice(tmp, file_name(c, s));
		} else if (c->charset == SK_CS_UTF8 && !sk_utf8_valid(s)) {
			sk_text_filter(s, tmp, &c->counts);
		} else {
			struct sk_buf known = SK_BUF(SK_LIMIT_OUTPUT);
			put_characters(c, s, how, &known);
			if (c->charset == SK_CS_UTF8)
				sk_text_filter(sk_buf_slice(&known), tmp, &c->counts);
			else
				sk_buf_put_slice(tmp, sk_buf_slice(&known));
			sk_buf_free(&known);
		}
		if (sk_slice_eq(s, sk_buf_slice(tmp)))
			return true;
		struct sk_buf swap = *text;
		*text = *tmp;
		*tmp = swap;
	}
	return false;
}

static bool is_plain(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] >= 0x7F || s.p[i] == '\\' || s.p[i] == '/' ||
		    s.p[i] == ':')
			return false;
	return true;
}

void sk_cad_string(struct sk_cad *c, struct sk_slice s, enum sk_cad_escapes how, struct sk_buf *out)
{
	struct sk_buf text = SK_BUF(SK_LIMIT_OUTPUT), tmp = SK_BUF(SK_LIMIT_OUTPUT);

	if (is_plain(s)) {
		sk_buf_put_slice(out, s);
		return;
	}
	sk_buf_put_slice(&text, s);
	if (settle(c, how, &text, &tmp))
		sk_buf_put_slice(out, sk_buf_slice(&text));
	else
		c->damaged++;
	sk_buf_free(&text);
	sk_buf_free(&tmp);
}

/* --- words --- */

static size_t put_code(
    struct sk_slice s, size_t at, size_t intro, unsigned width, struct sk_buf *out)
{
	size_t pos = at + intro;
	bool many = s.p[at + 1] == 'X' && width > 2;

	for (int64_t cp = number(s, pos, width); cp >= 0; cp = many ? number(s, pos, width) : -1) {
		pos += width;
		int64_t low = cp >= 0xD800 && cp < 0xDC00 ? number(s, pos, 4) : -1;
		if (low >= 0xDC00 && low < 0xE000) {
			cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
			pos += 4;
		}
		sk_utf8_put(out, (uint32_t)cp);
	}
	return pos;
}

void sk_cad_decode(enum sk_charset cs, struct sk_slice s, struct sk_buf *out)
{
	struct sk_buf utf8 = SK_BUF(SK_LIMIT_OUTPUT), known = SK_BUF(SK_LIMIT_OUTPUT);
	struct sk_text_counts seen = {0};
	uint32_t bad = 0;
	unsigned width = 0;

	sk_charset_to_utf8(cs, s, &utf8, &bad);
	s = sk_buf_slice(&utf8);
	for (size_t at = 0; at < s.n;) {
		size_t intro = s.p[at] == '\\' ? introducer(s, at, SK_CAD_STEP, &width) : 0;
		if (intro == 0 && s.p[at] == '\\')
			intro = introducer(s, at, SK_CAD_DXF, &width);
		if (intro)
			at = put_code(s, at, intro, width, &known);
		else if (sk_slice_starts(sk_slice_sub(s, at, 4), SK_SLICE_LIT("\\X0\\")))
			at += 4;
		else
			sk_buf_putc(&known, s.p[at++]);
	}
	sk_text_filter(sk_buf_slice(&known), out, &seen);
	sk_buf_free(&utf8);
	sk_buf_free(&known);
}

void sk_cad_words(struct sk_cad *c, struct sk_slice s)
{
	size_t before = c->out->len;

	sk_cad_decode(c->charset, s, c->out);
	if (c->out->len > before)
		sk_buf_putc(c->out, '\n');
}
