/*
 * A small PDF made to the profile with one of everything, from a table of objects in which references are
 * written as @name. Numbers, lengths, the cross-reference table and the ID are computed afterwards, so a
 * change of the text breaks only the rule it is about. Test programs only.
 */
#ifndef SK_VERIFY_PDF_SAMPLE_PDF_H
#define SK_VERIFY_PDF_SAMPLE_PDF_H

#include "verify/verify.h"

struct sample_object {
	const char *name;
	char dict
	    [4096]; /* in a stream without the closing brackets' Length and Filter, which are added */
	uint8_t data[16384]; /* of a stream */
	size_t ndata;
	bool stream, raw; /* raw: its dictionary has a Filter of its own, data is not compressed */
	unsigned num;
};

enum { SAMPLE_OBJECTS = 80 };

struct sample_pdf {
	struct sample_object o[SAMPLE_OBJECTS];
	size_t n;
	char trailer[256]; /* keys besides Size, Root, Info and ID */
	uint8_t out[200000];
	size_t nout;
};

/* The sample. Free with free(). */
struct sample_pdf *sample_pdf(void);

struct sample_object *sample_find(struct sample_pdf *f, const char *name);

/* Replace the first `from` in the dictionary or, with `data`, in the stream of an object. false: not there. */
bool sample_change(struct sample_object *o, bool data, const char *from, const char *to);

/* Number, write and seal. */
void sample_pdf_build(struct sample_pdf *f);

/* Make table and ID right again after bytes of f->out were changed without changing their number. */
void sample_pdf_seal(struct sample_pdf *f);

#endif
