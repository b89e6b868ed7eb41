/* Names of attached files (doc/profiles/mail.md, section 4). Verifier's jail. */
#include "base/utf8.h"
#include "verify/mail/mail.h"
#include "verify/text/zip.h"

static int hex(uint8_t b)
{
	return b >= '0' && b <= '9' ? b - '0' : b >= 'A' && b <= 'F' ? b - 'A' + 10 : -1;
}

static bool is_bare(uint8_t b)
{
	return (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') ||
	       b == '.' || b == '_' || b == '-';
}

/* One piece: bytes of the name, percent signs for all but plain letters. */
static int put_piece(
    struct sk_check *c, struct sk_slice s, uint64_t at, char name[SK_LIMIT_NAME + 1], size_t *n)
{
	for (size_t i = 0; i < s.n; i++) {
		int b = s.p[i];
		if (b == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 && hex(s.p[i + 2]) >= 0) {
			b = hex(s.p[i + 1]) << 4 | hex(s.p[i + 2]);
			i += 2;
			if (b == 0 || is_bare((uint8_t)b))
				return sk_fail(
				    c, at + i, "mail: letter of a name that need not be encoded");
		} else if (!is_bare((uint8_t)b)) {
			return sk_fail(c, at + i, "mail: letter of a name that has to be encoded");
		}
		if (*n == SK_LIMIT_NAME)
			return sk_fail(c, at, "mail: name is longer than allowed");
		name[(*n)++] = (char)b;
	}
	return 0;
}

/* ;CR LF SP filename*0*=UTF-8''… and so on, one a line. */
static int pieces(struct sk_check *c, struct sk_vm_text t, char name[SK_LIMIT_NAME + 1], size_t *n)
{
	size_t at = 0;

	for (unsigned i = 0; at < t.s.n; i++) {
		char head[40];
		snprintf(head, sizeof(head), ";\r\n filename*%u*=%s", i, i ? "" : "UTF-8''");
		if (!sk_slice_starts(sk_slice_sub(t.s, at, t.s.n), sk_slice_str(head)))
			return sk_fail(c, t.at + at, "mail: piece %u of a name expected", i);
		at += strlen(head);
		size_t end = sk_slice_find(t.s, at, SK_SLICE_LIT(";"));
		end = end == SIZE_MAX ? t.s.n : end;
		if (end == at || end - at > 60)
			return sk_fail(c, t.at + at, "mail: piece of %zu letters", end - at);
		int rc = put_piece(c, sk_slice_sub(t.s, at, end - at), t.at + at, name, n);
		if (rc)
			return rc;
		at = end;
	}
	return 0;
}

/* ; filename="…" */
static int plain(struct sk_check *c, struct sk_vm_text t, char name[SK_LIMIT_NAME + 1], size_t *n)
{
	static const char head[] = "; filename=\"";
	struct sk_slice s = sk_slice_sub(t.s, sizeof(head) - 1, t.s.n);

	if (s.n < 2 || s.p[s.n - 1] != '"')
		return sk_fail(c, t.at, "mail: name without its end");
	s.n--;
	if (!sk_vm_is_plain(s) || memchr(s.p, '"', s.n) || memchr(s.p, '\\', s.n) ||
	    memchr(s.p, '%', s.n))
		return sk_fail(c, t.at, "mail: name that has to be encoded");
	memcpy(name, s.p, s.n);
	*n = s.n;
	return 0;
}

int sk_vm_disposition(
    struct sk_check *c, struct sk_vm_text value, bool *shown, char name[SK_LIMIT_NAME + 1])
{
	size_t n = 0, kind = 10;
	int rc;

	*shown = sk_slice_starts(value.s, SK_SLICE_LIT("inline;"));
	if (*shown)
		kind = 6;
	else if (!sk_slice_starts(value.s, SK_SLICE_LIT("attachment;")))
		return sk_fail(c, value.at, "mail: neither inline nor attachment");
	struct sk_vm_text rest = {sk_slice_sub(value.s, kind, value.s.n), value.at + kind};
	if (sk_slice_starts(rest.s, SK_SLICE_LIT("; filename=\"")))
		rc = plain(c, rest, name, &n);
	else
		rc = pieces(c, rest, name, &n);
	if (rc)
		return rc;
	name[n] = '\0';
	struct sk_slice whole = sk_slice(name, n);
	if (memchr(name, '/', n) || !sk_utf8_valid(whole))
		return sk_fail(c, value.at, "mail: name is not one of a file");
	return sk_vz_check_part(c, whole, value.at);
}
