/* What a PowerPoint file holds inside its one stream, where the directory does not show it. Cleaner's jail. */
#ifndef SK_FORMAT_LEGACY_SLIDES_H
#define SK_FORMAT_LEGACY_SLIDES_H

#include "container/cfb.h"
#include "format/job.h"

/* Report macros, controls, objects, links and media of the document that was saved last. 0, SK_EFORMAT, SK_ENOMEM. */
int sk_legacy_slides(struct sk_job *job, struct sk_cfb *c);

#endif
