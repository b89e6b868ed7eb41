/*
 * XML data that no Office format owns: parsed by expat, written in one plain form
 * (doc/profiles/text.md, section 5). No document type, instruction or comment, and only vocabularies of data.
 * Cleaner's jail.
 */
#include "format/text/text.h"
#include "format/text/xmlrule.h"

#include <expat.h>
#include <stdlib.h>
#include <strings.h>

struct xml {
	struct sk_job *job;
	struct sk_buf *out;
	struct sk_buf text, filtered;
	struct sk_text_counts counts;
	XML_Parser parser;
	uint32_t instructions, types, links;
	unsigned depth;
	uint64_t elements;
	bool plain, pending; /* pending: the start tag still lacks its > */
	int rc;
};

static const char *const foreign_roots[] = {
    "html",
    "svg",
    "job",
    "package",
    "scriptlet",
    "component",
    "hta:application",
    "project",
    "persistedquery",
    "pcsettings",
    "librarydescription",
    "searchconnectordescription",
};

static void stop(struct xml *x, int rc)
{
	if (x->rc == 0)
		x->rc = rc;
	XML_StopParser(x->parser, XML_FALSE);
}

static void refuse(struct xml *x, enum sk_code reason, const char *why)
{
	stop(x, sk_job_refuse(x->job, reason, "%s", why));
}

static struct sk_slice filtered(struct xml *x, struct sk_slice s)
{
	sk_buf_reset(&x->filtered);
	if (sk_text_filter(s, &x->filtered, &x->counts))
		stop(x, x->filtered.err);
	return sk_buf_slice(&x->filtered);
}

static void flush_text(struct xml *x)
{
	if (x->text.len == 0)
		return;
	struct sk_slice s = filtered(x, sk_buf_slice(&x->text));
	if (x->plain) {
		sk_buf_put_slice(x->out, s);
	} else if (s.n) {
		if (x->pending)
			sk_buf_putc(x->out, '>');
		x->pending = false;
		sk_text_escape(x->out, s, false);
	}
	sk_buf_reset(&x->text);
}

/* At most one colon, between two names. */
static bool is_qualified(const char *name)
{
	const char *colon = strchr(name, ':');

	if (colon == NULL)
		return true;
	return colon > name && colon[1] && strchr("-.0123456789", colon[1]) == NULL &&
	       strchr(colon + 1, ':') == NULL;
}

static bool name_is_plain(struct xml *x, const char *name)
{
	struct sk_slice s = sk_slice_str(name);
	size_t i = 0;

	if (!is_qualified(name))
		return false;
	while (i < s.n && s.p[i] < 0x80)
		i++;
	return i == s.n || sk_slice_eq(filtered(x, s), s);
}

/* What is declared by the attribute of that name: *is_default by `xmlns` itself. */
static bool is_declaration(const char *name, bool *is_default)
{
	*is_default = strcmp(name, "xmlns") == 0;
	return *is_default || strncmp(name, "xmlns:", 6) == 0;
}

static void put_attribute(struct xml *x, const char *name, const char *value)
{
	struct sk_slice s = sk_slice_str(value);
	bool is_default;

	if (!name_is_plain(x, name))
		return refuse(x, SK_REASON_DAMAGED, "a name with characters that are not allowed");
	if (s.n > SK_LIMIT_XML_VALUE)
		return refuse(x, SK_REASON_LIMIT_OBJECTS, "an attribute value that is too long");
	/* The filtered value is what the output says, so it is what must be harmless. */
	s = filtered(x, s);
	if (x->rc)
		return;
	if (is_declaration(name, &is_default) && !sk_text_namespace(s, is_default))
		return refuse(
		    x, SK_REASON_UNSUPPORTED_TYPE, "XML of a vocabulary that is not known as data");
	if (!sk_text_attribute(name, s)) {
		x->links++;
		return;
	}
	if (x->plain)
		return;
	sk_buf_putc(x->out, ' ');
	sk_buf_puts(x->out, name);
	sk_buf_puts(x->out, "=\"");
	size_t from = x->out->len;
	sk_text_escape(x->out, s, true);
	/* The limit is for the value as it is written: references make it longer. */
	if (x->out->len - from > SK_LIMIT_XML_VALUE)
		return refuse(x, SK_REASON_LIMIT_OBJECTS, "an attribute value that is too long");
	sk_buf_putc(x->out, '"');
}

static bool is_foreign_root(const char *name)
{
	for (size_t i = 0; i < sizeof(foreign_roots) / sizeof(foreign_roots[0]); i++)
		if (strcasecmp(name, foreign_roots[i]) == 0)
			return true;
	return false;
}

static void on_start(void *data, const XML_Char *name, const XML_Char **attributes)
{
	struct xml *x = data;
	unsigned n = 0;

	flush_text(x);
	if (x->rc)
		return;
	if (x->depth == SK_LIMIT_XML_DEPTH)
		return refuse(x, SK_REASON_LIMIT_NESTING, "XML elements");
	if (++x->elements > SK_LIMIT_XML_ELEMENTS)
		return refuse(x, SK_REASON_LIMIT_OBJECTS, "XML elements");
	if (x->depth++ == 0 && is_foreign_root(name))
		return refuse(x, SK_REASON_UNSUPPORTED_TYPE, "XML that a program runs or loads");
	if (!name_is_plain(x, name))
		return refuse(x, SK_REASON_DAMAGED, "a name with characters that are not allowed");
	if (!x->plain) {
		if (x->pending)
			sk_buf_putc(x->out, '>');
		sk_buf_putc(x->out, '<');
		sk_buf_puts(x->out, name);
	}
	x->pending = true;
	for (; attributes[0] && x->rc == 0; attributes += 2) {
		if (++n > SK_LIMIT_XML_ATTRIBUTES)
			return refuse(
			    x, SK_REASON_LIMIT_OBJECTS, "an element with too many attributes");
		put_attribute(x, attributes[0], attributes[1]);
	}
	if (x->out->err)
		stop(x, x->out->err);
}

static void on_end(void *data, const XML_Char *name)
{
	struct xml *x = data;

	flush_text(x);
	x->depth--;
	if (x->plain)
		return;
	if (x->pending) {
		sk_buf_puts(x->out, "/>");
	} else {
		sk_buf_puts(x->out, "</");
		sk_buf_puts(x->out, name);
		sk_buf_putc(x->out, '>');
	}
	x->pending = false;
}

static void on_text(void *data, const XML_Char *s, int n)
{
	struct xml *x = data;

	if (sk_buf_put(&x->text, s, (size_t)n))
		stop(x, x->text.err);
}

static void on_instruction(void *data, const XML_Char *target, const XML_Char *body)
{
	((struct xml *)data)->instructions++;
}

static void on_comment(void *data, const XML_Char *body)
{
	((struct xml *)data)->instructions++;
}

static void on_doctype(
    void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
	((struct xml *)data)->types++;
}

/* Entities change what the document says, and a bomb is made of them: no honest office data has
 * them. */
static void on_entity(void *data, const XML_Char *name, int parameter, const XML_Char *value,
    int length, const XML_Char *base, const XML_Char *system, const XML_Char *public,
    const XML_Char *notation)
{
	refuse(data, SK_REASON_UNSUPPORTED_TYPE, "XML that defines its own entities");
}

static void on_skipped(void *data, const XML_Char *name, int parameter)
{
	if (!parameter)
		refuse(data, SK_REASON_DAMAGED, "XML with an entity that nothing defines");
}

static int parse(struct xml *x, struct sk_slice in)
{
	static const size_t chunk = (size_t)1 << 20;

	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetProcessingInstructionHandler(x->parser, on_instruction);
	XML_SetCommentHandler(x->parser, on_comment);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	XML_SetEntityDeclHandler(x->parser, on_entity);
	XML_SetSkippedEntityHandler(x->parser, on_skipped);
	for (size_t at = 0; x->rc == 0;) {
		struct sk_slice part = sk_slice_sub(in, at, chunk);
		at += part.n;
		enum XML_Status s =
		    XML_Parse(x->parser, (const char *)part.p, (int)part.n, at == in.n);
		if (s != XML_STATUS_OK && x->rc == 0)
			return sk_job_refuse(x->job, SK_REASON_DAMAGED, "XML line %lu: %s",
			    (unsigned long)XML_GetCurrentLineNumber(x->parser),
			    XML_ErrorString(XML_GetErrorCode(x->parser)));
		if (at == in.n)
			break;
	}
	return x->rc;
}

/*
 * Whether what was written is well-formed with namespaces: prefixes that are declared, no two attributes of one
 * expanded name (Namespaces in XML 1.0, 6.3). Readers that know of namespaces open nothing else.
 */
static int check_namespaces(struct sk_job *job, struct sk_slice out)
{
	static const size_t chunk = (size_t)1 << 20;
	XML_Parser p = XML_ParserCreateNS("UTF-8", '\n');
	enum XML_Status s = XML_STATUS_OK;
	int rc = p ? 0 : SK_ENOMEM;

	for (size_t at = 0; rc == 0 && s == XML_STATUS_OK && at < out.n; at += chunk) {
		struct sk_slice part = sk_slice_sub(out, at, chunk);
		s = XML_Parse(p, (const char *)part.p, (int)part.n, at + part.n == out.n);
	}
	if (rc == 0 && s != XML_STATUS_OK)
		rc = sk_job_refuse(
		    job, SK_REASON_DAMAGED, "XML: %s", XML_ErrorString(XML_GetErrorCode(p)));
	XML_ParserFree(p);
	return rc;
}

int sk_text_xml(struct sk_job *job, struct sk_slice in, bool plain, struct sk_buf *out)
{
	struct xml x = {.job = job,
	    .out = out,
	    .plain = plain,
	    .text = SK_BUF(out->max),
	    .filtered = SK_BUF(out->max)};

	x.parser = XML_ParserCreate("UTF-8");
	if (x.parser == NULL)
		return SK_ENOMEM;
	if (!plain)
		sk_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	int rc = parse(&x, in);
	if (rc == 0 && !plain)
		rc = sk_buf_putc(out, '\n');
	if (rc == 0 && !plain)
		rc = check_namespaces(job, sk_buf_slice(out));
	if (rc == 0) {
		if (x.types)
			sk_job_removed(job, SK_TEXT_DTD, x.types, "XML");
		if (x.instructions)
			sk_job_removed(job, SK_TEXT_INSTRUCTION, x.instructions, "XML");
		if (x.links)
			sk_job_removed(job, SK_TEXT_LINK, x.links, "XML");
		sk_text_report(job, &x.counts, "XML");
	}
	XML_ParserFree(x.parser);
	sk_buf_free(&x.text);
	sk_buf_free(&x.filtered);
	return rc;
}
