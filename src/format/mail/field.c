/*
 * Words of fields: encoded words (RFC 2047), parameters (RFC 2045, and RFC 2231 with its pieces), and what programs of
 * Japan write instead: raw Shift_JIS, encoded words in quotes, characters cut between two words. Cleaner's jail.
 */
#include "format/mail/mail.h"

#include <strings.h>

#include "container/digits.h"
#include "format/text/filter.h"

#define TEXT_MAX ((size_t)4 << 20)
#define PIECES 200              /* of one parameter */
#define WORD_MAX ((size_t)8192) /* RFC 2047 allows 75; programs write whole subjects */

static bool is_blank(uint8_t b)
{
	return b == ' ' || b == '\t' || b == '\r' || b == '\n';
}

/* --- encoded words --- */

struct word {
	struct sk_slice charset, text;
	uint8_t how; /* 'b' or 'q' */
	size_t end;
};

/* =?charset*language?B?text?= at `at`. */
static bool read_word(struct sk_slice s, size_t at, struct word *w)
{
	size_t i = at + 2, from = i;

	if (!sk_slice_starts(sk_slice_sub(s, at, 2), SK_SLICE_LIT("=?")))
		return false;
	while (i < s.n && s.p[i] != '?' && s.p[i] != '*' && s.p[i] > ' ' && i - from < 64)
		i++;
	w->charset = sk_slice_sub(s, from, i - from);
	while (i < s.n && s.p[i] != '?' && s.p[i] > ' ')
		i++;
	if (i + 3 >= s.n || s.p[i] != '?' || s.p[i + 2] != '?' || w->charset.n == 0)
		return false;
	w->how = s.p[i + 1] | 0x20;
	struct sk_slice rest = sk_slice_sub(s, i + 3, WORD_MAX);
	size_t n = sk_slice_find(rest, 0, SK_SLICE_LIT("?="));
	if ((w->how != 'b' && w->how != 'q') || n == SIZE_MAX)
		return false;
	w->text = sk_slice_sub(rest, 0, n);
	w->end = i + 3 + n + 2;
	return true;
}

static bool same_label(struct sk_slice a, struct sk_slice b)
{
	for (size_t i = 0; a.n == b.n && i < a.n; i++)
		if ((a.p[i] | 0x20) != (b.p[i] | 0x20))
			return false;
	return a.n == b.n;
}

/*
 * All encoded words from *at that follow one another in one character set. Their bytes are joined before they are
 * read, as characters and escape sequences are often cut in two by programs that count bytes.
 */
static void read_run(struct sk_slice s, size_t *at, struct sk_buf *out, uint32_t *bad)
{
	struct sk_buf bytes = SK_BUF(TEXT_MAX);
	struct word w, first;
	unsigned odd = 0;

	if (!read_word(s, *at, &w))
		return;
	first = w;
	for (;;) {
		if (w.how == 'b')
			(void)sk_unbase64(w.text, &bytes, &odd);
		else
			(void)sk_unquote(w.text, true, &bytes, &odd);
		*at = w.end;
		size_t next = w.end;
		while (next < s.n && is_blank(s.p[next]))
			next++;
		if (!read_word(s, next, &w))
			break;
		*at = next; /* blanks between encoded words are none */
		if (!same_label(w.charset, first.charset))
			break;
	}
	(void)sk_mail_to_utf8(first.charset, sk_buf_slice(&bytes), out, bad);
	sk_buf_free(&bytes);
}

static void read_words(struct sk_slice s, struct sk_buf *out, uint32_t *bad)
{
	for (size_t at = 0; at < s.n && !out->err;) {
		struct word w;
		size_t from = at;
		while (at < s.n && !read_word(s, at, &w)) {
			size_t next = sk_slice_find(s, at + 1, SK_SLICE_LIT("=?"));
			at = next == SIZE_MAX ? s.n : next;
		}
		(void)sk_mail_to_utf8(sk_slice("", 0), sk_slice_sub(s, from, at - from), out, bad);
		if (at < s.n)
			read_run(s, &at, out, bad);
	}
}

/* One line: what ends lines or moves the pen is a space; a run of them is one; none at the ends. */
static char *one_line(struct sk_mail *m, struct sk_slice s)
{
	char *line = sk_arena_alloc(m->arena, s.n + 1);
	size_t n = 0;

	if (line == NULL)
		return NULL;
	for (size_t i = 0; i < s.n; i++) {
		bool blank = is_blank(s.p[i]);
		if (blank && (n == 0 || line[n - 1] == ' '))
			continue;
		line[n++] = blank ? ' ' : (char)s.p[i];
	}
	line[n - (n && line[n - 1] == ' ')] = '\0';
	return line;
}

char *sk_words_text(struct sk_mail *m, struct sk_slice raw, bool plain, const char *where)
{
	struct sk_buf utf8 = SK_BUF(TEXT_MAX), clean = SK_BUF(TEXT_MAX);
	struct sk_text_counts counts = {0};
	uint32_t bad = 0;

	if (plain)
		sk_buf_put_slice(&utf8, raw);
	else
		read_words(raw, &utf8, &bad);
	char *line = one_line(m, sk_buf_slice(&utf8));
	if (line)
		(void)sk_text_filter(sk_slice_str(line), &clean, &counts);
	char *text = line ? one_line(m, sk_buf_slice(&clean)) : NULL;
	counts.invalid += bad && !counts.invalid ? bad : 0;
	sk_text_report(m->job, &counts, where);
	if (clean.err || utf8.err)
		text = NULL;
	sk_buf_free(&utf8);
	sk_buf_free(&clean);
	return text;
}

char *sk_field_text(struct sk_mail *m, const struct sk_field *f, const char *where)
{
	return sk_words_text(m, f->value, f->plain, where);
}

/* --- parameters --- */

struct piece {
	struct sk_slice value;
	bool quoted, extended, used;
};

/* A quoted string or a token at *at, without its quotes; backslashes are still there. */
static struct sk_slice read_value(struct sk_slice s, size_t *at, bool *quoted)
{
	size_t from = *at, end = from;

	*quoted = from < s.n && s.p[from] == '"';
	if (*quoted) {
		for (end = ++from; end < s.n && s.p[end] != '"'; end++)
			/* A backslash may also be the second byte of a character of Shift_JIS. */
			if (s.p[end] == '\\' && end + 1 < s.n &&
			    (s.p[end + 1] == '"' || s.p[end + 1] == '\\'))
				end++;
		end = end > s.n ? s.n : end;
		*at = end < s.n ? end + 1 : end;
		return sk_slice_sub(s, from, end - from);
	}
	while (end < s.n && s.p[end] != ';')
		end++;
	*at = end;
	while (end > from && is_blank(s.p[end - 1]))
		end--;
	return sk_slice_sub(s, from, end - from);
}

/* name*12* of RFC 2231: whether it is the parameter `name`, which piece (-1: not in pieces), and whether encoded. */
static bool is_parameter(struct sk_slice have, const char *name, int *index, bool *extended)
{
	size_t n = strlen(name), i = n;

	if (have.n < n || !sk_name_eq(sk_slice_sub(have, 0, n), name))
		return false;
	*index = -1;
	*extended = false;
	if (i < have.n && have.p[i] == '*' && i + 1 < have.n && have.p[i + 1] >= '0' &&
	    have.p[i + 1] <= '9') {
		*index = 0;
		for (i++; i < have.n && have.p[i] >= '0' && have.p[i] <= '9' && *index < PIECES;
		     i++)
			*index = *index * 10 + (have.p[i] - '0');
	}
	if (i < have.n && have.p[i] == '*') {
		*extended = true;
		i++;
	}
	return i == have.n && *index < PIECES;
}

struct found {
	struct piece plain, extended, pieces[PIECES];
	bool again;
};

static void keep(struct piece *p, struct piece new, bool *again)
{
	if (p->used) {
		*again = *again || !sk_slice_eq(p->value, new.value);
		return;
	}
	*p = new;
}

static size_t skip_comment(struct sk_slice s, size_t at)
{
	unsigned open = 0;

	for (; at < s.n; at++) {
		if (s.p[at] == '(')
			open++;
		else if (s.p[at] == ')' && --open == 0)
			return at + 1;
		else if (s.p[at] == '\\')
			at++;
	}
	return s.n;
}

static size_t skip_blanks(struct sk_slice s, size_t at)
{
	for (;;) {
		while (at < s.n && is_blank(s.p[at]))
			at++;
		if (at >= s.n || s.p[at] != '(')
			return at < s.n ? at : s.n;
		at = skip_comment(s, at);
	}
}

/* All parameters of this name. They begin behind the first semicolon. */
static void collect(struct sk_slice s, const char *name, struct found *f)
{
	size_t at = 0;

	while (at < s.n && s.p[at] != ';')
		at++;
	while (at < s.n) {
		at = skip_blanks(s, at + 1);
		size_t from = at;
		while (at < s.n && s.p[at] != '=' && s.p[at] != ';' && !is_blank(s.p[at]))
			at++;
		struct sk_slice have = sk_slice_sub(s, from, at - from);
		at = skip_blanks(s, at);
		if (at >= s.n || s.p[at] != '=') {
			while (at < s.n && s.p[at] != ';')
				at++;
			continue;
		}
		at = skip_blanks(s, at + 1);
		struct piece p = {.used = true};
		int index;
		p.value = read_value(s, &at, &p.quoted);
		if (is_parameter(have, name, &index, &p.extended))
			keep(index >= 0   ? &f->pieces[index]
			     : p.extended ? &f->extended
					  : &f->plain,
			    p, &f->again);
		while (at < s.n && s.p[at] != ';')
			at++;
	}
}

static void put_percent(struct sk_slice s, struct sk_buf *out)
{
	for (size_t at = 0; at < s.n;)
		sk_buf_putc(out, sk_hex_byte(s, &at, '%'));
}

static void put_unescaped(const struct piece *p, struct sk_buf *out)
{
	for (size_t i = 0; i < p->value.n; i++) {
		if (p->quoted && p->value.p[i] == '\\' && i + 1 < p->value.n &&
		    (p->value.p[i + 1] == '"' || p->value.p[i + 1] == '\\'))
			i++;
		if (p->value.p[i] != '\r' && p->value.p[i] != '\n')
			sk_buf_putc(out, p->value.p[i]);
	}
}

/* charset'language' in front of an encoded value; false when it is not there. */
static bool take_charset(struct sk_slice *value, struct sk_slice *charset)
{
	size_t one = sk_slice_find(*value, 0, SK_SLICE_LIT("'"));
	size_t two = one == SIZE_MAX ? SIZE_MAX : sk_slice_find(*value, one + 1, SK_SLICE_LIT("'"));

	if (two == SIZE_MAX)
		return false;
	*charset = sk_slice_sub(*value, 0, one);
	*value = sk_slice_sub(*value, two + 1, value->n);
	return true;
}

/* RFC 2231: the pieces' bytes are joined before they are read, as some cut characters in two. */
static void put_extended(struct found *f, struct sk_buf *out)
{
	struct sk_slice charset = {0};
	struct sk_buf bytes = SK_BUF(TEXT_MAX);
	bool whole = f->extended.used;
	uint32_t bad = 0;

	for (int i = 0; i < (whole ? 1 : PIECES); i++) {
		struct piece *p = whole ? &f->extended : &f->pieces[i];
		if (!p->used)
			break;
		if (i == 0 && p->extended)
			(void)take_charset(&p->value, &charset);
		if (p->extended)
			put_percent(p->value, &bytes);
		else
			put_unescaped(p, &bytes);
	}
	/* Some write encoded words into the pieces. */
	if (sk_slice_starts(sk_buf_slice(&bytes), SK_SLICE_LIT("=?")) && charset.n == 0)
		read_words(sk_buf_slice(&bytes), out, &bad);
	else
		(void)sk_mail_to_utf8(charset, sk_buf_slice(&bytes), out, &bad);
	sk_buf_free(&bytes);
}

static char *param_text(struct sk_mail *m, struct found *f, bool extended)
{
	struct sk_buf raw = SK_BUF(TEXT_MAX), out = SK_BUF(TEXT_MAX);
	uint32_t bad = 0;

	if (extended) {
		put_extended(f, &out);
	} else {
		put_unescaped(&f->plain, &raw);
		read_words(sk_buf_slice(&raw), &out, &bad);
	}
	char *text = sk_arena_str(m->arena, sk_buf_slice(&out));
	sk_buf_free(&raw);
	sk_buf_free(&out);
	return text;
}

static bool has_extended(const struct found *f)
{
	return f->extended.used || f->pieces[0].used;
}

char *sk_param(struct sk_mail *m, struct sk_slice value, const char *name, bool *again)
{
	struct found f = {0};

	collect(value, name, &f);
	*again = f.again;
	return has_extended(&f) || f.plain.used ? param_text(m, &f, has_extended(&f)) : NULL;
}

/* --- what is asked of a part --- */

/* All names that a program could take, the one that is taken first. */
struct names {
	char *all[4];
	size_t n;
	bool again;
};

static void add_names(
    struct sk_mail *m, const struct sk_field *field, const char *param, struct names *names)
{
	struct found f = {0};

	if (field == NULL)
		return;
	collect(field->value, param, &f);
	names->again = names->again || f.again;
	for (int extended = 1; extended >= 0; extended--) {
		bool there = extended ? has_extended(&f) : f.plain.used;
		char *text = there ? param_text(m, &f, extended) : NULL;
		if (text && *text)
			names->all[names->n++] = text;
	}
}

static const char *extension(const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t n = dot ? strlen(dot) : 0;

	return n > 1 && n <= 8 ? dot : "";
}

/* jpg and jpeg are one kind. */
static bool same_kind(const char *one, const char *other)
{
	if (*extension(one) == '\0' || *extension(other) == '\0' ||
	    strcasecmp(extension(one), extension(other)) == 0)
		return true;
	for (int t = SK_FT_UNKNOWN + 1; t < SK_FT_COUNT; t++)
		if (sk_filetype_fits((enum sk_filetype)t, one) &&
		    sk_filetype_fits((enum sk_filetype)t, other))
			return true;
	return false;
}

char *sk_part_name(struct sk_mail *m, const struct sk_part *p, bool *torn)
{
	struct names names = {0};

	*torn = false;
	if (p->name)
		return sk_arena_str(m->arena, sk_slice_str(p->name));
	add_names(m, sk_part_get(p, "Content-Disposition"), "filename", &names);
	add_names(m, sk_part_get(p, "Content-Type"), "name", &names);
	*torn = names.again;
	for (size_t i = 1; i < names.n; i++)
		*torn = *torn || !same_kind(names.all[0], names.all[i]);
	return names.n ? names.all[0] : NULL;
}

struct sk_slice sk_part_id(const struct sk_part *p)
{
	const struct sk_field *f = sk_part_get(p, "Content-ID");
	struct sk_slice v = p->id ? sk_slice_str(p->id) : f ? f->value : sk_slice("", 0);

	if (v.n > 2 && v.p[0] == '<' && v.p[v.n - 1] == '>')
		v = sk_slice_sub(v, 1, v.n - 2);
	for (size_t i = 0; i < v.n; i++)
		if (!((v.p[i] >= '0' && v.p[i] <= '9') ||
			((v.p[i] | 0x20) >= 'a' && (v.p[i] | 0x20) <= 'z') ||
			(v.p[i] && strchr("!#$&'*+-./=?^_`{|}~@", v.p[i]))))
			return sk_slice("", 0);
	return v.n <= SK_LIMIT_MAIL_ID ? v : sk_slice("", 0);
}
