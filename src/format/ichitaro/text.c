/*
 * Units of a text: characters in UTF-16, controls below 20, and records that begin with 1C and end with their length,
 * class and 1F. Cleaner's jail.
 */
#include "format/ichitaro/ichitaro.h"

#include "base/utf8.h"

#define RECORD 0x1C
#define CLASS_INLINE 1
#define CLASS_CELL 0x30

struct units {
	struct sk_slice s;
	size_t n, at;
	struct sk_buf *out;
	unsigned cells; /* of the line so far */
	bool hidden;    /* inside readings and instructions of templates */
};

static unsigned unit(const struct units *u, size_t i)
{
	return i < u->n ? (unsigned)(u->s.p[2 * i] << 8 | u->s.p[2 * i + 1]) : 0;
}

static void end_line(struct units *u)
{
	while (u->cells && u->out->len && u->out->p[u->out->len - 1] == '\t')
		u->out->len--;
	sk_buf_putc(u->out, '\n');
	u->cells = 0;
}

/* Readings (ruby) and instructions to who fills in a template are not what the page says. */
static bool is_shown(unsigned a, unsigned b)
{
	return a == 0 && (b == 3 || b == 1);
}

/* A record: true when the one at hand is whole. */
static bool record(struct units *u)
{
	unsigned class = unit(u, u->at + 1), n = unit(u, u->at + 2);

	if (class == CLASS_INLINE && n == 7 && unit(u, u->at + 6) == 0x1D) {
		u->hidden = !is_shown(unit(u, u->at + 4), unit(u, u->at + 5));
		u->at += 7;
		return true;
	}
	if (n < 7 || n > u->n - u->at || unit(u, u->at + n - 1) != 0x1F ||
	    unit(u, u->at + n - 2) != class || unit(u, u->at + n - 4) != n)
		return false;
	if (class == CLASS_CELL && u->cells++)
		sk_buf_putc(u->out, '\t');
	u->at += n;
	return true;
}

static void character(struct units *u)
{
	uint32_t c = unit(u, u->at), low = unit(u, u->at + 1);

	u->at++;
	if (c >= 0xD800 && c < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
		c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
		u->at++;
	}
	if (!u->hidden)
		(void)sk_utf8_put(u->out, c);
}

static void control(struct units *u)
{
	unsigned c = unit(u, u->at), next = unit(u, u->at + 1);

	if (c == 0x1E) { /* the end of an inline text: 1E, 5, 0, class, 1F */
		u->hidden = false;
		u->at += next == 5 && unit(u, u->at + 4) == 0x1F ? 5 : 1;
		return;
	}
	u->at += c == 0x0E && next == 0x0A ? 2 : 1; /* a row that is a line, too */
	if (c == 0x0A || c == 0x0C || c == 0x0E)
		end_line(u);
	else if (c == 0x09 && !u->hidden)
		sk_buf_putc(u->out, '\t');
}

void ich_text(struct sk_slice s, struct sk_buf *out)
{
	struct units u = {.s = s, .n = s.n / 2, .out = out};

	while (u.at < u.n && !out->err) {
		unsigned c = unit(&u, u.at);
		if (c == RECORD && record(&u))
			continue;
		if (c == RECORD) /* a broken one: its head is no text */
			u.at += 3;
		else if (c < 0x20)
			control(&u);
		else
			character(&u);
	}
	if (out->len && out->p[out->len - 1] != '\n')
		end_line(&u);
}
