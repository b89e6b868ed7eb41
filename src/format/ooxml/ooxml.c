/* The handler of Word, Excel and PowerPoint files (Office Open XML). Runs in the cleaner's jail. */
#include "format/handler.h"

#include <expat.h>

#include "format/office/office.h"
#include "format/ooxml/flt.h"
#include "format/ooxml/xmlname.h"
#include "format/text/text.h"

static const enum sk_filetype types[] = {SK_FT_DOCX, SK_FT_DOCM, SK_FT_DOTX, SK_FT_DOTM, SK_FT_XLSX,
    SK_FT_XLSM, SK_FT_XLTX, SK_FT_XLTM, SK_FT_PPTX, SK_FT_PPTM, SK_FT_POTX, SK_FT_POTM, SK_FT_PPSX,
    SK_FT_PPSM, SK_FT_UNKNOWN};

static void probe(struct sk_slice in, const char *name, struct sk_report *claims)
{
	const char *evidence = "";
	/* The directory of the largest archive, and the two files that are read. */
	struct sk_arena *a = sk_arena_new((size_t)256 << 20);

	(void)name;
	if (a == NULL)
		return;
	enum sk_filetype t = ox_probe(a, in, &evidence);
	if (t != SK_FT_UNKNOWN)
		sk_report_claim(claims, t, SK_CLAIM_STRUCTURE, 0, evidence);
	sk_arena_free(a);
}

static enum sk_filetype out_type(enum sk_filetype type, enum sk_method method)
{
	if (method == SK_METHOD_TEXT)
		return SK_FT_TXT;
	if (method == SK_METHOD_FLATTEN)
		return SK_FT_PDF;
	switch (type) {
	case SK_FT_DOCX:
	case SK_FT_DOCM:
	case SK_FT_DOTX:
	case SK_FT_DOTM:
		return SK_FT_DOCX;
	case SK_FT_XLSX:
	case SK_FT_XLSM:
	case SK_FT_XLTX:
	case SK_FT_XLTM:
		return SK_FT_XLSX;
	default:
		return SK_FT_PPTX;
	}
}

/* --- the title, all that stays of the properties --- */

struct core {
	struct ox_pkg *pkg;
	XML_Parser parser;
	unsigned depth;
	bool title, other;
};

static void XMLCALL core_start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct core *c = user;

	(void)atts;
	c->depth++;
	c->title = c->depth == 2 && strcmp(name, "http://purl.org/dc/elements/1.1/\ntitle") == 0;
}

static void XMLCALL core_end(void *user, const XML_Char *name)
{
	struct core *c = user;

	(void)name;
	c->depth--;
	c->title = false;
}

static void XMLCALL core_text(void *user, const XML_Char *s, int n)
{
	struct core *c = user;

	if (c->title) {
		sk_buf_put(&c->pkg->title, s, (size_t)n);
		return;
	}
	for (int i = 0; i < n; i++)
		if (strchr(" \t\r\n", s[i]) == NULL)
			c->other = true;
}

static void XMLCALL core_doctype(
    void *user, const XML_Char *a, const XML_Char *b, const XML_Char *d, int internal)
{
	struct core *c = user;

	(void)a;
	(void)b;
	(void)d;
	(void)internal;
	sk_job_removed(c->pkg->job, SK_OOXML_DTD, 1, "core.xml");
	XML_StopParser(c->parser, XML_FALSE);
}

static int read_core(struct ox_pkg *pkg, struct ox_member *m)
{
	struct core c = {.pkg = pkg};
	struct sk_slice in;
	int rc = ox_pkg_read(pkg, m, pkg->job->arena, &in);

	if (rc)
		return rc;
	c.parser = XML_ParserCreateNS(NULL, '\n');
	if (c.parser == NULL)
		return SK_ENOMEM;
	XML_SetUserData(c.parser, &c);
	XML_SetElementHandler(c.parser, core_start, core_end);
	XML_SetCharacterDataHandler(c.parser, core_text);
	XML_SetStartDoctypeDeclHandler(c.parser, core_doctype);
	if (XML_Parse(c.parser, (const char *)in.p, (int)in.n, 1) != XML_STATUS_OK) {
		sk_buf_reset(&pkg->title);
		c.other = true;
	}
	XML_ParserFree(c.parser);
	if (c.other)
		sk_job_removed(pkg->job, SK_OOXML_METADATA, 1, "%s", m->name);
	return pkg->title.err == SK_ENOMEM ? SK_ENOMEM : 0;
}

/* Whether the extended properties name Excel, and whether they say more than that. */
static void XMLCALL app_start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct core *c = user;
	(void)atts;
	c->depth++;
	c->title = c->depth == 2 && strcmp(ox_local(name), "Application") == 0;
}

static int read_app(struct ox_pkg *pkg, struct ox_member *m)
{
	struct sk_buf application = SK_BUF(4096), title = pkg->title;
	struct core c = {.pkg = pkg};
	struct sk_slice in;
	int rc = ox_pkg_read(pkg, m, pkg->job->arena, &in);

	c.parser = rc ? NULL : XML_ParserCreateNS(NULL, '\n');
	if (c.parser == NULL)
		return rc ? rc : SK_ENOMEM;
	XML_SetUserData(c.parser, &c);
	XML_SetElementHandler(c.parser, app_start, core_end);
	XML_SetCharacterDataHandler(c.parser, core_text);
	XML_SetStartDoctypeDeclHandler(c.parser, core_doctype);
	pkg->title = application;
	if (XML_Parse(c.parser, (const char *)in.p, (int)in.n, 1) != XML_STATUS_OK)
		c.other = true;
	application = pkg->title;
	pkg->title = title;
	XML_ParserFree(c.parser);
	struct sk_slice name = sk_buf_slice(&application);
	pkg->by_excel =
	    pkg->main_kind == OX_WORKBOOK && sk_slice_starts(name, SK_SLICE_LIT("Microsoft"));
	if (c.other || (name.n && !(pkg->by_excel && sk_slice_is(name, "Microsoft Excel"))))
		sk_job_removed(pkg->job, SK_OOXML_METADATA, 1, "%s", m->name);
	sk_buf_free(&application);
	return 0;
}

static int read_title(struct ox_pkg *pkg)
{
	struct ox_rels rels;
	int rc = ox_rels_read(pkg, NULL, &rels);

	for (size_t i = 0; i < rels.n && rc == 0; i++) {
		struct ox_rel *r = &rels.v[rels.in_order[i]];
		bool core = strstr(r->type, "relationships/metadata/core-properties") ||
			    strstr(r->type, "relationships/metadata/coreProperties");
		if (core && !r->external && r->member && r->member != pkg->main && !r->member->seen)
			rc = read_core(pkg, r->member);
		else if (strstr(r->type, "/relationships/extended") && !r->external && r->member &&
			 r->member != pkg->main && !r->member->seen)
			rc = read_app(pkg, r->member);
		else if (r->external)
			ox_report_rel(pkg, NULL, r);
	}
	return rc;
}

/* --- methods --- */

static int rebuild_parts(struct ox_pkg *pkg)
{
	int rc = 0;

	for (; pkg->next < pkg->nouts && rc == 0; pkg->next++) {
		struct ox_out *o = pkg->outs[pkg->next];
		sk_report_pages(pkg->job->report, o->kind == OX_SLIDE);
		rc = ox_is_file(o->kind) ? ox_pack(pkg, o, o->from->file) : ox_filter_part(pkg, o);
		if (rc == SK_EFORMAT)
			rc = sk_job_refuse(pkg->job, SK_REASON_DAMAGED, "%s", o->from->name);
	}
	return rc;
}

static int run(struct ox_pkg *pkg, struct sk_output *out)
{
	int rc = ox_pkg_main(pkg);

	if (rc == 0)
		rc = read_title(pkg);
	if (rc == 0 && pkg->main_kind == OX_WORKBOOK)
		rc = ox_sml_sheets(pkg);
	if (rc == 0 && pkg->main_kind == OX_WORKBOOK && pkg->job->converted)
		rc = ox_drop_mixed_charts(pkg);
	if (rc)
		return rc;
	pkg->writer = sk_zip_writer_new(&out->bytes);
	pkg->packer = sk_zip_packer_new(OX_LEVEL);
	struct ox_out *main =
	    pkg->writer && pkg->packer ? ox_part(pkg, pkg->main, pkg->main_kind) : NULL;
	if (main == NULL)
		return pkg->rc ? pkg->rc : SK_ENOMEM;
	rc = rebuild_parts(pkg);
	if (rc)
		return rc;
	ox_report_rest(pkg);
	return ox_write(pkg, main, &out->bytes);
}

static int rebuild(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct ox_pkg pkg;
	int rc = ox_pkg_open(&pkg, job, in);

	pkg.title = SK_BUF(SK_LIMIT_XML_VALUE);
	if (rc == 0)
		rc = run(&pkg, out);
	sk_zip_writer_free(pkg.writer);
	sk_zip_packer_free(pkg.packer);
	sk_buf_free(&pkg.title);
	out->type = out_type(type, SK_METHOD_REBUILD);
	return rc;
}

static int text(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	struct ox_pkg pkg;
	int rc = ox_pkg_open(&pkg, job, in);

	if (rc == 0)
		rc = ox_pkg_main(&pkg);
	if (rc == 0)
		rc = ox_text(&pkg, &out->bytes);
	if (rc == 0)
		rc = sk_text_mark(job, &out->bytes);
	out->type = out_type(type, SK_METHOD_TEXT);
	return rc;
}

static int flatten(
    struct sk_job *job, enum sk_filetype type, struct sk_slice in, struct sk_output *out)
{
	return sk_office_flatten(job, &sk_ooxml_handler, type, in, out);
}

const struct sk_handler sk_ooxml_handler = {
    .name = "ooxml",
    .types = types,
    .methods = SK_METHOD_REBUILD | SK_METHOD_FLATTEN | SK_METHOD_TEXT,
    .probe = probe,
    .rebuild = rebuild,
    .flatten = flatten,
    .text = text,
    .out_type = out_type,
};
