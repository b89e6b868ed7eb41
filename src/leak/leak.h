/*
 * What must not leave: individual numbers (個人番号), corporate numbers (法人番号) and words of the city's own list,
 * looked for in the text of a cleaned file. Pure; runs in the jail, where that text is. A finding tells place, kind
 * and a hash under a key of the transfer, never the number or the word.
 * Sources: 平成26年総務省令第85号 第5条 and 平成26年財務省令第70号 第2条 (check digits).
 */
#ifndef SK_LEAK_LEAK_H
#define SK_LEAK_LEAK_H

#include "base/arena.h"
#include "base/slice.h"

enum sk_find_kind { SK_FIND_MYNUMBER, SK_FIND_CORPORATE, SK_FIND_WORD, SK_FIND_KINDS };

/*
 * How sure it is. One number in ten passes its check digit by chance, so the digit alone never decides.
 */
enum sk_find_trust {
	SK_TRUST_WEAK, /* something else speaks for another meaning: a date, a telephone, part of more */
	SK_TRUST_LIKELY, /* the form and the check digit are right */
	SK_TRUST_SURE,   /* and words beside it, or the others of its column, say what it is */
	SK_TRUSTS
};

#define SK_FIND_KEY 32

struct sk_finding {
	uint8_t kind, trust;
	uint16_t cell;         /* cells (tabs, commas) before it on its line */
	uint32_t line, column; /* from 1, in characters */
	uint32_t word;         /* place in the list, for SK_FIND_WORD */
	uint8_t
	    hash[32]; /* HMAC-SHA-256 of the folded number or word; the same one, the same hash */
};

struct sk_words;

struct sk_leaks {
	uint32_t count[SK_FIND_KINDS][SK_TRUSTS]; /* of all there are */
	const struct sk_finding *v;               /* the first ones, in the order of the text */
	size_t n, cap;
};

/*
 * A list of words, one a line in UTF-8; a line that begins with `#` is a comment; \d stands for a digit, \a for a Latin
 * letter, \s for what may stand between (one space, hyphen or nothing), \\ for itself. Case and width do not matter.
 * SK_EFORMAT with *line set: no UTF-8, unknown escape, nothing but fewer than four digits and letters, longer than SK_LIMIT_WORD; SK_ELIMIT: more
 * than SK_LIMIT_WORDS; SK_ENOMEM.
 */
int sk_words_load(
    struct sk_arena *arena, struct sk_slice text, const struct sk_words **words, uint32_t *line);

/*
 * Look through a text. `words` may be NULL. SK_ENOMEM. Findings beyond SK_LIMIT_FINDINGS are counted, not listed.
 */
int sk_leak_scan(struct sk_arena *arena, struct sk_slice text, const struct sk_words *words,
    const uint8_t key[SK_FIND_KEY], struct sk_leaks *out);

#endif
