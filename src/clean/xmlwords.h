/* The words of an XML part of a package that our own writer made. Cleaner's jail. */
#ifndef SK_CLEAN_XMLWORDS_H
#define SK_CLEAN_XMLWORDS_H

#include "base/buf.h"

/*
 * Character data and the attributes that carry words or values, each on a line of its own; references undone. Bytes that
 * are no XML give some words, never an error but out's own: this is a second look, the first one is the text method's.
 */
int sk_xml_words(struct sk_slice xml, struct sk_buf *out);

#endif
