/*
 * The pictures of a slide's controls. p:controls (ISO/IEC 29500-1, 19.3.1.15) follows the tree of shapes and shows
 * what its VML drawing or, in newer files, the p:pic in it shows. The controls go; so that the slide looks as before,
 * the part is read ahead at the end of its tree and their pictures become its last shapes. Runs in the cleaner's jail.
 */
#include "format/ooxml/flt.h"
#include "format/ooxml/xmlname.h"

#define CONTROLS_MAX 64 /* of a slide; further ones go without a picture */
#define EMU_MAX 2147483647LL

struct control {
	char spid[64], name[256];
	char id[24];        /* of the picture beside it */
	char embed[64];     /* the relationship of the picture beside it */
	long long place[4]; /* x, y, width, height in EMU */
	unsigned seen;      /* bit 0: x and y, bit 1: width and height */
};

struct scan {
	XML_Parser parser;
	struct sk_arena *arena;
	struct control *v;
	size_t n, cap;
	struct control *now; /* the one that is open */
	unsigned fallbacks;  /* open ones */
};

/* A fallback tells more of the control in the choice before it. */
static void begin_control(struct scan *s, const char **atts)
{
	const char *spid = ox_attribute(atts, "spid"), *name = ox_attribute(atts, "name");
	struct control c = {.seen = 0};

	snprintf(c.spid, sizeof(c.spid), "%s", spid ? spid : "");
	if (name && strlen(name) < sizeof(c.name))
		snprintf(c.name, sizeof(c.name), "%s", name);
	if (s->fallbacks && s->n && strcmp(s->v[s->n - 1].name, c.name) == 0) {
		s->now = &s->v[s->n - 1];
		return;
	}
	struct control *v = s->n < CONTROLS_MAX
				? sk_arena_grow(s->arena, s->v, &s->cap, s->n + 1, sizeof(*v))
				: NULL;
	if (v == NULL)
		return;
	s->v = v;
	s->now = &v[s->n++];
	*s->now = c;
}

static bool emu(const char *text, long long *out)
{
	char *end = NULL;

	if (text == NULL || strlen(text) > 12)
		return false;
	*out = strtoll(text, &end, 10);
	return end != text && *end == '\0' && *out >= -EMU_MAX && *out <= EMU_MAX;
}

static void picture_beside(struct control *c, const char *local, const char **atts)
{
	const char *id = strcmp(local, "blip") == 0 ? ox_attribute(atts, "embed") : NULL;
	const char *number = strcmp(local, "cNvPr") == 0 ? ox_attribute(atts, "id") : NULL;
	bool off = strcmp(local, "off") == 0, ext = strcmp(local, "ext") == 0;

	if (id && c->embed[0] == '\0' && strlen(id) < sizeof(c->embed))
		snprintf(c->embed, sizeof(c->embed), "%s", id);
	if (number && c->id[0] == '\0')
		snprintf(c->id, sizeof(c->id), "%s", number);
	if (off && !(c->seen & 1) && emu(ox_attribute(atts, "x"), &c->place[0]) &&
	    emu(ox_attribute(atts, "y"), &c->place[1]))
		c->seen |= 1;
	if (ext && !(c->seen & 2) && emu(ox_attribute(atts, "cx"), &c->place[2]) &&
	    emu(ox_attribute(atts, "cy"), &c->place[3]))
		c->seen |= 2;
}

static void XMLCALL scan_start(void *user, const XML_Char *q, const XML_Char **atts)
{
	struct scan *s = user;
	const char *local = ox_local(q);

	if (strcmp(local, "Fallback") == 0)
		s->fallbacks++;
	else if (strcmp(local, "control") == 0)
		begin_control(s, atts);
	else if (s->now)
		picture_beside(s->now, local, atts);
}

static void XMLCALL scan_end(void *user, const XML_Char *q)
{
	struct scan *s = user;
	const char *local = ox_local(q);

	if (strcmp(local, "Fallback") == 0 && s->fallbacks)
		s->fallbacks--;
	else if (strcmp(local, "control") == 0)
		s->now = NULL;
	else if (strcmp(local, "controls") == 0)
		XML_StopParser(s->parser, XML_FALSE);
}

static void XMLCALL scan_doctype(
    void *user, const XML_Char *a, const XML_Char *b, const XML_Char *c, int internal)
{
	struct scan *s = user;

	(void)a;
	(void)b;
	(void)c;
	(void)internal;
	XML_StopParser(s->parser, XML_FALSE);
}

static int read_controls(struct ox_flt *f, struct scan *s)
{
	struct ox_member *m = f->out->from;
	struct sk_slice in;
	bool seen = m->seen;
	int rc = ox_pkg_read(f->pkg, m, s->arena, &in);

	m->seen = seen;
	s->parser = rc ? NULL : XML_ParserCreate(NULL);
	if (s->parser == NULL)
		return rc ? rc : SK_ENOMEM;
	XML_SetUserData(s->parser, s);
	XML_SetElementHandler(s->parser, scan_start, scan_end);
	XML_SetStartDoctypeDeclHandler(s->parser, scan_doctype);
	(void)XML_Parse(s->parser, (const char *)in.p, (int)in.n, 1);
	XML_ParserFree(s->parser);
	return 0;
}

/* A length of CSS in EMU (914,400 an inch). */
static bool length(const char *s, long long *out)
{
	static const struct {
		const char *name;
		long long emu;
	} units[] = {{"pt", 12700}, {"in", 914400}, {"px", 9525}, {"cm", 360000}, {"mm", 36000}};
	bool minus = *s == '-';
	long long value = 0, part = 1;
	size_t digits = 0;

	for (s += minus ? 1 : 0; *s >= '0' && *s <= '9' && digits < 6; s++, digits++)
		value = value * 10 + (*s - '0');
	s += *s == '.' ? 1 : 0;
	for (; *s >= '0' && *s <= '9'; s++)
		if (part < 1000000)
			value = value * 10 + (*s - '0'), part *= 10;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (digits && strncmp(s, units[i].name, 2) == 0) {
			*out = value * units[i].emu / part * (minus ? -1 : 1);
			return *out >= -EMU_MAX && *out <= EMU_MAX;
		}
	return false;
}

static void place_of_style(struct control *c, const char *style)
{
	static const char *const keys[] = {"left:", "top:", "width:", "height:"};
	unsigned found = 0;

	for (const char *s = style; s; s = strchr(s, ';')) {
		s += strspn(s, "; \t\r\n");
		for (unsigned i = 0; i < 4; i++)
			if (strncmp(s, keys[i], strlen(keys[i])) == 0 &&
			    length(s + strlen(keys[i]), &c->place[i]))
				found |= 1U << i;
	}
	c->seen = found == 15 ? 3 : 0;
}

/* The picture in the part itself, else the one in its VML drawing. */
static struct ox_rel *find_picture(struct ox_flt *f, struct control *c)
{
	struct ox_rels *rels = &f->out->in_rels;
	char shape[80], style[OX_STYLE_MAX] = "";

	for (size_t i = 0; c->embed[0] && c->seen == 3 && i < rels->n; i++) {
		struct ox_rel *r = &rels->v[i];
		if (strcmp(r->id, c->embed) == 0 && r->kind == OX_IMAGE && !r->external &&
		    r->member && ox_image(f->pkg, r->member))
			return r;
	}
	bool number = c->spid[0] && c->spid[strspn(c->spid, "0123456789")] == '\0';
	snprintf(shape, sizeof(shape), "%s%s", number ? "_x0000_s" : "", c->spid);
	/* Newer programs name the shape as they name the control. */
	struct ox_rel *found = ox_object_picture(f->pkg, rels, c->spid[0] ? shape : c->name, style);
	if (found)
		place_of_style(c, style);
	return found ? sk_arena_dup(f->job->arena, found, sizeof(*found)) : NULL;
}

/* The number of the picture, or the control's own: none of the slide's other shapes has it. */
static unsigned long long number_of(const struct control *c)
{
	const char *s = strncmp(c->spid, "_x0000_s", 8) == 0 ? c->spid + 8 : c->spid;

	if (c->id[0])
		s = c->id;
	size_t n = strspn(s, "0123456789");
	unsigned long long id = n && n < 10 && s[n] == '\0' ? strtoull(s, NULL, 10) : 0;
	return id ? id : 1;
}

static void put_picture(struct ox_flt *f, const struct control *c, struct ox_rel *rel)
{
	struct sk_buf *b = &f->buf;

	ox_close_start_tag(f);
	sk_buf_printf(b, "<p:pic><p:nvPicPr><p:cNvPr id=\"%llu\" name=\"", number_of(c));
	sk_text_escape(b, sk_slice_str(c->name), true);
	sk_buf_puts(b, "\"/><p:cNvPicPr/><p:nvPr/></p:nvPicPr><p:blipFill><a:blip r:embed=\"");
	if (!ox_add_ref(f, b->len, rel, false))
		return;
	sk_buf_printf(b,
	    "\"/><a:stretch><a:fillRect/></a:stretch></p:blipFill><p:spPr><a:xfrm><a:off x=\"%lld\" y=\"%lld\"/>"
	    "<a:ext cx=\"%lld\" cy=\"%lld\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr></p:pic>",
	    c->place[0], c->place[1], c->place[2], c->place[3]);
	f->ns_used |= 1ULL << NS_p | 1ULL << NS_a | 1ULL << NS_r;
}

static bool has_controls(const struct ox_rels *rels)
{
	static const char type[] = "/control";

	for (size_t i = 0; i < rels->n; i++) {
		size_t n = strlen(rels->v[i].type);
		if (n >= sizeof(type) && strcmp(rels->v[i].type + n - sizeof(type) + 1, type) == 0)
			return true;
	}
	return false;
}

void ox_control_pictures(struct ox_flt *f)
{
	if (!has_controls(&f->out->in_rels))
		return;
	struct scan s = {.arena = sk_arena_new(f->job->limits->memory)};
	int rc = s.arena ? read_controls(f, &s) : SK_ENOMEM;
	for (size_t i = 0; rc == 0 && i < s.n; i++) {
		struct ox_rel *rel = find_picture(f, &s.v[i]);
		rc = f->pkg->rc;
		if (rc == 0 && rel && s.v[i].seen == 3 && s.v[i].place[2] >= 0 &&
		    s.v[i].place[3] >= 0)
			put_picture(f, &s.v[i], rel);
	}
	sk_arena_free(s.arena);
	if (rc)
		ox_stop(f, rc);
}
