/*
 * OpenDocument (ODF 1.3, ISO/IEC 26300), shared by the files of this folder. The parts of a package, or the one part
 * of a flat file, are streamed through a filter of listed names (filter.c) and written anew; pictures and documents
 * in the document are cleaned when they are first referred to. What comes out is described in doc/profiles/odf.md.
 * Cleaner's jail.
 */
#ifndef SK_FORMAT_ODF_ODF_H
#define SK_FORMAT_ODF_ODF_H

#include <stdbool.h>

#include "format/office/package.h"

/* What office:body holds; a formula has none. */
enum od_kind { OD_WORDS, OD_SHEETS, OD_SLIDES, OD_DRAWING, OD_CHART, OD_FORMULA, OD_KINDS };

/* Behind "application/vnd.oasis.opendocument.". */
extern const char *const od_media[OD_KINDS];
#define OD_MEDIA "application/vnd.oasis.opendocument."

/* A document: that of the file, or one in it. */
struct od_doc {
	const char *in,
	    *out;          /* folder in the input and in the output: "", or with '/' at its end */
	enum od_kind kind; /* OD_KINDS: not known yet */
	unsigned npictures, nobjects, depth;
};

/* A member of the input. */
struct od_member {
	const char *name;
	const struct sk_zip_member *zip;
	bool seen;            /* accounted for: read, or its removal reported */
	bool bad;             /* could not be cleaned */
	struct sk_slice file; /* a cleaned picture, and its type */
	enum sk_filetype file_type;
	const struct od_doc *doc; /* the document that has it as picture `number` */
	unsigned number;
};

/* A file of the output, or the folder of a document in it. */
struct od_out {
	const char *name, *media;
	bool folder;
	struct sk_zip_packed packed;
};

struct od_pkg {
	struct sk_job *job;
	bool flat;
	enum od_kind kind;
	struct sk_zip zip;
	struct od_member *members;
	struct sk_package_names names;
	size_t nmembers;
	struct od_out *outs;
	size_t nouts, outs_cap;
	int rc; /* what ended the job while a part looked at another */
};

/* package.c: the input */
int od_pkg_open(struct od_pkg *pkg, struct sk_job *job, struct sk_slice in);
struct od_member *od_pkg_find(struct od_pkg *pkg, const char *name);
/* The member that a reference in a document's part stands for, or NULL. */
struct od_member *od_pkg_resolve(struct od_pkg *pkg, const struct od_doc *doc, const char *href);
/* Take a member's size from the budget and see that it can be read. */
int od_pkg_admit(struct od_pkg *pkg, struct od_member *m);
int od_pkg_read(
    struct od_pkg *pkg, struct od_member *m, struct sk_arena *arena, struct sk_slice *out);
/* A reference without "./", percent signs decoded; NULL when it leads outside. In the job's arena. */
char *od_path(struct sk_arena *a, const char *href);

/* report.c: name every member that nobody used */
void od_report_rest(struct od_pkg *pkg);

/* build.c: the output */
struct od_out *od_out(struct od_pkg *pkg, const char *name, const char *media);
int od_write(struct od_pkg *pkg, struct sk_buf *out);

/* part.c: one part, or the whole of a flat file. `root`: the name of its root element. */
int od_filter_member(
    struct od_pkg *pkg, struct od_doc *doc, struct od_member *m, const char *part, uint16_t root);
int od_filter_flat(struct od_pkg *pkg, struct od_doc *doc, struct sk_slice in, struct sk_buf *out);

/* media.c */
/* Clean a picture; the name it has in the output, or NULL: it cannot be kept (or pkg->rc is set). */
const char *od_picture(struct od_pkg *pkg, struct od_doc *doc, struct od_member *m, bool needed);
/* The same for a picture that stands in a part. *type: what it became; the bytes are the job's. */
bool od_picture_inline(
    struct od_pkg *pkg, struct sk_slice in, struct sk_slice *out, enum sk_filetype *type);
const char *od_picture_add(
    struct od_pkg *pkg, struct od_doc *doc, struct sk_slice bytes, enum sk_filetype type);
/* All parts of a document. */
int od_document(struct od_pkg *pkg, struct od_doc *doc);
/* The document in the document that a reference leads to: the folder it has in the output, or NULL. */
const char *od_object(struct od_pkg *pkg, struct od_doc *host, const char *href);

/* values.c: pure. */
bool od_formula_ok(const char *value);
bool od_ranges_ok(const char *value);
bool od_link_ok(const char *value);
/* A table that stands for one of another file. */
bool od_is_foreign_table(const char *name);
/* What names the program that wrote the file, in its one form; empty when it is not known. */
void od_generator(struct sk_slice in, struct sk_buf *out);

/* pictures.c: the bytes of base64; false when it is none. */
bool od_base64(struct sk_slice in, struct sk_buf *out);

/* text.c */
int od_text_part(struct sk_job *job, struct sk_slice in, const char *name, struct sk_buf *out);

#endif
