/* The one table of operators. Cleaner's jail. */
#include "format/pdf/operators.h"

static const struct sk_pdf_op ops[] = {
    {"w", "n", SK_PDF_OP_PLAIN},
    {"J", "i", SK_PDF_OP_SMALL2},
    {"j", "i", SK_PDF_OP_SMALL2},
    {"M", "n", SK_PDF_OP_PLAIN},
    {"d", "dn", SK_PDF_OP_PLAIN},
    {"ri", "/", SK_PDF_OP_INTENT},
    {"i", "n", SK_PDF_OP_PLAIN},
    {"gs", "/", SK_PDF_OP_GSTATE},
    {"q", "", SK_PDF_OP_SAVE},
    {"Q", "", SK_PDF_OP_RESTORE},
    {"cm", "nnnnnn", SK_PDF_OP_PLAIN},
    {"m", "nn", SK_PDF_OP_PLAIN},
    {"l", "nn", SK_PDF_OP_PLAIN},
    {"c", "nnnnnn", SK_PDF_OP_PLAIN},
    {"v", "nnnn", SK_PDF_OP_PLAIN},
    {"y", "nnnn", SK_PDF_OP_PLAIN},
    {"h", "", SK_PDF_OP_PLAIN},
    {"re", "nnnn", SK_PDF_OP_PLAIN},
    {"S", "", SK_PDF_OP_PAINT},
    {"s", "", SK_PDF_OP_PAINT},
    {"f", "", SK_PDF_OP_PAINT},
    {"F", "", SK_PDF_OP_PAINT},
    {"f*", "", SK_PDF_OP_PAINT},
    {"B", "", SK_PDF_OP_PAINT},
    {"B*", "", SK_PDF_OP_PAINT},
    {"b", "", SK_PDF_OP_PAINT},
    {"b*", "", SK_PDF_OP_PAINT},
    {"n", "", SK_PDF_OP_PLAIN},
    {"W", "", SK_PDF_OP_PLAIN},
    {"W*", "", SK_PDF_OP_PLAIN},
    {"BT", "", SK_PDF_OP_BEGIN_TEXT},
    {"ET", "", SK_PDF_OP_END_TEXT},
    {"Tc", "n", SK_PDF_OP_PLAIN},
    {"Tw", "n", SK_PDF_OP_PLAIN},
    {"Tz", "n", SK_PDF_OP_PLAIN},
    {"TL", "n", SK_PDF_OP_PLAIN},
    {"Ts", "n", SK_PDF_OP_PLAIN},
    {"Tf", "/n", SK_PDF_OP_FONT},
    {"Tr", "i", SK_PDF_OP_SMALL7},
    {"Td", "nn", SK_PDF_OP_PLAIN},
    {"TD", "nn", SK_PDF_OP_PLAIN},
    {"Tm", "nnnnnn", SK_PDF_OP_PLAIN},
    {"T*", "", SK_PDF_OP_PLAIN},
    {"Tj", "s", SK_PDF_OP_PAINT_TEXT},
    {"'", "s", SK_PDF_OP_NEXT_LINE_TEXT},
    {"\"", "nns", SK_PDF_OP_NEXT_LINE_TEXT},
    {"TJ", "a", SK_PDF_OP_PAINT_TEXT},
    {"CS", "/", SK_PDF_OP_SPACE},
    {"cs", "/", SK_PDF_OP_SPACE},
    {"SC", "", SK_PDF_OP_COLOUR},
    {"sc", "", SK_PDF_OP_COLOUR},
    {"SCN", "", SK_PDF_OP_COLOUR_NAME},
    {"scn", "", SK_PDF_OP_COLOUR_NAME},
    {"G", "n", SK_PDF_OP_PLAIN},
    {"g", "n", SK_PDF_OP_PLAIN},
    {"RG", "nnn", SK_PDF_OP_PLAIN},
    {"rg", "nnn", SK_PDF_OP_PLAIN},
    {"K", "nnnn", SK_PDF_OP_PLAIN},
    {"k", "nnnn", SK_PDF_OP_PLAIN},
    {"sh", "/", SK_PDF_OP_SHADE},
    {"Do", "/", SK_PDF_OP_XOBJECT},
    {"BI", "", SK_PDF_OP_IMAGE},
    {"d0", "nn", SK_PDF_OP_WIDTH},
    {"d1", "nnnnnn", SK_PDF_OP_WIDTH},
    {"MP", "/", SK_PDF_OP_POINT},
    {"DP", "/p", SK_PDF_OP_POINT_DICT},
    {"BMC", "/", SK_PDF_OP_MARK},
    {"BDC", "/p", SK_PDF_OP_MARK_DICT},
    {"EMC", "", SK_PDF_OP_END_MARK},
    {"BX", "", SK_PDF_OP_NOTHING},
    {"EX", "", SK_PDF_OP_NOTHING},
};

enum { NOPS = sizeof(ops) / sizeof(*ops) };

/* By first letter, then the few that share it. */
const struct sk_pdf_op *sk_pdf_find_op(struct sk_slice w)
{
	static uint8_t first[256], next[NOPS + 1];
	static bool ready;

	if (!ready) {
		for (unsigned i = NOPS; i-- > 0;) {
			uint8_t c = (uint8_t)ops[i].name[0];
			next[i + 1] = first[c];
			first[c] = (uint8_t)(i + 1);
		}
		ready = true;
	}
	for (unsigned i = w.n && w.n < 4 ? first[w.p[0]] : 0; i; i = next[i])
		if (sk_slice_is(w, ops[i - 1].name))
			return &ops[i - 1];
	return NULL;
}
