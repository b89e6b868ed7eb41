/* Plain text (doc/profiles/text.md, section 2), and the way to the other text checkers. Verifier's jail. */
#include "verify/text/text.h"

#include "verify/text/chars.h"

int sk_vt_line_ends(struct sk_check *c, struct sk_slice in, bool *crlf)
{
	*crlf = in.n && memchr(in.p, '\r', in.n) != NULL;
	if (!*crlf)
		return 0;
	for (size_t i = 0; i < in.n; i++) {
		if (in.p[i] == '\r' && (i + 1 == in.n || in.p[i + 1] != '\n'))
			return sk_fail(c, i, "CR without LF");
		if (in.p[i] == '\n' && (i == 0 || in.p[i - 1] != '\r'))
			return sk_fail(c, i, "LF without CR in a file with CR LF");
	}
	return 0;
}

static int check_txt(struct sk_check *c, struct sk_slice in)
{
	bool crlf;
	int rc = sk_vt_line_ends(c, in, &crlf);

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
