/*
 * Pages that are made to keep a parser busy: its time grows with the square of attributes in one tag and of elements
 * that are open together. Counted here beforehand, in the way the tokeniser reads tags (HTML 13.2.5), not exactly: what
 * escapes this look ends at the limits of memory and time. Cleaner's jail.
 */
#include <strings.h>

#include "format/html/tree.h"

#define NAMES 256
#define LONGEST 64 /* no name that means something is that long */

struct scan {
	struct sk_slice in;
	size_t at;
	uint32_t open[NAMES + GUMBO_TAG_LAST]; /* by its number */
	uint32_t sum;
	uint32_t most_open, most_attributes;
};

static bool is_space(uint8_t b)
{
	return b == ' ' || b == '\t' || b == '\n' || b == '\f' || b == '\r';
}

static bool is_letter(uint8_t b)
{
	return (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
}

static uint8_t byte_at(struct sk_slice in, size_t at)
{
	return at < in.n ? in.p[at] : 0;
}

static uint8_t byte(const struct scan *s, size_t at)
{
	return byte_at(s->in, at);
}

/* What is special about a tag. */
enum { CLOSES = 1, RAW = 2 };

/* CLOSES: it has no end tag, or the next of its kind ends it. RAW: what is in it is no markup. */
static const uint8_t special[GUMBO_TAG_LAST + 1] = {
    [GUMBO_TAG_BR] = CLOSES,
    [GUMBO_TAG_P] = CLOSES,
    [GUMBO_TAG_LI] = CLOSES,
    [GUMBO_TAG_TD] = CLOSES,
    [GUMBO_TAG_TR] = CLOSES,
    [GUMBO_TAG_TH] = CLOSES,
    [GUMBO_TAG_A] = CLOSES,
    [GUMBO_TAG_IMG] = CLOSES,
    [GUMBO_TAG_HR] = CLOSES,
    [GUMBO_TAG_DT] = CLOSES,
    [GUMBO_TAG_DD] = CLOSES,
    [GUMBO_TAG_TBODY] = CLOSES,
    [GUMBO_TAG_THEAD] = CLOSES,
    [GUMBO_TAG_TFOOT] = CLOSES,
    [GUMBO_TAG_INPUT] = CLOSES,
    [GUMBO_TAG_META] = CLOSES,
    [GUMBO_TAG_LINK] = CLOSES,
    [GUMBO_TAG_COL] = CLOSES,
    [GUMBO_TAG_COLGROUP] = CLOSES,
    [GUMBO_TAG_OPTION] = CLOSES,
    [GUMBO_TAG_AREA] = CLOSES,
    [GUMBO_TAG_BASE] = CLOSES,
    [GUMBO_TAG_WBR] = CLOSES,
    [GUMBO_TAG_PARAM] = CLOSES,
    [GUMBO_TAG_SOURCE] = CLOSES,
    [GUMBO_TAG_TRACK] = CLOSES,
    [GUMBO_TAG_EMBED] = CLOSES,
    [GUMBO_TAG_NOBR] = CLOSES,
    [GUMBO_TAG_BUTTON] = CLOSES,
    [GUMBO_TAG_HTML] = CLOSES,
    [GUMBO_TAG_HEAD] = CLOSES,
    [GUMBO_TAG_BODY] = CLOSES,
    [GUMBO_TAG_RT] = CLOSES,
    [GUMBO_TAG_RP] = CLOSES,
    [GUMBO_TAG_RB] = CLOSES,
    [GUMBO_TAG_IMAGE] = CLOSES,
    [GUMBO_TAG_BASEFONT] = CLOSES,
    [GUMBO_TAG_BGSOUND] = CLOSES,
    [GUMBO_TAG_FRAME] = CLOSES,
    [GUMBO_TAG_KEYGEN] = CLOSES,
    [GUMBO_TAG_OPTGROUP] = CLOSES,
    [GUMBO_TAG_SCRIPT] = RAW,
    [GUMBO_TAG_STYLE] = RAW,
    [GUMBO_TAG_TEXTAREA] = RAW,
    [GUMBO_TAG_TITLE] = RAW,
    [GUMBO_TAG_XMP] = RAW,
    [GUMBO_TAG_IFRAME] = RAW,
    [GUMBO_TAG_NOEMBED] = RAW,
    [GUMBO_TAG_NOFRAMES] = RAW,
};

/* Names that the library does not know are told from each other by a hash. */
static size_t number_of(struct sk_slice name, GumboTag tag)
{
	uint32_t h = 0;

	if (tag < GUMBO_TAG_UNKNOWN)
		return NAMES + tag;
	for (size_t i = 0; i < name.n; i++)
		h = h * 31 + (name.p[i] | 0x20);
	return h % NAMES;
}

static void count(struct scan *s, size_t number, bool closing)
{
	uint32_t *n = &s->open[number];

	if (!closing) {
		++*n;
		s->sum++;
	} else if (*n) {
		--*n;
		s->sum--;
	}
	if (s->sum > s->most_open)
		s->most_open = s->sum;
}

/* Behind an attribute's name: its value, if it has one. */
static void skip_value(struct scan *s)
{
	size_t at = s->at;

	while (is_space(byte(s, at)))
		at++;
	if (byte(s, at) != '=')
		return;
	for (at++; is_space(byte(s, at)); at++)
		continue;
	uint8_t quote = byte(s, at);
	if (quote == '"' || quote == '\'') {
		const uint8_t *end = memchr(s->in.p + at + 1, quote, s->in.n - at - 1);
		s->at = end ? (size_t)(end - s->in.p) + 1 : s->in.n;
		return;
	}
	while (at < s->in.n && !is_space(s->in.p[at]) && s->in.p[at] != '>')
		at++;
	s->at = at;
}

static void skip_attributes(struct scan *s)
{
	uint32_t n = 0;

	while (s->at < s->in.n && s->in.p[s->at] != '>') {
		uint8_t b = s->in.p[s->at];
		if (is_space(b) || b == '/') {
			s->at++;
			continue;
		}
		n++;
		do
			b = byte(s, ++s->at);
		while (s->at < s->in.n && !is_space(b) && b != '/' && b != '>' && b != '=');
		skip_value(s);
	}
	if (n > s->most_attributes)
		s->most_attributes = n;
}

/* To the end tag of that name. */
static void skip_raw(struct scan *s, struct sk_slice name)
{
	while (s->at < s->in.n) {
		const uint8_t *lt = memchr(s->in.p + s->at, '<', s->in.n - s->at);
		s->at = lt ? (size_t)(lt - s->in.p) : s->in.n;
		struct sk_slice end = sk_slice_sub(s->in, s->at + 2, name.n);
		if (byte(s, s->at + 1) == '/' && end.n == name.n &&
		    strncasecmp((const char *)end.p, (const char *)name.p, name.n) == 0)
			return;
		s->at++;
	}
}

/* Behind the `<!`: the end of a comment, or of the page where it has none. */
static size_t comment_end(struct sk_slice in, size_t at)
{
	while ((at = sk_slice_find(in, at, SK_SLICE_LIT("--"))) != SIZE_MAX) {
		struct sk_slice rest = sk_slice_sub(in, at + 2, 2);
		if (sk_slice_starts(rest, SK_SLICE_LIT(">")) || sk_slice_is(rest, "!>"))
			return at + 2;
		at++;
	}
	return in.n;
}

/* At the `<`. */
static void read_tag(struct scan *s)
{
	bool closing = byte(s, s->at + 1) == '/';
	size_t from = s->at + 1 + closing;

	if (!is_letter(byte(s, from))) {
		bool comment = sk_slice_starts(sk_slice_sub(s->in, s->at, 4), SK_SLICE_LIT("<!--"));
		s->at = comment ? comment_end(s->in, s->at + 2) : s->at + 1;
		return;
	}
	s->at = from;
	while (s->at < s->in.n && !is_space(s->in.p[s->at]) && s->in.p[s->at] != '/' &&
	       s->in.p[s->at] != '>')
		s->at++;
	struct sk_slice name = sk_slice_sub(s->in, from, s->at - from);
	GumboTag tag = name.n < LONGEST ? gumbo_tagn_enum((const char *)name.p, (unsigned)name.n)
					: GUMBO_TAG_UNKNOWN;
	if (!(special[tag] & CLOSES))
		count(s, number_of(name, tag), closing);
	skip_attributes(s);
	if (!closing && (special[tag] & RAW))
		skip_raw(s, name);
}

int sk_html_scan(struct sk_job *job, struct sk_slice in)
{
	struct scan s = {.in = in};

	while (s.at < in.n) {
		const uint8_t *lt = memchr(in.p + s.at, '<', in.n - s.at);
		if (lt == NULL)
			break;
		s.at = (size_t)(lt - in.p);
		read_tag(&s);
		if (s.most_attributes > SK_LIMIT_HTML_ATTRIBUTES)
			return sk_job_refuse(
			    job, SK_REASON_LIMIT_OBJECTS, "%s", "attributes of an HTML element");
		if (s.most_open > SK_LIMIT_HTML_OPEN)
			return sk_job_refuse(job, SK_REASON_LIMIT_NESTING, "%s", "HTML elements");
	}
	return 0;
}

static bool begins(struct sk_slice in, size_t at, const char *name)
{
	size_t n = strlen(name);

	return in.n - at >= n && strncasecmp((const char *)in.p + at, name, n) == 0;
}

size_t sk_html_heads(struct sk_slice in)
{
	size_t n = 0, at = 0;

	while (at < in.n) {
		const uint8_t *lt = memchr(in.p + at, '<', in.n - at);
		if (lt == NULL)
			break;
		at = (size_t)(lt - in.p) + 1;
		uint8_t second = byte_at(in, at + 1) | 0x20;
		if (second == 't')
			n += begins(in, at, "style");
		else if (second == 'i')
			n += begins(in, at, "title") || begins(in, at, "link");
	}
	return n;
}
