/*
 * The characters of cleaned text (doc/profiles/text.md, section 1). Two passes: the first drops
 * what is never allowed, the second, only where it is needed, what is allowed between certain
 * neighbours. Cleaner's jail.
 */
#include "format/text/filter.h"

#include "base/letters.h"
#include "base/utf8.h"

#define MARKS_MAX 8

static const struct sk_letters bidi[] = {
    {0x61C, 0x61C},
    {0x200E, 0x200F},
    {0x202A, 0x202E},
    {0x2066, 0x2069},
};
static const struct sk_letters invisible[] = {
    {0xAD, 0xAD},
    {0x34F, 0x34F},
    {0x115F, 0x1160},
    {0x17B4, 0x17B5},
    {0x180B, 0x180E},
    {0x200B, 0x200B},
    {0x2060, 0x2065},
    {0x206A, 0x206F},
    {0x3164, 0x3164},
    {0xFEFF, 0xFEFF},
    {0xFFA0, 0xFFA0},
    {0xFFF9, 0xFFFB},
    {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A},
    {0xE0000, 0xE00FF},
    {0xE01F0, 0xE0FFF},
};
/* Scripts that need the joiners to be written right: Arabic, Indic, Myanmar, Khmer, Mongolian. */
static const struct sk_letters joining[] = {
    {0x600, 0x8FF},
    {0x900, 0xDFF},
    {0x1000, 0x109F},
    {0x1780, 0x17FF},
    {0x1800, 0x180A},
    {0x1810, 0x18AF},
    {0xA840, 0xA87F},
    {0x10D00, 0x10D3F},
    {0x11000, 0x114FF},
};
static const struct sk_letters picture[] = {{0x2190, 0x2BFF}, {0x1F000, 0x1FAFF}};
static bool is_selector(uint32_t cp)
{
	return (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF);
}

static bool is_joiner(uint32_t cp)
{
	return cp == 0x200C || cp == 0x200D;
}

static bool is_nonchar(uint32_t cp)
{
	return (cp >= 0xFDD0 && cp <= 0xFDEF) || (cp & 0xFFFE) == 0xFFFE;
}

/* ECMA-48: parameters, intermediates, one final byte. Returns the offset behind what belongs to it.
 */
static size_t skip_csi(struct sk_slice in, size_t at)
{
	while (at < in.n && in.p[at] >= 0x20 && in.p[at] < 0x40)
		at++;
	return at < in.n && in.p[at] >= 0x40 && in.p[at] < 0x7F ? at + 1 : at;
}

/* A string of a terminal (title, clipboard) ends by BEL or ESC \; an endless one at the end of the
 * line. */
static size_t skip_string(struct sk_slice in, size_t at)
{
	for (; at < in.n && in.p[at] != '\n' && in.p[at] != '\r'; at++) {
		if (in.p[at] == 7)
			return at + 1;
		if (in.p[at] == 0x1B)
			return at + 1 < in.n && in.p[at + 1] == '\\' ? at + 2 : at;
	}
	return at;
}

/* The offset behind the escape sequence whose ESC stands at `at`. */
static size_t skip_escape(struct sk_slice in, size_t at)
{
	uint8_t b = ++at < in.n ? in.p[at] : 0;

	if (b == '[')
		return skip_csi(in, at + 1);
	if (b == ']' || b == 'P' || b == 'X' || b == '^' || b == '_')
		return skip_string(in, at + 1);
	while (at < in.n && in.p[at] >= 0x20 && in.p[at] < 0x30)
		at++;
	return at < in.n && in.p[at] >= 0x30 && in.p[at] < 0x7F ? at + 1 : at;
}

/* Control characters; returns the offset behind what goes with them. */
static size_t drop_control(
    struct sk_slice in, size_t at, size_t next, uint32_t cp, struct sk_text_counts *c)
{
	if (cp == 0x1B) {
		c->escape++;
		return skip_escape(in, at);
	}
	if (cp == 0x9B || cp == 0x9D || cp == 0x90) {
		c->escape++;
		return cp == 0x9B ? skip_csi(in, next) : skip_string(in, next);
	}
	c->control++;
	return next;
}

/*
 * The bytes from `at` that are never looked at closer: printable ASCII, line ends, and whole sequences for
 * U+3000 to U+9FFF (lead bytes E3 to E9) but the two combining marks and the filler there. Nearly all of Japanese text.
 */
static size_t plain_run(struct sk_slice in, size_t at)
{
	const uint8_t *p = in.p;
	size_t end = at;

	while (end < in.n) {
		uint8_t b = p[end];
		if ((b >= 0x20 && b < 0x7F) || b == '\n' || b == '\r' || b == '\t') {
			end++;
		} else if (b >= 0xE3 && b <= 0xE9 && in.n - end >= 3 &&
			   (p[end + 1] & 0xC0) == 0x80 && (p[end + 2] & 0xC0) == 0x80) {
			if (b == 0xE3 && p[end + 1] == 0x82 &&
			    (p[end + 2] == 0x99 || p[end + 2] == 0x9A))
				break;
			if (b == 0xE3 && p[end + 1] == 0x85 && p[end + 2] == 0xA4) /* U+3164 */
				break;
			end += 3;
		} else {
			break;
		}
	}
	return end - at;
}

/* Drop what is never allowed; *context: the second pass is needed. */
static int first_pass(
    struct sk_slice in, struct sk_buf *out, struct sk_text_counts *c, bool *context)
{
	for (size_t at = 0; at < in.n && !out->err;) {
		size_t n = plain_run(in, at), pos;
		if (n) {
			sk_buf_put(out, in.p + at, n);
			at += n;
			continue;
		}
		pos = at;
		int32_t got = sk_utf8_next(in, &pos);
		uint32_t cp = (uint32_t)got;
		if (got < 0 || is_nonchar(cp)) {
			c->invalid++;
			sk_utf8_put(out, 0xFFFD);
		} else if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0)) {
			pos = drop_control(in, at, pos, cp, c);
		} else if (SK_LETTERS_HOLD(bidi, cp)) {
			c->bidi++;
		} else if (SK_LETTERS_HOLD(invisible, cp)) {
			c->invisible++;
		} else {
			*context = *context || is_joiner(cp) || is_selector(cp) || sk_is_mark(cp);
			sk_buf_put(out, in.p + at, pos - at);
		}
		at = pos;
	}
	return out->err;
}

/* Whether a joiner or selector may follow `before` (-1: the start) and precede `after` (negative:
 * the end). */
static bool fits(uint32_t cp, int64_t before, int64_t after)
{
	uint32_t b = before < 0 ? 0 : (uint32_t)before, a = after < 0 ? 0 : (uint32_t)after;

	if (cp == 0x200C || cp == 0x200D) {
		if (SK_LETTERS_HOLD(joining, b) && SK_LETTERS_HOLD(joining, a))
			return true;
		return cp == 0x200D && (b == 0xFE0F || SK_LETTERS_HOLD(picture, b)) &&
		       SK_LETTERS_HOLD(picture, a);
	}
	if (cp >= 0xE0100)
		return sk_is_ideograph(b);
	return b > 0x20 && !(b >= 0x7F && b <= 0xA0) && b != 0x3000 && !is_selector(b);
}

static int second_pass(struct sk_slice in, struct sk_buf *out, struct sk_text_counts *c)
{
	int64_t before = -1;
	unsigned marks = 0;

	for (size_t at = 0, next; at < in.n && !out->err; at = next) {
		next = at;
		uint32_t cp = (uint32_t)sk_utf8_next(in, &next);
		size_t peek = next;
		if ((is_joiner(cp) || is_selector(cp)) &&
		    !fits(cp, before, sk_utf8_next(in, &peek))) {
			c->invisible++;
			continue;
		}
		bool is_mark = cp >= 0x300 && sk_is_mark(cp);
		if (is_mark && marks == MARKS_MAX) {
			c->marks++;
			continue;
		}
		marks = is_mark ? marks + 1 : 0;
		before = cp;
		sk_buf_put(out, in.p + at, next - at);
	}
	return out->err;
}

bool sk_text_is_plain(struct sk_slice in)
{
	return plain_run(in, 0) == in.n;
}

int sk_text_filter(struct sk_slice in, struct sk_buf *out, struct sk_text_counts *counts)
{
	bool context = false;
	size_t start = out->len;

	if (first_pass(in, out, counts, &context) || !context)
		return out->err;
	struct sk_buf tmp = SK_BUF(out->max);
	sk_buf_put(&tmp, out->p + start, out->len - start);
	out->len = start;
	if (tmp.err)
		out->err = tmp.err;
	else
		second_pass(sk_buf_slice(&tmp), out, counts);
	sk_buf_free(&tmp);
	return out->err;
}

void sk_text_report(struct sk_job *job, const struct sk_text_counts *c, const char *where)
{
	const struct {
		enum sk_code code;
		uint32_t n;
	} rows[] = {
	    {SK_TEXT_CONTROL, c->control},
	    {SK_TEXT_ESCAPE, c->escape},
	    {SK_TEXT_BIDI, c->bidi},
	    {SK_TEXT_INVISIBLE, c->invisible},
	    {SK_TEXT_INVALID, c->invalid},
	    {SK_TEXT_MARKS, c->marks},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].n)
			sk_job_removed(job, rows[i].code, rows[i].n, "%s", where);
}
