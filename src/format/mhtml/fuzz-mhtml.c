/*
 * Fuzz target: the page that comes out of several is one that the family of pages leaves as it is, unreported, and the checker takes
 * it; their text is one. The first byte chooses the method.
 */
#include "format/test-run.h"

/* No picture passes: their families have fuzzers of their own. */
static int fake_clean(struct sk_job *job, const char *name, struct sk_slice in,
    struct sk_output *out, enum sk_code *why)
{
	*why = SK_REASON_UNKNOWN_TYPE;
	return SK_EREFUSED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sk_services services = {.clean_member = fake_clean};
	struct tr_run t = {&sk_mhtml_handler, SK_FT_MHTML, .name = "x.mht", .services = &services};

	if (size < 1)
		return 0;
	t.text = data[0] & 1;
	tr_fuzz(&t, sk_slice(data + 1, size - 1), sk_verify, t.text ? NULL : &sk_html_handler);
	return 0;
}
