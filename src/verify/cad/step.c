/* p21 and sfc as they are written (doc/profiles/cad.md, sections 3 and 4): every byte between the tokens is given. Verifier's jail. */
#include <ctype.h>

#include "verify/cad/cad.h"

#define DEEPEST 66

static int value(struct sk_vd *v, unsigned depth);

static bool ahead(const struct sk_vd *v, const char *word)
{
	return sk_slice_starts(sk_slice_sub(v->in, v->pos, v->in.n), sk_slice_str(word));
}

static bool eat(struct sk_vd *v, const char *word)
{
	bool there = ahead(v, word);

	v->pos += there ? strlen(word) : 0;
	return there;
}

static unsigned now(const struct sk_vd *v)
{
	return v->pos < v->in.n ? v->in.p[v->pos] : 0;
}

static int fault(struct sk_vd *v, const char *what)
{
	return sk_fail(v->c, v->pos, "%s", what);
}

static int expect(struct sk_vd *v, const char *word)
{
	return eat(v, word)
		   ? 0
		   : sk_fail(v->c, v->pos, "not '%s' here", word[0] == '\r' ? "end of line" : word);
}

static bool word_byte(unsigned b)
{
	return b < 0x80 && (isalnum((int)b) || b == '_' || b == '-');
}

static struct sk_slice word(struct sk_vd *v)
{
	size_t from = v->pos;

	v->pos += now(v) == '!';
	if (now(v) < 0x80 && isalpha((int)now(v)))
		while (word_byte(now(v)))
			v->pos++;
	else
		v->pos = from;
	return sk_slice_sub(v->in, from, v->pos - from);
}

static int number_sign(struct sk_vd *v)
{
	size_t from = v->pos++;

	while (now(v) >= '0' && now(v) <= '9')
		v->pos++;
	return v->pos - from >= 2 && v->pos - from <= 20 ? 0
							 : fault(v, "an instance without a number");
}

static int text(struct sk_vd *v)
{
	size_t from = ++v->pos;

	while (v->pos < v->in.n && (now(v) != '\'' || ahead(v, "''")))
		v->pos += now(v) == '\'' ? 2 : 1;
	if (v->pos >= v->in.n)
		return fault(v, "a string without its end");
	int rc = sk_vd_string(v, sk_slice_sub(v->in, from, v->pos - from), SK_VD_STEP);
	v->pos++;
	return rc;
}

static int list(struct sk_vd *v, unsigned depth)
{
	int rc = expect(v, "(");

	if (rc || eat(v, ")"))
		return rc;
	if (depth > DEEPEST)
		return fault(v, "lists too deep in each other");
	do
		rc = value(v, depth);
	while (rc == 0 && eat(v, ","));
	return rc ? rc : expect(v, ")");
}

static int enumeration(struct sk_vd *v)
{
	v->pos++;
	while (word_byte(now(v)))
		v->pos++;
	return expect(v, ".");
}

static int binary(struct sk_vd *v)
{
	v->pos++;
	while (now(v) < 0x80 && isxdigit((int)now(v)))
		v->pos++;
	return expect(v, "\"");
}

static int number(struct sk_vd *v)
{
	size_t from = v->pos;

	while (now(v) && strchr("0123456789+-.Ee", (int)now(v)))
		v->pos++;
	return sk_vd_real(sk_slice_sub(v->in, from, v->pos - from)) ? 0 : fault(v, "not a number");
}

static int value(struct sk_vd *v, unsigned depth)
{
	switch (now(v)) {
	case '$':
	case '*':
		v->pos++;
		return 0;
	case '(':
		return list(v, depth + 1);
	case '#':
		return number_sign(v);
	case '\'':
		return text(v);
	case '"':
		return binary(v);
	case '.':
		return v->pos + 1 < v->in.n && v->in.p[v->pos + 1] >= 'A' &&
			       v->in.p[v->pos + 1] <= 'Z'
			   ? enumeration(v)
			   : number(v);
	default:
		break;
	}
	if (now(v) < 0x80 && (isdigit((int)now(v)) || now(v) == '+' || now(v) == '-'))
		return number(v);
	return word(v).n ? list(v, depth + 1) : fault(v, "not a value");
}

static int header(struct sk_vd *v)
{
	static const char *const known[] = {
	    "FILE_DESCRIPTION", "FILE_NAME", "FILE_SCHEMA", "SECTION_LANGUAGE", "SECTION_CONTEXT"};
	int rc = 0;

	while (rc == 0 && !eat(v, "ENDSEC;\r\n")) {
		struct sk_slice name = word(v);
		bool found = false;
		for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
			found = found || sk_slice_is(name, known[i]);
		if (!found)
			return fault(v, "a statement that may not stand in the header");
		rc = list(v, 1);
		if (rc == 0)
			rc = expect(v, ";\r\n");
	}
	return rc;
}

static int entity(struct sk_vd *v)
{
	int rc = number_sign(v);

	if (rc == 0)
		rc = expect(v, "=");
	bool many = rc == 0 && eat(v, "(");
	do {
		if (rc == 0 && word(v).n == 0)
			return fault(v, "an instance without a type");
		if (rc == 0)
			rc = list(v, 1);
	} while (many && rc == 0 && !eat(v, ")"));
	return rc ? rc : expect(v, ";\r\n");
}

static bool is_feature(struct sk_slice name)
{
	static const char *const known[] = {"drawing_sheet", "layer", "pre_defined_font",
	    "user_defined_font", "pre_defined_colour", "user_defined_colour", "width", "text_font",
	    "point_marker", "line", "polyline", "circle", "arc", "ellipse", "ellipse_arc",
	    "text_string", "spline", "clothoid", "sfig_org", "sfig_locate",
	    "externally_defined_symbol", "linear_dim", "curve_dim", "angular_dim", "radius_dim",
	    "diameter_dim", "label", "balloon", "externally_defined_hatch",
	    "fill_area_style_colour", "fill_area_style_hatching", "fill_area_style_tiles",
	    "composite_curve_org", "drawing_attribute"};

	if (name.n < 9 || memcmp(name.p + name.n - 8, "_feature", 8) != 0)
		return false;
	name.n -= 8;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (sk_slice_is(name, known[i]))
			return true;
	return false;
}

/* '…' or \'…\': up to the quote that a comma or the closing parenthesis follows. */
static int param(struct sk_vd *v)
{
	bool words = eat(v, "\\'");
	const char *ends[2] = {words ? "\\'," : "',", words ? "\\')" : "')"};

	if (!words && !eat(v, "'"))
		return fault(v, "a parameter without a quote");
	size_t from = v->pos;
	while (v->pos < v->in.n && now(v) != '\r' && !ahead(v, ends[0]) && !ahead(v, ends[1]))
		v->pos++;
	int rc = sk_vd_string(v, sk_slice_sub(v->in, from, v->pos - from), SK_VD_STEP);
	return rc ? rc : expect(v, words ? "\\'" : "'");
}

static int feature(struct sk_vd *v)
{
	static const char *const tags[][2] = {{"/*SXF\r\n", "\r\nSXF*/\r\n"},
	    {"/*SXF3\r\n", "\r\nSXF3*/\r\n"}, {"/*SXF3.1\r\n", "\r\nSXF3.1*/\r\n"}};
	const char *end = NULL;

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]) && !end; i++)
		if (eat(v, tags[i][0]))
			end = tags[i][1];
	if (end == NULL || now(v) != '#')
		return fault(v, "a comment");
	int rc = number_sign(v);
	if (rc == 0)
		rc = expect(v, " = ");
	if (rc == 0 && !is_feature(word(v)))
		return fault(v, "a feature that is not known");
	if (rc == 0)
		rc = expect(v, "(");
	do
		rc = rc ? rc : param(v);
	while (rc == 0 && eat(v, ","));
	if (rc == 0)
		rc = expect(v, ")");
	return rc ? rc : expect(v, end);
}

static int data(struct sk_vd *v, bool features)
{
	int rc = eat(v, "DATA") ? 0 : fault(v, "not a data section");

	if (rc == 0 && now(v) == '(')
		rc = list(v, 1);
	if (rc == 0)
		rc = expect(v, ";\r\n");
	while (rc == 0 && !eat(v, "ENDSEC;\r\n"))
		rc = now(v) == '#' ? entity(v)
		     : features    ? feature(v)
				   : fault(v, "not a statement");
	return rc;
}

int sk_vd_step(struct sk_vd *v, bool features)
{
	int rc = expect(v, "ISO-10303-21;\r\n");

	if (rc == 0)
		rc = expect(v, "HEADER;\r\n");
	if (rc == 0)
		rc = header(v);
	while (rc == 0 && !eat(v, "END-ISO-10303-21;\r\n"))
		rc = data(v, features);
	return rc == 0 && v->pos != v->in.n ? fault(v, "bytes behind the end") : rc;
}
