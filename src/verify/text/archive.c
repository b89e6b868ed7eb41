/*
 * Archives (doc/profiles/archive.md): a zip whose members are each of a type that sekisho writes and pass the
 * checker of that type. Verifier's jail.
 */
#include "verify/text/zip.h"

static const enum sk_filetype carried[] = {
    SK_FT_PDF,
    SK_FT_DOCX,
    SK_FT_XLSX,
    SK_FT_PPTX,
    SK_FT_JTD,
    SK_FT_ODT,
    SK_FT_ODS,
    SK_FT_ODP,
    SK_FT_ODG,
    SK_FT_FODT,
    SK_FT_FODS,
    SK_FT_FODP,
    SK_FT_FODG,
    SK_FT_RTF,
    SK_FT_JPEG,
    SK_FT_PNG,
    SK_FT_GIF,
    SK_FT_BMP,
    SK_FT_WEBP,
    SK_FT_TIFF,
    SK_FT_SVG,
    SK_FT_ZIP,
    SK_FT_EML,
    SK_FT_TXT,
    SK_FT_CSV,
    SK_FT_TSV,
    SK_FT_JSON,
    SK_FT_XML,
    SK_FT_HTML,
    SK_FT_ICS,
    SK_FT_VCF,
    SK_FT_STEP,
    SK_FT_SFC,
    SK_FT_DXF,
};

/* The type that a member's extension claims. */
static enum sk_filetype claimed(struct sk_slice name)
{
	char last[SK_LIMIT_NAME + 1];
	size_t from = name.n;

	while (from && name.p[from - 1] != '/')
		from--;
	struct sk_slice part = sk_slice_sub(name, from, SK_LIMIT_NAME);
	memcpy(last, part.p, part.n);
	last[part.n] = '\0';
	for (size_t i = 0; i < sizeof(carried) / sizeof(carried[0]); i++)
		if (sk_filetype_fits(carried[i], last))
			return carried[i];
	return SK_FT_UNKNOWN;
}

/* In memory of its own, so that a large archive needs no more than its largest member. */
static int check_bytes(struct sk_check *c, enum sk_filetype type, struct sk_slice bytes)
{
	struct sk_check inner = *c;

	inner.arena = sk_arena_new(SK_LIMIT_MEMORY_MAX);
	if (inner.arena == NULL)
		return SK_ENOMEM;
	int rc = sk_verify(&inner, type, bytes);
	sk_arena_free(inner.arena);
	inner.arena = c->arena;
	*c = inner;
	return rc;
}

static int check_member(struct sk_check *c, const struct sk_vz_member *m)
{
	struct sk_vz_space space = {0};
	struct sk_slice bytes;
	enum sk_filetype type = claimed(m->name);

	if (type == SK_FT_UNKNOWN)
		return sk_fail(
		    c, m->at, "zip: member's extension is not of a type that is written");
	int rc = sk_vz_unpack(c, m, &space, &bytes);
	if (rc == 0)
		rc = check_bytes(c, type, bytes);
	sk_vz_space_free(&space);
	return rc;
}

int sk_verify_zip(struct sk_check *c, struct sk_slice in)
{
	struct sk_vz zip;
	int rc = 0;

	if (c->depth >= SK_LIMIT_NESTING)
		return sk_fail(c, 0, "zip: archives nested more deeply than allowed");
	c->depth++;
	rc = sk_vz_read(c, in, &zip);
	for (size_t i = 0; rc == 0 && i < zip.count; i++)
		rc = zip.members[i].folder ? 0 : check_member(c, &zip.members[i]);
	c->depth--;
	return rc;
}
