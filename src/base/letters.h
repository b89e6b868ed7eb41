/* Kinds of characters that names and texts treat in their own way (doc/profiles/text.md, section 1). All but the checker, which has its own. */
#ifndef SK_BASE_LETTERS_H
#define SK_BASE_LETTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Both ends belong to it. Lists of them ascend. */
struct sk_letters {
	uint32_t first, last;
};

bool sk_letters_hold(const struct sk_letters *list, size_t n, uint32_t cp);
#define SK_LETTERS_HOLD(list, cp) sk_letters_hold(list, sizeof(list) / sizeof((list)[0]), cp)

/* A kanji, behind which a variation selector may stand. */
bool sk_is_ideograph(uint32_t cp);
/* A mark that is set onto the character before it. */
bool sk_is_mark(uint32_t cp);

#endif
