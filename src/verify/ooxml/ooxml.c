/*
 * docx, xlsx and pptx as sekisho writes them (doc/profiles/ooxml.md): the package, its list of content types, and
 * each part by its kind. Verifier's jail.
 */
#include "verify/ooxml/package.h"

#include <stdio.h>

#include "base/utf8.h"
#include "verify/ooxml/stream.h"

/* Bytes of a part that is checked in pieces. */
#ifndef LARGE
#define LARGE ((size_t)8 << 20)
#endif
#define TYPES_NS "http://schemas.openxmlformats.org/package/2006/content-types"
#define CORE_HEAD \
	SK_VX_DECL_STANDALONE \
	"<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" " \
	"xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title>"
#define APP \
	SK_VX_DECL_STANDALONE \
	"<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">" \
	"<Application>Microsoft Excel</Application></Properties>"
#define CORE_TAIL "</dc:title></cp:coreProperties>"

int sk_oo_fail(
    struct sk_check *c, struct sk_slice part, uint64_t at, const char *what, struct sk_slice name)
{
	char shown[80], subject[64];

	sk_utf8_display(shown, sizeof(shown), part);
	sk_utf8_display(subject, sizeof(subject), name);
	return sk_fail(c, at, "%s: %s%s%s", shown, what, subject[0] ? ": " : "", subject);
}

static const struct sk_slice nothing = {(const uint8_t *)"", 0};

/* The name of the part whose relationships this member holds: dir/_rels/name.rels → dir/name. */
static bool owner_of(struct sk_slice name, char out[SK_LIMIT_NAME], size_t *n)
{
	const struct sk_slice mark = SK_SLICE_LIT("_rels/");
	size_t at = sk_slice_rfind(name, name.n, mark);

	if (at == SIZE_MAX || name.n - at < mark.n + 6 || name.n > SK_LIMIT_NAME ||
	    memcmp(name.p + name.n - 5, ".rels", 5) != 0)
		return false;
	*n = name.n - mark.n - 5;
	memcpy(out, name.p, at);
	memcpy(out + at, name.p + at + mark.n, *n - at);
	return true;
}

static int check_head(struct sk_check *c, const struct sk_vz *zip)
{
	if (zip->count < 3 || !sk_slice_is(zip->members[0].name, "[Content_Types].xml") ||
	    !sk_slice_is(zip->members[1].name, "_rels/.rels"))
		return sk_fail(c, 0, "package does not begin as required");
	return 0;
}

/* Behind those two, all others in ascending order. */
static int check_order(struct sk_check *c, const struct sk_vz *zip)
{
	for (size_t i = 2; i < zip->count; i++) {
		struct sk_slice a = zip->members[i - 1].name, b = zip->members[i].name;
		int d = i == 2 ? -1 : memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
		if (zip->members[i].folder)
			return sk_oo_fail(c, b, 0, "folder", nothing);
		if (d > 0 || (d == 0 && a.n >= b.n))
			return sk_oo_fail(c, b, 0, "members are not in order", nothing);
	}
	return 0;
}

static int list_parts(struct sk_oo_pkg *k, const char *top)
{
	k->parts = sk_arena_array(k->c->arena, k->zip.count, sizeof(*k->parts));
	if (k->parts == NULL)
		return SK_ENOMEM;
	for (size_t i = 2; i < k->zip.count; i++) {
		const struct sk_vz_member *m = &k->zip.members[i];
		struct sk_oo_part *p = &k->parts[k->nparts];
		if (sk_vz_has_ext(m->name, "rels"))
			continue;
		p->member = m;
		p->kind = sk_oo_kind_by_name(m->name, top, &p->number);
		if (p->kind == OO_KINDS)
			return sk_oo_fail(
			    k->c, m->name, 0, "not a part that a document may have", nothing);
		k->present |= OO_BIT(p->kind);
		k->nparts++;
	}
	return 0;
}

/* Each member with relationships belongs to a part. */
static int attach_rels(struct sk_oo_pkg *k)
{
	char owner[SK_LIMIT_NAME];

	for (size_t i = 2; i < k->zip.count; i++) {
		const struct sk_vz_member *m = &k->zip.members[i];
		size_t n;
		if (!sk_vz_has_ext(m->name, "rels"))
			continue;
		if (!owner_of(m->name, owner, &n))
			return sk_oo_fail(k->c, m->name, 0, "relationships of no part", nothing);
		int at = sk_oo_find_part(k, sk_slice(owner, n));
		if (at < 0)
			return sk_oo_fail(k->c, m->name, 0, "relationships of no part", nothing);
		k->parts[at].rels_member = m;
	}
	return 0;
}

/* The numbers of a kind are 1, 2, 3 …: as many as parts, none above their count, none twice. */
static int check_numbers(struct sk_oo_pkg *k)
{
	unsigned count[OO_KINDS] = {0};

	for (size_t i = 0; i < k->nparts; i++)
		count[k->parts[i].kind]++;
	uint8_t *seen = sk_arena_alloc(k->c->arena, k->nparts + 1);
	if (seen == NULL)
		return SK_ENOMEM;
	for (unsigned kind = 0; kind < OO_KINDS; kind++) {
		memset(seen, 0, k->nparts + 1);
		for (size_t i = 0; count[kind] && i < k->nparts; i++) {
			const struct sk_oo_part *p = &k->parts[i];
			if ((unsigned)p->kind != kind || p->number == 0)
				continue;
			if (p->number > count[kind] || seen[p->number]++)
				return sk_oo_fail(k->c, p->member->name, 0,
				    "part has an unexpected number", nothing);
		}
	}
	return 0;
}

/* --- [Content_Types].xml: there is one way to write it --- */

static void put_default(struct sk_buf *b, const char *ext, const char *type)
{
	sk_buf_printf(b, "<Default Extension=\"%s\" ContentType=\"%s\"/>", ext, type);
}

/* Parts whose type is told by their extension. */
static bool has_default(enum sk_oo_kind kind)
{
	return kind == OO_IMAGE || kind == OO_VML_DRAWING || kind == OO_BOOK;
}

/* Pictures by extension, in ascending order, with rels, vml, xlsx and xml among them. */
static void put_defaults(struct sk_oo_pkg *k, struct sk_buf *b)
{
	static const char *const exts[] = {
	    "bmp", "gif", "jpeg", "png", "rels", "tiff", "vml", "webp", "xlsx", "xml"};

	for (size_t i = 0; i < sizeof(exts) / sizeof(exts[0]); i++) {
		const char *type = NULL;
		char text[128];
		for (size_t j = 0; type == NULL && j < k->nparts; j++) {
			const struct sk_oo_part *p = &k->parts[j];
			if (has_default(p->kind) && sk_vz_has_ext(p->member->name, exts[i])) {
				sk_oo_kind_type(p->kind, p->member->name, text);
				type = text;
			}
		}
		if (strcmp(exts[i], "rels") == 0)
			type = "application/vnd.openxmlformats-package.relationships+xml";
		if (strcmp(exts[i], "xml") == 0)
			type = "application/xml";
		if (type)
			put_default(b, exts[i], type);
	}
}

static int check_types(struct sk_oo_pkg *k)
{
	struct sk_buf *b = &k->scratch;
	struct sk_slice bytes;
	char type[128];
	int rc = sk_vz_unpack(k->c, &k->zip.members[0], &k->space, &bytes);

	if (rc)
		return rc;
	sk_buf_reset(b);
	sk_buf_puts(b, SK_VX_DECL_STANDALONE "<Types xmlns=\"" TYPES_NS "\">");
	put_defaults(k, b);
	for (size_t i = 0; i < k->nparts; i++) {
		const struct sk_oo_part *p = &k->parts[i];
		if (has_default(p->kind))
			continue;
		sk_oo_kind_type(p->kind, p->member->name, type);
		sk_buf_puts(b, "<Override PartName=\"/");
		sk_buf_put_slice(b, p->member->name);
		sk_buf_printf(b, "\" ContentType=\"%s\"/>", type);
	}
	sk_buf_puts(b, "</Types>");
	if (b->err)
		return b->err;
	for (size_t i = 0; i < bytes.n && i < b->len; i++)
		if (bytes.p[i] != b->p[i])
			return sk_fail(k->c, i, "[Content_Types].xml: not the list of the parts");
	if (bytes.n != b->len)
		return sk_fail(k->c, bytes.n, "[Content_Types].xml: not the list of the parts");
	return 0;
}

/* --- parts --- */

static int check_core(struct sk_oo_pkg *k, const struct sk_oo_part *p, struct sk_slice bytes)
{
	const struct sk_slice head = SK_SLICE_LIT(CORE_HEAD), tail = SK_SLICE_LIT(CORE_TAIL);
	int rc = sk_vx_check_chars(k->c, bytes);

	if (rc)
		return rc;
	if (bytes.n <= head.n + tail.n || !sk_slice_starts(bytes, head) ||
	    memcmp(bytes.p + bytes.n - tail.n, tail.p, tail.n) != 0)
		return sk_oo_fail(k->c, p->member->name, 0, "not a title alone", nothing);
	rc = sk_vx_begin(k->xml, k->c, bytes, SK_SLICE_LIT(SK_VX_DECL_STANDALONE));
	while (rc == 0 && (rc = sk_vx_next(k->xml)) > 0)
		rc = 0;
	if (rc == 0 && k->xml->elements != 2)
		return sk_oo_fail(k->c, p->member->name, 0, "not a title alone", nothing);
	return rc;
}

/* The workbook of a chart is a whole file, one level deeper. */
static int check_book(struct sk_check *c, const struct sk_oo_part *p, struct sk_slice bytes)
{
	if (c->depth >= SK_LIMIT_NESTING)
		return sk_oo_fail(
		    c, p->member->name, 0, "nested more deeply than allowed", nothing);
	c->depth++;
	int rc = sk_verify(c, SK_FT_XLSX, bytes);
	c->depth--;
	return rc;
}

static int check_large(struct sk_oo_pkg *k, struct sk_oo_part *p)
{
	struct sk_oo_stream s;
	struct sk_slice first;
	int rc = sk_oo_stream_open(&s, k->c, p->member);

	if (rc == 0)
		rc = sk_oo_stream_next(&s, &first);
	if (rc == 0)
		rc = sk_oo_check_part(k, p, first, &s);
	sk_oo_stream_close(&s);
	return rc;
}

static bool is_xml(enum sk_oo_kind kind)
{
	return kind != OO_IMAGE && kind != OO_BOOK && kind != OO_APP && kind != OO_CORE;
}

static int check_bytes(struct sk_oo_pkg *k, struct sk_oo_part *p)
{
	const char *mime;
	struct sk_slice bytes;

	if (is_xml(p->kind) && p->member->deflated && p->member->size > LARGE)
		return check_large(k, p);
	int rc = sk_vz_unpack(k->c, p->member, &k->space, &bytes);
	if (rc)
		return rc;
	if (p->kind == OO_IMAGE)
		return sk_verify(k->c, sk_oo_picture_type(p->member->name, &mime), bytes);
	if (p->kind == OO_BOOK)
		return check_book(k->c, p, bytes);
	if (p->kind == OO_APP && !sk_slice_is(bytes, APP))
		return sk_oo_fail(
		    k->c, p->member->name, 0, "not the program's name alone", nothing);
	if (p->kind == OO_APP)
		return 0;
	return p->kind == OO_CORE ? check_core(k, p, bytes) : sk_oo_check_part(k, p, bytes, NULL);
}

static int check_package(struct sk_oo_pkg *k, const char *top)
{
	int rc = list_parts(k, top);

	if (rc == 0)
		rc = check_order(k->c, &k->zip);
	if (rc == 0)
		rc = attach_rels(k);
	if (rc == 0)
		rc = check_numbers(k);
	if (rc == 0)
		rc = check_types(k);
	if (rc == 0)
		rc = sk_oo_read_rels(k);
	for (size_t i = 0; rc == 0 && i < k->nparts; i++)
		rc = check_bytes(k, &k->parts[i]);
	return rc ? rc : sk_oo_check_used(k);
}

int sk_verify_ooxml(struct sk_check *c, enum sk_filetype type, struct sk_slice in)
{
	struct sk_oo_pkg k = {.c = c, .scratch = SK_BUF(SK_LIMIT_OUTPUT)};
	const char *top = type == SK_FT_DOCX ? "word" : type == SK_FT_XLSX ? "xl" : "ppt";

	k.main_kind = type == SK_FT_DOCX   ? OO_DOCUMENT
		      : type == SK_FT_XLSX ? OO_WORKBOOK
					   : OO_PRESENTATION;
	k.xml = sk_arena_alloc(c->arena, sizeof(*k.xml));
	if (k.xml == NULL)
		return SK_ENOMEM;
	int rc = sk_vz_read(c, in, &k.zip);
	if (rc == 0)
		rc = check_head(c, &k.zip);
	if (rc == 0)
		rc = check_package(&k, top);
	sk_vz_space_free(&k.space);
	sk_buf_free(&k.scratch);
	return rc;
}
