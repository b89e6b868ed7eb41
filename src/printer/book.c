/* Workbooks: book.h. */
#include "printer/book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "container/zip.h"

#define TOKYO 32400
#define DAYS_1900 25569 /* from the first day of a sheet to 1970 */
#define ROWS 1048576    /* of a sheet (Excel's), with the head */
#define CELL 32767      /* characters of a cell (Excel's) */
#define LEVEL 6         /* of deflate */
#define MEMORY ((size_t)96 << 20)
#define PIECE ((size_t)64 << 10)

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELS "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/"

/* Places in cellXfs of the styles below. */
enum style { PLAIN, BOLD, DATE, COUNT };

static const struct {
	const char *name, *text;
} parts[] = {
    {"[Content_Types].xml", HEAD
	"<Types xmlns=\"" PACKAGE "content-types\">"
	"<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
	"<Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>"
	"<Override PartName=\"/xl/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/>"
	"<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
	"</Types>"},
    {"_rels/.rels", HEAD "<Relationships xmlns=\"" PACKAGE
			 "relationships\"><Relationship Id=\"rId1\" Type=\"" RELS
			 "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
    {"xl/workbook.xml", HEAD
	"<workbook xmlns=\"" MAIN "\" xmlns:r=\"" RELS
	"\"><sheets><sheet name=\"sekisho\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels", HEAD
	"<Relationships xmlns=\"" PACKAGE "relationships\"><Relationship Id=\"rId1\" Type=\"" RELS
	"/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"" RELS
	"/styles\" Target=\"styles.xml\"/></Relationships>"},
    {"xl/styles.xml", HEAD
	"<styleSheet xmlns=\"" MAIN
	"\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"yyyy-mm-dd hh:mm:ss\"/></numFmts>"
	"<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Yu Gothic\"/></font><font><b/><sz val=\"11\"/><name val=\"Yu Gothic\"/></font></fonts>"
	"<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>"
	"<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
	"<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
	"<cellXfs count=\"4\"><xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
	"<xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/>"
	"<xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
	"<xf numFmtId=\"3\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/></cellXfs>"
	"<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>"},
};
#define PARTS (sizeof(parts) / sizeof(*parts))

struct sk_book {
	const struct sk_book_column *columns;
	size_t n;
	const char *(*say)(const char *word);
	struct sk_zip_packer *packer;
	struct sk_arena *arena;
	struct sk_buf piece; /* of the sheet, not deflated yet */
	unsigned rows;       /* with the head */
};

/* --- one cell --- */

/* Signs of XML, and what XML has no sign for (ECMA-376, part 1, section 22.9.2.19, ST_Xstring). */
static void put_sign(struct sk_buf *b, const char *p, size_t n)
{
	unsigned char c = (unsigned char)*p;

	if (c == '<' || c == '>' || c == '&')
		sk_buf_puts(b, c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&amp;");
	else if (c < 0x20 && c != '\t' && c != '\n')
		sk_buf_printf(b, "_x%04X_", c);
	else if (n == 3 && memcmp(p, "\xef\xbf", 2) == 0 && (unsigned char)p[2] >= 0xbe)
		sk_buf_puts(b, "\xef\xbf\xbd");
	else
		sk_buf_put(b, p, n);
}

static size_t bytes_of(unsigned char c)
{
	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* What reads like such a code itself begins with the code of its own first sign. */
static bool is_code(const char *p)
{
	return p[0] == '_' && p[1] == 'x' && strspn(p + 2, "0123456789abcdefABCDEF") >= 4 &&
	       p[6] == '_';
}

static void put_text(struct sk_buf *b, enum style style, const char *text)
{
	size_t left = CELL;

	sk_buf_printf(b, "<c t=\"inlineStr\" s=\"%d\"><is><t xml:space=\"preserve\">", style);
	for (size_t n; *text && left; text += n, left--) {
		n = bytes_of((unsigned char)*text);
		if (is_code(text))
			sk_buf_puts(b, "_x005F_");
		else
			put_sign(b, text, n);
	}
	sk_buf_puts(b, "</t></is></c>");
}

static void put_time(struct sk_buf *b, int64_t ms)
{
	int64_t s = ms / 1000 + TOKYO;
	double days = (double)s / 86400 + DAYS_1900;

	sk_buf_printf(b, "<c s=\"%d\"><v>%.10f</v></c>", DATE, days);
}

static void put_cell(struct sk_book *b, const struct sk_book_column *c, const json_t *v)
{
	const char *text = json_string_value(v);

	if (c->kind == SK_BOOK_TIME && json_is_integer(v))
		put_time(&b->piece, json_integer_value(v));
	else if (c->kind == SK_BOOK_NUMBER && json_is_integer(v))
		sk_buf_printf(&b->piece, "<c s=\"%d\"><v>%lld</v></c>", COUNT,
		    (long long)json_integer_value(v));
	else if (text)
		put_text(&b->piece, PLAIN, c->kind == SK_BOOK_WORD ? b->say(text) : text);
	else
		sk_buf_puts(&b->piece, "<c/>");
}

/* --- the sheet --- */

static int flush(struct sk_book *b, size_t most)
{
	if (b->piece.err || b->piece.len < most)
		return b->piece.err;
	int rc = sk_zip_packer_put(b->packer, sk_buf_slice(&b->piece));

	sk_buf_reset(&b->piece);
	return rc;
}

static void put_head(struct sk_book *b)
{
	sk_buf_puts(&b->piece, HEAD
	    "<worksheet xmlns=\"" MAIN
	    "\"><sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" "
	    "activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols>");
	for (size_t i = 0; i < b->n; i++)
		sk_buf_printf(&b->piece,
		    "<col min=\"%zu\" max=\"%zu\" width=\"%.2f\" customWidth=\"1\"/>", i + 1, i + 1,
		    b->columns[i].width);
	sk_buf_puts(&b->piece, "</cols><sheetData><row>");
	for (size_t i = 0; i < b->n; i++)
		put_text(&b->piece, BOLD, b->columns[i].title);
	sk_buf_puts(&b->piece, "</row>");
	b->rows = 1;
}

struct sk_book *sk_book_new(
    const struct sk_book_column *columns, size_t n, const char *(*say)(const char *word))
{
	struct sk_book *b = n <= SK_BOOK_COLUMNS ? calloc(1, sizeof(*b)) : NULL;

	if (b == NULL)
		return NULL;
	*b = (struct sk_book){.columns = columns, .n = n, .say = say};
	b->piece = SK_BUF((size_t)SK_BOOK_COLUMNS * CELL * 8);
	b->packer = sk_zip_packer_new(LEVEL);
	b->arena = sk_arena_new(MEMORY);
	if (b->packer && b->arena)
		put_head(b);
	if (b->rows && b->piece.err == 0)
		return b;
	sk_book_free(b);
	return NULL;
}

void sk_book_free(struct sk_book *b)
{
	if (b == NULL)
		return;
	sk_zip_packer_free(b->packer);
	sk_arena_free(b->arena);
	sk_buf_free(&b->piece);
	free(b);
}

int sk_book_row(struct sk_book *b, const json_t *row)
{
	if (b->rows == ROWS - 1) /* one is for the note */
		return SK_ELIMIT;
	b->rows++;
	sk_buf_puts(&b->piece, "<row>");
	for (size_t i = 0; i < b->n; i++)
		put_cell(b, &b->columns[i], json_object_get(row, b->columns[i].member));
	sk_buf_puts(&b->piece, "</row>");
	return flush(b, PIECE);
}

static int end_sheet(struct sk_book *b, const char *note, struct sk_zip_packed *packed)
{
	if (note) {
		sk_buf_puts(&b->piece, "<row>");
		put_text(&b->piece, BOLD, note);
		sk_buf_puts(&b->piece, "</row>");
	}
	sk_buf_puts(&b->piece, "</sheetData>");
	if (b->rows > 1)
		sk_buf_printf(
		    &b->piece, "<autoFilter ref=\"A1:%c%u\"/>", (char)('A' + b->n - 1), b->rows);
	sk_buf_puts(&b->piece, "</worksheet>");
	int rc = flush(b, 0);
	return rc ? rc : sk_zip_packer_end(b->packer, b->arena, packed);
}

int sk_book_end(struct sk_book *b, const char *note, struct sk_buf *out)
{
	struct sk_zip_packed sheet;
	struct sk_zip_writer *w;
	int rc = end_sheet(b, note, &sheet);

	if (rc)
		return rc;
	w = sk_zip_writer_new(out);
	rc = w ? 0 : SK_ENOMEM;
	for (size_t i = 0; i < PARTS && rc == 0; i++)
		rc = sk_zip_writer_add(w, parts[i].name, sk_slice_str(parts[i].text), LEVEL);
	if (rc == 0)
		rc = sk_zip_writer_add_packed(w, "xl/worksheets/sheet1.xml", &sheet);
	if (rc == 0)
		rc = sk_zip_writer_end(w);
	sk_zip_writer_free(w);
	return rc ? rc : out->err;
}
