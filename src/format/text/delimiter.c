/*
 * Which character separates the cells of a csv file? Nothing in the file says so (but Excel's `sep=` line, which
 * table.c reads), so each candidate reads the first records as RFC 4180 has it, and the one that makes the best
 * table of them wins. Cleaner's jail.
 */
#include "format/text/text.h"

#define DETECT_BYTES ((size_t)64 << 10)
#define DETECT_RECORDS 100

/* In the order in which they are preferred where nothing else tells them apart. */
static const uint8_t candidates[] = {',', '\t', ';', '|'};
#define CANDIDATES sizeof(candidates)

struct split {
	uint8_t d;
	struct sk_slice in;
	size_t at;
	bool torn;   /* a field of this record has a quote whose partner is somewhere else */
	bool number; /* a comma, so far always between two digits: 1,234 or 1,5 */
	unsigned records, fields[DETECT_RECORDS];
	bool whole[DETECT_RECORDS]; /* the record is not torn */
	unsigned fit, sound;        /* records of the usual width; those of them that are whole */
};

static uint8_t byte_at(struct sk_slice s, size_t at)
{
	return at < s.n ? s.p[at] : 0;
}

static bool is_digit(uint8_t b)
{
	return b >= '0' && b <= '9';
}

static bool is_line_end(uint8_t b)
{
	return b == '\n' || b == '\r';
}

/* Moves behind the closing quote of the field that begins here. */
static void skip_quoted(struct split *s)
{
	for (s->at++; s->at < s->in.n; s->at++)
		if (s->in.p[s->at] == '"' && byte_at(s->in, ++s->at) != '"')
			return;
	s->at = s->in.n;
	s->torn = true;
}

/* Text behind a closing quote, or half a pair of quotes: a reader of this delimiter cut where it should not. */
static void read_field(struct split *s)
{
	bool quoted = byte_at(s->in, s->at) == '"';
	unsigned quotes = 0;

	if (quoted)
		skip_quoted(s);
	size_t from = s->at;
	for (; s->at < s->in.n; s->at++) {
		uint8_t b = s->in.p[s->at];
		if (b == s->d || is_line_end(b))
			break;
		quotes += b == '"';
	}
	if (quoted ? s->at > from : quotes % 2)
		s->torn = true;
}

static void read_record(struct split *s)
{
	unsigned fields = 1;

	s->torn = false;
	read_field(s);
	for (; byte_at(s->in, s->at) == s->d; fields++) {
		s->number = s->number && s->at > 0 && is_digit(s->in.p[s->at - 1]) &&
			    is_digit(byte_at(s->in, s->at + 1));
		s->at++;
		read_field(s);
	}
	s->fields[s->records] = fields;
	s->whole[s->records] = !s->torn;
}

/* The width that most records have, more than one field wide. */
static void find_usual(struct split *s)
{
	for (unsigned i = 0; i < s->records; i++) {
		unsigned fit = 0, sound = 0;
		for (unsigned k = 0; k < s->records; k++) {
			bool same = s->fields[k] == s->fields[i];
			fit += same;
			sound += same && s->whole[k];
		}
		if (s->fields[i] > 1 && fit > s->fit) {
			s->fit = fit;
			s->sound = sound;
		}
	}
}

/* Empty lines tell nothing, and neither does a last record that the sample cuts off. */
static struct split split(struct sk_slice in, uint8_t d)
{
	struct split s = {.d = d, .in = sk_slice_sub(in, 0, DETECT_BYTES), .number = d == ','};

	while (s.records < DETECT_RECORDS) {
		while (s.at < s.in.n && is_line_end(s.in.p[s.at]))
			s.at++;
		if (s.at >= s.in.n)
			break;
		read_record(&s);
		if (s.at >= s.in.n && s.in.n < in.n && s.records > 0)
			break;
		s.records++;
	}
	find_usual(&s);
	return s;
}

/* Compares a / n with b / m: > 0 when the first is more. */
static long by_share(unsigned a, unsigned n, unsigned b, unsigned m)
{
	return (long)a * m - (long)b * n;
}

/*
 * The larger share of sound records of one width; then of records of one width. Where both are the same, commas
 * that only stand between digits belong to numbers.
 */
static bool is_better(const struct split *a, const struct split *b)
{
	long c = by_share(a->sound, a->records, b->sound, b->records);

	if (c == 0)
		c = by_share(a->fit, a->records, b->fit, b->records);
	return c > 0 || (c == 0 && a->fit > 0 && b->number);
}

uint8_t sk_text_delimiter(struct sk_slice in)
{
	struct split best = split(in, candidates[0]);

	for (unsigned i = 1; i < CANDIDATES; i++) {
		struct split s = split(in, candidates[i]);
		if (is_better(&s, &best))
			best = s;
	}
	return best.d;
}
