/* Fuzz target: the first byte chooses type and method; what comes out must come out again, unchanged and unreported. */
#include "format/test-run.h"

/* Any bytes pass as a picture: the family of pictures has a fuzzer of its own. */
static int picture(struct sk_job *job, const char *name, struct sk_slice in, struct sk_output *out,
    enum sk_code *why)
{
	out->type = in.n % 3 == 0 ? SK_FT_JPEG : SK_FT_PNG;
	return sk_buf_put_slice(&out->bytes, in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sk_report claims;
	static const struct sk_services services = {.clean_member = picture};
	struct tr_run t = {&sk_calendar_handler, .name = "x", .services = &services};

	if (size < 1)
		return 0;
	struct sk_slice in = sk_slice(data + 1, size - 1);
	t.type = data[0] & 1 ? SK_FT_VCF : SK_FT_ICS;
	t.text = data[0] & 0x80;
	sk_report_clear(&claims);
	sk_calendar_handler.probe(in, "x.ics", &claims);
	tr_fuzz(&t, in, NULL, t.text ? &sk_text_handler : &sk_calendar_handler);
	return 0;
}
