/*
 * One walk over the text: digits are gathered into runs, words are followed in their list, what stands around is
 * remembered. leak.h. Jailed processes.
 */
#include <nettle/hmac.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "leak/context.h"
#include "leak/fold.h"
#include "leak/leak.h"
#include "leak/number.h"
#include "leak/run.h"
#include "leak/words.h"

/* A row of single digits longer than this is no form any more: what was gathered is looked at and forgotten. */
#define RUN_GROUPS 65536
/* So many numbers of a column make a pattern. */
#define COLUMN_SURE 3
#define COLUMN_CHANCE 20

struct column {
	uint32_t valid, total; /* of all of 12 digits in one group */
};

struct scan {
	struct sk_arena *arena;
	struct sk_slice text;
	size_t pos;
	const uint8_t *key;
	struct sk_leaks *out;
	struct sk_finding *v;
	struct sk_context context;
	struct sk_run run;
	struct sk_words_at words;
	struct column column[SK_CONTEXT_CELLS];
	uint32_t line, col;
	uint16_t cell;
	int32_t last, last2; /* characters before */
	uint8_t gap;         /* since the last digit; 0xFF: too much stands there to join */
};

static unsigned column_of(uint16_t cell)
{
	return cell < SK_CONTEXT_CELLS ? cell : SK_CONTEXT_CELLS - 1;
}

static void keyed(const struct scan *s, uint8_t kind, const void *p, size_t n, uint8_t out[32])
{
	struct hmac_sha256_ctx h;

	hmac_sha256_set_key(&h, SK_FIND_KEY, s->key);
	hmac_sha256_update(&h, 1, &kind);
	hmac_sha256_update(&h, n, p);
	hmac_sha256_digest(&h, 32, out);
}

static int found(struct scan *s, struct sk_finding f, const void *what, size_t n)
{
	s->out->count[f.kind][f.trust]++;
	if (s->out->n >= SK_LIMIT_FINDINGS)
		return 0;
	s->v = sk_arena_grow(s->arena, s->v, &s->out->cap, s->out->n + 1, sizeof(*s->v));
	if (s->v == NULL)
		return SK_ENOMEM;
	keyed(s, f.kind, what, n, f.hash);
	s->v[s->out->n++] = f;
	return 0;
}

/* What speaks for and against: the words around, the head of the column. */
static unsigned around(const struct scan *s, const struct sk_seen *seen)
{
	unsigned says = sk_context_speaks(sk_slice(s->run.before, s->run.nbefore));
	unsigned column = s->context.head[column_of(seen->at->cell)];

	if (column & 3U)
		return column;
	if (!(says & 3U))
		says |= sk_context_behind(sk_slice_sub(s->text, s->pos, 64));
	return says | column;
}

static bool looks_otherwise(const struct sk_seen *seen)
{
	if (seen->n == 12)
		return sk_minute_valid(seen->d) || sk_goods_valid(seen->d, 12);
	/* Japan's codes of goods begin with 45 or 49, those of books with 978 and 979 */
	return sk_goods_valid(seen->d, 13) &&
	       ((seen->d[0] == 4 && (seen->d[1] == 5 || seen->d[1] == 9)) ||
		   (seen->d[0] == 9 && seen->d[1] == 7 && seen->d[2] >= 8));
}

static int trust_of(const struct scan *s, const struct sk_seen *seen, enum sk_find_kind kind)
{
	unsigned says = around(s, seen),
		 mine = kind == SK_FIND_MYNUMBER ? SK_SPEAKS_MYNUMBER : SK_SPEAKS_CORPORATE;

	if (seen->short_ || seen->window) /* alone these are mere chance */
		return says & mine ? SK_TRUST_LIKELY : -1;
	if (says & mine)
		return SK_TRUST_SURE;
	if (seen->part || (says & SK_SPEAKS_OTHER) || looks_otherwise(seen))
		return SK_TRUST_WEAK;
	return SK_TRUST_LIKELY;
}

static int consider(void *ctx, const struct sk_seen *seen)
{
	struct scan *s = ctx;
	bool whole = seen->n == 12 && seen->at->n == 12 && !seen->part;
	bool valid = seen->n == 12 ? sk_mynumber_valid(seen->d) : sk_corporate_valid(seen->d);
	enum sk_find_kind kind = seen->n == 12 ? SK_FIND_MYNUMBER : SK_FIND_CORPORATE;
	int trust;

	s->column[column_of(seen->at->cell)].total += whole;
	s->column[column_of(seen->at->cell)].valid += whole && valid;
	if (!valid || (kind == SK_FIND_CORPORATE && seen->at == s->run.g &&
			  sk_context_invoice(sk_slice(s->run.before, s->run.nbefore))))
		return 0;
	trust = trust_of(s, seen, kind);
	if (trust < 0)
		return 0;
	return found(s,
	    (struct sk_finding){.kind = (uint8_t)kind,
		.trust = (uint8_t)trust,
		.cell = seen->at->cell,
		.line = seen->at->line,
		.column = seen->at->column},
	    seen->d, seen->n);
}

static int end_run(struct scan *s)
{
	int status = s->run.n ? sk_run_each(&s->run, consider, s) : 0;

	s->run.n = 0;
	s->gap = SK_GAP_NONE;
	return status;
}

static int new_group(struct scan *s)
{
	struct sk_slice before;

	if (s->run.n == 0) {
		before = sk_context_before(&s->context);
		memcpy(s->run.before, before.p, before.n);
		s->run.nbefore = before.n;
	}
	s->run.g = sk_arena_grow(s->arena, s->run.g, &s->run.cap, s->run.n + 1, sizeof(*s->run.g));
	if (s->run.g == NULL)
		return SK_ENOMEM;
	s->run.g[s->run.n++] = (struct sk_group){.gap = s->gap,
	    .fraction = s->last == '.' && sk_fold_digit(s->last2) >= 0,
	    .cell = s->cell,
	    .line = s->line,
	    .column = s->col};
	return 0;
}

static int put_digit(struct scan *s, int digit)
{
	struct sk_group *g;
	int status = 0;

	if (s->run.n >= RUN_GROUPS && s->gap != SK_GAP_NONE)
		status = end_run(s);
	if (!status && (s->run.n == 0 || s->gap != SK_GAP_NONE))
		status = new_group(s);
	if (status)
		return status;
	s->gap = SK_GAP_NONE;
	g = &s->run.g[s->run.n - 1];
	if (g->n < SK_GROUP_DIGITS)
		g->d[g->n] = (uint8_t)digit;
	g->n += g->n < UINT32_MAX;
	return 0;
}

static uint8_t gap_of(int32_t cp)
{
	if (sk_fold_hyphen(cp))
		return SK_GAP_HYPHEN;
	switch (cp) {
	case ' ':
		return SK_GAP_SPACE;
	case '\t':
	case ',':
		return SK_GAP_CELL;
	case '\n':
		return SK_GAP_LINE;
	default:
		return SK_GAP_NONE;
	}
}

/* One gap joins; two of them, or a line's end behind more than single digits, do not. */
static int put_gap(struct scan *s, uint8_t gap)
{
	const struct sk_group *last = s->run.n ? &s->run.g[s->run.n - 1] : NULL;

	if (last == NULL)
		return 0;
	if (gap == SK_GAP_NONE || s->gap != SK_GAP_NONE || (gap == SK_GAP_LINE && last->n != 1))
		return end_run(s);
	s->gap = gap;
	return 0;
}

static void put_place(struct scan *s, int32_t cp)
{
	if (cp == '\n') {
		sk_context_line(&s->context, s->cell);
		s->line++;
		s->col = 1;
		s->cell = 0;
		return;
	}
	s->col++;
	if (cp == '\t' || cp == ',') {
		sk_context_cell(&s->context, s->cell);
		s->cell += s->cell < UINT16_MAX;
	} else {
		sk_context_put(&s->context, cp);
	}
}

static int put_words(struct scan *s, int32_t cp)
{
	struct sk_word_hit hit;
	int status = sk_words_put(&s->words, cp, s->line, s->col);

	while (!status && sk_words_hit(&s->words, &hit))
		status = found(s,
		    (struct sk_finding){.kind = SK_FIND_WORD,
			.trust = SK_TRUST_SURE,
			.cell = s->cell,
			.line = hit.line,
			.column = hit.column,
			.word = hit.word},
		    &hit.word, sizeof(hit.word));
	return status;
}

static int put(struct scan *s, int32_t cp)
{
	int digit = sk_fold_digit(cp);
	int status = digit >= 0 ? put_digit(s, digit) : put_gap(s, gap_of(cp));

	if (!status)
		status = put_words(s, cp);
	put_place(s, cp);
	s->last2 = s->last;
	s->last = cp;
	return status;
}

/* Where nearly all numbers of a column are right, they are what they seem; where nearly none is, it was chance. */
static void by_columns(struct scan *s)
{
	for (size_t i = 0; i < s->out->n; i++) {
		struct sk_finding *f = &s->v[i];
		const struct column *c = &s->column[column_of(f->cell)];
		uint8_t trust = f->trust;

		if (f->kind != SK_FIND_MYNUMBER || trust == SK_TRUST_SURE)
			continue;
		if (c->total >= COLUMN_SURE && c->valid >= c->total - c->total / 10)
			trust = SK_TRUST_SURE;
		else if (c->total >= COLUMN_CHANCE && c->valid < c->total / 3)
			trust = SK_TRUST_WEAK;
		s->out->count[f->kind][f->trust]--;
		s->out->count[f->kind][f->trust = trust]++;
	}
}

int sk_leak_scan(struct sk_arena *arena, struct sk_slice text, const struct sk_words *words,
    const uint8_t key[SK_FIND_KEY], struct sk_leaks *out)
{
	struct scan *s = sk_arena_alloc(arena, sizeof(*s));
	int status = 0;

	*out = (struct sk_leaks){0};
	if (s == NULL)
		return SK_ENOMEM;
	*s = (struct scan){
	    .arena = arena, .text = text, .key = key, .out = out, .line = 1, .col = 1};
	s->context.blank = true;
	status = sk_words_begin(&s->words, arena, words);
	while (!status && s->pos < text.n) {
		int32_t cp = sk_fold_next(text, &s->pos);
		status = cp == '\r' ? 0 : put(s, cp);
	}
	/* the end is a break like any other, for words that may not go on */
	if (!status)
		status = put(s, '\n');
	if (!status)
		status = end_run(s);
	if (!status)
		by_columns(s);
	out->v = s->v;
	return status;
}
