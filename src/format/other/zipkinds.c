/* Formats that are zip archives with known members: OpenDocument, EPUB, Java, Android. Cleaner's jail. */
#include "format/other/other.h"

#include "container/zip.h"

#define ARENA_MAX ((size_t)64 << 20)
#define MIMETYPE_MAX 100

static const struct {
	const char *mime;
	enum sk_filetype type;
} mimes[] = {
    {"application/vnd.oasis.opendocument.text", SK_FT_ODT},
    {"application/vnd.oasis.opendocument.spreadsheet", SK_FT_ODS},
    {"application/vnd.oasis.opendocument.presentation", SK_FT_ODP},
    {"application/vnd.oasis.opendocument.graphics", SK_FT_ODG},
    {"application/epub+zip", SK_FT_EPUB},
};

static void by_mimetype(struct sk_arena *a, const struct sk_zip_member *m, struct sk_report *claims)
{
	struct sk_slice data;

	if (sk_zip_unpack(a, m, MIMETYPE_MAX, &data))
		return;
	for (size_t i = 0; i < sizeof(mimes) / sizeof(mimes[0]); i++) {
		struct sk_slice mime = sk_slice_str(mimes[i].mime);
		/* Templates and master documents have the name of their kind in front. */
		if (sk_slice_starts(data, mime))
			sk_report_claim(
			    claims, mimes[i].type, SK_CLAIM_STRUCTURE, 0, "mimetype member");
	}
}

void sk_probe_zip_kinds(struct sk_slice in, const char *name, struct sk_report *claims)
{
	struct sk_arena *a = sk_arena_new(ARENA_MAX);
	struct sk_zip zip;
	bool manifest = false, dex = false, android = false;

	if (a && sk_zip_read(a, in, SK_LIMIT_MEMBERS, &zip, NULL) == 0) {
		for (size_t i = 0; i < zip.count; i++) {
			struct sk_slice n = zip.members[i].raw_name;
			if (sk_slice_is(n, "mimetype"))
				by_mimetype(a, &zip.members[i], claims);
			manifest = manifest || sk_slice_is(n, "META-INF/MANIFEST.MF");
			dex = dex || sk_slice_is(n, "classes.dex");
			android = android || sk_slice_is(n, "AndroidManifest.xml");
		}
		if (dex && android)
			sk_report_claim(claims, SK_FT_APK, SK_CLAIM_STRUCTURE, 0,
			    "Android manifest and classes");
		else if (manifest)
			sk_report_claim(claims, SK_FT_JAR, SK_CLAIM_STRUCTURE, 0, "Java manifest");
	}
	sk_arena_free(a);
}
