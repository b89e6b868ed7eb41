/* Types that are only named: what the probes of this folder share. Cleaner's jail. */
#ifndef SK_FORMAT_OTHER_OTHER_H
#define SK_FORMAT_OTHER_OTHER_H

#include "format/handler.h"

/* Each reports what it sees; all are cheap and read a bounded part of the file. */
void sk_probe_magic(struct sk_slice in, const char *name, struct sk_report *claims);
void sk_probe_programs(struct sk_slice in, const char *name, struct sk_report *claims);
void sk_probe_media(struct sk_slice in, const char *name, struct sk_report *claims);
void sk_probe_cfb(struct sk_slice in, const char *name, struct sk_report *claims);
void sk_probe_zip_kinds(struct sk_slice in, const char *name, struct sk_report *claims);
void sk_probe_text_kinds(struct sk_slice in, const char *name, struct sk_report *claims);

/* Whether the name ends with a dot and one of the words of the list (ended by NULL), in any letter case. */
bool sk_name_ends(const char *name, const char *const *words);

#endif
