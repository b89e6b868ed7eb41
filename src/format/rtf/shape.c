/*
 * Properties of shapes, {\sp{\sn name}{\sv value}}: a list of names, each with the form its value must have; the
 * counts of arrays are those of their elements (CVE-2010-3333 was a count in pFragments). Cleaner's jail.
 */
#include "format/rtf/rtf.h"

#include <stdlib.h>

#define ARRAY_MAX 65535
#define VALUE_MAX ((size_t)4 << 20)

enum form { NUMBER, POINTS, NUMBERS, TEXT, PICTURE };

static const struct property {
	const char *name;
	enum form form;
} properties[] = {
#define RTF_PROPERTY(name, form) {#name, form},
#include "format/rtf/properties.def"
#undef RTF_PROPERTY
};

static int compare(const void *key, const void *entry)
{
	const struct sk_slice *s = key;
	const struct property *p = entry;
	size_t n = strlen(p->name);
	int c = memcmp(s->p, p->name, s->n < n ? s->n : n);

	return c ? c : s->n < n ? -1 : s->n > n;
}

/* A decimal number of 32 bits at *at, moving past it. */
static bool take_number(struct sk_slice s, size_t *at, int64_t *out)
{
	bool minus = *at < s.n && s.p[*at] == '-';
	size_t i = *at + minus, from = i;
	int64_t n = 0;

	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9' && i - from < 10)
		n = n * 10 + (s.p[i++] - '0');
	*at = i;
	*out = minus ? -n : n;
	return i > from && *out >= -2147483648LL && *out <= 4294967295LL;
}

static bool take(struct sk_slice s, size_t *at, char c)
{
	bool is = *at < s.n && s.p[*at] == (uint8_t)c;

	*at += is;
	return is;
}

static bool take_element(struct sk_slice s, size_t *at, bool points)
{
	int64_t n;

	if (!points)
		return take_number(s, at, &n);
	return take(s, at, '(') && take_number(s, at, &n) && take(s, at, ',') &&
	       take_number(s, at, &n) && take(s, at, ')');
}

/* size;count;element;element… with as many elements as the count says. */
static bool array_ok(struct sk_slice s, bool points)
{
	size_t at = 0;
	int64_t size, count;

	if (!take_number(s, &at, &size) || size != (points ? 8 : 2) || !take(s, &at, ';') ||
	    !take_number(s, &at, &count) || count < 0 || count > ARRAY_MAX)
		return false;
	for (int64_t i = 0; i < count; i++)
		if (!take(s, &at, ';') || !take_element(s, &at, points))
			return false;
	return at == s.n;
}

static bool value_ok(enum form form, struct sk_slice s)
{
	size_t at = 0;
	int64_t n;

	switch (form) {
	case NUMBER:
		return take_number(s, &at, &n) && at == s.n;
	case POINTS:
	case NUMBERS:
		return array_ok(s, form == POINTS);
	default:
		return form == TEXT;
	}
}

static struct sk_slice trim(struct sk_slice s)
{
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	while (s.n && s.p[0] == ' ')
		s = sk_slice_sub(s, 1, s.n);
	return s;
}

static int put(
    struct rtf_out *o, const struct property *p, const struct rtf_node *sv, struct sk_slice value)
{
	size_t before = o->b->len, begin;
	int rc = 0;

	rtf_put_open(o);
	rtf_put_word(o, "sp");
	rtf_put_open(o);
	rtf_put_word(o, "sn");
	rtf_put_text(o, p->name);
	rtf_put_close(o);
	rtf_put_open(o);
	rtf_put_word(o, "sv");
	begin = o->b->len;
	if (p->form == PICTURE)
		rc = rtf_put_picture(o, rtf_child(sv, NULL, "pict"));
	else if (p->form == TEXT)
		rtf_put_plain_text(o, value);
	else
		for (size_t i = 0; i < value.n; i++)
			rtf_put_char(o, value.p[i]);
	rtf_put_close(o);
	rtf_put_close(o);
	/* A picture that went takes its property along. */
	if (p->form == PICTURE && o->b->len == begin + 2)
		o->b->len = before;
	return rc;
}

static const struct property *property(const struct rtf_node *sn)
{
	struct sk_buf name = SK_BUF(256);

	rtf_gather(sn, &name);
	struct sk_slice s = trim(sk_buf_slice(&name));
	const struct property *p =
	    s.n == 0 ? NULL
		     : bsearch(&s, properties, sizeof(properties) / sizeof(properties[0]),
			   sizeof(properties[0]), compare);
	sk_buf_free(&name);
	return p;
}

int rtf_put_property(struct rtf_out *o, const struct rtf_node *group)
{
	const struct rtf_node *sn = rtf_child(group, NULL, "sn"),
			      *sv = rtf_child(group, NULL, "sv");
	const struct property *p = sn && sv ? property(sn) : NULL;
	struct sk_buf text = SK_BUF(VALUE_MAX);
	int rc = 0;

	if (p)
		rtf_gather(sv, &text);
	struct sk_slice value =
	    p && p->form == TEXT ? sk_buf_slice(&text) : trim(sk_buf_slice(&text));
	bool ok =
	    p && !text.err &&
	    (p->form == PICTURE ? rtf_child(sv, NULL, "pict") != NULL : value_ok(p->form, value));
	if (ok)
		rc = put(o, p, sv, value);
	else
		o->words++;
	sk_buf_free(&text);
	return rc;
}
