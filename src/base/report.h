/*
 * What was found about one file: claims about its type, removals, and the reason when it does not pass.
 * Filled in the jail, carried to the caller in a bounded wire form whose reader trusts nothing.
 * `where` names a place ("page 3", "word/document.xml"), never content.
 */
#ifndef SK_BASE_REPORT_H
#define SK_BASE_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/codes.h"
#include "base/filetype.h"
#include "base/limits.h"

/* How much of the format was seen. */
enum sk_strength {
	SK_CLAIM_HINT = 1,      /* the name or a heuristic (plain text) */
	SK_CLAIM_SIGNATURE = 2, /* the signature at its place, structure not seen or broken */
	SK_CLAIM_STRUCTURE = 3, /* signature and structure: a reader of that format would open it */
};

struct sk_claim {
	enum sk_filetype type;
	enum sk_strength strength;
	uint64_t offset;   /* where its signature stands */
	char evidence[64]; /* what was seen, English, for people who investigate */
};

struct sk_removal {
	enum sk_code code;
	uint32_t count;
	char where[SK_LIMIT_REPORT_TEXT]; /* the first place, UTF-8 */
};

/* What lies in a file: the files of archives and mails, all levels together, also those that were not let through. */
struct sk_inside {
	uint32_t members;
	uint32_t depth; /* archives and mails in each other; 0: no member */
	uint32_t pages; /* of what has pages: PDF, TIFF, slides, prints */
	bool shut;      /* a member is protected by a password and was not opened */
	uint8_t
	    types[(SK_FT_COUNT + 7) / 8]; /* of the members, a bit each; what is unknown has none */
};

struct sk_report {
	enum sk_filetype type; /* decided type of the input */
	enum sk_filetype out_type;
	enum sk_code reason; /* SK_CODE_NONE when clean */
	uint32_t opened;     /* number of the password that was needed first, from 1; 0: none */
	struct sk_inside inside;
	char detail[SK_LIMIT_REPORT_TEXT]; /* about the reason: what and where, UTF-8 */
	uint32_t nclaims, nremoved;
	struct sk_claim claims[SK_LIMIT_CLAIMS];
	struct sk_removal removed[SK_LIMIT_REPORT_ENTRIES];
};

/* Make it empty, or a copy. Entries that are not counted are left as they are: there is room for many. */
void sk_report_clear(struct sk_report *r);
void sk_report_copy(struct sk_report *to, const struct sk_report *from);

/* Record a claim; past the ceiling further ones are ignored (the engine refuses such a file anyway). */
void sk_report_claim(struct sk_report *r, enum sk_filetype type, enum sk_strength strength,
    uint64_t offset, const char *evidence);

/* Record `count` removals of a code; merged with what is recorded, the first place stays. */
void sk_report_removed(struct sk_report *r, enum sk_code code, uint32_t count, const char *where,
    ...) __attribute__((format(printf, 4, 5)));

/* Set the reason unless one is set already. Returns SK_EREFUSED so that a caller can return it. */
int sk_report_refuse(struct sk_report *r, enum sk_code reason, const char *detail, ...)
    __attribute__((format(printf, 3, 4)));

/* Count of one code, 0 when it was not recorded. */
uint32_t sk_report_count(const struct sk_report *r, enum sk_code code);

/* Add another report's removals, each place prefixed by `prefix` and "!" (a member of a container). */
void sk_report_merge(struct sk_report *r, const struct sk_report *member, const char *prefix);

/*
 * There is a member that is a file of its own, so many levels down (1: in this file itself); `why` it does not pass, or
 * SK_CODE_NONE. With its own report: the same with all that is in it, but its pages (sk_report_merge() adds those).
 */
void sk_report_holds(struct sk_report *r, uint32_t depth, enum sk_filetype type, enum sk_code why);
void sk_report_holds_file(struct sk_report *r, uint32_t depth, const struct sk_report *member);
bool sk_report_holds_type(const struct sk_report *r, enum sk_filetype type);
/* It has so many pages: those of its members are added by sk_report_merge(). */
void sk_report_pages(struct sk_report *r, uint32_t n);
/* A password would be needed, or was. */
bool sk_report_locked(const struct sk_report *r);
/* It is still: at least a part of it was not opened. */
bool sk_report_shut(const struct sk_report *r);

/* Wire form. decode: SK_EFORMAT on anything unexpected, and *r is empty. */
int sk_report_encode(const struct sk_report *r, struct sk_buf *out);
int sk_report_decode(struct sk_slice in, struct sk_report *r);

#endif
