/*
 * An OpenDocument file as the verifier sees it: documents in folders, each with its parts and pictures
 * (doc/profiles/odf.md, sections 2 and 3). Verifier's jail.
 */
#ifndef SK_VERIFY_ODF_ODF_H
#define SK_VERIFY_ODF_ODF_H

#include "verify/odf/names.h"
#include "verify/text/xml.h"
#include "verify/text/zip.h"

#define SK_VO_MEDIA "application/vnd.oasis.opendocument."

enum sk_vo_kind { VO_WORDS, VO_SHEETS, VO_SLIDES, VO_DRAWING, VO_CHART, VO_FORMULA, VO_KINDS };

struct sk_vo_doc {
	struct sk_slice folder; /* "", "Object 1/", "Object 1/Object 2/", … */
	enum sk_vo_kind kind;   /* VO_KINDS: not seen yet */
	bool used;
};

struct sk_vo_file {
	struct sk_check *c;
	bool flat;
	struct sk_vz zip;
	bool *used;             /* pictures that are shown, by member */
	struct sk_vo_doc *docs; /* the first one is that of the file */
	size_t ndocs;
	struct sk_vz_space space;
	struct sk_buf scratch;
	struct sk_vx *xml;
};

/* What follows "application/vnd.oasis.opendocument.". */
const char *sk_vo_media(enum sk_vo_kind kind);

/* --- part.c --- */
/* Walk the XML of a part with that root; `doc` gets its kind. */
int sk_vo_part(struct sk_vo_file *f, struct sk_vo_doc *doc, struct sk_slice name, unsigned root,
    struct sk_slice bytes);

/* --- odf.c --- */
/* Mark what a reference leads to. False: there is no such picture or document. */
bool sk_vo_use_picture(struct sk_vo_file *f, const struct sk_vo_doc *doc, struct sk_slice href);
bool sk_vo_use_object(struct sk_vo_file *f, const struct sk_vo_doc *doc, struct sk_slice href);
/* A picture in base64 in a flat file. */
int sk_vo_binary(struct sk_vo_file *f, struct sk_slice text);

#endif
