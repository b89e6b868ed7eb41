/*
 * DXF (Autodesk's DXF Reference, R12 to 2018): pairs of a group code and a value. A value is what the type of its code allows; a
 * record stays when its name is on the list and is written with the groups that are known; what refers to a record that went
 * goes, too. Cleaner's jail.
 */
#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "format/cad/cad.h"

struct pair {
	int code;
	struct sk_slice value;
};

struct record {
	size_t from, to; /* pairs; the first has code 0 */
	bool keep;
};

struct dxf {
	struct sk_cad *c;
	struct pair *pairs;
	size_t count, cap;
	uint64_t *gone; /* handles of records that went, sorted */
	size_t ngone, gone_cap;
	struct sk_buf tmp;
};

enum type { T_NONE, T_STRING, T_REAL, T_INTEGER, T_HANDLE };

/* The type of the value of a group code. Bytes in hexadecimal (310, 1004) have none: they are pictures and foreign data. */
static enum type type_of(int code)
{
	static const struct {
		int from, to;
		enum type type;
	} ranges[] = {{0, 4, T_STRING}, {5, 5, T_HANDLE}, {6, 9, T_STRING}, {10, 59, T_REAL},
	    {60, 99, T_INTEGER}, {100, 100, T_STRING}, {102, 102, T_STRING}, {105, 105, T_HANDLE},
	    {110, 149, T_REAL}, {160, 179, T_INTEGER}, {210, 239, T_REAL}, {270, 299, T_INTEGER},
	    {300, 309, T_STRING}, {320, 369, T_HANDLE}, {370, 389, T_INTEGER}, {390, 399, T_HANDLE},
	    {400, 409, T_INTEGER}, {410, 419, T_STRING}, {420, 429, T_INTEGER},
	    {430, 439, T_STRING}, {440, 459, T_INTEGER}, {460, 469, T_REAL}, {470, 479, T_STRING},
	    {480, 481, T_HANDLE}, {1000, 1003, T_STRING}, {1005, 1005, T_HANDLE},
	    {1010, 1059, T_REAL}, {1060, 1071, T_INTEGER}};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (code >= ranges[i].from && code <= ranges[i].to)
			return ranges[i].type;
	return T_NONE;
}

static bool is_in(struct sk_slice s, const char *const *list)
{
	for (; *list; list++)
		if (sk_slice_is(s, *list))
			return true;
	return false;
}

/* --- reading --- */

static size_t take_line(struct sk_slice in, size_t at, struct sk_slice *line)
{
	size_t end = at;

	while (end < in.n && in.p[end] != '\n' && in.p[end] != '\r')
		end++;
	*line = sk_slice_sub(in, at, end - at);
	if (end < in.n && in.p[end++] == '\r' && end < in.n && in.p[end] == '\n')
		end++;
	return end;
}

static bool code_of(struct sk_slice line, int *code)
{
	int v = 0;

	line = sk_cad_trim(line);
	if (!sk_cad_is_integer(line) || line.n > 4 || !isdigit(line.p[0]))
		return false;
	for (size_t i = 0; i < line.n; i++)
		v = v * 10 + (line.p[i] - '0');
	*code = v;
	return true;
}

/* All pairs up to 0 EOF; comments (999) go. SK_EFORMAT where a group code is none. */
static int read_pairs(struct dxf *d, struct sk_slice in)
{
	struct pair p;

	for (size_t at = 0; at < in.n;) {
		struct sk_slice line;
		at = take_line(in, at, &line);
		if (at >= in.n && sk_cad_trim(line).n == 0)
			break;
		if (!code_of(line, &p.code))
			return SK_EFORMAT;
		at = take_line(in, at, &p.value);
		if (p.code == 999) {
			d->c->comments++;
			continue;
		}
		if (p.code == 0)
			p.value = sk_cad_trim(p.value);
		if (p.code == 0 && sk_slice_is(p.value, "EOF")) {
			while (at < in.n && (in.p[at] <= ' ' || in.p[at] == 0x1A))
				at++;
			if (at < in.n)
				sk_job_removed(d->c->job, SK_GENERIC_TRAILING, 1, "%s", "");
			return 0;
		}
		struct pair *more =
		    sk_arena_grow(d->c->job->arena, d->pairs, &d->cap, d->count + 1, sizeof(p));
		if (more == NULL)
			return SK_ENOMEM;
		d->pairs = more;
		d->pairs[d->count++] = p;
	}
	d->c->damaged++; /* no end */
	return d->count ? 0 : SK_EFORMAT;
}

/* --- handles --- */

static bool handle_of(struct sk_slice s, uint64_t *v)
{
	s = sk_cad_trim(s);
	*v = 0;
	if (s.n == 0 || s.n > 16)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (!isxdigit(s.p[i]))
			return false;
		int b = toupper(s.p[i]);
		*v = *v << 4 | (unsigned)(b <= '9' ? b - '0' : b - 'A' + 10);
	}
	return true;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static bool is_gone(const struct dxf *d, struct sk_slice handle)
{
	uint64_t v;

	return handle_of(handle, &v) && d->ngone &&
	       bsearch(&v, d->gone, d->ngone, sizeof(v), by_value);
}

/* Group codes of references to other records: what holds them is never the record's own handle. */
static bool is_reference(int code)
{
	return (code >= 320 && code <= 369) || (code >= 390 && code <= 399) || code == 480 ||
	       code == 481 || code == 1005;
}

/* --- which records stay --- */

static const char *const entities[] = {"3DFACE", "ACAD_TABLE", "ARC", "ARC_DIMENSION", "ATTDEF",
    "ATTRIB", "BLOCK", "CIRCLE", "DIMENSION", "ELLIPSE", "ENDBLK", "HATCH", "HELIX", "INSERT",
    "LARGE_RADIAL_DIMENSION", "LEADER", "LINE", "LWPOLYLINE", "MESH", "MLINE", "MTEXT",
    "MULTILEADER", "POINT", "POLYLINE", "RAY", "SEQEND", "SHAPE", "SOLID", "SPLINE", "TEXT",
    "TOLERANCE", "TRACE", "VERTEX", "VIEWPORT", "WIPEOUT", "XLINE", NULL};
static const char *const objects[] = {"ACDBDICTIONARYWDFLT", "ACDBPLACEHOLDER", "DICTIONARY",
    "DICTIONARYVAR", "GROUP", "LAYOUT", "MLEADERSTYLE", "MLINESTYLE", "RASTERVARIABLES", "SCALE",
    "SORTENTSTABLE", "TABLESTYLE", "VISUALSTYLE", "WIPEOUTVARIABLES", NULL};
static const char *const tables[] = {"APPID", "BLOCK_RECORD", "DIMSTYLE", "LAYER", "LTYPE", "STYLE",
    "TABLE", "ENDTAB", "UCS", "VIEW", "VPORT", NULL};
static const char *const outside[] = {"IMAGE", "IMAGEDEF", "IMAGEDEF_REACTOR", "PDFUNDERLAY",
    "PDFDEFINITION", "DWFUNDERLAY", "DWFDEFINITION", "DGNUNDERLAY", "DGNDEFINITION", "DATALINK",
    "MATERIAL", "SUN", "POINTCLOUD", "POINTCLOUDDEF", "ACDBPOINTCLOUD", "ACDBPOINTCLOUDDEF",
    "ACDBPOINTCLOUDEX", "ACDBPOINTCLOUDDEFEX", "FIELD", "FIELDLIST", NULL};
static const char *const inside[] = {"OLEFRAME", "OLE2FRAME", "ACAD_PROXY_ENTITY",
    "ACAD_PROXY_OBJECT", "3DSOLID", "BODY", "REGION", "SURFACE", "EXTRUDEDSURFACE", "LOFTEDSURFACE",
    "REVOLVEDSURFACE", "SWEPTSURFACE", "PLANESURFACE", "NURBSURFACE", "VBA_PROJECT", "XRECORD",
    NULL};

static struct sk_slice name_of(const struct dxf *d, const struct record *r)
{
	return d->pairs[r->from].value;
}

static int note_gone(struct dxf *d, const struct record *r)
{
	for (size_t i = r->from; i < r->to; i++) {
		const struct pair *p = &d->pairs[i];
		uint64_t v;
		if ((p->code != 5 && p->code != 105) || !handle_of(p->value, &v))
			continue;
		uint64_t *more =
		    sk_arena_grow(d->c->job->arena, d->gone, &d->gone_cap, d->ngone + 1, sizeof(v));
		if (more == NULL)
			return SK_ENOMEM;
		d->gone = more;
		d->gone[d->ngone++] = v;
		break;
	}
	return 0;
}

static void count_gone(struct dxf *d, struct sk_slice name)
{
	if (is_in(name, outside))
		d->c->external++;
	else if (is_in(name, inside))
		d->c->embedded++;
	else
		d->c->unknown++;
}

/* --- writing --- */

static bool value_is(const struct dxf *d, struct sk_slice value, int code)
{
	uint64_t v;

	switch (type_of(code)) {
	case T_REAL:
		return sk_cad_is_real(value);
	case T_INTEGER:
		return sk_cad_is_integer(value);
	case T_HANDLE:
		/* In old drawings 5 is also the name of a block in a dimension style. */
		return handle_of(value, &v) || code == 5;
	default:
		return false;
	}
}

static bool put_as(struct dxf *d, int code, struct sk_slice value, enum sk_cad_escapes how)
{
	struct sk_cad *c = d->c;

	sk_buf_reset(&d->tmp);
	if (type_of(code) == T_STRING || code == 5) {
		sk_cad_string(c, value, how, &d->tmp);
	} else {
		value = sk_cad_trim(value);
		if (!value_is(d, value, code)) {
			c->damaged++;
			return false;
		}
		sk_buf_put_slice(&d->tmp, value);
	}
	if (!c->plain) {
		sk_buf_printf(c->out, "%3d\r\n", code);
		sk_buf_put_slice(c->out, sk_buf_slice(&d->tmp));
		sk_buf_puts(c->out, "\r\n");
	}
	return true;
}

static bool put(struct dxf *d, int code, struct sk_slice value)
{
	return put_as(d, code, value, SK_CAD_DXF);
}

static void put_word(struct dxf *d, int code, const char *word)
{
	if (!d->c->plain)
		sk_buf_printf(d->c->out, "%3d\r\n%s\r\n", code, word);
}

/* Data of other programs behind their name (1001): that of AutoCAD's own styles stays. */
static bool app_stays(struct sk_slice name)
{
	return sk_slice_is(name, "ACAD") || sk_slice_is(name, "AcDbAttr") ||
	       sk_slice_starts(name, SK_SLICE_LIT("ACAD_")) ||
	       sk_slice_starts(name, SK_SLICE_LIT("AcadAnno"));
}

static size_t extended(struct dxf *d, const struct record *r, size_t i)
{
	struct sk_slice app = sk_cad_trim(d->pairs[i].value);
	bool stays = app_stays(app);
	size_t end = i + 1;

	while (end < r->to && d->pairs[end].code != 1001)
		end++;
	if (sk_slice_is(app, "PE_URL"))
		d->c->link++;
	else
		d->c->unknown += !stays;
	for (; stays && i < end; i++) {
		int code = d->pairs[i].code;
		if (type_of(code) == T_NONE || code < 1000)
			d->c->embedded += code == 1004;
		else if (!is_reference(code) || !is_gone(d, d->pairs[i].value))
			put(d, code, d->pairs[i].value);
	}
	return end;
}

/* 102 {NAME … 102 }: references only, and only to what is there. */
static size_t group(struct dxf *d, const struct record *r, size_t i)
{
	size_t end = i + 1;
	bool plain = true;

	while (end < r->to && d->pairs[end].code != 102) {
		plain = plain && (d->pairs[end].code == 330 || d->pairs[end].code == 360);
		end++;
	}
	if (end == r->to || !plain) {
		d->c->unknown++;
		return end == r->to ? end : end + 1;
	}
	put(d, 102, d->pairs[i].value);
	for (size_t k = i + 1; k < end; k++)
		if (!is_gone(d, d->pairs[k].value))
			put(d, d->pairs[k].code, d->pairs[k].value);
	put(d, 102, d->pairs[end].value);
	return end + 1;
}

static bool is_words(struct sk_slice name, int code)
{
	static const char *const texts[] = {
	    "TEXT", "MTEXT", "ATTRIB", "ATTDEF", "DIMENSION", "MULTILEADER", "ACAD_TABLE", NULL};

	return is_in(name, texts) && (code == 1 || code == 3 || code == 304 || code == 302);
}

static unsigned flags_of(struct sk_slice s)
{
	unsigned v = 0;

	s = sk_cad_trim(s);
	for (size_t i = 0; i < s.n && i < 6 && isdigit(s.p[i]); i++)
		v = v * 10 + (s.p[i] - '0');
	return v;
}

/* A block of another file: without its path and the bits that say so (70: 4 and 8, 16 and 32). */
static void block_group(struct dxf *d, const struct pair *p, bool xref)
{
	if (p->code == 1 && sk_cad_trim(p->value).n) {
		d->c->external++;
		put_word(d, 1, "");
	} else if (p->code == 70 && xref) {
		unsigned flags = flags_of(p->value);
		put_word(d, 70, (const char *const[]){"0", "1", "2", "3"}[flags & 3]);
	} else {
		put(d, p->code, p->value);
	}
}

static bool is_xref(const struct dxf *d, const struct record *r)
{
	for (size_t i = r->from + 1; i < r->to; i++) {
		if (d->pairs[i].code == 70)
			return flags_of(d->pairs[i].value) > 3;
	}
	return false;
}

/* An entry of a dictionary whose object went goes with it. */
static bool dangling_entry(const struct dxf *d, const struct record *r, size_t i)
{
	bool owner = i + 1 < r->to && (d->pairs[i + 1].code == 350 || d->pairs[i + 1].code == 360);

	return d->pairs[i].code == 3 && owner && is_gone(d, d->pairs[i + 1].value);
}

static size_t one_group(struct dxf *d, const struct record *r, size_t i, bool xref)
{
	const struct pair *p = &d->pairs[i];
	struct sk_slice name = name_of(d, r);

	if (p->code == 1001)
		return extended(d, r, i);
	if (p->code == 102)
		return group(d, r, i);
	/* An object inside (of columns): its groups would be taken for those of the record. */
	if (p->code == 101) {
		d->c->unknown++;
		while (i < r->to && d->pairs[i].code != 1001)
			i++;
		return i;
	}
	if (type_of(p->code) == T_NONE || p->code >= 1000) {
		if (p->code == 310 || p->code == 1004)
			d->c->embedded++;
		else
			d->c->unknown++;
		return i + 1;
	}
	bool dictionary =
	    sk_slice_is(name, "DICTIONARY") || sk_slice_is(name, "ACDBDICTIONARYWDFLT");
	if (dictionary && dangling_entry(d, r, i))
		return i + 2;
	if (is_reference(p->code) && is_gone(d, p->value)) {
		if (!dictionary)
			put_word(d, p->code, "0");
		return i + 1;
	}
	if (sk_slice_is(name, "BLOCK"))
		block_group(d, p, xref);
	else
		put_as(
		    d, p->code, p->value, is_words(name, p->code) ? SK_CAD_DXF_WORDS : SK_CAD_DXF);
	if (d->c->plain && is_words(name, p->code))
		sk_cad_words(d->c, sk_buf_slice(&d->tmp));
	return i + 1;
}

static void put_record(struct dxf *d, const struct record *r)
{
	bool xref = sk_slice_is(name_of(d, r), "BLOCK") && is_xref(d, r);

	put(d, 0, name_of(d, r));
	for (size_t i = r->from + 1; i < r->to && !d->c->out->err;)
		i = one_group(d, r, i, xref);
}

/* --- sections --- */

struct section {
	struct sk_slice name;
	size_t from, to; /* pairs behind its head, up to its ENDSEC */
};

static const char *const *list_of(struct sk_slice section)
{
	if (sk_slice_is(section, "TABLES"))
		return tables;
	if (sk_slice_is(section, "BLOCKS") || sk_slice_is(section, "ENTITIES"))
		return entities;
	return sk_slice_is(section, "OBJECTS") ? objects : NULL;
}

static bool next_section(const struct dxf *d, size_t *at, struct section *s)
{
	while (*at + 1 < d->count &&
	       !(d->pairs[*at].code == 0 && sk_slice_is(d->pairs[*at].value, "SECTION") &&
		   d->pairs[*at + 1].code == 2))
		++*at;
	if (*at + 1 >= d->count)
		return false;
	s->name = sk_cad_trim(d->pairs[*at + 1].value);
	s->from = s->to = *at + 2;
	while (s->to < d->count &&
	       !(d->pairs[s->to].code == 0 && sk_slice_is(d->pairs[s->to].value, "ENDSEC")))
		s->to++;
	*at = s->to + (s->to < d->count);
	return true;
}

static bool next_record(const struct dxf *d, const struct section *s, size_t *at, struct record *r)
{
	while (*at < s->to && d->pairs[*at].code != 0)
		++*at;
	if (*at >= s->to)
		return false;
	r->from = (*at)++;
	while (*at < s->to && d->pairs[*at].code != 0)
		++*at;
	r->to = *at;
	return true;
}

/* A name that is written as it was compared: no character in it that goes when texts are written. */
static bool is_plain(struct sk_slice name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= ' ' || name.p[i] >= 0x7F)
			return false;
	return name.n > 0;
}

/* The name of an application that stays out with its data. Japanese programs have names beyond ASCII. */
static bool is_link_name(struct sk_slice name)
{
	char plain[16];
	size_t n = 0;

	for (size_t i = 0; i < name.n && n < sizeof(plain); i++)
		if (name.p[i] > ' ' && name.p[i] < 0x7F)
			plain[n++] = (char)name.p[i];
	return sk_slice_is(sk_slice(plain, n), "PE_URL");
}

static bool is_link_app(const struct dxf *d, const struct record *r)
{
	for (size_t i = r->from + 1; i < r->to; i++)
		if (d->pairs[i].code == 2)
			return sk_slice_is(name_of(d, r), "APPID") &&
			       is_link_name(d->pairs[i].value);
	return false;
}

static bool stays(const struct dxf *d, const struct record *r, const char *const *list)
{
	return is_in(name_of(d, r), list) && !is_link_app(d, r);
}

static int find_gone(struct dxf *d, const struct section *s)
{
	const char *const *list = list_of(s->name);
	struct record r;
	int rc = 0;

	for (size_t at = s->from; list && rc == 0 && next_record(d, s, &at, &r);)
		if (!stays(d, &r, list))
			rc = note_gone(d, &r);
	return rc;
}

/* $NAME and its values. Those that name files or people go. */
static void variables(struct dxf *d, const struct section *s)
{
	static const char *const never[] = {"$HYPERLINKBASE", "$MENU", "$PROJECTNAME",
	    "$STYLESHEET", "$LASTSAVEDBY", "$CUSTOMPROPERTYTAG", "$CUSTOMPROPERTY", NULL};
	bool out = false;

	for (size_t i = s->from; i < s->to; i++) {
		const struct pair *p = &d->pairs[i];
		struct sk_slice name = sk_cad_trim(p->value);
		if (p->code == 9) {
			out = is_in(name, never) || !is_plain(name) || name.p[0] != '$';
			d->c->metadata += out;
		}
		if (out)
			continue;
		if (p->code == 0 || p->code >= 1000 || type_of(p->code) == T_NONE)
			d->c->unknown++;
		else
			put(d, p->code, p->value);
	}
}

static void records(struct dxf *d, const struct section *s, const char *const *list)
{
	struct record r;

	for (size_t at = s->from; next_record(d, s, &at, &r) && !d->c->out->err;) {
		if (stays(d, &r, list))
			put_record(d, &r);
		else if (is_link_app(d, &r))
			d->c->link++;
		else
			count_gone(d, name_of(d, &r));
	}
}

/* Classes of AutoCAD's own objects, as they are written by it; the name of a program to load is never copied. */
static void class_record(struct dxf *d, const struct record *r)
{
	for (size_t i = r->from + 1; i < r->to; i++) {
		if (d->pairs[i].code == 1 && !is_in(sk_cad_trim(d->pairs[i].value), objects) &&
		    !is_in(sk_cad_trim(d->pairs[i].value), entities)) {
			d->c->unknown++;
			return;
		}
	}
	put_word(d, 0, "CLASS");
	for (size_t i = r->from + 1; i < r->to; i++) {
		int code = d->pairs[i].code;
		if (code == 3) {
			d->c->unknown +=
			    !sk_slice_is(sk_cad_trim(d->pairs[i].value), "ObjectDBX Classes");
			put_word(d, 3, "ObjectDBX Classes");
		} else if (code == 1 || code == 2 || (type_of(code) == T_INTEGER && code < 1000))
			put(d, code, d->pairs[i].value);
		else
			d->c->unknown++;
	}
}

static void classes(struct dxf *d, const struct section *s)
{
	struct record r;

	for (size_t at = s->from; next_record(d, s, &at, &r);) {
		if (sk_slice_is(name_of(d, &r), "CLASS"))
			class_record(d, &r);
		else
			d->c->unknown++;
	}
}

/* false: a section that is not written. */
static bool section(struct dxf *d, const struct section *s)
{
	static const char *const known[] = {
	    "HEADER", "CLASSES", "TABLES", "BLOCKS", "ENTITIES", "OBJECTS", NULL};

	if (!is_in(s->name, known)) {
		if (sk_slice_is(s->name, "THUMBNAILIMAGE") || sk_slice_is(s->name, "ACDSDATA"))
			d->c->embedded++;
		else
			d->c->unknown++;
		return false;
	}
	put_word(d, 0, "SECTION");
	put(d, 2, s->name);
	if (sk_slice_is(s->name, "HEADER"))
		variables(d, s);
	else if (sk_slice_is(s->name, "CLASSES"))
		classes(d, s);
	else
		records(d, s, list_of(s->name));
	put_word(d, 0, "ENDSEC");
	return true;
}

int sk_cad_dxf(struct sk_cad *c, struct sk_slice in)
{
	struct dxf d = {.c = c, .tmp = SK_BUF(c->out->max)};
	struct section s;
	int rc = read_pairs(&d, in);
	bool any = false;

	for (size_t at = 0; rc == 0 && next_section(&d, &at, &s);)
		rc = find_gone(&d, &s);
	if (d.ngone)
		qsort(d.gone, d.ngone, sizeof(*d.gone), by_value);
	for (size_t at = 0; rc == 0 && next_section(&d, &at, &s);)
		any = section(&d, &s) || any;
	if (rc == 0 && !any)
		rc = SK_EFORMAT; /* nothing of a drawing in it */
	if (rc == 0)
		put_word(&d, 0, "EOF");
	sk_buf_free(&d.tmp);
	return rc ? rc : c->out->err;
}
