/* The checker's own lists of elements and attributes (doc/profiles/html.md, sections 3 and 4). Verifier's jail. */
#include "verify/html/html.h"

/*
 * is: b: not where a paragraph is open; v: has no end tag; p: a paragraph; a: a link; l: an item of a list; d: dt or dd;
 * h: a heading; y: part of a ruby; e: one that parts of a ruby would end; s: ends the look for items that are open;
 * x: opens a scope of its own, in which nothing is open.
 */
static const struct sk_vh_element elements[] = {
    {"a", "a", 'f', 'f'},
    {"abbr", "", 'f', 'f'},
    {"address", "b", 'f', 'f'},
    {"area", "v", 0, 'f'},
    {"article", "bs", 'f', 'f'},
    {"aside", "bs", 'f', 'f'},
    {"b", "", 'f', 'f'},
    {"bdi", "", 'f', 'f'},
    {"bdo", "", 'f', 'f'},
    {"big", "", 'f', 'f'},
    {"blockquote", "bs", 'f', 'f'},
    {"br", "v", 0, 'f'},
    {"caption", "x", 'f', 't'},
    {"center", "bs", 'f', 'f'},
    {"cite", "", 'f', 'f'},
    {"code", "", 'f', 'f'},
    {"col", "v", 0, 'c'},
    {"colgroup", "x", 'c', 't'},
    {"dd", "bdes", 'f', 'f'},
    {"del", "", 'f', 'f'},
    {"dfn", "", 'f', 'f'},
    {"div", "b", 'f', 'f'},
    {"dl", "bs", 'f', 'f'},
    {"dt", "bdes", 'f', 'f'},
    {"em", "", 'f', 'f'},
    {"fieldset", "bs", 'f', 'f'},
    {"figcaption", "bs", 'f', 'f'},
    {"figure", "bs", 'f', 'f'},
    {"font", "", 'f', 'f'},
    {"footer", "bs", 'f', 'f'},
    {"h1", "bhs", 'f', 'f'},
    {"h2", "bhs", 'f', 'f'},
    {"h3", "bhs", 'f', 'f'},
    {"h4", "bhs", 'f', 'f'},
    {"h5", "bhs", 'f', 'f'},
    {"h6", "bhs", 'f', 'f'},
    {"header", "bs", 'f', 'f'},
    {"hgroup", "bs", 'f', 'f'},
    {"hr", "bv", 0, 'f'},
    {"i", "", 'f', 'f'},
    {"img", "v", 0, 'f'},
    {"ins", "", 'f', 'f'},
    {"kbd", "", 'f', 'f'},
    {"legend", "", 'f', 'f'},
    {"li", "bles", 'f', 'f'},
    {"main", "bs", 'f', 'f'},
    {"map", "", 'f', 'f'},
    {"mark", "", 'f', 'f'},
    {"nav", "bs", 'f', 'f'},
    {"ol", "bs", 'f', 'f'},
    {"p", "bpe", 'f', 'f'},
    {"pre", "bs", 'f', 'f'},
    {"q", "", 'f', 'f'},
    {"rp", "ye", 'f', 'f'},
    {"rt", "ye", 'f', 'f'},
    {"ruby", "", 'f', 'f'},
    {"s", "", 'f', 'f'},
    {"samp", "", 'f', 'f'},
    {"section", "bs", 'f', 'f'},
    {"small", "", 'f', 'f'},
    {"span", "", 'f', 'f'},
    {"strong", "", 'f', 'f'},
    {"sub", "", 'f', 'f'},
    {"sup", "", 'f', 'f'},
    {"table", "bs", 't', 'f'},
    {"tbody", "x", 'g', 't'},
    {"td", "x", 'f', 'r'},
    {"tfoot", "x", 'g', 't'},
    {"th", "x", 'f', 'r'},
    {"thead", "x", 'g', 't'},
    {"time", "", 'f', 'f'},
    {"tr", "x", 'r', 'g'},
    {"tt", "", 'f', 'f'},
    {"u", "", 'f', 'f'},
    {"ul", "bs", 'f', 'f'},
    {"var", "", 'f', 'f'},
    {"wbr", "v", 0, 'f'},
};

static int order(struct sk_slice s, const char *name)
{
	size_t n = strlen(name);
	int d = memcmp(s.p, name, s.n < n ? s.n : n);

	return d ? d : s.n < n ? -1 : s.n > n;
}

const struct sk_vh_element *sk_vh_element(struct sk_slice name)
{
	size_t lo = 0, hi = sizeof(elements) / sizeof(elements[0]);

	while (name.n && lo < hi) {
		size_t mid = (lo + hi) / 2;
		int d = order(name, elements[mid].name);
		if (d == 0)
			return &elements[mid];
		if (d < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

/*
 * t text, n name, # name behind a #, k classes, g language, i whole number, l length, c colour, w word, o coordinates,
 * s style, h link, p picture. on: with a space on both sides of each; NULL: all.
 */
static const struct {
	char name[14], kind;
	const char *on;
} attributes[] = {
    {"abbr", 't', NULL},
    {"align", 'w', NULL},
    {"alink", 'c', " body "},
    {"alt", 't', " img area "},
    {"background", 'p', " body table tr td th "},
    {"bgcolor", 'c', NULL},
    {"border", 'l', NULL},
    {"bordercolor", 'c', NULL},
    {"bottommargin", 'l', " body "},
    {"cellpadding", 'l', " table "},
    {"cellspacing", 'l', " table "},
    {"char", 't', NULL},
    {"class", 'k', NULL},
    {"clear", 'w', NULL},
    {"color", 'c', " font hr "},
    {"colspan", 'i', " td th "},
    {"compact", 'w', NULL},
    {"coords", 'o', " area "},
    {"datetime", 't', NULL},
    {"dir", 'w', NULL},
    {"face", 't', " font "},
    {"frame", 'w', " table "},
    {"headers", 'k', " td th "},
    {"height", 'l', NULL},
    {"href", 'h', " a area "},
    {"hspace", 'l', NULL},
    {"id", 'n', NULL},
    {"lang", 'g', NULL},
    {"leftmargin", 'l', " body "},
    {"link", 'c', " body "},
    {"marginheight", 'l', " body "},
    {"marginwidth", 'l', " body "},
    {"name", 'n', " a map "},
    {"noshade", 'w', " hr "},
    {"nowrap", 'w', " td th "},
    {"reversed", 'w', " ol "},
    {"rightmargin", 'l', " body "},
    {"rowspan", 'i', " td th "},
    {"rules", 'w', " table "},
    {"scope", 'w', " td th "},
    {"shape", 'w', " area "},
    {"size", 'i', " font hr "},
    {"span", 'i', " col colgroup "},
    {"src", 'p', " img "},
    {"start", 'i', " ol "},
    {"style", 's', NULL},
    {"summary", 't', " table "},
    {"text", 'c', " body "},
    {"title", 't', NULL},
    {"topmargin", 'l', " body "},
    {"type", 'w', " ol ul li "},
    {"usemap", '#', " img "},
    {"valign", 'w', NULL},
    {"value", 'i', " li "},
    {"vlink", 'c', " body "},
    {"vspace", 'l', NULL},
    {"width", 'l', NULL},
};

static bool is_on(struct sk_slice element, const char *list)
{
	size_t n = strlen(list);

	for (size_t at = 1; at + element.n < n; at++)
		if (list[at - 1] == ' ' && list[at + element.n] == ' ' &&
		    memcmp(list + at, element.p, element.n) == 0)
			return true;
	return false;
}

char sk_vh_attribute(struct sk_slice element, struct sk_slice name, unsigned *number)
{
	size_t lo = 0, hi = sizeof(attributes) / sizeof(attributes[0]);

	while (name.n && lo < hi) {
		size_t mid = (lo + hi) / 2;
		int d = order(name, attributes[mid].name);
		if (d == 0) {
			const char *on = attributes[mid].on;
			*number = (unsigned)mid;
			return on == NULL || is_on(element, on) ? attributes[mid].kind : 0;
		}
		if (d < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return 0;
}
