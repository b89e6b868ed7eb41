/* Property lists of marked content (ISO 32000-1, 14.6.2), from a list. Cleaner's jail. */
#include "format/pdf/pdf.h"

static bool edges(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_pdf_val *out)
{
	*out = sk_pdf_varray();
	for (uint32_t i = 0; in->kind == SK_PDF_ARRAY && i < in->n && i < 4; i++) {
		const struct sk_pdf_val *v = sk_pdf_at(x, in, i);
		if (v && v->kind == SK_PDF_NAME && sk_pdf_listed(v, "Top Bottom Left Right"))
			sk_pdf_push(x, out, *v);
	}
	return out->n > 0;
}

static const struct sk_pdf_rule property_rules[] = {
    {"MCID", SK_PDF_R_INT, .max = INT32_MAX},
    {"Lang", SK_PDF_R_STRING},
    {"ActualText", SK_PDF_R_STRING},
    {"Alt", SK_PDF_R_STRING},
    {"E", SK_PDF_R_STRING},
    {"Type", SK_PDF_R_NAMES, .arg = "Pagination Layout Page Background"},
    {"Subtype", SK_PDF_R_NAMES, .arg = "Header Footer Watermark PageNum Bates LineNum Redaction"},
    {"BBox", SK_PDF_R_NUMS, .min = 4, .max = 4},
    {"Attached", SK_PDF_R_FN, .fn = edges},
    {NULL},
};

void sk_pdf_properties(struct sk_pdf *x, const struct sk_pdf_val *in, struct sk_buf *out)
{
	struct sk_arena *keep = x->arena;
	struct sk_pdf_val v = sk_pdf_vdict();

	in = sk_pdf_resolve(x, in, NULL);
	x->arena = x->tmp;
	if (in)
		sk_pdf_dict(x, in, property_rules, &v);
	x->arena = keep;
	sk_pdf_print(out, &v);
}
