/* Attributes: which stay, and their values. Cleaner's jail. */
#include "format/odf/flt.h"

#define WORD_MAX 256     /* bytes of a keyword or number */
#define LIST_MAX 1048576 /* of a list of such, or a path */

/* What keywords, numbers and lists are made of. */
static bool made_of_words(const char *v, size_t max)
{
	static bool is[256];
	size_t n = 0;

	if (!is['a']) {
		for (int c = 'a'; c <= 'z'; c++)
			is[c] = is[c - 32] = true;
		for (const char *s = "0123456789.:%#_ ,;()+-/*=?!'$@"; *s; s++)
			is[(unsigned char)*s] = true;
	}
	for (; v[n]; n++)
		if (n == max || !is[(unsigned char)v[n]])
			return false;
	return true;
}

/* Whether a text fits when it is escaped: no reference is longer than six bytes. */
static bool is_short(const char *v)
{
	return strnlen(v, SK_LIMIT_XML_VALUE / 6 + 1) <= SK_LIMIT_XML_VALUE / 6;
}

/* LibreOffice makes a component of whatever else is named here. */
static bool is_chart_class(const char *v)
{
	const char *name = strncmp(v, "chart:", 6) == 0 ? v + 6 : v;
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz-");

	return n && n <= 64 && name[n] == '\0';
}

static bool value_ok(char cls, const char *v)
{
	switch (cls) {
	case 'k':
		return made_of_words(v, WORD_MAX);
	case 'l':
		return made_of_words(v, LIST_MAX);
	case 'c':
		return is_chart_class(v);
	case 'f':
		return is_short(v) && od_formula_ok(v);
	case 'r':
		return is_short(v) && od_ranges_ok(v);
	case 'h':
		return is_short(v) && od_link_ok(v);
	default:
		return is_short(v);
	}
}

static enum sk_code code_of(char cls)
{
	return cls == 'f'   ? SK_OOXML_FORMULA
	       : cls == 'r' ? SK_OOXML_EXTERNAL
	       : cls == 'h' ? SK_OOXML_LINK
			    : SK_OOXML_UNKNOWN_XML;
}

struct od_at *od_at_find(struct od_flt *f, uint16_t name)
{
	for (size_t i = 0; i < f->nat; i++)
		if (f->at[i].name == name)
			return &f->at[i];
	return NULL;
}

static void drop_attribute(struct od_flt *f, uint16_t name, uint8_t ns, const char *value)
{
	const struct od_name *row = od_name_row(name);

	if (value[0] == '\0' || ns == NS_xml || row->flags & OD_QUIET)
		return;
	od_count(f, row->attr_code ? (enum sk_code)row->attr_code : od_told(ns));
}

static void take(struct od_flt *f, uint16_t element, const char *q, const char *value)
{
	uint8_t ns;
	uint16_t name = od_intern(f, q, &ns);
	char cls = name ? od_attr(element, name) : 0;

	if (cls == 0) {
		drop_attribute(f, name, ns, value);
	} else if (!value_ok(cls, value)) {
		od_count(f, code_of(cls));
		f->refused |= od_name_row(element)->flags & OD_NEEDS && od_needs(element, name);
	} else if (od_at_find(f, name) || f->nat == SK_LIMIT_XML_ATTRIBUTES) {
		od_count(f, SK_OOXML_UNKNOWN_XML);
	} else {
		f->at[f->nat++] = (struct od_at){name, cls, value};
	}
}

void od_take_attributes(struct od_flt *f, uint16_t element, const char **atts)
{
	f->nat = 0;
	f->refused = false;
	for (; *atts; atts += 2)
		take(f, element, atts[0], atts[1]);
}
