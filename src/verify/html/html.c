/*
 * The checker of web pages (doc/profiles/html.md): a strict parser of the one form that the cleaner writes. It needs no
 * tree: that every parser of HTML builds the tree that stands there follows from where each element may stand, which is
 * what it checks. Verifier's jail.
 */
#include "verify/html/html.h"

#include "verify/css/css.h"
#include "verify/text/chars.h"

#define DEPTH_MAX 500

/* What an element means for those inside of it, and for its children alone. */
#define WITHIN (SK_VH_PARAGRAPH | SK_VH_LINK | SK_VH_ITEM | SK_VH_TERM)
#define BELOW (SK_VH_HEADING | SK_VH_ENDS)

struct open {
	const struct sk_vh_element *e;
	unsigned in; /* bits of those two that hold inside of it */
	char holds;
};

struct page {
	struct sk_check *c;
	struct sk_slice s;
	size_t at;
	bool mail;
	unsigned depth;
	struct open open[DEPTH_MAX + 1];
	uint8_t *text; /* room for what is decoded */
	size_t room;
};

static int fault(struct page *p, const char *what)
{
	return sk_fail(p->c, p->at, "HTML: %s", what);
}

static inline uint8_t next(const struct page *p)
{
	return p->at < p->s.n ? p->s.p[p->at] : 0;
}

static bool take(struct page *p, const char *what)
{
	size_t n = strlen(what);

	if (p->s.n - p->at < n || memcmp(p->s.p + p->at, what, n) != 0)
		return false;
	p->at += n;
	return true;
}

static struct sk_slice name(struct page *p)
{
	size_t from = p->at, at = from;

	while (at < p->s.n && ((p->s.p[at] >= 'a' && p->s.p[at] <= 'z') ||
				  (p->s.p[at] >= '0' && p->s.p[at] <= '9')))
		at++;
	p->at = at;
	return sk_slice_sub(p->s, from, at - from);
}

/* The character that a reference at `at` means, and its length: there are four of them. */
static uint8_t reference(struct sk_slice s, size_t at, bool attribute, size_t *n)
{
	static const struct {
		const char *text;
		uint8_t means;
	} all[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}};
	struct sk_slice rest = sk_slice_sub(s, at, 6);

	for (size_t i = 0; i < (attribute ? 4 : 3); i++)
		if (sk_slice_starts(rest, sk_slice_str(all[i].text))) {
			*n = strlen(all[i].text);
			return all[i].means;
		}
	return 0;
}

static int make_room(struct page *p, size_t n)
{
	if (n <= p->room)
		return 0;
	p->room = n * 2;
	p->text = sk_arena_alloc(p->c->arena, p->room);
	return p->text ? 0 : SK_ENOMEM;
}

/* The text from p->at to `end` without its references. */
static int decode(struct page *p, size_t end, bool attribute, struct sk_slice *out)
{
	struct sk_slice raw = sk_slice_sub(p->s, p->at, end - p->at);
	size_t n = 0, skip = 0;

	if (raw.n == 0 || memchr(raw.p, '&', raw.n) == NULL) {
		*out = raw;
		return 0;
	}
	int rc = make_room(p, raw.n);
	for (size_t i = 0; rc == 0 && i < raw.n; i += skip) {
		const uint8_t *amp = memchr(raw.p + i, '&', raw.n - i);
		size_t plain = (amp ? (size_t)(amp - raw.p) : raw.n) - i;
		memcpy(p->text + n, raw.p + i, plain);
		n += plain;
		i += plain;
		skip = 0;
		if (amp && (p->text[n++] = reference(raw, i, attribute, &skip)) == 0)
			return fault(p, "reference of another kind");
	}
	*out = sk_slice(p->text, n);
	return rc;
}

/* --- attributes --- */

static int value(struct page *p, char kind, struct sk_slice v, uint64_t at)
{
	if (kind == 's')
		return sk_vcss_declarations(p->c, v, at, sk_vh_picture, &p->mail);
	if (kind == 'p')
		return sk_vh_picture(p->c, &p->mail, v, at);
	return sk_vh_value(p->c, kind, v, at);
}

/* Behind the space: name="value". */
static int attribute(struct page *p, struct sk_slice element, uint64_t *seen)
{
	struct sk_slice n = name(p), v;
	unsigned number = 0;
	char kind = sk_vh_attribute(element, n, &number);

	if (kind == 0 || *seen >> number & 1)
		return fault(p, kind ? "attribute twice" : "attribute that is not on the list");
	*seen |= (uint64_t)1 << number;
	if (!take(p, "=\""))
		return fault(p, "attribute without value");
	const uint8_t *end = memchr(p->s.p + p->at, '"', p->s.n - p->at);
	if (end == NULL)
		return fault(p, "value without end");
	size_t to = (size_t)(end - p->s.p);
	for (size_t i = p->at; i < to; i++)
		if (p->s.p[i] == '<' || p->s.p[i] == '>')
			return fault(p, "bracket in a value");
	int rc = decode(p, to, true, &v);
	if (rc == 0)
		rc = value(p, kind, v, p->at);
	p->at = to + 1;
	return rc;
}

static int attributes(struct page *p, struct sk_slice element)
{
	uint64_t seen = 0;
	int rc = 0;

	while (rc == 0 && next(p) == ' ') {
		p->at++;
		rc = attribute(p, element, &seen);
	}
	if (rc == 0 && next(p) != '>')
		return fault(p, "end of a tag");
	p->at++;
	return rc;
}

/* --- elements --- */

/* Whether a parser would leave the element where it stands. */
static int stands(struct page *p, const struct sk_vh_element *e)
{
	const struct open *o = &p->open[p->depth];

	if (o->holds != e->of)
		return fault(p, "element in a place that is not its own");
	if ((e->is & SK_VH_BLOCK) && (o->in & SK_VH_PARAGRAPH))
		return fault(p, "block in a paragraph");
	if (e->is & o->in & SK_VH_LINK)
		return fault(p, "link in a link");
	if (e->is & o->in & SK_VH_ITEM)
		return fault(p, "item in an item");
	if (e->is & o->in & SK_VH_TERM)
		return fault(p, "term in a term");
	if (e->is & o->in & SK_VH_HEADING)
		return fault(p, "heading in a heading");
	if ((e->is & SK_VH_RUBY) && (o->in & SK_VH_ENDS))
		return fault(p, "part of a ruby in an element that it ends");
	return 0;
}

static int push(struct page *p, const struct sk_vh_element *e)
{
	unsigned in = p->open[p->depth].in & ~(unsigned)BELOW;

	if (p->depth == DEPTH_MAX)
		return fault(p, "elements nested too deeply");
	if (e->is & SK_VH_SCOPE)
		in = 0;
	if (e->is & SK_VH_SPECIAL)
		in &= ~(unsigned)(SK_VH_ITEM | SK_VH_TERM);
	in |= e->is & (WITHIN | BELOW);
	p->open[++p->depth] = (struct open){e, in, e->in};
	return 0;
}

/* Parsers take a line end away that follows <pre>: where the text begins with one, there are two. */
static int check_pre(struct page *p)
{
	bool one = p->at < p->s.n && p->s.p[p->at] == '\n';
	bool two = one && p->at + 1 < p->s.n && p->s.p[p->at + 1] == '\n';

	if (one && !two)
		return fault(p, "line end behind <pre>");
	p->at += one;
	return 0;
}

/* Behind the `<` of a start tag. */
static int start_tag(struct page *p)
{
	struct sk_slice n = name(p);
	const struct sk_vh_element *e = sk_vh_element(n);

	if (e == NULL)
		return fault(p, "element that is not on the list");
	int rc = stands(p, e);
	if (rc == 0)
		rc = attributes(p, n);
	if (rc == 0 && sk_slice_is(n, "pre"))
		rc = check_pre(p);
	return rc || (e->is & SK_VH_VOID) ? rc : push(p, e);
}

/* Behind the `</`. */
static int end_tag(struct page *p)
{
	struct sk_slice n = name(p);

	if (p->depth == 0 || !sk_slice_is(n, p->open[p->depth].e->name))
		return fault(p, "end tag of another element");
	p->depth--;
	if (next(p) != '>')
		return fault(p, "end of a tag");
	p->at++;
	return 0;
}

static int text(struct page *p)
{
	const uint8_t *lt = memchr(p->s.p + p->at, '<', p->s.n - p->at);
	size_t end = lt ? (size_t)(lt - p->s.p) : p->s.n;
	struct sk_slice t;

	if (memchr(p->s.p + p->at, '>', end - p->at))
		return fault(p, "bracket in the text");
	int rc = decode(p, end, false, &t);
	if (rc == 0)
		rc = sk_vt_check(p->c, t, p->at, SK_VT_CTL('\t') | SK_VT_CTL('\n'));
	for (size_t i = 0; rc == 0 && p->open[p->depth].holds != 'f' && i < t.n; i++)
		if (t.p[i] != ' ' && t.p[i] != '\n' && t.p[i] != '\t')
			rc = fault(p, "text between the parts of a table");
	p->at = end;
	return rc;
}

static int body(struct page *p)
{
	int rc = 0;

	p->open[0] = (struct open){NULL, 0, 'f'};
	while (rc == 0 && p->at < p->s.n) {
		if (p->depth == 0 && take(p, "</body></html>"))
			return p->at == p->s.n ? 0 : fault(p, "bytes behind the page");
		if (next(p) != '<') {
			rc = text(p);
			continue;
		}
		p->at++;
		bool end = next(p) == '/';
		p->at += end;
		rc = end ? end_tag(p) : start_tag(p);
	}
	return rc ? rc : fault(p, "page without end");
}

/* --- head --- */

static int title(struct page *p)
{
	const uint8_t *lt = memchr(p->s.p + p->at, '<', p->s.n - p->at);
	size_t end = lt ? (size_t)(lt - p->s.p) : p->s.n;
	struct sk_slice t;

	if (end == p->at || memchr(p->s.p + p->at, '>', end - p->at))
		return fault(p, "title");
	int rc = decode(p, end, false, &t);
	if (rc == 0)
		rc = sk_vt_check(p->c, t, p->at, 0);
	p->at = end;
	return rc || take(p, "</title>") ? rc : fault(p, "title without end");
}

static int sheet(struct page *p)
{
	const uint8_t *lt = memchr(p->s.p + p->at, '<', p->s.n - p->at);
	size_t from = p->at, end = lt ? (size_t)(lt - p->s.p) : p->s.n;

	p->at = end;
	if (!take(p, "</style>"))
		return fault(p, "style sheet without end");
	return sk_vcss_sheet(
	    p->c, sk_slice_sub(p->s, from, end - from), from, sk_vh_picture, &p->mail);
}

/* One attribute of the root, which has few: readers look for the character set in the first 1,024 bytes. */
static int of_html(struct page *p, const char *which)
{
	struct sk_slice next = sk_slice_sub(p->s, p->at + 1, strlen(which));
	uint64_t seen = 0;

	if (!sk_slice_is(next, which) || !take(p, " "))
		return 0;
	return attribute(p, SK_SLICE_LIT("html"), &seen);
}

static int head(struct page *p)
{
	int rc = 0;

	if (!take(p, "<!DOCTYPE html>\n<html"))
		return fault(p, "beginning of the page");
	rc = of_html(p, "lang");
	if (rc == 0)
		rc = of_html(p, "dir");
	if (rc == 0 && !take(p, "><head><meta charset=\"utf-8\">"))
		rc = fault(p, "head");
	if (rc == 0 && take(p, "<title>"))
		rc = title(p);
	if (rc == 0 && take(p, "<style>\n"))
		rc = sheet(p);
	return rc || take(p, "</head><body") ? rc : fault(p, "end of the head");
}

static int check(struct sk_check *c, struct sk_slice in, bool mail)
{
	struct page *p = sk_arena_alloc(c->arena, sizeof(*p));

	if (p == NULL)
		return SK_ENOMEM;
	p->c = c;
	p->s = in;
	p->mail = mail;
	int rc = head(p);
	if (rc == 0)
		rc = attributes(p, SK_SLICE_LIT("body"));
	return rc ? rc : body(p);
}

int sk_verify_html(struct sk_check *c, struct sk_slice in)
{
	return check(c, in, false);
}

int sk_verify_html_in_mail(struct sk_check *c, struct sk_slice in)
{
	return check(c, in, true);
}
