/*
 * Method text: what a document says, as plain lines. Paragraphs one a line, tables as tab-separated lines, sheets and
 * slides under a line with their name, notes and comments in brackets where they stand; headers, footers and what else
 * stands on every page once, without its fields. Runs in the cleaner's jail.
 */
#include <ctype.h>
#include <expat.h>

#include "format/odf/names.h"
#include "format/odf/odf.h"

#define SPACES_MAX 4096 /* of one text:s */
#define REPEAT_MAX 256  /* of one cell or row that says something */

struct text {
	struct sk_job *job;
	struct sk_buf *out;
	XML_Parser parser;
	unsigned hidden;    /* depth inside what is not shown */
	unsigned cells;     /* tables in cells */
	unsigned paragraph; /* paragraphs open: notes stand in paragraphs */
	unsigned tabs;      /* empty cells that have not been written */
	uint32_t repeat;    /* of the cell that is open */
	size_t cell;        /* where it begins in the output */
	size_t master;      /* where what stands on every page begins in the output */
	bool row;           /* something stands in this row */
	bool masters;       /* inside what stands on every page */
};

static bool is(const char *name, uint16_t *id, const char **local)
{
	const char *sep = strrchr(name, '\n');

	*local = sep ? sep + 1 : name;
	*id = od_name(od_ns(name, sep ? (size_t)(sep - name) : 0), *local);
	return *id != 0;
}

static const char *value(const char **atts, uint16_t want)
{
	uint16_t id;
	const char *local;

	for (; *atts; atts += 2)
		if (is(atts[0], &id, &local) && id == want)
			return atts[1];
	return NULL;
}

static uint32_t number(const char *s, uint32_t fallback, uint32_t max)
{
	unsigned long n = s ? strtoul(s, NULL, 10) : fallback;

	return n < 1 ? 1 : n > max ? max : (uint32_t)n;
}

/* Not part of what the document shows: changes that are gone, index sources, forms, styles. */
static bool is_hidden(uint16_t id)
{
	static const uint16_t list[] = {N_text_tracked_changes, N_table_tracked_changes,
	    N_office_forms, N_office_automatic_styles, N_office_styles, N_office_font_face_decls,
	    N_office_meta, N_office_settings, N_office_scripts, N_office_binary_data,
	    N_text_note_citation, N_text_ruby_text, N_dc_creator, N_dc_date,
	    N_meta_creator_initials, N_table_content_validations, N_svg_title, N_svg_desc,
	    N_office_dde_source, N_loext_p, N_math_annotation, N_text_script};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i] == id)
			return true;
	return false;
}

/* What a page fills in itself; on every page it says nothing. */
static bool is_field(uint16_t id)
{
	static const uint16_t list[] = {N_text_page_number, N_text_page_count, N_text_sheet_name,
	    N_text_date, N_text_time, N_text_title, N_text_file_name};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i] == id)
			return true;
	return false;
}

static bool is_set(const char **atts, uint16_t id, const char *want)
{
	const char *s = value(atts, id);
	return s && strcmp(s, want) == 0;
}

/* Prompts of empty places, headers that are switched off, fields of every page. */
static bool is_unseen(const struct text *t, uint16_t id, const char **atts)
{
	if (id == N_draw_frame || id == N_draw_custom_shape)
		return is_set(atts, N_presentation_placeholder, "true");
	return t->masters && (is_field(id) || is_set(atts, N_style_display, "false"));
}

static bool says_something(const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] >= 0x80 || isalnum(p[i]))
			return true;
	return false;
}

/* Whether a whole line of `all`, behind `from` and before `to`, is this one. */
static bool stands_already(struct sk_slice all, size_t from, size_t to, struct sk_slice line)
{
	struct sk_slice before = sk_slice_sub(all, 0, to);

	for (size_t at; (at = sk_slice_find(before, from, line)) < to; from = at + 1)
		if ((at == 0 || all.p[at - 1] == '\n') && all.p[at + line.n] == '\n')
			return true;
	return false;
}

/* A line of every page that only held a field, or that stands on other pages, too, is not repeated. */
static void settle_line(struct text *t)
{
	struct sk_slice all = sk_slice(t->out->p, t->out->len);
	size_t at = t->out->len;

	while (at > t->master && all.p[at - 1] != '\n')
		at--;
	struct sk_slice line = sk_slice_sub(all, at, all.n);
	if (t->out->err || line.n == 0)
		return;
	if (says_something(line.p, line.n) && !stands_already(all, t->master, at, line))
		sk_buf_putc(t->out, '\n');
	else
		t->out->len = at;
}

static void end_line(struct text *t)
{
	size_t n = t->out->len;

	if (t->paragraph > 1 || t->cells) {
		/* Paragraphs of one cell or note stand beside each other. */
		if (n > t->cell && t->out->p[n - 1] != '\n' && t->out->p[n - 1] != '[')
			sk_buf_putc(t->out, ' ');
		return;
	}
	if (t->masters)
		settle_line(t);
	else
		sk_buf_putc(t->out, '\n');
}

static void begin_cell(struct text *t, const char **atts)
{
	uint32_t repeat =
	    number(value(atts, N_table_number_columns_repeated), 1, SK_LIMIT_PDF_OBJECTS);

	if (t->cells++)
		return;
	t->repeat = repeat;
	for (unsigned i = 0; i < t->tabs && i < REPEAT_MAX; i++)
		sk_buf_putc(t->out, '\t');
	t->cell = t->out->len;
}

/* Tabs of cells that are empty wait for one that is not. */
static void end_cell(struct text *t)
{
	if (t->cells == 0 || --t->cells)
		return;
	while (t->out->len > t->cell && t->out->p[t->out->len - 1] == ' ')
		t->out->len--;
	size_t n = t->out->len - t->cell;
	if (n == 0) {
		unsigned wrote = t->tabs < REPEAT_MAX ? t->tabs : REPEAT_MAX;
		t->out->len -= wrote < t->out->len ? wrote : t->out->len;
		t->tabs += t->repeat;
		return;
	}
	t->row = true;
	for (uint32_t i = 1; i < t->repeat && i < REPEAT_MAX && !t->out->err; i++) {
		sk_buf_reserve(t->out, n + 1);
		sk_buf_putc(t->out, '\t');
		sk_buf_put(t->out, t->out->p + t->cell, n);
	}
	t->tabs = 1;
}

static void end_row(struct text *t)
{
	if (t->cells)
		return;
	if (t->row)
		sk_buf_putc(t->out, '\n');
	t->row = false;
	t->tabs = 0;
}

static void title(struct text *t, const char *name)
{
	if (name == NULL || t->cells)
		return;
	if (t->out->len)
		sk_buf_putc(t->out, '\n');
	sk_buf_printf(t->out, "[%s]\n", name);
}

static void spaces(struct text *t, const char **atts)
{
	sk_buf_fill(t->out, ' ', number(value(atts, N_text_c), 1, SPACES_MAX));
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **atts)
{
	struct text *t = user;
	const char *local;
	uint16_t id;

	if (t->hidden || (is(name, &id, &local) && (is_hidden(id) || is_unseen(t, id, atts)))) {
		t->hidden++;
		return;
	}
	switch (id) {
	case N_text_p:
	case N_text_h:
	case N_presentation_header_decl:
	case N_presentation_footer_decl:
		t->paragraph++;
		break;
	case N_office_master_styles:
		t->masters = true;
		t->master = t->out->len;
		break;
	case N_text_note:
	case N_office_annotation:
		sk_buf_putc(t->out, '[');
		t->paragraph += 2;
		break;
	case N_text_s:
		spaces(t, atts);
		break;
	case N_text_tab:
		sk_buf_putc(t->out, t->cells ? ' ' : '\t');
		break;
	case N_text_line_break:
		sk_buf_putc(t->out, t->cells ? ' ' : '\n');
		break;
	case N_table_table_cell:
	case N_table_covered_table_cell:
	case N_loext_table_cell:
		begin_cell(t, atts);
		break;
	case N_table_table:
		title(t, value(atts, N_table_name));
		break;
	case N_draw_page:
		sk_report_pages(t->job->report, 1);
		title(t, value(atts, N_draw_name));
		break;
	default:
		break;
	}
}

static void XMLCALL on_end(void *user, const XML_Char *name)
{
	struct text *t = user;
	const char *local;
	uint16_t id;

	if (t->hidden) {
		t->hidden--;
		return;
	}
	is(name, &id, &local);
	switch (id) {
	case N_text_p:
	case N_text_h:
	case N_presentation_header_decl:
	case N_presentation_footer_decl:
		end_line(t);
		t->paragraph--;
		break;
	case N_office_master_styles:
		t->masters = false;
		break;
	case N_text_note:
	case N_office_annotation:
		if (t->out->len && t->out->p[t->out->len - 1] == ' ')
			t->out->len--;
		sk_buf_putc(t->out, ']');
		t->paragraph -= 2;
		break;
	case N_table_table_cell:
	case N_table_covered_table_cell:
	case N_loext_table_cell:
		end_cell(t);
		break;
	case N_table_table_row:
	case N_loext_table_row:
		end_row(t);
		break;
	default:
		break;
	}
}

/* In text runs of blanks and line ends of the file are one blank (ODF 1.3 part 3, 6.1.2). */
static void XMLCALL on_text(void *user, const XML_Char *s, int n)
{
	struct text *t = user;

	if (t->hidden || t->paragraph == 0)
		return;
	for (int i = 0; i < n; i++) {
		bool blank = s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r';
		uint8_t last = t->out->len ? t->out->p[t->out->len - 1] : '\n';
		if (!blank)
			sk_buf_putc(t->out, (uint8_t)s[i]);
		else if (last != ' ' && last != '\n')
			sk_buf_putc(t->out, ' ');
	}
}

static void XMLCALL on_doctype(
    void *user, const XML_Char *a, const XML_Char *b, const XML_Char *c, int internal)
{
	struct text *t = user;

	(void)a;
	(void)b;
	(void)c;
	(void)internal;
	XML_StopParser(t->parser, XML_FALSE);
}

int od_text_part(struct sk_job *job, struct sk_slice in, const char *name, struct sk_buf *out)
{
	struct text t = {.job = job, .out = out, .parser = XML_ParserCreateNS(NULL, '\n')};

	if (t.parser == NULL)
		return SK_ENOMEM;
	XML_SetUserData(t.parser, &t);
	XML_SetElementHandler(t.parser, on_start, on_end);
	XML_SetCharacterDataHandler(t.parser, on_text);
	XML_SetStartDoctypeDeclHandler(t.parser, on_doctype);
	enum XML_Status st = XML_Parse(t.parser, (const char *)in.p, (int)in.n, 1);
	XML_ParserFree(t.parser);
	if (out->err)
		return out->err;
	return st == XML_STATUS_OK ? 0 : sk_job_refuse(job, SK_REASON_DAMAGED, "%s", name);
}
