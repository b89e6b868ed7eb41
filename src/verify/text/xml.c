/*
 * The pull reader of the XML subset (XML 1.0 fifth edition, productions 39 to 44, less what sekisho never
 * writes). The input ends with '>', which stops every inner loop, so that these need no other bound.
 * Verifier's jail.
 */
#include "verify/text/xml.h"

#include "base/utf8.h"
#include "verify/text/hash.h"

enum {
	IN_NAME = 1,
	IN_VALUE = 2,
	IN_TEXT = 4,
};

/* What ends a run of each kind. */
static const uint8_t stops[256] = {
    ['\t'] = IN_NAME | IN_VALUE,
    ['\n'] = IN_NAME | IN_VALUE,
    ['\r'] = IN_NAME | IN_VALUE | IN_TEXT,
    [' '] = IN_NAME,
    ['\''] = IN_NAME,
    ['/'] = IN_NAME,
    ['='] = IN_NAME,
    ['"'] = IN_NAME | IN_VALUE,
    ['&'] = IN_NAME | IN_VALUE | IN_TEXT,
    ['<'] = IN_NAME | IN_VALUE | IN_TEXT,
    ['>'] = IN_NAME | IN_VALUE | IN_TEXT,
};

uint64_t sk_vx_at(const struct sk_vx *x)
{
	return x->base + (uint64_t)(x->p - x->start);
}

static int fault(struct sk_vx *x, const char *what)
{
	return sk_fail(x->c, sk_vx_at(x), "XML: %s", what);
}

int sk_vx_begin(struct sk_vx *x, struct sk_check *c, struct sk_slice in, struct sk_slice decl)
{
	x->c = c;
	x->start = x->p = in.p;
	x->end = in.p + in.n;
	x->base = 0;
	x->depth = 0;
	x->end_due = x->just_opened = false;
	x->elements = 0;
	x->value_max = SK_LIMIT_XML_VALUE;
	if (!sk_slice_starts(in, decl))
		return fault(x, "declaration is missing or not as required");
	x->p += decl.n;
	if (in.n < decl.n + 4 || in.p[in.n - 1] != '>' || *x->p != '<')
		return fault(x, "root element expected");
	return 0;
}

/* The reference at p[0] == '&'; its length, or 0 when it is not one of those allowed in that place. */
static size_t reference(const uint8_t *p, const uint8_t *end, bool in_value)
{
	static const struct {
		char s[7];
		uint8_t n;
		bool value_only;
	} refs[] = {{"&amp;", 5, false}, {"&lt;", 4, false}, {"&gt;", 4, false},
	    {"&#13;", 5, false}, {"&quot;", 6, true}, {"&#10;", 5, true}, {"&#9;", 4, true}};

	for (size_t i = 0; i < sizeof(refs) / sizeof(refs[0]); i++)
		if ((in_value || !refs[i].value_only) && (size_t)(end - p) >= refs[i].n &&
		    memcmp(p, refs[i].s, refs[i].n) == 0)
			return refs[i].n;
	return 0;
}

static int read_name(struct sk_vx *x, struct sk_slice *name, uint32_t *hash)
{
	const uint8_t *p = x->p;

	while (!(stops[*p] & IN_NAME))
		p++;
	if (p == x->p)
		return fault(x, "name expected");
	*name = sk_slice(x->p, (size_t)(p - x->p));
	*hash = sk_vx_hash(x->p, name->n, (size_t)(x->end - x->p));
	x->p = p;
	return 0;
}

static int read_value(struct sk_vx *x, struct sk_slice *value)
{
	const uint8_t *p = x->p;

	for (;;) {
		while (!(stops[*p] & IN_VALUE))
			p++;
		if (*p != '&')
			break;
		size_t n = reference(p, x->end, true);
		if (n == 0)
			break;
		p += n;
	}
	*value = sk_slice(x->p, (size_t)(p - x->p));
	x->p = p;
	if (*p != '"')
		return fault(x, "character or reference that an attribute value must not hold");
	if (value->n > x->value_max)
		return fault(x, "attribute value is longer than allowed");
	x->p++;
	return 0;
}

static int read_attr(struct sk_vx *x)
{
	struct sk_vx_attr *a = &x->attrs[x->nattrs];

	if (x->nattrs == SK_LIMIT_XML_ATTRIBUTES)
		return fault(x, "more attributes than allowed");
	x->p++;
	int rc = read_name(x, &a->name, &a->hash);
	if (rc)
		return rc;
	if (x->p[0] != '=' || x->p[1] != '"') /* '=' is not the last byte */
		return fault(x, "attribute is not written name=\"value\"");
	x->p += 2;
	rc = x->p < x->end ? read_value(x, &a->value) : fault(x, "truncated");
	for (size_t i = 0; rc == 0 && i < x->nattrs; i++)
		if (x->attrs[i].hash == a->hash && sk_slice_eq(x->attrs[i].name, a->name))
			return fault(x, "two attributes of one name");
	x->nattrs++;
	return rc;
}

static int read_start(struct sk_vx *x)
{
	x->p++;
	if (*x->p == '!' || *x->p == '?')
		return fault(x, "comment, CDATA, document type or processing instruction");
	int rc = read_name(x, &x->name, &x->hash);
	x->nattrs = 0;
	while (rc == 0 && *x->p == ' ')
		rc = x->p + 1 < x->end ? read_attr(x) : fault(x, "truncated");
	if (rc)
		return rc;
	if (*x->p == '/') {
		x->p++;
		x->end_due = true;
	}
	if (*x->p != '>')
		return fault(x, "tag is not written as required");
	x->p++;
	if (x->depth == SK_LIMIT_XML_DEPTH)
		return fault(x, "nested more deeply than allowed");
	if (++x->elements > SK_LIMIT_XML_ELEMENTS)
		return fault(x, "more elements than allowed");
	x->open[x->depth++] = x->name;
	x->just_opened = !x->end_due;
	return SK_VX_START;
}

static int read_end(struct sk_vx *x)
{
	if (x->depth == 0)
		return fault(x, "end tag without a start");
	struct sk_slice name = x->open[x->depth - 1];
	if ((size_t)(x->end - x->p) < name.n + 3 || memcmp(x->p + 2, name.p, name.n) != 0 ||
	    x->p[name.n + 2] != '>')
		return fault(x, "end tag does not fit its start");
	if (x->just_opened)
		return fault(x, "element without content is written with two tags");
	x->p += name.n + 3;
	x->name = name;
	x->depth--;
	return SK_VX_END;
}

static int read_text(struct sk_vx *x)
{
	const uint8_t *p = x->p;

	for (;;) {
		while (!(stops[*p] & IN_TEXT))
			p++;
		if (*p != '&')
			break;
		size_t n = reference(p, x->end, false);
		if (n == 0)
			break;
		p += n;
	}
	x->text = sk_slice(x->p, (size_t)(p - x->p));
	x->p = p;
	if (*p != '<')
		return fault(x, "character or reference that text must not hold");
	x->just_opened = false;
	return SK_VX_TEXT;
}

int sk_vx_next(struct sk_vx *x)
{
	if (x->end_due) {
		x->end_due = false;
		x->name = x->open[--x->depth];
		return SK_VX_END;
	}
	if (x->depth == 0 && x->elements)
		return x->p == x->end ? SK_VX_DONE : fault(x, "something after the root element");
	if (x->p == x->end)
		return fault(x, "truncated");
	if (*x->p != '<')
		return read_text(x);
	return x->p[1] == '/' ? read_end(x) : read_start(x); /* '<' is not the last byte */
}

int sk_vx_check_chars(struct sk_check *c, struct sk_slice in)
{
	const uint64_t ones = 0x0101010101010101U, tops = ones * 0x80;

	for (size_t pos = 0; pos < in.n;) {
		uint64_t w;
		while (in.n - pos >= 8) {
			memcpy(&w, in.p + pos, 8);
			if ((w | ((w - ones * 0x20) & ~w)) & tops)
				break;
			pos += 8;
		}
		if (pos == in.n)
			break;
		size_t here = pos;
		int32_t cp = in.p[pos] < 0x80 ? in.p[pos++] : sk_utf8_next(in, &pos);
		if (cp < 0)
			return sk_fail(c, here, "XML: not UTF-8");
		if ((cp < 0x20 && cp != '\t' && cp != '\n') || cp == 0xfffe || cp == 0xffff)
			return sk_fail(c, here, "XML: character U+%04X", (unsigned)cp);
	}
	return 0;
}

/* The character of a reference that the reader has accepted. */
static uint8_t referred(const uint8_t *p)
{
	switch (p[1]) {
	case 'a':
		return '&';
	case 'l':
		return '<';
	case 'g':
		return '>';
	case 'q':
		return '"';
	default:
		return p[2] == '9' ? '\t' : p[3] == '0' ? '\n' : '\r';
	}
}

int sk_vx_decode(struct sk_slice raw, struct sk_buf *scratch, struct sk_slice *out)
{
	const uint8_t *end = raw.p + raw.n, *p = raw.p, *amp;

	if (raw.n == 0 || memchr(raw.p, '&', raw.n) == NULL) {
		*out = raw;
		return 0;
	}
	sk_buf_reset(scratch);
	while ((amp = memchr(p, '&', (size_t)(end - p))) != NULL) {
		const uint8_t *semi = memchr(amp, ';', (size_t)(end - amp));
		if (semi == NULL)
			return SK_EFORMAT;
		sk_buf_put(scratch, p, (size_t)(amp - p));
		sk_buf_putc(scratch, referred(amp));
		p = semi + 1;
	}
	sk_buf_put(scratch, p, (size_t)(end - p));
	*out = sk_buf_slice(scratch);
	return scratch->err;
}

const struct sk_slice *sk_vx_attr(const struct sk_vx *x, const char *name)
{
	for (size_t i = 0; i < x->nattrs; i++)
		if (sk_slice_is(x->attrs[i].name, name))
			return &x->attrs[i].value;
	return NULL;
}
