/* Elements and attributes whose values matter (doc/profiles/ooxml.md, sections 3 and 5 to 9). Verifier's jail. */
#include "verify/ooxml/part.h"

#include "verify/ooxml/value.h"
#include "names-ids.h"

static const struct sk_slice nothing = {(const uint8_t *)"", 0};

/* What a relationship id may lead to, by the element and the attribute that holds it. */
static const struct {
	uint16_t element;
	const char *attr;
	uint64_t kinds;
} relations[] = {
    {ON_a_blip, "r:embed", OO_BIT(OO_IMAGE)},
    {ON_c_chart, "r:id", OO_BIT(OO_CHART)},
    {ON_c_externalData, "r:id", OO_BIT(OO_BOOK)},
    {ON_c_legacyDrawingHF, "r:id", OO_BIT(OO_VML_DRAWING)},
    {ON_c_userShapes, "r:id", OO_BIT(OO_CHART_SHAPES)},
    {ON_cx_chart, "r:id", OO_BIT(OO_CHART_EX)},
    {ON_cx_externalData, "r:id", OO_BIT(OO_BOOK)},
    {ON_dgm_relIds, "r:dm", OO_BIT(OO_DIAGRAM_DATA)},
    {ON_dgm_relIds, "r:lo", OO_BIT(OO_DIAGRAM_LAYOUT)},
    {ON_dgm_relIds, "r:qs", OO_BIT(OO_DIAGRAM_STYLE)},
    {ON_dgm_relIds, "r:cs", OO_BIT(OO_DIAGRAM_COLORS)},
    {ON_dgm_shape, "r:blip", OO_BIT(OO_IMAGE)},
    {ON_p_handoutMasterId, "r:id", OO_BIT(OO_HANDOUT_MASTER)},
    {ON_p_notesMasterId, "r:id", OO_BIT(OO_NOTES_MASTER)},
    {ON_p_sld, "r:id", OO_BIT(OO_SLIDE)},
    {ON_p_sldId, "r:id", OO_BIT(OO_SLIDE)},
    {ON_p_sldLayoutId, "r:id", OO_BIT(OO_SLIDE_LAYOUT)},
    {ON_p_sldMasterId, "r:id", OO_BIT(OO_SLIDE_MASTER)},
    {ON_p188_commentRel, "r:id", OO_BIT(OO_MODERN_COMMENTS)},
    {ON_v_fill, "r:id", OO_BIT(OO_IMAGE)},
    {ON_v_imagedata, "r:id", OO_BIT(OO_IMAGE)},
    {ON_v_imagedata, "o:relid", OO_BIT(OO_IMAGE)},
    {ON_v_stroke, "r:id", OO_BIT(OO_IMAGE)},
    {ON_w_footerReference, "r:id", OO_BIT(OO_FOOTER)},
    {ON_w_headerReference, "r:id", OO_BIT(OO_HEADER)},
    {ON_w_hyperlink, "r:id", OO_BIT(OO_LINK)},
    {ON_x_drawing, "r:id", OO_BIT(OO_DRAWING)},
    {ON_x_hyperlink, "r:id", OO_BIT(OO_LINK)},
    {ON_x_legacyDrawing, "r:id", OO_BIT(OO_VML_DRAWING)},
    {ON_x_legacyDrawingHF, "r:id", OO_BIT(OO_VML_DRAWING)},
    {ON_x_picture, "r:id", OO_BIT(OO_IMAGE)},
    {ON_x_pivotCache, "r:id", OO_BIT(OO_PIVOT_CACHE)},
    {ON_x_pivotCacheDefinition, "r:id", OO_BIT(OO_PIVOT_RECORDS)},
    {ON_x_pivotSelection, "r:id", OO_BIT(OO_PIVOT_TABLE)},
    {ON_x_sheet, "r:id", OO_BIT(OO_WORKSHEET) | OO_BIT(OO_CHARTSHEET)},
    {ON_x_tablePart, "r:id", OO_BIT(OO_TABLE)},
};

static bool is_click(uint16_t id)
{
	return id == ON_a_hlinkClick || id == ON_a_hlinkHover || id == ON_a_hlinkMouseOver;
}

/* Kinds that a click may lead to, by its action; 0 also when it leads nowhere. */
static uint64_t click_kinds(struct sk_oo_walk *w, int *rc)
{
	const struct sk_slice *raw = sk_vx_attr(w->x, "action");
	struct sk_slice action;

	if (raw == NULL || raw->n == 0)
		return OO_BIT(OO_LINK) | OO_BIT(OO_SLIDE);
	if (sk_vx_decode(*raw, &w->k->scratch, &action) != 0) {
		*rc = SK_ENOMEM;
		return 0;
	}
	int kind = sk_oo_action(action);
	if (kind == 0)
		*rc = sk_oo_walk_fail(w, "action", action);
	return kind == 2 ? OO_BIT(OO_SLIDE) : 0;
}

static uint64_t allowed_kinds(struct sk_oo_walk *w, uint16_t element, struct sk_slice attr, int *rc)
{
	if (is_click(element))
		return click_kinds(w, rc);
	for (size_t i = 0; i < sizeof(relations) / sizeof(relations[0]); i++)
		if (relations[i].element == element && sk_slice_is(attr, relations[i].attr))
			return relations[i].kinds;
	return 0;
}

int sk_oo_special_relation(
    struct sk_oo_walk *w, const struct sk_oo_name *e, const struct sk_vx_attr *a)
{
	int rc = 0;
	uint64_t kinds = allowed_kinds(w, e->id, a->name, &rc);
	unsigned n = sk_oo_rel_number(a->value);

	if (rc)
		return rc;
	if (a->value.n == 0 && ((kinds == 0 && is_click(e->id)) || e->id == ON_dgm_shape))
		return 0; /* an action that needs no target; a shape without a picture */
	if (n == 0 || n > w->part->nrels)
		return sk_oo_walk_fail(w, "names a relationship that is none", a->name);
	if (!(kinds & OO_BIT(w->part->rels[n - 1].kind)))
		return sk_oo_walk_fail(w, "names a relationship of another kind", a->name);
	w->part->rels[n - 1].used = true;
	return 0;
}

int sk_oo_special_formula(struct sk_oo_walk *w, struct sk_slice raw)
{
	struct sk_slice formula;
	const char *why = NULL;

	if (sk_vx_decode(raw, &w->k->scratch, &formula) != 0)
		return SK_ENOMEM;
	return sk_oo_formula(formula, &why) ? 0 : sk_oo_walk_fail(w, why, w->x->name);
}

static int formula_attr(struct sk_oo_walk *w, const char *name)
{
	const struct sk_slice *v = sk_vx_attr(w->x, name);
	return v ? sk_oo_special_formula(w, *v) : 0;
}

/* Behind a web address a location is the end of it, alone a place in this workbook. */
static int check_location(struct sk_oo_walk *w)
{
	const struct sk_slice *raw = sk_vx_attr(w->x, "location");
	struct sk_slice place;
	int rc = formula_attr(w, "location");

	if (rc || raw == NULL || sk_vx_attr(w->x, "r:id"))
		return rc;
	if (sk_vx_decode(*raw, &w->k->scratch, &place) != 0)
		return SK_ENOMEM;
	return sk_oo_place(place) ? 0 : sk_oo_walk_fail(w, "place outside this workbook", place);
}

/* A click without a relationship must still have a harmless action. */
static int check_click(struct sk_oo_walk *w)
{
	int rc = 0;

	if (sk_vx_attr(w->x, "action") && click_kinds(w, &rc) && sk_vx_attr(w->x, "r:id") == NULL)
		return sk_oo_walk_fail(w, "action without its target", nothing);
	return rc;
}

/* The uri of a:graphicData is the namespace of its child; a table has one of its own. */
static int check_graphic(struct sk_oo_walk *w)
{
	const struct sk_slice *uri = sk_vx_attr(w->x, "uri");

	w->graphic = -1;
	for (unsigned i = 0; uri && i < sk_oo_space_count(); i++)
		if (sk_slice_is(*uri, sk_oo_space_uri((int)i)))
			w->graphic = (int)i;
	if (uri && sk_slice_is(*uri, "http://schemas.openxmlformats.org/drawingml/2006/table"))
		w->graphic = sk_oo_space_by_prefix(SK_SLICE_LIT("a"));
	return w->graphic < 0 ? sk_oo_walk_fail(w, "graphic of unknown kind", uri ? *uri : nothing)
			      : 0;
}

static int check_name(struct sk_oo_walk *w)
{
	const struct sk_slice *raw = sk_vx_attr(w->x, "name");
	struct sk_slice name;

	if (raw == NULL)
		return 0;
	if (sk_vx_decode(*raw, &w->k->scratch, &name) != 0)
		return SK_ENOMEM;
	return sk_oo_defined_name(name) ? 0 : sk_oo_walk_fail(w, "name that runs by itself", name);
}

static int check_choice(struct sk_oo_walk *w)
{
	const struct sk_slice *needs = sk_vx_attr(w->x, "Requires");

	if (needs == NULL || needs->n == 0)
		return sk_oo_walk_fail(w, "choice without requirement", nothing);
	for (size_t from = 0, i = 0; i <= needs->n; i++) {
		if (i < needs->n && needs->p[i] != ' ')
			continue;
		int space = sk_oo_space_by_prefix(sk_slice_sub(*needs, from, i - from));
		if (space < 0 || !(w->declared >> space & 1))
			return sk_oo_walk_fail(w, "choice requires what is not declared", *needs);
		w->used |= UINT64_C(1) << space;
		from = i + 1;
	}
	return 0;
}

static bool attr_is(const struct sk_oo_walk *w, const char *name, const char *value)
{
	const struct sk_slice *v = sk_vx_attr(w->x, name);
	return v && sk_slice_is(*v, value);
}

static int check_cache_source(struct sk_oo_walk *w)
{
	if (attr_is(w, "type", "worksheet"))
		return 0;
	return sk_oo_walk_fail(
	    w, "pivot table whose source is not a range of this workbook", nothing);
}

static bool decoded_has(struct sk_oo_walk *w, const char *name, const char *bytes, int *rc)
{
	const struct sk_slice *raw = sk_vx_attr(w->x, name);
	struct sk_slice s;

	if (raw == NULL)
		return false;
	if (sk_vx_decode(*raw, &w->k->scratch, &s) != 0) {
		*rc = SK_ENOMEM;
		return false;
	}
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || strchr(bytes, s.p[i]))
			return true;
	return false;
}

/* A sheet, a range or a name of this workbook: none of what names a file. */
static int check_worksheet_source(struct sk_oo_walk *w)
{
	int rc = 0;
	bool odd = decoded_has(w, "sheet", "[]|\\/:*?", &rc) ||
		   decoded_has(w, "name", "[]|\\/:!'\"", &rc) ||
		   decoded_has(w, "ref", "[]|\\/!'\"", &rc);

	if (rc || !odd)
		return rc;
	return sk_oo_walk_fail(w, "pivot table whose source is in another file", nothing);
}

static int check_sheet(struct sk_oo_walk *w)
{
	if (sk_vx_attr(w->x, "state") == NULL || attr_is(w, "state", "visible") ||
	    attr_is(w, "state", "hidden"))
		return 0;
	return sk_oo_walk_fail(w, "sheet that cannot be made visible", nothing);
}

static int check_sheets(struct sk_oo_walk *w)
{
	if (w->sheets)
		return sk_oo_walk_fail(w, "second list of sheets", nothing);
	w->sheets = true;
	return 0;
}

static int check_drawing_id(struct sk_oo_walk *w)
{
	const struct sk_slice *id = sk_vx_attr(w->x, "relId");

	if (id == NULL)
		return 0;
	w->part->drawing = sk_oo_rel_number(*id);
	return w->part->drawing ? 0 : sk_oo_walk_fail(w, "relId", *id);
}

/* VML: styles load nothing. */
static int check_vml(struct sk_oo_walk *w)
{
	const struct sk_slice *raw = sk_vx_attr(w->x, "style");
	struct sk_slice style;

	if (raw == NULL)
		return 0;
	if (sk_vx_decode(*raw, &w->k->scratch, &style) != 0)
		return SK_ENOMEM;
	return sk_oo_style(style)
		   ? 0
		   : sk_oo_walk_fail(w, "style that loads or runs something", nothing);
}

/* Two elements hold only what they are for. */
static int check_place(struct sk_oo_walk *w, const struct sk_oo_name *e)
{
	const struct sk_oo_name *parent = w->x->depth > 1 ? &w->open[w->x->depth - 2] : NULL;

	if (parent && parent->id == ON_v_textbox && e->id != ON_w_txbxContent)
		return sk_oo_walk_fail(w, "text box with something else than text", w->x->name);
	if (parent && parent->id == ON_a_graphicData && e->space != w->graphic)
		return sk_oo_walk_fail(w, "graphic of another kind than stated", w->x->name);
	return 0;
}

int sk_oo_special_start(struct sk_oo_walk *w, const struct sk_oo_name *e)
{
	int rc = check_place(w, e);

	if (rc == 0 && e->space < SK_OO_NO_SPACE && strcmp(sk_oo_space_prefix(e->space), "v") == 0)
		rc = check_vml(w);
	if (rc || !e->special)
		return rc;
	switch (e->id) {
	case ON_w_fldChar:
		return sk_oo_fields_char(w);
	case ON_w_fldSimple:
		return sk_oo_fields_simple(w);
	case ON_w_txbxContent:
		sk_oo_fields_box(w);
		return 0;
	case ON_w_ins:
	case ON_w_del:
	case ON_w_moveFrom:
	case ON_w_moveTo:
	case ON_w14_conflictIns:
	case ON_w14_conflictDel:
		return sk_oo_fields_change(w);
	case ON_a_hlinkClick:
	case ON_a_hlinkHover:
	case ON_a_hlinkMouseOver:
		return check_click(w);
	case ON_a_graphicData:
		return check_graphic(w);
	case ON_x_definedName:
		return check_name(w);
	case ON_x_cacheField:
	case ON_x_calculatedItem:
		return formula_attr(w, "formula");
	case ON_xdr_sp:
	case ON_cdr_sp:
		return formula_attr(w, "textlink");
	case ON_x_hyperlink:
		return check_location(w);
	case ON_x_worksheetSource:
		return check_worksheet_source(w);
	case ON_x_sheet:
		return check_sheet(w);
	case ON_x_sheets:
		return check_sheets(w);
	case ON_x_cacheSource:
		return check_cache_source(w);
	case ON_x_c:
		if (sk_vx_attr(w->x, "cm") && !(w->k->present & OO_BIT(OO_SHEET_METADATA)))
			return sk_oo_walk_fail(w, "cell with metadata that do not exist", nothing);
		return 0;
	case ON_xvml_ClientData:
		return attr_is(w, "ObjectType", "Note") ? 0
							: sk_oo_walk_fail(w, "control", nothing);
	case ON_dsp_dataModelExt:
		return check_drawing_id(w);
	case ON_mc_Choice:
		return check_choice(w);
	default:
		return 0;
	}
}

int sk_oo_special_text(struct sk_oo_walk *w, uint16_t element)
{
	struct sk_slice text;

	switch (element) {
	case ON_w_t:
	case ON_w_delText:
	case ON_w_instrText:
	case ON_w_delInstrText:
		if (w->fields.depth == 0 && (element == ON_w_t || element == ON_w_delText))
			return 0;
		if (sk_vx_decode(w->x->text, &w->k->scratch, &text) != 0)
			return SK_ENOMEM;
		return sk_oo_fields_text(w, element, text);
	default:
		return sk_oo_special_formula(w, w->x->text);
	}
}
