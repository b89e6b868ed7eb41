/*
 * CMap streams (ISO 32000-1, 9.7.5, 9.10.3; Adobe TN 5014): not the PostScript that they are in general, only
 * the lines that the profile shows. Verifier's jail.
 */
#include <stdio.h>

#include "verify/pdf/pdf.h"

enum { MAX_BLOCK = 100, MAX_CODE = 4, MAX_UTF16 = 512 };

static const char cmap_names[] =
    "Identity-H Identity-V GB-EUC-H GB-EUC-V GBpc-EUC-H GBpc-EUC-V GBK-EUC-H GBK-EUC-V GBKp-EUC-H "
    "GBKp-EUC-V GBK2K-H GBK2K-V UniGB-UCS2-H UniGB-UCS2-V UniGB-UTF16-H UniGB-UTF16-V B5pc-H B5pc-V "
    "HKscs-B5-H HKscs-B5-V ETen-B5-H ETen-B5-V ETenms-B5-H ETenms-B5-V CNS-EUC-H CNS-EUC-V "
    "UniCNS-UCS2-H UniCNS-UCS2-V UniCNS-UTF16-H UniCNS-UTF16-V 83pv-RKSJ-H 90ms-RKSJ-H 90ms-RKSJ-V "
    "90msp-RKSJ-H 90msp-RKSJ-V 90pv-RKSJ-H Add-RKSJ-H Add-RKSJ-V EUC-H EUC-V Ext-RKSJ-H Ext-RKSJ-V H V "
    "UniJIS-UCS2-H UniJIS-UCS2-V UniJIS-UCS2-HW-H UniJIS-UCS2-HW-V UniJIS-UTF16-H UniJIS-UTF16-V "
    "KSC-EUC-H KSC-EUC-V KSCms-UHC-H KSCms-UHC-V KSCms-UHC-HW-H KSCms-UHC-HW-V KSCpc-EUC-H UniKS-UCS2-H "
    "UniKS-UCS2-V UniKS-UTF16-H UniKS-UTF16-V UniGB-UTF8-H UniGB-UTF8-V UniGB-UTF32-H UniGB-UTF32-V "
    "UniCNS-UTF8-H UniCNS-UTF8-V UniCNS-UTF32-H UniCNS-UTF32-V UniJIS-UTF8-H UniJIS-UTF8-V "
    "UniJIS-UTF32-H UniJIS-UTF32-V UniJIS2004-UTF8-H UniJIS2004-UTF8-V UniJIS2004-UTF16-H "
    "UniJIS2004-UTF16-V UniJIS2004-UTF32-H UniJIS2004-UTF32-V UniKS-UTF8-H UniKS-UTF8-V UniKS-UTF32-H "
    "UniKS-UTF32-V";

bool sk_pv_is_cmap_name(const struct sk_pv_val *v)
{
	return v->kind == SK_PV_VNAME && sk_pv_in_list(sk_slice(v->text, v->n), cmap_names);
}

struct cmap {
	struct sk_pv *p;
	struct sk_reader r;
	bool unicode;                 /* ToUnicode: bf lines, else cid lines */
	const struct sk_pv_val *dict; /* of an Encoding */
};

static int fault(struct cmap *m, const char *what)
{
	return sk_pv_fail(m->p, "CMap at byte %zu: %s", m->r.pos, what);
}

/* The text at the reader, taken when it is there. */
static bool take(struct cmap *m, const char *s)
{
	size_t n = strlen(s);

	if (!sk_slice_starts(sk_slice_sub(m->r.s, m->r.pos, n), sk_slice(s, n)))
		return false;
	sk_read_skip(&m->r, n);
	return true;
}

static bool take_slice(struct cmap *m, struct sk_slice s)
{
	if (!sk_slice_eq(sk_slice_sub(m->r.s, m->r.pos, s.n), s))
		return false;
	sk_read_skip(&m->r, s.n);
	return true;
}

/* An integer from 0 to max, without leading zeros. */
static bool take_int(struct cmap *m, uint32_t max, uint32_t *v)
{
	size_t from = m->r.pos;
	uint64_t n = 0;

	for (int ch = sk_read_peek(&m->r, 0); ch >= '0' && ch <= '9'; ch = sk_read_peek(&m->r, 0)) {
		n = n * 10 + (unsigned)(ch - '0');
		sk_read_skip(&m->r, 1);
		if (n > max || (m->r.pos - from > 1 && m->r.s.p[from] == '0'))
			return false;
	}
	*v = (uint32_t)n;
	return m->r.pos > from;
}

static int hexval(int ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* `<hex>` of least to most bytes; the first four are the value. */
static bool take_hex(struct cmap *m, unsigned least, unsigned most, unsigned *bytes, uint32_t *v)
{
	if (!take(m, "<"))
		return false;
	*v = 0;
	for (*bytes = 0; !take(m, ">"); ++*bytes) {
		int hi = hexval(sk_read_peek(&m->r, 0)), lo = hexval(sk_read_peek(&m->r, 1));
		if (hi < 0 || lo < 0 || *bytes == most)
			return false;
		if (*bytes < 4)
			*v = *v << 8 | (uint32_t)(hi << 4 | lo);
		sk_read_skip(&m->r, 2);
	}
	return *bytes >= least;
}

static bool take_utf16(struct cmap *m)
{
	unsigned bytes;
	uint32_t v;

	return take_hex(m, 2, MAX_UTF16, &bytes, &v) && bytes % 2 == 0;
}

static bool take_code(struct cmap *m)
{
	unsigned bytes;
	uint32_t v;

	return take_hex(m, 1, MAX_CODE, &bytes, &v);
}

/* `<lo><hi>`; *n: how many codes. In ranges only the last byte differs. */
static bool take_range(struct cmap *m, bool space, uint32_t *n)
{
	unsigned a, b;
	uint32_t lo, hi;

	if (!take_hex(m, 1, MAX_CODE, &a, &lo) || !take_hex(m, 1, MAX_CODE, &b, &hi) || a != b)
		return false;
	*n = hi - lo + 1;
	return space || (hi >= lo && lo >> 8 == hi >> 8);
}

static bool codespace_line(struct cmap *m)
{
	uint32_t n;

	return take_range(m, true, &n);
}

static bool bfchar_line(struct cmap *m)
{
	return take_code(m) && take_utf16(m);
}

static bool bfrange_line(struct cmap *m)
{
	uint32_t n;

	if (!take_range(m, false, &n))
		return false;
	if (!take(m, "["))
		return take_utf16(m);
	for (; n; n--)
		if (!take_utf16(m))
			return false;
	return take(m, "]");
}

static bool cidchar_line(struct cmap *m)
{
	uint32_t cid;

	return take_code(m) && take(m, " ") && take_int(m, 65535, &cid);
}

static bool cidrange_line(struct cmap *m)
{
	uint32_t n, cid;

	return take_range(m, false, &n) && take(m, " ") && take_int(m, 65535, &cid);
}

/* All blocks of one kind that follow each other. */
static int blocks(struct cmap *m, const char *kind, bool (*line)(struct cmap *m), unsigned *count)
{
	for (*count = 0; sk_read_peek(&m->r, 0) >= '1' && sk_read_peek(&m->r, 0) <= '9'; ++*count) {
		size_t from = m->r.pos;
		uint32_t n;
		if (!take_int(m, MAX_BLOCK, &n) || !take(m, " begin"))
			return fault(m, "not the start of a block");
		if (!take(m, kind) || !take(m, "\n")) {
			sk_read_seek(&m->r, from);
			return 0;
		}
		for (; n; n--)
			if (!line(m) || !take(m, "\n"))
				return fault(m, "line of a block is wrong");
		if (!take(m, "end") || !take(m, kind) || !take(m, "\n"))
			return fault(m, "block does not end when it should");
	}
	return 0;
}

static int all_blocks(struct cmap *m)
{
	static const struct {
		const char *kind;
		bool (*line)(struct cmap *m);
		bool unicode;
	} kinds[] = {{"bfchar", bfchar_line, true}, {"bfrange", bfrange_line, true},
	    {"cidchar", cidchar_line, false}, {"cidrange", cidrange_line, false},
	    {"notdefrange", cidrange_line, false}};
	unsigned n;
	int rc = blocks(m, "codespacerange", codespace_line, &n);

	if (rc == 0 && n == 0 && sk_pv_get(m->dict, "UseCMap") == NULL)
		rc = fault(m, "no code space");
	for (size_t i = 0; rc == 0 && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].unicode == m->unicode)
			rc = blocks(m, kinds[i].kind, kinds[i].line, &n);
	return rc;
}

/* A string of the dictionary as it was written there. */
static bool take_string(struct cmap *m, const char *key)
{
	const struct sk_pv_val *v = sk_pv_get(sk_pv_get(m->dict, "CIDSystemInfo"), key);

	return take(m, "(") && take_slice(m, sk_slice(v->text, v->n)) && take(m, ")");
}

static bool system_info(struct cmap *m)
{
	char text[32];

	if (m->unicode)
		return take(
		    m, "/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n");
	const struct sk_pv_val *n = sk_pv_get(sk_pv_get(m->dict, "CIDSystemInfo"), "Supplement");
	snprintf(text, sizeof(text), "/Supplement %lld>>def\n", (long long)n->i);
	return take(m, "/CIDSystemInfo<</Registry") && take_string(m, "Registry") &&
	       take(m, "/Ordering") && take_string(m, "Ordering") && take(m, text);
}

static bool use_cmap(struct cmap *m)
{
	const struct sk_pv_val *use = sk_pv_get(m->dict, "UseCMap");

	return use == NULL || (take(m, "/") && take_slice(m, sk_slice(use->text, use->n)) &&
				  take(m, " usecmap\n"));
}

static int check(struct cmap *m)
{
	const struct sk_pv_val *wmode = sk_pv_get(m->dict, "WMode");

	if (!take(m, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n") ||
	    !system_info(m) || !take(m, "/CMapName/R def\n") ||
	    !take(m, m->unicode ? "/CMapType 2 def\n" : "/CMapType 1 def\n"))
		return fault(m, "head is not as it must be");
	if ((wmode && wmode->i == 1 && !take(m, "/WMode 1 def\n")) || !use_cmap(m))
		return fault(m, "WMode or usecmap is not as it must be");
	int rc = all_blocks(m);
	if (rc == 0 &&
	    (!take(m, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n") ||
		!sk_read_at_end(&m->r)))
		rc = fault(m, "end is not as it must be");
	return rc;
}

static int data(struct sk_pv *p, const struct sk_pv_val *v, bool unicode)
{
	struct cmap m = {.p = p, .unicode = unicode, .dict = unicode ? NULL : v};
	int rc = sk_pv_inflate(p, p->cur, &p->scratch);

	m.r = sk_reader(sk_buf_slice(&p->scratch));
	return rc ? rc : check(&m);
}

static int used(struct sk_pv *p, const struct sk_pv_val *v)
{
	return sk_pv_is_cmap_name(v) ? 0 : sk_pv_fail(p, "UseCMap is not the name of a CMap");
}

int sk_pv_cmap(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {
	    STREAMKEYS,
	    {K("Type"), NAMED("CMap"), MUST},
	    {K("CMapName"), NAMED("R"), MUST},
	    {K("CIDSystemInfo"), CALL(sk_pv_cidsysteminfo), MUST},
	    {K("WMode"), INT(0, 1)},
	    {K("UseCMap"), CALL(used)},
	    {0},
	};
	int rc = sk_pv_dict(p, v, rules, "CMap");

	return rc ? rc : data(p, v, false);
}

int sk_pv_tounicode(struct sk_pv *p, const struct sk_pv_val *v)
{
	static const struct sk_pv_rule rules[] = {STREAMKEYS, {0}};
	int rc = sk_pv_dict(p, v, rules, "ToUnicode");

	return rc ? rc : data(p, v, true);
}
