/*
 * Archives that libarchive reads: 7z, RAR, LZH, CAB, tar, ISO 9660, and single files that are compressed. Each becomes
 * a zip. Cleaner's jail.
 */
#ifndef SK_FORMAT_ARCHIVE_LIBRARY_H
#define SK_FORMAT_ARCHIVE_LIBRARY_H

#include "format/handler.h"

/* In the zygote: what the library would look for in files later, where there are none. */
int sk_library_init(void);

int sk_library_rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out);

/* Whether these bytes are one part of an archive of several, by the header of `type`. */
bool sk_library_is_volume(enum sk_filetype type, const char *name, struct sk_slice in);

/* Whether a disk image holds the marks of UDF. */
bool sk_library_has_udf(struct sk_slice in);

#endif
