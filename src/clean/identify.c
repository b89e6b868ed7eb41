/*
 * What is this file? Every handler says what it sees, all claims are kept, and the decision follows from
 * them together: a more specific claim explains a more general one (docx explains zip); two claims that do
 * not explain each other are a polyglot and refused. Cleaner's jail.
 */
#include "clean/clean.h"

static bool is_one_of(enum sk_filetype t, const enum sk_filetype *list)
{
	for (; *list != SK_FT_UNKNOWN; list++)
		if (*list == t)
			return true;
	return false;
}

static bool in_zip(enum sk_filetype t)
{
	static const enum sk_filetype list[] = {SK_FT_XLSB, SK_FT_XPS, SK_FT_VSDX, SK_FT_PPAM,
	    SK_FT_EPUB, SK_FT_HWPX, SK_FT_JAR, SK_FT_APK, SK_FT_UNKNOWN};
	return sk_filetype_family(t) == SK_FAM_OOXML || sk_filetype_family(t) == SK_FAM_ODF ||
	       is_one_of(t, list);
}

static bool in_cfb(enum sk_filetype t)
{
	static const enum sk_filetype list[] = {SK_FT_DOC, SK_FT_XLS, SK_FT_PPT, SK_FT_PPT4,
	    SK_FT_MSG, SK_FT_MSI, SK_FT_JTD, SK_FT_JTTC, SK_FT_HWP, SK_FT_VSD,
	    SK_FT_OFFICE_ENCRYPTED, SK_FT_UNKNOWN};
	return is_one_of(t, list);
}

/* OpenDocument in one XML file. */
static bool is_flat_document(enum sk_filetype t)
{
	static const enum sk_filetype list[] = {
	    SK_FT_FODT, SK_FT_FODS, SK_FT_FODP, SK_FT_FODG, SK_FT_UNKNOWN};
	return is_one_of(t, list);
}

static bool is_text(enum sk_filetype t)
{
	static const enum sk_filetype list[] = {SK_FT_RTF, SK_FT_HTML, SK_FT_SVG, SK_FT_EML,
	    SK_FT_MHTML, SK_FT_MBOX, SK_FT_ICS, SK_FT_VCF, SK_FT_DXF, SK_FT_STEP, SK_FT_SFC,
	    SK_FT_SCRIPT, SK_FT_URL, SK_FT_REG, SK_FT_POSTSCRIPT, SK_FT_WORD_XML, SK_FT_EXCEL_XML,
	    SK_FT_DOCUWORKS, SK_FT_JWC, SK_FT_UNKNOWN};
	return sk_filetype_family(t) == SK_FAM_TEXT || is_flat_document(t) || is_one_of(t, list);
}

/* Whether a file that is `special` is, for that very reason, also seen as `general`. */
static bool explains(enum sk_filetype special, enum sk_filetype general)
{
	if (special == general)
		return false;
	if (general == SK_FT_ZIP)
		return in_zip(special);
	if (general == SK_FT_CFB)
		return in_cfb(special);
	if (general == SK_FT_TXT)
		return is_text(special);
	if (general == SK_FT_XML)
		return special == SK_FT_SVG || special == SK_FT_HTML || special == SK_FT_WORD_XML ||
		       special == SK_FT_EXCEL_XML || is_flat_document(special);
	if (general == SK_FT_CSV || general == SK_FT_TSV)
		return is_text(special) && special != SK_FT_TXT && special != SK_FT_CSV &&
		       special != SK_FT_TSV;
	if (general == SK_FT_GZIP)
		return special == SK_FT_SVGZ;
	if (general == SK_FT_EML)
		return special == SK_FT_MBOX;
	if (general == SK_FT_STEP)
		return special == SK_FT_SFC;
	if (general == SK_FT_MP4)
		return special == SK_FT_HEIC || special == SK_FT_AVIF;
	return false;
}

/* Archives and mails carry other files as they are, so a signature inside them proves nothing. */
static bool carries_others(enum sk_filetype t)
{
	static const enum sk_filetype list[] = {SK_FT_ZIP, SK_FT_TAR, SK_FT_CFB, SK_FT_ISO,
	    SK_FT_SEVENZIP, SK_FT_RAR, SK_FT_LZH, SK_FT_CAB, SK_FT_EML, SK_FT_MHTML, SK_FT_MBOX,
	    SK_FT_TNEF, SK_FT_UNKNOWN};
	return in_zip(t) || in_cfb(t) || is_one_of(t, list);
}

static bool explained(const struct sk_report *r, const struct sk_claim *c, enum sk_strength least)
{
	for (uint32_t i = 0; i < r->nclaims; i++) {
		const struct sk_claim *o = &r->claims[i];
		if (o->strength < least)
			continue;
		if (explains(o->type, c->type))
			return true;
		if (c->offset > 0 && o->offset == 0 && c->type == SK_FT_PDF &&
		    carries_others(o->type))
			return true;
	}
	return false;
}

/* The claims of this strength that nothing explains: their first two different types. */
static unsigned candidates(
    const struct sk_report *r, enum sk_strength strength, const struct sk_claim *out[2])
{
	unsigned n = 0;

	for (uint32_t i = 0; i < r->nclaims && n < 2; i++) {
		const struct sk_claim *c = &r->claims[i];
		if (c->strength != strength || explained(r, c, strength))
			continue;
		if (n && out[0]->type == c->type)
			continue;
		out[n++] = c;
	}
	return n;
}

static int refuse_polyglot(struct sk_report *r, const struct sk_claim *a, const struct sk_claim *b)
{
	return sk_report_refuse(r, SK_REASON_POLYGLOT, "%s (%s at %llu) and %s (%s at %llu)",
	    sk_filetype_name(a->type), a->evidence, (unsigned long long)a->offset,
	    sk_filetype_name(b->type), b->evidence, (unsigned long long)b->offset);
}

/* Programs, disk images, media and types without a cleaner are named in the refusal. */
static int refuse_by_type(struct sk_report *r)
{
	const char *name = sk_filetype_name(r->type);

	switch (sk_filetype_family(r->type)) {
	case SK_FAM_PROGRAM:
		return sk_report_refuse(r, SK_REASON_PROGRAM, "%s", name);
	case SK_FAM_DISK:
		return sk_report_refuse(r, SK_REASON_DISK_IMAGE, "%s", name);
	case SK_FAM_MEDIA:
		return sk_report_refuse(r, SK_REASON_MEDIA, "%s", name);
	default:
		break;
	}
	if (r->type == SK_FT_OFFICE_ENCRYPTED)
		return 0; /* what lies in it is seen when it is open */
	if (sk_handler_for(r->type) == NULL)
		return sk_report_refuse(r, SK_REASON_UNSUPPORTED_TYPE, "%s", name);
	return 0;
}

static const struct sk_claim *program_claim(const struct sk_report *r)
{
	for (uint32_t i = 0; i < r->nclaims; i++)
		if (r->claims[i].strength == SK_CLAIM_STRUCTURE && r->claims[i].offset == 0 &&
		    sk_filetype_family(r->claims[i].type) == SK_FAM_PROGRAM)
			return &r->claims[i];
	return NULL;
}

int sk_identify(struct sk_slice in, const char *name, struct sk_report *r)
{
	const struct sk_claim *found[2] = {NULL, NULL};
	unsigned n = 0;

	if (in.n == 0)
		return sk_report_refuse(r, SK_REASON_EMPTY, "0 bytes");
	for (const struct sk_handler *const *h = sk_handlers; *h; h++)
		if ((*h)->probe)
			(*h)->probe(in, name, r);
	if (r->nclaims == SK_LIMIT_CLAIMS)
		return sk_report_refuse(r, SK_REASON_POLYGLOT, "%u claims", r->nclaims);
	if ((found[0] = program_claim(r)))
		n = 1;
	for (int s = SK_CLAIM_STRUCTURE; s >= SK_CLAIM_HINT && n == 0; s--)
		n = candidates(r, (enum sk_strength)s, found);
	if (n == 0)
		return sk_report_refuse(r, SK_REASON_UNKNOWN_TYPE, "no known format fits");
	r->type = found[0]->type;
	if (n > 1)
		return refuse_polyglot(r, found[0], found[1]);
	return refuse_by_type(r);
}
