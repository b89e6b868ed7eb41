/*
 * Fuzz target of the verifier of Office documents. The first byte tells the type and whether the rest is a whole
 * document or the XML of its main part, which is then put into one: so mutations reach the walk.
 */
#include "verify/text/testzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int sk_verify(struct sk_check *c, enum sk_filetype type, struct sk_slice in)
{
	return in.n % 2 ? sk_fail(c, type, "picture") : 0;
}

#define DECL "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

static const struct {
	enum sk_filetype type;
	const char *name, *content_type;
} kinds[] = {
    {SK_FT_DOCX, "word/document.xml", "wordprocessingml.document.main"},
    {SK_FT_XLSX, "xl/workbook.xml", "spreadsheetml.sheet.main"},
    {SK_FT_PPTX, "ppt/presentation.xml", "presentationml.presentation.main"},
};

static void wrap(struct sk_buf *zip, unsigned kind, struct sk_slice main_part)
{
	struct sk_buf types = SK_BUF(4096), rels = SK_BUF(4096);
	struct tz_member m[3] = {
	    {.name = "[Content_Types].xml"}, {.name = "_rels/.rels"}, {.name = kinds[kind].name}};

	sk_buf_printf(&types,
	    DECL
	    "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" "
	    "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" "
	    "ContentType=\"application/xml\"/><Override PartName=\"/%s\" "
	    "ContentType=\"application/vnd.openxmlformats-officedocument.%s+xml\"/></Types>",
	    kinds[kind].name, kinds[kind].content_type);
	sk_buf_printf(&rels,
	    DECL
	    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" "
	    "Type=\"" REL "officeDocument\" Target=\"%s\"/></Relationships>",
	    kinds[kind].name);
	m[0].data = sk_buf_slice(&types);
	m[1].data = sk_buf_slice(&rels);
	m[2].data = main_part;
	tz_write(zip, m, 3);
	sk_buf_free(&types);
	sk_buf_free(&rels);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_buf zip = SK_BUF((size_t)16 << 20);

	if (size == 0)
		return 0;
	unsigned kind = data[0] % 3;
	struct sk_slice in = sk_slice(data + 1, size - 1);
	if (data[0] & 0x20) {
		wrap(&zip, kind, in);
		in = sk_buf_slice(&zip);
	}
	tz_fuzz(sk_verify_ooxml, kinds[kind].type, in);
	sk_buf_free(&zip);
	return 0;
}
