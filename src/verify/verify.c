/* The one list of checkers. Runs in the verifier's jail. */
#include "verify/verify.h"

int sk_verify(struct sk_check *c, enum sk_filetype type, struct sk_slice in)
{
	switch (type) {
	case SK_FT_PDF:
		return sk_verify_pdf(c, in);
	case SK_FT_DOCX:
	case SK_FT_XLSX:
	case SK_FT_PPTX:
		return sk_verify_ooxml(c, type, in);
	case SK_FT_ODT:
	case SK_FT_ODS:
	case SK_FT_ODP:
	case SK_FT_ODG:
	case SK_FT_FODT:
	case SK_FT_FODS:
	case SK_FT_FODP:
	case SK_FT_FODG:
		return sk_verify_odf(c, type, in);
	case SK_FT_JPEG:
		return sk_verify_jpeg(c, in);
	case SK_FT_PNG:
		return sk_verify_png(c, in);
	case SK_FT_GIF:
		return sk_verify_gif(c, in);
	case SK_FT_BMP:
		return sk_verify_bmp(c, in);
	case SK_FT_WEBP:
		return sk_verify_webp(c, in);
	case SK_FT_TIFF:
		return sk_verify_tiff(c, in);
	case SK_FT_HTML:
		return sk_verify_html(c, in);
	case SK_FT_SVG:
		return sk_verify_svg(c, in);
	case SK_FT_JTD:
		return sk_verify_ichitaro(c, in);
	case SK_FT_RTF:
		return sk_verify_rtf(c, in);
	case SK_FT_ZIP:
		return sk_verify_zip(c, in);
	case SK_FT_EML:
		return sk_verify_eml(c, in);
	case SK_FT_TXT:
	case SK_FT_CSV:
	case SK_FT_TSV:
	case SK_FT_JSON:
	case SK_FT_XML:
		return sk_verify_text(c, type, in);
	case SK_FT_STEP:
	case SK_FT_SFC:
	case SK_FT_DXF:
		return sk_verify_cad(c, type, in);
	case SK_FT_ICS:
	case SK_FT_VCF:
		return sk_verify_calendar(c, type, in);
	default:
		return SK_EUNSUPPORTED;
	}
}
