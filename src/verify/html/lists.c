/* The checker's own lists of elements and attributes (doc/profiles/html.md, sections 3 and 4). Verifier's jail. */
#include <endian.h>

#include "verify/html/html.h"

#define BLOCK SK_VH_BLOCK
#define VOID SK_VH_VOID
#define PARAGRAPH SK_VH_PARAGRAPH
#define LINK SK_VH_LINK
#define ITEM SK_VH_ITEM
#define TERM SK_VH_TERM
#define HEADING SK_VH_HEADING
#define RUBY SK_VH_RUBY
#define ENDS SK_VH_ENDS
#define SPECIAL SK_VH_SPECIAL
#define SCOPE SK_VH_SCOPE

static const struct sk_vh_element elements[] = {
    {"a", LINK, 'f', 'f'},
    {"abbr", 0, 'f', 'f'},
    {"address", BLOCK, 'f', 'f'},
    {"area", VOID, 0, 'f'},
    {"article", BLOCK | SPECIAL, 'f', 'f'},
    {"aside", BLOCK | SPECIAL, 'f', 'f'},
    {"b", 0, 'f', 'f'},
    {"bdi", 0, 'f', 'f'},
    {"bdo", 0, 'f', 'f'},
    {"big", 0, 'f', 'f'},
    {"blockquote", BLOCK | SPECIAL, 'f', 'f'},
    {"br", VOID, 0, 'f'},
    {"caption", SCOPE, 'f', 't'},
    {"center", BLOCK | SPECIAL, 'f', 'f'},
    {"cite", 0, 'f', 'f'},
    {"code", 0, 'f', 'f'},
    {"col", VOID, 0, 'c'},
    {"colgroup", SCOPE, 'c', 't'},
    {"dd", BLOCK | TERM | ENDS | SPECIAL, 'f', 'f'},
    {"del", 0, 'f', 'f'},
    {"dfn", 0, 'f', 'f'},
    {"div", BLOCK, 'f', 'f'},
    {"dl", BLOCK | SPECIAL, 'f', 'f'},
    {"dt", BLOCK | TERM | ENDS | SPECIAL, 'f', 'f'},
    {"em", 0, 'f', 'f'},
    {"fieldset", BLOCK | SPECIAL, 'f', 'f'},
    {"figcaption", BLOCK | SPECIAL, 'f', 'f'},
    {"figure", BLOCK | SPECIAL, 'f', 'f'},
    {"font", 0, 'f', 'f'},
    {"footer", BLOCK | SPECIAL, 'f', 'f'},
    {"h1", BLOCK | HEADING | SPECIAL, 'f', 'f'},
    {"h2", BLOCK | HEADING | SPECIAL, 'f', 'f'},
    {"h3", BLOCK | HEADING | SPECIAL, 'f', 'f'},
    {"h4", BLOCK | HEADING | SPECIAL, 'f', 'f'},
    {"h5", BLOCK | HEADING | SPECIAL, 'f', 'f'},
    {"h6", BLOCK | HEADING | SPECIAL, 'f', 'f'},
    {"header", BLOCK | SPECIAL, 'f', 'f'},
    {"hgroup", BLOCK | SPECIAL, 'f', 'f'},
    {"hr", BLOCK | VOID, 0, 'f'},
    {"i", 0, 'f', 'f'},
    {"img", VOID, 0, 'f'},
    {"ins", 0, 'f', 'f'},
    {"kbd", 0, 'f', 'f'},
    {"legend", 0, 'f', 'f'},
    {"li", BLOCK | ITEM | ENDS | SPECIAL, 'f', 'f'},
    {"main", BLOCK | SPECIAL, 'f', 'f'},
    {"map", 0, 'f', 'f'},
    {"mark", 0, 'f', 'f'},
    {"nav", BLOCK | SPECIAL, 'f', 'f'},
    {"ol", BLOCK | SPECIAL, 'f', 'f'},
    {"p", BLOCK | PARAGRAPH | ENDS, 'f', 'f'},
    {"pre", BLOCK | SPECIAL, 'f', 'f'},
    {"q", 0, 'f', 'f'},
    {"rp", RUBY | ENDS, 'f', 'f'},
    {"rt", RUBY | ENDS, 'f', 'f'},
    {"ruby", 0, 'f', 'f'},
    {"s", 0, 'f', 'f'},
    {"samp", 0, 'f', 'f'},
    {"section", BLOCK | SPECIAL, 'f', 'f'},
    {"small", 0, 'f', 'f'},
    {"span", 0, 'f', 'f'},
    {"strong", 0, 'f', 'f'},
    {"sub", 0, 'f', 'f'},
    {"sup", 0, 'f', 'f'},
    {"table", BLOCK | SPECIAL, 't', 'f'},
    {"tbody", SCOPE, 'g', 't'},
    {"td", SCOPE, 'f', 'r'},
    {"tfoot", SCOPE, 'g', 't'},
    {"th", SCOPE, 'f', 'r'},
    {"thead", SCOPE, 'g', 't'},
    {"time", 0, 'f', 'f'},
    {"tr", SCOPE, 'r', 'g'},
    {"tt", 0, 'f', 'f'},
    {"u", 0, 'f', 'f'},
    {"ul", BLOCK | SPECIAL, 'f', 'f'},
    {"var", 0, 'f', 'f'},
    {"wbr", VOID, 0, 'f'},
};

/* A name in two numbers that are in its order. A row's name fills its array with zeros. */
struct key {
	uint64_t head, tail;
};

static struct key key_of(const char name[SK_VH_NAME])
{
	struct key k;

	memcpy(&k.head, name, sizeof(k.head));
	memcpy(&k.tail, name + sizeof(k.head), sizeof(k.tail));
	return (struct key){be64toh(k.head), be64toh(k.tail)};
}

/* false: no name of a list is that long, or that short. A name is of letters and digits. */
static bool make_key(struct sk_slice name, struct key *k)
{
	char filled[SK_VH_NAME] = {0};

	if (name.n == 0 || name.n >= sizeof(filled))
		return false;
	memcpy(filled, name.p, name.n);
	*k = key_of(filled);
	return true;
}

static int order(struct key a, const char name[SK_VH_NAME])
{
	struct key b = key_of(name);

	if (a.head != b.head)
		return a.head < b.head ? -1 : 1;
	return a.tail == b.tail ? 0 : a.tail < b.tail ? -1 : 1;
}

const struct sk_vh_element *sk_vh_element(struct sk_slice name)
{
	size_t lo = 0, hi = sizeof(elements) / sizeof(elements[0]);
	struct key key;

	if (!make_key(name, &key))
		return NULL;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int d = order(key, elements[mid].name);
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
	char name[SK_VH_NAME], kind;
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
	struct key key;

	if (!make_key(name, &key))
		return 0;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int d = order(key, attributes[mid].name);
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
