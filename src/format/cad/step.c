/*
 * ISO 10303-21 and what SXF makes of it: tokens by the grammar of the clear text encoding, written again one statement a line;
 * in sfc the features that stand in comments, by their list. Comments and everything else between the tokens go. Cleaner's jail.
 */
#include <ctype.h>
#include <strings.h>

#include "format/cad/cad.h"

#define DEPTH 64

struct step {
	struct sk_cad *c;
	struct sk_slice in;
	size_t pos;
	bool features; /* sfc */
	bool bad;      /* in the statement being read */
	struct sk_buf line;
};

static int peek(const struct step *s, size_t ahead)
{
	return s->pos + ahead < s->in.n ? s->in.p[s->pos + ahead] : -1;
}

static bool at_word(const struct step *s, const char *word)
{
	return sk_slice_starts(sk_slice_sub(s->in, s->pos, s->in.n), sk_slice_str(word));
}

static bool is_feature_comment(const struct step *s)
{
	return s->features && at_word(s, "/*SXF");
}

/* Behind white space and comments; stops at a comment that is a feature. */
static void skip_space(struct step *s)
{
	for (;;) {
		int b = peek(s, 0);
		if (b >= 0 && b <= ' ') {
			s->pos++;
		} else if (b == '/' && peek(s, 1) == '*' && !is_feature_comment(s)) {
			size_t end = sk_slice_find(s->in, s->pos + 2, SK_SLICE_LIT("*/"));
			s->pos = end == SIZE_MAX ? s->in.n : end + 2;
			s->c->comments++;
		} else {
			return;
		}
	}
}

static bool take(struct step *s, int b)
{
	skip_space(s);
	if (peek(s, 0) != b)
		return false;
	sk_buf_putc(&s->line, (uint8_t)b);
	s->pos++;
	return true;
}

static void need(struct step *s, int b)
{
	if (!take(s, b))
		s->bad = true;
}

static bool is_keyword_byte(int b)
{
	return b >= 0 && b < 0x80 && (isalnum(b) || b == '_' || b == '-');
}

/* Letters, digits, underscores; with `!` before those of users. */
static struct sk_slice keyword(struct step *s)
{
	skip_space(s);
	size_t from = s->pos;
	bool user = peek(s, 0) == '!';

	s->pos += user;
	int first = peek(s, 0);
	if (first < 0 || first >= 0x80 || !isalpha(first)) {
		s->pos = from;
		return sk_slice_sub(s->in, 0, 0);
	}
	while (is_keyword_byte(peek(s, 0)))
		s->pos++;
	return sk_slice_sub(s->in, from, s->pos - from);
}

static bool instance(struct step *s)
{
	skip_space(s);
	size_t from = s->pos;

	if (peek(s, 0) != '#')
		return false;
	for (s->pos++; peek(s, 0) >= '0' && peek(s, 0) <= '9';)
		s->pos++;
	if (s->pos - from < 2 || s->pos - from > 20)
		s->bad = true;
	sk_buf_put(&s->line, s->in.p + from, s->pos - from);
	return true;
}

/* 'text' with each quote doubled. */
static bool string(struct step *s)
{
	size_t from = s->pos + 1, at = from;

	if (peek(s, 0) != '\'')
		return false;
	while (
	    at < s->in.n && (s->in.p[at] != '\'' || (at + 1 < s->in.n && s->in.p[at + 1] == '\'')))
		at += s->in.p[at] == '\'' ? 2 : 1;
	if (at >= s->in.n) {
		s->bad = true;
		s->pos = s->in.n;
		return true;
	}
	struct sk_slice text = sk_slice_sub(s->in, from, at - from);
	sk_buf_putc(&s->line, '\'');
	size_t start = s->line.len;
	sk_cad_string(s->c, text, SK_CAD_STEP, &s->line);
	if (s->c->plain)
		sk_cad_words(s->c, sk_slice_sub(sk_buf_slice(&s->line), start, s->line.len));
	sk_buf_putc(&s->line, '\'');
	s->pos = at + 1;
	return true;
}

static bool enumeration(struct step *s)
{
	size_t from = s->pos;

	if (peek(s, 0) != '.' || !(peek(s, 1) >= 'A' && peek(s, 1) <= 'Z'))
		return false;
	for (s->pos++; is_keyword_byte(peek(s, 0));)
		s->pos++;
	if (peek(s, 0) != '.') {
		s->pos = from;
		return false;
	}
	s->pos++;
	sk_buf_put(&s->line, s->in.p + from, s->pos - from);
	return true;
}

static bool binary(struct step *s)
{
	size_t from = s->pos++;

	while (peek(s, 0) >= 0 && isxdigit(peek(s, 0)))
		s->pos++;
	if (peek(s, 0) != '"')
		return false;
	s->pos++;
	sk_buf_put(&s->line, s->in.p + from, s->pos - from);
	return true;
}

static bool number(struct step *s)
{
	size_t from = s->pos;

	while (peek(s, 0) > 0 && (isdigit(peek(s, 0)) || strchr("+-.Ee", peek(s, 0))))
		s->pos++;
	struct sk_slice n = sk_slice_sub(s->in, from, s->pos - from);
	if (!sk_cad_is_real(n))
		return false;
	sk_buf_put_slice(&s->line, n);
	return true;
}

static void list(struct step *s, unsigned depth);

static bool one_value(struct step *s, unsigned depth)
{
	int b;

	skip_space(s);
	b = peek(s, 0);
	if (b == '$' || b == '*')
		return take(s, b);
	if (b == '(') {
		list(s, depth + 1);
		return true;
	}
	if (b == '#')
		return instance(s);
	if (b == '\'')
		return string(s);
	if (b == '"')
		return binary(s);
	if (enumeration(s) || (b > 0 && (isdigit(b) || strchr("+-.", b)) && number(s)))
		return true;
	struct sk_slice word = keyword(s);
	sk_buf_put_slice(&s->line, word);
	if (word.n)
		list(s, depth + 1);
	return word.n > 0;
}

/* Values between parentheses and commas. */
static void list(struct step *s, unsigned depth)
{
	need(s, '(');
	if (depth > DEPTH)
		s->bad = true;
	if (s->bad || take(s, ')'))
		return;
	do {
		if (!one_value(s, depth))
			s->bad = true;
	} while (!s->bad && take(s, ','));
	if (!s->bad)
		need(s, ')');
}

/* To behind the semicolon that ends the statement begun at `from`; strings may hold others. */
static void skip_statement(struct step *s, size_t from)
{
	bool quoted = false;

	s->pos = from;
	for (; s->pos < s->in.n; s->pos++) {
		if (s->in.p[s->pos] == '\'')
			quoted = !quoted;
		if (!quoted && s->in.p[s->pos] == ';')
			break;
	}
	s->pos = s->pos < s->in.n ? s->pos + 1 : s->in.n;
}

/* The statement in `line` is whole, or it goes. */
static void end_statement(struct step *s, size_t from)
{
	if (!s->bad)
		need(s, ';');
	if (s->bad) {
		s->c->damaged++;
		skip_statement(s, from);
	} else if (!s->c->plain) {
		sk_buf_put_slice(s->c->out, sk_buf_slice(&s->line));
		sk_buf_puts(s->c->out, "\r\n");
	}
	if (s->line.err)
		s->c->out->err = s->line.err;
	sk_buf_reset(&s->line);
	s->bad = false;
}

static bool is_listed(struct sk_slice word, const char *const *list)
{
	for (; *list; list++)
		if (sk_slice_is(word, *list))
			return true;
	return false;
}

/* Statements of the header, until its ENDSEC. */
static void header(struct step *s)
{
	static const char *const known[] = {"FILE_DESCRIPTION", "FILE_NAME", "FILE_SCHEMA",
	    "SECTION_LANGUAGE", "SECTION_CONTEXT", NULL};

	while (s->pos < s->in.n && !s->c->out->err) {
		skip_space(s);
		size_t from = s->pos;
		struct sk_slice word = keyword(s);
		if (sk_slice_is(word, "ENDSEC"))
			break;
		if (!is_listed(word, known)) {
			s->c->unknown += from < s->in.n;
			skip_statement(s, from);
			continue;
		}
		sk_buf_put_slice(&s->line, word);
		list(s, 0);
		end_statement(s, from);
	}
}

/* #1=NAME(…); or #1=(A(…)B(…)); */
static void entity(struct step *s)
{
	size_t from = s->pos;

	if (!instance(s))
		s->bad = true;
	need(s, '=');
	if (!s->bad && take(s, '(')) {
		do {
			struct sk_slice word = keyword(s);
			sk_buf_put_slice(&s->line, word);
			s->bad = s->bad || word.n == 0;
			if (!s->bad)
				list(s, 1);
		} while (!s->bad && !take(s, ')'));
	} else if (!s->bad) {
		struct sk_slice word = keyword(s);
		sk_buf_put_slice(&s->line, word);
		s->bad = word.n == 0;
		if (!s->bad)
			list(s, 0);
	}
	end_statement(s, from);
}

/* --- SXF feature comments --- */

static const char *const features[] = {"angular_dim_feature", "arc_feature", "balloon_feature",
    "circle_feature", "clothoid_feature", "composite_curve_org_feature", "curve_dim_feature",
    "diameter_dim_feature", "drawing_attribute_feature", "drawing_sheet_feature",
    "ellipse_arc_feature", "ellipse_feature", "externally_defined_hatch_feature",
    "externally_defined_symbol_feature", "fill_area_style_colour_feature",
    "fill_area_style_hatching_feature", "fill_area_style_tiles_feature", "label_feature",
    "layer_feature", "line_feature", "linear_dim_feature", "point_marker_feature",
    "polyline_feature", "pre_defined_colour_feature", "pre_defined_font_feature",
    "radius_dim_feature", "sfig_locate_feature", "sfig_org_feature", "spline_feature",
    "text_font_feature", "text_string_feature", "user_defined_colour_feature",
    "user_defined_font_feature", "width_feature", NULL};

/* The end of a parameter: a quote (`\'` for texts) before a comma or the closing parenthesis. */
static size_t end_of_param(const struct step *s, size_t at, bool text)
{
	while (at < s->in.n) {
		size_t n = sk_cad_character(s->c, s->in, at);
		struct sk_slice rest = sk_slice_sub(s->in, at, 3);
		bool end = text ? rest.n == 3 && rest.p[0] == '\\' && rest.p[1] == '\''
				: rest.n >= 2 && rest.p[0] == '\'';
		uint8_t next = end ? rest.p[text ? 2 : 1] : 0;
		if (end && (next == ',' || next == ')'))
			return at;
		if (rest.p[0] == '\n' || rest.p[0] == '\r')
			break;
		at += n ? n : 1;
	}
	return SIZE_MAX;
}

/* Whether what was left out brought together what would end the parameter. */
static bool has_end(struct sk_slice s, bool text)
{
	for (size_t i = text; i + 1 < s.n; i++)
		if (s.p[i] == '\'' && (!text || s.p[i - 1] == '\\') &&
		    (s.p[i + 1] == ',' || s.p[i + 1] == ')'))
			return true;
	return false;
}

static void param(struct step *s)
{
	skip_space(s);
	bool text = at_word(s, "\\'");
	size_t from = s->pos + (text ? 2 : 1), end;

	if ((!text && peek(s, 0) != '\'') || (end = end_of_param(s, from, text)) == SIZE_MAX) {
		s->bad = true;
		return;
	}
	sk_buf_puts(&s->line, text ? "\\'" : "'");
	size_t start = s->line.len;
	sk_cad_string(s->c, sk_slice_sub(s->in, from, end - from), SK_CAD_STEP, &s->line);
	struct sk_slice made = sk_slice_sub(sk_buf_slice(&s->line), start, s->line.len);
	if (has_end(made, text))
		s->bad = true;
	if (s->c->plain && text)
		sk_cad_words(s->c, made);
	sk_buf_puts(&s->line, text ? "\\'" : "'");
	s->pos = end + (text ? 2 : 1);
}

static bool feature_line(struct step *s, const char *tag)
{
	if (!instance(s))
		return false;
	sk_buf_putc(&s->line, ' ');
	need(s, '=');
	sk_buf_putc(&s->line, ' ');
	struct sk_slice word = keyword(s);
	if (!is_listed(word, features)) {
		s->c->unknown++;
		return false;
	}
	sk_buf_put_slice(&s->line, word);
	need(s, '(');
	do
		param(s);
	while (!s->bad && take(s, ','));
	if (!s->bad)
		need(s, ')');
	skip_space(s);
	s->c->damaged += s->bad || !at_word(s, tag);
	return !s->bad && at_word(s, tag);
}

/* The version the comment is marked with: SXF, SXF3, SXF3.1. */
static bool feature_tag(struct step *s, char tag[16])
{
	size_t n = 0;

	s->pos += 2;
	while (n < 13 && peek(s, 0) > ' ' && (isalnum(peek(s, 0)) || peek(s, 0) == '.'))
		tag[n++] = (char)s->in.p[s->pos++];
	memcpy(tag + n, "*/", 3);
	return strcmp(tag, "SXF*/") == 0 || strcmp(tag, "SXF3*/") == 0 ||
	       strcmp(tag, "SXF3.1*/") == 0;
}

/* The mark of its beginning, a line, the mark of its end. */
static void feature(struct step *s)
{
	size_t from = s->pos, end;
	char tag[16];
	bool ok = feature_tag(s, tag) && feature_line(s, tag);

	if (ok && !s->c->plain) {
		sk_buf_printf(s->c->out, "/*%.*s\r\n", (int)strlen(tag) - 2, tag);
		sk_buf_put_slice(s->c->out, sk_buf_slice(&s->line));
		sk_buf_printf(s->c->out, "\r\n%s\r\n", tag);
	}
	if (ok) {
		s->pos += strlen(tag);
	} else {
		end = sk_slice_find(s->in, from + 2, SK_SLICE_LIT("*/"));
		s->pos = end == SIZE_MAX ? s->in.n : end + 2;
	}
	sk_buf_reset(&s->line);
	s->bad = false;
}

/* Statements and features of a data section, until its ENDSEC. */
static void data(struct step *s)
{
	for (;;) {
		skip_space(s);
		size_t from = s->pos;
		if (s->pos >= s->in.n || s->c->out->err)
			return;
		if (is_feature_comment(s)) {
			feature(s);
		} else if (peek(s, 0) == '#') {
			entity(s);
		} else {
			bool end = sk_slice_is(keyword(s), "ENDSEC");
			skip_statement(s, from);
			if (end)
				return;
			s->c->unknown++;
		}
	}
}

static void put(struct step *s, const char *line)
{
	if (!s->c->plain)
		sk_buf_puts(s->c->out, line);
}

static void data_section(struct step *s, size_t from)
{
	size_t start = s->c->out->len;

	sk_buf_puts(&s->line, "DATA");
	skip_space(s);
	if (peek(s, 0) == '(')
		list(s, 0);
	end_statement(s, from);
	if (!s->c->plain && s->c->out->len == start)
		put(s, "DATA;\r\n");
	data(s);
	put(s, "ENDSEC;\r\n");
}

/* A section that is not known: to behind its ENDSEC. */
static void skip_section(struct step *s)
{
	while (s->pos < s->in.n) {
		skip_space(s);
		size_t from = s->pos;
		bool end = sk_slice_is(keyword(s), "ENDSEC");
		skip_statement(s, from);
		if (end)
			break;
	}
}

/* One section, or the end of the file. false: that was all. */
static bool section(struct step *s, bool *header_seen)
{
	skip_space(s);
	size_t from = s->pos;
	struct sk_slice word = keyword(s);

	if (s->pos >= s->in.n || s->c->out->err || sk_slice_is(word, "END-ISO-10303-21"))
		return false;
	if (sk_slice_is(word, "HEADER") && !*header_seen) {
		skip_statement(s, from);
		put(s, "HEADER;\r\n");
		header(s);
		skip_statement(s, s->pos);
		put(s, "ENDSEC;\r\n");
		*header_seen = true;
	} else if (sk_slice_is(word, "DATA") && *header_seen) {
		data_section(s, from);
	} else {
		if (sk_slice_is(word, "REFERENCE"))
			s->c->external++;
		else
			s->c->unknown++;
		skip_section(s);
	}
	return true;
}

int sk_cad_step(struct sk_cad *c, struct sk_slice in, bool sfc)
{
	struct step s = {.c = c, .in = in, .features = sfc, .line = SK_BUF(c->out->max)};
	size_t at = sk_slice_find(in, 0, SK_SLICE_LIT("ISO-10303-21"));
	bool header_seen = false;

	if (at == SIZE_MAX)
		return SK_EFORMAT;
	s.pos = at;
	skip_statement(&s, s.pos);
	put(&s, "ISO-10303-21;\r\n");
	while (section(&s, &header_seen))
		continue;
	if (s.pos < in.n)
		skip_statement(&s, s.pos);
	else
		c->damaged++;
	skip_space(&s);
	if (s.pos < in.n)
		sk_job_removed(c->job, SK_GENERIC_TRAILING, 1, "%s", "");
	put(&s, "END-ISO-10303-21;\r\n");
	sk_buf_free(&s.line);
	return header_seen ? c->out->err : SK_EFORMAT;
}
