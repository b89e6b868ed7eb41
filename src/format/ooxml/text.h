/* What the files of method text share (text.c, textsheets.c). Cleaner's jail. */
#ifndef SK_FORMAT_OOXML_TEXT_H
#define SK_FORMAT_OOXML_TEXT_H

#include <expat.h>

#include "format/ooxml/ox.h"
#include "format/ooxml/xmlname.h"

/* A string of the workbook's table. */
struct ox_string {
	size_t at, n; /* in strings_text */
};

struct ox_text {
	struct ox_pkg *pkg;
	struct sk_buf *out;
	XML_Parser parser;
	int rc;
	struct ox_rels rels;
	unsigned count;               /* slides */
	uint32_t hidden, cells, runs; /* depth inside each */
	bool taking;                  /* inside an element whose text is shown */
	/* workbooks */
	struct sk_buf *strings_text, *value;
	struct ox_string *strings;
	size_t nstrings, strings_cap;
	uint8_t *formats; /* by cell format: enum in textsheets.c */
	size_t nformats, formats_cap;
	uint8_t *custom; /* by number format id, below 1024 */
	bool date1904, in_formats;
	uint32_t column, last_column; /* of the current cell; of the last one written */
	char type;
	uint32_t style;
};

int ox_text_parse(struct ox_text *t, struct ox_member *m, XML_StartElementHandler start,
    XML_EndElementHandler end, XML_CharacterDataHandler text);
int ox_text_sheets(struct ox_text *t);

#endif
