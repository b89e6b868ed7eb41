/* Kinds of characters that names and texts treat in their own way (doc/profiles/text.md, section 1). All but the checker, which has its own. */
#ifndef SK_BASE_LETTERS_H
#define SK_BASE_LETTERS_H

#include <stdbool.h>
#include <stdint.h>

/* A kanji, behind which a variation selector may stand. */
bool sk_is_ideograph(uint32_t cp);
/* A mark that is set onto the character before it. */
bool sk_is_mark(uint32_t cp);

#endif
