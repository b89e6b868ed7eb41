/* One part from its member to its packed form: parsing, and what surrounds it. Cleaner's jail. */
#include "format/ooxml/flt.h"

/* Bytes of a part that is read twice in pieces rather than held. */

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

static int open_parser(struct ox_flt *f)
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
	return 0;
}

static int parse(struct ox_flt *f, struct sk_package_source *from)
{
	int rc = open_parser(f);

	if (rc == 0)
		rc = sk_package_feed(f->job, f->parser, from, f->out->from->name);
	rc = f->rc ? f->rc : rc;
	if (f->parser)
		XML_ParserFree(f->parser);
	f->parser = NULL;
	if (rc == 0)
		rc = f->buf.err;
	if (rc == 0)
		ox_fields_close(f, 0);
	return rc ? rc : f->rc;
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
	/* The input goes before the output is packed. */
	struct sk_arena *arena = sk_arena_new(f->job->limits->memory);
	struct sk_package_source in = {0};
	int rc = arena ? ox_pkg_read(f->pkg, f->out->from, arena, &in.rest) : SK_ENOMEM;

	/* The output is rarely longer than the input; growing by doubling would hold it twice. */
	if (rc == 0)
		rc = sk_buf_reserve(&f->buf, in.rest.n + 4096);
	if (rc == 0)
		rc = parse(f, &in);
	sk_arena_free(arena);
	return rc;
}

static void free_field(struct ox_field *field)
{
	sk_buf_free(&field->text);
	sk_buf_free(&field->live);
}

static void free_filter(struct ox_flt *f)
{
	if (f == NULL)
		return;
	sk_buf_free(&f->buf);
	sk_buf_free(&f->root);
	sk_buf_free(&f->text);
	sk_buf_free(&f->picture);
	for (size_t i = 0; i < f->fields_cap; i++)
		free_field(&f->fields[i]);
	sk_arena_free(f->arena);
	free(f);
}

static struct ox_flt *new_filter(struct ox_pkg *pkg, struct ox_out *out, enum ox_pass pass)
{
	struct ox_flt *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->pkg = pkg;
	f->job = pkg->job;
	f->out = out;
	f->pass = pass;
	f->arena = sk_arena_new(pkg->job->limits->memory);
	f->buf = SK_BUF(SK_LIMIT_MEMBER);
	f->root = SK_BUF(SK_LIMIT_XML_VALUE);
	f->text = SK_BUF(SK_LIMIT_XML_VALUE);
	f->picture = SK_BUF(SK_LIMIT_MEMBER);
	if (f->arena) {
		ox_prefix_slot(f, "", 0);
		return f;
	}
	free_filter(f);
	return NULL;
}

static int filter_whole(struct ox_pkg *pkg, struct ox_out *out)
{
	struct ox_flt *f = new_filter(pkg, out, OX_WHOLE);
	int rc = f ? read_and_parse(f) : SK_ENOMEM;

	if (rc == 0)
		rc = ox_refs_settle(f);
	if (rc == 0)
		rc = ox_finish(f);
	if (rc == 0)
		flush_removed(f);
	free_filter(f);
	return rc;
}

/* One of the two ways through a large part. *spaces: what the first found and the second needs. */
static int filter_pieces(
    struct ox_pkg *pkg, struct ox_out *out, enum ox_pass pass, uint64_t *spaces)
{
	struct ox_flt *f = new_filter(pkg, out, pass);
	struct sk_package_source from = {.reader = sk_zip_reader_new(out->from->zip)};
	int rc = f && from.reader ? 0 : SK_ENOMEM;

	if (rc == 0) {
		f->ns_final = *spaces;
		rc = parse(f, &from);
	}
	if (rc == 0)
		rc = ox_stream_end(f);
	if (rc == 0 && pass == OX_LOOK) {
		*spaces = f->ns_root | f->ns_gone;
		rc = ox_refs_settle(f);
		flush_removed(f);
	}
	sk_zip_reader_free(from.reader);
	free_filter(f);
	return rc;
}

int ox_filter_part(struct ox_pkg *pkg, struct ox_out *out)
{
	uint64_t spaces = 0;
	int rc = ox_rels_read(pkg, out->from, &out->in_rels);

	if (rc)
		return rc;
	if (out->from->zip->size < OX_LARGE)
		return filter_whole(pkg, out);
	rc = ox_pkg_admit(pkg, out->from);
	if (rc == 0)
		rc = filter_pieces(pkg, out, OX_LOOK, &spaces);
	return rc ? rc : filter_pieces(pkg, out, OX_WRITE, &spaces);
}
