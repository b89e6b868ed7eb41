/*
 * Fuzzer of the OpenDocument cleaner. The first byte tells the type and what the rest is: a whole file, or one part of a
 * package that is otherwise sound. What comes out must pass its verifier and come out again unchanged.
 */
#include "format/odf/test-pkg.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
	enum sk_filetype package, flat;
	const char *media, *body;
} kinds[] = {
    {SK_FT_ODT, SK_FT_FODT, T_MEDIA "text", T_CONTENT("<office:body><office:text/></office:body>")},
    {SK_FT_OTS, SK_FT_FODS, T_MEDIA "spreadsheet-template",
	T_CONTENT("<office:body><office:spreadsheet/></office:body>")},
    {SK_FT_ODP, SK_FT_FODP, T_MEDIA "presentation",
	T_CONTENT("<office:body><office:presentation/></office:body>")},
    {SK_FT_ODG, SK_FT_FODG, T_MEDIA "graphics",
	T_CONTENT("<office:body><office:drawing/></office:body>")},
};

static int package(unsigned kind, unsigned part, struct sk_slice xml, struct sk_buf *out)
{
	struct t_part p[] = {T_PART("content.xml", kinds[kind].body),
	    T_PART("styles.xml", "<office:document-styles" T_SPACES "/>"),
	    {"Pictures/a.png", {tr_dot, sizeof(tr_dot)}},
	    T_PART("Object 1/content.xml",
		T_CONTENT(
		    "<office:body><office:chart><chart:chart/></office:chart></office:body>")),
	    T_PART("Formula/content.xml",
		"<math xmlns='http://www.w3.org/1998/Math/MathML'><mi>x</mi></math>"),
	    T_PART("ObjectReplacements/Object 1", "VCLMTF"),
	    T_PART("META-INF/manifest.xml", "<x/>")};
	static const char *const names[] = {
	    "content.xml", "styles.xml", "settings.xml", "meta.xml"};

	p[part < 2 ? part : 1] = (struct t_part){names[part], xml};
	return t_package(kinds[kind].media, p, sizeof(p) / sizeof(p[0]), out);
}

static void check(struct sk_slice in, enum sk_filetype type)
{
	struct tr_run t = {&sk_odf_handler, type, .name = "t"};

	tr_fuzz(&t, in, sk_verify, &sk_odf_handler);
	t.text = true;
	tr_fuzz(&t, in, NULL, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_buf b = SK_BUF((size_t)64 << 20);

	if (size < 2)
		return 0;
	unsigned kind = data[0] % 4, what = data[0] / 4 % 6;
	struct sk_slice rest = sk_slice(data + 1, size - 1);
	if (what == 0)
		check(rest, kinds[kind].package);
	else if (what == 1)
		check(rest, kinds[kind].flat);
	else if (package(kind, what - 2, rest, &b) == 0)
		check(sk_buf_slice(&b), kinds[kind].package);
	sk_buf_free(&b);
	return 0;
}
