/* One run over a content stream: what its parts share. Verifier's jail. */
#ifndef SK_VERIFY_PDF_CONTENT_H
#define SK_VERIFY_PDF_CONTENT_H

#include "verify/pdf/pdf.h"

enum {
	SK_PV_MAX_OPERANDS = 34, /* scn with 32 colorants and a pattern */
	SK_PV_MAX_SAVED = 512,
	SK_PV_MAX_STRING = 65535,
};

/* Kinds of resources, as in struct sk_pv_resources. */
enum {
	SK_PV_RES_FONT,
	SK_PV_RES_XOBJECT,
	SK_PV_RES_GSTATE,
	SK_PV_RES_COLORSPACE,
	SK_PV_RES_PATTERN,
	SK_PV_RES_SHADING,
	SK_PV_RES_PROPERTIES
};

struct sk_pv_operand {
	enum sk_pv_token kind; /* INT, REAL, NAME, STRING, OPEN (array), DICT */
	int64_t i;
	double r;
	struct sk_slice text;
	bool strings; /* in an array */
};

struct sk_pv_run {
	struct sk_pv *p;
	struct sk_pv_resources *res;
	struct sk_pv_lex l;
	struct sk_pv_operand v[SK_PV_MAX_OPERANDS];
	unsigned n, saved, marked;
	bool text, glyph, width;   /* glyph: of a Type 3 font; width: d0 or d1 has been seen */
	uint64_t operators, shown; /* shown: bytes of strings */
	double scale[SK_PV_MAX_SAVED + 1]; /* of areas, by the matrices in force */
};

/* Record a fault at this place of the stream and return SK_EFORMAT, as sk_fail() does. */
int sk_pv_run_fault(struct sk_pv_run *r, const char *what);
/* The entry that a name `R12` means: the next one that was not used so far, or one before it. NULL: neither. */
const struct sk_pv_val *sk_pv_run_resource(
    struct sk_pv_run *r, unsigned kind, struct sk_slice name);
/* An array of numbers and strings, its bracket at hand. */
int sk_pv_run_array(struct sk_pv_run *r, struct sk_pv_operand *v);
bool sk_pv_is_number(enum sk_pv_token kind);

/* `BI` is at hand: up to and with `EI`. */
int sk_pv_inline_image(struct sk_pv_run *r);

#endif
