/* What a style sheet may say: properties, the kinds of value each takes, words, units, functions. Pure. Cleaner's jail. */
#ifndef SK_FORMAT_CSS_WORDS_H
#define SK_FORMAT_CSS_WORDS_H

#include "base/slice.h"

/* What may stand in the value of a property. */
enum {
	SK_CW_WORD = 1,       /* a word of the list */
	SK_CW_MEASURE = 2,    /* a number, with a unit or per cent, and calculations of such */
	SK_CW_COLOUR = 4,     /* a colour; those with names are words */
	SK_CW_STRING = 8,     /* a string */
	SK_CW_NAME = 0x10,    /* any name */
	SK_CW_PICTURE = 0x20, /* a picture, a gradient */
	SK_CW_SLASH = 0x80,
	SK_CW_SHAPE = 0x100,   /* transformations */
	SK_CW_CONTENT = 0x200, /* counters, attributes */
	SK_CW_GRID = 0x400,    /* repeat() and minmax() */
	SK_CW_SUM = 0x1000,    /* operators and brackets, inside of calc() */
};

/* The kinds of a property, 0 where there is none. *name: as it is written. */
unsigned sk_css_property(struct sk_slice s, const char **name);

/* Each: the word in lower case where it is on the list, else NULL. */
const char *sk_css_word(struct sk_slice s);
const char *sk_css_unit(struct sk_slice s);
/* A function that values of these kinds may have, and the kinds of what stands in it. */
const char *sk_css_function(struct sk_slice s, unsigned kinds, unsigned *inside);

#endif
