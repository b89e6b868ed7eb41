/* Fuzz target of the checker of mails. */
#include <stdlib.h>

#include "verify/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int sk_verify(struct sk_check *c, enum sk_filetype type, struct sk_slice in)
{
	if (type == SK_FT_ZIP)
		return sk_verify_zip(c, in);
	if (type == SK_FT_TXT || type == SK_FT_CSV || type == SK_FT_JSON || type == SK_FT_XML)
		return sk_verify_text(c, type, in);
	return in.n % 2 ? sk_fail(c, type, "other") : 0;
}

int sk_verify_html_in_mail(struct sk_check *c, struct sk_slice in)
{
	return sk_verify(c, SK_FT_HTML, in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_check c = {.arena = sk_arena_new((size_t)256 << 20),
	    .inflate_left = (uint64_t)64 << 20,
	    .pixels_left = 1000000};
	int rc = sk_verify_eml(&c, sk_slice(data, size));

	if (rc == SK_EFORMAT && c.fault.what[0] == '\0')
		abort(); /* a refusal without a reason */
	sk_arena_free(c.arena);
	return 0;
}
