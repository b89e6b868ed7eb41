/*
 * The character set of a page (HTML 13.2.3.2): its mark, its mail, its own words, else what it looks like. A name that does not fit
 * the bytes is not believed; UTF-7 is not known at all, and escape sequences mean something in ISO-2022-JP alone. Cleaner's jail.
 */
#include <strings.h>

#include "base/utf8.h"
#include "format/html/page.h"

#define HEAD 4096

static size_t find_word(struct sk_slice s, size_t from, const char *word)
{
	size_t n = strlen(word);

	for (size_t at = from; at + n <= s.n; at++)
		if (strncasecmp((const char *)s.p + at, word, n) == 0)
			return at;
	return SIZE_MAX;
}

static bool is_name(uint8_t b)
{
	return (b >= '0' && b <= '9') || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') || b == '-' ||
	       b == '_' || b == ':' || b == '.';
}

/* `charset = "name"`, from behind the word. */
static struct sk_slice value_at(struct sk_slice s, size_t at)
{
	while (at < s.n && (s.p[at] <= ' ' || s.p[at] == '=' || s.p[at] == '"' || s.p[at] == '\''))
		at++;
	size_t from = at;
	while (at < s.n && is_name(s.p[at]))
		at++;
	return sk_slice_sub(s, from, at - from);
}

static enum sk_charset named(struct sk_slice name)
{
	/* What is read byte by byte up to here cannot be in units of two. */
	if (name.n >= 6 && strncasecmp((const char *)name.p, "utf-16", 6) == 0)
		return SK_CS_UTF8;
	return sk_charset_by_name(name);
}

/* What a meta element or an XML declaration at the beginning says. */
static enum sk_charset said(struct sk_slice in)
{
	struct sk_slice head = sk_slice_sub(in, 0, HEAD);
	size_t end = sk_slice_find(head, 0, SK_SLICE_LIT("?>"));

	if (sk_slice_starts(head, SK_SLICE_LIT("<?xml")) && end != SIZE_MAX) {
		size_t at = find_word(sk_slice_sub(head, 0, end), 0, "encoding");
		if (at != SIZE_MAX)
			return named(value_at(head, at + 8));
	}
	for (size_t at = 0; (at = find_word(head, at, "<meta")) != SIZE_MAX; at++) {
		const uint8_t *close = memchr(head.p + at, '>', head.n - at);
		struct sk_slice tag =
		    sk_slice_sub(head, at, close ? (size_t)(close - head.p) - at : head.n);
		size_t word = find_word(tag, 0, "charset");
		if (word != SIZE_MAX)
			return named(value_at(tag, word + 7));
	}
	return SK_CS_COUNT;
}

static enum sk_charset marked(struct sk_slice in)
{
	if (sk_slice_starts(in, SK_SLICE_LIT("\xEF\xBB\xBF")))
		return SK_CS_UTF8;
	return sk_charset_detect_wide(in);
}

static int convert(enum sk_charset cs, struct sk_slice in, struct sk_buf *buf, uint32_t *bad)
{
	sk_buf_reset(buf);
	*bad = 0;
	return sk_charset_to_utf8(cs, in, buf, bad);
}

/* By `cs`; where it does not fit, by what the bytes look like, if that fits better. */
static int convert_best(enum sk_charset *cs, struct sk_slice in, struct sk_buf *buf, uint32_t *bad)
{
	int rc = convert(*cs, in, buf, bad);
	enum sk_charset other = *bad ? sk_charset_detect(in) : *cs;
	uint32_t first = *bad;

	if (rc || other == *cs)
		return rc;
	rc = convert(other, in, buf, bad);
	if (rc == 0 && *bad >= first)
		return convert(*cs, in, buf, bad);
	*cs = other;
	return rc;
}

static bool is_control(uint8_t b)
{
	return b < 0x20 && b != '\t' && b != '\n' && b != '\r';
}

/* The first control at or after `at`; eight bytes are looked at together while none of them is below a space. */
static size_t find_control(struct sk_slice s, size_t at)
{
	const uint64_t ones = 0x0101010101010101U;
	uint64_t w;

	while (at < s.n && !is_control(s.p[at])) {
		for (at++; s.n - at >= sizeof(w); at += sizeof(w)) {
			memcpy(&w, s.p + at, sizeof(w));
			if ((w - ones * 0x20) & ~w & (ones * 0x80))
				break;
		}
	}
	return at;
}

/*
 * Controls go before the page is parsed, with what belongs to them, for the parser makes visible signs of them; a form feed is a space
 * (HTML 13.2.5). *text moves to `buf` where there are any.
 */
static int drop_controls(struct sk_job *job, struct sk_buf *buf, struct sk_slice *text)
{
	struct sk_buf plain = SK_BUF(job->limits->output), kept = SK_BUF(job->limits->output);
	struct sk_text_counts counts = {0};
	size_t at = find_control(*text, 0);

	if (at == text->n)
		return 0;
	sk_buf_put_slice(&plain, *text);
	for (; at < plain.len; at++)
		if (plain.p[at] == '\f')
			plain.p[at] = ' ';
	int rc = plain.err ? plain.err : sk_text_filter(sk_buf_slice(&plain), &kept, &counts);
	sk_text_report(job, &counts, "HTML");
	sk_buf_free(&plain);
	sk_buf_free(buf);
	*buf = kept;
	*text = sk_buf_slice(buf);
	return rc;
}

int sk_html_decode(struct sk_job *job, const struct sk_html_place *place, struct sk_slice in,
    struct sk_buf *buf, struct sk_slice *text)
{
	enum sk_charset cs = marked(in);
	uint32_t bad = 0;

	if (cs == SK_CS_COUNT)
		cs = place->charset;
	if (cs == SK_CS_COUNT)
		cs = said(in);
	if (cs == SK_CS_COUNT)
		cs = sk_charset_detect(in);
	if (cs == SK_CS_UTF8 && !sk_slice_starts(in, SK_SLICE_LIT("\xEF")) && sk_utf8_valid(in)) {
		*text = in;
		return drop_controls(job, buf, text);
	}
	int rc = convert_best(&cs, in, buf, &bad);
	if (bad)
		sk_job_removed(job, SK_TEXT_INVALID, bad, "%s", sk_charset_name(cs));
	*text = sk_buf_slice(buf);
	return rc ? rc : drop_controls(job, buf, text);
}
