/* The words of a mail: decoded, flowed lines joined (RFC 3676), filtered, compared. Cleaner's jail. */
#include "format/mail/body.h"

#include <strings.h>

#include "format/mail/compose.h"
#include "format/text/text.h"

static struct sk_slice next_line(struct sk_slice in, size_t *at)
{
	const uint8_t *lf = *at < in.n ? memchr(in.p + *at, '\n', in.n - *at) : NULL;
	size_t from = *at, end = lf ? (size_t)(lf - in.p) : in.n;

	*at = lf ? end + 1 : end;
	if (lf && end > from && in.p[end - 1] == '\r')
		end--;
	return sk_slice_sub(in, from, end - from);
}

static size_t quote_depth(struct sk_slice l)
{
	size_t n = 0;

	while (n < l.n && l.p[n] == '>')
		n++;
	return n;
}

/* A line whose last blank says that the paragraph goes on; a signature's dashes do not. */
static bool flows(struct sk_slice content)
{
	return content.n && content.p[content.n - 1] == ' ' && !sk_slice_is(content, "-- ");
}

static void unflow(struct sk_slice in, bool delete_space, struct sk_buf *out)
{
	bool open = false;
	size_t depth = 0;

	for (size_t at = 0; at < in.n && !out->err;) {
		struct sk_slice l = next_line(in, &at);
		size_t q = quote_depth(l);
		struct sk_slice text = sk_slice_sub(l, q, l.n);
		if (text.n && text.p[0] == ' ')
			text = sk_slice_sub(text, 1, text.n); /* stuffed by the sender */
		bool on = open && q == depth && !sk_slice_is(text, "-- ");
		if (open && !on)
			sk_buf_puts(out, "\n");
		if (!on) {
			sk_buf_fill(out, '>', q);
			sk_buf_puts(out, q ? " " : "");
		}
		open = flows(text);
		depth = q;
		sk_buf_put(out, text.p, text.n - (open && delete_space));
		sk_buf_puts(out, open ? "" : "\n");
	}
	sk_buf_puts(out, open ? "\n" : "");
}

static bool param_is(
    struct sk_mail *m, const struct sk_part *p, const char *name, const char *value)
{
	bool again = false;
	char *v = p->type.n ? sk_param(m, p->type, name, &again) : NULL;

	return v && sk_name_eq(sk_slice_str(v), value);
}

/* What a page says about itself, in its first bytes (HTML, "prescan"); an empty slice where it says nothing. */
static struct sk_slice page_charset(struct sk_slice page)
{
	struct sk_slice head = sk_slice_sub(page, 0, 1024);
	size_t at = 0, end;

	while (at + 8 < head.n && strncasecmp((const char *)head.p + at, "charset=", 8) != 0)
		at++;
	if (at + 8 >= head.n)
		return sk_slice("", 0);
	at += 8U + (head.p[at + 8] == '"' || head.p[at + 8] == '\'');
	for (end = at; end < head.n && head.p[end] > ' ' && !strchr("\"'>;/", head.p[end]);)
		end++;
	struct sk_slice name = sk_slice_sub(head, at, end - at);
	return sk_name_eq(name, "utf-7") ? sk_slice("", 0) : name; /* no browser knows it */
}

int sk_body_decode(struct sk_mail *m, struct sk_part *p, struct sk_slice data, struct sk_buf *out)
{
	bool again = false,
	     flowed = strcmp(p->kind, "text/plain") == 0 && param_is(m, p, "format", "flowed");
	const char *label = p->charset  ? p->charset
			    : p->type.n ? sk_param(m, p->type, "charset", &again)
					: "";
	struct sk_buf lines = SK_BUF(out->max);
	uint32_t bad = 0;

	if (again)
		sk_job_removed(m->job, SK_MAIL_AMBIGUOUS, 1, "%s", "second charset");
	struct sk_slice set = sk_slice_str(label ? label : "");
	if (set.n == 0 && strcmp(p->kind, "text/html") == 0)
		set = page_charset(data);
	int rc = sk_mail_to_utf8(set, data, flowed ? &lines : out, &bad);
	if (bad)
		sk_job_removed(m->job, SK_TEXT_INVALID, bad, "%s", "text");
	if (rc == 0 && flowed)
		unflow(sk_buf_slice(&lines), param_is(m, p, "delsp", "yes"), out);
	sk_buf_free(&lines);
	return rc ? rc : out->err;
}

/* Every line end, also CR alone, becomes CR LF. */
static int put_lines(struct sk_slice in, struct sk_buf *out)
{
	sk_buf_reserve(out, in.n + in.n / 32 + 16);
	for (size_t at = 0, from; at < in.n && !out->err;) {
		for (from = at; at < in.n && in.p[at] != '\r' && in.p[at] != '\n';)
			at++;
		sk_buf_put(out, in.p + from, at - from);
		if (at >= in.n)
			break;
		at += in.p[at] == '\r' && at + 1 < in.n && in.p[at + 1] == '\n' ? 2 : 1;
		sk_buf_puts(out, "\r\n");
	}
	return out->err;
}

int sk_body_lines(struct sk_mail *m, struct sk_slice utf8, struct sk_buf *out)
{
	struct sk_buf filtered = SK_BUF(out->max);
	struct sk_text_counts counts = {0};
	int rc = sk_text_filter(utf8, &filtered, &counts);

	sk_text_report(m->job, &counts, "text");
	if (rc == 0)
		rc = put_lines(sk_buf_slice(&filtered), out);
	sk_buf_free(&filtered);
	return rc;
}

/* --- comparing --- */

#define SHINGLE 6 /* bytes: two kanji, a word */
#define BITS ((size_t)1 << 20)
#define SHORT 12 /* bytes: too little to compare */

/* Letters and digits only: programs differ in blanks, marks and quoting. */
static char *bare(struct sk_mail *m, struct sk_slice s, size_t *n)
{
	char *out = sk_arena_alloc(m->arena, s.n + 1);
	size_t len = 0;

	for (size_t i = 0; out && i < s.n; i++) {
		uint8_t b = s.p[i], low = b | 0x20;
		if (b >= 0x80 || (b >= '0' && b <= '9'))
			out[len++] = (char)b;
		else if (low >= 'a' && low <= 'z')
			out[len++] = (char)low;
	}
	*n = len;
	return out;
}

static size_t slot(const char *p)
{
	uint32_t h = 2166136261U;

	for (size_t i = 0; i < SHINGLE; i++)
		h = (h ^ (uint8_t)p[i]) * 16777619U;
	return (h ^ h >> 12) & (BITS - 1);
}

/* How much of `a` occurs in `b`, in percent. */
static unsigned share(struct sk_mail *m, const char *a, size_t na, const char *b, size_t nb)
{
	uint8_t *seen = m->seen ? m->seen : sk_arena_alloc(m->arena, BITS / 8);
	size_t hits = 0;

	if (seen == NULL)
		return 100;
	m->seen = seen;
	memset(seen, 0, BITS / 8);
	for (size_t i = 0; i + SHINGLE <= nb; i++)
		seen[slot(b + i) / 8] |= (uint8_t)(1U << slot(b + i) % 8);
	for (size_t i = 0; i + SHINGLE <= na; i++)
		hits += seen[slot(a + i) / 8] >> slot(a + i) % 8 & 1;
	return (unsigned)(hits * 100 / (na - SHINGLE + 1));
}

bool sk_body_differs(struct sk_mail *m, struct sk_slice plain, struct sk_slice page)
{
	size_t na, nb;
	char *a = bare(m, plain, &na), *b = bare(m, page, &nb);

	if (a == NULL || b == NULL || na < SHORT || nb < SHORT)
		return false;
	return share(m, a, na, b, nb) < 50 && share(m, b, nb, a, na) < 50;
}
