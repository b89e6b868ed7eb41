/* Packages of office documents, as both families read them. Cleaner's jail. */
#ifndef SK_FORMAT_OFFICE_PACKAGE_H
#define SK_FORMAT_OFFICE_PACKAGE_H

#include <expat.h>

#include "container/zip.h"
#include "format/job.h"

/* Read the directory; what the zip hides is reported. 0, SK_EREFUSED, SK_ENOMEM. */
int sk_package_open(struct sk_job *job, struct sk_slice in, struct sk_zip *zip);

/* The names of parts in a form in which equal ones are the same, by the number in which they were given. */
struct sk_package_names {
	const char **key;
	uint32_t *order; /* numbers, ascending by key */
	size_t n;
};

/* For at most `most` names. 0, SK_ENOMEM. */
int sk_package_names(struct sk_package_names *p, struct sk_arena *a, size_t most);
void sk_package_name(struct sk_package_names *p, const char *key);
/* When all are there; refuses two that are the same. */
int sk_package_sort(struct sk_job *job, struct sk_package_names *p);
/* The number of a name, SIZE_MAX when there is none. */
size_t sk_package_find(const struct sk_package_names *p, const char *key);

/* Before a part is unpacked: what it takes of the budget, and what no part may be. 0, SK_EREFUSED. */
int sk_package_admit(struct sk_job *job, const struct sk_zip_member *z, const char *name);
/* Admitted and unpacked whole. 0, SK_EREFUSED, SK_ENOMEM. */
int sk_package_unpack(struct sk_job *job, const struct sk_zip_member *z, const char *name,
    struct sk_arena *arena, struct sk_slice *out);

/* --- feed.c --- */

/* Where the bytes of a part come from: a member, or a slice. */
struct sk_package_source {
	struct sk_zip_reader *reader;
	struct sk_slice rest;
};

/*
 * All of a part called `name` to a parser. 0; SK_EREFUSED, told, where it cannot be unpacked; SK_EFORMAT where it is no XML, or the
 * parser was stopped; SK_ENOMEM.
 */
int sk_package_feed(
    struct sk_job *job, XML_Parser parser, struct sk_package_source *from, const char *name);

#endif
