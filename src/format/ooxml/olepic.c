/*
 * The picture of an embedded object. Newer files carry it beside the object; older ones (Office 2007) keep it
 * in the VML drawing of the slide or sheet, under the shape id that the object names. Runs in the cleaner's
 * jail.
 */
#include "format/ooxml/flt.h"
#include "format/ooxml/xmlname.h"

struct vml_search {
	XML_Parser parser;
	const char *spid;
	char id[64];        /* the relationship of its picture */
	char *style;        /* of its shape, or NULL */
	unsigned depth, at; /* of the shape; 0 outside */
};

static void vml_shape(struct vml_search *s, const char **atts)
{
	const char *style = ox_attribute(atts, "style");

	s->at = s->depth;
	if (s->style)
		snprintf(s->style, OX_STYLE_MAX, "%s", style ? style : "");
}

static void XMLCALL vml_start(void *user, const XML_Char *q, const XML_Char **atts)
{
	struct vml_search *s = user;

	s->depth++;
	if (s->at == 0) {
		const char *id = ox_attribute(atts, "id"), *spid = ox_attribute(atts, "spid");
		if ((id && strcmp(id, s->spid) == 0) || (spid && strcmp(spid, s->spid) == 0))
			vml_shape(s, atts);
	} else if (s->id[0] == '\0' && strcmp(ox_local(q), "imagedata") == 0) {
		const char *id = ox_attribute(atts, "relid");
		if (id == NULL)
			id = ox_attribute(atts, "id");
		snprintf(s->id, sizeof(s->id), "%s", id ? id : "");
	}
}

static void XMLCALL vml_end(void *user, const XML_Char *q)
{
	struct vml_search *s = user;

	(void)q;
	if (s->at == s->depth && s->id[0])
		XML_StopParser(s->parser, XML_FALSE);
	if (s->at == s->depth)
		s->at = 0;
	s->depth--;
}

static void XMLCALL vml_doctype(
    void *user, const XML_Char *a, const XML_Char *b, const XML_Char *c, int internal)
{
	struct vml_search *s = user;

	(void)a;
	(void)b;
	(void)c;
	(void)internal;
	XML_StopParser(s->parser, XML_FALSE);
}

/* Old programs write "<![if gte mso 9]>" and "<![endif]>", which is no XML: those become blanks. */
static char *without_conditions(struct sk_arena *arena, struct sk_slice in)
{
	char *s = sk_arena_dup(arena, in.p, in.n);

	for (size_t i = 0;
	     s && (i = sk_slice_find(sk_slice(s, in.n), i, SK_SLICE_LIT("<!["))) != SIZE_MAX; i++) {
		const char *end = memchr(s + i, '>', in.n - i);
		size_t n = end ? (size_t)(end - (s + i)) + 1 : 0;
		if (n > 4 && end[-1] == ']' && memcmp(s + i, "<![CDATA[", 9) != 0)
			memset(s + i, ' ', n);
	}
	return s;
}

static int search(struct ox_pkg *pkg, struct ox_member *vml, struct vml_search *s)
{
	struct sk_arena *arena = sk_arena_new(pkg->job->limits->memory);
	struct sk_slice in;
	bool seen = vml->seen;
	int rc = arena ? ox_pkg_read(pkg, vml, arena, &in) : SK_ENOMEM;

	vml->seen = seen;
	char *text = rc ? NULL : without_conditions(arena, in);
	if (rc == 0 && text == NULL)
		rc = SK_ENOMEM;
	s->parser = rc ? NULL : XML_ParserCreate(NULL);
	if (s->parser) {
		XML_SetUserData(s->parser, s);
		XML_SetElementHandler(s->parser, vml_start, vml_end);
		XML_SetStartDoctypeDeclHandler(s->parser, vml_doctype);
		(void)XML_Parse(s->parser, text, (int)in.n, 1);
		XML_ParserFree(s->parser);
	}
	sk_arena_free(arena);
	return rc;
}

static struct ox_rel *picture_in(
    struct ox_pkg *pkg, struct ox_member *vml, const char *spid, char *style)
{
	struct vml_search s = {.spid = spid, .style = style};
	struct ox_rels rels;
	int rc = search(pkg, vml, &s);

	if (rc == 0 && s.id[0])
		rc = ox_rels_read(pkg, vml, &rels);
	if (rc)
		pkg->rc = rc;
	for (size_t i = 0; rc == 0 && s.id[0] && i < rels.n; i++) {
		struct ox_rel *r = &rels.v[i];
		if (strcmp(r->id, s.id) == 0 && r->kind == OX_IMAGE && !r->external && r->member &&
		    ox_image(pkg, r->member))
			return r;
	}
	return NULL;
}

struct ox_rel *ox_object_picture(
    struct ox_pkg *pkg, const struct ox_rels *rels, const char *spid, char style[OX_STYLE_MAX])
{
	static const char suffix[] = "/vmlDrawing";

	for (size_t i = 0; spid[0] && i < rels->n; i++) {
		const struct ox_rel *r = &rels->v[i];
		size_t n = strlen(r->type);
		if (r->external || r->member == NULL || n < sizeof(suffix) ||
		    strcmp(r->type + n - sizeof(suffix) + 1, suffix) != 0)
			continue;
		struct ox_rel *found = picture_in(pkg, r->member, spid, style);
		if (found || pkg->rc)
			return found;
	}
	return NULL;
}

/* The bytes of `s` between `from` and the first `to` behind it; empty when there are none. */
static struct sk_slice between(struct sk_slice s, const char *from, const char *to)
{
	size_t a = sk_slice_find(s, 0, sk_slice_str(from));

	if (a == SIZE_MAX)
		return (struct sk_slice){s.p, 0};
	a += strlen(from);
	size_t b = sk_slice_find(s, a, sk_slice_str(to));
	return b == SIZE_MAX ? (struct sk_slice){s.p, 0} : sk_slice_sub(s, a, b - a);
}

/* The attributes of the object's cNvPr, without "hidden". */
static void put_identity(struct sk_buf *b, struct sk_slice old, const char *prefix)
{
	char want[32];

	snprintf(want, sizeof(want), "<%s:cNvPr ", prefix);
	struct sk_slice id = between(old, want, ">");
	sk_buf_printf(b, "<%s:cNvPr ", prefix);
	struct sk_slice value = between(id, "id=\"", "\"");
	sk_buf_puts(b, "id=\"");
	sk_buf_put_slice(b, value.n ? value : SK_SLICE_LIT("1"));
	sk_buf_puts(b, "\" name=\"");
	value = between(id, " name=\"", "\"");
	sk_buf_put_slice(b, value.n ? value : SK_SLICE_LIT("Picture"));
	sk_buf_puts(b, "\"/>");
}

size_t ox_object_compose(struct sk_buf *b, struct sk_slice old, bool sheet)
{
	const char *p = sheet ? "xdr" : "p";

	sk_buf_printf(b, "<%s:pic><%s:nvPicPr>", p, p);
	put_identity(b, old, p);
	sk_buf_printf(b, "<%s:cNvPicPr/>%s</%s:nvPicPr><%s:blipFill><a:blip r:embed=\"", p,
	    sheet ? "" : "<p:nvPr/>", p, p);
	size_t at = b->len;
	sk_buf_printf(b, "\"/><a:stretch><a:fillRect/></a:stretch></%s:blipFill><%s:spPr>", p, p);
	struct sk_slice place = between(old, "<p:xfrm>", "</p:xfrm>");
	if (!sheet && place.n) {
		sk_buf_puts(b, "<a:xfrm>");
		sk_buf_put_slice(b, place);
		sk_buf_puts(b, "</a:xfrm>");
	}
	sk_buf_printf(
	    b, "<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></%s:spPr></%s:pic>", p, p);
	return at;
}
