/* The kinds of parts, from kinds.def. Verifier's jail. */
#include "verify/ooxml/package.h"

#include <stdio.h>

#define REL_2006 "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
#define REL_MS "http://schemas.microsoft.com/office/"
#define REL_CORE \
	"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties"
#define TYPE_CORE "application/vnd.openxmlformats-package.core-properties+xml"
#define TYPE_DOC "application/vnd.openxmlformats-officedocument."

static const struct {
	const char *name, *type, *rel, *root;
	uint64_t targets;
} kinds[] = {
#define OO_KIND(id, name, type, rel, root, targets) {name, type, rel, root, targets},
#include "verify/ooxml/kinds.def"
#undef OO_KIND
};

_Static_assert(OO_LINK < 64, "sets of kinds are kept in 64 bits");

static const struct {
	const char *ext, *mime;
	enum sk_filetype type;
} pictures[] = {
    {"bmp", "image/bmp", SK_FT_BMP},
    {"gif", "image/gif", SK_FT_GIF},
    {"jpeg", "image/jpeg", SK_FT_JPEG},
    {"png", "image/png", SK_FT_PNG},
    {"tiff", "image/tiff", SK_FT_TIFF},
    {"webp", "image/webp", SK_FT_WEBP},
};

const char *sk_oo_kind_root(enum sk_oo_kind kind)
{
	return kinds[kind].root;
}

uint64_t sk_oo_kind_targets(enum sk_oo_kind kind)
{
	return kinds[kind].targets;
}

bool sk_oo_kind_implied(enum sk_oo_kind from, enum sk_oo_kind to)
{
	static const uint64_t always =
	    OO_BIT(OO_STYLES) | OO_BIT(OO_SETTINGS) | OO_BIT(OO_WEB_SETTINGS) |
	    OO_BIT(OO_FONT_TABLE) | OO_BIT(OO_NUMBERING) | OO_BIT(OO_FOOTNOTES) |
	    OO_BIT(OO_ENDNOTES) | OO_BIT(OO_COMMENTS) | OO_BIT(OO_COMMENTS_EX) |
	    OO_BIT(OO_COMMENTS_IDS) | OO_BIT(OO_PEOPLE) | OO_BIT(OO_THEME) |
	    OO_BIT(OO_THEME_OVERRIDE) | OO_BIT(OO_SHARED_STRINGS) | OO_BIT(OO_SHEET_STYLES) |
	    OO_BIT(OO_SHEET_METADATA) | OO_BIT(OO_PERSONS) | OO_BIT(OO_SHEET_COMMENTS) |
	    OO_BIT(OO_THREADED_COMMENTS) | OO_BIT(OO_PIVOT_TABLE) | OO_BIT(OO_PRES_PROPS) |
	    OO_BIT(OO_VIEW_PROPS) | OO_BIT(OO_TABLE_STYLES) | OO_BIT(OO_COMMENT_AUTHORS) |
	    OO_BIT(OO_AUTHORS) | OO_BIT(OO_SLIDE_COMMENTS) | OO_BIT(OO_MODERN_COMMENTS) |
	    OO_BIT(OO_CHART_STYLE) | OO_BIT(OO_CHART_COLORS) | OO_BIT(OO_DIAGRAM_DRAWING);

	if (always & OO_BIT(to))
		return true;
	switch (from) {
	case OO_SLIDE:
		return to == OO_SLIDE_LAYOUT || to == OO_NOTES_SLIDE;
	case OO_SLIDE_LAYOUT:
		return to == OO_SLIDE_MASTER;
	case OO_NOTES_SLIDE:
		return to == OO_SLIDE || to == OO_NOTES_MASTER;
	case OO_PIVOT_TABLE:
		return to == OO_PIVOT_CACHE;
	default:
		return false;
	}
}

enum sk_filetype sk_oo_picture_type(struct sk_slice name, const char **mime)
{
	for (size_t i = 0; i < sizeof(pictures) / sizeof(pictures[0]); i++) {
		size_t n = strlen(pictures[i].ext);
		if (name.n > n + 1 && name.p[name.n - n - 1] == '.' &&
		    memcmp(name.p + name.n - n, pictures[i].ext, n) == 0) {
			*mime = pictures[i].mime;
			return pictures[i].type;
		}
	}
	return SK_FT_UNKNOWN;
}

void sk_oo_kind_type(enum sk_oo_kind kind, struct sk_slice name, char out[128])
{
	static const struct {
		const char *mark, *text, *tail;
	} forms[] = {
	    {"w:", TYPE_DOC "wordprocessingml.", "+xml"},
	    {"s:", TYPE_DOC "spreadsheetml.", "+xml"},
	    {"p:", TYPE_DOC "presentationml.", "+xml"},
	    {"d:", TYPE_DOC "drawingml.", "+xml"},
	    {"o:", TYPE_DOC, "+xml"},
	    {"o!", TYPE_DOC, ""},
	    {"m:", "application/vnd.ms-", "+xml"},
	};
	const char *type = kinds[kind].type, *mime = TYPE_CORE;

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strncmp(type, forms[i].mark, 2) == 0) {
			snprintf(out, 128, "%s%s%s", forms[i].text, type + 2, forms[i].tail);
			return;
		}
	if (kind == OO_IMAGE)
		sk_oo_picture_type(name, &mime);
	snprintf(out, 128, "%s", mime);
}

bool sk_oo_kind_has_rel(enum sk_oo_kind kind, struct sk_slice type)
{
	const struct sk_slice doc = SK_SLICE_LIT(REL_2006), ms = SK_SLICE_LIT(REL_MS);

	if (kind == OO_CORE)
		return sk_slice_is(type, REL_CORE);
	if (kind == OO_LINK)
		return sk_slice_is(type, REL_2006 "hyperlink");
	const char *rel = kinds[kind].rel;
	bool is_ms = strncmp(rel, "m:", 2) == 0;
	const struct sk_slice base = is_ms ? ms : doc;
	return sk_slice_starts(type, base) &&
	       sk_slice_is(sk_slice_sub(type, base.n, type.n), rel + (is_ms ? 2 : 0));
}

/* Does the name fit the pattern? */
static bool fits(const char *pattern, struct sk_slice name, const char *top, unsigned *number)
{
	size_t i = 0;

	*number = 0;
	for (; *pattern; pattern++) {
		if (*pattern == '*') {
			size_t n = strlen(top);
			if (!sk_slice_starts(sk_slice_sub(name, i, name.n), sk_slice(top, n)))
				return false;
			i += n;
		} else if (*pattern == '#') {
			if (i >= name.n || name.p[i] < '1' || name.p[i] > '9')
				return false;
			for (; i < name.n && name.p[i] >= '0' && name.p[i] <= '9' &&
			       *number < 1000000;
			     i++)
				*number = *number * 10 + (name.p[i] - '0');
		} else if (*pattern == '@') {
			const char *mime;
			return i < name.n && memchr(name.p + i, '.', name.n - i) == NULL &&
			       sk_oo_picture_type(name, &mime) != SK_FT_UNKNOWN;
		} else if (i >= name.n || name.p[i++] != (uint8_t)*pattern) {
			return false;
		}
	}
	return i == name.n;
}

enum sk_oo_kind sk_oo_kind_by_name(struct sk_slice name, const char *top, unsigned *number)
{
	for (unsigned i = 0; i < OO_KINDS; i++)
		if (fits(kinds[i].name, name, top, number))
			return (enum sk_oo_kind)i;
	return OO_KINDS;
}
