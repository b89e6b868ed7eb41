/*
 * The output package: parts get their names in the order of first use, are packed as soon as they
 * are complete, and written in the fixed order of doc/profiles/ooxml.md. Runs in the cleaner's
 * jail.
 */
#include "format/ooxml/ox.h"

#include "format/ooxml/flt.h"

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define EXTENDED \
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties"
#define APP "docProps/app.xml"
#define PKG "http://schemas.openxmlformats.org/package/2006/"

static const struct {
	enum sk_filetype type;
	const char *ext, *media;
} images[] = {
    {SK_FT_BMP, "bmp", "image/bmp"},
    {SK_FT_GIF, "gif", "image/gif"},
    {SK_FT_JPEG, "jpeg", "image/jpeg"},
    {SK_FT_PNG, "png", "image/png"},
    {SK_FT_TIFF, "tiff", "image/tiff"},
    {SK_FT_WEBP, "webp", "image/webp"},
};

static bool is_generic_xml(const char *type)
{
	return type[0] == '\0' || strcasecmp(type, "application/xml") == 0 ||
	       strcasecmp(type, "text/xml") == 0;
}

/* An XML file that is well-formed, without looking at its content. */
static bool well_formed(struct ox_pkg *pkg, struct ox_member *m)
{
	struct sk_arena *arena = sk_arena_new(pkg->job->limits->memory);
	struct sk_slice in;
	int rc = arena ? ox_pkg_read(pkg, m, arena, &in) : SK_ENOMEM;
	bool ok = false;

	m->seen = false;
	if (rc)
		pkg->rc = rc;
	XML_Parser p = rc ? NULL : XML_ParserCreate(NULL);
	if (p) {
		ok = XML_Parse(p, (const char *)in.p, (int)in.n, 1) == XML_STATUS_OK;
		XML_ParserFree(p);
	}
	sk_arena_free(arena);
	return ok;
}

/* A pivot table without its cache would make Excel repair the file; its cells stay in any case. */
static bool pivot_table_ok(struct ox_pkg *pkg, struct ox_member *m)
{
	struct ox_rels rels;
	int rc = ox_rels_read(pkg, m, &rels);

	if (rc)
		pkg->rc = rc;
	for (size_t i = 0; i < rels.n && pkg->rc == 0; i++)
		if (rels.v[i].kind == OX_PIVOT_CACHE && !rels.v[i].external && rels.v[i].member)
			return ox_part_ok(pkg, rels.v[i].member, OX_PIVOT_CACHE);
	return false;
}

static bool fits(struct ox_pkg *pkg, struct ox_member *m, enum ox_kind kind)
{
	if (ox_is_file(kind) || kind == OX_HYPERLINK || kind == OX_NONE)
		return false;
	if (strcasecmp(m->type, ox_kinds[kind].type) != 0 && !is_generic_xml(m->type))
		return false;
	/* Excel writes drawings that are not well-formed (unclosed <br>); they go without refusing
	 * the file. */
	if (kind == OX_VML_DRAWING && !well_formed(pkg, m))
		return false;
	if (kind == OX_PIVOT_TABLE)
		return pivot_table_ok(pkg, m);
	return kind != OX_PIVOT_CACHE || ox_pivot_cache_ok(pkg, m);
}

bool ox_part_ok(struct ox_pkg *pkg, struct ox_member *m, enum ox_kind kind)
{
	if (m->bad)
		return false;
	if (m->out)
		return m->out->kind == kind;
	if (m->as)
		return m->as == kind;
	if (!fits(pkg, m, kind))
		return false;
	m->as = kind;
	return true;
}

static char *part_name(
    struct ox_pkg *pkg, const struct ox_member *m, enum ox_kind kind, const char **type)
{
	const struct ox_kind_row *row = &ox_kinds[kind];
	bool star = row->dir[0] == '*';
	const char *ext = kind == OX_VML_DRAWING ? "vml" : kind == OX_BOOK ? "xlsx" : "xml";
	char number[16] = "";

	*type = row->type;
	for (size_t i = 0; kind == OX_IMAGE && i < sizeof(images) / sizeof(images[0]); i++)
		if (images[i].type == m->file_type) {
			ext = images[i].ext;
			*type = images[i].media;
		}
	if (row->numbered)
		snprintf(number, sizeof(number), "%u", ++pkg->numbers[kind]);
	return sk_arena_printf(pkg->job->arena, "%s%s%s%s.%s", star ? pkg->top : "",
	    row->dir + (star ? 1 : 0), row->name, number, ext);
}

struct ox_out *ox_part(struct ox_pkg *pkg, struct ox_member *m, enum ox_kind kind)
{
	if (m->out)
		return m->out;
	struct sk_arena *a = pkg->job->arena;
	if (sk_job_member(pkg->job)) {
		pkg->rc = SK_EREFUSED;
		return NULL;
	}
	struct ox_out **v = sk_arena_grow(a, pkg->outs, &pkg->outs_cap, pkg->nouts + 1, sizeof(*v));
	struct ox_out *o = sk_arena_alloc(a, sizeof(*o));
	if (v == NULL || o == NULL)
		return NULL;
	pkg->outs = v;
	o->kind = kind;
	o->from = m;
	o->name = part_name(pkg, m, kind, &o->type);
	if (o->name == NULL)
		return NULL;
	v[pkg->nouts++] = o;
	m->out = o;
	return o;
}

unsigned ox_relate(struct ox_pkg *pkg, struct ox_out *from, enum ox_kind kind, struct ox_out *to,
    const char *target)
{
	struct ox_new_rel *v = sk_arena_grow(
	    pkg->job->arena, from->rels, &from->rels_cap, from->nrels + 1, sizeof(*v));

	if (v == NULL)
		return 0;
	from->rels = v;
	v[from->nrels++] = (struct ox_new_rel){kind, target, to};
	return (unsigned)from->nrels;
}

int ox_pack(struct ox_pkg *pkg, struct ox_out *out, struct sk_slice data)
{
	return ox_is_file(out->kind)
		   ? sk_zip_store(data, &out->packed)
		   : sk_zip_pack(pkg->packer, pkg->job->arena, data, &out->packed);
}

/* --- writing --- */

/* By the one compressor of the package: a second one would cost its tables for the sake of a few short members. */
static int add(struct ox_pkg *pkg, const char *name, struct sk_slice data)
{
	struct sk_zip_packed packed;
	int rc = sk_zip_pack(pkg->packer, pkg->job->arena, data, &packed);

	return rc ? rc : sk_zip_writer_add_packed(pkg->writer, name, &packed);
}

/* The target as written: relative to the folder of the part it stands in. */
static void put_target(struct sk_buf *b, const char *from, const char *to)
{
	size_t same = 0;

	for (size_t i = 0; from[i] && from[i] == to[i]; i++)
		if (from[i] == '/')
			same = i + 1;
	for (const char *s = from + same; (s = strchr(s, '/')); s++)
		sk_buf_puts(b, "../");
	sk_buf_puts(b, to + same);
}

static void put_rel(struct sk_buf *b, const char *from, unsigned id, const struct ox_new_rel *r)
{
	sk_buf_printf(
	    b, "<Relationship Id=\"rId%u\" Type=\"%s\" Target=\"", id, ox_kinds[r->kind].rel);
	if (r->out)
		put_target(b, from, r->out->name);
	else
		sk_text_escape(b, sk_slice_str(r->target), true);
	sk_buf_puts(b, r->out ? "\"/>" : "\" TargetMode=\"External\"/>");
}

static int write_rels(struct ox_pkg *pkg, const struct ox_out *o)
{
	struct sk_buf b = SK_BUF(pkg->job->limits->output);
	const char *slash = strrchr(o->name, '/');
	char *name = sk_arena_printf(
	    pkg->job->arena, "%.*s/_rels/%s.rels", (int)(slash - o->name), o->name, slash + 1);

	sk_buf_puts(&b, DECLARATION "<Relationships xmlns=\"" PKG "relationships\">");
	for (size_t i = 0; i < o->nrels; i++)
		put_rel(&b, o->name, (unsigned)i + 1, &o->rels[i]);
	sk_buf_puts(&b, "</Relationships>");
	int rc = b.err ? b.err : name ? add(pkg, name, sk_buf_slice(&b)) : SK_ENOMEM;
	sk_buf_free(&b);
	return rc;
}

static int write_root_rels(struct ox_pkg *pkg, const struct ox_out *main)
{
	struct sk_buf b = SK_BUF(pkg->job->limits->output);
	struct ox_new_rel r = {main->kind, NULL, NULL};

	sk_buf_puts(&b, DECLARATION "<Relationships xmlns=\"" PKG "relationships\">");
	sk_buf_printf(&b, "<Relationship Id=\"rId1\" Type=\"%s\" Target=\"%s\"/>",
	    ox_kinds[r.kind].rel, main->name);
	if (pkg->title.len)
		sk_buf_puts(&b, "<Relationship Id=\"rId2\" Type=\"" PKG
				"relationships/metadata/core-properties\" "
				"Target=\"docProps/core.xml\"/>");
	if (pkg->by_excel)
		sk_buf_printf(&b,
		    "<Relationship Id=\"rId%d\" Type=\"" EXTENDED "\" Target=\"" APP "\"/>",
		    pkg->title.len ? 3 : 2);
	sk_buf_puts(&b, "</Relationships>");
	int rc = b.err ? b.err : add(pkg, "_rels/.rels", sk_buf_slice(&b));
	sk_buf_free(&b);
	return rc;
}

static int write_core(struct ox_pkg *pkg)
{
	struct sk_buf b = SK_BUF(pkg->job->limits->output);

	sk_buf_puts(&b,
	    DECLARATION "<cp:coreProperties xmlns:cp=\"" PKG "metadata/core-properties\" "
			"xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>");
	sk_text_escape(&b, sk_buf_slice(&pkg->title), false);
	sk_buf_puts(&b, "</dc:title></cp:coreProperties>");
	int rc = b.err ? b.err : add(pkg, "docProps/core.xml", sk_buf_slice(&b));
	sk_buf_free(&b);
	return rc;
}

/* All that is said of the program: LibreOffice keeps the row heights of Excel's workbooks only. */
static int write_app(struct ox_pkg *pkg)
{
	static const char app[] = DECLARATION
	    "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">"
	    "<Application>Microsoft Excel</Application></Properties>";

	return add(pkg, APP, SK_SLICE_LIT(app));
}

static int by_name(const void *a, const void *b)
{
	return strcmp((*(struct ox_out *const *)a)->name, (*(struct ox_out *const *)b)->name);
}

static void put_defaults(struct sk_buf *b, struct ox_out **v, size_t n)
{
	static const struct {
		const char *ext, *type;
		bool always;
	} rows[] = {{"bmp", "image/bmp", false}, {"gif", "image/gif", false},
	    {"jpeg", "image/jpeg", false}, {"png", "image/png", false},
	    {"rels", "application/vnd.openxmlformats-package.relationships+xml", true},
	    {"tiff", "image/tiff", false},
	    {"vml", "application/vnd.openxmlformats-officedocument.vmlDrawing", false},
	    {"webp", "image/webp", false},
	    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", false},
	    {"xml", "application/xml", true}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool used = rows[i].always;
		for (size_t k = 0; k < n && !used; k++)
			used = strcmp(strrchr(v[k]->name, '.') + 1, rows[i].ext) == 0;
		if (used)
			sk_buf_printf(b, "<Default Extension=\"%s\" ContentType=\"%s\"/>",
			    rows[i].ext, rows[i].type);
	}
}

static int write_types(struct ox_pkg *pkg, struct ox_out **v, size_t n)
{
	struct sk_buf b = SK_BUF(pkg->job->limits->output);

	sk_buf_puts(&b, DECLARATION "<Types xmlns=\"" PKG "content-types\">");
	put_defaults(&b, v, n);
	if (pkg->by_excel)
		sk_buf_puts(&b, "<Override PartName=\"/" APP "\" ContentType=\"application/vnd."
				"openxmlformats-officedocument.extended-properties+xml\"/>");
	if (pkg->title.len)
		sk_buf_puts(&b,
		    "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd."
		    "openxmlformats-package.core-properties+xml\"/>");
	for (size_t i = 0; i < n; i++) {
		if (!ox_is_file(v[i]->kind) && v[i]->kind != OX_VML_DRAWING)
			sk_buf_printf(&b, "<Override PartName=\"/%s\" ContentType=\"%s\"/>",
			    v[i]->name, v[i]->type);
	}
	sk_buf_puts(&b, "</Types>");
	int rc = b.err ? b.err : add(pkg, "[Content_Types].xml", sk_buf_slice(&b));
	sk_buf_free(&b);
	return rc;
}

/* All members but the first two, ascending: parts, relationships and the core properties. */
struct member {
	const char *name;
	const struct ox_out *out;
	bool rels;
};

static int by_member(const void *a, const void *b)
{
	return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static int write_members(struct ox_pkg *pkg)
{
	size_t n = 0;
	struct member *v = sk_arena_array(pkg->job->arena, pkg->nouts * 2 + 2, sizeof(*v));
	int rc = 0;

	if (v == NULL)
		return SK_ENOMEM;
	if (pkg->by_excel)
		v[n++] = (struct member){APP, NULL, false};
	if (pkg->title.len)
		v[n++] = (struct member){"docProps/core.xml", NULL, false};
	for (size_t i = 0; i < pkg->nouts; i++) {
		const struct ox_out *o = pkg->outs[i];
		v[n++] = (struct member){o->name, o, false};
		if (o->nrels == 0)
			continue;
		const char *slash = strrchr(o->name, '/');
		char *name = sk_arena_printf(pkg->job->arena, "%.*s/_rels/%s.rels",
		    (int)(slash - o->name), o->name, slash + 1);
		if (name == NULL)
			return SK_ENOMEM;
		v[n++] = (struct member){name, o, true};
	}
	qsort(v, n, sizeof(*v), by_member);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = v[i].out == NULL
			 ? strcmp(v[i].name, APP) == 0 ? write_app(pkg) : write_core(pkg)
		     : v[i].rels
			 ? write_rels(pkg, v[i].out)
			 : sk_zip_writer_add_packed(pkg->writer, v[i].name, &v[i].out->packed);
	return rc;
}

/* What unpacks to more than is allowed for a file of the output's size would fail its check. */
static int check_expansion(struct ox_pkg *pkg, const struct sk_buf *out)
{
	uint64_t all = 0;

	for (size_t i = 0; i < pkg->nouts; i++)
		all += pkg->outs[i]->packed.size;
	if (all > sk_limits_for(out->len).expand / 8 * 7)
		return sk_job_refuse(pkg->job, SK_REASON_BOMB, "too large after unpacking");
	return out->err;
}

int ox_write(struct ox_pkg *pkg, struct ox_out *main, struct sk_buf *out)
{
	struct ox_out **sorted =
	    sk_arena_dup(pkg->job->arena, pkg->outs, pkg->nouts * sizeof(*sorted));

	if (sorted == NULL)
		return SK_ENOMEM;
	qsort(sorted, pkg->nouts, sizeof(*sorted), by_name);
	int rc = write_types(pkg, sorted, pkg->nouts);
	if (rc == 0)
		rc = write_root_rels(pkg, main);
	if (rc == 0)
		rc = write_members(pkg);
	if (rc == 0)
		rc = sk_zip_writer_end(pkg->writer);
	return rc ? rc : check_expansion(pkg, out);
}
