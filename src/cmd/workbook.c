/*
 * sekisho-printer xlsx, called by hand (workbook.h): makes a document of what a post has answered. It reads the answer on standard input, writes the document to
 * standard output, and has no store, no key and no connection. Who runs it: the caller's process.
 *
 * sekisho-printer xlsx [ja|en]: a list of transfers (doc/front.md, `list`) as a workbook. Every name is text: one that begins like a formula
 * is none (ECMA-376, part 1, section 18.18.11, `s`).
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "base/fd.h"
#include "cmd/asking.h"
#include "cmd/cli.h"
#include "cmd/workbook.h"

#define TOKYO 32400
#define ROWS 1048575 /* Excel's, without the head */

enum kind { TEXT, WORD, TIME, NUMBER };

static const struct column {
	const char *member, *title;
	enum kind kind;
	double width; /* of so many digits */
} columns[] = {
    {"received", N_("Received"), TIME, 19},
    {"state", N_("State"), WORD, 14},
    {"name", N_("Name of the file"), TEXT, 40},
    {"from", N_("From zone"), TEXT, 12},
    {"to", N_("To zone"), TEXT, 12},
    {"route", N_("Route"), TEXT, 14},
    {"class", N_("Class"), TEXT, 8},
    {"requester_name", N_("Sent by"), TEXT, 20},
    {"recipient", N_("For"), TEXT, 14},
    {"size", N_("Bytes brought"), NUMBER, 14},
    {"output_size", N_("Bytes cleaned"), NUMBER, 14},
    {"output_hash", N_("SHA-256 of the cleaned file"), TEXT, 66},
    {"id", N_("Transfer"), TEXT, 34},
};
#define COLUMNS (sizeof(columns) / sizeof(*columns))

struct sheet {
	lxw_worksheet *at;
	lxw_format *head, *time, *number;
};

static lxw_error put(
    const struct sheet *s, lxw_row_t row, lxw_col_t col, const struct column *c, const json_t *v)
{
	const char *text = json_string_value(v);

	if (c->kind == TIME && json_is_integer(v))
		return worksheet_write_unixtime(
		    s->at, row, col, json_integer_value(v) / 1000 + TOKYO, s->time);
	if (c->kind == NUMBER && json_is_integer(v))
		return worksheet_write_number(
		    s->at, row, col, (double)json_integer_value(v), s->number);
	if (text == NULL)
		return LXW_NO_ERROR;
	return worksheet_write_string(
	    s->at, row, col, c->kind == WORD ? asking_word(text) : text, NULL);
}

static lxw_error put_head(const struct sheet *s)
{
	lxw_error rc = LXW_NO_ERROR;

	for (size_t i = 0; i < COLUMNS && rc == LXW_NO_ERROR; i++) {
		rc =
		    worksheet_set_column(s->at, (lxw_col_t)i, (lxw_col_t)i, columns[i].width, NULL);
		if (rc == LXW_NO_ERROR)
			rc = worksheet_write_string(
			    s->at, 0, (lxw_col_t)i, _(columns[i].title), s->head);
	}
	worksheet_freeze_panes(s->at, 1, 0);
	return rc;
}

static lxw_error put_all(const struct sheet *s, const json_t *transfers)
{
	lxw_error rc = put_head(s);

	for (size_t i = 0; i < json_array_size(transfers) && rc == LXW_NO_ERROR; i++)
		for (size_t k = 0; k < COLUMNS && rc == LXW_NO_ERROR; k++)
			rc = put(s, (lxw_row_t)i + 1, (lxw_col_t)k, &columns[k],
			    json_object_get(json_array_get(transfers, i), columns[k].member));
	if (rc == LXW_NO_ERROR && json_array_size(transfers))
		rc = worksheet_autofilter(
		    s->at, 0, 0, (lxw_row_t)json_array_size(transfers), COLUMNS - 1);
	return rc;
}

/* The library writes to a file of a name: one in memory. */
static int make(const json_t *transfers, int fd)
{
	char path[32];
	struct sheet s;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	lxw_workbook *book = workbook_new(path);
	if (book == NULL)
		return -1;
	s.at = workbook_add_worksheet(book, NULL);
	s.head = workbook_add_format(book);
	s.time = workbook_add_format(book);
	s.number = workbook_add_format(book);
	lxw_error rc =
	    s.at && s.head && s.time && s.number ? LXW_NO_ERROR : LXW_ERROR_MEMORY_MALLOC_FAILED;
	if (rc == LXW_NO_ERROR) {
		format_set_bold(s.head);
		format_set_num_format(s.time, "yyyy-mm-dd hh:mm:ss");
		format_set_num_format(s.number, "#,##0");
		rc = put_all(&s, transfers);
	}
	lxw_error end = workbook_close(book);
	return rc == LXW_NO_ERROR && end == LXW_NO_ERROR ? 0 : -1;
}

static int print(const json_t *answer)
{
	const json_t *transfers = json_object_get(answer, "transfers");
	sk_autoclose int fd = sk_memfd("document");
	struct sk_slice all = {0};

	if (!json_is_array(transfers) || json_array_size(transfers) > ROWS)
		return fprintf(stderr, "sekisho-printer: this is no list of transfers\n"), 1;
	if (fd < 0 || make(transfers, fd) || sk_map(fd, &all) ||
	    sk_write_all(STDOUT_FILENO, all.p, all.n))
		return fprintf(stderr, "sekisho-printer: the document cannot be written\n"), 1;
	sk_unmap(&all);
	return 0;
}

int workbook(int argc, char **argv)
{
	json_error_t error;

	if (argc < 2 || argc > 3 || strcmp(argv[1], "xlsx") != 0) {
		fprintf(stderr, "usage: sekisho-printer xlsx [ja|en]\n");
		return 2;
	}
	cli_language(argc == 3 ? argv[2] : "ja");
	json_t *answer = json_loadf(stdin, JSON_REJECT_DUPLICATES, &error);
	int status = print(answer);
	json_decref(answer);
	return status;
}
