/* Characters as they are compared: one width, one case (a small part of NFKC, Unicode UAX #15). Pure; jailed processes. */
#ifndef SK_LEAK_FOLD_H
#define SK_LEAK_FOLD_H

#include "base/slice.h"

/*
 * The folded character at s[*pos], moving *pos past it, with a voiced mark behind half-width kana taken in: full-width
 * ASCII becomes ASCII, half-width kana full, letters small, spaces U+0020. Invalid bytes are U+FFFD. -2 at the end.
 */
int32_t sk_fold_next(struct sk_slice s, size_t *pos);

/* The value of a folded decimal digit (ASCII, superscript, subscript, circled, mathematical), or -1. */
int sk_fold_digit(int32_t cp);

/* Whether a folded character is one of the strokes that are typed for a hyphen, the long vowel mark among them. */
int sk_fold_hyphen(int32_t cp);

#endif
