/*
 * Plain text and tables as a flat OpenDocument file (ODF 1.3 part 3, 3.1.2), for LibreOffice to print: A4, a typewriter
 * face so that columns stand, a table over the whole width with its rows in borders. Cleaner's jail.
 */
#include "format/text/text.h"

#include <string.h>

#define COLUMNS 1024 /* more than paper has room for: the rest of a row goes into its last cell */

static const char head[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\""
    " xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\""
    " xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\""
    " xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\""
    " xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\""
    " office:version=\"1.3\" office:mimetype=\"application/vnd.oasis.opendocument.text\">"
    "<office:automatic-styles>"
    "<style:style style:name=\"L\" style:family=\"paragraph\"><style:text-properties"
    " style:font-name=\"Noto Sans Mono CJK JP\" fo:font-family=\"Noto Sans Mono CJK JP\""
    " style:font-family-asian=\"Noto Sans Mono CJK JP\" fo:font-size=\"9pt\""
    " style:font-size-asian=\"9pt\"/></style:style>"
    "<style:style style:name=\"C\" style:family=\"table-cell\"><style:table-cell-properties"
    " fo:border=\"0.5pt solid #808080\" fo:padding=\"1mm\"/></style:style>"
    "<style:page-layout style:name=\"A4\"><style:page-layout-properties fo:page-width=\"210mm\""
    " fo:page-height=\"297mm\" fo:margin=\"15mm\"/></style:page-layout>"
    "</office:automatic-styles><office:master-styles>"
    "<style:master-page style:name=\"Standard\" style:page-layout-name=\"A4\"/>"
    "</office:master-styles><office:body><office:text>";
static const char tail[] = "</office:text></office:body></office:document>\n";

/* White space is collapsed in ODF unless it is spelled out (part 3, 6.1.2). */
static void put_text(struct sk_buf *out, struct sk_slice s)
{
	size_t start = 0;

	for (size_t i = 0; i < s.n; i++) {
		bool plain = i && i + 1 < s.n && s.p[i - 1] != ' ' && s.p[i - 1] != '\t';
		if (s.p[i] != '\t' && (s.p[i] != ' ' || plain))
			continue;
		sk_text_escape(out, sk_slice_sub(s, start, i - start), false);
		sk_buf_puts(out, s.p[i] == '\t' ? "<text:tab/>" : "<text:s/>");
		start = i + 1;
	}
	sk_text_escape(out, sk_slice_sub(s, start, s.n), false);
}

static void put_line(struct sk_buf *out, struct sk_slice line)
{
	sk_buf_puts(out, "<text:p text:style-name=\"L\">");
	put_text(out, line);
	sk_buf_puts(out, "</text:p>");
}

/* The next piece of `s` up to `end`, or to its end; false when there is none. */
static bool next(struct sk_slice *s, char end, struct sk_slice *piece)
{
	const uint8_t *at = s->n ? memchr(s->p, end, s->n) : NULL;

	if (s->p == NULL)
		return false;
	size_t n = at ? (size_t)(at - s->p) : s->n;
	*piece = sk_slice_sub(*s, 0, n);
	*s = at ? sk_slice_sub(*s, n + 1, s->n) : (struct sk_slice){0};
	return true;
}

static size_t cells(struct sk_slice row)
{
	size_t n = 1;

	for (size_t i = 0; i < row.n; i++)
		n += row.p[i] == '\t';
	return n < COLUMNS ? n : COLUMNS;
}

static void put_row(struct sk_buf *out, struct sk_slice row, size_t columns)
{
	struct sk_slice cell;

	sk_buf_puts(out, "<table:table-row>");
	for (size_t i = 0; i < columns; i++) {
		if (i + 1 == columns) {
			cell = row;
			row = (struct sk_slice){0};
		} else if (!next(&row, '\t', &cell)) {
			cell = (struct sk_slice){0};
		}
		sk_buf_puts(out, "<table:table-cell table:style-name=\"C\">");
		put_line(out, cell);
		sk_buf_puts(out, "</table:table-cell>");
	}
	sk_buf_puts(out, "</table:table-row>");
}

/* Lines end in LF or CR LF. */
static bool next_line(struct sk_slice *text, struct sk_slice *line)
{
	if (text->n == 0 || !next(text, '\n', line))
		return false;
	if (line->n && line->p[line->n - 1] == '\r')
		line->n--;
	return true;
}

static void put_table(struct sk_buf *out, struct sk_slice text)
{
	struct sk_slice rest = text, row;
	size_t columns = 1;

	while (next_line(&rest, &row))
		columns = cells(row) > columns ? cells(row) : columns;
	sk_buf_printf(out,
	    "<table:table><table:table-column table:number-columns-repeated=\"%zu\"/>", columns);
	for (rest = text; next_line(&rest, &row);)
		put_row(out, row, columns);
	sk_buf_puts(out, "</table:table>");
}

int sk_text_page(struct sk_slice text, bool table, struct sk_buf *out)
{
	struct sk_slice line;

	if (sk_slice_starts(text, SK_SLICE_LIT("\xEF\xBB\xBF")))
		text = sk_slice_sub(text, 3, text.n);
	sk_buf_puts(out, head);
	if (table)
		put_table(out, text);
	else
		while (next_line(&text, &line))
			put_line(out, line);
	return sk_buf_puts(out, tail);
}

int sk_text_print(struct sk_job *job, struct sk_slice text, bool table, struct sk_output *out)
{
	struct sk_buf page = SK_BUF(job->limits->output);
	int rc = sk_text_page(text, table, &page);

	if (rc == 0)
		rc = job->services->print(job, sk_buf_slice(&page), SK_FT_ODT, out);
	sk_buf_free(&page);
	return rc;
}
