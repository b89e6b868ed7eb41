/*
 * Office Open XML (ECMA-376, ISO/IEC 29500), shared by the files of this folder. The input package
 * is read through struct ox_pkg; its parts are reached from the main part by allowed relationships
 * only, each is streamed once through a schema filter (filter.c) and written anew. What comes out
 * is described in doc/profiles/ooxml.md. Cleaner's jail.
 */
#ifndef SK_FORMAT_OOXML_OX_H
#define SK_FORMAT_OOXML_OX_H

#include <stdbool.h>

#include "format/office/package.h"
#include "format/ooxml/schema.h"

enum ox_kind {
#define OX_KIND(id, dir, name, numbered, ct, rel, root) OX_##id,
#include "format/ooxml/kinds.def"
#undef OX_KIND
	OX_KIND_COUNT
};

struct ox_kind_row {
	const char *dir, *name;
	bool numbered;
	const char *type, *rel;
};

extern const struct ox_kind_row ox_kinds[OX_KIND_COUNT];

/* SPIKES: level 4 to 6 balances size and time; parsing dominates. */
#define OX_LEVEL 5

#ifndef OX_LARGE
#define OX_LARGE ((size_t)8 << 20)
#endif

struct ox_out;

/* A member of the input. */
struct ox_member {
	const char *name;  /* normalised: '/' only, no leading '/', as spelt */
	const char *lower; /* ASCII lower case of it */
	const char *type;  /* content type, "" when none is stated */
	const struct sk_zip_member *zip;
	struct ox_out *out; /* what it became, or NULL */
	enum ox_kind as;    /* the kind it was first found fit for: it can be no other */
	bool seen;          /* accounted for: read, or its removal reported */
	bool bad;           /* could not be cleaned; nothing may refer to it */
	const struct ox_member
	    *named_by;        /* conversion.c: the first drawing that shows this chart */
	struct sk_slice file; /* a cleaned picture or workbook, and its type */
	enum sk_filetype file_type;
};

/* A relationship of a part of the input. */
struct ox_rel {
	const char *id;
	enum ox_kind kind; /* OX_NONE: not on the list */
	const char *type;  /* as found */
	bool external;
	const char *target;       /* external: the address */
	struct ox_member *member; /* internal: the part, NULL when it does not exist */
	unsigned order;           /* in its file */
	unsigned new_id;          /* 0: not used in the output */
	struct ox_out *out;
	bool reported;
};

struct ox_rels {
	struct ox_rel *v;   /* ascending by id */
	uint32_t *in_order; /* indices in file order */
	size_t n;
};

/* A relationship of a part of the output. */
struct ox_new_rel {
	enum ox_kind kind;
	const char *target; /* external address, else NULL */
	struct ox_out *out;
};

/* A part of the output. */
struct ox_out {
	char *name;
	enum ox_kind kind;
	const char *type; /* content type */
	struct ox_member *from;
	struct sk_zip_packed packed;
	struct ox_new_rel *rels;
	size_t nrels, rels_cap;
	struct ox_out *host;    /* the part that shows this diagram or drawing */
	bool shared;            /* by more than one */
	struct ox_rels in_rels; /* of the input, with the ids given in the output */
};

/* A sheet named in the workbook. */
struct ox_sheet {
	const char *name;
	bool kept;
	unsigned index; /* among the kept ones */
};

struct ox_pkg {
	struct sk_job *job;
	struct sk_zip zip;
	struct ox_member *members;     /* in zip order */
	struct sk_package_names names; /* by lower */
	size_t nmembers;
	const char *top; /* "word", "xl" or "ppt" */
	struct ox_member *main;
	enum ox_kind main_kind;
	struct ox_out **outs; /* in the order of first use: the queue */
	size_t nouts, outs_cap, next;
	unsigned numbers[OX_KIND_COUNT], charts_sheet;
	struct ox_sheet *sheets;
	size_t nsheets, sheets_cap;
	unsigned nkept;       /* of them */
	const char **dropped; /* names of the others, ascending */
	size_t ndropped;
	bool metadata; /* the workbook keeps its cell metadata */
	struct sk_buf title;
	bool by_excel; /* the workbook says that Excel wrote it */
	struct sk_zip_writer *writer;
	struct sk_zip_packer *packer;
	int rc; /* what ended the job while a part looked at another */
};

/* opc.c: the input package */

/* Read the directory, names and content types. SK_EREFUSED after a refusal, or other SK_E*. */
int ox_pkg_open(struct ox_pkg *pkg, struct sk_job *job, struct sk_slice in);
struct ox_member *ox_pkg_find(struct ox_pkg *pkg, const char *name);
/* Take a member's size from the budget and see that it can be read. */
int ox_pkg_admit(struct ox_pkg *pkg, struct ox_member *m);
/* Unpack a member into `arena`; a broken one refuses the file. */
int ox_pkg_read(
    struct ox_pkg *pkg, struct ox_member *m, struct sk_arena *arena, struct sk_slice *out);
/* The relationships of a part; NULL is the package itself. */
int ox_rels_read(struct ox_pkg *pkg, struct ox_member *of, struct ox_rels *rels);
/* Find the main part: sets main, main_kind and top. SK_EREFUSED when there is none. */
int ox_pkg_main(struct ox_pkg *pkg);
/* The file type that a main part's content type stands for, or SK_FT_UNKNOWN. */
enum sk_filetype ox_type_of_main(const char *content_type);
/* Probe: what this zip is. */
enum sk_filetype ox_probe(struct sk_arena *a, struct sk_slice in, const char **evidence);

/* conversion.c: of a workbook that the converter wrote, drop charts that stand for two; reports them */
int ox_drop_mixed_charts(struct ox_pkg *pkg);

/* report.c: naming what is left out */

enum sk_code ox_code_of_rel(const char *type, bool external);
void ox_report_rel(struct ox_pkg *pkg, struct ox_member *of, struct ox_rel *rel);
/* After all parts: name every member that nobody used. */
void ox_report_rest(struct ox_pkg *pkg);

/* build.c: the output package */

/* Whether a member may become a part of this kind. */
bool ox_part_ok(struct ox_pkg *pkg, struct ox_member *m, enum ox_kind kind);
/* The output part of a member as `kind`, named and queued when new. NULL when memory is out. */
struct ox_out *ox_part(struct ox_pkg *pkg, struct ox_member *m, enum ox_kind kind);
/* Add a relationship to an output part; its number, 0 when memory is out. */
unsigned ox_relate(struct ox_pkg *pkg, struct ox_out *from, enum ox_kind kind, struct ox_out *to,
    const char *target);
int ox_pack(struct ox_pkg *pkg, struct ox_out *out, struct sk_slice data);
int ox_write(struct ox_pkg *pkg, struct ox_out *main, struct sk_buf *out);

/* media.c: clean a picture, or the workbook of a chart, once and keep it with its member. False: it cannot be kept. */
bool ox_image(struct ox_pkg *pkg, struct ox_member *m);
bool ox_book(struct ox_pkg *pkg, struct ox_member *m);

/* Parts that are files of their own, not XML of this package. */
static inline bool ox_is_file(enum ox_kind kind)
{
	return kind == OX_IMAGE || kind == OX_BOOK;
}

#define OX_INSTRUCTION_MAX 65536 /* bytes of a field's instruction, nested results included */

/* links.c, fields.c, formulas.c: values. True when allowed. */
bool ox_link_ok(const char *target);
/*
 * `own`: bytes in front of what something else contributes to the instruction (a field, text of a result, text of
 * another tracked change), SIZE_MAX when nothing does; `pieces`: some of it may go when changes are accepted, so that
 * quotation marks may open and close otherwise.
 */
bool ox_field_ok(struct sk_slice instruction, size_t own, bool pieces);
/* A place in the document itself, as it may follow "#": a name, a sheet with its cells. */
bool ox_place_ok(const char *place);
bool ox_formula_ok(const struct ox_pkg *pkg, const char *formula);
bool ox_defined_name_ok(const char *name);
/* When the sheets are known: sort the names of those that go. */
int ox_dropped_sheets(struct ox_pkg *pkg);
bool ox_action_ok(const char *action, bool *needs_slide);
bool ox_style_ok(const char *style);

/* text.c */
int ox_text(struct ox_pkg *pkg, struct sk_buf *out);

#endif
