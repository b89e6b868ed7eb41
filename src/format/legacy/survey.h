/* What an Office file of 1997-2003 holds that its modern form will not. Cleaner's jail. */
#ifndef SK_FORMAT_LEGACY_SURVEY_H
#define SK_FORMAT_LEGACY_SURVEY_H

#include "format/job.h"

/*
 * Report the macros, controls and objects of a compound file, by its directory. Refuses what is encrypted. What the
 * converter must not see is blanked in a copy, which *io then is.
 * 0, SK_EREFUSED, SK_EFORMAT, SK_ENOMEM.
 */
int sk_legacy_survey(struct sk_job *job, enum sk_filetype type, struct sk_slice *io);

#endif
