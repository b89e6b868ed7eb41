/*
 * LibreOffice, kept in a jail of its own, turns files only it reads into Office Open XML or PDF. What it makes
 * is trusted no more than any input: the cleaner reads it by its own rules afterwards. Converter's jail.
 */
#ifndef SK_CONVERT_CONVERT_H
#define SK_CONVERT_CONVERT_H

#include "base/buf.h"
#include "base/filetype.h"

/* Folders LibreOffice must see, ended by NULL; bytes of scratch for its profile, one input and one output. */
extern const char *const sk_convert_folders[];
#define SK_CONVERT_SCRATCH ((size_t)2000 << 20)

/* Whether LibreOffice is installed. 0 or SK_EUNSUPPORTED. Before the jail closes. */
int sk_convert_installed(void);
/* In the zygote, inside its closed jail: start LibreOffice with its settings, and call live() in it. See struct sk_role. */
void sk_convert_enter(void (*live)(void), const char **what);
/* In the zygote, before a job that converts to that type: what makes the jobs of a kind quick is done once there are several. */
void sk_convert_prepare(enum sk_filetype to);

/*
 * In the job: convert `in`, a file of type `from`, to `to` (docx, xlsx, pptx or pdf). *fd is the open output.
 * SK_EFORMAT when LibreOffice cannot read or write it, SK_EIO when it does not start.
 */
int sk_convert(struct sk_slice in, enum sk_filetype from, enum sk_filetype to, int *fd);

#endif
