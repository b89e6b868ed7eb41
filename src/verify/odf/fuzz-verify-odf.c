/*
 * Fuzz target of the verifier of OpenDocument files. The first byte tells the type and whether the rest is a whole file
 * or the XML of its content, which is then put into one: so mutations reach the walk.
 */
#include "verify/text/testzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int sk_verify(struct sk_check *c, enum sk_filetype type, struct sk_slice in)
{
	return in.n % 2 ? sk_fail(c, type, "picture") : 0;
}

#define MEDIA "application/vnd.oasis.opendocument."
#define MANIFEST \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<manifest:manifest " \
	"xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.3\">" \
	"<manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"" MEDIA

static const struct {
	enum sk_filetype package, flat;
	const char *media;
} kinds[] = {
    {SK_FT_ODT, SK_FT_FODT, "text"},
    {SK_FT_ODS, SK_FT_FODS, "spreadsheet"},
    {SK_FT_ODP, SK_FT_FODP, "presentation"},
    {SK_FT_ODG, SK_FT_FODG, "graphics"},
};

static void wrap(struct sk_buf *zip, unsigned kind, struct sk_slice content)
{
	struct sk_buf mime = SK_BUF(256), manifest = SK_BUF(4096);
	struct tz_member m[3] = {
	    {.name = "mimetype"}, {.name = "META-INF/manifest.xml"}, {.name = "content.xml"}};

	sk_buf_printf(&mime, MEDIA "%s", kinds[kind].media);
	sk_buf_printf(&manifest,
	    MANIFEST "%s\"/><manifest:file-entry manifest:full-path=\"content.xml\" "
		     "manifest:media-type=\"text/xml\"/></manifest:manifest>",
	    kinds[kind].media);
	m[0].data = sk_buf_slice(&mime);
	m[1].data = sk_buf_slice(&manifest);
	m[2].data = content;
	tz_write(zip, m, 3);
	sk_buf_free(&mime);
	sk_buf_free(&manifest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_buf zip = SK_BUF((size_t)16 << 20);

	if (size == 0)
		return 0;
	unsigned kind = data[0] % 4, what = data[0] / 4 % 3;
	struct sk_slice in = sk_slice(data + 1, size - 1);
	if (what == 2) {
		wrap(&zip, kind, in);
		in = sk_buf_slice(&zip);
	}
	tz_fuzz(sk_verify_odf, what == 1 ? kinds[kind].flat : kinds[kind].package, in);
	sk_buf_free(&zip);
	return 0;
}
