/*
 * The words of an HTML page as plain text, until pages have a cleaner of their own. Not a browser's reading: tags,
 * scripts and styles are left out, lines and cells kept apart. Nothing here has to be exact to be safe, for the
 * result is plain text, which is filtered like any other. Cleaner's jail.
 */
#include "format/text/text.h"

#include <strings.h>

#include "base/utf8.h"

struct page {
	struct sk_slice in;
	size_t at;
	struct sk_buf *out;
	bool space; /* white space is owed before the next word */
	unsigned pre;
};

static bool is_space(uint8_t b)
{
	return b == ' ' || (b >= 9 && b <= 13);
}

static bool word_in(struct sk_slice s, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == s.n && strncasecmp(*list, (const char *)s.p, s.n) == 0)
			return true;
	return false;
}

static void new_line(struct page *p)
{
	struct sk_buf *b = p->out;

	p->space = false;
	if (b->len && !(b->len > 1 && b->p[b->len - 1] == '\n' && b->p[b->len - 2] == '\n'))
		sk_buf_putc(b, '\n');
}

static void put(struct page *p, uint32_t cp)
{
	if (p->space && p->out->len && p->out->p[p->out->len - 1] != '\n')
		sk_buf_putc(p->out, ' ');
	p->space = false;
	/* The wide form, or the text of a page about pages would be taken for a page again. */
	sk_utf8_put(p->out, cp == '<' ? 0xFF1C : cp);
}

static size_t find_in_any_case(struct sk_slice s, size_t from, struct sk_slice what)
{
	for (size_t i = from; i + what.n <= s.n; i++) {
		const uint8_t *lt = memchr(s.p + i, '<', s.n - i);
		if (lt == NULL)
			break;
		i = (size_t)(lt - s.p);
		if (s.n - i >= what.n + 2 && s.p[i + 1] == '/' &&
		    strncasecmp((const char *)lt + 2, (const char *)what.p, what.n) == 0)
			return i;
	}
	return s.n;
}

/* Behind the tag that begins at p->at; quotes may hide a closing bracket. */
static size_t tag_end(const struct page *p)
{
	uint8_t quote = 0;

	for (size_t i = p->at + 1; i < p->in.n; i++) {
		uint8_t b = p->in.p[i];
		if (quote)
			quote = b == quote ? 0 : quote;
		else if ((b == '"' || b == '\'') && p->in.p[i - 1] == '=')
			quote = b;
		else if (b == '>')
			return i + 1;
	}
	return p->in.n;
}

static void tag(struct page *p)
{
	static const char *const hidden[] = {"script", "style", "iframe", "noembed", "noframes",
	    "template", "object", "applet", "svg", "math", NULL};
	static const char *const lines[] = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4",
	    "h5", "h6", "table", "ul", "ol", "dl", "dt", "dd", "hr", "pre", "title", "section",
	    "article", "header", "footer", "nav", "blockquote", "form", "option", "caption", "body",
	    "address", "main", "aside", "figure", NULL};
	static const char *const cells[] = {"td", "th", NULL}, *const pre[] = {
								   "pre", "textarea", NULL};
	bool closing = p->at + 1 < p->in.n && p->in.p[p->at + 1] == '/';
	size_t from = p->at + 1 + closing, end = from;

	while (
	    end < p->in.n && !is_space(p->in.p[end]) && p->in.p[end] != '>' && p->in.p[end] != '/')
		end++;
	struct sk_slice name = sk_slice_sub(p->in, from, end - from);
	p->at = tag_end(p);
	if (word_in(name, lines))
		new_line(p);
	else if (word_in(name, cells) && closing)
		sk_buf_putc(p->out, '\t');
	if (word_in(name, pre))
		p->pre = closing ? (p->pre ? p->pre - 1 : 0) : p->pre + 1;
	if (!closing && word_in(name, hidden))
		p->at = find_in_any_case(p->in, p->at, name);
}

/* A declaration, comment or instruction. */
static void skip_markup(struct page *p)
{
	bool comment = sk_slice_starts(sk_slice_sub(p->in, p->at, 4), SK_SLICE_LIT("<!--"));
	struct sk_slice close = comment ? SK_SLICE_LIT("-->") : SK_SLICE_LIT(">");
	size_t at = sk_slice_find(p->in, p->at + 2, close);

	p->at = at == SIZE_MAX ? p->in.n : at + close.n;
}

static bool numeric(struct page *p, struct sk_slice s)
{
	bool hex = s.n > 1 && (s.p[1] | 0x20) == 'x';
	uint32_t cp = 0;

	for (size_t i = 1 + hex; i < s.n; i++) {
		uint8_t b = s.p[i] | 0x20;
		int d = s.p[i] >= '0' && s.p[i] <= '9' ? s.p[i] - '0'
			: hex && b >= 'a' && b <= 'f'  ? b - 'a' + 10
						       : -1;
		if (d < 0 || cp > 0x10FFFF)
			return false;
		cp = cp * (hex ? 16 : 10) + (uint32_t)d;
	}
	if (s.n == 1U + hex || cp > 0x10FFFF)
		return false;
	put(p, cp ? cp : 0xFFFD);
	return true;
}

/* A character reference at p->at; unknown ones stay as they are written. */
static bool reference(struct page *p)
{
	static const struct {
		const char *name;
		uint32_t cp;
	} table[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''},
	    {"nbsp", ' '}, {"yen", 0xA5}, {"copy", 0xA9}, {"reg", 0xAE}, {"middot", 0xB7},
	    {"times", 0xD7}, {"hellip", 0x2026}, {"rarr", 0x2192}};
	size_t end = p->at + 1;

	while (end < p->in.n && end - p->at < 12 && p->in.p[end] != ';' && p->in.p[end] > ' ')
		end++;
	if (end >= p->in.n || p->in.p[end] != ';')
		return false;
	struct sk_slice s = sk_slice_sub(p->in, p->at + 1, end - p->at - 1);
	bool known = s.n > 1 && s.p[0] == '#' && numeric(p, s);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]) && !known; i++)
		if (sk_slice_is(s, table[i].name)) {
			put(p, table[i].cp);
			known = true;
		}
	if (known)
		p->at = end + 1;
	return known;
}

static void text(struct page *p)
{
	uint8_t b = p->in.p[p->at];

	if (b == '&' && reference(p))
		return;
	if (is_space(b)) {
		if (p->pre && b != '\r')
			sk_buf_putc(p->out, b);
		p->space = !p->pre;
		p->at++;
		return;
	}
	int32_t cp = sk_utf8_next(p->in, &p->at);
	put(p, cp < 0 ? 0xFFFD : (uint32_t)cp);
}

int sk_text_html(struct sk_slice in, struct sk_buf *out)
{
	struct page p = {.in = in, .out = out};

	while (p.at < in.n && !out->err) {
		uint8_t next = p.at + 1 < in.n ? in.p[p.at + 1] : 0;
		bool letter = (next | 0x20) >= 'a' && (next | 0x20) <= 'z';
		if (in.p[p.at] == '<' && (letter || next == '/'))
			tag(&p);
		else if (in.p[p.at] == '<' && (next == '!' || next == '?'))
			skip_markup(&p);
		else
			text(&p);
	}
	new_line(&p);
	return out->err;
}
