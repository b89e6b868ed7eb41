/*
 * One content line: name, parameters, value; quoted-printable and the character sets of old telephones are undone
 * here. A line is read once, and in one way. Cleaner's jail.
 */
#include "format/calendar/calendar.h"

#include <ctype.h>
#include <strings.h>

#include "base/utf8.h"
#include "container/digits.h"

bool sk_cal_is(struct sk_slice s, const char *word)
{
	return strlen(word) == s.n && strncasecmp((const char *)s.p, word, s.n) == 0;
}

static bool is_name_byte(uint8_t b)
{
	return isalnum(b) || b == '-';
}

bool sk_cal_is_word(struct sk_slice s)
{
	if (s.n == 0 || s.n > 40)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_name_byte(s.p[i]))
			return false;
	return true;
}

struct sk_slice sk_cal_trim(struct sk_slice s)
{
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = sk_slice_sub(s, 1, s.n);
	while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

struct sk_slice sk_cal_split(struct sk_slice *rest, uint8_t sep, bool escapes)
{
	struct sk_slice s = *rest;
	size_t at = 0;

	while (at < s.n && s.p[at] != sep)
		at += escapes && s.p[at] == '\\' && at + 1 < s.n ? 2 : 1;
	*rest = sk_slice_sub(s, at + 1, s.n);
	return sk_slice_sub(s, 0, at);
}

struct sk_slice sk_cal_param(const struct sk_cal_line *line, const char *name)
{
	for (size_t i = 0; i < line->nparams; i++)
		if (sk_slice_is(line->params[i].name, name))
			return line->params[i].value;
	return sk_slice("", 0);
}

/* Up to `;` or `:` outside quotes. */
static struct sk_slice until_sign(struct sk_slice s, size_t *at)
{
	size_t from = *at;
	bool quoted = false;

	for (; *at < s.n; (*at)++) {
		if (s.p[*at] == '"')
			quoted = !quoted;
		else if (!quoted && (s.p[*at] == ';' || s.p[*at] == ':'))
			break;
	}
	/* A quote that never ends would swallow the value: then it is no quote. */
	if (*at == s.n && quoted)
		for (*at = from; *at < s.n && s.p[*at] != ';' && s.p[*at] != ':';)
			(*at)++;
	return sk_slice_sub(s, from, *at - from);
}

static struct sk_slice capitals(struct sk_job *job, struct sk_slice s)
{
	uint8_t *p = sk_arena_dup(job->arena, s.p, s.n);

	for (size_t i = 0; p && i < s.n; i++)
		p[i] = (uint8_t)toupper(p[i]);
	return sk_slice(p, p ? s.n : 0);
}

/* vCard 2.1 names values without their parameter: what is no encoding is a TYPE. */
static const char *name_of_bare(struct sk_slice value)
{
	static const char *const encodings[] = {"QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT"};

	for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++)
		if (sk_cal_is(value, encodings[i]))
			return "ENCODING";
	return "TYPE";
}

static void add_param(struct sk_job *job, struct sk_cal_line *line, struct sk_slice p)
{
	const uint8_t *eq = p.n ? memchr(p.p, '=', p.n) : NULL;
	struct sk_cal_param *param = &line->params[line->nparams];

	if (line->nparams == SK_CAL_PARAMS || p.n == 0) {
		line->dropped_params = line->dropped_params || p.n;
		return;
	}
	size_t n = eq ? (size_t)(eq - p.p) : 0;
	param->name = eq ? capitals(job, sk_slice_sub(p, 0, n)) : sk_slice_str(name_of_bare(p));
	param->value = eq ? sk_slice_sub(p, n + 1, p.n) : p;
	line->nparams++;
}

/* `item1.TEL`: a name before the dot binds lines together. */
static bool take_name(struct sk_job *job, struct sk_slice s, struct sk_cal_line *line)
{
	const uint8_t *dot = s.n ? memchr(s.p, '.', s.n) : NULL;

	if (dot) {
		line->group = sk_slice(s.p, (size_t)(dot - s.p));
		s = sk_slice_sub(s, line->group.n + 1, s.n);
		if (!sk_cal_is_word(line->group))
			return false;
	}
	line->name = capitals(job, sk_cal_trim(s));
	return sk_cal_is_word(line->name);
}

/* RFC 2045 section 6.7; what is no code stays as it is. */
static struct sk_slice unquote_printable(struct sk_job *job, struct sk_slice s)
{
	uint8_t *p = sk_arena_alloc(job->arena, s.n + 1);
	size_t n = 0;

	for (size_t at = 0; p && at < s.n;)
		p[n++] = sk_hex_byte(s, &at, '=');
	return sk_slice(p, p ? n : 0);
}

/* In UTF-8, kana and kanji take three bytes; shorter sequences may be half-width kana of CP932 by chance. */
static bool surely_utf8(struct sk_slice s)
{
	bool wide = false;

	for (size_t i = 0; i < s.n; i++)
		wide = wide || s.p[i] >= 0xE0;
	return wide && sk_utf8_valid(s);
}

static bool is_ascii(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80 || s.p[i] == 0x1B)
			return false;
	return true;
}

/* What the line says of its character set counts, unless the bytes plainly say another. */
static struct sk_slice to_utf8(
    struct sk_job *job, struct sk_slice s, struct sk_slice label, enum sk_charset file)
{
	enum sk_charset cs = sk_charset_by_name(label);
	struct sk_buf b = SK_BUF(s.n * 4 + 16);
	uint32_t bad = 0;

	if (is_ascii(s) || surely_utf8(s) || (cs == SK_CS_COUNT && sk_utf8_valid(s)))
		return s;
	if (cs == SK_CS_COUNT || cs == SK_CS_UTF8)
		cs = file == SK_CS_UTF8 ? sk_charset_detect(s) : file;
	(void)sk_charset_to_utf8(cs, s, &b, &bad);
	if (bad)
		sk_job_removed(job, SK_TEXT_INVALID, bad, "%s", sk_charset_name(cs));
	void *p = sk_arena_dup(job->arena, b.p, b.len);
	s = sk_slice(p, p ? b.len : 0);
	sk_buf_free(&b);
	return s;
}

/* What is read must be what is written in the end: characters that never pass go before anything is decided by them. */
static struct sk_slice filtered(
    struct sk_job *job, struct sk_slice s, struct sk_text_counts *counts)
{
	struct sk_buf b = SK_BUF(s.n * 4 + 16);
	bool plain = true;

	for (size_t i = 0; i < s.n && plain; i++)
		plain = s.p[i] >= 0x20 && s.p[i] < 0x7F;
	if (plain)
		return s;
	(void)sk_text_filter(s, &b, counts);
	if (b.len != s.n || memcmp(b.p, s.p, s.n) != 0) {
		void *p = sk_arena_dup(job->arena, b.p, b.len);
		s = sk_slice(p, p ? b.len : 0);
	}
	sk_buf_free(&b);
	return s;
}

/* Names of people in parameters have the character set of the line. */
static void decode(struct sk_job *job, struct sk_cal_line *line, enum sk_charset file,
    struct sk_text_counts *counts)
{
	struct sk_slice label = sk_cal_param(line, "CHARSET");

	for (size_t i = 0; i < line->nparams; i++)
		line->params[i].value =
		    filtered(job, to_utf8(job, line->params[i].value, label, file), counts);
	if (sk_cal_is(sk_cal_param(line, "ENCODING"), "QUOTED-PRINTABLE"))
		line->value = unquote_printable(job, line->value);
	line->value = filtered(job, to_utf8(job, line->value, label, file), counts);
}

bool sk_cal_parse(struct sk_job *job, struct sk_slice raw, enum sk_charset file,
    struct sk_text_counts *counts, struct sk_cal_line *line)
{
	size_t at = 0;
	struct sk_slice name = until_sign(raw, &at);

	memset(line, 0, offsetof(struct sk_cal_line, params));
	line->nparams = 0;
	line->dropped_params = false;
	if (at == raw.n || !take_name(job, name, line))
		return false;
	while (at < raw.n && raw.p[at] == ';') {
		at++;
		add_param(job, line, sk_cal_trim(until_sign(raw, &at)));
	}
	if (at == raw.n)
		return false;
	line->value = sk_slice_sub(raw, at + 1, raw.n);
	decode(job, line, file, counts);
	return true;
}
