/*
 * Method text for workbooks: each sheet under its name, its cells as they are shown, one row a
 * line. Dates and percentages follow the cell's number format (ISO/IEC 29500-1, 18.8.30). Runs in
 * the cleaner's jail.
 */
#include "format/ooxml/text.h"

#include <math.h>

enum { SHOW_GENERAL, SHOW_DATE, SHOW_TIME, SHOW_BOTH, SHOW_PERCENT };

#define CUSTOM_FORMATS 1024 /* ids of a workbook's own formats: 164 and up */
#define COLUMNS 16384       /* of Excel */

static unsigned long number(const char *s)
{
	return s ? strtoul(s, NULL, 10) : 0;
}

/* --- shared strings --- */

static void XMLCALL string_start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct ox_text *t = user;
	const char *local = ox_local(name);

	(void)atts;
	if (strcmp(local, "rPh") == 0) {
		t->hidden++;
	} else if (strcmp(local, "t") == 0) {
		t->taking = true;
	} else if (strcmp(local, "si") == 0) {
		struct ox_string *v = sk_arena_grow(
		    t->pkg->job->arena, t->strings, &t->strings_cap, t->nstrings + 1, sizeof(*v));
		if (v == NULL) {
			t->rc = SK_ENOMEM;
			XML_StopParser(t->parser, XML_FALSE);
			return;
		}
		t->strings = v;
		v[t->nstrings++] = (struct ox_string){t->strings_text->len, 0};
	}
}

static void XMLCALL string_end(void *user, const XML_Char *name)
{
	struct ox_text *t = user;
	const char *local = ox_local(name);

	if (strcmp(local, "rPh") == 0)
		t->hidden -= t->hidden > 0;
	else if (strcmp(local, "t") == 0)
		t->taking = false;
}

static void XMLCALL string_text(void *user, const XML_Char *s, int n)
{
	struct ox_text *t = user;

	if (!t->taking || t->hidden || t->nstrings == 0)
		return;
	sk_buf_put(t->strings_text, s, (size_t)n);
	t->strings[t->nstrings - 1].n += (size_t)n;
}

/* --- number formats --- */

static uint8_t built_in(unsigned long id)
{
	if (id == 9 || id == 10)
		return SHOW_PERCENT;
	if (id == 22)
		return SHOW_BOTH;
	if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47) || (id >= 32 && id <= 33))
		return SHOW_TIME;
	if ((id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58))
		return SHOW_DATE;
	return SHOW_GENERAL;
}

/* The letters of a format code outside quotation marks, brackets and escapes. */
static uint8_t show_of(const char *code)
{
	bool date = false, clock = false, percent = false;

	for (; *code && *code != ';'; code++) {
		if (*code == '"' || *code == '[') {
			const char *end = strchr(code + 1, *code == '"' ? '"' : ']');
			if (end == NULL)
				break;
			clock |= *code == '[' && end == code + 2 && strchr("hHmMsS", code[1]);
			code = end;
		} else if ((*code == '\\' || *code == '_' || *code == '*') && code[1]) {
			code++;
		} else {
			date |= strchr("yYdDeEgG", *code) != NULL &&
				strncasecmp(code, "General", 7) != 0 &&
				!(strchr("eE", *code) && code[1] && strchr("+-", code[1]));
			clock |= strchr("hHsS", *code) != NULL;
			percent |= *code == '%';
			if (strncasecmp(code, "General", 7) == 0)
				code += 6;
		}
	}
	return date && clock ? SHOW_BOTH
	       : date        ? SHOW_DATE
	       : clock       ? SHOW_TIME
	       : percent     ? SHOW_PERCENT
			     : SHOW_GENERAL;
}

static void XMLCALL style_start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct ox_text *t = user;
	const char *local = ox_local(name);

	if (strcmp(local, "numFmt") == 0) {
		unsigned long id = number(ox_attribute(atts, "numFmtId"));
		const char *code = ox_attribute(atts, "formatCode");
		if (id < CUSTOM_FORMATS && code)
			t->custom[id] = (uint8_t)(show_of(code) + 1);
	} else if (strcmp(local, "cellXfs") == 0) {
		t->in_formats = true;
	} else if (strcmp(local, "xf") == 0 && t->in_formats) {
		unsigned long id = number(ox_attribute(atts, "numFmtId"));
		uint8_t *v = sk_arena_grow(
		    t->pkg->job->arena, t->formats, &t->formats_cap, t->nformats + 1, 1);
		if (v == NULL) {
			t->rc = SK_ENOMEM;
			XML_StopParser(t->parser, XML_FALSE);
			return;
		}
		t->formats = v;
		v[t->nformats++] = id < CUSTOM_FORMATS && t->custom[id]
				       ? (uint8_t)(t->custom[id] - 1)
				       : built_in(id);
	}
}

static void XMLCALL style_end(void *user, const XML_Char *name)
{
	struct ox_text *t = user;

	if (strcmp(ox_local(name), "cellXfs") == 0)
		t->in_formats = false;
}

static void XMLCALL no_text(void *user, const XML_Char *s, int n)
{
	(void)user;
	(void)s;
	(void)n;
}

/* --- values --- */

/* Year, month, day of a number of days since 1970-01-01 (proleptic Gregorian). */
static void civil(int64_t z, int64_t *year, unsigned *month, unsigned *day)
{
	z += 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	unsigned doe = (unsigned)(z - era * 146097);
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = (int64_t)yoe + era * 400 + (*month <= 2);
}

static void put_date(struct ox_text *t, double serial, uint8_t show)
{
	double whole = floor(serial);
	int64_t days = (int64_t)whole, seconds = (int64_t)llround((serial - whole) * 86400);

	if (seconds >= 86400) {
		days++;
		seconds -= 86400;
	}
	/* Excel's 1900 has a 29 February; before it, a day less. */
	if (!t->date1904 && days < 60)
		days++;
	int64_t year;
	unsigned month, day;
	civil(days - (t->date1904 ? 24107 : 25569), &year, &month, &day);
	if (show != SHOW_TIME)
		sk_buf_printf(t->out, "%04lld-%02u-%02u", (long long)year, month, day);
	if (show == SHOW_BOTH)
		sk_buf_putc(t->out, ' ');
	if (show != SHOW_DATE)
		sk_buf_printf(t->out, "%02d:%02d:%02d", (int)(seconds / 3600),
		    (int)(seconds / 60 % 60), (int)(seconds % 60));
}

static void put_number(struct ox_text *t, const char *s)
{
	char *end;
	double v = strtod(s, &end);
	uint8_t show = t->style < t->nformats ? t->formats[t->style] : SHOW_GENERAL;

	if (end == s || *end || !isfinite(v))
		sk_buf_puts(t->out, s);
	else if (show == SHOW_PERCENT)
		sk_buf_printf(t->out, "%.10g%%", v * 100);
	else if (show != SHOW_GENERAL && v >= 0 && v < 2958466)
		put_date(t, v, show);
	else
		sk_buf_printf(t->out, "%.15g", v);
}

/* Text of a cell stands on one line. */
static void put_text(struct ox_text *t, const uint8_t *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sk_buf_putc(t->out, s[i] == '\n' || s[i] == '\t' || s[i] == '\r' ? ' ' : s[i]);
}

static void put_value(struct ox_text *t)
{
	for (; t->last_column < t->column; t->last_column++)
		sk_buf_putc(t->out, '\t');
	sk_buf_putc(t->value, 0);
	const char *s = t->value->err ? "" : (const char *)t->value->p;
	if (t->type == 's') {
		unsigned long i = number(s);
		if (i < t->nstrings && !t->strings_text->err)
			put_text(t, t->strings_text->p + t->strings[i].at, t->strings[i].n);
	} else if (t->type == 'b') {
		sk_buf_puts(t->out, s[0] == '1' ? "TRUE" : "FALSE");
	} else if (t->type == 'n') {
		put_number(t, s);
	} else {
		put_text(t, (const uint8_t *)s, strlen(s));
	}
}

/* The column of a reference such as "AB12", from 0. */
static uint32_t column_of(const char *ref, uint32_t otherwise)
{
	uint32_t c = 0;

	for (; ref && ((*ref >= 'A' && *ref <= 'Z') || (*ref >= 'a' && *ref <= 'z')) && c < COLUMNS;
	     ref++)
		c = c * 26 + (uint32_t)((*ref | 32) - 'a') + 1;
	return c && c <= COLUMNS ? c - 1 : otherwise;
}

static char type_of(const char *t)
{
	if (t == NULL || strcmp(t, "n") == 0)
		return 'n';
	return strcmp(t, "s") == 0 ? 's' : strcmp(t, "b") == 0 ? 'b' : 't';
}

static void XMLCALL cell_start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct ox_text *t = user;
	const char *local = ox_local(name);

	if (strcmp(local, "c") == 0) {
		t->column = column_of(ox_attribute(atts, "r"), t->count);
		t->type = type_of(ox_attribute(atts, "t"));
		t->style = (uint32_t)number(ox_attribute(atts, "s"));
		t->count = t->column + 1;
		t->cells = 1;
		sk_buf_reset(t->value);
	} else if (strcmp(local, "row") == 0) {
		t->count = t->last_column = 0;
	} else if (strcmp(local, "rPh") == 0) {
		t->hidden++;
	} else if (strcmp(local, "v") == 0 || strcmp(local, "t") == 0) {
		t->taking = t->cells > 0;
	}
}

static void XMLCALL cell_end(void *user, const XML_Char *name)
{
	struct ox_text *t = user;
	const char *local = ox_local(name);

	if (strcmp(local, "v") == 0 || strcmp(local, "t") == 0) {
		t->taking = false;
	} else if (strcmp(local, "rPh") == 0) {
		t->hidden -= t->hidden > 0;
	} else if (strcmp(local, "c") == 0) {
		if (t->value->len)
			put_value(t);
		t->cells = 0;
	} else if (strcmp(local, "row") == 0 && t->out->len && t->out->p[t->out->len - 1] != '\n') {
		sk_buf_putc(t->out, '\n');
	}
}

static void XMLCALL cell_text(void *user, const XML_Char *s, int n)
{
	struct ox_text *t = user;

	if (t->taking && !t->hidden)
		sk_buf_put(t->value, s, (size_t)n);
}

/* --- the workbook --- */

static void XMLCALL book_start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct ox_text *t = user;
	const char *local = ox_local(name), *id = ox_relationship_id(atts);
	const char *title = ox_attribute(atts, "name"), *yes = ox_attribute(atts, "date1904");

	if (strcmp(local, "workbookPr") == 0)
		t->date1904 = yes && (strcmp(yes, "1") == 0 || strcmp(yes, "true") == 0);
	if (strcmp(local, "sheet") != 0 || title == NULL || id == NULL)
		return;
	for (size_t i = 0; i < t->rels.n; i++) {
		struct ox_rel *r = &t->rels.v[i];
		if (strcmp(r->id, id) != 0 || r->kind != OX_WORKSHEET || r->external || r->new_id)
			continue;
		/* The name of the sheet takes the place of the address, which is not needed any more. */
		r->target = sk_arena_str(t->pkg->job->arena, sk_slice_str(title));
		r->new_id = ++t->count;
	}
}

static void XMLCALL no_end(void *user, const XML_Char *name)
{
	(void)user;
	(void)name;
}

static int tables(struct ox_text *t)
{
	int rc = 0;

	for (size_t i = 0; i < t->rels.n && rc == 0; i++) {
		const struct ox_rel *r = &t->rels.v[i];
		if (r->external || r->member == NULL || r->member->seen)
			continue;
		if (r->kind == OX_SHARED_STRINGS)
			rc = ox_text_parse(t, r->member, string_start, string_end, string_text);
		else if (r->kind == OX_SHEET_STYLES)
			rc = ox_text_parse(t, r->member, style_start, style_end, no_text);
	}
	return rc;
}

static int sheets(struct ox_text *t, unsigned count)
{
	int rc = 0;

	for (unsigned n = 1; n <= count && rc == 0; n++)
		for (size_t i = 0; i < t->rels.n && rc == 0; i++) {
			const struct ox_rel *r = &t->rels.v[i];
			if (r->new_id != n || r->member == NULL || r->member->seen)
				continue;
			sk_buf_printf(t->out, "%s== %s ==\n", t->out->len ? "\n" : "",
			    r->target ? r->target : "");
			rc = ox_text_parse(t, r->member, cell_start, cell_end, cell_text);
		}
	return rc;
}

int ox_text_sheets(struct ox_text *t)
{
	struct sk_buf strings = SK_BUF(SK_LIMIT_MEMBER), value = SK_BUF(SK_LIMIT_XML_VALUE);

	t->strings_text = &strings;
	t->value = &value;
	t->custom = sk_arena_alloc(t->pkg->job->arena, CUSTOM_FORMATS);
	int rc = t->custom ? ox_rels_read(t->pkg, t->pkg->main, &t->rels) : SK_ENOMEM;
	if (rc == 0)
		rc = ox_text_parse(t, t->pkg->main, book_start, no_end, no_text);
	unsigned count = t->count;
	if (rc == 0)
		rc = tables(t);
	if (rc == 0)
		rc = sheets(t, count);
	sk_buf_free(&strings);
	sk_buf_free(&value);
	return rc;
}
