/* Fuzz target: what comes out must pass the checker and come out again, unchanged and unreported. */
#include "format/test-run.h"

/* Any picture of a kind that stays is a small one. */
static int member(struct sk_job *job, const char *name, struct sk_slice in, struct sk_output *out,
    enum sk_code *why)
{
	static const uint8_t gif[] =
	    "GIF89a\1\0\1\0\xf0\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;";

	out->type = SK_FT_GIF;
	return sk_buf_put(&out->bytes, gif, sizeof(gif) - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report claims;
	static const struct sk_services services = {.clean_member = member};
	struct tr_run t = {&sk_svg_handler, SK_FT_SVG, .name = "x", .services = &services};
	struct sk_slice in = sk_slice(data, size);

	sk_report_clear(&claims);
	sk_svg_handler.probe(in, "x.svgz", &claims);
	t.text = true;
	tr_fuzz(&t, in, sk_verify, NULL);
	t.text = false;
	t.type = size && data[0] == 0x1f ? SK_FT_SVGZ : SK_FT_SVG;
	tr_fuzz(&t, in, sk_verify, &sk_svg_handler);
	return 0;
}
