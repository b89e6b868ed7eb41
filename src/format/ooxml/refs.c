/*
 * Relationship ids in attributes: which relationships may stay, and the ids they get. Ids are given
 * when a part is complete, in the order of their places, so that an element rolled back leaves no
 * trace. Runs in the cleaner's jail.
 */
#include "format/ooxml/flt.h"

static int by_id(const void *key, const void *row)
{
	return strcmp(key, ((const struct ox_rel *)row)->id);
}

static struct ox_rel *find(struct ox_flt *f, const char *id)
{
	struct ox_rels *r = &f->out->in_rels;

	return r->n ? bsearch(id, r->v, r->n, sizeof(*r->v), by_id) : NULL;
}

#define B(kind) (UINT64_C(1) << OX_##kind)
#define PICTURE (B(IMAGE) | B(HYPERLINK))
#define DIAGRAM \
	(B(DIAGRAM_DATA) | B(DIAGRAM_LAYOUT) | B(DIAGRAM_STYLE) | B(DIAGRAM_COLORS) | \
	    B(DIAGRAM_DRAWING))
#define CHARTED \
	(PICTURE | B(THEME_OVERRIDE) | B(CHART_SHAPES) | B(CHART_STYLE) | B(CHART_COLORS) | B(BOOK))
#define RICH (PICTURE | DIAGRAM | B(CHART) | B(CHART_EX))

_Static_assert(OX_KIND_COUNT <= 64, "sets of kinds are kept in 64 bits");

/* What a part of a kind may lead to (doc/profiles/ooxml.md, section 3); kinds not named lead nowhere. */
static const uint64_t targets[OX_KIND_COUNT] = {
    [OX_DOCUMENT] = RICH | B(STYLES) | B(SETTINGS) | B(WEB_SETTINGS) | B(FONT_TABLE) |
		    B(NUMBERING) | B(FOOTNOTES) | B(ENDNOTES) | B(HEADER) | B(FOOTER) |
		    B(COMMENTS) | B(COMMENTS_EX) | B(COMMENTS_IDS) | B(PEOPLE) | B(THEME),
    [OX_NUMBERING] = RICH,
    [OX_FOOTNOTES] = RICH,
    [OX_ENDNOTES] = RICH,
    [OX_HEADER] = RICH,
    [OX_FOOTER] = RICH,
    [OX_COMMENTS] = RICH,
    [OX_WORKBOOK] = B(WORKSHEET) | B(CHARTSHEET) | B(SHARED_STRINGS) | B(SHEET_STYLES) |
		    B(SHEET_METADATA) | B(PERSONS) | B(PIVOT_CACHE) | B(THEME),
    [OX_WORKSHEET] = PICTURE | B(DRAWING) | B(VML_DRAWING) | B(SHEET_COMMENTS) |
		     B(THREADED_COMMENTS) | B(TABLE) | B(PIVOT_TABLE),
    [OX_CHARTSHEET] = B(IMAGE) | B(DRAWING) | B(VML_DRAWING),
    [OX_PIVOT_TABLE] = B(PIVOT_CACHE),
    [OX_PIVOT_CACHE] = B(PIVOT_RECORDS),
    [OX_DRAWING] = RICH,
    [OX_VML_DRAWING] = B(IMAGE),
    [OX_PRESENTATION] = B(SLIDE) | B(SLIDE_MASTER) | B(NOTES_MASTER) | B(HANDOUT_MASTER) |
			B(PRES_PROPS) | B(VIEW_PROPS) | B(TABLE_STYLES) | B(COMMENT_AUTHORS) |
			B(AUTHORS) | B(THEME),
    [OX_SLIDE] = RICH | B(SLIDE) | B(SLIDE_LAYOUT) | B(NOTES_SLIDE) | B(SLIDE_COMMENTS) |
		 B(MODERN_COMMENTS) | B(THEME_OVERRIDE),
    [OX_SLIDE_LAYOUT] = RICH | B(SLIDE) | B(SLIDE_MASTER) | B(THEME_OVERRIDE),
    [OX_SLIDE_MASTER] = RICH | B(SLIDE) | B(SLIDE_LAYOUT) | B(THEME),
    [OX_NOTES_MASTER] = RICH | B(SLIDE) | B(THEME),
    [OX_NOTES_SLIDE] = RICH | B(SLIDE) | B(NOTES_MASTER) | B(THEME_OVERRIDE),
    [OX_HANDOUT_MASTER] = RICH | B(SLIDE) | B(THEME),
    [OX_VIEW_PROPS] = B(SLIDE),
    [OX_MODERN_COMMENTS] = B(HYPERLINK),
    [OX_THEME] = PICTURE,
    [OX_THEME_OVERRIDE] = PICTURE,
    [OX_CHART] = CHARTED,
    [OX_CHART_EX] = CHARTED,
    [OX_CHART_STYLE] = PICTURE,
    [OX_CHART_SHAPES] = PICTURE | B(CHART),
    [OX_DIAGRAM_DATA] = PICTURE | B(SLIDE),
    [OX_DIAGRAM_LAYOUT] = PICTURE,
    [OX_DIAGRAM_STYLE] = PICTURE,
    [OX_DIAGRAM_COLORS] = PICTURE,
    [OX_DIAGRAM_DRAWING] = PICTURE | B(SLIDE),
};

/* Whether the rule of the attribute and the kind of the part allow such a target. */
static bool allowed(const struct ox_flt *f, const struct ox_rel *rel, uint64_t kinds)
{
	return rel->kind != OX_NONE && targets[f->out->kind] & kinds & UINT64_C(1) << rel->kind;
}

/* A part of another kind is no picture and no workbook, whatever it says. */
static bool file_ok(struct ox_pkg *pkg, struct ox_member *m, enum ox_kind kind)
{
	if ((m->as && m->as != kind) || (m->out && m->out->kind != kind))
		return false;
	if (!(kind == OX_IMAGE ? ox_image(pkg, m) : ox_book(pkg, m)))
		return false;
	m->as = kind;
	return true;
}

static bool usable(struct ox_flt *f, const struct ox_rel *rel)
{
	if (rel->kind == OX_HYPERLINK)
		return rel->external && ox_link_ok(rel->target);
	if (rel->external || rel->member == NULL)
		return false;
	if (ox_is_file(rel->kind))
		return file_ok(f->pkg, rel->member, rel->kind);
	return ox_part_ok(f->pkg, rel->member, rel->kind);
}

bool ox_ref(struct ox_flt *f, struct ox_at *at)
{
	struct ox_rel *rel = find(f, at->value);

	if (rel == NULL) {
		ox_count(f, SK_OOXML_UNKNOWN_XML);
		return false;
	}
	bool ok = allowed(f, rel, at->rule->kinds) && usable(f, rel);
	if (f->pkg->rc) {
		f->rc = f->pkg->rc;
		XML_StopParser(f->parser, XML_FALSE);
		return false;
	}
	if (!ok) {
		/* A part that stays by another name is not told of at the end. */
		if (rel->member && rel->member->as)
			ox_count(f, SK_OOXML_UNKNOWN_XML);
		ox_report_rel(f->pkg, f->out->from, rel);
		return false;
	}
	at->rel = rel;
	return true;
}

static bool is_cut(const struct ox_flt *f, size_t at, size_t *cut)
{
	while (*cut < f->ncuts && f->cuts[*cut].to <= at)
		(*cut)++;
	return *cut < f->ncuts && f->cuts[*cut].from <= at;
}

/* The relationship of a part to a picture that it has already; of objects each use has its own copy. */
static unsigned id_of_picture(const struct ox_out *from, const struct ox_out *to)
{
	for (size_t i = 0; i < from->nrels; i++)
		if (from->rels[i].out == to)
			return (unsigned)i + 1;
	return 0;
}

static int relate(struct ox_flt *f, struct ox_rel *rel)
{
	struct ox_out *to = NULL;

	if (rel->kind != OX_HYPERLINK) {
		to = ox_part(f->pkg, rel->member, rel->kind);
		if (to == NULL)
			return f->pkg->rc ? f->pkg->rc : SK_ENOMEM;
		if (rel->kind == OX_DIAGRAM_DATA || rel->kind == OX_DRAWING) {
			to->shared = to->host && to->host != f->out;
			to->host = f->out;
		}
	}
	rel->new_id = rel->kind == OX_IMAGE ? id_of_picture(f->out, to) : 0;
	if (rel->new_id == 0)
		rel->new_id = ox_relate(f->pkg, f->out, rel->kind, to, to ? NULL : rel->target);
	return rel->new_id ? 0 : SK_ENOMEM;
}

static const struct {
	enum ox_kind from, to;
} implied[] = {
    {OX_DOCUMENT, OX_STYLES},
    {OX_DOCUMENT, OX_SETTINGS},
    {OX_DOCUMENT, OX_WEB_SETTINGS},
    {OX_DOCUMENT, OX_FONT_TABLE},
    {OX_DOCUMENT, OX_NUMBERING},
    {OX_DOCUMENT, OX_FOOTNOTES},
    {OX_DOCUMENT, OX_ENDNOTES},
    {OX_DOCUMENT, OX_COMMENTS},
    {OX_DOCUMENT, OX_COMMENTS_EX},
    {OX_DOCUMENT, OX_COMMENTS_IDS},
    {OX_DOCUMENT, OX_PEOPLE},
    {OX_DOCUMENT, OX_THEME},
    {OX_WORKBOOK, OX_SHARED_STRINGS},
    {OX_WORKBOOK, OX_SHEET_STYLES},
    {OX_WORKBOOK, OX_SHEET_METADATA},
    {OX_WORKBOOK, OX_PERSONS},
    {OX_WORKBOOK, OX_THEME},
    {OX_WORKSHEET, OX_SHEET_COMMENTS},
    {OX_WORKSHEET, OX_THREADED_COMMENTS},
    {OX_WORKSHEET, OX_PIVOT_TABLE},
    {OX_PIVOT_TABLE, OX_PIVOT_CACHE},
    {OX_PRESENTATION, OX_PRES_PROPS},
    {OX_PRESENTATION, OX_VIEW_PROPS},
    {OX_PRESENTATION, OX_TABLE_STYLES},
    {OX_PRESENTATION, OX_COMMENT_AUTHORS},
    {OX_PRESENTATION, OX_AUTHORS},
    {OX_PRESENTATION, OX_THEME},
    {OX_SLIDE, OX_SLIDE_LAYOUT},
    {OX_SLIDE, OX_NOTES_SLIDE},
    {OX_SLIDE, OX_SLIDE_COMMENTS},
    {OX_SLIDE, OX_MODERN_COMMENTS},
    {OX_SLIDE, OX_THEME_OVERRIDE},
    {OX_SLIDE_LAYOUT, OX_SLIDE_MASTER},
    {OX_SLIDE_LAYOUT, OX_THEME_OVERRIDE},
    {OX_SLIDE_MASTER, OX_THEME},
    {OX_NOTES_MASTER, OX_THEME},
    {OX_HANDOUT_MASTER, OX_THEME},
    {OX_NOTES_SLIDE, OX_NOTES_MASTER},
    {OX_NOTES_SLIDE, OX_SLIDE},
    {OX_NOTES_SLIDE, OX_THEME_OVERRIDE},
    {OX_CHART, OX_CHART_STYLE},
    {OX_CHART, OX_CHART_COLORS},
    {OX_CHART, OX_THEME_OVERRIDE},
    {OX_CHART_EX, OX_CHART_STYLE},
    {OX_CHART_EX, OX_CHART_COLORS},
};

static int imply(struct ox_flt *f, enum ox_kind kind, bool many)
{
	struct ox_rels *r = &f->out->in_rels;

	for (size_t i = 0; i < r->n; i++) {
		struct ox_rel *rel = &r->v[r->in_order[i]];
		if (rel->kind != kind || rel->external || rel->new_id || rel->member == NULL ||
		    !allowed(f, rel, UINT64_MAX))
			continue;
		bool ok = ox_part_ok(f->pkg, rel->member, kind);
		if (f->pkg->rc)
			return f->pkg->rc;
		int rc = ok ? relate(f, rel) : 0;
		if (rc)
			return rc;
		if (ok && !many)
			return 0;
	}
	return 0;
}

/* What the rest of the file says that has no place in the output. */
static void report_unused(struct ox_flt *f)
{
	struct ox_rels *r = &f->out->in_rels;

	for (size_t i = 0; i < r->n; i++)
		if (r->v[i].new_id == 0)
			ox_report_rel(f->pkg, f->out->from, &r->v[i]);
}

int ox_refs_relate(struct ox_flt *f)
{
	size_t cut = 0;
	int rc = 0;

	for (size_t i = 0; i < f->nrefs && rc == 0; i++) {
		const struct ox_idref *r = &f->refs[i];
		if (r->rel->new_id || (!r->root && is_cut(f, r->at, &cut)))
			continue;
		rc = relate(f, r->rel);
	}
	return rc;
}

int ox_refs_settle(struct ox_flt *f)
{
	int rc = ox_refs_relate(f);

	for (size_t i = 0; i < sizeof(implied) / sizeof(implied[0]) && rc == 0; i++)
		if (implied[i].from == f->out->kind)
			rc = imply(f, implied[i].to, implied[i].to == OX_PIVOT_TABLE);
	if (rc == 0)
		rc = imply(f, OX_DIAGRAM_DRAWING, true);
	if (rc == 0)
		report_unused(f);
	return rc;
}
