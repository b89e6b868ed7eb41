/* Packages made in memory for tests and fuzzers: small valid files with one part of the caller's. */
#ifndef SK_FORMAT_OOXML_TEST_PKG_H
#define SK_FORMAT_OOXML_TEST_PKG_H

#include "container/zip.h"
#include "format/test-run.h"

#define T_REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define T_CT "application/vnd.openxmlformats-officedocument."
#define T_W "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\""
#define T_R "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define T_A "xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\""
#define T_P "xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\""
#define T_S "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\""
#define T_MC "xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\""

struct t_part {
	const char *name, *type; /* type NULL: no Override */
	struct sk_slice data;
};

#define T_PART(name, type, text) \
	{ \
		name, type, \
		{ \
			(const uint8_t *)(text), strlen(text) \
		} \
	}

/* A package of these parts; content types and the root relationship to the first are added. */
static int t_package(const struct t_part *parts, size_t n, struct sk_buf *out)
{
	struct sk_buf types = SK_BUF(1 << 20), root = SK_BUF(1 << 20);
	struct sk_zip_writer *w = sk_zip_writer_new(out);
	int rc = w ? 0 : SK_ENOMEM;

	sk_buf_puts(&types,
	    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
	    "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
	    "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
	    "<Default Extension=\"vml\" ContentType=\"" T_CT "vmlDrawing\"/>");
	for (size_t i = 0; i < n; i++)
		if (parts[i].type)
			sk_buf_printf(&types, "<Override PartName=\"/%s\" ContentType=\"%s\"/>",
			    parts[i].name, parts[i].type);
	sk_buf_puts(&types, "</Types>");
	sk_buf_printf(&root,
	    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
	    "<Relationship Id=\"x\" Type=\"" T_REL
	    "officeDocument\" Target=\"%s\"/></Relationships>",
	    parts[0].name);
	if (rc == 0)
		rc = sk_zip_writer_add(w, "[Content_Types].xml", sk_buf_slice(&types), 1);
	if (rc == 0)
		rc = sk_zip_writer_add(w, "_rels/.rels", sk_buf_slice(&root), 1);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = sk_zip_writer_add(w, parts[i].name, parts[i].data, 1);
	if (rc == 0)
		rc = sk_zip_writer_end(w);
	sk_zip_writer_free(w);
	sk_buf_free(&types);
	sk_buf_free(&root);
	return rc;
}

/* What the engine does with a file inside a file. */
static int t_member(struct sk_job *job, const char *name, struct sk_slice in, struct sk_output *out,
    enum sk_code *why)
{
	static struct sk_report claims;
	struct sk_report *r = calloc(1, sizeof(*r));
	struct sk_job inner = *job;

	*why = SK_REASON_UNKNOWN_TYPE;
	claims = (struct sk_report){0};
	sk_ooxml_handler.probe(in, name, &claims);
	if (r == NULL || claims.nclaims == 0 || job->depth + 1 > job->limits->nesting ||
	    sk_filetype_family(claims.claims[0].type) != SK_FAM_OOXML) {
		free(r);
		return SK_EREFUSED;
	}
	inner.report = r;
	inner.depth++;
	int rc = sk_ooxml_handler.rebuild(&inner, claims.claims[0].type, in, out);
	if (rc == 0)
		sk_report_merge(job->report, r, name);
	else if (r->reason == SK_REASON_BOMB || r->reason == SK_REASON_LIMIT_MEMBERS)
		rc = sk_report_refuse(job->report, r->reason, "%s", name);
	free(r);
	return rc;
}

/* Clean in process, as the engine does. out is to be freed by the caller. */
static int t_clean_as(struct sk_slice in, enum sk_method method, bool converted,
    struct sk_report *r, struct sk_output *out)
{
	static const struct sk_services services = {.clean_member = t_member};
	struct tr_run t = {&sk_ooxml_handler, .text = method == SK_METHOD_TEXT,
	    .converted = converted, .name = "t", .services = &services};

	sk_report_clear(r);
	*out = (struct sk_output){0};
	sk_ooxml_handler.probe(in, "t", r);
	if (r->nclaims == 0)
		return SK_EFORMAT;
	t.type = r->claims[0].type;
	if (sk_filetype_family(t.type) != SK_FAM_OOXML)
		return SK_EUNSUPPORTED;
	return tr_clean(&t, in, r, out);
}

static inline int t_clean(
    struct sk_slice in, enum sk_method method, struct sk_report *r, struct sk_output *out)
{
	return t_clean_as(in, method, false, r, out);
}

#endif
