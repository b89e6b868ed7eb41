/*
 * Fields: the instruction is judged by the rules of Word's XML, which are the same fields (doc/profiles/ooxml.md,
 * section 5); one that may not stay becomes what it last showed. Cleaner's jail.
 */
#include <strings.h>

#include "base/utf8.h"
#include "format/ooxml/ox.h"
#include "format/rtf/rtf.h"

#define INSTRUCTION_MAX 65536

/* Words that print or stand for a character: an instruction is told by its letters alone. */
static bool prints(const char *name)
{
	static const char *const list[] = {"bullet", "cell", "chatn", "chdate", "chdpa", "chdpl",
	    "chftn", "chftnsep", "chftnsepc", "chpgn", "chtime", "column", "date", "emdash",
	    "emspace", "endash", "enspace", "lbr", "ldblquote", "line", "lquote", "ltrmark",
	    "nestcell", "nestrow", "page", "par", "qmspace", "rdblquote", "row", "rquote",
	    "rtlmark", "sect", "sectnum", "softcol", "softlheight", "softline", "softpage", "tab",
	    "time", "zwbo", "zwj", "zwnbo", "zwnj"};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

/* Whether everything in it is text and its formatting, so that its letters are all there is. */
static bool is_plain(const struct rtf_node *group)
{
	for (const struct rtf_node *n = group->first; n; n = n->next) {
		if (n->kind == RTF_NODE_BIN || (n->kind == RTF_NODE_SYMBOL && n->number != '~') ||
		    (n->kind == RTF_NODE_WORD && prints(n->name)))
			return false;
		if (n->kind == RTF_NODE_GROUP && n->name &&
		    (strcmp(n->name, "field") == 0 || strcmp(n->name, "upr") == 0))
			return false;
		if (n->kind == RTF_NODE_GROUP && n->name == NULL && !n->star && !is_plain(n))
			return false;
	}
	return true;
}

static bool has_odd_characters(struct sk_slice s)
{
	for (size_t at = 0; at < s.n;) {
		int32_t c = sk_utf8_next(s, &at);
		if (c < 0x20 || (c >= 0x7F && c < 0xA0) || (c & 0xFFFE) == 0xFFFE ||
		    (c >= 0xFDD0 && c <= 0xFDEF))
			return true;
	}
	return false;
}

static bool instruction_ok(const struct rtf_node *inst, struct sk_buf *text)
{
	rtf_gather(inst, text);
	struct sk_slice s = sk_buf_slice(text);
	return !text->err && is_plain(inst) && !has_odd_characters(s) &&
	       ox_field_ok(s, SIZE_MAX, false);
}

static bool is_link(struct sk_slice s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] == ' ')
		i++;
	return s.n - i >= 9 && strncasecmp((const char *)s.p + i, "HYPERLINK", 9) == 0;
}

/* What it last showed. */
static int put_results(struct rtf_out *o, const struct rtf_node *group)
{
	int rc = 0;

	for (const struct rtf_node *r = rtf_child(group, NULL, "fldrslt"); r && rc == 0;
	     r = rtf_child(group, r, "fldrslt"))
		rc = rtf_put_plain(o, r, RTF_C_BODY);
	return rc;
}

int rtf_put_field(struct rtf_out *o, const struct rtf_node *group)
{
	const struct rtf_node *inst = rtf_child(group, NULL, "fldinst");
	struct sk_buf text = SK_BUF(INSTRUCTION_MAX);
	bool one = inst && rtf_child(group, inst, "fldinst") == NULL;
	bool ok = one && instruction_ok(inst, &text);
	bool link = is_link(sk_buf_slice(&text));

	sk_buf_free(&text);
	if (ok)
		return rtf_put_kept(o, group, rtf_dest(SK_SLICE_LIT("field")));
	sk_job_removed(o->job, link ? SK_OOXML_LINK : SK_OOXML_FIELD, 1, "RTF");
	return put_results(o, group);
}
