/* Words and patterns, followed all at once through a text: a trie whose live nodes move on by one character. Jailed processes. */
#ifndef SK_LEAK_WORDS_H
#define SK_LEAK_WORDS_H

#include <stdbool.h>

#include "base/arena.h"

struct sk_words;

struct sk_word_hit {
	uint32_t word, line, column; /* where it begins */
};

struct sk_word_live {
	uint32_t node, line, column;
};

/* Where a walk through a text stands. */
struct sk_words_at {
	const struct sk_words *words; /* NULL: nothing is looked for */
	struct sk_arena *arena;
	struct sk_word_live *live, *next;
	size_t nlive, nnext, live_cap, next_cap;
	struct sk_word_hit *hit;
	size_t nhit, hit_cap;
	uint32_t *stamp, step; /* when each node was last reached */
	int32_t before;
};

int sk_words_begin(struct sk_words_at *at, struct sk_arena *arena, const struct sk_words *words);
/* One folded character, which stands at line and column. SK_ENOMEM. */
int sk_words_put(struct sk_words_at *at, int32_t cp, uint32_t line, uint32_t column);
/* A word that the last character but one ended: true with *hit set, until there are no more. */
bool sk_words_hit(struct sk_words_at *at, struct sk_word_hit *hit);

#endif
