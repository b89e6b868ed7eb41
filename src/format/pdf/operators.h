/* The operators of content streams that are known (ISO 32000-1, annex A). Cleaner's jail. */
#ifndef SK_FORMAT_PDF_OPERATORS_H
#define SK_FORMAT_PDF_OPERATORS_H

#include "base/slice.h"

/* What an operator does to the filter. */
enum sk_pdf_op_kind {
	SK_PDF_OP_PLAIN,
	SK_PDF_OP_PAINT,
	SK_PDF_OP_PAINT_TEXT,
	SK_PDF_OP_NEXT_LINE_TEXT,
	SK_PDF_OP_SAVE,
	SK_PDF_OP_RESTORE,
	SK_PDF_OP_BEGIN_TEXT,
	SK_PDF_OP_END_TEXT,
	SK_PDF_OP_FONT,
	SK_PDF_OP_GSTATE,
	SK_PDF_OP_SPACE,
	SK_PDF_OP_COLOUR,
	SK_PDF_OP_COLOUR_NAME,
	SK_PDF_OP_SHADE,
	SK_PDF_OP_XOBJECT,
	SK_PDF_OP_IMAGE,
	SK_PDF_OP_WIDTH,
	SK_PDF_OP_POINT,
	SK_PDF_OP_POINT_DICT,
	SK_PDF_OP_MARK,
	SK_PDF_OP_MARK_DICT,
	SK_PDF_OP_END_MARK,
	SK_PDF_OP_INTENT,
	SK_PDF_OP_SMALL2,
	SK_PDF_OP_SMALL7,
	SK_PDF_OP_NOTHING
};

struct sk_pdf_op {
	char name[4];
	char args[8]; /* n number, i integer, s string, / name, a strings and numbers, d numbers */
	enum sk_pdf_op_kind what;
};

/* The operator of this name, or NULL. */
const struct sk_pdf_op *sk_pdf_find_op(struct sk_slice w);

#endif
