/*
 * The tables of elements and attributes (doc/profiles/html.md, sections 3 and 4), from the tree construction of HTML 13.2.6:
 * which start tag ends which open element decides what must not stand in what. Pure. Cleaner's jail.
 */
#include "format/html/rules.h"

#include <stdlib.h>
#include <strings.h>

/* clears: H and END hold for children only; elements that are "special" end the look for li, dd and dt. */
#define CHILD (SK_HC_H | SK_HC_END)
#define SPECIAL (CHILD | SK_HC_LI | SK_HC_DD)

#define INLINE(n) \
	{ \
		.name = (n), .fate = SK_HF_KEEP, .clears = CHILD \
	}
#define BLOCK(n) \
	{ \
		.name = (n), .fate = SK_HF_KEEP, .bans = SK_HC_P, .clears = SPECIAL \
	}
#define LOOSE(n) \
	{ \
		.name = (n), .fate = SK_HF_KEEP, .bans = SK_HC_P, .clears = CHILD \
	}
#define HEADING(n) \
	{ \
		.name = (n), .fate = SK_HF_KEEP, .bans = SK_HC_P | SK_HC_H, .clears = SPECIAL, \
		.sets = SK_HC_H, .as = "div" \
	}
#define ITEM(n, bit) \
	{ \
		.name = (n), .fate = SK_HF_KEEP, .bans = SK_HC_P | (bit), .clears = SPECIAL, \
		.sets = SK_HC_END | (bit), .as = "div" \
	}
#define RUBY(n) \
	{ \
		.name = (n), .fate = SK_HF_KEEP, .bans = SK_HC_END, .clears = CHILD, \
		.sets = SK_HC_END, .as = "span" \
	}
#define EMPTY(n, b) \
	{ \
		.name = (n), .fate = SK_HF_KEEP, .inside = SK_HI_NONE, .bans = (b) \
	}
#define PART(n, where, in) \
	{ \
		.name = (n), .fate = SK_HF_KEEP, .inside = (in), .clears = SK_HC_ALL, \
		.part = 1 + (where) \
	}
#define DROP(code) \
	{ \
		.fate = SK_HF_DROP, .told = (code) \
	}
#define UNWRAP(code) \
	{ \
		.told = (code) \
	}
#define FIELD \
	{ \
		.fate = SK_HF_FIELD, .told = SK_HTML_FORM \
	}

static const struct sk_html_rule rules[GUMBO_TAG_LAST + 1] = {
    [GUMBO_TAG_ARTICLE] = BLOCK("article"),
    [GUMBO_TAG_SECTION] = BLOCK("section"),
    [GUMBO_TAG_NAV] = BLOCK("nav"),
    [GUMBO_TAG_ASIDE] = BLOCK("aside"),
    [GUMBO_TAG_H1] = HEADING("h1"),
    [GUMBO_TAG_H2] = HEADING("h2"),
    [GUMBO_TAG_H3] = HEADING("h3"),
    [GUMBO_TAG_H4] = HEADING("h4"),
    [GUMBO_TAG_H5] = HEADING("h5"),
    [GUMBO_TAG_H6] = HEADING("h6"),
    [GUMBO_TAG_HGROUP] = BLOCK("hgroup"),
    [GUMBO_TAG_HEADER] = BLOCK("header"),
    [GUMBO_TAG_FOOTER] = BLOCK("footer"),
    [GUMBO_TAG_ADDRESS] = LOOSE("address"),
    [GUMBO_TAG_P] = {.name = "p",
	.fate = SK_HF_KEEP,
	.bans = SK_HC_P,
	.clears = CHILD,
	.sets = SK_HC_P | SK_HC_END},
    [GUMBO_TAG_HR] = EMPTY("hr", SK_HC_P),
    [GUMBO_TAG_PRE] = BLOCK("pre"),
    [GUMBO_TAG_LISTING] = BLOCK("pre"),
    [GUMBO_TAG_XMP] = BLOCK("pre"),
    [GUMBO_TAG_PLAINTEXT] = BLOCK("pre"),
    [GUMBO_TAG_BLOCKQUOTE] = BLOCK("blockquote"),
    [GUMBO_TAG_OL] = BLOCK("ol"),
    [GUMBO_TAG_UL] = BLOCK("ul"),
    [GUMBO_TAG_MENU] = BLOCK("ul"),
    [GUMBO_TAG_DIR] = BLOCK("ul"),
    [GUMBO_TAG_LI] = ITEM("li", SK_HC_LI),
    [GUMBO_TAG_DL] = BLOCK("dl"),
    [GUMBO_TAG_DT] = ITEM("dt", SK_HC_DD),
    [GUMBO_TAG_DD] = ITEM("dd", SK_HC_DD),
    [GUMBO_TAG_FIGURE] = BLOCK("figure"),
    [GUMBO_TAG_FIGCAPTION] = BLOCK("figcaption"),
    [GUMBO_TAG_MAIN] = BLOCK("main"),
    [GUMBO_TAG_DIV] = LOOSE("div"),
    [GUMBO_TAG_DETAILS] = LOOSE("div"),
    [GUMBO_TAG_SUMMARY] = LOOSE("div"),
    [GUMBO_TAG_CENTER] = BLOCK("center"),
    [GUMBO_TAG_FIELDSET] = BLOCK("fieldset"),
    [GUMBO_TAG_LEGEND] = INLINE("legend"),
    [GUMBO_TAG_A] = {.name = "a",
	.fate = SK_HF_KEEP,
	.bans = SK_HC_A,
	.clears = CHILD,
	.sets = SK_HC_A,
	.as = "span"},
    [GUMBO_TAG_EM] = INLINE("em"),
    [GUMBO_TAG_STRONG] = INLINE("strong"),
    [GUMBO_TAG_SMALL] = INLINE("small"),
    [GUMBO_TAG_S] = INLINE("s"),
    [GUMBO_TAG_CITE] = INLINE("cite"),
    [GUMBO_TAG_Q] = INLINE("q"),
    [GUMBO_TAG_DFN] = INLINE("dfn"),
    [GUMBO_TAG_ABBR] = INLINE("abbr"),
    [GUMBO_TAG_ACRONYM] = INLINE("abbr"),
    [GUMBO_TAG_TIME] = INLINE("time"),
    [GUMBO_TAG_CODE] = INLINE("code"),
    [GUMBO_TAG_VAR] = INLINE("var"),
    [GUMBO_TAG_SAMP] = INLINE("samp"),
    [GUMBO_TAG_KBD] = INLINE("kbd"),
    [GUMBO_TAG_SUB] = INLINE("sub"),
    [GUMBO_TAG_SUP] = INLINE("sup"),
    [GUMBO_TAG_I] = INLINE("i"),
    [GUMBO_TAG_B] = INLINE("b"),
    [GUMBO_TAG_U] = INLINE("u"),
    [GUMBO_TAG_MARK] = INLINE("mark"),
    [GUMBO_TAG_RUBY] = INLINE("ruby"),
    [GUMBO_TAG_RT] = RUBY("rt"),
    [GUMBO_TAG_RP] = RUBY("rp"),
    [GUMBO_TAG_BDI] = INLINE("bdi"),
    [GUMBO_TAG_BDO] = INLINE("bdo"),
    [GUMBO_TAG_SPAN] = INLINE("span"),
    [GUMBO_TAG_NOBR] = {.name = "span",
	.fate = SK_HF_KEEP,
	.clears = CHILD,
	.style = "white-space:nowrap"},
    [GUMBO_TAG_BR] = EMPTY("br", 0),
    [GUMBO_TAG_WBR] = EMPTY("wbr", 0),
    [GUMBO_TAG_INS] = INLINE("ins"),
    [GUMBO_TAG_DEL] = INLINE("del"),
    [GUMBO_TAG_STRIKE] = INLINE("s"),
    [GUMBO_TAG_BIG] = INLINE("big"),
    [GUMBO_TAG_FONT] = INLINE("font"),
    [GUMBO_TAG_TT] = INLINE("tt"),
    [GUMBO_TAG_IMG] = EMPTY("img", 0),
    [GUMBO_TAG_IMAGE] = EMPTY("img", 0),
    [GUMBO_TAG_MAP] = INLINE("map"),
    [GUMBO_TAG_AREA] = EMPTY("area", 0),
    [GUMBO_TAG_TABLE] = {.name = "table",
	.fate = SK_HF_KEEP,
	.inside = SK_HI_TABLE,
	.bans = SK_HC_P,
	.clears = SPECIAL},
    [GUMBO_TAG_CAPTION] = PART("caption", SK_HI_TABLE, SK_HI_FLOW),
    [GUMBO_TAG_COLGROUP] = PART("colgroup", SK_HI_TABLE, SK_HI_COLUMNS),
    [GUMBO_TAG_COL] = PART("col", SK_HI_COLUMNS, SK_HI_NONE),
    [GUMBO_TAG_TBODY] = PART("tbody", SK_HI_TABLE, SK_HI_GROUP),
    [GUMBO_TAG_THEAD] = PART("thead", SK_HI_TABLE, SK_HI_GROUP),
    [GUMBO_TAG_TFOOT] = PART("tfoot", SK_HI_TABLE, SK_HI_GROUP),
    [GUMBO_TAG_TR] = PART("tr", SK_HI_GROUP, SK_HI_ROW),
    [GUMBO_TAG_TD] = PART("td", SK_HI_ROW, SK_HI_FLOW),
    [GUMBO_TAG_TH] = PART("th", SK_HI_ROW, SK_HI_FLOW),

    [GUMBO_TAG_SCRIPT] = DROP(SK_HTML_SCRIPT),
    [GUMBO_TAG_NOSCRIPT] = DROP(SK_HTML_HIDDEN),
    [GUMBO_TAG_TEMPLATE] = DROP(SK_HTML_HIDDEN),
    [GUMBO_TAG_DATALIST] = DROP(SK_HTML_HIDDEN),
    [GUMBO_TAG_NOFRAMES] = DROP(SK_HTML_HIDDEN),
    [GUMBO_TAG_NOEMBED] = DROP(SK_HTML_HIDDEN),
    [GUMBO_TAG_STYLE] = DROP(SK_CODE_NONE), /* gathered in the head */
    [GUMBO_TAG_TITLE] = DROP(SK_CODE_NONE),
    [GUMBO_TAG_META] = DROP(SK_HTML_METADATA),
    [GUMBO_TAG_BASE] = DROP(SK_HTML_REMOTE),
    [GUMBO_TAG_LINK] = DROP(SK_HTML_REMOTE),
    [GUMBO_TAG_BGSOUND] = DROP(SK_HTML_MEDIA),
    [GUMBO_TAG_VIDEO] = DROP(SK_HTML_MEDIA),
    [GUMBO_TAG_AUDIO] = DROP(SK_HTML_MEDIA),
    [GUMBO_TAG_SOURCE] = DROP(SK_HTML_MEDIA),
    [GUMBO_TAG_TRACK] = DROP(SK_HTML_MEDIA),
    [GUMBO_TAG_IFRAME] = DROP(SK_HTML_FRAME),
    [GUMBO_TAG_FRAME] = DROP(SK_HTML_FRAME),
    [GUMBO_TAG_FRAMESET] = DROP(SK_HTML_FRAME),
    [GUMBO_TAG_OBJECT] = DROP(SK_HTML_FRAME),
    [GUMBO_TAG_EMBED] = DROP(SK_HTML_FRAME),
    [GUMBO_TAG_APPLET] = DROP(SK_HTML_FRAME),
    [GUMBO_TAG_PARAM] = DROP(SK_HTML_FRAME),
    [GUMBO_TAG_SVG] = DROP(SK_HTML_DRAWING),
    [GUMBO_TAG_MATH] = DROP(SK_HTML_DRAWING),
    [GUMBO_TAG_CANVAS] = UNWRAP(SK_HTML_DRAWING),
    [GUMBO_TAG_FORM] =
	{.name = "div", .fate = SK_HF_KEEP, .bans = SK_HC_P, .clears = CHILD, .told = SK_HTML_FORM},
    [GUMBO_TAG_INPUT] = FIELD,
    [GUMBO_TAG_SELECT] = FIELD,
    [GUMBO_TAG_TEXTAREA] = FIELD,
    [GUMBO_TAG_BUTTON] = {.name = "span",
	.fate = SK_HF_KEEP,
	.clears = CHILD,
	.told = SK_HTML_FORM,
	.style = "border:1px solid #767676"},
    [GUMBO_TAG_OPTION] = UNWRAP(SK_HTML_FORM),
    [GUMBO_TAG_OPTGROUP] = UNWRAP(SK_HTML_FORM),
    [GUMBO_TAG_KEYGEN] = DROP(SK_HTML_FORM),
    [GUMBO_TAG_UNKNOWN] = UNWRAP(SK_HTML_UNKNOWN),
    [GUMBO_TAG_MARQUEE] = UNWRAP(SK_HTML_UNKNOWN),
    [GUMBO_TAG_BLINK] = UNWRAP(SK_HTML_UNKNOWN),
};

static const struct sk_html_rule island = DROP(SK_HTML_UNKNOWN);

/* Names of the elements that the library does not know: those of Office (v:shape, xml) go with what is in them. */
static bool is_island(struct sk_slice name)
{
	bool colon = name.n > 2 && name.p[1] == ':';

	if (name.n == 3 && strncasecmp((const char *)name.p, "xml", 3) == 0)
		return true;
	return colon && strchr("vwmx", name.p[0] | 0x20) != NULL;
}

static struct sk_slice name_of(const GumboElement *e)
{
	GumboStringPiece s = e->original_tag;

	if (s.length < 3 || s.data == NULL)
		return (struct sk_slice){NULL, 0};
	gumbo_tag_from_original_text(&s);
	return sk_slice(s.data, s.length);
}

const struct sk_html_rule *sk_html_rule(const GumboElement *e)
{
	if (e->tag_namespace != GUMBO_NAMESPACE_HTML)
		return &rules[GUMBO_TAG_SVG];
	if (e->tag == GUMBO_TAG_UNKNOWN && is_island(name_of(e)))
		return &island;
	return &rules[e->tag < GUMBO_TAG_LAST ? e->tag : GUMBO_TAG_UNKNOWN];
}

static const struct {
	const char *name, *on; /* on: the only elements that have it, NULL: all */
	enum sk_html_value value;
} attributes[] = {
    {"abbr", NULL, SK_HV_TEXT},
    {"align", NULL, SK_HV_WORD},
    {"alink", "body", SK_HV_COLOUR},
    {"alt", "img area", SK_HV_TEXT},
    {"background", "body table tr td th", SK_HV_PICTURE},
    {"bgcolor", NULL, SK_HV_COLOUR},
    {"border", NULL, SK_HV_LENGTH},
    {"bordercolor", NULL, SK_HV_COLOUR},
    {"bottommargin", "body", SK_HV_LENGTH},
    {"cellpadding", "table", SK_HV_LENGTH},
    {"cellspacing", "table", SK_HV_LENGTH},
    {"char", NULL, SK_HV_TEXT},
    {"class", NULL, SK_HV_CLASS},
    {"clear", NULL, SK_HV_WORD},
    {"color", "font hr", SK_HV_COLOUR},
    {"colspan", "td th", SK_HV_NUMBER},
    {"compact", NULL, SK_HV_WORD},
    {"coords", "area", SK_HV_COORDS},
    {"datetime", NULL, SK_HV_TEXT},
    {"dir", NULL, SK_HV_WORD},
    {"face", "font", SK_HV_TEXT},
    {"frame", "table", SK_HV_WORD},
    {"headers", "td th", SK_HV_CLASS},
    {"height", NULL, SK_HV_LENGTH},
    {"href", "a area", SK_HV_LINK},
    {"hspace", NULL, SK_HV_LENGTH},
    {"id", NULL, SK_HV_NAME},
    {"lang", NULL, SK_HV_LANG},
    {"leftmargin", "body", SK_HV_LENGTH},
    {"link", "body", SK_HV_COLOUR},
    {"marginheight", "body", SK_HV_LENGTH},
    {"marginwidth", "body", SK_HV_LENGTH},
    {"name", "a map", SK_HV_NAME},
    {"noshade", "hr", SK_HV_WORD},
    {"nowrap", "td th", SK_HV_WORD},
    {"reversed", "ol", SK_HV_WORD},
    {"rightmargin", "body", SK_HV_LENGTH},
    {"rowspan", "td th", SK_HV_NUMBER},
    {"rules", "table", SK_HV_WORD},
    {"scope", "td th", SK_HV_WORD},
    {"shape", "area", SK_HV_WORD},
    {"size", "font hr", SK_HV_NUMBER},
    {"span", "col colgroup", SK_HV_NUMBER},
    {"src", "img", SK_HV_PICTURE},
    {"start", "ol", SK_HV_NUMBER},
    {"style", NULL, SK_HV_STYLE},
    {"summary", "table", SK_HV_TEXT},
    {"text", "body", SK_HV_COLOUR},
    {"title", NULL, SK_HV_TEXT},
    {"topmargin", "body", SK_HV_LENGTH},
    {"type", "ol ul li", SK_HV_WORD},
    {"usemap", "img", SK_HV_NAME},
    {"valign", NULL, SK_HV_WORD},
    {"value", "li", SK_HV_NUMBER},
    {"vlink", "body", SK_HV_COLOUR},
    {"vspace", NULL, SK_HV_LENGTH},
    {"width", NULL, SK_HV_LENGTH},
};

static int compare(const void *key, const void *row)
{
	return strcmp(key, *(const char *const *)row);
}

static bool is_among(const char *name, const char *list)
{
	size_t n = strlen(name);

	/* The library makes attributes without a name of some broken tags. */
	for (const char *at = n ? strstr(list, name) : NULL; at; at = strstr(at + 1, name))
		if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == 0))
			return true;
	return false;
}

static bool is_loading(const char *name)
{
	return is_among(name,
	    "action background cite classid codebase data dynsrc formaction "
	    "href imagesrcset longdesc lowsrc manifest ping poster profile src srcset");
}

enum sk_html_value sk_html_attribute(const char *element, const char *attribute, const char **name)
{
	const __typeof__(attributes[0]) *row = bsearch(attribute, attributes,
	    sizeof(attributes) / sizeof(attributes[0]), sizeof(attributes[0]), compare);

	if (row && (row->on == NULL || is_among(element, row->on))) {
		*name = row->name;
		return row->value;
	}
	if (attribute[0] == 'o' && attribute[1] == 'n')
		return SK_HV_EVENT;
	return is_loading(attribute) ? SK_HV_REMOTE : SK_HV_NONE;
}
