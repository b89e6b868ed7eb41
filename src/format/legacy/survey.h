/* What an Office file of 1997-2003 holds that its modern form will not. Cleaner's jail. */
#ifndef SK_FORMAT_LEGACY_SURVEY_H
#define SK_FORMAT_LEGACY_SURVEY_H

#include "format/legacy/slides.h"

/*
 * Report the macros, controls and objects of a compound file, by its directory. Refuses what is encrypted. What the
 * converter must not see is blanked in a copy, which *io then is. *found, empty before, is what slides have.
 * 0, SK_EREFUSED, SK_EFORMAT, SK_ENOMEM.
 */
int sk_legacy_survey(
    struct sk_job *job, enum sk_filetype type, struct sk_slice *io, struct sk_slides_found *found);

/* What a file of Office is that is no compound file (probe.c). */
bool sk_legacy_is_word2(struct sk_slice in);
bool sk_legacy_is_biff(struct sk_slice in);
bool sk_legacy_is_wordperfect(struct sk_slice in);
enum sk_filetype sk_legacy_xml_kind(struct sk_slice in); /* SK_FT_UNKNOWN: none of Office 2003 */
void sk_legacy_probe(struct sk_slice in, const char *name, struct sk_report *claims);

#endif
