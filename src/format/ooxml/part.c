/* One part from its member to its packed form: parsing, and what surrounds it. Cleaner's jail. */
#include "format/ooxml/flt.h"

static void XMLCALL on_other(void *user, const XML_Char *s, int n)
{
	(void)user;
	(void)s;
	(void)n;
}

static void XMLCALL on_hidden(void *user, const XML_Char *s)
{
	ox_count(user, SK_OOXML_UNKNOWN_XML);
	(void)s;
}

static void XMLCALL on_pi(void *user, const XML_Char *target, const XML_Char *data)
{
	(void)target;
	on_hidden(user, data);
}

/* A default handler keeps expat from expanding what the document type defines. */
static void XMLCALL on_doctype(
    void *user, const XML_Char *name, const XML_Char *sysid, const XML_Char *pubid, int internal)
{
	struct ox_flt *f = user;

	(void)name;
	(void)sysid;
	(void)pubid;
	(void)internal;
	ox_count(f, SK_OOXML_DTD);
	XML_SetDefaultHandler(f->parser, on_other);
}

static int parse(struct ox_flt *f, struct sk_slice in)
{
	f->parser = XML_ParserCreate(NULL);
	if (f->parser == NULL)
		return SK_ENOMEM;
	XML_SetUserData(f->parser, f);
	XML_SetElementHandler(f->parser, ox_on_start, ox_on_end);
	XML_SetCharacterDataHandler(f->parser, ox_on_text);
	XML_SetCommentHandler(f->parser, on_hidden);
	XML_SetProcessingInstructionHandler(f->parser, on_pi);
	XML_SetStartDoctypeDeclHandler(f->parser, on_doctype);
	enum XML_Status st = XML_Parse(f->parser, (const char *)in.p, (int)in.n, 1);
	int rc = f->rc;
	if (st != XML_STATUS_OK && rc == 0)
		rc = XML_GetErrorCode(f->parser) == XML_ERROR_NO_MEMORY ? SK_ENOMEM : SK_EFORMAT;
	XML_ParserFree(f->parser);
	f->parser = NULL;
	return rc;
}

static void flush_removed(struct ox_flt *f)
{
	for (int c = 1; c < SK_CODE_COUNT; c++)
		if (f->removed[c])
			sk_job_removed(
			    f->job, (enum sk_code)c, f->removed[c], "%s", f->out->from->name);
}

static int read_and_parse(struct ox_flt *f)
{
	/* The input goes before the output is packed: a large sheet need not stand in memory twice. */
	struct sk_arena *arena = sk_arena_new(f->job->limits->memory);
	struct sk_slice in;
	int rc = arena ? ox_pkg_read(f->pkg, f->out->from, arena, &in) : SK_ENOMEM;

	if (rc == 0)
		rc = ox_rels_read(f->pkg, f->out->from, &f->out->in_rels);
	/* The output is rarely longer than the input; growing by doubling would hold it twice. */
	if (rc == 0)
		rc = sk_buf_reserve(&f->buf, in.n + 4096);
	if (rc == 0)
		rc = parse(f, in);
	sk_arena_free(arena);
	return rc;
}

static int run(struct ox_flt *f)
{
	int rc = read_and_parse(f);

	if (rc == 0 && f->buf.err)
		rc = f->buf.err;
	if (rc)
		return rc;
	ox_fields_close(f, 0);
	rc = f->rc ? f->rc : ox_refs_settle(f);
	return rc ? rc : ox_finish(f);
}

static void free_field(struct ox_field *field)
{
	sk_buf_free(&field->text);
	sk_buf_free(&field->live);
}

int ox_filter_part(struct ox_pkg *pkg, struct ox_out *out)
{
	struct ox_flt *f = calloc(1, sizeof(*f));
	size_t max = pkg->job->limits->memory;

	ox_escape_init();
	if (f == NULL)
		return SK_ENOMEM;
	f->pkg = pkg;
	f->job = pkg->job;
	f->out = out;
	f->arena = sk_arena_new(max);
	f->buf = SK_BUF(SK_LIMIT_MEMBER);
	f->root = SK_BUF(SK_LIMIT_XML_VALUE);
	f->text = SK_BUF(SK_LIMIT_XML_VALUE);
	f->picture = SK_BUF(SK_LIMIT_MEMBER);
	ox_prefix_slot(f, "", 0);
	int rc = f->arena ? run(f) : SK_ENOMEM;
	if (rc == 0)
		flush_removed(f);
	sk_buf_free(&f->buf);
	sk_buf_free(&f->root);
	sk_buf_free(&f->text);
	sk_buf_free(&f->picture);
	for (size_t i = 0; i < f->fields_cap; i++)
		free_field(&f->fields[i]);
	sk_arena_free(f->arena);
	free(f);
	return rc;
}
