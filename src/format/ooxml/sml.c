/*
 * SpreadsheetML: cell formulas, defined names, the list of sheets, pivot caches. Runs in the
 * cleaner's jail.
 */
#include "format/ooxml/flt.h"
#include "format/ooxml/xmlname.h"

#define SHARED_MAX 1048576U /* shared formulas of one sheet: Excel's rows */

/* --- cell formulas --- */

enum { SHARED_UNKNOWN, SHARED_KEPT, SHARED_REPLACED };

static uint8_t *shared_slot(struct ox_flt *f, const char *si)
{
	unsigned long i = strtoul(si, NULL, 10);

	if (i >= SHARED_MAX)
		return NULL;
	if (i >= f->nshared) {
		uint8_t *v = sk_arena_grow(f->arena, f->shared, &f->shared_cap, i + 1, 1);
		if (v == NULL)
			return NULL;
		f->shared = v;
		memset(v + f->nshared, SHARED_UNKNOWN, i + 1 - f->nshared);
		f->nshared = i + 1;
	}
	return &f->shared[i];
}

static void formula_start(struct ox_flt *f, struct ox_frame *frame)
{
	const struct ox_at *t = ox_at_find(f, N_none_t), *si = ox_at_find(f, N_none_si);

	f->collecting = true;
	sk_buf_reset(&f->text);
	frame->data = t && si && strcmp(t->value, "shared") == 0
			  ? (uint32_t)strtoul(si->value, NULL, 10) + 1
			  : 0;
}

/* A cell that shares a formula has no text; it follows what became of the cell that has it. */
static bool formula_end(struct ox_flt *f, const struct ox_frame *frame)
{
	char number[16];
	bool ok;

	f->collecting = false;
	bool empty = f->text.len == 0;
	sk_buf_putc(&f->text, 0);
	ok = !f->text.err && ox_formula_ok(f->pkg, (const char *)f->text.p);
	if (frame->data) {
		snprintf(number, sizeof(number), "%u", frame->data - 1);
		uint8_t *slot = shared_slot(f, number);
		if (empty)
			ok = slot && *slot == SHARED_KEPT;
		else if (slot)
			*slot = ok ? SHARED_KEPT : SHARED_REPLACED;
		else
			ok = false;
	}
	if (!ok)
		ox_count(f, SK_OOXML_FORMULA);
	return ok;
}

/* --- the workbook --- */

/* An index into the list of sheets, moved to the list of those that stay; false when it went. */
static bool move_index(struct ox_flt *f, struct ox_at *at)
{
	unsigned long i = strtoul(at->value, NULL, 10);

	if (f->pkg->nkept == f->pkg->nsheets)
		return true;
	if (i >= f->pkg->nsheets || !f->pkg->sheets[i].kept)
		return false;
	at->value = sk_arena_printf(f->arena, "%u", f->pkg->sheets[i].index);
	return at->value != NULL;
}

static enum ox_verdict defined_name(struct ox_flt *f)
{
	const struct ox_at *name = ox_at_find(f, N_none_name);
	struct ox_at *local = ox_at_find(f, N_none_localSheetId);

	if (name == NULL || !ox_defined_name_ok(name->value) || (local && !move_index(f, local))) {
		ox_count(f, SK_OOXML_MACRO);
		return OX_SKIP;
	}
	f->collecting = true;
	sk_buf_reset(&f->text);
	return OX_KEEP;
}

/* There is one list of sheets. */
static enum ox_verdict sheets(struct ox_flt *f)
{
	if (f->sheets) {
		ox_count(f, SK_OOXML_UNKNOWN_XML);
		return OX_SKIP;
	}
	f->sheets = true;
	return OX_KEEP;
}

static enum ox_verdict book_view(struct ox_flt *f)
{
	struct ox_at *active = ox_at_find(f, N_none_activeTab),
		     *first = ox_at_find(f, N_none_firstSheet);

	if (active && !move_index(f, active))
		active->name = 0;
	if (first && !move_index(f, first))
		first->name = 0;
	return OX_KEEP;
}

static enum ox_verdict cell_link(struct ox_flt *f)
{
	const struct ox_at *id = ox_at_find(f, N_r_id);
	struct ox_at *location = ox_at_find(f, N_none_location);
	bool linked = id && id->rel;

	if (location &&
	    (!ox_formula_ok(f->pkg, location->value) || strchr(location->value, '\\') ||
		strstr(location->value, "//") || (!linked && !ox_place_ok(location->value)))) {
		location->name = 0;
		location = NULL;
		ox_count(f, SK_OOXML_LINK);
	}
	if (linked || location)
		return OX_KEEP;
	ox_count(f, SK_OOXML_LINK);
	return OX_SKIP;
}

/* Cell metadata is an index into a part that must be there. */
static void cell(struct ox_flt *f)
{
	struct ox_at *cm = f->pkg->metadata ? NULL : ox_at_find(f, N_none_cm);

	if (cm) {
		cm->name = 0;
		ox_count(f, SK_OOXML_UNKNOWN_XML);
	}
}

/* What looked like a range of this workbook ahead (ox_pivot_cache_ok) must be one now. */
static enum ox_verdict cache_source(struct ox_flt *f)
{
	const struct ox_at *type = ox_at_find(f, N_none_type);

	if (type && strcmp(type->value, "worksheet") == 0)
		return OX_KEEP;
	ox_stop(f, sk_job_refuse(f->job, SK_REASON_DAMAGED, "%s", f->out->from->name));
	return OX_SKIP;
}

enum ox_verdict ox_sml_start(struct ox_flt *f, struct ox_frame *frame)
{
	switch (frame->hook) {
	case HOOK_CELL:
		cell(f);
		return OX_KEEP;
	case HOOK_CELL_FORMULA:
		formula_start(f, frame);
		return OX_KEEP;
	case HOOK_DEFINED_NAME:
		return defined_name(f);
	case HOOK_SHEETS:
		return sheets(f);
	case HOOK_BOOK_VIEW:
		return book_view(f);
	case HOOK_CELL_LINK:
		return cell_link(f);
	case HOOK_CACHE_SOURCE:
		return cache_source(f);
	default:
		return OX_KEEP;
	}
}

bool ox_sml_end(struct ox_flt *f, struct ox_frame *frame)
{
	if (frame->hook == HOOK_CELL_FORMULA)
		return formula_end(f, frame);
	if (frame->hook != HOOK_DEFINED_NAME)
		return true;
	f->collecting = false;
	sk_buf_putc(&f->text, 0);
	if (!f->text.err && ox_formula_ok(f->pkg, (const char *)f->text.p))
		return true;
	ox_count(f, SK_OOXML_FORMULA);
	return false;
}

/* --- looking ahead --- */

struct ahead {
	struct ox_pkg *pkg;
	struct ox_rels rels;
	XML_Parser parser;
	/* Pivot cache: its source was seen; a range was seen; all of them are ranges of this workbook. */
	bool source, range, worksheet;
	int rc;
};

static bool sheet_kept(struct ahead *a, const char *id)
{
	for (size_t i = 0; id && i < a->rels.n; i++) {
		const struct ox_rel *r = &a->rels.v[i];
		if (strcmp(r->id, id) == 0)
			return !r->external && r->member &&
			       (r->kind == OX_WORKSHEET || r->kind == OX_CHARTSHEET) &&
			       ox_part_ok(a->pkg, r->member, r->kind);
	}
	return false;
}

static void XMLCALL sheet_start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct ahead *a = user;
	struct ox_pkg *pkg = a->pkg;

	if (strcmp(ox_local(name), "sheet") != 0)
		return;
	const char *title = ox_attribute(atts, "name");
	if (pkg->nsheets == SK_LIMIT_OFFICE_SHEETS) {
		a->rc = sk_job_refuse(pkg->job, SK_REASON_LIMIT_OBJECTS, "more than %d sheets",
		    SK_LIMIT_OFFICE_SHEETS);
		XML_StopParser(a->parser, XML_FALSE);
		return;
	}
	struct ox_sheet *v = sk_arena_grow(
	    pkg->job->arena, pkg->sheets, &pkg->sheets_cap, pkg->nsheets + 1, sizeof(*v));
	char *copy = sk_arena_str(pkg->job->arena, sk_slice_str(title ? title : ""));
	if (v == NULL || copy == NULL) {
		a->rc = SK_ENOMEM;
		XML_StopParser(a->parser, XML_FALSE);
		return;
	}
	pkg->sheets = v;
	bool kept = sheet_kept(a, ox_relationship_id(atts));
	v[pkg->nsheets++] = (struct ox_sheet){copy, kept, pkg->nkept};
	pkg->nkept += kept;
	if (!kept)
		sk_job_removed(pkg->job, SK_OOXML_MACRO_SHEET, 1, "%s", pkg->main->name);
}

/* The sheet of this workbook, kept, of that name. */
static bool is_sheet(const struct ox_pkg *pkg, const char *name)
{
	for (size_t i = 0; i < pkg->nsheets; i++)
		if (pkg->sheets[i].kept && strcasecmp(pkg->sheets[i].name, name) == 0)
			return true;
	return false;
}

/* A range, a name or a table of this workbook. */
static bool source_ok(const struct ox_pkg *pkg, const char **atts)
{
	const char *sheet = ox_attribute(atts, "sheet"), *name = ox_attribute(atts, "name"),
		   *ref = ox_attribute(atts, "ref");

	if (ox_relationship_id(atts) || (sheet && !is_sheet(pkg, sheet)) ||
	    (sheet && strpbrk(sheet, "[]|\\/:*?\t\n\r")))
		return false;
	return !(name && strpbrk(name, "[]|\\/:!'\"\t\n\r")) &&
	       !(ref && strpbrk(ref, "[]|\\/!'\"\t\n\r"));
}

static void XMLCALL cache_start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct ahead *a = user;
	const char *local = ox_local(name);

	if (strcmp(local, "cacheSource") == 0) {
		const char *type = ox_attribute(atts, "type");
		a->source = type && strcmp(type, "worksheet") == 0;
	} else if (strcmp(local, "worksheetSource") == 0) {
		a->worksheet = source_ok(a->pkg, atts) && (a->worksheet || !a->range);
		a->range = true;
	}
}

static void XMLCALL no_doctype(
    void *user, const XML_Char *a, const XML_Char *b, const XML_Char *c, int internal)
{
	struct ahead *h = user;

	(void)a;
	(void)b;
	(void)c;
	(void)internal;
	XML_StopParser(h->parser, XML_FALSE);
}

static int look(struct ahead *a, struct ox_member *m, XML_StartElementHandler start)
{
	struct sk_arena *arena = sk_arena_new(a->pkg->job->limits->memory);
	struct sk_slice in;
	int rc = arena ? ox_pkg_read(a->pkg, m, arena, &in) : SK_ENOMEM;

	m->seen = false;
	a->parser = rc ? NULL : XML_ParserCreateNS(NULL, '\n');
	if (a->parser) {
		XML_SetUserData(a->parser, a);
		XML_SetStartElementHandler(a->parser, start);
		XML_SetStartDoctypeDeclHandler(a->parser, no_doctype);
		/* A broken part is refused when it is read for good. */
		(void)XML_Parse(a->parser, (const char *)in.p, (int)in.n, 1);
		XML_ParserFree(a->parser);
		rc = a->rc;
	} else if (rc == 0) {
		rc = SK_ENOMEM;
	}
	sk_arena_free(arena);
	return rc;
}

int ox_sml_sheets(struct ox_pkg *pkg)
{
	struct ahead a = {.pkg = pkg};
	int rc = ox_rels_read(pkg, pkg->main, &a.rels);

	if (rc == 0)
		rc = look(&a, pkg->main, sheet_start);
	if (rc == 0)
		rc = ox_dropped_sheets(pkg);
	for (size_t i = 0; i < a.rels.n && rc == 0; i++)
		if (a.rels.v[i].kind == OX_SHEET_METADATA && a.rels.v[i].member)
			pkg->metadata = ox_part_ok(pkg, a.rels.v[i].member, OX_SHEET_METADATA);
	return rc;
}

bool ox_pivot_cache_ok(struct ox_pkg *pkg, struct ox_member *m)
{
	struct ahead a = {.pkg = pkg};
	int rc = look(&a, m, cache_start);

	if (rc)
		pkg->rc = rc;
	if (a.source && a.worksheet)
		return true;
	sk_job_removed(pkg->job, SK_OOXML_CONNECTION, 1, "%s", m->name);
	m->bad = m->seen = true;
	return false;
}
