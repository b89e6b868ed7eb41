/*
 * From XML to the tree (XML 1.0; Namespaces in XML 1.0; SVG 1.1 and 2): expat reads, what is on the lists is kept,
 * the rest is told. Cleaner's jail.
 */
#include "format/svg/svg.h"
#include "format/text/mailto.h"

#include <expat.h>
#include <stdlib.h>
#include <strings.h>

#define SEPARATOR '\n'    /* between namespace and name */
#define ENTITY_BYTES 1024 /* of one entity: namespaces, as Illustrator abbreviates them */

struct reader {
	struct sk_svg *s;
	XML_Parser parser;
	struct sk_svg_node *at;
	struct sk_slice space; /* namespace of the first element */
	struct sk_buf text, made;
	unsigned depth, outside; /* outside: depth within an element that goes, 0: none */
	uint32_t types, comments;
	int rc;
};

void sk_svg_removed(struct sk_svg *s, enum sk_code code)
{
	sk_job_removed(s->job, code, 1, "line %lu", s->line);
}

static void stop(struct reader *r, int rc)
{
	if (r->rc == 0)
		r->rc = rc;
	XML_StopParser(r->parser, XML_FALSE);
}

static void refuse(struct reader *r, enum sk_code reason, const char *why)
{
	stop(r, sk_job_refuse(r->s->job, reason, "%s", why));
}

/* What goes, told by what it is. */
static void gone(struct reader *r, enum sk_code code)
{
	r->s->line = XML_GetCurrentLineNumber(r->parser);
	sk_svg_removed(r->s, code);
}

/* Split "uri\nlocal"; without a namespace uri is empty. */
static const char *local_name(const char *name, struct sk_slice *uri)
{
	const char *sep = strrchr(name, SEPARATOR);

	*uri = sk_slice(name, sep ? (size_t)(sep - name) : 0);
	return sep ? sep + 1 : name;
}

static struct sk_slice keep(struct reader *r, struct sk_slice s)
{
	uint8_t *p = sk_arena_dup(r->s->job->arena, s.p, s.n);

	if (p == NULL)
		stop(r, SK_ENOMEM);
	return sk_slice(p, p ? s.n : 0);
}

/* Filtered as all text is, in the arena. */
static struct sk_slice filtered(struct reader *r, struct sk_slice s)
{
	sk_buf_reset(&r->made);
	if (sk_text_filter(s, &r->made, &r->s->counts))
		stop(r, r->made.err);
	return keep(r, sk_buf_slice(&r->made));
}

static void append(struct reader *r, struct sk_svg_node *n)
{
	n->parent = r->at;
	if (r->at->last)
		r->at->last->next = n;
	else
		r->at->first = n;
	r->at->last = n;
}

static bool is_blank(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '\t' && s.p[i] != '\n' && s.p[i] != '\r')
			return false;
	return true;
}

static struct sk_slice sheet(struct reader *r, struct sk_slice css)
{
	struct sk_buf out = SK_BUF(SK_LIMIT_XML_VALUE);

	r->s->line = XML_GetCurrentLineNumber(r->parser);
	sk_svg_put_sheet(r->s, css, &out);
	struct sk_slice s = keep(r, sk_buf_slice(&out));
	if (out.err)
		stop(r, out.err);
	sk_buf_free(&out);
	return s;
}

/* Characters where none are shown are hidden ones; the space between elements stays. */
static void flush(struct reader *r)
{
	struct sk_slice s = sk_buf_slice(&r->text);

	if (s.n == 0 || r->rc)
		return;
	if (r->at->element->kind & SK_SVG_TEXT || is_blank(s)) {
		s = filtered(r, s);
		if (strcmp(r->at->element->name, "style") == 0)
			s = sheet(r, s);
		struct sk_svg_node *n = sk_arena_alloc(r->s->job->arena, sizeof(*n));
		if (n == NULL)
			return stop(r, SK_ENOMEM);
		n->text = s;
		if (s.n)
			append(r, n);
	} else {
		gone(r, SK_SVG_UNKNOWN);
	}
	sk_buf_reset(&r->text);
}

static void put_attr(struct reader *r, struct sk_svg_node *n, const char *name, struct sk_slice v)
{
	struct sk_svg_attr *a = sk_arena_alloc(r->s->job->arena, sizeof(*a)), **end = &n->attrs;

	if (a == NULL)
		return stop(r, SK_ENOMEM);
	*a = (struct sk_svg_attr){.name = name, .value = v};
	while (*end)
		end = &(*end)->next;
	*end = a;
}

/* http, https and mailto, written plainly. */
static bool is_web(struct sk_slice v)
{
	static const char *const schemes[] = {"http://", "https://", "mailto:"};

	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] <= ' ' || strchr("\"'<>\\`{}", v.p[i]))
			return false;
	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(schemes[i]);
		if (v.n > n && strncasecmp((const char *)v.p, schemes[i], n) == 0)
			return sk_mailto_ok(v);
	}
	return false;
}

static struct sk_slice trimmed(struct sk_slice v)
{
	while (v.n && v.p[0] <= ' ')
		v = sk_slice_sub(v, 1, v.n);
	while (v.n && v.p[v.n - 1] <= ' ')
		v.n--;
	return v;
}

static bool is_data(struct sk_slice v)
{
	return v.n > 5 && strncasecmp((const char *)v.p, "data:", 5) == 0;
}

/* The reference of an element; false: the element is nothing without it, or what it shows had to go. */
static bool put_href(struct reader *r, struct sk_svg_node *n, struct sk_slice v)
{
	unsigned kind = n->element->kind;
	bool kept = false;

	v = trimmed(filtered(r, v));
	if (r->rc || v.n == 0)
		return true;
	if (kind & SK_SVG_IMAGE && is_data(v)) {
		r->s->line = XML_GetCurrentLineNumber(r->parser);
		int rc = sk_svg_picture(r->s, v, &v, &kept);
		if (rc)
			stop(r, rc);
	} else {
		kept = sk_svg_is_fragment(v) || (kind & SK_SVG_LINK && is_web(v));
		if (!kept)
			gone(r, kind & SK_SVG_LINK ? SK_SVG_LINKS : SK_SVG_EXTERNAL);
	}
	if (kept) {
		put_attr(r, n, "xlink:href", v);
		r->s->references++;
	}
	return kept || !(kind & (SK_SVG_IMAGE | SK_SVG_USE));
}

static bool allowed(struct reader *r, enum sk_svg_rule rule, struct sk_slice v, struct sk_buf *out)
{
	switch (rule) {
	case SK_SVG_WORDS:
		return sk_buf_put_slice(out, v) == 0;
	case SK_SVG_STYLE:
		r->s->line = XML_GetCurrentLineNumber(r->parser);
		sk_svg_put_declarations(r->s, v, out);
		return true;
	case SK_SVG_FEW:
		return sk_svg_small_numbers(v, 16) && sk_svg_put_value(v, out);
	case SK_SVG_RADIUS:
		return sk_svg_small_numbers(v, 1000) && sk_svg_put_value(v, out);
	default:
		return sk_svg_put_value(v, out);
	}
}

/* The name under which an attribute is on the lists, or NULL. */
static const char *listed_name(struct sk_slice uri, const char *local, enum sk_svg_rule *rule)
{
	static const char *const xml[] = {"xml:lang", "xml:space"};

	*rule = SK_SVG_WORDS;
	if (sk_slice_is(uri, "http://www.w3.org/XML/1998/namespace")) {
		for (size_t i = 0; i < 2; i++)
			if (strcmp(local, xml[i] + 4) == 0)
				return xml[i];
		return NULL;
	}
	*rule = sk_svg_attribute(local);
	return uri.n || *rule == SK_SVG_NONE ? NULL : local;
}

static enum sk_code kind_of_attribute(struct sk_slice uri, const char *local)
{
	if (uri.n == 0 && strncasecmp(local, "on", 2) == 0)
		return SK_SVG_SCRIPT;
	if (strcmp(local, "base") == 0 || strcmp(local, "src") == 0)
		return SK_SVG_EXTERNAL;
	return uri.n || strncmp(local, "data-", 5) == 0 ? SK_SVG_METADATA : SK_SVG_UNKNOWN;
}

static void put_plain(struct reader *r, struct sk_svg_node *n, const char *name, const char *value)
{
	enum sk_svg_rule rule;
	struct sk_slice uri, v;
	const char *local = local_name(name, &uri), *written = listed_name(uri, local, &rule);

	if (written == NULL)
		return gone(r, kind_of_attribute(uri, local));
	v = filtered(r, trimmed(sk_slice_str(value)));
	if (r->rc)
		return;
	sk_buf_reset(&r->made);
	if (!allowed(r, rule, v, &r->made))
		return gone(r, sk_slice_find(v, 0, SK_SLICE_LIT("url(")) != SIZE_MAX
				   ? SK_SVG_EXTERNAL
				   : SK_SVG_UNKNOWN);
	if (r->made.err)
		return stop(r, r->made.err);
	v = keep(r, sk_buf_slice(&r->made));
	char *copy = sk_arena_str(r->s->job->arena, sk_slice_str(written));
	if (copy && (v.n || rule != SK_SVG_STYLE))
		put_attr(r, n, copy, v);
}

static bool is_href(const char *name)
{
	return strcmp(name, "href") == 0 || strcmp(name, SK_SVG_XLINK "\nhref") == 0;
}

/* SVG 2 prefers href to xlink:href; both never stay. */
static const char *reference(const char **attributes)
{
	const char *value = NULL;

	for (; attributes[0]; attributes += 2)
		if (is_href(attributes[0]) && (value == NULL || strcmp(attributes[0], "href") == 0))
			value = attributes[1];
	return value;
}

static bool put_attributes(struct reader *r, struct sk_svg_node *n, const char **attributes)
{
	const char *href = reference(attributes);
	uint32_t count = 0;

	for (; attributes[0] && r->rc == 0; attributes += 2) {
		if (++count > SK_LIMIT_XML_ATTRIBUTES - 2)
			refuse(r, SK_REASON_LIMIT_OBJECTS, "attributes of an element");
		else if (!is_href(attributes[0]))
			put_plain(r, n, attributes[0], attributes[1]);
	}
	return r->rc == 0 && (href == NULL || put_href(r, n, sk_slice_str(href)));
}

static const char *value_of(const char **attributes, const char *name)
{
	for (; attributes[0]; attributes += 2)
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	return NULL;
}

/* A style in another language than CSS, or for other media than all or the screen; what needs an extension. */
static bool is_inapplicable(const char *name, const char **attributes)
{
	const char *type = value_of(attributes, "type"), *media = value_of(attributes, "media"),
		   *needs = value_of(attributes, "requiredExtensions");

	if (needs && needs[0])
		return true;
	if (strcmp(name, "style") != 0)
		return false;
	return (type && type[0] && strcasecmp(type, "text/css") != 0) ||
	       (media && media[0] && strcasecmp(media, "all") != 0 &&
		   strcasecmp(media, "screen") != 0);
}

/* Why an element that is not on the list goes. */
static enum sk_code kind_of_element(struct sk_slice uri, const char *name)
{
	static const struct {
		const char *name;
		enum sk_code code;
	} known[] = {{"script", SK_SVG_SCRIPT}, {"handler", SK_SVG_SCRIPT},
	    {"listener", SK_SVG_SCRIPT}, {"foreignObject", SK_SVG_FOREIGN},
	    {"metadata", SK_SVG_METADATA}, {"animate", SK_SVG_ANIMATION}, {"set", SK_SVG_ANIMATION},
	    {"animateTransform", SK_SVG_ANIMATION}, {"animateMotion", SK_SVG_ANIMATION},
	    {"animateColor", SK_SVG_ANIMATION}, {"mpath", SK_SVG_ANIMATION},
	    {"discard", SK_SVG_ANIMATION}, {"font", SK_SVG_FONT}, {"font-face", SK_SVG_FONT},
	    {"color-profile", SK_SVG_EXTERNAL}, {"tref", SK_SVG_EXTERNAL}};

	if (uri.n && !sk_slice_is(uri, SK_SVG_URI))
		return sk_slice_is(uri, "http://www.w3.org/1999/xhtml")      ? SK_SVG_FOREIGN
		       : sk_slice_is(uri, "http://www.w3.org/2001/XInclude") ? SK_SVG_EXTERNAL
									     : SK_SVG_METADATA;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i].name) == 0)
			return known[i].code;
	return SK_SVG_UNKNOWN;
}

static bool enter_limits(struct reader *r)
{
	if (++r->depth > SK_LIMIT_XML_DEPTH)
		refuse(r, SK_REASON_LIMIT_NESTING, "elements");
	else if (++r->s->elements > SK_LIMIT_SVG_ELEMENTS)
		refuse(r, SK_REASON_LIMIT_OBJECTS, "elements");
	return r->rc == 0;
}

/* The first element must be a drawing. Characters in front of one that stays are its parent's. */
static void enter(struct reader *r, struct sk_svg_node *n)
{
	if (r->at == NULL && strcmp(n->element->name, "svg") != 0)
		return refuse(r, SK_REASON_DAMAGED, "the first element is not svg");
	if (r->at == NULL) {
		r->s->root = n;
	} else {
		flush(r);
		append(r, n);
	}
	r->at = n;
}

/* The namespace of the first element is that of drawings, whatever it is called: it is written as it must be. */
static bool is_drawing(struct reader *r, struct sk_slice uri)
{
	if (r->at == NULL)
		r->space = keep(r, uri);
	return uri.n == 0 || sk_slice_is(uri, SK_SVG_URI) || sk_slice_eq(uri, r->space);
}

static void on_start(void *data, const XML_Char *qualified, const XML_Char **attributes)
{
	struct reader *r = data;
	struct sk_slice uri;
	const char *name = local_name(qualified, &uri);
	const struct sk_svg_element *e = is_drawing(r, uri) ? sk_svg_element(name) : NULL;

	if (r->rc || !enter_limits(r) || r->outside)
		return;
	if (e == NULL && r->at == NULL)
		return refuse(r, SK_REASON_DAMAGED, "the first element is not svg");
	struct sk_svg_node *n = sk_arena_alloc(r->s->job->arena, sizeof(*n));
	if (n == NULL)
		return stop(r, SK_ENOMEM);
	n->element = e;
	if (e && is_inapplicable(name, attributes))
		gone(r, SK_SVG_UNKNOWN);
	else if (e == NULL)
		gone(r, kind_of_element(uri, name));
	else if (put_attributes(r, n, attributes))
		return enter(r, n);
	r->outside = r->depth;
}

static void on_end(void *data, const XML_Char *name)
{
	struct reader *r = data;

	(void)name;
	if (r->outside == 0)
		flush(r);
	if (r->rc)
		return;
	if (r->outside == 0)
		r->at = r->at->parent;
	else if (r->outside == r->depth)
		r->outside = 0;
	r->depth--;
}

static void on_text(void *data, const XML_Char *s, int n)
{
	struct reader *r = data;

	if (r->outside == 0 && r->at && sk_buf_put(&r->text, s, (size_t)n))
		stop(r, r->text.err);
}

static void on_instruction(void *data, const XML_Char *target, const XML_Char *body)
{
	struct reader *r = data;

	(void)body;
	if (strcmp(target, "xml-stylesheet") == 0)
		gone(r, SK_SVG_EXTERNAL);
	else
		r->comments++;
}

static void on_comment(void *data, const XML_Char *body)
{
	(void)body;
	((struct reader *)data)->comments++;
}

static void on_doctype(
    void *data, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
	((struct reader *)data)->types++;
}

/* Entities abbreviate namespaces in drawings of Illustrator. One that holds markup or another one is no abbreviation. */
static void on_entity(void *data, const XML_Char *name, int parameter, const XML_Char *value,
    int length, const XML_Char *base, const XML_Char *system, const XML_Char *public,
    const XML_Char *notation)
{
	if (value == NULL)
		return; /* outside: nothing is read, and using it is a refusal */
	if (parameter || length < 0 || length > ENTITY_BYTES ||
	    memchr(value, '&', (size_t)length) || memchr(value, '<', (size_t)length))
		refuse(data, SK_REASON_UNSUPPORTED_TYPE, "SVG that defines parts of itself");
}

static int on_outside(XML_Parser parser, const XML_Char *context, const XML_Char *base,
    const XML_Char *system, const XML_Char *public)
{
	struct reader *r = XML_GetUserData(parser);

	refuse(r, SK_REASON_UNSUPPORTED_TYPE, "SVG with a part that lies outside");
	return XML_STATUS_ERROR;
}

static void on_skipped(void *data, const XML_Char *name, int parameter)
{
	if (!parameter)
		refuse(data, SK_REASON_DAMAGED, "SVG with an entity that nothing defines");
}

static void set_handlers(struct reader *r)
{
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_start, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetProcessingInstructionHandler(r->parser, on_instruction);
	XML_SetCommentHandler(r->parser, on_comment);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	XML_SetEntityDeclHandler(r->parser, on_entity);
	XML_SetExternalEntityRefHandler(r->parser, on_outside);
	XML_SetSkippedEntityHandler(r->parser, on_skipped);
}

static int parse(struct reader *r, struct sk_slice in)
{
	static const size_t chunk = (size_t)1 << 20;

	for (size_t at = 0; r->rc == 0;) {
		struct sk_slice part = sk_slice_sub(in, at, chunk);
		at += part.n;
		enum XML_Status s =
		    XML_Parse(r->parser, (const char *)part.p, (int)part.n, at == in.n);
		if (s != XML_STATUS_OK && r->rc == 0)
			return sk_job_refuse(r->s->job, SK_REASON_DAMAGED, "line %lu: %s",
			    (unsigned long)XML_GetCurrentLineNumber(r->parser),
			    XML_ErrorString(XML_GetErrorCode(r->parser)));
		if (at == in.n)
			break;
	}
	return r->rc;
}

int sk_svg_read(struct sk_svg *s, struct sk_slice in)
{
	struct reader r = {.s = s,
	    .parser = XML_ParserCreateNS("UTF-8", SEPARATOR),
	    .text = SK_BUF(SK_LIMIT_SVG_VALUE),
	    .made = SK_BUF(SK_LIMIT_SVG_VALUE)};

	if (r.parser == NULL)
		return SK_ENOMEM;
	set_handlers(&r);
	int rc = parse(&r, in);
	if (r.types)
		sk_job_removed(s->job, SK_TEXT_DTD, r.types, "SVG");
	if (r.comments)
		sk_job_removed(s->job, SK_TEXT_INSTRUCTION, r.comments, "SVG");
	sk_text_report(s->job, &s->counts, "SVG");
	XML_ParserFree(r.parser);
	sk_buf_free(&r.text);
	sk_buf_free(&r.made);
	return rc == 0 && s->root == NULL ? SK_EFORMAT : rc;
}
