/*
 * The PDF handler: what a PDF is told by, and the rebuild from catalog to file. Cleaner's jail.
 * ISO 32000-1; the output's form is doc/profiles/pdf.md.
 */
#include "format/pdf/pdf.h"

#include <libdeflate.h>

#include "format/pdf/flatten.h"

/* Level 6 packs as well as zlib's 9 and takes less time than its 6. */
enum { PACK_LEVEL = 6, HEADER_WITHIN = 1024 };

/* --- probe --- */

void sk_pdf_probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	struct sk_slice head = sk_slice_sub(in, 0, HEADER_WITHIN + 5);
	size_t at = sk_slice_find(head, 0, SK_SLICE_LIT("%PDF-"));
	struct sk_slice tail = in.n > 4096 ? sk_slice_sub(in, in.n - 4096, 4096) : in;

	if (at == SIZE_MAX)
		return;
	bool structure = sk_slice_find(tail, 0, SK_SLICE_LIT("startxref")) != SIZE_MAX ||
			 sk_slice_find(tail, 0, SK_SLICE_LIT("%%EOF")) != SIZE_MAX ||
			 sk_slice_find(tail, 0, SK_SLICE_LIT("trailer")) != SIZE_MAX;
	if (!structure)
		structure = sk_slice_find(in, at, SK_SLICE_LIT("startxref")) != SIZE_MAX ||
			    sk_slice_find(in, at, SK_SLICE_LIT("trailer")) != SIZE_MAX;
	sk_report_claim(claims, SK_FT_PDF, structure ? SK_CLAIM_STRUCTURE : SK_CLAIM_SIGNATURE, at,
	    structure ? "%PDF- and a cross-reference" : "%PDF-");
}

/* --- catalog --- */

static const struct sk_pdf_rule viewer_rules[] = {
    {"HideToolbar", SK_PDF_R_BOOL},
    {"HideMenubar", SK_PDF_R_BOOL},
    {"HideWindowUI", SK_PDF_R_BOOL},
    {"FitWindow", SK_PDF_R_BOOL},
    {"CenterWindow", SK_PDF_R_BOOL},
    {"DisplayDocTitle", SK_PDF_R_BOOL},
    {"PickTrayByPDFSize", SK_PDF_R_BOOL},
    {"Direction", SK_PDF_R_NAMES, .arg = "L2R R2L"},
    {"PrintScaling", SK_PDF_R_NAMES, .arg = "None AppDefault"},
    {"Duplex", SK_PDF_R_NAMES, .arg = "Simplex DuplexFlipShortEdge DuplexFlipLongEdge"},
    {"NumCopies", SK_PDF_R_INT, .min = 1, .max = 99},
    {NULL},
};

static bool viewer(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	*out = sk_pdf_vdict();
	return sk_pdf_dict(x, in, viewer_rules, out) && out->n > 0;
}

static const struct sk_pdf_rule mark_rules[] = {
    {"Marked", SK_PDF_R_BOOL},
    {"Suspects", SK_PDF_R_BOOL},
    {NULL},
};

static bool mark_info(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	*out = sk_pdf_vdict();
	return sk_pdf_dict(x, in, mark_rules, out);
}

/* Only a place to show first; an action is none. */
static bool open_action(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	if (in->kind == SK_PDF_DICT) {
		if (!sk_pdf_is(sk_pdf_get(x, in, "S"), "GoTo") || sk_pdf_raw(in, "Next"))
			return false;
		in = sk_pdf_get(x, in, "D");
	}
	return in && sk_pdf_build_dest(x, in, out);
}

static const struct sk_pdf_rule catalog_rules[] = {
    {"ViewerPreferences", SK_PDF_R_FN, .fn = viewer},
    {"PageLayout", SK_PDF_R_NAMES,
	.arg = "SinglePage OneColumn TwoColumnLeft TwoColumnRight TwoPageLeft TwoPageRight"},
    {"PageMode", SK_PDF_R_NAMES, .arg = "UseNone UseOutlines UseThumbs UseOC"},
    {"OpenAction", SK_PDF_R_FN, .fn = open_action},
    {"Lang", SK_PDF_R_STRING},
    {"MarkInfo", SK_PDF_R_FN, .fn = mark_info},
    {NULL},
};

static void report_names(struct sk_pdf *x, const struct sk_pdf_val *root)
{
	const struct sk_pdf_val *names = sk_pdf_get_kind(x, root, "Names", SK_PDF_DICT);

	for (uint32_t i = 0; names && i < names->n; i++)
		if (!sk_pdf_is(&names->v[2 * i], "Dests"))
			sk_pdf_unknown(x, &names->v[2 * i], &names->v[2 * i + 1]);
}

static void report_form(struct sk_pdf *x, const struct sk_pdf_val *root)
{
	const struct sk_pdf_val *form = sk_pdf_get_kind(x, root, "AcroForm", SK_PDF_DICT);

	for (uint32_t i = 0; form && i < form->n; i++) {
		const struct sk_pdf_val *k = &form->v[2 * i];
		if (!sk_pdf_listed(k, "Fields DA DR NeedAppearances Q SigFlags"))
			sk_pdf_unknown(x, k, k + 1);
	}
}

static bool handled(const struct sk_pdf_val *key)
{
	return sk_pdf_listed(
	    key, "Type Pages PageLabels Dests Names Outlines OCProperties StructTreeRoot AcroForm");
}

static void build_catalog(struct sk_pdf *x, const struct sk_pdf_val *root, struct sk_pdf_val *out)
{
	struct sk_pdf_val rest = sk_pdf_vdict();

	sk_pdf_put(x, out, "Type", sk_pdf_vname("Catalog"));
	sk_pdf_read_layers(x, root);
	sk_pdf_read_dests(x, root);
	const struct sk_pdf_val *form = sk_pdf_get_kind(x, root, "AcroForm", SK_PDF_DICT);
	const struct sk_pdf_val *need = sk_pdf_get_kind(x, form, "NeedAppearances", SK_PDF_BOOL);
	x->field_resources = sk_pdf_get_kind(x, form, "DR", SK_PDF_DICT);
	x->need_appearances = need && need->i;
	if (!sk_pdf_build_pages(x, out))
		return;
	sk_pdf_build_labels(x, root, out);
	sk_pdf_build_dests(x, root, out);
	sk_pdf_build_outlines(x, root, out);
	sk_pdf_build_layers(x, root, out);
	for (uint32_t i = 0; i < root->n; i++)
		if (!handled(&root->v[2 * i]))
			sk_pdf_put_name(x, &rest, root->v[2 * i], root->v[2 * i + 1]);
	sk_pdf_dict(x, &rest, catalog_rules, out);
	sk_pdf_build_structure(x, root, out);
	report_names(x, root);
	report_form(x, root);
}

/* --- trailer --- */

static struct sk_pdf_out *build_info(struct sk_pdf *x, const struct sk_pdf_val *trailer)
{
	const struct sk_pdf_val *info = sk_pdf_get_kind(x, trailer, "Info", SK_PDF_DICT);
	const struct sk_pdf_val *title = sk_pdf_get_kind(x, info, "Title", SK_PDF_STRING);
	struct sk_pdf_val v = sk_pdf_vdict();

	for (uint32_t i = 0; info && i < info->n; i++)
		if (!sk_pdf_is(&info->v[2 * i], "Title"))
			sk_pdf_removed(x, SK_PDF_METADATA);
	if (title == NULL || title->n == 0 || title->n > 65535)
		return NULL;
	sk_pdf_put(x, &v, "Title", *title);
	return sk_pdf_new(x, v);
}

/* Load what a value refers to, so that what was dropped is known too. */
static void follow(struct sk_pdf *x, const struct sk_pdf_val *v, unsigned depth)
{
	uint32_t n = v->kind == SK_PDF_DICT ? 2 * v->n : v->kind == SK_PDF_ARRAY ? v->n : 0;

	if (v->kind == SK_PDF_REF)
		sk_pdf_object(x, v->i, v->n);
	for (uint32_t i = 0; i < n && depth <= SK_LIMIT_PDF_DEPTH; i++)
		follow(x, &v->v[i], depth + 1);
}

/* Everything that the document leads to, kept or not. Each round goes over what the one before loaded. */
static void follow_all(struct sk_pdf *x)
{
	for (uint32_t before = 0; before != x->nloaded && x->rc == 0;) {
		before = x->nloaded;
		for (size_t i = 0; i < x->nins && x->rc == 0; i++) {
			struct sk_pdf_in *in = x->ins[i];
			if (in == NULL || in->walked)
				continue;
			in->walked = true;
			follow(x, &in->val, 0);
		}
	}
}

/* Objects that nothing leads to: neither parts of the document nor containers of others. */
static void count_unused(struct sk_pdf *x, const struct sk_pdf_val *trailer)
{
	follow(x, trailer, 0);
	follow_all(x);
	for (int64_t i = 1; i < x->size && x->rc == 0; i++) {
		if ((size_t)i < x->nins && x->ins[i])
			continue;
		struct sk_pdf_in *in = sk_pdf_object(x, i, 0);
		const struct sk_pdf_val *type =
		    in ? sk_pdf_get_kind(x, &in->val, "Type", SK_PDF_NAME) : NULL;
		if (in && (in->val.kind == SK_PDF_DICT || in->val.kind == SK_PDF_STRING) &&
		    !sk_pdf_raw(&in->val, "Linearized") &&
		    !(type && sk_pdf_listed(type, "ObjStm XRef")))
			sk_pdf_removed(x, SK_PDF_UNUSED_OBJECT);
	}
}

/* Bytes in front of the header or behind the end, and earlier versions of the document. */
static void report_file(struct sk_pdf *x, const struct sk_pdf_val *trailer)
{
	size_t head =
	    sk_slice_find(sk_slice_sub(x->bytes, 0, HEADER_WITHIN + 5), 0, SK_SLICE_LIT("%PDF-"));
	size_t eof = sk_slice_rfind(x->bytes, x->bytes.n, SK_SLICE_LIT("%%EOF"));

	if (head != SIZE_MAX && head > 0)
		sk_job_removed(x->job, SK_GENERIC_LEADING, 1, "document");
	for (size_t i = eof == SIZE_MAX ? x->bytes.n : eof + 5; i < x->bytes.n; i++) {
		if (!sk_pdf_space(x->bytes.p[i])) {
			sk_job_removed(x->job, SK_GENERIC_TRAILING, 1, "document");
			break;
		}
	}
	struct sk_slice start = sk_slice_sub(x->bytes, 0, 2048);
	if (sk_pdf_raw(trailer, "Prev") &&
	    sk_slice_find(start, 0, SK_SLICE_LIT("/Linearized")) == SIZE_MAX)
		sk_pdf_removed(x, SK_PDF_OLD_REVISION);
	for (uint32_t i = 0; i < trailer->n; i++)
		if (!sk_pdf_listed(&trailer->v[2 * i],
			"Size Root Info ID Prev XRefStm Encrypt DecodeParms Filter Index "
			"Length Type W"))
			sk_pdf_unknown(x, &trailer->v[2 * i], &trailer->v[2 * i + 1]);
}

static bool read_trailer(struct sk_pdf *x, struct sk_pdf_val *trailer)
{
	qpdf_oh oh = qpdf_get_trailer(x->qpdf);
	const char *text = qpdf_oh_unparse_resolved(x->qpdf, oh);
	struct sk_pdf_lex l;

	if (qpdf_has_error(x->qpdf) || text == NULL) {
		(void)qpdf_get_error(x->qpdf);
		return false;
	}
	sk_pdf_lex_init(&l, sk_slice_str(text));
	sk_pdf_next(&l);
	bool good = sk_pdf_parse(x, &l, trailer) && trailer->kind == SK_PDF_DICT;
	qpdf_oh_release(x->qpdf, oh);
	return good;
}

/* --- the whole --- */

static int build(struct sk_pdf *x, struct sk_buf *out)
{
	struct sk_pdf_val trailer;

	int rc = sk_pdf_open(x);
	if (rc)
		return rc;
	if (!read_trailer(x, &trailer))
		return x->rc ? x->rc : SK_EFORMAT;
	x->size = sk_pdf_int(x, &trailer, "Size", 0);
	if (x->size > (int64_t)x->bytes.n) /* no honest file has an object a byte */
		x->size = (int64_t)x->bytes.n;
	const struct sk_pdf_val *root = sk_pdf_get_kind(x, &trailer, "Root", SK_PDF_DICT);
	struct sk_pdf_out *catalog = sk_pdf_new(x, sk_pdf_vdict());
	if (root == NULL || catalog == NULL || !sk_pdf_find_pages(x, root))
		return x->rc ? x->rc : SK_EFORMAT;
	sk_report_pages(x->job->report, (uint32_t)x->npages);
	build_catalog(x, root, &catalog->val);
	struct sk_pdf_out *info = build_info(x, &trailer);
	report_file(x, &trailer);
	count_unused(x, &trailer);
	if (qpdf_more_warnings(x->qpdf)) /* what qpdf repaired, now or while objects were read */
		sk_pdf_removed(x, SK_PDF_DAMAGED);
	sk_pdf_close(x); /* the output takes its memory */
	return x->rc ? x->rc : sk_pdf_write(x, catalog, info, out);
}

int sk_pdf_rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct sk_pdf *x = sk_arena_alloc(job->arena, sizeof(*x));
	int rc = SK_ENOMEM;

	if (x == NULL)
		return SK_ENOMEM;
	x->job = job;
	x->home = x->arena = x->tmp = job->arena;
	x->bytes = in;
	x->packed = SK_BUF(SK_LIMIT_OUTPUT);
	x->packer = libdeflate_alloc_compressor(PACK_LEVEL);
	x->unpacker = libdeflate_alloc_decompressor();
	if (x->packer && x->unpacker)
		rc = build(x, &out->bytes);
	sk_pdf_close(x);
	libdeflate_free_compressor(x->packer);
	libdeflate_free_decompressor(x->unpacker);
	sk_buf_free(&x->packed);
	out->type = SK_FT_PDF;
	return rc;
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	return method == SK_METHOD_TEXT ? SK_FT_TXT : SK_FT_PDF;
}

static const enum sk_filetype types[] = {SK_FT_PDF, SK_FT_UNKNOWN};

const struct sk_handler sk_pdf_handler = {
    .name = "pdf",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .probe = sk_pdf_probe,
    .rebuild = sk_pdf_rebuild,
    .flatten = sk_pdf_flatten,
    .text = sk_pdf_text,
    .out_type = out_type,
};
