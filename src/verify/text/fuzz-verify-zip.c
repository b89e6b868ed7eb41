/*
 * Fuzz target of the verifier of archives. With an odd first byte the rest becomes the only member of a zip, its
 * name and bytes divided by a line end, so that mutations reach the names and the members.
 */
#include "verify/text/testzip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int sk_verify(struct sk_check *c, enum sk_filetype type, struct sk_slice in)
{
	if (type == SK_FT_ZIP)
		return sk_verify_zip(c, in);
	if (type == SK_FT_TXT || type == SK_FT_CSV || type == SK_FT_TSV || type == SK_FT_JSON ||
	    type == SK_FT_XML)
		return sk_verify_text(c, type, in);
	return in.n % 2 ? sk_fail(c, type, "other") : 0;
}

static void wrap(struct sk_buf *zip, struct sk_slice in)
{
	const uint8_t *end = in.n ? memchr(in.p, '\n', in.n) : NULL;
	char name[1100] = "";
	size_t n = end ? (size_t)(end - in.p) : in.n;
	struct tz_member m = {.name = name, .data = sk_slice_sub(in, n + 1, in.n)};

	memcpy(name, in.p, n < sizeof(name) - 1 ? n : sizeof(name) - 1);
	tz_write(zip, &m, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sk_check c = tz_check();
	struct sk_buf zip = SK_BUF((size_t)16 << 20);
	struct sk_slice in = sk_slice(data, size);

	if (size && (data[0] & 1) && data[0] != 'P') {
		wrap(&zip, sk_slice_sub(in, 1, size));
		in = sk_buf_slice(&zip);
	}
	int rc = sk_verify_zip(&c, in);
	if (rc == SK_EFORMAT && c.fault.what[0] == '\0')
		abort(); /* a refusal without a reason */
	sk_buf_free(&zip);
	sk_arena_free(c.arena);
	return 0;
}
