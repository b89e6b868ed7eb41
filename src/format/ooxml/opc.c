/*
 * The input package (ECMA-376 part 2): names of parts, content types, relationships. Runs in the
 * cleaner's jail.
 */
#include "container/digits.h"
#include "format/ooxml/ox.h"
#include "format/ooxml/xmlname.h"

#include <expat.h>

#define REL_TYPE "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define STRICT_REL_TYPE "http://purl.oclc.org/ooxml/officeDocument/relationships/"

const struct ox_kind_row ox_kinds[OX_KIND_COUNT] = {
#define OX_KIND(id, dir, name, numbered, ct, rel, root) {dir, name, numbered, ct, rel},
#include "format/ooxml/kinds.def"
#undef OX_KIND
};

static const struct {
	const char *type;
	enum sk_filetype is;
} main_types[] = {
#define WML "application/vnd.openxmlformats-officedocument.wordprocessingml."
#define SML "application/vnd.openxmlformats-officedocument.spreadsheetml."
#define PML "application/vnd.openxmlformats-officedocument.presentationml."
    {WML "document.main+xml", SK_FT_DOCX},
    {WML "template.main+xml", SK_FT_DOTX},
    {"application/vnd.ms-word.document.macroEnabled.main+xml", SK_FT_DOCM},
    {"application/vnd.ms-word.template.macroEnabledTemplate.main+xml", SK_FT_DOTM},
    {SML "sheet.main+xml", SK_FT_XLSX},
    {SML "template.main+xml", SK_FT_XLTX},
    {"application/vnd.ms-excel.sheet.macroEnabled.main+xml", SK_FT_XLSM},
    {"application/vnd.ms-excel.template.macroEnabled.main+xml", SK_FT_XLTM},
    {"application/vnd.ms-excel.addin.macroEnabled.main+xml", SK_FT_PPAM},
    {"application/vnd.ms-excel.sheet.binary.macroEnabled.main", SK_FT_XLSB},
    {PML "presentation.main+xml", SK_FT_PPTX},
    {PML "template.main+xml", SK_FT_POTX},
    {PML "slideshow.main+xml", SK_FT_PPSX},
    {"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml", SK_FT_PPTM},
    {"application/vnd.ms-powerpoint.template.macroEnabled.main+xml", SK_FT_POTM},
    {"application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml", SK_FT_PPSM},
    {"application/vnd.ms-powerpoint.addin.macroEnabled.main+xml", SK_FT_PPAM},
    {"application/vnd.ms-visio.drawing.main+xml", SK_FT_VSDX},
    {"application/vnd.ms-visio.drawing.macroEnabled.main+xml", SK_FT_VSDX},
    {"application/vnd.ms-visio.stencil.main+xml", SK_FT_VSDX},
    {"application/vnd.ms-visio.template.main+xml", SK_FT_VSDX},
    {"application/vnd.ms-package.xps-fixeddocumentsequence+xml", SK_FT_XPS},
    {"application/oxps", SK_FT_XPS},
};

enum sk_filetype ox_type_of_main(const char *ct)
{
	for (size_t i = 0; i < sizeof(main_types) / sizeof(main_types[0]); i++)
		if (strcasecmp(ct, main_types[i].type) == 0)
			return main_types[i].is;
	return SK_FT_UNKNOWN;
}

/* --- names --- */

static char *lower_copy(struct sk_arena *a, const char *s)
{
	char *p = sk_arena_str(a, sk_slice_str(s));

	for (char *c = p; c && *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c += 32;
	return p;
}

static char *member_name(struct sk_arena *a, const struct sk_zip_member *m)
{
	struct sk_slice raw = m->unicode_name.n ? m->unicode_name : m->raw_name;

	while (raw.n && (raw.p[0] == '/' || raw.p[0] == '\\'))
		raw = sk_slice_sub(raw, 1, raw.n);
	char *p = sk_arena_str(a, raw);
	for (char *c = p; c && *c; c++)
		if (*c == '\\')
			*c = '/';
	return p;
}

struct ox_member *ox_pkg_find(struct ox_pkg *pkg, const char *name)
{
	char *want = lower_copy(pkg->job->arena, name);
	size_t i = want ? sk_package_find(&pkg->names, want) : SIZE_MAX;

	return i == SIZE_MAX ? NULL : &pkg->members[i];
}

static int fill_members(struct ox_pkg *pkg)
{
	struct sk_arena *a = pkg->job->arena;
	int rc = sk_package_names(&pkg->names, a, pkg->zip.count);

	pkg->members = sk_arena_array(a, pkg->zip.count, sizeof(*pkg->members));
	if (rc || pkg->members == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < pkg->zip.count; i++) {
		const struct sk_zip_member *z = &pkg->zip.members[i];
		if (z->directory && z->size)
			sk_job_removed(pkg->job, SK_GENERIC_HIDDEN, 1, "%s", member_name(a, z));
		if (z->directory || z->raw_name.n == 0)
			continue;
		struct ox_member *m = &pkg->members[pkg->nmembers++];
		m->zip = z;
		/* a large part is gone through twice */
		pkg->job->budget->whole += z->size < OX_LARGE ? z->size : 2 * z->size;
		m->name = member_name(a, z);
		m->type = "";
		m->lower = m->name ? lower_copy(a, m->name) : NULL;
		if (m->lower == NULL)
			return SK_ENOMEM;
		sk_package_name(&pkg->names, m->lower);
	}
	return sk_package_sort(pkg->job, &pkg->names);
}

int ox_pkg_admit(struct ox_pkg *pkg, struct ox_member *m)
{
	m->seen = true;
	return sk_package_admit(pkg->job, m->zip, m->name);
}

int ox_pkg_read(
    struct ox_pkg *pkg, struct ox_member *m, struct sk_arena *arena, struct sk_slice *out)
{
	m->seen = true;
	return sk_package_unpack(pkg->job, m->zip, m->name, arena, out);
}

/* --- small XML files of known form --- */

struct small {
	struct ox_pkg *pkg;
	void (*element)(struct small *s, const char *local, const char **atts);
	void *into;
	XML_Parser parser;
	int rc;
	bool doctype;
};

static void XMLCALL small_start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct small *s = user;

	s->element(s, ox_local(name), atts);
}

static void XMLCALL small_doctype(
    void *user, const XML_Char *a, const XML_Char *b, const XML_Char *c, int internal)
{
	struct small *s = user;

	(void)a;
	(void)b;
	(void)c;
	(void)internal;
	s->doctype = true;
	XML_StopParser(s->parser, XML_FALSE);
}

static int parse_small(struct small *s, struct sk_slice in)
{
	s->parser = XML_ParserCreateNS(NULL, '\n');
	if (s->parser == NULL)
		return SK_ENOMEM;
	XML_SetUserData(s->parser, s);
	XML_SetStartElementHandler(s->parser, small_start);
	XML_SetStartDoctypeDeclHandler(s->parser, small_doctype);
	enum XML_Status st = XML_Parse(s->parser, (const char *)in.p, (int)in.n, 1);
	XML_ParserFree(s->parser);
	return s->rc ? s->rc : st == XML_STATUS_OK ? 0 : SK_EFORMAT;
}

static const char *attribute(const char **atts, const char *name)
{
	for (; *atts; atts += 2)
		if (strcmp(atts[0], name) == 0)
			return atts[1];
	return NULL;
}

/* Content types: extension defaults first, then single parts, whatever their order in the file. */
struct types {
	bool overrides;
	unsigned defaults;
};

static void type_element(struct small *s, const char *local, const char **atts)
{
	struct ox_pkg *pkg = s->pkg;
	struct types *t = s->into;
	const char *ct = attribute(atts, "ContentType"), *part = attribute(atts, "PartName"),
		   *ext = attribute(atts, "Extension");

	if (ct == NULL || t->overrides != (strcmp(local, "Override") == 0))
		return;
	char *copy = sk_arena_str(pkg->job->arena, sk_slice_str(ct));
	if (copy == NULL) {
		s->rc = SK_ENOMEM;
		return;
	}
	if (t->overrides && part) {
		while (*part == '/' || *part == '\\')
			part++;
		struct ox_member *m = ox_pkg_find(pkg, part);
		if (m)
			m->type = copy;
	} else if (!t->overrides && ext && strcmp(local, "Default") == 0 &&
		   t->defaults++ < SK_LIMIT_OFFICE_DEFAULTS) {
		for (size_t i = 0; i < pkg->nmembers; i++) {
			const char *dot = strrchr(pkg->members[i].name, '.');
			if (dot && strcasecmp(dot + 1, ext) == 0)
				pkg->members[i].type = copy;
		}
	}
}

static int read_types(struct ox_pkg *pkg)
{
	struct ox_member *m = ox_pkg_find(pkg, "[Content_Types].xml");
	struct sk_slice in;

	if (m == NULL)
		return sk_job_refuse(pkg->job, SK_REASON_DAMAGED, "no content types");
	int rc = ox_pkg_read(pkg, m, pkg->job->arena, &in);
	for (int pass = 0; pass < 2 && rc == 0; pass++) {
		struct types t = {.overrides = pass == 1};
		struct small s = {.pkg = pkg, .element = type_element, .into = &t};
		rc = parse_small(&s, in);
		if (s.doctype)
			sk_job_removed(pkg->job, SK_OOXML_DTD, 1, "%s", m->name);
	}
	if (rc == SK_EFORMAT)
		return sk_job_refuse(pkg->job, SK_REASON_DAMAGED, "%s", m->name);
	return rc;
}

int ox_pkg_open(struct ox_pkg *pkg, struct sk_job *job, struct sk_slice in)
{
	*pkg = (struct ox_pkg){.job = job};
	int rc = sk_package_open(job, in, &pkg->zip);

	if (rc == 0)
		rc = fill_members(pkg);
	return rc ? rc : read_types(pkg);
}

/* --- relationships --- */

/* The kind a relationship type stands for in this package; OX_NONE when it is not on the list. */
static enum ox_kind kind_of(const struct ox_pkg *pkg, const char *type)
{
	static const char prefix[] = REL_TYPE;
	char canonical[256];

	if (strncmp(type, STRICT_REL_TYPE, sizeof(STRICT_REL_TYPE) - 1) == 0) {
		int n = snprintf(canonical, sizeof(canonical), "%s%s", prefix,
		    type + sizeof(STRICT_REL_TYPE) - 1);
		if (n < 0 || (size_t)n >= sizeof(canonical))
			return OX_NONE;
		type = canonical;
	}
	for (int k = 1; k < OX_KIND_COUNT; k++) {
		const struct ox_kind_row *row = &ox_kinds[k];
		size_t top = strcspn(row->dir, "/");
		if (strcmp(row->rel, type) != 0)
			continue;
		if (row->dir[0] == '\0' || row->dir[0] == '*' ||
		    (pkg->top && strlen(pkg->top) == top && strncmp(row->dir, pkg->top, top) == 0))
			return (enum ox_kind)k;
	}
	return OX_NONE;
}

/* Resolve a relative reference against the part it stands in (part 2, annex A): "a/../b", "%41",
 * "\". */
static char *resolve(struct sk_arena *a, const char *base, const char *target)
{
	const char *slash = strrchr(base, '/');
	size_t dir =
	    target[0] == '/' || target[0] == '\\' || slash == NULL ? 0 : (size_t)(slash - base);
	size_t n = dir, max = dir + strlen(target) + 2;
	char *out = sk_arena_alloc(a, max);

	if (out == NULL)
		return NULL;
	memcpy(out, base, dir);
	for (const char *s = target; *s;) {
		size_t len = strcspn(s, "/\\");
		if (len == 2 && memcmp(s, "..", 2) == 0) {
			while (n > 0 && out[--n] != '/')
				;
		} else if (len && !(len == 1 && s[0] == '.')) {
			if (n)
				out[n++] = '/';
			for (size_t at = 0; at < len;)
				out[n++] = (char)sk_hex_byte(sk_slice(s, len), &at, '%');
		}
		s += len;
		s += *s != '\0';
	}
	out[n] = '\0';
	return out;
}

struct rels_into {
	struct ox_rels *rels;
	const char *base;
	size_t cap;
};

static void rel_element(struct small *s, const char *local, const char **atts)
{
	struct rels_into *into = s->into;
	struct sk_arena *a = s->pkg->job->arena;
	const char *id = attribute(atts, "Id"), *type = attribute(atts, "Type"),
		   *mode = attribute(atts, "TargetMode"), *target = attribute(atts, "Target");

	if (strcmp(local, "Relationship") || id == NULL || type == NULL || target == NULL || s->rc)
		return;
	struct ox_rels *r = into->rels;
	struct ox_rel *v = r->n < s->pkg->job->limits->members * 4U
			       ? sk_arena_grow(a, r->v, &into->cap, r->n + 1, sizeof(*v))
			       : NULL;
	if (v == NULL) {
		s->rc = SK_ENOMEM;
		return;
	}
	r->v = v;
	struct ox_rel *rel = &v[r->n];
	*rel = (struct ox_rel){.order = (unsigned)r->n, .kind = kind_of(s->pkg, type)};
	r->n++;
	rel->external = mode && strcasecmp(mode, "External") == 0;
	rel->id = sk_arena_str(a, sk_slice_str(id));
	rel->type = sk_arena_str(a, sk_slice_str(type));
	rel->target = sk_arena_str(a, sk_slice_str(target));
	if (rel->id == NULL || rel->type == NULL || rel->target == NULL)
		s->rc = SK_ENOMEM;
	else if (!rel->external) {
		char *name = resolve(a, into->base, target);
		rel->member = name ? ox_pkg_find(s->pkg, name) : NULL;
	}
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct ox_rel *)a)->id, ((const struct ox_rel *)b)->id);
}

static int order_rels(struct ox_pkg *pkg, struct ox_rels *rels, const char *name)
{
	if (rels->n == 0)
		return 0;
	qsort(rels->v, rels->n, sizeof(*rels->v), by_id);
	rels->in_order = sk_arena_array(pkg->job->arena, rels->n, sizeof(*rels->in_order));
	if (rels->in_order == NULL)
		return SK_ENOMEM;
	for (size_t i = 0; i < rels->n; i++) {
		rels->in_order[rels->v[i].order] = (uint32_t)i;
		if (i && strcmp(rels->v[i - 1].id, rels->v[i].id) == 0)
			return sk_job_refuse(
			    pkg->job, SK_REASON_DAMAGED, "two relationships of one id: %s", name);
	}
	return 0;
}

int ox_rels_read(struct ox_pkg *pkg, struct ox_member *of, struct ox_rels *rels)
{
	struct sk_arena *a = pkg->job->arena;
	const char *base = of ? of->name : "", *slash = strrchr(base, '/');
	int dir = slash ? (int)(slash - base) : 0;
	char *name = sk_arena_printf(
	    a, "%.*s%s_rels/%s.rels", dir, base, dir ? "/" : "", slash ? slash + 1 : base);

	*rels = (struct ox_rels){0};
	if (name == NULL)
		return SK_ENOMEM;
	struct ox_member *m = ox_pkg_find(pkg, name);
	if (m == NULL)
		return 0;
	struct sk_slice in;
	int rc = ox_pkg_read(pkg, m, a, &in);
	struct rels_into into = {.rels = rels, .base = base};
	struct small s = {.pkg = pkg, .element = rel_element, .into = &into};
	if (rc == 0)
		rc = parse_small(&s, in);
	if (s.doctype)
		sk_job_removed(pkg->job, SK_OOXML_DTD, 1, "%s", name);
	if (rc == SK_EFORMAT)
		return sk_job_refuse(pkg->job, SK_REASON_DAMAGED, "%s", name);
	return rc ? rc : order_rels(pkg, rels, name);
}

/* --- the main part --- */

static bool is_office_document(const char *type)
{
	return strcmp(type, REL_TYPE "officeDocument") == 0 ||
	       strcmp(type, STRICT_REL_TYPE "officeDocument") == 0;
}

static bool set_main(struct ox_pkg *pkg, struct ox_member *m, enum sk_filetype type)
{
	enum sk_filetype t = type;

	if (sk_filetype_family(t) != SK_FAM_OOXML)
		return false;
	pkg->main = m;
	if (t == SK_FT_DOCX || t == SK_FT_DOCM || t == SK_FT_DOTX || t == SK_FT_DOTM) {
		pkg->main_kind = OX_DOCUMENT;
		pkg->top = "word";
	} else if (t == SK_FT_XLSX || t == SK_FT_XLSM || t == SK_FT_XLTX || t == SK_FT_XLTM) {
		pkg->main_kind = OX_WORKBOOK;
		pkg->top = "xl";
	} else {
		pkg->main_kind = OX_PRESENTATION;
		pkg->top = "ppt";
	}
	return true;
}

int ox_pkg_main(struct ox_pkg *pkg)
{
	struct ox_rels rels;
	int rc = ox_rels_read(pkg, NULL, &rels);

	if (rc)
		return rc;
	for (size_t i = 0; i < rels.n; i++) {
		const struct ox_rel *r = &rels.v[rels.in_order[i]];
		if (!r->external && r->member && is_office_document(r->type) &&
		    set_main(pkg, r->member, ox_type_of_main(r->member->type)))
			return 0;
	}
	return sk_job_refuse(pkg->job, SK_REASON_DAMAGED, "no main part");
}

/* --- probe --- */

static bool has(const struct sk_zip *z, const char *name)
{
	for (size_t i = 0; i < z->count; i++)
		if (sk_slice_is(z->members[i].raw_name, name))
			return true;
	return false;
}

/* Names of main parts, for packages whose content types cannot be read. */
static enum sk_filetype guess(const struct sk_zip *z)
{
	static const struct {
		const char *name;
		enum sk_filetype is;
	} list[] = {{"word/document.xml", SK_FT_DOCX}, {"xl/workbook.xml", SK_FT_XLSX},
	    {"xl/workbook.bin", SK_FT_XLSB}, {"ppt/presentation.xml", SK_FT_PPTX},
	    {"visio/document.xml", SK_FT_VSDX}};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (has(z, list[i].name))
			return list[i].is;
	return SK_FT_UNKNOWN;
}

/* The main part's content type, from the Override or Default that names one of the known ones. */
static enum sk_filetype type_in(struct sk_slice ct)
{
	for (size_t i = 0; i < sizeof(main_types) / sizeof(main_types[0]); i++)
		if (sk_slice_find(ct, 0, sk_slice_str(main_types[i].type)) != SIZE_MAX)
			return main_types[i].is;
	return SK_FT_UNKNOWN;
}

enum sk_filetype ox_probe(struct sk_arena *a, struct sk_slice in, const char **evidence)
{
	struct sk_limits limits = sk_limits_for(in.n);
	struct sk_budget budget = {(uint64_t)64 << 20, 0, limits.members, 0};
	struct sk_report *report = sk_arena_alloc(a, sizeof(*report));
	struct sk_job job = {
	    .arena = a, .report = report, .limits = &limits, .budget = &budget, .name = ""};
	struct ox_pkg pkg;
	const char *why;

	if (report == NULL || sk_zip_read(a, in, limits.members, &pkg.zip, &why))
		return SK_FT_UNKNOWN;
	enum sk_filetype t = SK_FT_UNKNOWN;
	if (!has(&pkg.zip, "[Content_Types].xml") && !has(&pkg.zip, "[content_types].xml"))
		return SK_FT_UNKNOWN;
	*evidence = "main part's content type";
	if (ox_pkg_open(&pkg, &job, in) == 0) {
		struct ox_rels rels;
		struct ox_member *ct = ox_pkg_find(&pkg, "[Content_Types].xml");
		if (ox_rels_read(&pkg, NULL, &rels) == 0)
			for (size_t i = 0; i < rels.n && t == SK_FT_UNKNOWN; i++)
				if (rels.v[i].member && is_office_document(rels.v[i].type))
					t = ox_type_of_main(rels.v[i].member->type);
		struct sk_slice text;
		if (t == SK_FT_UNKNOWN && ct &&
		    sk_zip_unpack(a, ct->zip, (size_t)16 << 20, &text) == 0)
			t = type_in(text);
	}
	if (t == SK_FT_UNKNOWN) {
		*evidence = "names of parts";
		t = guess(&pkg.zip);
	}
	return t;
}
