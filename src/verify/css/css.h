/*
 * The checker of style sheets (doc/profiles/html.md, section 5): reads the one form that the cleaner writes, and no other.
 * Verifier's jail.
 */
#ifndef SK_VERIFY_CSS_CSS_H
#define SK_VERIFY_CSS_CSS_H

#include "verify/verify.h"

/*
 * Checks one place of a picture, the text between the brackets of url(). 0 or sk_fail()'s. Never called where ctx's owner has no pictures:
 * every url() is then a fault.
 */
typedef int sk_vcss_picture(struct sk_check *c, void *ctx, struct sk_slice place, uint64_t at);

/* `name:value;name:value`, not empty; `at` is the offset of s for the fault. */
int sk_vcss_declarations(
    struct sk_check *c, struct sk_slice s, uint64_t at, sk_vcss_picture *picture, void *ctx);

/* What stands between <style> and </style>. */
int sk_vcss_sheet(
    struct sk_check *c, struct sk_slice s, uint64_t at, sk_vcss_picture *picture, void *ctx);

#endif
