/*
 * A policy as OSCAL 1.1 (NIST, Open Security Controls Assessment Language), and back. Any process that exchanges
 * policies; no file, no clock, no chance: the same policy gives the same bytes.
 *
 * The catalog holds the clauses as controls, and the checks of the policy's `control` statements as their parts. The
 * profile selects the clauses that something stands on, adds to each the routes, flows and denials that name it, and
 * keeps all other statements as resources. A statement is the policy's own text in a fenced block of Markdown, which is
 * what OSCAL's prose is. Identifiers are UUIDs of version 5 (RFC 4122, 4.3) of what they stand for.
 */
#ifndef SK_POLICY_OSCAL_H
#define SK_POLICY_OSCAL_H

#include "policy/recorded.h"

/* Bytes of one document that is read: some times the text of the largest policy. */
#define SK_OSCAL_BYTES ((size_t)64 << 20)

/* Append the document, with an end of line. 0 or SK_ENOMEM, SK_ELIMIT. */
int sk_oscal_catalog(const struct sk_policy *p, struct sk_buf *out);
int sk_oscal_profile(const struct sk_policy *p, struct sk_buf *out);

/*
 * Policy text of a catalog (of any origin: its controls as clauses), a profile of ours, or both: one that was made with
 * the other. *whole: there was a profile, so that the text should be a policy of its own; else it is one to include.
 * 0, SK_EFORMAT with the fault, SK_ENOMEM. The text is in the canonical form; what it means is not checked.
 */
int sk_oscal_import(struct sk_arena *arena, const struct sk_slice *documents, size_t n,
    struct sk_buf *text, bool *whole, struct sk_fault *fault);

/* Shared by both directions. */
#define SK_OSCAL_NS "urn:sekisho:policy:1"
/* The place of a statement's word among all, or -1: the order in which they are written. */
int sk_oscal_rank(const char *word);
/* Version 5 of a UUID, of bytes. */
#define SK_UUID_TEXT 37
void sk_oscal_uuid(struct sk_slice of, char uuid[SK_UUID_TEXT]);

#endif
