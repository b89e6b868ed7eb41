/* What a PowerPoint file holds inside its one stream, where the directory does not show it. Cleaner's jail. */
#ifndef SK_FORMAT_LEGACY_SLIDES_H
#define SK_FORMAT_LEGACY_SLIDES_H

#include "container/cfb.h"
#include "format/job.h"

/* [MS-PPT] 2.3.1: a record of the stream. */
struct sk_slides_record {
	uint16_t type;
	bool container;
	struct sk_slice data;
};

/* The next one, false at the end; the last one may be cut off. */
bool sk_slides_next(struct sk_reader *r, struct sk_slides_record *to);

/* What the new form should have, too. */
struct sk_slides_found {
	uint32_t links;   /* of words, to an address or another slide */
	uint32_t actions; /* of words, that start something: never there */
	bool handout;     /* a master of handouts */
};

/*
 * Report macros, controls, objects, links and media of the document that was saved last, and note in `found` what has
 * to be compared. 0, SK_EFORMAT, SK_ENOMEM.
 */
int sk_legacy_slides(struct sk_job *job, struct sk_cfb *c, struct sk_slides_found *found);

/* Links of words in all that is in force, from the edit that was the last one. 0, SK_ENOMEM. */
int sk_slides_count_links(
    struct sk_job *job, struct sk_slice stream, uint32_t last_edit, struct sk_slides_found *to);

/* Report what of this the new form does not have. */
void sk_slides_tell_lost(
    struct sk_job *job, const struct sk_slides_found *found, struct sk_slice pptx);

#endif
