/* Which characters may stand in cleaned text (doc/profiles/text.md, section 1). Cleaner's jail. */
#ifndef SK_FORMAT_TEXT_FILTER_H
#define SK_FORMAT_TEXT_FILTER_H

#include "format/job.h"

/* How many characters were dropped or replaced, by kind. */
struct sk_text_counts {
	uint32_t control, escape, bidi, invisible, invalid, marks;
};

/* Whether a text is one that sk_text_filter() leaves as it is, where that is seen at once. */
bool sk_text_is_plain(struct sk_slice in);

/*
 * Append the allowed characters of `in` (UTF-8) to out; what is not valid becomes U+FFFD. TAB, LF
 * and CR pass as they are. Filtering the result again drops nothing. 0 or out's error.
 */
int sk_text_filter(struct sk_slice in, struct sk_buf *out, struct sk_text_counts *counts);

/* Report what was dropped; `where` as in sk_job_removed(). */
void sk_text_report(struct sk_job *job, const struct sk_text_counts *counts, const char *where);

#endif
