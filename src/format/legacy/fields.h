/* Words of a field that Word's own table of fields does not know. Cleaner's jail. */
#ifndef SK_FORMAT_LEGACY_FIELDS_H
#define SK_FORMAT_LEGACY_FIELDS_H

#include "container/cfb.h"
#include "format/job.h"

/*
 * In a document of Word 97 and later, blank what stands between the marks of a field where the table of fields has no
 * such field: Word shows none of it, but LibreOffice takes it for text. *io becomes a changed copy in the arena, if
 * anything was to be changed; reported. 0, SK_EFORMAT, SK_ENOMEM.
 */
int sk_legacy_fields(struct sk_job *job, struct sk_cfb *c, struct sk_slice *io);

#endif
