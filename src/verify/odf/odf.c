/*
 * OpenDocument files: the members of the package, its manifest, and that everything in it is used
 * (doc/profiles/odf.md, sections 1 to 3). Verifier's jail.
 */
#include "verify/base64.h"
#include "verify/odf/odf.h"

#define MANIFEST_NS "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"

static const struct {
	const char *ext, *mime;
	enum sk_filetype type;
} pictures[] = {
    {"bmp", "image/bmp", SK_FT_BMP},
    {"gif", "image/gif", SK_FT_GIF},
    {"jpg", "image/jpeg", SK_FT_JPEG},
    {"png", "image/png", SK_FT_PNG},
    {"svg", "image/svg+xml", SK_FT_SVG},
    {"tif", "image/tiff", SK_FT_TIFF},
    {"webp", "image/webp", SK_FT_WEBP},
};

const char *sk_vo_media(enum sk_vo_kind kind)
{
	static const char *const media[VO_KINDS] = {
	    "text", "spreadsheet", "presentation", "graphics", "chart", "formula"};

	return media[kind];
}

static const struct sk_slice none = {(const uint8_t *)"", 0};

static int fail(struct sk_vo_file *f, uint64_t at, const char *what, struct sk_slice name)
{
	return sk_fail(
	    f->c, at, "%s: %.*s", what, (int)(name.n > 120 ? 120 : name.n), (const char *)name.p);
}

/* --- names of members --- */

/* A number without zeros in front, at most six digits; its length, or 0. */
static size_t number(struct sk_slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
		n++;
	return n && n <= 6 && s.p[0] != '0' ? n : 0;
}

/* The length of "Object N/", or 0. */
static size_t object_folder(struct sk_slice s)
{
	const struct sk_slice head = SK_SLICE_LIT("Object ");
	size_t n = sk_slice_starts(s, head) ? number(sk_slice_sub(s, head.n, s.n)) : 0;

	return n && head.n + n < s.n && s.p[head.n + n] == '/' ? head.n + n + 1 : 0;
}

/* The folders of documents in front of a name. */
static size_t folder_length(struct sk_slice name)
{
	size_t all = 0, n;

	while ((n = object_folder(sk_slice_sub(name, all, name.n))))
		all += n;
	return all;
}

/* Index in pictures[] of "Pictures/imageN.ext", or -1. */
static int picture_kind(struct sk_slice s)
{
	const struct sk_slice head = SK_SLICE_LIT("Pictures/image");
	size_t n = sk_slice_starts(s, head) ? number(sk_slice_sub(s, head.n, s.n)) : 0;

	if (n == 0 || head.n + n + 1 >= s.n || s.p[head.n + n] != '.')
		return -1;
	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++)
		if (sk_slice_is(sk_slice_sub(s, head.n + n + 1, s.n), pictures[i].ext))
			return (int)i;
	return -1;
}

static int find_member(const struct sk_vo_file *f, struct sk_slice folder, struct sk_slice name)
{
	for (size_t i = 2; i < f->zip.count; i++) {
		struct sk_slice m = f->zip.members[i].name;
		if (m.n == folder.n + name.n && memcmp(m.p, folder.p, folder.n) == 0 &&
		    memcmp(m.p + folder.n, name.p, name.n) == 0)
			return (int)i;
	}
	return -1;
}

bool sk_vo_use_picture(struct sk_vo_file *f, const struct sk_vo_doc *doc, struct sk_slice href)
{
	int i = f->flat || picture_kind(href) < 0 ? -1 : find_member(f, doc->folder, href);

	if (i >= 0)
		f->used[i] = true;
	return i >= 0;
}

bool sk_vo_use_object(struct sk_vo_file *f, const struct sk_vo_doc *doc, struct sk_slice href)
{
	struct sk_slice name = sk_slice_sub(href, 2, href.n);

	if (f->flat || !sk_slice_starts(href, SK_SLICE_LIT("./Object ")))
		return false;
	for (size_t i = 1; i < f->ndocs; i++) {
		struct sk_slice d = f->docs[i].folder;
		if (d.n != doc->folder.n + name.n + 1 ||
		    memcmp(d.p, doc->folder.p, doc->folder.n) != 0 ||
		    memcmp(d.p + doc->folder.n, name.p, name.n) != 0 || d.p[d.n - 1] != '/')
			continue;
		bool first = !f->docs[i].used;
		f->docs[i].used = true;
		return first;
	}
	return false;
}

/* --- pictures in flat files --- */

static enum sk_filetype type_of(struct sk_slice s)
{
	static const struct {
		const char *head;
		size_t n;
		enum sk_filetype type;
	} heads[] = {{"\x89PNG", 4, SK_FT_PNG}, {"\xFF\xD8\xFF", 3, SK_FT_JPEG},
	    {"GIF8", 4, SK_FT_GIF}, {"BM", 2, SK_FT_BMP}, {"II*\0", 4, SK_FT_TIFF},
	    {"MM\0*", 4, SK_FT_TIFF}, {"RIFF", 4, SK_FT_WEBP}, {"<", 1, SK_FT_SVG}};

	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		if (sk_slice_starts(s, sk_slice(heads[i].head, heads[i].n)))
			return heads[i].type;
	return SK_FT_UNKNOWN;
}

int sk_vo_binary(struct sk_vo_file *f, struct sk_slice text)
{
	struct sk_slice bytes = {0};

	if (text.n / 4 * 3 > f->c->inflate_left)
		return fail(f, 0, "picture in base64", none);
	f->c->inflate_left -= text.n / 4 * 3;
	int rc = sk_vb_text(f->c, text, 0, &bytes);
	if (rc)
		return rc;
	rc = sk_verify(f->c, type_of(bytes), bytes);
	return rc == SK_EUNSUPPORTED ? fail(f, 0, "type of a picture", none) : rc;
}

/* --- packages --- */

/* The documents: one a folder, in the order of their folders. */
static int list_docs(struct sk_vo_file *f)
{
	size_t cap = 0;

	f->docs = sk_arena_grow(f->c->arena, NULL, &cap, 1, sizeof(*f->docs));
	if (f->docs == NULL)
		return SK_ENOMEM;
	f->docs[f->ndocs++] =
	    (struct sk_vo_doc){.folder = {(const uint8_t *)"", 0}, .kind = VO_KINDS, .used = true};
	for (size_t i = 2; i < f->zip.count; i++) {
		struct sk_slice name = f->zip.members[i].name;
		struct sk_slice folder = sk_slice_sub(name, 0, folder_length(name));
		struct sk_slice rest = sk_slice_sub(name, folder.n, name.n);
		bool known = sk_slice_is(rest, "styles.xml") || sk_slice_is(rest, "settings.xml") ||
			     picture_kind(rest) >= 0 ||
			     (folder.n == 0 && sk_slice_is(rest, "meta.xml"));
		if (known)
			continue;
		if (!sk_slice_is(rest, "content.xml"))
			return fail(f, f->zip.members[i].at, "member that is not listed", name);
		if (folder.n == 0)
			continue;
		struct sk_vo_doc *v =
		    sk_arena_grow(f->c->arena, f->docs, &cap, f->ndocs + 1, sizeof(*v));
		if (v == NULL)
			return SK_ENOMEM;
		f->docs = v;
		v[f->ndocs++] = (struct sk_vo_doc){.folder = folder, .kind = VO_KINDS};
	}
	return 0;
}

static struct sk_vo_doc *doc_of(struct sk_vo_file *f, struct sk_slice folder)
{
	for (size_t i = 0; i < f->ndocs; i++)
		if (sk_slice_eq(f->docs[i].folder, folder))
			return &f->docs[i];
	return NULL;
}

static int check_order(struct sk_vo_file *f, enum sk_vo_kind kind)
{
	const struct sk_vz_member *m = f->zip.members;
	struct sk_slice bytes;
	char want[64];

	if (f->zip.count < 3 || !sk_slice_is(m[0].name, "mimetype") || m[0].deflated ||
	    !sk_slice_is(m[1].name, "META-INF/manifest.xml"))
		return fail(f, 0, "the first members", none);
	int rc = sk_vz_unpack(f->c, &m[0], &f->space, &bytes);
	if (rc)
		return rc;
	snprintf(want, sizeof(want), SK_VO_MEDIA "%s", sk_vo_media(kind));
	if (!sk_slice_is(bytes, want))
		return fail(f, m[0].at, "mimetype", bytes);
	for (size_t i = 3; i < f->zip.count; i++) {
		size_t n = m[i].name.n < m[i - 1].name.n ? m[i].name.n : m[i - 1].name.n;
		int c = memcmp(m[i - 1].name.p, m[i].name.p, n);
		if (c > 0 || (c == 0 && m[i - 1].name.n >= m[i].name.n))
			return fail(f, m[i].at, "order of the members", m[i].name);
	}
	return 0;
}

static int check_xml(struct sk_vo_file *f, struct sk_vo_doc *doc, const char *part, unsigned root)
{
	int i = find_member(f, doc->folder, sk_slice_str(part));
	struct sk_slice bytes;

	if (i < 0)
		return strcmp(part, "content.xml") == 0
			   ? fail(f, 0, "document without content", doc->folder)
			   : 0;
	const struct sk_vz_member *m = &f->zip.members[i];
	int rc = sk_vz_unpack(f->c, m, &f->space, &bytes);
	if (rc)
		return rc;
	bool formula = root == VO_office_document_content && doc->folder.n &&
		       sk_slice_starts(bytes, SK_SLICE_LIT(SK_VX_DECL "<math:math"));
	if (formula)
		doc->kind = VO_FORMULA;
	return sk_vo_part(f, doc, m->name, formula ? VO_math_math : root, bytes);
}

static int check_doc(struct sk_vo_file *f, struct sk_vo_doc *doc)
{
	int rc = check_xml(f, doc, "content.xml", VO_office_document_content);

	if (rc == 0 && doc->kind == VO_KINDS)
		return fail(f, 0, "document without a body", doc->folder);
	if (rc == 0)
		rc = check_xml(f, doc, "styles.xml", VO_office_document_styles);
	if (rc == 0)
		rc = check_xml(f, doc, "settings.xml", VO_office_document_settings);
	return rc ? rc : check_xml(f, doc, "meta.xml", VO_office_document_meta);
}

static void put_entry(struct sk_buf *b, struct sk_slice name, const char *head, const char *media)
{
	sk_buf_puts(b, "<manifest:file-entry manifest:full-path=\"");
	sk_buf_put_slice(b, name);
	sk_buf_printf(b, "\" manifest:media-type=\"%s%s\"/>", head, media);
}

/* Entries of the folders that begin with this member. */
static bool put_folders(struct sk_vo_file *f, struct sk_buf *b, size_t i)
{
	struct sk_slice name = f->zip.members[i].name, before = f->zip.members[i - 1].name;
	size_t all = 0, n;

	while ((n = object_folder(sk_slice_sub(name, all, name.n)))) {
		all += n;
		struct sk_slice folder = sk_slice_sub(name, 0, all);
		const struct sk_vo_doc *doc = doc_of(f, folder);
		if (doc == NULL)
			return false;
		if (i == 2 || !sk_slice_starts(before, folder))
			put_entry(b, folder, SK_VO_MEDIA, sk_vo_media(doc->kind));
	}
	return true;
}

static const char *media_of(struct sk_slice name)
{
	size_t folder = folder_length(name);
	int picture = picture_kind(sk_slice_sub(name, folder, name.n));

	return picture < 0 ? "text/xml" : pictures[picture].mime;
}

static int check_manifest(struct sk_vo_file *f, enum sk_vo_kind kind)
{
	struct sk_buf *b = &f->scratch;
	struct sk_slice bytes;
	int rc = sk_vz_unpack(f->c, &f->zip.members[1], &f->space, &bytes);

	if (rc)
		return rc;
	sk_buf_reset(b);
	sk_buf_printf(b,
	    SK_VX_DECL "<manifest:manifest xmlns:manifest=\"" MANIFEST_NS
		       "\" manifest:version=\"1.3\"><manifest:file-entry manifest:full-path=\"/\" "
		       "manifest:media-type=\"" SK_VO_MEDIA "%s\"/>",
	    sk_vo_media(kind));
	for (size_t i = 2; i < f->zip.count; i++) {
		struct sk_slice name = f->zip.members[i].name;
		if (!put_folders(f, b, i))
			return fail(f, 0, "folder without a document", name);
		put_entry(b, name, "", media_of(name));
	}
	sk_buf_puts(b, "</manifest:manifest>");
	if (b->err)
		return b->err;
	if (!sk_slice_eq(bytes, sk_buf_slice(b)))
		return fail(
		    f, f->zip.members[1].at, "manifest: not the list of the members", bytes);
	return 0;
}

static int check_pictures(struct sk_vo_file *f)
{
	struct sk_slice bytes;
	int rc = 0;

	for (size_t i = 2; i < f->zip.count && rc == 0; i++) {
		const struct sk_vz_member *m = &f->zip.members[i];
		size_t folder = folder_length(m->name);
		int kind = picture_kind(sk_slice_sub(m->name, folder, m->name.n));
		if (kind < 0)
			continue;
		if (!f->used[i])
			return fail(f, m->at, "picture that is not shown", m->name);
		rc = sk_vz_unpack(f->c, m, &f->space, &bytes);
		if (rc == 0)
			rc = sk_verify(f->c, pictures[kind].type, bytes);
		if (rc == SK_EUNSUPPORTED)
			rc = fail(f, m->at, "type of a picture", m->name);
	}
	return rc;
}

static int check_package(struct sk_vo_file *f, enum sk_vo_kind kind)
{
	int rc = check_order(f, kind);

	f->used = sk_arena_array(f->c->arena, f->zip.count, sizeof(*f->used));
	if (rc == 0 && f->used == NULL)
		rc = SK_ENOMEM;
	if (rc == 0)
		rc = list_docs(f);
	if (rc)
		return rc;
	f->docs[0].kind = kind;
	for (size_t i = 0; i < f->ndocs && rc == 0; i++)
		rc = check_doc(f, &f->docs[i]);
	for (size_t i = 0; i < f->ndocs && rc == 0; i++)
		if (!f->docs[i].used)
			rc = fail(f, 0, "document that is not shown", f->docs[i].folder);
	if (rc == 0)
		rc = check_manifest(f, kind);
	return rc ? rc : check_pictures(f);
}

static int check_flat(struct sk_vo_file *f, enum sk_vo_kind kind, struct sk_slice in)
{
	struct sk_vo_doc doc = {.folder = {(const uint8_t *)"", 0}, .kind = kind};

	f->flat = true;
	return sk_vo_part(f, &doc, sk_slice_str("document"), VO_office_document, in);
}

static const struct {
	enum sk_filetype package, flat;
} types[] = {
    [VO_WORDS] = {SK_FT_ODT, SK_FT_FODT},
    [VO_SHEETS] = {SK_FT_ODS, SK_FT_FODS},
    [VO_SLIDES] = {SK_FT_ODP, SK_FT_FODP},
    [VO_DRAWING] = {SK_FT_ODG, SK_FT_FODG},
};

int sk_verify_odf(struct sk_check *c, enum sk_filetype type, struct sk_slice in)
{
	struct sk_vo_file f = {.c = c, .scratch = SK_BUF(SK_LIMIT_OUTPUT)};
	unsigned kind = 0;

	while (kind < VO_DRAWING && types[kind].package != type && types[kind].flat != type)
		kind++;
	f.xml = sk_arena_alloc(c->arena, sizeof(*f.xml));
	if (f.xml == NULL)
		return SK_ENOMEM;
	int rc = 0;
	if (types[kind].flat == type) {
		rc = check_flat(&f, (enum sk_vo_kind)kind, in);
	} else {
		rc = sk_vz_read(c, in, &f.zip);
		if (rc == 0)
			rc = check_package(&f, (enum sk_vo_kind)kind);
	}
	sk_vz_space_free(&f.space);
	sk_buf_free(&f.scratch);
	return rc;
}
