/* DXF as it is written (doc/profiles/cad.md, section 5). Verifier's jail. */
#include <ctype.h>

#include "verify/cad/cad.h"

enum place { P_HEADER, P_CLASSES, P_TABLES, P_BLOCKS, P_ENTITIES, P_OBJECTS, P_NONE };

struct state {
	struct sk_vd *v;
	enum place place;
	int code;
	struct sk_slice value;
	struct sk_slice record; /* name of the one being read */
	bool group, foreign;    /* inside 102 { }, behind 1001 */
};

static const char record_names[] =
    /* each list ends by an empty name; in the order of enum place from P_CLASSES on */
    "CLASS\0\0"
    "APPID\0BLOCK_RECORD\0DIMSTYLE\0LAYER\0LTYPE\0STYLE\0TABLE\0ENDTAB\0UCS\0VIEW\0VPORT\0\0"
    "3DFACE\0ACAD_TABLE\0ARC\0ARC_DIMENSION\0ATTDEF\0ATTRIB\0BLOCK\0CIRCLE\0DIMENSION\0ELLIPSE\0ENDBLK\0HATCH\0HELIX\0INSERT\0"
    "LARGE_RADIAL_DIMENSION\0LEADER\0LINE\0LWPOLYLINE\0MESH\0MLINE\0MTEXT\0MULTILEADER\0POINT\0POLYLINE\0RAY\0SEQEND\0SHAPE\0"
    "SOLID\0SPLINE\0TEXT\0TOLERANCE\0TRACE\0VERTEX\0VIEWPORT\0WIPEOUT\0XLINE\0\0"
    "ACDBDICTIONARYWDFLT\0ACDBPLACEHOLDER\0DICTIONARY\0DICTIONARYVAR\0GROUP\0LAYOUT\0MLEADERSTYLE\0MLINESTYLE\0RASTERVARIABLES\0"
    "SCALE\0SORTENTSTABLE\0TABLESTYLE\0VISUALSTYLE\0WIPEOUTVARIABLES\0\0";

/* Whether a name is on the n-th list. */
static bool listed(struct sk_slice name, unsigned n)
{
	const char *p = record_names;

	for (; n > 0; n--, p++)
		while (*p)
			p += strlen(p) + 1;
	for (; *p; p += strlen(p) + 1)
		if (sk_slice_is(name, p))
			return true;
	return false;
}

static bool may_stand(enum place place, struct sk_slice name)
{
	switch (place) {
	case P_CLASSES:
		return listed(name, 0);
	case P_TABLES:
		return listed(name, 1);
	case P_BLOCKS:
	case P_ENTITIES:
		return listed(name, 2);
	case P_OBJECTS:
		return listed(name, 3);
	default:
		return false;
	}
}

/* s string, r real, i integer, h handle, 0: never. */
static char kind(int code)
{
	static const struct {
		int to;
		char kind;
	} steps[] = {{4, 's'}, {5, 's'}, {9, 's'}, {59, 'r'}, {99, 'i'}, {100, 's'}, {101, 0},
	    {102, 's'}, {104, 0}, {105, 'h'}, {109, 0}, {149, 'r'}, {159, 0}, {179, 'i'}, {209, 0},
	    {239, 'r'}, {269, 0}, {299, 'i'}, {309, 's'}, {319, 0}, {369, 'h'}, {389, 'i'},
	    {399, 'h'}, {409, 'i'}, {419, 's'}, {429, 'i'}, {439, 's'}, {459, 'i'}, {469, 'r'},
	    {479, 's'}, {481, 'h'}, {999, 0}, {1003, 's'}, {1004, 0}, {1005, 'h'}, {1009, 0},
	    {1059, 'r'}, {1071, 'i'}};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (code <= steps[i].to)
			return steps[i].kind;
	return 0;
}

static int fault(struct state *s, const char *what)
{
	return sk_fail(s->v->c, s->v->pos, "%s", what);
}

static int line(struct state *s, struct sk_slice *out)
{
	struct sk_slice in = s->v->in;
	const uint8_t *from = in.p + s->v->pos,
		      *cr = s->v->pos < in.n ? memchr(from, '\r', in.n - s->v->pos) : NULL;

	if (cr == NULL || cr + 1 == in.p + in.n || cr[1] != '\n')
		return fault(s, "a line does not end with CR LF");
	*out = sk_slice(from, (size_t)(cr - from));
	s->v->pos += out->n + 2;
	return 0;
}

/* Three columns at least, no zero in front. */
static bool code_of(struct sk_slice l, int *code)
{
	size_t i = 0;

	*code = 0;
	while (i < l.n && l.p[i] == ' ')
		i++;
	if (l.n < 3 || l.n > 4 || i == l.n || (i && l.n > 3) || (l.p[i] == '0' && i + 1 < l.n))
		return false;
	for (; i < l.n; i++) {
		if (!isdigit(l.p[i]))
			return false;
		*code = *code * 10 + l.p[i] - '0';
	}
	return true;
}

static bool is_handle(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80 || !isxdigit(s.p[i]))
			return false;
	return s.n >= 1 && s.n <= 16;
}

static bool is_words(const struct state *s)
{
	static const char names[][12] = {
	    "TEXT", "MTEXT", "ATTRIB", "ATTDEF", "DIMENSION", "MULTILEADER", "ACAD_TABLE"};

	if (s->foreign || (s->code != 1 && s->code != 3 && s->code != 302 && s->code != 304))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (sk_slice_is(s->record, names[i]))
			return true;
	return false;
}

static int pair(struct state *s)
{
	struct sk_slice first;
	int rc = line(s, &first);

	if (rc == 0 && !code_of(first, &s->code))
		return fault(s, "not a group code");
	if (rc == 0)
		rc = line(s, &s->value);
	if (rc)
		return rc;
	switch (kind(s->code)) {
	case 's':
		return sk_vd_string(s->v, s->value, is_words(s) ? SK_VD_WORDS : SK_VD_DXF);
	case 'r':
		return sk_vd_real(s->value) ? 0 : fault(s, "not a number");
	case 'i':
		return sk_vd_integer(s->value) ? 0 : fault(s, "not a whole number");
	case 'h':
		return is_handle(s->value) ? 0 : fault(s, "not a handle");
	default:
		return fault(s, "a group code that is not allowed");
	}
}

static bool blank(struct sk_slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ')
			return false;
	return true;
}

static bool known_app(struct sk_slice name)
{
	return sk_slice_is(name, "ACAD") || sk_slice_is(name, "AcDbAttr") ||
	       sk_slice_starts(name, SK_SLICE_LIT("ACAD_")) ||
	       sk_slice_starts(name, SK_SLICE_LIT("AcadAnno"));
}

static int in_class(struct state *s)
{
	if (s->code == 1 && !listed(s->value, 2) && !listed(s->value, 3))
		return fault(s, "a class of another program");
	if (s->code == 3 && !sk_slice_is(s->value, "ObjectDBX Classes"))
		return fault(s, "a class names a program");
	return s->code == 1 || s->code == 2 || s->code == 3 || kind(s->code) == 'i'
		   ? 0
		   : fault(s, "a class has another group");
}

static int in_block(struct state *s)
{
	if (s->code == 1 && !blank(s->value))
		return fault(s, "a block of another file");
	if (s->code == 70 && s->value.n && (s->value.p[s->value.n - 1] > '3' || s->value.n > 1))
		return fault(s, "a block of another file");
	return 0;
}

static int in_group(struct state *s)
{
	if (s->code == 102) {
		s->group = false;
		return 0;
	}
	return s->code == 330 || s->code == 360
		   ? 0
		   : fault(s, "a group of references holds something else");
}

static int begin_record(struct state *s)
{
	if (s->group)
		return fault(s, "a group of references without an end");
	if (!may_stand(s->place, s->value))
		return fault(s, "a record that may not stand here");
	s->record = s->value;
	s->foreign = false;
	return 0;
}

static int in_header(struct state *s)
{
	static const char *const never[] = {"$HYPERLINKBASE", "$MENU", "$PROJECTNAME",
	    "$STYLESHEET", "$LASTSAVEDBY", "$CUSTOMPROPERTYTAG", "$CUSTOMPROPERTY"};

	if (s->code == 0 || s->code >= 1000)
		return fault(s, "a group that may not stand in the header");
	if (s->code != 9)
		return 0;
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++)
		if (sk_slice_is(s->value, never[i]))
			return fault(s, "a variable that is not allowed");
	return s->value.n > 1 && s->value.p[0] == '$' ? 0 : fault(s, "not a variable");
}

static int group(struct state *s)
{
	if (s->place == P_HEADER)
		return in_header(s);
	if (s->code == 0)
		return begin_record(s);
	if (s->record.n == 0)
		return fault(s, "a group before the first record");
	if (s->group)
		return in_group(s);
	if (s->code == 102) {
		s->group = true;
		return 0;
	}
	if (s->code == 1001) {
		s->foreign = true;
		return known_app(s->value) ? 0 : fault(s, "data of another program");
	}
	if ((s->code >= 1000) != s->foreign)
		return fault(s, "data of a program without its name");
	if (sk_slice_is(s->record, "CLASS"))
		return in_class(s);
	return sk_slice_is(s->record, "BLOCK") ? in_block(s) : 0;
}

static enum place place_of(struct sk_slice name)
{
	static const char *const names[] = {
	    "HEADER", "CLASSES", "TABLES", "BLOCKS", "ENTITIES", "OBJECTS"};

	for (unsigned i = 0; i < P_NONE; i++)
		if (sk_slice_is(name, names[i]))
			return (enum place)i;
	return P_NONE;
}

static int section(struct state *s)
{
	int rc = pair(s);

	if (rc == 0 && (s->code != 2 || (s->place = place_of(s->value)) == P_NONE))
		return fault(s, "a section that is not allowed");
	s->record.n = 0;
	s->group = s->foreign = false;
	while (rc == 0) {
		rc = pair(s);
		if (rc == 0 && s->code == 0 && sk_slice_is(s->value, "ENDSEC"))
			return s->group ? fault(s, "a group of references without an end") : 0;
		if (rc == 0)
			rc = group(s);
	}
	return rc;
}

int sk_vd_dxf(struct sk_vd *v)
{
	struct state s = {.v = v};
	int rc = 0;

	while (rc == 0) {
		rc = pair(&s);
		if (rc == 0 && s.code == 0 && sk_slice_is(s.value, "EOF"))
			return v->pos == v->in.n ? 0 : fault(&s, "bytes behind the end");
		if (rc == 0)
			rc = s.code == 0 && sk_slice_is(s.value, "SECTION")
				 ? section(&s)
				 : fault(&s, "not a section");
	}
	return rc;
}
