/* What the files of this folder share. Cleaner's jail. */
#ifndef SK_FORMAT_TEXT_TEXT_H
#define SK_FORMAT_TEXT_TEXT_H

#include "format/handler.h"
#include "format/text/charset.h"
#include "format/text/filter.h"

/*
 * csv and tsv: `in` is filtered UTF-8 without a byte-order mark, out is empty. *guarded: cells
 * marked as text. 0, SK_EFORMAT or out's error.
 */
int sk_text_table(struct sk_slice in, enum sk_filetype type, struct sk_buf *out, uint32_t *guarded);
/* Method text: the cells joined by TAB, no byte-order mark. */
int sk_text_table_plain(struct sk_slice in, enum sk_filetype type, struct sk_buf *out);

/* The delimiter that fits the first records of a table, never 0. */
uint8_t sk_text_delimiter(struct sk_slice in);

/*
 * JSON: `in` is UTF-8. out NULL: only checks. 0, SK_EFORMAT (*why then names the rule), SK_ELIMIT with *why where it
 * is nested too deeply, or out's error, *why NULL then.
 */
int sk_text_json(
    struct sk_slice in, struct sk_buf *out, struct sk_text_counts *counts, const char **why);

/* The encoding that an XML declaration names, SK_CS_COUNT when it names none. *unknown: one we cannot read. */
enum sk_charset sk_text_declared(struct sk_slice in, bool *unknown);

/* XML: `in` is UTF-8. Refuses by the job. `plain`: only the text of the elements (method text). */
int sk_text_xml(struct sk_job *job, struct sk_slice in, bool plain, struct sk_buf *out);

/* Append text, or the value of an attribute, with what XML needs escaped. */
void sk_text_escape(struct sk_buf *out, struct sk_slice s, bool attribute);

/* Cleaned text as a document to print (flat ODF): its lines, or a table whose cells have tabs between them. */
int sk_text_page(struct sk_slice text, bool table, struct sk_buf *out);

/* That page printed and drawn: method flatten of what is text. */
int sk_text_print(struct sk_job *job, struct sk_slice text, bool table, struct sk_output *out);

/* An apostrophe where txt, csv and tsv would be taken for another kind of file; told to the job. */
int sk_text_mark(struct sk_job *job, struct sk_buf *b);

void sk_text_probe(struct sk_slice in, const char *name, struct sk_report *claims);

#endif
