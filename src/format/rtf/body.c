/* What of the tree is written, and what is reported instead (doc/profiles/rtf.md). Cleaner's jail. */
#include "format/rtf/rtf.h"

#include "base/utf8.h"

/* Classes whose groups show text. */
#define TEXTUAL (RTF_C_ROOT | RTF_C_BODY | RTF_C_TEXT | RTF_C_NOTE | RTF_C_MATH | RTF_C_INSTRUCTION)

const struct rtf_node *rtf_child(
    const struct rtf_node *group, const struct rtf_node *after, const char *name)
{
	const struct rtf_node *n = after ? after->next : group->first;

	while (n && (n->kind != RTF_NODE_GROUP || n->name == NULL || strcmp(n->name, name) != 0))
		n = n->next;
	return n;
}

void rtf_gather(const struct rtf_node *group, struct sk_buf *out)
{
	for (const struct rtf_node *n = group->first; n; n = n->next) {
		if (n->kind == RTF_NODE_TEXT)
			(void)sk_buf_put_slice(out, n->s);
		else if (n->kind == RTF_NODE_SYMBOL && n->number != ':')
			(void)sk_utf8_put(out, n->number == '~'   ? 0xA0
					       : n->number == '_' ? 0x2011
								  : 0xAD);
		else if (n->kind == RTF_NODE_GROUP && n->name == NULL && !n->star)
			rtf_gather(n, out);
	}
}

/* Controls and code points that are no characters stay out. */
static bool is_character(uint32_t c)
{
	return c >= 0x20 && c != 0x7F && (c < 0x80 || c >= 0xA0) && (c & 0xFFFE) != 0xFFFE &&
	       (c < 0xFDD0 || c > 0xFDEF);
}

void rtf_put_plain_text(struct rtf_out *o, struct sk_slice s)
{
	for (size_t at = 0; at < s.n;) {
		int32_t c = sk_utf8_next(s, &at);
		if (c == '\t')
			rtf_put_word(o, "tab");
		else if (c >= 0 && is_character((uint32_t)c))
			rtf_put_char(o, (uint32_t)c);
		else
			o->controls++;
	}
}

/* Words the writer itself sets, once, at the beginning. */
static bool is_header(const char *name)
{
	static const char *const list[] = {
	    "ansi", "ansicpg", "mac", "pc", "pca", "uc", "deff", "rtf"};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

/* What a word that must go stood for; most are settings nobody misses. */
static enum sk_code word_code(const char *name)
{
	static const struct {
		const char *name;
		enum sk_code code;
	} list[] = {{"insrsid", SK_OOXML_METADATA}, {"charrsid", SK_OOXML_METADATA},
	    {"delrsid", SK_OOXML_METADATA}, {"pararsid", SK_OOXML_METADATA},
	    {"sectrsid", SK_OOXML_METADATA}, {"tblrsid", SK_OOXML_METADATA},
	    {"styrsid", SK_OOXML_METADATA}, {"rsid", SK_OOXML_METADATA},
	    {"rsidroot", SK_OOXML_METADATA}, {"linkstyles", SK_OOXML_TEMPLATE},
	    {"fromhtml", SK_RTF_HTML}, {"htmlrtf", SK_RTF_HTML}, {"subdocument", SK_OOXML_EXTERNAL},
	    {"objattph", SK_OOXML_OLE}, {"objupdate", SK_OOXML_OLE}, {"objautlink", SK_OOXML_OLE},
	    {"objlink", SK_OOXML_OLE}, {"objocx", SK_OOXML_ACTIVEX}};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (strcmp(name, list[i].name) == 0)
			return list[i].code;
	return SK_OOXML_UNKNOWN_XML;
}

/* A line end behind what ends a line of the page, so that the file has lines, too. */
static bool ends_line(const char *name)
{
	static const char *const list[] = {"par", "row", "nestrow", "sect", "page"};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

static void put_word(struct rtf_out *o, const struct rtf_node *n)
{
	enum rtf_word_kind kind;
	const char *name = rtf_word(sk_slice_str(n->name), &kind);

	if (name == NULL || (kind != RTF_FLAG && !rtf_number_ok(kind, n))) {
		enum sk_code code = word_code(n->name);
		if (name == NULL && is_header(n->name))
			return;
		if (code == SK_OOXML_UNKNOWN_XML)
			o->words++;
		else
			sk_job_removed(o->job, code, 1, "RTF");
		return;
	}
	if (n->numbered && (kind != RTF_FLAG || n->number == 0))
		rtf_put_number(o, name, n->number);
	else
		rtf_put_word(o, name);
	if (ends_line(name))
		rtf_put_line(o);
}

static void put_symbol(struct rtf_out *o, const struct rtf_node *n)
{
	sk_buf_printf(o->b, "\\%c", (int)n->number);
	o->word = false;
}

static int put_node(struct rtf_out *o, const struct rtf_node *n, enum rtf_class cls)
{
	switch (n->kind) {
	case RTF_NODE_GROUP:
		return rtf_put_group(o, n, cls);
	case RTF_NODE_WORD:
		put_word(o, n);
		return 0;
	case RTF_NODE_BIN:
		o->hidden += n->s.n > 0;
		return 0;
	default:
		break;
	}
	if (!(cls & TEXTUAL))
		o->hidden++;
	else if (n->kind == RTF_NODE_SYMBOL)
		put_symbol(o, n);
	else
		rtf_put_plain_text(o, n->s);
	return 0;
}

int rtf_put_content(struct rtf_out *o, const struct rtf_node *group, enum rtf_class cls)
{
	int rc = 0;

	for (const struct rtf_node *n = group->first; n && rc == 0; n = n->next)
		rc = put_node(o, n, cls);
	return rc ? rc : o->b->err;
}

static enum rtf_class plain_class(enum rtf_class in)
{
	switch (in) {
	case RTF_C_ROOT:
	case RTF_C_NOTE:
		return RTF_C_BODY;
	case RTF_C_STYLES:
	case RTF_C_NAMES:
		return RTF_C_TEXT;
	default:
		return in;
	}
}

int rtf_put_plain(struct rtf_out *o, const struct rtf_node *group, enum rtf_class in)
{
	if (!(in & (TEXTUAL | RTF_C_STYLES | RTF_C_NAMES | RTF_C_FORM))) {
		o->hidden++;
		return 0;
	}
	rtf_put_open(o);
	int rc = rtf_put_content(o, group, plain_class(in));
	rtf_put_close(o);
	return rc;
}

static bool has_number(const struct rtf_dest *d)
{
	static const char *const numbered[] = {"cs", "ts", "ds", "pnseclvl"};

	for (size_t i = 0; i < sizeof(numbered) / sizeof(numbered[0]); i++)
		if (strcmp(d->name, numbered[i]) == 0)
			return true;
	return false;
}

int rtf_put_kept(struct rtf_out *o, const struct rtf_node *group, const struct rtf_dest *d)
{
	bool number = has_number(d);

	if (number && (group->number < 0 || group->number > 32767)) {
		o->words++;
		return 0;
	}
	rtf_put_open(o);
	rtf_put_dest(o, d);
	if (number)
		sk_buf_printf(o->b, "%d", (int)group->number);
	int rc = rtf_put_content(o, group, d->cls);
	rtf_put_close(o);
	return rc;
}

/* The embedded object goes, what it showed stays. */
static int put_object(struct rtf_out *o, const struct rtf_node *group)
{
	const struct rtf_node *result = rtf_child(group, NULL, "result");
	bool control = false;

	for (const struct rtf_node *n = group->first; n; n = n->next)
		control = control || (n->kind == RTF_NODE_WORD && strcmp(n->name, "objocx") == 0);
	sk_job_removed(o->job, control ? SK_OOXML_ACTIVEX : SK_OOXML_OLE, 1, "RTF");
	return result ? rtf_put_plain(o, result, RTF_C_BODY) : 0;
}

static int drop(struct rtf_out *o, const struct rtf_dest *d)
{
	if (d == NULL)
		sk_job_removed(o->job, SK_OOXML_UNKNOWN_PART, 1, "RTF");
	else if (strcmp(d->name, "fldinst") == 0)
		sk_job_removed(o->job, SK_OOXML_FIELD, 1, "RTF");
	else if (d->act != RTF_QUIET)
		sk_job_removed(o->job, d->code, 1, "%s", d->name);
	return 0;
}

static int put_special(struct rtf_out *o, const struct rtf_node *group, const struct rtf_dest *d)
{
	switch (d->cls) {
	case RTF_C_NAMES:
		return strcmp(d->name, "fonttbl") == 0 ? rtf_put_fonts(o, group)
						       : rtf_put_colours(o, group);
	case RTF_C_FIELD:
		return rtf_put_field(o, group);
	case RTF_C_PICTURES:
		return rtf_put_picture(o, group);
	case RTF_C_BODY:
		return put_object(o, group);
	case RTF_C_TEXT:
		return strcmp(d->name, "sp") == 0 ? rtf_put_property(o, group) : drop(o, d);
	default:
		return rtf_put_list(o, group, d);
	}
}

/* Where the better form is missing, the other one is all there is. */
static int put_twin(struct rtf_out *o, const struct rtf_node *group, enum rtf_class in)
{
	if (group->twin || !(in & (RTF_C_ROOT | RTF_C_BODY | RTF_C_NOTE | RTF_C_SHAPE)))
		return 0;
	return in == RTF_C_SHAPE ? 0 : rtf_put_plain(o, group, RTF_C_BODY);
}

int rtf_put_group(struct rtf_out *o, const struct rtf_node *group, enum rtf_class in)
{
	const struct rtf_dest *d = group->name ? rtf_dest(sk_slice_str(group->name)) : NULL;
	unsigned where = in == RTF_C_NOTE ? RTF_C_NOTE | RTF_C_BODY : in;

	if (d == NULL && (group->name || group->star))
		return drop(o, NULL);
	if (d == NULL)
		return rtf_put_plain(o, group, in);
	if (strcmp(d->name, "nonshppict") == 0)
		return put_twin(o, group, in);
	if (d->act == RTF_DROP || d->act == RTF_QUIET || !(d->in & where))
		return drop(o, d);
	if (d->act == RTF_SPECIAL)
		return put_special(o, group, d);
	if (d->act == RTF_KEEP)
		return rtf_put_kept(o, group, d);
	const struct rtf_node *ud =
	    strcmp(d->name, "upr") == 0 ? rtf_child(group, NULL, "ud") : NULL;
	return rtf_put_plain(o, ud ? ud : group, in);
}
