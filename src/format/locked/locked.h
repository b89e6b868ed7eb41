/*
 * Documents that are protected by a password, opened before their own family sees them: what is handed on is the plain
 * document, as hostile as any other. PDF and zip are opened where they are read. Cleaner's jail.
 */
#ifndef SK_FORMAT_LOCKED_LOCKED_H
#define SK_FORMAT_LOCKED_LOCKED_H

#include "container/cfb.h"
#include "format/job.h"

/* The default with which Office protects what is only to be read: everybody's. */
#define SK_EVERYBODYS_PASSWORD "VelvetSweatshop"

/*
 * Open a file of this type with the passwords of the job. *plain is `in` itself when it is not protected, else the plain file
 * in the arena; of an encrypted package it is what lay in it, of any type. SK_EREFUSED after sk_job_refuse(): encrypted,
 * wrong-password, damaged, limit.key; or another SK_E*.
 */
int sk_locked_open(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_slice *plain);

/* --- within the family --- */

/*
 * Try the passwords of the job one after the other, and, where `everybody`, first the one that everybody has. `attempt`
 * returns 0, SK_EREFUSED for another password, or another SK_E*. SK_EREFUSED here: the job is refused.
 */
int sk_locked_try(struct sk_job *job, bool everybody,
    int (*attempt)(struct sk_job *job, void *ctx, const char *password), void *ctx);
/* Bytes of base64 in the arena; what is no digit counts for nothing. */
struct sk_slice sk_locked_base64(struct sk_arena *a, const char *text);
/* Refuse: this program does not know how the file is protected. */
int sk_locked_unknown(struct sk_job *job, const char *what);

int sk_locked_package(struct sk_job *job, struct sk_slice in, struct sk_slice *plain);
int sk_locked_word(struct sk_job *job, struct sk_cfb *c, struct sk_slice *plain);
int sk_locked_excel(struct sk_job *job, struct sk_cfb *c, struct sk_slice *plain);
int sk_locked_slides(struct sk_job *job, struct sk_cfb *c, struct sk_slice *plain);
int sk_locked_odf(struct sk_job *job, struct sk_slice in, struct sk_slice *plain);

#endif
