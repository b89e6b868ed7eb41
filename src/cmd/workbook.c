/*
 * Lists as workbooks (workbook.h, printer/book.h), for the printer as a role, and by hand: `sekisho-printer xlsx [ja|en]` reads the answer to `list`
 * (doc/front.md) on standard input and writes the document to standard output. It has no store, no key and no connection.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "cmd/asking.h"
#include "cmd/cli.h"
#include "cmd/workbook.h"
#include "printer/book.h"
#include "printer/print.h"

static const struct sk_book_column transfers[] = {
    {"received", N_("Received"), SK_BOOK_TIME, 19},
    {"state", N_("State"), SK_BOOK_WORD, 14},
    {"name", N_("Name of the file"), SK_BOOK_TEXT, 40},
    {"from", N_("From zone"), SK_BOOK_TEXT, 12},
    {"to", N_("To zone"), SK_BOOK_TEXT, 12},
    {"route", N_("Route"), SK_BOOK_TEXT, 14},
    {"class", N_("Class"), SK_BOOK_TEXT, 8},
    {"requester_name", N_("Sent by"), SK_BOOK_TEXT, 20},
    {"recipient", N_("For"), SK_BOOK_TEXT, 14},
    {"size", N_("Bytes brought"), SK_BOOK_NUMBER, 14},
    {"output_size", N_("Bytes cleaned"), SK_BOOK_NUMBER, 14},
    {"output_hash", N_("SHA-256 of the cleaned file"), SK_BOOK_TEXT, 66},
    {"id", N_("Transfer"), SK_BOOK_TEXT, 34},
};

static const struct sk_book_column entries[] = {
    {"index", N_("Entry"), SK_BOOK_NUMBER, 10},
    {"time", N_("Time"), SK_BOOK_TIME, 19},
    {"kind", N_("Kind"), SK_BOOK_TEXT, 18},
    {"transfer", N_("Transfer"), SK_BOOK_TEXT, 34},
    {"event", N_("State"), SK_BOOK_WORD, 14},
    {"by", N_("By"), SK_BOOK_WORD, 14},
    {"decision", N_("Decision"), SK_BOOK_WORD, 14},
    {"reason", N_("Reason"), SK_BOOK_WORD, 18},
    {"auth", N_("Login"), SK_BOOK_WORD, 14},
    {"personal.actor", N_("Who"), SK_BOOK_TEXT, 14},
    {"personal.requester", N_("Requester"), SK_BOOK_TEXT, 14},
    {"personal.recipient", N_("For"), SK_BOOK_TEXT, 14},
    {"personal.approver", N_("Approver"), SK_BOOK_TEXT, 14},
    {"personal.file", N_("Name of the file"), SK_BOOK_TEXT, 30},
    {"personal.comment", N_("Comment"), SK_BOOK_TEXT, 30},
    {"hash.in", N_("SHA-256 of the original"), SK_BOOK_TEXT, 66},
    {"hash.out", N_("SHA-256 of the cleaned file"), SK_BOOK_TEXT, 66},
    {"leaf", N_("Leaf hash in the ledger"), SK_BOOK_TEXT, 66},
};

static const struct {
	const char *name;
	const struct sk_book_column *columns;
	size_t n;
} tables[WORKBOOK_TABLES] = {
    [WORKBOOK_TRANSFERS] = {"transfers", transfers, sizeof(transfers) / sizeof(*transfers)},
    [WORKBOOK_ENTRIES] = {"entries", entries, sizeof(entries) / sizeof(*entries)},
};

enum workbook_table workbook_table(const char *name)
{
	enum workbook_table t = 0;

	while (t < WORKBOOK_TABLES && strcmp(tables[t].name, name) != 0)
		t++;
	return t;
}

/* The catalogue is in memory when it was asked once; English is what stands here. */
static void speak(const char *language)
{
	setenv("LANGUAGE", language, 1);
	textdomain("sekisho");
}

void workbook_init(void)
{
	cli_language("ja");
	(void)_(transfers[0].title);
}

static struct sk_book *begin(
    enum workbook_table table, struct sk_book_column shown[SK_BOOK_COLUMNS])
{
	for (size_t i = 0; i < tables[table].n; i++) {
		shown[i] = tables[table].columns[i];
		shown[i].title = _(shown[i].title);
	}
	return sk_book_new(shown, tables[table].n, asking_word);
}

static int put_line(struct sk_book *b, struct sk_slice line)
{
	json_t *row = json_loadb((const char *)line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
	int rc = json_is_object(row) ? sk_book_row(b, row) : SK_EFORMAT;

	json_decref(row);
	return rc;
}

static int put_lines(struct sk_book *b, struct sk_slice rows)
{
	int rc = 0;

	for (size_t at = 0, end; at < rows.n && rc == 0; at = end + 1) {
		end = sk_slice_find(rows, at, SK_SLICE_LIT("\n"));
		rc = end == SIZE_MAX ? SK_EFORMAT : put_line(b, sk_slice_sub(rows, at, end - at));
	}
	return rc;
}

int workbook_make(enum workbook_table table, struct sk_slice rows, const char *language, bool cut,
    struct sk_buf *out)
{
	struct sk_book_column shown[SK_BOOK_COLUMNS];

	speak(language);
	struct sk_book *b = begin(table, shown);
	int rc = b ? put_lines(b, rows) : SK_ENOMEM;

	if (rc == 0)
		rc = sk_book_end(
		    b, cut ? _("There are more than these: look for less at a time.") : NULL, out);
	sk_book_free(b);
	return rc;
}

/* --- by hand --- */

/* The rows of an answer, as a gate gives them. */
static int lines_of(const json_t *answer, struct sk_buf *rows)
{
	const json_t *list = json_object_get(answer, "transfers"), *row;
	size_t i;

	if (!json_is_array(list))
		return SK_EFORMAT;
	json_array_foreach(list, i, row)
	{
		char *text = json_dumps(row, JSON_COMPACT);
		if (text) {
			sk_buf_puts(rows, text);
			sk_buf_putc(rows, '\n');
		}
		free(text);
		if (text == NULL)
			return SK_ENOMEM;
	}
	return rows->err;
}

int workbook(int argc, char **argv)
{
	struct sk_buf rows = SK_BUF(SK_PRINT_ROWS), out = SK_BUF(SK_PRINT_BYTES);
	const char *language = argc == 3 ? argv[2] : "ja";

	if (argc < 2 || argc > 3 || strcmp(argv[1], "xlsx") != 0) {
		fprintf(stderr, "usage: sekisho-printer xlsx [ja|en]\n");
		return 2;
	}
	cli_language(language);
	json_t *answer = json_loadf(stdin, JSON_REJECT_DUPLICATES, NULL);
	int rc = lines_of(answer, &rows);
	if (rc == 0)
		rc = workbook_make(WORKBOOK_TRANSFERS, sk_buf_slice(&rows), language,
		    json_object_get(answer, "next") != NULL, &out);
	json_decref(answer);
	if (rc == SK_EFORMAT)
		fprintf(stderr, "sekisho-printer: this is no list of transfers\n");
	else if (rc || sk_write_all(STDOUT_FILENO, out.p, out.len))
		fprintf(stderr, "sekisho-printer: the document cannot be written\n");
	rc = rc || out.len == 0;
	sk_buf_free(&rows);
	sk_buf_free(&out);
	return rc;
}
