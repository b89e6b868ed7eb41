/*
 * What lies in a document beside its text: pictures, cleaned by their own families, and documents in the document,
 * cleaned by the rules of the one around them. Cleaner's jail.
 */
#include "format/odf/names.h"
#include "format/odf/odf.h"

#include "format/image/image.h"
#include "format/metafile/metafile.h"

#define GREY_SIDE 16

static const struct {
	enum sk_filetype type;
	const char *ext, *media;
} kinds[] = {
    {SK_FT_BMP, "bmp", "image/bmp"},
    {SK_FT_GIF, "gif", "image/gif"},
    {SK_FT_JPEG, "jpg", "image/jpeg"},
    {SK_FT_PNG, "png", "image/png"},
    {SK_FT_TIFF, "tif", "image/tiff"},
    {SK_FT_WEBP, "webp", "image/webp"},
    {SK_FT_SVG, "svg", "image/svg+xml"},
};

static int kind_index(enum sk_filetype type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == type)
			return (int)i;
	return -1;
}

/* A drawing of StarView, which nothing here draws: what frames it gets a grey box to fill. */
static int grey_box(struct sk_job *job, const char *where, struct sk_output *out)
{
	uint8_t pixels[GREY_SIDE * GREY_SIDE];
	struct sk_pixmap box = {GREY_SIDE, GREY_SIDE, 1, pixels};

	memset(pixels, 0xC0, sizeof(pixels));
	sk_job_removed(job, SK_IMAGE_METAFILE, 1, "%s", where);
	out->type = SK_FT_PNG;
	return sk_png_encode(&box, 0, &out->bytes);
}

static int clean(
    struct od_pkg *pkg, const char *where, struct sk_slice in, bool needed, struct sk_output *out)
{
	struct sk_job *job = pkg->job;
	enum sk_code why;

	out->type = sk_image_type(in);
	if (out->type != SK_FT_UNKNOWN)
		return sk_image_clean(job, out->type, in, where, &out->bytes);
	if (sk_metafile_type(in) != SK_FT_UNKNOWN) {
		out->type = SK_FT_PNG;
		return sk_metafile_to_png(job, in, where, &out->bytes);
	}
	if (needed && sk_slice_starts(in, SK_SLICE_LIT("VCLMTF")))
		return grey_box(job, where, out);
	if (job->services == NULL || job->services->clean_member == NULL)
		return SK_EUNSUPPORTED;
	int rc = job->services->clean_member(job, where, in, out, &why);
	return rc == SK_EREFUSED ? SK_EUNSUPPORTED : rc == SK_ELIMIT ? SK_EREFUSED : rc;
}

/* Cleaned bytes in the job's arena; false: the picture cannot be kept, or pkg->rc is set. */
static bool picture(struct od_pkg *pkg, const char *where, struct sk_slice in, bool needed,
    struct sk_slice *bytes, enum sk_filetype *type)
{
	struct sk_output out = {.bytes = SK_BUF(pkg->job->limits->output)};
	int rc = clean(pkg, where, in, needed, &out);
	bool kept = rc == 0 && out.bytes.len && kind_index(out.type) >= 0;
	void *copy = kept ? sk_arena_dup(pkg->job->arena, out.bytes.p, out.bytes.len) : NULL;

	/* What cannot be cleaned goes; what breaks a limit refuses the whole file. */
	if (rc == SK_EREFUSED || rc == SK_ENOMEM)
		pkg->rc = rc;
	else if (kept && copy == NULL)
		pkg->rc = SK_ENOMEM;
	*bytes = sk_slice(copy, copy ? out.bytes.len : 0);
	*type = out.type;
	sk_buf_free(&out.bytes);
	return copy && pkg->rc == 0;
}

bool od_picture_inline(
    struct od_pkg *pkg, struct sk_slice in, struct sk_slice *out, enum sk_filetype *type)
{
	return picture(pkg, "picture", in, true, out, type);
}

static const char *picture_name(
    struct od_pkg *pkg, const struct od_doc *doc, unsigned number, enum sk_filetype type)
{
	return sk_arena_printf(pkg->job->arena, "%sPictures/image%u.%s", doc->out, number,
	    kinds[kind_index(type)].ext);
}

const char *od_picture_add(
    struct od_pkg *pkg, struct od_doc *doc, struct sk_slice bytes, enum sk_filetype type)
{
	const char *name = picture_name(pkg, doc, ++doc->npictures, type);
	struct od_out *o = od_out(pkg, name, kinds[kind_index(type)].media);

	if (o == NULL)
		return NULL;
	int rc = sk_zip_store(bytes, &o->packed);
	if (rc)
		pkg->rc = rc;
	return rc ? NULL : name + strlen(doc->out);
}

static void read_picture(struct od_pkg *pkg, struct od_member *m, bool needed)
{
	struct sk_arena *arena = sk_arena_new(pkg->job->limits->memory);
	struct sk_slice in;
	int rc = arena ? od_pkg_read(pkg, m, arena, &in) : SK_ENOMEM;

	if (rc)
		pkg->rc = rc;
	else if (!picture(pkg, m->name, in, needed, &m->file, &m->file_type)) {
		m->bad = true;
		/* Of an object that stays its own picture is made anew by the program. */
		m->seen = !needed;
	}
	sk_arena_free(arena);
}

const char *od_picture(struct od_pkg *pkg, struct od_doc *doc, struct od_member *m, bool needed)
{
	if (m->file.n == 0 && !m->bad)
		read_picture(pkg, m, needed);
	if (pkg->rc || m->bad)
		return NULL;
	if (m->doc == doc) {
		const char *name = picture_name(pkg, doc, m->number, m->file_type);
		return name ? name + strlen(doc->out) : NULL;
	}
	m->doc = doc;
	m->number = doc->npictures + 1;
	return od_picture_add(pkg, doc, m->file, m->file_type);
}

/* --- documents in the document --- */

static int part(struct od_pkg *pkg, struct od_doc *doc, const char *name, uint16_t root)
{
	struct sk_arena *a = pkg->job->arena;
	const char *in = sk_arena_printf(a, "%s%s", doc->in, name);
	struct od_member *m = in ? od_pkg_find(pkg, in) : NULL;

	if (in == NULL)
		return SK_ENOMEM;
	if (m)
		return od_filter_member(pkg, doc, m, name, root);
	return strcmp(name, "content.xml") == 0
		   ? sk_job_refuse(pkg->job, SK_REASON_DAMAGED, "no %s", in)
		   : 0;
}

int od_document(struct od_pkg *pkg, struct od_doc *doc)
{
	bool formula = doc->kind == OD_FORMULA;
	int rc = part(pkg, doc, "content.xml", formula ? N_math_math : N_office_document_content);

	if (rc == 0 && !formula)
		rc = part(pkg, doc, "styles.xml", N_office_document_styles);
	if (rc == 0)
		rc = part(pkg, doc, "settings.xml", N_office_document_settings);
	if (rc == 0 && doc->depth == 0)
		rc = part(pkg, doc, "meta.xml", N_office_document_meta);
	return rc;
}

/* A formula is told by its first element, which stands near the beginning. */
static bool is_formula(struct od_pkg *pkg, struct od_member *m, bool *read)
{
	uint8_t head[4096];
	size_t got = 0;
	struct sk_zip_reader *r = sk_zip_reader_new(m->zip);

	*read = r && sk_zip_reader_next(r, head, sizeof(head), &got) == 0;
	sk_zip_reader_free(r);
	if (r == NULL)
		pkg->rc = SK_ENOMEM;
	struct sk_slice s = sk_slice(head, got);
	return sk_slice_find(s, 0, SK_SLICE_LIT("document-content")) == SIZE_MAX &&
	       sk_slice_find(s, 0, SK_SLICE_LIT("math")) != SIZE_MAX;
}

/* A document that cannot be read goes as an object does; one that breaks a limit refuses the file. */
static bool clean_object(struct od_pkg *pkg, struct od_doc *doc, size_t outs)
{
	struct sk_job *job = pkg->job, inner = *job;
	struct sk_report *report = sk_arena_alloc(job->arena, sizeof(*report));

	if (report == NULL) {
		pkg->rc = SK_ENOMEM;
		return false;
	}
	sk_report_copy(report, job->report);
	inner.report = report;
	pkg->job = &inner;
	int rc = od_document(pkg, doc);
	pkg->job = job;
	if (rc == 0 || (rc == SK_EREFUSED && report->reason != SK_REASON_DAMAGED) ||
	    (rc != SK_EREFUSED && rc != SK_EFORMAT)) {
		sk_report_copy(job->report, report);
		pkg->rc = rc;
		return rc == 0;
	}
	pkg->rc = 0;
	pkg->nouts = outs;
	return false;
}

static const char *new_object(struct od_pkg *pkg, struct od_doc *host, struct od_doc *doc)
{
	size_t outs = pkg->nouts;
	struct od_out *folder = od_out(pkg, doc->out, "");

	if (folder == NULL)
		return NULL;
	folder->folder = true;
	if (!clean_object(pkg, doc, outs + 1) || doc->kind == OD_KINDS) {
		pkg->nouts = outs;
		return NULL;
	}
	host->nobjects++;
	pkg->outs[outs].media =
	    sk_arena_printf(pkg->job->arena, OD_MEDIA "%s", od_media[doc->kind]);
	if (pkg->outs[outs].media == NULL)
		pkg->rc = SK_ENOMEM;
	return sk_arena_printf(pkg->job->arena, "./Object %u", host->nobjects);
}

const char *od_object(struct od_pkg *pkg, struct od_doc *host, const char *href)
{
	struct sk_arena *a = pkg->job->arena;
	char *path = pkg->flat ? NULL : od_path(a, href);
	char *content = path ? sk_arena_printf(a, "%s%s/content.xml", host->in, path) : NULL;
	struct od_member *m = content ? od_pkg_find(pkg, content) : NULL;
	struct od_doc *doc = m ? sk_arena_alloc(a, sizeof(*doc)) : NULL;
	bool read = false;

	if (doc == NULL || host->depth + 1 > SK_LIMIT_NESTING)
		return NULL;
	bool formula = is_formula(pkg, m, &read);
	if (!read)
		return NULL;
	*doc = (struct od_doc){.in = sk_arena_printf(a, "%s%s/", host->in, path),
	    .out = sk_arena_printf(a, "%sObject %u/", host->out, host->nobjects + 1),
	    .kind = formula ? OD_FORMULA : OD_KINDS,
	    .depth = host->depth + 1};
	if (doc->in == NULL || doc->out == NULL) {
		pkg->rc = SK_ENOMEM;
		return NULL;
	}
	return new_object(pkg, host, doc);
}
