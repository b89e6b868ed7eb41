/* One part from its member to its packed form: parsing, and what surrounds it. Cleaner's jail. */
#include "format/odf/flt.h"

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define LEVEL 5

static void XMLCALL on_other(void *user, const XML_Char *s, int n)
{
	(void)user;
	(void)s;
	(void)n;
}

static void XMLCALL on_comment(void *user, const XML_Char *s)
{
	(void)s;
	od_count(user, SK_OOXML_UNKNOWN_XML);
}

static void XMLCALL on_pi(void *user, const XML_Char *target, const XML_Char *data)
{
	(void)target;
	on_comment(user, data);
}

/* A default handler keeps expat from expanding what the document type defines. */
static void XMLCALL on_doctype(
    void *user, const XML_Char *name, const XML_Char *sysid, const XML_Char *pubid, int internal)
{
	struct od_flt *f = user;

	(void)name;
	(void)sysid;
	(void)pubid;
	(void)internal;
	od_count(f, SK_OOXML_DTD);
	XML_SetDefaultHandler(f->parser, on_other);
}

static int open_parser(struct od_flt *f)
{
	f->parser = XML_ParserCreateNS(NULL, '\n');
	if (f->parser == NULL)
		return SK_ENOMEM;
	XML_SetUserData(f->parser, f);
	XML_SetElementHandler(f->parser, od_on_start, od_on_end);
	XML_SetCharacterDataHandler(f->parser, od_on_text);
	XML_SetCommentHandler(f->parser, on_comment);
	XML_SetProcessingInstructionHandler(f->parser, on_pi);
	XML_SetStartDoctypeDeclHandler(f->parser, on_doctype);
	return 0;
}

static int parse(struct od_flt *f, struct sk_package_source *from)
{
	int rc = open_parser(f);

	sk_buf_puts(&f->buf, DECLARATION);
	if (rc == 0)
		rc = sk_package_feed(f->job, f->parser, from, f->where);
	rc = f->rc ? f->rc : rc;
	if (f->parser)
		XML_ParserFree(f->parser);
	f->parser = NULL;
	if (rc == 0)
		rc = f->buf.err ? f->buf.err : f->text.err;
	if (rc == SK_EFORMAT)
		rc = sk_job_refuse(f->job, SK_REASON_DAMAGED, "%s", f->where);
	for (int c = 1; c < SK_CODE_COUNT && rc == 0; c++)
		if (f->removed[c])
			sk_job_removed(f->job, (enum sk_code)c, f->removed[c], "%s", f->where);
	return rc;
}

static void free_filter(struct od_flt *f)
{
	if (f == NULL)
		return;
	sk_buf_free(&f->buf);
	sk_buf_free(&f->text);
	sk_zip_packer_free(f->packer);
	sk_arena_free(f->arena);
	free(f);
}

static struct od_flt *new_filter(
    struct od_pkg *pkg, struct od_doc *doc, const char *where, uint16_t root)
{
	struct od_flt *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->pkg = pkg;
	f->job = pkg->job;
	f->doc = doc;
	f->where = where;
	f->root = root;
	f->arena = sk_arena_new(pkg->job->limits->memory);
	f->buf = SK_BUF(SK_LIMIT_MEMBER);
	f->text = SK_BUF(SK_LIMIT_MEMBER);
	f->packer = pkg->flat ? NULL : sk_zip_packer_new(LEVEL);
	if (f->arena && (f->packer || pkg->flat))
		return f;
	free_filter(f);
	return NULL;
}

static int pack(struct od_flt *f, const char *part)
{
	struct od_pkg *pkg = f->pkg;
	struct sk_zip_packed packed;
	int rc = sk_zip_packer_put(f->packer, sk_buf_slice(&f->buf));

	if (rc == 0)
		rc = sk_zip_packer_end(f->packer, f->job->arena, &packed);
	if (rc)
		return rc;
	struct od_out *o =
	    od_out(pkg, sk_arena_printf(f->job->arena, "%s%s", f->doc->out, part), "text/xml");
	if (o == NULL)
		return pkg->rc;
	o->packed = packed;
	return 0;
}

int od_filter_member(
    struct od_pkg *pkg, struct od_doc *doc, struct od_member *m, const char *part, uint16_t root)
{
	int rc = od_pkg_admit(pkg, m);

	if (rc)
		return rc;
	struct od_flt *f = new_filter(pkg, doc, m->name, root);
	struct sk_package_source from = {.reader = f ? sk_zip_reader_new(m->zip) : NULL};
	rc = from.reader ? parse(f, &from) : SK_ENOMEM;
	if (rc == 0)
		rc = pack(f, part);
	sk_zip_reader_free(from.reader);
	free_filter(f);
	return rc;
}

int od_filter_flat(struct od_pkg *pkg, struct od_doc *doc, struct sk_slice in, struct sk_buf *out)
{
	struct od_flt *f = new_filter(pkg, doc, "flat XML", N_office_document);
	struct sk_package_source from = {.rest = in};
	int rc = f ? parse(f, &from) : SK_ENOMEM;

	if (rc == 0)
		rc = sk_buf_put_slice(out, sk_buf_slice(&f->buf));
	free_filter(f);
	return rc;
}
