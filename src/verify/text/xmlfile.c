/* XML files (doc/profiles/text.md, section 5; Namespaces in XML 1.0). Verifier's jail. */
#include <strings.h>

#include "verify/text/text.h"

#include "base/utf8.h"
#include "verify/text/chars.h"
#include "verify/text/xml.h"
#include "verify/text/xmlns.h"
#include "verify/text/xmlrule.h"

static const char *const bad_roots[] = {
    "html",
    "svg",
    "job",
    "package",
    "scriptlet",
    "component",
    "hta:application",
    "project",
    "persistedquery",
    "pcsettings",
    "librarydescription",
    "searchconnectordescription",
};

/* Productions 4 and 4a of XML 1.0, beyond ASCII. */
static const struct {
	int32_t first, last;
	bool start; /* may begin a name */
} name_chars[] = {
    {0xb7, 0xb7, false},
    {0xc0, 0xd6, true},
    {0xd8, 0xf6, true},
    {0xf8, 0x2ff, true},
    {0x300, 0x36f, false},
    {0x370, 0x37d, true},
    {0x37f, 0x1fff, true},
    {0x200c, 0x200d, true},
    {0x203f, 0x2040, false},
    {0x2070, 0x218f, true},
    {0x2c00, 0x2fef, true},
    {0x3001, 0xd7ff, true},
    {0xf900, 0xfdcf, true},
    {0xfdf0, 0xfffd, true},
    {0x10000, 0xeffff, true},
};

static bool name_char(int32_t cp, bool start)
{
	if (cp < 0x80)
		return (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') || cp == '_' ||
		       cp == ':' ||
		       (!start && ((cp >= '0' && cp <= '9') || cp == '-' || cp == '.'));
	for (size_t i = 0; i < sizeof(name_chars) / sizeof(name_chars[0]); i++)
		if (cp >= name_chars[i].first && cp <= name_chars[i].last)
			return name_chars[i].start || !start;
	return false;
}

static int check_name(struct sk_vx *x, struct sk_slice name)
{
	for (size_t pos = 0; pos < name.n;) {
		bool start = pos == 0;
		int32_t cp = sk_utf8_next(name, &pos);
		if (cp < 0 || !name_char(cp, start))
			return sk_fail(x->c, sk_vx_at(x), "XML: not a name");
	}
	return sk_vt_check(x->c, name, sk_vx_at(x), 0);
}

static int check_meaning(struct sk_vx *x, struct sk_slice name, struct sk_slice value)
{
	bool declares =
	    sk_slice_starts(name, SK_SLICE_LIT("xmlns")) && (name.n == 5 || name.p[5] == ':');

	if (declares && !sk_vt_namespace(value, name.n > 5))
		return sk_fail(x->c, sk_vx_at(x), "XML: namespace %.*s",
		    (int)(value.n < 200 ? value.n : 200), (const char *)value.p);
	if (!sk_vt_attribute(name, value))
		return sk_fail(x->c, sk_vx_at(x), "XML: a link that is not allowed");
	return 0;
}

static int check_start(struct sk_vx *x, struct sk_buf *scratch)
{
	const uint32_t controls = SK_VT_CTL('\t') | SK_VT_CTL('\n') | SK_VT_CTL('\r');
	int rc = check_name(x, x->name);

	for (size_t i = 0; rc == 0 && i < x->nattrs; i++) {
		const struct sk_vx_attr *a = &x->attrs[i];
		struct sk_slice value = a->value;
		rc = check_name(x, a->name);
		if (rc == 0)
			rc = sk_vx_decode(a->value, scratch, &value);
		if (rc == 0)
			rc = sk_vt_check(x->c, value, sk_vx_at(x), controls);
		if (rc == 0)
			rc = check_meaning(x, a->name, value);
	}
	return rc;
}

static int check_root(struct sk_vx *x)
{
	for (size_t i = 0; i < sizeof(bad_roots) / sizeof(bad_roots[0]); i++)
		if (x->name.n == strlen(bad_roots[i]) &&
		    strncasecmp((const char *)x->name.p, bad_roots[i], x->name.n) == 0)
			return sk_fail(x->c, sk_vx_at(x), "XML: root element %s", bad_roots[i]);
	return 0;
}

static int walk(struct sk_vx *x, struct sk_buf *scratch)
{
	const uint32_t controls = SK_VT_CTL('\t') | SK_VT_CTL('\n') | SK_VT_CTL('\r');
	struct sk_slice text;
	struct sk_vxns spaces = {0};
	int ev, rc = 0;

	while (rc == 0 && (ev = sk_vx_next(x)) != SK_VX_DONE) {
		if (ev < 0)
			return ev;
		if (ev == SK_VX_START) {
			rc = x->elements == 1 ? check_root(x) : 0;
			if (rc == 0)
				rc = check_start(x, scratch);
			if (rc == 0)
				rc = sk_vxns_start(&spaces, x);
		} else if (ev == SK_VX_TEXT) {
			rc = sk_vx_decode(x->text, scratch, &text);
			if (rc == 0)
				rc = sk_vt_check(
				    x->c, text, (uint64_t)(x->text.p - x->start), controls);
		}
	}
	return rc;
}

int sk_vt_xml(struct sk_check *c, struct sk_slice in)
{
	struct sk_vx *x = sk_arena_alloc(c->arena, sizeof(*x));
	struct sk_buf scratch = SK_BUF(SK_LIMIT_OUTPUT);

	if (x == NULL)
		return SK_ENOMEM;
	if (in.p[in.n - 1] != '\n')
		return sk_fail(c, in.n - 1, "XML: no line end behind the root element");
	int rc = sk_vx_begin(x, c, sk_slice_sub(in, 0, in.n - 1), SK_SLICE_LIT(SK_VX_DECL));
	if (rc == 0)
		rc = walk(x, &scratch);
	sk_buf_free(&scratch);
	return rc;
}
