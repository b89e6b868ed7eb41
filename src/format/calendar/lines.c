/*
 * Content lines out of a file (RFC 5545 section 3.1, RFC 6350 section 3.2; vCard 2.1 section 2.1.3). Unfolding comes
 * before everything else: writers fold inside characters. Cleaner's jail.
 */
#include "format/calendar/calendar.h"

#include <strings.h>

static bool says_quoted(struct sk_slice param)
{
	return sk_cal_is(param, "QUOTED-PRINTABLE") ||
	       sk_cal_is(param, "ENCODING=QUOTED-PRINTABLE");
}

/* The line ends by LF, CR LF or CR. Returns the offset behind it. */
static size_t physical(struct sk_slice in, size_t at, struct sk_slice *line)
{
	size_t end = at;

	while (end < in.n && in.p[end] != '\n' && in.p[end] != '\r')
		end++;
	*line = sk_slice_sub(in, at, end - at);
	if (end < in.n && in.p[end++] == '\r' && end < in.n && in.p[end] == '\n')
		end++;
	return end;
}

#define NAME_MOST 512 /* of a line before its value, where it is looked for an encoding */

/* Whether a line is quoted-printable and goes on behind a soft line break. */
static bool soft_break(struct sk_slice line)
{
	bool quoted = false, found = false;
	size_t from = 0;

	if (line.n == 0 || line.p[line.n - 1] != '=')
		return false;
	for (size_t i = 0; i < line.n && i < NAME_MOST; i++) {
		if (line.p[i] == '"')
			quoted = !quoted;
		if (quoted || (line.p[i] != ';' && line.p[i] != ':'))
			continue;
		found = found || says_quoted(sk_slice_sub(line, from, i - from));
		if (line.p[i] == ':')
			return found;
		from = i + 1;
	}
	return false;
}

static int add(struct sk_job *job, struct sk_cal_lines *lines, struct sk_slice line)
{
	if (line.n == 0)
		return 0;
	struct sk_slice *p =
	    sk_arena_grow(job->arena, lines->line, &lines->cap, lines->count + 1, sizeof(*p));
	if (p == NULL)
		return SK_ENOMEM;
	lines->line = p;
	lines->line[lines->count++] = line;
	return 0;
}

/* vCard 2.1 and vCalendar 1.0 fold at white space and keep it. */
static bool old_version(struct sk_slice line, bool before)
{
	if (line.n < 8 || strncasecmp((const char *)line.p, "VERSION:", 8) != 0)
		return before;
	struct sk_slice v = sk_cal_trim(sk_slice_sub(line, 8, line.n));
	return sk_slice_is(v, "2.1") || sk_slice_is(v, "1.0");
}

static int unfold(struct sk_job *job, struct sk_slice in, struct sk_cal_lines *lines)
{
	uint8_t *text = sk_arena_alloc(job->arena, in.n + 1);
	size_t n = 0, start = 0;
	bool soft = false, old = false;
	int rc = text ? 0 : SK_ENOMEM;

	for (size_t at = 0; at < in.n && rc == 0;) {
		struct sk_slice p;
		bool folded = at > 0 && (in.p[at] == ' ' || in.p[at] == '\t');
		at = physical(in, at, &p);
		if (soft) {
			n--;
		} else if (folded) {
			p = sk_slice_sub(p, old ? 0 : 1, p.n);
		} else {
			old = old_version(sk_slice(text + start, n - start), old);
			rc = add(job, lines, sk_slice(text + start, n - start));
			start = n;
		}
		if (p.n)
			memcpy(text + n, p.p, p.n);
		n += p.n;
		soft = soft_break(sk_slice(text + start, n - start));
	}
	return rc ? rc : add(job, lines, sk_slice(text + start, n - start));
}

static bool is_line(struct sk_slice line, const char *begin)
{
	size_t n = strlen(begin);

	return line.n > n && strncasecmp((const char *)line.p, begin, n) == 0;
}

static struct sk_slice name_of(struct sk_slice line)
{
	const uint8_t *colon = memchr(line.p, ':', line.n);
	return sk_cal_trim(sk_slice(colon + 1, line.n - (size_t)(colon + 1 - line.p)));
}

/* The END closes the innermost BEGIN of its name; those inside it that are still open have none. */
static void close_component(
    struct sk_cal_lines *l, const uint32_t *open, size_t *depth, uint32_t end)
{
	struct sk_slice name = name_of(l->line[end]);

	for (size_t d = *depth; d > 0; d--) {
		struct sk_slice other = name_of(l->line[open[d - 1]]);
		if (other.n != name.n ||
		    strncasecmp((const char *)other.p, (const char *)name.p, name.n) != 0)
			continue;
		l->partner[open[d - 1]] = end + 1;
		*depth = d - 1;
		return;
	}
}

static int find_partners(struct sk_job *job, struct sk_cal_lines *l)
{
	uint32_t open[SK_CAL_DEPTH];
	size_t depth = 0;

	l->partner = sk_arena_array(job->arena, l->count + 1, sizeof(*l->partner));
	if (l->partner == NULL || l->count >= UINT32_MAX)
		return SK_ENOMEM;
	for (uint32_t i = 0; i < l->count; i++) {
		if (is_line(l->line[i], "BEGIN:")) {
			/* Deeper ones are never written; that they stay without an end skips only them. */
			if (depth < SK_CAL_DEPTH)
				open[depth++] = i;
		} else if (is_line(l->line[i], "END:")) {
			close_component(l, open, &depth, i);
		}
	}
	return 0;
}

int sk_cal_read(struct sk_job *job, struct sk_slice in, struct sk_cal_lines *lines)
{
	enum sk_charset cs = sk_charset_detect(in);
	struct sk_buf utf8 = SK_BUF(SK_LIMIT_OUTPUT);
	uint32_t bad = 0;
	int rc = 0;

	*lines = (struct sk_cal_lines){.charset = cs};
	/* In these, bytes of characters look like the signs that separate: they are decoded first. */
	if (cs != SK_CS_UTF8 && cs != SK_CS_CP932 && cs != SK_CS_EUCJP && cs != SK_CS_LATIN1) {
		rc = sk_charset_to_utf8(cs, in, &utf8, &bad);
		in = sk_slice(sk_arena_dup(job->arena, utf8.p, utf8.len), utf8.len);
		lines->charset = SK_CS_UTF8;
		sk_buf_free(&utf8);
		if (in.p == NULL)
			rc = SK_ENOMEM;
	} else if (sk_slice_starts(in, SK_SLICE_LIT("\xEF\xBB\xBF"))) {
		in = sk_slice_sub(in, 3, in.n);
	}
	if (bad)
		sk_job_removed(job, SK_TEXT_INVALID, bad, "%s", sk_charset_name(cs));
	if (rc == 0)
		rc = unfold(job, in, lines);
	return rc ? rc : find_partners(job, lines);
}
