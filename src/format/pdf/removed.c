/* What to call the things that are dropped. Names of places, never content. Cleaner's jail. */
#include "format/pdf/pdf.h"

void sk_pdf_removed(struct sk_pdf *x, enum sk_code code)
{
	sk_job_removed(x->job, code, 1, "%s", x->where[0] ? x->where : "document");
}

/* Keys that only repeat what the rest says, or that the writer makes anew: not worth a word. */
static const char derived[] =
    "Length Filter DecodeParms DL Type Subtype Parent Count Kids Limits Contents "
    "Resources ProcSet CharSet CIDSet Length1 Length2 Length3 FormType Name P Popup IRT RT "
    "AP AS Version Extensions Size Prev Root Info ID XRefStm Index W First N "
    "IDTree Linearized Pages Ascent BlackIs1 K Columns ParentTreeNextKey DefaultGray "
    "DefaultRGB DefaultCMYK Style Panose MK DR NM Attributes SMaskInData "
    "HT HTP TR TR2 UCR UCR2 BG BG2 Default Usage Intent ListMode";

static const struct {
	const char *keys;
	enum sk_code code;
} telling[] = {
    {"JS JavaScript", SK_PDF_JAVASCRIPT},
    {"EmbeddedFiles EF AF FS Collection EmbeddedFile RF", SK_PDF_EMBEDDED},
    {"Metadata PieceInfo LastModified M T CreationDate ModDate Author Creator Producer Keywords Subject "
     "Thumb Threads B RC Subj OutputIntents Trapped SeparationInfo DSS",
	SK_PDF_METADATA},
    {"XFA", SK_PDF_XFA},
    {"AcroForm FT Ff V DV DA Q MaxLen Opt TI I CO TU TM", SK_PDF_FORM},
    {"Perms Sig SigFlags Lock SV Legal", SK_PDF_SIGNATURE},
    {"RichMedia RichMediaContent RichMediaSettings 3DD 3DV 3DA Movie Sound Rendition",
	SK_PDF_MEDIA},
    {"Ref OPI F FFilter FDecodeParms Alternates URI SpiderInfo", SK_PDF_EXTERNAL},
    {"Dest", SK_PDF_LINK},
    {"Widths FirstChar LastChar FontBBox ToUnicode", SK_PDF_DAMAGED},
};

/* Actions by their /S. */
static const struct {
	const char *kinds;
	enum sk_code code;
} actions[] = {
    {"JavaScript", SK_PDF_JAVASCRIPT},
    {"Launch", SK_PDF_LAUNCH},
    {"URI GoToR GoToE GoTo GoToDp Thread", SK_PDF_LINK},
    {"SubmitForm ImportData ResetForm", SK_PDF_SUBMIT},
    {"Movie Sound Rendition GoTo3DView RichMediaExecute", SK_PDF_MEDIA},
};

static enum sk_code action_code(const struct sk_pdf_val *s)
{
	for (size_t i = 0; s && s->kind == SK_PDF_NAME && i < sizeof(actions) / sizeof(*actions);
	     i++)
		if (sk_pdf_listed(s, actions[i].kinds))
			return actions[i].code;
	return SK_PDF_ACTION;
}

/* Actions looked at to name them: chains may meet, so that few stand for very many. */
enum { MAX_ACTIONS = 100000 };

static void action_removed(struct sk_pdf *x, const struct sk_pdf_val *a, int depth)
{
	a = sk_pdf_resolve(x, a, NULL);
	if (a == NULL || depth > 16 || x->actions > MAX_ACTIONS)
		return;
	x->actions++;
	if (a->kind == SK_PDF_ARRAY) {
		for (uint32_t i = 0; i < a->n && i < 64; i++)
			action_removed(x, &a->v[i], depth + 1);
		return;
	}
	if (a->kind != SK_PDF_DICT)
		return;
	sk_pdf_removed(x, action_code(sk_pdf_get(x, a, "S")));
	if (sk_pdf_raw(a, "Next"))
		action_removed(x, sk_pdf_raw(a, "Next"), depth + 1);
}

void sk_pdf_action_removed(struct sk_pdf *x, const struct sk_pdf_val *action)
{
	action_removed(x, action, 0);
}

static void unknown_actions(struct sk_pdf *x, const struct sk_pdf_val *aa)
{
	const struct sk_pdf_val *d = sk_pdf_resolve(x, aa, NULL);

	for (uint32_t i = 0; d && d->kind == SK_PDF_DICT && i < d->n; i++)
		sk_pdf_action_removed(x, &d->v[2 * i + 1]);
}

void sk_pdf_unknown(struct sk_pdf *x, const struct sk_pdf_val *key, const struct sk_pdf_val *v)
{
	if (sk_pdf_listed(key, derived))
		return;
	if (sk_pdf_is(key, "AA")) {
		unknown_actions(x, v);
		return;
	}
	if (sk_pdf_is(key, "A") || sk_pdf_is(key, "OpenAction") || sk_pdf_is(key, "PA")) {
		sk_pdf_action_removed(x, v);
		return;
	}
	for (size_t i = 0; i < sizeof(telling) / sizeof(*telling); i++) {
		if (sk_pdf_listed(key, telling[i].keys)) {
			sk_pdf_removed(x, telling[i].code);
			return;
		}
	}
	sk_pdf_removed(x, SK_PDF_UNKNOWN_KEY);
}
