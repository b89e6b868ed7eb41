/* Formats that are zip archives with known members: OpenDocument, EPUB, Java, Android. Cleaner's jail. */
#include "format/other/other.h"

#include "container/zip.h"

#define ARENA_MAX ((size_t)64 << 20)
#define MIMETYPE_MAX 100
#define MANIFEST_MAX ((size_t)4 << 20)

static const struct {
	const char *mime;
	enum sk_filetype type;
} mimes[] = {
    {"application/vnd.oasis.opendocument.text-template", SK_FT_OTT},
    {"application/vnd.oasis.opendocument.text", SK_FT_ODT},
    {"application/vnd.oasis.opendocument.spreadsheet-template", SK_FT_OTS},
    {"application/vnd.oasis.opendocument.spreadsheet", SK_FT_ODS},
    {"application/vnd.oasis.opendocument.presentation-template", SK_FT_OTP},
    {"application/vnd.oasis.opendocument.presentation", SK_FT_ODP},
    {"application/vnd.oasis.opendocument.graphics-template", SK_FT_OTG},
    {"application/vnd.oasis.opendocument.graphics", SK_FT_ODG},
    {"application/epub+zip", SK_FT_EPUB},
    {"application/hwp+zip", SK_FT_HWPX},
};

/* Master documents and such have the name of their kind in front; templates stand before their kind in the list. */
static void claim(struct sk_slice data, const char *evidence, struct sk_report *claims)
{
	for (size_t i = 0; i < sizeof(mimes) / sizeof(mimes[0]); i++)
		if (sk_slice_starts(data, sk_slice_str(mimes[i].mime))) {
			sk_report_claim(claims, mimes[i].type, SK_CLAIM_STRUCTURE, 0, evidence);
			return;
		}
}

static void by_mimetype(struct sk_arena *a, const struct sk_zip_member *m, struct sk_report *claims)
{
	struct sk_slice data;

	if (sk_zip_unpack(a, m, MIMETYPE_MAX, &data) == 0)
		claim(data, "mimetype member", claims);
}

/* Without that member the manifest's first media type, which is that of the whole. */
static void by_manifest(struct sk_arena *a, const struct sk_zip_member *m, struct sk_report *claims)
{
	struct sk_slice data;

	if (sk_zip_unpack(a, m, MANIFEST_MAX, &data))
		return;
	size_t at = sk_slice_find(data, 0, SK_SLICE_LIT("application/vnd.oasis.opendocument."));
	if (at != SIZE_MAX)
		claim(sk_slice_sub(data, at, data.n), "manifest", claims);
}

void sk_probe_zip_kinds(struct sk_slice in, const char *name, struct sk_report *claims)
{
	struct sk_arena *a = sk_arena_new(ARENA_MAX);
	struct sk_zip zip;
	const struct sk_zip_member *mimetype = NULL, *entries = NULL;
	bool manifest = false, dex = false, android = false;

	if (a && sk_zip_read(a, in, SK_LIMIT_MEMBERS, &zip, NULL) == 0) {
		for (size_t i = 0; i < zip.count; i++) {
			struct sk_slice n = zip.members[i].raw_name;
			if (sk_slice_is(n, "mimetype"))
				mimetype = &zip.members[i];
			if (sk_slice_is(n, "META-INF/manifest.xml"))
				entries = &zip.members[i];
			manifest = manifest || sk_slice_is(n, "META-INF/MANIFEST.MF");
			dex = dex || sk_slice_is(n, "classes.dex");
			android = android || sk_slice_is(n, "AndroidManifest.xml");
		}
		if (mimetype)
			by_mimetype(a, mimetype, claims);
		else if (entries)
			by_manifest(a, entries, claims);
		if (dex && android)
			sk_report_claim(claims, SK_FT_APK, SK_CLAIM_STRUCTURE, 0,
			    "Android manifest and classes");
		else if (manifest)
			sk_report_claim(claims, SK_FT_JAR, SK_CLAIM_STRUCTURE, 0, "Java manifest");
	}
	sk_arena_free(a);
}
