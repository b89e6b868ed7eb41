/* Plain text (doc/profiles/text.md, section 2), and the way to the other text checkers. Verifier's jail. */
#include "verify/text/text.h"

#include "verify/text/chars.h"

int sk_vt_check_cr(struct sk_check *c, struct sk_slice in, uint64_t at)
{
	const uint8_t *p = in.p, *end = in.p + in.n, *cr;

	for (; p < end && (cr = memchr(p, '\r', (size_t)(end - p))) != NULL; p = cr + 1)
		if (cr + 1 == end || cr[1] != '\n')
			return sk_fail(c, at + (uint64_t)(cr - in.p), "CR without LF");
	return 0;
}

static int check_txt(struct sk_check *c, struct sk_slice in)
{
	bool crlf = memchr(in.p, '\r', in.n) != NULL;
	int rc = sk_vt_begin(c, in);

	if (rc == 0)
		rc = sk_vt_check_cr(c, in, 0);
	for (size_t i = 0; rc == 0 && crlf && i < in.n; i++)
		if (in.p[i] == '\n' && (i == 0 || in.p[i - 1] != '\r'))
			return sk_fail(c, i, "LF without CR in a file with CR LF");
	if (rc)
		return rc;
	return sk_vt_check(c, in, 0, SK_VT_CTL('\t') | SK_VT_CTL('\n') | SK_VT_CTL('\r'));
}

int sk_verify_text(struct sk_check *c, enum sk_filetype type, struct sk_slice in)
{
	if (in.n == 0)
		return sk_fail(c, 0, "empty");
	switch (type) {
	case SK_FT_TXT:
		return check_txt(c, in);
	case SK_FT_CSV:
		return sk_vt_table(c, in, false);
	case SK_FT_TSV:
		return sk_vt_table(c, in, true);
	case SK_FT_JSON:
		return sk_vt_json(c, in);
	case SK_FT_XML:
		return sk_vt_xml(c, in);
	default:
		return SK_EUNSUPPORTED;
	}
}
