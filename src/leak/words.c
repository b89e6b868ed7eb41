/* The list of words: words.h, leak.h. Jailed processes. */
#include "leak/words.h"

#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "leak/fold.h"
#include "leak/leak.h"

/* A pattern without a character of its own has at least so many digits and letters, or it would be found everywhere. */
#define ENOUGH 4

enum { ANY_DIGIT, ANY_LETTER, ANY_GAP, CLASSES };

struct node {
	uint32_t by_class[CLASSES]; /* node, or 0 */
	uint32_t word;              /* that ends here, from 1; 0: none */
	bool ascii_end; /* its last character may not go on with an ASCII letter or digit */
};

struct edge {
	uint32_t from, to; /* to 0: free */
	int32_t cp;
};

struct sk_words {
	struct node *node;
	struct edge *edge;
	size_t nnodes, mask, nwords;
};

static bool ascii_word(int32_t cp)
{
	return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z');
}

static struct edge *edge_of(const struct sk_words *w, uint32_t from, int32_t cp)
{
	size_t at = (from * 2654435761U ^ (uint32_t)cp * 40503U) & w->mask;

	while (w->edge[at].to && (w->edge[at].from != from || w->edge[at].cp != cp))
		at = (at + 1) & w->mask;
	return &w->edge[at];
}

/* The node behind `from` by a character, or by a class (-1 - class); made when it is not there. */
static uint32_t step(struct sk_words *w, uint32_t from, int32_t cp)
{
	struct edge *e;

	if (cp < 0) {
		uint32_t *to = &w->node[from].by_class[-1 - cp];
		if (*to == 0)
			*to = (uint32_t)w->nnodes++;
		return *to;
	}
	e = edge_of(w, from, cp);
	if (e->to == 0)
		*e = (struct edge){.from = from, .to = (uint32_t)w->nnodes++, .cp = cp};
	return e->to;
}

/* The next element of a line: a folded character, -1 - class, or -100 for an escape that is none. */
static int32_t element(struct sk_slice line, size_t *pos)
{
	int32_t cp = sk_fold_next(line, pos);

	if (cp != '\\')
		return cp;
	switch (*pos < line.n ? line.p[(*pos)++] : 0) {
	case 'd':
		return -1 - ANY_DIGIT;
	case 'a':
		return -1 - ANY_LETTER;
	case 's':
		return -1 - ANY_GAP;
	case '\\':
		return '\\';
	default:
		return -100;
	}
}

static int add(struct sk_words *w, struct sk_slice line)
{
	uint32_t node = 0;
	int32_t cp = 0, first = 0;
	size_t n = 0, weight = 0;

	for (size_t pos = 0; pos < line.n; n++) {
		cp = element(line, &pos);
		if (cp == -100 || n == SK_LIMIT_WORD)
			return SK_EFORMAT;
		first = n ? first : cp;
		weight += cp >= 0 ? ENOUGH : cp != -1 - ANY_GAP;
		node = step(w, node, cp);
	}
	if (weight < ENOUGH || cp == -1 - ANY_GAP || first == -1 - ANY_GAP)
		return SK_EFORMAT;
	if (w->node[node].word == 0)
		w->node[node].word = (uint32_t)++w->nwords;
	w->node[node].ascii_end = ascii_word(cp) || cp < 0;
	return 0;
}

static struct sk_slice trimmed(struct sk_slice s)
{
	while (s.n && (s.p[s.n - 1] == '\r' || s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
		s = sk_slice_sub(s, 1, s.n);
	return s;
}

static struct sk_words *empty(struct sk_arena *arena, size_t bytes)
{
	struct sk_words *w = sk_arena_alloc(arena, sizeof(*w));
	size_t room = 64;

	while (room < bytes * 2)
		room *= 2;
	if (w == NULL)
		return NULL;
	/* each byte of the list makes at most one node */
	*w = (struct sk_words){.node = sk_arena_array(arena, bytes + 1, sizeof(*w->node)),
	    .edge = sk_arena_array(arena, room, sizeof(*w->edge)),
	    .nnodes = 1,
	    .mask = room - 1};
	return w->node && w->edge ? w : NULL;
}

int sk_words_load(
    struct sk_arena *arena, struct sk_slice text, const struct sk_words **words, uint32_t *line)
{
	struct sk_words *w;
	int status = 0;

	*line = 0;
	if (text.n > SK_LIMIT_WORDS_BYTES)
		return SK_ELIMIT;
	if (!sk_utf8_valid(text))
		return SK_EFORMAT;
	w = empty(arena, text.n);
	if (w == NULL)
		return SK_ENOMEM;
	for (size_t at = 0, end; !status && at < text.n; at = end + 1) {
		struct sk_slice word;
		end = sk_slice_find(text, at, SK_SLICE_LIT("\n"));
		end = end == SIZE_MAX ? text.n : end;
		word = trimmed(sk_slice_sub(text, at, end - at));
		++*line;
		if (word.n && word.p[0] != '#')
			status = add(w, word);
		if (w->nwords > SK_LIMIT_WORDS)
			status = SK_ELIMIT;
	}
	if (!status)
		*words = w;
	return status;
}

int sk_words_begin(struct sk_words_at *at, struct sk_arena *arena, const struct sk_words *words)
{
	*at = (struct sk_words_at){.words = words, .arena = arena, .before = '\n'};
	if (words == NULL)
		return 0;
	at->stamp = sk_arena_array(arena, words->nnodes, sizeof(*at->stamp));
	return at->stamp ? 0 : SK_ENOMEM;
}

/* Node `to` lives on, with what stands behind a gap that is not there. The one that began first stays. */
static int live(struct sk_words_at *at, uint32_t to, const struct sk_word_live *from)
{
	struct sk_word_live *v;

	for (; to; to = at->words->node[to].by_class[ANY_GAP]) {
		if (at->stamp[to] == at->step)
			return 0;
		at->stamp[to] = at->step;
		v = sk_arena_grow(at->arena, at->next, &at->next_cap, at->nnext + 1, sizeof(*v));
		if (v == NULL)
			return SK_ENOMEM;
		at->next = v;
		v[at->nnext++] = (struct sk_word_live){to, from->line, from->column};
	}
	return 0;
}

static int follow(struct sk_words_at *at, const struct sk_word_live *from, int32_t cp)
{
	const struct node *node = &at->words->node[from->node];
	int status = live(at, edge_of(at->words, from->node, cp)->to, from);

	if (!status && sk_fold_digit(cp) >= 0)
		status = live(at, node->by_class[ANY_DIGIT], from);
	if (!status && cp >= 'a' && cp <= 'z')
		status = live(at, node->by_class[ANY_LETTER], from);
	if (!status && (cp == ' ' || sk_fold_hyphen(cp)))
		status = live(at, node->by_class[ANY_GAP], from);
	return status;
}

/* Words that the last character ended, now that it is known what follows them. */
static int ended(struct sk_words_at *at, int32_t cp)
{
	for (size_t i = 0; i < at->nlive; i++) {
		const struct sk_word_live *l = &at->live[i];
		const struct node *node = &at->words->node[l->node];
		if (node->word == 0 || (node->ascii_end && ascii_word(cp)))
			continue;
		at->hit =
		    sk_arena_grow(at->arena, at->hit, &at->hit_cap, at->nhit + 1, sizeof(*at->hit));
		if (at->hit == NULL)
			return SK_ENOMEM;
		at->hit[at->nhit++] = (struct sk_word_hit){node->word - 1, l->line, l->column};
	}
	return 0;
}

/* What moved on becomes what lives. */
static void turn(struct sk_words_at *at)
{
	struct sk_word_live *v = at->live;
	size_t cap = at->live_cap;

	at->live = at->next;
	at->live_cap = at->next_cap;
	at->nlive = at->nnext;
	at->next = v;
	at->next_cap = cap;
	at->nnext = 0;
}

int sk_words_put(struct sk_words_at *at, int32_t cp, uint32_t line, uint32_t column)
{
	struct sk_word_live root = {0, line, column};
	int status;

	if (at->words == NULL)
		return 0;
	status = ended(at, cp);
	at->step++;
	for (size_t i = 0; !status && i < at->nlive; i++)
		status = follow(at, &at->live[i], cp);
	/* inside an ASCII word no word begins: "NDA" is not in "agenda" */
	if (!status && !(ascii_word(cp) && ascii_word(at->before)))
		status = follow(at, &root, cp);
	at->before = cp;
	turn(at);
	return status;
}

bool sk_words_hit(struct sk_words_at *at, struct sk_word_hit *hit)
{
	if (at->nhit == 0)
		return false;
	*hit = at->hit[--at->nhit];
	return true;
}
